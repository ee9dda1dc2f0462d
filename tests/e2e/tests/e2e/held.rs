//! A mail that waits for `taid approve` when taid dies is sent once, or reported as lost or as perhaps
//! sent.

use super::{
    approval::{machine, mail, sent},
    page::Page,
};
use serde_json::json;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};
use tai_e2e::{
    Daemon, Machine, PASSWORD,
    processes::{Killed, skipped, write_program},
    terminal::Terminal,
    wait_until,
};
use tai_sandbox::FaultKind;

const SEND: &str = "POST /api/v1/send-email";

/// A Secret Service on a session bus of its own.
pub(super) struct Keyring {
    address: String,
    processes: [Killed; 2],
}

impl Keyring {
    /// Starts the keyring of a machine, unlocked; `None` on a machine without the programs.
    pub(super) fn start(machine: &Machine) -> Option<Self> {
        let command = |name: &str| {
            let mut command = Command::new(name);
            command
                .env("HOME", machine.home())
                .env("XDG_DATA_HOME", machine.home().join("data"))
                .env("XDG_RUNTIME_DIR", machine.home())
                .stderr(Stdio::null());
            command
        };
        let mut bus = command("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address"]);
        let missing = |_| skipped("a mail in a keyring's care: needs dbus and gnome-keyring");
        let mut bus = bus.stdout(Stdio::piped()).spawn().map_err(missing).ok()?;
        let mut address = String::new();
        let mut output = BufReader::new(bus.stdout.take().unwrap());
        let bus = Killed::new(bus);
        output.read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let mut keyring = command("gnome-keyring-daemon");
        keyring
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .stdout(Stdio::null())
            .stdin(Stdio::piped());
        let mut keyring = keyring.spawn().map_err(missing).ok()?;
        let mut input = keyring.stdin.take().unwrap();
        input.write_all(b"keyring-password").unwrap();
        drop(input);
        wait_until("the keyring serves", || {
            let asked = command("dbus-send")
                .arg(format!("--bus={address}"))
                .args(["--print-reply", "--dest=org.freedesktop.DBus", "/"])
                .arg("org.freedesktop.DBus.NameHasOwner")
                .arg("string:org.freedesktop.secrets")
                .output();
            String::from_utf8_lossy(&asked.unwrap().stdout).contains("boolean true")
        });
        let processes = [bus, Killed::new(keyring)];
        Some(Self { address, processes })
    }

    /// Returns the variable with the address of the keyring's bus.
    pub(super) fn bus(&self) -> (&'static str, &str) {
        ("DBUS_SESSION_BUS_ADDRESS", &self.address)
    }

    /// Returns the process id of the keyring.
    pub(super) fn pid(&self) -> u32 {
        let [_, keyring] = &self.processes;
        keyring.id()
    }

    /// Locks the keyring, which has no program that asks for its password.
    pub(super) fn lock(&self) {
        let mut locking = Command::new("dbus-send");
        locking
            .arg(format!("--bus={}", self.address))
            .args(["--print-reply", "--dest=org.freedesktop.secrets"])
            .args([
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service.Lock",
            ])
            .arg("array:objpath:/org/freedesktop/secrets/collection/login")
            .stdout(Stdio::null());
        assert!(locking.status().unwrap().success());
    }

    fn taid<'a>(&self, machine: &'a Machine) -> Daemon<'a> {
        machine.start_with(&[self.bus()])
    }
}

fn hold(machine: &Machine, content: &str) -> String {
    let result = machine.client("desk").call("send_email", mail(content));
    assert!(result.is_error);
    result.text
}

fn approve(machine: &Machine, args: &[&str]) -> (Option<i32>, String) {
    let output = machine.cli(&[&["approve"], args].concat());
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), machine.plain(&said))
}

