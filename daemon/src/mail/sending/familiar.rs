//! Mails that an instance has read, for `confirm_send = "unfamiliar"`: a send that an instruction in a mail
//! may have caused needs a person's approval.
//!
//! A mail is suspicious for one of two reasons:
//! - Its recipient is named in a mail that the instance read or in a list, and is neither the user, the
//!   account, the sender of a mail that the instance read, nor a recipient of an earlier mail.
//! - It contains a long passage, or a long link or key, of a mail of another sender than its
//!   recipient.
//!
//! The text is kept in memory alone. Under another policy no text is kept, and no mail is suspicious.

use super::prepared::ascii_domain;
use crate::{
    config::ConfirmPolicy,
    mail::{bounded::Bounded, search::fold::fold},
};
use percent_encoding::percent_decode_str;
use std::{
    collections::{BTreeSet, HashSet, VecDeque},
    hash::{BuildHasher as _, RandomState},
    iter,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tai_proto::names::{Address, MailId};
use unicode_segmentation::UnicodeSegmentation as _;
use url::quirks::domain_to_unicode;

/// Number of consecutive words that make a passage.
const PASSAGE: usize = 20;
/// Shortest link or key, in bytes.
const KEY: usize = 24;
/// Limit of the kept text of one mail and of all mails of one instance, in bytes. The comparable form of a
/// few letters is longer than they are.
const MAX_MAIL: usize = 64 << 10;
const MAX_PLAIN: usize = 4 * MAX_MAIL;
const MAX_INSTANCE: usize = 512 << 10;
/// Limit of instances.
const MAX_INSTANCES: usize = 32;
/// Limit of the kept mails of the lists of an instance.
const MAX_LISTED: usize = 256;
/// Limit of the kept text of one of them, in bytes.
const MAX_LISTED_TEXT: usize = 1 << 10;
/// Limit of remembered recipients of an instance.
const MAX_SENT: usize = 256;

/// Reading histories of the instances, by their addresses; `None` while the policy does not ask for them.
#[derive(Debug)]
pub(in crate::mail) struct Familiar(Mutex<Option<Histories>>);

type Histories = Bounded<String, History, MAX_INSTANCES>;

/// Read mails and recipients of one instance.
#[derive(Debug, Default)]
struct History {
    /// Mails that it has read, oldest first.
    read: VecDeque<ReadMail>,
    /// Mails that it has seen in lists, oldest first, with the beginnings of their texts.
    listed: VecDeque<ReadMail>,
    /// Recipients of its mails.
    sent: Bounded<String, (), MAX_SENT>,
}

#[derive(Debug)]
struct ReadMail {
    id: MailId,
    /// Address of the sender, in lower case; `None` if its field is not one address.
    sender: Option<String>,
    /// Name of the sender, subject and body, in the form of [`plain`].
    text: String,
}

impl ReadMail {
    fn new(id: MailId, sender: &str, subject: &str, body: &str) -> Self {
        let field = sender.to_lowercase();
        let sender = address(sender);
        let name = match &sender {
            // The rest of the field is the name, before or after the address.
            Some(address) => field.replacen(address, "", 1),
            // It makes no address familiar, and names each that it contains.
            None => field,
        };
        let mut text = plain(&format!("{name}\n{subject}\n{body}"));
        text.truncate(text.floor_char_boundary(MAX_PLAIN));
        Self { id, sender, text }
    }

    fn is_from(&self, address: &str) -> bool {
        self.sender.as_deref() == Some(address)
    }
}

/// Reason for which a mail is suspicious.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::mail) enum Suspicion {
    /// The recipient is known only from the text of this mail.
    Named {
        /// The mail.
        id: MailId,
        /// The address of its sender.
        sender: Option<String>,
    },
    /// The mail contains a passage, link or key of this mail.
    Copied {
        /// The mail.
        id: MailId,
        /// The address of its sender.
        sender: Option<String>,
    },
}

impl std::fmt::Display for Suspicion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (what, id, sender) = match self {
            Suspicion::Named { id, sender } => ("the recipient is known only from", id, sender),
            Suspicion::Copied { id, sender } => ("it contains text of", id, sender),
        };
        // Any other field is a stranger's words, in the question to the user.
        let sender = sender.as_deref();
        let sender = sender.unwrap_or("a sender without a valid address");
        write!(f, "{what} email {id} from {sender}")
    }
}

impl Familiar {
    pub(in crate::mail) fn new(policy: ConfirmPolicy) -> Self {
        let familiar = Self(Mutex::default());
        familiar.follow(policy);
        familiar
    }

