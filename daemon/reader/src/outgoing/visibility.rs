//! Judgement of what a person sees of a sanitised document, from its inline styles. The judgement
//! errs towards [`Sight::Doubtful`]: the person who approves a mail is told.

use super::{
    colour::{self, Colour},
    css::{self, Declaration},
    tree::{Data, Edge, Element, NodeId, Tree},
};
use std::collections::HashMap;

/// Text below this size in pixels is not seen.
const LEAST_FONT: f32 = 3.0;
/// Font size of a page, in pixels.
const FONT: f32 = 16.0;
/// Distance in pixels at which content is outside of the page.
const FAR: f32 = 150.0;

/// Visibility of a node.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sight {
    #[default]
    Visible,
    /// A style that is not understood may hide the node.
    Doubtful,
    Hidden,
}

/// Visibility of the nodes of a document.
#[derive(Debug, Default)]
pub(super) struct Sights(HashMap<NodeId, Sight>);

impl Sights {
    pub(super) fn of(&self, id: NodeId) -> Sight {
        self.0.get(&id).copied().unwrap_or_default()
    }
}

/// Properties that children inherit, and the state of the element's box.
#[derive(Debug, Clone, Copy)]
struct Look {
    font: f32,
    colour: Colour,
    /// `None` for an image or a gradient.
    background: Option<Colour>,
    is_visible: bool,
    /// Visibility of the box with everything in it.
    sight: Sight,
    /// Visibility of its own text.
    text: Sight,
}

/// Judges all texts, images and elements of a document.
pub(super) fn judge(tree: &Tree) -> Sights {
    let mut sights = HashMap::new();
    let mut looks = vec![Look {
        font: FONT,
        colour: Colour::BLACK,
        background: Some(Colour::WHITE),
        is_visible: true,
        sight: Sight::Visible,
        text: Sight::Visible,
    }];
    for edge in tree.walk(Tree::DOCUMENT) {
        let Edge::Open(id) = edge else {
            looks.pop();
            continue;
        };
        let Some(outer) = looks.last().copied() else {
            break;
        };
        let sight = match tree.data(id) {
            Data::Text(_) => text_sight(&outer),
            Data::Element(element) => {
                let look = look(element, outer);
                looks.push(look);
                match (element.tag(), look.is_visible) {
                    ("img" | "hr", false) => Sight::Hidden,
                    _ => look.sight,
                }
            }
            Data::Document | Data::Comment => continue,
        };
        if sight != Sight::Visible {
            sights.insert(id, sight);
        }
    }
    Sights(sights)
}

fn text_sight(look: &Look) -> Sight {
    let is_small = look.font < LEAST_FONT;
    let is_lost = look.colour.is_transparent()
        || look
            .background
            .is_some_and(|background| look.colour.is_lost_on(background));
    let own = match is_small || is_lost || !look.is_visible {
        true => Sight::Hidden,
        false => look.text,
    };
    own.max(look.sight)
}

/// Returns the look of an element within another.
fn look(element: &Element, outer: Look) -> Look {
    let mut look = outer;
    if let Some(colour) = element.attr("color").and_then(attribute_colour) {
        look.colour = colour;
    }
    if element.tag() == "a" && element.attr("href").is_some() {
        // Mail programs show links in a colour of their own unless the link has one.
        look.colour = Colour::BLACK;
        look.text = Sight::Visible;
    }
    if let Some(colour) = element.attr("bgcolor").and_then(attribute_colour) {
        look.background = Some(colour);
    }
    if element.attr("background").is_some() {
        look.background = None;
    }
    let mut shape = Shape {
        // The letters of `<bdo>` are seen in another order.
        is_doubtful: element.tag() == "bdo",
        ..Shape::default()
    };
    for declaration in css::declarations(element.attr("style").unwrap_or_default()) {
        apply(&declaration, &outer, &mut look, &mut shape);
    }
    look.sight = look.sight.max(shape.sight());
    look
}

/// Returns the colour of an attribute, which may lack its `#`.
fn attribute_colour(value: &str) -> Option<Colour> {
    colour::parse(value).or_else(|| colour::parse(&format!("#{value}")))
}

/// Properties of one box that hide it together.
#[derive(Debug, Default)]
struct Shape {
    is_gone: bool,
    is_flat: bool,
    is_clipped: bool,
    is_doubtful: bool,
}

impl Shape {
    fn sight(&self) -> Sight {
        match (
            self.is_gone || (self.is_flat && self.is_clipped),
            self.is_doubtful,
        ) {
            (true, _) => Sight::Hidden,
            (false, true) => Sight::Doubtful,
            (false, false) => Sight::Visible,
        }
    }
}

