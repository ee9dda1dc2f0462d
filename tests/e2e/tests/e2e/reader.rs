//! The worker that reads mails: a mail costs at most its own rendering, and the worker is able to do
//! nothing else.

use crate::mail::desk;
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    path::PathBuf,
    time::{Duration, Instant},
};
use tai_e2e::{
    Daemon, Machine, executables,
    mcp::Shim,
    processes::{is_running, observable, peak_memory, send_signal},
    wait_until, within,
};
use tai_sandbox::NewMail;

const NOT_RENDERED: &str = "could not be rendered";

fn deliver(machine: &Machine, subject: &str, html: &str, text: Option<&str>) -> u64 {
    let mail = NewMail {
        from: "someone@example.com".into(),
        to: "desk.alice@tai.chat".into(),
        subject: Some(subject.into()),
        body_html: Some(html.into()),
        body_text: text.map(str::to_owned),
        ..NewMail::default()
    };
    // The intake would replace the text part of a mail with HTML.
    machine.sandbox.insert(&mail).unwrap().unwrap()
}

/// Returns a bomb: the parser creates each open `font` again in every paragraph, so that a body
/// has `fonts` × `paragraphs` elements.
fn bomb(fonts: u32, paragraphs: usize) -> String {
    let mut html = "<p>".to_owned();
    for n in 0..fonts {
        write!(html, "<font color=#{n:03x}>").unwrap();
    }
    html + &"<p>x".repeat(paragraphs)
}

fn fetch(shim: &mut Shim, id: u64) -> (String, String) {
    let whole = json!({"email_id": id, "max_chars": 1_000_000});
    let read = shim.call("fetch_email", whole);
    assert!(!read.is_error, "{}", read.text);
    let email = &read.structured["email"];
    let text = |key: &str| email[key].as_str().unwrap_or_default().to_owned();
    (read.body().to_owned(), text("note"))
}

fn reader(machine: &Machine) -> Value {
    machine.status()["reader"].clone()
}

fn worker_pid(machine: &Machine) -> u32 {
    let pid = reader(machine)["pid"].as_u64().expect("the worker runs");
    u32::try_from(pid).unwrap()
}

/// Returns the peak of the resident memory of a process, in kilobytes; 0 without `/proc`.
fn peak(pid: u32) -> u64 {
    peak_memory(pid).unwrap_or_default()
}

/// Checks that taid lives and that its memory never exceeded `before` by more than 10 MB. The peak
/// does not sink, so that `before` must be that of the first bomb of a series.
fn assert_unharmed(machine: &Machine, taid: &Daemon<'_>, before: u64) {
    assert_eq!(machine.status()["daemon"]["pid"], taid.pid());
    let grown = peak(taid.pid()) - before;
    assert!(grown <= 10 << 10, "taid grew by {grown} kB");
}

/// Debug builds of the worker fail on a body with these words.
#[cfg(debug_assertions)]
#[test]
fn a_mail_that_would_take_all_memory_costs_one_rendering() {
    let machine = Machine::new();
    let id = deliver(&machine, "greed", "<p>a planted-greed</p>", None);
    deliver(&machine, "after", "<p>the <b>next</b> mail</p>", None);
    let taid = machine.start();
    let mut shim = desk(&machine);
    let before = peak(taid.pid());

    // The mail is the oldest unread one. The inbox behind it can be read.
    let first = shim.call("fetch_email", json!({}));
    let note = first.structured["email"]["note"].as_str().unwrap();
    assert!(note.contains(NOT_RENDERED), "{note}");
    assert_eq!(first.body(), "a planted-greed");
    let second = shim.call("fetch_email", json!({}));
    assert_eq!(second.body(), "the **next** mail");
    assert_eq!(machine.status()["daemon"]["pid"], taid.pid());
    assert_eq!(reader(&machine)["failures"], 1);

    // It is not tried again.
    let (_, note) = fetch(&mut shim, id);
    assert!(note.contains(NOT_RENDERED), "{note}");
    assert_eq!(reader(&machine)["failures"], 1);
    let grown = peak(taid.pid()) - before;
    assert!(grown <= 10 << 10, "taid grew by {grown} kB");
}

/// Debug builds of the worker fail on a body with these words.
#[cfg(debug_assertions)]
#[test]
fn a_mail_that_crashes_the_worker_is_not_tried_again_after_a_restart() {
    let machine = Machine::new();
    let id = deliver(&machine, "s", "<p>a planted-crash</p>", None);
    for failures in [1, 0] {
        let taid = machine.start();
        let mut shim = desk(&machine);
        let (body, note) = fetch(&mut shim, id);
        assert_eq!(body, "a planted-crash");
        assert!(note.contains(NOT_RENDERED), "{note}");
        assert_eq!(reader(&machine)["failures"], failures);
        shim.close();
        taid.stop();
    }
}

