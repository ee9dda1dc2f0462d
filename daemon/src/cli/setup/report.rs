//! Printed results of `taid setup`.

use super::{
    apply::{ApplyError, Changes, Outcome},
    edit::{self, EditError, Server},
    registry::{ConfigFile, McpClient},
    replace::FileError,
};
use crate::{
    cli::{
        error::CliError,
        terminal::{print, printable},
    },
    os::files::DiskRefusal,
};
use std::path::PathBuf;
use tai_client::in_local_words;

/// Prints the entry of a client for adding by hand.
pub(super) fn example(client: &McpClient, file: &ConfigFile, server: &Server<'_>) {
    print(&format!("# {}: {}", client.name, file.described()));
    print(edit::example(client, server).trim_end_matches('\n'));
}

/// Prints the outcome of an addition or, without `added`, of a removal.
pub(super) fn outcome(
    client: &McpClient,
    file: &ConfigFile,
    outcome: &Outcome,
    added: Option<&Server<'_>>,
) {
    let name = client.name;
    let place = file.described();
    match outcome {
        Outcome::Unchanged(about) if added.is_some() => {
            print(&format!("{name}: already set up ({place})"));
            notes(name, about);
        }
        Outcome::Unchanged(_) => print(&format!("{name}: nothing to remove ({place})")),
        Outcome::Kept(why) => print(&format!(
            "{name}: nothing to remove; {} ({place})",
            printable(why)
        )),
        Outcome::Planned(changes) => entries(name, "would change", &place, changes),
        Outcome::Written { changes, backup } => {
            entries(name, "changed", &place, changes);
            if let Some(backup) = backup {
                print(&format!("{name}: backup in {}", backup.display()));
            }
            print(&match (added, &changes.instance) {
                (None, _) => format!("{name}: removed. Restart {name} to apply this."),
                (Some(_), Some(instance)) => format!(
                    "{name}: set up as \"{}\". Restart {name} to use it.",
                    printable(instance)
                ),
                (Some(_), None) => format!("{name}: set up. Restart {name} to use it."),
            });
            if added.is_some() {
                for note in client.notes(changes.approves_tools) {
                    print(&in_local_words(&format!("{name}: note: {note}")));
                }
            }
        }
        Outcome::Restored(changes) => {
            entries(name, "changed", &place, changes);
            print(&format!(
                "{name}: removed; the configuration is as before setup. Restart {name} to apply this."
            ));
        }
    }
}

/// Prints the note about backups that a removal leaves.
pub(super) fn backups(client: &McpClient, with_password: &[PathBuf]) {
    let note = |backup: &PathBuf| {
        format!(
            "{} contains a password; delete it if you no longer need it",
            backup.display()
        )
    };
    notes(
        client.name,
        &with_password.iter().map(note).collect::<Vec<_>>(),
    );
}

fn entries(name: &str, verb: &str, place: &str, changes: &Changes) {
    for (key, lines) in &changes.entries {
        print(&format!("{name}: {verb} \"{}\" in {place}", printable(key)));
        print(&indented(lines));
    }
    notes(name, &changes.notes);
}

fn notes(name: &str, notes: &[String]) {
    for note in notes {
        print(&format!("{name}: note: {}", printable(note)));
    }
}

/// Returns lines indented and without control characters.
pub(super) fn indented(lines: &str) -> String {
    let lines = lines.lines().map(|line| format!("  {}", printable(line)));
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the error of a client whose file was not changed.
pub(super) fn failed(
    client: &McpClient,
    file: &ConfigFile,
    error: ApplyError,
    added: Option<&Server<'_>>,
) -> CliError {
    let by_hand = "nothing was changed; fix the file and run this again, or add the entry by hand (`--print`)";
    let hint = match (&error, added) {
        (ApplyError::Edit(EditError::Foreign { .. }), _) => {
            "nothing was changed; rename that entry in the file and run this again".to_owned()
        }
        (ApplyError::Edit(EditError::Duplicate(key)), _) => {
            format!("nothing was changed; delete one \"{key}\" and run this again")
        }
        (ApplyError::File(FileError::Changed), _) => {
            "nothing was changed; run this again".to_owned()
        }
        (ApplyError::File(FileError::ReadOnly), _) => {
            "nothing was changed; make the file writable and run this again".to_owned()
        }
        (ApplyError::File(FileError::Io(error)), _)
            if matches!(
                DiskRefusal::of(error),
                Some(DiskRefusal::Full | DiskRefusal::ReadOnly)
            ) =>
        {
            "nothing was changed; free space on the disk, or make it writable, and run this again"
                .to_owned()
        }
        (_, Some(_)) => by_hand.to_owned(),
        (_, None) => "nothing was changed; fix the file and run this again".to_owned(),
    };
    let what = match added {
        Some(_) => format!("{} is not set up: {}", client.name, file.described()),
        None => format!(
            "tai-mcp is not removed from {}: {}",
            client.name,
            file.described()
        ),
    };
    CliError::new(what)
        .caused_by(printable(&error.to_string()))
        .hint(printable(&hint))
}
