//! Lengths of files and of their docs, vague words, and docs of public items.

use crate::{Files, Finding, rules};

/// Checks that each file is short and begins with a short doc.
#[must_use]
pub fn lengths(files: &Files) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in files.sources() {
        let mut add = |rule: &'static str, reason: String| {
            found.push(Finding {
                file: path.display().to_string(),
                line: 0,
                rule,
                reason,
            });
        };
        let lines = text.lines().count();
        if lines > rules::MAX_LINES {
            let most = rules::MAX_LINES;
            add(
                "short files",
                format!("{lines} lines, and the limit is {most}"),
            );
        }
        let doc = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .count();
        if doc == 0 {
            add("module docs", "the file does not begin with //!".to_owned());
        }
        if doc > rules::MAX_DOC && !path.ends_with("lib.rs") {
            let most = rules::MAX_DOC;
            add(
                "module docs",
                format!("{doc} lines of //!, and the limit is {most}"),
            );
        }
    }
    found
}

/// Returns the median of the lengths of the files.
#[must_use]
pub fn median(files: &Files) -> usize {
    let mut lengths: Vec<usize> = files
        .sources()
        .map(|(_, text)| text.lines().count())
        .collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied().unwrap_or_default()
}

/// Checks that no line of the programs has a vague word.
#[must_use]
pub fn vague(files: &Files) -> Vec<Finding> {
    let programs = files
        .sources()
        .filter(|(path, _)| !path.starts_with("tests") && !path.starts_with("packaging"));
    let mut found = Vec::new();
    for (path, text) in programs {
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| is_vague(line)) {
            found.push(Finding {
                file: path.display().to_string(),
                line: number,
                rule: "no vague words",
                reason: line.trim().to_owned(),
            });
        }
    }
    found
}

fn is_vague(line: &str) -> bool {
    let line = line.to_lowercase();
    let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.any(|word| rules::VAGUE_WORDS.contains(&word))
}

/// Checks that the compiler asks for docs of public items in each library.
#[must_use]
pub fn documented(files: &Files) -> Vec<Finding> {
    let libraries = files
        .sources()
        .filter(|(path, _)| path.ends_with("src/lib.rs"));
    libraries
        .filter(|(path, text)| !path.starts_with("tests") && !text.contains("(missing_docs)]"))
        .map(|(path, _)| Finding {
            file: path.display().to_string(),
            line: 0,
            rule: "documented libraries",
            reason: "no #![warn(missing_docs)]".to_owned(),
        })
        .collect()
}
