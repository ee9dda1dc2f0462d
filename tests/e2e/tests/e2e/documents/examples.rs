//! Examples of the pages: the entry of each MCP client, and a client of taid in Python.

use super::root;
use std::{fmt::Write as _, fs, process::Command};
use tai_e2e::{Machine, executables, processes::skipped};

/// Returns what `tai-mcp setup --print` prints, as a section of a page. The home directory is `~`,
/// and tai-mcp is in `/usr/bin`.
fn entries(machine: &Machine) -> String {
    let mut command = machine.command("tai-mcp");
    let output = command.env("PATH", "").args(["setup", "--print"]).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout)
        .unwrap()
        .replace(machine.home().to_str().unwrap(), "~")
        .replace(executables().to_str().unwrap(), "/usr/bin");
    let mut page = String::new();
    for entry in text.split("# ").filter(|entry| !entry.is_empty()) {
        let (title, body) = entry.split_once('\n').unwrap();
        let (client, file) = title.split_once(": ").unwrap();
        let (_, language) = file.rsplit_once('.').unwrap();
        let body = body.trim_end();
        let _ = write!(
            page,
            "### {client}\n\n`{file}`\n\n```{language}\n{body}\n```\n\n"
        );
    }
    page
}

#[test]
fn the_page_on_clients_has_the_entry_of_each_client() {
    const BEGIN: &str = "<!-- entries: begin -->\n";
    const END: &str = "<!-- entries: end -->\n";
    let path = root().join("packaging/docs/clients.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    let expected = entries(&Machine::new());
    assert!(expected.contains("### Goose"), "{expected}");
    if found == expected {
        return;
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(&path, format!("{before}{BEGIN}{expected}{END}{after}")).unwrap();
        return;
    }
    panic!("run this with INSTA_UPDATE=always, or write\n{expected}");
}

#[test]
fn the_example_of_the_page_on_clients_attaches_and_prints_the_state_of_the_session() {
    if !cfg!(target_os = "linux") || Command::new("python3").arg("--version").output().is_err() {
        return skipped("the example in Python needs Linux and python3");
    }
    let page = fs::read_to_string(root().join("packaging/docs/writing-a-client.md")).unwrap();
    let (_, code) = page.split_once("```python\n").unwrap();
    let (code, _) = code.split_once("```\n").unwrap();
    let machine = Machine::new();
    let file = machine.home().join("attach.py");
    fs::write(&file, code).unwrap();
    let attach = |arguments: &[&str]| {
        let mut python = Command::new("python3");
        let output = python.arg(&file).arg(machine.socket()).args(arguments);
        let output = output.output().unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap(),
        )
    };
    let taid = machine.start();
    taid.wait_until_live();
    let expected = |address: &str| (true, format!("{address} live\n"));
    assert_eq!(attach(&[]), expected("alice@tai.chat"));
    assert_eq!(attach(&["desk"]), expected("desk.alice@tai.chat"));
    // The daemon closes the connection, which a sender can also see as a broken pipe or a reset.
    let (served, said) = attach(&["no instance"]);
    assert!(!served && said.starts_with("error: "), "{said}");
}
