//! Sanitising of outgoing HTML. One walk decides about each element and attribute and counts what
//! it leaves out; ammonia, with the same lists, checks the result.

use super::{
    addresses::{self, Use},
    css,
    elements::{self, Treatment},
    form, invisible,
    left_out::{Kind, LeftOut},
    tree::{Data, Edge, Element, NodeId, Tree},
};
use ammonia::{Builder, UrlRelative};
use std::{borrow::Cow, collections::HashSet};

/// Longest value of an attribute that neither is shown nor names an address, in bytes.
const MAX_VALUE: usize = 60;

/// Removes comments, and elements that no style sheet can make visible, and counts them.
pub(super) fn prune(tree: &mut Tree, left_out: &mut LeftOut) {
    let mut edge = tree.first_child(Tree::DOCUMENT).map(Edge::Open);
    while let Some(now) = edge {
        let Edge::Open(id) = now else {
            edge = tree.step(Tree::DOCUMENT, now);
            continue;
        };
        let kind = match tree.data(id) {
            Data::Comment => Some(Kind::Comment),
            Data::Element(element) => removal(element),
            Data::Document | Data::Text(_) => None,
        };
        edge = match kind {
            Some(kind) => {
                left_out.add(kind);
                let next = tree.step(Tree::DOCUMENT, Edge::Close(id));
                tree.detach(id);
                next
            }
            None => tree.step(Tree::DOCUMENT, now),
        };
    }
}

/// Returns the kind of an element that is removed with its content. Styles and controls of forms
/// are left to [`sanitise`].
fn removal(element: &Element) -> Option<Kind> {
    if element.tag().is_empty() {
        return (&*element.name.local == "svg").then_some(Kind::Graphic);
    }
    match (element.tag(), elements::treatment(element.tag())) {
        ("style" | "input", _) => None,
        ("link", _) => {
            let rel = element.attr("rel").unwrap_or_default();
            let is_sheet = rel.to_ascii_lowercase().contains("stylesheet");
            Some(if is_sheet {
                Kind::StyleSheet
            } else {
                Kind::Metadata
            })
        }
        (_, Treatment::Remove(kind)) => Some(kind),
        (_, Treatment::Keep | Treatment::Unwrap | Treatment::UnwrapAs(_)) => None,
    }
}

/// Removes what an outgoing mail must not have, and counts it. [`prune`] comes before it.
pub(super) fn sanitise(tree: &mut Tree, left_out: &mut LeftOut) {
    let anchors = anchors(tree);
    let mut edge = tree.first_child(Tree::DOCUMENT).map(Edge::Open);
    while let Some(now) = edge {
        // The place after the node is read before the node changes.
        let Edge::Open(id) = now else {
            edge = tree.step(Tree::DOCUMENT, now);
            if let Edge::Close(id) = now {
                close(tree, id, left_out);
            }
            continue;
        };
        edge = match open(tree, id, left_out, &anchors) {
            After::Children => tree.step(Tree::DOCUMENT, now),
            After::Node => {
                let next = tree.step(Tree::DOCUMENT, Edge::Close(id));
                tree.detach(id);
                next
            }
        };
    }
}

/// Next part of the walk.
enum After {
    Children,
    /// The node is removed with its children.
    Node,
}

fn open(tree: &mut Tree, id: NodeId, left_out: &mut LeftOut, anchors: &HashSet<String>) -> After {
    match tree.data_mut(id) {
        Data::Document => After::Children,
        Data::Comment => After::Node,
        Data::Text(text) => {
            clean(text, left_out);
            After::Children
        }
        Data::Element(element) => {
            if element.tag().is_empty() {
                // The words of a formula stay.
                let name = element.name.local.clone();
                if &*name == "math" {
                    left_out.add(Kind::Element);
                }
                part(tree, id, &name);
                return After::Children;
            }
            match elements::treatment(element.tag()) {
                Treatment::Remove(kind) => {
                    let words = form::replacement(element).map(str::to_owned);
                    match words {
                        Some(words) => form::replace(tree, id, &words, left_out),
                        None if tree.tag(id) == "style" => {}
                        None => left_out.add(kind),
                    }
                    After::Node
                }
                Treatment::UnwrapAs(kind) => {
                    left_out.add(kind);
                    After::Children
                }
                Treatment::Unwrap => After::Children,
                Treatment::Keep => match attributes(element, left_out, anchors) {
                    true => After::Children,
                    false => After::Node,
                },
            }
        }
    }
}

