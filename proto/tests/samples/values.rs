//! Sample values that several calls and answers have.

use tai_proto::{
    Fault, FaultCode, Hint, Secret,
    account::*,
    approval::*,
    call::*,
    mail::*,
    names::{Address, MailId, Username},
};

pub(crate) fn id() -> MailId {
    MailId::new(7).unwrap()
}

pub(crate) fn address() -> Address {
    Address::new("d.u@tai.chat").unwrap()
}

pub(crate) fn username() -> Username {
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
        once: true,
        consent: Consent::NotAsked,
    }
}

pub(crate) fn reply() -> Submit {
    Submit {
        draft: Draft {
            target: Target::Reply { to: id() },
            subject: None,
            content: "c".into(),
            format: Format::Html,
        },
        insist: false,
        once: true,
        consent: Consent::Answered {
            ticket: "t".into(),
            answer: ConsentAnswer::CannotAsk,
        },
    }
}

pub(crate) fn envelope() -> Envelope {
    Envelope {
        id: id(),
        from: "f".into(),
        to: "t".into(),
        subject: "s".into(),
        date: "d".into(),
        read: true,
        preview: Some("p".into()),
    }
}

pub(crate) fn sent() -> SentMail {
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

pub(crate) fn preview() -> MailPreview {
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

pub(crate) fn held() -> HeldMail {
    HeldMail {
        client: "c".into(),
        instance: None,
        number: 3,
        version: "v".into(),
        since: "a".into(),
        until: "b".into(),
        state: HeldState::MaybeSent,
        replaces: Some(gone()),
        revises: Some(Box::new(RevisedMail {
            number: 1,
            digest: "e".into(),
        })),
        is_reply: true,
        format: Format::Html,
        mail: Box::new(preview()),
    }
}

pub(crate) fn gone() -> GoneMail {
    GoneMail {
        number: 2,
        version: "v".into(),
        instance: None,
        since: "a".into(),
        digest: "d".into(),
        state: GoneState::Locked,
    }
}

pub(crate) fn fetched() -> FetchedMail {
    FetchedMail {
        address: address(),
        left_out: LeftOut::default(),
        passed_over: vec![id()],
        is_leased: true,
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
                undescribed_images: 4,
                scripts: 5,
                forms: 6,
                invisible: 7,
                deceptive_links: 8,
                cut: true,
                simplified: false,
            },
            quoted_lines: 9,
        })),
    }
}

pub(crate) fn window() -> Window {
    Window {
        part: 2,
        limit: 8_000,
        lines: 1_900,
        has_history: true,
    }
}

pub(crate) fn left_out() -> LeftOut {
    LeftOut {
        hidden: 2,
        without_id: 3,
        not_examined: 4,
        taken: 5,
    }
}

pub(crate) fn inbox() -> Inbox {
    Inbox {
        address: address(),
        mails: vec![envelope()],
        total: 1,
        more: false,
        left_out: left_out(),
    }
}

pub(crate) fn found() -> SearchResults {
    SearchResults {
        address: address(),
        mails: vec![],
        looked_at: 5,
        complete: true,
        left_out: left_out(),
    }
}

pub(crate) fn question() -> Question {
    Question {
        ticket: "t".into(),
        number: 3,
        mail: Box::new(preview()),
    }
}

pub(crate) fn changed() -> ChangedMail {
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
