//! The faults for connections and calls beyond a limit.

use tai_proto::{Fault, FaultCode, Hint, door::Door};

/// Returns the fault for a client or command whose socket has `limit` connections, the most it
/// serves. `is_of_files`: the limit of open files sets it.
pub(crate) fn too_many_clients(door: &Door, limit: usize, is_of_files: bool) -> Fault {
    let (what, connected, fewer) = match door {
        Door::Agents => ("taid serves no more clients", "", FEWER_CLIENTS),
        Door::Instance(_) => (
            "taid serves no more clients of this instance",
            " of this instance",
            FEWER_CLIENTS,
        ),
        Door::Persons => (
            "taid serves no more commands",
            " of commands",
            "wait until other `taid` commands have ended",
        ),
    };
    let (why, action) = match is_of_files {
        true => (
            ", as many as its limit of open files permits",
            format!("{fewer}, or raise taid's limit with `ulimit -n` or LimitNOFILE= in its unit"),
        ),
        false => (", the most it serves", fewer.to_owned()),
    };
    Fault::new(FaultCode::TooBusy, what)
        .because(format!("it has {limit} connections{connected}{why}"))
        .hint(Hint::user(action))
}

/// Action of a person who has too many clients.
const FEWER_CLIENTS: &str = "close MCP clients that are not in use";

/// Returns the fault for a client with too many open calls.
pub(crate) fn too_busy(limit: usize) -> Fault {
    Fault::new(
        FaultCode::TooBusy,
        format!("this client has {limit} open calls, the most allowed"),
    )
    .hint(Hint::reader(
        "wait until an open call is answered; nothing was done",
    ))
}

/// Returns the fault for a call that had no turn before its deadline.
pub(crate) fn not_in_turn() -> Fault {
    Fault::new(
        FaultCode::TooBusy,
        "taid is busy: this call had no turn within its time limit",
    )
    .because("it answers few calls of this kind at once, so that no client delays the others")
    .hint(Hint::reader(
        "call again, with fewer calls at once; nothing was done",
    ))
}

/// Returns the fault for a call for which its socket has no room: `calls` and `own` MB of mails at
/// the socket of an instance, `shared` MB at any other one.
pub(crate) fn socket_too_busy(calls: usize, own: usize, shared: usize) -> Fault {
    Fault::new(FaultCode::TooBusy, "taid has too many open calls at this socket")
        .because(format!("the socket of an instance has room for {calls} calls and {own} MB of mails, any other socket for {shared} MB of mails"))
        .hint(Hint::reader("call again in a few seconds; nothing was done"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::Audience;

    #[test]
    fn a_call_beyond_a_limit_is_told_what_to_do() {
        let faults = [too_busy(64), not_in_turn(), socket_too_busy(64, 16, 64)];
        let page = faults.map(|fault| fault.render(Audience::Agent));
        insta::assert_snapshot!(page.join("\n"), @"
        error: this client has 64 open calls, the most allowed
        hint: wait until an open call is answered; nothing was done
        error: taid is busy: this call had no turn within its time limit
        caused by: it answers few calls of this kind at once, so that no client delays the others
        hint: call again, with fewer calls at once; nothing was done
        error: taid has too many open calls at this socket
        caused by: the socket of an instance has room for 64 calls and 16 MB of mails, any other socket for 64 MB of mails
        hint: call again in a few seconds; nothing was done
        ");
    }

    #[test]
    fn a_connection_beyond_a_limit_is_told_the_limit_and_what_to_do() {
        let desk = Door::Instance("desk".parse().unwrap());
        let page: Vec<String> = [
            (Door::Agents, 12, true),
            (Door::Agents, 1100, false),
            (desk, 64, false),
            (Door::Persons, 4, true),
        ]
        .iter()
        .map(|(door, limit, is_of_files)| {
            too_many_clients(door, *limit, *is_of_files).render(Audience::Agent)
        })
        .collect();
        insta::assert_snapshot!(page.join("\n"), @"
        error: taid serves no more clients
        caused by: it has 12 connections, as many as its limit of open files permits
        hint: ask the user to close MCP clients that are not in use, or raise taid's limit with `ulimit -n` or LimitNOFILE= in its unit, then call again
        error: taid serves no more clients
        caused by: it has 1100 connections, the most it serves
        hint: ask the user to close MCP clients that are not in use, then call again
        error: taid serves no more clients of this instance
        caused by: it has 64 connections of this instance, the most it serves
        hint: ask the user to close MCP clients that are not in use, then call again
        error: taid serves no more commands
        caused by: it has 4 connections of commands, as many as its limit of open files permits
        hint: ask the user to wait until other `taid` commands have ended, or raise taid's limit with `ulimit -n` or LimitNOFILE= in its unit, then call again
        ");
    }
}
