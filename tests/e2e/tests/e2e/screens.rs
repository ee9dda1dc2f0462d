//! Every screen of `taid` fits terminals of 40, 80 and 200 columns, and is plain where a terminal or a
//! person asks for it.

use crate::{
    approval::{machine, mail},
    mail::mail as new_mail,
};
use std::process::{Command, Stdio};
use tai_e2e::{Machine, terminal::Terminal};
use unicode_width::UnicodeWidthStr as _;

const WIDTHS: [u16; 3] = [40, 80, 200];

/// Screens, and whether each is the same in every run.
const SCREENS: [(&[&str], bool); 16] = [
    (&["status"], false),
    (&["doctor"], false),
    (&["audit"], false),
    (&["inbox", "--all"], true),
    (&["read", "1", "--keep-unread"], true),
    (&["search", "hello"], true),
    (&["approve"], false),
    (&["approve", "1"], false),
    (&["read", "99"], true),
    (&["send", "--to", "nobody", "--subject", "s"], true),
    (&["setup", "--check", "cursor"], false),
    (&["logs"], false),
    (&["--help"], true),
    (&["approve", "--help"], true),
    (&["doctor", "--help"], true),
    (&["stop", "--profile", "Not valid"], true),
];

/// Returns a machine with two mails and a mail that waits for approval.
fn furnished() -> Machine {
    let machine = machine("always");
    let to = "desk.alice@tai.chat";
    for (n, subject) in [
        "hello, 世界: 你好，这是一封很长的邮件 🚀",
        "\u{1b}[31mhello\u{202e}",
    ]
    .iter()
    .enumerate()
    {
        let mut new = new_mail(to, subject, &format!("2026-01-01 00:00:0{n}"));
        new.body_text =
            Some("A body with a sentence that is longer than a narrow terminal.".into());
        machine.sandbox.deliver(&new).unwrap().unwrap();
    }
    machine
}

/// Runs a command on a terminal, or, without columns, into a pipe. Returns what it printed.
fn screen(machine: &Machine, args: &[&str], columns: Option<u16>, env: &[(&str, &str)]) -> String {
    let mut command: Command = machine.command("taid");
    command
        .args(args)
        .env("TERM", "xterm-256color")
        .envs(env.iter().copied());
    match columns {
        Some(columns) => {
            let mut terminal = Terminal::spawn(command, columns);
            // Answers the question of `approve 1`.
            terminal.type_in("\u{4}\u{4}");
            let (_, text) = terminal.wait();
            text.replace("^D", "").replace('\u{8}', "")
        }
        None => {
            let output = command.stdin(Stdio::null()).output().unwrap();
            machine.plain(&[output.stdout, output.stderr].concat())
        }
    }
}

/// Removes colours.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once(['m', 'K']).map_or("", |(_, rest)| rest);
    }
    plain + rest
}

/// Widest label before the text of a line.
const LABEL: usize = 20;

/// Asserts that lines end between words: only a word that is too long for a line of its own beside a
/// label may go over the edge.
fn fits(text: &str, columns: u16, what: &str) {
    let columns = usize::from(columns);
    for line in plain(text).lines() {
        let last = line.split(' ').next_back().unwrap_or_default();
        assert!(
            line.width() <= columns || last.width() + LABEL > columns,
            "{what} at {columns} columns: {line:?}\n{text}"
        );
    }
}

#[test]
fn every_screen_fits_its_terminal_and_is_plain_where_that_is_asked_for() {
    let machine = furnished();
    let _taid = machine.start();
    let mut shim = machine.shim("desk").initialized("test", "2025-06-18");
    assert!(shim.call("send_email", mail("A mail that waits.")).is_error);
    let mut narrow = String::new();
    for (args, is_stable) in SCREENS {
        let what = args.join(" ");
        let piped = screen(&machine, args, None, &[]);
        assert!(!piped.contains('\u{1b}'), "{what}: {piped:?}");
        assert!(!piped.trim().is_empty(), "{what}");
        for columns in WIDTHS {
            let coloured = screen(&machine, args, Some(columns), &[]);
            fits(&coloured, columns, &what);
            for env in [("TERM", "dumb"), ("NO_COLOR", "1"), ("LC_ALL", "C")] {
                let other = screen(&machine, args, Some(columns), &[env]);
                fits(&other, columns, &what);
                let may_paint = env.0 == "LC_ALL";
                assert!(
                    may_paint || !other.contains('\u{1b}'),
                    "{env:?} {what}: {other:?}"
                );
                if is_stable {
                    assert_eq!(plain(&other), plain(&coloured), "{env:?} {what}");
                }
            }
            if is_stable && columns == 40 && !what.contains("help") {
                narrow += &format!("$ taid {what}\n{}\n", plain(&coloured));
            }
        }
    }
    insta::assert_snapshot!(narrow, @"");
}
