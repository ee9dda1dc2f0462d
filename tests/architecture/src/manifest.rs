//! The crates of the workspace, from their `Cargo.toml`: targets, dependencies, and the walls
//! between crates.

use crate::{
    Files, Finding,
    rules::{Ban, CrateWall},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};
use toml::{Table, Value};

/// A crate of the workspace.
#[derive(Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its dependencies, including those of tests and build scripts.
    pub dependencies: Vec<Dependency>,
    /// Files of the targets that the manifest names.
    named: Vec<PathBuf>,
}

/// A dependency.
#[derive(Debug)]
pub struct Dependency {
    /// Name of the crate, also if the manifest renames it.
    pub name: String,
    /// Whether it is a dependency of tests only.
    pub test: bool,
    /// Whether the default features include it.
    pub default: bool,
}

/// A crate root.
#[derive(Debug)]
pub struct Root {
    /// Name that paths begin with.
    pub name: String,
    /// Its file.
    pub file: PathBuf,
    /// Whether the target is for tests only.
    pub test: bool,
}

/// Reads the manifests.
///
/// # Errors
/// A manifest that is not TOML or has no package.
pub fn packages(files: &Files) -> Result<Vec<Package>, String> {
    let mut workspace = BTreeMap::new();
    if let Some(text) = files.get(Path::new("Cargo.toml")) {
        let table = parse(Path::new("Cargo.toml"), text)?;
        if let Some(Value::Table(shared)) = at(&table, &["workspace", "dependencies"]) {
            for (key, value) in shared {
                workspace.insert(key.clone(), real_name(key, value));
            }
        }
    }
    files
        .manifests()
        .map(|(path, text)| package(path, &parse(path, text)?, &workspace))
        .collect()
}

