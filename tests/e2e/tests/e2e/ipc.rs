//! The socket: one owner, private, and robust against its clients.

use serde_json::json;
use std::{
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    process::Stdio,
};
use tai_e2e::{Killed, Machine, PASSWORD, raw::Raw, wait_until, within};
use tai_proto::{
    Answer, FaultCode, FromDaemon, ToDaemon,
    call::{GetInfo, GetStatus, List, Logout, Stop, Whose},
    frame::MAX_FRAME,
    hello::{Hello, PROTOCOL, Welcome},
    message::Role,
};

const STOP: Stop = Stop {
    loses_at_most: None,
};
const LIST: List = List {
    limit: 10,
    offset: 0,
    show_read: false,
    previews: false,
};

#[test]
fn the_socket_its_directory_and_the_logs_are_private() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mode = |path: std::path::PathBuf| std::fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(machine.runtime_dir()), 0o700);
    assert_eq!(mode(machine.socket()), 0o600);
    let persons = machine.socket().with_file_name("default.admin.sock");
    assert_eq!(mode(persons), 0o600);
    assert_eq!(mode(machine.state_dir().join("default.lock")), 0o600);
    let logs = machine.state_dir().join("logs");
    wait_until("the log has a line", || machine.log().contains("ready"));
    assert_eq!(mode(logs.clone()), 0o700);
    assert_eq!(mode(logs.join("tai-mcp.log")), 0o600);
}

#[test]
fn a_second_taid_is_refused_and_the_first_continues() {
    let machine = Machine::new();
    let taid = machine.start();
    let output = machine.taid(&[]).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(6));
    let said = machine.plain(&output.stderr);
    let place = format!(
        "(pid {}, socket HOME/.local/state/tai/run/default.sock)",
        taid.pid()
    );
    assert!(said.contains(&place), "{said}");
    assert!(said.contains("hint: "), "{said}");
    assert_eq!(machine.status()["daemon"]["pid"], taid.pid());
}

#[test]
fn of_many_simultaneous_starts_exactly_one_succeeds() {
    let machine = Machine::new();
    let mut children: Vec<_> = (0..8)
        .map(|_| {
            let mut taid = machine.taid(&[]);
            Killed::spawn(taid.stdin(Stdio::null()).stderr(Stdio::null()))
        })
        .collect();
    let mut alive = children.len();
    wait_until("all but one taid have ended", || {
        alive = children
            .iter_mut()
            .filter_map(|taid| taid.child().try_wait().unwrap().is_none().then_some(()))
            .count();
        alive <= 1
    });
    wait_until("the winner serves", || {
        machine.cli(&["status"]).status.success()
    });
    assert_eq!(alive, 1);
}

#[test]
fn files_of_a_killed_daemon_are_replaced() {
    let machine = Machine::new();
    machine.start().kill();
    assert!(machine.socket().exists());
    // What a container engine makes where the socket of a mount is missing.
    std::fs::remove_file(machine.socket()).unwrap();
    std::fs::create_dir(machine.socket()).unwrap();
    let taid = machine.start();
    assert_eq!(machine.status()["daemon"]["pid"], taid.pid());
}

#[test]
fn a_symlinked_runtime_directory_is_refused_and_loose_permissions_are_tightened() {
    let machine = Machine::new();
    let elsewhere = tempfile::tempdir().unwrap();
    symlink(elsewhere.path(), machine.runtime_dir()).unwrap();
    let output = machine.taid(&[]).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("cannot use the directory") && said.contains("it is a link"),
        "{said}"
    );
    std::fs::remove_file(machine.runtime_dir()).unwrap();
    std::fs::create_dir(machine.runtime_dir()).unwrap();
    std::fs::set_permissions(
        machine.runtime_dir(),
        std::fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    let _taid = machine.start();
    assert_eq!(
        std::fs::metadata(machine.runtime_dir()).unwrap().mode() & 0o777,
        0o700
    );
}

