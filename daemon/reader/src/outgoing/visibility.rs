//! Judgement of what a person sees of a sanitised document: from its inline styles, with limits that mail
//! programs share, and from the reader of incoming mail. It errs towards [`Judgement::Doubtful`]: the
//! person who approves a mail is told.

use super::{
    colour,
    tree::{Data, Edge, Element, NodeId, Tree},
    values::{self, FONT, FontSize, Plain, is_unread},
};
use crate::{
    css::colour::Rgba,
    reading,
    thresholds::{FAINTEST_SENT, FAR_SENT, SMALLEST_SENT_FONT},
};
use std::collections::{BTreeMap, HashMap};

/// Visibility of a node.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Judgement {
    #[default]
    Visible,
    /// A style that is not understood may hide the node.
    Doubtful,
    Hidden,
}

/// Visibility of the nodes of a document.
#[derive(Debug, Default)]
pub(super) struct Judgements(HashMap<NodeId, Judgement>);

impl Judgements {
    pub(super) fn of(&self, id: NodeId) -> Judgement {
        self.0.get(&id).copied().unwrap_or_default()
    }
}

/// Properties that children inherit, and the state of the element's box.
#[derive(Debug, Clone, Copy)]
struct Look {
    font: f32,
    /// Whether the size of the font is known.
    of_font: Judgement,
    colour: Rgba,
    /// Whether the colour is known.
    of_colour: Judgement,
    /// `None` for an image or a gradient.
    background: Option<Rgba>,
    is_visible: bool,
    /// Visibility of the box with everything in it.
    judgement: Judgement,
}

/// Judges all texts, images and elements of a document with this HTML. A text is hidden if its inline
/// styles and the reader of incoming mail agree, and doubtful if one of both hides it.
pub(super) fn judge(tree: &Tree, html: &str) -> Judgements {
    let mut judgements = by_styles(tree);
    let texts = tree.walk(Tree::DOCUMENT).filter_map(|edge| match edge {
        Edge::Open(id) => match tree.data(id) {
            Data::Text(text) => Some((id, &**text)),
            Data::Element(image) if image.tag() == "img" => {
                Some((id, image.attr("alt").unwrap_or_default()))
            }
            Data::Document | Data::Element(_) | Data::Comment => None,
        },
        Edge::Close(_) => None,
    });
    let mut runs = reading::seen_runs(html).into_iter();
    let mut shown = Vec::new();
    for (id, text) in texts {
        let run = runs.next().filter(|(run, _)| run == text);
        // A text that the reader does not find is doubtful.
        let is_seen = run.is_some_and(|(_, is_seen)| is_seen);
        let is_blank = text.chars().all(char::is_whitespace);
        match (judgements.of(id), is_seen) {
            (Judgement::Visible, false) if !is_blank => {
                judgements.0.insert(id, Judgement::Doubtful);
            }
            (Judgement::Hidden, true) => {
                judgements.0.insert(id, Judgement::Doubtful);
                shown.push(id);
            }
            (Judgement::Visible | Judgement::Doubtful | Judgement::Hidden, _) => {}
        }
    }
    // What is around a text that is shown is shown, too.
    for id in shown.into_iter().flat_map(|id| tree.ancestors(id)) {
        if judgements.of(id) == Judgement::Hidden {
            judgements.0.insert(id, Judgement::Doubtful);
        }
    }
    judgements
}

/// Judges the nodes by their inline styles alone.
fn by_styles(tree: &Tree) -> Judgements {
    let mut judgements = HashMap::new();
    let mut looks = vec![Look {
        font: FONT,
        of_font: Judgement::Visible,
        colour: Rgba::BLACK,
        of_colour: Judgement::Visible,
        background: Some(Rgba::WHITE),
        is_visible: true,
        judgement: Judgement::Visible,
    }];
    for edge in tree.walk(Tree::DOCUMENT) {
        let Edge::Open(id) = edge else {
            looks.pop();
            continue;
        };
        let Some(outer) = looks.last().copied() else {
            break;
        };
        let judgement = match tree.data(id) {
            Data::Text(_) => text_judgement(&outer),
            Data::Element(element) => {
                let look = look(element, outer);
                looks.push(look);
                match (element.tag(), look.is_visible) {
                    ("img" | "hr", false) => Judgement::Hidden,
                    _ => look.judgement,
                }
            }
            Data::Document | Data::Comment => continue,
        };
        if judgement != Judgement::Visible {
            judgements.insert(id, judgement);
        }
    }
    Judgements(judgements)
}

