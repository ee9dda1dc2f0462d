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
            let (module, test) = match name.split_once("::") {
                Some((module, test)) if test.matches('_').count() > 2 => (module, test),
                _ if name.starts_with("seed_") => ("seed/person", name),
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
