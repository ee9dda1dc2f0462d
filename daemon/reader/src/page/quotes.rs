//! Quotations in mails.

use crate::document::Element;
use html5ever::local_name;

/// Returns whether an element is a quotation. Editors of mail indent text with the same element, without
/// its border.
pub(super) fn is_quote(element: &Element) -> bool {
    let attribute = |name| {
        let value = element.attribute(&name).unwrap_or_default();
        value.to_ascii_lowercase()
    };
    let class = attribute(local_name!("class"));
    let is_cited = class.contains("quote") && !class.contains("indent")
        || class.contains("cite")
        || element.attribute(&local_name!("cite")).is_some()
        || element.attribute(&local_name!("type")).is_some();
    let style = attribute(local_name!("style")).replace(' ', "");
    let is_indentation = class.contains("indent")
        || [
            "border:none",
            "border:0",
            "border-left:none",
            "border-left:0",
        ]
        .iter()
        .any(|border| style.contains(border));
    is_cited || !is_indentation
}
