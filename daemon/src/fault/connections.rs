//! The fault for a connection beyond a limit.

use tai_proto::{Fault, FaultCode, Hint, door::Door};

/// Returns the fault for a client or command whose socket has `limit` connections, the most it serves.
/// `is_of_files`: the limit of open files sets it.
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

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::Audience;

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
