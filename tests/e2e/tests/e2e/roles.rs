//! Who may do what: the calls of an agent, the owners of leases and tickets, and hostile names.

use crate::mail::mail;
use serde_json::json;
use tai_e2e::{Machine, raw::Raw, wait_until};
use tai_proto::{
    Answer, FaultCode, Method, ToDaemon,
    account::{Credentials, Succession},
    approval::{Consent, ConsentAnswer, SubmitOutcome},
    call::{
        Delivery, EndLease, Fetch, GetInfo, ListHeld, Login, Logout, MakeWay, OfferCredentials,
        ResolveHeld, Settle, Stop, Submit, Verdict, WatchHeld, Which, Whose,
    },
    frame::MAX_FRAME,
    hello::{Hello, Welcome},
    mail::{Draft, Format, Target, Window},
    message::{Identity, Role},
    names::MailId,
    release::Release,
};

fn agent(instance: &str) -> Role {
    let instance = Some(instance.parse().unwrap());
    Role::Agent { instance }
}

const STOP: Stop = Stop {
    loses_at_most: None,
};

/// Makes a call and returns its answer.
fn call(raw: &mut Raw, method: impl Method) -> Result<Answer, FaultCode> {
    raw.request(1, method);
    let (_, result) = raw.answer();
    result.map_err(|fault| fault.code)
}

fn leased(raw: &mut Raw) -> Option<MailId> {
    match call(
        raw,
        Fetch {
            which: Which::OLDEST,
            window: Window::WHOLE,
        },
    )
    .unwrap()
    {
        Answer::Fetch(fetched) => fetched.mail.map(|mail| mail.envelope.id),
        other => panic!("{other:?}"),
    }
}

fn submit(content: &str, consent: Consent) -> Submit {
    Submit {
        draft: Draft {
            target: Target::New {
                to: Some("bob@tai.chat".into()),
            },
            subject: None,
            content: tai_proto::text::Content::cut(content),
            format: Format::Markdown,
        },
        insist: false,
        once: false,
        consent,
    }
}

/// Submits a mail and returns the ticket of the question.
fn ask(raw: &mut Raw, content: &str) -> tai_proto::text::Label {
    match call(raw, submit(content, Consent::NotAsked)).unwrap() {
        Answer::Submit(SubmitOutcome::Ask(question)) => question.ticket,
        other => panic!("{other:?}"),
    }
}

fn answered(ticket: &tai_proto::text::Label, answer: ConsentAnswer) -> Consent {
    let ticket = ticket.clone();
    Consent::Answered { ticket, answer }
}

#[test]
fn an_agent_can_neither_approve_nor_log_in_or_out_nor_stop_taid_nor_change_its_instance() {
    let machine = Machine::new();
    machine.configure("confirm_send = \"always\"\n");
    let _taid = machine.start();
    let mut raw = Raw::open_as(&machine.socket(), agent("desk"));
    let ticket = ask(&mut raw, "text");
    let held = call(
        &mut raw,
        submit("text", answered(&ticket, ConsentAnswer::CannotAsk)),
    );
    assert!(matches!(held, Ok(Answer::Submit(SubmitOutcome::Held(_)))));
    let refused = Err(FaultCode::NotPermitted);
    for verdict in [Verdict::Send, Verdict::Discard] {
        let resolve = ResolveHeld {
            number: 1,
            version: "".into(),
            verdict,
        };
        assert_eq!(call(&mut raw, resolve), refused);
    }
    assert_eq!(call(&mut raw, ListHeld), refused);
    assert_eq!(call(&mut raw, WatchHeld { since: None }), refused);
    assert_eq!(call(&mut raw, Logout { whose: Whose::Any }), refused);
    assert_eq!(call(&mut raw, STOP), refused);
    let login = Login {
        credentials: Credentials {
            username: "mallory".parse().unwrap(),
            password: tai_proto::Secret::new("another-password".to_owned()),
        },
        save: false,
    };
    assert_eq!(call(&mut raw, login), refused);
    // A daemon with a mail that waits does not make way either.
    let make_way = MakeWay {
        release: Release(9999, 0, 0),
    };
    let stays = Ok(Answer::MakeWay(Succession::IsNeeded));
    assert_eq!(call(&mut raw, make_way), stays);
    raw.frame(&ToDaemon::Attach(agent("lab")));
    assert!(raw.is_hung_up_on());
    assert_eq!(machine.held(), 1);
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 0);
}

#[test]
fn the_offer_of_a_password_does_not_choose_the_account() {
    let machine = Machine::new();
    machine.configure("confirm_send = \"never\"\n");
    machine
        .sandbox
        .add_account("mallory", "password-of-mallory")
        .unwrap();
    let _taid = machine.start_bare(&[]);
    let mut raw = Raw::open_as(&machine.socket(), agent("desk"));
    let offer = OfferCredentials {
        credentials: Credentials {
            username: "mallory".parse().unwrap(),
            password: tai_proto::Secret::new("password-of-mallory".to_owned()),
        },
    };
    assert!(call(&mut raw, offer).is_err());
    assert_eq!(machine.status()["account"]["username"], json!(null));
    assert_eq!(machine.sandbox.count("POST /api/v1/login"), 0);
}

#[test]
fn a_report_about_the_mail_of_another_instance_has_no_effect() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut lab = Raw::open_as(&machine.socket(), agent("lab"));
    let new = mail("desk.alice@tai.chat", "subject", "2026-01-01 00:00:00");
    let first = machine.sandbox.deliver(&new).unwrap().unwrap();
    for id in first..first + 3 {
        let id = MailId::new(id).unwrap();
        let delivery = Delivery::Delivered;
        assert!(call(&mut lab, EndLease { id, delivery }).is_ok());
    }
    machine.sandbox.deliver(&new).unwrap().unwrap();
    assert_eq!(leased(&mut lab), None);
    let mut desk = Raw::open_as(&machine.socket(), agent("desk"));
    let mut got = || leased(&mut desk).map(MailId::get);
    assert_eq!([got(), got()], [Some(first), Some(first + 1)]);
}

