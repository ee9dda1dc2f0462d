//! HTML that is built from elements with constant names and escaped texts.

use crate::cli::terminal::printable_lines;

/// A piece of HTML. Only constants of this program are in it unescaped.
#[derive(Debug, Default, Clone)]
pub(super) struct Html(String);

impl Html {
    /// Returns no HTML.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds text. Control characters and characters that change its direction are replaced.
    pub(super) fn text(self, text: &str) -> Self {
        self.verbatim(&printable_lines(text))
    }

    /// Adds text with all its characters.
    pub(super) fn verbatim(mut self, text: &str) -> Self {
        escape(&mut self.0, text);
        self
    }

    /// Adds other HTML.
    pub(super) fn then(mut self, other: Html) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// Adds an element.
    pub(super) fn element(
        self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        inner: Html,
    ) -> Self {
        let mut html = self.void(name, attributes).then(inner);
        html.0.push_str("</");
        html.0.push_str(name);
        html.0.push('>');
        html
    }

    /// Adds an element without an end tag.
    pub(super) fn void(mut self, name: &'static str, attributes: &[(&'static str, &str)]) -> Self {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            self.0.push(' ');
            self.0.push_str(attribute);
            self.0.push_str("=\"");
            escape(&mut self.0, value);
            self.0.push('"');
        }
        self.0.push('>');
        self
    }

    /// Adds an element with text.
    pub(super) fn line(self, name: &'static str, text: &str) -> Self {
        self.element(name, &[], Html::new().text(text))
    }

    /// Returns the document.
    pub(super) fn into_document(self) -> String {
        format!("<!doctype html>\n{}", self.0)
    }
}

fn escape(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\0' => html.push('\u{fffd}'),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_or_attribute_leaves_its_place() {
        let hostile = "</pre><script>\"'&\u{202e}\0";
        let html = Html::new().element("a", &[("href", hostile)], Html::new().text(hostile));
        assert_eq!(
            html.into_document(),
            "<!doctype html>\n<a href=\"&lt;/pre&gt;&lt;script&gt;&quot;&#39;&amp;\u{202e}\u{fffd}\">\
             &lt;/pre&gt;&lt;script&gt;&quot;&#39;&amp;??</a>"
        );
    }
}
