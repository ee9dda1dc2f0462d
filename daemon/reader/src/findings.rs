//! What a reading left out or changed, and what deserves a warning.

use serde::{Deserialize, Serialize};

/// Kinds of removed and suspicious content, with their numbers. Comments of Outlook, spacers and
/// fallback content are no findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Hidden passages of text: neighbouring hidden runs count once.
    pub hidden: u32,
    /// Words in the hidden passages.
    pub hidden_words: u32,
    /// Images that are too small or hidden to be seen, and are fetched from elsewhere.
    pub trackers: u32,
    /// Images without a description that are large enough to be content, and leave no mark in the Markdown.
    pub undescribed_images: u32,
    /// Scripts, frames and embedded objects.
    pub scripts: u32,
    /// Forms.
    pub forms: u32,
    /// Zero-width characters, tag characters, direction overrides and control characters in the
    /// text that is shown.
    pub invisible: u32,
    /// Links whose text names another host, or another mail address, than their target.
    pub deceptive_links: u32,
    /// Whether a part was longer than the limits and was cut off.
    pub cut: bool,
    /// Whether the HTML exceeded a limit. The text after it is shown without its markup, and may
    /// include hidden passages.
    pub simplified: bool,
    /// Origin of the Markdown.
    pub source: Source,
}

/// Part of a mail that a reading shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// The HTML part.
    Html,
    /// The text part; the mail has no HTML part.
    Text,
    /// The text part, because the HTML part shows no text.
    TextInstead,
    /// Nothing: the HTML part shows images without descriptions and no text.
    OnlyImages,
    /// Nothing: a person sees no text.
    #[default]
    Empty,
}
