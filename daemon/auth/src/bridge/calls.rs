//! The mail endpoints, one method each, with its request and the interpretation of
//! its answer.

use super::{
    Bridge,
    bearer::Bearer,
    coalescing::{Leader, Role},
    error::BridgeError,
    history::Operation,
    http_bridge::{HttpBridge, MailRequest},
    mail::{Listing, Message, Outgoing, OutgoingReply, Page, Receipt, ReplyOutcome},
    outcome::SendOutcome,
    transport::Transport,
    wire::{Done, List, OneMail, ReplyBody, SendBody, SendReceipt},
};
use http::Method;
use serde::Serialize;
use tokio::{
    task::yield_now,
    time::{Instant, timeout_at},
};
use url::Url;

impl<T: Transport> Bridge for HttpBridge<T> {
    async fn list(
        &self,
        bearer: &Bearer,
        page: &Page,
        deadline: Instant,
    ) -> Result<Listing, BridgeError> {
        if page.bodies {
            let request =
                MailRequest::idempotent(Operation::List, Method::GET, self.page_url(page), bearer);
            let list = List::<true> { rows: page.limit };
            return self.request(request, list, deadline, || {}).await;
        }
        match self.coalescing().join(page, bearer.generation()) {
            Role::Leader(leader) => self.heads(bearer, page, deadline, Some(leader)).await,
            Role::Follower(answer) => {
                let started = Instant::now();
                match timeout_at(deadline, answer).await {
                    Ok(Ok(listing)) => Ok(listing),
                    Ok(Err(_)) => self.heads(bearer, page, deadline, None).await,
                    Err(_) => Err(BridgeError::TimedOut {
                        after: started.elapsed(),
                    }),
                }
            }
        }
    }

    async fn newest(&self, bearer: &Bearer, deadline: Instant) -> Result<Listing, BridgeError> {
        let page = Page {
            instance: None,
            limit: 1,
            offset: 0,
            bodies: false,
        };
        let request = MailRequest::poll(self.page_url(&page), bearer);
        let list = List::<false> { rows: page.limit };
        self.request(request, list, deadline, || {}).await
    }

    async fn message(
        &self,
        bearer: &Bearer,
        id: u64,
        deadline: Instant,
    ) -> Result<Option<Message>, BridgeError> {
        let url = self.url(&["messages", &id.to_string()]);
        let look = async || {
            let request =
                MailRequest::idempotent(Operation::Message, Method::GET, url.clone(), bearer);
            none_if_missing(self.request(request, OneMail { id }, deadline, || {}).await)
        };
        if let Some(message) = look().await? {
            return Ok(Some(message));
        }
        // A failing database makes mails look missing. Between two such answers, its health is good.
        let missing = "Message not found";
        match self.is_unwell(missing, deadline).await {
            true => Err(BridgeError::DatabaseFailed {
                message: missing.to_owned(),
            }),
            false => look().await,
        }
    }

    async fn mark_read(
        &self,
        bearer: &Bearer,
        id: u64,
        deadline: Instant,
    ) -> Result<bool, BridgeError> {
        let url = self.url(&["messages", &id.to_string(), "read"]);
        let request = MailRequest::idempotent(Operation::MarkRead, Method::PUT, url, bearer);
        let done = self.request(request, Done, deadline, || {}).await;
        Ok(none_if_missing(done)?.unwrap_or(false))
    }

    async fn delete(
        &self,
        bearer: &Bearer,
        id: u64,
        deadline: Instant,
    ) -> Result<bool, BridgeError> {
        let url = self.url(&["messages", &id.to_string()]);
        let request = MailRequest::idempotent(Operation::Delete, Method::DELETE, url, bearer);
        let done = self.request(request, Done, deadline, || {}).await;
        Ok(none_if_missing(done)?.unwrap_or(false))
    }

    async fn send(
        &self,
        bearer: &Bearer,
        mail: &Outgoing<'_>,
        deadline: Instant,
    ) -> SendOutcome<Receipt> {
        let body = json(&SendBody::from(mail))?;
        let request = MailRequest::send(Operation::Send, self.url(&["send-email"]), bearer, body);
        let receipt = SendReceipt::default();
        Ok(self.request(request, receipt, deadline, || {}).await?)
    }

    async fn reply(
        &self,
        bearer: &Bearer,
        reply: &OutgoingReply<'_>,
        deadline: Instant,
    ) -> SendOutcome<ReplyOutcome> {
        let body = json(&ReplyBody::from(reply))?;
        let url = self.url(&["messages", &reply.id.to_string(), "reply"]);
        let request = MailRequest::send(Operation::Reply, url, bearer, body);
        let receipt = SendReceipt::default();
        match self.request(request, receipt, deadline, || {}).await {
            Ok(receipt) => Ok(ReplyOutcome::Sent(receipt)),
            Err(BridgeError::NoEndpoint { .. }) => Ok(ReplyOutcome::NotOffered),
            // A server that knows no such path or method has not read the reply.
            Err(
                BridgeError::Refused { status: 405, .. }
                | BridgeError::Failed { status: 501, .. }
                | BridgeError::Intercepted {
                    status: 404 | 405 | 501,
                },
            ) => Ok(ReplyOutcome::NotOffered),
            Err(BridgeError::Refused { status: 404, .. }) => Ok(ReplyOutcome::NoSuchMail),
            Err(error) => Err(error.into()),
        }
    }
}

impl<T: Transport> HttpBridge<T> {
    /// Requests a page without bodies, for its leader and the followers.
    async fn heads(
        &self,
        bearer: &Bearer,
        page: &Page,
        deadline: Instant,
        mut leader: Option<Leader<'_>>,
    ) -> Result<Listing, BridgeError> {
        if leader.is_some() && self.is_busy() {
            // Requests of other clients that have already arrived are read in the meantime,
            // and follow this one.
            for _ in 0..2 {
                yield_now().await;
            }
        }
        let request =
            MailRequest::idempotent(Operation::List, Method::GET, self.page_url(page), bearer);
        let mut followers = None;
        let list = List::<false> { rows: page.limit };
        let listing = self.request(request, list, deadline, || {
            if let Some(leader) = leader.take() {
                followers = Some(leader.leave());
            }
        });
        let listing = listing.await?;
        if let Some(followers) = followers {
            followers.answer(&listing);
        }
        Ok(listing)
    }

    fn page_url(&self, page: &Page) -> Url {
        let mut url = self.url(&["messages"]);
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("limit", &page.limit.to_string());
            query.append_pair("offset", &page.offset.to_string());
            if let Some(instance) = &page.instance {
                query.append_pair("prefix", instance);
            }
        }
        url
    }
}

/// Returns the body of a request. A failure means that the request has not left.
fn json(body: &impl Serialize) -> Result<String, BridgeError> {
    serde_json::to_string(body).map_err(|error| BridgeError::Unreachable {
        detail: error.to_string(),
    })
}

/// Turns 404 into `None`.
fn none_if_missing<T>(found: Result<T, BridgeError>) -> Result<Option<T>, BridgeError> {
    match found {
        Ok(value) => Ok(Some(value)),
        Err(BridgeError::Refused { status: 404, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
