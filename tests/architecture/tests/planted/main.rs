//! Planted violations: each rule, in each form that a source can break it, is reported with the
//! file, the rule and the reason.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod circles;
mod crates;
mod forms;
mod prose;
mod pure;
mod tree;
mod walls;

use tai_architecture::Finding;

/// Asserts that a rule reports a file with a reason that holds these words.
fn assert_reported(found: &[Finding], file: &str, rule: &str, words: &str) {
    let text: Vec<String> = found.iter().map(Finding::to_string).collect();
    assert!(
        found.iter().any(|finding| finding.file == file
            && finding.rule == rule
            && finding.reason.contains(words)),
        "no finding of `{rule}` in {file} with {words:?} among:\n{}",
        text.join("\n")
    );
}
