//! Answers of a broken or hostile bridge: huge, odd, and full of control characters.

use super::{desk, works};
use serde_json::json;
use std::process::Stdio;
use tai_e2e::{Machine, PASSWORD, USER, processes::peak_memory, wait_until};
use tai_sandbox::{Canned, FaultKind, NewMail, Tokens};

pub(super) const LIST: &str = "GET /api/v1/messages";
const ONE: &str = "GET /api/v1/messages/{id}";
const LOGIN: &str = "POST /api/v1/login";

pub(super) fn to_desk(subject: &str) -> NewMail {
    NewMail {
        from: "eve@example.com".into(),
        to: format!("desk.{USER}@tai.chat"),
        subject: Some(subject.into()),
        body_text: Some("the body".into()),
        ..NewMail::default()
    }
}

/// Returns an answer whose list has this row this many times.
pub(super) fn rows(row: &str, count: usize) -> Canned {
    Canned {
        start: r#"{"success":true,"data":{"messages":["#.into(),
        unit: format!("{row},"),
        count,
        end: format!(r#"{row}],"count":9,"has_more":false}}}}"#),
        ..Canned::default()
    }
}

#[test]
fn chaos_mails_with_huge_subjects_can_be_listed_searched_read_and_deleted() {
    let machine = Machine::new();
    let huge = format!("start {}", "é".repeat(950_000));
    let ids: Vec<u64> = (0..3)
        .map(|_| machine.sandbox.deliver(&to_desk(&huge)).unwrap().unwrap())
        .collect();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let list = shim.call("list_inbox", json!({}));
    assert!(!list.is_error, "{}", list.text);
    for id in &ids {
        assert!(list.text.contains(&id.to_string()), "{}", list.text);
    }
    assert!(list.text.len() < 20_000, "{}", list.text.len());
    let found = shim.call("search_inbox", json!({"query": "start"}));
    assert!(
        !found.is_error && found.text.contains("start"),
        "{}",
        found.text
    );
    let read = shim.call("fetch_email", json!({"email_id": ids[0]}));
    assert!(read.text.contains("the body"), "{}", read.text);
    for id in &ids {
        let deleted = shim.call("delete_email", json!({"email_id": id}));
        assert!(!deleted.is_error, "{}", deleted.text);
    }
    assert!(machine.sandbox.mails().unwrap().is_empty());
}

#[test]
fn chaos_one_odd_mail_does_not_hide_the_others() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    works(&mut shim);
    let good = format!(r#"{{"id":4,"to":"desk.{USER}@tai.chat","subject":"good"}}"#);
    for (odd, shown) in [
        (r#""id":3,"subject":"caf\ud83d""#, Some("caf\u{fffd}")),
        (
            r#""id":"3","subject":"text id","is_read":"0""#,
            Some("text id"),
        ),
        (
            r#""id":3,"subject":"null flag","is_read":null"#,
            Some("null flag"),
        ),
        (r#""id":3,"id":3,"subject":"twice""#, Some("twice")),
        (r#""subject":"no id""#, None),
    ] {
        let mut answer = rows(&good, 0);
        answer.start += &format!(r#"{{"to":"desk.{USER}@tai.chat",{odd}}},null,"#);
        machine.sandbox.can(answer, 1, LIST);
        let list = shim.call("list_inbox", json!({"show_read": true}));
        assert!(list.text.contains("good"), "{odd}: {}", list.text);
        if let Some(shown) = shown {
            assert!(list.text.contains(shown), "{odd}: {}", list.text);
        }
    }
}

#[test]
fn chaos_a_hostile_answer_needs_little_memory() {
    let error = |status| Canned {
        status,
        start: r#"{"success":false,"error":{"code":"X","message":""#.into(),
        unit: "long \\u001b[2J ".into(),
        count: 5 << 20 >> 4,
        end: r#""}}"#.into(),
        ..Canned::default()
    };
    let body = format!(
        r#"{{"id":1,"to":"desk.{USER}@tai.chat","body_html":"{}"}}"#,
        "x".repeat(2 << 20)
    );
    let mut bomb = rows("{}", 0);
    bomb.unit = " ".repeat(1 << 20);
    bomb.count = 300;
    bomb.gzip = true;
    let mut nested = Canned::new(200, r#"{"success":true,"data":{"id":1,"x":["#);
    nested.unit = "[0,0,0,0],".into();
    nested.count = 6_200_000;
    nested.end = "0]}}".into();
    let mut deep = Canned::new(200, "");
    deep.unit = "[".into();
    deep.count = 62_000_000;
    let mut key = Canned::new(200, r#"{""#);
    key.unit = "key ".into();
    key.count = 15_000_000;
    key.end = r#"":1}"#.into();
    let mut subject = rows("{}", 0);
    subject.start += r#"{"id":1,"subject":""#;
    subject.unit = "sub\\u00e9".into();
    subject.count = 6_000_000;
    subject.end = r#""}],"count":1,"has_more":false}}"#.into();
    let search = json!({"query": "word"});
    let all = [
        (
            "63 MB of rows",
            LIST,
            rows(r#"{"id":1}"#, 7_000_000),
            "list_inbox",
            json!({}),
        ),
        (
            "63 MB of rows with bodies",
            LIST,
            rows(r#"{"id":1}"#, 7_000_000),
            "search_inbox",
            search.clone(),
        ),
        (
            "25 bodies of 2 MB",
            LIST,
            rows(&body, 24),
            "search_inbox",
            search,
        ),
        ("a subject of 54 MB", LIST, subject, "list_inbox", json!({})),
        (
            "62 MB of lists in one mail",
            ONE,
            nested,
            "fetch_email",
            json!({"email_id": 1}),
        ),
        (
            "62 MB of open lists",
            ONE,
            deep,
            "fetch_email",
            json!({"email_id": 1}),
        ),
        ("a key of 60 MB", LIST, key, "list_inbox", json!({})),
        ("a compressed 300 MB", LIST, bomb, "list_inbox", json!({})),
        (
            "an error text of 5 MB",
            LIST,
            error(423),
            "list_inbox",
            json!({}),
        ),
        (
            "an error text of 5 MB, 500",
            LIST,
            error(500),
            "list_inbox",
            json!({}),
        ),
    ];
    for (what, endpoint, answer, tool, arguments) in all {
        let machine = Machine::new();
        let taid = machine.start();
        taid.wait_until_live();
        let mut shim = desk(&machine);
        works(&mut shim);
        let before = peak_memory(taid.pid()).unwrap();
        machine.sandbox.can(answer, 4, endpoint);
        let answer = shim.call(tool, arguments);
        assert!(answer.text.len() < 100_000, "{what}: {}", answer.text.len());
        assert!(!answer.text.contains('\u{1b}'), "{what}: {}", answer.text);
        let grown = peak_memory(taid.pid()).unwrap() - before;
        eprintln!("{what}: {grown} kB");
        assert!(grown < 80_000, "{what}: {grown} kB");
        machine.sandbox.heal();
        works(&mut shim);
        assert_eq!(machine.status()["session"]["state"], "live", "{what}");
    }
}

#[test]
fn chaos_a_huge_error_text_of_a_login_breaks_neither_calls_nor_the_status() {
    let machine = Machine::new();
    let mut refusal = Canned::new(
        423,
        r#"{"success":false,"error":{"code":"LOCKED","message":""#,
    );
    refusal.unit = "locked ".into();
    refusal.count = 700_000;
    refusal.end = r#""}}"#.into();
    machine.sandbox.can(refusal, 1, LOGIN);
    let _taid = machine.start();
    wait_until("the login has failed", || {
        machine.status()["session"]["failed_logins"] == 1
    });
    let call = desk(&machine).call("list_inbox", json!({}));
    assert!(call.text.contains("locked locked"), "{}", call.text);
    assert!(call.text.len() < 10_000, "{}", call.text.len());
    let why = machine.status()["session"]["last_error"]["why"].to_string();
    assert!(why.contains("locked") && why.len() < 5_000, "{}", why.len());
}

#[test]
fn chaos_control_characters_of_the_bridge_reach_neither_the_terminal_nor_the_log() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[]);
    let message = r"x\u001b[2Jy\u009b1m\u202e\n2026-11-27T00:00:00Z ERROR taid: forged";
    let error = |status| {
        let body =
            format!(r#"{{"success":false,"error":{{"code":"A\nB","message":"{message}"}}}}"#);
        Canned::new(status, &body)
    };
    for status in [500, 423, 404] {
        machine.sandbox.can(error(status), 1, LOGIN);
        let login = machine.login(PASSWORD);
        let said = String::from_utf8_lossy(&login.stderr).into_owned();
        assert!(said.contains("forged"), "{status}: {said}");
        let bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!said.contains(bad), "{status}: {said:?}");
    }
    assert!(machine.login(PASSWORD).status.success());
    let mut shim = desk(&machine);
    for status in [500, 423, 401] {
        machine.sandbox.can(error(status), 4, LIST);
        let call = shim.call("list_inbox", json!({}));
        assert!(!call.text.contains('\u{1b}'), "{status}: {}", call.text);
        machine.sandbox.heal();
    }
    let log = machine.log();
    assert!(log.contains("forged"));
    assert!(
        !log.lines()
            .any(|line| line.starts_with("2026-11-27T00:00:00Z ERROR taid: forged"))
    );
    assert!(
        !log.contains(|c: char| c.is_control() && c != '\n'),
        "{log:?}"
    );
}

#[test]
fn chaos_bad_tokens_cost_two_logins_and_a_person_does_not_wait() {
    let machine = Machine::new();
    machine
        .sandbox
        .behave(|behaviour| behaviour.tokens = Tokens::WrongSub);
    let _taid = machine.start();
    let mut shim = desk(&machine);
    for _ in 0..20 {
        let call = shim.call("list_inbox", json!({}));
        assert!(call.text.contains("another username"), "{}", call.text);
    }
    assert_eq!(machine.sandbox.count(LOGIN), 2);
    machine
        .sandbox
        .behave(|behaviour| behaviour.tokens = Tokens::Good);
    let login = machine.login(PASSWORD);
    assert!(login.status.success(), "{login:?}");
    assert_eq!(machine.sandbox.count(LOGIN), 3);
    works(&mut shim);
}

#[test]
fn chaos_short_tokens_without_a_refresh_cost_two_logins() {
    let machine = Machine::new();
    machine.sandbox.behave(|behaviour| {
        behaviour.token_ttl_s = 2;
        behaviour.has_refresh = false;
    });
    let _taid = machine.start();
    let mut shim = desk(&machine);
    wait_until("the next login must wait", || {
        let call = shim.call("list_inbox", json!({}));
        call.text.contains("the next attempt is due in")
    });
    assert_eq!(machine.sandbox.count(LOGIN), 2);
}

/// In this file, whose tests begin early, because it lasts almost a minute.
#[test]
fn chaos_a_bridge_that_answers_late_is_named_to_a_person_and_taid_is_left_alone() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("TAI_MCP_API_TIMEOUT", "60000")]);
    for (operation, kind) in [
        ("GET /api/v1/messages", FaultKind::Hang),
        ("POST /api/v1/send-email", FaultKind::HangAfter),
    ] {
        machine.sandbox.fail(kind, 1, operation);
    }
    let commands = [
        &["inbox", "--all"][..],
        &["send", "--to", "bob@tai.chat", "--body", "late", "--yes"],
    ];
    let running = commands.map(|arguments| {
        let mut command = machine.command("taid");
        command.args(arguments).stderr(Stdio::piped());
        command.spawn().unwrap()
    });
    let [inbox, send] = running.map(|child| child.wait_with_output().unwrap());
    let first = |stderr: &[u8]| machine.plain(stderr).lines().next().map(str::to_owned);
    assert_eq!(
        [first(&inbox.stderr), first(&send.stderr)].map(Option::unwrap_or_default),
        [
            "error: the mail bridge did not answer within 54 s",
            "error: it is unknown whether the mail was sent"
        ]
    );
    assert!(!machine.plain(&inbox.stderr).contains("kill"));
    assert!(!machine.plain(&send.stderr).contains("kill"));
}
