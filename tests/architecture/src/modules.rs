//! The tree of modules of each crate in the workspace.

use crate::{Files, Finding, manifest::Package, parse, source::Module};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
    thread,
};

/// Index of a module in [`Modules::all`].
pub type Id = usize;

/// A module in its tree.
#[derive(Debug)]
pub struct Node {
    /// Absolute name: the crate and the modules down to this one.
    pub name: Vec<String>,
    /// File that holds the module.
    pub file: PathBuf,
    /// The module around this one.
    pub parent: Option<Id>,
    /// Modules inside this one, by name. Two systems may give one name to two modules.
    pub children: BTreeMap<String, Vec<Id>>,
    /// Whether the module or one around it is for tests only.
    pub test: bool,
    /// The contents of the module's source.
    pub contents: Module,
}

/// Every module of every crate.
#[derive(Debug, Default)]
pub struct Modules {
    /// The modules.
    pub all: Vec<Node>,
    /// Root modules of libraries, and of programs without a library, by name.
    pub crates: BTreeMap<String, Id>,
    /// Findings for files that do not parse or that no target reaches.
    pub broken: Vec<Finding>,
}

impl Modules {
    /// Parses the sources and builds the trees.
    #[must_use]
    pub fn build(files: &Files, packages: &[Package]) -> Self {
        let mut modules = Self::default();
        let mut parsed = modules.parse(files);
        for package in packages {
            for root in package.roots(files) {
                let Some(contents) = parsed.remove(&root.file) else {
                    continue;
                };
                let folder = root
                    .file
                    .parent()
                    .map(Path::to_path_buf)
                    .unwrap_or_default();
                let node = Node {
                    name: vec![root.name.clone()],
                    file: root.file,
                    parent: None,
                    children: BTreeMap::new(),
                    test: root.test,
                    contents,
                };
                let id = modules.add(node, &folder, &mut parsed);
                modules.crates.insert(root.name, id);
            }
        }
        for file in parsed.into_keys() {
            modules.break_off(&file, "no target of a crate reaches the file".to_owned());
        }
        modules
    }

    /// Parses each source, on as many threads as there are cores.
    fn parse(&mut self, files: &Files) -> BTreeMap<PathBuf, Module> {
        let sources: Vec<(&Path, &str)> = files.sources().collect();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let results: Vec<_> = thread::scope(|scope| {
            let share = sources.len().div_ceil(cores).max(1);
            let threads: Vec<_> = sources
                .chunks(share)
                .map(|sources| {
                    scope.spawn(move || {
                        let parse =
                            |(path, text): &(&Path, &str)| (path.to_path_buf(), parse::parse(text));
                        sources.iter().map(parse).collect::<Vec<_>>()
                    })
                })
                .collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap_or_default())
                .collect()
        });
        let mut parsed = BTreeMap::new();
        for (path, result) in results {
            match result {
                Ok(contents) => {
                    parsed.insert(path, contents);
                }
                Err(error) => self.break_off(&path, error),
            }
        }
        parsed
    }

    fn break_off(&mut self, file: &Path, reason: String) {
        self.broken.push(Finding {
            file: file.display().to_string(),
            line: 0,
            rule: "each file is a module",
            reason,
        });
    }

    /// Adds a module and the modules inside it. `folder` contains the files of its `mod name;`.
    fn add(&mut self, mut node: Node, folder: &Path, parsed: &mut BTreeMap<PathBuf, Module>) -> Id {
        let inline = std::mem::take(&mut node.contents.inline);
        let declared = std::mem::take(&mut node.contents.declared);
        let (name, file, test) = (node.name.clone(), node.file.clone(), node.test);
        let id = self.all.len();
        self.all.push(node);
        let inner = |child: &str, file: PathBuf, test: bool, contents: Module| Node {
            name: [name.as_slice(), &[child.to_owned()]].concat(),
            file,
            parent: Some(id),
            children: BTreeMap::new(),
            test,
            contents,
        };
        for (child, only_test, contents) in inline {
            let node = inner(&child, file.clone(), test || only_test, contents);
            let added = self.add(node, &folder.join(&child), parsed);
            self.adopt(id, child, added);
        }
        for child in declared {
            let candidates = match child.path {
                Some(path) => vec![normal(&file.with_file_name(path))],
                None => vec![
                    folder.join(format!("{}.rs", child.name)),
                    folder.join(&child.name).join("mod.rs"),
                ],
            };
            let Some((path, contents)) = candidates
                .into_iter()
                .find_map(|path| parsed.remove(&path).map(|contents| (path, contents)))
            else {
                // A file of another crate that is included with `#[path]` is checked there.
                continue;
            };
            let below = match path.file_name().and_then(|name| name.to_str()) {
                Some("mod.rs") => path.parent().map(Path::to_path_buf).unwrap_or_default(),
                _ => path.with_extension(""),
            };
            let node = inner(&child.name, path, test || child.test, contents);
            let added = self.add(node, &below, parsed);
            self.adopt(id, child.name, added);
        }
        id
    }

    fn adopt(&mut self, parent: Id, name: String, child: Id) {
        if let Some(node) = self.all.get_mut(parent) {
            node.children.entry(name).or_default().push(child);
        }
    }

    /// Returns the module with an absolute name, written with `::`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Id> {
        self.all
            .iter()
            .position(|node| node.name.join("::") == name)
    }

    /// Returns whether a module or an item has an absolute name. Those of crates from elsewhere are
    /// unknown, and count as there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let Some((around, own)) = name.rsplit_once("::") else {
            return true;
        };
        let is_ours = name
            .split("::")
            .next()
            .is_some_and(|first| self.crates.contains_key(first));
        let has_item = |id: Id| {
            self.node(id).is_some_and(|node| {
                let mut imports = node.contents.imports.iter();
                node.contents.items.contains(own)
                    || imports.any(|import| import.binds.as_deref() == Some(own))
            })
        };
        !is_ours || self.find(name).is_some() || self.find(around).is_some_and(has_item)
    }

    /// Returns the files of the module with this name and of the modules inside it.
    #[must_use]
    pub fn files_of(&self, name: &str) -> BTreeSet<&Path> {
        self.all
            .iter()
            .filter(|node| is_within(&node.name, name))
            .map(|node| node.file.as_path())
            .collect()
    }
}

/// Returns whether an absolute name is `outer` or inside it.
#[must_use]
pub fn is_within(name: &[String], outer: &str) -> bool {
    let mut parts = name.iter();
    outer
        .split("::")
        .all(|part| parts.next().is_some_and(|own| own == part))
}

/// Returns the path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            Component::Normal(_) | Component::Prefix(_) | Component::RootDir => plain.push(part),
        }
    }
    plain
}
