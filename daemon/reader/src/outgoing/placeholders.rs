//! Angle brackets in HTML: tags that no program reads, such as the one in `Dear <name>`, are text.

use super::{
    elements,
    markup::Tag,
    tags::{Context, Opened, PLACEHOLDERS, Part, is_office, is_raw_text, pairs, split},
};
use crate::html;
use std::borrow::Cow;

/// Elements that begin a part of a mail. A sloppy document may leave them open.
const STRUCTURE: [&str; 7] = [
    "address", "details", "dialog", "form", "search", "section", "summary",
];

/// Returns HTML in which tags that no program reads, such as the one in `Dear <name>`, are text. A
/// parser would leave them out.
pub(super) fn with_placeholders(html: &str) -> Cow<'_, str> {
    let pieces = [(Context::Block, split(html))];
    let (paired, foreign) = pairs(&pieces);
    let [(_, parts)] = pieces;
    let mut out = String::with_capacity(html.len() + 16);
    let mut opened = Opened::default();
    for (at, part) in parts.iter().enumerate() {
        let is_of = |list: &[bool]| list.get(at).copied().unwrap_or(false);
        match part {
            Part::Text(text) if !is_of(&foreign) => push_html_text(text, &mut out),
            Part::Tag(tag)
                if !is_of(&foreign)
                    && (is_placeholder(tag, is_of(&paired)) && !is_structure(tag, &parts, at)
                        || !is_of(&paired) && is_word(tag, &parts, at, &opened)) =>
            {
                out.push_str(&tag.source.replacen('<', "&lt;", 1));
            }
            Part::Text(_) | Part::Tag(_) | Part::Raw(_) | Part::Other(_) | Part::Unread(_) => {
                opened.add(part);
                out.push_str(part.source());
            }
        }
    }
    match out == html {
        true => Cow::Borrowed(html),
        false => Cow::Owned(out),
    }
}

/// Appends text of an HTML document, in which a parser would read `<Box<T>` and `<x=y>` as tags.
fn push_html_text(text: &str, out: &mut String) {
    let ends_name = |c: char| c.is_whitespace() || matches!(c, '/' | '>');
    let is_text = |piece: &str| {
        let name = piece.find(ends_name).and_then(|end| piece.get(..end));
        piece.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.is_none_or(|name| {
                !elements::is_known(name) && !is_office(&name.to_ascii_lowercase())
            })
    };
    for (at, piece) in text.split('<').enumerate() {
        match at {
            0 => {}
            _ if is_text(piece) => out.push_str("&lt;"),
            _ => out.push('<'),
        }
        out.push_str(piece);
    }
}

/// Returns whether a tag without an end tag begins a part of a document: it stands between blocks,
/// and something stands in it.
fn is_structure(tag: &Tag<'_>, parts: &[Part<'_>], at: usize) -> bool {
    let is_of_document = |name: &str| STRUCTURE.iter().any(|of| of.eq_ignore_ascii_case(name));
    if !is_of_document(tag.name) {
        return false;
    }
    let (before, after) = parts.split_at(at);
    let has_words = |part: &&Part<'_>| !part.source().trim().is_empty();
    let follows_block = match before.iter().rev().find(has_words) {
        Some(Part::Tag(before)) => {
            let name = before.name.to_ascii_lowercase();
            let is_line = matches!(name.as_str(), "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
            (elements::is_block(&name) || is_of_document(&name)) && (before.is_end || !is_line)
        }
        Some(Part::Raw(_)) | None => true,
        Some(Part::Text(_) | Part::Other(_) | Part::Unread(_)) => false,
    };
    let has_content = match after.iter().skip(1).find(has_words) {
        Some(Part::Tag(after)) => !after.is_end,
        // `<address>, Berlin` is a line of text.
        Some(Part::Text(text)) => {
            text.starts_with(|c: char| c.is_alphanumeric() || "\r\n".contains(c))
        }
        Some(Part::Raw(_)) => true,
        Some(Part::Other(_) | Part::Unread(_)) | None => false,
    };
    follows_block && has_content
}

/// Returns whether a tag without an end tag stands in a sentence as a word does, as in `the <h1>, then`. A
/// sloppy document may lack the end tag, so an element that does something is a word only before a sign that
/// begins no text.
fn is_word(tag: &Tag<'_>, parts: &[Part<'_>], at: usize, opened: &Opened) -> bool {
    let name = tag.name.to_ascii_lowercase();
    if tag.is_end || tag.has_attributes || matches!(name.as_str(), "p" | "br" | "hr" | "wbr") {
        return false;
    }
    let before = match at.checked_sub(1).and_then(|before| parts.get(before)) {
        Some(Part::Text(text)) => text.rsplit('\n').next().unwrap_or_default(),
        Some(Part::Tag(_) | Part::Raw(_) | Part::Other(_) | Part::Unread(_)) | None => {
            return false;
        }
    };
    let follows_words = !before.trim().is_empty()
        && before.ends_with([' ', '(', '[', '/', '"', '\'', '`', '“', '‘']);
    let is_idle = opened.has_no_place_for(&name);
    let precedes_words = match parts.get(at + 1) {
        Some(Part::Text(text)) => {
            let line = text.split('\n').next().unwrap_or_default();
            let goes_on = !line.trim().is_empty() && !line.starts_with(char::is_alphanumeric);
            (is_idle && goes_on) || ends_word(before, text)
        }
        Some(Part::Tag(after)) => is_idle && after.is_end,
        Some(Part::Raw(_) | Part::Other(_) | Part::Unread(_)) => false,
        None => is_idle,
    };
    follows_words && precedes_words
}