#[test]
fn a_lock_file_that_is_a_link_is_refused_and_its_target_is_kept() {
    let machine = Machine::new();
    let precious = machine.home().join("precious");
    std::fs::write(&precious, "keep\n").unwrap();
    std::fs::create_dir_all(machine.state_dir()).unwrap();
    let lock = machine.state_dir().join("default.lock");
    for is_hard in [false, true] {
        match is_hard {
            true => std::fs::hard_link(&precious, &lock).unwrap(),
            false => symlink(&precious, &lock).unwrap(),
        }
        let output = machine.taid(&[]).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1));
        assert!(said.contains("cannot use the lock file"), "{said}");
        assert_eq!(std::fs::read_to_string(&precious).unwrap(), "keep\n");
        std::fs::remove_file(&lock).unwrap();
    }
}

#[test]
fn invalid_bytes_close_only_the_connection_of_the_sender() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut good = Raw::open(&machine.socket());
    let garbage: [&[u8]; 6] = [
        b"GET / HTTP/1.1\r\n\r\n",
        &[0xff; 64],
        &[0, 0, 0, 0],
        &[1, 0, 0, 0, 9],
        &(MAX_FRAME as u32).to_le_bytes(),
        b"\x05\x00\x00\x00TAI\x01\x00",
    ];
    for bytes in garbage {
        let mut raw = Raw::connect(&machine.socket()).unwrap();
        raw.bytes(bytes);
        assert!(raw.is_hung_up_on(), "{bytes:?}");
    }
    // The same after a valid handshake.
    let mut raw = Raw::open(&machine.socket());
    raw.bytes(&[4, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    assert!(raw.is_hung_up_on());
    good.request(1, GetInfo);
    assert!(matches!(good.answer(), (1, Ok(Answer::GetInfo(_)))));
}

#[test]
fn partial_frames_and_silent_clients_time_out() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut silent = Raw::connect(&machine.socket()).unwrap();
    let mut half = Raw::connect(&machine.socket()).unwrap();
    half.bytes(&[100, 0, 0, 0, b'T']);
    assert!(silent.is_hung_up_on());
    assert!(half.is_hung_up_on());
}

#[test]
fn a_client_of_another_protocol_version_gets_the_supported_versions() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut raw = Raw::connect(&machine.socket()).unwrap();
    raw.frame(&Hello {
        newest: 9,
        oldest: 8,
        ..Hello::new("tai-mcp 9.0.0")
    });
    let welcome: Welcome = raw.read().unwrap();
    assert_eq!((welcome.chosen, welcome.newest), (0, PROTOCOL));
    assert_eq!(
        welcome.software,
        format!("taid {}", env!("CARGO_PKG_VERSION"))
    );
    assert!(raw.is_hung_up_on());
}

#[test]
fn a_client_can_be_written_from_the_protocol_page() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut raw = Raw::connect(&machine.socket()).unwrap();
    // The bytes of the example in the docs of `proto/src/lib.rs`.
    let page = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../proto/src/lib.rs"
    ))
    .unwrap();
    let lines: Vec<&str> = page
        .lines()
        .skip_while(|line| *line != "//! ```text")
        .skip(1)
        .take(3)
        .collect();
    for line in lines {
        let hex = line.trim_start_matches("//! ").split_whitespace();
        let bytes: Vec<u8> = hex
            .map(|byte| u8::from_str_radix(byte, 16).unwrap())
            .collect();
        raw.bytes(&bytes);
    }
    assert_ne!(raw.read::<Welcome>().unwrap().chosen, 0);
    assert!(matches!(raw.answer(), (7, Ok(Answer::GetStatus(_)))));
}

#[test]
fn calls_beyond_the_limit_are_refused_and_a_cancelled_call_is_answered_once() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine.sandbox.hold(1000, "GET /api/v1/messages");
    let mut raw = Raw::open(&machine.socket());
    for id in 0..65 {
        raw.request(id, LIST);
    }
    raw.frame(&ToDaemon::Cancel { id: 3 });
    raw.request(4, LIST);
    let mut codes = std::collections::HashMap::new();
    for _ in 0..3 {
        let (id, result) = raw.answer();
        let fault = result.expect_err("the bridge holds the lists");
        assert!(codes.insert((id, fault.code as u32), fault.code).is_none());
    }
    machine.sandbox.heal();
    machine.sandbox.release();
    let mut answered = std::collections::HashSet::new();
    for _ in 0..63 {
        let (id, result) = raw.answer();
        assert!(result.is_ok() && answered.insert(id), "{id}: {result:?}");
    }
    let mut codes: Vec<_> = codes
        .into_iter()
        .map(|((id, _), code)| (id, code))
        .collect();
    codes.sort_by_key(|(id, _)| *id);
    assert_eq!(
        codes,
        [
            (3, FaultCode::Cancelled),
            (4, FaultCode::BadRequest),
            (64, FaultCode::TooBusy)
        ]
    );
    assert_eq!(answered.len(), 63);
}

