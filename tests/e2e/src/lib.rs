//! A machine in a temporary directory: the real executables, a home of their own, a sandbox
//! bridge. Used by the tests, the demo and the benchmark. Everything it starts ends with it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
// A harness that cannot go on has nothing better to do than to say so and stop.

pub mod mcp;
pub mod processes;
pub mod raw;
mod waiting;

pub use processes::Killed;
pub use waiting::{PATIENCE, wait_until, within};

use mcp::Shim;
use serde_json::Value;
use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
};
use tai_sandbox::{Options, Sandbox};

/// The account every test has. It exists in the sandbox alone.
pub const USER: &str = "alice";
/// Its password, which is no secret and looks like none.
pub const PASSWORD: &str = "sandbox-password";
/// The directory with the executables, built once per process, in this build's profile.
pub fn executables() -> &'static Path {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        if let Some(given) = std::env::var_os("TAI_EXECUTABLES") {
            return std::path::absolute(given).unwrap();
        }
        let mut dir = std::env::current_exe()
            .unwrap()
            .parent()
            .unwrap()
            .to_owned();
        if dir.ends_with("deps") {
            dir.pop();
        }
        let profile = match dir.file_name().and_then(|name| name.to_str()) {
            Some("debug") => "dev",
            Some(other) => other,
            None => "dev",
        };
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // Tests share one choice of features with the whole workspace, or cargo would build
        // every dependency twice. What is measured has its own features alone.
        let what: &[&str] = match profile {
            "dev" => &["--workspace", "--bins", "--examples"],
            _ => &["--package", "taid", "--package", "tai-mcp"],
        };
        let built = Command::new(cargo)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--quiet", "--profile", profile])
            .args(what)
            .arg("--target-dir")
            .arg(dir.parent().unwrap())
            .status()
            .expect("cargo can be run");
        assert!(built.success(), "the executables do not build");
        dir
    })
}

/// A user's machine: a home directory, and a bridge to talk to.
pub struct Machine {
    /// The bridge.
    pub sandbox: Sandbox,
    home: tempfile::TempDir,
}

impl Machine {
    /// A machine whose sandbox has [`USER`].
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    /// The same, with options for the sandbox.
    pub fn with(options: Options) -> Self {
        let sandbox = Sandbox::start(options).expect("the sandbox starts");
        sandbox
            .add_account(USER, PASSWORD)
            .expect("the account is new");
        let home = tempfile::Builder::new().prefix("tai").tempdir().unwrap();
        processes::begin(home.path());
        let machine = Self { sandbox, home };
        std::fs::create_dir_all(machine.config_dir()).unwrap();
        machine
    }

    /// The home directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where taid looks for `config.toml`.
    pub fn config_dir(&self) -> PathBuf {
        self.home().join("config/tai")
    }

    /// The directory of the socket.
    pub fn runtime_dir(&self) -> PathBuf {
        self.home().join("tai")
    }

    /// The default profile's socket.
    pub fn socket(&self) -> PathBuf {
        self.runtime_dir().join("default.sock")
    }