    fn histories(&self) -> MutexGuard<'_, Option<Histories>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what follows, or forgets everything and remembers nothing, as the policy asks.
    pub(in crate::mail) fn follow(&self, policy: ConfirmPolicy) {
        let mut histories = self.histories();
        match policy {
            ConfirmPolicy::Unfamiliar => {
                histories.get_or_insert_default();
            }
            ConfirmPolicy::Never | ConfirmPolicy::External | ConfirmPolicy::Always => {
                *histories = None;
            }
        }
    }

    /// Returns whether the policy asks for the histories.
    pub(in crate::mail) fn remembers(&self) -> bool {
        self.histories().is_some()
    }

    fn change(&self, own: &str, change: impl FnOnce(&mut History)) {
        if let Some(histories) = self.histories().as_mut() {
            histories.with(own.to_lowercase(), change);
        }
    }

    /// Records that the instance of this address reads a mail.
    pub(in crate::mail) fn read(
        &self,
        own: &str,
        id: MailId,
        sender: &str,
        subject: &str,
        body: &str,
    ) {
        if !self.remembers() {
            return;
        }
        let body = body
            .get(..body.floor_char_boundary(MAX_MAIL))
            .unwrap_or_default();
        let mail = ReadMail::new(id, sender, subject, body);
        let size =
            |read: &VecDeque<ReadMail>| read.iter().map(|mail| mail.text.len()).sum::<usize>();
        self.change(own, |History { read, .. }| {
            read.retain(|earlier| earlier.id != id);
            read.push_back(mail);
            // The limit is one of bytes, because mails differ in length.
            while size(read) > MAX_INSTANCE {
                read.pop_front();
            }
        });
    }

    /// Records that a list shows a mail to the instance of this address, with the beginning of its body.
    pub(in crate::mail) fn listed(
        &self,
        own: &str,
        id: MailId,
        sender: &str,
        subject: &str,
        body: &str,
    ) {
        if !self.remembers() {
            return;
        }
        let mut mail = ReadMail::new(id, sender, subject, body);
        mail.text
            .truncate(mail.text.floor_char_boundary(MAX_LISTED_TEXT));
        self.change(own, |History { listed, .. }| {
            // A list without previews takes nothing back.
            listed.retain(|earlier| earlier.id != id || earlier.text.len() > mail.text.len());
            if listed.iter().all(|earlier| earlier.id != id) {
                listed.push_back(mail);
            }
            if listed.len() > MAX_LISTED {
                listed.pop_front();
            }
        });
    }

    /// Records that the instance sent a mail to this recipient.
    pub(in crate::mail) fn sent(&self, own: &str, recipient: &str) {
        let recipient = address(recipient).unwrap_or_else(|| recipient.to_lowercase());
        self.change(own, |history| history.sent.put(recipient, ()));
    }

    /// Returns why a mail of the instance is suspicious. `texts` are the parts of the mail.
    pub(in crate::mail) fn suspects(
        &self,
        own: &str,
        recipient: &str,
        texts: &[String],
    ) -> Option<Suspicion> {
        let recipient = address(recipient).unwrap_or_else(|| recipient.to_lowercase());
        let histories = self.histories();
        let history = histories.as_ref()?.get(&own.to_lowercase())?;
        let seen = || history.read.iter().chain(&history.listed);
        let others = || seen().filter(|mail| !mail.is_from(&recipient));
        let is_sender = history.read.iter().any(|mail| mail.is_from(&recipient));
        if !is_sender && history.sent.get(&recipient).is_none() {
            let forms = forms(&recipient);
            let is_named = |text: &str| forms.iter().any(|form| names(text, form));
            let named = others().find(|mail| is_named(&mail.text));
            if let Some(ReadMail { id, sender, .. }) = named {
                return Some(Suspicion::Named {
                    id: *id,
                    sender: sender.clone(),
                });
            }
        }
        let mut copies = Copies::of(texts);
        for own in seen().filter(|mail| mail.is_from(&recipient)) {
            copies.forget(&own.text);
        }
        let copied = others().find(|mail| copies.has_part_of(&mail.text));
        copied.map(|mail| Suspicion::Copied {
            id: mail.id,
            sender: mail.sender.clone(),
        })
    }
}

/// Returns the address in a header field, in lower case; `None` for a field that is not one address.
fn address(field: &str) -> Option<String> {
    Address::in_field(field).map(|address| address.as_str().to_lowercase())
}

/// Returns a text without differences that a reader does not see: as a search compares it, and with the
/// targets of its links at its end, so that the words of links stand together.
fn plain(text: &str) -> String {
    let (mut words, mut targets) = (String::with_capacity(text.len()), String::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let (target, after) = after.split_once(')').unwrap_or((after, ""));
        words.push_str(before);
        targets.push('\n');
        targets.push_str(&percent_decode_str(target).decode_utf8_lossy());
        rest = after;
    }
    words.push_str(rest);
    words.retain(|c| !matches!(c, '[' | ']'));
    fold(&(words + &targets))
}

