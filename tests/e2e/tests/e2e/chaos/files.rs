//! A full disk, and files and directories that are removed while taid runs.

use super::{desk, send, sent, works};
use serde_json::{Value, json};
use std::{
    fs::{self, DirBuilder},
    os::unix::fs::{DirBuilderExt as _, symlink},
    process::{Command, Stdio},
};
use tai_e2e::{
    Machine, executables,
    processes::{send_signal, skipped},
    wait_until,
};
use tai_proto::door::Door;

#[test]
fn chaos_a_full_disk_refuses_sends_before_they_leave_and_forgets_none() {
    let machine = Machine::new();
    let state = machine.state_dir();
    // The socket is outside of the disk, where the clients find it through a link.
    let runtime = machine.home().join("runtime");
    DirBuilder::new().mode(0o700).create(&runtime).unwrap();
    fs::create_dir(machine.runtime_dir()).unwrap();
    symlink(runtime.join("tai/default.sock"), machine.socket()).unwrap();
    // A disk of 24 kB, in a separate mount namespace, in which taid is started twice.
    let taid = executables().join("taid");
    let taid = taid.display();
    let script = format!(
        "mount -t tmpfs -o size=24k,mode=700 tmpfs '{}' || exit; '{taid}' run; exec '{taid}' run",
        state.display(),
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
    let number = |result: &tai_e2e::mcp::ToolResult| match result.is_error {
        true => {
            let (what, why) = ("taid cannot record it", "No space left on device");
            assert!(result.text.contains(what), "{}", result.text);
            assert!(result.text.contains(why), "{}", result.text);
            0
        }
        false => 1,
    };
    // The debug log fills the disk.
    let mut sends = Vec::new();
    while sends.len() < 100 && sends.iter().filter(|sent| **sent == 0).count() < 3 {
        let subject = format!("mail {}", sends.len());
        let id = send(&mut shim, &subject);
        let reported = number(&shim.finish_call(&id));
        assert_eq!(sent(&machine, &subject), reported, "{subject}");
        sends.push(reported);
        works(&mut shim);
    }
    assert!(sends.contains(&0) && sends.contains(&1), "{sends:?}");
    let status = machine.status();
    let failing = &status["failing_files"][0];
    assert_eq!(failing["effect"], "no mail is sent", "{status}");
    let why = failing["why"].as_str().unwrap();
    assert!(why.starts_with("No space left on device"), "{why}");
    // There is room again.
    let pid = status["daemon"]["pid"].as_u64().unwrap();
    let logs = format!("/proc/{pid}/root{}/logs", state.display());
    let empty_logs = || {
        for log in fs::read_dir(&logs).unwrap() {
            let log = log.unwrap();
            if log.file_type().unwrap().is_file() {
                let log = fs::File::options().write(true).open(log.path()).unwrap();
                log.set_len(0).unwrap();
            }
        }
    };
    // Lines that waited for the log's own thread may fill the disk again.
    wait_until("the files can be written", || {
        empty_logs();
        machine.status()["failing_files"] == Value::Null
    });
    wait_until("sends work", || {
        empty_logs();
        let id = send(&mut shim, "after");
        !shim.finish_call(&id).is_error
    });
    // No send is forgotten, although taid is killed.
    send_signal(u32::try_from(pid).unwrap(), rustix::process::Signal::KILL);
    wait_until("the second taid serves", || {
        let answer = desk(&machine).call("list_inbox", json!({}));
        !answer.is_error
    });
    let mut shim = desk(&machine);
    for (n, reported) in sends.into_iter().enumerate() {
        if reported == 1 {
            let id = send(&mut shim, &format!("mail {n}"));
            let again = shim.finish_call(&id);
            assert!(again.text.contains("the same email"), "{n}: {}", again.text);
            assert_eq!(sent(&machine, &format!("mail {n}")), 1);
        }
    }
    taid.terminate();
    let (_, said) = taid.wait();
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
