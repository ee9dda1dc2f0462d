//! A small workspace for planted violations, with the modules that the tables name.

use std::{collections::BTreeMap, path::PathBuf};
use tai_architecture::{
    Files, Modules, manifest,
    rules::{Limit, MODULE_WALLS},
};

/// The libraries of the small workspace, each with its folder.
const LIBRARIES: &[(&str, &str)] = &[
    ("tai_auth", "daemon/auth"),
    ("tai_client", "proto/client"),
    ("tai_names", "proto/names"),
    ("tai_proto", "proto"),
    ("taid", "daemon"),
];

/// The items of each module of the small workspace.
const CONTENTS: &str = "pub struct Thing;\npub trait Trait {}\npub fn call() {}\n\
    #[macro_export] macro_rules! call { () => {} }\n";

/// A small workspace under construction: the text of each module by its absolute name.
pub(crate) struct Tree(BTreeMap<String, String>);

impl Tree {
    /// Returns the workspace without a violation.
    pub(crate) fn new() -> Self {
        let mut tree = Self(BTreeMap::new());
        for (library, _) in LIBRARIES {
            tree.module(library, CONTENTS);
        }
        for wall in MODULE_WALLS {
            let (Limit::Never(names) | Limit::Only(names)) = wall.limit;
            for name in names
                .iter()
                .chain([&wall.inside])
                .filter(|name| is_ours(name))
            {
                tree.module(name, CONTENTS);
            }
        }
        tree
    }

    /// Adds a module with its text, and the modules around it.
    pub(crate) fn module(&mut self, name: &str, text: &str) {
        if self.0.contains_key(name) {
            return;
        }
        if let Some((around, own)) = name.rsplit_once("::") {
            self.module(around, CONTENTS);
            self.extend(around, &format!("pub mod {own};\n"));
        }
        self.0
            .insert(name.to_owned(), format!("//! A module.\n\n{text}"));
    }

    /// Adds text to a module.
    pub(crate) fn extend(&mut self, name: &str, text: &str) {
        self.0.get_mut(name).unwrap().push_str(text);
    }

    /// Returns the files.
    pub(crate) fn files(&self) -> Files {
        let mut files = Files::default();
        for (library, folder) in LIBRARIES {
            let name = library.replace('_', "-");
            let manifest = format!("[package]\nname = \"{name}\"\n");
            files.insert(format!("{folder}/Cargo.toml"), manifest);
        }
        for (name, text) in &self.0 {
            files.insert(file(name), text.clone());
        }
        files
    }

    /// Returns the parsed modules.
    pub(crate) fn modules(&self) -> Modules {
        build(&self.files())
    }
}

/// Parses the modules of some files. Each file must be reached.
pub(crate) fn build(files: &Files) -> Modules {
    let modules = Modules::build(files, &manifest::packages(files).unwrap());
    assert_eq!(modules.broken, []);
    modules
}

/// Returns whether a path begins with a crate of the workspace.
pub(crate) fn is_ours(name: &str) -> bool {
    let first = name.split("::").next().unwrap();
    LIBRARIES.iter().any(|(library, _)| *library == first)
}

/// Returns the file of a module. A planted module has no folder of its own.
pub(crate) fn file(name: &str) -> String {
    let mut parts = name.split("::");
    let library = parts.next().unwrap();
    let folder = LIBRARIES.iter().find(|(own, _)| *own == library).unwrap().1;
    let inner: PathBuf = parts.collect();
    let inner = inner.display().to_string();
    match inner.rsplit('/').next().unwrap() {
        "" => format!("{folder}/src/lib.rs"),
        last if last.starts_with("planted") => format!("{folder}/src/{inner}.rs"),
        _ => format!("{folder}/src/{inner}/mod.rs"),
    }
}
