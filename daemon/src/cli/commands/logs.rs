//! `taid logs`: prints the end of the log, and lines as they are added.

use crate::{
    cli::{
        daemon::hint_to_start,
        error::{CliError, Exit},
        number,
        target::Target,
    },
    server::logging,
};
use clap::Args;
use std::{
    collections::VecDeque,
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

/// Interval at which `--follow` reads the file.
const READ_EVERY: Duration = Duration::from_millis(200);

/// Show the end of the log
#[derive(Args)]
#[command(after_help = "Examples:
  taid logs           show the newest 50 lines
  taid logs --follow  print lines as they are added")]
pub(in crate::cli) struct Logs {
    /// Print lines as they are added
    #[arg(short, long)]
    follow: bool,
    /// Number of lines to print first
    #[arg(short = 'n', long, value_name = "N", default_value_t = 50, value_parser = number::any::<usize>())]
    lines: usize,
}

impl Logs {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let dir = logging::dir(target.places.state(), &target.profile);
        let link = logging::current_file(&dir);
        let mut file = match File::open(&link) {
            Ok(file) => BufReader::new(file),
            Err(error) => {
                return Err(CliError::new("there is no log yet")
                    .caused_by(format!("{}: {error}", link.display()))
                    .hint(hint_to_start(&target.profile)));
            }
        };
        let mut present = points_to(&link);
        let mut kept = VecDeque::from(earlier(&dir, present.as_deref(), self.lines));
        let mut line = Vec::new();
        while read_line(&mut file, &mut line) {
            kept.push_back(std::mem::take(&mut line));
            if kept.len() > self.lines {
                kept.pop_front();
            }
        }
        let shown = kept.iter().all(|line| show(line));
        if !shown || !self.follow {
            return Ok(Exit::Success);
        }
        loop {
            // After midnight the link points to a new file. It is looked at first, so that the old
            // one is read to its end.
            let now = points_to(&link);
            while read_line(&mut file, &mut line) {
                if !show(&std::mem::take(&mut line)) {
                    return Ok(Exit::Success);
                }
            }
            if now != present
                && let Ok(next) = File::open(&link)
            {
                present = now;
                file = BufReader::new(next);
                continue;
            }
            tokio::time::sleep(READ_EVERY).await;
        }
    }
}

fn points_to(link: &Path) -> Option<PathBuf> {
    std::fs::read_link(link).ok()
}

/// Returns the last lines of the newest file before the current one.
fn earlier(dir: &Path, present: Option<&Path>, lines: usize) -> Vec<Vec<u8>> {
    let present = present.and_then(Path::file_name);
    let mut days: Vec<PathBuf> = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension().is_some_and(|ending| ending == "log")
                && path.file_name() != present
                && !path.is_symlink()
        })
        .collect();
    days.sort();
    let mut text = Vec::new();
    if let Some(day) = days.pop()
        && let Ok(mut file) = File::open(day)
    {
        let _ = file.read_to_end(&mut text);
    }
    let all: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let from = all.len().saturating_sub(lines);
    all.get(from..)
        .unwrap_or_default()
        .iter()
        .map(|line| line.to_vec())
        .collect()
}

/// Reads until the line is complete. An incomplete line stays in `line` for the next call.
fn read_line(file: &mut BufReader<File>, line: &mut Vec<u8>) -> bool {
    matches!(file.read_until(b'\n', line), Ok(n) if n > 0) && line.ends_with(b"\n")
}

/// Writes a line. Returns `false` if standard output is closed.
fn show(line: &[u8]) -> bool {
    let mut out = io::stdout();
    out.write_all(line).and_then(|()| out.flush()).is_ok()
}
