//! Values of the properties of which only one effect is read.

use super::{
    Invalid, Parsed, flexible, invalid, length,
    marks::Mark,
    paint,
    property::{Filter, Image},
    tracks::{self, Tracks},
};
use cssparser::{ParseError, Parser, Token, match_ignore_ascii_case};

/// Largest radius of a corner that leaves all of a line of text covered, in pixels.
const LARGEST_RADIUS: f32 = 8.0;

/// Returns the marks that a property with a name sets.
pub(super) fn by_name(name: &str) -> &'static [Mark] {
    match_ignore_ascii_case! { name,
        "align-items" | "justify-items" | "place-items" => &[Mark::Unstretched],
        "align-self" => &[Mark::Align],
        "aspect-ratio" => &[Mark::Aspect],
        "background" | "background-clip" | "-webkit-background-clip" => &[Mark::Ground],
        "border" | "border-width" | "border-top" | "border-right" | "border-bottom" | "border-left" => &[Mark::Edge],
        "backdrop-filter" => &[Mark::Backdrop],
        "border-image" | "-webkit-border-image" => &[Mark::Framed],
        "border-radius" | "-webkit-border-radius" => &[Mark::Corners],
        "border-top-left-radius" | "border-top-right-radius" | "border-bottom-left-radius"
        | "border-bottom-right-radius" | "corner-shape" => &[Mark::Corner],
        "clear" => &[Mark::Clear],
        "columns" | "column-count" | "column-width" => &[Mark::Columns],
        "clip" => &[Mark::Clip],
        "clip-path" | "-webkit-clip-path" => &[Mark::ClipPath],
        "container" | "container-type" => &[Mark::Contained],
        "content" => &[Mark::Generated],
        "direction" => &[Mark::Direction, Mark::Onward],
        "display" => &[
            Mark::Levels,
            Mark::Root,
            Mark::Regrouped,
            Mark::Tracks,
            Mark::Old,
            Mark::Row,
        ],
        "filter" | "-webkit-filter" => &[Mark::Filter],
        "flex" | "-webkit-flex" => &[Mark::Grows, Mark::Rigid],
        "flex-direction" | "-webkit-flex-direction" => &[Mark::Reversed, Mark::Stacked],
        "flex-flow" | "-webkit-flex-flow" => &[Mark::Reversed, Mark::Stacked, Mark::Wraps],
        "flex-grow" | "-webkit-flex-grow" => &[Mark::Grows],
        "flex-shrink" | "-webkit-flex-shrink" => &[Mark::Rigid],
        "flex-wrap" | "-webkit-flex-wrap" => &[Mark::Wraps],
        "grid" | "grid-template" => &[
            Mark::FlatRow,
            Mark::FlatColumn,
            Mark::SizedRow,
            Mark::SizedColumn,
        ],
        "grid-template-columns" => &[Mark::FlatColumn, Mark::SizedColumn],
        "grid-template-rows" => &[Mark::FlatRow, Mark::SizedRow],
        "grid-area" => &[Mark::Located, Mark::LongRow, Mark::LongColumn],
        "grid-column" => &[Mark::Located, Mark::LongColumn],
        "grid-row" => &[Mark::Located, Mark::LongRow],
        "grid-column-end" | "grid-row-end" => &[Mark::Located, Mark::Ended],
        "grid-column-start" | "grid-row-start" | "order" => &[Mark::Located],
        "height" | "block-size" => &[Mark::Height],
        "isolation" => &[Mark::Isolation],
        "justify-content" | "place-content" | "-webkit-justify-content" => &[Mark::Justified],
        "justify-self" => &[Mark::Justify],
        "margin" | "margin-left" | "margin-inline" | "margin-inline-start" => &[Mark::Centred],
        "-webkit-mask-box-image" | "-webkit-mask-box-image-source" => &[Mark::MaskBorder],
        "max-height" | "max-block-size" => &[Mark::LargestHeight],
        "max-width" | "max-inline-size" => &[Mark::LargestWidth],
        "mix-blend-mode" => &[Mark::Blend, Mark::Difference],
        "place-self" => &[Mark::Place],
        "position" => &[Mark::Sticky],
        "position-area" => &[Mark::Area],
        "rotate" => &[Mark::Rotate],
        "transform" | "-webkit-transform" => &[Mark::Transform],
        "unicode-bidi" => &[Mark::DirectionOverride, Mark::OwnDirection],
        "vertical-align" => &[Mark::Raised, Mark::Lowered],
        "view-transition-name" => &[Mark::Transition],
        "visibility" => &[Mark::Collapsed],
        "width" | "inline-size" => &[Mark::Width],
        "will-change" => &[Mark::WillChange],
        "-webkit-box-orient" => &[Mark::Upright],
        _ => &[],
    }
}

