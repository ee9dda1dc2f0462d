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

/// Times of the newest answers to each sender.
#[derive(Debug, Default)]
pub(super) struct Brake {
    /// By the key of the sender's address.
    answers: HashMap<String, Answers>,
}

/// The newest answers to a sender.
#[derive(Debug)]
struct Answers {
    sender: Address,
    /// Oldest first.
    times: VecDeque<Instant>,
    /// Time of the last report that its further mails wait.
    reported: Option<Instant>,
}

impl Answers {
    /// Returns the time from which on the sender may be answered; `None` if it may be now.
    fn until(&self, now: Instant) -> Option<Instant> {
        let oldest = self.times.len().checked_sub(MAX_ANSWERS)?;
        let until = *self.times.get(oldest)? + PERIOD;
        (until > now).then_some(until)
    }
}

impl Brake {
    /// Returns the time from which on the sender may be answered; `None` if it may be now.
    pub(super) fn until(&self, sender: &str, now: Instant) -> Option<Instant> {
        let key = Address::in_field(sender)?.key();
        self.answers.get(&key)?.until(now)
    }

    /// Returns the senders that may not be answered now.
    pub(super) fn senders(&self, now: Instant) -> Vec<Address> {
        let braked = self
            .answers
            .values()
            .filter(|answers| answers.until(now).is_some());
        braked.map(|answers| answers.sender.clone()).collect()
    }

    /// Returns the time from which on the next of these senders may be answered.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        self.answers
            .values()
            .filter_map(|answers| answers.until(now))
            .min()
    }

    /// Counts an answer. If the sender gets no more of them now, returns the time from which on it may be
    /// answered, once in an hour.
    pub(super) fn count(&mut self, sender: &str, now: Instant) -> Option<Instant> {
        // Any other field gets no answer.
        let sender = Address::in_field(sender)?;
        let key = sender.key();
        if self.answers.len() >= MAX_SENDERS && !self.answers.contains_key(&key) {
            let last = self
                .answers
                .iter()
                .min_by_key(|(_, answers)| answers.times.back());
            if let Some(oldest) = last.map(|(key, _)| key.clone()) {
                self.answers.remove(&oldest);
            }
        }
        let answers = self.answers.entry(key).or_insert_with(|| Answers {
            sender,
            times: VecDeque::new(),
            reported: None,
        });
        answers.times.push_back(now);
        while answers.times.len() > MAX_ANSWERS {
            answers.times.pop_front();
        }
        let until = answers.until(now)?;
        let is_new = answers.reported.is_none_or(|last| last + PERIOD <= now);
        is_new.then(|| {
            answers.reported = Some(now);
            until
        })
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
            let is_last = n + 1 == MAX_ANSWERS as u64;
            let until = is_last.then_some(at(3600));
            for sender in [
                format!("Bob {n} <BOB@example.com>"),
                format!("carl@example.com ({n})"),
            ] {
                assert_eq!(brake.count(&sender, at(n)), until);
            }
        }
        assert_eq!(brake.until("bob@example.com", at(60)), Some(at(3600)));
        assert_eq!(brake.until("carl@example.com", at(60)), Some(at(3600)));
        assert_eq!(brake.until("carol@example.com", at(60)), None);
        assert_eq!(brake.senders(at(60)).len(), 2);
        assert_eq!(brake.due(at(60)), Some(at(3600)));
        assert_eq!(brake.until("bob@example.com", at(3600)), None);
        assert_eq!(
            (brake.senders(at(3600)).len(), brake.due(at(3600))),
            (0, None)
        );
        assert_eq!(
            brake.count("bob@example.com", at(3600)),
            None,
            "reported before"
        );
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
