//! The test harness: a machine with the real executables, a temporary home directory and a
//! sandbox bridge. The tests, the demo and the benchmark use it. All processes of a machine end
//! when it is dropped.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
// A failure of the harness fails the test.

pub mod mcp;
mod plain;
pub mod processes;
pub mod raw;
mod status;
pub mod tap;
pub mod terminal;
mod waiting;

pub use plain::without_home;
pub use processes::Killed;
pub use waiting::{PATIENCE, wait_until, within};

use mcp::Shim;
use plain::plain_output;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
};
use tai_sandbox::{Behaviour, Options, Sandbox};

/// Username of the account of all tests. It exists only in the sandbox.
pub const USER: &str = "alice";
/// Password of [`USER`]. It is not a secret.
pub const PASSWORD: &str = "sandbox-password";

/// Returns the directory of the executables. The first call builds them, in the profile of this
/// build. `TAI_EXECUTABLES` names a directory with existing executables instead.
///
/// # Panics
/// If the build fails.
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
        // Tests use the features of the whole workspace, so that cargo builds dependencies
        // once. The benchmark measures executables with only their own features.
        let what: &[&str] = match profile {
            "dev" => &["--workspace", "--bins", "--examples"],
            _ => &["--package", "taid", "--package", "tai-mcp"],
        };
        let mut build = Command::new(cargo);
        for (name, _) in std::env::vars_os() {
            // Variables of this test's package. The build script of ring declares some of them as
            // its inputs, so that each run of the tests would compile it and its dependents again.
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                build.env_remove(&*name);
            }
        }
        let built = build
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--quiet", "--profile", profile])
            .args(what)
            .arg("--target-dir")
            .arg(dir.parent().unwrap())
            .status()
            .expect("cargo runs");
        assert!(built.success(), "the executables do not build");
        dir
    })
}

/// A machine of a user: a home directory and a bridge.
pub struct Machine {
    /// The mail bridge.
    pub sandbox: Sandbox,
    home: tempfile::TempDir,
}

impl Machine {
    /// Creates a machine whose sandbox has the account [`USER`].
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    /// Creates a machine whose bridge differs from the real one.
    pub fn behaving(change: impl FnOnce(&mut Behaviour)) -> Self {
        let mut options = Options::default();
        change(&mut options.behaviour);
        Self::with(options)
    }

    /// Creates a machine with options for the sandbox.
    pub fn with(options: Options) -> Self {
        let sandbox = Sandbox::start(options).expect("the sandbox starts");
        sandbox
            .add_account(USER, PASSWORD)
            .expect("the account is new");
        let home = tempfile::Builder::new().prefix("tai").tempdir().unwrap();
        processes::begin(home.path());
        let machine = Self { sandbox, home };
        for dir in [machine.config_dir(), machine.state_dir()] {
            std::fs::create_dir_all(dir).unwrap();
        }
        machine.configure("");
        machine
    }

    /// Returns the home directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Returns the directory of `config.toml`.
    pub fn config_dir(&self) -> PathBuf {
        self.home().join(".config/tai")
    }

    /// Returns the directory of the sockets.
    pub fn runtime_dir(&self) -> PathBuf {
        self.state_dir().join("run")
    }

    /// Returns the directory of the state.
    pub fn state_dir(&self) -> PathBuf {
        self.home().join(".local/state/tai")
    }

    /// Returns the socket of the default profile.
    pub fn socket(&self) -> PathBuf {
        self.runtime_dir().join("default.sock")
    }