#[test]
fn a_lease_is_settled_and_ended_only_by_its_connection() {
    let machine = Machine::new();
    let _taid = machine.start();
    let new = mail("desk.alice@tai.chat", "subject", "2026-01-01 00:00:00");
    machine.sandbox.deliver(&new).unwrap().unwrap();
    let mut holder = Raw::open_as(&machine.socket(), agent("desk"));
    let id = leased(&mut holder).expect("a mail");
    for instance in ["desk", "lab"] {
        let mut other = Raw::open_as(&machine.socket(), agent(instance));
        assert_eq!(call(&mut other, Settle { id }), Err(FaultCode::NotFound));
        for delivery in [Delivery::Delivered, Delivery::Returned] {
            let end = EndLease { id, delivery };
            assert_eq!(call(&mut other, end), Ok(Answer::EndLease(())));
        }
        assert_eq!(leased(&mut other), None, "{instance} took a leased mail");
    }
    assert!(call(&mut holder, Settle { id }).is_ok());
    // The holder leaves before it has written the mail. Another instance's report has no effect.
    drop(holder);
    let is_gone = || machine.status()["clients"].as_array().unwrap().is_empty();
    wait_until("the holder is gone", is_gone);
    let mut lab = Raw::open_as(&machine.socket(), agent("lab"));
    let delivery = Delivery::Delivered;
    assert!(call(&mut lab, EndLease { id, delivery }).is_ok());
    let mut next = Raw::open_as(&machine.socket(), agent("desk"));
    assert_eq!(leased(&mut next), Some(id), "the mail is lost");
}

#[test]
fn a_ticket_belongs_to_an_instance_and_survives_its_connection() {
    let machine = Machine::new();
    machine
        .sandbox
        .add_account("bob", "sandbox-password")
        .unwrap();
    machine.configure("confirm_send = \"always\"\n");
    let _taid = machine.start();
    let yes = ConsentAnswer::Approved;
    let ticket = ask(&mut Raw::open_as(&machine.socket(), agent("desk")), "one");
    let mut lab = Raw::open_as(&machine.socket(), agent("lab"));
    let stolen = call(&mut lab, submit("one", answered(&ticket, yes)));
    assert_eq!(stolen, Err(FaultCode::NotPermitted));
    let ticket = ask(&mut Raw::open_as(&machine.socket(), agent("desk")), "two");
    let mut again = Raw::open_as(&machine.socket(), agent("desk"));
    let sent = call(&mut again, submit("two", answered(&ticket, yes)));
    assert!(
        matches!(sent, Ok(Answer::Submit(SubmitOutcome::Sent(_)))),
        "{sent:?}"
    );
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 1);
}

/// Appends a string in the form of the protocol.
fn string(bytes: &mut Vec<u8>, text: &[u8]) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text);
}

#[test]
fn hostile_names_end_their_connection_and_never_reach_a_page() {
    let machine = Machine::new();
    let _taid = machine.start();
    let long = vec![b'x'; MAX_FRAME - 64];
    for name in [b"x\x1b]0;PWNED\x07".as_slice(), &long, b"", b"a/b"] {
        let mut raw = Raw::connect(&machine.socket()).unwrap();
        raw.frame(&Hello::new("test"));
        raw.read::<Welcome>().unwrap();
        // `Attach(Agent { instance: Some(name) })`.
        let mut body = [0u32.to_le_bytes(), 0u32.to_le_bytes()].concat();
        body.push(1);
        string(&mut body, name);
        raw.bytes(&(body.len() as u32).to_le_bytes());
        raw.bytes(&body);
        raw.request(1, GetInfo);
        assert!(raw.is_hung_up_on(), "{} bytes", name.len());
    }
    // A name that fits the limits is shown without its control characters.
    let mut raw = Raw::open_as(&machine.socket(), agent("desk"));
    raw.frame(&ToDaemon::Identify(Identity {
        name: "x\x1b]0;PWNED\x07\nline".into(),
        version: "\u{202e}1".into(),
    }));
    assert!(call(&mut raw, GetInfo).is_ok());
    for command in [
        ["status"].as_slice(),
        &["status", "--json"],
        &["status", "--all", "--json"],
    ] {
        let page = machine.plain(&machine.cli(command).stdout);
        assert!(page.contains("x?]0;PWNED??line"), "{page}");
        assert!(!page.contains(['\x1b', '\x07', '\u{202e}']), "{page:?}");
    }
}

#[test]
fn without_a_terminal_no_command_approves_or_signs_out_by_accident() {
    let machine = Machine::new();
    machine.configure("confirm_send = \"always\"\n");
    let _taid = machine.start();
    let mut raw = Raw::open_as(&machine.socket(), agent("desk"));
    let ticket = ask(&mut raw, "text");
    let cannot_ask = answered(&ticket, ConsentAnswer::CannotAsk);
    assert!(call(&mut raw, submit("text", cannot_ask)).is_ok());
    for command in [["approve", "1"].as_slice(), &["logout"]] {
        let output = machine.cli(command);
        assert_eq!(output.status.code(), Some(1));
        let said = machine.plain(&output.stderr);
        assert!(said.contains("needs an interactive terminal"), "{said}");
        // The text does not teach an agent the option that answers.
        assert!(!said.contains("--yes"), "{said}");
    }
    assert_eq!(machine.held(), 1);
    assert_ne!(machine.status()["session"]["state"], "signed_out");
}
