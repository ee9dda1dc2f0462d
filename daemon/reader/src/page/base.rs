//! The address that relative links refer to.

use crate::{
    document::{Document, NodeId, Visit},
    limits::MAX_ADDRESS,
};
use html5ever::local_name;
use url::Url;

/// Returns the address of the first `base` element that has one.
pub(super) fn base(document: &Document) -> Option<Url> {
    document.walk(NodeId::ROOT).find_map(|visit| match visit {
        Visit::Enter(node) if document.name(node) == "base" => {
            let href = document.element(node)?.attribute(&local_name!("href"))?;
            let base = Url::parse(href.trim())
                .ok()
                .filter(|_| href.len() <= MAX_ADDRESS);
            base.filter(|base| !base.cannot_be_a_base())
        }
        _ => None,
    })
}
