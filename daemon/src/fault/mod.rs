//! The text of every failure: what failed, why, and the next action. Tool results, `taid status`
//! and the terminal use the same text.
//!
//! A hint is a [`tai_proto::Hint`], rendered for an agent or for a person.

mod account;
mod approval;
mod bridge;
mod confined;
mod connections;
mod saving;
mod sending;

use account::{locked, of_account_in_use, refused, unreachable};
pub(crate) use bridge::{of_bridge, of_register};
use sending::{answered, automatic, duplicate, unknown};
pub(crate) use {account::*, approval::*, confined::*, connections::*, saving::*};

use crate::{
    mail::{Change, JournalError, MailError, Remedy},
    time,
};
use tai_auth::{
    bridge::BridgeError,
    session::{Phase, Snapshot, clock::Now, error::SessionError},
};
use tai_proto::{Fault, FaultCode, Hint, names::Instance, text::MAX_CONTENT};
use tai_reader::{characters::line, outgoing::Refusal};

/// Returns what the agent does about content that cannot be a mail.
fn content_hint(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::TooLong => "shorten the content or send it in parts; nothing was sent",
        Refusal::TooComplex(_) => "simplify the content or send it in parts; nothing was sent",
        Refusal::ShowsNothing(_) => {
            "write text that a reader sees, or use the other format, and send it again; nothing was sent"
        }
    }
}

/// Returns the fault for a failed mail operation. `snapshot` and `now` give the time of the
/// next login attempt.
pub(crate) fn of_mail(error: &MailError, snapshot: &Snapshot, now: Now) -> Fault {
    match error {
        MailError::Session(error) => of_session(error, snapshot, now),
        MailError::Bridge(error) => of_bridge(error),
        // Existing clients know this exact text.
        MailError::NoRecipient => Fault::new(
            FaultCode::BadRequest,
            "No recipient specified. Provide \"to\" parameter or set USEREMAIL environment variable.",
        ),
        MailError::BadField { field, rule } => Fault::new(
            FaultCode::BadRequest,
            format!("\"{field}\" cannot be used: {rule}"),
        )
        .hint(Hint::each(
            format!("correct \"{field}\" and call again; nothing was sent or changed"),
            format!("correct \"{field}\" and run the command again; nothing was sent or changed"),
        )),
        MailError::NoReplyAddress => Fault::new(
            FaultCode::BadRequest,
            "\"message_id\" cannot be used: its sender is not one address that a mail can be sent to",
        )
        .hint(Hint::each(
            "do not reply to it; ask the user which address to write to; nothing was sent",
            "look at its sender, and write to an address that you trust with `taid send`; nothing was sent",
        )),
        MailError::Query(error) => Fault::new(
            FaultCode::BadRequest,
            format!("\"query\" cannot be used: {error}"),
        )
        .hint(Hint::each(
            "correct \"query\" and call again",
            "correct the query and run the command again",
        )),
        MailError::Content(refusal) => Fault::new(
            FaultCode::BadRequest,
            format!("\"content\" cannot be used: {refusal}"),
        )
        .hint(Hint::reader(content_hint(refusal))),
        MailError::TooLong { bytes } => Fault::new(
            FaultCode::BadRequest,
            format!("the content has {bytes} bytes, {MAX_CONTENT} are allowed"),
        )
        .hint(Hint::reader(
            "shorten the content or send it in parts; nothing was sent",
        )),
        MailError::Compose(why) => {
            Fault::new(FaultCode::Internal, "the content cannot be converted now")
                .because(why)
                .hint(Hint::each(
                    "call again in a moment; nothing was sent",
                    "run `taid doctor`; nothing was sent",
                ))
        }
        MailError::Answered(original) => answered(*original),
        MailError::Automatic(original) => automatic(*original),
        MailError::Duplicate {
            digest,
            outcome,
            ago,
        } => duplicate(digest, *outcome, *ago),
        MailError::Unknown { digest, cause } => unknown(digest, cause),
        MailError::NotRecorded(error) => not_recorded(error),
        MailError::Approval(error) => of_approval(error),
        MailError::NoSuchMail(id) => {
            Fault::new(FaultCode::NotFound, format!("Email with ID {id} not found"))
                .hint(Hint::each(
                    "call list_inbox with show_read: true for the existing IDs",
                    "list the mails with `taid inbox --all`",
                ))
        }
        MailError::NoSuchPart { id, of } => {
            let last = match of {
                1 => "1 part".to_owned(),
                _ => format!("{of} parts"),
            };
            Fault::new(
                FaultCode::BadRequest,
                format!("\"part\" cannot be used: email {id} has {last}"),
            )
            .hint(Hint::reader(
                "correct \"part\" and call again; the email is unchanged",
            ))
        }
        MailError::Unchanged { id, change } => {
            let (what, state) = match change {
                Change::Delete => (format!("delete email {id}"), "still exists"),
                Change::MarkRead => (format!("mark email {id} as read"), "is still unread"),
            };
            Fault::new(
                FaultCode::BridgeFailed,
                format!("the mail bridge could not {what}"),
            )
            .because(format!("the bridge reports a failure, and the email {state}"))
            .hint(Hint::reader("try again in a moment; nothing was changed"))
        }
        MailError::NotPermitted { what, rule } => not_permitted(what, rule),
        MailError::TooManySends { rule, wait } => Fault::new(
            FaultCode::NotPermitted,
            "this instance has sent as many emails as it may",
        )
        .because(format!("taid's configuration: {rule}"))
        .hint(Hint::reader(format!(
            "the next send is possible in {}; nothing was sent",
            time::span(*wait)
        ))),
        MailError::LeaseStore(error) => Fault::new(
            FaultCode::Unreachable,
            "no email was read: the store of the shared leases failed",
        )
        .because(error.to_string())
        .hint(Hint::each(
            "call again in a minute; if it fails again, ask the user to run `taid status` and to \
             check the server of `shared_leases`; sending and listing work",
            "run `taid status`, and check the server of `shared_leases` in config.toml; sending and \
             listing work",
        )),
        MailError::AddressBusy(address) => Fault::new(
            FaultCode::DeadlinePassed,
            format!("other clients looked for mail of {} until the time limit", line(address)),
        )
        .because("one client at a time looks for unread mail of an address")
        .hint(Hint::reader("try again in a moment; the mail is unchanged")),
        MailError::HeldElsewhere(id) => Fault::new(
            FaultCode::NotYours,
            format!("email {id} was not read: another client has it"),
        )
        .because(
            "the machines that share the leases of this account give each email to one client; a lease \
             that a killed taid left ends after `shared_leases_ttl`",
        )
        .hint(Hint::each(
            "call fetch_email without an ID for the next email, or call again in a minute or two",
            "try again in a minute or two",
        )),
        MailError::NotYours { id, address } => Fault::new(
            FaultCode::NotYours,
            format!("Email {id} is not addressed to {address}"),
        )
        .because("the bridge names another recipient for it, or none")
        .hint(Hint::each(
            "call list_inbox for the IDs of this instance",
            "omit --instance to reach the mails of all addresses",
        )),
    }
}

