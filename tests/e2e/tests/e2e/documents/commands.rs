//! Shell commands of the pages. A command runs against the sandbox in a temporary home directory.
//! Where that is not possible, its program exists and its help knows each option. The steps of the
//! page on uninstalling run last and leave no file.

use super::{beginning, pages, prose, root, sources};
use crate::mail::mail;
use serde_json::json;
use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
    process::{Command, Stdio},
};
use tai_e2e::{Machine, executables, mcp::Shim, processes::write_program};

/// Programs of others, which this test does not run.
const FOREIGN: &[&str] = &[
    "echo",
    "git",
    "minisign",
    "mkdir",
    "npm",
    "python3",
    "rm",
    "sha256sum",
    "sudo",
];

/// Beginnings of commands that ask at a terminal, run until Ctrl-C, start a program of the user, or
/// change a service.
const NOT_RUN: &[&str] = &[
    "taid approve 3",
    "taid approve 7",
    "taid approve --watch",
    "taid install",
    "taid login",
    "taid logs -f",
    "taid open",
    "taid uninstall",
    "tai-mcp live",
];

/// Commands that end the session of the others, and run last.
const LAST: &[&str] = &["taid logout --yes", "taid stop"];

/// A command, and the place where it stands.
type Found = (String, String);

/// Returns the commands that are lines of a code block, without their comments.
fn lines() -> Vec<Found> {
    let mut found = Vec::new();
    for (page, text) in pages() {
        for (at, line) in prose(&text) {
            let Some(line) = line.strip_prefix("    ") else {
                continue;
            };
            let line = line.trim();
            let line = line.split("  ").next().unwrap_or(line);
            // A line that begins with a number is output.
            if !line.starts_with(|c: char| c.is_ascii_digit()) {
                found.push((format!("{}:{at}", page.display()), line.to_owned()));
            }
        }
    }
    found
}

/// Returns the text between backticks that begins with one of our programs.
fn spans() -> BTreeSet<Found> {
    let mut found = BTreeSet::new();
    for (page, text) in pages() {
        let lines: Vec<&str> = prose(&text).into_iter().map(|(_, line)| line).collect();
        for span in lines.join("\n").split('`').skip(1).step_by(2) {
            let words: Vec<&str> = span.split_whitespace().collect();
            if matches!(words[..], ["taid" | "tai-mcp" | "tai-sandbox", _, ..]) {
                found.insert((page.display().to_string(), words.join(" ")));
            }
        }
    }
    found
}

/// The words of the help of each command that was asked for.
#[derive(Default)]
struct Help(HashMap<String, Option<BTreeSet<String>>>);

impl Help {
    /// Returns the words of the help of a command; `None` if there is no such command.
    fn of(&mut self, program: &str, subcommand: &str) -> Option<&BTreeSet<String>> {
        let words = || {
            let mut command = Command::new(executables().join(program));
            if !subcommand.is_empty() {
                command.arg(subcommand);
            }
            let output = command.arg("--help").stdin(Stdio::null()).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
            let words = text.split(|c| !is_word(c)).map(str::to_owned).collect();
            output.status.success().then_some(words)
        };
        let key = format!("{program} {subcommand}");
        self.0.entry(key).or_insert_with(words).as_ref()
    }

    /// Checks that a command exists and that its help knows its options.
    fn check(&mut self, command: &str) -> Result<(), String> {
        let mut words = command.split_whitespace().map(|word| {
            word.trim_matches(|c: char| matches!(c, '[' | ']' | '"' | '(' | ')' | ','))
        });
        let program = words.next().unwrap_or_default();
        let mut rest: Vec<&str> = words.collect();
        if let ["--home", _, ..] = rest[..] {
            rest.drain(..2);
        }
        let subcommand = match rest.first() {
            Some(word) if !word.starts_with('-') => rest.remove(0),
            _ => "",
        };
        let known = self.of(program, subcommand);
        let known = known.ok_or(format!("`{program} {subcommand}` does not exist"))?;
        for word in rest {
            let option = word.split(['=', '|']).next().unwrap_or(word);
            if option.starts_with('-') && option.len() > 1 && !known.contains(option) {
                return Err(format!(
                    "the help of `{program} {subcommand}` lacks {option}"
                ));
            }
            if option == "--exec" {
                break;
            }
        }
        Ok(())
    }
}

