//! Writes manual pages and shell completions, made from the same definitions as the command
//! lines: `cargo run --bin tai-packaging -- DIRECTORY`. It packs nothing.

#[path = "../../shim/src/cli.rs"]
mod cli;

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
            eprintln!("error: {} cannot be written: {error}", dir.display());
            ExitCode::FAILURE
        }
    }
}

fn write(dir: &Path) -> io::Result<()> {
    let (man, completions) = (dir.join("man"), dir.join("completions"));
    for command in [taid::cli::command(), cli::Args::command()] {
        pages(command.clone(), &man)?;
        fs::create_dir_all(&completions)?;
        let name = command.get_name().to_owned();
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
            generate_to(shell, &mut command.clone(), &name, &completions)?;
        }
    }
    Ok(())
}

/// `taid(1)`, and one page for each command of its own: `taid-login(1)`.
fn pages(command: Command, dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    clap_mangen::generate_to(command.disable_help_subcommand(true), dir)
}
