//! The processes of a machine: finding, observing and killing them. Without `/proc`, only lock
//! files identify them.

use rustix::process::{Pid, Signal, geteuid, kill_process};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, TryLockError},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Longest wait for the end of the processes of a machine.
const END: Duration = Duration::from_secs(10);

/// The homes of all machines of this process.
static HOMES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn homes() -> MutexGuard<'static, Vec<PathBuf>> {
    HOMES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints that a check cannot run here. The line bypasses the output capture of the test runner.
pub fn skipped(what: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {what}");
}

/// Sends a signal to a process.
///
/// # Panics
/// If there is no such process.
pub fn send_signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).unwrap();
    kill_process(pid, signal).unwrap();
}

/// Returns whether a process runs. A zombie does not.
pub fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ") && !stat.contains(") X ")
}

/// Returns the resident memory of a process, in kB; `None` without such a process or without `/proc`.
pub fn memory(pid: u32) -> Option<u64> {
    status_kb(pid, "VmRSS:")
}

/// Returns the largest [memory] of a process so far.
pub fn peak_memory(pid: u32) -> Option<u64> {
    status_kb(pid, "VmHWM:")
}

fn status_kb(pid: u32, field: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let row = text.lines().find(|line| line.starts_with(field))?;
    row.split_whitespace().nth(1)?.parse().ok()
}

/// Returns the arguments of each running process whose arguments contain this text.
pub fn with_argument(text: &str) -> Vec<String> {
    let processes = all().into_values().filter(|process| process.runs);
    processes
        .map(|process| process.file("cmdline").replace('\0', " "))
        .filter(|arguments| arguments.contains(text))
        .collect()
}

/// Changes a command so that this process can read the environment, memory and open files of
/// taid, which hides them from other processes of its user. Root can read them in any case. For
/// another user the command runs in a user namespace. Without namespaces, prints that `what` is
/// skipped and returns `None`.
pub fn observable(command: Command, what: &str) -> Option<Command> {
    if geteuid().is_root() {
        return Some(command);
    }
    let namespace = ["--user", "--map-root-user", "--"];
    let mut probe = Command::new("unshare");
    let probe = probe.args(namespace).arg("true").stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        skipped(&format!("{what}: needs root or user namespaces"));
        return None;
    }
    // The command may have another PATH.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).map(|dir| dir.join("unshare"));
    let unshare = places.find(|place| place.is_file()).expect("it runs above");
    let mut inside = Command::new(unshare);
    inside.args(namespace);
    Some(executing(inside, &command))
}

/// Returns a command that runs `prelude` in a shell, such as `ulimit -n 50`, and then executes
/// `command`.
pub fn in_shell(prelude: &str, command: &Command) -> Command {
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("{prelude} && exec \"$0\" \"$@\"")]);
    executing(shell, command)
}

/// Appends a command to one that executes it, and gives it the environment.
fn executing(mut outer: Command, command: &Command) -> Command {
    outer
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear();
    for (name, value) in command.get_envs() {
        outer.env(name, value.unwrap_or_default());
    }
    outer
}

/// Writes a script that can be executed at once. Another process writes it, because processes
/// that other tests start would inherit the open file, and the system refuses to execute a file
/// that is open for writing ("Text file busy").
pub fn write_program(path: &Path, text: &str) {
    let mut shell = Command::new("sh")
        .args(["-c", "cat >\"$0\" && chmod 700 \"$0\""])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .expect("sh runs");
    let mut input = shell.stdin.take().expect("the input is piped");
    input
        .write_all(text.as_bytes())
        .expect("sh reads its input");
    drop(input);
    assert!(shell.wait().expect("sh ends").success());
}

/// A process that is killed when this is dropped.
pub struct Killed(Child);

impl Killed {
    /// Wraps a child.
    pub fn new(child: Child) -> Self {
        Self(child)
    }

    /// Starts a command.
    pub fn spawn(command: &mut Command) -> Self {
        Self(command.spawn().expect("the program runs"))
    }

