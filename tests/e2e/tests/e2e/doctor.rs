//! `taid doctor` names each fault, and the cause before its consequences.

use serde_json::Value;
use std::{
    fs::File,
    io::Write as _,
    os::unix::{fs::PermissionsExt as _, net::UnixListener},
    process::{Command, Output},
};
use tai_e2e::{Machine, PASSWORD, USER, executables, raw::newer_taid, wait_until};

const ACCOUNT: [(&str, &str); 2] = [("TAI_MCP_USERNAME", USER), ("TAI_MCP_PASSWORD", PASSWORD)];

fn doctor(machine: &Machine, more: &[(&str, &str)], args: &[&str]) -> Output {
    let mut command = machine.command("taid");
    command.arg("doctor").args(args).envs(more.iter().copied());
    command.output().unwrap()
}

/// Returns the name and the text of the first failed check.
fn first_wrong(machine: &Machine, more: &[(&str, &str)]) -> String {
    let output = doctor(machine, more, &["--json"]);
    assert_eq!(output.status.code(), Some(1), "doctor reports no failure");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["state"] == "wrong");
    let check = check.expect("a check fails");
    let text = |key: &str| check[key].as_str().unwrap().to_owned();
    assert!(!text("remedy").is_empty(), "{check}");
    let found = machine.plain(text("found").as_bytes());
    format!("{}: {found}", text("name"))
}

fn wrong_account(password: &str) -> [(&str, &str); 2] {
    [("TAI_MCP_USERNAME", USER), ("TAI_MCP_PASSWORD", password)]
}

#[test]
fn doctor_reports_a_healthy_setup() {
    let machine = Machine::behaving(|behaviour| behaviour.has_date = true);
    let taid = machine.start();
    taid.wait_until_live();
    let output = doctor(&machine, &ACCOUNT, &[]);
    let page = machine.plain(&output.stdout);
    let pid = format!("pid {},", taid.pid());
    let port = machine.sandbox.url().rsplit(':').next().unwrap().to_owned();
    let page: String = page
        .replace(&pid, "pid PID,")
        .replace(&format!("127.0.0.1:{port}"), "127.0.0.1:PORT")
        .split_inclusive('\n')
        // The presence of systemd and of Landlock depends on the machine.
        .filter(|line| !line.contains("lingering") && !line.contains("mail reader"))
        .collect();
    insta::assert_snapshot!(page, @"
    ✓ environment    HOME and PATH are set
    ✓ daemon         pid PID, 0 clients connected
    ✓ version        0.1.0
    ✓ configuration  3 values are set
    ✓ username       alice (from TAI_MCP_USERNAME)
    ✓ api_base_url   BRIDGE (from `api_base_url` in config.toml)
    ✓ log_level      debug (from TAI_MCP_LOG_LEVEL)
    ✓ home           taid has the directories of this shell
    ✓ directory      HOME/.local/state/tai/run is private
    ✓ socket         HOME/.local/state/tai/run/default.sock is private
    ✓ second daemon  no second taid
    ✓ password       alice's, which taid takes from the variable TAI_MCP_PASSWORD
    ✓ login          taid is signed in as alice
    ✓ proxy          none
    ✓ dns            127.0.0.1 has 1 address
    ✓ connection     127.0.0.1:PORT accepts connections
    - tls            not needed for loopback
    ✓ health         the bridge reports that it is healthy
    ✓ clock          within a minute of the bridge's
    ✓ log            HOME/.local/state/tai/logs/tai-mcp.log
    - clients        no configuration of a known client was found -> `taid setup CLIENT`

    No problems found.
    ");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        machine.sandbox.count("POST /api/v1/login"),
        1,
        "the daemon's own"
    );
}

