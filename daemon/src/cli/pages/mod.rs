//! Pages of the commands: text from the daemon's answers.

pub(super) mod approval;
pub(super) mod audit;
mod clients;
pub(super) mod letter;
pub(super) mod mail_json;
pub(super) mod mailbox;
pub(super) mod status;
