//! The commands in hints are for the taid that answered.

use rustix::process::Signal;
use serde_json::json;
use std::{path::Path, process::Stdio};
use tai_e2e::{
    Killed, Machine, PASSWORD, executables, mcp::Shim, processes::send_signal, raw::Raw, wait_until,
};

/// Starts the taid of the profile `work`, which asks before each send.
fn start(machine: &Machine, socket: &Path) -> Killed {
    let mut command = machine.taid(&[("TAI_MCP_PROFILE", "work")]);
    let taid = Killed::spawn(command.stdin(Stdio::null()).stderr(Stdio::null()));
    wait_until("taid serves", || Raw::connect(socket).is_ok());
    taid
}

/// Starts a client that knows the socket of a taid, and not its profile.
fn client(machine: &Machine, socket: &Path) -> Shim {
    let socket = socket.to_str().unwrap();
    let shim = machine.shim_with(&[("TAI_MCP_INSTANCE", "desk"), ("TAI_MCP_SOCKET", socket)]);
    shim.initialized("test", "2025-06-18")
}

/// Returns the last line of an error.
fn hint(text: &str) -> String {
    let line = text.lines().last().unwrap_or_default();
    format!("{line}\n")
}

#[test]
fn hints_about_mails_that_wait_name_the_profile_of_their_taid() {
    let machine = Machine::new();
    machine.configure_profile("work", "confirm_send = \"always\"\n");
    let socket = machine.runtime_dir().join("work.sock");
    let taid = start(&machine, &socket);
    let mut shim = client(&machine, &socket);
    let mut mail = json!({"to": "bob@tai.chat", "subject": "Figures", "content": "one"});
    let waits = shim.call("send_email", mail.clone());
    mail["content"] = "two".into();
    mail["hold"] = true.into();
    let draft = shim.call("send_email", mail);
    let status = shim.call("session_status", json!({}));
    let status = status
        .text
        .lines()
        .find(|line| line.contains("waiting for"));
    let own = |arguments: &[&str]| {
        let output = machine.cli(&[arguments, &["--profile", "work"]].concat());
        machine.plain(&[output.stdout, output.stderr].concat())
    };
    let page = own(&["status"]);
    let page = page.lines().find(|line| line.starts_with("approval"));
    let text = [
        hint(&waits.text),
        draft.text.lines().next().unwrap().to_owned() + "\n",
        status.unwrap().to_owned() + "\n",
        page.unwrap().to_owned() + "\n",
        hint(&own(&["approve"])),
        hint(&own(&["approve", "9"])),
    ];
    insta::assert_snapshot!(text.concat(), @"
    hint: ask the user to run `taid approve 1 --profile work` within an hour; it is lost if taid stops before; do not send the email again while it waits
    Nothing was sent. The draft waits as number 2 for the user, who sends or discards it with `taid approve 2 --profile work` within an hour, and is lost if taid stops before.
    Emails waiting for the user's approval (`taid approve --profile work`), by number: 1, 2
    approval   2 mails waiting: `taid approve --profile work`
    2 mails are waiting. `taid approve NUMBER --profile work` shows one and asks whether to send it.
    hint: list the waiting mails with `taid approve --profile work`
    ");
    assert!(own(&["approve", "1", "--yes"]).starts_with("sent to bob@tai.chat"));

    // Without a keyring, the draft is lost.
    drop(taid);
    let _taid = start(&machine, &socket);
    insta::assert_snapshot!(hint(&own(&["approve", "2", "--yes"])), @"hint: ask the agent to submit it again, or remove it from the list with `taid approve 2 --reject --profile work`");
}

#[test]
fn approve_and_status_name_the_other_profiles_at_which_mails_wait() {
    let machine = Machine::new();
    machine.configure_profile("work", "confirm_send = \"always\"\n");
    let socket = machine.runtime_dir().join("work.sock");
    let work = start(&machine, &socket);
    let _idle = machine.start_profile("idle", &[]);
    let mut shim = client(&machine, &socket);
    for content in ["one", "two"] {
        let mail = json!({"to": "bob@tai.chat", "subject": "Figures", "content": content, "allow_duplicate": true});
        assert!(shim.call("send_email", mail).text.contains("taid approve"));
    }
    // The default taid does not run.
    insta::assert_snapshot!(machine.say(&machine.cli(&["approve"])), @"
    exit 3
    2 mails wait at the taid of the profile work: `taid approve --profile work`
    error: taid is not running
    caused by: there is no taid at HOME/.local/state/tai/run/default.sock
    hint: TAI_MCP_AUTOSTART is off here, so no command starts taid; run `taid run` in another terminal, or unset the variable
    ");
    machine.sandbox.add_account("bob", PASSWORD).unwrap();
    let taid = machine.start_with(&[("TAI_MCP_USERNAME", "bob")]);
    taid.wait_until_live();
    insta::assert_snapshot!(machine.say(&machine.cli(&["approve"])), @"
    exit 0
    no mail waits for approval
    2 mails wait at the taid of the profile work: `taid approve --profile work`
    ");
    let also = |machine: &Machine| {
        let page = machine.plain(&machine.cli(&["status"]).stdout);
        let lines = page.lines().filter(|line| line.starts_with("also"));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    insta::assert_snapshot!(also(&machine), @"
    also       profile idle: no account, signed out
    also       profile work: alice@tai.chat, live, 2 mails waiting: `taid approve --profile work`
    ");
    // A user who names a profile or a socket sees that one alone.
    let default = machine.runtime_dir().join("default.admin.sock");
    for arguments in [
        ["--profile", "default"],
        ["--socket", default.to_str().unwrap()],
    ] {
        let output = machine.cli(&[&["approve"], arguments.as_slice()].concat());
        assert_eq!(machine.say(&output), "exit 0\nno mail waits for approval\n");
    }
    let one = machine.cli(&["approve", "1", "--yes", "--profile", "work"]);
    assert!(one.status.success(), "{}", machine.say(&one));
    insta::assert_snapshot!(machine.say(&machine.cli(&["approve"])), @"
    exit 0
    no mail waits for approval
    1 mail waits at the taid of the profile work: `taid approve --profile work`
    ");

    // A taid that does not answer is left out.
    send_signal(work.id(), Signal::STOP);
    insta::assert_snapshot!(machine.say(&machine.cli(&["approve"])), @"
    exit 0
    no mail waits for approval
    ");
}

#[test]
fn a_hint_to_sign_in_names_the_profile_of_its_taid() {
    let machine = Machine::new();
    let _taid = machine.start_profile("work", &[]);
    let mut shim = client(&machine, &machine.runtime_dir().join("work.sock"));
    let refused = shim.call("list_inbox", json!({}));
    insta::assert_snapshot!(hint(&refused.text), @"hint: ask the user to run `taid login --profile work`, or set `password_command` or `password_file` in the configuration file, then call again");
    let status = shim.call("session_status", json!({}));
    let problem = status.text.lines().find(|line| line.starts_with("Problem"));
    let problem = problem.expect(&status.text);
    assert!(problem.contains("`taid login --profile work`"), "{problem}");
}

#[test]
fn a_hint_names_the_program_that_is_on_the_path() {
    let machine = Machine::new();
    let bin = machine.home().join("bin");
    std::fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(executables().join("tai-mcp"), bin.join("tai-mcp")).unwrap();
    let path = bin.to_str().unwrap();
    let _taid = machine.start_bare(&[]);
    wait_until("taid has looked for a keyring", || {
        machine.status()["session"]["state"] == "signed_out"
    });
    let said = |arguments: &[&str]| {
        let mut command = machine.command("taid");
        let output = command.args(arguments).env("PATH", path).output().unwrap();
        machine.say(&output)
    };
    for arguments in [&["status"][..], &["doctor"], &["doctor", "--json"]] {
        let said = said(arguments);
        assert!(!said.contains("`taid "), "{said}");
        assert!(said.contains("`tai-mcp login"), "{said}");
    }
    let shim = machine.shim_with(&[("PATH", path)]);
    let mut shim = shim.initialized("test", "2025-06-18");
    let status = shim.call("session_status", json!({}));
    for text in [status.text, status.structured.to_string()] {
        assert!(text.contains("`tai-mcp login`"), "{text}");
        assert!(!text.contains("`taid "), "{text}");
    }
}

#[test]
fn a_stop_at_a_socket_says_that_its_end_is_not_seen() {
    let machine = Machine::new();
    let taid = machine.start();
    let socket = machine.cli(&["socket", "--admin"]).stdout;
    let socket = String::from_utf8(socket).unwrap();
    let output = machine.cli(&["stop", "--socket", socket.trim()]);
    insta::assert_snapshot!(machine.say(&output), @"
    exit 0
    taid stops once its open calls have finished, which takes at most a minute
    ");
    assert_eq!(taid.wait().0, Some(0));
}
