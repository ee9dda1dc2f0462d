//! The contract between `taid` and the programs that talk to it.
//!
//! This crate holds types, their encoding and the rule for where the socket is. It opens no
//! file and no socket, starts no task and knows no runtime, so that a client costs what it
//! does itself and nothing more.
//!
//! # The protocol, version 3
//!
//! **Transport.** A Unix stream socket at [`endpoint::Endpoint::socket`] (a named pipe on
//! Windows). Before the first byte each side asks the system who the other one is and hangs
//! up on any user but its own.
//!
//! **Frames.** A frame is a `u32` length, little-endian, then that many bytes of body. The
//! body is bincode 2 in its fixed-integer little-endian configuration, which is:
//! integers at their own width; `bool` one byte, 0 or 1; a string or a sequence its length
//! as `u64` and then its UTF-8 bytes or its elements; `Option` one byte, 0 or 1, then the
//! value; a struct its fields in the order they are declared here; an enum its variant's
//! index as `u32` in the order they are declared here, then the variant's fields. A body
//! that is longer than [`frame::MAX_FRAME`], does not decode, or decodes with bytes to spare
//! ends the connection.
//!
//! **Handshake.** The client's first frame is [`hello::Hello`], the daemon's first frame is
//! [`hello::Welcome`]. Both are at most [`hello::MAX_HELLO`] bytes and never change their
//! layout. The daemon picks the highest version both speak; where there is none it says 0
//! and hangs up. A daemon of version N also speaks N-1. The client has
//! [`hello::HANDSHAKE_TIMEOUT`] from connecting to sending its `Hello`.
//!
//! **Afterwards** the client sends [`ToDaemon`] frames and the daemon [`FromDaemon`] frames.
//! An MCP shim says once who it serves with [`ToDaemon::Attach`]. A [`ToDaemon::Request`]
//! carries an id of the client's choice, unique among its unanswered ones, and how long the
//! client will wait; many may be in flight and answers come in any order, exactly one for
//! each request. [`ToDaemon::Cancel`] gives a request up: a read stops and is answered with
//! [`fault::FaultCode::Cancelled`]; a send runs to its end and is answered as ever, because
//! stopping it half way would leave its outcome unknown.
//!
//! **Accounts** (since version 2). A client that was configured with a username asks first
//! whether the daemon is that account's ([`Call::Account`]); one that was configured with a
//! password too sends it ([`Call::Offer`]) only when it is told that it is needed. `taid login`
//! and `taid logout` are [`Call::Login`] and [`Call::Logout`].
//!
//! **Waiting** (since version 3). [`Call::Watch`] is asked again and again, each time with the
//! mark of the answer before; however many clients do so, the daemon looks once an interval.
//!
//! **Approval** (since version 3). Where a person is to be asked before a mail is sent, the
//! answer to a call that sends is [`Answer::Ask`]. The client asks and hands the same mail in
//! again with the ticket and the person's word ([`Call::Decide`]); where it cannot ask, it
//! says so, and the mail waits for `taid approve` ([`Call::Held`], [`Call::Approve`]).
//!
//! **Progress** (since version 3). A request sent as [`ToDaemon::Tracked`] is any other, but
//! that [`FromDaemon::Progress`] may come before its answer.
//!
//! **Older versions**, 1 and 2, are still served: their clients get a fault where the answer
//! would be one that they do not know.
//!
//! **Ending.** Either side may hang up at any time. A draining daemon answers new requests
//! with [`fault::FaultCode::Stopping`], answers what it had begun, and hangs up.
//!
//! **Secrets.** A password is in [`account::Credentials`], which only clients send. Neither the
//! password nor the token is in any frame the daemon sends.
//!
//! # Example, byte by byte
//!
//! A client of versions 1 and 2 that calls itself `x`, asking for the status (call 5) as request 7
//! with 1,000 ms to spare:
//!
//! ```text
//! 15 00 00 00  54 41 49 01  02 00 00 00  01 00 00 00  01 00 00 00 00 00 00 00  78
//! 14 00 00 00  01 00 00 00  07 00 00 00 00 00 00 00  e8 03 00 00  05 00 00 00
//! ```
#![warn(missing_docs)]

pub mod account;
pub mod approval;
pub mod call;
pub mod endpoint;
pub mod fault;
pub mod frame;
pub mod hello;
pub mod name;
pub mod reading;
pub mod secret;
pub mod status;

pub use call::{Answer, Call, FromDaemon, ToDaemon};
pub use fault::{Fault, FaultCode};
pub use secret::Secret;
