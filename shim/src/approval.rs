//! Asking the user before a mail is sent, where taid's configuration says so: by elicitation,
//! in the way of the client's revision. taid checks that what is sent is what was shown; here
//! it is only shown.

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
    Call, Fault, FaultCode,
    approval::{Decision, Held, Outgoing, Question, Summary, Word},
};

/// The name of the one thing that is asked for.
const INPUT: &str = "approve";
/// Shorter than a ticket lives.
const PATIENCE: Duration = Duration::from_secs(9 * 60);

/// How a client can be asked.
enum Way {
    /// It answers with its next request (2026-07-28).
    Retry,
    /// It answers while the call waits.
    Now,
    /// It did not say that it can.
    None,
}

/// What asking came to.
pub(crate) enum Asked {
    /// The client has to ask, and call again.
    Input(InputRequiredResult),
    /// Somebody was asked, or nobody could be.
    Word(Word),
}

/// Asks the client's user.
pub(crate) async fn ask(question: Question, context: &RequestContext<RoleServer>) -> Asked {
    let request = request(&question.mail);
    match way(context) {
        Way::Retry => {
            let inputs =
                InputRequests::from([(INPUT.to_owned(), InputRequest::Elicitation(request))]);
            let mut result = InputRequiredResult::new(Some(inputs), Some(question.ticket));
            result.meta = meta(context);
            Asked::Input(result)
        }
        Way::Now => Asked::Word(ask_now(request, context).await),
        Way::None => Asked::Word(Word::NotAsked),
    }
}

/// What the user said, in a request that is sent again; `None` when it has no answer in it.
pub(crate) fn said(responses: &InputResponses) -> Option<Word> {
    let answer = responses.get(INPUT)?;
    Some(word(serde_json::from_value(answer.clone()).ok()))
}

/// The call that hands a mail in again, with what the user said of it.
pub(crate) fn decision(call: Call, ticket: String, word: Word) -> Option<Call> {
    let (mail, insist) = match call {
        Call::SendEmail(mail) => (Outgoing::Send(mail), false),
        Call::SendAgain(mail) => (Outgoing::Send(mail), true),
        Call::ReplyEmail(mail) => (Outgoing::Reply(mail), false),
        Call::ReplyAgain(mail) => (Outgoing::Reply(mail), true),
        _ => return None,
    };
    Some(Call::Decide(Decision {
        ticket,
        mail,
        insist,
        word,
    }))
}

fn way(context: &RequestContext<RoleServer>) -> Way {
    let capabilities = context.client_capabilities();
    let elicitation = capabilities.and_then(|capabilities| capabilities.elicitation);
    // Forms are what it is when a client does not say what it is.
    let forms = elicitation.is_some_and(|way| way.form.is_some() || way.url.is_none());
    match (forms, is_modern(context)) {
        (false, _) => Way::None,
        (true, true) => Way::Retry,
        (true, false) => Way::Now,
    }
}

/// A form without fields: to accept it is the answer.
fn request(mail: &Summary) -> ElicitRequest {
    ElicitRequest::new(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: message(mail),
        requested_schema: ElicitationSchema::new(BTreeMap::new()),
    })
}

fn message(mail: &Summary) -> String {
    let mut text = format!(
        "Send this email?\n\nFrom: {}\nTo: {}\nSubject: {}\n\n{}",
        mail.from, mail.to, mail.subject, mail.text
    );
    // Writing to a String cannot fail.
    if mail.left_out > 0 {
        let _ = write!(text, "\n\n[{} bytes more]", mail.left_out);
    }
    if mail.invisible > 0 {
        let _ = write!(text, "\n\n[{} invisible characters]", mail.invisible);
    }
    text
}

async fn ask_now(request: ElicitRequest, context: &RequestContext<RoleServer>) -> Word {
    let options = PeerRequestOptions::with_timeout(PATIENCE);
    let request = ServerRequest::ElicitRequest(request);
    let peer = &context.peer;
    let Ok(handle) = peer.send_cancellable_request(request, options).await else {
        return Word::NotAsked;
    };
    let question = handle.id.clone();
    tokio::select! {
        answer = handle.await_response() => match answer {
            Ok(ClientResult::ElicitResult(result)) => word(Some(result)),
            // It said that it can and could not, or nobody is there.
            _ => Word::NotAsked,
        },
        // Nobody waits for what becomes of it any more.
        () = context.ct.cancelled() => {
            let over = CancelledNotificationParam::new(Some(question), None);
            let _ = peer.notify_cancelled(over).await;
            Word::No
        }
    }
}

/// Nothing but a clear yes is a yes.
fn word(answer: Option<ElicitResult>) -> Word {
    match answer.map(|answer| answer.action) {
        Some(ElicitationAction::Accept) => Word::Yes,
        _ => Word::No,
    }
}

/// A mail that waits, told to the agent that wanted to send it.
pub(crate) fn waits(held: &[Held]) -> Fault {
    let number = held.first().map(|held| held.number).unwrap_or_default();
    Fault::new(
        FaultCode::NotPermitted,
        format!("not sent yet: this email waits for the user's approval, as number {number}"),
        "taid's configuration has the user asked first (confirm_send), and this client cannot ask",
        format!(
            "Tell the user to run `taid approve {number}` within an hour: it is sent then. Do not send \
             it again."
        ),
    )
}
