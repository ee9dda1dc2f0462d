//! The programs and their command lines.

use clap::{Command, CommandFactory as _};

/// A program of the packages.
pub(crate) struct Program {
    /// Name of the executable.
    pub(crate) name: &'static str,
    /// Definition of its command line.
    pub(crate) command: Command,
}

/// Returns taid and tai-mcp.
pub(crate) fn programs() -> [Program; 2] {
    [
        Program {
            name: "taid",
            command: taid::cli::command(),
        },
        Program {
            name: "tai-mcp",
            command: tai_mcp(),
        },
    ]
}

impl Program {
    /// Returns the manual page of a command. A command that tai-mcp passes to taid has taid's page.
    pub(crate) fn page(&self, command: &str) -> String {
        match (self.name, command) {
            ("tai-mcp", "live") => "tai-mcp-live".to_owned(),
            (_, command) => format!("taid-{command}"),
        }
    }
}

/// Returns the command line of tai-mcp, with the commands that it passes to taid.
fn tai_mcp() -> Command {
    let own = crate::cli::Args::command();
    let taid = taid::cli::command();
    let live = own.find_subcommand("live").cloned();
    let of_taid = taid.get_subcommands().cloned().map(|command| {
        let globals = taid.get_arguments().filter(|arg| arg.is_global_set());
        // tai-mcp has `--home` itself.
        let globals = globals.filter(|arg| arg.get_id() != "home");
        command.args(globals.cloned())
    });
    bare(&own).subcommands(live.into_iter().chain(of_taid))
}

/// Returns the command line without hidden commands and options. clap cannot remove them.
pub(crate) fn visible(command: &Command) -> Command {
    let commands = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    bare(command).subcommands(commands.map(visible))
}

/// Returns a command without its subcommands and hidden options.
fn bare(command: &Command) -> Command {
    // clap wants names that live as long as the process.
    let name: &'static str = command.get_name().to_owned().leak();
    let arguments = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let mut shown = Command::new(name)
        .args(arguments.cloned())
        .subcommand_required(command.is_subcommand_required_set());
    if let Some(version) = command.get_version() {
        let version: &'static str = version.to_owned().leak();
        shown = shown.version(version);
    }
    if let Some(text) = command.get_about() {
        shown = shown.about(text.clone());
    }
    if let Some(text) = command.get_long_about() {
        shown = shown.long_about(text.clone());
    }
    if let Some(text) = command.get_after_help() {
        shown = shown.after_help(text.clone());
    }
    shown
}
