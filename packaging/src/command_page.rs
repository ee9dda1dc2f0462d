//! The manual pages of the programs and of their commands, such as `taid(1)` and `taid-login(1)`.

use crate::{
    page::Page,
    programs::{Program, visible},
};
use clap::{Arg, Command};
use clap_mangen::roff::{bold, italic, roman};
use taid::{
    cli::exit_codes,
    config::{docs::VARIABLES, keys},
};

/// Files of the programs. The paths are of Linux.
const FILES: [(&str, &str); 6] = [
    (
        "~/.config/tai/config.toml",
        "Configuration, see tai-config(5).",
    ),
    (
        "$XDG_RUNTIME_DIR/tai/PROFILE.sock",
        "Socket of taid for MCP clients.",
    ),
    (
        "~/.local/state/tai/run/",
        "Sockets, without a usable `XDG_RUNTIME_DIR`.",
    ),
    ("~/.local/state/tai/logs/", "Logs; `taid logs` shows them."),
    (
        "~/.local/state/tai/audit-PROFILE.jsonl",
        "Audit log; `taid audit` shows it.",
    ),
    (
        "~/.local/state/tai/",
        "State: locks, the ledger of sends, mails that wait for approval (encrypted).",
    ),
];

/// Heading of the variables in the help text of tai-mcp.
const LIST_OF_VARIABLES: &str = "Environment variables, all optional:\n";

/// Returns the pages of a program and of its own commands.
pub(crate) fn pages(program: &Program) -> Vec<Page> {
    let mut command = visible(&program.command).disable_help_subcommand(true);
    command.build();
    let mut pages = vec![of_program(program, &command)];
    for sub in command.get_subcommands() {
        let name = program.page(sub.get_name());
        if name.starts_with(program.name) {
            pages.push(of_command(program, &name, sub));
        }
    }
    pages
}

fn of_program(program: &Program, command: &Command) -> Page {
    let mut page = begin(program.name, command);
    options(&mut page, command);
    page.section("COMMANDS");
    for sub in command.get_subcommands() {
        let about = sub.get_about().map(ToString::to_string);
        let term = vec![bold(program.page(sub.get_name())), roman("(1)")];
        page.entry(term, &[&about.unwrap_or_default()]);
    }
    end(&mut page, program, command);
    page.see_also(&[other(program), "tai-config(5)", "tai(7)"]);
    page
}

fn of_command(program: &Program, name: &str, command: &Command) -> Page {
    let mut page = begin(name, command);
    options(&mut page, command);
    end(&mut page, program, command);
    let of_program = format!("{}(1)", program.name);
    page.see_also(&[&of_program, "tai-config(5)", "tai(7)"]);
    page
}

fn other(program: &Program) -> &'static str {
    match program.name {
        "taid" => "tai-mcp(1)",
        _ => "taid(1)",
    }
}

/// Returns a page with its NAME, SYNOPSIS and DESCRIPTION.
fn begin(name: &str, command: &Command) -> Page {
    let about = command.get_about().map(ToString::to_string);
    let mut page = Page::new(name, 1, &about.clone().unwrap_or_default());
    page.section("SYNOPSIS");
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let called = command.get_bin_name().unwrap_or(name).to_owned();
    let rest = usage.strip_prefix(&called).unwrap_or(usage).to_owned();
    page.line(vec![bold(called), roman(rest)]);
    page.section("DESCRIPTION");
    let long = command.get_long_about().map(ToString::to_string);
    let text = long.or(about).unwrap_or_default();
    page.text(&with_full_stop(&text));
    page
}

/// The first line of a help text is a title without a full stop.
fn with_full_stop(text: &str) -> String {
    match text.split_once("\n\n") {
        Some((title, rest)) => format!("{title}.\n\n{rest}"),
        None => format!("{text}."),
    }
}

/// Adds the arguments and the options, those of all commands last.
fn options(page: &mut Page, command: &Command) {
    let (global, own): (Vec<&Arg>, Vec<&Arg>) = command
        .get_arguments()
        .partition(|arg| arg.get_help_heading().is_some());
    for (title, args) in [("OPTIONS", own), ("GLOBAL OPTIONS", global)] {
        if args.is_empty() {
            continue;
        }
        page.section(title);
        for arg in args {
            option(page, arg);
        }
    }
}

