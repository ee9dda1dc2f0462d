//! What a person sees: each run of text is visible or not by its own style and place. A run is
//! hidden for a positive reason only.

mod clip;
mod contrast;
mod cover;
mod place;

use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        property::{Display, Position},
        shape::Transform,
    },
    document::{Document, Element, NodeId, PerNode, Visit},
    findings::Findings,
};
use clip::Window;
use contrast::Ground;
use cover::Cover;
use html5ever::{local_name, ns};
use place::Place;

/// Least opacity that is seen.
const FAINTEST: f32 = 0.08;
/// Smallest font that is seen, in pixels.
const SMALLEST_FONT: f32 = 2.0;
/// Least height of a letter that is seen after scaling, in pixels. A line is a bit higher than its
/// font.
const SMALLEST_LINE: f32 = 1.74;

/// What is seen of a document.
#[derive(Debug)]
pub(crate) struct Sight {
    seen: PerNode<bool>,
    /// Number of images that are seen.
    pub(crate) images: u32,
    /// What is hidden.
    pub(crate) findings: Findings,
}

impl Sight {
    /// Returns whether a run of text is seen, or whether an element has a box that is seen.
    pub(crate) fn is_seen(&self, node: NodeId) -> bool {
        *self.seen.get(node)
    }
}

/// The surroundings of the content of an element.
#[derive(Debug, Clone)]
struct Surroundings {
    /// Whether everything inside is hidden, whatever its own style.
    hidden: bool,
    /// Whether hidden text is part of the mechanism of HTML, so that it is no finding.
    fallback: bool,
    opacity: f32,
    ground: Ground,
    place: Place,
    window: Window,
    /// The window of absolutely placed boxes.
    outer: Window,
    /// Whether absolutely placed boxes refer to the element.
    holds: bool,
    /// Whether the element is a picture of SVG.
    svg: bool,
    /// Whether a picture precedes that an absolutely placed text may be on.
    pictured: bool,
    /// Whether a coloured ground lies above boxes of negative levels.
    backed: bool,
    /// Least height of the flow at the beginning of the element.
    began: f32,
    /// The background that is seen through the letters.
    lettered: Option<Ground>,
    /// What is seen of the children.
    children: Children,
}

/// Which children of an element are seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Children {
    #[default]
    All,
    /// The summary of closed details, if there is one.
    Only(Option<NodeId>),
}

/// Judges all runs of text and all boxes of a document.
pub(crate) fn look(document: &Document, styles: &Styles) -> Sight {
    let mut look = Look {
        document,
        styles,
        stack: vec![Surroundings {
            hidden: false,
            fallback: false,
            opacity: 1.0,
            ground: Ground::WHITE,
            place: Place::default(),
            window: Window::default(),
            outer: Window::default(),
            holds: true,
            svg: false,
            pictured: false,
            backed: false,
            began: 0.0,
            lettered: None,
            children: Children::All,
        }],
        sight: Sight {
            seen: PerNode::new(document, false),
            images: 0,
            findings: Findings::default(),
        },
        in_passage: false,
        flow: place::Flow::default(),
        covers: Vec::new(),
    };
    for visit in document.walk(NodeId::ROOT) {
        match visit {
            Visit::Enter(node) => look.enter(node),
            Visit::Leave(node) => look.leave(node),
        }
    }
    let Look {
        mut sight, covers, ..
    } = look;
    for cover in covers {
        cover.hide(document, styles, &mut sight);
    }
    sight
}

struct Look<'a> {
    document: &'a Document,
    styles: &'a Styles,
    stack: Vec<Surroundings>,
    sight: Sight,
    /// Whether the run before was hidden.
    in_passage: bool,
    flow: place::Flow,
    covers: Vec<Cover>,
}