/// Writes the sign between two parts of a formula, which is unwrapped.
fn part(tree: &mut Tree, id: NodeId, name: &str) {
    let sign = match name {
        "mfrac" => "/",
        "msup" => "^",
        "msub" => "_",
        _ => return,
    };
    let is_part = |child: &NodeId| tree.element(*child).is_some();
    let second = tree.children(id).filter(is_part).nth(1);
    let Some(second) = second else { return };
    let sign = tree.add(Data::Text(sign.into()));
    tree.insert_before(second, sign);
}

/// Unwraps a node at its end, if it is not kept.
fn close(tree: &mut Tree, id: NodeId, left_out: &mut LeftOut) {
    let block = match tree.tag(id) {
        tag if elements::treatment(tag) == Treatment::Keep => return,
        "html" | "body" => {
            report_page(tree, id, left_out);
            page_style(tree, id, left_out)
        }
        // The words of two blocks must not become one word.
        tag if elements::loses_lines(tag) => Some(tree.add_element("div")),
        _ => None,
    };
    if let Some(block) = block {
        tree.move_children(id, block);
        tree.append(id, block);
    }
    tree.unwrap(id);
}

/// Counts the attributes of `<body>` or `<html>` that have an effect and are left out.
fn report_page(tree: &Tree, id: NodeId, left_out: &mut LeftOut) {
    for attr in tree
        .element(id)
        .map(|page| &page.attrs)
        .into_iter()
        .flatten()
    {
        match &*attr.name.local {
            "background" => left_out.add(Kind::Image),
            name if name.starts_with("on") => left_out.add(Kind::Handler),
            _ => {}
        }
    }
}

/// Returns a `<div>` with the colours, the direction and the language of `<body>` or `<html>`,
/// whose own tags no mail program keeps.
fn page_style(tree: &mut Tree, id: NodeId, left_out: &mut LeftOut) -> Option<NodeId> {
    let page = tree.element(id)?;
    let mut attrs = Vec::new();
    for name in ["dir", "lang"] {
        attrs.extend(page.attr(name).map(|value| (name, value.to_owned())));
    }
    let mut style = String::new();
    for (attribute, property) in [("bgcolor", "background-color"), ("text", "color")] {
        let value = page.attr(attribute).unwrap_or_default();
        if !value.is_empty() && !is_plain_value(value) {
            left_out.add(Kind::Attribute);
        } else if !value.is_empty() {
            style.push_str(&format!("{property}:{value};"));
        }
    }
    style.push_str(page.attr("style").unwrap_or_default());
    if !style.is_empty() {
        attrs.push(("style", style));
    }
    if attrs.is_empty() {
        return None;
    }
    let div = tree.add_element("div");
    let element = tree.element_mut(div)?;
    for (name, value) in attrs {
        element.set(name, &value);
    }
    attributes(element, left_out, &HashSet::new());
    Some(div)
}

/// Returns the ids of the document to which its links lead.
fn anchors(tree: &Tree) -> HashSet<String> {
    let all = |names: &[&str], prefix: &str| -> HashSet<String> {
        let elements = tree.walk(Tree::DOCUMENT).filter_map(|edge| match edge {
            Edge::Open(id) => tree.element(id),
            Edge::Close(_) => None,
        });
        let values =
            elements.flat_map(|element| names.iter().filter_map(|name| element.attr(name)));
        let values = values.filter_map(|value| value.strip_prefix(prefix));
        values.map(str::to_owned).collect()
    };
    let (targets, ids) = (all(&["href"], "#"), all(&["id", "name"], ""));
    let both = targets.intersection(&ids);
    both.filter(|id| id.len() <= MAX_VALUE && is_plain_value(id))
        .cloned()
        .collect()
}

