//! Every screen of `taid` fits terminals of 40, 80 and 200 columns, and is plain where a terminal
//! or a person asks for it.

use crate::{
    approval::{machine, mail},
    mail::mail as new_mail,
};
use std::process::{Command, Stdio};
use tai_e2e::{Machine, terminal::Terminal};
use unicode_width::UnicodeWidthStr as _;

const WIDTHS: [u16; 3] = [40, 80, 200];

/// Text of a screen.
enum Text {
    /// The same in every run.
    Fixed,
    /// With times, process ids or paths.
    Varying,
    /// A mail, an error or a program's entry, whose lines stay whole, so that they can be copied.
    /// The same in every run.
    Whole,
    /// As `Whole`, with times, process ids or paths.
    WholeVarying,
}
use Text::{Fixed, Varying, Whole, WholeVarying};

const SCREENS: [(&[&str], Text); 16] = [
    (&["status"], Varying),
    (&["status", "--all"], Varying),
    (&["doctor"], Varying),
    (&["audit"], Varying),
    (&["inbox", "--all"], Fixed),
    (&["read", "1", "--keep-unread"], Whole),
    (&["search", "hello"], Fixed),
    (&["approve"], Varying),
    (&["approve", "1"], WholeVarying),
    (&["read", "99"], Whole),
    (&["send", "--to", "bob", "--subject", "s"], Whole),
    (&["setup", "--check", "cursor"], WholeVarying),
    (&["--help"], Fixed),
    (&["approve", "--help"], Fixed),
    (&["doctor", "--help"], Fixed),
    (&["stop", "--profile", "Not valid"], Whole),
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
            // Answers the question of `approve 1`, which ignores what was typed before it.
            if args == ["approve", "1"] {
                terminal.wait_for("[y/N]");
            }
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
    let mut shim = machine.client("desk");
    assert!(shim.call("send_email", mail("A mail that waits.")).is_error);
    let mut narrow = String::new();
    for (args, kind) in SCREENS {
        let what = args.join(" ");
        let is_fixed = matches!(kind, Fixed | Whole);
        let is_broken = matches!(kind, Fixed | Varying);
        let shown = |columns, env: &[(&str, &str)]| {
            let text = screen(&machine, args, columns, env);
            if let (Some(columns), true) = (columns, is_broken) {
                fits(&text, columns, &what);
            }
            text
        };
        let piped = shown(None, &[]);
        assert!(!piped.contains('\u{1b}'), "{what}: {piped:?}");
        assert!(!piped.trim().is_empty(), "{what}");
        let [at_40, at_80, _] = WIDTHS.map(|columns| shown(Some(columns), &[]));
        for env in [("TERM", "dumb"), ("NO_COLOR", "1"), ("LC_ALL", "C")] {
            let other = shown(Some(80), &[env]);
            let may_paint = env.0 == "LC_ALL";
            assert!(
                may_paint || !other.contains('\u{1b}'),
                "{env:?} {what}: {other:?}"
            );
            if is_fixed {
                assert_eq!(plain(&other), plain(&at_80), "{env:?} {what}");
            }
        }
        if is_fixed && !what.contains("help") {
            narrow += &format!("$ taid {what}\n{}\n", plain(&at_40));
        }
    }
    insta::assert_snapshot!(narrow, @r#"
    $ taid inbox --all
    * 2  2026-01-01 00:00 UTC
         someone@example.com
         -> desk.alice@tai.chat
         [31mhello
    * 1  2026-01-01 00:00 UTC
         someone@example.com
         -> desk.alice@tai.chat
         hello, 世界: 你好，这是一封很长的…

    2 mails

    $ taid read 1 --keep-unread
    From:    someone@example.com
    To:      desk.alice@tai.chat
    Subject: hello, 世界: 你好，这是一封很长的邮件 🚀
    Date:    2026-01-01T00:00:00Z
    Id:      1

    A body with a sentence that is longer than a narrow terminal.

    $ taid search hello
    * 2  2026-01-01 00:00 UTC
         someone@example.com
         -> desk.alice@tai.chat
         [31mhello
    * 1  2026-01-01 00:00 UTC
         someone@example.com
         -> desk.alice@tai.chat
         hello, 世界: 你好，这是一封很长的…

    2 mails match

    $ taid read 99
    error: Email with ID 99 not found
    hint: list the mails with `taid inbox --all`

    $ taid send --to bob --subject s
    error: "to" cannot be used: an address reads name@domain, without spaces or line breaks
    hint: correct "to" and run the command again; nothing was sent or changed

    $ taid stop --profile Not valid
    error: the profile is not valid
    caused by: a profile has 1 to 32 characters: lower-case ASCII letters, digits and hyphens
    hint: correct --profile or TAI_MCP_PROFILE
    "#);
}
