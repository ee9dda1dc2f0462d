//! The rules of the bridge for incoming mail: the account of an address, and the text of a mail
//! with HTML, which replaces its text part.

/// Returns the account of a recipient: the last label of the local part, at any domain. `None`
/// for a tagged address and for a text that is not an address.
pub(crate) fn account(to: &str) -> Option<String> {
    let (local, _) = to.rsplit_once('@')?;
    let label = local.rsplit('.').next().unwrap_or(local);
    (!local.contains('+')).then(|| label.to_ascii_lowercase())
}

/// Whether the bridge receives the mail of a domain of an address.
pub(crate) fn is_local(to: &str) -> bool {
    let domain = to.rsplit('@').next().unwrap_or_default();
    let domain = domain.to_ascii_lowercase();
    domain == "tai.chat" || domain.ends_with(".tai.chat")
}

/// Returns the text of an HTML page with marks of Markdown. Hidden text stays in it.
pub(crate) fn text_of_html(html: &str) -> String {
    let mut text = Text::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        text.words(before);
        rest = after_tag(tag, &mut text);
    }
    text.words(rest);
    text.written.trim().to_owned()
}

/// Writes the mark of the tag at the beginning of `tag`. Returns the rest.
fn after_tag<'a>(tag: &'a str, text: &mut Text) -> &'a str {
    let end = if tag.starts_with("<!--") { "-->" } else { ">" };
    let Some((inner, rest)) = tag.split_once(end) else {
        return "";
    };
    let inner = inner.trim_start_matches('<');
    let name: String = inner
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '/')
        .collect::<String>()
        .to_ascii_lowercase();
    match name.as_str() {
        "script" | "style" | "title" => {
            let close = format!("</{name}");
            let at = rest.to_ascii_lowercase().find(&close);
            return at.and_then(|at| rest.get(at..)).unwrap_or_default();
        }
        "b" | "/b" | "strong" | "/strong" => text.mark("**"),
        "i" | "/i" | "em" | "/em" => text.mark("_"),
        "a" => {
            text.links.push(attribute(inner, "href"));
            text.mark("[");
        }
        "/a" => {
            if let Some(link) = text.links.pop() {
                text.mark(&format!("]({link})"));
            }
        }
        "br" | "tr" | "/tr" => text.line("\n"),
        "li" => {
            text.line("\n");
            text.mark("- ");
        }
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            let level = name.bytes().last().unwrap_or(b'1') - b'0';
            text.line("\n\n");
            text.mark(&format!("{} ", "#".repeat(usize::from(level))));
        }
        "p" | "/p" | "div" | "/div" | "ul" | "/ul" | "ol" | "/ol" | "table" | "/table" | "/h1"
        | "/h2" | "/h3" | "/h4" | "/h5" | "/h6" | "hr" | "pre" | "/pre" | "blockquote" => {
            text.line("\n\n");
        }
        _ => {}
    }
    rest
}

/// Returns the value of an attribute in the text of a tag; empty without one.
fn attribute(tag: &str, name: &str) -> String {
    let value = tag
        .split_once(&format!("{name}="))
        .map_or("", |(_, value)| value);
    let quoted = value
        .strip_prefix('"')
        .map(|value| (value, '"'))
        .or(value.strip_prefix('\'').map(|value| (value, '\'')));
    let (value, end) = quoted.unwrap_or((value, ' '));
    let value = value.split(end).next().unwrap_or_default();
    unescaped(value)
}

/// A text in progress.
#[derive(Default)]
struct Text {
    written: String,
    links: Vec<String>,
}

impl Text {
    /// Writes text with its white space collapsed.
    fn words(&mut self, text: &str) {
        for c in unescaped(text).chars() {
            match c.is_whitespace() {
                false => self.written.push(c),
                true if self.written.ends_with(char::is_whitespace) => {}
                true => self.written.push(' '),
            }
        }
    }

    fn mark(&mut self, mark: &str) {
        self.written.push_str(mark);
    }

    /// Ends the line with at most one empty line after it.
    fn line(&mut self, end: &str) {
        let kept = self.written.trim_end_matches([' ', '\n']).len();
        let had = self.written.get(kept..).unwrap_or_default();
        let end = if had.contains("\n\n") { "\n\n" } else { end };
        self.written.truncate(kept);
        self.written.push_str(end);
    }
}

/// Replaces the usual entities.
fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_label_names_the_account_and_a_tag_is_refused() {
        for (to, name) in [
            ("alice@tai.chat", Some("alice")),
            ("desk.x.Alice@agent.tai.chat", Some("alice")),
            ("alice@example.com", Some("alice")),
            ("desk.alice+tag@tai.chat", None),
            ("alice", None),
        ] {
            assert_eq!(account(to).as_deref(), name, "{to}");
        }
    }

    #[test]
    fn html_becomes_text_with_marks() {
        for (html, text) in [
            ("<p>hi <b>you</b></p><p>a &lt; b</p>", "hi **you**\n\na < b"),
            (
                "<a href=\"https://e.example/?a&amp;b\">go</a>",
                "[go](https://e.example/?a&b)",
            ),
            (
                "<style>p{}</style><h2>One</h2><ul><li>x<li>y</ul>",
                "## One\n\n- x\n- y",
            ),
            ("<!-- no <b> -->a<br>b<script>x", "a\nb"),
            ("<p style=\"display:none\">hidden</p>", "hidden"),
            ("", ""),
        ] {
            assert_eq!(text_of_html(html), text, "{html}");
        }
    }
}
