//! One check and its result.

use super::repair::Repair;
use serde::Serialize;

/// Result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    /// Subject; the same in every run.
    pub(super) name: String,
    /// State.
    pub(super) state: State,
    /// Finding, in a sentence without secrets.
    pub(super) found: String,
    /// Suggested action; empty if none is needed.
    pub(super) remedy: String,
    /// What `--fix` does about it.
    #[serde(skip)]
    pub(super) repair: Option<Repair>,
}

impl Check {
    /// Adds what `--fix` does about the problem.
    pub(super) fn repaired_by(self, repair: impl Into<Option<Repair>>) -> Self {
        let repair = repair.into();
        Self { repair, ..self }
    }
}

/// Verdict of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// No problem.
    Ok,
    /// A problem.
    Wrong,
    /// Does not apply here, or cannot be checked because of an earlier problem.
    Skipped,
}

fn check(name: &str, state: State, found: impl Into<String>, remedy: impl Into<String>) -> Check {
    Check {
        name: name.to_owned(),
        state,
        found: found.into(),
        remedy: remedy.into(),
        repair: None,
    }
}

/// Returns a check without a problem.
pub(super) fn ok(name: &str, found: impl Into<String>) -> Check {
    check(name, State::Ok, found, "")
}

/// Returns a check with a problem.
pub(super) fn wrong(name: &str, found: impl Into<String>, remedy: impl Into<String>) -> Check {
    check(name, State::Wrong, found, remedy)
}

/// Returns a check that was not made.
pub(super) fn skipped(name: &str, why: impl Into<String>) -> Check {
    check(name, State::Skipped, why, "")
}
