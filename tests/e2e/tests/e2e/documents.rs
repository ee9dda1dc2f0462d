//! The README and the pages of `packaging/docs` name tests and files that exist.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the path and the text of each page.
fn pages() -> Vec<(PathBuf, String)> {
    let docs = std::fs::read_dir(root().join("packaging/docs")).unwrap();
    let mut paths: Vec<PathBuf> = docs.map(|entry| entry.unwrap().path()).collect();
    paths.push(root().join("README.md"));
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn each_test_that_a_page_names_exists() {
    let dir = root().join("tests/e2e/tests/e2e");
    let mut named = 0;
    for (page, text) in pages() {
        for name in text.split('`').skip(1).step_by(2) {
            let (module, test) = match name.rsplit_once("::") {
                Some((module, test)) if test.matches('_').count() > 2 => {
                    (module.replace("::", "/"), test)
                }
                _ if name.starts_with("seed_") => ("seed/person".to_owned(), name),
                _ => continue,
            };
            let source = std::fs::read_to_string(dir.join(format!("{module}.rs"))).unwrap();
            assert!(
                source.contains(&format!("fn {test}(")),
                "{} names {name}",
                page.display()
            );
            named += 1;
        }
    }
    assert!(named > 20, "{named} tests");
}

#[test]
fn each_file_that_a_page_links_to_exists() {
    for (page, text) in pages() {
        let dir = page.parent().unwrap();
        for link in text.split("](").skip(1) {
            let link = link.split([')', '#']).next().unwrap();
            let target = dir.join(link);
            assert!(target.exists(), "{} links to {link}", page.display());
        }
    }
}

/// Returns the text of the sources that write messages.
fn sources() -> String {
    let mut text = String::new();
    let mut dirs: Vec<PathBuf> = ["daemon/src", "shim/src", "proto"]
        .map(|dir| root().join(dir))
        .into();
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}

#[test]
fn each_symptom_of_the_readme_is_a_message_of_the_programs() {
    // Beyond these characters, messages contain names and numbers.
    const PREFIX: usize = 16;
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, section) = readme.split_once("## Troubleshooting").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let sources = sources();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut symptoms = 0;
    for row in rows {
        let prefix: String = row.chars().take(PREFIX).collect();
        assert!(sources.contains(&prefix), "no program says {prefix:?}");
        symptoms += 1;
    }
    assert!(symptoms > 10, "{symptoms} symptoms");
}
