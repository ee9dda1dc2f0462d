//! The error that crosses the wire. The code is for programs, the words are for readers. A
//! fault never holds a secret.

use crate::text::Words;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An error that a program can act on and a reader can understand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The kind, which decides what the client may do.
    pub code: FaultCode,
    /// What failed: one clause, lower case, no full stop.
    pub what: Words,
    /// Why it failed, as far as known; may be empty.
    pub why: Words,
    /// The next action.
    pub hint: Hint,
}

/// The kinds of fault. Only [`FaultCode::Stopping`] says that nothing was begun, so only it
/// allows any request to be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultCode {
    /// The request cannot be carried out as it stands; changing it may help.
    BadRequest,
    /// No daemon runs, and none could be started.
    NotRunning,
    /// There are no credentials to log in with.
    NotSignedIn,
    /// The bridge refuses the username and password.
    AuthRefused,
    /// The bridge cannot be reached, or the daemon does not answer.
    Unreachable,
    /// The bridge answered with an error, or with something that is not its protocol.
    BridgeFailed,
    /// The bridge asks for fewer requests.
    RateLimited,
    /// There is no such mail.
    NotFound,
    /// The mail belongs to another address.
    NotYours,
    /// The effect may or may not have happened, and must not be repeated unseen.
    OutcomeUnknown,
    /// The client's deadline passed.
    DeadlinePassed,
    /// The client has too many requests in flight.
    TooBusy,
    /// The client cancelled the request.
    Cancelled,
    /// The daemon is stopping and did not begin the request.
    Stopping,
    /// The daemon holds another account than the client was configured for.
    OtherAccount,
    /// The account cannot be registered or signed in as it stands.
    AccountRefused,
    /// The same mail was sent a moment ago, or may have been.
    Duplicate,
    /// The configuration or the client's role forbids the request.
    NotPermitted,
    /// The mail waits for a person's approval.
    AwaitingApproval,
    /// The answer does not fit into a frame.
    AnswerTooLarge,
    /// The two sides have no protocol version in common.
    VersionMismatch,
    /// A defect in the daemon or the client.
    Internal,
}

/// The next action after a fault, in a form that reads right for each reader.
///
/// Every text is a verb phrase in the imperative, lower case, without a full stop: ``run
/// `taid login` ``.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hint {
    /// There is nothing to do.
    #[default]
    None,
    /// An action for the person who owns the account. An agent passes it on.
    User(Words),
    /// An action for the reader itself, person or agent.
    Reader(Words),
    /// Different actions for an agent and for the person.
    Each {
        /// The agent's action.
        agent: Words,
        /// The person's action.
        person: Words,
    },
}

/// The reader of an error text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// A model that called a tool and can pass an action on to its user.
    Agent,
    /// The account's owner at a terminal.
    Person,
}

impl Fault {
    /// Returns a fault without a cause and a hint.
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
    /// Returns an action for the person who owns the account.
    pub fn user(action: impl Into<String>) -> Self {
        Hint::User(Words::cut(action))
    }

    /// Returns an action for the reader itself.
    pub fn reader(action: impl Into<String>) -> Self {
        Hint::Reader(Words::cut(action))
    }

    /// Returns different actions for an agent and for the person.
    pub fn each(agent: impl Into<String>, person: impl Into<String>) -> Self {
        Hint::Each {
            agent: Words::cut(agent),
            person: Words::cut(person),
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

/// What failed and why, on one line, for logs.
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
    fn one_fault_reads_right_for_an_agent_and_for_a_person() {
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