/// Returns the forms of an address in the texts of mails: its domain may be in ASCII or in its own script.
fn forms(address: &str) -> BTreeSet<String> {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let domains = [
        domain.to_owned(),
        ascii_domain(domain).unwrap_or_default(),
        domain_to_unicode(domain),
    ];
    domains
        .into_iter()
        .map(|domain| fold(&format!("{local}@{domain}")))
        .collect()
}

/// Returns whether a [`plain`] text names an address: with whatever marks or spaces between its letters, or
/// with the words of its parts close together, as in `bob (at) example dot com`.
fn names(text: &str, recipient: &str) -> bool {
    /// Longest text between the parts of an address that is written in words, in bytes.
    const NEAR: usize = 80;
    let letters = |text: &str| {
        let counts = |c: &char| c.is_alphanumeric() || matches!(c, '@' | '.');
        text.chars().filter(counts).collect::<String>()
    };
    if letters(text).contains(&letters(recipient)) {
        return true;
    }
    let Some((local, domain)) = recipient.rsplit_once('@') else {
        return false;
    };
    // `bob+anything@` reaches the mailbox of `bob@`.
    let local = local.split('+').next().unwrap_or(local);
    let labels: Vec<&str> = domain.split('.').collect();
    text.match_indices(local).any(|(at, _)| {
        let after = at + local.len();
        let end = text.floor_char_boundary(text.len().min(after + NEAR));
        let mut near = text.get(after..end).unwrap_or_default();
        labels.iter().all(|label| match near.find(label) {
            Some(found) => {
                near = near.get(found + label.len()..).unwrap_or_default();
                true
            }
            None => false,
        })
    })
}

/// Passages, links and keys of an outgoing mail, as hashes.
struct Copies {
    random: RandomState,
    passages: HashSet<u64>,
    keys: HashSet<u64>,
}

impl Copies {
    fn of(texts: &[String]) -> Self {
        let mut copies = Self {
            random: RandomState::new(),
            passages: HashSet::new(),
            keys: HashSet::new(),
        };
        for text in texts {
            let text = plain(text);
            let passages: Vec<u64> = copies.passages_of(&text).collect();
            let keys: Vec<u64> = copies.keys_of(&text).collect();
            copies.passages.extend(passages);
            copies.keys.extend(keys);
        }
        copies
    }

    /// Forgets what a text has too: its sender knows it.
    fn forget(&mut self, text: &str) {
        let passages: Vec<u64> = self.passages_of(text).collect();
        let keys: Vec<u64> = self.keys_of(text).collect();
        for passage in passages {
            self.passages.remove(&passage);
        }
        for key in keys {
            self.keys.remove(&key);
        }
    }

    fn has_part_of(&self, text: &str) -> bool {
        self.passages_of(text)
            .any(|passage| self.passages.contains(&passage))
            || self.keys_of(text).any(|key| self.keys.contains(&key))
    }

    /// Returns the hash of each run of [`PASSAGE`] words. Marks between the words do not count.
    fn passages_of<'a>(&'a self, text: &'a str) -> impl Iterator<Item = u64> + 'a {
        let mut last = VecDeque::with_capacity(PASSAGE);
        text.unicode_words().filter_map(move |word| {
            last.push_back(self.random.hash_one(word));
            if last.len() > PASSAGE {
                last.pop_front();
            }
            (last.len() == PASSAGE).then(|| self.random.hash_one(&last))
        })
    }

    /// Returns the hash of each long run of characters of links and keys that has a digit, and of each of its
    /// parts but hosts: a key may stand alone, after its name or in a link.
    fn keys_of<'a>(&'a self, text: &'a str) -> impl Iterator<Item = u64> + 'a {
        let is_part = |character: char| {
            character.is_ascii_alphanumeric() || "-_./+=:?&%~#@".contains(character)
        };
        text.split(move |character| !is_part(character))
            .flat_map(|run| {
                let parts = run.split(['=', ':', '/', '?', '&', '%', '#', '@']);
                let is_key = move |part: &&str| part.len() < run.len() && !part.contains('.');
                iter::once(run).chain(parts.filter(is_key))
            })
            .map(|key| key.trim_matches(|character: char| !character.is_ascii_alphanumeric()))
            .filter(|key| key.len() >= KEY && key.bytes().any(|byte| byte.is_ascii_digit()))
            .map(|key| self.random.hash_one(key))
    }
}

#[cfg(test)]
#[path = "familiar_tests.rs"]
mod tests;