#[test]
fn each_known_bomb_is_survived() {
    let machine = Machine::new();
    let taid = machine.start();
    let mut shim = desk(&machine);
    let mut read = |html: &str| fetch(&mut shim, deliver(&machine, "bomb", html, None));
    read("<p>a mail that is none</p>");
    let before = peak(taid.pid());
    let cells = "<table><tr><td>x".repeat(8_000);
    let wide = format!(
        "<table><tr><th>{}</th></tr>{}</table>",
        "w".repeat(20_000),
        "<tr><td>x</td></tr>".repeat(5_000)
    );
    for html in [
        bomb(190, 20_000),
        bomb(1_900, 20_000),
        bomb(500, 1_000),
        "<blockquote>".repeat(1_900) + &"<b><i><u>x".repeat(20_000),
        cells,
        wide,
        "<div>".repeat(200_000),
        "<p ".to_owned() + &"a=1 ".repeat(300_000),
    ] {
        read(&html);
        assert_unharmed(&machine, &taid, before);
    }
    let (body, note) = read("<p>well</p>");
    assert_eq!((body.as_str(), note.as_str()), ("well", ""));
}

/// Debug builds of the worker fail on a body with these words.
#[cfg(debug_assertions)]
#[test]
fn the_text_part_is_shown_if_the_html_cannot_be_rendered() {
    let machine = Machine::new();
    let _taid = machine.start();
    let html = "<p>a planted-crash</p>";
    let id = deliver(&machine, "s", html, Some("the text part"));
    let (body, note) = fetch(&mut desk(&machine), id);
    assert_eq!(body, "the text part");
    assert!(note.contains("this is its text part"), "{note}");
}

#[test]
fn a_mail_is_read_past_a_large_picture_and_a_cut_is_reported() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let picture = "A".repeat(3 << 20);
    let html =
        format!("<p>Hello</p><img src=\"data:image/png;base64,{picture}\"><p>Pay by Friday</p>");
    let id = deliver(&machine, "picture", &html, Some("Hello\n\nPay by Friday"));
    let (body, note) = fetch(&mut shim, id);
    assert_eq!(
        (body.as_str(), note.as_str()),
        (
            "Hello\n\nPay by Friday",
            "Note: 1 image without a description is not shown."
        )
    );

    // The text part has what the rest of the HTML hides.
    let comment = "x".repeat(5 << 20);
    let html = format!("<!--{comment}--><div style=\"display:none\">secret order</div>");
    let id = deliver(&machine, "comment", &html, Some("secret order"));
    let (body, note) = fetch(&mut shim, id);
    assert_eq!(body, "");
    assert!(
        note.contains("everything after 1 MB of text or 5 MB of HTML"),
        "{note}"
    );
}

#[test]
fn html_that_cannot_be_sanitised_within_the_limits_is_refused() {
    let machine = Machine::new();
    let taid = machine.start();
    let mut shim = desk(&machine);
    let mut send = |content: &str| {
        let arguments = json!({
            "to": "bob@example.com", "subject": "s", "content": content, "format": "html",
        });
        shim.call("send_email", arguments)
    };
    let before = peak(taid.pid());
    for content in [bomb(190, 2_900), "<div>".repeat(190_000)] {
        let started = Instant::now();
        let sent = send(&content);
        let limit = within(Duration::from_secs(6));
        assert!(started.elapsed() < limit, "{:?}", started.elapsed());
        assert!(sent.is_error, "{}", sent.text);
        assert!(
            sent.text.contains("\"content\" cannot be used"),
            "{}",
            sent.text
        );
    }
    assert!(!send("<p>well</p>").is_error);
    assert_eq!(machine.status()["daemon"]["pid"], taid.pid());
    let grown = peak(taid.pid()) - before;
    assert!(grown <= 10 << 10, "taid grew by {grown} kB");
}

/// Debug builds of the worker fail on a body with these words.
#[cfg(debug_assertions)]
#[test]
fn a_planted_crash_hang_and_leak_of_the_worker_cost_one_mail_each() {
    let machine = Machine::new();
    let taid = machine.start();
    let mut shim = desk(&machine);
    for (failures, failure) in ["crash", "loop", "wait", "greed"].iter().enumerate() {
        let id = deliver(
            &machine,
            failure,
            &format!("<p>a planted-{failure}</p>"),
            None,
        );
        let (body, note) = fetch(&mut shim, id);
        assert_eq!(body, format!("a planted-{failure}"));
        assert!(note.contains("may include hidden passages"), "{note}");
        assert_eq!(reader(&machine)["failures"], failures as u64 + 1);
        let id = deliver(&machine, "after", "<i>well</i>", None);
        assert_eq!(fetch(&mut shim, id), ("*well*".into(), String::new()));
    }
    assert_eq!(machine.status()["daemon"]["pid"], taid.pid());
    for cause in ["SIGABRT", "it exceeded its"] {
        assert!(machine.log().contains(cause), "{cause} is in the log");
    }
}

