//! The style sheet of a browser: the display and the font of each element, and what is never shown.

use super::{apply::SMALLEST_RELATIVE_FONT, computed::Computed};
use crate::{
    css::{
        colour::{Colour, Rgba},
        length::{Length, MEDIUM, NORMAL_LINE},
        marker::ListStyle,
        marks::Mark,
        property::{Align, Display, Overflow, WhiteSpace},
    },
    document::Element,
};
use html5ever::{local_name, ns};

/// Size of a fixed-width font in pixels, if no size is given.
const MONOSPACE: f32 = 13.0;
const LINK: Rgba = Rgba::opaque([0.0, 0.0, 238.0]);

/// Leaves out an element whose display is that of its contents, if browsers leave out both.
pub(super) fn leave_out(element: &Element, around: Option<&Element>, style: &mut Computed) {
    let name = element.local_name();
    let nested = around.is_some_and(|around| around.name.ns == ns!(svg));
    let has_contents = match element.name.ns {
        ns!(svg) => matches!(name, "g" | "textPath" | "tspan" | "use") || (name == "svg" && nested),
        ns!(mathml) => false,
        _ => !matches!(
            name,
            "audio"
                | "br"
                | "canvas"
                | "embed"
                | "frame"
                | "frameset"
                | "iframe"
                | "img"
                | "input"
                | "meter"
                | "object"
                | "progress"
                | "select"
                | "textarea"
                | "video"
                | "wbr"
        ),
    };
    if style.display == Display::Contents && !has_contents {
        style.display = Display::None;
    }
}

/// Applies the style that each browser gives an element. `parent` is the name of its parent.
pub(super) fn apply(element: &Element, parent: &str, style: &mut Computed) {
    if element.name.ns == ns!(svg) {
        style.display = match element.local_name() {
            "svg" | "text" | "foreignObject" => Display::InlineBlock,
            "title" | "desc" | "defs" | "metadata" | "symbol" | "style" | "script" | "clipPath"
            | "mask" | "pattern" | "marker" | "linearGradient" | "radialGradient" | "filter" => {
                Display::None
            }
            _ => Display::Inline,
        };
        if element.local_name() == "svg" {
            let frame = style.frame();
            (frame.overflow_x, frame.overflow_y) = (Overflow::Hidden, Overflow::Hidden);
        }
        return;
    }
    if element.name.ns == ns!(mathml) {
        let note = matches!(
            element.local_name(),
            "annotation" | "annotation-xml" | "mspace" | "none" | "mprescripts"
        );
        style.display = if note { Display::None } else { Display::Inline };
        return;
    }
    let name = element.html_name();
    style.display = display(name);
    let row = matches!(name, "tr" | "tbody" | "thead" | "tfoot");
    style.marks.set(Mark::Row, row);
    let hidden = element.attribute(&local_name!("hidden"));
    match hidden {
        Some(value) if value.eq_ignore_ascii_case("until-found") => style.skipped = true,
        Some(_) => style.display = Display::None,
        None => {}
    }
    let popover = element
        .attributes
        .iter()
        .any(|one| &*one.name.local == "popover");
    if popover {
        style.display = Display::None;
        as_page(style);
    }
    match name {
        "dialog" => {
            as_page(style);
            if element.attribute(&local_name!("open")).is_none() {
                style.display = Display::None;
            }
        }
        "audio" if element.attribute(&local_name!("controls")).is_none() => {
            style.display = Display::None;
        }
        "h1" => scale(style, 2.0),
        "h2" => scale(style, 1.5),
        "h3" => scale(style, 1.17),
        "h5" => scale(style, 0.83),
        "h6" => scale(style, 0.67),
        "small" | "sub" | "sup" => scale(style, 1.0 / 1.2),
        "rt" => scale(style, 0.5),
        "big" => scale(style, 1.2),
        "pre" | "listing" | "xmp" | "plaintext" => {
            monospace(style);
            style.inherited().white_space = WhiteSpace::Pre;
        }
        "code" | "kbd" | "samp" | "tt" => monospace(style),
        "textarea" => {
            control(style);
            style.inherited().white_space = WhiteSpace::Pre;
        }
        "input" | "select" => control(style),
        "button" => {
            control(style);
            style.background = Colour::Unknown;
            style.inherited().align = Align::Centre;
        }
        // A table does not continue the indentation of the lines around it.
        "table" => {
            let inherited = style.inherited();
            inherited.indent = Length::ZERO;
            inherited.indent_each = false;
        }
        "mark" => {
            style.background = Colour::Known(Rgba::opaque([255.0, 255.0, 0.0]));
            style.inherited().colour = Some(Rgba::BLACK);
        }
        "center" | "th" | "caption" => style.inherited().align = Align::Centre,
        "marquee" => {
            style.frame().overflow_x = Overflow::Hidden;
            style.frame().overflow_y = Overflow::Hidden;
        }
        "nobr" => style.inherited().white_space = WhiteSpace::NoWrap,
        "ul" | "menu" | "dir" => style.inherited().list_style = ListStyle::Bullet,
        "ol" => style.inherited().list_style = ListStyle::Decimal,
        "s" | "strike" | "del" => style.struck = true,
        "a" | "area" if element.is_link() => style.inherited().colour = Some(LINK),
        "legend" if parent != "fieldset" => style.display = Display::Block,
        _ => {}
    }
}

