//! taid: the daemon that keeps the machine's only login to the mail bridge and serves every MCP
//! client of one user.
//!
//! [`cli`] is the entry point: it runs the daemon (`server`) or calls a running one through
//! `tai-client`. `server` accepts clients on a local socket and passes each call to `mail`, the
//! operations on mail, or to the session of [`tai_auth`]. `mail` knows neither IPC nor HTTP.
//! `fault` has the text of every failure, and `audit` the log of what clients and persons did.
//! [`config`] and `os` are leaves. The protocol is
//! documented in [`tai_proto`]. `sim` tests the invariants of the daemon under thousands of seeds.
//! No password or token may appear in a frame, a log line, a `Debug` output or an error.
#![doc = ""]
#![doc = include_str!("../../packaging/docs/architecture.md")]
#![warn(missing_docs)]

pub(crate) mod audit;
pub mod cli;
pub mod config;
mod digest;
pub(crate) mod fault;
#[cfg(fuzzing)]
pub mod fuzz;
pub(crate) mod mail;
pub(crate) mod os;
pub(crate) mod server;
// .cargo/config.toml sets `tokio_unstable`; a build with other RUSTFLAGS omits the simulation.
#[cfg(test)]
#[cfg(tokio_unstable)]
mod sim;
pub(crate) mod time;
