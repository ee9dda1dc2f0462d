//! Changes of the lines of a Markdown source.

use std::collections::BTreeMap;

/// Change of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    /// Escapes the first run of a character.
    Escape(char),
    /// The same, below an empty line.
    EscapeApart(char),
    /// Writes a row of dashes so that it does not depend on the line above.
    Rule,
    /// Writes an empty line above.
    Apart,
}

/// Changes of lines, by their numbers from 1.
pub(super) type Edits = BTreeMap<usize, Edit>;

/// Returns a source with its changes.
pub(super) fn edited(source: &str, edits: &Edits) -> String {
    let mut out = String::with_capacity(source.len() + 4 * edits.len());
    for (at, line) in source.split_inclusive('\n').enumerate() {
        let edit = edits.get(&(at + 1)).copied();
        let of = match edit {
            Some(Edit::Escape(of)) => of,
            Some(Edit::EscapeApart(of)) => {
                // Only quotes are around an item that is not the first.
                out.push_str(line.split(of).next().unwrap_or_default());
                out.push('\n');
                of
            }
            Some(Edit::Rule) => '-',
            Some(Edit::Apart) => {
                out.push_str(marks(line));
                out.push('\n');
                '\0'
            }
            None => '\0',
        };
        let (before, rest) = line.split_at(line.find(of).unwrap_or(line.len()));
        let after = rest.trim_start_matches(of);
        out.push_str(before);
        match edit {
            Some(Edit::Escape(of) | Edit::EscapeApart(of)) => {
                let count = rest.chars().take_while(|c| *c == of).count();
                out.extend(std::iter::repeat_n(['\\', of], count).flatten());
            }
            Some(Edit::Rule) => out.push_str("***"),
            Some(Edit::Apart) | None => {}
        }
        out.push_str(after);
    }
    out
}

/// Returns the marks of quotes and items at the start of a line.
pub(super) fn marks(line: &str) -> &str {
    line.strip_suffix(content(line)).unwrap_or_default()
}

/// Returns a line without the marks of quotes and items at its start.
pub(super) fn content(line: &str) -> &str {
    let mut rest = line.trim_start_matches([' ', '\t']);
    loop {
        let after = match rest.trim_start_matches(|c: char| c.is_ascii_digit()) {
            marked if marked.len() < rest.len() => marked.strip_prefix(['.', ')']),
            marked if marked.starts_with('>') => {
                rest = marked.split_at(1).1.trim_start_matches([' ', '\t']);
                continue;
            }
            marked => marked.strip_prefix(['-', '+', '*']),
        };
        match after {
            Some(after) if after.starts_with([' ', '\t']) => {
                rest = after.trim_start_matches([' ', '\t']);
            }
            Some(_) | None => return rest,
        }
    }
}
