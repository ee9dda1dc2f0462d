//! Submission of a mail, shared by `send_email` and `reply_email`.
//!
//! If taid requires approval, the client asks its user by elicitation, in the form of its
//! protocol revision. taid, not this module, checks that the approved mail is the sent mail.

use super::{
    definition::{Answered, Invocation},
    not_sent::{NotSent, drafted, previewed},
    submission::{unreadable, with_note},
};
use crate::{
    calls::call_after_cancellation,
    identity::{is_modern, meta},
    text::line,
};
use rmcp::{
    ErrorData, RoleServer,
    model::{
        CancelledNotificationParam, ClientResult, ElicitRequest, ElicitRequestParams, ElicitResult,
        ElicitationAction, ElicitationSchema, InputRequest, InputRequests, InputRequiredResult,
        InputResponses, ServerRequest,
    },
    service::{PeerRequestOptions, RequestContext},
};
use std::{collections::BTreeMap, fmt::Write as _, time::Duration};
use tai_client::local_command;
use tai_proto::{
    Fault, FaultCode, Hint,
    approval::{
        Consent, ConsentAnswer, GoneState, HeldMail, HeldState, Question, SubmitOutcome, declined,
    },
    call::Submit,
    mail::{Draft, SentMail, Target},
    names::Profile,
    text::Label,
};

/// Key of the question in `inputRequests` and of its answer in `inputResponses`.
const INPUT: &str = "approve";
/// Time limit of the user's answer. taid accepts the ticket for ten minutes.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(9 * 60);

/// Support of elicitation by a client.
enum Elicitation {
    /// The client repeats the request with the answer (revision 2026-07-28).
    NextRequest,
    /// The client answers `elicitation/create` while the call waits.
    DuringCall,
    /// The client did not declare the capability.
    Unsupported,
}

/// Outcome of a question.
enum Asked {
    /// The client asks its user and repeats the request.
    Input(InputRequiredResult),
    /// The user's answer.
    Answered(ConsentAnswer),
}

/// Intention of the agent for a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    /// It is sent, even if the same mail was sent or discarded within ten minutes and `insist` is set.
    Send { insist: bool },
    /// It waits for the user, even if the same mail was sent or discarded within ten minutes and `insist`
    /// is set.
    Draft { insist: bool },
    /// The agent sees what the recipient would get.
    Preview,
}

impl Intent {
    /// Returns the intent of the arguments `dry_run`, `hold` and `allow_duplicate`. A dry run holds
    /// nothing.
    pub(super) fn of(dry_run: Option<bool>, hold: Option<bool>, insist: Option<bool>) -> Self {
        let insist = insist.unwrap_or(false);
        match (dry_run.unwrap_or(false), hold.unwrap_or(false)) {
            (true, _) => Intent::Preview,
            (false, true) => Intent::Draft { insist },
            (false, false) => Intent::Send { insist },
        }
    }
}

/// Outcome of a submission.
pub(super) enum Submitted {
    /// The bridge accepted the mail.
    Sent(SentMail),
    /// Nothing was sent, as the agent wanted.
    NotSent(NotSent),
    /// The client asks its user and repeats the request.
    Input(InputRequiredResult),
}

/// Submits a mail. If taid requires approval, asks the client's user and submits again with the
/// answer.
///
/// # Errors
/// The fault of taid; [`FaultCode::AwaitingApproval`] if the client cannot ask its user.
pub(super) async fn submit(
    invocation: &mut Invocation<'_>,
    draft: Draft,
    intent: Intent,
) -> Result<Submitted, Fault> {
    let (consent, insist) = match (intent, invocation.answered.take()) {
        (Intent::Preview, _) => (Consent::Preview, false),
        (Intent::Draft { insist }, _) => (Consent::Draft, insist),
        (Intent::Send { insist }, Some(Answered { ticket, answer })) => {
            (Consent::Answered { ticket, answer }, insist)
        }
        (Intent::Send { insist }, None) => (Consent::NotAsked, insist),
    };
    let is_reply = matches!(draft.target, Target::Reply { .. });
    let submit = Submit {
        draft,
        insist,
        once: invocation.settings.answers.is_some(),
        consent,
    };
    let question = match call(submit.clone(), invocation).await? {
        SubmitOutcome::Ask(question) => question,
        SubmitOutcome::Held(held) if matches!(intent, Intent::Draft { .. }) => {
            let profile = invocation.taid.profile().await;
            return Ok(Submitted::NotSent(drafted(&held, is_reply, &profile)));
        }
        outcome => return finished(outcome, is_reply, invocation).await,
    };
    let ticket = question.ticket.clone();
    let profile = invocation.taid.profile().await;
    let answer = match ask(question, invocation.context, &profile).await {
        Asked::Input(input) => return Ok(Submitted::Input(input)),
        Asked::Answered(answer) => answer,
    };
    let consent = Consent::Answered { ticket, answer };
    let answered = Submit { consent, ..submit };
    let outcome = match answer {
        ConsentAnswer::Withdrawn => {
            call_after_cancellation(invocation.taid, answered, invocation.context).await?
        }
        ConsentAnswer::Approved | ConsentAnswer::Declined | ConsentAnswer::CannotAsk => {
            call(answered, invocation).await?
        }
    };
    finished(outcome, is_reply, invocation).await
}