/// Returns what a person does against the failure of a journal.
pub(crate) fn journal_remedy(error: &JournalError) -> String {
    let path = error.path.display();
    match error.remedy {
        Remedy::Room => format!("free space on the disk of `{path}`"),
        Remedy::Limit => "raise the limit of file sizes (`ulimit -f`), and run `taid stop`".into(),
        Remedy::Descriptors => bridge::MORE_DESCRIPTORS.into(),
        Remedy::OwnFile => format!(
            "move `{path}` away if it is not a file of taid, or make it and its directory writable"
        ),
        Remedy::Disk => {
            format!("check the disk of `{path}`, which does not keep what taid writes")
        }
    }
}

/// Returns the fault for a mail that was not sent because its record is not on the disk.
fn not_recorded(error: &JournalError) -> Fault {
    let action = journal_remedy(error);
    Fault::new(
        FaultCode::NotRecorded,
        "the email was not sent: taid cannot record it, and without a record it could be sent twice",
    )
    .because(error.to_string())
    .hint(Hint::each(
        format!("nothing was sent; ask the user to {action}, then call again"),
        format!("{action}; nothing was sent"),
    ))
}

/// Returns the fault for a call that got no token.
pub(crate) fn of_session(error: &SessionError, snapshot: &Snapshot, now: Now) -> Fault {
    match error {
        SessionError::NoCredentials => no_credentials(),
        SessionError::NoKeyring => no_keyring(),
        SessionError::Refused => refused().hint(Hint::user(format!(
            "check the username and the password, which come from {}, or sign in at once with \
             `taid login`{}",
            snapshot.source.as_deref().unwrap_or("the last login"),
            next_attempt(snapshot, now)
        ))),
        SessionError::Locked { message } => locked(message),
        SessionError::InUse(in_use) => of_account_in_use(in_use),
        SessionError::Source(error) => of_source(error),
        SessionError::LoggedOut => Fault::new(FaultCode::NotSignedIn, "taid is signed out")
            .because("`taid logout` signed it out")
            .hint(Hint::user("run `taid login`")),
        SessionError::OtherAccount => account_changed(),
        SessionError::Superseded | SessionError::Abandoned => of_login(error),
        SessionError::Token(error) => Fault::new(
            FaultCode::BridgeFailed,
            "the bridge issued a token that cannot be used",
        )
        .because(error.to_string())
        .hint(Hint::user(format!(
            "check `api_base_url`, which may not be a TAI bridge{}",
            next_attempt(snapshot, now)
        ))),
        SessionError::Bridge(BridgeError::Unreachable { detail }) => {
            unreachable(detail).hint(Hint::user("check the network and `api_base_url`"))
        }
        SessionError::Bridge(error) => {
            let next = snapshot.phase.retry_at().map(|at| at.until(now));
            bridge::failed_attempt(error, snapshot.phase.token().is_some(), next)
        }
        SessionError::LoginTooSoon => Fault::new(
            FaultCode::BridgeFailed,
            "the mail bridge refused the token of a recent login",
        )
        .because(error.to_string())
        .hint(Hint::reader(format!(
            "try again later; taid logs in again then{}",
            next_attempt(snapshot, now)
        ))),
        SessionError::Deadline => Fault::new(
            FaultCode::DeadlinePassed,
            "the login did not finish in time",
        )
        .because("the bridge is slow or cannot be reached")
        .hint(Hint::each(
            "call again; session_status shows whether the bridge answers",
            "run `taid status`, then try again",
        )),
        SessionError::Stopped => stopping(),
    }
}

