//! Documentation of the configuration, generated from the keys: the table of
//! `packaging/docs/configuration.md` and the manual page `tai-config(5)`.

use super::{Key, keys};
use std::fmt::Write as _;
use tai_proto::variables;

/// An environment variable without a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Names, the preferred one first.
    pub names: &'static [&'static str],
    /// Meaning, in Markdown.
    pub about: &'static str,
}

/// All environment variables without a key.
pub const VARIABLES: &[Variable] = &[
    Variable {
        names: &variables::PASSWORDS,
        about: "Password, 8 to 128 characters. taid removes it from its environment at start (on Unix). \
                The file must not contain it.",
    },
    Variable {
        names: &[variables::PROFILE],
        about: "Profile, as `taid --profile`. Each profile has its own taid, account and configuration file. Default: `default`.",
    },
    Variable {
        names: &[variables::AUTOSTART],
        about: "`0` disables auto-start, by clients and by every command; `1` permits it in a sandbox.",
    },
    Variable {
        names: &[variables::SOCKET],
        about: "Socket of a running taid, such as a mounted or forwarded one, as `taid --socket`. It disables auto-start.",
    },
];

/// Returns accepted values, default and variables of a key, one sentence each, in Markdown.
pub fn facts(key: &Key) -> String {
    let mut text = format!("Accepts {}.", key.accepts);
    // Writing to a String cannot fail.
    let _ = match key.default {
        Some(default) => write!(text, " Default: `{default}`."),
        None => write!(text, " No default."),
    };
    let _ = match key.variables {
        [] => write!(text, " Only in the file."),
        names => write!(text, " Environment: {}.", listed(names)),
    };
    text
}

/// Returns the tables of the documentation, in Markdown.
pub fn markdown() -> String {
    let mut text =
        "| Key | Environment | Accepts | Default | Meaning |\n|---|---|---|---|---|\n".to_owned();
    for key in keys() {
        let default = key.default.map(|default| format!("`{default}`"));
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            key.name,
            listed(key.variables),
            key.accepts,
            default.unwrap_or_default(),
            key.about
        );
    }
    text.push_str("\n| Environment only | Meaning |\n|---|---|\n");
    for variable in VARIABLES {
        let _ = writeln!(text, "| {} | {} |", listed(variable.names), variable.about);
    }
    text
}

fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const BEGIN: &str = "<!-- generated: keys -->\n";
    const END: &str = "<!-- end -->\n";

    #[test]
    fn the_documentation_has_the_table_of_the_keys() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/docs/configuration.md");
        let page = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = page.split_once(BEGIN).unwrap();
        let (table, after) = rest.split_once(END).unwrap();
        if table == markdown() {
            return;
        }
        if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
            let page = format!("{before}{BEGIN}{}{END}{after}", markdown());
            std::fs::write(&path, page).unwrap();
            return;
        }
        panic!(
            "{} is out of date: run this with INSTA_UPDATE=always, or write\n{}",
            path.display(),
            markdown()
        );
    }
}