impl Look<'_> {
    fn enter(&mut self, node: NodeId) {
        let Some(around) = self.stack.last() else {
            return;
        };
        if let Some(element) = self.document.element(node) {
            let style = self.styles.get(node);
            let mut inside = self.inside(node, element, style, around);
            inside.began = self.flow.least().0;
            self.flow.enter(style);
            let name = element.html_name();
            if name == "br" {
                self.flow.line_break(style);
            }
            let mut seen = !inside.hidden
                && !inside.window.is_closed()
                && inside.opacity >= FAINTEST
                && style.inherited.visible;
            if matches!(name, "input" | "textarea" | "select") {
                seen &= inside.ground.shows(style, false, None)
                    && style.inherited.font_size >= SMALLEST_FONT
                    && !is_tiny(style);
            }
            self.sight.seen.set(node, seen);
            self.count(element, style, seen, inside.fallback);
            if seen {
                self.pile(node, element, style);
            }
            self.stack.push(inside);
        } else if let Some(text) = self.document.text(node) {
            let parent = self.document.node(node).parent.unwrap_or(NodeId::ROOT);
            let svg = self
                .document
                .element(parent)
                .filter(|parent| parent.name.ns == ns!(svg));
            let seen = self.is_seen(text, self.styles.get(parent), svg.is_some(), around)
                && !self.is_closed(node, around)
                && svg.is_none_or(|parent| !matches!(parent.local_name(), "svg" | "g" | "switch"));
            let fallback = around.fallback;
            self.flow.pass(text, self.styles.get(parent));
            self.sight.seen.set(node, seen);
            self.note(text, seen, fallback);
        }
    }

    fn leave(&mut self, node: NodeId) {
        if self.document.element(node).is_some() {
            let began = self.stack.pop().map_or(0.0, |around| around.began);
            self.flow.leave(self.styles.get(node), began);
        }
    }

    /// Counts a passage of hidden text.
    fn note(&mut self, text: &str, seen: bool, fallback: bool) {
        let words = words(text);
        if words == 0 {
            return;
        }
        let findings = &mut self.sight.findings;
        if !seen && !fallback {
            findings.hidden_words = findings.hidden_words.saturating_add(words);
            if !self.in_passage {
                findings.hidden = findings.hidden.saturating_add(1);
            }
        }
        self.in_passage = !seen;
    }

    /// Returns the surroundings of the content of an element.
    fn inside(
        &self,
        node: NodeId,
        element: &Element,
        style: &Computed,
        around: &Surroundings,
    ) -> Surroundings {
        let empty = Frame::default();
        let frame = style.frame.as_deref().unwrap_or(&empty);
        let mut inside = around.clone();
        let fallback = is_fallback(self.document, node, element);
        inside.fallback |= fallback;
        inside.hidden |= fallback || style.display == Display::None || self.is_closed(node, around);
        if style.display != Display::Contents {
            inside.opacity *= style.opacity * style.filter.opacity;
        }
        inside.hidden |= style.replaced || frame.mask;
        let absolute = matches!(frame.position, Position::Absolute | Position::Fixed);
        let ground = match absolute && self.holder().is_some_and(|holder| holder.pictured) {
            true => Ground::UNKNOWN,
            false => around.ground,
        };
        inside.ground = ground.under(style);
        inside.stack_up(element, frame, style);
        inside.lettered = match style.background_text {
            true => Some(inside.ground),
            false => around.lettered,
        };
        let boxed = !matches!(style.display, Display::Inline | Display::Contents);
        inside.place = around.place.inside(style, frame, boxed, &self.flow);
        inside.hidden |= style.skipped && boxed;
        if boxed {
            inside.hidden |= frame.clip && absolute;
            inside.hidden |= frame.backface && frame.transform.turned != frame.rotate.turned;
            let window = match frame.position {
                Position::Absolute => around.outer,
                Position::Fixed => Window::default(),
                Position::Static | Position::Relative => around.window,
            };
            inside.window = window.inside(style, frame, inside.place.font, &self.flow);
        }
        if inside.holds || frame.transform != Transform::default() {
            inside.outer = inside.window;
        }
        inside.hidden |= frame.clip_path;
        inside.children = children(self.document, node, element);
        inside
    }

    /// Returns whether a node is the closed part of a `details` element.
    fn is_closed(&self, node: NodeId, around: &Surroundings) -> bool {
        match around.children {
            Children::All => false,
            Children::Only(summary) => summary != Some(node),
        }
    }

    /// Returns whether a run of text is seen.
    fn is_seen(&self, text: &str, style: &Computed, svg: bool, around: &Surroundings) -> bool {
        let inherited = &*style.inherited;
        let scale = around.place.scale;
        let size = inherited.font_size;
        !around.hidden
            && !around.window.is_closed()
            && inherited.visible
            && around.opacity >= FAINTEST
            && size >= SMALLEST_FONT
            && size * scale.1.abs() >= SMALLEST_LINE
            && scale.0.abs() >= 0.02
            && !inherited.disguised
            && around.ground.shows(style, svg, around.lettered)
            && !around.place.is_off_screen(text, style, &self.flow)
            && !around
                .window
                .is_passed(text, style, &around.place, &self.flow)
    }

    /// Counts images and active content.
    fn count(&mut self, element: &Element, style: &Computed, seen: bool, fallback: bool) {
        let findings = &mut self.sight.findings;
        match element.html_name() {
            "script" if is_executable(element) => findings.scripts += 1,
            "iframe" | "object" | "embed" | "applet" => findings.scripts += 1,
            "form" => findings.forms += 1,
            "img" if !fallback => {
                let source = element.attribute(&local_name!("src")).unwrap_or_default();
                let remote = is_remote(source);
                if !seen || is_tiny(style) {
                    findings.trackers += u32::from(remote);
                } else {
                    self.sight.images += 1;
                    findings.remote_images += u32::from(remote);
                }
            }
            _ => {}
        }
    }
}

