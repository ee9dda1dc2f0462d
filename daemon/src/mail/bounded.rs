//! A map with a limit. The entry that was put or used longest ago goes first.

use std::collections::VecDeque;

/// At most `LIMIT` entries, oldest first. A look-up walks through them, so that the limit is small.
#[derive(Debug)]
pub(super) struct Bounded<K, V, const LIMIT: usize>(VecDeque<(K, V)>);

impl<K, V, const LIMIT: usize> Default for Bounded<K, V, LIMIT> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<K: PartialEq, V, const LIMIT: usize> Bounded<K, V, LIMIT> {
    /// Adds an entry in the place of an earlier one of the key, as the newest one.
    pub(super) fn put(&mut self, key: K, value: V) {
        self.remove(&key);
        if self.0.len() >= LIMIT {
            self.0.pop_front();
        }
        self.0.push_back((key, value));
    }

    /// Returns the value of a key.
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        let mut entries = self.iter();
        entries.find_map(|(own, value)| (own == key).then_some(value))
    }

    /// Calls `then` with the value of a key, a new one if there is none, and makes its entry the
    /// newest one.
    pub(super) fn with<R>(&mut self, key: K, then: impl FnOnce(&mut V) -> R) -> R
    where
        V: Default,
    {
        let mut value = self.remove(&key).unwrap_or_default();
        let result = then(&mut value);
        self.put(key, value);
        result
    }

    /// Removes an entry and returns its value.
    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        let at = self.0.iter().position(|(own, _)| own == key)?;
        self.0.remove(at).map(|(_, value)| value)
    }

    /// Removes the entries whose value `is_kept` refuses.
    pub(super) fn retain(&mut self, is_kept: impl Fn(&V) -> bool) {
        self.0.retain(|(_, value)| is_kept(value));
    }

    /// Returns the entries, oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// Returns the values for changes.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_that_was_put_or_used_longest_ago_goes_first() {
        let mut map = Bounded::<_, _, 3>::default();
        for key in ["a", "b", "c"] {
            map.put(key, 1);
        }
        map.with("a", |value| *value += 1);
        map.put("b", 3);
        map.put("d", 4);
        let entries: Vec<_> = map.iter().map(|(key, value)| (*key, *value)).collect();
        assert_eq!(entries, [("a", 2), ("b", 3), ("d", 4)]);
        assert_eq!(map.with("e", |value| *value), 0);
        assert_eq!(map.get(&"a"), None);
        assert_eq!(map.remove(&"b"), Some(3));
    }
}
