//! Circles of files: two or more files that use each other, directly or through others.
//!
//! A file uses another if its code names an item that the other defines; re-exports are followed
//! to the definition. `mod child;` and `pub use child::Item;` alone are not a use. Test code inside
//! a file is exempt.

use crate::{Finding, Modules, modules::Id, resolve::Target, source::Import};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// The items that a file uses of another, each with its line.
type Ties = BTreeMap<String, usize>;

/// The uses between files.
#[derive(Debug, Default)]
pub struct Graph(BTreeMap<PathBuf, BTreeMap<PathBuf, Ties>>);

impl Graph {
    /// Builds the graph of the files of all crates.
    #[must_use]
    pub fn build(modules: &Modules) -> Self {
        let mut graph = Self::default();
        for (id, node) in modules.all.iter().enumerate() {
            let parent = node.parent.and_then(|parent| modules.node(parent));
            if node.test && parent.is_some_and(|parent| parent.file == node.file) {
                continue;
            }
            for import in node.contents.imports.iter().filter(|import| !import.test) {
                graph.import(modules, id, import);
            }
            for (path, line) in &node.contents.mentions {
                for target in modules.meaning(id, path).targets {
                    if let Target::Item(to, name) = target {
                        graph.add(modules, id, to, name, *line);
                    }
                }
            }
        }
        graph
    }

    /// Adds the uses of an import. The import of a module is not a use; paths through the module
    /// are. A glob uses the module.
    fn import(&mut self, modules: &Modules, id: Id, import: &Import) {
        let targets = modules.meaning(id, &import.path).targets;
        let a_module = targets
            .iter()
            .any(|target| matches!(target, Target::Module(_)));
        for target in targets {
            let (to, name) = match target {
                Target::Item(to, name) if !a_module => (to, name),
                Target::Module(to) if import.binds.is_none() => (to, "*".to_owned()),
                Target::Item(..) | Target::Module(_) | Target::Outside => continue,
            };
            if !(import.exported && is_above(modules, id, to)) {
                self.add(modules, id, to, name, import.line);
            }
        }
    }

    fn add(&mut self, modules: &Modules, from: Id, to: Id, name: String, line: usize) {
        let (Some(from), Some(to)) = (modules.node(from), modules.node(to)) else {
            return;
        };
        if from.file != to.file {
            let uses = self.0.entry(from.file.clone()).or_default();
            let ties = uses.entry(to.file.clone()).or_default();
            ties.entry(name).or_insert(line);
        }
    }

    /// Returns the circles, each as the set of files that use each other.
    #[must_use]
    pub fn circles(&self) -> Vec<BTreeSet<&Path>> {
        let reached: BTreeMap<&Path, BTreeSet<&Path>> = self
            .0
            .keys()
            .map(|file| (file.as_path(), self.reached(file)))
            .collect();
        let mut circles: Vec<BTreeSet<&Path>> = Vec::new();
        for (file, reaches) in &reached {
            if !reaches.contains(file) || circles.iter().any(|circle| circle.contains(file)) {
                continue;
            }
            let back =
                |other: &&&Path| reached.get(**other).is_some_and(|from| from.contains(file));
            circles.push(reaches.iter().filter(back).copied().collect());
        }
        circles
    }

    /// Returns the files that a file uses, directly or not.
    fn reached(&self, file: &Path) -> BTreeSet<&Path> {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![file];
        while let Some(next) = waiting.pop() {
            for used in self.0.get(next).into_iter().flat_map(BTreeMap::keys) {
                if reached.insert(used.as_path()) {
                    waiting.push(used);
                }
            }
        }
        reached
    }

    /// Returns a finding for each file of a circle, with the items that tie it to the others.
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        for circle in self.circles() {
            for file in &circle {
                let uses = self.0.get(*file).into_iter().flatten();
                let inside = uses.filter(|(used, _)| circle.contains(used.as_path()));
                let ties: Vec<String> = inside
                    .map(|(used, ties)| {
                        let ties = ties
                            .iter()
                            .map(|(name, line)| format!("{name} in line {line}"));
                        let ties: Vec<String> = ties.collect();
                        format!("\n    uses {}: {}", used.display(), ties.join(", "))
                    })
                    .collect();
                found.push(Finding {
                    file: file.display().to_string(),
                    line: 0,
                    rule: "no circle of files",
                    reason: format!("in a circle of {} files{}", circle.len(), ties.concat()),
                });
            }
        }
        found
    }
}

/// Returns whether a module is around another.
fn is_above(modules: &Modules, outer: Id, inner: Id) -> bool {
    let mut at = modules.node(inner).and_then(|node| node.parent);
    while let Some(id) = at {
        if id == outer {
            return true;
        }
        at = modules.node(id).and_then(|node| node.parent);
    }
    false
}
