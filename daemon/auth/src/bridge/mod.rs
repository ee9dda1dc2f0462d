//! The mail bridge: what can be asked of it and what it answers, as `bridge-api.md` observed
//! it. It depends on nothing of the session but the types a login needs, and never asks for
//! a token by itself.

pub mod answer;
mod body;
mod calls;
mod coalescing;
mod gate;
pub mod http;
mod meter;
mod public;
mod retry;
pub mod transport;
mod wire;

pub use meter::{Meter, Reading};
pub use public::{Health, Registered};

use crate::credentials::Credentials;
use crate::session::{
    error::SessionError,
    token::{Issued, Token},
};
use std::{future::Future, time::Duration};
use tokio::time::Instant;

/// What the rest of the daemon needs of the bridge. The one implementation that speaks HTTP
/// is [`http::HttpBridge`]; tests of the session have their own.
pub trait Bridge: Send + Sync + 'static {
    /// One attempt at a full login; the session decides about more.
    fn login(
        &self,
        credentials: &Credentials,
    ) -> impl Future<Output = Result<Issued, SessionError>> + Send;

    /// One attempt at exchanging a good token for a newer one.
    fn refresh(&self, token: &Token) -> impl Future<Output = Result<Issued, SessionError>> + Send;

    /// One page of the mailbox.
    fn list(
        &self,
        token: &Token,
        page: &Page,
        deadline: Instant,
    ) -> impl Future<Output = Result<Listing, BridgeError>> + Send;

    /// One mail with its body; `None` when there is none, or it is another user's.
    fn message(
        &self,
        token: &Token,
        id: u64,
        deadline: Instant,
    ) -> impl Future<Output = Result<Option<Message>, BridgeError>> + Send;

    /// Marks a mail read; `false` when there is none.
    fn mark_read(
        &self,
        token: &Token,
        id: u64,
        deadline: Instant,
    ) -> impl Future<Output = Result<bool, BridgeError>> + Send;

    /// Deletes a mail; `false` when there is none.
    fn delete(
        &self,
        token: &Token,
        id: u64,
        deadline: Instant,
    ) -> impl Future<Output = Result<bool, BridgeError>> + Send;

    /// Sends a mail, at most once.
    fn send(
        &self,
        token: &Token,
        mail: &Outgoing<'_>,
        deadline: Instant,
    ) -> impl Future<Output = Result<Receipt, BridgeError>> + Send;

    /// Answers a mail through the bridge, at most once.
    fn reply(
        &self,
        token: &Token,
        reply: &OutgoingReply<'_>,
        deadline: Instant,
    ) -> impl Future<Output = Result<ReplyOutcome, BridgeError>> + Send;
}

/// Which part of the mailbox to list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page {
    /// The instance; only a first, loose filter (trap 5).
    pub instance: Option<String>,
    /// At most how many, 1 to 200.
    pub limit: u32,
    /// How many to pass over.
    pub offset: u32,
    /// Whether the mails' bodies are kept.
    pub bodies: bool,
}

/// A page of the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// In the bridge's order: newest second first, ids ascending within a second.
    pub mails: Vec<Message>,
    /// All mails that match.
    pub count: u64,
    /// Whether there are more behind these.
    pub has_more: bool,
}

/// A mail without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub id: u64,
    pub from: String,
    pub to: String,
    pub subject: String,
    /// RFC 3339 in UTC, or the bridge's own words.
    pub date: String,
    pub read: bool,
}

/// A mail with its body, where that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub head: Head,
    pub text: Option<String>,
    pub html: Option<String>,
}

/// A mail to send. The text part is always given: the bridge would put a stock sentence in
/// its place (trap 6).
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    pub to: &'a str,
    pub from: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    pub html: &'a str,
}

/// A reply to send.
#[derive(Debug, Clone, Copy)]
pub struct OutgoingReply<'a> {
    pub id: u64,
    pub subject: &'a str,
    pub text: &'a str,
    pub html: &'a str,
}

