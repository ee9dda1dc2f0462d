//! Parts of a parsed Markdown mail that its HTML would not have as they were written: the numbers
//! of lists, signs of multiplication and ranges, and the words behind a fence.

use comrak::{
    Arena,
    nodes::{AstNode, ListType, NodeList, NodeValue},
};

/// First letter of the scripts whose words stand together without spaces.
const FIRST_UNSPACED: char = '\u{e00}';

/// Changes a document so that its HTML has these parts.
pub(super) fn keep<'a>(root: &'a AstNode<'a>, lines: &[&str], arena: &'a Arena<'a>) {
    let nodes: Vec<&AstNode> = root.descendants().collect();
    // A change would hide the letters around the next mark.
    let marks: Vec<_> = nodes.iter().map(|node| literal_mark(node, lines)).collect();
    for (node, mark) in nodes.into_iter().zip(marks) {
        if let Some(mark) = mark {
            unwrap(node, mark, arena);
            continue;
        }
        let value = node.data.borrow().value.clone();
        match value {
            NodeValue::List(list) if list.list_type == ListType::Ordered => {
                number(node, &list, arena);
            }
            NodeValue::CodeBlock(code) if is_shown(&code.info) => {
                label(node, code.info, arena);
            }
            _ => {}
        }
    }
}

/// Splits a list before each item whose number does not follow the one before: HTML has the number
/// of the first item alone. Equal ones are Markdown's way to leave the numbers to the program.
fn number<'a>(list: &'a AstNode<'a>, kind: &NodeList, arena: &'a Arena<'a>) {
    let items: Vec<&AstNode> = list.children().collect();
    let number = |item: &AstNode| match &item.data.borrow().value {
        NodeValue::Item(item) => Some(item.start),
        _ => None,
    };
    let is_lazy = kind.start <= 1 && items.iter().all(|item| number(item) == Some(kind.start));
    if is_lazy {
        return;
    }
    let mut current = list;
    let mut expected = kind.start;
    for item in items {
        let start = number(item).unwrap_or(expected);
        if start != expected {
            let rest = NodeValue::List(NodeList { start, ..*kind });
            let rest = arena.alloc(rest.into());
            current.insert_after(rest);
            current = rest;
        }
        if !std::ptr::eq(current, list) {
            current.append(item);
        }
        expected = start + 1;
    }
}

/// Returns the mark of an element that is a sign and no markup, as `*` is in `5*10*2`.
fn literal_mark<'a>(node: &'a AstNode<'a>, lines: &[&str]) -> Option<&'static str> {
    let is_underscore = || at_source(node, lines).starts_with('_');
    match &node.data.borrow().value {
        NodeValue::Emph if is_pattern(node) => Some(if is_underscore() { "_" } else { "*" }),
        NodeValue::Strong if is_pattern(node) => Some(if is_underscore() { "__" } else { "**" }),
        NodeValue::Emph => is_in_word(node, |a, b| is_spaced(a) && is_spaced(b)).then_some("*"),
        NodeValue::Strong => {
            let is_power = |a: char, b: char| {
                is_spaced(a) && is_spaced(b) && (a.is_ascii_digit() || b.is_ascii_digit())
            };
            let is_literal = is_in_word(node, is_power) || has_parts_of_words(node);
            is_literal.then_some("**")
        }
        NodeValue::Strikethrough if has_one_tilde(node) => {
            let [before, _, _, after] = around(node);
            let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            (is_letter(before) || is_letter(after)).then_some("~")
        }
        _ => None,
    }
}

/// Returns the text from the start of an element on, in its line.
pub(super) fn at_source<'l, 'a>(node: &'a AstNode<'a>, lines: &[&'l str]) -> &'l str {
    let start = node.data.borrow().sourcepos.start;
    let line = lines.get(start.line.saturating_sub(1)).copied();
    let from = line.and_then(|line| line.get(start.column.saturating_sub(1)..));
    from.unwrap_or_default()
}

/// Returns whether the marks of an element are those of paths, comments, and blanks of a form, as in
/// `*.rs, src/*.rs`, `/*x*/` and `[____] (____)`: no emphasis begins or ends with such a sign.
fn is_pattern<'a>(node: &'a AstNode<'a>) -> bool {
    let [before, first, last, after] = around(node);
    // `**.env**`, `*.env*` and `*...*` are emphasis.
    let is_glob = |text: &str| {
        let is_name = matches!(text.as_bytes(), [b'.', next, ..] if *next != b'.');
        is_name && text.contains([' ', '/'])
    };
    let first_text = first_text(node);
    let is_strong = matches!(node.data.borrow().value, NodeValue::Strong);
    let begins = first.is_some_and(|c| {
        ")]},;|".contains(c) || (!is_strong && (matches!(c, '/' | '\\') || is_glob(&first_text)))
    });
    // `**Directory: src/**` and `*docs/*` are emphasis, too.
    let ends = last
        .is_some_and(|c| "/([{|".contains(c) && (!has_letters(node) || (!is_strong && c != '/')));
    let is_comment = before == Some('/') && after == Some('/') && !is_among_choices(node);
    begins || ends || is_comment
}

/// Returns whether an element is one of several choices, as in `*a*/*b*/*c*`.
fn is_among_choices<'a>(node: &'a AstNode<'a>) -> bool {
    let is_slash = |text: &&'a AstNode<'a>| {
        text.data
            .borrow()
            .value
            .text()
            .is_some_and(|text| text == "/")
    };
    let slash = node.previous_sibling().filter(is_slash);
    slash
        .and_then(AstNode::previous_sibling)
        .is_some_and(is_mark)
}

