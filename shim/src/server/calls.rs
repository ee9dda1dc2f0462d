//! Calls to taid on behalf of a request: how far they are, the user who is asked first, the
//! mail that is in an answer.

use super::Server;
use crate::{
    approval::{self, Asked},
    link::{Peer, Receipt},
};
use rmcp::{
    RoleServer,
    model::{InputRequiredResult, ProgressNotificationParam},
    service::RequestContext,
};
use tai_proto::{Answer, Call, Fault, FaultCode};
use tokio::sync::watch;

impl Server {
    /// Asks taid, and tells the client how far it is when it wants to know.
    pub(super) async fn call(
        &self,
        call: &Call,
        context: &RequestContext<RoleServer>,
    ) -> Result<Answer, Fault> {
        let peer = peer(context);
        let Some(token) = context.meta.get_progress_token() else {
            return self.link.call(&peer, call, None, &context.ct).await;
        };
        let (progress, mut told) = watch::channel((0, 0));
        let work = self.link.call(&peer, call, Some(&progress), &context.ct);
        tokio::pin!(work);
        loop {
            tokio::select! {
                answer = &mut work => return answer,
                Ok(()) = told.changed() => {
                    let (done, total) = *told.borrow_and_update();
                    let mut param = ProgressNotificationParam::new(token.clone(), done as f64);
                    param.total = Some(total as f64);
                    // A client that is not there any more ends this otherwise.
                    let _ = context.peer.notify_progress(param).await;
                }
            }
        }
    }

    /// Does a tool's call; where the user has to be asked first, asks.
    pub(super) async fn tool(
        &self,
        call: Call,
        context: &RequestContext<RoleServer>,
    ) -> Result<Tooled, Fault> {
        let answer = self.call(&call, context).await?;
        let Answer::Ask(question) = answer else {
            return Ok(Tooled::Answer(call, answer));
        };
        let ticket = question.ticket.clone();
        let word = match approval::ask(question, context).await {
            Asked::Input(input) => return Ok(Tooled::Input(input)),
            Asked::Word(word) => word,
        };
        match approval::decision(call, ticket, word) {
            Some(decision) => {
                let answer = self.call(&decision, context).await?;
                Ok(Tooled::Answer(decision, answer))
            }
            None => Err(confused()),
        }
    }
}

/// What came of a tool's call.
pub(super) enum Tooled {
    /// The call that was answered in the end, and its answer.
    Answer(Call, Answer),
    /// The client has to ask its user, and call again.
    Input(InputRequiredResult),
}

fn confused() -> Fault {
    let what = "taid answered another question than was asked";
    let hint = "Ask the user to install taid and tai-mcp from one release.";
    Fault::new(FaultCode::Internal, what, "", hint)
}

/// Who the client is.
pub(super) fn peer(context: &RequestContext<RoleServer>) -> Peer {
    let client = context.client_info();
    Peer {
        name: client
            .as_ref()
            .map(|client| client.name.clone())
            .unwrap_or_default(),
        version: client.map(|client| client.version).unwrap_or_default(),
    }
}

impl Server {
    /// A mail is on its way into the answer to this request.
    pub(super) async fn lent(&self, mail: u64, context: &RequestContext<RoleServer>) {
        if context.ct.is_cancelled() {
            // No answer is written any more.
            self.link.handed_over(Receipt::Returned(mail)).await;
        } else {
            self.receipts.expect(context.id.clone(), mail);
        }
    }
}
