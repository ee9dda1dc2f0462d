//! The sockets of a daemon: each one is good for its own use alone.

use crate::mail::mail;
use serde_json::json;
use std::{
    fs::DirBuilder,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tai_e2e::{Killed, Machine, executables, mcp::Shim, processes::skipped, raw::Raw, wait_until};
use tai_proto::{
    Answer, FaultCode, Method,
    call::{GetInfo, GetStatus, ListHeld, Logout, MakeWay, Stop, Watch, Whose},
    door::Door,
    message::Role,
    release::Release,
};

fn machine() -> Machine {
    let machine = Machine::new();
    machine.configure("confirm_send = \"always\"\n[instances.desk]\nsocket = true\n");
    machine
}

fn desk() -> Door {
    Door::Instance("desk".parse().unwrap())
}

fn agent(instance: Option<&str>) -> Role {
    let instance = instance.map(|name| name.parse().unwrap());
    Role::Agent { instance }
}

const STOP: Stop = Stop {
    loses_at_most: None,
};

fn call(raw: &mut Raw, method: impl Method) -> Result<Answer, FaultCode> {
    raw.request(1, method);
    raw.answer().1.map_err(|fault| fault.code)
}

/// Returns whether a connection may make these calls: info, list the waiting mails, sign out, make
/// way, stop.
fn permitted(socket: &Path, role: Role) -> [bool; 5] {
    let mut raw = Raw::open_as(socket, role);
    let is_permitted = |result| !matches!(result, Err(FaultCode::NotPermitted));
    let release = Release(0, 0, 1);
    [
        is_permitted(call(&mut raw, GetInfo)),
        is_permitted(call(&mut raw, ListHeld)),
        is_permitted(call(&mut raw, Logout { whose: Whose::Any })),
        is_permitted(call(&mut raw, MakeWay { release })),
        // The last call, because the daemon would stop.
        is_permitted(call(&mut raw, STOP)),
    ]
}

#[test]
fn the_socket_decides_what_a_connection_may_do_whatever_role_it_asks_for() {
    let machine = machine();
    let _taid = machine.start();
    let agents = machine.socket();
    for role in [Role::Person, agent(None), agent(Some("lab"))] {
        let expected = [true, false, false, true, false];
        assert_eq!(permitted(&agents, role), expected);
    }
    let of_desk = desk().beside(&agents);
    for role in [Role::Person, agent(None), agent(Some("DESK"))] {
        let expected = [true, false, false, false, false];
        assert_eq!(permitted(&of_desk, role), expected);
    }
    assert_eq!(permitted(&of_desk, agent(Some("lab"))), [false; 5]);
    for socket in [&agents, &Door::Persons.beside(&agents), &of_desk] {
        assert_eq!(std::fs::metadata(socket).unwrap().mode() & 0o777, 0o600);
    }
    assert_eq!(
        permitted(&Door::Persons.beside(&agents), Role::Person),
        [true; 5]
    );
}

#[test]
fn the_socket_of_an_instance_fixes_the_instance_and_names_both() {
    let machine = machine();
    let _taid = machine.start();
    let socket = desk().beside(&machine.socket());
    let mut raw = Raw::open_as(&socket, agent(Some("lab")));
    raw.request(1, GetInfo);
    let fault = raw.answer().1.unwrap_err();
    assert_eq!(fault.what, "this socket serves the instance desk, not lab");
    let mut raw = Raw::open_as(&socket, Role::Person);
    let Ok(Answer::GetInfo(info)) = call(&mut raw, GetInfo) else {
        panic!("no info");
    };
    assert_eq!(info.address.unwrap().as_str(), "desk.alice@tai.chat");
    // It knows the clients of its own instance only.
    let _other = Raw::open_as(&machine.socket(), agent(Some("lab")));
    wait_until("the other client is attached", || {
        let status = machine.status();
        let mut clients = status["clients"].as_array().unwrap().iter();
        clients.any(|client| client["instance"] == "lab")
    });
    let Ok(Answer::GetStatus(status)) = call(&mut raw, GetStatus) else {
        panic!("no status");
    };
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    let clients = status["clients"].as_array().unwrap();
    assert!(
        clients.iter().all(|client| client["instance"] == "desk"),
        "{clients:?}"
    );
    // It knows no file, no setting, and no mail of another instance.
    let Ok(Answer::GetStatus(whole)) = call(
        &mut Raw::open_as(&machine.socket(), agent(Some("lab"))),
        GetStatus,
    ) else {
        panic!("no status");
    };
    let home = machine.home().to_str().unwrap();
    assert!(whole.contains(home));
    assert!(!status.to_string().contains(home), "{status}");
    assert_eq!(status["account"]["address"], "desk.alice@tai.chat");
    assert_eq!(status["unknown_sends"], serde_json::json!([]));
}

#[test]
fn the_sockets_are_removed_at_exit_and_replaced_after_a_kill() {
    let machine = machine();
    let sockets =
        || [Door::Agents, Door::Persons, desk()].map(|door| door.beside(&machine.socket()));
    machine.start().kill();
    let taid = machine.start();
    assert!(sockets().iter().all(|socket| Raw::connect(socket).is_ok()));
    taid.stop();
    assert!(sockets().iter().all(|socket| !socket.exists()));
}

#[test]
fn a_socket_that_another_program_has_bound_meanwhile_is_left_at_exit() {
    let machine = machine();
    let taid = machine.start();
    taid.wait_until_live();
    let (path, own) = (machine.socket(), Door::Persons.beside(&machine.socket()));
    std::fs::remove_file(&path).unwrap();
    let _other = std::os::unix::net::UnixListener::bind(&path).unwrap();
    taid.terminate();
    let ended = taid.wait();
    assert!(path.exists(), "the other program's socket");
    assert!(!own.exists(), "its own socket: {ended:?}");
}

/// Starts tai-mcp in a container that has no file of the machine but the executable and this
/// socket; `None` without bwrap.
fn contained(socket: &Path) -> Option<Shim> {
    let inside = "/tmp/run/tai/default.sock";
    let mut bwrap = Command::new("bwrap");
    for dir in ["/usr", "/bin", "/lib", "/lib64", "/etc"] {
        bwrap.args(["--ro-bind-try", dir, dir]);
    }
    bwrap
        .args(["--dev", "/dev", "--tmpfs", "/tmp"])
        .arg("--ro-bind")
        .arg(executables().join("tai-mcp"))
        .arg("/tmp/tai-mcp")
        .arg("--bind")
        .arg(socket)
        .arg(inside)
        .args(["--clearenv", "--setenv", "TAI_MCP_SOCKET", inside])
        .args(["--setenv", "XDG_RUNTIME_DIR", "/tmp/run"])
        .args(["--setenv", "TAI_MCP_AUTOSTART", "0"]);
    let mut probe = Command::new("bwrap");
    probe
        .args(bwrap.get_args())
        .arg("true")
        .stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        skipped("a mounted socket: needs bwrap and user namespaces");
        return None;
    }
    bwrap.arg("/tmp/tai-mcp");
    Some(Shim::spawn(bwrap))
}

