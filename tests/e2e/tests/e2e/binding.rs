//! A password reaches the bridge that it is for, and no other listener.
//!
//! The matrix sets one variable in the environment of the program that starts taid, for each source
//! of the password and each way of starting. Another listener, a proxy or a program stands for what
//! the variable names, and records its use. `taid run` uses its own proxy and `PATH`, which shows
//! that the records can tell.

mod other;

use crate::chaos::front::{Proxy, TlsFront};
use other::Other;
use serde_json::json;
use std::{
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Command, Stdio},
    sync::Mutex,
};
use tai_e2e::{
    Killed, Machine, PASSWORD, USER, mcp::Shim, processes::write_program, raw::Raw, wait_until,
};
use tai_proto::{
    Answer, FaultCode,
    account::{AccountClaim, PasswordNeed},
    call::ClaimAccount,
};

const LOGIN: &str = "POST /api/v1/login";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    File,
    Program,
    Variable,
    Typed,
    Offer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Run,
    Client,
    Login,
}

/// The variables of the matrix. The first is a control: it sets nothing.
const VARIABLES: [&str; 6] = [
    "",
    "API_BASE_URL",
    "TAI_MCP_API_BASE_URL",
    "HTTPS_PROXY",
    "PATH",
    "PASSWORD",
];
const SOURCES: [Source; 5] = [
    Source::File,
    Source::Program,
    Source::Variable,
    Source::Typed,
    Source::Offer,
];
const STARTS: [Start; 3] = [Start::Run, Start::Client, Start::Login];

#[derive(Debug, Clone, Copy)]
struct Cell {
    variable: &'static str,
    source: Source,
    start: Start,
}

impl Cell {
    /// Returns whether the cell has a meaning, and the password is not the one that the same
    /// environment names together with the bridge.
    fn counts(self) -> bool {
        let is_possible = match (self.source, self.start) {
            // A password of the environment is taken from that of `taid run` alone.
            (Source::Variable, Start::Client | Start::Login) => false,
            (Source::Offer, Start::Login) => false,
            _ => true,
        };
        let is_named_together = self.variable == "TAI_MCP_API_BASE_URL"
            && matches!(
                self.source,
                Source::Variable | Source::Typed | Source::Offer
            );
        is_possible && !is_named_together
    }

    fn run(self) {
        let machine = Machine::new();
        let other = Other::start();
        let front = TlsFront::to(&machine.sandbox.url());
        let proxy = Proxy::connecting(front.address);
        self.configure(&machine, &front);
        let set = self.set(&machine, &other, &proxy);
        let set: Vec<(&str, &str)> = set.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let mut daemon = None;
        let own = [("TAI_MCP_USERNAME", USER), ("TAI_MCP_PASSWORD", PASSWORD)];
        let client = |command: &mut Command| {
            command.envs(set.iter().copied());
            if self.source == Source::Offer {
                command.envs(own);
            }
        };
        match self.start {
            Start::Run => {
                let mut command = machine.bare_taid(&set);
                if self.source == Source::Variable {
                    command.envs(own);
                }
                let command = command.stdin(Stdio::null()).stderr(Stdio::null());
                daemon = Some(Killed::spawn(command));
                wait_until("taid serves", || Raw::connect(&machine.socket()).is_ok());
            }
            Start::Client => {
                let mut command = machine.command("tai-mcp");
                client(command.env("TAI_MCP_AUTOSTART", "1"));
                let mut shim = Shim::spawn(command).initialized("test", "2025-06-18");
                shim.call("list_inbox", json!({}));
            }
            Start::Login => {}
        }
        if self.source == Source::Typed || self.start == Start::Login {
            let mut command = machine.command("taid");
            command
                .args(["login", USER, "--password-stdin"])
                .env("TAI_MCP_AUTOSTART", "1")
                .envs(set.iter().copied())
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            let mut login = command.spawn().unwrap();
            let typed = match self.source {
                Source::Typed => PASSWORD,
                // The source's own password is the one to look for.
                _ => "another-password",
            };
            let _ = login.stdin.take().unwrap().write_all(typed.as_bytes());
            let _ = login.wait();
        }
        if self.source == Source::Offer && self.start == Start::Run {
            let mut command = machine.command("tai-mcp");
            client(&mut command);
            let mut shim = Shim::spawn(command).initialized("test", "2025-06-18");
            shim.call("list_inbox", json!({}));
        }
        // A login of the configured source is over when a call is answered.
        let mut shim = machine.client("desk");
        let said = shim.call("list_inbox", json!({}));
        assert!(!other.has_heard(PASSWORD), "{self:?}: the password leaked");
        assert!(!other.has_heard("canary"), "{self:?}: another program's");
        match self.variable {
            // The environment names a bridge and no password for it.
            "TAI_MCP_API_BASE_URL" if self.start == Start::Run => {
                assert!(
                    said.text.contains("is for the bridge"),
                    "{self:?}: {}",
                    said.text
                );
                assert!(said.text.contains(&other.url), "{self:?}: {}", said.text);
                assert_eq!(machine.sandbox.count(LOGIN), 0, "{self:?}");
            }
            "TAI_MCP_API_BASE_URL" => {}
            _ => assert!(!said.is_error, "{self:?}: {}", said.text),
        }
        let is_own = self.start == Start::Run;
        let is_proxied = self.variable == "HTTPS_PROXY" && is_own;
        assert_eq!(
            !proxy.requests().is_empty(),
            is_proxied,
            "{self:?}: a proxy"
        );
        let is_found = self.variable == "PATH" && is_own && self.source == Source::Program;
        let ran = marks(&machine).exists();
        assert_eq!(ran, is_found, "{self:?}: a program of `PATH` ran");
        drop(daemon);
    }