/// Calls taid. A mail that the user declined stays declined whatever becomes of the call: with
/// another fault, the agent would submit it again.
async fn call(submit: Submit, invocation: &Invocation<'_>) -> Result<SubmitOutcome, Fault> {
    let is_declined = matches!(
        submit.consent,
        Consent::Answered {
            answer: ConsentAnswer::Declined,
            ..
        }
    );
    let note = unreadable(submit.draft.content.as_str());
    let answer = invocation.call(submit).await;
    let answer = answer.map(|outcome| match &note {
        Some(note) => with_note(outcome, note),
        None => outcome,
    });
    answer.map_err(|fault| match (is_declined, fault.code) {
        // Also taid's own fault about it. A client without a user declines at once, and its mail
        // finds the queue full.
        (true, FaultCode::NotPermitted | FaultCode::TooBusy) | (false, _) => fault,
        (true, _) => declined(),
    })
}

async fn finished(
    outcome: SubmitOutcome,
    is_reply: bool,
    invocation: &Invocation<'_>,
) -> Result<Submitted, Fault> {
    match outcome {
        SubmitOutcome::Sent(sent) => Ok(Submitted::Sent(sent)),
        SubmitOutcome::Held(held) => {
            let profile = invocation.taid.profile().await;
            Err(waits(&held, &elicitation(invocation.context)).for_profile(&profile))
        }
        SubmitOutcome::Preview(preview) => Ok(Submitted::NotSent(previewed(preview, is_reply))),
        SubmitOutcome::Ask(_) => Err(Fault::new(
            FaultCode::Internal,
            "taid asked a second time about the same email",
        )
        .hint(Hint::user("install taid and tai-mcp from one release"))),
    }
}

/// Returns the user's answer in a repeated request; `None` in a first one.
///
/// # Errors
/// The request has a ticket or an answer without the other.
pub(crate) fn answered(
    ticket: Option<String>,
    responses: Option<InputResponses>,
) -> Result<Option<Answered>, ErrorData> {
    let responses = responses.unwrap_or_default();
    let Some(ticket) = ticket else {
        // An answer that is not used would send a mail that the user declined.
        return match responses.is_empty() {
            true => Ok(None),
            false => {
                let message = "inputResponses requires the requestState of its question";
                Err(ErrorData::invalid_params(message, None))
            }
        };
    };
    let Some(answer) = consent_in(&responses) else {
        let message = "requestState requires inputResponses with the user's answer";
        return Err(ErrorData::invalid_params(message, None));
    };
    let ticket = Label::cut(ticket);
    Ok(Some(Answered { ticket, answer }))
}

/// Returns the user's answer among those of a request; `None` if it has none.
fn consent_in(responses: &InputResponses) -> Option<ConsentAnswer> {
    let answer = responses.get(INPUT)?;
    Some(consent(serde_json::from_value(answer.clone()).ok()))
}

/// Asks the client's user, if the client can.
async fn ask(question: Question, context: &RequestContext<RoleServer>, profile: &Profile) -> Asked {
    let request = request(&question, profile);
    match elicitation(context) {
        Elicitation::NextRequest => {
            let inputs =
                InputRequests::from([(INPUT.to_owned(), InputRequest::Elicitation(request))]);
            let ticket = question.ticket.into_string();
            let mut result = InputRequiredResult::new(Some(inputs), Some(ticket));
            result.meta = meta(context);
            Asked::Input(result)
        }
        Elicitation::DuringCall => Asked::Answered(ask_during_call(request, context).await),
        Elicitation::Unsupported => Asked::Answered(ConsentAnswer::CannotAsk),
    }
}

fn elicitation(context: &RequestContext<RoleServer>) -> Elicitation {
    let capabilities = context.client_capabilities();
    let declared = capabilities.and_then(|capabilities| capabilities.elicitation);
    // An empty capability object means support of forms (MCP 2025-11-25).
    let has_forms = declared.is_some_and(|modes| modes.form.is_some() || modes.url.is_none());
    match (has_forms, is_modern(context)) {
        (false, _) => Elicitation::Unsupported,
        (true, true) => Elicitation::NextRequest,
        (true, false) => Elicitation::DuringCall,
    }
}

