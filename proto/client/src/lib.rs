//! The client of taid's protocol: the only code that speaks it from the client's side.
//!
//! [`Client`] keeps one connection to the daemon, reconnects, starts the daemon if none runs,
//! and repeats what may be repeated. [`Connection`] is one connection with typed calls. Both
//! work over any byte stream ([`Dial`]); [`Local`] is the user's own daemon. The shim, taid's
//! commands, the simulation and the tests use this crate.
//!
//! Every future needs a tokio runtime with time and I/O; a current-thread runtime suffices.
#![warn(missing_docs)]

mod client;
mod connection;
mod dial;
mod error;
mod lease;
mod local;
mod os;
mod password;
mod retry_pause;
mod start;

pub use client::{CallContext, Client, ClientOptions, Endings};
pub use connection::{Connection, Outcome, Progress};
pub use dial::{Dial, Starting, Streams};
pub use error::ConnectError;
pub use lease::Lease;
pub use local::{Local, LocalError};
pub use os::{Peer, harden, peer};
pub use password::{GivenPassword, take_password, withheld_variables};
pub use start::{ALREADY_RUNNING, installed_taid};