    /// Writes the configuration file, and the password for it.
    fn configure(self, machine: &Machine, front: &TlsFront) {
        let place = machine.home().join("place");
        std::fs::write(&place, PASSWORD).unwrap();
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&place, mode).unwrap();
        let path = place.display();
        let mut text = format!("username = \"{USER}\"\n");
        match self.source {
            Source::File => text += &format!("password_file = \"{path}\"\n"),
            Source::Program => {
                text += &format!("password_command = [\"head\", \"-n1\", \"{path}\"]\n");
            }
            Source::Variable | Source::Typed | Source::Offer => {}
        }
        if self.variable == "HTTPS_PROXY" {
            let authority = machine.home().join("ca.pem");
            front.write_pem(&authority, "");
            let (url, path) = (front.unspecified_url(), authority.display());
            text += &format!("api_base_url = \"{url}\"\nca_file = \"{path}\"\n");
        }
        machine.configure(&text);
    }

    /// Returns the variable and its value.
    fn set(self, machine: &Machine, other: &Other, proxy: &Proxy) -> Vec<(&'static str, String)> {
        let value = match self.variable {
            "" => return Vec::new(),
            "PATH" => {
                let bin = machine.home().join("bin");
                std::fs::create_dir(&bin).unwrap();
                for name in ["head", "secret-tool", "sh", "systemctl", "taid", "xdg-open"] {
                    let mark = marks(machine);
                    let mark = mark.display();
                    let program =
                        format!("#!/bin/sh\necho {name} >>'{mark}'\nexec /usr/bin/{name} \"$@\"\n");
                    write_program(&bin.join(name), &program);
                }
                let path = std::env::var("PATH").unwrap_or_default();
                format!("{}:{path}", bin.display())
            }
            "PASSWORD" => "canary-of-a-database".to_owned(),
            "HTTPS_PROXY" => format!("http://{}", proxy.address),
            _ => other.url.clone(),
        };
        vec![(self.variable, value)]
    }
}

/// Returns the file in which the programs of the row `PATH` note that they ran.
fn marks(machine: &Machine) -> PathBuf {
    machine.home().join("ran")
}

#[test]
fn a_password_reaches_only_the_bridge_that_it_is_for() {
    let mut cells = Vec::new();
    for variable in VARIABLES {
        for source in SOURCES {
            for start in STARTS {
                let cell = Cell {
                    variable,
                    source,
                    start,
                };
                if cell.counts() {
                    cells.push(cell);
                }
            }
        }
    }
    let cells = Mutex::new(cells);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let cell = cells.lock().unwrap().pop();
                    let Some(cell) = cell else { return };
                    cell.run();
                }
            });
        }
    });
}

