//! `tai-mcp live --reply`: the output of a program is sent as the answer, at most once.

use super::*;
use tai_sandbox::Canned;

const REPLY: &str = "POST /api/v1/messages/{id}/reply";

/// Returns a machine with one unread mail, and a bridge that can reply.
fn machine() -> Machine {
    let machine = Machine::behaving(|behaviour| behaviour.has_reply = true);
    deliver(&machine, "desk.alice@tai.chat", "question");
    machine
}

/// Starts live with a program whose output is sent.
fn live(machine: &Machine, text: &str) -> Live {
    let script = program(machine, text);
    Live::start(machine, &["--reply", "--exec", &script])
}

fn ended(mut live: Live) -> String {
    live.terminate();
    let (code, said) = live.wait();
    assert_eq!(code, Some(0));
    about_mails(&tai_e2e::without_home(&said))
}

#[test]
fn the_output_of_a_program_is_sent_as_the_answer_in_markdown() {
    let machine = machine();
    let _taid = machine.start();
    let live = live(&machine, "cat >$HOME/out; echo; echo 'Yes, **at noon**.'");
    wait_until("the mail is read", || unread(&machine) == 0);
    insta::assert_snapshot!(ended(live), @"
    email 1 arrived
    email 1 was answered
    ");
    assert_eq!(subjects(&machine), ["question"]);
    let sent = machine.sandbox.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].to.as_str(), sent[0].subject.as_str()),
        ("someone@example.com", "Re: question")
    );
    assert!(
        sent[0].html.contains("<strong>at noon</strong>"),
        "{}",
        sent[0].html
    );
}

#[test]
fn a_sender_that_answers_each_answer_is_slowed_down() {
    let machine = machine();
    // More than live keeps for any reason.
    for _ in 1..=200 {
        deliver(&machine, "desk.alice@tai.chat", "answer");
    }
    deliver_mail(
        &machine,
        "other@example.com",
        "desk.alice@tai.chat",
        "question",
    );
    let _taid = machine.start();
    // Each mail gets the same answer.
    let live = live(&machine, "cat >/dev/null; echo received");
    // Another sender gets its answer, also behind all the mails that wait.
    wait_until("another sender is answered", || {
        machine.sandbox.sent().len() == 21
    });
    wait_until("the mails are read", || unread(&machine) == 181);
    let said = ended(live);
    let warnings: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("warning"))
        .collect();
    insta::assert_snapshot!(
        warnings.join("\n"),
        @r#"warning: "someone@example.com" got 20 answers in an hour; its further emails wait 60 min. Two programs may be answering each other"#
    );
}

#[test]
fn a_mail_that_cannot_be_answered_is_left_unread_and_holds_up_no_other() {
    let machine = Machine::new();
    let desk = "desk.alice@tai.chat";
    // More than live keeps for any reason.
    for _ in 1..=160 {
        deliver_mail(&machine, "<>", desk, "undelivered");
    }
    let deceptive = "\"boss@corp.example\" <evil@evil.example>";
    deliver_mail(&machine, deceptive, desk, "deceptive");
    deliver_mail(&machine, desk, desk, "own");
    let bounces = "dev-bounces+desk.alice=tai.chat@lists.example";
    deliver_mail(&machine, bounces, desk, "a list");
    deliver_mail(&machine, "friend@example.com", desk, "question");
    let _taid = machine.start();
    let live = live(
        &machine,
        "echo run >>$HOME/runs; cat >>$HOME/mails; echo received",
    );
    wait_until("the friend is answered", || unread(&machine) == 163);
    let said = ended(live);
    let warnings: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("warning"))
        .collect();
    assert_eq!(warnings.len(), 163);
    insta::assert_snapshot!(warnings[159..].join("\n"), @"
    warning: email 160 is not answered, because its sender is not one address that a mail can be sent to; it stays unread
    warning: email 161 is not answered, because its sender is not one address that a mail can be sent to; it stays unread
    warning: email 162 is not answered, because it comes from the address that would answer it; it stays unread
    warning: email 163 is not answered, because its sender is an address of a program or a list; it stays unread
    ");
    let runs = fs::read_to_string(machine.home().join("runs")).unwrap();
    assert_eq!((runs.as_str(), machine.sandbox.sent().len()), ("run\n", 1));
}

