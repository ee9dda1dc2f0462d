//! The manual page `tai-config(5)`, generated from the definitions of the configuration keys.

use clap_mangen::roff::{Inline, Roff, bold, roman};
use std::{fs, io, path::Path};
use taid::config::{
    docs::{VARIABLES, facts},
    keys,
};

const INTRODUCTION: &str = "Every key is optional. A value comes from the environment of taid, then from the file, then \
                            from the default. An empty variable counts as unset. `taid doctor` lists every value that is set.";
const PASSWORD: &str = "taid reads the password from the first configured source: the variable \
                        `TAI_MCP_PASSWORD` or `PASSWORD`, the systemd credential `tai-password`, \
                        `password_command`, `password_file`, the keyring of the system, the configuration \
                        of an MCP client. `password_command` and `password_file` must not both be set. `taid login` overrides all sources until taid exits.";
const INSTANCES: &str = "Limits the tools of an instance. `read_only = true` refuses send_email, \
                         reply_email and delete_email; `tools = [...]` permits only the listed tools.";

/// Writes the page to a directory.
pub(crate) fn write(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    fs::write(dir.join("tai-config.5"), page().render())
}

fn page() -> Roff {
    let mut page = Roff::new();
    page.control("TH", ["tai-config", "5"]);
    page.control("SH", ["NAME"]);
    page.text([roman("tai-config - configuration file of taid")]);
    page.control("SH", ["DESCRIPTION"]);
    page.text(inline(INTRODUCTION));
    page.control("SH", ["KEYS"]);
    for key in keys() {
        entry(&mut page, key.name, &[key.about, &facts(&key)]);
    }
    entry(
        &mut page,
        "[instances.NAME]",
        &[INSTANCES, "Only in the configuration file."],
    );
    page.control("SH", ["ENVIRONMENT"]);
    for variable in VARIABLES {
        entry(&mut page, &variable.names.join(", "), &[variable.about]);
    }
    page.control("SH", ["PASSWORD"]);
    page.text(inline(PASSWORD));
    page.control("SH", ["FILES"]);
    for (path, about) in [
        (
            "~/.config/tai/config.toml",
            "Configuration of the default profile on Linux.",
        ),
        (
            "~/Library/Application Support/chat.tai.tai/config.toml",
            "Configuration of the default profile on macOS.",
        ),
        (
            "config-PROFILE.toml",
            "Configuration of another profile, in the same directory.",
        ),
    ] {
        entry(&mut page, path, &[about]);
    }
    page.control("SH", ["SEE ALSO"]);
    page.text([
        bold("taid"),
        roman("(1), "),
        bold("taid-doctor"),
        roman("(1)"),
    ]);
    page
}

/// Adds a term and its paragraphs.
fn entry(page: &mut Roff, term: &str, paragraphs: &[&str]) {
    page.control("TP", []);
    page.text([bold(term)]);
    for (number, paragraph) in paragraphs.iter().enumerate() {
        if number > 0 {
            page.control("br", []);
        }
        page.text(inline(paragraph));
    }
}

/// Renders a line of Markdown: text between backticks is bold.
fn inline(text: &str) -> Vec<Inline> {
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(number, piece)| match number % 2 {
            0 => roman(piece),
            _ => bold(piece),
        })
        .collect()
}
