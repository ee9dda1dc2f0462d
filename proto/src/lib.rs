//! The contract between `taid` and the programs that talk to it: messages, frames, the place
//! of the socket, errors, and the names of tools and variables.
//!
//! This crate opens no file and no socket and knows no async runtime. Rust programs use it
//! through `tai-client`; this page describes the protocol for everyone else.
//!
//! # Protocol 1
//!
//! **Transport.** A Unix stream socket at [`endpoint::Endpoint::socket`], or a named pipe on
//! Windows. Before the first byte each side asks the operating system for the other side's
//! user and hangs up on any user but its own. The process id plays no part: a peer in another
//! PID namespace has none.
//!
//! **Frames.** A frame is a `u32` length, little-endian, then that many bytes of body. The
//! body is bincode 2 in its fixed-integer little-endian configuration: integers at their own
//! width; `bool` one byte, 0 or 1; a string or a sequence its length as `u64`, then its UTF-8
//! bytes or its elements; `Option` one byte, 0 or 1, then the value; a struct its fields in
//! the order of their declaration; an enum its variant's index as `u32` in the order of
//! declaration, then the variant's fields; `()` and unit structs nothing. A body that is
//! longer than [`frame::MAX_FRAME`], does not decode, or leaves bytes over ends the connection.
//!
//! **Handshake.** The client's first frame is [`hello::Hello`], the daemon's first frame is
//! [`hello::Welcome`]. Both have at most [`hello::MAX_HELLO`] bytes and a frozen layout. The
//! daemon picks the highest version that both speak; if there is none it answers 0 and hangs
//! up. The handshake has to be over [`hello::HANDSHAKE_TIMEOUT`] after connecting.
//!
//! **Role.** The client's next frame is [`ToDaemon::Attach`], once. It fixes the role for the
//! life of the connection: an agent's connection calls tools within the permissions of its
//! instance, a person's connection may call everything. [`ToDaemon::Identify`] names the MCP
//! client for `taid status` at any time.
//!
//! **Calls.** A [`ToDaemon::Request`] has an id of the client's choice, unique among its
//! unanswered requests, of which there are at most [`message::MAX_IN_FLIGHT`]. Answers come in
//! any order, exactly one for each request, in the variant of [`Answer`] that has the call's
//! name. [`FromDaemon::Progress`] may precede the answer if the request asks for it.
//! [`ToDaemon::Cancel`] aborts a read; a call that is [never repeated](call::Repeat::Never)
//! runs to its end. An answer that does not fit into a frame is replaced by
//! [`FaultCode::AnswerTooLarge`].
//!
//! **Leases.** [`call::Fetch`] without an id leases the oldest unread mail to the connection.
//! The client settles it ([`call::Settle`]: the bridge marks it read) before it hands the mail
//! on, and ends the lease ([`call::EndLease`]) afterwards. A lease that is open when its
//! connection ends goes back and is given out again.
//!
//! **Waiting for mail.** A client repeats [`call::Watch`] with the mark of the previous answer.
//! The daemon looks at the mailbox once an interval for all of them.
//!
//! **Approval.** If the configuration wants a person asked, [`call::Submit`] is answered with
//! [`approval::SubmitOutcome::Ask`]. The client asks and submits the same draft again with the
//! ticket and the answer. If it cannot ask, it says so, and the mail waits for `taid approve`.
//!
//! **Ending.** Either side may hang up at any time. A draining daemon answers new requests
//! with [`FaultCode::Stopping`], answers the requests that it had begun, and hangs up.
//!
//! **Secrets.** Only clients send a password ([`account::Credentials`]). No frame from the
//! daemon contains a password or a token.
//!
//! **Limits.** Header fields (sender, recipient, subject, query) 998 bytes; labels (times,
//! message ids) 256; a client's name and version 80; sentences of an error 4096; content and
//! JSON 1 MiB; a secret 4096; a frame 4 MiB; names and addresses as in `tai-names`. Longer
//! values end the connection.
//!
//! # Example, byte by byte
//!
//! A person's command that calls itself `x` asks for the status (call 11) as request 7 with
//! 1,000 ms to spare and without progress:
//!
//! ```text
//! 15 00 00 00  54 41 49 01  01 00 00 00  01 00 00 00  01 00 00 00 00 00 00 00  78
//! 08 00 00 00  00 00 00 00  01 00 00 00
//! 15 00 00 00  02 00 00 00  07 00 00 00 00 00 00 00  e8 03 00 00  00  0b 00 00 00
//! ```
#![warn(missing_docs)]

pub mod account;
pub mod approval;
pub mod call;
pub mod endpoint;
pub mod fault;
pub mod frame;
pub mod hello;
pub mod mail;
pub mod message;
pub mod secret;
pub mod status;
pub mod text;
pub mod tool;

pub use call::{Answer, Call, Method};
pub use fault::{Audience, Fault, FaultCode, Hint};
pub use message::{FromDaemon, ToDaemon};
pub use secret::Secret;
/// Usernames, instances, profiles, addresses and mail ids.
pub use tai_names as names;
pub use tai_names::variables;
pub use tool::Tool;
