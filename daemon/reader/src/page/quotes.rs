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
    // The last declaration decides about the border at the left.
    let mut declarations = element.declarations();
    let border = declarations.rfind(|(name, _)| matches!(*name, "border" | "border-left"));
    let has_none = |(_, value): (&str, &str)| value.starts_with("none") || value.starts_with('0');
    is_cited || !(class.contains("indent") || border.is_some_and(has_none))
}
