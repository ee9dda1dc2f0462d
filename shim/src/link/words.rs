//! What is said when taid cannot be asked, or does not answer.

use super::{
    PATIENCE,
    wire::{self, ConnectError},
};
use crate::daemon;
use std::io;
use tai_proto::{
    Fault, FaultCode,
    endpoint::{Endpoint, EndpointError},
};

pub(super) fn bad_endpoint(error: &EndpointError) -> Fault {
    let hint = match error {
        EndpointError::Profile(_) => "Change TAI_MCP_PROFILE in the MCP client's configuration.",
        _ => "Set XDG_RUNTIME_DIR to a directory of your own with a short path, here and for taid.",
    };
    Fault::new(
        FaultCode::Unreachable,
        "taid cannot be looked for",
        error.to_string(),
        hint,
    )
}

pub(super) fn no_daemon(error: &ConnectError, endpoint: &Endpoint, profile: &str) -> Fault {
    let (start, login) = (command(profile, "run"), command(profile, "login"));
    let socket = endpoint.socket();
    let (what, why, hint) = match error {
        ConnectError::NobodyThere => (
            "taid is not running",
            format!("nobody listens on {}", socket.display()),
            format!(
                "Ask the user to start it in a terminal, `{start}`, and to sign in, `{login}`. Then call \
                 again."
            ),
        ),
        ConnectError::OtherUser => (
            "the process at taid's socket belongs to another user",
            format!("{} is not ours; nothing was sent to it", socket.display()),
            "Ask the user to look at that directory and to start their own taid.".to_owned(),
        ),
        ConnectError::Version(theirs) => (
            "taid and tai-mcp are too far apart in version",
            format!(
                "{} speaks protocol {} to {}, {} speaks {} to {}",
                theirs.software,
                theirs.oldest,
                theirs.newest,
                wire::SOFTWARE,
                tai_proto::hello::OLDEST,
                tai_proto::hello::PROTOCOL
            ),
            format!(
                "Ask the user to install both from one release, then `taid stop` and `{start}`, and to restart this MCP client."
            ),
        ),
        ConnectError::Failed(error) => (
            "taid cannot be connected to",
            format!("{}: {error}", socket.display()),
            "Ask the user whether this MCP client runs in a sandbox that keeps it from the socket."
                .to_owned(),
        ),
        ConnectError::NoHandshake => (
            "taid does not answer",
            format!("no handshake came from {}", socket.display()),
            format!(
                "Ask the user to look at `taid status`, or to restart it: `taid stop`, `{start}`."
            ),
        ),
    };
    Fault::new(FaultCode::Unreachable, what, why, hint)
}

pub(super) fn older_daemon() -> Fault {
    Fault::new(
        FaultCode::BadRequest,
        "taid is older than tai-mcp, and cannot do this yet",
        "",
        "Ask the user to restart taid from the newer installation: `taid stop`, `taid run`. Nothing was done.",
    )
}

pub(super) fn lost_call() -> Fault {
    Fault::new(
        FaultCode::OutcomeUnknown,
        "it is unknown whether this was done",
        "taid went away before it answered",
        "It was not done again, because it may have been done. Look at the mailbox, or ask the \
         recipient; taid holds the same mail back for ten minutes unless allow_duplicate is true.",
    )
}

pub(super) fn unsteady() -> Fault {
    Fault::new(
        FaultCode::Unreachable,
        "taid went away three times in the middle of this call",
        "it may be failing again and again",
        "Ask the user to look at taid's log.",
    )
}

pub(super) fn too_late() -> Fault {
    Fault::new(
        FaultCode::DeadlinePassed,
        "taid did not answer in time",
        format!("{} s passed", PATIENCE.as_secs()),
        "If this was to send an email, look whether it was sent before you call again.",
    )
}

pub(super) fn cancelled_fault() -> Fault {
    Fault::new(FaultCode::Cancelled, "the call was cancelled", "", "")
}

pub(super) fn no_executable(error: &io::Error) -> Fault {
    Fault::new(
        FaultCode::Unreachable,
        "taid is not running, and cannot be started",
        format!("{}: {error}", daemon::executable().display()),
        "Ask the user to install taid next to tai-mcp, or to put it on PATH.",
    )
}

/// `words` is what it said before it ended; nothing when it did not end.
pub(super) fn not_started(words: &str, profile: &str) -> Fault {
    let part = |name: &str| words.lines().find_map(|line| line.strip_prefix(name));
    let what = match (part("error: "), words.is_empty()) {
        (Some(what), _) => what,
        (None, true) => "it did not listen on its socket in time",
        (None, false) => words,
    };
    let hint = match part("hint: ") {
        Some(hint) => format!("Tell the user: {hint}"),
        None => format!(
            "Ask the user to run `{}`, which says more.",
            command(profile, "run")
        ),
    };
    Fault::new(
        FaultCode::Unreachable,
        format!("taid was started and did not stay: {what}"),
        part("caused by: ").unwrap_or_default(),
        hint,
    )
}

fn command(profile: &str, name: &str) -> String {
    match profile {
        "default" => format!("taid {name}"),
        other => format!("taid {name} --profile {other}"),
    }
}
