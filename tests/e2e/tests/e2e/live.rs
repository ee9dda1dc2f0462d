//! `tai-mcp live` hands each mail to its reader or its program at least once, whatever dies
//! in between, and never through a shell.

use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::PathBuf,
    process::{Child, Stdio},
    sync::mpsc,
    time::Duration,
};
use tai_e2e::{Machine, PATIENCE, wait_until};
use tai_sandbox::NewMail;

fn deliver(machine: &Machine, to: &str, subject: &str) -> u64 {
    let mail = NewMail {
        from: "someone@example.com".into(),
        to: to.into(),
        subject: Some(subject.into()),
        body_html: Some("<p>text</p><p style=\"display:none\">ignore this</p>".into()),
        ..NewMail::default()
    };
    machine.sandbox.deliver(&mail).unwrap().unwrap()
}

fn unread(machine: &Machine) -> usize {
    let mails = machine.sandbox.mails().unwrap();
    mails.iter().filter(|mail| !mail.is_read).count()
}

/// A running `tai-mcp live --instance desk`. Killed when dropped.
struct Live {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Live {
    fn start(machine: &Machine, arguments: &[&str]) -> Self {
        let mut child = machine
            .command("tai-mcp")
            .args(["live", "--instance", "desk"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { child, lines }
    }

    fn mail(&self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE).expect("a line comes");
        serde_json::from_str(&line).unwrap()
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let killed = std::process::Command::new("kill")
            .args([name, &pid])
            .status();
        assert!(killed.unwrap().success());
    }

    /// Its exit code and what it said on standard error.
    fn wait(&mut self) -> (Option<i32>, String) {
        let mut status = None;
        wait_until("it ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        let mut text = String::new();
        let mut errors = self.child.stderr.take().unwrap();
        errors.read_to_string(&mut text).unwrap();
        (status.unwrap().code(), text)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A shell script as a program, because a test has no other at hand; its path.
fn program(machine: &Machine, text: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let path = machine.home().join("program");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn out(machine: &Machine) -> PathBuf {
    machine.home().join("out")
}

fn subjects(machine: &Machine) -> Vec<String> {
    let text = fs::read_to_string(out(machine)).unwrap_or_default();
    let mails = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    mails
        .map(|mail| mail["subject"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn each_mail_of_the_instance_is_a_line_of_json_and_read_afterwards() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "first");
    deliver(&machine, "desk.alice@tai.chat", "second");
    deliver(&machine, "lab.alice@tai.chat", "another's");
    let _taid = machine.start_with(&[("POLL_INTERVAL", "1000")]);
    let live = Live::start(&machine, &[]);
    let mut first = live.mail();
    first["date"] = json!("DATE");
    insta::assert_snapshot!(first, @r#"{"body":"text","date":"DATE","from":"someone@example.com","id":1,"note":"Note: removed from this email, because a person would not see it: 1 hidden passage.","read":false,"subject":"first","to":"desk.alice@tai.chat","trust":"untrusted"}"#);
    assert_eq!(live.mail()["subject"], "second");
    wait_until("both are read", || unread(&machine) == 1);
    deliver(&machine, "desk.alice@tai.chat", "third");
    assert_eq!(live.mail()["subject"], "third");
    wait_until("it is read", || unread(&machine) == 1);
    assert_eq!(machine.status()["clients"][0]["name"], "tai-mcp live");
}

#[test]
fn a_program_gets_each_mail_on_its_input_and_its_arguments_as_they_are() {
    let machine = Machine::new();
    for n in 0..5 {
        deliver(&machine, "desk.alice@tai.chat", &format!("mail {n}"));
    }
    let _taid = machine.start();
    // Two at a time would trip over the directory.
    let script = program(
        &machine,
        "mkdir $HOME/busy || exit 1\n\
         cat >>$HOME/out\n\
         printf '%s|' \"$@\" >$HOME/args\n\
         rmdir $HOME/busy",
    );
    let awkward = [
        "--exec",
        &script,
        "--flag",
        "a b",
        "$(touch x)",
        "; rm -rf /",
        "",
    ];
    let _live = Live::start(&machine, &awkward);
    wait_until("all are handled", || unread(&machine) == 0);
    let expected: Vec<String> = (0..5).map(|n| format!("mail {n}")).collect();
    assert_eq!(subjects(&machine), expected);
    let arguments = fs::read_to_string(machine.home().join("args")).unwrap();
    assert_eq!(arguments, "--flag|a b|$(touch x)|; rm -rf /||");
}

#[test]
fn the_program_sees_no_password() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let _taid = machine.start();
    let script = program(
        &machine,
        "env >$HOME/env.tmp; mv $HOME/env.tmp $HOME/env; cat >$HOME/out",
    );
    let mut command = machine.command("tai-mcp");
    command
        .args(["live", "--instance", "desk", "--exec", &script])
        .env("TAI_MCP_USERNAME", "alice")
        .env("TAI_MCP_PASSWORD", "canary-of-live");
    let mut live = command.stderr(Stdio::null()).spawn().unwrap();
    wait_until("it is handled", || unread(&machine) == 0);
    let _ = live.kill();
    let _ = live.wait();
    let seen = fs::read_to_string(machine.home().join("env")).unwrap();
    assert!(
        !seen.contains("canary") && !seen.contains("PASSWORD"),
        "{seen}"
    );
}

#[test]
fn a_mail_whose_program_failed_is_unread_and_handled_again_and_holds_up_no_other() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "fails once");
    deliver(&machine, "desk.alice@tai.chat", "other");
    let _taid = machine.start();
    let script = program(
        &machine,
        "mail=$(cat)\n\
         case $mail in *'fails once'*) test -e $HOME/failed || { touch $HOME/failed; exit 7; };; esac\n\
         printf '%s\\n' \"$mail\" >>$HOME/out",
    );
    let mut live = Live::start(&machine, &["--exec", &script]);
    wait_until("the other is handled", || subjects(&machine) == ["other"]);
    assert!(machine.home().join("failed").exists());
    wait_until("it is handled again", || {
        subjects(&machine) == ["other", "fails once"]
    });
    wait_until("both are read", || unread(&machine) == 0);
    live.signal("-TERM");
    let (code, said) = live.wait();
    assert_eq!(code, Some(0));
    assert_eq!(
        said,
        "email 1 was not handled: the program ended with exit status 7; again in 10 s\n"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_that_takes_too_long_is_ended_with_all_it_started() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let _taid = machine.start();
    let script = program(
        &machine,
        "sleep 1000 & echo $! >$HOME/pid\ntrap '' TERM\nwhile :; do wait; done",
    );
    let mut live = Live::start(&machine, &["--time-limit", "1", "--exec", &script]);
    let pid_file = machine.home().join("pid");
    wait_until("it runs", || {
        fs::read_to_string(&pid_file).is_ok_and(|pid| pid.ends_with('\n'))
    });
    let pid = fs::read_to_string(&pid_file).unwrap();
    let alive = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        !stat.is_empty() && !stat.contains(") Z ")
    };
    wait_until("what it started is gone", || !alive());
    live.signal("-TERM");
    let (_, said) = live.wait();
    assert!(
        said.is_empty() || said.contains("took longer than 1 s"),
        "{said}"
    );
    assert_eq!(unread(&machine), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn when_it_is_stopped_its_program_ends_and_the_mail_is_as_it_was() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let _taid = machine.start();
    let script = program(
        &machine,
        "echo $$ >$HOME/pid\nwhile test -e $HOME/pid; do sleep 0.1; done",
    );
    let mut live = Live::start(&machine, &["--exec", &script]);
    let pid_file = machine.home().join("pid");
    wait_until("it runs", || {
        fs::read_to_string(&pid_file).is_ok_and(|pid| pid.ends_with('\n'))
    });
    live.signal("-TERM");
    assert_eq!(live.wait().0, Some(0));
    let pid = fs::read_to_string(&pid_file).unwrap();
    let process = PathBuf::from(format!("/proc/{}", pid.trim()));
    wait_until("the program is gone", || !process.exists());
    assert_eq!(unread(&machine), 1);
    // And can be had by others.
    let mut shim = machine.shim("desk").initialized("test", "2025-06-18");
    wait_until("it is given out", || {
        !shim.call("fetch_email", json!({})).structured["email"].is_null()
    });
}

#[test]
fn a_mail_is_handled_though_live_or_taid_was_killed_in_the_middle() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "one");
    let taid = machine.start_with(&[("POLL_INTERVAL", "1000")]);
    let script = program(
        &machine,
        "cat >>$HOME/out\necho >$HOME/begun\nwhile ! test -e $HOME/go; do sleep 0.05; done",
    );
    let begun = machine.home().join("begun");
    let live = Live::start(&machine, &["--exec", &script]);
    wait_until("it is under way", || begun.exists());
    drop(live);
    assert_eq!(unread(&machine), 1);

    fs::remove_file(&begun).unwrap();
    let _live = Live::start(&machine, &["--exec", &script]);
    wait_until("it is under way again", || begun.exists());
    taid.kill();
    fs::write(machine.home().join("go"), "").unwrap();
    let _taid = machine.start_with(&[("POLL_INTERVAL", "1000")]);
    wait_until("it is read", || unread(&machine) == 0);
    deliver(&machine, "desk.alice@tai.chat", "two");
    wait_until("it goes on", || {
        subjects(&machine).contains(&"two".to_owned())
    });
    assert!(subjects(&machine).contains(&"one".to_owned()));
}

#[test]
fn what_another_client_gave_back_is_handled() {
    let machine = Machine::new();
    let taid = machine.start_with(&[("POLL_INTERVAL", "60000")]);
    taid.wait_until_live();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let script = program(
        &machine,
        "echo >$HOME/begun\nwhile test -e $HOME/begun; do sleep 0.1; done",
    );
    let first = Live::start(&machine, &["--exec", &script]);
    wait_until("it is taken", || machine.home().join("begun").exists());
    let second = Live::start(&machine, &[]);
    wait_until("the second waits", || {
        machine.status()["clients"].as_array().unwrap().len() == 2
    });
    assert!(
        second
            .lines
            .recv_timeout(Duration::from_millis(300))
            .is_err()
    );
    drop(first);
    assert_eq!(second.mail()["subject"], "mail");
}

#[test]
fn a_program_that_cannot_be_run_is_said_at_once_and_the_mail_stays() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let _taid = machine.start();
    let mut live = Live::start(&machine, &["--exec", "./no-such-program"]);
    let (code, said) = live.wait();
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(said, @"
    error: ./no-such-program cannot be run
    caused by: No such file or directory (os error 2)
    hint: Give the program's path after --exec, and check that it may be executed. The email is as it was.
    ");
    assert_eq!(unread(&machine), 1);
}

#[test]
fn without_taid_it_says_so_once_and_goes_on_when_taid_is_there() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let mut live = Live::start(&machine, &[]);
    let mut errors = BufReader::new(live.child.stderr.take().unwrap()).lines();
    let first = errors.next().unwrap().unwrap();
    assert_eq!(first, "error: taid is not running");
    let _taid = machine.start();
    assert_eq!(live.mail()["subject"], "mail");
    live.signal("-TERM");
    let rest: Vec<String> = errors.map_while(Result::ok).collect();
    assert_eq!(
        rest.last().map(String::as_str),
        Some("It is tried again."),
        "{rest:?}"
    );
}

#[test]
fn a_reader_that_goes_away_ends_it_and_loses_nothing() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("POLL_INTERVAL", "1000")]);
    let mut child = machine
        .command("tai-mcp")
        .args(["live", "--instance", "desk"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let mut status = None;
    wait_until("it ends", || {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    assert!(status.unwrap().success());
    assert_eq!(unread(&machine), 1);
}

#[test]
fn register_is_what_taid_register_is() {
    let machine = Machine::new();
    let run = |arguments: &[&str]| {
        let mut command = machine.command("tai-mcp");
        command.arg("register").args(arguments).stdin(Stdio::null());
        command.output().unwrap()
    };
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    assert!(
        help.starts_with("Create an account, and sign in with it"),
        "{help}"
    );
    let refused = run(&["x", "--password-stdin"]);
    assert_eq!(refused.status.code(), Some(1));
    let theirs = machine.cli_reading(&["register", "x", "--password-stdin"], "");
    assert_eq!(refused.stderr, theirs.stderr);
}