#[test]
fn with_a_keyring_a_mail_survives_a_kill_of_taid_and_is_sent_exactly_once() {
    let machine = machine("always");
    let Some(keyring) = Keyring::start(&machine) else {
        return;
    };
    let taid = keyring.taid(&machine);
    let told = hold(&machine, "canary-content");
    assert!(!told.contains("lost if taid stops"), "{told}");
    let sealed = std::fs::read(machine.state_dir().join("held-default/1")).unwrap();
    let sealed = String::from_utf8_lossy(&sealed);
    for plain in ["canary-content", "bob@tai", "Figures", "desk.alice"] {
        assert!(!sealed.contains(plain), "{plain} is on the disk");
    }
    taid.kill();

    let _taid = keyring.taid(&machine);
    let (_, list) = approve(&machine, &[]);
    assert!(
        list.contains("desk.alice@tai.chat -> bob@tai.chat"),
        "{list}"
    );
    assert!(list.contains("1 mail is waiting"), "{list}");
    // It shows the mail and decides nothing, so it needs no terminal.
    let (code, whole) = approve(&machine, &["1", "--full"]);
    assert_eq!(code, Some(0), "{whole}");
    for part in ["| canary-content", "\nAsked by "] {
        assert!(whole.contains(part), "{whole}");
    }
    let (code, said) = approve(&machine, &["1", "--yes"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(approve(&machine, &["1", "--yes"]).0, Some(1));
    assert_eq!(sent(&machine), ["canary-content"]);
    assert!(!machine.state_dir().join("held-default/1").exists());
}

/// Kills taid after it has sent mail 1, which was approved, and before it knows so. Returns its successor.
fn die_while_sending<'a>(machine: &'a Machine, keyring: &Keyring, taid: Daemon) -> Daemon<'a> {
    machine.sandbox.fail(FaultKind::HangAfter, 1, SEND);
    let mut approving = machine.command("taid");
    approving.args(["approve", "1", "--yes"]);
    let approving = approving.stdout(Stdio::null()).stderr(Stdio::null());
    let _approving = Killed::spawn(approving);
    wait_until("the mail is sent", || sent(machine) == ["text"]);
    taid.kill();
    keyring.taid(machine)
}

