//! The processes of a machine: which they are, what an ordinary user may see of them, and
//! ending all of them. Linux has most of this; elsewhere the lock files have to do.

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

/// How long the end of a machine waits for its processes to be gone.
const END: Duration = Duration::from_secs(10);

/// The homes of all machines of this process.
static HOMES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn homes() -> MutexGuard<'static, Vec<PathBuf>> {
    HOMES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints a line about a check that this system or this user cannot have, past the test
/// harness, which would keep it for itself.
pub fn skipped(what: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {what}");
}

/// Sends a signal to a process.
///
/// # Panics
/// When there is no such process.
pub fn send_signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).unwrap();
    kill_process(pid, signal).unwrap();
}

/// Whether a process runs; one that has ended and was not waited for does not.
pub fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ") && !stat.contains(") X ")
}

/// The processes that run with this text in their arguments.
pub fn with_argument(text: &str) -> Vec<String> {
    let processes = all().into_values().filter(|process| process.runs);
    processes
        .map(|process| process.file("cmdline").replace('\0', " "))
        .filter(|arguments| arguments.contains(text))
        .collect()
}

/// Changes a command so that this process may read what taid hides from other processes of
/// its user: its environment, its memory, its open files. Root may read it anyway. An ordinary
/// user may read it in a user namespace that this user made. Prints a line and returns `None`
/// where there are no such namespaces; `what` names the check.
pub fn observable(command: Command, what: &str) -> Option<Command> {
    if geteuid().is_root() {
        return Some(command);
    }
    let namespace = ["--user", "--map-root-user", "--"];
    let mut probe = Command::new("unshare");
    let probe = probe.args(namespace).arg("true").stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        skipped(&format!("{what}: this takes root or user namespaces"));
        return None;
    }
    let mut inside = Command::new("unshare");
    inside
        .args(namespace)
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear();
    for (name, value) in command.get_envs() {
        inside.env(name, value.unwrap_or_default());
    }
    Some(inside)
}

/// Writes a script that can be run at once. Another process writes it: a file that this one has
/// open for writing would be inherited by the programs that other tests are just starting, and
/// the system runs no file that is open for writing ("Text file busy").
pub fn write_program(path: &Path, text: &str) {
    let mut shell = Command::new("sh")
        .args(["-c", "cat >\"$0\" && chmod 700 \"$0\""])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .expect("sh can be run");
    let mut input = shell.stdin.take().expect("its input is piped");
    input.write_all(text.as_bytes()).expect("it reads");
    drop(input);
    assert!(shell.wait().expect("it ends").success());
}

/// A process that is killed when this is dropped.
pub struct Killed(Child);

impl Killed {
    /// Kills `child` in the end.
    pub fn new(child: Child) -> Self {
        Self(child)
    }

    /// Starts `command`, and kills it in the end.
    pub fn spawn(command: &mut Command) -> Self {
        Self(command.spawn().expect("the program can be run"))
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// The process.
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

/// A machine's home has been made.
pub(crate) fn begin(home: &Path) {
    // A process whose parent has ended becomes a child of this one, so that all that descends
    // from this process can be found. It says so each time, which changes nothing.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    homes().push(home.to_owned());
}

/// Kills all processes of a machine, and waits until they are gone.
#[allow(
    clippy::disallowed_methods,
    reason = "the pause between two looks, not a guess at how long it takes"
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

/// All processes. Empty where there is no `/proc`.
fn all() -> BTreeMap<i32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, Process::read(pid)?)))
        .collect()
}

/// The processes that run and that this one started, or that descend from those.
fn descendants() -> Vec<Process> {
    let mut all = all();
    let own = own_pid();
    let descends = |process: &Process| {
        let mut parent = process.parent;
        // Pids that were taken over in between could form a circle.
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
        // The name stands in brackets and may have any character.
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

    /// Whether its arguments or its environment have a path in this home.
    fn mentions(&self, home: &Path) -> bool {
        let home = home.to_string_lossy();
        ["cmdline", "environ"]
            .iter()
            .any(|file| self.file(file).contains(&*home))
    }

    /// Whether it is a taid that this process started, or that one of its clients started, and
    /// that has not written yet into a lock file whose it is: it hides its environment earlier.
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

/// The lock files below a directory.
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

fn pid_in(lock: &Path) -> Option<i32> {
    fs::read_to_string(lock).ok()?.trim().parse().ok()
}

/// The processes that hold a lock below `home`.
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
