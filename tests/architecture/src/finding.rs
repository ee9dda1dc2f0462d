//! A violation of a rule, and the list of the violations that are still permitted.

use std::{collections::BTreeSet, fmt};

/// A violation of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Path of the file from the workspace's root.
    pub file: String,
    /// Line, counted from 1; 0 for the whole file.
    pub line: usize,
    /// Name of the rule.
    pub rule: &'static str,
    /// Name of the forbidden module or crate; empty for rules on whole files.
    pub subject: String,
    /// Description of the violation, and the reason for the rule.
    pub reason: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {}: {}", self.rule, self.reason)
    }
}

/// A violation that is permitted for now: rule, file and subject.
pub type Pending = (&'static str, &'static str, &'static str);

/// Returns the findings that `pending` does not permit, and one for each entry that permits
/// nothing.
#[must_use]
pub fn unexpected(found: Vec<Finding>, pending: &[Pending]) -> Vec<Finding> {
    let mut unused: BTreeSet<Pending> = pending.iter().copied().collect();
    let mut left: Vec<Finding> = found
        .into_iter()
        .filter(|finding| {
            let entry = pending.iter().find(|(rule, file, subject)| {
                *rule == finding.rule && *file == finding.file && *subject == finding.subject
            });
            entry.inspect(|entry| {
                unused.remove(*entry);
            });
            entry.is_none()
        })
        .collect();
    for (rule, file, subject) in unused {
        left.push(Finding {
            file: file.to_owned(),
            line: 0,
            rule,
            subject: subject.to_owned(),
            reason: format!(
                "the violation is gone: remove (\"{rule}\", \"{file}\", \"{subject}\") from \
                 tests/architecture/src/pending.rs"
            ),
        });
    }
    left
}
