//! The server that a command line starts: tai-mcp, tai-mcp through another program, or the older
//! Node server. Only the word in the place of a program counts. An argument with the name of
//! tai-mcp, such as a directory or a container, is another program's. In doubt the server is
//! another one, because setup replaces and removes entries of the three.

use super::starters::{Starter, Then, is_assignment};

/// Limit of programs that start one another.
const MAX_DEPTH: usize = 8;
/// Names of the Node server's package.
const PACKAGES: [&str; 2] = ["tai-mcp", "tai-mcp-server"];
/// Names of the file with which a copy of the Node server starts, without their endings.
const MAIN_FILES: [&str; 5] = ["index", "main", "server", "cli", "tai-mcp"];
/// Directories of that file in a copy of the Node server.
const MAIN_DIRS: [&str; 6] = ["dist", "build", "lib", "out", "src", "bin"];

/// Server that a command starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum ServerKind {
    /// tai-mcp.
    TaiMcp,
    /// tai-mcp through another program, such as `wsl.exe` or `bwrap`.
    Wrapped,
    /// The older Node server, started by a package runner.
    Node,
}

/// A server that a command line starts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Started {
    pub(super) server: ServerKind,
    /// tai-mcp behind a wrapper, if it is among the files of this system.
    pub(super) behind: Option<String>,
}

/// Returns the server that a command line starts; `None` for another one.
pub(super) fn started(argv: &[String]) -> Option<Started> {
    let (server, behind) = match look(argv, MAX_DEPTH)? {
        Found::Ours(_) if stem(argv.first()?) == "tai-mcp" => (ServerKind::TaiMcp, None),
        Found::Ours(behind) => (ServerKind::Wrapped, behind),
        Found::Node => (ServerKind::Node, None),
    };
    Some(Started { server, behind })
}

/// Program at the end of a chain of starters.
enum Found {
    /// tai-mcp, by its path if that names a file of this system.
    Ours(Option<String>),
    /// The Node server, without anything around it that setup would lose.
    Node,
}

fn look(words: &[String], depth: usize) -> Option<Found> {
    let (first, rest) = words.split_first().filter(|(first, _)| !is_line(first))?;
    let depth = depth.checked_sub(1)?;
    let name = stem(first);
    if name == "tai-mcp" {
        return Some(Found::Ours(Some(first.clone())));
    }
    let starter = Starter::named(name)?;
    let command = starter.command(rest)?;
    match starter.then {
        Then::Shell if starter.is_script(rest, command) => script(command.first()?, depth),
        Then::Package if is_node_server(command.first()?) => Some(Found::Node),
        // Another package with the program's name.
        Then::Package if stem(command.first()?) == "tai-mcp" => None,
        Then::Package => look(command, depth),
        Then::Local | Then::Shell => match look(command, depth)? {
            Found::Ours(path) => Some(Found::Ours(path)),
            Found::Node => None,
        },
        Then::Elsewhere | Then::BehindDashes => elsewhere(look(command, depth)?),
        Then::RemoteShell => elsewhere(line(command, depth)?),
        Then::WindowsShell => match line(command, depth)? {
            Found::Ours(_) => Some(Found::Ours(None)),
            Found::Node => Some(Found::Node),
        },
    }
}

fn elsewhere(found: Found) -> Option<Found> {
    match found {
        Found::Ours(_) => Some(Found::Ours(None)),
        Found::Node => None,
    }
}

/// Looks at the words of a command for a shell, which may be one word with the whole line.
fn line(words: &[String], depth: usize) -> Option<Found> {
    match words {
        [only] if only.contains(char::is_whitespace) => script(only, depth),
        _ => look(words, depth),
    }
}

/// Looks at the last command of a script, which has the input and output of the server.
fn script(text: &str, depth: usize) -> Option<Found> {
    let commands = commands(text);
    let last = commands.last()?;
    let is_prefix = |word: &&String| {
        matches!(word.as_str(), "exec" | "command" | "call") || is_assignment(word)
    };
    let prefix = last.iter().take_while(is_prefix);
    let only_words = commands.len() == 1 && !prefix.clone().any(|word| is_assignment(word));
    match look(last.get(prefix.count()..)?, depth)? {
        Found::Ours(_) => Some(Found::Ours(None)),
        Found::Node => only_words.then_some(Found::Node),
    }
}

/// Returns the words of each command of a script, without the quotation marks around them.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let (mut word, mut quote) = (String::new(), None);
    for c in text.chars().chain(['\n']) {
        match (quote, c) {
            (Some(mark), c) if c == mark => quote = None,
            (None, '\'' | '"' | '`') => quote = Some(c),
            // The output of a command.
            (None, '(') => quote = Some(')'),
            (None, c) if c.is_whitespace() || matches!(c, ';' | '&') => {
                if let Some(command) = commands.last_mut()
                    && !word.is_empty()
                {
                    command.push(std::mem::take(&mut word));
                }
                if matches!(c, '\n' | ';' | '&') {
                    commands.push(Vec::new());
                }
            }
            (_, c) => word.push(c),
        }
    }
    commands.retain(|command| !command.is_empty());
    commands
}

/// Returns whether a command is a line with arguments, which no client starts, in place of a path.
fn is_line(command: &str) -> bool {
    let Some((first, rest)) = command.split_once(char::is_whitespace) else {
        return false;
    };
    let is_drive = command.get(1..2) == Some(":");
    let is_path = is_drive || command.starts_with(['/', '\\', '~', '$', '%', '.']);
    let mut others = rest.split(char::is_whitespace);
    !is_path
        || others.any(|word| word.starts_with(['/', '-', '~', '$']))
        || Starter::named(stem(first)).is_some()
}

/// Returns whether a word names the package of the Node server, with or without a version or a
/// place, or a file in it.
fn is_node_server(word: &str) -> bool {
    let word = word.split('#').next().unwrap_or_default();
    let parts: Vec<&str> = word.split(['/', '\\', ':']).collect();
    let is_package = |part: &str| PACKAGES.contains(&part.split('@').next().unwrap_or_default());
    let of_scope =
        |at: usize| at > 0 && parts.get(at - 1).is_some_and(|part| part.starts_with('@'));
    let Some((file, dirs)) = parts.split_last() else {
        return false;
    };
    if of_scope(dirs.len()) {
        return false;
    }
    if is_package(file) || PACKAGES.contains(&base(file)) {
        return true;
    }
    let Some(at) = dirs.iter().rposition(|part| is_package(part)) else {
        return false;
    };
    if of_scope(at) {
        return false;
    }
    let (before, inside) = (dirs.get(..at), dirs.get(at + 1..).unwrap_or_default());
    let is_installed = before.and_then(<[&str]>::last) == Some(&"node_modules");
    match inside {
        _ if is_installed => !inside.contains(&"node_modules"),
        [] => MAIN_FILES.contains(&base(file)),
        [dir] => MAIN_DIRS.contains(dir) && MAIN_FILES.contains(&base(file)),
        _ => false,
    }
}

/// Returns the name of a file without its ending.
fn base(file: &str) -> &str {
    file.split_once('.').map_or(file, |(base, _)| base)
}

/// Returns the name of a program without its directory and the endings of Windows.
fn stem(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.strip_suffix(".exe").unwrap_or(name);
    name.strip_suffix(".cmd").unwrap_or(name)
}

#[cfg(test)]
#[path = "started_tests.rs"]
mod tests;
