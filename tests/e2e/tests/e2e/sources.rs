//! Password sources, with the real daemon.

use serde_json::json;
use std::{os::unix::fs::PermissionsExt as _, path::Path};
use tai_e2e::{
    Machine, PASSWORD, USER,
    processes::{observable, write_program},
    wait_until,
};

const LOGIN: &str = "POST /api/v1/login";

fn write(path: &Path, text: &str, mode: u32) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_password_command_runs_for_each_full_login_without_a_password_in_its_environment() {
    let machine = Machine::new();
    let seen = machine.home().join("seen");
    // Prints only the password, as `pass`, `op read` and `secret-tool lookup` do.
    let script = machine.home().join("print-password");
    let text = format!(
        "#!/bin/sh\nenv >> '{}'\necho run >> '{0}'\necho {PASSWORD}\n",
        seen.display()
    );
    write_program(&script, &text);
    machine.configure(&format!(
        "username = \"{USER}\"\npassword_command = [\"{}\", \"show\", \"tai\"]\n",
        script.display()
    ));
    let taid = machine.start_bare(&[]);
    taid.wait_until_live();
    let runs = || {
        let text = std::fs::read_to_string(&seen).unwrap_or_default();
        text.lines().filter(|line| *line == "run").count()
    };
    assert_eq!(runs(), 1);
    // A full login runs the command again, because passwords are not cached.
    machine.sandbox.revoke_all_tokens();
    let mut shim = machine.client("desk");
    assert!(!shim.call("list_inbox", json!({})).is_error);
    assert_eq!(runs(), 2);
    assert!(!std::fs::read_to_string(&seen).unwrap().contains(PASSWORD));
    let source = machine.status()["account"]["source"].clone();
    assert!(
        source.as_str().unwrap().starts_with("the command `"),
        "{source}"
    );
}

#[test]
fn a_failed_password_command_is_reported_and_not_repeated() {
    let machine = Machine::new();
    let runs = machine.home().join("runs");
    let script = format!("echo x >> {}; exit 1", runs.display());
    machine.configure(&format!(
        "username = \"{USER}\"\npassword_command = [\"sh\", \"-c\", \"{script}\"]\n"
    ));
    let _taid = machine.start_bare(&[]);
    let mut shim = machine.client("desk");
    for _ in 0..10 {
        let result = shim.call("list_inbox", json!({}));
        assert!(result.is_error);
        insta::allow_duplicates!(insta::assert_snapshot!(result.text, @"
        error: the password source failed
        caused by: the password command `sh` failed (exit status: 1)
        hint: ask the user to run `sh` with the arguments of `password_command` and see what it prints, or sign in with `taid login`, then call again
        "));
    }
    assert_eq!(std::fs::read_to_string(&runs).unwrap(), "x\n");
    assert_eq!(machine.sandbox.count(LOGIN), 0);
    // `taid login` works without waiting.
    assert!(machine.login(PASSWORD).status.success());
    assert!(!shim.call("list_inbox", json!({})).is_error);
}

#[test]
fn a_password_file_must_be_private() {
    let machine = Machine::new();
    let file = machine.home().join("password");
    machine.configure(&format!(
        "username = \"{USER}\"\npassword_file = \"{}\"\n",
        file.display()
    ));
    write(&file, PASSWORD, 0o644);
    let taid = machine.start_bare(&[]);
    let mut shim = machine.client("desk");
    let said = shim.call("list_inbox", json!({})).text;
    assert!(said.contains("its mode 0644"), "{said}");
    taid.kill();
    write(&file, PASSWORD, 0o600);
    let taid = machine.start_bare(&[]);
    taid.wait_until_live();
}

#[test]
fn a_systemd_credential_signs_in() {
    let machine = Machine::new();
    let dir = machine.home().join("credentials");
    std::fs::create_dir(&dir).unwrap();
    write(&dir.join("tai-username"), USER, 0o400);
    write(&dir.join("tai-password"), &format!("{PASSWORD}\n"), 0o400);
    let taid = machine.start_bare(&[("CREDENTIALS_DIRECTORY", dir.to_str().unwrap())]);
    taid.wait_until_live();
    assert_eq!(machine.status()["account"]["username"], USER);
}

#[test]
fn the_environment_precedes_the_file_and_is_cleared() {
    let machine = Machine::new();
    machine.configure("username = \"filed\"\npassword_command = [\"false\"]\n");
    let taid = machine.start();
    taid.wait_until_live();
    let read = |pid: u32| std::fs::read(format!("/proc/{pid}/environ"));
    if !rustix::process::geteuid().is_root() {
        let refused = read(taid.pid()).unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::PermissionDenied);
    }
    taid.stop();
    let Some(command) = observable(machine.taid(&[]), "the environment that the system shows")
    else {
        return;
    };
    let taid = machine.spawn(command);
    taid.wait_until_live();
    let environment = read(taid.pid()).unwrap();
    let environment = String::from_utf8_lossy(&environment);
    assert!(
        environment.contains("TAI_MCP_USERNAME=alice"),
        "not the environment of taid"
    );
    assert!(!environment.contains(PASSWORD));
}

#[test]
fn a_failed_source_is_an_error_without_fallback() {
    let machine = Machine::new();
    machine.configure(&format!(
        "username = \"{USER}\"\npassword_command = [\"false\"]\n"
    ));
    let _taid = machine.start_bare(&[]);
    // The password of a client does not replace a configured source.
    let mut shim = machine
        .shim_with(&[("NAME", USER), ("PASSWORD", PASSWORD)])
        .initialized("test", "2025-06-18");
    let said = shim.call("list_inbox", json!({})).text;
    assert!(said.contains("`false` failed"), "{said}");
    wait_until("the failure is in the log", || {
        machine.log().contains("`false` failed")
    });
}
