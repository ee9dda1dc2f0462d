//! The mails that a call may see: those of an agent's address within its rules, or a person's.

use crate::config::{ActivePolicy, Rules};
use std::sync::Arc;
use tai_proto::names::{Address, Instance};

/// Mails that a call may see.
#[derive(Debug, Clone, Copy)]
pub(in crate::mail) enum View<'a> {
    /// An agent's: the mails of its instance's address that the rules of the instance show.
    Agent {
        instance: Option<&'a Instance>,
        /// The instance's address.
        address: &'a Address,
    },
    /// A person's: the mails of one instance's address.
    Instance {
        instance: &'a Instance,
        /// The instance's address.
        address: &'a Address,
    },
    /// A person's: all mails of the account.
    Account,
}

impl<'a> View<'a> {
    /// Returns the instance that the bridge's list is limited to; `None` for the whole list.
    pub(in crate::mail) fn instance(self) -> Option<&'a Instance> {
        match self {
            Self::Agent { instance, .. } => instance,
            Self::Instance { instance, .. } => Some(instance),
            Self::Account => None,
        }
    }

    /// Returns whether a mail to this recipient belongs to the view. The bridge's filter is a LIKE
    /// (bridge-api.md, trap 5).
    pub(in crate::mail) fn has(self, to: &str) -> bool {
        match self {
            Self::Agent { address, .. } | Self::Instance { address, .. } => address.matches(to),
            Self::Account => true,
        }
    }

    /// Returns the rules for the senders of the mails. Those of instances are for agents.
    pub(in crate::mail) fn rules(self, policy: &ActivePolicy) -> Arc<Rules> {
        match self {
            Self::Agent { instance, .. } => policy.rules(instance),
            Self::Instance { .. } | Self::Account => Arc::default(),
        }
    }
}
