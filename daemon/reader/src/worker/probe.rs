//! A proof of the confinement: the worker tries what it must not be able to do.

use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io,
    net::{TcpListener, TcpStream, UdpSocket},
    process::{Command, Stdio},
};

/// One thing that the worker tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// What was tried, as a noun phrase.
    pub what: String,
    /// The result.
    pub verdict: Verdict,
}

/// Result of a [`Trial`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The system refused, with this error.
    Refused(String),
    /// The worker succeeded.
    Possible,
}

/// Tries files, the network and other processes. An attempt that succeeds changes nothing.
pub(super) fn run() -> Vec<Trial> {
    let file = if cfg!(windows) {
        "C:\\Windows\\win.ini"
    } else {
        "/etc/passwd"
    };
    let program = if cfg!(windows) {
        "cmd.exe"
    } else {
        "/bin/true"
    };
    vec![
        trial("reading a file", File::open(file)),
        trial(
            "listing a directory",
            std::fs::read_dir(std::path::Path::new("/")),
        ),
        trial("listening on TCP", TcpListener::bind(("127.0.0.1", 0))),
        trial("opening a UDP socket", UdpSocket::bind(("127.0.0.1", 0))),
        trial("connecting to TCP", connect()),
        trial(
            "starting a program",
            // The pipes of the worker carry its frames only.
            Command::new(program)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .and_then(|mut child| child.wait()),
        ),
        trial(
            "starting a thread",
            std::thread::Builder::new()
                .spawn(|| {})
                .map(|thread| thread.join().is_ok()),
        ),
    ]
}

/// Connects to a port on which nothing listens. A refused connection is a connection that was
/// possible.
fn connect() -> io::Result<()> {
    match TcpStream::connect(("127.0.0.1", 9)) {
        Err(error) if error.kind() != io::ErrorKind::ConnectionRefused => Err(error),
        _ => Ok(()),
    }
}

fn trial<T>(what: &str, result: io::Result<T>) -> Trial {
    let verdict = match result {
        Ok(_) => Verdict::Possible,
        Err(error) => Verdict::Refused(error.to_string()),
    };
    Trial {
        what: what.to_owned(),
        verdict,
    }
}
