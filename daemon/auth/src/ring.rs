//! The last values of a sequence.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Last values of a sequence, up to a capacity. Adding a value allocates nothing.
#[derive(Debug)]
pub struct Ring<T>(Mutex<Values<T>>);

#[derive(Debug)]
struct Values<T> {
    last: VecDeque<T>,
    capacity: usize,
    left_out: u64,
}

impl<T: Copy> Ring<T> {
    /// Creates a ring for `capacity` values.
    pub fn new(capacity: usize) -> Self {
        Self(Mutex::new(Values {
            last: VecDeque::with_capacity(capacity),
            capacity,
            left_out: 0,
        }))
    }

    fn values(&self) -> MutexGuard<'_, Values<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a value. A full ring drops its first one.
    pub fn push(&self, value: T) {
        let mut values = self.values();
        if values.last.len() >= values.capacity {
            values.last.pop_front();
            values.left_out += 1;
        }
        values.last.push_back(value);
    }

    /// Returns the last values in the order in which they were added, and the number of those that
    /// were dropped.
    pub fn last(&self) -> (Vec<T>, u64) {
        let values = self.values();
        (values.last.iter().copied().collect(), values.left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_ring_drops_its_first_values_and_counts_them() {
        let ring = Ring::new(3);
        assert_eq!(ring.last(), (vec![], 0));
        (1..=3).for_each(|value| ring.push(value));
        assert_eq!(ring.last(), (vec![1, 2, 3], 0));
        (4..=5).for_each(|value| ring.push(value));
        assert_eq!(ring.last(), (vec![3, 4, 5], 2));
    }
}
