//! Elements whose content browsers do not show: fallback for other programs, closed details, and
//! options that are not chosen.

use crate::{
    cascade::Computed,
    css::property::Display,
    document::{Document, Element, NodeId, Visit},
};
use html5ever::{local_name, ns};

/// Most visits of a search in a list of options.
const MAX_VISITS: usize = 400;

/// Which children of an element are seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Children {
    #[default]
    All,
    /// The summary of closed details, the choice of a switch in SVG, or the formula of alternatives, if
    /// there is one.
    Only(Option<NodeId>),
}

/// Returns whether the text of an element is for programs that do not know the element.
pub(super) fn is_fallback(
    document: &Document,
    node: NodeId,
    element: &Element,
    style: &Computed,
) -> bool {
    match element.html_name() {
        // The text of a style sheet can be shown as any other text.
        "head" | "style" | "script" | "title" => style.display == Display::None,
        "" => matches!(element.local_name(), "style" | "script" | "title"),
        // An `object` without its data shows its content.
        "audio" | "video" | "canvas" | "iframe" | "noframes" | "noembed" | "noscript"
        | "template" | "datalist" | "meter" | "progress" => true,
        "option" => !is_chosen(document, node),
        _ => false,
    }
}

/// Returns whether an option is the one that its list shows.
fn is_chosen(document: &Document, node: NodeId) -> bool {
    let select = document
        .ancestors(node)
        .take(3)
        .find(|node| document.name(*node) == "select");
    let Some(select) = select else { return true };
    let list = document.element(select);
    let attribute = |name| list.and_then(|list| list.attribute(&name));
    let size = attribute(local_name!("size")).and_then(|size| size.trim().parse::<u32>().ok());
    // Such a list shows several options, and can be scrolled to the others.
    attribute(local_name!("multiple")).is_some()
        || size.is_some_and(|size| size > 1)
        || choice(document, select).is_none_or(|chosen| chosen == node)
}

/// Returns the option that a list shows: the last one that is selected, or else the first one that can be
/// chosen. Long lists are not searched to their end.
fn choice(document: &Document, select: NodeId) -> Option<NodeId> {
    let has = |node, name| {
        let element = document.element(node);
        element.is_some_and(|element| element.attribute(&name).is_some())
    };
    let (mut first, mut selected) = (None, None);
    for visit in document.walk(select).take(MAX_VISITS) {
        let Visit::Enter(option) = visit else {
            continue;
        };
        if document.name(option) != "option" {
            continue;
        }
        if has(option, local_name!("selected")) {
            selected = Some(option);
        }
        let group = document.node(option).parent.unwrap_or(NodeId::ROOT);
        let group = document.name(group) == "optgroup" && has(group, local_name!("disabled"));
        if first.is_none() && !group && !has(option, local_name!("disabled")) {
            first = Some(option);
        }
    }
    selected.or(first)
}

/// Returns whether a drawing or a formula shows no text that is directly in an element.
pub(super) fn has_no_text(element: &Element) -> bool {
    let name = element.local_name();
    (element.name.ns == ns!(svg) && matches!(name, "svg" | "g" | "switch"))
        // Only the tokens of a formula hold text.
        || (element.name.ns == ns!(mathml)
            && !matches!(name, "mi" | "mn" | "mo" | "ms" | "mtext" | "mtd"))
}

/// Returns whether an open `details` element follows an open one of its group, which closes it.
fn is_closed_by_group(document: &Document, node: NodeId, element: &Element) -> bool {
    let Some(group) = element.attribute(&local_name!("name")) else {
        return false;
    };
    let mut before = document.before(node).take(MAX_VISITS);
    !group.is_empty()
        && before.any(|sibling| {
            let sibling = document.element(sibling);
            sibling.is_some_and(|sibling| {
                sibling.html_name() == "details"
                    && sibling.attribute(&local_name!("open")).is_some()
                    && sibling.attribute(&local_name!("name")) == Some(group)
            })
        })
}

/// Returns whether a `switch` of SVG may choose an element: one for a language is for English.
fn is_for_reader(element: &Element) -> bool {
    let languages = element.attributes.iter().find(|attribute| {
        let name = &*attribute.name.local;
        name.eq_ignore_ascii_case("systemLanguage")
    });
    languages.is_none_or(|languages| {
        let mut languages = languages.value.split(',').map(str::trim);
        languages.any(|language| language.split('-').next() == Some("en"))
    })
}

pub(super) fn children(document: &Document, node: NodeId, element: &Element) -> Children {
    if element.name.ns == ns!(mathml) && matches!(element.local_name(), "semantics" | "maction") {
        let mut children = document.children(node);
        return Children::Only(children.find(|child| document.element(*child).is_some()));
    }
    if element.name.ns == ns!(svg) && element.local_name() == "switch" {
        let mut children = document.children(node);
        return Children::Only(children.find(|child| {
            let element = document.element(*child);
            element.is_some_and(is_for_reader)
        }));
    }
    let is_open = element.attribute(&local_name!("open")).is_some();
    if element.html_name() != "details" || (is_open && !is_closed_by_group(document, node, element))
    {
        return Children::All;
    }
    let mut children = document.children(node);
    Children::Only(children.find(|child| document.name(*child) == "summary"))
}
