//! A person at a terminal, and scripts: the mail of every address of the account.

use crate::mail::mail;
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    process::{Output, Stdio},
};
use tai_e2e::{Machine, raw::Raw, terminal::Terminal};
use tai_proto::{
    Answer, FaultCode, Method,
    call::{DeleteMail, Fetch, FinishMail, ListMail, ReadMail, SearchMail, SendMail, Which},
    mail::{Draft, Format, Target, Window},
    message::Role,
    names::MailId,
    person::{PersonConsent, Scope},
};

/// The recipients of the mails, oldest first.
const TO: [&str; 7] = [
    "desk.alice@tai.chat",
    "lab.alice@tai.chat",
    "server.alice@tai.chat",
    "alice@tai.chat",
    "Deks.alice@tai.chat",
    "deks.alice@tai.chat",
    "x.desk.alice@tai.chat",
];

pub(super) fn text(bytes: &[u8]) -> String {
    tai_e2e::without_home(std::str::from_utf8(bytes).unwrap())
}

pub(super) fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

/// Returns a machine with a mail at each address, and with clients at three of them: `desk` connects,
/// `lab` is configured for agents, and `server` is in the configuration of Cursor.
pub(super) fn machine() -> Machine {
    let machine = Machine::new();
    machine.configure("[instances.lab]\nread_only = true\nallow_from = [\"bob@tai.chat\"]\n");
    machine
        .sandbox
        .add_account("bob", "sandbox-password")
        .unwrap();
    for (n, to) in TO.iter().enumerate() {
        let time = format!("2026-01-01 00:00:0{n}");
        let new = mail(to, &format!("mail {}", n + 1), &time);
        assert_eq!(machine.sandbox.deliver(&new).unwrap(), Some(n as u64 + 1));
    }
    let server = json!({"command": "tai-mcp", "env": {"TAI_MCP_INSTANCE": "server"}});
    let other = json!({"command": "tai-mcp",
        "env": {"TAI_MCP_INSTANCE": "deks", "TAI_MCP_PROFILE": "other"}});
    let cursor = json!({"mcpServers": {"tai": server, "other": other}});
    fs::create_dir_all(machine.home().join(".cursor")).unwrap();
    fs::write(machine.home().join(".cursor/mcp.json"), cursor.to_string()).unwrap();
    machine
}

fn agent(instance: &str) -> Role {
    let instance = Some(instance.parse().unwrap());
    Role::Agent { instance }
}

fn unread(machine: &Machine) -> Vec<u64> {
    let mails = machine.sandbox.mails().unwrap().into_iter();
    let unread = mails.filter(|mail| !mail.is_read);
    let mut ids: Vec<u64> = unread.map(|mail| mail.id).collect();
    ids.sort_unstable();
    ids
}

pub(super) fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("no JSON: {}", text(&output.stderr)))
}

