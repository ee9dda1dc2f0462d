//! The README and the pages of `packaging/docs` name tests, files, headings, messages and commands
//! that exist.

mod commands;
mod examples;
mod samples;

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the path and the text of each page.
fn pages() -> Vec<(PathBuf, String)> {
    let docs = std::fs::read_dir(root().join("packaging/docs")).unwrap();
    let mut paths: Vec<PathBuf> = docs.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    paths.push(root().join("README.md"));
    // The README, whose path begins with a capital letter, is read first.
    paths.sort_by_key(|path| path.file_name().map(ToOwned::to_owned));
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

/// Returns the lines outside of fences, with their numbers.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            lines.push((at + 1, line));
        }
    }
    lines
}

#[test]
fn each_test_that_a_page_names_exists() {
    let dir = root().join("tests/e2e/tests/e2e");
    let mut named = 0;
    for (page, text) in pages() {
        let lines: Vec<&str> = prose(&text).into_iter().map(|(_, line)| line).collect();
        for name in lines.join("\n").split('`').skip(1).step_by(2) {
            let (module, test) = match name.rsplit_once("::") {
                Some((module, test)) if test.matches('_').count() > 2 => {
                    (module.replace("::", "/"), test)
                }
                _ if name.starts_with("seed_") => ("seed/person".to_owned(), name),
                _ => continue,
            };
            let source = std::fs::read_to_string(dir.join(format!("{module}.rs"))).unwrap();
            let found = source.find(&format!("fn {test}("));
            let at = found.unwrap_or_else(|| panic!("{} names {name}", page.display()));
            let (before, _) = source.split_at(at);
            let attributes = before.rsplit("\n\n").next().unwrap_or_default();
            assert!(!attributes.contains("ignore"), "{name} is not run");
            named += 1;
        }
    }
    assert!(named > 20, "{named} tests");
}

/// Returns the anchor that a Markdown viewer gives to a heading.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let text: String = heading.trim().to_lowercase().chars().filter(kept).collect();
    text.replace(' ', "-")
}

#[test]
fn each_file_and_heading_that_a_page_links_to_exists() {
    for (page, text) in pages() {
        let dir = page.parent().unwrap();
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().unwrap();
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => page.clone(),
                file => dir.join(file),
            };
            assert!(target.exists(), "{} links to {link}", page.display());
            if !heading.is_empty() {
                let text = std::fs::read_to_string(&target).unwrap();
                let mut headings = text.lines().filter(|line| line.starts_with('#'));
                let exists = headings.any(|line| anchor(line.trim_start_matches('#')) == heading);
                assert!(exists, "{} links to {link}", page.display());
            }
        }
    }
}

#[test]
fn each_page_has_at_most_400_lines_and_is_linked_from_the_readme() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    for (page, text) in pages() {
        assert!(text.lines().count() <= 400, "{}", page.display());
        let name = page.file_name().unwrap().to_str().unwrap();
        let is_linked = name == "README.md" || readme.contains(&format!("](packaging/docs/{name}"));
        assert!(is_linked, "{name}");
    }
}

/// Returns the text of the sources that write messages.
fn sources() -> String {
    sources_below(&["daemon/src", "shim/src", "proto"])
}

/// Returns the text of the sources in these directories.
fn sources_below(dirs: &[&str]) -> String {
    let mut text = String::new();
    let mut dirs: Vec<PathBuf> = dirs.iter().map(|dir| root().join(dir)).collect();
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

/// Beyond these characters, messages contain names and numbers.
const PREFIX: usize = 16;

/// Returns the beginning of a message, which a source contains.
fn beginning(message: &str) -> String {
    message.chars().take(PREFIX).collect()
}

#[test]
fn each_symptom_is_a_message_of_the_programs() {
    let sources = sources();
    for (page, at_least) in [("README.md", 5), ("packaging/docs/troubleshooting.md", 20)] {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        let (_, section) = text.split_once("Troubleshooting\n").unwrap();
        let section = section.split("\n## More").next().unwrap();
        let rows = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `"))
            // The symptom of a person, which no program prints.
            .filter(|row| !row.starts_with("taid inbox"));
        let mut symptoms = 0;
        for row in rows {
            let prefix = beginning(row);
            assert!(sources.contains(&prefix), "no program says {prefix:?}");
            symptoms += 1;
        }
        assert!(symptoms >= at_least, "{page}: {symptoms} symptoms");
    }
}

#[test]
fn each_trap_of_the_bridge_that_a_source_cites_is_on_its_page() {
    let page = std::fs::read_to_string(root().join("packaging/docs/bridge-api.md")).unwrap();
    let sources = sources_below(&["daemon", "shim", "proto"]);
    // A citation may be broken between two lines of a comment.
    let words = sources
        .split_whitespace()
        .filter(|word| !word.starts_with("//"));
    let words: Vec<&str> = words.collect();
    let mut cited = 0;
    for citation in words.windows(3) {
        if citation[0].ends_with("bridge-api.md,") && citation[1] == "trap" {
            let number = citation[2].trim_matches(|c: char| !c.is_ascii_digit());
            assert!(page.contains(&format!("\n{number}. ")), "trap {number}");
            cited += 1;
        }
    }
    assert!(cited > 10, "{cited} citations");
}

#[test]
fn each_variable_and_key_that_a_page_names_is_read_by_a_program() {
    let sources =
        sources() + &std::fs::read_to_string(root().join("tests/e2e/src/lib.rs")).unwrap();
    let mut named = 0;
    for (page, text) in pages() {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let words = text.split(|c| !is_part(c));
        let variables = words.filter(|word| word.starts_with("TAI_") && word.len() > 8);
        let blocks = text.split("```toml\n").skip(1);
        let blocks = blocks.map(|block| block.split("```").next().unwrap());
        // The entry of an MCP client has keys of that client.
        let blocks = blocks.filter(|block| !block.contains("mcp_servers"));
        let lines = blocks.flat_map(str::lines);
        let keys = lines
            .filter_map(|line| line.split_once(" = "))
            .map(|(key, _)| key);
        for name in variables.chain(keys) {
            let name = name.trim_start_matches('#').trim();
            // A variable is a text, and a key is a text or a field.
            let is_text = sources.contains(&format!("\"{name}\""));
            let exists = is_text || sources.contains(&format!(" {name}: "));
            assert!(exists, "{} names {name}", page.display());
            named += 1;
        }
    }
    assert!(named > 50, "{named} names");
}
