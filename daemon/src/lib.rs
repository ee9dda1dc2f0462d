//! taid: the daemon that holds the one login to the mail bridge for every MCP client of a
//! user.
//!
//! # How it is put together
//!
//! ```text
//! main -> cli -> run -> app -> { ipc, mail, sign_in, session, bridge, status }
//!         cli -> client, doctor, account       without a daemon, or as its client
//! ipc  -> tai-proto             frames in, calls out; knows no mail
//! mail -> session, Bridge       the operations; knows neither IPC nor HTTP
//! tai-auth                      session, bridge, credentials: see its doc
//! config                        which source is configured
//! os                            what differs between systems
//! ```
//!
//! # What always holds
//!
//! - One task owns the session's state. At most one login or renewal is in flight, however
//!   many callers wait, and each of them is answered or reaches its deadline.
//! - While a token is good, no failing renewal fails a caller.
//! - A request that may have sent a mail is never sent again; its outcome is reported as
//!   unknown ([`tai_auth::bridge::SendFailure::Unknown`]).
//! - No answer is older than its question: clients share a request only when all of them asked
//!   before it left.
//! - While no client watches for mail, the mailbox is not polled; one look an interval serves
//!   any number of watchers ([`mail::MailService::watch`]).
//! - A lease, a ledger entry and an approval are one enum each, changed by one pure function;
//!   a mail goes to one client at a time until a client has written it ([`mail`]).
//! - Where a person is to approve of a mail, it is sent against a ticket that is good once, for
//!   that very mail ([`mail::MailService::submit`]).
//! - One process holds a profile's lock, and only that process touches the profile's socket.
//! - The password and the token are in no frame, no log line, no `Debug` and no error. What
//!   is freed is zeroed (`main.rs`), so that what is forgotten is gone.
//! - What can be asked for again is not kept: a source of the password is asked for each full
//!   login, and only what nobody could be asked for again is held.
//! - Every wait has a deadline and every queue a bound.
//!
//! What always holds is checked under thousands of seeds in `sim`.
//!
//! Authentication is a library for other programs as well: [`tai_auth`].

pub mod cli;
pub mod config;
pub mod fault;
#[cfg(fuzzing)]
pub mod fuzz;
pub mod mail;
pub mod os;
pub mod server;
// Needs what .cargo/config.toml turns on; other flags of a builder's own leave it out.
#[cfg(test)]
#[cfg(tokio_unstable)]
mod sim;
pub mod time;
