//! Circles of files.

use crate::{assert_reported, tree::build};
use std::path::PathBuf;
use tai_architecture::{Files, Finding, circles::Graph};

/// Returns the findings for a library of these files.
fn found(sources: &[(&str, &str)]) -> Vec<Finding> {
    let mut files = Files::default();
    files.insert("proto/Cargo.toml", "[package]\nname = \"tai-proto\"\n");
    for (name, text) in sources {
        files.insert(format!("proto/src/{name}.rs"), *text);
    }
    Graph::build(&build(&files)).check()
}

/// Asserts that exactly these files are in a circle, and that the first uses the item.
fn assert_circle(sources: &[(&str, &str)], circle: &[&str], item: &str) {
    let found = found(sources);
    let files: Vec<String> = circle
        .iter()
        .map(|name| format!("proto/src/{name}.rs"))
        .collect();
    assert_reported(&found, &files[0], "no circle of files", item);
    let reported: Vec<&String> = found.iter().map(|finding| &finding.file).collect();
    let mut expected: Vec<&String> = files.iter().collect();
    expected.sort_by_key(|file| PathBuf::from(file));
    assert_eq!(reported, expected);
}

#[test]
fn two_files_that_import_each_other_are_reported() {
    let a = "use crate::b::B;\npub struct A(B);";
    let others = [("lib", "mod a;\nmod b;")];
    for b in [
        "use crate::a::A;\npub struct B(A);",
        "use super::a::A;\npub struct B(A);",
        "use crate::{a::{A}};\npub struct B(A);",
        "use crate::a as x;\npub struct B(x::A);",
        "use crate::a::*;\npub struct B;",
        "pub use crate::a::A;\npub struct B;",
        "pub struct B;\nimpl B { fn f() { crate::a::A; } }",
        "pub struct B;\nfn f() { assert!(matches!(1, crate::a::A)); }",
        "pub struct B;\nmod inner { use super::super::a::A; }",
        "pub struct B;\nfn f() { use crate::a::A; }",
    ] {
        let sources = [&others[..], &[("a", a), ("b", b)]].concat();
        assert_circle(&sources, &["b", "a"], "uses proto/src/a.rs: ");
    }
}

#[test]
fn a_parent_and_its_child_that_use_each_other_are_reported() {
    let sources = [
        ("lib", "mod a;"),
        ("a", "mod child;\npub struct A;\nfn f() { child::call(); }"),
        ("a/child", "use super::A;\npub fn call() -> A {}"),
    ];
    assert_circle(
        &sources,
        &["a", "a/child"],
        "uses proto/src/a/child.rs: call in line 3",
    );
    let sources = [
        ("lib", "mod a;"),
        (
            "a/mod",
            "mod child;\npub use child::Child;\npub struct A(Child);",
        ),
        ("a/child", "use super::A;\npub struct Child(A);"),
    ];
    assert_circle(&sources, &["a/mod", "a/child"], "Child in line 3");
}

#[test]
fn a_circle_through_re_exports_is_reported() {
    let sources = [
        (
            "lib",
            "mod a;\nmod b;\nmod c;\npub use a::A;\npub use b::*;",
        ),
        ("a", "use crate::B;\npub struct A(B);"),
        ("b", "use super::c::C;\npub struct B(C);"),
        ("c", "use crate::A;\npub struct C(A);"),
    ];
    assert_circle(
        &sources,
        &["a", "b", "c"],
        "uses proto/src/b.rs: B in line 1",
    );
}

#[test]
fn a_parent_that_only_declares_and_re_exports_is_in_no_circle() {
    let sources = [
        ("lib", "mod a;"),
        (
            "a/mod",
            "mod b;\nmod c;\npub use b::B;\npub use c::C;\npub struct A;",
        ),
        ("a/b", "use super::{A, C};\npub struct B(A, C);"),
        ("a/c", "use super::A;\npub struct C(A);"),
    ];
    assert_eq!(found(&sources), []);
}

#[test]
fn a_module_with_the_name_of_a_function_is_not_a_use() {
    let sources = [
        ("lib", "mod a;\nmod b;\npub fn a() { b::call(); }"),
        ("a", "pub struct A;"),
        ("b", "use crate::a;\npub fn call() -> a::A {}"),
    ];
    assert_eq!(found(&sources), []);
}

#[test]
fn test_code_closes_no_circle() {
    let sources = [
        ("lib", "mod a;\nmod b;"),
        (
            "a",
            "pub struct A;\n#[cfg(test)] mod tests { use crate::b::B; }",
        ),
        ("b", "use crate::a::A;\npub struct B(A);"),
    ];
    assert_eq!(found(&sources), []);
}
