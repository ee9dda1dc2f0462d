//! Handled mails that cannot be marked read do not hold up the others.

use super::*;
use tai_e2e::{PASSWORD, USER};
use tai_sandbox::FaultKind;

const MARK: &str = "PUT /api/v1/messages/{id}/read";

#[test]
fn a_mail_that_another_program_deletes_while_it_is_handled_does_not_hold_up_the_others() {
    let machine = Machine::new();
    let to = "desk.alice@tai.chat";
    deliver(&machine, to, "deleted");
    let _taid = machine.start_with(&[("TAI_MCP_POLL_INTERVAL", "1000")]);
    // The taid of live learns nothing of a deletion through another one. With another name of the bridge,
    // that one does not know that the account is in use.
    let bridge = machine.sandbox.url().replace("127.0.0.1", "localhost");
    let account = [
        ("TAI_MCP_API_BASE_URL", bridge.as_str()),
        ("TAI_MCP_USERNAME", USER),
        ("TAI_MCP_PASSWORD", PASSWORD),
    ];
    let _other = machine.start_profile("other", &account);
    let script = program(
        &machine,
        "cat >>$HOME/out\necho >$HOME/begun\nwhile ! test -e $HOME/go; do sleep 0.05; done",
    );
    let mut live = Live::start(&machine, &["--exec", &script]);
    wait_until("the program runs", || machine.home().join("begun").exists());
    let deleted = machine.cli(&["delete", "1", "--yes", "--profile", "other"]);
    assert!(deleted.status.success(), "{}", machine.say(&deleted));
    fs::write(machine.home().join("go"), "").unwrap();
    deliver(&machine, to, "next");
    wait_until("the next mail is handled", || unread(&machine) == 0);
    assert_eq!(subjects(&machine), ["deleted", "next"]);
    live.terminate();
    let (code, said) = live.wait();
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(about_mails(&said), @"
    email 1 arrived
    email 1 was handled
    email 2 arrived
    email 2 was handled
    ");
}

#[test]
fn no_mail_is_marked_read_whose_output_is_lost() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "kept");
    let _taid = machine.start();
    let nothing = |writes: bool| {
        let mut options = fs::File::options();
        let nothing = options.read(true).write(writes).open("/dev/null");
        nothing.unwrap()
    };
    let mut said = Vec::new();
    for arguments in [&["live", "--instance", "desk"][..], &[]] {
        // What Rust opens in place of a closed output, and an output that is open for reading alone.
        for output in [nothing(true), nothing(false)] {
            let mut command = machine.command("tai-mcp");
            command.args(arguments).stdin(Stdio::piped()).stdout(output);
            let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
            wait_until("it refuses", || child.try_wait().unwrap().is_some());
            said.push(machine.say(&child.wait_with_output().unwrap()));
        }
    }
    said.dedup();
    insta::assert_snapshot!(said.concat(), @"
    exit 1
    error: standard output cannot be written
    caused by: it is closed, `/dev/null` for reading and writing, or open for reading alone
    hint: each email would be lost; start tai-mcp with an output
    ");
    assert_eq!(unread(&machine), 1);
}

#[test]
fn mails_that_the_bridge_does_not_mark_are_reported_once_and_marked_later() {
    let machine = Machine::new();
    let to = "desk.alice@tai.chat";
    deliver(&machine, to, "first");
    deliver(&machine, to, "second");
    let taid = machine.start_with(&[("TAI_MCP_POLL_INTERVAL", "1000")]);
    taid.wait_until_live();
    machine.sandbox.fail(FaultKind::Error500, 10_000, MARK);
    let script = program(&machine, "cat >>$HOME/out");
    let mut live = Live::start(&machine, &["--exec", &script]);
    wait_until("both mails are handled", || {
        subjects(&machine) == ["first", "second"]
    });
    assert_eq!(unread(&machine), 2);
    machine.sandbox.heal();
    wait_until("both mails are marked", || unread(&machine) == 0);
    live.terminate();
    let (code, said) = live.wait();
    assert_eq!(code, Some(0));
    assert_eq!(said.matches("Retrying.").count(), 1, "{said}");
    assert_eq!(subjects(&machine), ["first", "second"]);
}
