//! Pages of `taid status`.

use super::*;
use crate::cli::columns::width;

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn status() -> Status {
    Status {
        schema: SCHEMA,
        daemon: DaemonStatus {
            version: "0.1.0".into(),
            protocol: 1,
            pid: 4242,
            profile: "default".into(),
            started_at: "2026-11-23T09:00:00Z".into(),
            uptime_s: 3723,
            socket: "/run/user/1000/tai/default.sock".into(),
            log: "/home/alice/.local/state/tai/logs/tai-mcp.log".into(),
            log_dropped: 0,
            idle_exit_s: None,
            stays_for: Vec::new(),
            draining: false,
        },
        environment: EnvironmentStatus::default(),
        account: AccountStatus {
            username: text("alice"),
            address: text("desk.alice@tai.chat"),
            source: text("the keyring"),
            can_sign_in_again: true,
        },
        session: SessionStatus {
            state: SessionState::Live,
            token_expires_at: text("2026-11-24T09:00:00Z"),
            renews_at: text("2026-11-24T08:54:30Z"),
            renewing: false,
            retry_at: None,
            logins: 1,
            renewals: 2,
            failed_logins: 0,
            failed_renewals: 0,
            rejected_tokens: 0,
            last_error: None,
        },
        bridge: BridgeStatus {
            url: "https://tai.chat/".into(),
            requests: 40,
            retries: 1,
            unauthorized: 0,
            forbidden: 0,
            rate_limited: 0,
            unanswered: 0,
            failing: None,
            reachable: Some(true),
            clock_ahead_s: Some(0),
            latency_us: Some(48_312),
            last_answer_at: text("2026-11-23T10:01:51Z"),
            rate_limited_until: None,
        },
        reader: ReaderStatus {
            pid: Some(4243),
            starts: 1,
            mails: 3,
            failures: 0,
            unconfined: Some(vec![]),
            error: None,
        },
        shared_leases: None,
        unknown_sends: vec![],
        held: Vec::new(),
        lost: vec![],
        rules: None,
        failing_files: vec![],
        damaged_files: vec![],
        audit: AuditStatus::default(),
        clients_left_out: 0,
        confined: false,
        clients: vec![
            ClientStatus {
                name: "Claude Code".into(),
                version: "2.1.0".into(),
                pid: 4711,
                shim: "tai-mcp 0.1.0".into(),
                address: text("desk.alice@tai.chat"),
                instance: text("desk"),
                connected_at: "2026-11-23T09:59:03Z".into(),
                calls: 12,
                in_flight: 1,
                last_call: text("list_inbox"),
                last_call_at: text("2026-11-23T10:02:03Z"),
            },
            ClientStatus {
                name: "evil\u{1b}[2J".into(),
                version: String::new(),
                pid: 0,
                shim: "tai-mcp 0.1.0".into(),
                address: None,
                instance: None,
                connected_at: "2026-11-23T10:02:00Z".into(),
                calls: 0,
                in_flight: 0,
                last_call: None,
                last_call_at: None,
            },
        ],
    }
}

fn view(terminal: Terminal) -> View {
    View {
        // 2026-11-23T10:02:03Z
        now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_428_123),
        zone: TimeZone::UTC,
        terminal,
    }
}

fn page(status: &Status) -> String {
    render(status, &view(Terminal::PIPE))
}

#[test]
fn a_daemon_that_keeps_a_password_or_a_mail_is_not_said_to_exit() {
    let mut status = status();
    status.daemon.idle_exit_s = Some(1800);
    let (password, mail) = (StayReason::TypedPassword, StayReason::WaitingMail);
    for (reasons, line) in [
        (vec![], "exits after 30 min without clients"),
        (vec![password], "stays: it holds a typed password"),
        (vec![mail], "stays: it holds a mail that waits for approval"),
        (
            vec![password, mail],
            "stays: it holds a typed password and a mail that waits for approval",
        ),
    ] {
        status.daemon.stays_for = reasons;
        let line = format!("in the background; {line}\n");
        assert!(page(&status).contains(&line), "{}", page(&status));
    }
}

