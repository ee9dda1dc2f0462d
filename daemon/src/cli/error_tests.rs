//! Errors as a person reads them.

use super::*;
use std::io;
use tai_proto::{frame::FrameError, hello::Welcome, name::NameError};

fn rendered(error: ClientError, profile: &str) -> String {
    let error = CliError::of_client(error, profile);
    format!("{error}\nexit {}", error.exit() as u8)
}

#[test]
fn every_error_of_the_connection_says_what_to_do() {
    let welcome = Welcome {
        magic: hello::MAGIC,
        chosen: 0,
        newest: 9,
        oldest: 8,
        software: "taid 9.0.0".into(),
    };
    let socket = "/run/user/1000/tai/default.sock".to_owned();
    let said = "error: PASSWORD is not valid\nhint: correct it\n".to_owned();
    let errors = [
        ClientError::NotRunning { socket },
        ClientError::NotStarted { said },
        ClientError::OtherUser,
        ClientError::Version { theirs: welcome },
        ClientError::Deadline,
        ClientError::Endpoint(EndpointError::NoHome),
        ClientError::Endpoint(EndpointError::Profile(NameError::Profile)),
        ClientError::Io(io::ErrorKind::PermissionDenied.into()),
        ClientError::Confused,
        ClientError::Frame(FrameError::TooLong { length: 9, max: 8 }),
        ClientError::Fault(Fault::new(FaultCode::NotSignedIn, "what", "why", "hint")),
        ClientError::Fault(Fault::new(FaultCode::Internal, "what", "", "")),
    ];
    let page: Vec<String> = errors
        .into_iter()
        .map(|error| rendered(error, "work"))
        .collect();
    insta::assert_snapshot!(page.join("\n\n"), @"
    error: taid is not running
    caused by: there is no taid at /run/user/1000/tai/default.sock
    hint: taid starts with the first call of a client; to start it now: `taid login --profile work`, or `taid run --profile work` to watch it
    exit 3

    error: taid was started and did not stay
    caused by: error: PASSWORD is not valid; hint: correct it
    hint: correct that; `taid run --profile work` shows more
    exit 1

    error: the daemon runs as another user
    hint: run this as the user who started taid
    exit 1

    error: the daemon speaks another protocol version
    caused by: taid 9.0.0 speaks 8 to 9, this taid 0.1.0 speaks 1 to 3
    hint: stop the older one and start it again from the same installation
    exit 5

    error: the daemon does not answer in time
    hint: look at `taid logs --profile work`; if taid hangs, end it with `kill` and start it again
    exit 1

    error: no home directory is known: HOME is not set
    hint: set HOME, or XDG_RUNTIME_DIR to a directory with a short path
    exit 1

    error: a profile has 1 to 32 characters, all of them lower-case ASCII letters, digits or hyphens
    hint: choose another profile with --profile or TAI_MCP_PROFILE
    exit 1

    error: the connection to the daemon failed
    caused by: permission denied
    hint: check that the directory of the socket is yours
    exit 1

    error: the daemon gave an answer to another question
    caused by: another program may listen on the socket of taid
    hint: `taid stop --profile work`, then start taid again
    exit 1

    error: the daemon does not speak the protocol
    caused by: another program may listen on the socket of taid
    hint: `taid stop --profile work`, then start taid again
    exit 1

    error: what
    caused by: why
    hint: hint
    exit 4

    error: what
    exit 1
    ");
}

#[test]
fn several_errors_are_printed_one_after_the_other_with_the_first_ones_exit_code() {
    let first = CliError::new("one")
        .caused_by("a")
        .exit_with(Exit::NotRunning);
    let second = CliError::new("two").hint("b");
    let error = CliError::combined(vec![first, second]).unwrap();
    assert_eq!(error.exit(), Exit::NotRunning);
    insta::assert_snapshot!(error, @"
    error: one
    caused by: a
    error: two
    hint: b
    ");
    assert_eq!(CliError::combined(Vec::new()), None);
}