#[test]
fn a_mail_whose_approval_was_carried_out_when_taid_died_is_never_sent_twice() {
    let machine = machine("always");
    let Some(keyring) = Keyring::start(&machine) else {
        return;
    };
    let taid = keyring.taid(&machine);
    taid.wait_until_live();
    hold(&machine, "text");
    let page = Page::open(&machine);
    let (form, token) = page.form("held/1", "send");
    let _taid = die_while_sending(&machine, &keyring, taid);
    let (_, list) = approve(&machine, &[]);
    assert!(
        list.contains("may have been sent when taid stopped: check before you approve it again"),
        "{list}"
    );
    let (code, said) = approve(&machine, &["1", "--yes"]);
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(said, @"
    error: mail 1 may have been sent
    caused by: taid was sending it when it stopped
    hint: ask the recipient, then run `taid approve 1` at a terminal
    ");
    // A page from before does not say so.
    let old = page.post(&form, &token);
    let told = "mail 1 is not the mail that was shown";
    assert!(old.status == 409 && old.body.contains(told), "{}", old.body);
    let again = hold(&machine, "text");
    assert!(again.contains("may have been sent"), "{again}");
    assert_eq!(
        machine.status()["unknown_sends"].as_array().unwrap().len(),
        1
    );
    let (code, said) = approve(&machine, &["1", "--reject"]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(said, @"mail 1 discarded; it may have been sent before, when taid stopped during the send");
    let again = hold(&machine, "text");
    assert!(again.contains("may have been sent"), "{again}");
    assert_eq!(machine.sandbox.count(SEND), 1);
    assert_eq!(sent(&machine), ["text"]);
}

#[test]
fn a_person_who_knows_that_a_mail_may_have_been_sent_can_send_it_again() {
    let machine = machine("always");
    let Some(keyring) = Keyring::start(&machine) else {
        return;
    };
    let taid = keyring.taid(&machine);
    taid.wait_until_live();
    hold(&machine, "text");
    let _taid = die_while_sending(&machine, &keyring, taid);
    let page = Page::open(&machine);
    let (form, token) = page.form("held/1", "send");
    let answer = page.post(&form, &token);
    assert!(answer.status < 400, "{}", answer.body);
    assert_eq!(sent(&machine), ["text", "text"]);
}

#[test]
fn an_approval_whose_connection_ends_is_not_offered_after_a_restart() {
    let machine = machine("always");
    let taid = machine.start();
    taid.wait_until_live();
    hold(&machine, "text");
    machine.sandbox.fail(FaultKind::CloseAfter, 1, SEND);
    let (code, said) = approve(&machine, &["1", "--yes"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("it is unknown whether"), "{said}");
    taid.kill();
    let _taid = machine.start();
    assert_eq!(approve(&machine, &[]).1, "no mail waits for approval\n");
    assert_eq!(machine.sandbox.count(SEND), 1);
}

#[test]
fn without_a_keyring_a_mail_is_reported_as_lost_with_taid() {
    let machine = machine("always");
    let taid = machine.start();
    let told = hold(&machine, "text");
    assert!(told.contains("it is lost if taid stops before"), "{told}");
    let (_, list) = approve(&machine, &[]);
    assert!(
        list.contains("lost if taid stops: taid has no keyring to keep it"),
        "{list}"
    );
    assert!(!machine.state_dir().join("held-default").exists());
    insta::assert_snapshot!(machine.say(&machine.cli(&["stop"])), @"
    exit 1
    error: 1 mail that waits for approval is lost if taid stops
    caused by: a confirmation needs an interactive terminal
    hint: decide with `taid approve`, or run the command in a terminal
    ");
    let bin = machine.home().join("bin");
    std::fs::create_dir(&bin).unwrap();
    write_program(&bin.join("systemctl"), "#!/bin/sh\n");
    // A service reads the user's own home, which is here that of the variable.
    let mut install = Command::new(tai_e2e::executables().join("taid"));
    install.env_clear().arg("install").env("PATH", &bin);
    let install = install.env("HOME", machine.home()).output().unwrap();
    insta::assert_snapshot!(machine.say(&install), @"
    exit 1
    error: 1 mail that waits for approval is lost if taid stops
    caused by: a confirmation needs an interactive terminal
    hint: decide with `taid approve`, or run the command in a terminal
    ");
    taid.kill();

    let _taid = machine.start();
    let since = machine.status()["lost"][0]["since"].clone();
    let since = since.as_str().unwrap();
    let plain = |text: String| {
        let seconds = text
            .split(" ago")
            .next()
            .unwrap()
            .rsplit('(')
            .next()
            .unwrap();
        text.replace(since, "TIME")
            .replace(&format!("({seconds} ago"), "(AGO")
    };
    let list = plain(approve(&machine, &[]).1);
    insta::assert_snapshot!(list, @"
       1  lost when taid stopped, not sent; held since TIME (AGO) for instance desk
          to send it, ask the agent to submit it again
    no mail waits for approval
    ");
    insta::assert_snapshot!(approve(&machine, &["1", "--yes"]).1.replace(since, "TIME"), @"
    error: mail 1 was lost when taid stopped
    caused by: taid held it in memory alone since TIME; nothing was sent
    hint: ask the agent to submit it again, or remove it from the list with `taid approve 1 --reject`
    ");
    let page = machine.plain(&machine.cli(&["status"]).stdout);
    assert!(
        page.contains("was lost when taid stopped; it must be submitted again"),
        "{page}"
    );
    let told = machine
        .client("desk")
        .call("session_status", json!({}))
        .text;
    assert!(
        told.contains(&format!(
            "the email held for approval at {since} as number 1 was lost"
        )),
        "{told}"
    );
    let again = hold(&machine, "text");
    insta::assert_snapshot!(again.replace(since, "TIME"), @"
    error: the email was not sent: it waits for the user's approval as number 2; the same email held at TIME as number 1 was lost when taid stopped
    caused by: taid's configuration requires the user's approval (`confirm_send`), and this MCP client cannot ask for it
    hint: ask the user to run `taid approve 2` within an hour; it is lost if taid stops before; do not send the email again while it waits
    ");
    assert_eq!(machine.status()["lost"], json!([]));
    assert_eq!(approve(&machine, &["2", "--yes"]).0, Some(0));
    assert_eq!(sent(&machine), ["text"]);
}

#[test]
fn a_mail_that_begins_to_wait_while_stop_asks_is_lost_only_after_another_question() {
    let machine = machine("always");
    let _taid = machine.start();
    hold(&machine, "one");
    let mut stop = machine.command("taid");
    stop.arg("stop");
    let mut terminal = Terminal::spawn(stop, 100);
    terminal.wait_for("1 mail that waits for approval is lost");
    hold(&machine, "two");
    terminal.type_in("y\n");
    terminal.wait_for("2 mails that wait for approval are lost");
    terminal.type_in("n\n");
    let (code, page) = terminal.wait();
    assert_eq!(code, Some(1), "{page}");
    assert!(page.contains("taid was not stopped"), "{page}");
    assert_eq!(machine.held(), 2);
}

#[test]
fn a_waiting_mail_of_another_account_is_not_offered_to_the_bridge() {
    let machine = machine("always");
    machine.sandbox.add_account("carol", PASSWORD).unwrap();
    let _taid = machine.start();
    hold(&machine, "text");
    assert!(machine.cli(&["logout", "--yes"]).status.success());
    let carol = machine.cli_reading(&["login", "carol", "--password-stdin"], PASSWORD);
    assert!(carol.status.success(), "{}", machine.say(&carol));
    insta::assert_snapshot!(approve(&machine, &["1", "--yes"]).1, @"
    error: mail 1 is of alice@tai.chat, and taid is signed in to another account
    caused by: the bridge sends the mails of an account for that account alone; nothing was sent
    hint: sign in to its account with `taid logout` and `taid login`, or discard it with `taid approve`
    ");
    assert_eq!(machine.sandbox.count(SEND), 0);
    assert_eq!(approve(&machine, &["1", "--reject"]).0, Some(0));
}
