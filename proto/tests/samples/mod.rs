//! Sample values of each call and each answer, in the order of the protocol.
#![allow(dead_code, clippy::unwrap_used)]

mod person;
mod values;

pub(crate) use values::*;

use tai_proto::{
    Answer, Call, Method as _, account::*, approval::*, call::*, mail::*, person::SendOutcome,
    release::Release,
};

/// Returns each call in the order of [`Call`], then other forms of some calls.
pub(crate) fn calls() -> Vec<Call> {
    let except = Except {
        senders: vec![address()],
        mails: vec![id()],
    };
    let fetches = [Which::Oldest { except }, Which::Named(id())].map(|which| {
        let window = window();
        Fetch { which, window }.into_call()
    });
    let mut more = vec![reply().into_call(), person::sent_after_a_question()];
    more.extend(fetches);
    let calls = vec![
        submit().into_call(),
        Fetch {
            which: Which::OLDEST,
            window: window(),
        }
        .into_call(),
        Peek {
            id: id(),
            window: window(),
        }
        .into_call(),
        List {
            limit: 10,
            offset: 1,
            show_read: true,
            previews: false,
        }
        .into_call(),
        Search {
            query: "q".into(),
            limit: 20,
            unread_only: true,
        }
        .into_call(),
        Delete { id: id() }.into_call(),
        MarkRead { id: id() }.into_call(),
        Settle { id: id() }.into_call(),
        EndLease {
            id: id(),
            delivery: Delivery::Returned,
        }
        .into_call(),
        Watch { since: Some(9) }.into_call(),
        GetInfo.into_call(),
        GetStatus.into_call(),
        ClaimAccount {
            username: Some(username()),
            bridge: Some("b".into()),
        }
        .into_call(),
        OfferCredentials {
            credentials: credentials(),
        }
        .into_call(),
        MakeWay {
            release: Release(1, 2, 3),
        }
        .into_call(),
        Login {
            credentials: credentials(),
            save: true,
        }
        .into_call(),
        Logout {
            whose: Whose::Account(username()),
        }
        .into_call(),
        RetryLogin.into_call(),
        ListHeld.into_call(),
        ResolveHeld {
            number: 3,
            version: "v".into(),
            verdict: Verdict::Send,
        }
        .into_call(),
        ReadHeld {
            number: 3,
            form: HeldForm::Html,
            offset: 4,
        }
        .into_call(),
        Stop {
            loses_at_most: Some(2),
        }
        .into_call(),
        FindReply { to: id() }.into_call(),
        WaitFor {
            filter: Filter {
                from: Some("f".into()),
                subject: None,
            },
            limit_ms: 1000,
            window: window(),
        }
        .into_call(),
    ];
    [calls, person::calls(), more].concat()
}

/// Returns each answer in the order of [`Answer`], then other forms of some answers.
pub(crate) fn answers() -> Vec<Answer> {
    let answers = vec![
        Answer::Submit(SubmitOutcome::Sent(sent())),
        Answer::Fetch(fetched()),
        Answer::Peek(FetchedMail {
            address: address(),
            mail: None,
            is_leased: false,
            left_out: left_out(),
            passed_over: Vec::new(),
        }),
        Answer::List(inbox()),
        Answer::Search(found()),
        Answer::Delete(changed()),
        Answer::MarkRead(changed()),
        Answer::Settle(Settled { marked_read: true }),
        Answer::EndLease(()),
        Answer::Watch(MailboxUpdate {
            mark: 9,
            arrived: true,
        }),
        Answer::GetInfo(Info {
            version: "v".into(),
            address: None,
            bridge: "b".into(),
            default_to: Some("d".into()),
            api_timeout_ms: 30_000,
            profile: "p".into(),
        }),
        Answer::GetStatus("{}".into()),
        Answer::ClaimAccount(AccountClaim::Serves(PasswordNeed::Needed)),
        Answer::OfferCredentials(()),
        Answer::MakeWay(Succession::IsNeeded),
        Answer::Login(SignedIn {
            username: username(),
            address: address(),
            not_saved: Some(fault()),
        }),
        Answer::Logout(SignedOut {
            former: Former::SignedOutBefore(username()),
            forgotten: true,
            not_forgotten: Some(fault()),
            still_configured: Some("s".into()),
        }),
        Answer::RetryLogin(()),
        Answer::ListHeld(HeldList {
            waiting: vec![held()],
            gone: vec![gone()],
        }),
        Answer::ResolveHeld(Resolution::Discarded { maybe_sent: true }),
        Answer::ReadHeld(HeldPart {
            version: Some("v".into()),
            text: "t".into(),
            next: Some(5),
        }),
        Answer::Stop(StopOutcome::WouldLose(3)),
        Answer::FindReply(ReplyState::Held),
        Answer::WaitFor(fetched()),
    ];
    let more = vec![
        Answer::Submit(SubmitOutcome::Ask(question())),
        Answer::Submit(SubmitOutcome::Held(Box::new(held()))),
        Answer::Submit(SubmitOutcome::Preview(PreviewedMail {
            mail: preview(),
            left_out: "l".into(),
            asks: true,
        })),
        Answer::ResolveHeld(Resolution::Sent(sent())),
        Answer::SendMail(SendOutcome::Sent(sent())),
    ];
    [answers, person::answers(), more].concat()
}
