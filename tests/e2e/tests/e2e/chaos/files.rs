//! A full disk, and files and directories that are removed while taid runs.

use super::{desk, send, sent, works};
use serde_json::json;
use std::{
    fs::{self, DirBuilder},
    os::unix::fs::{DirBuilderExt as _, symlink},
    process::{Command, Stdio},
};
use tai_e2e::{Machine, executables, processes::skipped, wait_until};
use tai_proto::door::Door;

#[test]
fn chaos_a_full_disk_is_reported_and_does_not_stop_mail() {
    let machine = Machine::new();
    let state = machine.state_dir();
    // The socket is outside of the disk, where the clients find it through a link.
    let runtime = machine.home().join("runtime");
    DirBuilder::new().mode(0o700).create(&runtime).unwrap();
    fs::create_dir(machine.runtime_dir()).unwrap();
    symlink(runtime.join("tai/default.sock"), machine.socket()).unwrap();
    // A disk of 16 kB, in a separate mount namespace.
    let taid = executables().join("taid");
    let script = format!(
        "mount -t tmpfs -o size=16k,mode=700 tmpfs '{}' && exec '{}' run",
        state.display(),
        taid.display()
    );
    let namespaces: &[&str] = match rustix::process::geteuid().is_root() {
        true => &["--mount", "--"],
        false => &["--user", "--map-root-user", "--mount", "--"],
    };
    let mut probe = Command::new("unshare");
    let probe = probe.args(namespaces).arg("true").stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        skipped("a full disk: needs namespaces");
        return;
    }
    let mut command = Command::new("unshare");
    command
        .args(namespaces)
        .args(["sh", "-c", &script])
        .env_clear();
    for (name, value) in machine.taid(&[]).get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command.env("XDG_RUNTIME_DIR", &runtime);
    let taid = machine.spawn(command);
    let mut shim = desk(&machine);
    // The debug log fills the disk.
    for n in 0..100 {
        let subject = format!("mail {n}");
        let id = send(&mut shim, &subject);
        let answer = shim.finish_call(&id);
        assert!(!answer.is_error, "{}", answer.text);
        assert_eq!(sent(&machine, &subject), 1);
    }
    works(&mut shim);
    let again = send(&mut shim, "mail 99");
    let again = shim.finish_call(&again);
    assert!(
        again.text.contains("the same email was sent"),
        "{}",
        again.text
    );
    taid.terminate();
    let (code, said) = taid.wait();
    assert_eq!(code, Some(0));
    assert!(said.contains("No space left on device"), "{said}");
}

#[test]
fn chaos_a_removed_socket_ends_no_session_and_the_error_has_a_hint() {
    let machine = Machine::new();
    let taid = machine.start();
    let mut shim = desk(&machine);
    works(&mut shim);
    for door in [Door::Agents, Door::Persons] {
        fs::remove_file(door.beside(&machine.socket())).unwrap();
    }
    works(&mut shim);
    let lost = desk(&machine).call("list_inbox", json!({}));
    assert!(lost.is_error);
    let doctor = machine.cli(&["doctor"]);
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    let pid = taid.pid();
    assert!(
        said.contains(&format!("taid (pid {pid}) runs for this profile")),
        "{said}"
    );
    assert!(said.contains(&format!("`kill {pid}`")), "{said}");
    taid.terminate();
    assert_eq!(taid.wait().0, Some(0));
    let _taid = machine.start();
    works(&mut shim);
}

#[test]
fn chaos_a_symlinked_directory_is_refused_and_the_running_taid_continues() {
    let machine = Machine::new();
    let taid = machine.start();
    let mut shim = desk(&machine);
    works(&mut shim);
    let (dir, away) = (machine.runtime_dir(), machine.home().join("away"));
    let elsewhere = machine.home().join("elsewhere");
    fs::rename(&dir, &away).unwrap();
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, &dir).unwrap();
    works(&mut shim);
    let output = machine.taid(&[]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("it is a link"), "{said}");
    assert!(fs::read_dir(&elsewhere).unwrap().next().is_none());
    fs::remove_file(&dir).unwrap();
    fs::rename(&away, &dir).unwrap();
    works(&mut desk(&machine));
    works(&mut shim);
    taid.stop();
}

#[test]
fn chaos_a_removed_log_directory_does_not_stop_taid() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    wait_until("the log has a line", || machine.log().contains("ready"));
    fs::remove_dir_all(machine.state_dir().join("logs")).unwrap();
    works(&mut shim);
    let id = send(&mut shim, "without a state");
    assert!(!shim.finish_call(&id).is_error);
    let id = send(&mut shim, "without a state");
    assert!(
        shim.finish_call(&id)
            .text
            .contains("the same email was sent")
    );
    assert_eq!(sent(&machine, "without a state"), 1);
}
