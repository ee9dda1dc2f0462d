//! The error type of the protocol: a code for programs and texts for readers.
//!
//! A fault must not contain a secret.

use crate::{command::for_profile, names::Profile, text::Words};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Error with a code and texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Kind of the fault.
    pub code: FaultCode,
    /// Failure: one clause, lower case, without a full stop.
    pub what: Words,
    /// Cause; empty if unknown.
    pub why: Words,
    /// Next action.
    pub hint: Hint,
}

/// Kinds of fault. After [`FaultCode::Stopping`] a client may repeat any request, because the
/// daemon did not begin it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultCode {
    /// The request is invalid. A changed request may succeed.
    BadRequest,
    /// No daemon runs, and none could be started.
    NotRunning,
    /// The daemon has no credentials.
    NotSignedIn,
    /// The bridge refuses the username and password.
    AuthRefused,
    /// The bridge cannot be reached, or the daemon does not answer.
    Unreachable,
    /// The bridge answered with an error or with a malformed answer.
    BridgeFailed,
    /// The bridge limits the rate of requests.
    RateLimited,
    /// The mail does not exist.
    NotFound,
    /// The mail belongs to another address, or a client of another machine holds it.
    NotYours,
    /// The call may or may not have had its effect. A repetition needs a check first.
    OutcomeUnknown,
    /// The request's deadline passed.
    DeadlinePassed,
    /// The client has too many requests in flight, or the daemon has too many clients.
    TooBusy,
    /// The client cancelled the request.
    Cancelled,
    /// The daemon is stopping and did not begin the request.
    Stopping,
    /// The daemon serves another account than the one in the client's configuration.
    OtherAccount,
    /// The bridge refuses to register or to sign in the account.
    AccountRefused,
    /// The same mail was sent within the last ten minutes, or may have been within the last day.
    Duplicate,
    /// The configuration or the connection's role forbids the request.
    NotPermitted,
    /// The mail waits for a person's approval.
    AwaitingApproval,
    /// The answer does not fit into a frame.
    AnswerTooLarge,
    /// The two sides have no protocol version in common.
    VersionMismatch,
    /// A defect in the daemon or the client.
    Internal,
    /// The daemon cannot write its files. Nothing was sent.
    NotRecorded,
}

impl FaultCode {
    /// Returns whether a program that repeats the call about the same mail gets the same fault until a
    /// person changes something.
    pub fn is_lasting(self) -> bool {
        match self {
            FaultCode::BadRequest
            | FaultCode::NotFound
            | FaultCode::NotYours
            | FaultCode::NotPermitted => true,
            FaultCode::NotRunning
            | FaultCode::NotSignedIn
            | FaultCode::AuthRefused
            | FaultCode::Unreachable
            | FaultCode::BridgeFailed
            | FaultCode::RateLimited
            | FaultCode::OutcomeUnknown
            | FaultCode::DeadlinePassed
            | FaultCode::TooBusy
            | FaultCode::Cancelled
            | FaultCode::Stopping
            | FaultCode::OtherAccount
            | FaultCode::AccountRefused
            | FaultCode::Duplicate
            | FaultCode::AwaitingApproval
            | FaultCode::AnswerTooLarge
            | FaultCode::VersionMismatch
            | FaultCode::Internal
            | FaultCode::NotRecorded => false,
        }
    }
}

/// Next action after a fault, for each kind of reader.
///
/// Each text is an imperative clause in lower case, without a full stop: ``run `taid login` ``.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hint {
    /// No action is known.
    #[default]
    None,
    /// Action for the account's owner. An agent asks its user for it.
    User(Words),
    /// Action for the reader, agent or person.
    Reader(Words),
    /// Different actions for an agent and for a person.
    Each {
        /// Action of an agent.
        agent: Words,
        /// Action of a person.
        person: Words,
    },
}

/// Reader of an error text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// A model that called a tool.
    Agent,
    /// The account's owner at a terminal.
    Person,
}

