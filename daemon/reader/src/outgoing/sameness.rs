//! What two mails with the same words have in common, whatever spaces and format they were written with.

use super::{Parts, dress};

/// Elements in whose text each space counts.
const EXACT: [&str; 2] = ["pre", "textarea"];

/// Returns forms of the text part and of the HTML part that are equal for two mails that a reader cannot tell
/// apart: without the white space that HTML joins, and without the look that taid gives to Markdown. The
/// text tells words apart, and the HTML the elements, their attributes and code.
#[must_use]
pub fn sameness(parts: &Parts) -> [String; 2] {
    let Parts { text, html, .. } = parts;
    if has_styled_spaces(html) {
        return [text.clone(), html.clone()];
    }
    [words(text), elements(&dress::undressed(html))]
}

/// Returns whether a style in serialized HTML makes each space count.
fn has_styled_spaces(html: &str) -> bool {
    let mut tags = html.match_indices('<');
    tags.any(|(at, _)| {
        let tag = html.get(at..).unwrap_or_default();
        tag.get(..end_of_tag(tag))
            .is_some_and(|tag| tag.contains("white-space"))
    })
}

/// Returns a text with one space for each run of white space.
#[must_use]
pub fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns serialized HTML without the white space between words, but for code and rows of no-break spaces.
fn elements(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut exact = 0_u32;
    let mut rest = html;
    while !rest.is_empty() {
        let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        match exact {
            0 => push_words(&mut out, text),
            _ => out.push_str(text),
        }
        let (tag, after) = after.split_at(end_of_tag(after));
        let named = |open: &str| {
            let name = tag.strip_prefix(open)?;
            let end = name.find(|c: char| !c.is_ascii_alphanumeric());
            name.get(..end.unwrap_or(name.len()))
        };
        if named("<").is_some_and(|name| EXACT.contains(&name)) {
            exact += 1;
        } else if named("</").is_some_and(|name| EXACT.contains(&name)) {
            exact = exact.saturating_sub(1);
        }
        out.push_str(tag);
        rest = after;
    }
    out
}

/// Returns the length of the tag at the start of a text. A `>` within a value does not end it.
fn end_of_tag(text: &str) -> usize {
    let mut is_value = false;
    let end = text.bytes().position(|byte| {
        is_value ^= byte == b'"';
        byte == b'>' && !is_value
    });
    end.map_or(text.len(), |end| end + 1)
}

fn push_words(out: &mut String, text: &str) {
    let text = text.replace("&nbsp;", "\u{a0}");
    for run in text.split_inclusive(|c: char| !c.is_whitespace()) {
        let word = run.trim_start();
        let spaces = run.chars().filter(|c| *c == '\u{a0}').count();
        // More than one is a distance that a reader sees.
        if spaces > 1 {
            out.extend(std::iter::repeat_n('\u{a0}', spaces));
        }
        out.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Format, parts},
        *,
    };

    fn of(content: &str, format: Format) -> [String; 2] {
        sameness(&parts(content, format).unwrap())
    }

    #[test]
    fn spaces_and_the_format_make_no_other_mail() {
        let yes = of("yes at **12**, `ok`", Format::Markdown);
        for content in [
            "yes  at **12**, `ok`\n",
            "yes at\u{a0}**12**, `ok`",
            "yes at __12__,\t`ok`",
        ] {
            assert_eq!(of(content, Format::Markdown), yes, "{content}");
        }
        let one = of("set white-space, or not", Format::Markdown);
        let content = "set  white-space, or  not";
        assert_eq!(of(content, Format::Markdown), one);
        let html = "<p>yes\n at <strong>12</strong>, <code>ok</code></p>";
        assert_eq!(of(html, Format::Html), yes);
        let quoted = of("> a\n\n| a | b |\n|---|---|\n| c | d |", Format::Markdown);
        let html = "<blockquote><p>a</p></blockquote><table><thead><tr><th>a</th><th>b</th></tr></thead>\
            <tbody><tr><td>c</td><td>d</td></tr></tbody></table>";
        assert_eq!(of(html, Format::Html), quoted);
    }

    #[test]
    fn what_a_reader_can_tell_apart_is_two_mails() {
        for (one, other) in [
            ("at 12", "at 1 2"),
            ("at 12", "At 12"),
            ("a\n\nb", "a b"),
            ("a  \nb", "a b"),
            ("```\nif x:\n  y\n```", "```\nif x:\n    y\n```"),
            ("[a](https://a.example/)", "[a](https://b.example/)"),
            ("a **b**", "a b"),
            ("a **b** c", "a **b**c"),
            ("- a\n- b", "- a\n  - b"),
            ("1. a", "- a"),
            ("a\u{a0}\u{a0}\u{a0}b", "a b"),
            ("a &amp;nbsp; b", "a b"),
            (
                "<p>a</p><img src=\"https://a.example/1.png\" alt=\"x > y\">",
                "<p>a</p><img src=\"https://a.example/1.png\" alt=\"x >  y\">",
            ),
            (
                "<p style=\"white-space:pre-wrap\">a  b</p>",
                "<p style=\"white-space:pre-wrap\">a b</p>",
            ),
            ("<p style=\"color:red\">a</p>", "<p>a</p>"),
        ] {
            let format = match one.starts_with('<') {
                true => Format::Html,
                false => Format::Markdown,
            };
            assert_ne!(of(one, format), of(other, format), "{one:?} {other:?}");
        }
    }
}
