//! Removes invisible elements from a parsed mail. The walk is iterative, so no depth of nesting
//! overflows the stack.

use super::style::{self, colour};
use html5ever::{Attribute, local_name};
use markup5ever_rcdom::{Handle, NodeData};
use tai_proto::mail::Removed;

const WHITE: [u8; 3] = [255; 3];

/// Inherited style of an element's position.
#[derive(Clone, Copy)]
struct Place {
    /// The background colour; `None` if it is unknown.
    background: Option<[u8; 3]>,
}

/// Decision about a node.
enum Fate {
    Keep(Place),
    Remove,
}

/// Removes hidden elements, comments, scripts and trackers from the document, and counts them.
pub(super) fn remove_hidden(document: &Handle, removed: &mut Removed) {
    // A style sheet can set any background, so without inline ones it is unknown.
    let background = (!has_style_sheet(document)).then_some(WHITE);
    let mut stack = vec![(document.clone(), Place { background })];
    while let Some((node, place)) = stack.pop() {
        let children = std::mem::take(&mut *node.children.borrow_mut());
        let mut kept = Vec::with_capacity(children.len());
        for child in children {
            match fate(&child, place, removed) {
                Fate::Keep(place) => {
                    stack.push((child.clone(), place));
                    kept.push(child);
                }
                Fate::Remove => {}
            }
        }
        *node.children.borrow_mut() = kept;
    }
}

fn has_style_sheet(document: &Handle) -> bool {
    let mut stack = vec![document.clone()];
    while let Some(node) = stack.pop() {
        if let NodeData::Element { name, .. } = &node.data
            && (name.local == local_name!("style") || name.local == local_name!("link"))
        {
            return true;
        }
        stack.extend(node.children.borrow().iter().cloned());
    }
    false
}

fn fate(node: &Handle, place: Place, removed: &mut Removed) -> Fate {
    let NodeData::Element { name, attrs, .. } = &node.data else {
        if matches!(node.data, NodeData::Comment { .. }) {
            removed.comments += 1;
            return Fate::Remove;
        }
        return Fate::Keep(place);
    };
    let attrs = attrs.borrow();
    let attr = |name: &str| value(&attrs, name);
    match name.local.as_ref() {
        "script" | "iframe" | "object" | "embed" | "applet" | "select" | "textarea" | "svg"
        | "math" => {
            removed.scripts += 1;
            return Fate::Remove;
        }
        "style" | "title" | "head" | "noscript" | "template" | "meta" | "link" | "base"
        | "input" => return Fate::Remove,
        "img" if is_tracker(&attrs) => {
            removed.trackers += 1;
            return Fate::Remove;
        }
        _ => {}
    }
    let style = style::declarations(attr("style").unwrap_or_default());
    let background = attr("bgcolor")
        .or_else(|| style.get("background-color").map(String::as_str))
        .or_else(|| style.get("background").map(String::as_str));
    let place = match background {
        Some("transparent" | "none" | "inherit" | "initial") => place,
        Some(text) => Place {
            background: text.split_whitespace().find_map(colour),
        },
        None if attr("background").is_some() || style.contains_key("background-image") => {
            Place { background: None }
        }
        None => place,
    };
    let foreground = style
        .get("color")
        .map(String::as_str)
        .or_else(|| attr("color"))
        .and_then(colour);
    let unreadable = match (foreground, place.background) {
        (Some(text), Some(ground)) => style::same(text, ground),
        _ => false,
    };
    let hidden = attr("hidden").is_some() || style::hides(&style) || unreadable;
    if hidden && has_content(node) {
        removed.hidden += 1;
    }
    match hidden {
        true => Fate::Remove,
        false => Fate::Keep(place),
    }
}

/// Returns whether an image is a tracking pixel: at most 1 pixel in both dimensions, or hidden.
fn is_tracker(attrs: &[Attribute]) -> bool {
    let tiny = |name: &str| {
        value(attrs, name).is_some_and(|text| matches!(text.trim_end_matches("px"), "0" | "1"))
    };
    let style = style::declarations(value(attrs, "style").unwrap_or_default());
    let tiny_style = |name: &str| {
        style
            .get(name)
            .is_some_and(|text| matches!(text.trim_end_matches("px"), "0" | "1"))
    };
    (tiny("width") || tiny_style("width")) && (tiny("height") || tiny_style("height"))
        || style::hides(&style)
}

fn value<'a>(attrs: &'a [Attribute], name: &str) -> Option<&'a str> {
    attrs
        .iter()
        .find(|attr| attr.name.local.as_ref() == name)
        .map(|attr| attr.value.as_ref())
}

/// Returns whether a node contains text or an image.
fn has_content(node: &Handle) -> bool {
    let mut stack = vec![node.clone()];
    while let Some(node) = stack.pop() {
        match &node.data {
            NodeData::Text { contents } if !contents.borrow().trim().is_empty() => return true,
            NodeData::Element { name, .. } if name.local == local_name!("img") => return true,
            _ => stack.extend(node.children.borrow().iter().cloned()),
        }
    }
    false
}