/// Checks a command that is not run: ours, a script of the repository, cargo, or a foreign one.
fn check(command: &str, help: &mut Help, sources: &str) -> Result<(), String> {
    let mut words: Vec<&str> = command.split_whitespace().collect();
    while let Some((name, _)) = words.first().and_then(|word| word.split_once('=')) {
        if !sources.contains(&format!("\"{name}\"")) {
            return Err(format!("no program reads {name}"));
        }
        words.remove(0);
    }
    match words.first().copied().unwrap_or_default() {
        "taid" | "tai-mcp" => help.check(&words.join(" ")),
        "cargo" => check_cargo(&words),
        script if script.contains('/') => {
            let text = fs::read_to_string(root().join(script));
            let text = text.map_err(|error| format!("{script}: {error}"))?;
            let unknown = words
                .iter()
                .find(|word| word.starts_with('-') && !text.contains(**word));
            unknown.map_or(Ok(()), |option| Err(format!("{script} lacks {option}")))
        }
        program if FOREIGN.contains(&program) => Ok(()),
        program => Err(format!("`{program}` is not known to this test")),
    }
}

/// Checks that the packages, programs and directories of a cargo command exist.
fn check_cargo(words: &[&str]) -> Result<(), String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let alias = fs::read_to_string(root().join(".cargo/config.toml")).unwrap();
    let verb = words.get(1).copied().unwrap_or_default();
    let is_verb = matches!(
        verb,
        "build" | "doc" | "install" | "run" | "test" | "uninstall"
    );
    if !is_verb && !alias.contains(&format!("\n{verb} = ")) {
        return Err(format!("cargo has no command {verb}"));
    }
    let members = manifest.split_once("members = [").unwrap().1;
    let members = members.split(']').next().unwrap().split('"');
    let names: Vec<String> = members
        .skip(1)
        .step_by(2)
        .map(|dir| fs::read_to_string(root().join(dir).join("Cargo.toml")).unwrap())
        .collect();
    for pair in words.windows(2) {
        let [option, value] = pair else { continue };
        let exists = match *option {
            "-p" | "--package" | "--bin" => {
                let name = format!("name = \"{value}\"");
                names.iter().any(|manifest| manifest.contains(&name))
            }
            "--path" => root().join(value).join("Cargo.toml").exists(),
            _ => true,
        };
        if !exists {
            return Err(format!("{option} {value} does not exist"));
        }
    }
    Ok(())
}

/// Creates a machine with 20 mails, a signed-in taid, seven mails that wait for approval, and the
/// files that the commands name.
fn machine() -> Machine {
    let machine = Machine::new();
    machine.configure("confirm_send = \"always\"\nnotify = \"never\"\n");
    for number in 0..20 {
        let time = format!("2026-11-01T09:{number:02}:00Z");
        let mail = mail("desk.alice@tai.chat", "Figures", &time);
        machine.sandbox.deliver(&mail).unwrap();
    }
    let bin = machine.home().join("bin");
    fs::create_dir(&bin).unwrap();
    for name in ["taid", "tai-mcp"] {
        let program = executables().join(name);
        let (program, home) = (program.display(), machine.home().display());
        // A service has no given home.
        let text = format!(
            "#!/bin/sh\n[ \"$1\" = install ] && exec '{program}' \"$@\"\nexec '{program}' --home '{home}' \"$@\"\n"
        );
        write_program(&bin.join(name), &text);
    }
    for (name, text) in [
        ("figures.md", "# Figures\n"),
        ("page.html", "<p>Hello</p>\n"),
    ] {
        fs::write(machine.home().join(name), text).unwrap();
    }
    machine
}

/// Has an agent ask for seven mails, and returns its tai-mcp.
pub(super) fn ask_for_approval(machine: &Machine) -> Shim {
    let mut shim = machine.client("desk");
    for number in 1..=7 {
        let subject = format!("Number {number}");
        let mail = json!({"to": "bob@example.com", "subject": subject, "content": "Hello"});
        shim.call("send_email", mail);
    }
    shim
}

