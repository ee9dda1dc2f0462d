//! Tests of the manual pages and of the completions.

use super::*;
use clap_complete::Shell;
use std::{collections::BTreeSet, fs, io::Write as _, process::Command};

fn all_pages() -> Vec<Page> {
    pages(&programs())
}

#[test]
fn each_command_has_a_page_with_all_sections_and_each_exit_code() {
    let pages = all_pages();
    for program in programs() {
        let commands = program.command.get_subcommands();
        let commands = commands.filter(|command| !command.is_hide_set());
        let names = commands.map(|command| program.page(command.get_name()));
        for name in names.chain([program.name.to_owned()]) {
            let page = pages.iter().find(|page| page.name == name);
            let text = page.unwrap_or_else(|| panic!("no page {name}")).render();
            for section in [
                "NAME",
                "SYNOPSIS",
                "DESCRIPTION",
                "OPTIONS",
                "EXAMPLES",
                "ENVIRONMENT",
                "FILES",
                "\"EXIT STATUS\"",
                "\"SEE ALSO\"",
            ] {
                assert!(
                    text.contains(&format!("\n.SH {section}\n")),
                    "{name}: {section}"
                );
            }
            for (code, meaning) in taid::cli::exit_codes() {
                assert!(
                    text.contains(&format!("\\fB{code}\\fR\n{meaning}.")),
                    "{name}: {code}"
                );
            }
            // The option or command is shown as it is typed.
            assert!(text.contains(&format!(".TH {name} 1 ")), "{name}");
        }
    }
    for file in ["tai-config.5", "tai.7"] {
        assert!(pages.iter().any(|page| page.file() == file), "{file}");
    }
}

#[test]
fn each_reference_to_a_page_leads_to_a_page() {
    let pages = all_pages();
    for page in &pages {
        let text = page
            .render()
            .replace("\\-", "-")
            .replace("\\fR", "")
            .replace("\\fB", "");
        for (before, _) in text
            .match_indices("(1)")
            .chain(text.match_indices("(5)"))
            .chain(text.match_indices("(7)"))
        {
            let head = &text[..before];
            let start = head
                .rfind(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                .map_or(0, |at| at + 1);
            let file = format!("{}.{}", &head[start..], &text[before + 1..before + 2]);
            assert!(
                pages.iter().any(|page| page.file() == file),
                "{}: {file}",
                page.name
            );
        }
    }
}

#[test]
fn the_pages_of_tai_mcp_have_the_variables_of_its_help() {
    let programs = programs();
    let [_, tai_mcp] = &programs;
    let help = tai_mcp.command.get_after_help().unwrap().to_string();
    let variables: Vec<&str> = help
        .lines()
        .filter_map(|line| line.strip_prefix("  TAI_MCP_")?.split_once(' '))
        .map(|(name, _)| name)
        .collect();
    assert!(variables.len() > 9, "{help}");
    for page in all_pages() {
        let text = page.render().replace("\\-", "-");
        let section = text
            .split("\n.SH ")
            .find(|part| part.starts_with("ENVIRONMENT"));
        let is_of_tai_mcp = ["tai-mcp", "tai-mcp-live"].contains(&page.name.as_str());
        for name in variables.iter().filter(|_| is_of_tai_mcp) {
            let entry = format!("\n\\fBTAI_MCP_{name}\\fR\n");
            assert!(section.unwrap().contains(&entry), "{}: {name}", page.name);
        }
    }
}

#[test]
fn each_page_is_valid_roff() {
    let dir = tempfile::tempdir().unwrap();
    let mut missing = BTreeSet::new();
    for page in all_pages() {
        let path = dir.path().join(page.file());
        fs::write(&path, page.render()).unwrap();
        for checker in [
            &["groff", "-ww", "-man", "-Tutf8", "-z"][..],
            &["mandoc", "-T", "lint", "-W", "error"],
        ] {
            let (program, arguments) = checker.split_first().unwrap();
            let Ok(output) = Command::new(program).args(arguments).arg(&path).output() else {
                missing.insert(*program);
                continue;
            };
            let said =
                String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.is_empty(), "{said}");
        }
    }
    skipped("the syntax of the manual pages", missing);
}