    /// Returns the process id.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Returns the process.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Registers the home of a new machine.
pub(crate) fn begin(home: &Path) {
    // Orphans become children of this process, so that all descendants can be found. Repeating
    // the call has no effect.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    homes().push(home.to_owned());
}

/// Kills all processes of a machine, and waits until they are gone.
#[allow(
    clippy::disallowed_methods,
    reason = "the interval between two checks, not an assumed duration"
)]
pub(crate) fn end(home: &Path) {
    let deadline = Instant::now() + END;
    loop {
        let mut left = holders(home);
        let mut starting = false;
        for process in descendants() {
            if process.mentions(home) {
                left.insert(process.pid);
            }
            starting |= process.is_taid_of_unknown_machine();
        }
        for pid in &left {
            if let Some(pid) = Pid::from_raw(*pid) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        if left.is_empty() && !starting {
            break;
        }
        if Instant::now() > deadline {
            let _ = writeln!(std::io::stderr(), "still running: {left:?}");
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    homes().retain(|other| other != home);
}

struct Process {
    pid: i32,
    parent: i32,
    runs: bool,
    name: String,
}

/// Returns all processes; empty without `/proc`.
fn all() -> BTreeMap<i32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, Process::read(pid)?)))
        .collect()
}

/// Returns the running descendants of this process.
fn descendants() -> Vec<Process> {
    let mut all = all();
    let own = own_pid();
    let descends = |process: &Process| {
        let mut parent = process.parent;
        // Pids that are reused during the scan can form a cycle.
        for _ in 0..all.len() {
            match all.get(&parent) {
                _ if parent == own => return true,
                Some(next) => parent = next.parent,
                None => return false,
            }
        }
        false
    };
    let ours: Vec<i32> = all
        .values()
        .filter(|process| process.runs && descends(process))
        .map(|process| process.pid)
        .collect();
    ours.iter().filter_map(|pid| all.remove(pid)).collect()
}

fn own_pid() -> i32 {
    i32::try_from(std::process::id()).unwrap_or_default()
}

impl Process {
    fn read(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name is in brackets and can contain any character.
        let (head, tail) = stat.rsplit_once(") ")?;
        let mut fields = tail.split(' ');
        let runs = !matches!(fields.next()?, "Z" | "X");
        let parent = fields.next()?.parse().ok()?;
        let name = head.split_once('(')?.1.to_owned();
        Some(Self {
            pid,
            parent,
            runs,
            name,
        })
    }

    fn file(&self, name: &str) -> String {
        let bytes = fs::read(format!("/proc/{}/{name}", self.pid)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Returns whether the arguments or the environment contain a path in this home.
    fn mentions(&self, home: &Path) -> bool {
        let home = home.to_string_lossy();
        ["cmdline", "environ"]
            .iter()
            .any(|file| self.file(file).contains(&*home))
    }

    /// Returns whether this is a taid whose machine is unknown: it hides its environment before it
    /// writes its pid into a lock file.
    fn is_taid_of_unknown_machine(&self) -> bool {
        self.parent == own_pid()
            && self.name == "taid"
            && self.file("cmdline").contains("\0run\0")
            && !homes()
                .iter()
                .flat_map(|home| locks(home))
                .any(|lock| pid_in(&lock) == Some(self.pid))
    }
}

/// Returns the lock files below a directory.
fn locks(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                dirs.push(path);
            } else if path.extension().is_some_and(|ending| ending == "lock") {
                found.push(path);
            }
        }
    }
    found
}

/// Returns the process id in the first line of a lock file.
fn pid_in(lock: &Path) -> Option<i32> {
    let text = fs::read_to_string(lock).ok()?;
    text.lines().next()?.trim().parse().ok()
}

/// Returns the processes that hold a lock below `home`.
fn holders(home: &Path) -> BTreeSet<i32> {
    let held = |lock: &PathBuf| {
        File::open(lock).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    };
    locks(home)
        .iter()
        .filter(|lock| held(lock))
        .filter_map(|lock| pid_in(lock))
        .collect()
}
