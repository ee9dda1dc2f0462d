//! The result of a judgement, and sizes below which nothing is seen.

use crate::{
    cascade::{Computed, hints::is_at_most},
    css::{length::Length, property::Size},
    document::{NodeId, PerNode},
    findings::Findings,
};

/// Whether a run of text or a box is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// A person sees it.
    Yes,
    /// It is not seen, but has its place in the line: what is before and behind it is apart.
    Apart,
    /// Neither it nor its place is seen.
    No,
}

/// What is seen of a document.
#[derive(Debug)]
pub(crate) struct Sight {
    pub(super) seen: PerNode<Seen>,
    /// Number of images that are seen.
    pub(crate) images: u32,
    /// What is hidden.
    pub(crate) findings: Findings,
}

impl Sight {
    /// Returns whether a run of text is seen, or whether an element has a box that is seen.
    pub(crate) fn is_seen(&self, node: NodeId) -> bool {
        *self.seen.get(node) == Seen::Yes
    }

    /// Returns whether a run of text with a space is not seen, and separates the words beside it.
    pub(crate) fn is_gap(&self, node: NodeId, text: &str) -> bool {
        self.has_place(node) && text.contains(char::is_whitespace)
    }

    /// Returns whether a run of text is not seen, but has its place in the line.
    pub(crate) fn has_place(&self, node: NodeId) -> bool {
        *self.seen.get(node) == Seen::Apart
    }
}

/// Returns the number of words in a text.
pub(super) fn words(text: &str) -> u32 {
    let words = text.split_whitespace();
    let words = words.filter(|word| word.chars().any(char::is_alphanumeric));
    u32::try_from(words.count()).unwrap_or(u32::MAX)
}

/// Returns whether an image is large enough for a photograph or a chart; `None` if it has the size of its
/// file, which is not known.
pub(crate) fn is_large(style: &Computed) -> Option<bool> {
    const ICON: f32 = 48.0;
    let frame = style.frame.as_deref()?;
    let sizes = [frame.width, frame.max_width, frame.height, frame.max_height];
    let given = |size: Size| size.filter(|size| size.is_definite()).map(Length::usual);
    let is_icon = sizes.into_iter().filter_map(given).any(|size| size <= ICON);
    let is_given = given(frame.width).or(given(frame.height)).is_some();
    match is_icon {
        true => Some(false),
        false => is_given.then_some(true),
    }
}

/// Largest size of a box that is not seen, in pixels.
const TINY: f32 = 2.0;

/// Returns whether an image or another box is so narrow that the text beside it is not apart. An
/// image whose width is unknown has that of its height.
pub(crate) fn is_thin(style: &Computed) -> bool {
    style.frame.as_deref().is_some_and(|frame| {
        let is_low = is_at_most(frame.height, TINY) || is_at_most(frame.max_height, TINY);
        is_at_most(frame.width, TINY)
            || is_at_most(frame.max_width, TINY)
            || (frame.width.is_none() && is_low)
    })
}

/// Returns whether an image or another box is at most two pixels wide and high.
pub(crate) fn is_tiny(style: &Computed) -> bool {
    style.frame.as_deref().is_some_and(|frame| {
        let width = is_at_most(frame.width, TINY) || is_at_most(frame.max_width, TINY);
        let height = is_at_most(frame.height, TINY) || is_at_most(frame.max_height, TINY);
        let none = is_at_most(frame.width, 0.0)
            || is_at_most(frame.height, 0.0)
            || is_at_most(frame.max_width, 0.0)
            || is_at_most(frame.max_height, 0.0);
        (width && height) || none
    })
}
