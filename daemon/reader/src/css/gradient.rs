//! Gradients: the colour that fills all, or nearly all, of one.

use super::{
    Parsed,
    colour::{self, Colour, Rgba},
    length,
    property::Image,
};
use crate::thresholds::{ALIKE, CLEAR};
use cssparser::{Parser, Token};

/// Least part of a gradient that a colour fills if the rest is no ground of text.
const NEARLY_ALL: f32 = 0.95;
/// Distance in pixels that is at the beginning of each box with a few lines.
const BEGINNING: f32 = 3.0;
/// Distance in pixels that is at the end of each box with a few lines.
const END: f32 = 800.0;

/// A stop of a gradient.
struct Stop {
    colour: Rgba,
    place: Option<f32>,
}

/// Consumes the arguments of a gradient. Returns its image.
pub(super) fn gradient(name: &str, input: &mut Parser<'_>) -> Image {
    let name = name.to_ascii_lowercase();
    let old = name == "-webkit-gradient";
    let repeats = name.contains("repeating");
    let Some(mut stops) = stops(input) else {
        return Image::Picture;
    };
    let Some(first) = stops.first().map(|stop| stop.colour) else {
        // A gradient as WebKit first had them draws nothing without a stop.
        return if old { Image::None } else { Image::Picture };
    };
    if stops.iter().all(|stop| stop.colour.alpha <= CLEAR) {
        return Image::None;
    }
    if stops.iter().all(|stop| is_alike(stop.colour, first)) {
        return Image::Plain(first);
    }
    if old || !place(&mut stops) {
        return Image::Picture;
    }
    match filling(&stops, repeats) {
        Some(colour) if colour.alpha <= CLEAR => Image::None,
        Some(colour) => Image::Mostly(colour),
        None => Image::Picture,
    }
}

fn is_alike(one: Rgba, other: Rgba) -> bool {
    let clear = one.alpha <= CLEAR && other.alpha <= CLEAR;
    let pairs = one.channels.iter().zip(other.channels);
    let near = pairs.into_iter().all(|(a, b)| (a - b).abs() <= ALIKE);
    clear || (near && (one.alpha - other.alpha).abs() <= CLEAR)
}

/// Consumes the arguments. Returns the stops, or `None` if a colour or a place is unknown.
fn stops(input: &mut Parser<'_>) -> Option<Vec<Stop>> {
    let mut stops: Vec<Stop> = Vec::new();
    let mut known = true;
    // Whether the argument begins, and whether it has a colour.
    let (mut begins, mut coloured) = (true, false);
    while !input.is_exhausted() {
        if begins {
            coloured = false;
        }
        begins = false;
        let colour = input
            .try_parse(|input| colour::parse(input))
            .or_else(|_| input.try_parse(old_stop));
        match colour {
            Ok(Colour::Known(colour)) => {
                stops.push(Stop {
                    colour,
                    place: None,
                });
                coloured = true;
                continue;
            }
            Ok(Colour::Current | Colour::Unknown) => {
                known = false;
                continue;
            }
            Err(_) => {}
        }
        let turned = input.try_parse(|input| match input.next()?.clone() {
            Token::Dimension { value, unit, .. } if unit.eq_ignore_ascii_case("deg") => {
                Ok(value / 360.0)
            }
            Token::Dimension { value, unit, .. } if unit.eq_ignore_ascii_case("turn") => Ok(value),
            _ => super::invalid(),
        });
        let placed = match turned {
            Ok(turned) => Some(Some(turned)),
            Err(_) => match input.try_parse(|input| length::parse(input, false)) {
                Ok(place) => Some(fraction(place)),
                Err(_) => None,
            },
        };
        match (placed, coloured) {
            (Some(place), true) => {
                known &= place.is_some();
                if let Some(last) = stops.last_mut() {
                    match last.place {
                        None => last.place = place,
                        Some(_) => {
                            let colour = last.colour;
                            stops.push(Stop { colour, place });
                        }
                    }
                }
            }
            // A hint moves the middle between two colours, or it is the direction.
            (Some(Some(_)), false) if stops.is_empty() => {}
            (Some(_), false) => known = stops.is_empty(),
            (None, _) => {
                if let Ok(token) = input.next() {
                    begins = matches!(token, Token::Comma);
                }
            }
        }
    }
    // Colours of gradients whose places are unknown may still be alike.
    let alike = |stops: &[Stop]| {
        let first = stops.first().map(|stop| stop.colour);
        first.is_some_and(|first| stops.iter().all(|stop| is_alike(stop.colour, first)))
    };
    (known || alike(&stops)).then_some(stops)
}

/// Parses a stop of a gradient as WebKit first had them.
fn old_stop(input: &mut Parser<'_>) -> Parsed<Colour> {
    let name = input.expect_function()?.to_ascii_lowercase();
    input.parse_nested_block(|input| {
        if name == "color-stop" {
            length::parse_number(input)?;
            input.expect_comma()?;
        }
        colour::parse(input)
    })
}

/// Returns the part of the gradient before a place; `None` if it depends on the size of the box.
fn fraction(place: length::Length) -> Option<f32> {
    let pixels = length::Length { part: 0.0, ..place }.usual();
    match (pixels.abs() <= BEGINNING, place.is_definite()) {
        (true, _) => Some(place.part),
        (false, true) if pixels >= END => Some(1.0),
        (false, true) if pixels < 0.0 => Some(0.0),
        _ => None,
    }
}

/// Gives each stop a place that is not before those of the stops before it.
fn place(stops: &mut [Stop]) -> bool {
    let count = stops.len();
    if let Some(first) = stops.first_mut() {
        first.place.get_or_insert(0.0);
    }
    if let Some(last) = stops.last_mut().filter(|_| count > 1) {
        last.place.get_or_insert(1.0);
    }
    let mut least = f32::NEG_INFINITY;
    for stop in stops.iter_mut() {
        // The places between two others are not needed often.
        let Some(place) = stop.place else {
            return false;
        };
        least = least.max(place);
        stop.place = Some(least);
    }
    true
}

/// Returns the colour that fills nearly all of a gradient.
fn filling(stops: &[Stop], repeats: bool) -> Option<Rgba> {
    let at = |stop: &Stop| stop.place.unwrap_or_default();
    let (first, last) = (stops.first()?, stops.last()?);
    let (start, end) = match repeats {
        true => (at(first), at(last)),
        false => (0.0, 1.0),
    };
    let whole = end - start;
    if whole <= 0.0 {
        return None;
    }
    let part = |from: f32, to: f32| (to.min(end) - from.max(start)).max(0.0) / whole;
    let fills = |colour: Rgba| {
        let mut sum = 0.0;
        if is_alike(first.colour, colour) {
            sum += part(f32::NEG_INFINITY, at(first));
        }
        if is_alike(last.colour, colour) {
            sum += part(at(last), f32::INFINITY);
        }
        for (one, other) in stops.iter().zip(stops.iter().skip(1)) {
            if is_alike(one.colour, colour) && is_alike(other.colour, colour) {
                sum += part(at(one), at(other));
            }
        }
        sum >= NEARLY_ALL
    };
    let mut colours = stops.iter().take(MOST).map(|stop| stop.colour);
    colours.find(|colour| fills(*colour))
}

/// Most colours that are tried.
const MOST: usize = 16;
