//! Parts of the given content that an outgoing mail does not have.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// Kind of a part that was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// `<script>`.
    Script,
    /// Attribute with a script, such as `onclick`.
    Handler,
    /// `<iframe>`, `<object>`, `<embed>` and the like.
    Frame,
    /// `<audio>` and `<video>`.
    Media,
    /// `<svg>` and `<canvas>`.
    Graphic,
    /// Control of a form. The words of buttons stay.
    Form,
    /// Rule of a style sheet that no `style` attribute can hold.
    StyleRule,
    /// Linked or imported style sheet.
    StyleSheet,
    /// Declaration in a style that loads, runs or shows something.
    Declaration,
    /// Target of a link. The words of the link stay.
    LinkTarget,
    /// Image whose address a mail program cannot load.
    Image,
    /// Comment.
    Comment,
    /// `<title>`, `<meta>` and the like.
    Metadata,
    /// Unknown element. Its content stays.
    Element,
    /// Tag or comment at the end of the content that does not end.
    Unfinished,
    /// Attribute without an effect in mail programs.
    Attribute,
    /// Zero-width, direction, tag or control character.
    Invisible,
}

/// Counts of the parts that were left out, by kind.
///
/// [`fmt::Display`] renders them as a list for a sentence, such as `2 scripts, 1 comment`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut(BTreeMap<Kind, u32>);

impl LeftOut {
    /// Returns whether nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the count of each kind that was left out.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, u32)> {
        self.0.iter().map(|(kind, count)| (*kind, *count))
    }

    /// Returns the count of a kind.
    pub fn count(&self, kind: Kind) -> u32 {
        self.0.get(&kind).copied().unwrap_or(0)
    }

    pub(super) fn add(&mut self, kind: Kind) {
        self.add_many(kind, 1);
    }

    pub(super) fn add_many(&mut self, kind: Kind, count: u32) {
        if count > 0 {
            let sum = self.0.entry(kind).or_default();
            *sum = sum.saturating_add(count);
        }
    }
}

impl Kind {
    /// Returns the noun for one part and for several.
    fn nouns(self) -> (&'static str, &'static str) {
        match self {
            Self::Script => ("script", "scripts"),
            Self::Handler => ("script in an attribute", "scripts in attributes"),
            Self::Frame => ("frame", "frames"),
            Self::Media => ("video or sound", "videos or sounds"),
            Self::Graphic => ("inline graphic", "inline graphics"),
            Self::Form => ("form control", "form controls"),
            Self::StyleRule => ("style rule", "style rules"),
            Self::StyleSheet => ("external style sheet", "external style sheets"),
            Self::Declaration => ("style declaration", "style declarations"),
            Self::LinkTarget => ("link target", "link targets"),
            Self::Image => ("image", "images"),
            Self::Comment => ("comment", "comments"),
            Self::Metadata => ("metadata element", "metadata elements"),
            Self::Element => ("unknown tag", "unknown tags"),
            Self::Unfinished => ("unfinished tag", "unfinished tags"),
            Self::Attribute => ("attribute", "attributes"),
            Self::Invisible => ("invisible character", "invisible characters"),
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (kind, count)) in self.iter().enumerate() {
            let (one, many) = kind.nouns();
            let noun = if count == 1 { one } else { many };
            let separator = if at == 0 { "" } else { ", " };
            write!(f, "{separator}{count} {noun}")?;
        }
        Ok(())
    }
}
