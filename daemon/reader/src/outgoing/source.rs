//! Source of a Markdown mail before the parser: its cost, and two rules of the parser that lose or
//! misplace what a person wrote.

use std::borrow::Cow;

/// Returns an upper bound of the parser's nodes: lines, marks, and cells that tables add.
pub(super) fn marks(markdown: &str) -> usize {
    const MARKS: &[u8] = b"*_~`[]!<>&|\\@:\"'";
    let mut fence = None;
    let mut columns = 0usize;
    let mut count = 0usize;
    for line in markdown.lines() {
        let was_open = fence.is_some();
        fence = next_fence(fence, line);
        count += 2;
        if was_open && fence.is_some() {
            continue;
        }
        count += line.bytes().filter(|b| MARKS.contains(b)).count();
        let pipes = line.bytes().filter(|b| *b == b'|').count();
        if line.bytes().all(|b| b" \t|-:".contains(&b)) {
            columns = columns.max(pipes + 1);
        }
        if pipes > 0 {
            // A short row is filled with empty cells.
            count += columns;
        }
    }
    count
}

/// Separates a quote from the line after it. Without an empty line, CommonMark reads the answer
/// below a quote as a part of the quote, and an outer quote as a part of the inner one.
pub(super) fn separated(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len() + 16);
    let mut before = 0;
    let mut fence: Option<(char, usize)> = None;
    for line in markdown.split_inclusive('\n') {
        let (depth, content) = quote(line);
        let is_fenced = fence.is_some() && depth == 0;
        if !is_fenced && before > depth && !content.trim().is_empty() {
            out.push_str(&">".repeat(depth));
            out.push('\n');
        }
        let leaves_quote = !is_fenced && before > 0 && depth == 0;
        let line = match leaves_quote {
            // Four spaces would start a code block.
            true => Cow::Owned(undented(line)),
            false => Cow::Borrowed(line),
        };
        out.push_str(&line);
        if depth == 0 {
            fence = next_fence(fence, content);
        }
        let is_quote = !is_fenced && !content.trim().is_empty();
        before = if is_quote { depth } else { 0 };
    }
    out
}

/// Joins the cells of a table's row that has more cells than the header. GitHub drops them.
pub(super) fn with_all_cells(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut columns = None;
    let mut before = "";
    let mut fence = None;
    for line in markdown.split_inclusive('\n') {
        let (_, content) = quote(line);
        let row = content.trim();
        fence = next_fence(fence, content);
        let is_delimiter = row.contains('-') && row.chars().all(|c| "|-: \t".contains(c));
        let is_row = row.contains('|');
        let starts = fence.is_none() && is_delimiter && is_row && cells(row) == cells(before);
        before = row;
        match columns {
            _ if starts => columns = Some(cells(row)),
            Some(columns) if is_row && cells(row) > columns => {
                let at = line.len() - content.len();
                let (marks, _) = line.split_at(at);
                out.push_str(marks);
                push_row(content, columns, &mut out);
                continue;
            }
            _ if row.is_empty() || fence.is_some() => columns = None,
            _ => {}
        }
        out.push_str(line);
    }
    out
}

/// Returns the number of cells of a row.
fn cells(row: &str) -> usize {
    let inner = row.strip_prefix('|').unwrap_or(row);
    let inner = match inner.strip_suffix('|') {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => inner,
    };
    let mut escaped = false;
    let mut count = 1;
    for c in inner.chars() {
        count += usize::from(c == '|' && !escaped);
        escaped = c == '\\' && !escaped;
    }
    count
}

/// Appends a row with the separators after the last column escaped.
fn push_row(row: &str, columns: usize, out: &mut String) {
    let end = row.trim_end().len();
    let mut escaped = false;
    // The separators before the last cell, and the one at the start of the row.
    let mut left = columns - 1 + usize::from(row.trim_start().starts_with('|'));
    for (at, c) in row.char_indices() {
        if c == '|' && !escaped && at + 1 < end {
            if left == 0 {
                out.push('\\');
            }
            left = left.saturating_sub(1);
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
}

/// Returns the number of quote markers at the start of a line, and the text after them.
fn quote(line: &str) -> (usize, &str) {
    let mut depth = 0;
    let mut rest = line;
    loop {
        let indent = rest.len() - rest.trim_start_matches(' ').len();
        let trimmed = rest.trim_start_matches(' ');
        match trimmed.strip_prefix('>') {
            // A space may follow the marker before.
            Some(after) if indent <= 4 - usize::from(depth == 0) => {
                depth += 1;
                rest = after;
            }
            _ => return (depth, rest),
        }
    }
}

fn undented(line: &str) -> String {
    let content = line.trim_start_matches([' ', '\t']);
    match line.len() - content.len() > 3 {
        true => content.to_owned(),
        false => line.to_owned(),
    }
}

/// Returns the open code fence after a line.
fn next_fence(open: Option<(char, usize)>, line: &str) -> Option<(char, usize)> {
    let content = line.trim_start_matches(' ').trim_end();
    let Some(mark) = content.chars().next().filter(|c| matches!(c, '`' | '~')) else {
        return open;
    };
    let after = content.trim_start_matches(mark);
    let length = content.len() - after.len();
    match open {
        _ if length < 3 => open,
        None if mark == '`' && after.contains('`') => None,
        None => Some((mark, length)),
        Some((of, least)) if of == mark && length >= least && after.is_empty() => None,
        Some(_) => open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_below_a_quote_is_not_part_of_the_quote() {
        for (source, expected, why) in [
            ("> q\nanswer\n", "> q\n\nanswer\n", "an answer"),
            (
                ">> q\n> r\nanswer",
                ">> q\n>\n> r\n\nanswer",
                "quotes of two people",
            ),
            ("> > q\n> r", "> > q\n>\n> r", "markers with spaces"),
            ("> q\n\nanswer\n", "> q\n\nanswer\n", "an empty line"),
            (
                "> q\n    answer",
                "> q\n\nanswer",
                "an indented answer is no code",
            ),
            ("> q\n>\n> r\n", "> q\n>\n> r\n", "one quote"),
            ("```\n> q\nx\n```\n", "```\n> q\nx\n```\n", "code"),
            (
                "> ```\n> x\n> ```\na",
                "> ```\n> x\n> ```\n\na",
                "code in a quote",
            ),
            ("a > b\nc", "a > b\nc", "a comparison"),
        ] {
            assert_eq!(separated(source), expected, "{why}");
        }
    }

    #[test]
    fn a_row_keeps_its_cells_beyond_the_header() {
        for (row, expected) in [
            ("| a | b |", "| a | b |"),
            ("| a | b | c |", "| a | b \\| c |"),
            ("a | b | c", "a | b \\| c"),
            ("|| a | b |", "|| a \\| b |"),
            ("> | a | b | c |", "> | a | b \\| c |"),
            ("a \\| b | c", "a \\| b | c"),
            ("```\na | b | c", "```\na | b | c"),
        ] {
            let table = format!("|x|y|\n|-|-|\n{row}");
            let expected = format!("|x|y|\n|-|-|\n{expected}");
            assert_eq!(with_all_cells(&table), expected);
        }
    }
}
