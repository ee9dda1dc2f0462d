//! `taid setup --check`: says whether a client is set up as asked. It changes nothing.

use super::{
    asked::Asked,
    edit,
    entry::{self, ServerKind},
    plan,
    registry::{ConfigFile, McpClient},
    replace, report, shown,
};
use crate::cli::{
    executable,
    terminal::{print, printable},
};

/// Prints a line about a client. Returns whether it is set up as asked.
pub(super) fn check(client: &McpClient, file: &ConfigFile, asked: &Asked<'_>) -> bool {
    let (name, place) = (client.name, file.described());
    match examine(client, file, asked) {
        Ok(()) => {
            print(&format!("{name}: set up ({place})"));
            true
        }
        Err(Wrong { found, lines }) => {
            print(&format!("{name}: {} ({place})", printable(&found)));
            if !lines.is_empty() {
                print(&report::indented(&lines));
            }
            false
        }
    }
}

/// Difference between a configuration and what the user asks for.
struct Wrong {
    found: String,
    /// Changed values, one per line.
    lines: String,
}

fn wrong(found: impl ToString) -> Wrong {
    Wrong {
        found: found.to_string(),
        lines: String::new(),
    }
}

fn examine(client: &McpClient, file: &ConfigFile, asked: &Asked<'_>) -> Result<(), Wrong> {
    let Some(existing) = replace::read(&file.path).map_err(wrong)? else {
        return Err(wrong("not set up; the file does not exist"));
    };
    let servers = edit::servers(client, &existing.text).map_err(wrong)?;
    let entries = entry::entries(&servers);
    if let Some(node) = entries
        .iter()
        .find(|entry| entry.server == ServerKind::Node)
    {
        return Err(wrong(format!("\"{}\" starts the npm package", node.key)));
    }
    plan::check_name(&servers).map_err(wrong)?;
    let Some(ours) = entry::main_of(&entries) else {
        return Err(wrong("not set up"));
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_missing = |program: &&str| executable::find(program, &path).is_none();
    if let Some(program) = ours.programs().find(is_missing) {
        let found = format!("\"{}\" starts {program}, which does not exist", ours.key);
        return Err(wrong(found));
    }
    // Any installed tai-mcp is right.
    let server = asked.server(client, &ours.command);
    let plan = plan::add(client, &servers, &server).map_err(wrong)?;
    let after = edit::apply(client, &existing.text, &plan.edits).map_err(wrong)?;
    let after = edit::servers(client, &after).map_err(wrong)?;
    let lines = shown::changes(servers.get(&plan.key), after.get(&plan.key));
    match lines.is_empty() {
        true => Ok(()),
        false => Err(Wrong {
            found: "set up with other values".to_owned(),
            lines,
        }),
    }
}
