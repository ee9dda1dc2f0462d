//! Bodies of mails that others wrote, made fit for an agent to read: what a person would see
//! in their mail program, as Markdown, and nothing that they would not see. What was taken
//! out is counted. No mail is trusted to be well-formed, small or shallow.

mod hidden;
mod html;
mod invisible;
mod style;

use super::content::{self, MAX_BODY};
use tai_proto::mail::Removed;

pub(super) use html::text_part;
pub(super) use invisible::{clean, line};

/// A body as Markdown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) markdown: String,
    pub(super) removed: Removed,
}

/// The body of a mail: made from its HTML, because a text part beside HTML may be a stock
/// sentence (bridge-api.md, trap 6); its text where there is no HTML, or none with content.
pub(super) async fn body(html: Option<String>, text: Option<String>) -> Body {
    let size = html.as_ref().or(text.as_ref()).map_or(0, String::len);
    content::run(size, move || convert(html, text))
        .await
        .unwrap_or_default()
}

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
