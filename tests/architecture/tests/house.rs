//! The checks on the sources of this workspace. `cargo test -p tai-architecture -- --nocapture`
//! prints the guarded crates, folders and modules.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{env, path::Path, process::Command, sync::LazyLock};
use tai_architecture::{
    Files, Finding, Modules, circles::Graph, finding, manifest, manifest::Package, pending, prose,
    pure, rules, walls,
};

/// The sources, their modules, and every violation that is not permitted for now.
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
    let mut found = modules.broken.clone();
    found.extend(manifest::check(&packages, rules::CRATE_WALLS, rules::BANS));
    found.extend(walls::check(&modules, rules::MODULE_WALLS));
    found.extend(pure::check(&modules, rules::PURE, rules::IMPURE));
    found.extend(Graph::build(&modules).check());
    found.extend(prose::lengths(&files));
    found.extend(prose::documented(&files));
    House {
        findings: finding::unexpected(found, pending::PENDING),
        files,
        packages,
        modules,
    }
});

/// Fails with the findings of some rules.
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
    ];
    let mut all = HOUSE.findings.iter().map(|finding| finding.rule);
    let mut pending = pending::PENDING.iter().map(|(rule, _, _)| *rule);
    assert_eq!(all.find(|rule| !known.contains(rule)), None);
    assert_eq!(pending.find(|rule| !known.contains(rule)), None);
}

#[test]
fn vague_words_do_not_increase() {
    let lines = prose::vague(&HOUSE.files);
    let limit = rules::MAX_VAGUE;
    let list: Vec<String> = lines
        .iter()
        .map(|(file, line)| format!("{}:{line}", file.display()))
        .collect();
    assert!(
        lines.len() <= limit,
        "{} lines have one of {:?}, and at most {limit} may:\n{}",
        lines.len(),
        rules::VAGUE_WORDS,
        list.join("\n")
    );
}

/// The manifests show direct dependencies only; Cargo knows the others.
#[test]
fn a_crate_gets_no_banned_crate_from_another() {
    for ban in rules::BANS {
        if !HOUSE
            .packages
            .iter()
            .any(|package| package.name == ban.krate)
        {
            continue;
        }
        let tree = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["tree", "--locked", "--offline", "--edges", "normal"])
            .args([
                "--prefix",
                "none",
                "--format",
                "{p}",
                "--package",
                ban.krate,
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&tree.stderr);
        assert!(tree.status.success(), "cargo tree: {said}");
        let crates = String::from_utf8(tree.stdout).unwrap();
        let mut names = crates.lines().filter_map(|line| line.split(' ').next());
        assert_eq!(names.next(), Some(ban.krate));
        let banned = names.find(|name| ban.covers(name).is_some());
        assert_eq!(banned, None, "{}: {}", ban.krate, ban.reason);
    }
}

#[test]
fn the_list_of_rules_is_printed() {
    let House {
        files,
        packages,
        modules,
        ..
    } = &*HOUSE;
    println!("crates:");
    for package in packages {
        let wall = rules::CRATE_WALLS
            .iter()
            .find(|wall| wall.name == package.name);
        let may = wall.map_or("all; nothing outside tests/ on it".to_owned(), |wall| {
            format!("[{}]", wall.may.join(", "))
        });
        let ban = rules::BANS.iter().find(|ban| ban.krate == package.name);
        let banned = ban.map_or(String::new(), |ban| {
            format!("; without {}", ban.banned.join(", "))
        });
        let (name, folder) = (&package.name, package.folder.display());
        println!("  {name} in {folder}: may depend on {may}{banned}");
    }
    println!("modules:");
    for wall in rules::MODULE_WALLS {
        let count = modules.files_of(wall.inside).len();
        let module = modules.find(wall.inside).unwrap();
        let place = modules.all[module].file.display();
        let limit = match wall.limit {
            rules::Limit::Never(never) => format!("never {}", never.join(", ")),
            rules::Limit::Only(only) => format!("only {}", only.join(", ")),
        };
        let (name, reason) = (wall.inside, wall.reason);
        println!("  {name} in {place} ({count} files): {limit}; {reason}");
    }
    println!(
        "pure: {}, and each file with a function `step`",
        rules::PURE.join(", ")
    );
    println!(
        "all {} files: no circles, a doc, at most {} lines (median {})",
        files.sources().count(),
        rules::MAX_LINES,
        prose::median(files)
    );
    println!(
        "vague words: {} lines of at most {}",
        prose::vague(files).len(),
        rules::MAX_VAGUE
    );
    println!("permitted for now: {} violations", pending::PENDING.len());
}
