//! Pages that commands print: text made of the daemon's answers.

pub(super) mod approval;
pub(super) mod status;