/// Returns whether the text after a tag ends a word: with a comma or a full stop, or the second of
/// two quotation marks or brackets.
fn ends_word(before: &str, after: &str) -> bool {
    let mut letters = after.chars();
    match (before.chars().next_back(), letters.next()) {
        (_, Some(',' | '.' | ';' | '?' | '!')) => letters.next().is_none_or(char::is_whitespace),
        (Some(open), Some(close)) => matches!(
            (open, close),
            ('(', ')')
                | ('[', ']')
                | ('"', '"')
                | ('\'', '\'')
                | ('`', '`')
                | ('“', '”')
                | ('‘', '’')
        ),
        _ => false,
    }
}

/// Returns whether a tag of an HTML document is text.
fn is_placeholder(tag: &Tag<'_>, is_paired: bool) -> bool {
    let name = tag.name.to_ascii_lowercase();
    if is_paired || is_office(&name) {
        return false;
    }
    if !elements::is_known(&name) {
        return true;
    }
    // `a<b and c>d`: the attributes are the words of a sentence.
    let is_in_line = !elements::is_block(&name) && !html::is_void(&name);
    let has_words = is_in_line && !tag.is_plausible && !tag.source.contains('=');
    let is_bare = !tag.has_attributes && PLACEHOLDERS.contains(&name.as_str());
    // Without its end tag, an element of raw text would take the rest of the mail.
    !tag.is_end && (has_words || is_bare || is_raw_text(&name) || name == "plaintext")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_in_html_are_text() {
        for (html, expected) in [
            (
                "<p>Dear <name>, <your company>, <DATE>, <bob@a.example>, <https://a.example></p>",
                "<p>Dear &lt;name>, &lt;your company>, &lt;DATE>, &lt;bob@a.example>, &lt;https://a.example></p>",
            ),
            (
                "<p>at <time>, Mr <title> Smith</p>",
                "<p>at &lt;time>, Mr &lt;title> Smith</p>",
            ),
            ("<p>a<b and c>d</nope>", "<p>a&lt;b and c>d&lt;/nope>"),
            ("<pre>Vec<String></pre>", "<pre>Vec&lt;String></pre>"),
            (
                "<p>Option<Box<T>> Map<String, List<T>> <x=y></p>",
                "<p>Option&lt;Box&lt;T>> Map&lt;String, List&lt;T>> &lt;x=y></p>",
            ),
            ("<?xml:x />a <name>", "<?xml:x />a &lt;name>"),
            ("<p>Use <plaintext> in</p>", "<p>Use &lt;plaintext> in</p>"),
            (
                "<p>an <option> or an <a>, an <h1>, a <table>, `<ul>` (<li>) or \"<b>\" or <div>.</p>",
                "<p>an &lt;option> or an &lt;a>, an &lt;h1>, a &lt;table>, `&lt;ul>` (&lt;li>) or \"&lt;b>\" or &lt;div>.</p>",
            ),
            (
                "<p>The <td> of a <tr>.</p><table><tr><td>a <td> b</table>a <td> b",
                "<p>The &lt;td> of a &lt;tr>.</p><table><tr><td>a <td> b</table>a &lt;td> b",
            ),
            (
                "<p>close a <noscript> or <td> or <body> tag",
                "<p>close a &lt;noscript> or &lt;td> or &lt;body> tag",
            ),
            (
                "<div><address></div><p><address>Berlin</p><td><address>, Berlin</td>",
                "<div>&lt;address></div><p>&lt;address>Berlin</p><td>&lt;address>, Berlin</td>",
            ),
        ] {
            assert_eq!(with_placeholders(html), expected, "{html}");
        }
        for html in [
            "<p>a<br>b<p>c<ul><li>d</ul><div><b>e",
            "<my-tag>a</my-tag><o:p><st1:place>b</st1:place><w:x a=b>",
            "<svg><path d=x /></svg><math><mi>x</math>",
            "<p title='<name>'>a</p><!-- <name> --><style>a<b{}</style><script>if (a<b) x</script>",
            "<![if !mso]><p>a</p><![endif]><?xml:namespace prefix = o />",
            "<img src=x alt=y><time datetime=x>a</time><table border><tr><td nowrap>a",
            "<select><option>a<option>b</select>",
            "<p>a</p><details><summary>More<p>b</details><form>\n<input name=x>",
            "<article><h1>a</h1> <section><p>b</p></article>",
            "<p>a < b</p><div class=\"a\"\"b\">c<td =x>d<o:p ==>",
            "<p>a <br> b <hr> c <p> d <b>e <i>f</i></b>",
            "<p>a</p> <h1> b\n<div>c\n <div> d\n e\n<ul> <li> f <li> g</ul> h <dl> <dt> i <dd> j",
            "<p>Yours, <i> Ann</p><p>Total <b></p>b <small> (net)<p>Dear Bob, <center> Invoice",
            "Intro <h2> Summary\n<p>Line <font> text</p><p>Items: <li> one <li> two<p>A <dd> b",
            "said <i>\"No\" and <b>.50 <u>... what",
            "<ruby> a <rt> b</ruby> <select> <option> c <option> d</select>Intro<h1>Title",
        ] {
            assert_eq!(with_placeholders(html), html);
        }
    }
}