impl Fault {
    /// Returns a fault without a cause or hint. Texts over 4096 bytes are cut.
    pub fn new(code: FaultCode, what: impl Into<String>) -> Self {
        Self {
            code,
            what: Words::cut(what),
            why: Words::default(),
            hint: Hint::None,
        }
    }

    /// Sets the cause.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Words::cut(why);
        self
    }

    /// Sets the next action.
    #[must_use]
    pub fn hint(mut self, hint: Hint) -> Self {
        self.hint = hint;
        self
    }

    /// Makes the commands in the hint those for the daemon of a profile.
    #[must_use]
    pub fn for_profile(mut self, profile: &Profile) -> Self {
        self.hint = self.hint.for_profile(profile);
        self
    }

    /// Renders the fault for a reader: `error: what`, `caused by: why`, `hint: action`, each on
    /// a line of its own. Empty parts are left out.
    pub fn render(&self, audience: Audience) -> String {
        let mut text = format!("error: {}", self.what);
        for (label, part) in [
            ("caused by", self.why.to_string()),
            ("hint", self.hint.render(audience)),
        ] {
            if !part.is_empty() {
                text.push_str(&format!("\n{label}: {part}"));
            }
        }
        text
    }
}

impl Hint {
    /// Returns an action for the account's owner.
    pub fn user(action: impl Into<String>) -> Self {
        Hint::User(Words::cut(action))
    }

    /// Returns an action for the reader.
    pub fn reader(action: impl Into<String>) -> Self {
        Hint::Reader(Words::cut(action))
    }

    /// Returns different actions for an agent and for a person.
    pub fn each(agent: impl Into<String>, person: impl Into<String>) -> Self {
        Hint::Each {
            agent: Words::cut(agent),
            person: Words::cut(person),
        }
    }

    fn for_profile(self, profile: &Profile) -> Self {
        let named = |words: Words| Words::cut(for_profile(&words, profile));
        match self {
            Hint::None => Hint::None,
            Hint::User(action) => Hint::User(named(action)),
            Hint::Reader(action) => Hint::Reader(named(action)),
            Hint::Each { agent, person } => Hint::Each {
                agent: named(agent),
                person: named(person),
            },
        }
    }

    /// Renders the action for a reader; empty if there is none.
    pub fn render(&self, audience: Audience) -> String {
        match (self, audience) {
            (Hint::None, _) => String::new(),
            (Hint::User(action), Audience::Agent) => {
                format!("ask the user to {action}, then call again")
            }
            (Hint::User(action) | Hint::Reader(action), _) => action.to_string(),
            (Hint::Each { agent, .. }, Audience::Agent) => agent.to_string(),
            (Hint::Each { person, .. }, Audience::Person) => person.to_string(),
        }
    }
}

/// Writes the name that the code has in JSON.
impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Writes the failure and the cause, for logs.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match self.why.is_empty() {
            true => Ok(()),
            false => write!(f, ": {}", self.why),
        }
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_renders_for_an_agent_and_for_a_person() {
        let fault = Fault::new(FaultCode::NotSignedIn, "taid is not signed in")
            .because("no password is configured")
            .hint(Hint::user("run `taid login`"));
        assert_eq!(
            fault.render(Audience::Agent),
            "error: taid is not signed in\n\
             caused by: no password is configured\n\
             hint: ask the user to run `taid login`, then call again"
        );
        assert_eq!(
            fault.render(Audience::Person),
            "error: taid is not signed in\n\
             caused by: no password is configured\n\
             hint: run `taid login`"
        );
        let work = Profile::new("work").unwrap();
        let of_work = fault.clone().for_profile(&work).render(Audience::Agent);
        assert!(of_work.ends_with("to run `taid login --profile work`, then call again"));
        let bare = Fault::new(FaultCode::Cancelled, "the call was cancelled");
        assert_eq!(
            bare.render(Audience::Person),
            "error: the call was cancelled"
        );
        assert_eq!(
            fault.to_string(),
            "taid is not signed in: no password is configured"
        );
    }
}
