//! Generator of manual pages and shell completions: `cargo run --bin tai-packaging -- DIRECTORY`.
//!
//! The sources are the definitions of the command lines and of the configuration keys. The
//! generator must not build packages.

#[expect(dead_code, reason = "only the definition of the command line is used")]
#[path = "../../shim/src/cli.rs"]
mod cli;
mod config_page;

use clap::{Command, CommandFactory as _};
use clap_complete::{Shell, generate_to};
use std::{fs, io, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let Some(dir) = std::env::args_os().nth(1) else {
        eprintln!("usage: tai-packaging DIRECTORY");
        return ExitCode::from(2);
    };
    match write(Path::new(&dir)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot write {}\ncaused by: {error}", dir.display());
            ExitCode::FAILURE
        }
    }
}

/// Writes `man` and `completions` below a directory.
fn write(dir: &Path) -> io::Result<()> {
    let (man, completions) = (dir.join("man"), dir.join("completions"));
    fs::create_dir_all(&completions)?;
    for command in [taid::cli::command(), cli::Args::command()] {
        write_pages(command.clone(), &man)?;
        let name = command.get_name().to_owned();
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
            generate_to(shell, &mut command.clone(), &name, &completions)?;
        }
    }
    config_page::write(&man)
}

/// Writes the page of a program, such as `taid(1)`, and of each command, such as
/// `taid-login(1)`.
fn write_pages(command: Command, dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    clap_mangen::generate_to(command.disable_help_subcommand(true), dir)
}
