//! The checks of this workspace. `cargo test -p tai-architecture list_of_rules -- --nocapture`
//! prints the crates, folders and modules with their rules.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{collections::BTreeSet, env, path::Path, process::Command, sync::LazyLock};
use tai_architecture::{
    Files, Finding, Modules, circles::Graph, manifest, manifest::Package, prose, pure, rules, walls,
};

/// The sources, their modules, and the violations.
struct House {
    files: Files,
    packages: Vec<Package>,
    modules: Modules,
    findings: Vec<Finding>,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = Files::read(&root).unwrap();
    let packages = manifest::packages(&files).unwrap();
    let modules = Modules::build(&files, &packages);
    let mut findings = modules.broken.clone();
    findings.extend(manifest::check(&packages, rules::CRATE_WALLS, rules::BANS));
    findings.extend(walls::check(&modules, rules::MODULE_WALLS));
    findings.extend(pure::check(&modules, rules::PURE, rules::IMPURE));
    findings.extend(Graph::build(&modules).check());
    findings.extend(prose::lengths(&files));
    findings.extend(prose::documented(&files));
    findings.extend(prose::vague(&files));
    House {
        files,
        packages,
        modules,
        findings,
    }
});

/// Asserts that there is no violation of some rules.
fn assert_kept(names: &[&str]) {
    let found = HOUSE.findings.iter();
    let found: Vec<String> = found
        .filter(|finding| names.contains(&finding.rule))
        .map(Finding::to_string)
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn crates_depend_downwards_only() {
    assert_kept(&["crate walls", "banned crates"]);
}

#[test]
fn modules_know_only_what_the_design_allows() {
    assert_kept(&["module walls", "each file is a module"]);
}

#[test]
fn no_circle_of_files_exists() {
    assert_kept(&["no circle of files"]);
}

#[test]
fn state_machines_are_pure() {
    assert_kept(&["pure files"]);
}

#[test]
fn files_are_short_and_have_module_docs() {
    assert_kept(&["short files", "module docs"]);
}

#[test]
fn libraries_ask_for_docs_of_public_items() {
    assert_kept(&["documented libraries"]);
}

#[test]
fn each_rule_belongs_to_a_test() {
    let known = [
        "crate walls",
        "banned crates",
        "module walls",
        "each file is a module",
        "no circle of files",
        "pure files",
        "short files",
        "module docs",
        "documented libraries",
        "no vague words",
    ];
    let mut all = HOUSE.findings.iter().map(|finding| finding.rule);
    assert_eq!(all.find(|rule| !known.contains(rule)), None);
}

#[test]
fn no_source_has_a_vague_word() {
    assert_kept(&["no vague words"]);
}

/// The manifests show only direct dependencies; `cargo tree` shows all of them.
#[test]
fn a_crate_gets_no_banned_crate_from_another() {
    for ban in rules::BANS {
        let crates = tree(&[
            "--edges",
            "normal",
            "--format",
            "{p}",
            "--package",
            ban.krate,
        ]);
        let mut names = crates.lines().filter_map(|line| line.split(' ').next());
        assert_eq!(names.next(), Some(ban.krate));
        let banned = names.find(|name| ban.covers(name));
        assert_eq!(banned, None, "{}: {}", ban.krate, ban.reason);
    }
}

/// Otherwise a build with the feature would compile most crates a second time.
#[test]
fn shared_leases_changes_the_features_of_no_crate_but_taid() {
    let crates = |more: &[&str]| {
        let all = ["--workspace", "--edges", "all", "--format", "{p} {f}"];
        let lines = tree(&[&all, more].concat());
        let lines = lines.lines().map(|line| line.trim_end_matches(" (*)"));
        let others = lines.filter(|line| !line.starts_with("taid "));
        others.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    assert_eq!(crates(&["--features", "taid/shared-leases"]), crates(&[]));
}

/// Returns the lines of `cargo tree`.
fn tree(arguments: &[&str]) -> String {
    let tree = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--locked", "--offline", "--prefix", "none"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&tree.stderr);
    assert!(tree.status.success(), "cargo tree: {said}");
    String::from_utf8(tree.stdout).unwrap()
}

#[test]
fn the_list_of_rules_is_printed() {
    let House {
        files,
        packages,
        modules,
        ..
    } = &*HOUSE;
    println!("\ncrates");
    for package in packages {
        let folder = package.folder.as_path();
        let count = count_sources(packages, files, folder);
        println!("  {} in {} ({count} files)", package.name, folder.display());
        let wall = rules::CRATE_WALLS
            .iter()
            .find(|wall| wall.name == package.name);
        match wall {
            Some(wall) => {
                println!("    depends only on: {}", list(wall.may));
                println!("    because: {}", wall.reason);
            }
            None => println!("    depends on any crate; only crates in tests/ depend on it"),
        }
        for ban in rules::BANS.iter().filter(|ban| ban.krate == package.name) {
            println!("    banned: {}", list(ban.banned));
            println!("    because: {}", ban.reason);
        }
    }
    println!("modules");
    for wall in rules::MODULE_WALLS {
        let count = modules.files_of(wall.inside).len();
        let module = modules.find(wall.inside).unwrap();
        let place = modules.all[module].file.display();
        println!("  {} in {place} ({count} files)", wall.inside);
        match wall.limit {
            rules::Limit::Never(never) => println!("    never uses: {}", list(never)),
            rules::Limit::Only(only) => println!("    uses only: {}", list(only)),
        }
        println!("    because: {}", wall.reason);
    }
    println!("pure files");
    for file in rules::PURE {
        println!("  {file}");
    }
    println!("  each other file with a function `step`");
    println!("all files");
    println!(
        "  {} files, {} lines at most, median {}",
        files.sources().count(),
        rules::MAX_LINES,
        prose::median(files)
    );
    println!(
        "  each begins with a doc of {} lines at most",
        rules::MAX_DOC
    );
    println!("  no circle of files");
    println!("  no vague words: {}", list(rules::VAGUE_WORDS));
}

/// Returns the number of sources in a folder, without those of crates inside it.
fn count_sources(packages: &[Package], files: &Files, folder: &Path) -> usize {
    let inner: Vec<&Path> = packages
        .iter()
        .map(|package| package.folder.as_path())
        .filter(|other| *other != folder && other.starts_with(folder))
        .collect();
    let sources = files.sources().map(|(path, _)| path);
    sources
        .filter(|path| path.starts_with(folder))
        .filter(|path| !inner.iter().any(|other| path.starts_with(other)))
        .count()
}

/// Returns the names, separated by commas.
fn list(names: &[&str]) -> String {
    match names {
        [] => "nothing of the workspace".to_owned(),
        names => names.join(", "),
    }
}
