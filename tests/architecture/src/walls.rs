//! The walls inside crates: permitted and forbidden names per module.

use crate::{
    Finding, Modules,
    modules::{Id, is_within},
    rules::{Limit, ModuleWall},
};
use std::collections::{BTreeMap, BTreeSet};

const RULE: &str = "module walls";

/// Checks the walls. Tests are exempt.
#[must_use]
pub fn check(modules: &Modules, walls: &[ModuleWall]) -> Vec<Finding> {
    let mut found = BTreeSet::new();
    for wall in walls {
        let inside = |id: &Id| {
            let node = modules.node(*id);
            node.is_some_and(|node| !node.test && is_within(&node.name, wall.inside))
        };
        let guarded: Vec<Id> = (0..modules.all.len()).filter(inside).collect();
        let forbidden = match wall.limit {
            Limit::Never(never) => never,
            Limit::Only(_) => &[],
        };
        let missing = forbidden.iter().filter(|name| !modules.has(name));
        for name in missing.chain(guarded.is_empty().then_some(&wall.inside)) {
            found.insert(Finding {
                file: "tests/architecture/src/rules.rs".to_owned(),
                line: 0,
                rule: RULE,
                reason: format!("there is no {name}"),
            });
        }
        for id in guarded {
            module(modules, wall, id, &mut found);
        }
    }
    found.into_iter().collect()
}

/// Adds a finding for each forbidden module that the code names, with every name and line.
fn module(modules: &Modules, wall: &ModuleWall, id: Id, found: &mut BTreeSet<Finding>) {
    let Some(node) = modules.node(id) else {
        return;
    };
    let mut broken_by: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for (path, line) in node.contents.names() {
        for name in modules.meaning(id, path).names {
            if let Some(subject) = broken(modules, wall, &name) {
                let lines = broken_by.entry(subject).or_default();
                let first = lines.entry(name.join("::")).or_insert(line);
                *first = line.min(*first);
            }
        }
    }
    for (subject, names) in broken_by {
        let named: Vec<String> = names
            .iter()
            .map(|(name, line)| format!("{name} in line {line}"))
            .collect();
        found.insert(Finding {
            file: node.file.display().to_string(),
            line: names.values().min().copied().unwrap_or_default(),
            rule: RULE,
            reason: format!(
                "{} must not know {subject}, because {}\n    names {}",
                wall.inside,
                wall.reason,
                named.join(", ")
            ),
        });
    }
}

/// Returns the forbidden module that contains a name.
fn broken(modules: &Modules, wall: &ModuleWall, name: &[String]) -> Option<String> {
    match wall.limit {
        Limit::Never(never) => {
            let broken = never.iter().find(|never| is_within(name, never));
            broken.map(|never| (*never).to_owned())
        }
        Limit::Only(only) => {
            let ours = modules.crates.contains_key(name.first()?);
            let allowed =
                is_within(name, wall.inside) || only.iter().any(|only| is_within(name, only));
            (ours && !allowed).then(|| name.iter().take(2).cloned().collect::<Vec<_>>().join("::"))
        }
    }
}
