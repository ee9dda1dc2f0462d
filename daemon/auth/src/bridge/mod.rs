//! The mail bridge's HTTP API, which `packaging/docs/bridge-api.md` describes.
//!
//! [`HttpBridge`] sends requests and repeats those that may be repeated; it knows no session.
//! [`TokenIssuer`] is what a session needs of it, [`Bridge`] is what mail operations need.
//! Both are seams: tests put their own implementation in the place of the bridge.

mod answer;
mod bearer;
mod calls;
mod coalescing;
mod error;
pub mod expected;
mod gate;
mod history;
mod http_bridge;
mod mail;
mod metrics;
mod outcome;
mod place;
mod public;
mod reservation;
mod retry;
mod tokens;
pub mod transport;
mod wire;

pub use bearer::{Bearer, Generation, IssuedToken, Revocation};
pub use error::{BridgeError, LoginError, TokenFailure, TokenProblem};
pub use history::{FailureKind, MAX_PAST, Operation, PastExchange};
pub use http_bridge::HttpBridge;
pub use mail::{Head, Listing, Message, Outgoing, OutgoingReply, Page, Receipt, ReplyOutcome, Row};
pub use metrics::Metrics;
pub use outcome::{CertainReason, SendFailure, SendOutcome};
pub use place::Place;
pub use public::{Health, Registered};
pub use reservation::{InUse, Reservation};
pub use retry::had_no_effect_by_definition;
pub use transport::{NetworkOptions, SetupError};
pub use wire::has_words;

use crate::{base_url::Origin, credentials::Credentials};
use std::future::Future;
use tai_names::Username;
use tokio::time::Instant;

/// Source of tokens: the part of the bridge that a session uses.
pub trait TokenIssuer: Send + Sync + 'static {
    /// Returns the origin of the bridge. A session asks a credential source for no other origin.
    fn origin(&self) -> Origin;

    /// Reserves an account, before its password is read. The process may have it already. Without an
    /// implementation, nothing is reserved.
    ///
    /// # Errors
    /// [`InUse`].
    fn reserve(&self, _: &Username) -> Result<Reservation, InUse> {
        Ok(Reservation::default())
    }

    /// Logs in, in one attempt.
    ///
    /// # Errors
    /// [`LoginError`].
    fn login(
        &self,
        credentials: &Credentials,
    ) -> impl Future<Output = Result<IssuedToken, LoginError>> + Send;

    /// Exchanges a valid token for a newer one, in one attempt.
    ///
    /// # Errors
    /// [`BridgeError`].
    fn refresh(
        &self,
        bearer: &Bearer,
    ) -> impl Future<Output = Result<IssuedToken, BridgeError>> + Send;
}

/// The mail operations of the bridge. Each returns no later than `deadline`, and retries its request
/// if a retry is harmless. Dropping the future aborts the request.
pub trait Bridge: Send + Sync + 'static {
    /// Lists one page of the mailbox.
    ///
    /// # Errors
    /// [`BridgeError`].
    fn list(
        &self,
        bearer: &Bearer,
        page: &Page,
        deadline: Instant,
    ) -> impl Future<Output = Result<Listing, BridgeError>> + Send;

    /// Lists the first mail of the mailbox without its body, and the number of mails. One attempt, for a
    /// caller that asks again later.
    ///
    /// # Errors
    /// [`BridgeError`].
    fn newest(
        &self,
        bearer: &Bearer,
        deadline: Instant,
    ) -> impl Future<Output = Result<Listing, BridgeError>> + Send;

    /// Returns one mail with its body; `None` if it does not exist or belongs to another user.
    ///
    /// # Errors
    /// [`BridgeError`].
    fn message(
        &self,
        bearer: &Bearer,
        id: u64,
        deadline: Instant,
    ) -> impl Future<Output = Result<Option<Message>, BridgeError>> + Send;

    /// Marks a mail read; `false` if the bridge does not find it or cannot mark it, which its answer
    /// does not tell apart (bridge-api.md, trap 9), or if its answer does not say.
    ///
    /// # Errors
    /// [`BridgeError`].
    fn mark_read(
        &self,
        bearer: &Bearer,
        id: u64,
        deadline: Instant,
    ) -> impl Future<Output = Result<bool, BridgeError>> + Send;

    /// Deletes a mail; `false` if the bridge does not find it or cannot delete it, which its answer
    /// does not tell apart (bridge-api.md, trap 9), or if its answer does not say.
    ///
    /// # Errors
    /// [`BridgeError`].
    fn delete(
        &self,
        bearer: &Bearer,
        id: u64,
        deadline: Instant,
    ) -> impl Future<Output = Result<bool, BridgeError>> + Send;

    /// Sends a mail, at most once.
    ///
    /// # Errors
    /// [`SendFailure`], which says whether the mail may have been sent.
    fn send(
        &self,
        bearer: &Bearer,
        mail: &Outgoing<'_>,
        deadline: Instant,
    ) -> impl Future<Output = SendOutcome<Receipt>> + Send;

    /// Replies to a mail, at most once.
    ///
    /// # Errors
    /// [`SendFailure`], which says whether the reply may have been sent.
    fn reply(
        &self,
        bearer: &Bearer,
        reply: &OutgoingReply<'_>,
        deadline: Instant,
    ) -> impl Future<Output = SendOutcome<ReplyOutcome>> + Send;
}

/// Entry point of tests/fuzz: parses `body` as the answer to each kind of request. An answer that
/// the repair changes is valid UTF-8, and no text exceeds its limit.
#[cfg(fuzzing)]
pub fn fuzz(kind: u8, body: &[u8]) {
    use expected::Expected;
    use http::{HeaderMap, HeaderValue, StatusCode, header};
    fn one<E: Expected>(kind: u8, body: &[u8], expected: E) -> Option<E::Value> {
        let statuses = [200, 400, 401, 404, 429, 500, 503];
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_bytes(body.get(..8).unwrap_or_default()) {
            headers.insert(header::RETRY_AFTER, value.clone());
            headers.insert(header::DATE, value.clone());
            headers.insert(header::LOCATION, value);
        }
        let status = statuses.get(usize::from(kind) % statuses.len()).copied();
        let raw = transport::RawAnswer {
            status: StatusCode::from_u16(status.unwrap_or(200)).ok()?,
            headers,
            body: transport::parse(wire::Wrapped(expected), body),
        };
        match answer::read::<E>(&gate::Gate::default(), gate::Scope::All, raw) {
            Ok(value) => Some(value),
            Err(error) => {
                let text = error.to_string();
                assert!(!text.contains(|c: char| c.is_control()), "{text:?}");
                assert!(text.len() < 10_000, "{}", text.len());
                None
            }
        }
    }
    let check = |mail: Message| {
        for text in [mail.head.from, mail.head.to, mail.head.subject] {
            assert!(text.chars().count() <= 998);
        }
    };
    let check_list = |listing: Listing| {
        assert!(listing.rows.len() <= 3);
        listing.mails().cloned().for_each(check);
    };
    match kind / 7 % 5 {
        0 => one(kind, body, wire::List::<false> { rows: 3 })
            .into_iter()
            .for_each(check_list),
        1 => one(kind, body, wire::List::<true> { rows: 3 })
            .into_iter()
            .for_each(check_list),
        2 => one(kind, body, wire::OneMail { id: 7 })
            .into_iter()
            .for_each(check),
        3 => drop(one(kind, body, wire::SendReceipt::default())),
        _ => drop(one(kind, body, wire::IssuedJwt::default())),
    }
}