#[test]
fn one_worker_reads_two_hundred_mails_and_is_confined() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let paragraph = "<p>Some <b>words</b> of a <a href='https://example.com/'>plain</a> mail.</p>";
    let html = paragraph.repeat(5_000 / paragraph.len());
    assert_eq!(
        reader(&machine)["pid"],
        Value::Null,
        "no worker without a mail"
    );
    let started = Instant::now();
    for n in 0..200 {
        let id = deliver(&machine, &format!("mail {n}"), &html, None);
        let (_, note) = fetch(&mut shim, id);
        assert_eq!(note, "");
    }
    let each = started.elapsed() / 200;
    assert!(
        each < within(Duration::from_millis(100)),
        "{each:?} for each mail"
    );
    let reader = reader(&machine);
    assert_eq!(
        (&reader["starts"], &reader["mails"], &reader["failures"]),
        (&json!(1), &json!(200), &json!(0))
    );
    #[cfg(target_os = "linux")]
    confined(worker_pid(&machine), &reader);
}

/// Checks what `/proc` says about the worker.
#[cfg(target_os = "linux")]
fn confined(pid: u32, reader: &Value) {
    let file = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/{name}"));
    assert_eq!(file("cmdline").unwrap(), "taid\0reader-worker\0");
    assert_eq!(file("comm").unwrap(), "taid-reader\n");
    let status = file("status").unwrap();
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    if !reader["unconfined"]
        .as_array()
        .unwrap()
        .contains(&json!("seccomp"))
    {
        assert!(status.contains("Seccomp:\t2"), "{status}");
    }
    assert!(peak(pid) < 150 << 10, "{} kB", peak(pid));
    let limits = file("limits").unwrap();
    for limit in [
        "Max open files            0 ",
        "Max processes             0 ",
    ] {
        assert!(limits.contains(limit), "{limits}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_worker_has_three_descriptors_no_environment_and_no_directory() {
    let machine = Machine::new();
    let command = observable(
        machine.taid(&[]),
        "what the system shows of the mail reader",
    );
    let Some(command) = command else {
        return;
    };
    let _taid = machine.spawn(command);
    let id = deliver(&machine, "s", "<b>read</b>", None);
    assert_eq!(fetch(&mut desk(&machine), id).0, "**read**");
    let process = PathBuf::from(format!("/proc/{}", worker_pid(&machine)));
    let descriptors = std::fs::read_dir(process.join("fd")).unwrap();
    let mut names: Vec<_> = descriptors
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["0", "1", "2"]);
    let link = |name: &str| std::fs::read_link(process.join(name)).unwrap();
    assert_eq!(link("fd/2"), PathBuf::from("/dev/null"));
    assert_eq!(link("cwd"), PathBuf::from("/"));
    assert_eq!(std::fs::read(process.join("environ")).unwrap(), b"");
}

#[test]
fn the_worker_is_refused_files_network_and_processes() {
    let machine = Machine::new();
    let output = machine.cli(&["doctor", "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == "mail reader");
    let check = check.expect("doctor checks the mail reader");
    assert_eq!(check["state"], "ok", "{check}");
    let found = check["found"].as_str().unwrap();
    if found.contains("lacks") {
        tai_e2e::processes::skipped(found);
        return;
    }
    assert_eq!(found, "confined: no files, no network, no other processes");
}

#[cfg(target_os = "linux")]
#[test]
fn the_worker_survives_neither_taid_nor_a_kill_and_costs_no_mail() {
    let machine = Machine::new();
    let taid = machine.start();
    let mut shim = desk(&machine);
    let id = deliver(&machine, "first", "<b>first</b>", None);
    assert_eq!(fetch(&mut shim, id).0, "**first**");
    let first = worker_pid(&machine);
    send_signal(first, rustix::process::Signal::KILL);
    let id = deliver(&machine, "second", "<b>second</b>", None);
    assert_eq!(fetch(&mut shim, id), ("**second**".into(), String::new()));
    let second = worker_pid(&machine);
    assert_ne!(first, second);
    taid.kill();
    wait_until("the worker ends", || !is_running(second));
}

/// The worker is the running executable, also if its file is gone.
#[cfg(target_os = "linux")]
#[test]
fn mails_are_read_although_the_executable_was_removed() {
    let machine = Machine::new();
    let copy = machine.home().join("taid");
    std::fs::copy(executables().join("taid"), &copy).unwrap();
    let original = machine.taid(&[]);
    let mut command = std::process::Command::new(&copy);
    command.args(original.get_args()).env_clear();
    for (name, value) in original.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let _taid = machine.spawn(command);
    std::fs::remove_file(&copy).unwrap();
    let id = deliver(&machine, "s", "<b>read</b>", None);
    assert_eq!(fetch(&mut desk(&machine), id).0, "**read**");
    assert_eq!(reader(&machine)["error"], Value::Null);
}
