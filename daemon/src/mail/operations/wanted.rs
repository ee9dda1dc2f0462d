//! Conditions of the next mail that a call leases.

use super::walk::Tell;
use crate::mail::{leases::ClientKey, listing::passed_over::PassedOver, search::query::Query};
use std::collections::HashSet;
use tai_auth::bridge::Head;
use tai_proto::{
    mail::Window,
    names::{Address, Instance},
};

/// Request for the next mail of an instance.
#[derive(Clone, Copy)]
pub(super) struct NextMail<'a> {
    pub(super) instance: Option<&'a Instance>,
    /// The instance's address.
    pub(super) address: &'a Address,
    pub(super) client: ClientKey,
    pub(super) window: Window,
    pub(super) tell: Tell<'a>,
}

/// Mail that a call leases: the oldest unread one that meets the conditions.
#[derive(Debug, Default)]
pub(super) struct Wanted<'a> {
    /// Conditions of the envelope; `None` accepts each mail.
    pub(super) query: Option<&'a Query>,
    /// Keys of the senders whose mails the call does not lease.
    pub(super) except: HashSet<String>,
    /// Mails that the call leaves to others.
    pub(super) left: HashSet<u64>,
    /// Mails that the call does not lease: they do not meet the conditions, or are gone.
    pub(super) rejected: HashSet<u64>,
    /// Mails that clients of other machines hold or have written.
    pub(super) elsewhere: HashSet<u64>,
    /// Mails that the bridge could not give lately, while the call looks for others.
    pub(super) unavailable: HashSet<u64>,
    /// Mails that the bridge could not give in this call.
    pub(super) passed_over: PassedOver,
    pub(super) reach: Reach,
}

/// Part of the mailbox that a look examines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Reach {
    /// The whole list of the bridge.
    #[default]
    Whole,
    /// The mails above the place that the last look reached: those that arrived since.
    New,
    /// The mails that other clients have returned. The bridge gets no request.
    Returned,
}

impl Wanted<'_> {
    /// Returns whether the mail was not rejected, left or passed over and is not elsewhere.
    pub(super) fn may_be(&self, id: u64) -> bool {
        !self.rejected.contains(&id)
            && !self.left.contains(&id)
            && !self.elsewhere.contains(&id)
            && !self.unavailable.contains(&id)
            && !self.passed_over.has(id)
    }

    /// Returns whether a mail meets the conditions.
    pub(super) fn accepts(&self, mail: &Head) -> bool {
        let meets = |query: &Query| query.has_envelope(&mail.from, &mail.subject);
        let is_excepted =
            || Address::in_field(&mail.from).is_some_and(|from| self.except.contains(&from.key()));
        self.query.is_none_or(meets) && (self.except.is_empty() || !is_excepted())
    }

    /// Returns whether a mail can be refused because of its envelope.
    pub(super) fn has_conditions(&self) -> bool {
        self.query.is_some() || !self.except.is_empty()
    }

    /// Returns whether another call for each mail of the address may use the result of the look.
    pub(super) fn is_shared(&self) -> bool {
        !self.has_conditions()
            && self.left.is_empty()
            && self.reach == Reach::Whole
            && self.unavailable.is_empty()
    }
}