fn option(page: &mut Page, arg: &Arg) {
    let mut term = Vec::new();
    if let Some(short) = arg.get_short() {
        term.extend([bold(format!("-{short}")), roman(", ")]);
    }
    if let Some(long) = arg.get_long() {
        term.push(bold(format!("--{long}")));
        term.push(roman(" "));
    }
    let takes_value = arg.get_num_args().is_some_and(|count| count.takes_values());
    if let Some(names) = arg.get_value_names()
        && takes_value
    {
        term.push(italic(names.join(" ")));
    }
    let help = match arg.get_id().as_str() {
        // The text of clap tells of a summary, which a page has not.
        "help" => None,
        _ => arg.get_long_help().or(arg.get_help()),
    };
    let help = help.map_or_else(|| "Print help".to_owned(), ToString::to_string);
    let help = with_full_stop(&help);
    let mut paragraphs = vec![help];
    let values = match takes_value {
        true => arg.get_possible_values(),
        false => Vec::new(),
    };
    if !values.is_empty() {
        let names: Vec<String> = values
            .iter()
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        paragraphs.push(format!("Values: {}.", names.join(", ")));
    }
    if let Some(default) = arg.get_default_values().first()
        && takes_value
    {
        paragraphs.push(format!("Default: `{}`.", default.to_string_lossy()));
    }
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    page.entry(term, &paragraphs);
}

/// Adds EXAMPLES, ENVIRONMENT, FILES and EXIT STATUS.
fn end(page: &mut Page, program: &Program, command: &Command) {
    let after = command.get_after_help().map(ToString::to_string);
    if let Some(examples) = after.as_deref().and_then(examples) {
        page.section("EXAMPLES");
        page.example(examples.lines());
    }
    page.section("ENVIRONMENT");
    match program.name {
        "taid" => variables_of_taid(page),
        _ => variables_of_help(page, &program.command),
    }
    page.section("FILES");
    for (path, about) in FILES {
        page.entry(vec![bold(path)], &[about]);
    }
    page.section("EXIT STATUS");
    for (code, meaning) in exit_codes() {
        page.entry(vec![bold(code.to_string())], &[&format!("{meaning}.")]);
    }
}

fn variables_of_taid(page: &mut Page) {
    for variable in VARIABLES {
        page.entry(vec![bold(variable.names.join(", "))], &[variable.about]);
    }
    for key in keys().iter().filter(|key| !key.variables.is_empty()) {
        let about = format!("As the key `{}` in tai-config(5).", key.name);
        page.entry(vec![bold(key.variables.join(", "))], &[&about]);
    }
}

/// Adds the variables that the help text lists in two columns, and the paragraph after them. A line
/// without a name continues the meaning above it.
fn variables_of_help(page: &mut Page, command: &Command) {
    let help = command.get_after_help().map(ToString::to_string);
    let help = help.unwrap_or_default();
    let list = help.split_once(LIST_OF_VARIABLES);
    let list = list.map_or("", |(_, list)| list);
    let (list, rule) = list.split_once("\n\n").unwrap_or((list, ""));
    let mut entries: Vec<(&str, String)> = Vec::new();
    for line in list.lines() {
        let line = line.strip_prefix("  ").unwrap_or(line);
        match (line.split_once("  "), entries.last_mut()) {
            (Some((name, about)), _) if !name.is_empty() => {
                entries.push((name, about.trim().to_owned()));
            }
            (_, Some((_, about))) => about.push_str(&format!(" {}", line.trim())),
            (_, None) => {}
        }
    }
    for (name, about) in entries {
        page.entry(vec![bold(name)], &[&with_full_stop(&about)]);
    }
    page.paragraph(rule);
}

/// Returns the lines of the part `Examples:` of a help text.
pub(crate) fn examples(after_help: &str) -> Option<&str> {
    let (_, rest) = after_help.split_once("Examples:\n")?;
    let (examples, _) = rest.split_once("\n\n").unwrap_or((rest, ""));
    Some(examples)
}
