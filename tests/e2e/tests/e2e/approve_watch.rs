//! `taid approve --watch`: shows each mail that begins to wait, and at a terminal asks about it.

use super::approval::{machine, mail, sent};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Command, Stdio},
    sync::mpsc,
};
use tai_e2e::{Killed, Machine, PATIENCE, wait_until, without_home};

/// Starts `taid approve --watch` without a terminal. Returns it, and a function that reads its
/// lines until one contains a text.
pub(super) fn watch(machine: &Machine) -> (Killed, impl FnMut(&str)) {
    let mut watch = machine.command("taid");
    watch.args(["approve", "--watch"]).stdout(Stdio::piped());
    let mut watch = Killed::spawn(watch.stdin(Stdio::null()));
    let mut lines = BufReader::new(watch.child().stdout.take().unwrap()).lines();
    let until = move |what: &str| {
        let found = lines.find(|line| line.as_ref().unwrap().contains(what));
        assert!(found.is_some(), "{what}");
    };
    (watch, until)
}

pub(super) fn hold(machine: &Machine, content: &str) {
    let mut shim = machine.client("desk");
    assert!(shim.call("send_email", mail(content)).is_error);
}

#[test]
fn approve_watch_shows_each_mail_that_begins_to_wait_also_after_a_restart_of_taid() {
    let machine = machine("always");
    let taid = machine.start();
    hold(&machine, "first");
    let (_watch, mut until) = watch(&machine);
    until("1  desk.alice@tai.chat -> bob@tai.chat");
    hold(&machine, "second");
    until("2  desk.alice@tai.chat -> bob@tai.chat");
    taid.kill();
    until("taid does not run now");
    let _taid = machine.start();
    until("taid answers again");
    hold(&machine, "third");
    until("3  desk.alice@tai.chat -> bob@tai.chat");
    assert!(sent(&machine).is_empty());
}

/// `script` runs the command at a terminal of its own.
#[test]
#[cfg(target_os = "linux")]
fn approve_watch_asks_at_a_terminal_and_a_line_typed_before_a_mail_is_no_answer() {
    let machine = machine("always");
    let _taid = machine.start();
    let inner = machine.command("taid");
    let words = std::iter::once(inner.get_program()).chain(inner.get_args());
    // The path of the executables may have blanks.
    let words: Vec<String> = words
        .map(|word| format!("'{}'", word.to_str().unwrap()))
        .collect();
    let mut script = Command::new("script");
    script
        .args([
            "-qec",
            &format!("{} approve --watch", words.join(" ")),
            "/dev/null",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut script = Killed::spawn(&mut script);
    let mut keys = script.child().stdin.take().unwrap();
    let mut screen = script.child().stdout.take().unwrap();
    let (send, shown) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(n @ 1..) = screen.read(&mut bytes) {
            let _ = send.send(String::from_utf8_lossy(&bytes[..n]).into_owned());
        }
    });
    let mut text = String::new();
    let mut until = |what: &str| {
        while !without_home(&text).contains(what) {
            text.push_str(&shown.recv_timeout(PATIENCE).expect(what));
        }
        text = without_home(&text);
        text = text.split_off(text.find(what).unwrap() + what.len());
    };
    until("Ctrl-C ends");
    keys.write_all(b"send\n").unwrap();
    until("send");
    hold(&machine, "first");
    until("| first");
    until("show [a]ll?");
    assert!(sent(&machine).is_empty());
    keys.write_all(b"\nwhat\ndiscard\n").unwrap();
    until("mail 1 discarded; nothing was sent");
    hold(&machine, "second");
    until("| second");
    until("show [a]ll?");
    keys.write_all(b"a\n").unwrap();
    until("To:      bob@tai.chat");
    until("show [a]ll?");
    keys.write_all(b"s\n").unwrap();
    until("sent to bob@tai.chat");
    assert_eq!(sent(&machine), ["second"]);
    hold(&machine, "third");
    until("show [a]ll?");
    keys.write_all(b"later\n").unwrap();
    until("still waiting: `taid approve 3`");
    wait_until("one mail was sent", || sent(&machine).len() == 1);
}
