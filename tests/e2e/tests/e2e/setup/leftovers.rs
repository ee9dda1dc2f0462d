//! Files that setup leaves next to a configuration.

use super::{run, text, write};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    process::{Command, Output},
};
use tai_e2e::{Machine, PASSWORD, USER};

fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

/// Returns the names of the files in `.cursor`.
fn files(machine: &Machine) -> Vec<String> {
    let files = fs::read_dir(machine.home().join(".cursor")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn the_copy_of_a_setup_that_was_killed_is_removed_by_the_next_one() {
    let machine = Machine::new();
    write(&machine, ".cursor/mcp.json", "{}");
    let copies = [
        ".cursor/mcp.json.tai-new-1",
        ".cursor/mcp.json.before-tai.tai-new-1",
        ".local/state/tai/setup.json.tai-new-1",
    ];
    for arguments in [&["cursor"][..], &["cursor"], &["cursor", "--remove"]] {
        for copy in copies {
            write(&machine, copy, "a password");
        }
        let dry_run = [arguments, &["--dry-run"]].concat();
        run(&machine, &dry_run);
        assert!(copies.iter().all(|copy| machine.home().join(copy).exists()));
        let output = run(&machine, arguments);
        assert!(output.status.success(), "{}", said(&output));
        let left = copies
            .iter()
            .find(|copy| machine.home().join(copy).exists());
        assert_eq!(left, None, "{arguments:?}");
    }
    assert_eq!(files(&machine), ["mcp.json"]);
}

#[test]
fn a_backup_with_a_password_is_named_until_it_is_deleted() {
    let machine = Machine::new();
    let node = format!(
        "{{\"mcpServers\": {{\"tai\": {{\"command\": \"npx\", \"args\": [\"-y\", \"tai-mcp\"], \
         \"env\": {{\"NAME\": \"{USER}\", \"PASSWORD\": \"{PASSWORD}\"}}}}}}}}"
    );
    let file = write(&machine, ".cursor/mcp.json", &node);
    let backup = machine.home().join(".cursor/mcp.json.before-tai");
    assert!(run(&machine, &["cursor"]).status.success());
    // The user removes the password, as the page on migrating says.
    let configured = fs::read_to_string(&file).unwrap();
    assert!(configured.contains(PASSWORD), "{configured}");
    fs::write(&file, configured.replace(PASSWORD, "")).unwrap();
    let doctor = said(&machine.cli(&["doctor"]));
    let named = format!("{} still contains a password: delete it", backup.display());
    assert!(doctor.contains(&named), "{doctor}");
    let removed = said(&run(&machine, &["cursor", "--remove"]));
    let named = format!(
        "Cursor: note: {} contains a password; delete it if you no longer need it\n",
        backup.display()
    );
    assert!(removed.contains(&named), "{removed}");
    let doctor = said(&machine.cli(&["doctor"]));
    assert!(doctor.contains("still contains a password"), "{doctor}");
    fs::remove_file(&backup).unwrap();
    let doctor = said(&machine.cli(&["doctor"]));
    assert!(!doctor.contains("still contains a password"), "{doctor}");
}

#[test]
fn a_change_that_fails_leaves_no_backup() {
    let machine = Machine::new();
    let before = "{\"mcpServers\": {}}";
    let file = write(&machine, ".cursor/mcp.json", before);
    // The records cannot be written: another user could exchange their directory.
    let local = machine.home().join(".local");
    fs::create_dir_all(&local).unwrap();
    fs::set_permissions(&local, Permissions::from_mode(0o777)).unwrap();
    let output = run(&machine, &["cursor"]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    assert_eq!(files(&machine), ["mcp.json"]);
    fs::set_permissions(&local, Permissions::from_mode(0o755)).unwrap();
    assert!(run(&machine, &["cursor"]).status.success());
    assert_eq!(files(&machine), ["mcp.json", "mcp.json.before-tai"]);
}

#[test]
fn a_setup_without_an_installed_tai_mcp_creates_no_file() {
    let machine = Machine::new();
    let taid = tai_e2e::executables().join("taid");
    let alone = machine.home().join("taid");
    fs::hard_link(&taid, &alone)
        .or_else(|_| fs::copy(&taid, &alone).map(drop))
        .unwrap();
    fs::remove_dir(machine.state_dir()).unwrap();
    let mut setup = Command::new(alone);
    setup
        .env_clear()
        .env("HOME", machine.home())
        .env("PATH", "");
    let output = setup.args(["setup", "cursor"]).output().unwrap();
    assert!(!output.status.success());
    let expected = "error: tai-mcp is not installed next to taid";
    assert!(said(&output).starts_with(expected), "{}", said(&output));
    assert!(!machine.state_dir().exists());
}
