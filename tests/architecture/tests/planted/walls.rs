//! The walls inside crates.

use crate::{
    assert_reported,
    forms::forms,
    tree::{Tree, build, file, is_ours},
};
use std::{collections::BTreeSet, path::Path};
use tai_architecture::{
    Files, Modules, manifest,
    rules::{Limit, MODULE_WALLS},
    walls,
};

/// Returns the forbidden names of a wall: for a leaf, some of the modules that are not permitted.
fn forbidden(inside: &str, limit: Limit) -> Vec<&'static str> {
    match limit {
        Limit::Never(names) => names.to_vec(),
        Limit::Only(_) => [
            "taid::mail",
            "taid::os",
            "taid::config",
            "tai_auth::session",
        ]
        .into_iter()
        .filter(|name| match limit {
            Limit::Never(_) => true,
            Limit::Only(only) => {
                !inside.starts_with(name) && !only.iter().any(|only| name.starts_with(only))
            }
        })
        .collect(),
    }
}

#[test]
fn a_tree_without_a_violation_is_clean() {
    let found = walls::check(&Tree::new().modules(), MODULE_WALLS);
    assert_eq!(found, []);
}

#[test]
fn each_wall_reports_each_form_of_a_name() {
    let mut tree = Tree::new();
    let mut planted = Vec::new();
    for wall in MODULE_WALLS {
        for to in forbidden(wall.inside, wall.limit) {
            let from = format!("{}::planted", wall.inside);
            for (form, source) in forms(&from, to) {
                let from = format!("{from}{}", planted.len());
                tree.module(&from, &source);
                planted.push((file(&from), wall, to, form));
            }
        }
    }
    let found = walls::check(&tree.modules(), MODULE_WALLS);
    println!("{} violations planted", planted.len());
    for (file, wall, to, form) in &planted {
        println!("{form} of {to} in {}", wall.inside);
        let words = format!(
            "{} must not know {to}, because {}",
            wall.inside, wall.reason
        );
        assert_reported(&found, file, "module walls", &words);
    }
    let planted: BTreeSet<&str> = planted.iter().map(|(file, ..)| file.as_str()).collect();
    let files: BTreeSet<&str> = found.iter().map(|finding| finding.file.as_str()).collect();
    assert_eq!(files, planted);
}

#[test]
fn each_wall_reports_a_violation_in_the_real_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Files::read(&root).unwrap();
    let modules = build(&files);
    let mut planted = Vec::new();
    for wall in MODULE_WALLS {
        let module = modules.find(wall.inside).unwrap();
        let file = &modules.all[module].file;
        for to in forbidden(wall.inside, wall.limit) {
            let name = format!("{to}::planted{}", planted.len());
            let (library, _) = wall.inside.split_once("::").unwrap_or((wall.inside, ""));
            let named = match name.strip_prefix(&format!("{library}::")) {
                Some(inner) => format!("crate::{inner}"),
                None => name.clone(),
            };
            let text = files.get(file).unwrap();
            files.insert(file.clone(), format!("{text}\npub use {named};\n"));
            planted.push((file.display().to_string(), name, wall.reason));
        }
    }
    let found = walls::check(&build(&files), MODULE_WALLS);
    for (file, name, reason) in planted {
        assert_reported(&found, &file, "module walls", &name);
        assert_reported(&found, &file, "module walls", reason);
    }
}

#[test]
fn a_name_is_followed_through_re_exports_and_aliases() {
    for wall in MODULE_WALLS {
        let forbidden = forbidden(wall.inside, wall.limit).into_iter();
        for to in forbidden.filter(|to| is_ours(to)) {
            let (library, inner) = to.split_once("::").unwrap();
            let same = wall.inside.split("::").next() == Some(library);
            let root = if same { "crate" } else { library };
            for (hidden, named) in [
                (format!("pub use super::{inner}::Thing;"), "Thing"),
                (format!("pub use super::{inner}::Thing as Other;"), "Other"),
                (format!("pub use super::{inner}::*;"), "Trait"),
                (format!("pub use super::{inner} as m;"), "m::Thing"),
            ] {
                let mut tree = Tree::new();
                tree.module(&format!("{library}::hidden"), &hidden);
                let from = format!("{}::planted", wall.inside);
                tree.module(&from, &format!("use {root}::hidden::{named};"));
                let found = walls::check(&tree.modules(), MODULE_WALLS);
                let words = format!("must not know {to}, because {}", wall.reason);
                assert_reported(&found, &file(&from), "module walls", &words);
            }
        }
    }
}

#[test]
fn test_code_is_exempt_from_walls() {
    let mut tree = Tree::new();
    tree.extend(
        "tai_auth::bridge",
        "#[cfg(test)] mod tests { use crate::session::Thing; }\n\
         #[cfg(test)] use crate::session::Trait;\n\
         #[cfg(test)] fn f() { crate::session::call(); }\n\
         #[test] fn g() { crate::session::call(); }\n\
         #[cfg(all(test, unix))] #[path = \"planted_tests.rs\"] mod file;\n",
    );
    let mut files = tree.files();
    files.insert(
        "daemon/auth/src/bridge/planted_tests.rs",
        "//! Tests.\nuse crate::session::Thing;\n",
    );
    assert_eq!(walls::check(&build(&files), MODULE_WALLS), []);
}

#[test]
fn code_under_test_or_feature_is_not_exempt() {
    let mut tree = Tree::new();
    tree.extend(
        "tai_auth::bridge",
        "#[cfg(any(test, feature = \"x\"))] use crate::session::Thing;\n",
    );
    let found = walls::check(&tree.modules(), MODULE_WALLS);
    assert_reported(
        &found,
        "daemon/auth/src/bridge/mod.rs",
        "module walls",
        "session",
    );
}

#[test]
fn a_wall_before_nothing_is_reported() {
    let mut files = Tree::new().files();
    files.insert(
        "daemon/auth/src/lib.rs",
        "//! Doc.\npub mod bridge;\npub mod credentials;\n",
    );
    let modules = Modules::build(&files, &manifest::packages(&files).unwrap());
    let found = walls::check(&modules, MODULE_WALLS);
    let rules = "tests/architecture/src/rules.rs";
    assert_reported(
        &found,
        rules,
        "module walls",
        "there is no tai_auth::session",
    );
}

#[test]
fn a_wall_around_nothing_is_reported() {
    let mut files = Tree::new().files();
    files.insert("daemon/src/lib.rs", "//! Empty.\n");
    let packages = manifest::packages(&files).unwrap();
    let modules = Modules::build(&files, &packages);
    let found = walls::check(&modules, MODULE_WALLS);
    let rules = "tests/architecture/src/rules.rs";
    assert_reported(&found, rules, "module walls", "there is no taid::mail");
    let mail = modules.broken;
    assert_reported(
        &mail,
        "daemon/src/mail/mod.rs",
        "each file is a module",
        "no target",
    );
}