/// Returns the line of a check, of a report with problems or without.
fn line(machine: &Machine, more: &[(&str, &str)], name: &str) -> String {
    let output = doctor(machine, more, &[]);
    let page = machine.plain(&output.stdout);
    let lines = page.lines().filter_map(|line| {
        let rest = line.get(2..).unwrap_or_default();
        // The first character is a sign of three bytes, or a hyphen.
        let rest = line.split_once(' ').map_or(rest, |(_, rest)| rest);
        let text = rest.strip_prefix(name)?.strip_prefix("  ")?;
        let sign = line.chars().next()?;
        Some(format!("{sign} {}", text.trim_start()))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_daemon_that_does_not_run_is_no_problem() {
    let machine = Machine::new();
    let output = doctor(&machine, &ACCOUNT, &[]);
    let page = machine.plain(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{page}");
    assert!(page.contains("No problems found."), "{page}");
    insta::assert_snapshot!(line(&machine, &ACCOUNT, "daemon"), @"- not running; TAI_MCP_AUTOSTART is off here, so no command starts taid; run `taid run` in another terminal, or unset the variable");
}

#[test]
fn doctor_reports_the_session_of_the_daemon_and_not_the_password_of_this_shell() {
    let machine = Machine::new();
    let taid = machine.start_bare(&[]);
    insta::assert_snapshot!(first_wrong(&machine, &ACCOUNT), @"login: taid is not signed in: it has no username and password (no password is configured or offered by a client, and no keyring is running)");
    insta::assert_snapshot!(line(&machine, &ACCOUNT, "login"), @"✗ taid is not signed in: it has no username and password (no password is configured or offered by a client, and no keyring is running) -> run `taid login`, or set `password_command` or `password_file` in the configuration file");
    insta::assert_snapshot!(line(&machine, &ACCOUNT, "username"), @"- alice (from TAI_MCP_USERNAME) has no effect: taid has the default -> run `taid stop`; the next taid has the values of config.toml");
    taid.stop();
}

#[test]
fn doctor_makes_taid_try_a_refused_password_again_and_names_the_next_attempt() {
    let machine = Machine::new();
    let file = machine.home().join("password");
    std::fs::write(&file, "another-sandbox-password").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    machine.configure(&format!(
        "username = \"{USER}\"\npassword_file = \"{}\"\n",
        file.display()
    ));
    let taid = machine.start_bare(&[]);
    wait_until("the password is refused", || {
        machine.status()["session"]["failed_logins"] == 1
    });
    let said = first_wrong(&machine, &[]);
    let (text, time) = said.split_once("no login until ").expect(&said);
    assert!(time.ends_with(" UTC"), "{said}");
    insta::assert_snapshot!(text, @"login: Authentication failed - invalid username or password (the bridge refused the login, and reports no failure of its own);");
    assert_eq!(machine.status()["session"]["failed_logins"], 2);
    std::fs::write(&file, PASSWORD).unwrap();
    insta::assert_snapshot!(line(&machine, &[], "login"), @"✓ taid is signed in as alice");
    taid.stop();
}

#[test]
fn doctor_names_a_daemon_with_another_configuration_directory() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let other = machine.home().join("other");
    let mut command = Command::new(executables().join("taid"));
    command
        .env_clear()
        .args(["doctor", "--json"])
        .env("HOME", machine.home())
        .env("XDG_CONFIG_HOME", &other);
    let report: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let found = machine.plain(report.to_string().as_bytes());
    let said =
        "taid's configuration directory is HOME/.config/tai, and this shell's is HOME/other/tai";
    assert!(found.contains(said), "{found}");
    taid.stop();
}

#[test]
fn doctor_names_an_invalid_configuration_first() {
    let machine = Machine::new();
    machine.configure("username = alice\n");
    insta::assert_snapshot!(first_wrong(&machine, &ACCOUNT), @"configuration: line 2 of the configuration file HOME/.config/tai/config.toml is not valid: string values must be quoted, expected literal string");
    machine.configure("password = \"sandbox-password\"\n");
    insta::assert_snapshot!(first_wrong(&machine, &ACCOUNT), @"configuration: the configuration file HOME/.config/tai/config.toml contains a password");
    machine.configure("");
    let quoted = [("TAI_MCP_USERNAME", "\"alice\""), ACCOUNT[1]];
    insta::assert_snapshot!(first_wrong(&machine, &quoted), @"configuration: TAI_MCP_USERNAME is not valid: the value is enclosed in quotes; write it without them");
    let spaced = [("TAI_MCP_USERNAME", "al ice"), ACCOUNT[1]];
    insta::assert_snapshot!(first_wrong(&machine, &spaced), @"configuration: TAI_MCP_USERNAME is not valid: expected 3 to 50 letters, digits or hyphens");
    let short = wrong_account("short");
    insta::assert_snapshot!(first_wrong(&machine, &short), @"configuration: TAI_MCP_PASSWORD is not valid: expected 8 to 128 characters");
}

#[test]
fn doctor_names_a_missing_or_invalid_password_first() {
    let machine = Machine::new();
    insta::assert_snapshot!(first_wrong(&machine, &[]), @"password: no source is configured, and no keyring is running");
    let quoted = format!("'{PASSWORD}'");
    insta::assert_snapshot!(first_wrong(&machine, &wrong_account(&quoted)), @"configuration: TAI_MCP_PASSWORD is not valid: the value is enclosed in quotes; write it without them");
    let file = machine.home().join("password");
    std::fs::write(&file, PASSWORD).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    machine.configure(&format!(
        "username = \"{USER}\"\npassword_file = \"{}\"\n",
        file.display()
    ));
    insta::assert_snapshot!(first_wrong(&machine, &[]), @"password: the password file HOME/password cannot be read: its mode 0644 gives other users access; run `chmod 600` on it");
    machine.configure(&format!(
        "username = \"{USER}\"\npassword_command = [\"false\"]\n"
    ));
    insta::assert_snapshot!(first_wrong(&machine, &[]), @"password: the password command `false` failed (exit status: 1)");
}

#[test]
fn doctor_names_an_unsafe_directory_first() {
    let machine = Machine::new();
    std::fs::create_dir(machine.runtime_dir()).unwrap();
    std::fs::set_permissions(
        machine.runtime_dir(),
        std::fs::Permissions::from_mode(0o777),
    )
    .unwrap();
    insta::assert_snapshot!(first_wrong(&machine, &ACCOUNT), @"directory: HOME/.local/state/tai/run has mode 0777, so other users can reach the socket in it");
    std::fs::remove_dir(machine.runtime_dir()).unwrap();
    std::os::unix::fs::symlink("/tmp", machine.runtime_dir()).unwrap();
    insta::assert_snapshot!(first_wrong(&machine, &ACCOUNT), @"directory: HOME/.local/state/tai/run is a link or a file; taid needs a directory of its own");
}

fn private_runtime_dir(machine: &Machine) {
    std::fs::create_dir(machine.runtime_dir()).unwrap();
    std::fs::set_permissions(
        machine.runtime_dir(),
        std::fs::Permissions::from_mode(0o700),
    )
    .unwrap();
}

#[test]
fn doctor_names_a_second_daemon_first() {
    let machine = Machine::new();
    private_runtime_dir(&machine);
    let mut lock = File::create(machine.state_dir().join("default.lock")).unwrap();
    write!(lock, "4242\n/elsewhere/default.sock\nhost\n").unwrap();
    lock.lock().unwrap();
    insta::assert_snapshot!(first_wrong(&machine, &ACCOUNT), @"second daemon: taid (pid 4242) runs for this profile and does not listen on its socket");
}

#[test]
fn doctor_names_the_failing_step_to_the_bridge() {
    let machine = Machine::new();
    let with = |name: &'static str, value: &str| {
        let all = [ACCOUNT[0], ACCOUNT[1], (name, value)];
        first_wrong(&machine, &all)
    };
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let plain = |text: String| text.replace(&port.to_string(), "CLOSED");
    let proxied = [
        ACCOUNT[0],
        ACCOUNT[1],
        ("TAI_MCP_API_BASE_URL", "https://tai.chat"),
        (
            "HTTPS_PROXY",
            &format!("http://me:sandbox-password@127.0.0.1:{port}"),
        ),
    ];
    insta::assert_snapshot!(plain(first_wrong(&machine, &proxied)), @"proxy: cannot reach the proxy http://127.0.0.1:CLOSED from the variable HTTPS_PROXY: Connection refused (os error 111)");
    let nowhere = with("TAI_MCP_API_BASE_URL", "https://bridge.invalid");
    assert!(nowhere.starts_with("dns: "), "{nowhere}");
    let shut = with("TAI_MCP_API_BASE_URL", &format!("http://127.0.0.1:{port}"));
    insta::assert_snapshot!(plain(shut), @"connection: 127.0.0.1:CLOSED: Connection refused (os error 111)");
    let not_tls = machine.sandbox.url().replace("http://", "https://");
    let not_tls = with("TAI_MCP_API_BASE_URL", &not_tls);
    assert!(not_tls.starts_with("tls: TLS failed"), "{not_tls}");
    machine
        .sandbox
        .behave(|behaviour| behaviour.healthy = false);
    insta::assert_snapshot!(first_wrong(&machine, &ACCOUNT), @r#"health: the bridge failed: its health is "unhealthy" (HTTP 503)"#);
    machine.sandbox.behave(|behaviour| behaviour.healthy = true);
}

#[test]
fn doctor_names_a_clock_wrong_by_a_day_first() {
    assert_doctor_names_the_clock(true);
}

/// The time in the answer of `/health` is the only clock of the real bridge.
#[test]
fn doctor_names_a_clock_wrong_by_a_day_at_a_bridge_without_date() {
    assert_doctor_names_the_clock(false);
}

fn assert_doctor_names_the_clock(has_date: bool) {
    let machine = Machine::behaving(|behaviour| {
        behaviour.clock_offset_s = 86_400;
        behaviour.has_date = has_date;
    });
    let said = first_wrong(&machine, &ACCOUNT);
    assert!(said.starts_with("clock: this machine's clock is"), "{said}");
    assert!(said.ends_with("behind the bridge's"), "{said}");
}

#[test]
fn doctor_names_a_refused_login_first() {
    let machine = Machine::new();
    let wrong = wrong_account("another-sandbox-password");
    insta::assert_snapshot!(first_wrong(&machine, &wrong), @"login: Authentication failed - invalid username or password: the bridge refused the login, and reports no failure of its own");
    machine
        .sandbox
        .behave(|behaviour| behaviour.suspended = true);
    insta::assert_snapshot!(first_wrong(&machine, &ACCOUNT), @"login: the account is locked or suspended: the bridge says: Account suspended");
}

#[test]
fn doctor_names_an_incompatible_daemon_first() {
    let machine = Machine::new();
    private_runtime_dir(&machine);
    let listener = UnixListener::bind(machine.socket()).unwrap();
    std::fs::set_permissions(machine.socket(), std::fs::Permissions::from_mode(0o600)).unwrap();
    let other = newer_taid(listener, 1);
    insta::assert_snapshot!(first_wrong(&machine, &ACCOUNT), @"daemon: taid and this program have no protocol version in common: taid 9.0.0 speaks 8 to 9, taid 0.1.0 speaks 1 to 1");
    other.join().unwrap();
}

#[test]
fn doctor_names_a_broken_client_configuration_first() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let dir = machine.home().join(".cursor");
    std::fs::create_dir(&dir).unwrap();
    let text = r#"{"mcpServers": {"tai": {"command": "/nowhere/tai-mcp"}}}"#;
    std::fs::write(dir.join("mcp.json"), text).unwrap();
    insta::assert_snapshot!(first_wrong(&machine, &ACCOUNT), @r#"client Cursor: "tai" in HOME/.cursor/mcp.json starts "/nowhere/tai-mcp", which does not exist"#);
}

#[test]
fn doctor_names_a_stripped_environment_first() {
    let machine = Machine::new();
    let mut command = machine.command("taid");
    let output = command.arg("doctor").env_remove("HOME").output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    let first = page.lines().find(|line| line.starts_with('✗')).unwrap();
    insta::assert_snapshot!(first, @"✗ environment    HOME is not set -> set HOME in the environment of this program");
}

#[test]
fn doctor_names_a_socket_that_was_removed_or_replaced_while_taid_runs() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let pid = format!("pid {}", taid.pid());
    let said = || first_wrong(&machine, &ACCOUNT).replace(&pid, "pid PID");
    let kept = machine.runtime_dir().join("kept");
    std::fs::rename(machine.socket(), &kept).unwrap();
    let removed = said();
    let other = UnixListener::bind(machine.socket()).unwrap();
    let replaced = said();
    drop(other);
    std::fs::rename(&kept, machine.socket()).unwrap();
    assert_eq!(doctor(&machine, &ACCOUNT, &[]).status.code(), Some(0));
    std::fs::remove_file(machine.runtime_dir().join("default.admin.sock")).unwrap();
    let admin = said();
    insta::assert_snapshot!([removed, replaced, admin].join("\n"), @"
    socket: HOME/.local/state/tai/run/default.sock does not exist any more, but taid (pid PID) listens there
    socket: HOME/.local/state/tai/run/default.sock is not the socket of taid (pid PID)
    socket: HOME/.local/state/tai/run/default.admin.sock does not exist any more, but taid (pid PID) listens there
    ");
}