fn apply(declaration: &Declaration<'_>, outer: &Look, look: &mut Look, shape: &mut Shape) {
    let value = plain(declaration.value);
    let value = value.as_str();
    let number = length(value, outer.font);
    let is_far = || number.is_some_and(|px| px.abs() >= FAR) || value.contains("vw");
    let is_unknown = ["var(", "calc(", "env(", "min(", "max(", "clamp("];
    let is_unknown = is_unknown.iter().any(|f| value.contains(f));
    match declaration.name.as_str() {
        "display" => match value {
            "none" => shape.is_gone = true,
            _ => shape.is_doubtful |= is_unknown,
        },
        "visibility" => match value {
            "hidden" | "collapse" => look.is_visible = false,
            "visible" | "initial" => look.is_visible = true,
            _ => shape.is_doubtful |= is_unknown,
        },
        "opacity" => match length(value, 1.0) {
            Some(opacity) => shape.is_gone |= opacity < 0.1,
            None => shape.is_doubtful = true,
        },
        "content-visibility" => shape.is_gone |= value == "hidden",
        "font-size" => match length(value, outer.font) {
            Some(px) => look.font = px,
            None => set_font_word(value, look, is_unknown),
        },
        "font" => {
            let mut words = value.split([' ', '/']);
            let is_size = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit() || c == '.');
            // A number without a unit is a weight, except zero.
            let size = words.find(|w| {
                is_size(w) && (*w == "0" || w.ends_with(char::is_alphabetic) || w.ends_with('%'))
            });
            if let Some(px) = size.and_then(|size| length(size, outer.font)) {
                look.font = px;
            }
        }
        "color" => match (colour::parse(value), value) {
            (Some(colour), _) => (look.colour, look.text) = (colour, Sight::Visible),
            (None, "inherit" | "initial" | "unset" | "currentcolor" | "windowtext") => {}
            (None, _) => look.text = Sight::Doubtful,
        },
        "background" | "background-color" => {
            let is_image = value.contains("url(") || value.contains("gradient");
            match colour::parse(value) {
                _ if is_image => look.background = None,
                Some(colour) => {
                    look.background = look.background.map(|below| colour.over(below));
                    if !colour.is_transparent() {
                        look.background = look.background.or(Some(colour));
                    }
                }
                None if is_unknown => look.background = None,
                None => {}
            }
        }
        "background-image" if value != "none" => look.background = None,
        "height" | "max-height" | "width" | "max-width" => {
            shape.is_flat |= number.is_some_and(|px| px <= 1.0);
        }
        "overflow" | "overflow-x" | "overflow-y" => shape.is_clipped |= value != "visible",
        "text-indent" => shape.is_gone |= number.is_some_and(|px| px <= -FAR),
        "left" | "right" | "top" | "bottom" | "inset" => shape.is_doubtful |= is_far(),
        "margin" | "margin-left" | "margin-right" | "margin-top" | "margin-bottom" => {
            let words = value.split(' ').filter_map(|word| length(word, outer.font));
            shape.is_doubtful |= words.into_iter().any(|px| px <= -FAR) || is_unknown;
        }
        "position" => shape.is_doubtful |= !matches!(value, "static" | "relative" | "initial"),
        "letter-spacing" | "word-spacing" => {
            shape.is_doubtful |= number.is_some_and(|px| px < -2.0);
        }
        "line-height" => shape.is_doubtful |= length(value, 1.0).is_some_and(|n| n < 0.3),
        "z-index" => shape.is_doubtful |= value.starts_with('-'),
        // Properties that can hide in more ways than are judged here.
        "clip"
        | "clip-path"
        | "transform"
        | "translate"
        | "scale"
        | "rotate"
        | "filter"
        | "backdrop-filter"
        | "mask"
        | "mask-image"
        | "-webkit-mask"
        | "-webkit-mask-image"
        | "mix-blend-mode"
        | "-webkit-text-fill-color"
        | "text-fill-color"
        | "zoom"
        | "mso-hide"
        | "offset"
        | "offset-path"
        | "text-overflow"
        | "writing-mode"
        | "animation"
        | "direction"
        | "unicode-bidi"
        | "-webkit-text-security" => {
            let is_usual = [
                "none", "auto", "normal", "initial", "1", "ltr", "rtl", "clip", "ellipsis",
            ];
            shape.is_doubtful |= !is_usual.contains(&value);
        }
        _ => {}
    }
}

fn set_font_word(value: &str, look: &mut Look, is_unknown: bool) {
    match value {
        "xx-small" | "x-small" | "small" | "medium" | "large" | "x-large" | "xx-large"
        | "smaller" | "larger" | "initial" => look.font = FONT,
        _ if is_unknown => look.text = Sight::Doubtful,
        _ => {}
    }
}

/// Returns a value in lower case without comments and `!important`.
fn plain(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    let out = out.to_lowercase();
    let out = match out.rfind('!') {
        Some(at) if out.get(at + 1..).is_some_and(|i| i.trim() == "important") => {
            out.get(..at).unwrap_or_default().to_owned()
        }
        _ => out,
    };
    out.trim().to_owned()
}

/// Returns a length in pixels. `em` is the size of the font, and of 100 %.
fn length(value: &str, em: f32) -> Option<f32> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c)));
    let (number, unit) = value.split_at(end.unwrap_or(value.len()));
    let number: f32 = number.parse().ok()?;
    let factor = match unit {
        "" | "px" => 1.0,
        "pt" => 4.0 / 3.0,
        "pc" | "rem" => 16.0,
        "in" => 96.0,
        "cm" => 37.8,
        "mm" => 3.78,
        "em" => em,
        "ex" | "ch" => em / 2.0,
        "%" => em / 100.0,
        "vw" | "vh" => 6.0,
        _ => return None,
    };
    Some(number * factor)
}

#[cfg(test)]
#[path = "visibility_tests.rs"]
mod tests;