/// Runs a command in the home directory of a machine.
fn run(machine: &Machine, command: &str) -> Result<(), String> {
    let path = std::env::var("PATH").unwrap_or_default();
    let bin = machine.home().join("bin");
    let mut shell = Command::new("sh");
    shell
        .env_clear()
        .current_dir(machine.home())
        .args(["-c", command]);
    shell.env("PATH", format!("{}:{path}", bin.display()));
    shell.env("HOME", machine.home()).stdin(Stdio::null());
    let output = shell.output().unwrap();
    match output.status.code() {
        Some(0) => Ok(()),
        code => Err(format!(
            "exit code {code:?}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

/// Returns whether a command is run: it is ours, needs no answer, and its pipe has programs that
/// exist.
fn can_run(command: &str) -> bool {
    let is_ours = command.starts_with("taid ") || command.starts_with("tai-mcp ");
    let asks = command.starts_with("taid send") && !command.contains("--yes");
    let is_refused = NOT_RUN
        .iter()
        .any(|beginning| command.starts_with(beginning))
        && !command.contains("--dry-run")
        && !command.contains("--reject");
    let exists = |program: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|dir| dir.join(program).exists())
    };
    let mut others = command.split(" | ").skip(1);
    let pipe_exists = others.all(|part| exists(part.split(' ').next().unwrap_or_default()));
    is_ours && !command.contains("--home ") && !asks && !is_refused && pipe_exists
}

/// Removes the directories that the page on uninstalling names in its last step.
fn remove_what_is_left(machine: &Machine) {
    let lines = lines();
    let step = lines
        .iter()
        .find(|(_, command)| command.starts_with("rm -r ~/"));
    let (_, step) = step.expect("the page on uninstalling has the step");
    for dir in step.split(" ~/").skip(1) {
        fs::remove_dir_all(machine.home().join(dir)).unwrap();
    }
}

/// Returns the files below a directory, relative to it.
fn files_below(dir: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(next) = dirs.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let entry = entry.unwrap();
            match entry.file_type().unwrap().is_dir() {
                true => dirs.push(entry.path()),
                false => {
                    let path = entry.path();
                    let path = path.strip_prefix(dir).unwrap();
                    found.insert(path.to_str().unwrap().to_owned());
                }
            }
        }
    }
    found
}

#[test]
fn each_command_of_a_page_runs_or_is_valid_and_uninstalling_leaves_nothing() {
    let machine = machine();
    let taid = machine.start();
    taid.wait_until_live();
    drop(ask_for_approval(&machine));
    run(&machine, "tai-mcp setup codex cursor").unwrap();
    let mut help = Help::default();
    let sources = sources() + &rust_below(&root().join("tests/e2e/src"));
    let mut wrong = Vec::new();
    let (last, first): (Vec<Found>, Vec<Found>) = lines()
        .into_iter()
        .partition(|(_, command)| LAST.contains(&command.as_str()));
    let mut ran = BTreeSet::new();
    for (place, command) in first.into_iter().chain(last) {
        let outcome = match can_run(&command) {
            // Each command of setup changes files, and runs where it stands.
            true if !ran.insert(command.clone()) && !command.contains(" setup") => Ok(()),
            // It asks a person, because mails wait.
            true if command == "taid stop" => run(&machine, "taid stop --yes"),
            true => run(&machine, &command),
            false => check(command.split(" | ").next().unwrap(), &mut help, &sources),
        };
        if let Err(error) = outcome {
            wrong.push(format!("{place}: {command}: {error}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ran.len() > 30, "{} commands", ran.len());
    drop(taid);
    remove_what_is_left(&machine);
    let left = files_below(machine.home());
    let own = [
        "bin/tai-mcp",
        "bin/taid",
        "figures.md",
        "page.html",
        "tai-bugreport.json",
    ];
    assert_eq!(left, own.map(str::to_owned).into(), "left behind");
}

#[test]
fn each_command_in_a_sentence_is_valid() {
    let mut help = Help::default();
    let sources = sources();
    let mut wrong = Vec::new();
    for (place, command) in spans() {
        // Some messages begin with the name of a program.
        if sources.contains(&beginning(&command)) && help.check(&command).is_err() {
            let words: Vec<&str> = command.split(' ').collect();
            if matches!(words[1], "is" | "did" | "and" | "has") {
                continue;
            }
        }
        if let Err(error) = help.check(&command) {
            wrong.push(format!("{place}: `{command}`: {error}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the text of the Rust files of a directory.
fn rust_below(dir: &Path) -> String {
    let entries = fs::read_dir(dir).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let text = |path: std::path::PathBuf| fs::read_to_string(path).unwrap_or_default();
    paths.map(text).collect()
}
