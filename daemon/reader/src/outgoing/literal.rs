//! Lines that CommonMark takes for markup, and that no person writes as markup in a mail: they
//! would vanish from the mail, or change. Each becomes text.
//!
//! [`edits`] finds them in a parsed document, so that code and HTML stay as they are; the caller
//! parses the edited source again.

use super::{
    edits::{Edit, Edits, content, marks},
    signs,
};
use comrak::nodes::{AstNode, ListDelimType, ListType, NodeCodeBlock, NodeValue};
use std::{collections::HashSet, ops::RangeInclusive};

/// Shortest row of dashes or equals signs below a line that makes it a heading.
const MIN_UNDERLINE: usize = 4;

/// Returns the changes that make text of what only looks like markup.
pub(super) fn edits<'a>(root: &'a AstNode<'a>, source: &str) -> Edits {
    let lines: Vec<&str> = source.lines().collect();
    let mut edits = Edits::new();
    let mut verbatim = vec![false; lines.len()];
    let mut targets = HashSet::new();
    for node in root.descendants() {
        let data = node.data.borrow();
        let range = data.sourcepos.start.line..=data.sourcepos.end.line;
        match &data.value {
            NodeValue::CodeBlock(code) => {
                if is_no_fence(code) {
                    unfence(range.clone(), code.closed, &lines, &mut edits);
                }
                mark(range, &mut verbatim);
            }
            NodeValue::HtmlBlock(_) => mark(range, &mut verbatim),
            NodeValue::Heading(heading) if heading.setext => {
                underline(range, &lines, &mut edits);
            }
            NodeValue::Table(table) if table.num_columns > 1 => below(range, &lines, &mut edits),
            NodeValue::Paragraph if is_in_item(node) => signature(range, &lines, &mut edits),
            NodeValue::List(list) if list.bullet_char == b'+' => signs::plus(node, &mut edits),
            NodeValue::Item(item) if item.list_type == ListType::Ordered => {
                zeros(*range.start(), item.delimiter, &lines, &mut edits);
            }
            NodeValue::Link(link) | NodeValue::Image(link) => {
                targets.insert(link.url.clone());
            }
            _ => {}
        }
    }
    definitions(&lines, &verbatim, &targets, &mut edits);
    edits
}

/// Makes text of an item whose number begins with zeros, which a list would leave away.
fn zeros(at: usize, delimiter: ListDelimType, lines: &[&str], edits: &mut Edits) {
    let line = lines.get(at.saturating_sub(1)).copied().unwrap_or_default();
    let number = line.trim_start_matches([' ', '\t', '>']);
    if number.starts_with('0') && !number.trim_start_matches('0').starts_with(['.', ')']) {
        let mark = match delimiter {
            ListDelimType::Period => '.',
            ListDelimType::Paren => ')',
        };
        edits.insert(at, Edit::Escape(mark));
    }
}

fn mark(lines: RangeInclusive<usize>, marked: &mut [bool]) {
    for line in lines {
        if let Some(marked) = marked.get_mut(line.saturating_sub(1)) {
            *marked = true;
        }
    }
}

/// Returns whether the first line of a code block is a decorated line, such as `~~~ Note ~~~`.
fn is_no_fence(code: &NodeCodeBlock) -> bool {
    code.fenced && code.fence_char == b'~' && (!code.closed || code.info.ends_with('~'))
}

/// Makes text of a fence, and of the decorated lines in what it took for code: of each fence if it
/// is not closed.
fn unfence(range: RangeInclusive<usize>, closed: bool, lines: &[&str], edits: &mut Edits) {
    let first = *range.start();
    for at in range {
        let line = lines.get(at.saturating_sub(1)).copied();
        let content = content(line.unwrap_or_default()).trim_end();
        let is_decorated = content.starts_with("~~~") && !content.trim_matches('~').is_empty();
        if at == first || (is_decorated && (!closed || content.ends_with('~'))) {
            edits.insert(at, Edit::Escape('~'));
        }
    }
}

/// Makes text or a rule of the line below a paragraph, unless it underlines a single line.
/// `-- ` begins a signature (RFC 3676, 4.3), and `---` below the last line of a mail a footer.
fn underline(range: RangeInclusive<usize>, lines: &[&str], edits: &mut Edits) {
    let line = |at: usize| lines.get(at.saturating_sub(1)).copied().unwrap_or_default();
    let row = |at: usize| content(line(at)).trim();
    let is_row = |at: &usize| !row(*at).is_empty() && row(*at).chars().all(|c| "-=".contains(c));
    let (first, last) = (*range.start(), *range.end());
    let Some(at) = [last, last + 1].into_iter().find(is_row) else {
        return;
    };
    let length = row(at).len();
    if length >= MIN_UNDERLINE && at == first + 1 {
        return;
    }
    let edit = match row(at).chars().next() {
        Some('-') if length >= 3 => Edit::Rule,
        Some('-') => Edit::Escape('-'),
        _ => Edit::Escape('='),
    };
    edits.insert(at, edit);
}

/// Ends a table above its last lines without separators, which are the text below it: GitHub makes
/// rows of them.
fn below(range: RangeInclusive<usize>, lines: &[&str], edits: &mut Edits) {
    let has_cells = |at: &usize| {
        lines
            .get(at.saturating_sub(1))
            .is_none_or(|line| line.contains('|'))
    };
    let last = *range.end();
    let at = range.rev().find(has_cells).map_or(last, |at| at + 1);
    if at <= last {
        edits.insert(at, Edit::Apart);
    }
}

fn is_in_item<'a>(node: &'a AstNode<'a>) -> bool {
    node.ancestors().any(|node| {
        matches!(
            node.data.borrow().value,
            NodeValue::Item(_) | NodeValue::TaskItem(_)
        )
    })
}

