//! Takes out of a parsed mail what a person would not see. It walks without recursion, so
//! that no depth of nesting can overflow the stack.

use super::style::{self, colour};
use html5ever::{Attribute, local_name};
use markup5ever_rcdom::{Handle, NodeData};
use tai_proto::mail::Removed;

const WHITE: [u8; 3] = [255; 3];

/// What is known of the place an element stands in.
#[derive(Clone, Copy)]
struct Place {
    /// The background; `None` when it cannot be known.
    background: Option<[u8; 3]>,
}

/// What becomes of a node.
enum Fate {
    Stays(Place),
    Goes,
}

/// Takes what is hidden out of the document, and counts it.
pub(super) fn take_out(document: &Handle, removed: &mut Removed) {
    // A style sheet may give anything any background, so only inline ones count then.
    let background = (!has_style_sheet(document)).then_some(WHITE);
    let mut stack = vec![(document.clone(), Place { background })];
    while let Some((node, place)) = stack.pop() {
        let children = std::mem::take(&mut *node.children.borrow_mut());
        let mut kept = Vec::with_capacity(children.len());
        for child in children {
            match fate(&child, place, removed) {
                Fate::Stays(place) => {
                    stack.push((child.clone(), place));
                    kept.push(child);
                }
                Fate::Goes => {}
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
            return Fate::Goes;
        }
        return Fate::Stays(place);
    };
    let attrs = attrs.borrow();
    let attr = |name: &str| value(&attrs, name);
    match name.local.as_ref() {
        "script" | "iframe" | "object" | "embed" | "applet" | "select" | "textarea" | "svg"
        | "math" => {
            removed.scripts += 1;
            return Fate::Goes;
        }
        "style" | "title" | "head" | "noscript" | "template" | "meta" | "link" | "base"
        | "input" => return Fate::Goes,
        "img" if is_tracker(&attrs) => {
            removed.trackers += 1;
            return Fate::Goes;
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
        true => Fate::Goes,
        false => Fate::Stays(place),
    }
}

/// An image that is there to be fetched and not to be seen.
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

/// Whether there is anything in it that somebody could read.
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
