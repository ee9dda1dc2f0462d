//! Places where secrets must not be. All passwords here are canaries. The tests use each input
//! and output of the programs at debug level, then search files, output and memory.

mod seen;

use rustix::process::Signal;
use seen::{Seen, contains, memory};
use serde_json::json;
use std::{
    fs::File,
    os::unix::{
        fs::chown,
        process::{CommandExt as _, ExitStatusExt as _},
    },
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tai_e2e::{
    Killed, Machine, PASSWORD, USER, executables,
    mcp::Shim,
    processes::{is_running, observable, send_signal},
    tap::tapped,
    wait_until, within,
};
use tai_sandbox::{Canned, FaultKind};

/// The password of `canary`. JSON escapes a character in its middle. A plain allocator overwrites
/// the first 16 bytes of freed memory, so that a search of memory needs the [`tail`].
const CANARY: &str = "canary-7f3a-\"correct-password-of-sixty-characters-that-stays";
const MISTYPED: &str = "canary-5b1c-\"another-password-of-sixty-characters-with-typos";
/// The first characters of all tokens of the sandbox.
const TOKEN: &str = "eyJhbGciOi";
/// The first claim of the tokens of `canary`, behind their header.
const CLAIMS: &str = "eyJzdWIiOiJjYW5hcnki";
const LOGIN: &str = "POST /api/v1/login";

fn head(password: &str) -> &str {
    &password[..11]
}

fn tail(password: &str) -> &str {
    &password[password.len() - 30..]
}

/// Calls the tools, and returns what the client and its model get.
fn drive(shim: &mut Shim) -> String {
    let mut said = String::new();
    for (tool, arguments) in [
        (
            "send_email",
            json!({"to": "alice@tai.chat", "content": "x", "subject": "y"}),
        ),
        ("list_inbox", json!({"show_read": true})),
        ("fetch_email", json!({})),
        ("reply_email", json!({"message_id": 1, "content": "z"})),
        ("fetch_email", json!({"email_id": "not a number"})),
        ("session_status", json!({})),
    ] {
        said += &shim.call(tool, arguments).whole.to_string();
    }
    said += &shim
        .request("resources/read", json!({"uri": "tai-mcp://info"}))
        .to_string();
    said
}

#[test]
fn no_log_status_answer_argument_or_environment_contains_a_secret() {
    let machine = Machine::new();
    for account in ["canary", "offered", "refused"] {
        machine.sandbox.add_account(account, CANARY).unwrap();
    }
    let account = [("TAI_MCP_USERNAME", "canary"), ("TAI_MCP_PASSWORD", CANARY)];
    let mut seen = Seen::default();

    // A password in the environment, and faults of the bridge.
    for kind in [
        FaultKind::Malformed,
        FaultKind::CloseAfter,
        FaultKind::Html503,
    ] {
        machine.sandbox.fail(kind, 1, LOGIN);
    }
    let what = "a search of the environment of taid";
    let shown = observable(machine.bare_taid(&account), what);
    let is_shown = shown.is_some();
    let taid = machine.spawn(shown.unwrap_or_else(|| machine.bare_taid(&account)));
    // A client that has a password too, through the proxy.
    let tap_dir = machine.home().join("tap");
    std::fs::create_dir_all(&tap_dir).unwrap();
    let tap = tap_dir.join("default.sock");
    let answers = tapped(&machine.socket(), &tap);
    let errors = machine.home().join("errors");
    let client = |variables: &[(&str, &str)]| {
        let mut command = machine.command("tai-mcp");
        command.envs(variables.iter().copied());
        command.env("TAI_MCP_LOG_LEVEL", "debug");
        let errors = File::options().create(true).append(true).open(&errors);
        Shim::spawn_with(command, errors.unwrap()).initialized("test", "2025-06-18")
    };
    let mut shim = client(&[
        ("TAI_MCP_SOCKET", tap.to_str().unwrap()),
        ("NAME", "canary"),
        ("PASSWORD", CANARY),
    ]);
    seen.add("an answer of tai-mcp", drive(&mut shim));
    machine.sandbox.revoke_all_tokens();
    seen.add("an answer of tai-mcp", drive(&mut shim));
    seen.arguments("taid", taid.pid());
    if is_shown {
        seen.environment("taid", taid.pid());
    }
    seen.arguments("tai-mcp", shim.pid());

    // Commands: a mistyped login, logout, login, and the pages.
    let login =
        |password: &str| machine.cli_reading(&["login", "canary", "--password-stdin"], password);
    for output in [
        login(MISTYPED),
        machine.cli(&["logout", "--yes"]),
        login(MISTYPED),
        login(CANARY),
        machine.cli_reading(&["register", "canary", "--password-stdin"], CANARY),
        machine.cli(&["status"]),
        machine.cli(&["status", "--json"]),
        machine
            .command("taid")
            .arg("doctor")
            .envs(account)
            .output()
            .unwrap(),
        machine
            .command("taid")
            .args(["doctor", "--json"])
            .envs(account)
            .output()
            .unwrap(),
        machine
            .command("taid")
            .arg("run")
            .envs(account)
            .output()
            .unwrap(),
        machine
            .taid(&[("TAI_MCP_PASSWORD", "canary-")])
            .output()
            .unwrap(),
    ] {
        seen.add("a command's output", output.stdout);
        seen.add("a command's errors", output.stderr);
    }

    // The password of a client while taid has none, and of a command.
    let bare = machine.start_profile("offered", &[("TAI_MCP_USERNAME", "offered")]);
    let mut offering = client(&[
        ("TAI_MCP_PROFILE", "offered"),
        ("TAI_MCP_USERNAME", "offered"),
        ("TAI_MCP_PASSWORD", CANARY),
    ]);
    seen.add("an answer to an offer", drive(&mut offering));
    seen.arguments("taid of a client's password", bare.id());
    seen.arguments("tai-mcp with a password", offering.pid());
    let status = machine.cli(&["status", "--json", "--profile", "offered"]);
    assert!(
        contains(&status.stdout, "\"live\""),
        "the password of the client was not used"
    );
    seen.add("status", status.stdout);
    // A password that is refused.
    let refusing = machine.start_profile("refused", &[("TAI_MCP_USERNAME", "refused")]);
    let mut refused = client(&[
        ("TAI_MCP_PROFILE", "refused"),
        ("TAI_MCP_USERNAME", "refused"),
        ("TAI_MCP_PASSWORD", MISTYPED),
    ]);
    let said = drive(&mut refused);
    assert!(said.contains("invalid username or password"), "{said}");
    seen.add("an answer to a refused offer", said);
    for client in [shim, offering, refused] {
        let (status, unread) = client.close();
        assert!(status.success(), "{status}");
        seen.add("the last messages of tai-mcp", unread.join("\n"));
    }
    let errors = std::fs::read(errors).unwrap();
    assert!(!errors.is_empty(), "tai-mcp writes no log");
    seen.add("the standard error of tai-mcp", errors);

    // The files include the log.
    seen.add("what taid said", answers.lock().unwrap().clone());
    taid.terminate();
    seen.add("taid's standard error", taid.wait().1);
    wait_until("the log is written", || machine.log().contains("stopped"));
    assert!(
        machine
            .log()
            .contains("Attempting login with username: canary")
    );
    seen.files(&machine.state_dir());
    let passwords = [head(CANARY), tail(CANARY), head(MISTYPED), tail(MISTYPED)];
    seen.has_none_of(&passwords);
    seen.has_none_of(&[TOKEN, CLAIMS]);
    drop((bare, refusing));
}

#[test]
fn an_error_of_the_bridge_that_repeats_the_password_is_shown_without_it() {
    let machine = Machine::new();
    let secret = "canary-9d2e-correct-password";
    machine.sandbox.add_account("canary", secret).unwrap();
    let text = format!("bad password {secret} for canary");
    let body = json!({"success": false, "error": {"code": "INTERNAL_ERROR", "message": text}});
    let failed = Canned::new(500, &body.to_string());
    machine.sandbox.can(failed, 1000, LOGIN);
    let taid = machine.start_with(&[("TAI_MCP_USERNAME", "canary"), ("TAI_MCP_PASSWORD", secret)]);
    let said = machine.client("desk").call("list_inbox", json!({}));
    let told = said.text.contains("bad password [removed] for canary");
    assert!(told, "{}", said.text);
    let mut all = said.whole.to_string() + &machine.status().to_string();
    for args in [&["status"][..], &["doctor"], &["inbox"]] {
        all += &machine.say(&machine.cli(args));
    }
    taid.stop();
    all += &machine.log();
    assert!(!all.contains(secret), "{all}");
}

#[test]
fn after_a_logout_no_password_or_token_is_in_the_memory_of_the_daemon() {
    let machine = Machine::new();
    machine.sandbox.add_account("canary", CANARY).unwrap();
    let account = [("TAI_MCP_USERNAME", "canary"), ("TAI_MCP_PASSWORD", CANARY)];
    let command = observable(machine.bare_taid(&account), "a search of taid's memory");
    let Some(command) = command else {
        return;
    };
    let taid = machine.spawn(command);
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    drive(&mut shim);
    machine.sandbox.revoke_all_tokens();
    drive(&mut shim);
    machine.cli_reading(&["login", "canary", "--password-stdin"], MISTYPED);
    let before = memory(taid.pid()).unwrap();
    for secret in [tail(CANARY), CLAIMS] {
        let held = contains(&before, secret);
        assert!(held, "a signed-in taid has no {secret}: nothing is tested");
    }
    assert!(
        !contains(&before, tail(MISTYPED)),
        "the memory has a refused password"
    );
    assert!(machine.cli(&["logout", "--yes"]).status.success());
    let since = Instant::now();
    wait_until("the memory of taid has no secret", || {
        let after = memory(taid.pid()).unwrap();
        !contains(&after, tail(CANARY)) && !contains(&after, CLAIMS)
    });
    assert!(since.elapsed() < within(Duration::from_secs(2)));
    assert_eq!(
        machine.cli(&["status"]).status.code(),
        Some(4),
        "taid still runs"
    );
}

#[test]
fn a_crash_leaves_no_core_dump() {
    let machine = Machine::new();
    // Simulates a system that allows core dumps of any size.
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -c unlimited 2> /dev/null; exec \"$0\" run"])
        .arg(executables().join("taid"))
        .current_dir(machine.home())
        .env_clear()
        .env("HOME", machine.home())
        .env("TAI_MCP_API_BASE_URL", machine.sandbox.url())
        .env("TAI_MCP_USERNAME", USER)
        .env("TAI_MCP_PASSWORD", PASSWORD)
        .stderr(Stdio::null());
    let mut taid = Killed::spawn(&mut command);
    wait_until("taid serves", || machine.cli(&["status"]).status.success());
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", taid.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core"))
        .unwrap();
    let fields: Vec<_> = core.split_whitespace().collect();
    assert_eq!(&fields[4..6], ["0", "0"], "{core}");
    send_signal(taid.id(), Signal::ABORT);
    let status = taid.child().wait().unwrap();
    assert_eq!(status.signal(), Some(6));
    assert!(!status.core_dumped());
}

