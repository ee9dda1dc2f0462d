//! The scheme of colours that a document declares for its page.

use super::rank::Ranked;
use crate::{
    css::{
        declarations::{DeclarationSyntax, parse_value},
        property::Declared,
    },
    document::{Document, NodeId, Visit},
};
use html5ever::local_name;

/// Returns whether the first valid `<meta name="color-scheme">` asks for a dark page.
pub(super) fn is_dark(document: &Document, syntax: DeclarationSyntax) -> bool {
    let mut walk = document.walk(NodeId::ROOT);
    while let Some(visit) = walk.next() {
        let Visit::Enter(node) = visit else { continue };
        match document.name(node) {
            // The content of a template is not part of the document.
            "template" => walk.skip_children(),
            "meta" => {
                if let Some(dark) = declared(document, node, syntax) {
                    return dark;
                }
            }
            _ => {}
        }
    }
    false
}

fn declared(document: &Document, meta: NodeId, syntax: DeclarationSyntax) -> Option<bool> {
    let element = document.element(meta)?;
    let name = element.attribute(&local_name!("name"))?;
    let content = element.attribute(&local_name!("content"))?;
    if !name.eq_ignore_ascii_case("color-scheme") || content.trim().is_empty() {
        return None;
    }
    let values = parse_value("color-scheme", content, syntax)?;
    values.iter().find_map(|value| match value {
        Declared::ColourScheme(dark) => Some(*dark),
        _ => None,
    })
}

/// Returns whether declarations give a colour to the text.
pub(super) fn has_colour(declarations: &[Ranked]) -> bool {
    declarations.iter().any(|(_, declared)| match declared {
        Declared::Colour(_) => true,
        Declared::Pending(name, _) => &**name == "color",
        _ => false,
    })
}
