//! Lines that CommonMark takes for markup, and that no person writes as markup in a mail: they
//! would vanish from the mail, or change. Each becomes text.
//!
//! [`edits`] finds them in a parsed document, so that code and HTML stay as they are; the caller
//! parses the edited source again.

use comrak::nodes::{AstNode, ListDelimType, ListType, NodeCodeBlock, NodeValue};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::RangeInclusive,
};

/// Shortest row of dashes or equals signs below a line that makes it a heading.
const MIN_UNDERLINE: usize = 4;

/// Change of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    /// Escapes the first run of a character.
    Escape(char),
    /// Writes a row of dashes so that it does not depend on the line above.
    Rule,
}

/// Changes of lines, by their numbers from 1.
pub(super) type Edits = BTreeMap<usize, Edit>;

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
                let is_text = is_no_fence(code);
                if is_text {
                    unfence(range.clone(), &lines, &mut edits);
                }
                mark(range, &mut verbatim);
            }
            NodeValue::HtmlBlock(_) => mark(range, &mut verbatim),
            NodeValue::Heading(heading) if heading.setext => {
                underline(range, &lines, &mut edits);
            }
            NodeValue::List(list) if list.bullet_char == b'+' => plus(node, &mut edits),
            // A list would have the number without its zeros.
            NodeValue::Item(item) if item.list_type == ListType::Ordered => {
                let line = lines.get(range.start().saturating_sub(1)).copied();
                let number = line
                    .unwrap_or_default()
                    .trim_start_matches([' ', '\t', '>']);
                if number.starts_with('0')
                    && !number.trim_start_matches('0').starts_with(['.', ')'])
                {
                    let mark = match item.delimiter {
                        ListDelimType::Period => '.',
                        ListDelimType::Paren => ')',
                    };
                    edits.insert(*range.start(), Edit::Escape(mark));
                }
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

/// Returns a source with its changes.
pub(super) fn edited(source: &str, edits: &Edits) -> String {
    let mut out = String::with_capacity(source.len() + 4 * edits.len());
    for (at, line) in source.split_inclusive('\n').enumerate() {
        let edit = edits.get(&(at + 1)).copied();
        let of = match edit {
            Some(Edit::Escape(of)) => of,
            Some(Edit::Rule) => '-',
            None => '\0',
        };
        let (before, rest) = line.split_at(line.find(of).unwrap_or(line.len()));
        let after = rest.trim_start_matches(of);
        out.push_str(before);
        match edit {
            Some(Edit::Escape(of)) => {
                let count = rest.chars().take_while(|c| *c == of).count();
                out.extend(std::iter::repeat_n(['\\', of], count).flatten());
            }
            Some(Edit::Rule) => out.push_str("***"),
            None => {}
        }
        out.push_str(after);
    }
    out
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

/// Makes text of a fence, and of the decorated lines in what it took for code.
fn unfence(range: RangeInclusive<usize>, lines: &[&str], edits: &mut Edits) {
    let first = *range.start();
    for at in range {
        let line = lines.get(at.saturating_sub(1)).copied();
        let content = content(line.unwrap_or_default()).trim_end();
        let is_decorated = content.starts_with("~~~") && !content.trim_matches('~').is_empty();
        if at == first || (is_decorated && content.ends_with('~')) {
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

/// Makes text of a list whose items are amounts with their signs, and of the amounts beside it.
fn plus<'a>(list: &'a AstNode<'a>, edits: &mut Edits) {
    let is_simple = list.children().all(|item| item.children().count() <= 1);
    if !is_simple || !list.children().any(is_amount) {
        return;
    }
    let beside = [list.previous_sibling(), list.next_sibling()];
    let beside = beside.into_iter().flatten().filter(|other| {
        let is_bullets = matches!(&other.data.borrow().value,
            NodeValue::List(list) if list.list_type == ListType::Bullet);
        is_bullets && other.children().all(is_amount)
    });
    for list in std::iter::once(list).chain(beside) {
        let NodeValue::List(kind) = list.data.borrow().value else {
            continue;
        };
        for item in list.children() {
            let line = item.data.borrow().sourcepos.start.line;
            edits.insert(line, Edit::Escape(char::from(kind.bullet_char)));
        }
    }
}

/// Returns whether the text of an item starts with a number or a sign of a currency.
fn is_amount<'a>(item: &'a AstNode<'a>) -> bool {
    let text = item.descendants().find_map(|node| {
        let data = node.data.borrow();
        data.value.text().and_then(|text| text.chars().next())
    });
    text.is_some_and(|c| c.is_ascii_digit() || "$£€¥₹₩₽₺₴¢".contains(c))
}

/// Makes text of definitions of links that no link of the document uses: they show nothing.
fn definitions(lines: &[&str], verbatim: &[bool], targets: &HashSet<String>, edits: &mut Edits) {
    let mut labels = None;
    let mut defined = HashSet::new();
    for (at, line) in lines.iter().enumerate() {
        let content = content(line);
        if verbatim.get(at) == Some(&true) || !content.starts_with('[') {
            continue;
        }
        let next = lines.get(at + 1).copied().unwrap_or_default();
        let is_lost = match definition(content, next) {
            Definition::None => false,
            Definition::LongLabel => continues_as_definition(lines, at),
            Definition::Of { label, target } => {
                let used = labels.get_or_insert_with(|| bracketed(lines));
                let is_used = used.get(&label).is_some_and(|count| *count > 1);
                let target = target.replace("&amp;", "&").replace('\\', "");
                let is_first = defined.insert(label);
                !(is_used && is_first && is_address(&target) && targets.contains(&target))
            }
        };
        if is_lost {
            edits.insert(at + 1, Edit::Escape('['));
        }
    }
}

enum Definition {
    None,
    /// The label does not end on its line.
    LongLabel,
    Of {
        label: String,
        target: String,
    },
}

/// Reads a definition of a link, such as `[label]: target`. Its target may be on the next line.
fn definition(content: &str, next: &str) -> Definition {
    let Some((label, after)) = content.split_at(1).1.split_once(']') else {
        return Definition::LongLabel;
    };
    let Some(after) = after.strip_prefix(':') else {
        return Definition::None;
    };
    let after = match after.trim() {
        "" => next.trim(),
        after => after,
    };
    let (target, rest) = match after
        .strip_prefix('<')
        .and_then(|after| after.split_once('>'))
    {
        Some(parts) => parts,
        None => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
    };
    let rest = rest.trim();
    match label.trim().is_empty() || !(rest.is_empty() || rest.starts_with(['"', '\'', '('])) {
        true => Definition::None,
        false => Definition::Of {
            label: normal(label),
            target: target.to_owned(),
        },
    }
}

/// Returns whether the label that starts on a line ends on one below, before a colon.
fn continues_as_definition(lines: &[&str], at: usize) -> bool {
    /// Lines after which a label is too long for a definition.
    const MAX_LINES: usize = 20;
    let below = lines.iter().skip(at + 1).take(MAX_LINES);
    let mut below = below.take_while(|line| !line.trim().is_empty());
    let end = below.find_map(|line| line.split_once(']'));
    end.is_some_and(|(_, after)| after.starts_with(':'))
}

fn is_address(target: &str) -> bool {
    let is_scheme =
        |scheme: &str| scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphabetic());
    let has_scheme = target
        .split_once(':')
        .is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.is_empty());
    has_scheme || target.starts_with(['#', '/']) || target.starts_with("www.")
}

/// Returns how often each text stands in brackets.
fn bracketed(lines: &[&str]) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for line in lines {
        let mut start = None;
        for (at, c) in line.char_indices() {
            match (c, start) {
                ('[', _) => start = Some(at + 1),
                (']', Some(from)) => {
                    let label = line.get(from..at).unwrap_or_default();
                    *counts.entry(normal(label)).or_default() += 1;
                    start = None;
                }
                _ => {}
            }
        }
    }
    counts
}

/// Returns a label as CommonMark compares it.
fn normal(label: &str) -> String {
    let words: Vec<&str> = label.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Returns a line without the marks of quotes and items at its start.
fn content(line: &str) -> &str {
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
