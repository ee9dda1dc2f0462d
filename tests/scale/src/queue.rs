//! The times of the next events of all daemons: one list per tenth of a second.
//!
//! A daemon is in at most one list, so that an event costs four bytes of memory and no comparison.

use crate::time::{Moment, START};

const SLOT: Moment = 100;
const NONE: u32 = u32::MAX;

/// The queue.
pub(crate) struct Queue {
    /// First daemon of each list.
    heads: Vec<u32>,
    /// The daemon after each daemon in its list.
    links: Vec<u32>,
    slot: usize,
}

impl Queue {
    /// Returns an empty queue of `daemons` daemons that ends at `end`.
    pub(crate) fn new(daemons: usize, end: Moment) -> Self {
        Self {
            heads: vec![NONE; slot(end)],
            links: vec![NONE; daemons],
            slot: 0,
        }
    }

    /// Adds a daemon, which is in no list. An event after the end is dropped.
    pub(crate) fn push(&mut self, daemon: u32, at: Moment) {
        let at = slot(at).max(self.slot);
        if let (Some(head), Some(link)) =
            (self.heads.get_mut(at), self.links.get_mut(daemon as usize))
        {
            *link = std::mem::replace(head, daemon);
        }
    }

    /// Removes a daemon of the earliest list.
    pub(crate) fn pop(&mut self) -> Option<u32> {
        loop {
            let head = self.heads.get_mut(self.slot)?;
            if let Some(link) = self.links.get(*head as usize) {
                return Some(std::mem::replace(head, *link));
            }
            self.slot += 1;
        }
    }
}

fn slot(at: Moment) -> usize {
    (at.saturating_sub(START) / SLOT) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_the_order_of_their_tenths_of_a_second_and_end_in_time() {
        let mut queue = Queue::new(4, START + 1_000);
        for (daemon, at) in [(0, 950), (1, 20), (2, 30), (3, 1_000)] {
            queue.push(daemon, START + at);
        }
        assert_eq!([queue.pop(), queue.pop()], [Some(2), Some(1)]);
        queue.push(1, START);
        assert_eq!([queue.pop(), queue.pop()], [Some(1), Some(0)]);
        assert_eq!(queue.pop(), None);
    }
}