/// Returns the number of words in a text.
fn words(text: &str) -> u32 {
    let words = text.split_whitespace();
    let words = words.filter(|word| word.chars().any(char::is_alphanumeric));
    u32::try_from(words.count()).unwrap_or(u32::MAX)
}

/// Returns whether an image or another box is at most two pixels wide and high.
pub(crate) fn is_tiny(style: &Computed) -> bool {
    use crate::cascade::hints::is_at_most;
    const TINY: f32 = 2.0;
    style.frame.as_deref().is_some_and(|frame| {
        let width = is_at_most(frame.width, TINY) || is_at_most(frame.max_width, TINY);
        let height = is_at_most(frame.height, TINY) || is_at_most(frame.max_height, TINY);
        let none = is_at_most(frame.width, 0.0)
            || is_at_most(frame.height, 0.0)
            || is_at_most(frame.max_width, 0.0)
            || is_at_most(frame.max_height, 0.0);
        (width && height) || none
    })
}

fn is_remote(source: &str) -> bool {
    let source = source.trim_start();
    let starts = |scheme: &str| {
        source
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    starts("http:") || starts("https:") || starts("//")
}

fn is_executable(script: &Element) -> bool {
    let kind = script.attribute(&local_name!("type")).unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind.is_empty() || kind == "module" || kind.contains("script")
}

/// Returns whether the text of an element is for programs that do not know the element.
fn is_fallback(document: &Document, node: NodeId, element: &Element) -> bool {
    match element.html_name() {
        "audio" | "video" | "canvas" | "iframe" | "noframes" | "noembed" | "noscript"
        | "script" | "style" | "template" | "title" | "head" | "datalist" | "meter"
        | "progress" => true,
        "option" => !is_chosen(document, node, element),
        _ => false,
    }
}

/// Returns whether an option is the one that its list shows.
fn is_chosen(document: &Document, node: NodeId, option: &Element) -> bool {
    let select = document
        .ancestors(node)
        .take(3)
        .find(|node| document.name(*node) == "select");
    let Some(select) = select else { return true };
    let has = |name| {
        document
            .element(select)
            .is_some_and(|e| e.attribute(&name).is_some())
    };
    let chosen = option.attribute(&local_name!("selected")).is_some();
    if chosen || has(local_name!("multiple")) || has(local_name!("size")) {
        return true;
    }
    // The first option is shown if none is selected. Long lists are not searched to their end.
    let parent = document.node(node).parent;
    let first = parent.and_then(|parent| {
        document
            .children(parent)
            .find(|child| document.element(*child).is_some())
    });
    let any_selected = document
        .children(select)
        .take(100)
        .filter_map(|child| document.element(child))
        .any(|child| child.attribute(&local_name!("selected")).is_some());
    first == Some(node) && parent == Some(select) && !any_selected
}

fn children(document: &Document, node: NodeId, element: &Element) -> Children {
    if element.html_name() != "details" || element.attribute(&local_name!("open")).is_some() {
        return Children::All;
    }
    let mut children = document.children(node);
    Children::Only(children.find(|child| document.name(*child) == "summary"))
}
