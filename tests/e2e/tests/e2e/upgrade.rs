//! Releases follow each other without a lost call: an older client is served as before, an
//! older daemon makes room for the newer one.

use serde_json::json;
use std::{
    io::{Read as _, Write as _},
    os::unix::net::UnixListener,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread::JoinHandle,
};
use tai_e2e::{Machine, PASSWORD, mcp::Shim, raw::Raw};
use tai_proto::{
    Answer, Call, FaultCode, FromDaemon, ToDaemon,
    approval::Outgoing,
    call::{Format, SendEmail},
    frame::{Decoder, MAX_FRAME, encode},
    hello::{Hello, MAGIC, Welcome},
    reading::Search,
};

/// A daemon of the release before: it speaks up to version 2, tells its status, stops when it
/// is asked to, and answers everything else with its version. Counts how often it was asked
/// to stop.
fn older_daemon(machine: &Machine, source: &str) -> (Arc<AtomicU32>, JoinHandle<()>) {
    std::fs::create_dir_all(machine.runtime_dir()).unwrap();
    let socket = machine.socket();
    let listener = UnixListener::bind(&socket).unwrap();
    let stops = Arc::new(AtomicU32::new(0));
    let counted = stops.clone();
    let status = json!({
        "schema": 1,
        "daemon": {"version": "0.0.9", "protocol": 2, "pid": 1, "profile": "default",
            "started_at": "", "uptime_s": 1, "socket": "", "log": "", "draining": false},
        "account": {"username": "alice", "address": null, "source": source},
        "session": {"state": "live", "token_expires_at": null, "renews_at": null, "retry_at": null,
            "logins": 1, "renewals": 0, "failed_logins": 0, "failed_renewals": 0, "last_error": null},
        "bridge": {"url": "", "requests": 0, "retries": 0, "latency_us": null,
            "last_answer_at": null, "rate_limited_until": null},
        "clients": [],
    });
    let serving = std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut decoder = Decoder::new(MAX_FRAME);
            let say = |stream: &mut std::os::unix::net::UnixStream, bytes: Vec<u8>| {
                let _ = stream.write_all(&bytes);
            };
            let mut piece = [0; 4096];
            let mut greeted = false;
            'client: while let Ok(length @ 1..) = stream.read(&mut piece) {
                decoder.space().extend_from_slice(&piece[..length]);
                if !greeted {
                    let Some(Hello { .. }) = decoder.next_frame().unwrap() else {
                        continue;
                    };
                    greeted = true;
                    let welcome = Welcome {
                        magic: MAGIC,
                        chosen: 2,
                        newest: 2,
                        oldest: 1,
                        software: "taid 0.0.9".into(),
                    };
                    let mut bytes = Vec::new();
                    encode(&welcome, &mut bytes).unwrap();
                    say(&mut stream, bytes);
                }
                while let Some(frame) = decoder.next_frame::<ToDaemon>().unwrap() {
                    let ToDaemon::Request(request) = frame else {
                        continue;
                    };
                    let stop = request.call == Call::Stop;
                    let answer = match request.call {
                        Call::Status => Answer::Status(status.to_string()),
                        Call::Stop => Answer::Stopping,
                        _ => Answer::Done {
                            mail: 9,
                            subject: "0.0.9".into(),
                        },
                    };
                    let (id, result) = (request.id, Ok(answer));
                    let mut bytes = Vec::new();
                    encode(&FromDaemon::Answer { id, result }, &mut bytes).unwrap();
                    say(&mut stream, bytes);
                    if stop {
                        counted.fetch_add(1, Ordering::Relaxed);
                        break 'client;
                    }
                }
            }
            if counted.load(Ordering::Relaxed) > 0 {
                drop(listener);
                let _ = std::fs::remove_file(&socket);
                return;
            }
        }
    });
    (stops, serving)
}

fn newer_client(machine: &Machine) -> Shim {
    let mut command = machine.command("tai-mcp");
    command
        .env("TAI_MCP_AUTOSTART", "1")
        .env("TAI_MCP_INSTANCE", "desk")
        .env("TAI_MCP_USERNAME", "alice")
        .env("TAI_MCP_PASSWORD", PASSWORD);
    Shim::spawn(command).initialized("test", "2025-06-18")
}

#[test]
fn an_older_daemon_makes_room_for_the_newer_one_and_the_call_is_answered_by_that() {
    let machine = Machine::new();
    let (stops, serving) = older_daemon(&machine, "the keyring");
    let mut shim = newer_client(&machine);
    let result = shim.call("list_inbox", json!({}));
    assert!(
        result.text.contains("desk.alice@tai.chat"),
        "{}",
        result.text
    );
    serving.join().unwrap();
    assert_eq!(stops.load(Ordering::Relaxed), 1);
    assert_eq!(
        machine.status()["daemon"]["protocol"],
        tai_proto::hello::PROTOCOL
    );
}

#[test]
fn an_older_daemon_whose_password_nobody_could_give_again_serves_on() {
    for source in ["`taid login`", "the variable TAI_MCP_PASSWORD"] {
        let machine = Machine::new();
        let (stops, _serving) = older_daemon(&machine, source);
        let mut command = machine.command("tai-mcp");
        command.env("TAI_MCP_AUTOSTART", "1");
        let mut shim = Shim::spawn(command).initialized("test", "2025-06-18");
        let result = shim.call("mark_read", json!({"email_id": 9}));
        assert!(result.text.contains("0.0.9"), "{}", result.text);
        // What it cannot do it says, and what to do.
        let read = shim.request("resources/read", json!({"uri": "tai-mcp://message/9"}));
        let message = read["error"]["message"].as_str().unwrap();
        assert!(message.contains("taid is older than tai-mcp"), "{message}");
        assert_eq!(stops.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn a_client_of_version_2_is_served_as_before() {
    let machine = Machine::new();
    machine.configure("confirm_send = \"always\"\n");
    let taid = machine.start();
    taid.wait_until_live();
    let mut raw = Raw::connect(&machine.socket()).unwrap();
    raw.frame(&Hello {
        newest: 2,
        oldest: 1,
        ..Hello::new("tai-mcp 0.0.9")
    });
    assert_eq!(raw.read::<Welcome>().unwrap().chosen, 2);
    raw.request(
        1,
        Call::Search(Search {
            query: "x".into(),
            limit: 5,
            unread_only: false,
        }),
    );
    assert!(matches!(raw.answer(), (1, Ok(Answer::Found(_)))));
    // What it does not know it is told in words that it does.
    let mail = SendEmail {
        to: Some("bob@example.com".into()),
        subject: None,
        content: "x".into(),
        format: Format::Markdown,
    };
    raw.request(2, Call::SendEmail(mail.clone()));
    let (_, refused) = raw.answer();
    let fault = refused.unwrap_err();
    assert_eq!(fault.code, FaultCode::NotPermitted);
    assert!(fault.what.contains("this client cannot ask"), "{fault}");
    // A call of version 3 is none of its.
    let decision = tai_proto::approval::Decision {
        ticket: String::new(),
        mail: Outgoing::Send(mail),
        insist: false,
        word: tai_proto::approval::Word::Yes,
    };
    raw.request(3, Call::Decide(decision));
    assert!(matches!(raw.answer(), (3, Err(fault)) if fault.code == FaultCode::BadRequest));
}
