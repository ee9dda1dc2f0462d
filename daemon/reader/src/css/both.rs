//! Values for the two directions of a layout.

/// A value for each direction of a layout.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Both<T> {
    pub(crate) across: T,
    pub(crate) down: T,
}

impl<T: Copy> Both<T> {
    /// Returns the same value for both directions.
    pub(crate) const fn of(value: T) -> Self {
        Self {
            across: value,
            down: value,
        }
    }
}

impl Both<f32> {
    /// Returns the products with other factors.
    pub(crate) fn times(self, other: Self) -> Self {
        Self {
            across: self.across * other.across,
            down: self.down * other.down,
        }
    }

    /// Returns whether the size of a value is below a limit.
    pub(crate) fn is_below(self, limit: f32) -> bool {
        self.across.abs() < limit || self.down.abs() < limit
    }
}
