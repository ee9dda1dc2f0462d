//! Lines of the audit log about the calls of clients.

use super::{
    app::App,
    ipc::{CallContext, Caller},
};
use crate::{
    audit::{Actor, By, Event, Record},
    digest::Digest,
    os,
};
use tai_auth::bridge::transport::Transport;
use tai_proto::{
    Answer, Call, Fault, FaultCode,
    account::Succession,
    approval::{Resolution, StopOutcome, SubmitOutcome},
    call::Verdict,
    message::Role,
    person::SendOutcome,
    text::Label,
};

/// What the audit log says about a call.
enum Line {
    /// Nothing.
    None,
    /// The call had, or may have had, an effect.
    Effect(Event, String),
    /// The call had no effect, or one that costs its caller nothing and can be repeated without end.
    Limited(Event, String),
}

impl<T: Transport> App<T> {
    /// Answers a call and records it.
    pub(super) async fn audited(&self, call: Call, context: CallContext) -> Result<Answer, Fault> {
        let caller = context.caller.clone();
        let (event, mail_id) = subject(&call);
        let label = call.label();
        // Names change and vanish with the connection, which may end before a send does.
        let actor = self.actor(&caller);
        let recording = self.calls.begin(caller.key, label);
        let (result, digest) = self.answer(call, context).await;
        recording.end(result.as_ref());
        let line = line(event, label, &result, digest.is_some());
        self.write(line, actor, digest, mail_id);
        result
    }

    /// Records a call that the role of the connection forbids.
    pub(super) fn record_refusal(&self, caller: &Caller, label: &'static str, fault: &Fault) {
        self.calls.begin(caller.key, label).end::<()>(Err(fault));
        let line = Line::Limited(Event::Refuse, refusal(label, fault));
        self.write(line, self.actor(caller), None, None);
    }

    fn write(&self, line: Line, actor: Actor, digest: Option<Digest>, mail_id: Option<u64>) {
        let record = |event, outcome| Record {
            event,
            actor,
            digest: digest.map(|digest| digest.to_string()),
            mail_id,
            outcome,
        };
        match line {
            Line::None => {}
            Line::Effect(event, outcome) => self.audit.effect(record(event, outcome)),
            Line::Limited(event, outcome) => self.audit.limited(record(event, outcome)),
        }
    }

    fn actor(&self, caller: &Caller) -> Actor {
        Actor {
            by: match caller.role {
                Role::Agent { .. } => By::Agent,
                Role::Person => By::Person,
            },
            client: Label::cut(self.client_name(caller).replace(char::is_control, "?"))
                .into_string(),
            pid: caller.pid,
            // The daemon serves processes of its own user only.
            uid: cfg!(unix).then(os::uid),
            instance: caller.instance().map(ToString::to_string),
        }
    }
}

/// Returns the event of a call that the audit log records, and the mail that the call changes.
fn subject(call: &Call) -> (Option<Event>, Option<u64>) {
    let event = match call {
        Call::Submit(_) | Call::SendMail(_) => Some(Event::Send),
        Call::Delete(delete) => return (Some(Event::Delete), Some(delete.id.get())),
        Call::DeleteMail(delete) => return (Some(Event::Delete), Some(delete.id.get())),
        Call::OfferCredentials(_) => Some(Event::Offer),
        Call::Login(_) => Some(Event::Login),
        Call::Logout(_) => Some(Event::Logout),
        Call::ResolveHeld(resolve) => Some(match resolve.verdict {
            Verdict::Send => Event::Approve,
            Verdict::Discard => Event::Discard,
        }),
        Call::ReviseHeld(_) => Some(Event::Revise),
        Call::Stop(_) | Call::MakeWay(_) => Some(Event::Stop),
        Call::Fetch(_)
        | Call::Peek(_)
        | Call::List(_)
        | Call::Search(_)
        | Call::MarkRead(_)
        | Call::Settle(_)
        | Call::EndLease(_)
        | Call::ReclaimLeases(_)
        | Call::Watch(_)
        | Call::WaitFor(_)
        | Call::GetInfo(_)
        | Call::GetStatus(_)
        | Call::ClaimAccount(_)
        | Call::RetryLogin(_)
        | Call::ListHeld(_)
        | Call::WatchHeld(_)
        | Call::ReadHeld(_)
        | Call::GetTraffic(_)
        | Call::ListMail(_)
        | Call::SearchMail(_)
        | Call::ReadMail(_)
        | Call::FinishMail(_)
        | Call::FindReply(_) => None,
    };
    (event, None)
}

/// Returns the line about a call. `has_digest` says whether a mail got its final form.
fn line(
    event: Option<Event>,
    label: &'static str,
    result: &Result<Answer, Fault>,
    has_digest: bool,
) -> Line {
    let effect = |event, outcome: &str| Line::Effect(event, outcome.to_owned());
    match (result, event) {
        (Err(fault), _) if fault.code == FaultCode::NotPermitted => {
            Line::Limited(Event::Refuse, refusal(label, fault))
        }
        (_, None) => Line::None,
        (Ok(Answer::Submit(SubmitOutcome::Ask(_) | SubmitOutcome::Preview(_))), _) => Line::None,
        (Ok(Answer::SendMail(SendOutcome::Ask(_))), _) => Line::None,
        // The mail may have waited before, and the password may not be needed.
        (Ok(Answer::Submit(SubmitOutcome::Held(_))), _) => {
            Line::Limited(Event::Hold, "held".to_owned())
        }
        (Ok(Answer::OfferCredentials(())), Some(event)) => Line::Limited(event, "done".to_owned()),
        (Ok(Answer::MakeWay(Succession::Yields)), _) => {
            effect(Event::Stop, "a later release is installed")
        }
        (Ok(Answer::Stop(StopOutcome::WouldLose(_))), _) => Line::None,
        (Ok(Answer::MakeWay(Succession::IsCurrent | Succession::IsNeeded)), _) => Line::None,
        (Ok(Answer::ReviseHeld(held)), Some(event)) => {
            let old = held.revises.as_ref().map(|old| old.digest.as_str());
            let old = old.unwrap_or_default();
            Line::Effect(event, format!("held in place of {old}"))
        }
        (Ok(Answer::ResolveHeld(Resolution::Discarded { .. })), Some(event)) => {
            effect(event, "discarded")
        }
        (
            Ok(
                Answer::Submit(SubmitOutcome::Sent(_))
                | Answer::SendMail(SendOutcome::Sent(_))
                | Answer::ResolveHeld(Resolution::Sent(_)),
            ),
            Some(event),
        ) => effect(event, "sent"),
        (Ok(_), Some(event)) => effect(event, "done"),
        (Err(fault), Some(event)) => match fault.code {
            FaultCode::OutcomeUnknown => effect(event, "unknown"),
            // A mail without its final form never left.
            _ if event == Event::Send && !has_digest => Line::None,
            code => Line::Limited(event, format!("failed: {code}")),
        },
    }
}

/// Returns the call and the rule that forbids it. The fault's first text may name a recipient.
fn refusal(label: &str, fault: &Fault) -> String {
    let why = fault.why.replace(char::is_control, "?");
    Label::cut(format!("{label}: {why}")).into_string()
}
