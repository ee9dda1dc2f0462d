//! Name by which a user of this installation runs the commands of taid and tai-mcp: an installation by
//! npx, or of the npm package alone, has no `taid` on PATH. A command that was given `--home` repeats it
//! in the commands of its texts.

use crate::is_on_path;
use std::{
    borrow::Cow,
    io,
    path::{Path, PathBuf},
    sync::OnceLock,
};
use tai_proto::{command::command, names::Profile};

/// Beginnings of the commands in a text.
const COMMANDS: [&str; 2] = ["`taid ", "`tai-mcp "];
/// Name of both programs in an installation by npx.
const NPX: &str = "npx -y tai-mcp";

/// Home directory that `--home` gave this process.
static HOME: OnceLock<PathBuf> = OnceLock::new();

/// Returns the absolute path of the directory that the user gave with `--home`.
///
/// # Errors
/// It begins with `~`, which neither a client nor a shell has replaced, or cannot be made absolute.
pub fn given_home(home: &Path) -> io::Result<PathBuf> {
    if home.starts_with("~") {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "`~` is a directory's name here: write the whole path, or `./~` for that directory",
        ));
    }
    std::path::absolute(home)
}

/// Makes the commands in the texts of this process repeat `--home`.
pub fn repeat_home(home: &Path) {
    // A process has one home directory, so the second call has the same.
    let _ = HOME.set(home.to_owned());
}

/// Returns text whose commands, such as `` `taid login` ``, run in this installation.
pub fn in_local_words(text: &str) -> Cow<'_, str> {
    static NAME: OnceLock<Option<&str>> = OnceLock::new();
    if !COMMANDS.iter().any(|command| text.contains(command)) {
        return text.into();
    }
    let name = NAME.get_or_init(|| {
        let executable = std::env::current_exe().unwrap_or_default();
        other_name(&|name| is_on_path(name), &executable)
    });
    in_words_of(*name, HOME.get().map(PathBuf::as_path), text).into()
}

/// Returns text whose commands have the name, if it is not `taid`, and the home directory. Commands
/// that have both are unchanged.
fn in_words_of(name: Option<&str>, home: Option<&Path>, text: &str) -> String {
    let names = [
        name.unwrap_or("taid"),
        name.filter(|name| *name == NPX).unwrap_or("tai-mcp"),
    ];
    let mut text = text.to_owned();
    for (command, name) in COMMANDS.into_iter().zip(names) {
        let plain = format!("`{name} ");
        text = text.replace(command, &plain);
        if let Some(home) = home {
            let full = format!("{plain}--home {} ", shell_word(home));
            text = text.replace(&full, &plain).replace(&plain, &full);
        }
    }
    text
}

/// Returns a path as a word of a command line.
fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/\\:._-+@%,".contains(c);
    match text.chars().all(is_plain) {
        true => text,
        false => quoted(&text, cfg!(windows)),
    }
}

/// Quotes a word. cmd.exe knows double quotes alone, which no path of Windows contains; PowerShell knows
/// both.
fn quoted(word: &str, is_windows: bool) -> String {
    match is_windows {
        true => format!("\"{word}\""),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// Returns a command of taid for the profile, in backticks, as it runs in this installation.
pub fn local_command(profile: &Profile, name: &str) -> String {
    in_local_words(&format!("`{}`", command(profile, name))).into_owned()
}

/// Returns the name if it is not `taid`.
fn other_name(is_on_path: &dyn Fn(&str) -> bool, executable: &Path) -> Option<&'static str> {
    if is_on_path("taid") {
        return None;
    }
    if is_on_path("tai-mcp") {
        return Some("tai-mcp");
    }
    let mut parts = executable.components();
    let is_of_npx = parts.any(|part| part.as_os_str() == "_npx");
    is_of_npx.then_some(NPX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_directory_that_nothing_has_expanded_is_refused() {
        for home in ["~", "~/trial"] {
            assert!(given_home(Path::new(home)).is_err(), "{home}");
        }
        for home in ["./~", "~alice", "/tmp/~"] {
            assert!(given_home(Path::new(home)).is_ok(), "{home}");
        }
    }

    #[test]
    fn a_command_has_the_name_that_this_installation_has() {
        let npx = Path::new("/home/a/.npm/_npx/88a6/node_modules/@tai-chat/linux-x64/bin/taid");
        let other = Path::new("/opt/tai/taid");
        for (installed, executable, expected) in [
            (&["taid", "tai-mcp"][..], npx, None),
            (&["tai-mcp"], npx, Some("tai-mcp")),
            (&[], npx, Some("npx -y tai-mcp")),
            (&[], other, None),
        ] {
            let is_on_path = |name: &str| installed.contains(&name);
            assert_eq!(other_name(&is_on_path, executable), expected);
        }
        assert_eq!(in_local_words("no command"), "no command");
    }

    #[test]
    fn a_word_is_quoted_as_the_shells_of_the_system_read_it() {
        assert_eq!(quoted("/tmp/it's", false), r"'/tmp/it'\''s'");
        assert_eq!(quoted(r"C:\My Trial", true), r#""C:\My Trial""#);
    }

    #[test]
    fn each_command_of_a_text_repeats_the_home_directory_once() {
        let text = "run `taid login`, then `tai-mcp setup`; see `taid.socket`";
        let trial = Some(Path::new("/tmp/my trial"));
        for (name, home, expected) in [
            (None, None, text),
            (
                None,
                trial,
                "run `taid --home '/tmp/my trial' login`, then `tai-mcp --home '/tmp/my trial' setup`; see \
                 `taid.socket`",
            ),
            (
                Some("tai-mcp"),
                Some(Path::new("/tmp/trial")),
                "run `tai-mcp --home /tmp/trial login`, then `tai-mcp --home /tmp/trial setup`; see \
                 `taid.socket`",
            ),
            (
                Some(NPX),
                None,
                "run `npx -y tai-mcp login`, then `npx -y tai-mcp setup`; see `taid.socket`",
            ),
        ] {
            let once = in_words_of(name, home, text);
            assert_eq!(once, expected);
            assert_eq!(in_words_of(name, home, &once), expected);
        }
    }
}