#[test]
fn a_narrow_terminal_gets_whole_sentences_and_the_most_important_columns() {
    let mut status = status();
    status.bridge.reachable = Some(false);
    if let Some(client) = status.clients.first_mut() {
        client.name = "日本語クライアント".into();
    }
    for columns in [40, 80, 200] {
        let page = render(&status, &view(Terminal::of_columns(columns)));
        let is_text = |line: &&str| !line.contains('/');
        assert!(
            page.lines()
                .filter(is_text)
                .all(|line| width(line) <= columns),
            "{page}"
        );
    }
    insta::assert_snapshot!(render(&status, &view(Terminal::of_columns(40))), @"
    taid       0.1.0 (protocol 1), pid 4242,
               up 1 h 2 min
    profile    default
    account    desk.alice@tai.chat
      password from the keyring
    session    live
      token    expires in 22 h 57 min (Nov
               24 09:00)
      renewal  in 22 h 52 min (Nov 24 08:54)
      totals   1 login, 2 renewals
    bridge     https://tai.chat/
      state    unreachable; the last answer
               came 12 s ago (10:01)
      traffic  40 requests, 1 of them
               retries
    socket     /run/user/1000/tai/default.sock
    log        /home/alice/.local/state/tai/logs/tai-mcp.log
    clients    2

    CLIENT              ADDRESS
    日本語クライアント  desk.alice@tai.chat
    evil?[2J            none
    ");
    let wide = render(&status, &view(Terminal::of_columns(80)));
    let wide: Vec<&str> = wide.lines().skip_while(|line| !line.is_empty()).collect();
    insta::assert_snapshot!(wide.join("\n"), @"

    CLIENT              ADDRESS              CONNECTED  CALLS  OPEN  LAST CALL
    日本語クライアント  desk.alice@tai.chat  3 min ago     12     1  list_inbox, now
    evil?[2J            none                 3 s ago        0     0  none
    ");
}

#[test]
fn a_client_with_a_long_name_hides_no_address() {
    let mut status = status();
    let [named, ..] = status.clients.as_mut_slice() else {
        panic!("no client");
    };
    named.name = "an-mcp-client-with-a-very-long-name-indeed-and-more".into();
    let address = named.address.clone().unwrap();
    for columns in [60, 80] {
        let table = clients::table(&status.clients, view(Terminal::PIPE).now, Some(columns));
        assert!(table.contains("an-mcp-client-with-…"), "{table}");
        assert!(table.contains(&address), "{table}");
        assert!(table.contains("LAST CALL"), "{table}");
    }
}

#[test]
fn the_page_of_a_live_session() {
    insta::assert_snapshot!(page(&status()), @"
    taid       0.1.0 (protocol 1), pid 4242, up 1 h 2 min
    profile    default
    account    desk.alice@tai.chat
      password from the keyring
    session    live
      token    expires in 22 h 57 min (Nov 24 09:00)
      renewal  in 22 h 52 min (Nov 24 08:54)
      totals   1 login, 2 renewals
    bridge     https://tai.chat/
      state    answers; last answer after 48.3 ms, 12 s ago
      traffic  40 requests, 1 of them retries
    socket     /run/user/1000/tai/default.sock
    log        /home/alice/.local/state/tai/logs/tai-mcp.log
    clients    2

    CLIENT       VERSION   PID  ADDRESS              CONNECTED  CALLS  OPEN  LAST CALL
    Claude Code  2.1.0    4711  desk.alice@tai.chat  3 min ago     12     1  list_inbox, now
    evil?[2J                 0  none                 3 s ago        0     0  none
    ");
}

#[test]
fn the_page_of_a_failed_session_has_the_cause_and_a_hint() {
    let mut status = status();
    status.clients.clear();
    status.session = SessionStatus {
        state: SessionState::SignedOut,
        token_expires_at: None,
        renews_at: None,
        renewing: false,
        retry_at: text("2026-11-23T10:02:33Z"),
        logins: 0,
        renewals: 0,
        failed_logins: 1,
        failed_renewals: 0,
        rejected_tokens: 2,
        last_error: Some(LastError {
            at: "2026-11-23T10:02:03Z".into(),
            what: "Authentication failed - invalid username or password".into(),
            why: "the bridge refused the login".into(),
            hint: "check TAI_MCP_USERNAME and TAI_MCP_PASSWORD".into(),
            hint_for_agents: String::new(),
        }),
    };
    status.bridge.rate_limited_until = text("2026-11-23T10:03:03Z");
    status.bridge.unauthorized = 3;
    status.bridge.rate_limited = 1;
    status.bridge.unanswered = 2;
    status.bridge.reachable = Some(false);
    status.bridge.clock_ahead_s = Some(-86_400);
    status.daemon.log_dropped = 7;
    status.unknown_sends.push(UnknownSend {
        at: "2026-11-23T10:00:03Z".into(),
        digest: "00112233445566778899aabbccddeeff".into(),
    });
    insta::assert_snapshot!(page(&status), @"
    taid       0.1.0 (protocol 1), pid 4242, up 1 h 2 min
    profile    default
    account    desk.alice@tai.chat
      password from the keyring
    session    signed out
      next try in 30 s (10:02)
      totals   0 logins, 0 renewals, 1 failed login, 2 early token refusals
      error    Authentication failed - invalid username or password (now)
      why      the bridge refused the login
      hint     check TAI_MCP_USERNAME and TAI_MCP_PASSWORD
    bridge     https://tai.chat/
      state    rate limit: paused for another 1 min
      traffic  40 requests, 1 of them retries
      errors   3 × 401 (token or password refused), 1 × 429 (rate limit), 2 × no answer
      clock    1 d 0 h behind the bridge's; taid uses the bridge's
    unknown    a send with unknown outcome, 2 min ago (mail 00112233445566778899aabbccddeeff); ask the recipient
    socket     /run/user/1000/tai/default.sock
    log        /home/alice/.local/state/tai/logs/tai-mcp.log
      dropped  7 lines
    clients    0
    ");
}

#[test]
fn the_overview_has_one_line_per_profile() {
    let (one, mut two) = (status(), status());
    two.daemon.profile = "work".into();
    two.account.address = None;
    two.session.state = SessionState::SignedOut;
    two.session.renews_at = None;
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_428_123);
    insta::assert_snapshot!(overview(&[one, two], now, None), @"
    PROFILE  ACCOUNT              SESSION     RENEWAL         CLIENTS   PID
    default  desk.alice@tai.chat  live        in 22 h 52 min        2  4242
    work     none                 signed out  none                  2  4242
    ");
}

#[test]
fn another_profile_has_a_line_with_the_number_of_its_waiting_mails() {
    let mut other_one = status();
    other_one.daemon.profile = "work".into();
    insta::assert_snapshot!(other(&other_one, None), @"also       profile work: desk.alice@tai.chat, live");
    other_one.held = vec![1, 2];
    insta::assert_snapshot!(other(&other_one, None), @"also       profile work: desk.alice@tai.chat, live, 2 mails waiting: `taid approve --profile work`");
    insta::assert_snapshot!(other(&other_one, Some(60)), @"
    also       profile work: desk.alice@tai.chat, live, 2 mails
               waiting: `taid approve --profile work`
    ");
}

#[test]
fn a_file_that_cannot_be_written_or_read_is_shown_with_what_follows() {
    let mut status = status();
    assert!(!page(&status).contains("files"));
    status.failing_files = vec![FailingFile {
        path: String::new(),
        effect: "no mail is sent".into(),
        why: "no space\u{1b}[2J".into(),
        hint: "run `taid doctor` where taid runs".into(),
    }];
    let said = |status: &Status| {
        let page = page(status);
        let from = page.find("files").unwrap();
        let until = page.find("socket").unwrap();
        assert!(!page.contains('\u{1b}'));
        page[from..until].trim_end().to_owned()
    };
    insta::assert_snapshot!(said(&status), @"
    files      no mail is sent, because taid cannot record it: no space?[2J
      hint     run `taid doctor` where taid runs
    ");
    status.failing_files.clear();
    status.damaged_files = vec![DamagedFile {
        path: "/s/sends-default".into(),
        damaged: 2,
        unknown: 1,
        effect: "a mail of the last day may be sent a second time".into(),
        hint: "see whether it arrived".into(),
    }];
    insta::assert_snapshot!(said(&status), @"
    files      a mail of the last day may be sent a second time: in /s/sends-default, 2 lines are damaged and 1 line is of a newer taid
      hint     see whether it arrived
    ");
}

#[test]
fn shared_leases_are_shown_with_the_failure_of_their_store() {
    let mut status = status();
    assert!(!page(&status).contains("leases"));
    let error = Some("error connecting to server: timed out\u{1b}[2J".into());
    for (answers, error) in [(None, None), (Some(true), None), (Some(false), error)] {
        status.shared_leases = Some(SharedLeasesStatus { answers, error });
        let page = page(&status);
        let from = page.find("leases").unwrap();
        let until = page.find("socket").unwrap();
        println!("{}", &page[from..until]);
        assert!(!page.contains('\u{1b}'));
        let said = match answers {
            None => "leases     shared; the store has not been asked yet\n",
            Some(true) => "leases     shared; the store answers\n",
            Some(false) => "leases     shared; the store fails, so that no mail is fetched: ",
        };
        assert!(page[from..until].starts_with(said), "{page}");
    }
}

#[test]
fn the_mail_reader_is_shown_if_something_is_wrong_with_it() {
    let mut status = status();
    assert!(!page(&status).contains("reader"));
    status.reader = ReaderStatus {
        failures: 2,
        unconfined: Some(vec!["Landlock".into(), "seccomp".into()]),
        error: text("Operation not permitted\u{1b}[2J"),
        ..status.reader
    };
    let page = page(&status);
    let lines: Vec<&str> = page
        .lines()
        .skip_while(|line| !line.starts_with("reader"))
        .take(3)
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    reader     cannot be started, mails are plain text: Operation not permitted?[2J
               2 mails could not be rendered
               not confined by Landlock, seccomp
    ");
}
