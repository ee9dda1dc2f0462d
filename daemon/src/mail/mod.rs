//! The mail operations, in terms of addresses, mails and receipts. It knows nothing of
//! IPC and nothing of HTTP.

pub mod approvals;
mod arrivals;
mod check;
mod content;
mod fetch;
mod inbox;
pub(crate) mod journal;
pub mod leases;
pub mod ledger;
mod reading;
mod sending;
mod tend;
mod walk;

pub use arrivals::Arrivals;
pub use sending::Handed;
pub use walk::Tell;

use approvals::{ApprovalError, Approvals};
use leases::Leases;
use ledger::{Digest, Ledger, Outcome};
use std::{future::Future, sync::Arc, time::Duration};
use tai_auth::{
    bridge::{Bearer, Bridge, BridgeError, Message},
    session::{RequestError, Session, error::SessionError},
};
use tai_proto::name;
use tokio::{sync::Mutex, time::Instant};

/// The operations, for every client of the daemon.
pub struct MailService<B> {
    bridge: Arc<B>,
    session: Session,
    default_to: Option<String>,
    leases: Leases,
    ledger: Ledger,
    approvals: Approvals,
    arrivals: Arrivals,
    /// Held by whoever looks for the oldest unread mail that nobody has.
    fetching: Mutex<()>,
}

/// Why an operation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    #[error("there is no session with the bridge")]
    Session(#[source] SessionError),
    #[error("the bridge cannot do it")]
    Bridge(#[source] BridgeError),
    #[error("no recipient")]
    NoRecipient,
    #[error("{field} cannot be used: {rule}")]
    BadField {
        field: &'static str,
        rule: &'static str,
    },
    #[error(
        "the content has {bytes} bytes, more than {}",
        tai_proto::call::MAX_CONTENT
    )]
    TooLong { bytes: usize },
    /// Nothing was sent: the same mail was a moment ago, or may have been.
    #[error("the same mail (digest {digest}) was handed in {} s ago", .ago.as_secs())]
    Duplicate {
        digest: Digest,
        outcome: Outcome,
        ago: Duration,
    },
    /// It may have been sent, and was not sent again.
    #[error("it is unknown whether the mail (digest {digest}) was sent")]
    Unknown {
        digest: Digest,
        #[source]
        cause: BridgeError,
    },
    /// Nothing was sent, because no person approved.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    #[error("there is no mail {0}")]
    NoSuchMail(u64),
    #[error("mail {id} is not addressed to {address}")]
    NotYours { id: u64, address: String },
}

impl From<RequestError<BridgeError>> for MailError {
    fn from(error: RequestError<BridgeError>) -> Self {
        match error {
            RequestError::Session(error) => MailError::Session(error),
            RequestError::Bridge(error) => MailError::Bridge(error),
        }
    }
}

impl<B: Bridge> MailService<B> {
    /// The operations of whoever is signed in.
    pub fn new(
        bridge: Arc<B>,
        session: Session,
        default_to: Option<String>,
        leases: Leases,
        ledger: Ledger,
        approvals: Approvals,
        arrivals: Arrivals,
    ) -> Self {
        Self {
            bridge,
            session,
            default_to,
            leases,
            ledger,
            approvals,
            arrivals,
            fetching: Mutex::new(()),
        }
    }

    /// The address of an instance, where it is known whose it is.
    pub fn known_address(&self, instance: Option<&str>) -> Option<String> {
        let username = self.session.snapshot().username?;
        Some(name::address(instance, &username))
    }

    async fn address(
        &self,
        instance: Option<&str>,
        deadline: Instant,
    ) -> Result<String, MailError> {
        let username = self.session.username(deadline).await;
        Ok(name::address(
            instance,
            &username.map_err(MailError::Session)?,
        ))
    }

    /// The ledger of what was sent.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The leases.
    pub fn leases(&self) -> &Leases {
        &self.leases
    }

    /// A mail, if it is addressed to `address`.
    async fn own(&self, address: &str, id: u64, deadline: Instant) -> Result<Message, MailError> {
        let found = self
            .with_token(deadline, async |token| {
                self.bridge.message(&token, id, deadline).await
            })
            .await?;
        let message = found.ok_or(MailError::NoSuchMail(id))?;
        if message.head.to.eq_ignore_ascii_case(address) {
            Ok(message)
        } else {
            Err(MailError::NotYours {
                id,
                address: address.to_owned(),
            })
        }
    }

    async fn with_token<T, F>(
        &self,
        deadline: Instant,
        work: impl Fn(Bearer) -> F,
    ) -> Result<T, MailError>
    where
        F: Future<Output = Result<T, BridgeError>>,
    {
        Ok(self.session.with_token(deadline, work).await?)
    }
}

/// A door for tests/fuzz.
#[cfg(fuzzing)]
pub(crate) fn fuzz(html: bool, text: &str) {
    let body = match html {
        true => reading::convert(Some(text.to_owned()), None),
        false => reading::convert(None, Some(text.to_owned())),
    };
    assert!(body.markdown.len() <= content::MAX_BODY);
    let unseen = |c: char| matches!(c, '\u{200b}' | '\u{202e}' | '\u{e0041}' | '\u{feff}');
    assert!(!body.markdown.contains(unseen));
    reading::line(text);
}
