//! Pure files: a decision that depends on its arguments alone.

use crate::{Finding, Modules, modules::is_within};

const RULE: &str = "pure files";
const REASON: &str = "a state machine depends on its arguments alone, so that a table can cover it";

/// Checks the files in `pure` and each that defines a function `step`.
#[must_use]
pub fn check(modules: &Modules, pure: &[&str], impure: &[&str]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in pure {
        if !modules
            .all
            .iter()
            .any(|node| node.file.as_os_str() == *file)
        {
            found.push(Finding {
                file: (*file).to_owned(),
                line: 0,
                rule: RULE,
                reason: "there is no such file".to_owned(),
            });
        }
    }
    for (id, node) in modules.all.iter().enumerate() {
        let file = node.file.display().to_string();
        if node.test
            || !(pure.contains(&file.as_str()) || node.contents.functions.contains_key("step"))
        {
            continue;
        }
        let mut add = |line: usize, what: &str| {
            found.push(Finding {
                file: file.clone(),
                line,
                rule: RULE,
                reason: format!("{what}: {REASON}"),
            });
        };
        for line in &node.contents.asynchronous {
            add(*line, "async code");
        }
        for (path, line) in node.contents.names() {
            let names = modules.meaning(id, path).names;
            let is_impure =
                |name: &Vec<String>| impure.iter().any(|impure| is_within(name, impure));
            if names.iter().any(is_impure) {
                add(line, &path.join("::"));
            }
        }
    }
    found
}
