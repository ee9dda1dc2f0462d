//! A later release replaces a daemon of an earlier release without losing a call.

use serde_json::json;
use std::{
    io::{Read as _, Write as _},
    os::unix::{
        fs::PermissionsExt as _,
        net::{UnixListener, UnixStream},
    },
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread::JoinHandle,
};
use tai_e2e::{Machine, PASSWORD, USER, mcp::Shim, raw::Raw, wait_until};
use tai_proto::{
    Answer, Call, Fault, FaultCode, FromDaemon, ToDaemon,
    account::{AccountClaim, PasswordNeed, Succession},
    call::MakeWay,
    frame::{Decoder, MAX_FRAME, encode},
    hello::{Hello, MAGIC, PROTOCOL, Welcome},
    release::Release,
};

const LOGIN: &str = "POST /api/v1/login";

/// A daemon of an earlier release. It answers a request to make way with `succession`, and
/// mail calls with a fault that names its release. Counts the requests to make way.
fn earlier_daemon(machine: &Machine, succession: Succession) -> (Arc<AtomicU32>, JoinHandle<()>) {
    std::fs::create_dir_all(machine.runtime_dir()).unwrap();
    let socket = machine.socket();
    let listener = UnixListener::bind(&socket).unwrap();
    let asked = Arc::new(AtomicU32::new(0));
    let counted = asked.clone();
    let serving = std::thread::spawn(move || {
        for stream in listener.incoming() {
            let yields = serve(stream.unwrap(), succession, &counted);
            if yields {
                drop(listener);
                let _ = std::fs::remove_file(&socket);
                return;
            }
        }
    });
    (asked, serving)
}

/// Serves one client. Returns whether the daemon made way.
fn serve(mut stream: UnixStream, succession: Succession, asked: &AtomicU32) -> bool {
    let mut decoder = Decoder::new(MAX_FRAME);
    let mut piece = [0; 4096];
    let mut greeted = false;
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        decoder.space().extend_from_slice(&piece[..length]);
        if !greeted {
            let Some(Hello { .. }) = decoder.next_frame().unwrap() else {
                continue;
            };
            greeted = true;
            write(
                &mut stream,
                &Welcome {
                    magic: MAGIC,
                    chosen: PROTOCOL,
                    newest: PROTOCOL,
                    oldest: PROTOCOL,
                    software: "taid 0.0.9".into(),
                },
            );
        }
        while let Some(frame) = decoder.next_frame::<ToDaemon>().unwrap() {
            let ToDaemon::Request(request) = frame else {
                continue;
            };
            let makes_way = matches!(request.call, Call::MakeWay(_));
            let result = match request.call {
                Call::MakeWay(_) => Ok(Answer::MakeWay(succession)),
                Call::ClaimAccount(_) => Ok(Answer::ClaimAccount(AccountClaim::Serves(
                    PasswordNeed::NotNeeded,
                ))),
                _ => Err(Fault::new(FaultCode::BadRequest, "this is release 0.0.9")),
            };
            let id = request.id;
            write(&mut stream, &FromDaemon::Answer { id, result });
            if makes_way {
                asked.fetch_add(1, Ordering::Relaxed);
                if succession == Succession::Yields {
                    return true;
                }
            }
        }
    }
    false
}

fn write(stream: &mut UnixStream, frame: &impl serde::Serialize) {
    let mut bytes = Vec::new();
    encode(frame, &mut bytes).unwrap();
    let _ = stream.write_all(&bytes);
}

fn later_client(machine: &Machine) -> Shim {
    let mut command = machine.command("tai-mcp");
    command
        .env("TAI_MCP_AUTOSTART", "1")
        .env("TAI_MCP_INSTANCE", "desk")
        .env("TAI_MCP_USERNAME", "alice")
        .env("TAI_MCP_PASSWORD", PASSWORD);
    Shim::spawn(command).initialized("test", "2025-06-18")
}

#[test]
fn an_older_daemon_is_replaced_and_its_successor_answers_the_call() {
    let machine = Machine::new();
    machine.configure("username = \"alice\"\n");
    let (asked, serving) = earlier_daemon(&machine, Succession::Yields);
    let mut shim = later_client(&machine);
    let result = shim.call("list_inbox", json!({}));
    assert!(
        result.text.contains("desk.alice@tai.chat"),
        "{}",
        result.text
    );
    serving.join().unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(
        machine.status()["daemon"]["version"],
        env!("CARGO_PKG_VERSION")
    );
}

#[test]
fn an_older_daemon_with_a_typed_password_continues_serving() {
    let machine = Machine::new();
    let (asked, _serving) = earlier_daemon(&machine, Succession::IsNeeded);
    let mut shim = later_client(&machine);
    for _ in 0..2 {
        let result = shim.call("mark_read", json!({"email_id": 9}));
        assert!(result.text.contains("release 0.0.9"), "{}", result.text);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

/// Asks the daemon to make way for a release.
fn ask(machine: &Machine, release: Release) -> Succession {
    let mut raw = Raw::open(&machine.socket());
    raw.request(1, MakeWay { release });
    match raw.answer() {
        (1, Ok(Answer::MakeWay(succession))) => succession,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_daemon_keeps_the_password_that_a_person_has_typed_while_the_login_is_under_way() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[]);
    machine.sandbox.hold(1, LOGIN);
    let login = std::thread::scope(|scope| {
        let login =
            scope.spawn(|| machine.cli_reading(&["login", USER, "--password-stdin"], PASSWORD));
        wait_until("the login is under way", || {
            machine.sandbox.count(LOGIN) == 1
        });
        assert_eq!(ask(&machine, Release(9999, 0, 0)), Succession::IsNeeded);
        machine.sandbox.release();
        login.join().unwrap()
    });
    assert!(login.status.success(), "{}", machine.say(&login));
    assert_eq!(machine.status()["session"]["state"], "live");
}

#[test]
fn a_daemon_is_replaced_only_by_a_later_release_and_with_a_recoverable_password() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let own = Release::parse(env!("CARGO_PKG_VERSION")).unwrap();
    assert_eq!(ask(&machine, own), Succession::IsCurrent);
    // A successor would not have the password from the environment.
    let later = Release(own.0 + 1, 0, 0);
    assert_eq!(ask(&machine, later), Succession::IsNeeded);
    assert_eq!(machine.status()["account"]["can_sign_in_again"], false);
    drop(taid);
    let file = machine.home().join("password");
    std::fs::write(&file, PASSWORD).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    machine.configure(&format!(
        "username = \"{USER}\"\npassword_file = \"{}\"\n",
        file.display()
    ));
    let taid = machine.start_bare(&[]);
    taid.wait_until_live();
    assert_eq!(ask(&machine, later), Succession::Yields);
    assert_eq!(taid.wait().0, Some(0));
}
