//! Sample values of the calls about the mail of the whole account.

use super::values::{
    changed, fetched, found, gone, held, id, inbox, question, reply, submit, window,
};
use tai_proto::{
    Answer, Call, FaultCode, Method as _,
    approval::{HeldList, HeldUpdate},
    call::{
        DeleteMail, FinishMail, GetTraffic, ListMail, ReadMail, ReclaimLeases, ReviseHeld,
        SearchMail, SendMail, Settled, WatchHeld,
    },
    names::Instance,
    person::*,
    traffic::{CallOutcome, CallRecord, ExchangeRecord, Failure, Operation, Traffic},
};

fn scope() -> Scope {
    Scope::Instance(Instance::new("d").unwrap())
}

/// Returns each call, in the order of [`Call`].
pub(crate) fn calls() -> Vec<Call> {
    vec![
        ListMail {
            scope: Scope::Account,
            limit: 10,
            offset: 1,
            show_read: true,
        }
        .into_call(),
        SearchMail {
            scope: scope(),
            query: "q".into(),
            limit: 20,
        }
        .into_call(),
        ReadMail {
            scope: Scope::Account,
            id: Some(id()),
            window: window(),
        }
        .into_call(),
        FinishMail { id: id() }.into_call(),
        DeleteMail { id: id() }.into_call(),
        SendMail {
            instance: None,
            draft: submit().draft,
            insist: true,
            consent: PersonConsent::Given,
        }
        .into_call(),
        WatchHeld { since: Some(9) }.into_call(),
        ReviseHeld {
            number: 3,
            version: "v".into(),
            to: Some("b".into()),
            subject: Some("s".into()),
            content: "c".into(),
        }
        .into_call(),
        GetTraffic.into_call(),
        ReclaimLeases { ids: vec![id()] }.into_call(),
    ]
}

/// Returns another form of a call.
pub(crate) fn sent_after_a_question() -> Call {
    SendMail {
        instance: Some(Instance::new("d").unwrap()),
        draft: reply().draft,
        insist: false,
        consent: PersonConsent::Approved { ticket: "t".into() },
    }
    .into_call()
}

/// Returns each answer, in the order of [`Answer`].
pub(crate) fn answers() -> Vec<Answer> {
    vec![
        Answer::ListMail(AccountInbox {
            inbox: inbox(),
            unattended: Unattended {
                addresses: vec![UnattendedAddress {
                    address: "a".into(),
                    unread: 2,
                }],
                others: 3,
                examined: Some(4),
            },
        }),
        Answer::SearchMail(found()),
        Answer::ReadMail(fetched()),
        Answer::FinishMail(Settled { marked_read: true }),
        Answer::DeleteMail(changed()),
        Answer::SendMail(SendOutcome::Ask(question())),
        Answer::WatchHeld(HeldUpdate {
            mark: 9,
            held: HeldList {
                waiting: Vec::new(),
                gone: vec![gone()],
            },
        }),
        Answer::ReviseHeld(Box::new(held())),
        Answer::GetTraffic(Traffic {
            calls: vec![CallRecord {
                connection: 1,
                call: "l".into(),
                at_ms: 2,
                duration_ms: 3,
                outcome: CallOutcome::Failed(FaultCode::Internal),
            }],
            calls_left_out: 4,
            exchanges: vec![ExchangeRecord {
                at_ms: 5,
                operation: Operation::List,
                duration_ms: 6,
                status: Some(503),
                failure: Some(Failure::Failed),
                retry_after_s: Some(7),
            }],
            exchanges_left_out: 8,
        }),
        Answer::ReclaimLeases(vec![id()]),
    ]
}