/// Prints which programs a check misses. The lines bypass the output capture of the test runner.
fn skipped(what: &str, missing: BTreeSet<&str>) {
    for program in missing {
        let _ = writeln!(io::stderr(), "skipped: {what}: needs {program}");
    }
}

#[test]
fn each_example_is_accepted_and_fits_the_help_and_the_page_at_80_columns() {
    for program in programs() {
        let mut command = programs::visible(&program.command);
        command.build();
        for command in [&command].into_iter().chain(command.get_subcommands()) {
            let after = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                after.lines().all(|line| line.chars().count() <= 80),
                "{after}"
            );
            let Some(examples) = command_page::examples(&after) else {
                // clap's own command.
                assert_eq!(command.get_name(), "help");
                continue;
            };
            for line in examples.lines() {
                // A page has a margin of 7 columns in place of 2.
                assert!(line.chars().count() <= 75, "{line}");
                accepted(line);
            }
        }
    }
}

/// Parses the call of a program in a line such as `date | taid send --yes  description`.
fn accepted(line: &str) {
    let line = line.trim();
    let line = line.split_once("  ").map_or(line, |(line, _)| line);
    for call in line.split(" | ") {
        let words = words(call);
        let Some(program) = programs()
            .into_iter()
            .find(|program| program.name == words[0])
        else {
            continue;
        };
        let parsed = program.command.try_get_matches_from(&words);
        assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
    }
}

/// Splits a command line at spaces outside quotes, as a shell does.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quote) = (vec![String::new()], None);
    for c in line.chars() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (' ', None) => words.push(String::new()),
            (c, _) => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Returns what bash offers after a command line. `taid` and `tai-mcp` answer as the hidden command
/// does, with the kind of the values and the words.
fn offered(line: &[&str]) -> Vec<String> {
    let name = line[0];
    let program = programs()
        .into_iter()
        .find(|program| program.name == name)
        .unwrap();
    let script = completions::script(&program, Shell::Bash);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, script).unwrap();
    let quoted: Vec<String> = line.iter().map(|word| format!("'{word}'")).collect();
    let test = format!(
        "{name}() {{ echo \"<$2:${{*:4}}>\" | tr ' ' '_'; }}
         source {path}
         COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
         _{function} {name} \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\" 2>/dev/null
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        path = path.display(),
        words = quoted.join(" "),
        function = name.replace('-', "__"),
    );
    let output = Command::new("bash").args(["-c", &test]).output().unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn bash_completes_commands_clients_and_the_values_of_a_running_system() {
    for (line, expected) in [
        (&["taid", "ins"][..], &["install"][..]),
        (&["taid", "comp"], &[""]),
        (&["taid", "run", "--by"], &[""]),
        (&["taid", "setup", "curs"], &["cursor"]),
        (&["taid", "mark-read", "--prof"], &["--profile"]),
        (&["tai-mcp", "li"], &["live"]),
        (&["tai-mcp", "live", "--ag"], &["--agent"]),
        (&["tai-mcp", "live", "--agent", "co"], &["codex"]),
        (&["tai-mcp", "register", "--sa"], &["--save"]),
        (&["tai-mcp", "setup", "curs"], &["cursor"]),
        (&["tai-mcp", "mark-read", "--prof"], &["--profile"]),
        (
            &["taid", "status", "--profile", ""],
            &["<profiles:status_--profile_>"],
        ),
        (
            &["taid", "--profile", "work", "approve", "<"],
            &["<held:--profile_work_approve_<>"],
        ),
        (
            &["tai-mcp", "live", "--instance", ""],
            &["<instances:live_--instance_>"],
        ),
    ] {
        assert_eq!(offered(line), expected, "{line:?}");
    }
}

#[test]
fn every_shell_asks_for_the_values_and_offers_no_hidden_command() {
    for program in programs() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = completions::script(&program, shell);
            for kind in ["profiles", "instances", "held"] {
                assert!(
                    script.contains(&format!("{} complete {kind} -- ", program.name)),
                    "{shell}"
                );
            }
            assert!(!script.contains("by-client"), "{shell}");
            for marker in ["@profiles@", "@instances@", "@held@"] {
                assert!(!script.contains(marker), "{shell}");
            }
        }
    }
}