fn deliver(machine: &Machine, to: &str) {
    let new = mail(to, "subject", "2026-01-01 00:00:00");
    machine.sandbox.deliver(&new).unwrap().unwrap();
}

#[test]
fn the_socket_of_an_instance_mounted_alone_serves_its_tools() {
    let machine = machine();
    let _taid = machine.start();
    deliver(&machine, "desk.alice@tai.chat");
    deliver(&machine, "lab.alice@tai.chat");
    let Some(shim) = contained(&desk().beside(&machine.socket())) else {
        return;
    };
    let mut shim = shim.initialized("test", "2025-06-18");
    let list = shim.call("list_inbox", json!({}));
    assert!(
        list.text.contains("desk.alice@tai.chat") && list.text.contains("1 unread"),
        "{}",
        list.text
    );
    let held = shim.call("send_email", json!({"to": "bob@tai.chat", "content": "x"}));
    assert!(
        held.text.contains("waits for the user's approval"),
        "{}",
        held.text
    );
}

/// Returns the texts of a call of a tool and of `session_status`.
fn said(machine: &Machine, shim: &mut Shim, tool: &str, arguments: serde_json::Value) -> String {
    let refused = shim.call(tool, arguments);
    assert!(refused.is_error, "{}", refused.text);
    let status = shim.call("session_status", json!({})).text;
    let problems = status.lines().filter(|line| line.starts_with("Problem"));
    let lines: Vec<&str> = refused.text.lines().chain(problems).collect();
    let text = machine.plain(lines.join("\n").as_bytes());
    format!("{text}\n")
}