/// Returns whether a mark of an element stands within a word. The second one alone does if the
/// first follows a sign, as in `(1+2)*3*4`, if it is between two digits, or if words are between,
/// as in `f(*args, x*y)`.
fn is_in_word<'a>(node: &'a AstNode<'a>, is_word: impl Fn(char, char) -> bool) -> bool {
    let [before, first, last, after] = around(node);
    let is_word = |a: Option<char>, b: Option<char>| a.zip(b).is_some_and(|(a, b)| is_word(a, b));
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let begins_word = |c: char| c.is_whitespace() || "([{\"'“‘«".contains(c);
    let follows_sign = before.is_some_and(|c| !begins_word(c));
    let ends_in_word = is_word(last, after);
    is_word(before, first)
        || (ends_in_word
            && (follows_sign || (is_digit(last) && is_digit(after)) || has_space(node)))
}

/// Returns whether an element is the end of a word and the start of another one, as in `a**n + b**n`.
fn has_parts_of_words<'a>(node: &'a AstNode<'a>) -> bool {
    around(node).iter().all(|c| c.is_some_and(is_spaced)) && has_space(node)
}

fn has_space<'a>(node: &'a AstNode<'a>) -> bool {
    has(node, |c| c == ' ')
}

fn has_letters<'a>(node: &'a AstNode<'a>) -> bool {
    has(node, char::is_alphanumeric)
}

/// Returns whether the text of an element has such a character.
fn has<'a>(node: &'a AstNode<'a>, is_wanted: impl Fn(char) -> bool) -> bool {
    node.descendants().any(|part| {
        let data = part.data.borrow();
        let text = data.value.text();
        text.is_some_and(|text| text.contains(&is_wanted))
    })
}

/// Returns the letters beside the two marks of an element.
fn around<'a>(node: &'a AstNode<'a>) -> [Option<char>; 4] {
    [
        beside(node, AstNode::previous_sibling).and_then(last_letter),
        node.first_child().and_then(first_letter),
        node.last_child().and_then(last_letter),
        beside(node, AstNode::next_sibling).and_then(first_letter),
    ]
}

/// Returns the node beside an element, or beside the marks that stand directly around it.
fn beside<'a>(
    node: &'a AstNode<'a>,
    sibling: impl Fn(&'a AstNode<'a>) -> Option<&'a AstNode<'a>>,
) -> Option<&'a AstNode<'a>> {
    let mut node = node;
    loop {
        if let Some(found) = sibling(node) {
            return Some(found);
        }
        node = node.parent().filter(|parent| is_mark(parent))?;
    }
}

fn first_letter<'a>(node: &'a AstNode<'a>) -> Option<char> {
    let mut node = node;
    while is_mark(node) {
        node = node.first_child()?;
    }
    node.data.borrow().value.text()?.chars().next()
}

/// Returns the text with which an element begins.
fn first_text<'a>(node: &'a AstNode<'a>) -> String {
    let text = node.descendants().find_map(|part| {
        let data = part.data.borrow();
        data.value.text().map(|text| text.to_string())
    });
    text.unwrap_or_default()
}

fn last_letter<'a>(node: &'a AstNode<'a>) -> Option<char> {
    let mut node = node;
    while is_mark(node) {
        node = node.last_child()?;
    }
    node.data.borrow().value.text()?.chars().next_back()
}

fn is_mark<'a>(node: &'a AstNode<'a>) -> bool {
    let value = &node.data.borrow().value;
    matches!(
        value,
        NodeValue::Emph | NodeValue::Strong | NodeValue::Strikethrough
    )
}

/// Returns whether struck text stands between single tildes, which ranges have as well: `9~10 and 14~15`.
fn has_one_tilde<'a>(node: &'a AstNode<'a>) -> bool {
    let start = |node: &AstNode| node.data.borrow().sourcepos.start.column;
    let first = node.first_child();
    first.is_some_and(|first| start(first) == start(node) + 1)
}

fn is_spaced(c: char) -> bool {
    c.is_alphanumeric() && c < FIRST_UNSPACED
}

/// Replaces an element by its content between two marks.
fn unwrap<'a>(node: &'a AstNode<'a>, mark: &'static str, arena: &'a Arena<'a>) {
    let text = || arena.alloc(NodeValue::Text(mark.into()).into());
    let children: Vec<&AstNode> = node.children().collect();
    node.insert_before(text());
    for child in children {
        node.insert_before(child);
    }
    node.insert_before(text());
    node.detach();
}

/// Writes the words behind a fence above its code.
fn label<'a>(code: &'a AstNode<'a>, words: String, arena: &'a Arena<'a>) {
    let words = arena.alloc(NodeValue::Text(words.into()).into());
    let list = code.parent().and_then(AstNode::parent);
    let is_tight = list.is_some_and(
        |list| matches!(&list.data.borrow().value, NodeValue::List(list) if list.tight),
    );
    let above = code
        .previous_sibling()
        .filter(|above| is_tight && matches!(above.data.borrow().value, NodeValue::Paragraph));
    // The paragraphs of a tight list have no space between them.
    if let Some(above) = above {
        above.append(arena.alloc(NodeValue::LineBreak.into()));
        above.append(words);
        return;
    }
    let paragraph = arena.alloc(NodeValue::Paragraph.into());
    paragraph.append(words);
    code.insert_before(paragraph);
}

/// Returns whether the words behind a fence are more than a language and its attributes, such as
/// `js title="a.js"` and `python {1,3}`.
fn is_shown(info: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "+#-.,_:/{}".contains(c);
    let is_attribute = |word: &str| word.starts_with('{') || word.contains('=');
    let mut words = info.split_whitespace();
    let first = words.next().unwrap_or_default();
    let is_language = first.chars().all(is_name) && words.next().is_none_or(is_attribute);
    !is_language && !first.starts_with('{')
}
