//! A person sends mail, and the exit codes of the commands about a person's mail.

use super::person::{code, json_of, machine, text};
use serde_json::Value;
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
};
use tai_e2e::{PASSWORD, USER, terminal::Terminal};
use tai_sandbox::FaultKind;

#[test]
fn a_person_is_shown_the_mail_and_sends_it_once() {
    let machine = machine();
    let _taid = machine.start();
    let send = |more: &[&str]| {
        let mut command = machine.command("taid");
        command.args(["send", "--to", "bob@tai.chat", "--subject", "Figures"]);
        command.args(more);
        command
    };
    let bobs = || {
        let sent = machine.sandbox.sent().into_iter();
        sent.filter(|mail| mail.to == "bob@tai.chat").count()
    };
    // Without a terminal, nothing is asked and nothing is sent.
    let output = send(&["--body", "text"]).output().unwrap();
    assert_eq!(code(&output), Some(1));
    assert!(text(&output.stderr).contains("needs an interactive terminal"));
    // An address that is none is refused before the person writes the text.
    let mut wrong = machine.command("taid");
    wrong.args(["send", "--to", "bob and carol"]);
    let (code_of_wrong, screen) = Terminal::spawn(wrong, 80).wait();
    assert_eq!((code_of_wrong, bobs()), (Some(1), 0));
    insta::assert_snapshot!(screen, @r#"
    error: "to" cannot be used: an address reads name@domain, without spaces or line breaks
    hint: correct "to" and run the command again; nothing was sent or changed
    "#);
    for (answer, exit, sent) in [("n", 1, 0), ("y", 0, 1)] {
        let mut terminal = Terminal::spawn(send(&["--instance", "lab"]), 80);
        terminal.wait_for("Ctrl-D");
        terminal.type_in("# Hello\n\u{4}");
        terminal.wait_for("Send it? [y/N]");
        assert_eq!(bobs(), 0, "sent before the answer");
        terminal.type_in(&format!("{answer}\n"));
        let (code, screen) = terminal.wait();
        assert_eq!((code, bobs()), (Some(exit), sent), "{screen}");
        if sent == 1 {
            let (_, shown) = screen.split_once("# Hello\n").unwrap();
            let shown = shown.split(" (").next().unwrap();
            insta::assert_snapshot!(shown, @"
            To:      bob@tai.chat
            Subject: Figures
            From:    lab.alice@tai.chat

            | Hello
            | =====
            Send it? [y/N] y
            sent to bob@tai.chat
            ");
        }
    }
    // The same mail is refused, as an agent's is, unless the person insists.
    let again = ["--instance", "lab", "--body", "# Hello\n", "--yes"];
    let output = send(&again).output().unwrap();
    assert_eq!((code(&output), bobs()), (Some(1), 1));
    assert!(
        text(&output.stderr).contains("`taid send --again`"),
        "{}",
        text(&output.stderr)
    );
    let output = send(&again).arg("--again").output().unwrap();
    assert_eq!(
        (code(&output), bobs()),
        (Some(0), 2),
        "{}",
        text(&output.stderr)
    );

    // A send without an answer is not repeated, and its outcome is unknown.
    machine
        .sandbox
        .fail(FaultKind::CloseAfter, 1, "POST /api/v1/send-email");
    let lost = ["--body", "lost", "--yes"];
    let output = send(&lost).output().unwrap();
    assert_eq!((code(&output), bobs()), (Some(1), 3));
    let told = text(&output.stderr);
    assert!(
        told.starts_with("error: it is unknown whether the mail was sent\n"),
        "{told}"
    );
    let output = send(&lost).output().unwrap();
    assert_eq!((code(&output), bobs()), (Some(1), 3));
    assert!(text(&output.stderr).starts_with("error: the same email may have been sent"));

    let output = machine.cli_reading(&["send", "--reply", "5", "--yes", "--json"], "An answer");
    let mut sent = json_of(&output);
    for changing in ["message_id", "timestamp"] {
        assert!(!sent[changing].take().as_str().unwrap().is_empty());
    }
    insta::assert_snapshot!(sent, @r#"{"schema":1,"sent":true,"from":"Deks.alice@tai.chat","to":"someone@example.com","subject":"Re: mail 5","message_id":null,"timestamp":null,"reply_to":5,"threaded":false,"left_out":""}"#);

    let audit = text(&machine.cli(&["audit", "--json", "-n", "0"]).stdout);
    let sends = audit.lines().filter(|line| line.contains("\"send\""));
    let sends: Vec<Value> = sends
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let by: Vec<&Value> = sends.iter().map(|line| &line["by"]).collect();
    assert!(
        by.iter().all(|by| **by == "person") && by.len() >= 3,
        "{audit}"
    );
}

#[test]
fn the_commands_start_taid_and_their_exit_codes_tell_why_they_fail() {
    let machine = machine();
    let stopped = machine.cli(&["inbox"]);
    assert_eq!(code(&stopped), Some(3), "{}", text(&stopped.stderr));
    for usage in [
        ["read", "x"].as_slice(),
        &["inbox", "--instance", "a.b"],
        &["inbox", "-n", "0"],
        &["send", "--body", "x"],
        &["search"],
    ] {
        assert_eq!(code(&machine.cli(usage)), Some(2), "{usage:?}");
    }
    let empty = ["send", "--to", "bob@example.com", "--yes"];
    insta::assert_snapshot!(text(&machine.cli_reading(&empty, "\n").stderr), @"
    error: the mail has no text
    hint: write it to standard input, or give --body or --file; nothing was sent
    ");
    let start = |args: &[&str]| {
        let mut command = machine.command("taid");
        command.args(args).env("TAI_MCP_AUTOSTART", "1");
        command.output().unwrap()
    };
    let signed_out = start(&["inbox"]);
    assert_eq!(code(&signed_out), Some(4), "{}", text(&signed_out.stderr));
    assert!(machine.cli(&["stop"]).status.success());
    let password = machine.home().join("password");
    fs::write(&password, PASSWORD).unwrap();
    machine.configure(&format!(
        "username = \"{USER}\"\npassword_file = \"{}\"\n",
        password.display()
    ));
    fs::set_permissions(&password, Permissions::from_mode(0o600)).unwrap();
    let list = start(&["inbox"]);
    assert_eq!(code(&list), Some(0), "{}", text(&list.stderr));
    assert!(machine.cli(&["stop"]).status.success());
}
