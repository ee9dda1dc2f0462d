//! Auto-start: clients start one shared taid in the background. The new process inherits no
//! pipe, directory or variable of a client that it does not need.

use rustix::process::Signal;
use serde_json::json;
use std::{
    fs,
    io::{self, Write as _},
    time::Duration,
};
use tai_e2e::{
    Machine, PASSWORD,
    mcp::Shim,
    processes::{in_shell, observable, send_signal, write_program},
    wait_until,
};

/// Variables that a started taid may have. Its `PATH` and its session are the system's.
const ALLOWED: [&str; 7] = [
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "TZ",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
];

/// Starts a client with a configuration of the Node server.
fn shim(machine: &Machine, more: &[(&str, &str)]) -> Shim {
    let mut command = machine.command("tai-mcp");
    command
        .env("TAI_MCP_AUTOSTART", "1")
        .env("NAME", "alice")
        .env("PASSWORD", PASSWORD)
        .env("INSTANCE", "desk")
        .env("USEREMAIL", "me@example.com")
        .envs(more.iter().copied());
    Shim::spawn(command).initialized("test", "2025-06-18")
}

/// Returns a machine whose default profile has the account of the clients.
fn machine() -> Machine {
    let machine = Machine::new();
    machine.configure("username = \"alice\"\n");
    machine
}

fn started(machine: &Machine) -> usize {
    machine.log().matches("taid ready on").count()
}

fn pid(machine: &Machine) -> String {
    machine.status()["daemon"]["pid"].to_string()
}

#[test]
fn the_first_call_of_a_node_server_configuration_starts_taid_and_signs_it_in() {
    let machine = machine();
    let mut shim = shim(&machine, &[]);
    let result = shim.call("list_inbox", json!({}));
    assert!(
        result.text.contains("desk.alice@tai.chat"),
        "{}",
        result.text
    );
    assert_eq!(machine.sandbox.count("POST /api/v1/login"), 1);
    let status = machine.status();
    assert_eq!(status["daemon"]["idle_exit_s"], 1800);
    // The instance and the default recipient apply only to the client.
    assert_eq!(status["account"]["address"], "alice@tai.chat");
    let page = String::from_utf8(machine.cli(&["status"]).stdout).unwrap();
    assert!(
        page.contains("in the background; exits after 30 min without clients"),
        "{page}"
    );
}

#[test]
fn fifty_simultaneous_clients_start_one_taid() {
    let machine = machine();
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                let result = shim(&machine, &[]).call("list_inbox", json!({}));
                assert!(!result.is_error, "{}", result.text);
            });
        }
    });
    assert_eq!(
        (
            started(&machine),
            machine.sandbox.count("POST /api/v1/login")
        ),
        (1, 1)
    );
}

#[test]
#[cfg(target_os = "linux")]
fn an_auto_started_taid_has_its_own_session_and_inherits_no_pipe_or_argument() {
    let machine = machine();
    let mut shim = shim(&machine, &[("TAI_MCP_PASSWORD", PASSWORD)]);
    shim.call("list_inbox", json!({}));
    let pid = pid(&machine);
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    assert_eq!(
        (fields[2], fields[3]),
        (pid.as_str(), pid.as_str()),
        "group and session"
    );
    let arguments = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
    assert!(!arguments.contains(PASSWORD), "{arguments}");
    // Both pipes break after the client has ended only if taid inherited neither.
    let mut input = shim.take_input();
    shim.kill_in_place();
    wait_until("the output of the client ends", || shim.output_has_ended());
    wait_until("the input of the client has no reader", || {
        let written = input.write_all(b"\n");
        written.is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    });
    assert_eq!(self::pid(&machine), pid, "taid still runs");
}

