//! Generator of manual pages and shell completions: `cargo run --bin tai-packaging -- DIRECTORY`.
//!
//! The sources are the definitions of the command lines and of the configuration keys. The
//! generator must not build packages.

#[expect(dead_code, reason = "only the definition of the command line is used")]
#[path = "../../shim/src/cli.rs"]
mod cli;
mod command_page;
mod completions;
mod config_page;
mod overview_page;
mod page;
mod programs;
#[cfg(test)]
mod tests;

use page::Page;
use programs::{Program, programs};
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
    let programs = programs();
    for program in &programs {
        completions::write(program, &dir.join("completions"))?;
    }
    let man = dir.join("man");
    fs::create_dir_all(&man)?;
    for page in pages(&programs) {
        fs::write(man.join(page.file()), page.render())?;
    }
    Ok(())
}

/// Returns every manual page.
fn pages(programs: &[Program]) -> Vec<Page> {
    let mut pages: Vec<Page> = programs.iter().flat_map(command_page::pages).collect();
    pages.extend([config_page::page(), overview_page::page()]);
    pages
}
