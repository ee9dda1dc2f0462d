//! Sample values of each call and each answer, in the order of the protocol.
#![allow(dead_code, clippy::unwrap_used)]

use tai_proto::{
    Answer, Call, Fault, FaultCode, Hint, Method as _, Secret,
    account::*,
    approval::*,
    call::*,
    mail::*,
    names::{Address, MailId, Username},
    release::Release,
};

pub(crate) fn id() -> MailId {
    MailId::new(7).unwrap()
}

fn address() -> Address {
    Address::new("d.u@tai.chat").unwrap()
}

fn username() -> Username {
    Username::new("usr").unwrap()
}

pub(crate) fn credentials() -> Credentials {
    Credentials {
        username: username(),
        password: Secret::new("p".to_owned()),
    }
}

pub(crate) fn submit() -> Submit {
    Submit {
        draft: Draft {
            target: Target::New {
                to: Some("b@c".into()),
            },
            subject: Some("s".into()),
            content: "c".into(),
            format: Format::Markdown,
        },
        insist: true,
        consent: Consent::NotAsked,
    }
}

fn reply() -> Submit {
    Submit {
        draft: Draft {
            target: Target::Reply { to: id() },
            subject: None,
            content: "c".into(),
            format: Format::Html,
        },
        insist: false,
        consent: Consent::Answered {
            ticket: "t".into(),
            answer: ConsentAnswer::CannotAsk,
        },
    }
}

fn envelope() -> Envelope {
    Envelope {
        id: id(),
        from: "f".into(),
        to: "t".into(),
        subject: "s".into(),
        date: "d".into(),
        read: true,
    }
}

fn sent() -> SentMail {
    SentMail {
        from: address(),
        to: "t".into(),
        subject: "s".into(),
        message_id: "m".into(),
        timestamp: "x".into(),
        reply: Some(ReplyReceipt {
            original: id(),
            threaded: true,
        }),
        left_out: "l".into(),
    }
}

fn preview() -> MailPreview {
    MailPreview {
        from: "f".into(),
        to: "t".into(),
        subject: "s".into(),
        warning: "w".into(),
        loads: "h".into(),
        text: "x".into(),
        details: "d".into(),
        left_out: 1,
    }
}

fn held() -> HeldMail {
    HeldMail {
        client: "c".into(),
        instance: None,
        number: 3,
        since: "a".into(),
        until: "b".into(),
        state: HeldState::MaybeSent,
        replaces: Some(gone()),
        mail: Box::new(preview()),
    }
}

fn gone() -> GoneMail {
    GoneMail {
        number: 2,
        instance: None,
        since: "a".into(),
        digest: "d".into(),
        state: GoneState::Locked,
    }
}

fn fetched() -> FetchedMail {
    FetchedMail {
        address: address(),
        left_out: LeftOut::default(),
        mail: Some(Box::new(Mail {
            envelope: envelope(),
            body: "b".into(),
            part: Part {
                number: 2,
                of: 3,
                given: 1,
            },
            source: BodySource::Stripped,
            findings: Findings {
                hidden: 1,
                hidden_words: 2,
                trackers: 3,
                remote_images: 4,
                scripts: 5,
                forms: 6,
                invisible: 7,
                deceptive_links: 8,
                cut: true,
                simplified: false,
            },
        })),
    }
}

fn window() -> Window {
    Window {
        part: 2,
        limit: 8_000,
        lines: 1_900,
    }
}

fn left_out() -> LeftOut {
    LeftOut {
        hidden: 2,
        without_id: 3,
        not_examined: 4,
    }
}

fn changed() -> ChangedMail {
    ChangedMail {
        id: id(),
        subject: "s".into(),
    }
}

pub(crate) fn fault() -> Fault {
    Fault::new(FaultCode::OutcomeUnknown, "w")
        .because("y")
        .hint(Hint::each("a", "p"))
}

/// Returns each call in the order of [`Call`], then other forms of some calls.
pub(crate) fn calls() -> Vec<Call> {
    vec![
        submit().into_call(),
        Fetch {
            id: None,
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
        Logout.into_call(),
        RetryLogin.into_call(),
        ListHeld.into_call(),
        ResolveHeld {
            number: 3,
            send: true,
        }
        .into_call(),
        ReadHeld {
            number: 3,
            offset: 4,
        }
        .into_call(),
        Stop.into_call(),
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
        reply().into_call(),
    ]
}

/// Returns each answer in the order of [`Answer`], then other forms of some answers.
pub(crate) fn answers() -> Vec<Answer> {
    vec![
        Answer::Submit(SubmitOutcome::Sent(sent())),
        Answer::Fetch(fetched()),
        Answer::Peek(FetchedMail {
            address: address(),
            mail: None,
            left_out: left_out(),
        }),
        Answer::List(Inbox {
            address: address(),
            mails: vec![envelope()],
            total: 1,
            more: false,
            left_out: left_out(),
        }),
        Answer::Search(SearchResults {
            address: address(),
            mails: vec![],
            looked_at: 5,
            complete: true,
            left_out: left_out(),
        }),
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
            username: None,
            forgotten: true,
            still_configured: Some("s".into()),
        }),
        Answer::RetryLogin(()),
        Answer::ListHeld(HeldList {
            waiting: vec![held()],
            gone: vec![gone()],
        }),
        Answer::ResolveHeld(Resolution::Discarded),
        Answer::ReadHeld(HeldPart {
            text: "t".into(),
            next: Some(5),
        }),
        Answer::Stop(()),
        Answer::FindReply(ReplyState::Held),
        Answer::WaitFor(fetched()),
        Answer::Submit(SubmitOutcome::Ask(Question {
            ticket: "t".into(),
            number: 3,
            mail: Box::new(preview()),
        })),
        Answer::Submit(SubmitOutcome::Held(held())),
        Answer::Submit(SubmitOutcome::Preview(PreviewedMail {
            mail: preview(),
            left_out: "l".into(),
            asks: true,
        })),
        Answer::ResolveHeld(Resolution::Sent(sent())),
    ]
}
