//! The rules of the house that the compiler does not check: which part may know which, and
//! how long a file may be. They are described in the doc of `daemon/src/lib.rs`.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn sources(dir: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut dirs = vec![root().join(dir)];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            // What was built there, as by tests/fuzz, is not ours.
            if path.ends_with("target") {
                continue;
            }
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "no sources in {dir}");
    found
}

#[test]
fn no_part_knows_what_is_above_it() {
    let forbidden: [(&str, &[&str]); 8] = [
        (
            "proto/src",
            &["tokio", "interprocess::", "std::net", "std::fs::File"],
        ),
        ("shim/src", &["taid::", "reqwest", "secrecy"]),
        (
            "daemon/auth/src/session",
            &["crate::server", "crate::mail", "server::app", "reqwest"],
        ),
        (
            "daemon/auth/src/credentials",
            &[
                "crate::session",
                "crate::bridge",
                "crate::mail",
                "crate::server",
                "server::app",
            ],
        ),
        (
            "daemon/auth/src/bridge",
            &[
                "session::Session",
                "crate::mail",
                "crate::server",
                "session::state",
            ],
        ),
        (
            "daemon/src/mail",
            &["crate::server", "reqwest", "server::app", "bridge::http"],
        ),
        (
            "daemon/src/server/ipc",
            &[
                "crate::mail",
                "crate::bridge",
                "crate::session",
                "server::app",
            ],
        ),
        ("daemon/src/cli", &["crate::session", "crate::mail"]),
    ];
    for (dir, names) in forbidden {
        for (path, text) in sources(dir) {
            let code: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            for name in names {
                assert!(!code.contains(name), "{} knows {name}", path.display());
            }
        }
    }
    let state = fs::read_to_string(root().join("daemon/auth/src/session/state.rs")).unwrap();
    for name in ["tokio", "async ", "SystemTime::now", "Instant::now"] {
        assert!(
            !state.contains(name),
            "the state machine is not pure: {name}"
        );
    }
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    for dir in ["proto/src", "daemon", "shim/src", "tests"] {
        for (path, text) in sources(dir) {
            let lines = text.lines().count();
            assert!(lines <= 400, "{} has {lines} lines", path.display());
            assert!(
                text.starts_with("//!"),
                "{} does not say what it is for",
                path.display()
            );
        }
    }
}

#[test]
fn the_bundle_says_what_the_server_offers() {
    let manifest = fs::read_to_string(root().join("packaging/mcpb/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    let tools = manifest["tools"].as_array().unwrap().iter();
    let names: Vec<&str> = tools.map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, tai_proto::call::TOOLS);
}
