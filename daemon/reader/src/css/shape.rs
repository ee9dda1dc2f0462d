//! Clipping shapes.

use super::{
    Parsed, invalid,
    length::{self, Length},
};
use cssparser::{Parser, Token, match_ignore_ascii_case};

/// Smallest side of a clipping shape through which text can be read, in pixels.
const NARROWEST: f32 = 1.5;
/// Height of the top of a clipping rectangle below which a box has no text, in pixels.
const BELOW: f32 = 400.0;
/// Distance of a clipping shape from the box at which no text is in it, in pixels.
const DETACHED: f32 = 2_000.0;
/// Width and height of the box, in pixels, to which percentages of a clipping shape refer. The layout
/// is not known here.
const ASSUMED_BOX: f32 = 100.0;

/// Parses `clip`. Returns whether the rectangle leaves nothing to read.
pub(super) fn clip(input: &mut Parser<'_>) -> Parsed<bool> {
    if input
        .try_parse(|input| input.expect_ident_matching("auto"))
        .is_ok()
    {
        return Ok(false);
    }
    input.expect_function_matching("rect")?;
    input.parse_nested_block(|input| {
        let mut sides = [None; 4];
        for side in &mut sides {
            let auto = input.try_parse(|input| input.expect_ident_matching("auto"));
            if auto.is_err() {
                *side = Some(length::parse(input, true)?.usual());
            }
            let _ = input.try_parse(Parser::expect_comma);
        }
        let [top, right, bottom, left] = sides;
        let narrow = |from: Option<f32>, to: Option<f32>| {
            to.is_some_and(|to| to - from.unwrap_or(0.0) < NARROWEST)
        };
        let below = top.is_some_and(|top| top >= BELOW);
        Ok(narrow(left, right) || narrow(top, bottom) || below)
    })
}

/// Parses `clip-path`. Returns whether the shape leaves nothing to read.
pub(super) fn clip_path(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut hides = false;
    let mut any = false;
    while !input.is_exhausted() {
        any = true;
        let token = input.next()?.clone();
        match token {
            Token::Function(name) if name.eq_ignore_ascii_case("path") => {
                hides |= input.parse_nested_block(path)?;
            }
            Token::Function(name) => {
                let one = input.parse_nested_block(|input| {
                    let hides = basic_shape(&name, input);
                    while input.next().is_ok() {}
                    hides
                })?;
                hides |= one;
            }
            Token::Ident(name) => match_ignore_ascii_case! { &name,
                "none" | "border-box" | "padding-box" | "content-box" | "margin-box" | "fill-box"
                | "stroke-box" | "view-box" | "inherit" => {},
                _ => return invalid(),
            },
            Token::UnquotedUrl(_) => {}
            _ => return invalid(),
        }
    }
    if any { Ok(hides) } else { invalid() }
}

fn basic_shape(name: &str, input: &mut Parser<'_>) -> Parsed<bool> {
    let side = |length: Length| length.resolve(16.0, 16.0, ASSUMED_BOX);
    Ok(match_ignore_ascii_case! { name,
        "inset" => {
            let sides: Vec<f32> = lengths(input)?.into_iter().map(side).collect();
            let (top, right, bottom, left) = match sides.as_slice() {
                [all] => (*all, *all, *all, *all),
                [y, x] => (*y, *x, *y, *x),
                [top, x, bottom] => (*top, *x, *bottom, *x),
                [top, right, bottom, left, ..] => (*top, *right, *bottom, *left),
                [] => return invalid(),
            };
            top + bottom > 95.0 || left + right > 95.0
        },
        "circle" | "ellipse" => {
            let radii: Vec<f32> = lengths(input)?.into_iter().map(side).collect();
            let largest = radii.iter().copied().fold(0.0, f32::max);
            let at = input.try_parse(|input| input.expect_ident_matching("at")).is_ok();
            let centre = if at { lengths(input)? } else { Vec::new() };
            let away = centre.into_iter().any(|place| {
                side(place) + largest < NARROWEST || side(place) - largest > DETACHED
            });
            radii.iter().any(|radius| *radius < NARROWEST) || (away && !radii.is_empty())
        },
        "xywh" => match lengths(input)?.as_slice() {
            [_, _, width, height, ..] => side(*width) < NARROWEST || side(*height) < NARROWEST,
            _ => return invalid(),
        },
        "rect" => match lengths(input)?.as_slice() {
            [top, right, bottom, left, ..] => {
                side(*right) - side(*left) < NARROWEST || side(*bottom) - side(*top) < NARROWEST
            },
            _ => false,
        },
        "polygon" => {
            let mut points = Vec::new();
            let _ = input.try_parse(|input| {
                input.expect_ident()?;
                input.expect_comma()
            });
            loop {
                let x = length::parse(input, false)?;
                points.push((side(x), side(length::parse(input, false)?)));
                if input.try_parse(Parser::expect_comma).is_err() {
                    break;
                }
            }
            let after = points.iter().cycle().skip(1);
            let twice: f32 = points.iter().zip(after).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
            let left_or_above = points.iter().all(|(x, _)| *x < NARROWEST)
                || points.iter().all(|(_, y)| *y < NARROWEST);
            let right = points.iter().all(|(x, _)| *x > DETACHED || *x >= 2.0 * ASSUMED_BOX);
            twice.abs() < 2.0 * NARROWEST || left_or_above || right
        },
        "url" | "shape" => false,
        _ => return invalid(),
    })
}

/// Parses the argument of `path`. Returns whether the path has no area.
fn path(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut path = None;
    while let Ok(token) = input.next() {
        if let Token::QuotedString(text) = token {
            path = Some(text.to_string());
        }
    }
    let Some(path) = path else { return Ok(false) };
    let digits = |c: char| !c.is_ascii_digit() && c != '.';
    let numbers = path
        .split(digits)
        .filter_map(|number| number.parse::<f32>().ok());
    let sizes: Vec<f32> = numbers.collect();
    match sizes.is_empty() {
        true => invalid(),
        false => Ok(sizes.iter().all(|size| *size < NARROWEST)),
    }
}

/// Parses lengths until something else follows.
pub(super) fn lengths(input: &mut Parser<'_>) -> Parsed<Vec<Length>> {
    let mut lengths = Vec::new();
    while let Ok(length) = input.try_parse(|input| length::parse(input, false)) {
        lengths.push(length);
    }
    Ok(lengths)
}
