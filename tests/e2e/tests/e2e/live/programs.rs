//! Programs of `tai-mcp live --exec`: run without a shell, one at a time, until they succeed.

use super::*;

#[test]
fn the_program_receives_each_mail_on_its_input_and_its_arguments_unchanged() {
    let machine = Machine::new();
    for n in 0..5 {
        deliver(&machine, "desk.alice@tai.chat", &format!("mail {n}"));
    }
    let _taid = machine.start();
    // `mkdir` fails if two programs run at the same time.
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
    wait_until("all mails are handled", || unread(&machine) == 0);
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
    let live = Killed::spawn(command.stderr(Stdio::null()));
    wait_until("the mail is handled", || unread(&machine) == 0);
    drop(live);
    let seen = fs::read_to_string(machine.home().join("env")).unwrap();
    assert!(
        !seen.contains("canary") && !seen.contains("PASSWORD"),
        "{seen}"
    );
}

#[test]
fn a_mail_stays_unread_and_is_retried_after_its_program_failed_without_delaying_others() {
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
    wait_until("the other mail is handled", || {
        subjects(&machine) == ["other"]
    });
    assert!(machine.home().join("failed").exists());
    wait_until("the mail is handled again", || {
        subjects(&machine) == ["other", "fails once"]
    });
    wait_until("both mails are read", || unread(&machine) == 0);
    live.terminate();
    let (code, said) = live.wait();
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(about_mails(&said), @"
    email 1 arrived
    email 1 was not handled: the program ended with exit status 7; retrying in 10 s
    email 2 arrived
    email 2 was handled
    email 1 was handled
    ");
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_that_exceeds_its_timeout_is_killed_with_its_children() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let _taid = machine.start();
    let script = program(
        &machine,
        "sleep 1000 & echo $! >$HOME/pid\ntrap '' TERM\nwhile :; do wait; done",
    );
    let mut live = Live::start(&machine, &["--time-limit", "1", "--exec", &script]);
    let pid_file = machine.home().join("pid");
    wait_until("the program runs", || {
        fs::read_to_string(&pid_file).is_ok_and(|pid| pid.ends_with('\n'))
    });
    let pid = fs::read_to_string(&pid_file).unwrap();
    let pid = pid.trim().parse().unwrap();
    wait_until("the child of the program has ended", || !is_running(pid));
    live.terminate();
    let (_, said) = live.wait();
    assert!(!said.contains("email 1 was handled"), "{said}");
    assert_eq!(unread(&machine), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn stopping_live_ends_the_program_and_leaves_the_mail_unread() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let _taid = machine.start();
    let script = program(
        &machine,
        "echo $$ >$HOME/pid\nwhile test -e $HOME/pid; do sleep 0.1; done",
    );
    let mut live = Live::start(&machine, &["--exec", &script]);
    let pid_file = machine.home().join("pid");
    wait_until("the program runs", || {
        fs::read_to_string(&pid_file).is_ok_and(|pid| pid.ends_with('\n'))
    });
    live.terminate();
    assert_eq!(live.wait().0, Some(0));
    let pid = fs::read_to_string(&pid_file).unwrap();
    let pid = pid.trim().parse().unwrap();
    wait_until("the program is gone", || !is_running(pid));
    assert_eq!(unread(&machine), 1);
    // Other clients can fetch it.
    let mut shim = machine.client("desk");
    wait_until("another client gets the mail", || {
        !shim.call("fetch_email", json!({})).structured["email"].is_null()
    });
}

#[test]
fn a_program_that_cannot_run_is_reported_and_the_mail_stays_unread() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let _taid = machine.start();
    let mut live = Live::start(&machine, &["--exec", "./no-such-program"]);
    let (code, said) = live.wait();
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(said, @"
    error: cannot run `./no-such-program`
    caused by: the file does not exist
    hint: check that the path after `--exec` is right and executable
    ");
    let (_, said) = Live::start(&machine, &["--exec", "/tmp"]).wait();
    assert!(said.contains("caused by: it is a directory\n"), "{said}");
    assert_eq!(unread(&machine), 1);
}
