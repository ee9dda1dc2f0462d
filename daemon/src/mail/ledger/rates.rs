//! Counts of the sends of each address, for `sends_per_hour` and `sends_per_day`. A send whose
//! outcome is unknown counts.

use crate::config::SendLimits;
use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};
use tai_auth::session::stamp::Stamp;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Limit of the counted sends of one address: the largest limit that can be configured.
const MAX_OF_ADDRESS: usize = 1000;
/// Limit of all counted sends. Beyond it, the addresses with the most sends lose their oldest.
const MAX_ALL: usize = 16_384;

/// The sends of the last day.
#[derive(Debug, Default)]
pub(super) struct Rates {
    sends: BTreeMap<String, VecDeque<Stamp>>,
    /// Number of all sends.
    count: usize,
}

/// A limit that the next send would exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail) struct OverLimit {
    /// The key of the limit in the configuration.
    pub(in crate::mail) key: &'static str,
    /// The limit.
    pub(in crate::mail) limit: u32,
    /// Time until the next send is possible.
    pub(in crate::mail) wait: Duration,
}

impl Rates {
    /// Checks whether an address, in lower case, may send one more mail.
    ///
    /// # Errors
    /// [`OverLimit`].
    pub(super) fn check(
        &self,
        sender: &str,
        limits: SendLimits,
        now: Stamp,
    ) -> Result<(), OverLimit> {
        let SendLimits { per_hour, per_day } = limits;
        for (key, limit, period) in [
            ("sends_per_day", per_day, DAY),
            ("sends_per_hour", per_hour, HOUR),
        ] {
            let Some(limit) = limit else { continue };
            let sends = self.sends.get(sender).into_iter().flatten();
            let ages = sends.map(|at| at.age(now)).filter(|age| *age < period);
            let ages: Vec<Duration> = ages.collect();
            // Of the sends, oldest first, all but `limit - 1` must pass the period.
            let Some(surplus) = ages.len().checked_sub(limit as usize) else {
                continue;
            };
            let wait = ages.get(surplus).map(|age| period - *age);
            let wait = wait.unwrap_or_default();
            return Err(OverLimit { key, limit, wait });
        }
        Ok(())
    }

    /// Counts a send.
    pub(super) fn add(&mut self, sender: &str, at: Stamp) {
        let sends = self.sends.entry(sender.to_owned()).or_default();
        sends.push_back(at);
        self.count += 1;
        if sends.len() > MAX_OF_ADDRESS {
            sends.pop_front();
            self.count -= 1;
        }
        if self.count > MAX_ALL {
            self.bound();
        }
    }

    /// Halves the busiest addresses until a sixteenth of the room is free, so that a sender with
    /// many invented instances does not make each send slow.
    fn bound(&mut self) {
        let mut addresses: Vec<_> = self.sends.values_mut().collect();
        addresses.sort_by_key(|sends| std::cmp::Reverse(sends.len()));
        for sends in addresses {
            if self.count <= MAX_ALL - MAX_ALL / 16 {
                break;
            }
            let surplus = sends.len().div_ceil(2);
            sends.drain(..surplus);
            self.count -= surplus;
        }
        self.sends.retain(|_, sends| !sends.is_empty());
    }

    /// Removes a send that certainly did not happen.
    pub(super) fn remove(&mut self, sender: &str, at: Stamp) {
        if let Some(sends) = self.sends.get_mut(sender)
            && let Some(index) = sends.iter().rposition(|other| *other == at)
        {
            sends.remove(index);
            self.count -= 1;
        }
    }

    /// Removes the sends that no limit counts: those before the last day, and those that a wrong
    /// clock dated more than a day ahead.
    pub(super) fn drop_obsolete(&mut self, now: Stamp) {
        for sends in self.sends.values_mut() {
            sends.retain(|at| at.age(now) < DAY && !at.is_ahead(DAY, now));
        }
        self.sends.retain(|_, sends| !sends.is_empty());
        self.count = self.sends.values().map(VecDeque::len).sum();
    }

    /// Returns the sends, each with its sender, oldest first for each sender.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Stamp)> {
        let of = |(sender, sends): (_, &VecDeque<Stamp>)| {
            let sends: Vec<Stamp> = sends.iter().copied().collect();
            sends.into_iter().map(move |at| (sender, at))
        };
        self.sends
            .iter()
            .map(|(sender, sends)| (sender.as_str(), sends))
            .flat_map(of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESK: &str = "desk.alice@tai.chat";

    fn at(minutes: u64) -> Stamp {
        let since_boot = Duration::from_secs(minutes * 60);
        Stamp {
            wall: std::time::SystemTime::UNIX_EPOCH + DAY * 400 + since_boot,
            boot: 1,
            since_boot,
        }
    }

    fn limits(per_hour: u32, per_day: u32) -> SendLimits {
        SendLimits {
            per_hour: Some(per_hour),
            per_day: Some(per_day),
        }
    }

    #[test]
    fn the_limits_of_an_hour_and_a_day_say_when_the_next_send_is_possible() {
        let mut rates = Rates::default();
        for minute in [0, 10, 20] {
            assert_eq!(rates.check(DESK, limits(3, 4), at(minute)), Ok(()));
            rates.add(DESK, at(minute));
        }
        let hour = |minutes: u64| OverLimit {
            key: "sends_per_hour",
            limit: 3,
            wait: Duration::from_secs(minutes * 60),
        };
        assert_eq!(rates.check(DESK, limits(3, 4), at(30)), Err(hour(30)));
        assert_eq!(rates.check(DESK, limits(3, 4), at(60)), Ok(()));
        // A lower limit waits for more sends to pass.
        let wait = rates.check(DESK, limits(1, 9), at(30)).unwrap_err().wait;
        assert_eq!(wait, Duration::from_secs(50 * 60));
        rates.add(DESK, at(60));
        let day = rates.check(DESK, limits(3, 4), at(200)).unwrap_err();
        assert_eq!(
            (day.key, day.wait),
            ("sends_per_day", at(200).age(at(24 * 60)))
        );
        assert_eq!(
            rates.check("lab.alice@tai.chat", limits(1, 1), at(30)),
            Ok(())
        );
        assert_eq!(rates.check(DESK, SendLimits::default(), at(30)), Ok(()));
    }

    #[test]
    fn a_send_that_did_not_happen_or_is_old_does_not_count() {
        let mut rates = Rates::default();
        rates.add(DESK, at(0));
        rates.add(DESK, at(1));
        rates.remove(DESK, at(0));
        assert_eq!(rates.iter().collect::<Vec<_>>(), [(DESK, at(1))]);
        rates.drop_obsolete(at(24 * 60));
        assert_eq!(rates.iter().count(), 1);
        rates.drop_obsolete(at(24 * 60 + 1));
        assert_eq!(rates.iter().count(), 0);
        // A clock that was a year ahead blocks no send.
        rates.add(DESK, at(365 * 24 * 60));
        let rebooted = Stamp { boot: 2, ..at(0) };
        rates.drop_obsolete(rebooted);
        assert_eq!(rates.iter().count(), 0);
    }

    #[test]
    fn counts_are_bounded_and_the_busiest_address_loses_its_oldest() {
        let mut rates = Rates::default();
        rates.add(DESK, at(0));
        for n in 0..MAX_ALL + 100 {
            rates.add(&format!("i{}.alice@tai.chat", n / 990), at(1));
        }
        let count = rates.iter().count();
        assert_eq!(rates.count, count);
        assert!((MAX_ALL / 2..=MAX_ALL).contains(&count), "{count}");
        assert!(rates.sends.contains_key(DESK));
    }
}
