//! Lengths, docs and vague words.

use crate::assert_reported;
use tai_architecture::{Files, Modules, manifest, prose};

fn one(file: &str, text: &str) -> Files {
    let mut files = Files::default();
    files.insert(file, text);
    files
}

#[test]
fn a_long_file_and_a_long_or_missing_doc_are_reported() {
    let file = "shim/src/tools.rs";
    let long = format!("//! Doc.\n{}", "\n".repeat(400));
    let found = prose::lengths(&one(file, &long));
    assert_reported(&found, file, "short files", "401 lines");
    let found = prose::lengths(&one(file, "use std::fs;\n"));
    assert_reported(&found, file, "module docs", "does not begin with //!");
    let doc = "//! Line.\n".repeat(11);
    let found = prose::lengths(&one(file, &doc));
    assert_reported(&found, file, "module docs", "11 lines");
    let right = format!("{}{}", "//! Line.\n".repeat(10), "\n".repeat(390));
    assert_eq!(prose::lengths(&one(file, &right)), []);
    assert_eq!(prose::lengths(&one("shim/src/lib.rs", &doc)), []);
}

#[test]
fn a_library_without_missing_docs_is_reported() {
    let file = "proto/src/lib.rs";
    let found = prose::documented(&one(file, "//! Doc.\n"));
    assert_reported(&found, file, "documented libraries", "missing_docs");
    let right = "//! Doc.\n#![warn(missing_docs)]\n";
    assert_eq!(prose::documented(&one(file, right)), []);
}

#[test]
fn each_line_with_a_vague_word_is_reported() {
    let text =
        "//! Nobody and NOBODY.\n// whoever\n// nobody_else, anewer\n// (somebody's)\nanew\n";
    let files = one("daemon/src/lib.rs", text);
    let lines: Vec<usize> = prose::vague(&files)
        .iter()
        .map(|finding| finding.line)
        .collect();
    assert_eq!(lines, [1, 2, 4, 5]);
    assert_eq!(prose::vague(&one("tests/e2e/src/lib.rs", text)), []);
}

#[test]
fn a_file_that_does_not_parse_or_has_no_crate_is_reported() {
    let mut files = one("proto/Cargo.toml", "[package]\nname = \"tai-proto\"\n");
    files.insert("proto/src/lib.rs", "fn (\n");
    files.insert("proto/src/lost.rs", "//! Lost.\n");
    let modules = Modules::build(&files, &manifest::packages(&files).unwrap());
    let rule = "each file is a module";
    assert_reported(&modules.broken, "proto/src/lib.rs", rule, "line 1");
    assert_reported(&modules.broken, "proto/src/lost.rs", rule, "no target");
}
