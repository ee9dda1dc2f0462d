//! Outgoing mail: both parts of a mail from the content that an agent wrote. [`parts`] makes them from
//! one tree, so that both say the same, and [`LeftOut`] counts what neither has. Each step is bounded.
//!
//! - Markdown to HTML: `markdown`, `source`, `edits`, `literal`, `signs`, `written`, `autolinks`, `dress`;
//!   the tags in it: `placeholders`, `tags`, `markup`.
//! - HTML to the HTML part: `parse`, `tree`, `sanitise`, `elements`, `addresses`, `style`, `direction`,
//!   `left_out`.
//! - The text part: `plain`, `layout`, `lines`, `numbers`, `table`, `form`.
//! - The preview: `preview`; what a person sees: `visibility`, `values`, `css`, `colour`, `order`, `loads`,
//!   `links`, `invisible`.

mod addresses;
mod autolinks;
mod colour;
mod css;
mod direction;
mod dress;
mod edits;
mod elements;
mod form;
pub mod invisible;
mod layout;
mod left_out;
mod lines;
mod links;
mod literal;
mod loads;
mod markdown;
mod markup;
mod numbers;
mod order;
mod parse;
mod placeholders;
mod plain;
mod preview;
mod sameness;
mod sanitise;
mod signs;
mod source;
mod style;
mod table;
mod tags;
mod tree;
mod values;
mod visibility;
mod written;

pub use left_out::{Kind, LeftOut};
pub use parse::Limit;
pub use preview::{Preview, preview};
pub use sameness::{sameness, words};

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// Limit of the content, in bytes: 1 MiB.
pub const MAX_CONTENT: usize = 1 << 20;
/// Limit of each part, in bytes: 2 MiB.
pub const MAX_PART: usize = 2 << 20;

/// Markup of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// GitHub-flavoured Markdown with hard line breaks. Tags of HTML are HTML.
    Markdown,
    /// HTML. Content without a tag is Markdown.
    Html,
}

/// The parts of a mail before their preview. Neither is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Composed {
    text: String,
    html: String,
    left_out: LeftOut,
}

/// The parts of a mail, and the form in which a person approves them. Neither part is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// Text part.
    pub text: String,
    /// HTML part.
    pub html: String,
    /// Parts of the content that the mail does not have.
    pub left_out: LeftOut,
    /// The mail as a person approves it, made from `text` and `html`.
    pub preview: Preview,
}

impl Parts {
    /// Returns the length of all texts, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        let preview = self.preview.text.len() + self.preview.details.len();
        self.text.len() + self.html.len() + preview
    }
}

/// Reason for which content cannot be a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// The content, or a part made from it, is too long.
    TooLong,
    /// A limit that the content exceeds.
    TooComplex(Limit),
    /// A person would see an empty mail, without these parts.
    ShowsNothing(LeftOut),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => {
                f.write_str("it is longer than 1 MiB, or a part made from it than 2 MiB")
            }
            Self::TooComplex(Limit::Nodes) => {
                f.write_str("it has more than 100,000 elements and pieces of text")
            }
            Self::TooComplex(Limit::Depth) => {
                f.write_str("its elements are nested more than 400 deep")
            }
            Self::TooComplex(Limit::Attributes) => f.write_str("its tags have too many attributes"),
            Self::ShowsNothing(left_out) if left_out.is_empty() => {
                f.write_str("a reader would see an empty mail")
            }
            Self::ShowsNothing(left_out) => {
                write!(f, "a reader would see an empty mail; left out: {left_out}")
            }
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Limit> for Refusal {
    fn from(limit: Limit) -> Self {
        Self::TooComplex(limit)
    }
}

/// Makes both parts of a mail and their preview.
///
/// # Errors
/// Any [`Refusal`].
pub fn parts(content: &str, format: Format) -> Result<Parts, Refusal> {
    let Composed {
        text,
        html,
        left_out,
    } = compose(content, format)?;
    Ok(Parts {
        preview: preview(&text, &html),
        text,
        html,
        left_out,
    })
}

/// Makes both parts of a mail.
///
/// # Errors
/// Any [`Refusal`].
fn compose(content: &str, format: Format) -> Result<Composed, Refusal> {
    if content.len() > MAX_CONTENT {
        return Err(Refusal::TooLong);
    }
    let mut left_out = LeftOut::default();
    let html = match format {
        Format::Markdown if !is_document(content) => None,
        Format::Markdown | Format::Html => Some(placeholders::with_placeholders(content)),
    };
    let (format, content) = match html {
        Some(html) if is_document(content) || has_tag(&html) => (Format::Html, html),
        // HTML would join the lines of a plain text.
        Some(_) | None => (Format::Markdown, Cow::Borrowed(content)),
    };
    // Mail programs take each of them for a line break; HTML and Markdown take some for letters.
    let content = content.replace("\r\n", "\n");
    let content = content.replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let source = match format {
        Format::Markdown => markdown::to_html(&content)?,
        Format::Html => content,
    };
    let parse::Parsed {
        mut tree,
        is_unfinished,
    } = parse::parse(&source)?;
    if is_unfinished {
        left_out.add(Kind::Unfinished);
    }
    sanitise::prune(&mut tree, &mut left_out);
    let mut tree = style::inline(tree, &mut left_out)?;
    sanitise::sanitise(&mut tree, &mut left_out);
    if format == Format::Markdown {
        dress::dress(&mut tree);
    }
    direction::set(&mut tree);
    let html = sanitise::check(&tree.to_html()).trim().to_owned();
    // The text comes from the bytes that are sent.
    let tree = parse::parse(&html)?.tree;
    let text = plain::text(&tree, &visibility::judge(&tree, &html));
    if is_blank(&text) {
        return Err(Refusal::ShowsNothing(left_out));
    }
    if text.len() > MAX_PART || html.len() > MAX_PART {
        return Err(Refusal::TooLong);
    }
    Ok(Composed {
        text,
        html,
        left_out,
    })
}

/// Returns whether content is a whole HTML document, in which Markdown has no meaning.
fn is_document(content: &str) -> bool {
    let start = content.trim_start_matches('\u{feff}').trim_start();
    ["<!doctype html", "<html"].iter().any(|tag| {
        let is_tag = start
            .get(..tag.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(tag));
        let after = start.get(tag.len()..).unwrap_or_default();
        is_tag && after.starts_with(|c: char| c == '>' || c.is_ascii_whitespace())
    })
}

/// Returns whether content has the start of a tag or of a comment.
fn has_tag(content: &str) -> bool {
    let mut after = content.split('<').skip(1);
    after
        .any(|after| after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!')))
}

/// Returns whether a text has nothing to read: white space, the pattern without dots of Braille, and the
/// marks of items without content.
fn is_blank(text: &str) -> bool {
    text.lines().all(|line| {
        let shown = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{2800}');
        let number = shown.strip_suffix('.').unwrap_or_default();
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        matches!(shown, "" | "-" | "*") || is_number
    })
}

#[cfg(test)]
mod literal_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
