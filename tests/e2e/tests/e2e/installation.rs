//! Commands as an installation has them: their names, and the service.

use std::process::Command;
use tai_e2e::{Machine, executables};

#[test]
fn the_help_of_a_forwarded_command_names_the_program_that_was_called() {
    let machine = Machine::new();
    let help = |program: &str, words: &[&str]| {
        let output = machine.command(program).args(words).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for command in ["setup", "register", "approve"] {
        let ours = help("tai-mcp", &[command, "--help"]);
        assert!(
            ours.contains(&format!("Usage: tai-mcp {command}")),
            "{ours}"
        );
        assert!(ours.contains(&format!("\n  tai-mcp {command}")), "{ours}");
        for start in ["\n  ", "| ", "`"] {
            assert!(!ours.contains(&format!("{start}taid ")), "{ours}");
        }
        let theirs = help("taid", &[command, "--help"]);
        assert!(theirs.contains(&format!("\n  taid {command}")), "{theirs}");
    }
}

#[test]
fn without_a_service_uninstall_runs_nothing_and_names_what_exists() {
    let machine = Machine::new();
    std::fs::remove_dir_all(machine.state_dir()).unwrap();
    let mut command = Command::new(executables().join("taid"));
    command.env_clear().env("HOME", machine.home());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let output = command.arg("uninstall").env("PATH", path).output();
    insta::assert_snapshot!(machine.say(&output.unwrap()), @"
    exit 0
    No service of taid is installed.
    The configuration in HOME/.config/tai stays.
    A password in the keyring stays; `taid logout` removes it.
    The entries of MCP clients stay; `tai-mcp setup --remove` removes them.
    ");
}
