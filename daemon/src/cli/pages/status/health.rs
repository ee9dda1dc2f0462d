//! Lines about the parts of taid that can fail while it is signed in.

use crate::cli::terminal::Mood;
use tai_proto::status::{DamagedFile, FailingFile, ReaderStatus, SharedLeasesStatus, Status};

/// A line of the page.
pub(super) struct Line {
    pub(super) label: &'static str,
    pub(super) text: String,
    pub(super) mood: Option<Mood>,
}

/// Returns lines for each part that fails, and one for the leases that several machines share.
pub(super) fn lines(status: &Status) -> Vec<Line> {
    let mut lines = reader(&status.reader);
    lines.extend(status.failing_files.iter().flat_map(failing_file));
    lines.extend(status.damaged_files.iter().flat_map(damaged_file));
    lines.extend(status.shared_leases.as_ref().map(shared_leases));
    lines
}

/// Returns lines about a file that taid cannot write.
fn failing_file(file: &FailingFile) -> [Line; 2] {
    let FailingFile {
        path,
        effect,
        why,
        hint,
    } = file;
    let cause = match path.is_empty() {
        true => format!("taid cannot record it: {why}"),
        false => format!("taid cannot write {path}: {why}"),
    };
    let problem = Line {
        label: "files",
        text: format!("{effect}, because {cause}"),
        mood: Some(Mood::Bad),
    };
    let hint = Line {
        label: "  hint",
        text: hint.clone(),
        mood: None,
    };
    [problem, hint]
}

/// Returns lines about a file with lines that taid cannot read.
fn damaged_file(file: &DamagedFile) -> [Line; 2] {
    let place = match file.path.as_str() {
        "" => "a file of taid",
        path => path,
    };
    let (effect, problem) = (&file.effect, file.problem());
    let problem = Line {
        label: "files",
        text: format!("{effect}: in {place}, {problem}"),
        mood: Some(Mood::Bad),
    };
    let hint = Line {
        label: "  hint",
        text: file.hint.clone(),
        mood: None,
    };
    [problem, hint]
}

/// Returns lines about the worker that reads mails, if a mail or a limit of the worker is affected.
fn reader(reader: &ReaderStatus) -> Vec<Line> {
    let mut texts = Vec::new();
    if let Some(error) = &reader.error {
        texts.push(format!("cannot be started, mails are plain text: {error}"));
    }
    match reader.failures {
        0 => {}
        1 => texts.push("1 mail could not be rendered".to_owned()),
        n => texts.push(format!("{n} mails could not be rendered")),
    }
    let unconfined = reader.unconfined.as_deref().unwrap_or_default();
    if !unconfined.is_empty() {
        texts.push(format!("not confined by {}", unconfined.join(", ")));
    }
    let line = |(n, text)| Line {
        label: if n == 0 { "reader" } else { "" },
        text,
        mood: None,
    };
    texts.into_iter().enumerate().map(line).collect()
}

/// Returns the line about the leases that several machines share.
fn shared_leases(shared: &SharedLeasesStatus) -> Line {
    let (text, mood) = match (&shared.error, shared.answers) {
        (Some(error), _) => (
            format!("shared; the store fails, so that no mail is fetched: {error}"),
            Some(Mood::Bad),
        ),
        (None, None) => ("shared; the store has not been asked yet".to_owned(), None),
        (None, Some(_)) => ("shared; the store answers".to_owned(), Some(Mood::Good)),
    };
    let label = "leases";
    Line { label, text, mood }
}