#[test]
fn a_person_lists_and_reads_the_mail_of_every_address_and_takes_none_from_an_agent() {
    let machine = machine();
    let _taid = machine.start();
    let mut desk = Raw::open_as(&machine.socket(), agent("desk"));
    desk.request(
        1,
        Fetch {
            which: Which::OLDEST,
            window: Window::WHOLE,
        },
    );
    assert!(matches!(desk.answer().1, Ok(Answer::Fetch(fetched)) if fetched.mail.is_some()));

    let list = machine.cli(&["inbox"]);
    assert_eq!(code(&list), Some(0), "{}", text(&list.stderr));
    insta::assert_snapshot!(text(&list.stdout), @"
    * 7  2026-01-01 00:00 UTC  someone@example.com -> x.desk.alice@tai.chat
         mail 7
    * 6  2026-01-01 00:00 UTC  someone@example.com -> deks.alice@tai.chat
         mail 6
    * 5  2026-01-01 00:00 UTC  someone@example.com -> Deks.alice@tai.chat
         mail 5
    * 4  2026-01-01 00:00 UTC  someone@example.com -> alice@tai.chat
         mail 4
    * 3  2026-01-01 00:00 UTC  someone@example.com -> server.alice@tai.chat
         mail 3
    * 2  2026-01-01 00:00 UTC  someone@example.com -> lab.alice@tai.chat
         mail 2
    * 1  2026-01-01 00:00 UTC  someone@example.com -> desk.alice@tai.chat
         mail 1

    7 unread mails
    4 unread mails lie at addresses that no client uses: deks.alice@tai.chat (2), alice@tai.chat (1), x.desk.alice@tai.chat (1)
    ");
    let list = json_of(&machine.cli(&["inbox", "--json", "-n", "1", "--instance", "lab"]));
    assert_eq!(list["address"], "lab.alice@tai.chat");
    let list = json_of(&machine.cli(&["inbox", "--json", "-n", "2"]));
    insta::assert_snapshot!(format!("{list:#}"), @r#"
    {
      "schema": 1,
      "address": "alice@tai.chat",
      "mails": [
        {
          "id": 7,
          "from": "someone@example.com",
          "to": "x.desk.alice@tai.chat",
          "subject": "mail 7",
          "date": "2026-01-01T00:00:06Z",
          "read": false
        },
        {
          "id": 6,
          "from": "someone@example.com",
          "to": "deks.alice@tai.chat",
          "subject": "mail 6",
          "date": "2026-01-01T00:00:05Z",
          "read": false
        }
      ],
      "total": 7,
      "more": true,
      "without_id": 0,
      "not_examined": 0,
      "unattended": {
        "mails": 4,
        "addresses": [
          {
            "address": "deks.alice@tai.chat",
            "unread": 2
          },
          {
            "address": "alice@tai.chat",
            "unread": 1
          },
          {
            "address": "x.desk.alice@tai.chat",
            "unread": 1
          }
        ],
        "others": 0,
        "examined": null,
        "configurations_considered": true
      }
    }
    "#);

    let doctor = text(&machine.cli(&["doctor"]).stdout);
    assert!(
        doctor.contains("4 unread mails lie at addresses"),
        "{doctor}"
    );
    // `taid status` asks the bridge for a person at a terminal alone.
    let piped = text(&machine.cli(&["status"]).stdout);
    assert!(!piped.contains("unread"), "{piped}");
    let mut status = machine.command("taid");
    status.arg("status");
    let (_, page) = Terminal::spawn(status, 200).wait();
    assert!(page.contains("4 unread mails lie at addresses"), "{page}");

    let rest = machine.cli(&["inbox", "-n", "1", "--skip", "5"]);
    assert!(text(&rest.stdout).ends_with("\n1 unread mail; there are more: see them with `--skip 6`\n\
        4 unread mails lie at addresses that no client uses: deks.alice@tai.chat (2), alice@tai.chat (1), \
        x.desk.alice@tai.chat (1)\n"), "{}", text(&rest.stdout));

    // The oldest mail is being given to the agent.
    let read = machine.cli(&["read"]);
    insta::assert_snapshot!(text(&read.stdout), @"
    From:    someone@example.com
    To:      lab.alice@tai.chat
    Subject: mail 2
    Date:    2026-01-01T00:00:01Z
    Id:      2

    body of mail 2
    ");
    assert_eq!(unread(&machine), [1, 3, 4, 5, 6, 7]);
    let read = json_of(&machine.cli(&["read", "7", "--json", "--keep-unread"]));
    insta::assert_snapshot!(format!("{read:#}"), @r#"
    {
      "schema": 1,
      "mail": {
        "id": 7,
        "from": "someone@example.com",
        "to": "x.desk.alice@tai.chat",
        "subject": "mail 7",
        "date": "2026-01-01T00:00:06Z",
        "read": false,
        "body": "body of mail 7",
        "source": "text",
        "removed": {
          "hidden_passages": 0,
          "hidden_words": 0,
          "trackers": 0,
          "scripts": 0,
          "forms": 0,
          "invisible_characters": 0,
          "undescribed_images": 0,
          "deceptive_links": 0,
          "cut": false,
          "simplified": false
        },
        "note": null
      },
      "not_examined": 0
    }
    "#);
    let other = machine.cli(&["read", "7", "--instance", "desk"]);
    assert_eq!(code(&other), Some(1));

    // A pipe that fails loses no mail.
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut failing = machine.command("taid");
    let failing = failing
        .arg("read")
        .stdout(Stdio::from(full))
        .output()
        .unwrap();
    assert_eq!(code(&failing), Some(1));
    insta::assert_snapshot!(text(&failing.stderr), @"
    error: cannot write the mail
    caused by: No space left on device (os error 28)
    hint: its state is unchanged; read it again with `taid read 3`
    ");
    // What Rust opens in place of a closed output.
    let nothing = File::options()
        .read(true)
        .write(true)
        .open("/dev/null")
        .unwrap();
    let closed = machine
        .command("taid")
        .arg("read")
        .stdout(nothing)
        .output()
        .unwrap();
    assert_eq!(
        text(&closed.stderr).lines().next(),
        Some("error: standard output cannot be written")
    );
    assert_eq!(unread(&machine), [1, 3, 4, 5, 6, 7]);
    for id in ["3", "4", "5", "6", "7"] {
        assert!(text(&machine.cli(&["read"]).stdout).contains(&format!("body of mail {id}")));
    }
    assert_eq!(unread(&machine), [1]);
    let none = machine.cli(&["read"]);
    assert_eq!(
        (code(&none), text(&none.stdout)),
        (Some(0), "no unread mail is free to read\n".into())
    );

    let found = machine.cli(&["search", "body", "subject:\"mail 5\"", "is:read"]);
    insta::assert_snapshot!(text(&found.stdout), @"
      5  2026-01-01 00:00 UTC  someone@example.com -> Deks.alice@tai.chat
         mail 5

    1 mail matches
    ");
    let marked = machine.cli(&["mark-read", "1"]);
    assert_eq!(text(&marked.stdout), "mail 1 marked read\n");
    let deleted = machine.cli(&["delete", "6", "--yes"]);
    assert_eq!(text(&deleted.stdout), "mail 6 deleted: mail 6\n");
    let refused = machine.cli(&["delete", "5"]);
    assert_eq!(code(&refused), Some(1));
    assert_eq!(machine.sandbox.mails().unwrap().len(), 6);
    let gone = machine.cli(&["read", "6"]);
    insta::assert_snapshot!(text(&gone.stderr), @"
    error: Email with ID 6 not found
    hint: list the mails with `taid inbox --all`
    ");
}

#[test]
fn a_hostile_mail_does_nothing_to_the_terminal() {
    let machine = Machine::new();
    let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\r\u{202e}evil\u{2067}\u{8}";
    let mut new = mail("desk.alice@tai.chat", hostile, "2026-01-01 00:00:00");
    new.from = format!("{hostile}@example.com");
    new.body_text = Some(format!("{hostile}\nbody"));
    machine.sandbox.deliver(&new).unwrap().unwrap();
    let _taid = machine.start();
    for columns in [40, 80, 200] {
        for args in [
            ["inbox"].as_slice(),
            &["inbox", "--json"],
            &["search", "body"],
            &["read", "1", "--keep-unread"],
            &["read", "1", "--keep-unread", "--json"],
        ] {
            let mut command = machine.command("taid");
            command.args(args).env("TERM", "xterm");
            let (code, screen) = Terminal::spawn(command, columns).wait();
            assert_eq!(code, Some(0), "{screen}");
            assert!(screen.contains("evil"), "{args:?}: {screen}");
            let active = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{2067}".contains(c));
            assert!(!screen.contains(active), "{args:?}: {screen:?}");
        }
    }
}

#[test]
fn an_agent_cannot_make_the_calls_about_the_whole_account() {
    fn refused(raw: &mut Raw, method: impl Method) {
        raw.request(1, method);
        let code = raw.answer().1.map_err(|fault| fault.code);
        assert_eq!(code, Err(FaultCode::NotPermitted));
    }
    let machine = machine();
    let _taid = machine.start();
    let mut raw = Raw::open_as(&machine.socket(), agent("desk"));
    let id = MailId::new(4).unwrap();
    for scope in [Scope::Account, Scope::Instance("desk".parse().unwrap())] {
        refused(
            &mut raw,
            ListMail {
                scope: scope.clone(),
                limit: 10,
                offset: 0,
                show_read: true,
            },
        );
        refused(
            &mut raw,
            SearchMail {
                scope: scope.clone(),
                query: "body".into(),
                limit: 10,
            },
        );
        for id in [None, Some(id)] {
            let window = Window::WHOLE;
            refused(
                &mut raw,
                ReadMail {
                    scope: scope.clone(),
                    id,
                    window,
                },
            );
        }
    }
    refused(&mut raw, FinishMail { id });
    refused(&mut raw, DeleteMail { id });
    let draft = Draft {
        target: Target::New {
            to: Some("bob@tai.chat".into()),
        },
        subject: None,
        content: "text".into(),
        format: Format::Markdown,
    };
    for consent in [PersonConsent::NotAsked, PersonConsent::Given] {
        refused(
            &mut raw,
            SendMail {
                instance: None,
                draft: draft.clone(),
                insist: false,
                consent,
            },
        );
    }
    assert_eq!(unread(&machine).len(), TO.len());
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 0);
    assert_eq!(machine.sandbox.count("GET /api/v1/messages"), 0);
}
