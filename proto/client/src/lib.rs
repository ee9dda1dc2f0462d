//! Client of taid's protocol.
//!
//! [`Client`] keeps one connection to the daemon, reconnects, starts the daemon if it is not
//! running, and repeats calls that are safe to repeat. [`Connection`] is one connection with
//! typed calls. Both work over any byte stream ([`Dial`]); [`Local`] dials the user's daemon.
//! tai-mcp, the commands of taid, the simulation and the tests use this crate.
//!
//! All futures require a tokio runtime with time and I/O. A current-thread runtime suffices.
#![warn(missing_docs)]

mod account;
mod backoff;
mod client;
mod command_name;
mod connection;
mod dial;
mod error;
mod handshake;
mod lease;
mod local;
mod os;
mod outcome;
mod password;
mod record;
mod search_path;
mod start;

pub use account::{Account, PassedVariable};
pub use backoff::Backoff;
pub use client::{CALL_TIMEOUT, CallContext, Client, ClientOptions, Endings, MAX_LEASES};
pub use command_name::{given_home, in_local_words, local_command, repeat_home};
pub use connection::{Connection, Progress};
pub use dial::{Dial, Starting, Streams};
pub use error::ConnectError;
pub use lease::Lease;
pub use local::Local;
pub use os::{Peer, Socket, harden, is_output_lost, peer, quiet};
pub use outcome::Outcome;
pub use password::{Children, GivenPassword, take_password, withheld_variables};
pub use record::{host_name, is_held, read_record};
pub use search_path::{find_program, is_on_path};
pub use start::{ALREADY_RUNNING, AutoStart, READY, RUNNING, installed_taid};
