//! The program, arguments and variables with which a client starts the server of an entry. It
//! starts nothing. Findings name variables and never show their values.

use super::{
    references::{self, Problem},
    rules::{Passes, Rule},
};
use crate::cli::{
    doctor::check::{Check, ok, skipped, wrong},
    executable,
    setup::entry::Entry,
};
use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};
use tai_proto::variables;

/// An environment.
pub(super) type Environment = BTreeMap<OsString, OsString>;

/// A server as the client starts it.
pub(super) struct Launch {
    /// Full path of the program.
    pub(super) program: PathBuf,
    /// Arguments.
    pub(super) arguments: Vec<String>,
    /// All variables of the server.
    pub(super) env: Environment,
}

/// Client whose entry is started.
pub(super) struct Subject<'a> {
    /// Product name.
    pub(super) name: &'a str,
    /// Rule of the client.
    pub(super) rule: &'a Rule,
    /// Entry in its configuration.
    pub(super) entry: &'a Entry,
}

/// Returns the variables of a shell whose absence in a server is worth a line.
fn notable() -> impl Iterator<Item = &'static str> {
    let places = [
        "XDG_CONFIG_HOME",
        "XDG_RUNTIME_DIR",
        "DBUS_SESSION_BUS_ADDRESS",
    ];
    places.into_iter().chain(variables::network())
}

/// Plans the start of an entry. Returns the checks so far, and `None` if the client cannot start
/// the command.
pub(super) fn plan(subject: &Subject<'_>, shell: &Environment) -> (Vec<Check>, Option<Launch>) {
    let Subject { rule, entry, .. } = subject;
    let get = |name: &str| {
        let value = shell.get(OsStr::new(name))?;
        value.to_str().map(str::to_owned)
    };
    let mut problems = Vec::new();
    let mut replaced = |place: &str, text: &str| {
        let replaced = references::replace(text, rule.replaces, &get);
        problems.extend(replaced.problem.map(|problem| (place.to_owned(), problem)));
        replaced.text
    };
    let command = replaced("command", &entry.command);
    let arguments = entry.arguments.iter();
    let arguments = arguments.map(|word| replaced("args", word)).collect();
    let own: Vec<(&String, String)> = entry
        .env
        .iter()
        .map(|(name, value)| (name, replaced(name, value)))
        .collect();
    let mut env: Environment = shell
        .iter()
        .filter(|(name, _)| passes(subject, &name.to_string_lossy()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    env.extend(
        own.into_iter()
            .map(|(name, value)| (name.into(), value.into())),
    );
    let mut checks = vec![references_check(subject, &problems)];
    checks.push(variables_check(subject, shell, &env));
    let path = env.get(OsStr::new("PATH")).cloned().unwrap_or_default();
    let (check, program) = command_check(&command, &path);
    checks.push(check);
    let launch = program.map(|program| Launch {
        program,
        arguments,
        env,
    });
    (checks, launch)
}

fn passes(subject: &Subject<'_>, name: &str) -> bool {
    let named = &subject.entry.env_vars;
    subject.rule.passes.includes(name) || named.iter().any(|named| named == name)
}

fn references_check(subject: &Subject<'_>, problems: &[(String, Problem)]) -> Check {
    let name = "references";
    let Some((place, problem)) = problems.first() else {
        return ok(name, "every reference to a variable has a value");
    };
    let client = subject.name;
    match problem {
        Problem::Unset(variable) => wrong(
            name,
            format!("{place} refers to {variable}, which is not set here"),
            format!(
                "set {variable} where {client} is started, or remove {place} from the configuration"
            ),
        ),
        Problem::NoValue(form) => wrong(
            name,
            format!("{place} has a reference {form} that gets no value from {client}"),
            format!("correct {place} in the configuration, or remove it"),
        ),
    }
}

fn variables_check(subject: &Subject<'_>, shell: &Environment, env: &Environment) -> Check {
    let name = "variables";
    let client = subject.name;
    let of_tai = shell.keys().filter_map(|name| name.to_str());
    let of_tai = of_tai.filter(|name| name.starts_with("TAI_MCP_"));
    let kept_back: Vec<&str> = of_tai
        .chain(notable().map(|name| -> &str { name }))
        .filter(|name| shell.contains_key(OsStr::new(name)) && !env.contains_key(OsStr::new(name)))
        .collect();
    let not_measured = match subject.rule.measured {
        true => "",
        false => " (not measured)",
    };
    let rule = match subject.rule.passes {
        Passes::All => format!("{client} passes every variable{not_measured}"),
        Passes::Only(names) => format!(
            "{client} passes {} variables of its environment{not_measured}",
            names.len() + subject.entry.env_vars.len()
        ),
        Passes::Without(_) => {
            format!("{client} passes no variable with a name like PASSWORD or KEY{not_measured}")
        }
    };
    match kept_back.is_empty() {
        true => ok(name, rule),
        false => skipped(
            name,
            format!("{rule}; tai-mcp does not get {}", kept_back.join(", ")),
        ),
    }
}

/// Finds the command as the client does: on the server's PATH, unless it is a path.
fn command_check(command: &str, path: &OsStr) -> (Check, Option<PathBuf>) {
    let name = "command";
    let Some(program) = executable::find(command, path) else {
        let (why, remedy) = match Path::new(command).components().count() {
            1 => (
                format!("{command:?} is in no directory of its PATH"),
                "use the full path of tai-mcp: `tai-mcp setup` writes it",
            ),
            _ => (
                format!("{command} does not exist"),
                "`tai-mcp setup` writes the path of the installed tai-mcp",
            ),
        };
        return (wrong(name, why, remedy), None);
    };
    let shown = program.display().to_string();
    match is_executable(&program) {
        true => (ok(name, shown), Some(program)),
        false => {
            let found = format!("{shown} is not executable");
            (wrong(name, found, format!("`chmod +x {shown}`")), None)
        }
    }
}

fn is_executable(program: &Path) -> bool {
    let access = std::fs::metadata(program)
        .ok()
        .and_then(|meta| crate::os::file_access(&meta));
    access.is_none_or(|access| access.mode & 0o111 != 0)
}

#[cfg(test)]
#[path = "launch_tests.rs"]
mod tests;
