//! Protocol between `taid` and its clients: messages, frames, the path of the socket, errors,
//! and the names of tools and environment variables.
//!
//! This crate opens no socket and has no async runtime. Rust programs use it through
//! `tai-client`; this page specifies the protocol for other implementations.
//!
//! # Protocol 1
//!
//! ## Transport
//!
//! A Unix stream socket, or a named pipe on Windows. The lock file of the profile in the
//! [state directory](places::Places::state) contains the socket's path ([`record::Record`]).
//! Without one, the socket is in one of the [runtime directories](places::Places::runtime), where
//! a service manager may listen. On Unix,
//! each side asks the operating system for the user of its peer before it sends a byte, and
//! hangs up if that is another user. On Windows the access list of the pipe admits the user
//! alone, and the client does not check the owner. The process id of the peer plays no part.
//!
//! ## Frames
//!
//! A frame is a length as a little-endian `u32`, then a body of that many bytes. The body is
//! bincode 2 with fixed-width little-endian integers:
//!
//! | Type | Encoding |
//! |---|---|
//! | integer | its own width, little-endian |
//! | `bool` | one byte, 0 or 1 |
//! | string, sequence | length as `u64`, then the UTF-8 bytes or the elements |
//! | `Option` | one byte, 0 or 1, then the value |
//! | struct, array | the fields or elements in order, without a length |
//! | enum | index of the variant as `u32`, in order of declaration, then its fields |
//! | `()`, unit struct | nothing |
//!
//! A side closes the connection if a body is longer than [`frame::MAX_FRAME`], does not decode,
//! or has bytes left over.
//!
//! ## Limits
//!
//! | Value | Limit |
//! |---|---|
//! | body of a frame ([`frame::MAX_FRAME`]) | 4 MiB |
//! | body of a handshake frame ([`hello::MAX_HELLO`]) | 512 bytes |
//! | content of a mail, JSON ([`text::Content`], [`text::Json`]) | 1 MiB |
//! | text of an error, preview of a mail ([`text::Words`]) | 4096 bytes |
//! | secret ([`Secret`]) | 4096 bytes |
//! | sender, recipient, subject, query ([`text::HeaderText`]) | 998 bytes |
//! | time, version, id of the bridge, ticket ([`text::Label`]) | 256 bytes |
//! | name and version of an MCP client ([`message::ClientLabel`]) | 80 bytes |
//! | address ([`names::Address`]) | 254 bytes |
//! | username, instance, profile ([`names`]) | 50, 64, 32 bytes |
//! | records in the answer to [`call::GetTraffic`] | 300 calls, 200 exchanges |
//! | mails of one [`call::ReclaimLeases`]; further ones are ignored | 1,024 |
//! | unanswered requests of a connection ([`message::MAX_IN_FLIGHT`]) | 64 |
//!
//! A value over its limit does not decode and closes the connection. A request over the limit of
//! unanswered requests is answered with [`FaultCode::TooBusy`]. The daemon closes the connection
//! of a client that does not read its answers for 10 seconds.
//!
//! At once, the daemon serves at most:
//!
//! | Value | In total | At the socket of one instance |
//! |---|---|---|
//! | connections of agents | 1,100 | 64 |
//! | connections of persons | 64 | none |
//! | bytes of frames of more than 64 KiB | 32 MiB | 8 MiB |
//! | content of calls | 64 MiB | 16 MiB |
//! | calls | no limit | 64 |
//!
//! It answers the first request of a further connection with [`FaultCode::TooBusy`], or sends
//! [`FromDaemon::Goodbye`] after a second without one, and hangs up; of many at once it closes some
//! without a frame. A further large frame waits, and must arrive within a second once there is room
//! for it. A further call is answered with [`FaultCode::TooBusy`]. One socket serves 64 requests for a
//! status at once, 8 of these of one connection; further ones wait until their deadlines.
//!
//! ## Order of messages
//!
//! 1. The client sends [`hello::Hello`].
//! 2. The daemon answers with [`hello::Welcome`], which contains the highest common version. If
//!    there is none, the version is 0 and the daemon hangs up.
//! 3. The client sends [`ToDaemon::Attach`] once, which sets the role of the connection. Steps 1
//!    to 3 must be complete within [`hello::HANDSHAKE_TIMEOUT`], 5 seconds. The daemon answers with
//!    [`FromDaemon::Attached`].
//! 4. The client sends [`ToDaemon::Identify`], [`ToDaemon::Request`] and [`ToDaemon::Cancel`] in
//!    any order. The daemon answers each request once, in any order, with the variant of
//!    [`Answer`] that has the name of the call, or with a [`Fault`]. If the request asks for
//!    progress, [`FromDaemon::Progress`] may precede the answer.
//!
//! A request has an id that no earlier request of its connection has. An answer that does not fit into
//! a frame becomes [`FaultCode::AnswerTooLarge`].
//!
//! Either side may hang up at any time. A draining daemon answers new requests with
//! [`FaultCode::Stopping`] and completes the requests that it began: sends until their deadlines,
//! others for at most 10 seconds. Then it sends [`FromDaemon::Goodbye`], which tells that it did not
//! begin a request without an answer, and hangs up.
//!
//! ## Calls
//!
//! The columns are [`Call::role`] and [`Call::repeat`]. An agent's call needs the permission of
//! its [tool](Call::tool), if it has one; a person's call needs none. A call that is safe to
//! repeat may be sent again after its connection broke, and the daemon aborts it if the client
//! cancels it. The daemon completes any other call even if the client cancels it or disconnects;
//! the client must not repeat it after it sent a byte of it, unless the answer is
//! [`FaultCode::Stopping`] or [`FromDaemon::Goodbye`] precedes the answer.
//!
//! | Call | Role | Safe to repeat |
//! |---|---|---|
//! | [`Submit`](call::Submit) | agent, person | no |
//! | [`Fetch`](call::Fetch), [`Peek`](call::Peek) | agent, person | yes |
//! | [`List`](call::List), [`Search`](call::Search) | agent, person | yes |
//! | [`Delete`](call::Delete) | agent, person | no |
//! | [`MarkRead`](call::MarkRead) | agent, person | yes |
//! | [`Settle`](call::Settle), [`EndLease`](call::EndLease) | agent, person | yes |
//! | [`ReclaimLeases`](call::ReclaimLeases) | agent, person | yes |
//! | [`Watch`](call::Watch), [`WaitFor`](call::WaitFor) | agent, person | yes |
//! | [`FindReply`](call::FindReply) | agent, person | yes |
//! | [`GetInfo`](call::GetInfo), [`GetStatus`](call::GetStatus) | agent, person | yes |
//! | [`ClaimAccount`](call::ClaimAccount), [`MakeWay`](call::MakeWay) | agent, person | yes |
//! | [`OfferCredentials`](call::OfferCredentials) | agent, person | no |
//! | [`Login`](call::Login), [`RetryLogin`](call::RetryLogin) | person | yes |
//! | [`Logout`](call::Logout) | person | no |
//! | [`ListHeld`](call::ListHeld), [`ReadHeld`](call::ReadHeld), [`Stop`](call::Stop) | person | yes |
//! | [`WatchHeld`](call::WatchHeld), [`GetTraffic`](call::GetTraffic) | person | yes |
//! | [`ResolveHeld`](call::ResolveHeld), [`ReviseHeld`](call::ReviseHeld) | person | no |
//! | [`ListMail`](call::ListMail), [`SearchMail`](call::SearchMail) | person | yes |
//! | [`ReadMail`](call::ReadMail), [`FinishMail`](call::FinishMail) | person | yes |
//! | [`SendMail`](call::SendMail), [`DeleteMail`](call::DeleteMail) | person | no |
//!
//! **Leases.** [`call::Fetch`] leases an unread mail to the connection: the oldest one, or with its last
//! part the one with the id. [`FetchedMail::is_leased`](mail::FetchedMail::is_leased) says so.
//! The client settles the mail with [`call::Settle`], which marks it read, passes it to its
//! reader, and ends the lease with [`call::EndLease`]. If the connection ends first, the mail
//! returns and is leased again: delivery is at-least-once. The answer may cross a
//! [`ToDaemon::Cancel`]. A client that has cancelled the fetch then returns the mail with
//! [`call::EndLease`]. After a restart of the daemon, the client reclaims the mails whose leases have
//! not ended with [`call::ReclaimLeases`], as its first call. For 3 seconds after its start, a daemon
//! gives the mails that its predecessor had leased to no other client.
//!
//! **Waiting for mail.** The client repeats [`call::Watch`] with the mark of the previous answer.
//! [`call::WaitFor`] waits for one mail and leases it. The daemon polls the mailbox once for all
//! waiting clients.
//!
//! **Approval.** If the configuration requires approval, the answer to [`call::Submit`] is
//! [`approval::SubmitOutcome::Ask`]. The client asks its user and submits the same draft with
//! the ticket and the answer. If the client cannot ask, the mail waits for `taid approve`. A
//! person's program repeats [`call::WatchHeld`] with the mark of the previous answer.
//!
//! **The whole account.** A connection has one address, its instance's. The calls with a
//! [`person::Scope`], and those that name a mail of any address, are for persons: an agent that
//! makes one is refused with [`FaultCode::NotPermitted`].
//!
//! **Secrets.** Only clients send passwords, in [`account::Credentials`]. Frames from the daemon
//! contain no password and no token.
//!
//! # Example, byte by byte
//!
//! A person's command named `x` sends the request 7, which asks for the status (call 11) within
//! 1,000 ms and without progress. The three frames are `Hello`, `Attach` and `Request`:
//!
//! ```text
//! 15 00 00 00  54 41 49 01  01 00 00 00  01 00 00 00  01 00 00 00 00 00 00 00  78
//! 08 00 00 00  00 00 00 00  01 00 00 00
//! 15 00 00 00  02 00 00 00  07 00 00 00 00 00 00 00  e8 03 00 00  00  0b 00 00 00
//! ```
#![warn(missing_docs)]

pub mod account;
pub mod advice;
pub mod approval;
pub mod call;
pub mod command;
pub mod door;
pub mod endpoint;
pub mod fault;
pub mod frame;
pub mod hello;
pub mod mail;
pub mod message;
pub mod note;
pub mod person;
pub mod places;
pub mod record;
pub mod release;
pub mod secret;
pub mod status;
pub mod subject;
pub mod surrogates;
pub mod text;
pub mod tool;
pub mod traffic;

pub use call::{Answer, Call, Method};
pub use fault::{Audience, Fault, FaultCode, Hint};
pub use message::{FromDaemon, ToDaemon};
pub use secret::Secret;
/// Usernames, instances, profiles, addresses and mail ids.
pub use tai_names as names;
pub use tai_names::variables;
pub use tool::Tool;