/// Returns an elicitation with an empty form: accepting it approves the mail.
fn request(question: &Question, profile: &Profile) -> ElicitRequest {
    ElicitRequest::new(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: message(question, profile),
        requested_schema: ElicitationSchema::new(BTreeMap::new()),
    })
}

/// Renders the question for the user. Some clients show three lines, so these have everything that
/// decides: the warnings and the recipient, the subject, and the hosts that learn of the reading.
fn message(question: &Question, profile: &Profile) -> String {
    let Question { number, mail, .. } = question;
    let mut text = String::new();
    // Writing to a String cannot fail.
    if !mail.warning.is_empty() {
        let _ = write!(text, "Warning: {}. ", line(&mail.warning));
    }
    let _ = write!(
        text,
        "Send to {}?\nSubject: {}\nFrom: {}",
        line(&mail.to),
        line(&mail.subject),
        line(&mail.from)
    );
    if !mail.loads.is_empty() {
        let _ = write!(text, ". Loads from: {}", line(&mail.loads));
    }
    let _ = write!(text, "\n{}", mail.text.trim_end());
    if !mail.details.is_empty() {
        let _ = write!(text, "\n\n{}", mail.details.trim_end());
    }
    if mail.left_out > 0 {
        let left_out = mail.left_out;
        let show = local_command(profile, &format!("approve {number} --full"));
        let _ = write!(text, "\n\n[{left_out} more bytes; to see all: {show}]");
    }
    text
}

/// Returns a value of the bridge's receipt, which may lack it.
pub(super) fn reported(value: &str) -> &str {
    match value {
        "" => "not reported by the mail bridge",
        value => value,
    }
}

/// Adds a line about parts of the content that the email does not have.
pub(super) fn add_left_out(text: &mut String, sent: &SentMail) {
    if !sent.left_out.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(text, "\nLeft out of the email: {}", line(&sent.left_out));
    }
}

/// Sends `elicitation/create` and waits for the answer. Cancelling the call withdraws the
/// question, and the mail is not sent.
async fn ask_during_call(
    request: ElicitRequest,
    context: &RequestContext<RoleServer>,
) -> ConsentAnswer {
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
            // The client failed to ask, or the time limit passed.
            _ => ConsentAnswer::CannotAsk,
        },
        () = context.ct.cancelled() => {
            let over = CancelledNotificationParam::new(Some(question), None);
            let _ = peer.notify_cancelled(over).await;
            ConsentAnswer::Withdrawn
        }
    }
}

/// Returns the answer. A question that was closed without a choice, or has no valid answer, was not
/// answered.
fn consent(answer: Option<ElicitResult>) -> ConsentAnswer {
    match answer.map(|answer| answer.action) {
        Some(ElicitationAction::Accept) => ConsentAnswer::Approved,
        Some(ElicitationAction::Decline) => ConsentAnswer::Declined,
        // A later action is no person's choice that this release knows.
        Some(_) | None => ConsentAnswer::CannotAsk,
    }
}

/// Returns the fault for a mail that waits for approval.
fn waits(held: &HeldMail, elicitation: &Elicitation) -> Fault {
    let number = held.number;
    let mut what =
        format!("the email was not sent: it waits for the user's approval as number {number}");
    if held.state == HeldState::MaybeSent {
        what = format!(
            "the email may have been sent when taid stopped; it waits as number {number} for the user to check"
        );
    }
    if let Some(lost) = &held.replaces {
        let sent = match lost.state {
            GoneState::LostMaybeSent | GoneState::ExpiredMaybeSent => " and may have been sent",
            GoneState::Lost | GoneState::Locked | GoneState::Expired => "",
        };
        what.push_str(&format!(
            "; the same email held at {} as number {} was lost when taid stopped{sent}",
            lost.since, lost.number
        ));
    }
    let advice = match held.state {
        HeldState::Kept => "do not send the email again",
        HeldState::InMemory => {
            "it is lost if taid stops before; do not send the email again while it waits"
        }
        HeldState::MaybeSent => "tell the user to ask the recipient first",
    };
    let client = match elicitation {
        Elicitation::Unsupported => "this MCP client cannot ask for it",
        Elicitation::NextRequest | Elicitation::DuringCall => {
            "this MCP client returned no answer of a person"
        }
    };
    Fault::new(FaultCode::AwaitingApproval, what)
        .because(format!(
            "taid's configuration requires the user's approval (`confirm_send`), and {client}"
        ))
        .hint(Hint::reader(format!(
            "ask the user to run `taid approve {number}` within an hour; {advice}"
        )))
}

#[cfg(test)]
#[path = "submit_tests.rs"]
mod tests;