    /// Returns the text of the current log of the default profile; empty without a log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.state_dir().join("logs/tai-mcp.log")).unwrap_or_default()
    }

    /// Returns a command that runs one of the executables with the environment of this machine.
    /// Auto-start is off.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(executables().join(name));
        command.env_clear();
        if matches!(name, "taid" | "tai-mcp") {
            command.arg("--home").arg(self.home());
        }
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            // Tests start taid explicitly.
            .env("TAI_MCP_AUTOSTART", "0");
        command
    }

    /// Returns the command `taid run` with the account and additional variables.
    pub fn taid(&self, more: &[(&str, &str)]) -> Command {
        let mut command =
            self.bare_taid(&[("TAI_MCP_USERNAME", USER), ("TAI_MCP_PASSWORD", PASSWORD)]);
        command.envs(more.iter().copied());
        command
    }

    /// Returns the command `taid run` without an account, with additional variables.
    pub fn bare_taid(&self, more: &[(&str, &str)]) -> Command {
        let mut command = self.command("taid");
        command
            .arg("run")
            .env("TAI_MCP_LOG_LEVEL", "debug")
            .envs(more.iter().copied());
        command
    }

    /// Starts taid without an account and waits until it serves.
    pub fn start_bare(&self, more: &[(&str, &str)]) -> Daemon<'_> {
        self.spawn(self.bare_taid(more))
    }

    /// Writes `config.toml`, with the URL of the sandbox unless `text` names a bridge.
    pub fn configure(&self, text: &str) {
        self.configure_profile("default", text);
    }

    /// Writes the configuration file of a profile, as [`Machine::configure`].
    pub fn configure_profile(&self, profile: &str, text: &str) {
        let name = match profile {
            "default" => "config.toml".to_owned(),
            other => format!("config-{other}.toml"),
        };
        let bridge = match text.contains("api_base_url") {
            true => String::new(),
            false => format!("api_base_url = \"{}\"\n", self.sandbox.url()),
        };
        // The tables are at the end of a file.
        let text = format!("{bridge}{text}");
        std::fs::write(self.config_dir().join(name), text).unwrap();
    }

    /// Returns a text [without `--home`](without_home), and with `HOME` and `BRIDGE` in place of the
    /// home directory and the URL of the bridge.
    pub fn plain(&self, bytes: &[u8]) -> String {
        without_home(&String::from_utf8_lossy(bytes))
            .replace(self.home().to_str().unwrap(), "HOME")
            .replace(&self.sandbox.url(), "BRIDGE")
    }

    /// Returns the exit code and the [plain](Self::plain) texts of a command.
    pub fn say(&self, output: &Output) -> String {
        let code = output.status.code().expect("no signal ended it");
        let (out, err) = (self.plain(&output.stdout), self.plain(&output.stderr));
        format!("exit {code}\n{out}{err}")
    }

    /// Starts taid and waits until it serves.
    pub fn start(&self) -> Daemon<'_> {
        self.start_with(&[])
    }

    /// Starts taid with additional variables and waits until it serves.
    pub fn start_with(&self, more: &[(&str, &str)]) -> Daemon<'_> {
        self.spawn(self.taid(more))
    }

    /// Starts the taid of another profile without an account and waits until it serves.
    pub fn start_profile(&self, profile: &str, more: &[(&str, &str)]) -> Killed {
        self.configure_profile(profile, "");
        let mut command = self.bare_taid(more);
        command.env("TAI_MCP_PROFILE", profile);
        let taid = Killed::spawn(command.stdin(Stdio::null()).stderr(Stdio::null()));
        let socket = self.runtime_dir().join(format!("{profile}.sock"));
        wait_until("taid serves", || raw::Raw::connect(&socket).is_ok());
        taid
    }

    /// Starts a command that runs taid and waits until it serves.
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

    /// Starts `tai-mcp` for an instance, as an MCP client does.
    pub fn shim(&self, instance: &str) -> Shim {
        self.shim_with(&[("TAI_MCP_INSTANCE", instance)])
    }

    /// Starts `tai-mcp` for an instance and initializes it.
    pub fn client(&self, instance: &str) -> Shim {
        self.shim(instance).initialized("test", "2025-06-18")
    }

    /// Starts `tai-mcp` with additional variables.
    pub fn shim_with(&self, more: &[(&str, &str)]) -> Shim {
        let mut command = self.command("tai-mcp");
        command.envs(more.iter().copied());
        Shim::spawn(command)
    }

    /// Runs `taid` with arguments and returns its output.
    pub fn cli(&self, args: &[&str]) -> Output {
        plain_output(self.command("taid").args(args).output().expect("taid runs"))
    }

    /// Runs `taid` with arguments and input, and returns its output.
    pub fn cli_reading(&self, args: &[&str], input: &str) -> Output {
        let mut child = self
            .command("taid")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("taid runs");
        // A command may end without reading its input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        plain_output(child.wait_with_output().unwrap())
    }

    /// Runs `taid login` for [`USER`] with this password.
    pub fn login(&self, password: &str) -> Output {
        self.cli_reading(&["login", USER, "--password-stdin"], password)
    }
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}

/// Kills all remaining processes: an auto-started taid, programs of `tai-mcp live`, and processes
/// of a failed test.
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
    /// Returns the process id.
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

    /// Kills taid and waits for its end.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends SIGTERM.
    #[cfg(unix)]
    pub fn terminate(&self) {
        processes::send_signal(self.pid(), rustix::process::Signal::TERM);
    }

    /// Waits for the end of taid. Returns its exit code and its standard error.
    pub fn wait(mut self) -> (Option<i32>, String) {
        let mut stderr = self.child.stderr.take().unwrap();
        // A full pipe would keep taid from its end.
        let reader = std::thread::spawn(move || std::io::read_to_string(&mut stderr).unwrap());
        let mut status = None;
        wait_until("taid has ended", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        (status.unwrap().code(), reader.join().unwrap())
    }

    /// Runs `taid stop` and waits for the end of taid.
    pub fn stop(self) {
        let output = self.machine.cli(&["stop", "--yes"]);
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
