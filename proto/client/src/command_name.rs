//! Name by which a user of this installation runs the commands of taid: an installation by npx, or of
//! the npm package alone, has no `taid` on PATH.

use crate::is_on_path;
use std::{borrow::Cow, path::Path, sync::OnceLock};
use tai_proto::{command::command, names::Profile};

/// Beginning of a command in a text.
const COMMAND: &str = "`taid ";

/// Returns text whose commands, such as `` `taid login` ``, run in this installation.
pub fn in_local_words(text: &str) -> Cow<'_, str> {
    static NAME: OnceLock<Option<&str>> = OnceLock::new();
    if !text.contains(COMMAND) {
        return text.into();
    }
    let name = NAME.get_or_init(|| {
        let executable = std::env::current_exe().unwrap_or_default();
        other_name(&|name| is_on_path(name), &executable)
    });
    match name {
        Some(name) => text.replace(COMMAND, &format!("`{name} ")).into(),
        None => text.into(),
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
    is_of_npx.then_some("npx -y tai-mcp")
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