fn text_judgement(look: &Look) -> Judgement {
    let is_small = look.font < SMALLEST_SENT_FONT;
    let is_lost = colour::is_transparent(look.colour)
        || look
            .background
            .is_some_and(|background| colour::is_lost_on(look.colour, background));
    let own = match is_small || is_lost || !look.is_visible {
        true => Judgement::Hidden,
        false => look.of_font.max(look.of_colour),
    };
    own.max(look.judgement)
}

/// Returns the look of an element within another.
fn look(element: &Element, outer: Look) -> Look {
    let mut look = outer;
    if let Some(colour) = element.attr("color").and_then(attribute_colour) {
        look.colour = colour;
    }
    if element.tag() == "a" && element.attr("href").is_some() {
        // Mail programs show links in a colour of their own unless the link has one.
        (look.colour, look.of_colour) = (Rgba::BLACK, Judgement::Visible);
    }
    let mut own = Own {
        ground: element.attr("bgcolor").and_then(attribute_colour),
        has_image: element.attr("background").is_some(),
        ..Own::default()
    };
    if element.tag() == "bdo" {
        // The letters are seen in another order.
        own.judge("bdo", Judged::Doubtful);
    }
    for declaration in values::in_order(element.attr("style").unwrap_or_default()) {
        apply(&declaration, &outer, &mut look, &mut own);
    }
    look.background = own.background(outer.background);
    look.judgement = look.judgement.max(own.judgement());
    look
}

/// Returns the colour of an attribute, which may lack its `#`.
fn attribute_colour(value: &str) -> Option<Rgba> {
    colour::first(value).or_else(|| colour::first(&format!("#{value}")))
}

/// What a property does to the box of its element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judged {
    Seen,
    Doubtful,
    /// The box has no room. It is hidden if it is clipped as well.
    Flat,
    Clipped,
    Hidden,
}

/// Properties of an element that its children do not inherit.
#[derive(Debug, Default)]
struct Own {
    /// By the name of the property. A later declaration replaces an earlier one.
    judged: BTreeMap<String, Judged>,
    ground: Option<Rgba>,
    has_image: bool,
}

impl Own {
    fn judge(&mut self, name: &str, judged: Judged) {
        self.judged.insert(name.to_owned(), judged);
    }

    /// Notes a value that shows the box. One that mail programs may drop as an error does not lift the
    /// value before it.
    fn show(&mut self, name: &str, is_certain: bool) {
        match self.judged.get(name) {
            Some(Judged::Flat | Judged::Clipped | Judged::Hidden) if !is_certain => {}
            Some(_) | None => self.judge(name, Judged::Seen),
        }
    }

    /// Notes a value that is not understood: mail programs may obey it or the one before it.
    fn doubt(&mut self, name: &str) {
        match self.judged.get(name) {
            None | Some(Judged::Seen) => self.judge(name, Judged::Doubtful),
            Some(Judged::Doubtful | Judged::Flat | Judged::Clipped | Judged::Hidden) => {}
        }
    }

    fn judgement(&self) -> Judgement {
        let has = |judged| self.judged.values().any(|one| *one == judged);
        if has(Judged::Hidden) || (has(Judged::Flat) && has(Judged::Clipped)) {
            return Judgement::Hidden;
        }
        match has(Judged::Doubtful) {
            true => Judgement::Doubtful,
            false => Judgement::Visible,
        }
    }

    /// Returns the background in front of another.
    fn background(&self, below: Option<Rgba>) -> Option<Rgba> {
        if self.has_image {
            return None;
        }
        let Some(ground) = self.ground else {
            return below;
        };
        match below {
            Some(below) => Some(Rgba::opaque(ground.over(below.channels))),
            None => (!colour::is_transparent(ground)).then_some(ground),
        }
    }
}