#[test]
fn the_output_of_an_agent_without_tools_is_sent_and_its_marker_is_not() {
    let machine = machine();
    deliver(&machine, "desk.alice@tai.chat", "newsletter");
    let _taid = machine.start();
    let dir = agents_of(&machine);
    fs::create_dir_all(&dir).unwrap();
    let script = "#!/bin/sh\nprintf '%s\\n' \"$@\" >$HOME/args\ncat >$HOME/prompt\n\
                  if grep -q newsletter $HOME/prompt; then sed -n 's/.* exactly: //p' $HOME/prompt\n\
                  else echo 'At noon.'; fi\n";
    write_program(&dir.join("claude"), script);
    let live = Live::start(&machine, &["--agent", "claude", "--reply"]);
    wait_until("both mails are read", || unread(&machine) == 0);
    insta::assert_snapshot!(ended(live), @"
    email 1 arrived
    email 1 was answered
    email 2 arrived
    email 2 was handled: no answer is needed
    ");
    let sent: Vec<String> = machine
        .sandbox
        .sent()
        .into_iter()
        .map(|mail| mail.text)
        .collect();
    assert_eq!(sent.concat().trim(), "At noon.");
    let arguments = fs::read_to_string(machine.home().join("args")).unwrap();
    assert!(!arguments.contains("mcp__tai"), "{arguments}");
}

#[test]
fn an_answer_with_a_marker_is_not_sent_and_its_mail_stays_unread() {
    let machine = machine();
    let _taid = machine.start();
    let dir = agents_of(&machine);
    fs::create_dir_all(&dir).unwrap();
    let script = "#!/bin/sh\ncat >$HOME/prompt\necho 'At noon.'\necho\n\
                  sed -n 's/.* exactly: //p' $HOME/prompt\n";
    write_program(&dir.join("claude"), script);
    let mut live = Live::start(&machine, &["--agent", "claude", "--reply"]);
    let mut errors = BufReader::new(live.child.stderr.take().unwrap()).lines();
    let failed = errors.find(|line| line.as_ref().unwrap().contains("not handled"));
    let line = failed.unwrap().unwrap();
    let (why, marker) = line.split_once("\"TAI: handled ").unwrap();
    insta::assert_snapshot!(why, @"email 1 was not handled: the agent printed an answer and the line for no answer; its last line is");
    assert!(marker.ends_with("\"; retrying in 10 s"), "{marker}");
    assert_eq!((unread(&machine), machine.sandbox.sent().len()), (1, 0));
}

#[test]
fn gemini_without_tools_starts_no_server_of_the_user() {
    let machine = machine();
    let _taid = machine.start();
    let dir = agents_of(&machine);
    fs::create_dir_all(&dir).unwrap();
    let script = "#!/bin/sh\nprintf '%s\\n' \"$@\" >$HOME/args\ncat >$HOME/prompt\n\
                  cp .gemini/settings.json $HOME/settings\necho 'At noon.'\n";
    write_program(&dir.join("gemini"), script);
    let live = Live::start(&machine, &["--agent", "gemini", "--reply"]);
    wait_until("the mail is read", || unread(&machine) == 0);
    drop(live);
    let file = |name: &str| fs::read_to_string(machine.home().join(name)).unwrap();
    // The flag takes precedence over the settings, and the user can have a server `tai`.
    assert!(file("args").contains("--allowed-mcp-server-names\nnone-"));
    insta::assert_snapshot!(file("settings"), @r#"{"mcp":{"allowed":[]},"tools":{"core":[],"allowed":[]}}"#);
}

#[test]
fn no_output_is_no_answer_and_the_output_of_a_failed_program_is_not_sent() {
    let machine = machine();
    deliver(&machine, "desk.alice@tai.chat", "silence");
    let _taid = machine.start();
    let live = live(
        &machine,
        "if grep -q silence; then exit 0; fi; echo 'half an answ'; exit 3",
    );
    wait_until("the other mail is read", || unread(&machine) == 1);
    let said = ended(live);
    assert!(
        said.contains("email 2 was handled: no answer is needed\n"),
        "{said}"
    );
    assert!(
        said.contains("email 1 was not handled: the program ended with exit status 3;"),
        "{said}"
    );
    assert_eq!(machine.sandbox.sent().len(), 0);
}

#[test]
fn an_answer_that_was_not_sent_is_retried_and_one_with_an_unknown_outcome_is_not() {
    let machine = machine();
    let _taid = machine.start();
    let refused = json!({"success": false, "error": {"code": "INTERNAL_ERROR",
        "message": "Resend service not initialized. Check RESEND_API_KEY"}});
    let lost = json!({"success": false, "error": {"code": "INTERNAL_ERROR",
        "message": "Unable to fetch data. The request could not be resolved."}});
    machine
        .sandbox
        .can(Canned::new(500, &refused.to_string()), 1, REPLY);
    let live = live(
        &machine,
        "cat >$HOME/out; echo run >>$HOME/runs; echo answer",
    );
    wait_until("the first attempt fails", || {
        machine.sandbox.count(REPLY) == 1
    });
    machine
        .sandbox
        .can(Canned::new(500, &lost.to_string()), 1, REPLY);
    wait_until("the mail is read", || unread(&machine) == 0);
    let said = ended(live);
    let (first, rest) = said.split_once("; retrying in 10 s\n").unwrap();
    assert!(
        first.contains("email 1 was not handled: its answer was not sent: "),
        "{first}"
    );
    insta::assert_snapshot!(rest, @"warning: email 1 may have been answered; it is not answered a second time. Ask its sender whether the answer arrived");
    assert_eq!(machine.sandbox.count(REPLY), 2);
    // The finished answer was submitted again.
    let runs = || fs::read_to_string(machine.home().join("runs")).unwrap();
    assert_eq!(runs(), "run\n");

    // Another live does not answer it either.
    let script = machine.home().join("program");
    let again = Live::start(&machine, &["--reply", "--exec", script.to_str().unwrap()]);
    deliver(&machine, "desk.alice@tai.chat", "second");
    // The sandbox counts a request before it sends the mail.
    wait_until("the second mail is answered", || {
        machine.sandbox.sent().len() == 1
    });
    drop(again);
    assert_eq!(machine.sandbox.count(REPLY), 3);
}

#[test]
fn an_answer_that_the_configuration_forbids_is_made_once() {
    let machine = machine();
    machine.configure("[instances.desk]\nallow_to = [\"*@other.example\"]\n");
    let _taid = machine.start();
    let mut live = live(
        &machine,
        "cat >$HOME/out; echo run >>$HOME/runs; echo answer",
    );
    let mut errors = BufReader::new(live.child.stderr.take().unwrap()).lines();
    let failed = errors.find(|line| line.as_ref().unwrap().contains("not handled"));
    insta::assert_snapshot!(failed.unwrap().unwrap(), @r#"email 1 was not handled: its answer was not sent: an answer to the sender of email 1 is not permitted for this instance (taid's configuration: [instances.desk] allow_to = ["*@other.example"]); retrying in 600 s"#);
    let runs = fs::read_to_string(machine.home().join("runs")).unwrap();
    assert_eq!((runs.as_str(), unread(&machine)), ("run\n", 1));
}

#[test]
fn an_output_from_which_no_mail_can_be_made_is_a_failed_run() {
    let machine = machine();
    let _taid = machine.start();
    let mut live = live(&machine, "cat >$HOME/out; echo '<script>x</script>'");
    let mut errors = BufReader::new(live.child.stderr.take().unwrap()).lines();
    let failed = errors.find(|line| line.as_ref().unwrap().contains("not handled"));
    insta::assert_snapshot!(failed.unwrap().unwrap(), @r#"email 1 was not handled: its answer was not sent: "content" cannot be used: a reader would see an empty mail; left out: 1 script; retrying in 10 s"#);
}

#[test]
fn an_answer_to_a_mail_that_the_bridge_does_not_find_is_kept_for_a_while() {
    let machine = machine();
    let _taid = machine.start();
    let live = live(
        &machine,
        "cat >$HOME/out; while ! test -e $HOME/go; do sleep 0.05; done; echo answer",
    );
    wait_until("the program runs", || out(&machine).exists());
    let deleted = machine.cli(&["delete", "1", "--yes"]);
    assert!(deleted.status.success(), "{}", machine.say(&deleted));
    fs::write(machine.home().join("go"), "").unwrap();
    deliver(&machine, "desk.alice@tai.chat", "next");
    wait_until("the next mail is read", || unread(&machine) == 0);
    insta::assert_snapshot!(ended(live), @"
    email 1 arrived
    email 1 was not handled: its answer was not sent: Email with ID 1 not found; retrying in 600 s
    email 2 arrived
    email 2 was answered
    ");
}

#[test]
fn an_answer_that_needs_approval_waits_and_its_mail_is_handled() {
    let machine = machine();
    machine.configure("confirm_send = \"always\"\n");
    let _taid = machine.start();
    let live = live(&machine, "cat >$HOME/out; echo answer");
    wait_until("the mail is read", || unread(&machine) == 0);
    insta::assert_snapshot!(ended(live), @"
    email 1 arrived
    email 1 was answered; the answer waits for approval: `taid approve 1`
    ");
    assert_eq!(machine.sandbox.sent().len(), 0);
    assert!(machine.cli(&["approve", "1", "--yes"]).status.success());
    assert_eq!(machine.sandbox.sent().len(), 1);
}

#[test]
fn the_same_answer_to_two_mails_waits_for_approval_twice() {
    let machine = machine();
    deliver(&machine, "desk.alice@tai.chat", "question");
    machine.configure("confirm_send = \"always\"\n");
    let _taid = machine.start();
    let live = live(&machine, "cat >/dev/null; echo received");
    wait_until("the mails are read", || unread(&machine) == 0);
    insta::assert_snapshot!(ended(live), @"
    email 1 arrived
    email 1 was answered; the answer waits for approval: `taid approve 1`
    email 2 arrived
    email 2 was answered; the answer waits for approval: `taid approve 2`
    ");
    for number in ["1", "2"] {
        let approved = machine.cli(&["approve", number, "--yes"]);
        assert!(approved.status.success(), "{}", machine.say(&approved));
    }
    assert_eq!(machine.sandbox.sent().len(), 2);
}

#[test]
fn live_refuses_options_that_do_not_fit_together() {
    let machine = Machine::new();
    for arguments in [
        &["--reply"][..],
        &["--prompt", "x"],
        &["--agent", "claude", "--exec", "x"],
        &["--agent", "emacs"],
    ] {
        let mut command = machine.command("tai-mcp");
        let ended = command.arg("live").args(arguments).output().unwrap();
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}");
    }
}