/// Returns whether the user of `reader` can read a byte of a file in `/proc/PID`.
fn is_readable(pid: u32, file: &str, mut reader: Command) -> bool {
    let path = format!("/proc/{pid}/{file}");
    let read = reader.args(["-c", "1", &path]).output().unwrap();
    read.status.success()
}

#[test]
#[cfg(target_os = "linux")]
fn programs_of_the_same_user_cannot_read_the_memory_or_environment_of_taid() {
    const NOBODY: u32 = 65_534;
    let machine = Machine::new();
    let is_root = rustix::process::geteuid().is_root();
    let mut programs = ["taid", "tai-mcp"].map(|name| executables().join(name));
    if is_root {
        // Root can read everything, so that the check runs as another user, from copies of
        // the executables. `cp` makes them, because a file that this process has open for
        // writing cannot be executed.
        for program in &mut programs {
            let copy = machine.home().join(program.file_name().unwrap());
            let copied = Command::new("cp").arg(&program).arg(&copy).status();
            assert!(copied.unwrap().success());
            *program = copy;
        }
        for dir in [
            "",
            ".config",
            ".config/tai",
            ".local",
            ".local/state",
            ".local/state/tai",
        ] {
            let dir = machine.home().join(dir);
            chown(&dir, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    let [taid, tai_mcp] = programs;
    let run = |program: &Path| {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", machine.home())
            .env("TAI_MCP_API_BASE_URL", machine.sandbox.url())
            .current_dir("/");
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    };
    let account = [("TAI_MCP_USERNAME", USER), ("TAI_MCP_PASSWORD", PASSWORD)];
    let mut command = run(&taid);
    command.arg("run").envs(account).stderr(Stdio::null());
    let hidden = Killed::spawn(&mut command);
    wait_until("taid serves", || {
        let status = run(&taid).arg("status").output().unwrap();
        status.status.success()
    });
    let ordinary = Killed::spawn(run(Path::new("sleep")).arg("60"));
    let reads = |pid: u32, file: &str| is_readable(pid, file, run(Path::new("head")));
    wait_until("an ordinary process can be read", || {
        reads(ordinary.id(), "environ")
    });
    let mut command = run(&tai_mcp);
    command.env("TAI_MCP_INSTANCE", "desk").envs(account);
    command.stdin(Stdio::piped()).stderr(Stdio::null());
    let client = Killed::spawn(&mut command);
    wait_until("tai-mcp has begun", || !reads(client.id(), "environ"));
    for pid in [hidden.id(), client.id()] {
        for file in ["environ", "maps", "mem", "auxv", "stack"] {
            assert!(!reads(pid, file), "{file}");
        }
        for file in ["fd", "map_files", "task"] {
            let link = format!("/proc/{pid}/{file}");
            let listed = run(Path::new("ls")).arg(&link).output().unwrap();
            assert_eq!(listed.status.success(), file == "task", "{file}");
        }
        for link in ["cwd", "exe", "root"] {
            let link = format!("/proc/{pid}/{link}");
            let read = run(Path::new("readlink")).arg(&link).output().unwrap();
            assert!(!read.status.success(), "{link}");
        }
        assert!(is_running(pid));
    }
}
