//! The numbered log of arrivals.

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime},
};
use tai_proto::text::HeaderText;

/// Limit of kept arrivals. A watcher with an older mark is told that mail arrived.
const MAX_ARRIVALS: usize = 256;

/// The arrivals since the daemon's first look, numbered.
#[derive(Debug)]
pub(in crate::mail) struct Log {
    /// Number of the latest arrival that was dropped.
    dropped: u64,
    /// The number of the latest arrival.
    latest: u64,
    /// Number and arrival; `None` if any address may have mail.
    arrivals: VecDeque<(u64, Option<Arrival>)>,
}

/// A mail that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::mail) struct Arrival {
    /// The recipient.
    pub(in crate::mail) to: String,
    /// The sender; `None` for a mail that another client gave back, which the instance may read.
    pub(in crate::mail) from: Option<String>,
    /// The subject; empty if `from` is `None`.
    pub(in crate::mail) subject: HeaderText,
}

impl Log {
    /// Returns an empty log. Its numbers begin at the present time in microseconds, so that a mark
    /// of an earlier daemon is older than the log.
    pub(super) fn new(now: SystemTime) -> Self {
        let since: Duration = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let start = u64::try_from(since.as_micros()).unwrap_or_default();
        Self {
            dropped: start,
            latest: start,
            arrivals: VecDeque::new(),
        }
    }

    /// Returns the number of the latest arrival.
    pub(in crate::mail) fn latest(&self) -> u64 {
        self.latest
    }

    /// Adds an arrival for one address, or for any address.
    pub(super) fn add(&mut self, arrival: Option<Arrival>) {
        self.latest += 1;
        if self.arrivals.len() == MAX_ARRIVALS
            && let Some((number, _)) = self.arrivals.pop_front()
        {
            self.dropped = number;
        }
        self.arrivals.push_back((self.latest, arrival));
    }

    /// Returns whether mail that `is_theirs` accepts may have arrived since `since`, a number of this
    /// log or of an earlier daemon's.
    pub(in crate::mail) fn has_arrival(
        &self,
        since: u64,
        is_theirs: impl Fn(&Arrival) -> bool,
    ) -> bool {
        let is_theirs = |arrival: &Option<Arrival>| arrival.as_ref().is_none_or(&is_theirs);
        let mut newer = self.arrivals.iter().filter(|(number, _)| *number > since);
        since < self.dropped || since > self.latest || newer.any(|(_, arrival)| is_theirs(arrival))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_bounded_and_a_dropped_arrival_counts_for_every_address() {
        let mut log = Log::new(SystemTime::UNIX_EPOCH);
        for _ in 0..MAX_ARRIVALS + 5 {
            log.add(Some(Arrival {
                to: "lab".into(),
                from: None,
                subject: HeaderText::default(),
            }));
        }
        assert_eq!(log.arrivals.len(), MAX_ARRIVALS);
        let of = |to: &'static str| move |arrival: &Arrival| arrival.to == to;
        assert!(log.has_arrival(4, of("desk")));
        assert!(!log.has_arrival(5, of("desk")));
        assert!(log.has_arrival(5, of("lab")));
        log.add(None);
        assert!(log.has_arrival(5 + MAX_ARRIVALS as u64, of("desk")));
    }
}