fn apply(declaration: &Plain, outer: &Look, look: &mut Look, own: &mut Own) {
    let name = declaration.name.as_str();
    let value = declaration.value.as_str();
    // Judges the lengths of a value. One that cannot be read may hide.
    let by_lengths = |own: &mut Own, em: f32, judge: &dyn Fn(f32) -> Judged| {
        let lengths = values::lengths(value, em);
        let mut judged = lengths.iter().flatten().map(|px| judge(*px));
        match (&lengths, judged.find(|j| *j != Judged::Seen)) {
            (Some(_), Some(judged)) => own.judge(name, judged),
            (Some(_), None) => own.show(name, values::is_one_length(value)),
            (None, _) => own.doubt(name),
        }
    };
    let when = |is: bool, judged: Judged| if is { judged } else { Judged::Seen };
    match name {
        "display" => match value {
            "none" => own.judge(name, Judged::Hidden),
            _ if is_unread(value) => own.doubt(name),
            _ if values::is_shown(value) => own.show(name, true),
            _ => {}
        },
        "visibility" => match value {
            "hidden" | "collapse" => look.is_visible = false,
            "visible" | "initial" => look.is_visible = true,
            "inherit" | "unset" => look.is_visible = outer.is_visible,
            _ if is_unread(value) => own.doubt(name),
            _ => {}
        },
        "opacity" => match values::opacity(value) {
            Some(opacity) => own.judge(name, when(opacity < FAINTEST_SENT, Judged::Hidden)),
            None => own.doubt(name),
        },
        "content-visibility" => match value {
            "hidden" => own.judge(name, Judged::Hidden),
            "visible" | "auto" | "initial" | "unset" => own.judge(name, Judged::Seen),
            _ => own.doubt(name),
        },
        "font-size" => set_font(values::font_size(value, outer.font), outer, look),
        "font" => set_font(values::size_in_font(value, outer.font), outer, look),
        "color" => match (colour::only(value), value) {
            (Some(colour), _) => (look.colour, look.of_colour) = (colour, Judgement::Visible),
            (None, "initial") => (look.colour, look.of_colour) = (Rgba::BLACK, Judgement::Visible),
            (None, "inherit" | "unset" | "currentcolor") => {
                (look.colour, look.of_colour) = (outer.colour, outer.of_colour);
            }
            (None, _) => look.of_colour = Judgement::Doubtful,
        },
        "background" | "background-color" => {
            let has_image = value.contains("url(") || value.contains("gradient");
            let ground = match name {
                "background-color" => colour::only(value),
                _ => colour::first(value),
            };
            match ground {
                _ if has_image => own.has_image = true,
                Some(ground) => {
                    own.ground = Some(ground);
                    own.has_image &= name != "background";
                }
                None if is_unread(value) => own.has_image = true,
                None if matches!(value, "none" | "initial" | "unset") => {
                    own.ground = None;
                    own.has_image &= name != "background";
                }
                None => {}
            }
        }
        "background-image" => own.has_image = !matches!(value, "none" | "initial" | "unset"),
        "height" | "max-height" | "width" | "max-width" => {
            by_lengths(own, outer.font, &|px| when(px <= 1.0, Judged::Flat));
        }
        "overflow" | "overflow-x" | "overflow-y" => {
            own.judge(name, when(value != "visible", Judged::Clipped));
        }
        "text-indent" => by_lengths(own, outer.font, &|px| when(px <= -FAR_SENT, Judged::Hidden)),
        "left" | "right" | "top" | "bottom" | "inset" => {
            let is_of_screen = value.contains("vw");
            by_lengths(own, outer.font, &|px| {
                when(px.abs() >= FAR_SENT || is_of_screen, Judged::Doubtful)
            });
        }
        "margin" | "margin-left" | "margin-right" | "margin-top" | "margin-bottom" => {
            by_lengths(own, outer.font, &|px| {
                when(px <= -FAR_SENT, Judged::Doubtful)
            });
        }
        "position" => {
            let is_usual = matches!(value, "static" | "relative" | "initial");
            own.judge(name, when(!is_usual, Judged::Doubtful));
        }
        "letter-spacing" | "word-spacing" => {
            by_lengths(own, outer.font, &|px| when(px < -2.0, Judged::Doubtful));
        }
        "line-height" => by_lengths(own, 1.0, &|n| when(n < 0.3, Judged::Doubtful)),
        "z-index" => {
            let is_below = value.starts_with('-') || is_unread(value);
            own.judge(name, when(is_below, Judged::Doubtful));
        }
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
            own.judge(name, when(!is_usual.contains(&value), Judged::Doubtful));
        }
        _ => {}
    }
}

fn set_font(size: FontSize, outer: &Look, look: &mut Look) {
    (look.font, look.of_font) = match size {
        FontSize::Known(px) => (px, Judgement::Visible),
        FontSize::Inherited => (outer.font, outer.of_font),
        FontSize::Unknown => (look.font, Judgement::Doubtful),
    };
}

#[cfg(test)]
#[path = "visibility_tests.rs"]
mod tests;
