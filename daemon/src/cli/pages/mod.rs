//! Pages of the commands: text from the daemon's answers.

pub(super) mod approval;
pub(super) mod audit;
mod clients;
pub(super) mod letter;
pub(super) mod mail_json;
pub(super) mod mailbox;
pub(super) mod status;

/// Returns a count with its noun: `1 mail`, `2 mails`.
pub(super) fn count(n: u64, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{plural}")
}
