//! Name resolution: follows a path through modules, aliases, re-exports and globs to its item.

use crate::{
    modules::{Id, Modules, Node},
    source::Import,
};
use std::collections::BTreeSet;

/// The end of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A module.
    Module(Id),
    /// An item that the module defines, by its name.
    Item(Id, String),
    /// A name of a crate outside the workspace.
    Outside,
}

/// The meaning of a path.
#[derive(Debug, Default)]
pub(crate) struct Meaning {
    /// Ends of the path; more than one for a name in two namespaces or on two systems.
    pub(crate) targets: BTreeSet<Target>,
    /// Absolute names of the path: as written, and after each re-export.
    pub(crate) names: BTreeSet<Vec<String>>,
}

impl Modules {
    /// Resolves a path that is written in the module `from`.
    pub(crate) fn meaning(&self, from: Id, path: &[String]) -> Meaning {
        let mut walk = Walk {
            modules: self,
            seen: BTreeSet::new(),
            meaning: Meaning::default(),
        };
        walk.path(from, path);
        walk.meaning
    }

    pub(crate) fn node(&self, id: Id) -> Option<&Node> {
        self.all.get(id)
    }

    fn root(&self, mut id: Id) -> Id {
        while let Some(parent) = self.node(id).and_then(|node| node.parent) {
            id = parent;
        }
        id
    }
}

struct Walk<'a> {
    modules: &'a Modules,
    /// Names already looked up; stops at imports that lead back to themselves.
    seen: BTreeSet<(Id, Vec<String>)>,
    meaning: Meaning,
}

impl Walk<'_> {
    /// Follows a path from the module that contains it. Returns whether the path has a meaning.
    fn path(&mut self, from: Id, path: &[String]) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return false;
        };
        match first.as_str() {
            "" => self.outside(rest),
            "crate" => self.inside(self.modules.root(from), rest),
            "self" => self.inside(from, rest),
            "super" => self.above(from, rest),
            "Self" => false,
            _ => self.name(from, path) || self.outside(path),
        }
    }

    fn above(&mut self, from: Id, rest: &[String]) -> bool {
        match self.modules.node(from).and_then(|node| node.parent) {
            Some(parent) => self.inside(parent, rest),
            None => false,
        }
    }

    /// Follows a path that begins with a crate. A variable or a name of the prelude has no
    /// crate and counts as outside.
    fn outside(&mut self, path: &[String]) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return false;
        };
        if let Some(root) = self.modules.crates.get(first) {
            return self.inside(*root, rest);
        }
        self.meaning.names.insert(path.to_vec());
        self.meaning.targets.insert(Target::Outside);
        true
    }

    /// Follows the rest of a path from a module.
    fn inside(&mut self, id: Id, rest: &[String]) -> bool {
        let Some(node) = self.modules.node(id) else {
            return false;
        };
        let Some(first) = rest.first() else {
            self.meaning.names.insert(node.name.clone());
            self.meaning.targets.insert(Target::Module(id));
            return true;
        };
        if let ("super", Some((_, rest))) = (first.as_str(), rest.split_first()) {
            return self.above(id, rest);
        }
        self.meaning
            .names
            .insert([node.name.as_slice(), rest].concat());
        // The lookup does not see an item that a macro defines: assume that the module has it.
        self.name(id, rest) || {
            self.meaning.targets.insert(Target::Item(id, first.clone()));
            true
        }
    }

    /// Looks a name up in a module: its modules, its items, its imports, then its globs.
    fn name(&mut self, id: Id, path: &[String]) -> bool {
        let (Some(node), Some((first, rest))) = (self.modules.node(id), path.split_first()) else {
            return false;
        };
        if !self.seen.insert((id, path.to_vec())) {
            return false;
        }
        let mut found = false;
        for child in node.children.get(first).into_iter().flatten() {
            found |= self.inside(*child, rest);
        }
        if found && !rest.is_empty() {
            return true;
        }
        if node.contents.items.contains(first) {
            found = true;
            let name = [node.name.as_slice(), path].concat();
            self.meaning.names.insert(name);
            self.meaning.targets.insert(Target::Item(id, first.clone()));
        }
        for import in &node.contents.imports {
            if import.binds.as_deref() == Some(first) {
                found |= self.path(id, &[import.path.as_slice(), rest].concat());
            }
        }
        found || self.globs(id, &node.contents.imports, path)
    }

    fn globs(&mut self, id: Id, imports: &[Import], path: &[String]) -> bool {
        let mut found = false;
        for glob in imports.iter().filter(|import| import.binds.is_none()) {
            let mut walk = Walk {
                modules: self.modules,
                seen: self.seen.clone(),
                meaning: Meaning::default(),
            };
            walk.path(id, &glob.path);
            if walk.meaning.targets.contains(&Target::Outside) {
                // The items of an outside crate are unknown: assume that the glob may import the
                // name.
                let names = walk.meaning.names.into_iter();
                let names = names.map(|name| [name.as_slice(), path].concat());
                self.meaning.names.extend(names);
            }
            for target in walk.meaning.targets {
                if let Target::Module(module) = target
                    && module != id
                {
                    found |= self.name(module, path);
                }
            }
        }
        found
    }
}