/// Undoes the inheritance of a table's font in documents for old browsers. Such a table has the
/// colour of the body.
pub(super) fn apply_quirks(style: &mut Computed, body: &Computed) {
    let colour = body.inherited.colour;
    let inherited = style.inherited();
    inherited.colour = colour;
    inherited.font_size = MEDIUM;
    inherited.fixed_size = false;
    inherited.white_space = WhiteSpace::Normal;
    inherited.align = Align::Left;
    inherited.line_height = Length::em(NORMAL_LINE);
}

/// Gives a box above the page the colours of a page.
fn as_page(style: &mut Computed) {
    let (ground, text) = match style.inherited.dark {
        true => (Rgba::DARK_PAGE, Rgba::WHITE),
        false => (Rgba::WHITE, Rgba::BLACK),
    };
    style.background = Colour::Known(ground);
    style.inherited().colour = Some(text);
}

fn scale(style: &mut Computed, factor: f32) {
    let inherited = style.inherited();
    inherited.font_size *= factor;
    if factor < 1.0 && !inherited.fixed_size {
        let least = SMALLEST_RELATIVE_FONT.min(inherited.font_size / factor);
        inherited.font_size = inherited.font_size.max(least);
    }
}

fn monospace(style: &mut Computed) {
    // A browser scales a size that no declaration has fixed.
    if !style.inherited.fixed_size {
        let inherited = style.inherited();
        inherited.font_size *= MONOSPACE / MEDIUM;
    }
}

/// Applies the font of fields and buttons, which do not inherit one.
fn control(style: &mut Computed) {
    let inherited = style.inherited();
    inherited.font_size = 13.333;
    inherited.fixed_size = true;
    inherited.colour = Some(Rgba::BLACK);
    inherited.white_space = WhiteSpace::Normal;
    inherited.letter_spacing = Length::ZERO;
    inherited.word_spacing = Length::ZERO;
    inherited.indent = Length::ZERO;
    inherited.line_height = Length::em(NORMAL_LINE);
}

fn display(name: &str) -> Display {
    match name {
        "area" | "base" | "basefont" | "datalist" | "head" | "link" | "meta" | "noembed"
        | "noframes" | "noscript" | "param" | "rp" | "script" | "style" | "template" | "title"
        | "col" | "colgroup" | "frame" | "frameset" | "source" | "track" => Display::None,
        "html" | "body" | "address" | "article" | "aside" | "blockquote" | "center" | "dd"
        | "details" | "dialog" | "dir" | "div" | "dl" | "dt" | "fieldset" | "figcaption"
        | "figure" | "footer" | "form" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header"
        | "hgroup" | "hr" | "legend" | "listing" | "main" | "menu" | "nav" | "ol" | "optgroup"
        | "option" | "p" | "plaintext" | "pre" | "search" | "section" | "summary" | "ul"
        | "xmp" | "caption" => Display::Block,
        "li" => Display::ListItem,
        "table" | "tbody" | "thead" | "tfoot" | "tr" => Display::Table,
        "td" | "th" => Display::Cell,
        "button" | "input" | "select" | "textarea" | "meter" | "progress" | "marquee" => {
            Display::InlineBlock
        }
        _ => Display::Inline,
    }
}