#[test]
fn the_socket_of_an_instance_names_no_file_and_no_rule() {
    let machine = Machine::new();
    let password = machine.home().join("secret-place");
    let config = |rule: &str| {
        let file = password.display();
        machine.configure(&format!(
            "username = \"alice\"\npassword_file = \"{file}\"\n[instances.desk]\nsocket = true\n{rule}"
        ));
    };
    config("");
    std::fs::create_dir(machine.state_dir().join("sends-default")).unwrap();
    let _taid = machine.start_bare(&[]);
    let socket = desk().beside(&machine.socket());
    let mut shim = machine
        .shim_with(&[("TAI_MCP_SOCKET", socket.to_str().unwrap())])
        .initialized("test", "2025-06-18");
    let mut pages = said(&machine, &mut shim, "list_inbox", json!({}));
    let mut raw = Raw::open_as(&socket, agent(Some("desk")));
    raw.request(1, Watch { since: None });
    let fault = raw.answer().1.unwrap_err();
    assert!(!format!("{fault:?}").contains("secret-place"), "{fault:?}");
    assert!(machine.login(tai_e2e::PASSWORD).status.success());
    let mail = json!({"to": "bob@tai.chat", "content": "x"});
    pages.push_str(&said(&machine, &mut shim, "send_email", mail));
    config("[instances.other]\nallow_to = \"secret@friend.example\"\n");
    pages.push_str(&said(&machine, &mut shim, "list_inbox", json!({})));
    insta::assert_snapshot!(pages, @"
    error: the password source failed
    caused by: taid got no password from it
    hint: ask the user to run `taid doctor` where taid runs, then call again
    Problem: the password source failed; taid got no password from it; ask the user to run `taid doctor` where taid runs, then call again
    Problem: no mail is sent, because taid cannot record it: Is a directory (os error 21). Ask the user to run `taid doctor` where taid runs
    error: the email was not sent: taid cannot record it, and without a record it could be sent twice
    caused by: Is a directory (os error 21)
    hint: nothing was sent; ask the user to run `taid doctor` where taid runs, then call again
    Problem: no mail is sent, because taid cannot record it: Is a directory (os error 21). Ask the user to run `taid doctor` where taid runs
    error: no tool is permitted until taid's configuration is valid
    caused by: taid cannot use the configuration file as it is now
    hint: ask the user to run `taid doctor` and correct the file that it names, then call again
    Problem: no other tool is permitted until taid's configuration is valid. Ask the user to run `taid doctor` and to correct the file that it names
    Problem: no mail is sent, because taid cannot record it: Is a directory (os error 21). Ask the user to run `taid doctor` where taid runs
    ");

    // An agent at the socket of the profile may know the file, and not the rule of another instance.
    let mut shim = machine.client("lab");
    insta::assert_snapshot!(said(&machine, &mut shim, "list_inbox", json!({})), @"
    error: no tool is permitted until taid's configuration is valid
    caused by: taid cannot use the configuration file as it is now
    hint: ask the user to run `taid doctor` and correct the file that it names, then call again
    Problem: no other tool is permitted until taid's configuration is valid. Ask the user to run `taid doctor` and to correct the file that it names
    Problem: no mail is sent, because taid cannot record it in HOME/.local/state/tai/sends-default: Is a directory (os error 21). Ask the user to move `HOME/.local/state/tai/sends-default` away if it is not a file of taid, or make it and its directory writable
    ");
    let page = machine.plain(&machine.cli(&["status"]).stdout);
    assert!(page.contains("secret@friend.example"), "{page}");
}

/// Forwards connections to a socket, as `ssh -R` does; `None` without socat.
fn forwarded(machine: &Machine, socket: &Path) -> Option<(Killed, PathBuf)> {
    let run = machine.home().join("forwarded");
    let listening = run.join("tai/default.sock");
    for dir in [&run, &run.join("tai")] {
        DirBuilder::new().mode(0o700).create(dir).unwrap();
    }
    let mut socat = Command::new("socat");
    socat
        .arg(format!("UNIX-LISTEN:{},fork,mode=600", listening.display()))
        .arg(format!("UNIX-CONNECT:{}", socket.display()))
        .stderr(Stdio::null());
    let Ok(child) = socat.spawn() else {
        skipped("a forwarded socket: needs socat");
        return None;
    };
    wait_until("socat listens", || listening.exists());
    Some((Killed::new(child), listening))
}

#[test]
fn a_forwarded_socket_of_an_instance_serves_its_tools_and_no_command() {
    let machine = machine();
    let _taid = machine.start();
    deliver(&machine, "desk.alice@tai.chat");
    let Some((_socat, socket)) = forwarded(&machine, &desk().beside(&machine.socket())) else {
        return;
    };
    let run = socket.parent().and_then(Path::parent).unwrap();
    let (socket_text, run) = (socket.to_str().unwrap(), run.to_str().unwrap());
    let mut shim = machine
        .shim_with(&[("TAI_MCP_SOCKET", socket_text), ("XDG_RUNTIME_DIR", run)])
        .initialized("test", "2025-06-18");
    let list = shim.call("list_inbox", json!({}));
    assert!(list.text.contains("desk.alice@tai.chat"), "{}", list.text);
    let expected = [true, false, false, false, false];
    assert_eq!(permitted(&socket, Role::Person), expected);
}

#[test]
fn taid_socket_prints_the_path_of_each_socket_and_refuses_an_instance_without_one() {
    let machine = machine();
    let path = |args: &[&str]| {
        let output = machine.cli(&[&["socket"], args].concat());
        let text = [output.stdout, output.stderr].concat();
        format!("{args:?}: {}", machine.plain(&text))
    };
    let all = || {
        let asked: [&[&str]; 4] = [
            &[],
            &["--admin"],
            &["--instance", "Desk"],
            &["--instance", "lab"],
        ];
        asked.map(path).concat()
    };
    let before = all();
    insta::assert_snapshot!(before, @r#"
    []: HOME/.local/state/tai/run/default.sock
    ["--admin"]: HOME/.local/state/tai/run/default.admin.sock
    ["--instance", "Desk"]: HOME/.local/state/tai/run/default.i.desk.sock
    ["--instance", "lab"]: error: the instance `lab` has no socket of its own
    hint: add `socket = true` to [instances.lab] in the configuration file, and restart taid
    "#);
    let _taid = machine.start();
    assert_eq!(all(), before);
    for args in [&[][..], &["--admin"], &["--instance", "desk"]] {
        let output = machine.cli(&[&["socket"], args].concat());
        let path = String::from_utf8(output.stdout).unwrap();
        assert!(Raw::connect(Path::new(path.trim_end())).is_ok(), "{path}");
    }
}
