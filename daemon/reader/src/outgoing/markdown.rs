//! Markdown as HTML: GitHub's flavour with hard line breaks.

use super::{
    parse::Limit,
    tags::{self, Context, Pieces},
};
use comrak::{
    Arena, Options,
    nodes::{Node, NodeValue},
};
use std::borrow::Cow;

/// Limit of passes that turn blocks of unknown tags into text. Each pass can uncover more.
const MAX_PASSES: usize = 4;

/// Limit of the characters with a meaning in Markdown, of which each costs the parser a node.
const MAX_MARKS: usize = 250_000;

/// Converts Markdown to HTML. Tags of HTML stay, and are not sanitised.
///
/// # Errors
/// [`Limit::Nodes`].
pub(super) fn to_html(markdown: &str) -> Result<String, Limit> {
    if marks(markdown) > MAX_MARKS {
        return Err(Limit::Nodes);
    }
    let options = options();
    let mut source = with_all_cells(&separated(markdown));
    for _ in 0..MAX_PASSES {
        let arena = Arena::new();
        let root = comrak::parse_document(&arena, &source, &options);
        let unknown = unknown_blocks(root);
        if unknown.is_empty() {
            return Ok(rendered(root, &options));
        }
        source = escaped(&source, &unknown);
    }
    let arena = Arena::new();
    Ok(rendered(comrak::parse_document(&arena, &source, &options), &options))
}

/// Returns an upper bound of the parser's nodes: lines, marks, and cells that tables add.
fn marks(markdown: &str) -> usize {
    const MARKS: &[u8] = b"*_~`[]!<>&|\\@:";
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

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.render.hardbreaks = true;
    // Whatever the sanitiser removes, it reports.
    options.render.r#unsafe = true;
    options
}

fn rendered(root: Node<'_>, options: &Options<'_>) -> String {
    rewrite_html(root);
    let mut html = String::new();
    // Writing to a String cannot fail.
    let _ = comrak::format_html(root, options, &mut html);
    html
}

/// Returns the lines on which blocks start whose first tag is no HTML, counted from 1.
fn unknown_blocks(root: Node<'_>) -> Vec<usize> {
    let blocks = root.descendants().filter_map(|node| {
        let data = node.data.borrow();
        match &data.value {
            NodeValue::HtmlBlock(block) if tags::starts_unknown(&block.literal) => {
                Some(data.sourcepos.start.line)
            }
            _ => None,
        }
    });
    blocks.collect()
}

/// Escapes the first angle bracket of the given lines.
fn escaped(source: &str, lines: &[usize]) -> String {
    let mut out = String::with_capacity(source.len() + lines.len());
    let mut lines = lines.iter().peekable();
    for (at, line) in source.split_inclusive('\n').enumerate() {
        match (lines.next_if(|l| **l == at + 1), line.split_once('<')) {
            (Some(_), Some((before, after))) => {
                out.push_str(before);
                out.push_str("\\<");
                out.push_str(after);
            }
            _ => out.push_str(line),
        }
    }
    out
}

/// Escapes the angle brackets that are no HTML, and reads indented HTML within an open element as
/// HTML instead of code.
fn rewrite_html(root: Node<'_>) {
    let mut open = 0;
    for node in root.descendants() {
        let mut data = node.data.borrow_mut();
        let html = match &data.value {
            NodeValue::HtmlBlock(block) => {
                open += tags::open_elements(&block.literal);
                None
            }
            NodeValue::CodeBlock(code) if !code.fenced && open > 0 => {
                tags::starts_known(&code.literal).then(|| code.literal.clone())
            }
            _ => None,
        };
        if let Some(literal) = html {
            open += tags::open_elements(&literal);
            data.value = NodeValue::HtmlBlock(comrak::nodes::NodeHtmlBlock {
                block_type: 6,
                literal,
            });
        }
    }
    let mut sources = Vec::new();
    let mut breaks = Vec::new();
    for node in root.descendants() {
        match &node.data.borrow().value {
            NodeValue::HtmlBlock(block) => sources.push((Context::Block, block.literal.clone())),
            NodeValue::HtmlInline(html) => {
                let context = Context::Inline {
                    after_word: follows_word(node),
                };
                sources.push((context, html.clone()));
                let is_break = html.trim_start_matches("</").trim_start_matches('<');
                if is_break.get(..2).is_some_and(|br| br.eq_ignore_ascii_case("br"))
                    && let Some(next) = node.next_sibling()
                    && matches!(next.data.borrow().value, NodeValue::SoftBreak)
                {
                    breaks.push(next);
                }
            }
            _ => {}
        }
    }
    // A `<br>` at the end of a line is one line break.
    breaks.into_iter().for_each(|node| node.detach());
    let mut pieces = Pieces::default();
    for (context, source) in &sources {
        pieces.add(*context, source);
    }
    let mut rewritten = pieces.finish().into_iter();
    for node in root.descendants() {
        match &mut node.data.borrow_mut().value {
            NodeValue::HtmlBlock(block) => block.literal = rewritten.next().unwrap_or_default(),
            NodeValue::HtmlInline(html) => *html = rewritten.next().unwrap_or_default(),
            _ => {}
        }
    }
}

fn follows_word(node: Node<'_>) -> bool {
    let Some(before) = node.previous_sibling() else {
        return false;
    };
    match &before.data.borrow().value {
        NodeValue::Text(text) => text.ends_with(char::is_alphanumeric),
        _ => false,
    }
}

/// Separates a quote from the line after it. Without an empty line, CommonMark reads the answer
/// below a quote as a part of the quote, and an outer quote as a part of the inner one.
fn separated(markdown: &str) -> String {
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
fn with_all_cells(markdown: &str) -> String {
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
            (">> q\n> r\nanswer", ">> q\n>\n> r\n\nanswer", "quotes of two people"),
            ("> > q\n> r", "> > q\n>\n> r", "markers with spaces"),
            ("> q\n\nanswer\n", "> q\n\nanswer\n", "an empty line"),
            ("> q\n    answer", "> q\n\nanswer", "an indented answer is no code"),
            ("> q\n>\n> r\n", "> q\n>\n> r\n", "one quote"),
            ("```\n> q\nx\n```\n", "```\n> q\nx\n```\n", "code"),
            ("> ```\n> x\n> ```\na", "> ```\n> x\n> ```\n\na", "code in a quote"),
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

    #[test]
    fn html_in_markdown_is_html_and_other_brackets_are_text() {
        for (source, expected, why) in [
            ("<p>Hello</p>", "<p>Hello</p>\n", "a block"),
            ("Hi,<br>see\nyou", "<p>Hi,<br>see<br />\nyou</p>\n", "a line break"),
            ("a<br>\nb", "<p>a<br>b</p>\n", "one line break"),
            ("Dear <name>,", "<p>Dear &lt;name&gt;,</p>\n", "a placeholder"),
            ("<name>\n**b**", "<p>&lt;name&gt;<br />\n<strong>b</strong></p>\n", "a block that is text"),
            ("Vec<String> a<b", "<p>Vec&lt;String&gt; a&lt;b</p>\n", "brackets"),
            (
                "<table>\n\n    <tr><td>x</td></tr>\n\n</table>",
                "<table>\n<tr><td>x</td></tr>\n</table>\n",
                "indented HTML",
            ),
            ("`<b>`", "<p><code>&lt;b&gt;</code></p>\n", "code"),
        ] {
            assert_eq!(to_html(source).as_deref(), Ok(expected), "{why}");
        }
    }
}
