//! The bridge's endpoints, one method each: what is sent and what the answer means. How it is
//! sent, and again, is in `http` and `retry`.

use super::{
    Bridge, BridgeError, Listing, Message, Outgoing, OutgoingReply, Page, Receipt, ReplyOutcome,
    coalescing::{Leader, Part},
    http::{Ask, HttpBridge},
    transport::Transport,
    wire::{HeadAnswer, ListAnswer, MessageAnswer, ReceiptAnswer},
};
use crate::credentials::Credentials;
use crate::session::{
    error::SessionError,
    token::{Issued, Token},
};
use reqwest::Method;
use secrecy::ExposeSecret;
use tokio::{
    task::yield_now,
    time::{Instant, timeout_at},
};

impl<T: Transport> Bridge for HttpBridge<T> {
    async fn login(&self, credentials: &Credentials) -> Result<Issued, SessionError> {
        let body = serde_json::json!({
            "username": credentials.username,
            "password": credentials.password.expose_secret(),
        });
        self.for_token("login", None, Some(body.to_string())).await
    }

    async fn refresh(&self, token: &Token) -> Result<Issued, SessionError> {
        self.for_token("refresh", Some(token.secret()), None).await
    }

    async fn list(
        &self,
        token: &Token,
        page: &Page,
        deadline: Instant,
    ) -> Result<Listing, BridgeError> {
        if page.bodies {
            let ask = Ask::repeatable(Method::GET, self.page(page), token);
            let list = self.ask::<ListAnswer<MessageAnswer>>(ask, deadline);
            return Ok(list.await?.into());
        }
        match self.coalescing().part(page, token.generation()) {
            Part::Leads(leader) => self.heads(token, page, deadline, Some(leader)).await,
            Part::Follows(told) => {
                let started = Instant::now();
                match timeout_at(deadline, told).await {
                    Ok(Ok(listing)) => Ok(listing),
                    Ok(Err(_)) => self.heads(token, page, deadline, None).await,
                    Err(_) => Err(BridgeError::TimedOut {
                        after: started.elapsed(),
                    }),
                }
            }
        }
    }

    async fn message(
        &self,
        token: &Token,
        id: u64,
        deadline: Instant,
    ) -> Result<Option<Message>, BridgeError> {
        let url = self.url(&["messages", &id.to_string()]);
        let ask = Ask::repeatable(Method::GET, url, token);
        let found = self.ask::<MessageAnswer>(ask, deadline).await;
        Ok(none_if_missing(found)?.map(Message::from))
    }

    async fn mark_read(
        &self,
        token: &Token,
        id: u64,
        deadline: Instant,
    ) -> Result<bool, BridgeError> {
        let url = self.url(&["messages", &id.to_string(), "read"]);
        let ask = Ask::repeatable(Method::PUT, url, token);
        let done = self.ask::<serde::de::IgnoredAny>(ask, deadline).await;
        Ok(none_if_missing(done)?.is_some())
    }

    async fn delete(&self, token: &Token, id: u64, deadline: Instant) -> Result<bool, BridgeError> {
        let url = self.url(&["messages", &id.to_string()]);
        let ask = Ask::repeatable(Method::DELETE, url, token);
        let done = self.ask::<serde::de::IgnoredAny>(ask, deadline).await;
        Ok(none_if_missing(done)?.is_some())
    }

    async fn send(
        &self,
        token: &Token,
        mail: &Outgoing<'_>,
        deadline: Instant,
    ) -> Result<Receipt, BridgeError> {
        let body = serde_json::json!({
            "to": mail.to, "from": mail.from, "subject": mail.subject,
            "message": mail.text, "html": mail.html,
        });
        let ask = Ask::once(self.url(&["send-email"]), token, body.to_string());
        Ok(self.ask::<ReceiptAnswer>(ask, deadline).await?.into())
    }

    async fn reply(
        &self,
        token: &Token,
        reply: &OutgoingReply<'_>,
        deadline: Instant,
    ) -> Result<ReplyOutcome, BridgeError> {
        let body =
            serde_json::json!({"text": reply.text, "html": reply.html, "subject": reply.subject});
        let ask = Ask::once(
            self.url(&["messages", &reply.id.to_string(), "reply"]),
            token,
            body.to_string(),
        );
        match self.ask::<ReceiptAnswer>(ask, deadline).await {
            Ok(receipt) => Ok(ReplyOutcome::Sent(receipt.into())),
            Err(BridgeError::Refused {
                status: 404,
                message,
                ..
            }) if message.contains("Endpoint") => Ok(ReplyOutcome::NotOffered),
            Err(BridgeError::Refused { status: 404, .. }) => Ok(ReplyOutcome::NoSuchMail),
            Err(error) => Err(error),
        }
    }
}

impl<T: Transport> HttpBridge<T> {
    /// A page without bodies, for its leader and whoever joins it.
    async fn heads(
        &self,
        token: &Token,
        page: &Page,
        deadline: Instant,
        mut leader: Option<Leader<'_>>,
    ) -> Result<Listing, BridgeError> {
        if leader.is_some() && self.is_busy() {
            // What other clients have asked already is read and gets here in this time.
            for _ in 0..2 {
                yield_now().await;
            }
        }
        let ask = Ask::repeatable(Method::GET, self.page(page), token);
        let mut joined = None;
        let list = self.ask_and_say::<ListAnswer<HeadAnswer>>(ask, deadline, || {
            if let Some(leader) = leader.take() {
                joined = Some(leader.leave());
            }
        });
        let listing = Listing::from(list.await?);
        if let Some(joined) = joined {
            joined.tell(&listing);
        }
        Ok(listing)
    }

    fn page(&self, page: &Page) -> reqwest::Url {
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

fn none_if_missing<T>(found: Result<T, BridgeError>) -> Result<Option<T>, BridgeError> {
    match found {
        Ok(value) => Ok(Some(value)),
        Err(BridgeError::Refused { status: 404, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