/// Ends a list above the line that begins a signature, which would belong to the last item.
fn signature(range: RangeInclusive<usize>, lines: &[&str], edits: &mut Edits) {
    for at in range.skip(1) {
        let line = lines.get(at.saturating_sub(1)).copied().unwrap_or_default();
        if line.trim_start_matches("> ").trim_end() == "--" {
            edits.insert(at, Edit::Apart);
        }
    }
}

/// What the lines above one are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Above {
    /// No paragraph, so a definition can follow.
    End,
    /// Definitions that become text: a paragraph, in which a definition would be text, too.
    Text,
    Paragraph,
}

/// Makes text of definitions of links that are none: they show nothing.
fn definitions(lines: &[&str], verbatim: &[bool], targets: &HashSet<String>, edits: &mut Edits) {
    let named = named(lines);
    let mut above = Above::End;
    let mut depth = 0;
    let mut next = 0;
    for (at, line) in lines.iter().enumerate() {
        let quotes = marks(line).matches('>').count();
        let starts_block = quotes > depth || marks(line).contains(|c| !"> \t".contains(c));
        depth = quotes;
        if at < next {
            continue;
        }
        let content = content(line);
        if verbatim.get(at) == Some(&true) || ends_paragraph(content) {
            above = Above::End;
            continue;
        }
        if starts_block {
            above = Above::End;
        }
        let Some(definition) = definition(lines, at) else {
            above = Above::Paragraph;
            continue;
        };
        next = definition.end;
        let is_kept = definition.is_kept(targets, &named);
        match above {
            Above::End | Above::Text if is_kept => {
                if above == Above::Text {
                    edits.insert(at + 1, Edit::Apart);
                }
                above = Above::End;
            }
            Above::End => above = Above::Text,
            Above::Text | Above::Paragraph => {}
        }
        if !is_kept {
            edits.insert(at + 1, Edit::Escape('['));
        }
    }
}

/// Returns whether no paragraph goes on below a line, by its content.
fn ends_paragraph(content: &str) -> bool {
    let is_row = content.chars().all(|c| "-=*_ \t".contains(c));
    is_row || content.starts_with('#')
}

struct Definition {
    label: String,
    target: String,
    /// The target stands in angle brackets.
    is_marked: bool,
    /// Number of the line below, from 0.
    end: usize,
}

impl Definition {
    /// Returns whether it is no text of the mail: it has an address, a link uses it, or it is a
    /// comment as Markdown writes them. A link to a word must name its label.
    fn is_kept(&self, targets: &HashSet<String>, named: &HashSet<String>) -> bool {
        let target = self.target.replace("&amp;", "&").replace('\\', "");
        let is_link =
            target.contains(['.', '/', ':']) || named.contains(&self.label.to_lowercase());
        self.is_marked
            || is_address(&target)
            || self.label == "//"
            || (is_link && targets.contains(&target))
    }
}

/// Reads the definition of a link that starts on a line, such as `[label]: target`. Its label may
/// end on a line below, and its target and its title be on the next ones.
fn definition(lines: &[&str], at: usize) -> Option<Definition> {
    /// Lines after which a label is too long for a definition.
    const MAX_LINES: usize = 20;
    let line = |at: usize| content(lines.get(at).copied().unwrap_or_default()).trim();
    let mut rest = line(at).strip_prefix('[')?;
    let mut label = String::new();
    let mut end = at + 1;
    let after = loop {
        if let Some(close) = unescaped(rest, ']') {
            let (last, after) = rest.split_at(close);
            label.push_str(last);
            break after.strip_prefix("]:")?.trim();
        }
        label.push_str(rest);
        rest = line(end);
        end += 1;
        if rest.is_empty() || end > at + MAX_LINES {
            return None;
        }
    };
    let after = match after {
        "" => {
            end += 1;
            line(end - 1)
        }
        after => after,
    };
    let marked = after.strip_prefix('<').and_then(|of| of.split_once('>'));
    let (target, title) = marked
        .unwrap_or_else(|| after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())));
    let title = title.trim();
    let is_title = |title: &str| title.starts_with(['"', '\'', '(']);
    if label.trim().is_empty() || after.is_empty() || !(title.is_empty() || is_title(title)) {
        return None;
    }
    if title.is_empty() && is_title(line(end)) && line(end).ends_with(['"', '\'', ')']) {
        end += 1;
    }
    Some(Definition {
        label,
        target: target.to_owned(),
        is_marked: marked.is_some(),
        end,
    })
}

/// Returns the labels that links name after their texts, as `[text][label]` does.
fn named(lines: &[&str]) -> HashSet<String> {
    let after = lines.iter().flat_map(|line| line.split("][").skip(1));
    let labels = after.filter_map(|after| after.split_once(']'));
    labels.map(|(label, _)| label.to_lowercase()).collect()
}

/// Returns where a character stands in a text without a backslash before it.
fn unescaped(text: &str, of: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let found = !escaped && c == of;
        escaped = !escaped && c == '\\';
        found.then_some(at)
    })
}

/// Returns whether a target is one of a link, and no word or number of a person.
fn is_address(target: &str) -> bool {
    let has_scheme = target.contains("://")
        || ["mailto:", "tel:", "www."]
            .iter()
            .any(|start| target.starts_with(start));
    let is_fragment = target
        .strip_prefix('#')
        .is_some_and(|id| !id.starts_with(|c: char| c.is_ascii_digit()));
    has_scheme
        || is_fragment
        || ["/", "./", "../"]
            .iter()
            .any(|start| target.starts_with(start))
}
