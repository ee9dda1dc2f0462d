//! Pages of the commands: text from the daemon's answers.

pub(super) mod approval;
pub(super) mod audit;
pub(super) mod status;
