//! The mails that each address answered, so that a program that handles mails learns whether a mail
//! still needs an answer, also after a restart.

use super::{
    record::{LedgerRecord, ReplyFate},
    state::Event,
};
use std::{collections::BTreeMap, time::Duration};
use tai_auth::session::stamp::Stamp;
use tai_proto::mail::ReplyState;

/// Time for which a reply is known.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Limit of entries. Beyond it the oldest entries are dropped.
const MAX_ENTRIES: usize = 4096;

/// The replies of one address to one mail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ReplyKey {
    /// The address that answers, in lower case.
    pub(super) sender: String,
    /// The answered mail.
    pub(super) original: u64,
}

/// An event in the life of the replies to a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyEvent {
    /// An attempt begins.
    Begin,
    /// The bridge accepted the reply.
    Accept,
    /// The reply was certainly not sent.
    Fail,
    /// The reply may have been sent.
    Lose,
    /// The reply waits for a person's approval.
    Hold,
    /// Time has passed.
    Age,
}

impl From<Event> for ReplyEvent {
    fn from(event: Event) -> Self {
        match event {
            Event::Begin => Self::Begin,
            Event::Accept => Self::Accept,
            Event::Fail => Self::Fail,
            Event::Lose => Self::Lose,
            Event::Age => Self::Age,
        }
    }
}

/// State of the replies of one address to one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    /// Number of attempts in flight.
    in_flight: u32,
    /// The most certain outcome so far; `None` if no attempt has ended.
    fate: Option<ReplyFate>,
    /// The time of the last change.
    at: Stamp,
}

/// Returns the entry after an event; `None` if the entry has ended.
fn step(entry: Option<Entry>, event: ReplyEvent, now: Stamp) -> Option<Entry> {
    let Entry {
        in_flight,
        fate,
        at,
    } = entry.unwrap_or(Entry {
        in_flight: 0,
        fate: None,
        at: now,
    });
    let ended = in_flight.saturating_sub(1);
    let (in_flight, fate, at) = match event {
        ReplyEvent::Begin => (in_flight.saturating_add(1), fate, now),
        ReplyEvent::Accept => (ended, fate.max(Some(ReplyFate::Sent)), now),
        ReplyEvent::Fail => (ended, fate, at),
        ReplyEvent::Lose => (ended, fate.max(Some(ReplyFate::MaybeSent)), now),
        ReplyEvent::Hold => (in_flight, fate.max(Some(ReplyFate::Held)), now),
        // A moment far ahead comes from a wrong clock.
        ReplyEvent::Age if in_flight == 0 && (at.age(now) >= KEPT || at.is_ahead(KEPT, now)) => {
            (0, None, at)
        }
        ReplyEvent::Age => (in_flight, fate, at),
    };
    (in_flight > 0 || fate.is_some()).then_some(Entry {
        in_flight,
        fate,
        at,
    })
}

/// The replies of the last week.
#[derive(Debug, Default)]
pub(super) struct Replies {
    entries: BTreeMap<ReplyKey, Entry>,
}

impl Replies {
    /// Applies an event. Returns the record of the change, if a later daemon must know it.
    pub(super) fn change(
        &mut self,
        key: &ReplyKey,
        event: ReplyEvent,
        now: Stamp,
    ) -> Option<LedgerRecord> {
        if self.entries.len() >= MAX_ENTRIES {
            self.drop_obsolete(now);
            self.bound();
        }
        let before = self.entries.remove(key);
        let after = step(before, event, now);
        if let Some(entry) = after {
            self.entries.insert(key.clone(), entry);
        }
        let record_of = |entry: Option<Entry>| entry.map(|entry| record(key, entry));
        let (old, new) = (record_of(before), record_of(after));
        let ended = || LedgerRecord::Unreplied {
            original: key.original,
            sender: key.sender.clone(),
        };
        (old != new).then(|| new.unwrap_or_else(ended))
    }

    /// Applies a record of the file.
    pub(super) fn load(&mut self, key: ReplyKey, fate: ReplyFate, at: Stamp, now: Stamp) {
        // The memory for a long file is bounded.
        if self.entries.len() >= 2 * MAX_ENTRIES {
            self.drop_obsolete(now);
            self.bound();
        }
        let entry = Entry {
            in_flight: 0,
            fate: Some(fate),
            at,
        };
        self.entries.insert(key, entry);
    }

    /// Removes the replies to a mail.
    pub(super) fn forget(&mut self, key: &ReplyKey) {
        self.entries.remove(key);
    }

    /// Returns what is known about the replies to a mail.
    pub(super) fn find(&self, key: &ReplyKey) -> ReplyState {
        let Some(entry) = self.entries.get(key) else {
            return ReplyState::None;
        };
        match entry.fate {
            Some(ReplyFate::Sent) => ReplyState::Sent,
            Some(ReplyFate::Held) => ReplyState::Held,
            Some(ReplyFate::MaybeSent) | None if entry.in_flight > 0 => ReplyState::Sending,
            Some(ReplyFate::MaybeSent) => ReplyState::MaybeSent,
            None => ReplyState::None,
        }
    }

    /// Removes the replies that are older than a week.
    pub(super) fn drop_obsolete(&mut self, now: Stamp) {
        self.entries
            .retain(|_, entry| step(Some(*entry), ReplyEvent::Age, now).is_some());
    }

    /// Removes the oldest entries of [`MAX_ENTRIES`]. Removing several at once makes the sort rare.
    fn bound(&mut self) {
        let Some(surplus) = self
            .entries
            .len()
            .checked_sub(MAX_ENTRIES - MAX_ENTRIES / 16)
        else {
            return;
        };
        let settled = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.in_flight == 0);
        let mut settled: Vec<_> = settled
            .map(|(key, entry)| (entry.at.wall, key.clone()))
            .collect();
        settled.sort();
        for (_, key) in settled.into_iter().take(surplus) {
            self.entries.remove(&key);
        }
    }

    /// Returns the records that a later daemon needs.
    pub(super) fn records(&self) -> impl Iterator<Item = LedgerRecord> {
        self.entries.iter().map(|(key, entry)| record(key, *entry))
    }
}