/// Cleans the attributes of a kept element. Returns whether the element still has a purpose.
fn attributes(element: &mut Element, left_out: &mut LeftOut, anchors: &HashSet<String>) -> bool {
    let tag = element.tag().to_owned();
    if element.attr("hidden").is_some() {
        // The attribute is dropped, and its effect stays.
        let style = element.attr("style").unwrap_or_default();
        let style = format!("{style};display:none");
        element.set("style", &style);
    }
    let mut has_purpose = true;
    element.attrs.retain_mut(|attr| {
        let name = &*attr.name.local;
        if name.starts_with("on") {
            left_out.add(Kind::Handler);
            return false;
        }
        if !elements::takes(&tag, name) {
            let is_silent = elements::SILENT_ATTRIBUTES.contains(&name);
            if !is_silent {
                left_out.add(Kind::Attribute);
            }
            return false;
        }
        clean(&mut attr.value, left_out);
        match name {
            "style" => {
                let style = css::sanitised(&attr.value, left_out);
                attr.value = style.as_str().into();
                !style.is_empty()
            }
            "href" if attr.value.starts_with('#') => attr
                .value
                .strip_prefix('#')
                .is_some_and(|id| anchors.contains(id)),
            "href" => address(&mut attr.value, Use::Link, Kind::LinkTarget, left_out),
            "background" => address(&mut attr.value, Use::Image, Kind::Image, left_out),
            "src" => {
                has_purpose = address(&mut attr.value, Use::Image, Kind::Image, left_out);
                has_purpose
            }
            "id" | "name" => anchors.contains(&*attr.value),
            "alt" | "title" => !attr.value.is_empty() || name == "alt",
            _ => {
                let keeps = attr.value.len() <= MAX_VALUE && is_plain_value(&attr.value);
                if !keeps {
                    left_out.add(Kind::Attribute);
                }
                keeps
            }
        }
    });
    if tag == "img" && element.attr("src").is_none() {
        if has_purpose {
            left_out.add(Kind::Image);
        }
        // The words of an image that cannot be loaded stay.
        return element
            .attr("alt")
            .is_some_and(|alt| !alt.trim().is_empty());
    }
    true
}

/// Returns whether a value is a number, a word or a colour.
fn is_plain_value(value: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " #%.,+-_:*()".contains(c);
    value.chars().all(is_plain)
}

/// Checks an address, which a mail program reads without knowing the page of the document. Returns
/// whether to keep it.
fn address(
    value: &mut html5ever::tendril::StrTendril,
    purpose: Use,
    kind: Kind,
    left_out: &mut LeftOut,
) -> bool {
    match addresses::checked(value, purpose) {
        Some(Cow::Borrowed(_)) => true,
        Some(Cow::Owned(address)) => {
            *value = address.as_str().into();
            true
        }
        None => {
            // An empty target and a target in the page have nothing to lose.
            if !value.trim().is_empty() && value.trim() != "#" {
                left_out.add(kind);
            }
            false
        }
    }
}

fn clean(text: &mut html5ever::tendril::StrTendril, left_out: &mut LeftOut) {
    let mut count = 0;
    let cleaned = invisible::clean(text, &mut count);
    if count > 0 {
        left_out.add_many(Kind::Invisible, count);
        *text = cleaned.as_str().into();
    }
}

/// Returns an address without a scheme if it leads to a place in the mail.
fn page_target(url: &str) -> Option<Cow<'_, str>> {
    url.starts_with('#').then_some(Cow::Borrowed(url))
}

/// Returns HTML as ammonia leaves it, with the lists of [`elements`].
pub(super) fn check(html: &str) -> String {
    let mut builder = Builder::empty();
    builder
        .tags(elements::KEPT.iter().copied().collect())
        .clean_content_tags(["script", "style"].into())
        .generic_attributes(elements::ATTRIBUTES.iter().copied().collect())
        .url_schemes(["http", "https", "mailto", "tel", "sms", "cid", "data"].into())
        .url_relative(UrlRelative::Custom(Box::new(page_target)))
        .attribute_filter(|tag, attribute, value| {
            let keeps = match attribute {
                "href" => addresses::checked(value, Use::Link).is_some(),
                "src" | "background" => addresses::checked(value, Use::Image).is_some(),
                _ => elements::takes(tag, attribute),
            };
            keeps.then_some(Cow::Borrowed(value))
        })
        .link_rel(None);
    for (tag, own) in elements::OWN_ATTRIBUTES {
        builder.add_tag_attributes(*tag, own.iter().copied());
    }
    builder.clean(html).to_string()
}