#[test]
fn a_draining_daemon_refuses_new_calls_and_answers_calls_under_way() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine.sandbox.hold(1, "GET /api/v1/messages");
    let mut raw = Raw::open(&machine.socket());
    raw.request(1, LIST);
    wait_until("the call is under way", || {
        machine.sandbox.count("GET /api/v1/messages") == 1
    });
    let next = |raw: &mut Raw| {
        let (id, result) = raw.answer();
        (id, result.map(drop).map_err(|fault| fault.code))
    };
    raw.request(2, STOP);
    assert_eq!(next(&mut raw), (2, Ok(())));
    raw.request(3, GetInfo);
    assert_eq!(next(&mut raw), (3, Err(FaultCode::Stopping)));
    machine.sandbox.release();
    assert_eq!(next(&mut raw), (1, Ok(())));
    assert_eq!(raw.next_frame(), Some(FromDaemon::Goodbye));
    assert!(raw.is_hung_up_on());
    assert_eq!(taid.wait().0, Some(0));
}

#[test]
fn a_silent_client_does_not_delay_the_exit() {
    let machine = Machine::new();
    let taid = machine.start();
    let _silent = Raw::connect(&machine.socket()).unwrap();
    let started = std::time::Instant::now();
    taid.stop();
    assert!(started.elapsed() < within(std::time::Duration::from_secs(4)));
}

#[test]
fn no_answer_contains_the_token_or_the_password() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut raw = Raw::open(&machine.socket());
    raw.request(0, GetInfo);
    raw.request(1, GetStatus);
    raw.request(2, LIST);
    for _ in 0..3 {
        let text = format!("{:?}", raw.answer());
        assert!(!text.contains(PASSWORD) && !text.contains("eyJ"), "{text}");
    }
}

#[test]
fn an_agent_connection_cannot_make_calls_of_a_person_or_change_its_role() {
    let machine = Machine::new();
    let _taid = machine.start();
    let agent = || Role::Agent { instance: None };
    let mut raw = Raw::open_as(&machine.socket(), agent());
    raw.request(1, Logout { whose: Whose::Any });
    raw.request(2, STOP);
    raw.request(3, GetInfo);
    let refused = |answer: (u64, Result<Answer, tai_proto::Fault>)| answer.1.unwrap_err().code;
    assert_eq!(refused(raw.answer()), FaultCode::NotPermitted);
    assert_eq!(refused(raw.answer()), FaultCode::NotPermitted);
    assert!(raw.answer().1.is_ok());
    raw.frame(&ToDaemon::Attach(Role::Person));
    assert!(raw.is_hung_up_on());
    // Calls need a role.
    let mut raw = Raw::connect(&machine.socket()).unwrap();
    raw.frame(&Hello::new("test"));
    raw.read::<Welcome>().unwrap();
    raw.request(1, GetInfo);
    assert!(raw.is_hung_up_on());
}

#[test]
fn a_client_that_made_no_call_is_listed_and_starts_no_daemon() {
    let machine = Machine::new();
    let auto_start = [("TAI_MCP_AUTOSTART", "1")];
    let mut early = machine
        .shim_with(&auto_start)
        .initialized("early", "2025-11-25");
    early.request("tools/list", json!({}));
    let taid = machine.start();
    let mut late = machine.shim("desk").initialized("test", "2025-11-25");
    late.request("tools/list", json!({}));
    let is_listed = || {
        let status = machine.status();
        let clients = status["clients"].as_array().unwrap();
        let mut late = clients.iter().filter(|client| client["name"] == "test");
        late.next().is_some_and(|client| client["calls"] == 0) && late.next().is_none()
    };
    wait_until("the client is listed", is_listed);
    assert!(!late.call("list_inbox", json!({})).is_error);
    let status = machine.status();
    assert_eq!(status["daemon"]["pid"], taid.pid());
    let names = status["clients"].as_array().unwrap().iter();
    assert_eq!(names.filter(|client| client["name"] == "test").count(), 1);
}