/// Returns the record of an entry. A reply that was in flight when the daemon died may have been
/// sent.
fn record(key: &ReplyKey, entry: Entry) -> LedgerRecord {
    LedgerRecord::Reply {
        original: key.original,
        sender: key.sender.clone(),
        fate: entry.fate.unwrap_or(ReplyFate::MaybeSent),
        at: entry.at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(days: u64) -> Stamp {
        let since_boot = Duration::from_secs(days * 24 * 60 * 60);
        Stamp {
            wall: std::time::SystemTime::UNIX_EPOCH + since_boot,
            boot: 1,
            since_boot,
        }
    }

    fn key(original: u64) -> ReplyKey {
        ReplyKey {
            sender: "desk.alice@tai.chat".into(),
            original,
        }
    }

    /// Returns the state after these events on the first day.
    fn after(events: &[ReplyEvent]) -> ReplyState {
        let mut replies = Replies::default();
        for event in events {
            let _ = replies.change(&key(7), *event, at(1));
        }
        replies.find(&key(7))
    }

    #[test]
    fn the_most_certain_reply_counts() {
        use ReplyEvent::{Accept, Age, Begin, Fail, Hold, Lose};
        for (events, state) in [
            (&[][..], ReplyState::None),
            (&[Begin], ReplyState::Sending),
            (&[Begin, Accept], ReplyState::Sent),
            (&[Begin, Fail], ReplyState::None),
            (&[Begin, Lose], ReplyState::MaybeSent),
            (&[Hold], ReplyState::Held),
            (&[Hold, Begin], ReplyState::Held),
            (&[Hold, Begin, Fail], ReplyState::Held),
            (&[Hold, Begin, Lose], ReplyState::Held),
            (&[Hold, Begin, Accept], ReplyState::Sent),
            (&[Begin, Lose, Begin], ReplyState::Sending),
            (&[Begin, Lose, Begin, Fail], ReplyState::MaybeSent),
            (&[Begin, Accept, Begin, Fail], ReplyState::Sent),
            (&[Begin, Accept, Hold, Age], ReplyState::Sent),
            (&[Begin, Begin, Fail], ReplyState::Sending),
            (&[Begin, Begin, Accept, Fail], ReplyState::Sent),
        ] {
            assert_eq!(after(events), state, "{events:?}");
        }
    }

    #[test]
    fn a_later_daemon_knows_each_reply_for_a_week() {
        use ReplyEvent::{Accept, Begin, Fail};
        let mut first = Replies::default();
        let mut records = Vec::new();
        for (original, events) in [
            (1, &[Begin][..]),
            (2, &[Begin, Accept]),
            (3, &[Begin, Fail]),
        ] {
            for event in events {
                records.extend(first.change(&key(original), *event, at(1)));
            }
        }
        let mut second = Replies::default();
        for record in records {
            match record {
                LedgerRecord::Reply {
                    original,
                    fate,
                    at: time,
                    ..
                } => {
                    second.load(key(original), fate, time, at(2));
                }
                LedgerRecord::Unreplied { original, .. } => second.forget(&key(original)),
                other => panic!("{other:?}"),
            }
        }
        let known = |replies: &Replies| [1, 2, 3].map(|original| replies.find(&key(original)));
        assert_eq!(
            known(&second),
            [ReplyState::MaybeSent, ReplyState::Sent, ReplyState::None]
        );
        second.drop_obsolete(at(7));
        assert_eq!(known(&second)[1], ReplyState::Sent);
        second.drop_obsolete(at(8));
        assert_eq!(known(&second), [ReplyState::None; 3]);
    }

    #[test]
    fn the_records_of_all_replies_make_the_same_replies() {
        use ReplyEvent::{Accept, Begin, Hold};
        let mut first = Replies::default();
        for (original, events) in [(1, &[Begin][..]), (2, &[Begin, Accept]), (3, &[Hold])] {
            for event in events {
                let _ = first.change(&key(original), *event, at(1));
            }
        }
        let mut second = Replies::default();
        for record in first.records() {
            match record {
                LedgerRecord::Reply {
                    original,
                    fate,
                    at: time,
                    ..
                } => second.load(key(original), fate, time, at(1)),
                other => panic!("{other:?}"),
            }
        }
        let known = [1, 2, 3].map(|original| second.find(&key(original)));
        assert_eq!(
            known,
            [ReplyState::MaybeSent, ReplyState::Sent, ReplyState::Held]
        );
    }

    #[test]
    fn the_number_of_replies_is_bounded_and_the_newest_stay() {
        let mut replies = Replies::default();
        let most = MAX_ENTRIES as u64;
        for original in 1..=2 * most {
            let _ = replies.change(&key(original), ReplyEvent::Hold, at(1));
            let known = replies.entries.len() as u64;
            assert!(known <= most && known >= original.min(most - most / 16));
            assert!(
                original > most || known == original,
                "below the limit, none is forgotten"
            );
        }
        assert_eq!(replies.find(&key(2 * most)), ReplyState::Held);
        let mut later = Replies::default();
        for original in 1..=3 * most {
            later.load(key(original), ReplyFate::Sent, at(1), at(1));
            let known = later.entries.len() as u64;
            assert!(known <= 2 * most && known >= original.min(most - most / 16));
            assert!(original > 2 * most || known == original);
        }
        assert_eq!(later.find(&key(3 * most)), ReplyState::Sent);
    }
}
