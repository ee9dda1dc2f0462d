//! Numbers, lengths and matrices in attributes of SVG.

use crate::css::length::{SCREEN_HEIGHT, SCREEN_WIDTH};

/// Least size of a drawing with text that places refer to as percentages, in pixels.
const LOWEST: f32 = 20.0;

/// The least and the greatest value that something may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span(pub(super) f32, pub(super) f32);

impl Span {
    pub(super) const ZERO: Self = Self(0.0, 0.0);

    pub(super) fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1)
    }

    pub(super) fn times(self, factor: f32) -> Self {
        // Infinity has no product with 0.
        let [one, other] =
            [self.0, self.1].map(|end| if factor == 0.0 { 0.0 } else { end * factor });
        Self(one.min(other), one.max(other))
    }
}

/// Returns the matrices of the attribute `transform`.
pub(super) fn transforms(list: &str) -> Option<Vec<[f32; 6]>> {
    let mut matrices = Vec::new();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('(')?;
        let (inside, after) = after.split_once(')')?;
        rest = after.trim_start_matches([' ', ',', '\n', '\t']);
        let given = numbers(inside)?;
        matrices.push(match (name.trim(), given.as_slice()) {
            ("translate", [x]) => [1.0, 0.0, 0.0, 1.0, *x, 0.0],
            ("translate", [x, y]) => [1.0, 0.0, 0.0, 1.0, *x, *y],
            ("scale", [by]) => [*by, 0.0, 0.0, *by, 0.0, 0.0],
            ("scale", [across, down]) => [*across, 0.0, 0.0, *down, 0.0, 0.0],
            ("matrix", [a, b, c, d, e, f]) => [*a, *b, *c, *d, *e, *f],
            ("skewX", [angle]) => [1.0, 0.0, angle.to_radians().tan(), 1.0, 0.0, 0.0],
            ("skewY", [angle]) => [1.0, angle.to_radians().tan(), 0.0, 1.0, 0.0, 0.0],
            ("rotate", [angle]) => rotation(*angle, 0.0, 0.0),
            ("rotate", [angle, x, y]) => rotation(*angle, *x, *y),
            _ => return None,
        });
    }
    Some(matrices)
}

fn rotation(angle: f32, x: f32, y: f32) -> [f32; 6] {
    let (sine, cosine) = angle.to_radians().sin_cos();
    let (across, down) = (x - cosine * x + sine * y, y - sine * x - cosine * y);
    [cosine, sine, -sine, cosine, across, down]
}

/// Returns whether a drawing shows a part of its system without a size.
pub(super) fn is_void(shown: &str) -> bool {
    matches!(numbers(shown).as_deref(), Some([_, _, wide, high]) if *wide == 0.0 || *high == 0.0)
}

/// Returns the numbers of a list.
pub(super) fn numbers(list: &str) -> Option<Vec<f32>> {
    let parts = list.split(|c: char| c == ',' || c.is_ascii_whitespace());
    let parts = parts.filter(|part| !part.is_empty());
    let numbers = parts.map(|part| part.parse::<f32>().ok().filter(|number| number.is_finite()));
    numbers.collect()
}

/// Returns the values that the lengths of a list have.
fn lengths(list: &str, font: f32) -> Option<Vec<Span>> {
    let parts = list.split(|c: char| c == ',' || c.is_ascii_whitespace());
    let parts = parts.filter(|part| !part.is_empty());
    let found: Option<Vec<Span>> = parts
        .map(|part| length(part, font, Some(f32::INFINITY)))
        .collect();
    found.filter(|found| !found.is_empty())
}

/// Returns the least and the greatest of the places in a list.
pub(super) fn all(list: &str, font: f32) -> Option<Span> {
    let all = lengths(list, font)?;
    all.into_iter()
        .reduce(|one, other| Span(one.0.min(other.0), one.1.max(other.1)))
}

/// Returns the least and the greatest distance after some of the steps of a list.
pub(super) fn sums(list: &str, font: f32) -> Option<Span> {
    let mut at = Span::ZERO;
    let mut all: Option<Span> = None;
    for step in lengths(list, font)? {
        at = at.plus(step);
        all = Some(all.map_or(at, |all| Span(all.0.min(at.0), all.1.max(at.1))));
    }
    all
}

/// Returns a length in pixels. `whole` is the greatest length that a percentage is of.
pub(super) fn length(text: &str, font: f32, whole: Option<f32>) -> Option<Span> {
    let text = text.trim();
    let inside = text
        .strip_prefix("calc(")
        .and_then(|text| text.strip_suffix(')'));
    let text = inside.map_or(text, str::trim);
    let end = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    let number = end
        .parse::<f32>()
        .ok()
        .filter(|number| number.is_finite())?;
    let unit = text.get(end.len()..)?.to_ascii_lowercase();
    let factor = match unit.as_str() {
        "" | "px" => 1.0,
        "em" => font,
        "ex" | "ch" => font / 2.0,
        "rem" => 16.0,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 9.6 / 2.54,
        "vw" => SCREEN_WIDTH / 100.0,
        "vh" => SCREEN_HEIGHT / 100.0,
        "%" => return whole.map(|whole| Span(LOWEST, whole).times(number / 100.0)),
        _ => return None,
    };
    Some(Span(number * factor, number * factor))
}