/// What the bridge says of a mail it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub message_id: String,
    pub subject: Option<String>,
    pub timestamp: String,
}

/// What came of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyOutcome {
    /// The bridge sent it, threaded.
    Sent(Receipt),
    /// This bridge has no such endpoint; nothing was sent.
    NotOffered,
    /// There is no such mail; nothing was sent.
    NoSuchMail,
}

/// Why a request did not come to an answer that can be used. None of these holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BridgeError {
    /// Not one byte of the request left.
    #[error("cannot connect to the bridge: {detail}")]
    Unreachable { detail: String },
    /// The connection broke after the request had left, at least in part.
    #[error("the connection to the bridge broke before it answered: {detail}")]
    Broken { detail: String },
    #[error("the bridge did not answer within {} ms", .after.as_millis())]
    TimedOut { after: Duration },
    #[error("the bridge asks for fewer requests")]
    RateLimited { retry_after: Option<Duration> },
    /// 401 to a token.
    #[error("the bridge does not accept the token: {message}")]
    Unauthorized { message: String },
    /// The bridge understood and says no.
    #[error("the bridge refuses the request: {message} ({code}, HTTP {status})")]
    Refused {
        status: u16,
        code: String,
        message: String,
    },
    /// The bridge itself failed, and says so in its own words.
    #[error("the bridge failed: {message} ({code}, HTTP {status})")]
    Failed {
        status: u16,
        code: String,
        message: String,
    },
    /// Something in front of the bridge answered in its place (trap 11).
    #[error("something in front of the bridge answered HTTP {status} with a page instead")]
    Intercepted { status: u16 },
    /// 2xx whose body is not what the API promises.
    #[error("the bridge's answer cannot be read: {detail}")]
    Garbled { detail: String },
    #[error("the bridge's answer is larger than {limit} bytes")]
    TooLarge { limit: usize },
    /// Somebody signed out while the request waited; it did not leave.
    #[error("somebody signed out before the request left")]
    Withdrawn,
    /// A mail may or may not have been sent.
    #[error("it is unknown whether the mail was sent")]
    OutcomeUnknown(#[source] Box<BridgeError>),
}

/// A door for tests/fuzz: an answer with this body, to each thing that may have been asked.
#[cfg(fuzzing)]
pub fn fuzz(kind: u8, body: &[u8]) {
    use reqwest::{StatusCode, header};
    use wire::{Envelope, HeadAnswer, ListAnswer, MessageAnswer, ReceiptAnswer, TokenAnswer};
    fn one<T: serde::de::DeserializeOwned>(kind: u8, body: &[u8]) -> Option<T> {
        let statuses = [200, 400, 401, 404, 429, 500, 503];
        let mut headers = header::HeaderMap::new();
        if let Ok(value) = header::HeaderValue::from_bytes(body.get(..8).unwrap_or_default()) {
            headers.insert(header::RETRY_AFTER, value.clone());
            headers.insert(header::DATE, value);
        }
        let status = statuses.get(usize::from(kind) % statuses.len()).copied();
        let raw = answer::Raw {
            status: StatusCode::from_u16(status.unwrap_or(200)).ok()?,
            headers,
            body: serde_json::from_slice::<Envelope<T>>(body),
        };
        answer::read(&gate::Gate::default(), raw).ok()
    }
    match kind / 7 % 5 {
        0 => drop(one::<ListAnswer<HeadAnswer>>(kind, body).map(Listing::from)),
        1 => drop(one::<ListAnswer<MessageAnswer>>(kind, body).map(Listing::from)),
        2 => drop(one::<MessageAnswer>(kind, body).map(Message::from)),
        3 => drop(one::<ReceiptAnswer>(kind, body).map(Receipt::from)),
        _ => drop(one::<TokenAnswer>(kind, body)),
    }
}
