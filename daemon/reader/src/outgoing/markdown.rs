//! Markdown as HTML: GitHub's flavour with hard line breaks.

use super::{
    autolinks,
    edits::{Edit, edited},
    literal,
    parse::Limit,
    source,
    tags::{self, Context, Pieces},
    written,
};
use comrak::{
    Arena, Options,
    nodes::{Node, NodeValue},
};

/// Limit of passes that turn what only looks like markup into text. Each pass can uncover more.
const MAX_PASSES: usize = 8;

/// Limit of the characters with a meaning in Markdown, of which each costs the parser a node.
const MAX_MARKS: usize = 250_000;

/// Converts Markdown to HTML. Tags of HTML stay, and are not sanitised.
///
/// # Errors
/// [`Limit::Nodes`].
pub(super) fn to_html(markdown: &str) -> Result<String, Limit> {
    if source::marks(markdown) > MAX_MARKS {
        return Err(Limit::Nodes);
    }
    let options = options();
    let prepared = |markdown: &str| source::with_all_cells(&source::separated(markdown));
    let mut markdown = prepared(markdown);
    let mut passes = 0;
    loop {
        let arena = Arena::new();
        let root = comrak::parse_document(&arena, &markdown, &options);
        let mut edits = literal::edits(root, &markdown);
        edits.extend(
            unknown_blocks(root)
                .into_iter()
                .map(|at| (at, Edit::Escape('<'))),
        );
        if edits.is_empty() || passes == MAX_PASSES {
            let lines: Vec<&str> = markdown.lines().collect();
            written::keep(root, &lines, &arena);
            autolinks::end(root, &lines, &arena);
            return Ok(rendered(root, &options));
        }
        // What becomes text of a fence may be a table or a quote.
        markdown = prepared(&edited(&markdown, &edits));
        passes += 1;
    }
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    // Their words have no spaces around the marks.
    options.extension.cjk_friendly_emphasis = true;
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
                if is_break
                    .get(..2)
                    .is_some_and(|br| br.eq_ignore_ascii_case("br"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_in_markdown_is_html_and_other_brackets_are_text() {
        for (source, expected, why) in [
            ("<p>Hello</p>", "<p>Hello</p>\n", "a block"),
            (
                "Hi,<br>see\nyou",
                "<p>Hi,<br>see<br />\nyou</p>\n",
                "a line break",
            ),
            ("a<br>\nb", "<p>a<br>b</p>\n", "one line break"),
            (
                "Dear <name>,",
                "<p>Dear &lt;name&gt;,</p>\n",
                "a placeholder",
            ),
            (
                "<name>\n**b**",
                "<p>&lt;name&gt;<br />\n<strong>b</strong></p>\n",
                "a block that is text",
            ),
            (
                "Vec<String> a<b",
                "<p>Vec&lt;String&gt; a&lt;b</p>\n",
                "brackets",
            ),
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
