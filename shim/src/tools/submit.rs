//! Handing a mail in, shared by `send_email` and `reply_email`: where taid's configuration has
//! a person asked first, the client's user is asked by elicitation, in the way of the client's
//! protocol revision. taid checks that the mail that is sent is the mail that was shown.

use super::definition::{Answered, Invocation};
use crate::server::{is_modern, meta};
use rmcp::{
    RoleServer,
    model::{
        CancelledNotificationParam, ClientResult, ElicitRequest, ElicitRequestParams, ElicitResult,
        ElicitationAction, ElicitationSchema, InputRequest, InputRequests, InputRequiredResult,
        InputResponses, ServerRequest,
    },
    service::{PeerRequestOptions, RequestContext},
};
use std::{collections::BTreeMap, fmt::Write as _, time::Duration};
use tai_proto::{
    Fault, FaultCode, Hint,
    approval::{Consent, ConsentAnswer, HeldMail, MailPreview, Question, SubmitOutcome},
    call::Submit,
    mail::{Draft, SentMail},
};

/// The key of the one answer that is asked for.
const INPUT: &str = "approve";
/// The time for which a question is open. A ticket lives longer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(9 * 60);

/// The ways of asking a client's user.
enum Way {
    /// The client answers with its next request (2026-07-28).
    NextRequest,
    /// The client answers while the call waits.
    Now,
    /// The client did not declare that it can ask.
    None,
}

/// The outcome of asking.
enum Asked {
    /// The client has to ask and call again.
    Input(InputRequiredResult),
    Answered(ConsentAnswer),
}

/// A mail that was handed in.
pub(super) enum Submitted {
    Sent(SentMail),
    /// The client has to ask its user and call again.
    Input(InputRequiredResult),
}

/// Hands a mail in, and asks the user if the daemon wants that.
pub(super) async fn submit(
    invocation: &mut Invocation<'_>,
    draft: Draft,
    insist: bool,
) -> Result<Submitted, Fault> {
    let consent = match invocation.answered.take() {
        Some(Answered { ticket, answer }) => Consent::Answered { ticket, answer },
        None => Consent::NotAsked,
    };
    let submit = Submit {
        draft,
        insist,
        consent,
    };
    let question = match invocation.call(submit.clone()).await? {
        SubmitOutcome::Ask(question) => question,
        outcome => return finished(outcome),
    };
    let ticket = question.ticket.clone();
    let answer = match ask(question, invocation.context).await {
        Asked::Input(input) => return Ok(Submitted::Input(input)),
        Asked::Answered(answer) => answer,
    };
    let consent = Consent::Answered { ticket, answer };
    finished(invocation.call(Submit { consent, ..submit }).await?)
}

fn finished(outcome: SubmitOutcome) -> Result<Submitted, Fault> {
    match outcome {
        SubmitOutcome::Sent(sent) => Ok(Submitted::Sent(sent)),
        SubmitOutcome::Held(held) => Err(waits(&held)),
        SubmitOutcome::Ask(_) => Err(Fault::new(
            FaultCode::Internal,
            "taid asked a second time about the same email",
        )
        .hint(Hint::user("install taid and tai-mcp from one release"))),
    }
}

/// Returns the user's answer in a request that is sent again; `None` if it has none.
pub(crate) fn consent_in(responses: &InputResponses) -> Option<ConsentAnswer> {
    let answer = responses.get(INPUT)?;
    Some(consent(serde_json::from_value(answer.clone()).ok()))
}

async fn ask(question: Question, context: &RequestContext<RoleServer>) -> Asked {
    let request = request(&question.mail);
    match way(context) {
        Way::NextRequest => {
            let inputs =
                InputRequests::from([(INPUT.to_owned(), InputRequest::Elicitation(request))]);
            let ticket = question.ticket.into_string();
            let mut result = InputRequiredResult::new(Some(inputs), Some(ticket));
            result.meta = meta(context);
            Asked::Input(result)
        }
        Way::Now => Asked::Answered(ask_now(request, context).await),
        Way::None => Asked::Answered(ConsentAnswer::CannotAsk),
    }
}

fn way(context: &RequestContext<RoleServer>) -> Way {
    let capabilities = context.client_capabilities();
    let elicitation = capabilities.and_then(|capabilities| capabilities.elicitation);
    // A client that does not say which kind it supports supports forms.
    let forms = elicitation.is_some_and(|way| way.form.is_some() || way.url.is_none());
    match (forms, is_modern(context)) {
        (false, _) => Way::None,
        (true, true) => Way::NextRequest,
        (true, false) => Way::Now,
    }
}

/// Returns a form without fields: accepting it is the answer.
fn request(mail: &MailPreview) -> ElicitRequest {
    ElicitRequest::new(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: message(mail),
        requested_schema: ElicitationSchema::new(BTreeMap::new()),
    })
}

fn message(mail: &MailPreview) -> String {
    let mut text = format!(
        "Send this email?\n\nFrom: {}\nTo: {}\nSubject: {}\n\n{}",
        mail.from, mail.to, mail.subject, mail.text
    );
    // Writing to a String cannot fail.
    if mail.left_out > 0 {
        let _ = write!(text, "\n\n[{} more bytes]", mail.left_out);
    }
    if mail.invisible > 0 {
        let _ = write!(text, "\n\n[{} invisible characters]", mail.invisible);
    }
    text
}

async fn ask_now(request: ElicitRequest, context: &RequestContext<RoleServer>) -> ConsentAnswer {
    let options = PeerRequestOptions::with_timeout(ANSWER_TIMEOUT);
    let request = ServerRequest::ElicitRequest(request);
    let peer = &context.peer;
    let Ok(handle) = peer.send_cancellable_request(request, options).await else {
        return ConsentAnswer::CannotAsk;
    };
    let question = handle.id.clone();
    tokio::select! {
        answer = handle.await_response() => match answer {
            Ok(ClientResult::ElicitResult(result)) => consent(Some(result)),
            // The client declared that it can ask and could not.
            _ => ConsentAnswer::CannotAsk,
        },
        () = context.ct.cancelled() => {
            let over = CancelledNotificationParam::new(Some(question), None);
            let _ = peer.notify_cancelled(over).await;
            ConsentAnswer::Declined
        }
    }
}

/// Only a clear yes counts as one.
fn consent(answer: Option<ElicitResult>) -> ConsentAnswer {
    match answer.map(|answer| answer.action) {
        Some(ElicitationAction::Accept) => ConsentAnswer::Approved,
        _ => ConsentAnswer::Declined,
    }
}

/// Returns the fault for a mail that waits for approval.
fn waits(held: &HeldMail) -> Fault {
    let number = held.number;
    Fault::new(
        FaultCode::AwaitingApproval,
        format!("not sent yet: this email waits for the user's approval, as number {number}"),
    )
    .because("taid's configuration has the user asked first (confirm_send), and this client cannot ask")
    .hint(Hint::reader(format!(
        "tell the user to run `taid approve {number}` within an hour, which sends it; do not send it again"
    )))
}
