//! The text of an HTML mail without its markup, for a mail that the worker cannot read. This is not
//! a parser: it skips what looks like a tag, a comment, a script or a style sheet. It knows nothing
//! about visibility. Its time and memory are proportional to the length of the HTML.

/// Elements within a line of text. Every other tag ends the line.
const INLINE: [&str; 14] = [
    "a", "abbr", "b", "big", "code", "em", "font", "i", "small", "span", "strong", "sub", "sup",
    "u",
];

/// Named character references; others stay as they are.
const REFERENCES: [(&str, char); 6] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
];

/// Longest character reference, in bytes, without `&` and `;`.
const MAX_REFERENCE: usize = 8;

/// Returns the text outside of markup, with at most one empty line between two lines.
pub(in crate::mail) fn text_of(html: &str) -> String {
    let mut out = Lines::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        out.text(text);
        let inside = tag.get(1..).unwrap_or_default();
        if !inside.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            out.text("<");
            rest = inside;
            continue;
        }
        let begins = !inside.starts_with('/');
        let end = match name(inside) {
            _ if inside.starts_with("!--") => "-->",
            name if begins && name.eq_ignore_ascii_case("script") => "</script",
            name if begins && name.eq_ignore_ascii_case("style") => "</style",
            name => {
                if !INLINE
                    .iter()
                    .any(|inline| name.eq_ignore_ascii_case(inline))
                {
                    out.end_line();
                }
                ">"
            }
        };
        rest = after(inside, end);
        if end.starts_with("</") {
            rest = after(rest, ">");
        }
    }
    out.text(rest);
    out.finish()
}

/// Returns the name of a tag whose `<` is removed, without the `/` of an end tag.
fn name(tag: &str) -> &str {
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric());
    tag.get(..end.unwrap_or(tag.len())).unwrap_or_default()
}

/// Returns the text after the first `end`, in any case; empty if there is none.
fn after<'a>(text: &'a str, end: &str) -> &'a str {
    let mut places = text.as_bytes().windows(end.len());
    let at = places.position(|part| part.eq_ignore_ascii_case(end.as_bytes()));
    at.and_then(|at| text.get(at + end.len()..))
        .unwrap_or_default()
}

/// Lines of text without repeated white space.
#[derive(Default)]
struct Lines {
    out: String,
    /// Number of line ends since the last text.
    ends: u8,
    /// Whether white space precedes the next word.
    space: bool,
}

impl Lines {
    fn text(&mut self, text: &str) {
        for c in decoded(text) {
            if c.is_whitespace() {
                self.space = true;
                continue;
            }
            match (self.out.is_empty(), self.ends) {
                (true, _) => {}
                (false, 0) if self.space => self.out.push(' '),
                (false, 0) => {}
                (false, 1) => self.out.push('\n'),
                (false, _) => self.out.push_str("\n\n"),
            }
            (self.ends, self.space) = (0, false);
            self.out.push(c);
        }
    }

    fn end_line(&mut self) {
        self.ends = self.ends.saturating_add(1);
    }

    fn finish(self) -> String {
        self.out
    }
}

/// Returns the characters of a text with its character references replaced.
fn decoded(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
        if first == '&'
            && let Some((c, used)) = reference(rest)
        {
            rest = rest.get(used..).unwrap_or_default();
            return Some(c);
        }
        Some(first)
    })
}

/// Returns the character of a reference without its `&`, and the length of the reference.
fn reference(text: &str) -> Option<(char, usize)> {
    let end = text
        .bytes()
        .take(MAX_REFERENCE + 1)
        .position(|byte| byte == b';')?;
    let name = text.get(..end)?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
        None => REFERENCES.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_its_words_and_lines_without_markup() {
        for (html, text) in [
            ("", ""),
            ("plain", "plain"),
            (
                "<p>Hello <b>Bob</b>,</p><p>see  you\n at noon</p>",
                "Hello Bob,\n\nsee you at noon",
            ),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<!-- x > y -->a<!-- unended", "a"),
            ("a<SCRIPT>b < c</Script >d<style>p{}</style>e", "ade"),
            (
                "1 < 2 &amp;&lt;&#39;&#x41;&nbsp;&eacute; &; R&D",
                "1 < 2 &<'A &eacute; &; R&D",
            ),
            ("<td>a</td><td>b</td>", "a\n\nb"),
            ("é<p é>ü", "é\nü"),
            ("a</style>b</script >c", "a\nb\nc"),
            ("unended <p", "unended"),
        ] {
            assert_eq!(text_of(html), text, "{html:?}");
        }
    }

    #[test]
    fn large_bodies_take_linear_time() {
        let started = std::time::Instant::now();
        for unit in ["<p>x", "<", "&", "<!--", "<script>", "</", "<a ", "&#99999"] {
            let html = unit.repeat((1 << 17) / unit.len());
            assert!(text_of(&html).len() <= html.len());
        }
        assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    }
}
