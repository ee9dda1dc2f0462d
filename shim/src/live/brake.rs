//! Limit of the answers to one sender, because two programs that answer each other would never stop. The
//! bridge shows no header that tells a program's mail from a person's.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};
use tai_proto::names::Address;
use tokio::time::Instant;

/// Time in which answers are counted.
const PERIOD: Duration = Duration::from_secs(60 * 60);
/// Limit of answers to one sender in this time.
pub(super) const MAX_ANSWERS: usize = 20;
/// Limit of remembered senders. Beyond it, the one answered longest ago is forgotten.
const MAX_SENDERS: usize = 1024;

/// Times of the newest answers to each sender, oldest first.
#[derive(Debug, Default)]
pub(super) struct Brake {
    answers: HashMap<String, VecDeque<Instant>>,
}

impl Brake {
    /// Returns the time from which on the sender may be answered; `None` if it may be now.
    pub(super) fn until(&self, sender: &str, now: Instant) -> Option<Instant> {
        let answers = self.answers.get(&key(sender))?;
        let oldest = answers.len().checked_sub(MAX_ANSWERS)?;
        let until = *answers.get(oldest)? + PERIOD;
        (until > now).then_some(until)
    }

    /// Counts an answer.
    pub(super) fn count(&mut self, sender: &str, now: Instant) {
        let key = key(sender);
        if self.answers.len() >= MAX_SENDERS && !self.answers.contains_key(&key) {
            let last = self.answers.iter().min_by_key(|(_, times)| times.back());
            if let Some(oldest) = last.map(|(sender, _)| sender.clone()) {
                self.answers.remove(&oldest);
            }
        }
        let times = self.answers.entry(key).or_default();
        times.push_back(now);
        while times.len() > MAX_ANSWERS {
            times.pop_front();
        }
    }
}

/// Returns whether two senders have the same address.
pub(super) fn is_same_sender(one: &str, other: &str) -> bool {
    key(one) == key(other)
}

/// Returns one form of a sender: its address without a display name, in lower case. A field that is not
/// one address gets no answer.
fn key(sender: &str) -> String {
    match Address::in_field(sender) {
        Some(address) => address.key(),
        None => sender.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_gets_a_limited_number_of_answers_in_an_hour() {
        let (mut brake, start) = (Brake::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        for n in 0..MAX_ANSWERS as u64 {
            assert_eq!(brake.until("bob@example.com", at(n)), None);
            brake.count(&format!("Bob {n} <BOB@example.com>"), at(n));
            brake.count(&format!("carl@example.com ({n})"), at(n));
        }
        assert_eq!(brake.until("bob@example.com", at(60)), Some(at(3600)));
        assert_eq!(brake.until("carl@example.com", at(60)), Some(at(3600)));
        assert_eq!(brake.until("carol@example.com", at(60)), None);
        assert_eq!(brake.until("bob@example.com", at(3600)), None);
        brake.count("bob@example.com", at(3600));
        assert_eq!(brake.until("bob@example.com", at(3600)), Some(at(3601)));
    }

    #[test]
    fn the_number_of_senders_is_bounded() {
        let (mut brake, start) = (Brake::default(), Instant::now());
        for n in 0..3000 {
            brake.count(&format!("{n}@example.com"), start + Duration::from_secs(n));
        }
        assert_eq!(brake.answers.len(), MAX_SENDERS);
        assert!(brake.answers.contains_key("2999@example.com"));
    }
}
