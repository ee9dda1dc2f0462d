//! Bodies of received mails as Markdown, with only the content that a person would see in a mail
//! program. Removed parts are counted. A mail may be malformed, large or deeply nested.

mod hidden;
mod html;
mod invisible;
mod style;

use super::content::{self, MAX_BODY};
use tai_proto::mail::Removed;

pub(super) use invisible::{clean, line};

/// A body as Markdown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) markdown: String,
    pub(super) removed: Removed,
}

/// Converts the body of a mail. The HTML part is preferred, because a text part beside HTML may be
/// a stock sentence (bridge-api.md, trap 6). The text part is used if the HTML has no content.
pub(super) async fn body(html: Option<String>, text: Option<String>) -> Body {
    let size = html.as_ref().or(text.as_ref()).map_or(0, String::len);
    content::run(size, move || convert(html, text))
        .await
        .unwrap_or_default()
}

/// Converts a body as [`body`] does, on the calling thread.
pub(super) fn convert(html: Option<String>, text: Option<String>) -> Body {
    let mut removed = Removed::default();
    let mut markdown = String::new();
    if let Some(html) = html.filter(|html| !html.trim().is_empty()) {
        let (html, cut) = content::cut_short(html);
        removed.cut = cut;
        markdown = html::to_markdown(&html, &mut removed);
    }
    if markdown.trim().is_empty()
        && let Some(text) = text
    {
        let (text, cut) = content::cut_short(text);
        removed.cut |= cut;
        markdown = text.replace("\r\n", "\n");
    }
    let markdown = clean(&markdown, &mut removed.invisible);
    let (markdown, cut) = content::cut_short(markdown);
    removed.cut |= cut;
    debug_assert!(markdown.len() <= MAX_BODY);
    Body { markdown, removed }
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