    /// The log that `tail -f` would follow.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.home().join("state/tai/logs/tai-mcp.log")).unwrap_or_default()
    }

    /// A command of ours with this machine's environment and nothing else of ours.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(executables().join(name));
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("XDG_RUNTIME_DIR", self.home())
            .env("XDG_STATE_HOME", self.home().join("state"))
            .env("XDG_CONFIG_HOME", self.home().join("config"))
            .env("API_BASE_URL", self.sandbox.url())
            // Tests say themselves when a taid is to run.
            .env("TAI_MCP_AUTOSTART", "0");
        command
    }

    /// `taid run`, with the account and `more` variables, not yet started.
    pub fn taid(&self, more: &[(&str, &str)]) -> Command {
        let mut command = self.command("taid");
        command
            .arg("run")
            .env("TAI_MCP_USERNAME", USER)
            .env("TAI_MCP_PASSWORD", PASSWORD)
            .env("LOG_LEVEL", "debug")
            .envs(more.iter().copied());
        command
    }

    /// `taid run` without an account, and with `more` variables, not yet started.
    pub fn bare_taid(&self, more: &[(&str, &str)]) -> Command {
        let mut command = self.command("taid");
        command
            .arg("run")
            .env("LOG_LEVEL", "debug")
            .envs(more.iter().copied());
        command
    }

    /// Starts taid without an account, and waits until it serves.
    pub fn start_bare(&self, more: &[(&str, &str)]) -> Daemon<'_> {
        self.spawn(self.bare_taid(more))
    }

    /// Writes `config.toml`.
    pub fn configure(&self, text: &str) {
        std::fs::write(self.config_dir().join("config.toml"), text).unwrap();
    }

    /// Text in which this machine's own paths and ports read the same on every machine.
    pub fn plain(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes)
            .replace(self.home().to_str().unwrap(), "HOME")
            .replace(&self.sandbox.url(), "BRIDGE")
    }

    /// Starts taid and waits until it serves.
    pub fn start(&self) -> Daemon<'_> {
        self.start_with(&[])
    }

    /// The same, with more variables.
    pub fn start_with(&self, more: &[(&str, &str)]) -> Daemon<'_> {
        self.spawn(self.taid(more))
    }

    /// Starts the taid of another profile, without an account.
    pub fn start_profile(&self, profile: &str, more: &[(&str, &str)]) -> Killed {
        let mut command = self.bare_taid(more);
        command.env("TAI_MCP_PROFILE", profile);
        let taid = Killed::spawn(command.stdin(Stdio::null()).stderr(Stdio::null()));
        let socket = self.runtime_dir().join(format!("{profile}.sock"));
        wait_until("taid serves", || raw::Raw::connect(&socket).is_ok());
        taid
    }

    /// Starts a `taid run` and waits until it serves.
    pub fn spawn(&self, mut command: Command) -> Daemon<'_> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let daemon = Daemon {
            machine: self,
            child: child.expect("taid starts"),
        };
        daemon.wait_until_serving();
        daemon
    }

    /// Starts a shim for `instance`, as an MCP client would.
    pub fn shim(&self, instance: &str) -> Shim {
        self.shim_with(&[("TAI_MCP_INSTANCE", instance)])
    }

    /// Starts a shim with these variables.
    pub fn shim_with(&self, more: &[(&str, &str)]) -> Shim {
        let mut command = self.command("tai-mcp");
        command.envs(more.iter().copied());
        Shim::spawn(command)
    }

    /// Runs `taid` with arguments to its end.
    pub fn cli(&self, args: &[&str]) -> Output {
        self.command("taid").args(args).output().expect("taid runs")
    }

    /// Runs `taid` with arguments and something to read.
    pub fn cli_reading(&self, args: &[&str], input: &str) -> Output {
        let mut child = self
            .command("taid")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("taid runs");
        // One that does not read is no failure of this.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Signs in as [`USER`] with this password.
    pub fn login(&self, password: &str) -> Output {
        self.cli_reading(&["login", USER, "--password-stdin"], password)
    }

    /// `taid status --json`.
    pub fn status(&self) -> Value {
        let output = self.cli(&["status", "--json"]);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
            panic!("no status: {}", String::from_utf8_lossy(&output.stderr));
        })
    }
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}

/// Ends what still runs: a taid that a client started, programs of `tai-mcp live`, and what a
/// test that failed has left.
impl Drop for Machine {
    fn drop(&mut self) {
        processes::end(self.home());
    }
}

/// A running taid. Killed when dropped.
pub struct Daemon<'a> {
    machine: &'a Machine,
    child: Child,
}

impl Daemon<'_> {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn wait_until_serving(&self) {
        wait_until("taid serves", || {
            raw::Raw::connect(&self.machine.socket()).is_ok()
        });
    }

    /// Waits until the session has a token.
    pub fn wait_until_live(&self) {
        wait_until("the session is live", || {
            self.machine.status()["session"]["state"] == "live"
        });
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends SIGTERM.
    #[cfg(unix)]
    pub fn terminate(&self) {
        processes::send_signal(self.pid(), rustix::process::Signal::TERM);
    }

    /// Waits for its end; its exit code, and what it wrote to standard error.
    pub fn wait(mut self) -> (Option<i32>, String) {
        let mut text = String::new();
        if let Some(stderr) = self.child.stderr.as_mut() {
            stderr.read_to_string(&mut text).unwrap();
        }
        (self.child.wait().unwrap().code(), text)
    }

    /// Stops it with `taid stop` and waits for its end.
    pub fn stop(self) {
        let output = self.machine.cli(&["stop"]);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(self.wait().0, Some(0));
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