/// Parses a value. Returns whether it has the effect.
pub(super) fn value(mark: Mark, input: &mut Parser<'_>) -> Parsed<bool> {
    if input.is_exhausted() {
        return invalid();
    }
    match mark {
        Mark::Grows => return flexible::grows(input),
        Mark::Rigid => return flexible::is_rigid(input),
        Mark::FlatRow => return tracks::is_flat(input, Tracks::Rows),
        Mark::FlatColumn => return tracks::is_flat(input, Tracks::Columns),
        Mark::SizedRow | Mark::SizedColumn => return Ok(tracks::is_sized(input)),
        Mark::LongRow | Mark::LongColumn => return Ok(tracks::is_long(input)),
        Mark::Framed => return Ok(is_framed(input)),
        Mark::Backdrop => return paint::filter(input).map(|filter| filter != Filter::NONE),
        _ => {}
    }
    let mut has = false;
    while let Ok(token) = input.next().cloned() {
        has |= match &token {
            Token::Ident(name) => named(mark, name),
            Token::Function(name) => {
                let any = input
                    .parse_nested_block(|input| Ok::<_, ParseError<Invalid>>(any_number(input)));
                let any = any.unwrap_or(true);
                match mark {
                    Mark::Transform => is_turn(name) && any,
                    Mark::Filter => is_blur(name) && any,
                    Mark::Centred
                    | Mark::Columns
                    | Mark::Edge
                    | Mark::Ground
                    | Mark::Levels
                    | Mark::Root
                    | Mark::Regrouped
                    | Mark::Tracks
                    | Mark::Old
                    | Mark::Row
                    | Mark::Sticky => false,
                    Mark::Width | Mark::Height | Mark::LargestWidth | Mark::LargestHeight => {
                        !is_sum(name)
                    }
                    Mark::Aspect
                    | Mark::Rotate
                    | Mark::Clip
                    | Mark::ClipPath
                    | Mark::MaskBorder
                    | Mark::Generated
                    | Mark::Area => true,
                    Mark::Corner | Mark::Corners => any,
                    _ => return invalid(),
                }
            }
            Token::UnquotedUrl(_) => mark != Mark::Ground,
            Token::QuotedString(_) => mark == Mark::Generated,
            Token::Percentage { unit_value, .. } => match mark {
                Mark::Corner | Mark::Corners => *unit_value != 0.0,
                Mark::Raised => *unit_value > 0.0,
                Mark::Lowered => *unit_value < 0.0,
                _ => false,
            },
            Token::Number { value, .. } => {
                matches!(
                    mark,
                    Mark::Aspect | Mark::Columns | Mark::Rotate | Mark::Located
                ) && *value != 0.0
            }
            Token::Dimension { value, .. } => match mark {
                Mark::Corner | Mark::Corners | Mark::Edge => is_large(&token),
                Mark::Columns | Mark::Rotate => *value != 0.0,
                Mark::Raised => *value > 0.0,
                Mark::Lowered => *value < 0.0,
                _ => false,
            },
            _ => false,
        };
    }
    Ok(has)
}

/// Consumes the image of a border. Returns whether its middle is behind the text.
fn is_framed(input: &mut Parser<'_>) -> bool {
    let start = input.state();
    let drawn = paint::images(input) != Image::None;
    input.reset(&start);
    let (mut fills, mut is_thin) = (false, true);
    while let Ok(token) = input.next() {
        match token {
            Token::Ident(name) => fills |= name.eq_ignore_ascii_case("fill"),
            Token::Number { value, .. } => is_thin &= *value <= LARGEST_RADIUS,
            _ => {}
        }
    }
    drawn && fills && is_thin
}

/// Returns whether a radius leaves text in a corner uncovered.
fn is_large(token: &Token<'_>) -> bool {
    let Token::Dimension { value, unit, .. } = token else {
        return false;
    };
    let text = format!("{value}{unit}");
    let mut input = Parser::new(&text);
    let radius = length::parse(&mut input, false);
    radius.is_ok_and(|radius| radius.usual() > LARGEST_RADIUS)
}

/// Consumes the block of a function. Returns whether a number in it is not zero.
fn any_number(input: &mut Parser<'_>) -> bool {
    let mut any = false;
    while let Ok(token) = input.next() {
        any |= match token {
            Token::Number { value, .. } | Token::Dimension { value, .. } => *value != 0.0,
            Token::Percentage { unit_value, .. } => *unit_value != 0.0,
            Token::Function(_) | Token::UnquotedUrl(_) | Token::QuotedString(_) => true,
            _ => false,
        };
    }
    any
}

