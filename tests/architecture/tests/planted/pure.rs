//! Pure files.

use crate::{assert_reported, tree::build};
use tai_architecture::{Files, Finding, pure, rules::IMPURE};

const STATE: &str = "daemon/auth/src/session/state.rs";

/// Returns the findings for a session with these sources for its state and another file.
fn found(state: &str, other: &str) -> Vec<Finding> {
    let mut files = Files::default();
    files.insert("daemon/auth/Cargo.toml", "[package]\nname = \"tai-auth\"\n");
    files.insert("daemon/auth/src/lib.rs", "pub mod session;\n");
    files.insert(
        "daemon/auth/src/session/mod.rs",
        "pub mod state;\npub mod other;\n",
    );
    files.insert(STATE, state);
    files.insert("daemon/auth/src/session/other.rs", other);
    pure::check(&build(&files), &[STATE], IMPURE)
}

#[test]
fn a_pure_file_reports_each_impurity() {
    for source in [
        "async fn f() {}",
        "struct S;\nimpl S { async fn f(&self) {} }",
        "fn f() { let x = async { 1 }; }",
        "fn f() { let x = async || 1; }",
        "use tokio::time::Instant;",
        "use tokio as t;\nfn f() { t::spawn(x); }",
        "fn f(_: tokio::time::Instant) {}",
        "fn f() { tokio::select! {} }",
        "#[tokio::main]\nfn f() {}",
        "fn f() { std::time::SystemTime::now(); }",
        "use std::time::SystemTime;\nfn f() { SystemTime::now(); }",
        "use std::time::SystemTime as S;\nfn f() { S::now(); }",
        "use std::time;\nfn f() { time::Instant::now(); }",
        "use std::time::{Duration, Instant};\nfn f() { vec![Instant::now()]; }",
        "fn f() { let now = std::time::Instant::now; }",
        "use std::time::*;\nfn f() { Instant::now(); }",
        "use std::{env, fs};",
    ] {
        println!("{source}");
        assert_reported(
            &found(source, ""),
            STATE,
            "pure files",
            "a state machine depends",
        );
        let step = format!("fn step() {{}}\n{source}");
        let other = "daemon/auth/src/session/other.rs";
        assert_reported(
            &found("", &step),
            other,
            "pure files",
            "a state machine depends",
        );
        assert_eq!(found("", source), []);
    }
}

#[test]
fn a_pure_file_can_take_times_as_arguments_and_have_tests() {
    let source = "use std::time::{Duration, Instant, SystemTime};\n\
        fn step(now: Instant, wall: SystemTime) -> Option<Instant> { now.checked_add(D) }\n\
        #[cfg(test)] mod tests { use tokio::time; async fn f() { std::time::Instant::now(); } }";
    assert_eq!(found(source, ""), []);
}

#[test]
fn a_missing_pure_file_is_reported() {
    let mut files = Files::default();
    files.insert("proto/Cargo.toml", "[package]\nname = \"tai-proto\"\n");
    let found = pure::check(&build(&files), &[STATE], IMPURE);
    assert_reported(&found, STATE, "pure files", "no such file");
}
