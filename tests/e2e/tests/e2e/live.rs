//! `tai-mcp live` passes each mail to its output or its program at least once, across kills,
//! and without a shell.

mod agents;
mod answers;
mod marks;
mod programs;

use rustix::process::Signal;
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};
use tai_e2e::{
    Killed, Machine, PATIENCE,
    processes::{is_running, send_signal, write_program},
    wait_until, within,
};
use tai_sandbox::NewMail;

fn deliver(machine: &Machine, to: &str, subject: &str) -> u64 {
    deliver_mail(machine, "someone@example.com", to, subject)
}

fn deliver_mail(machine: &Machine, from: &str, to: &str, subject: &str) -> u64 {
    let mail = NewMail {
        from: from.into(),
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
        let path = std::env::var_os("PATH").unwrap_or_default();
        let places = std::iter::once(agents_of(machine)).chain(std::env::split_paths(&path));
        let mut child = machine
            .command("tai-mcp")
            .args(["live", "--instance", "desk"])
            .args(arguments)
            .env("PATH", std::env::join_paths(places).unwrap())
            .env("XDG_RUNTIME_DIR", unshared_dir())
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

    /// Sends SIGTERM.
    fn terminate(&self) {
        send_signal(self.child.id(), Signal::TERM);
    }

    /// Waits for the end. Returns the exit code and standard error.
    fn wait(&mut self) -> (Option<i32>, String) {
        let mut status = None;
        wait_until("live ends", || {
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

/// Returns the directory of the agents of a machine.
fn agents_of(machine: &Machine) -> PathBuf {
    machine.home().join("agents")
}

/// Returns a private directory outside of the directory of temporary files. The home directory of a
/// machine is in it.
fn unshared_dir() -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("live");
    fs::create_dir_all(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).unwrap();
    dir
}

/// Returns the lines of live about mails.
fn about_mails(said: &str) -> String {
    let lines = said
        .lines()
        .filter(|line| !line.starts_with(['🚀', '✅', '📧', '⚡']));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Writes a shell script as the program and returns its path.
fn program(machine: &Machine, text: &str) -> String {
    let path = machine.home().join("program");
    write_program(&path, &format!("#!/bin/sh\n{text}\n"));
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
fn each_mail_of_the_instance_is_printed_as_json_and_marked_read() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "first");
    deliver(&machine, "desk.alice@tai.chat", "second");
    deliver(&machine, "lab.alice@tai.chat", "another's");
    let _taid = machine.start_with(&[("TAI_MCP_POLL_INTERVAL", "1000")]);
    let live = Live::start(&machine, &[]);
    let mut first = live.mail();
    first["date"] = json!("DATE");
    insta::assert_snapshot!(first, @r#"{"trust":"untrusted","id":1,"note":"Note: removed from this email: 1 hidden passage (2 words).","from":"someone@example.com","to":"desk.alice@tai.chat","subject":"first","date":"DATE","read":false,"body":"text"}"#);
    assert_eq!(live.mail()["subject"], "second");
    wait_until("both mails are marked read", || unread(&machine) == 1);
    deliver(&machine, "desk.alice@tai.chat", "third");
    assert_eq!(live.mail()["subject"], "third");
    wait_until("the mail is marked read", || unread(&machine) == 1);
    assert_eq!(machine.status()["clients"][0]["name"], "tai-mcp live");
}

#[test]
fn a_mail_is_handled_after_live_or_taid_was_killed() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "one");
    let taid = machine.start_with(&[("TAI_MCP_POLL_INTERVAL", "1000")]);
    let script = program(
        &machine,
        "cat >>$HOME/out\necho >$HOME/begun\nwhile ! test -e $HOME/go; do sleep 0.05; done",
    );
    let begun = machine.home().join("begun");
    let live = Live::start(&machine, &["--exec", &script]);
    wait_until("the program runs", || begun.exists());
    drop(live);
    assert_eq!(unread(&machine), 1);

    fs::remove_file(&begun).unwrap();
    let _live = Live::start(&machine, &["--exec", &script]);
    wait_until("the program runs again", || begun.exists());
    taid.kill();
    fs::write(machine.home().join("go"), "").unwrap();
    let _taid = machine.start_with(&[("TAI_MCP_POLL_INTERVAL", "1000")]);
    wait_until("the mail is marked read", || unread(&machine) == 0);
    deliver(&machine, "desk.alice@tai.chat", "two");
    wait_until("live continues", || {
        subjects(&machine).contains(&"two".to_owned())
    });
    assert!(subjects(&machine).contains(&"one".to_owned()));
}

#[test]
fn a_failed_mail_keeps_its_backoff_after_a_restart_of_taid() {
    let machine = Machine::new();
    let poll = [("TAI_MCP_POLL_INTERVAL", "1000")];
    let taid = machine.start_with(&poll);
    let to = "desk.alice@tai.chat";
    deliver(&machine, to, "refused");
    let script = program(
        &machine,
        "cat >>$HOME/out\n! tail -1 $HOME/out | grep -q refused",
    );
    let began = Instant::now();
    let _live = Live::start(&machine, &["--exec", &script]);
    let handled = |subject: &str| {
        subjects(&machine)
            .iter()
            .filter(|one| *one == subject)
            .count()
    };
    wait_until("the mail is refused", || handled("refused") == 1);
    taid.kill();
    let _taid = machine.start_with(&poll);
    // The first of these makes live look at the mailbox of the new taid, and the second one again.
    for subject in ["second", "third"] {
        deliver(&machine, to, subject);
        wait_until("live continues", || handled(subject) == 1);
    }
    // The first retry is due after 10 seconds.
    let too_early = handled("refused") > 1 && began.elapsed() < Duration::from_secs(10);
    assert!(!too_early, "{:?}", subjects(&machine));
}

#[test]
fn a_mail_released_by_another_client_is_handled() {
    let machine = Machine::new();
    let taid = machine.start_with(&[("TAI_MCP_POLL_INTERVAL", "60000")]);
    taid.wait_until_live();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let script = program(
        &machine,
        "echo >$HOME/begun\nwhile test -e $HOME/begun; do sleep 0.1; done",
    );
    let first = Live::start(&machine, &["--exec", &script]);
    wait_until("the mail is leased", || {
        machine.home().join("begun").exists()
    });
    let second = Live::start(&machine, &[]);
    wait_until("the second client is connected", || {
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
fn without_taid_live_reports_it_once_and_continues_after_its_start() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let mut live = Live::start(&machine, &[]);
    let mut errors = BufReader::new(live.child.stderr.take().unwrap()).lines();
    let mut next = || errors.next().unwrap().unwrap();
    assert_eq!(next(), "🚀 TAI MCP Email Server starting...");
    assert_eq!(next(), "error: taid is not running");
    let _taid = machine.start();
    assert_eq!(live.mail()["subject"], "mail");
    live.terminate();
    let rest: Vec<String> = errors.map_while(Result::ok).collect();
    let retrying = rest.iter().filter(|line| *line == "Retrying.").count();
    assert_eq!(retrying, 1, "{rest:?}");
    insta::assert_snapshot!(rest[rest.len() - 2..].join("\n"), @"
    ✅ Login successful
    📧 Instance email: desk.alice@tai.chat
    ");
}

#[test]
fn a_closed_output_ends_live_without_losing_mail() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("TAI_MCP_POLL_INTERVAL", "1000")]);
    let mut command = machine.command("tai-mcp");
    command.args(["live", "--instance", "desk"]);
    let mut live = Killed::spawn(command.stdout(Stdio::piped()));
    drop(live.child().stdout.take());
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let mut status = None;
    wait_until("live ends", || {
        status = live.child().try_wait().unwrap();
        status.is_some()
    });
    assert!(status.unwrap().success());
    assert_eq!(unread(&machine), 1);
}

#[test]
fn a_refused_password_is_reported_at_once() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("TAI_MCP_PASSWORD", "wrong-password")]);
    let began = Instant::now();
    let mut live = Live::start(&machine, &[]);
    let mut said = String::new();
    let mut lines = BufReader::new(live.child.stderr.take().unwrap()).lines();
    while !said.contains("Retrying.") {
        said += &(lines.next().unwrap().unwrap() + "\n");
    }
    // A call has 55 seconds.
    assert!(began.elapsed() < within(Duration::from_secs(40)), "{said}");
    let about = "error: Authentication failed - invalid username or password\n";
    assert!(about_mails(&said).starts_with(about), "{said}");
}

#[test]
fn tai_mcp_register_equals_taid_register() {
    let machine = Machine::new();
    let run = |arguments: &[&str]| {
        let mut command = machine.command("tai-mcp");
        command.arg("register").args(arguments).stdin(Stdio::null());
        command.output().unwrap()
    };
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    assert!(
        help.starts_with("Create an account and sign in with it"),
        "{help}"
    );
    let refused = run(&["x", "--password-stdin"]);
    assert_eq!(refused.status.code(), Some(1));
    let theirs = machine.cli_reading(&["register", "x", "--password-stdin"], "");
    assert_eq!(refused.stderr, theirs.stderr);
}
