//! `taid logs`: the end of the log, and what is added to it.

use super::{Failure, say};
use crate::server::logging;
use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

/// How often the file is looked at while it is followed.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Prints the last `lines` lines, and with `follow` every one that is added.
pub(super) async fn logs(profile: &str, lines: usize, follow: bool) -> Result<(), Failure> {
    let Some(dir) = logging::dir(profile) else {
        say("no home directory is known", "HOME is not set", "Set HOME.");
        return Err(Failure::Failed);
    };
    let link = logging::present(&dir);
    let mut file = match File::open(&link) {
        Ok(file) => BufReader::new(file),
        Err(error) => {
            say(
                "there is no log yet",
                &format!("{}: {error}", link.display()),
                "It is written from the first `taid run` on.",
            );
            return Err(Failure::Failed);
        }
    };
    let mut present = target(&link);
    let mut kept = earlier(&dir, present.as_deref(), lines);
    let mut line = Vec::new();
    while read_line(&mut file, &mut line) {
        kept.push(std::mem::take(&mut line));
        if kept.len() > lines {
            kept.remove(0);
        }
    }
    for line in kept {
        if !show(&line) {
            return Ok(());
        }
    }
    if !follow {
        return Ok(());
    }
    loop {
        while read_line(&mut file, &mut line) {
            if !show(&std::mem::take(&mut line)) {
                return Ok(());
            }
        }
        // At midnight the link leads to a new file; what is left of the old one was read.
        let now = target(&link);
        if now != present
            && let Ok(next) = File::open(&link)
        {
            present = now;
            file = BufReader::new(next);
            continue;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn target(link: &Path) -> Option<PathBuf> {
    std::fs::read_link(link).ok()
}

/// The last lines of the days before, as far as today's may not be enough.
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

/// Reads on until the line is whole; the part of one that is still being written is kept.
fn read_line(file: &mut BufReader<File>, line: &mut Vec<u8>) -> bool {
    matches!(file.read_until(b'\n', line), Ok(n) if n > 0) && line.ends_with(b"\n")
}

/// Whether somebody still reads.
fn show(line: &[u8]) -> bool {
    let mut out = io::stdout();
    out.write_all(line).and_then(|()| out.flush()).is_ok()
}
