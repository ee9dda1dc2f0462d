//! Borders of boxes beside each other, at which words are apart.

/// The signs in a number.
const SIGNS: [char; 2] = ['.', ','];

/// What is known of the border before the next text of a line.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Border {
    /// There is none.
    #[default]
    None,
    /// The text is in another box.
    Box,
    /// There is none yet. The box before has only a sign of a number.
    Sign,
    /// The text is in another box than such a sign.
    BoxAfterSign,
}

impl Border {
    /// Notes that the next text is in another box.
    pub(crate) fn cross(&mut self) {
        *self = match self {
            Self::None | Self::Box => Self::Box,
            Self::Sign | Self::BoxAfterSign => Self::BoxAfterSign,
        };
    }

    /// Forgets the border of a box before text that is written as it is.
    pub(crate) fn pass(&mut self) {
        *self = match self {
            Self::None | Self::Box | Self::BoxAfterSign => Self::None,
            Self::Sign => Self::Sign,
        };
    }

    /// Returns whether there is a box, and forgets nothing.
    pub(crate) fn is_box(self) -> bool {
        matches!(self, Self::Box | Self::BoxAfterSign)
    }

    /// Returns whether the text that comes is apart from the one before, and takes it for written. The parts
    /// of a number are not, as `1`, `,` and `50`. `1.` and `2 eggs` are: the first is the number of a step.
    pub(crate) fn parts(&mut self, before: &str, after: &str) -> bool {
        let is_digit = |c: char| c.is_ascii_digit();
        let rest = after.strip_prefix(SIGNS).map(str::trim_end);
        let joins = match std::mem::take(self) {
            Self::None | Self::Sign => return false,
            Self::Box => {
                before.ends_with(is_digit)
                    && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(is_digit))
            }
            Self::BoxAfterSign => before.ends_with(SIGNS) && after.starts_with(is_digit),
        };
        if joins && rest == Some("") {
            *self = Self::Sign;
        }
        !joins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_parts_of_a_number_are_together() {
        for (boxes, expected) in [
            (&["1", ",", "50", "EUR"][..], "1,50 EUR"),
            (&["12", ".50"], "12.50"),
            (&["1", ",50 EUR"], "1,50 EUR"),
            (&["1.", "2 eggs"], "1. 2 eggs"),
            (&["12", "34"], "12 34"),
            (&["1", ".", "eggs"], "1. eggs"),
            (&["a", ",", "1"], "a , 1"),
        ] {
            let (mut out, mut border) = (String::new(), Border::None);
            for text in boxes {
                if border.parts(&out, text) {
                    out.push(' ');
                }
                out.push_str(text);
                border.cross();
            }
            assert_eq!(out, expected);
        }
    }
}
