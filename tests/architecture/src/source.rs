//! The contents of a source file, as plain data.

use std::collections::{BTreeMap, BTreeSet};

/// A path as it is written: its segments, with an empty first one for a leading `::`.
pub type Name = Vec<String>;

/// A `use` declaration, one leaf of its tree.
#[derive(Debug, Clone)]
pub struct Import {
    /// The path that is imported; for a glob the path before `::*`.
    pub path: Name,
    /// The name that is bound; `None` for a glob.
    pub binds: Option<String>,
    /// Whether the name is visible outside its module.
    pub exported: bool,
    /// Whether the import is for tests only.
    pub test: bool,
    /// Line, counted from 1.
    pub line: usize,
}

/// A module declared with `mod name;`.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The module's name.
    pub name: String,
    /// The value of its `#[path]` attribute.
    pub path: Option<String>,
    /// Whether the module is for tests only.
    pub test: bool,
}

/// A module's contents.
#[derive(Debug, Default)]
pub struct Module {
    /// Names of the items that are defined here.
    pub items: BTreeSet<String>,
    /// Modules in files of their own.
    pub declared: Vec<Declared>,
    /// Modules with their contents here, each with whether it is for tests only.
    pub inline: Vec<(String, bool, Module)>,
    /// Imports, including those inside functions.
    pub imports: Vec<Import>,
    /// Paths that code names, with the first line of each.
    pub mentions: BTreeMap<Name, usize>,
    /// Paths that only code for tests names.
    pub test_mentions: BTreeMap<Name, usize>,
    /// Functions and methods, with their lines.
    pub functions: BTreeMap<String, usize>,
    /// Lines with `async` or `.await`.
    pub asynchronous: BTreeSet<usize>,
}

impl Module {
    /// Returns each path that code names outside tests, imports first, with its line.
    pub fn names(&self) -> impl Iterator<Item = (&Name, usize)> {
        let imports = self.imports.iter().filter(|import| !import.test);
        let imports = imports.map(|import| (&import.path, import.line));
        imports.chain(self.mentions.iter().map(|(path, line)| (path, *line)))
    }
}