#[test]
fn programs_of_an_auto_started_taid_run_in_the_root_directory_without_client_variables() {
    let machine = Machine::new();
    let (script, seen) = (machine.home().join("password"), machine.home().join("seen"));
    let text = format!(
        "#!/bin/sh\n(pwd; env) >'{}'\necho {PASSWORD}\n",
        seen.display()
    );
    write_program(&script, &text);
    machine.configure(&format!(
        "username = \"alice\"\npassword_command = [\"{}\"]\n",
        script.display()
    ));
    let result = shim(&machine, &[]).call("list_inbox", json!({}));
    assert!(!result.is_error, "{}", result.text);
    let seen = fs::read_to_string(&seen).unwrap();
    assert!(seen.starts_with("/\n"), "{seen}");
    for withheld in [PASSWORD, "USEREMAIL", "INSTANCE"] {
        assert!(!seen.contains(withheld), "{withheld}: {seen}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_auto_started_taid_inherits_no_directory_environment_or_open_file() {
    let machine = Machine::new();
    let mut command = machine.command("tai-mcp");
    command
        .env("TAI_MCP_AUTOSTART", "1")
        .env("NAME", "alice")
        .env("TAI_MCP_PASSWORD", PASSWORD)
        .env("PASSWORD", PASSWORD)
        .env("INSTANCE", "desk")
        .env("USEREMAIL", "me@example.com");
    // What a project may set for the clients that start in it. The session bus of a client counts
    // with `--home` alone, so tests/isolation covers it.
    for name in [
        "API_BASE_URL",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "SSL_CERT_FILE",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "XDG_RUNTIME_DIR",
        "NOTIFY_SOCKET",
        "CREDENTIALS_DIRECTORY",
        "PATH",
    ] {
        command.env(name, "/nonexistent/hostile");
    }
    let Some(command) = observable(command, "what the system shows of a taid that was started")
    else {
        return;
    };
    let mut shim = Shim::spawn(command).initialized("test", "2025-06-18");
    shim.call("list_inbox", json!({}));
    let pid = pid(&machine);
    assert_eq!(
        fs::read_link(format!("/proc/{pid}/cwd")).unwrap().to_str(),
        Some("/")
    );
    let targets = |pid: &str| -> Vec<_> {
        let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
        let links = descriptors.flatten().map(|fd| fs::read_link(fd.path()));
        links.flatten().collect()
    };
    let client = shim.pid().to_string();
    let ends: Vec<_> = (0..3)
        .map(|fd| fs::read_link(format!("/proc/{client}/fd/{fd}")).unwrap())
        .filter(|target| target.to_string_lossy().starts_with("pipe:"))
        .collect();
    assert_eq!(ends.len(), 2);
    assert!(targets(&pid).iter().all(|target| !ends.contains(target)));
    for file in ["cmdline", "environ"] {
        let bytes = fs::read(format!("/proc/{pid}/{file}")).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for withheld in [PASSWORD, "USEREMAIL", "INSTANCE", "hostile"] {
            assert!(!text.contains(withheld), "{file}: {text}");
        }
    }
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap();
    let environment = String::from_utf8(environment).unwrap();
    for variable in environment.split_terminator('\0') {
        let name = variable.split('=').next().unwrap();
        assert!(ALLOWED.contains(&name), "{variable}");
    }
}

#[test]
fn a_taid_that_nohup_started_ignores_a_hangup() {
    let machine = Machine::new();
    let taid = machine.spawn(in_shell("trap '' HUP", &machine.taid(&[])));
    taid.wait_until_live();
    send_signal(taid.pid(), Signal::HUP);
    let mut client = shim(&machine, &[("TAI_MCP_AUTOSTART", "0")]);
    assert!(!client.call("list_inbox", json!({})).is_error);
    taid.terminate();
    assert_eq!(taid.wait().0, Some(0));
    let log = machine.log();
    assert!(log.contains("stopping signal=\"SIGTERM\""), "{log}");
    assert!(!log.contains("SIGHUP"), "{log}");
}

#[test]
fn an_auto_started_taid_outlives_its_client_and_the_process_group() {
    let machine = machine();
    let mut first = shim(&machine, &[]);
    first.call("list_inbox", json!({}));
    let before = pid(&machine);
    drop(first);
    let mut second = shim(&machine, &[]);
    assert!(!second.call("list_inbox", json!({})).is_error);
    assert_eq!(pid(&machine), before);
}

#[test]
fn an_auto_started_taid_exits_after_the_idle_timeout_and_the_next_call_starts_another() {
    let machine = Machine::new();
    machine.configure("username = \"alice\"\nidle_exit = 1\n");
    let mut client = shim(&machine, &[]);
    client.call("list_inbox", json!({}));
    let first = pid(&machine);
    // A connected client prevents the idle exit.
    assert!(client.next_within(Duration::from_millis(1500)).is_none());
    assert_eq!(pid(&machine), first);
    drop(client);
    wait_until("taid has ended", || !machine.socket().exists());
    wait_until("the log says why", || {
        machine.log().contains("stopping: idle timeout")
    });
    let mut client = shim(&machine, &[]);
    assert!(!client.call("list_inbox", json!({})).is_error);
    assert_ne!(pid(&machine), first);
}

#[test]
fn a_typed_password_suspends_the_idle_timeout() {
    let machine = Machine::new();
    let start = |machine: &Machine| {
        machine.configure("idle_exit = 1\n");
        let mut command = machine.command("tai-mcp");
        command.env("TAI_MCP_AUTOSTART", "1");
        let mut client = Shim::spawn(command).initialized("test", "2025-06-18");
        let result = client.call("list_inbox", json!({}));
        assert!(result.text.contains("taid login"), "{}", result.text);
        client
    };
    let client = start(&machine);
    assert!(machine.login(PASSWORD).status.success());
    drop(client);
    // A taid without a password, whose last client leaves later, ends at its idle timeout.
    let other = Machine::new();
    drop(start(&other));
    wait_until("the other taid has ended", || !other.socket().exists());
    assert!(machine.socket().exists());
}

#[test]
fn a_connected_client_restarts_a_killed_taid() {
    let machine = machine();
    let mut client = shim(&machine, &[]);
    client.call("list_inbox", json!({}));
    // Another thread of taid writes the log, and a killed process loses what it has not written.
    wait_until("the start is in the log", || started(&machine) == 1);
    send_signal(pid(&machine).parse().unwrap(), Signal::KILL);
    assert!(!client.call("list_inbox", json!({})).is_error);
    wait_until("the second start is in the log", || started(&machine) == 2);
}

#[test]
fn a_failed_start_is_explained_to_the_agent() {
    let machine = Machine::new();
    machine.configure("poll_interval = 7\n");
    let result = shim(&machine, &[]).call("list_inbox", json!({}));
    assert!(result.is_error);
    insta::assert_snapshot!(result.text, @"
    error: taid did not start: `poll_interval` in config.toml is not valid: expected a number of milliseconds from 1000 to 60000
    hint: ask the user to correct the value in the file, or where the variable is set, then call again
    ");
}

#[test]
fn a_failed_start_names_the_variable_as_the_client_has_it() {
    let machine = Machine::new();
    machine.configure("username = \"bob\"\n");
    let _of_bob = machine.start_bare(&[]);
    let variables = [("API_TIMEOUT", "30"), ("TAI_MCP_POLL_INTERVAL", "7000")];
    let result = shim(&machine, &variables).call("list_inbox", json!({}));
    assert!(result.is_error);
    insta::assert_snapshot!(result.text, @"
    error: taid did not start: API_TIMEOUT is not valid: expected a number of milliseconds from 5000 to 300000
    hint: ask the user to correct the value in the file, or where the variable is set, then call again
    ");
}

#[test]
fn other_connect_errors_do_not_start_taid() {
    let machine = Machine::new();
    // A symlink loop makes connecting fail although a taid may run. A sandbox of the system has
    // the same effect, with EPERM.
    fs::create_dir_all(machine.runtime_dir()).unwrap();
    let link = std::os::unix::fs::symlink("default.sock", machine.socket());
    link.unwrap();
    let result = shim(&machine, &[]).call("list_inbox", json!({}));
    assert!(
        result
            .text
            .starts_with("error: cannot connect to taid\ncaused by: Too many levels"),
        "{}",
        result.text
    );
    assert_eq!(started(&machine), 0);
}

#[test]
fn without_auto_start_a_call_reports_that_taid_is_not_running() {
    let machine = Machine::new();
    let result = shim(&machine, &[("TAI_MCP_AUTOSTART", "0")]).call("list_inbox", json!({}));
    assert!(
        result.text.contains("taid is not running"),
        "{}",
        result.text
    );
}

#[test]
fn taid_login_starts_taid_and_its_password_suspends_the_idle_timeout() {
    let machine = Machine::new();
    machine.configure("username = \"alice\"\nidle_exit = 1\n");
    let mut login = machine.command("taid");
    login
        .args(["login", "alice", "--password-stdin"])
        .env("TAI_MCP_AUTOSTART", "1")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    let mut login = login.spawn().unwrap();
    let mut input = login.stdin.take().unwrap();
    input.write_all(PASSWORD.as_bytes()).unwrap();
    drop(input);
    let output = login.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("✅ Login successful"), "{said}");
    let first = pid(&machine);
    let mut client = shim(&machine, &[("TAI_MCP_AUTOSTART", "0"), ("NAME", "")]);
    assert!(client.next_within(Duration::from_millis(2500)).is_none());
    let result = client.call("list_inbox", json!({}));
    assert!(!result.is_error, "{}", result.text);
    assert_eq!(pid(&machine), first);
}

#[test]
fn the_first_status_of_a_started_taid_is_that_after_the_login() {
    let machine = machine();
    let status = shim(&machine, &[]).call("session_status", json!({}));
    assert!(
        status.text.starts_with("Session: live\n"),
        "{}",
        status.text
    );
    assert_eq!(status.structured["session"], "live");
}
