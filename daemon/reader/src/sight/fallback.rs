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
pub(super) fn is_fallback(element: &Element, style: &Computed) -> bool {
    match element.html_name() {
        // The text of a style sheet can be shown as any other text.
        "head" | "style" | "script" | "title" => style.display == Display::None,
        "" => matches!(element.local_name(), "style" | "script" | "title"),
        // Without its data, or with the data of a picture that may fail to load, it shows its content.
        "object" => is_frame(element),
        "audio" | "video" | "canvas" | "iframe" | "noframes" | "noembed" | "noscript"
        | "template" | "datalist" | "meter" | "progress" => true,
        _ => false,
    }
}

/// Returns whether an `object` is a frame for a document, which never shows the content of the element.
fn is_frame(object: &Element) -> bool {
    let attribute = |name: &str| {
        let mut all = object.attributes.iter();
        let found = all.find(|attribute| &*attribute.name.local == name);
        found.map(|attribute| attribute.value.trim().to_ascii_lowercase())
    };
    let data = attribute("data").unwrap_or_default();
    let kind = attribute("type").unwrap_or_default();
    let inside = data.strip_prefix("data:");
    let kind = match (kind.is_empty(), inside) {
        (true, Some(inside)) => inside.split([',', ';']).next().unwrap_or_default(),
        _ => &kind,
    };
    let shown = matches!(
        kind,
        "application/pdf" | "application/xhtml+xml" | "text/html" | "text/plain"
    );
    let plain = kind.is_empty() && inside.is_some_and(|inside| inside.contains(','));
    let filled = !data.is_empty() || kind == "application/pdf";
    filled && (shown || plain) && attribute("classid").is_none()
}

/// Where in a list of options something is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Listed {
    #[default]
    No,
    /// In a closed list, which shows the text of this option.
    Closed(Option<NodeId>),
    /// In the shown option of this list, which shows its text in the style of the list.
    Chosen(NodeId),
    /// In a list that shows several options, and can be scrolled to the others: in this `select`.
    Open(NodeId),
}

/// Returns where in a list of options the content of an element is.
pub(super) fn listed(
    document: &Document,
    node: NodeId,
    element: &Element,
    around: Listed,
) -> Listed {
    match (around, element.html_name()) {
        (Listed::No, "select") if is_open(element) => Listed::Open(node),
        (Listed::No, "select") => Listed::Closed(choice(document, node)),
        (Listed::Closed(Some(chosen)), _) if chosen == node => {
            let select = document.ancestors(node);
            let mut select = select.filter(|node| document.name(*node) == "select");
            select.next().map_or(around, Listed::Chosen)
        }
        _ => around,
    }
}

/// Returns whether something in a list is not part of what the list shows.
pub(super) fn is_beside_options(document: &Document, node: NodeId, around: Listed) -> bool {
    match around {
        Listed::No => false,
        Listed::Chosen(_) => document.element(node).is_some(),
        // The chosen one can be in other elements.
        Listed::Closed(chosen) => chosen != Some(node),
        Listed::Open(select) => {
            document.node(node).parent == Some(select)
                && !matches!(
                    document.name(node),
                    "option" | "optgroup" | "div" | "span" | "noscript"
                )
        }
    }
}

/// Returns whether a list shows several options.
fn is_open(select: &Element) -> bool {
    let size = select.attribute(&local_name!("size")).unwrap_or_default();
    let size = size.trim_start();
    let size = size.strip_prefix('+').unwrap_or(size);
    let digits = size.bytes().take_while(u8::is_ascii_digit).count();
    let size = size.get(..digits).and_then(|size| size.parse::<u32>().ok());
    select.attribute(&local_name!("multiple")).is_some() || size.is_some_and(|size| size > 1)
}

/// Returns the option that a list shows: the last one that is selected, or else the first one that can be
/// chosen. Long lists are not searched to their end.
fn choice(document: &Document, select: NodeId) -> Option<NodeId> {
    let has = |node, name| {
        let element = document.element(node);
        element.is_some_and(|element| element.attribute(&name).is_some())
    };
    let (mut first, mut selected) = (None, None);
    let mut walk = document.walk(select);
    for _ in 0..MAX_VISITS {
        let Some(visit) = walk.next() else { break };
        let Visit::Enter(option) = visit else {
            continue;
        };
        if document.name(option) == "datalist" {
            walk.skip_children();
        }
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

/// Returns whether a formula shows no text that is directly in an element: only its tokens hold text.
pub(super) fn has_no_text(element: &Element) -> bool {
    let name = element.local_name();
    element.name.ns == ns!(mathml) && !matches!(name, "mi" | "mn" | "mo" | "ms" | "mtext" | "mtd")
}

/// Returns whether a drawing leaves out an element, because it is for other languages or programs.
pub(super) fn is_left_out(element: &Element) -> bool {
    let extensions = element.attributes.iter().find(|attribute| {
        let name = &*attribute.name.local;
        name.eq_ignore_ascii_case("requiredExtensions")
    });
    element.name.ns == ns!(svg) && (extensions.is_some() || !is_for_reader(element))
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
