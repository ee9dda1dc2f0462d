//! Samples of outputs in the guide have the lines that the commands print.

use super::{commands::ask_for_approval, root};
use std::{collections::BTreeSet, fs};
use tai_e2e::{Machine, PASSWORD};

/// Returns the labels of a page of `taid status` or `taid doctor`: the words before the first gap of
/// each line, without the mark of a check. The table of clients, whose cells vary, is its header.
fn labels(page: &str) -> BTreeSet<String> {
    let marks = |c: char| matches!(c, '✓' | '-' | '✗' | ' ');
    let end = page.find("\nCLIENT").map(|at| at + 7);
    let page = page.get(..end.unwrap_or(page.len())).unwrap();
    let lines = page.lines().map(|line| line.trim_start_matches(marks));
    let labels = lines.map(|line| line.split("  ").next().unwrap_or(line));
    // The source of the password has no gap, and the last line of doctor is a sentence.
    let labels = labels.map(|label| match label.starts_with("password ") {
        true => "password",
        false => label,
    });
    let is_label = |label: &&str| !label.is_empty() && *label != "...";
    labels.filter(is_label).map(str::to_owned).collect()
}

#[test]
fn the_samples_of_status_and_doctor_have_the_lines_that_the_commands_print() {
    let machine = Machine::new();
    machine.configure("username = \"alice\"\nconfirm_send = \"always\"\nnotify = \"never\"\n");
    let mut login = machine.command("taid");
    let file = machine.home().join("password");
    fs::write(&file, PASSWORD).unwrap();
    login.args(["login", "--password-stdin"]);
    login.env("TAI_MCP_AUTOSTART", "1");
    login.stdin(fs::File::open(&file).unwrap());
    assert!(login.output().unwrap().status.success());
    let _client = ask_for_approval(&machine);
    let setup = machine.command("tai-mcp").args(["setup", "codex"]).output();
    assert!(setup.unwrap().status.success());
    let guide = fs::read_to_string(root().join("packaging/docs/guide.md")).unwrap();
    for (arguments, beginning) in [
        (&["status"][..], "taid  "),
        (&["doctor"], "✓ environment "),
        (&["doctor", "--as", "codex"], "✓ entry "),
    ] {
        let output = machine.cli(arguments);
        let printed = labels(&String::from_utf8(output.stdout).unwrap());
        let mut fences = guide.split("```text\n").skip(1);
        let sample = fences.find(|text| text.starts_with(beginning)).unwrap();
        let sample = labels(sample.split("```").next().unwrap());
        let wrong: Vec<&String> = sample.difference(&printed).collect();
        assert!(wrong.is_empty(), "{arguments:?}: {wrong:?} in {printed:?}");
    }
}