fn parse(path: &Path, text: &str) -> Result<Table, String> {
    text.parse()
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn package(
    path: &Path,
    table: &Table,
    workspace: &BTreeMap<String, String>,
) -> Result<Package, String> {
    let Some(Value::String(name)) = at(table, &["package", "name"]) else {
        return Err(format!("{}: no package", path.display()));
    };
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let enabled = default_features(table);
    let mut dependencies = Vec::new();
    let mut read = |table: &Table| {
        for kind in ["dependencies", "build-dependencies", "dev-dependencies"] {
            let Some(Value::Table(listed)) = table.get(kind) else {
                continue;
            };
            for (key, value) in listed {
                let real = workspace.get(key).cloned();
                let optional = value.get("optional").and_then(Value::as_bool) == Some(true);
                dependencies.push(Dependency {
                    name: real.unwrap_or_else(|| real_name(key, value)),
                    test: kind == "dev-dependencies",
                    default: !optional || enabled.contains(key.as_str()),
                });
            }
        }
    };
    read(table);
    if let Some(Value::Table(systems)) = table.get("target") {
        systems.values().filter_map(Value::as_table).for_each(read);
    }
    let mut named = Vec::new();
    for kind in ["lib", "bin", "test", "example", "bench"] {
        let targets = match table.get(kind) {
            Some(Value::Array(targets)) => targets.iter().collect(),
            Some(target) => vec![target],
            None => Vec::new(),
        };
        let paths = targets.into_iter().filter_map(|target| target.get("path"));
        named.extend(
            paths
                .filter_map(Value::as_str)
                .map(|path| folder.join(path)),
        );
    }
    Ok(Package {
        name: name.clone(),
        folder,
        dependencies,
        named,
    })
}

fn at<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Value> {
    let (first, rest) = keys.split_first()?;
    rest.iter()
        .try_fold(table.get(*first)?, |value, key| value.get(*key))
}

fn real_name(key: &str, value: &Value) -> String {
    let named = value.get("package").and_then(Value::as_str);
    named.unwrap_or(key).to_owned()
}

/// Returns the optional dependencies that the default features turn on.
fn default_features(table: &Table) -> BTreeSet<&str> {
    let mut on = BTreeSet::from(["default"]);
    let mut waiting = vec!["default"];
    while let Some(feature) = waiting.pop() {
        let turns_on = at(table, &["features", feature]).and_then(Value::as_array);
        for name in turns_on.into_iter().flatten().filter_map(Value::as_str) {
            let name = name.strip_prefix("dep:").unwrap_or(name);
            let name = name
                .split_once('/')
                .map_or(name, |(crate_name, _)| crate_name);
            if on.insert(name) {
                waiting.push(name);
            }
        }
    }
    on
}

impl Package {
    /// Returns the crate roots: those that Cargo finds by path, and those that the manifest names.
    #[must_use]
    pub fn roots(&self, files: &Files) -> Vec<Root> {
        let library = self.folder.join("src/lib.rs");
        let program = self.folder.join("src/main.rs");
        let has_library = files.get(&library).is_some();
        let name = self.name.replace('-', "_");
        let mut roots: Vec<Root> = files
            .sources()
            .filter_map(|(file, _)| {
                let inner = file.strip_prefix(&self.folder).ok()?;
                let parts: Vec<&str> = inner.iter().filter_map(|part| part.to_str()).collect();
                let (own, test) = match parts.as_slice() {
                    ["src", "lib.rs"] => (true, false),
                    ["src", "main.rs"] => (!has_library, false),
                    ["build.rs"] | ["src", "bin", _] | ["src", "bin", _, "main.rs"] => {
                        (false, false)
                    }
                    ["examples", _] => (false, false),
                    ["tests" | "benches", _] | ["tests", _, "main.rs"] => (false, true),
                    _ if self.named.iter().any(|named| named == file) => (false, false),
                    _ => return None,
                };
                let label = inner.with_extension("").display().to_string();
                Some(Root {
                    name: if own {
                        name.clone()
                    } else {
                        format!("{name}:{label}")
                    },
                    file: file.to_path_buf(),
                    test,
                })
            })
            .collect();
        // A module that the library and the program both declare belongs to the library.
        roots.sort_by_key(|root| (root.file != library, root.file != program));
        roots
    }
}

/// Checks the dependencies of each crate.
#[must_use]
pub fn check(packages: &[Package], walls: &[CrateWall], bans: &[Ban]) -> Vec<Finding> {
    let mut found = Vec::new();
    let ours: BTreeMap<&str, &Package> = packages
        .iter()
        .map(|package| (package.name.as_str(), package))
        .collect();
    for package in packages {
        let in_tests = package.folder.starts_with("tests");
        let file = package.folder.join("Cargo.toml").display().to_string();
        let finding = |rule: &'static str, reason: String| Finding {
            file: file.clone(),
            line: 0,
            rule,
            reason,
        };
        let wall = walls.iter().find(|wall| wall.name == package.name);
        if wall.is_none() && !in_tests {
            let reason = format!("{} has no row in CRATE_WALLS", package.name);
            found.push(finding("crate walls", reason));
        }
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if let Some(other) = ours.get(name) {
                if !in_tests && other.folder.starts_with("tests") {
                    let reason = format!("depends on {name}, and nothing depends on tests/");
                    found.push(finding("crate walls", reason));
                } else if let Some(wall) = wall
                    // A crate's tests may select its features by a dependency on itself.
                    && name != package.name
                    && !wall.may.contains(&name)
                    && !(dependency.test && wall.tests_may.contains(&name))
                {
                    let reason = format!(
                        "{} depends on {name}, and may only on [{}]: {}",
                        wall.name,
                        wall.may.join(", "),
                        wall.reason
                    );
                    found.push(finding("crate walls", reason));
                }
            }
            if dependency.test || !dependency.default {
                continue;
            }
            for ban in bans.iter().filter(|ban| ban.krate == package.name) {
                if ban.covers(name) {
                    let reason = format!("{} has {name}: {}", package.name, ban.reason);
                    found.push(finding("banned crates", reason));
                }
            }
        }
    }
    found
}