fn is_turn(name: &str) -> bool {
    const TURNS: [&str; 8] = [
        "rotate", "rotatez", "rotate3d", "skew", "skewx", "skewy", "matrix", "matrix3d",
    ];
    TURNS.iter().any(|turn| name.eq_ignore_ascii_case(turn))
}

fn is_blur(name: &str) -> bool {
    name.eq_ignore_ascii_case("blur") || name.eq_ignore_ascii_case("url")
}

/// Returns whether a function is one of lengths.
fn is_sum(name: &str) -> bool {
    !["fit-content", "calc-size", "anchor-size"]
        .iter()
        .any(|other| name.eq_ignore_ascii_case(other))
}

/// Returns whether a keyword has the effect.
fn named(mark: Mark, name: &str) -> bool {
    let is = |words: &[&str]| words.iter().any(|word| name.eq_ignore_ascii_case(word));
    match mark {
        Mark::Align | Mark::Justify | Mark::Place => !is(&["auto", "normal", "stretch"]),
        Mark::Width | Mark::Height | Mark::LargestWidth | Mark::LargestHeight => {
            !is(&["auto", "none", "stretch", "-webkit-fill-available"])
        }
        Mark::Aspect | Mark::Clip => !is(&["auto"]),
        Mark::Area | Mark::Clear | Mark::ClipPath | Mark::MaskBorder | Mark::Transition => {
            !is(&["none"])
        }
        Mark::Root => is(&["flow-root"]),
        Mark::Regrouped => !is(&["table-column", "table-column-group"]),
        Mark::Blend => !is(&["normal"]),
        Mark::Difference => is(&["difference", "exclusion"]),
        Mark::Corner => !is(&["round"]),
        Mark::Columns
        | Mark::Corners
        | Mark::Edge
        | Mark::Filter
        | Mark::Rotate
        | Mark::Transform => false,
        Mark::Contained => is(&["size"]),
        // These have parsers of their own.
        Mark::Backdrop
        | Mark::Framed
        | Mark::Grows
        | Mark::Rigid
        | Mark::FlatRow
        | Mark::FlatColumn
        | Mark::SizedRow
        | Mark::SizedColumn
        | Mark::LongRow
        | Mark::LongColumn => false,
        Mark::Generated => !is(&["none", "normal"]),
        Mark::Collapsed => is(&["collapse"]),
        Mark::Located | Mark::Ended => !is(&["auto"]),
        Mark::Unstretched => !is(&["normal", "stretch", "legacy"]),
        Mark::Justified => !is(&["normal", "start", "flex-start", "left", "stretch"]),
        Mark::Wraps => is(&["wrap", "wrap-reverse"]),
        Mark::Upright => is(&["vertical", "block-axis"]),
        Mark::Row => is(&[
            "table-row",
            "table-row-group",
            "table-header-group",
            "table-footer-group",
        ]),
        Mark::Old => is(&["-webkit-box", "-webkit-inline-box"]),
        Mark::Ground => is(&["content-box", "padding-box"]),
        Mark::Centred => is(&["auto"]),
        Mark::Direction => is(&["rtl"]),
        Mark::Onward => is(&["ltr"]),
        Mark::OwnDirection => is(&["normal", "embed", "isolate", "plaintext"]),
        Mark::DirectionOverride => is(&["bidi-override", "isolate-override"]),
        Mark::Raised => is(&["super", "top", "text-top"]),
        Mark::Lowered => is(&["sub"]),
        Mark::Reversed => is(&["row-reverse", "column-reverse"]),
        Mark::Stacked => is(&["column", "column-reverse"]),
        Mark::Tracks => is(&["grid", "inline-grid"]),
        Mark::Isolation => is(&["isolate"]),
        Mark::Sticky => is(&["sticky", "-webkit-sticky"]),
        Mark::Levels => is(&[
            "flex",
            "grid",
            "inline-flex",
            "inline-grid",
            "-webkit-box",
            "-webkit-flex",
            "-webkit-inline-box",
        ]),
        Mark::WillChange => is(&[
            "backdrop-filter",
            "clip-path",
            "contain",
            "filter",
            "isolation",
            "mask",
            "mask-image",
            "mix-blend-mode",
            "offset-path",
            "opacity",
            "perspective",
            "position",
            "rotate",
            "scale",
            "transform",
            "transform-style",
            "translate",
            "z-index",
            "view-transition-name",
            "-webkit-mask-image",
            "-webkit-transform",
            "-webkit-filter",
        ]),
    }
}