#[test]
fn a_client_of_another_bridge_is_told_both() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let claim = |username: Option<&str>, bridge: Option<&str>| {
        let mut raw = Raw::open(&machine.socket());
        raw.request(
            1,
            ClaimAccount {
                username: username.map(|name| name.parse().unwrap()),
                bridge: bridge.map(Into::into),
            },
        );
        raw.answer().1
    };
    let ours = format!("{}/", machine.sandbox.url());
    let serves = Ok(Answer::ClaimAccount(AccountClaim::Serves(
        PasswordNeed::NotNeeded,
    )));
    assert_eq!(claim(None, None), serves);
    assert_eq!(claim(Some(USER), Some(&ours)), serves);
    for (username, bridge) in [
        (None, "https://mail.example"),
        (Some(USER), "https://mail.example"),
        (Some("bob"), &ours),
    ] {
        let claimed = claim(username, Some(bridge));
        assert!(
            matches!(
                claimed,
                Ok(Answer::ClaimAccount(AccountClaim::Elsewhere(_)))
            ),
            "{username:?} {bridge}: {claimed:?}"
        );
    }
    let Err(fault) = claim(None, Some("mail.example")) else {
        panic!("a text that is no URL is accepted");
    };
    assert_eq!(fault.code, FaultCode::BadRequest);
    assert!(fault.what.contains("the bridge"), "{fault:?}");
}

#[test]
fn a_shell_that_names_another_bridge_cannot_sign_in_at_this_one() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[]);
    let mut command = machine.command("taid");
    let output = command
        .args(["login", USER, "--password-stdin"])
        .env("TAI_MCP_API_BASE_URL", "https://mail.example")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = machine.plain(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    insta::assert_snapshot!(said, @"
    error: this program is configured for the bridge https://mail.example, but taid uses BRIDGE
    caused by: one taid has one account at one bridge
    hint: remove TAI_MCP_API_BASE_URL or API_BASE_URL from this program's environment (taid's bridge is `api_base_url` in its configuration file, where the saved password goes)
    ");
    assert_eq!(machine.sandbox.count(LOGIN), 0);
}

#[test]
fn a_password_for_a_changed_configuration_does_not_go_to_the_earlier_bridge() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[]);
    let other = Machine::new();
    machine.configure(&format!("api_base_url = \"{}\"", other.sandbox.url()));
    let said = |args: &[&str]| {
        let output = machine.cli_reading(args, PASSWORD);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let said = machine.plain(&output.stderr);
        assert_eq!(output.stdout, b"", "{said}");
        said.replace(&other.sandbox.url(), "OTHER")
    };
    insta::assert_snapshot!(said(&["login", USER, "--password-stdin"]), @"
    error: the configuration names the bridge OTHER, but taid uses BRIDGE
    caused by: the running taid has an earlier configuration
    hint: run `taid stop` and repeat the command
    ");
    insta::assert_snapshot!(said(&["register", "dave", "--password-stdin"]), @"
    error: the configuration names the bridge OTHER, but taid uses BRIDGE
    caused by: the running taid has an earlier configuration
    hint: run `taid stop` and repeat the command
    ");
    for bridge in [&machine.sandbox, &other.sandbox] {
        assert_eq!(bridge.count(LOGIN), 0);
        assert_eq!(bridge.count("POST /api/v1/register"), 0);
    }
}

#[test]
fn a_configuration_that_other_users_can_change_stops_the_start() {
    let machine = Machine::new();
    let mode = |mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(machine.config_dir().join("config.toml"), mode).unwrap();
    };
    mode(0o666);
    let output = machine.bare_taid(&[]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(machine.plain(&output.stderr), @"
    error: the configuration file HOME/.config/tai/config.toml is not used: HOME/.config/tai/config.toml has mode 0666, so other users can change it
    hint: give the file and its directory to the user who runs taid (`chown`), and run `chmod go-w` on both
    ");
    mode(0o644);
    let _taid = machine.start_bare(&[]);
}

#[test]
fn a_password_and_a_bridge_of_one_environment_go_together() {
    let machine = Machine::new();
    let other = Other::start();
    let _taid = machine.start_with(&[("TAI_MCP_API_BASE_URL", &other.url)]);
    wait_until("the named bridge gets the password", || {
        other.has_heard(PASSWORD)
    });
    assert_eq!(machine.sandbox.count(LOGIN), 0);
}