/// Returns the end of a hint with the time of the next attempt, if it has one.
fn next_attempt(snapshot: &Snapshot, now: Now) -> String {
    match &snapshot.phase {
        Phase::Waiting { retry_at, .. } => {
            let span = time::span(retry_at.until(now));
            format!("; the next attempt is due in {span}")
        }
        Phase::SignedOut(_) | Phase::SigningIn | Phase::Live { .. } => String::new(),
    }
}

/// Returns the fault for a call to a daemon that is stopping.
pub(crate) fn stopping() -> Fault {
    Fault::new(FaultCode::Stopping, "taid is stopping")
        .because("taid accepts no new calls while it stops")
        .hint(Hint::reader("try again in a moment; nothing was done"))
}

/// Returns the fault for a tool, a recipient or a sender that a rule of the configuration forbids
/// to an instance.
pub(crate) fn not_permitted(what: &str, rule: &str) -> Fault {
    Fault::new(
        FaultCode::NotPermitted,
        format!("{what} is not permitted for this instance"),
    )
    .because(format!("taid's configuration: {rule}"))
    .hint(Hint::each(
        "continue without it, or ask the user to change the configuration; nothing was done",
        "change the configuration; nothing was done",
    ))
}

/// Reason for which no tool is permitted.
pub(crate) const UNUSABLE_RULES: &str = "taid cannot use the configuration file as it is now";

/// Returns the fault for a tool while the configuration, which may forbid it, cannot be used. The
/// reason is for the user alone: it can quote a rule of another instance.
pub(crate) fn unknown_rules() -> Fault {
    Fault::new(
        FaultCode::NotPermitted,
        "no tool is permitted until taid's configuration is valid",
    )
    .because(UNUSABLE_RULES)
    .hint(Hint::user(
        "run `taid doctor` and correct the file that it names",
    ))
}

/// Returns the fault for an administrative call on an agent's connection.
pub(crate) fn wrong_role(call: &str) -> Fault {
    Fault::new(
        FaultCode::NotPermitted,
        format!("this socket serves the tools of an agent, not {call}"),
    )
    .because("the user's own commands have another socket, which `taid socket --admin` prints")
    .hint(Hint::user(
        "use the `taid` command, outside of the client's sandbox",
    ))
}

/// Returns the fault for a client that asks for another instance than its socket's.
pub(crate) fn fixed_instance(asked: &Instance, fixed: &Instance) -> Fault {
    Fault::new(
        FaultCode::NotPermitted,
        format!("this socket serves the instance {fixed}, not {asked}"),
    )
    .because("the socket of an instance serves that instance alone")
    .hint(Hint::user(format!(
        "set TAI_MCP_INSTANCE to {fixed} or remove it, or use the socket of {asked}"
    )))
}

/// Returns the fault for a request id that is in use.
pub(crate) fn id_in_use(id: u64) -> Fault {
    Fault::new(
        FaultCode::BadRequest,
        format!("request id {id} belongs to an open call"),
    )
}

/// Returns the fault for a cancelled call.
pub(crate) fn cancelled() -> Fault {
    Fault::new(FaultCode::Cancelled, "the call was cancelled").because("the client cancelled it")
}

/// Returns the fault for an answer that does not fit into a frame.
pub(crate) fn answer_too_large(length: usize, max: usize) -> Fault {
    Fault::new(FaultCode::AnswerTooLarge, "the answer is too large")
        .because(format!("the answer has {length} bytes, {max} are allowed"))
        .hint(Hint::reader("try again with a smaller limit"))
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;

#[cfg(test)]
mod account_tests;
#[cfg(test)]
mod bridge_tests;
