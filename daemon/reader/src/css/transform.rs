//! Transformations of boxes.

use super::{
    Invalid, Parsed,
    both::Both,
    calculation::{Calculated, calculated},
    invalid,
    length::{self, Length},
    shape::lengths,
};
use cssparser::{ParseError, Parser, Token, match_ignore_ascii_case};

/// Coordinate of a path at which no text is on the screen, in pixels.
const DETACHED: f32 = 2_000.0;

/// Movement and scale of a box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Transform {
    pub(crate) x: Length,
    pub(crate) y: Length,
    pub(crate) scale: Both<f32>,
    /// Movement towards the person, in pixels.
    pub(crate) z: f32,
    /// Whether the back is in front.
    pub(crate) turned: bool,
}

impl Default for Transform {
    fn default() -> Self {
        Self {
            x: Length::ZERO,
            y: Length::ZERO,
            scale: Both::of(1.0),
            z: 0.0,
            turned: false,
        }
    }
}

/// Parses `zoom`. Browsers take zero for one.
pub(super) fn zoom(input: &mut Parser<'_>) -> Parsed<f32> {
    let zoom = match input.try_parse(|input| input.expect_ident_matching("normal")) {
        Ok(()) => 1.0,
        Err(_) => length::parse_number(input)?,
    };
    Ok(if zoom > 0.0 { zoom } else { 1.0 })
}

impl Transform {
    /// Returns this transformation after another.
    pub(crate) fn after(self, other: Self) -> Self {
        Self {
            x: other.x + self.x,
            y: other.y + self.y,
            scale: self.scale.times(other.scale),
            z: self.z + other.z,
            turned: self.turned != other.turned,
        }
    }
}

/// Parses `transform`.
pub(super) fn transform(input: &mut Parser<'_>) -> Parsed<Transform> {
    let mut all = Transform::default();
    let mut distance = None;
    if input
        .try_parse(|input| input.expect_ident_matching("none"))
        .is_ok()
    {
        return Ok(all);
    }
    loop {
        let name = input.expect_function()?.clone();
        if name.eq_ignore_ascii_case("perspective") {
            distance = input.parse_nested_block(perspective)?;
        } else {
            let one = input.parse_nested_block(|input| transform_function(&name, input))?;
            all = one.after(all);
        }
        if input.is_exhausted() {
            let size = distance.map_or(1.0, |distance| size_from(distance, all.z));
            all.scale = all.scale.times(Both::of(size));
            return Ok(all);
        }
    }
}

/// Parses the argument of `perspective`: the distance of the person in pixels.
fn perspective(input: &mut Parser<'_>) -> Parsed<Option<f32>> {
    match input.try_parse(|input| input.expect_ident_matching("none")) {
        Ok(()) => Ok(None),
        // Browsers take a smaller distance for one pixel.
        Err(_) => Ok(Some(length::parse(input, true)?.usual().max(1.0))),
    }
}

/// Returns the size at which a person sees a box from a distance; 0 for a box behind the person.
fn size_from(distance: f32, towards: f32) -> f32 {
    match towards < distance {
        true => distance / (distance - towards),
        false => 0.0,
    }
}

fn transform_function(name: &str, input: &mut Parser<'_>) -> Parsed<Transform> {
    let mut arguments = Vec::new();
    while !input.is_exhausted() {
        arguments.push(argument(input)?);
        if !input.is_exhausted() {
            input.expect_comma()?;
        }
    }
    let length = |at: usize| arguments.get(at).map_or(Length::ZERO, |a| a.length);
    let number = |at: usize| arguments.get(at).map(|a| a.number);
    let scale = |x: Option<f32>, y: Option<f32>| Transform {
        scale: Both {
            across: x.unwrap_or(1.0),
            down: y.unwrap_or(1.0),
        },
        ..Transform::default()
    };
    let move_by = |x: Length, y: Length, z: f32| Transform {
        x,
        y,
        z,
        ..Transform::default()
    };
    let pixels = |at: usize| Length::px(number(at).unwrap_or(0.0));
    // Browsers draw nothing of a box without an extent, even in the direction of the person.
    let flat = scale(Some(0.0), Some(0.0));
    Ok(match_ignore_ascii_case! { name,
        "translate" | "translate3d" => move_by(length(0), length(1), length(2).usual()),
        "translatex" => move_by(length(0), Length::ZERO, 0.0),
        "translatey" => move_by(Length::ZERO, length(0), 0.0),
        "translatez" => move_by(Length::ZERO, Length::ZERO, length(0).usual()),
        "scale" => scale(number(0), number(1).or(number(0))),
        "scale3d" if number(2) == Some(0.0) => flat,
        "scale3d" => scale(number(0), number(1)),
        "scalex" => scale(number(0), None),
        "scalez" if number(0) == Some(0.0) => flat,
        "scaley" => scale(None, number(0)),
        "rotatex" => turn((1.0, 0.0), number(0).unwrap_or(0.0)),
        "rotatey" => turn((0.0, 1.0), number(0).unwrap_or(0.0)),
        "rotate3d" => {
            let axis = (number(0).unwrap_or(0.0), number(1).unwrap_or(0.0));
            let length = axis.0.hypot(axis.1).hypot(number(2).unwrap_or(0.0));
            let axis = if length > 0.0 { (axis.0 / length, axis.1 / length) } else { (0.0, 0.0) };
            turn(axis, number(3).unwrap_or(0.0))
        },
        "skew" | "skewx" | "skewy" if arguments.iter().any(|a| a.number.cos().abs() < 0.02) => {
            scale(Some(0.0), Some(0.0))
        },
        "matrix" => matrix(number(0), number(1), number(2), number(3), pixels(4), pixels(5)),
        "matrix3d" if is_flat(&arguments) => flat,
        "matrix3d" => matrix(number(0), number(1), number(4), number(5), pixels(12), pixels(13)),
        _ => Transform::default(),
    })
}

/// Returns whether a matrix of four rows has no inverse.
fn is_flat(arguments: &[Argument]) -> bool {
    let row = |row: &[Argument]| row.iter().map(|argument| argument.number).collect();
    let mut rows: Vec<Vec<f32>> = arguments.chunks(4).map(row).collect();
    let size = |row: &[f32]| row.first().copied().unwrap_or_default().abs();
    loop {
        let all = rows.iter().enumerate();
        let largest = all.max_by(|(_, one), (_, other)| size(one).total_cmp(&size(other)));
        let Some((largest, _)) = largest else {
            return false;
        };
        let pivot = rows.swap_remove(largest);
        let Some((head, rest)) = pivot.split_first().filter(|(head, _)| **head != 0.0) else {
            return true;
        };
        for row in &mut rows {
            let factor = row.remove(0) / head;
            for (value, other) in row.iter_mut().zip(rest) {
                *value -= factor * other;
            }
        }
    }
}

fn matrix(
    a: Option<f32>,
    b: Option<f32>,
    c: Option<f32>,
    d: Option<f32>,
    x: Length,
    y: Length,
) -> Transform {
    let one = |value: Option<f32>| value.unwrap_or(0.0);
    let area = (one(a) * one(d) - one(b) * one(c)).abs();
    let side = one(a).hypot(one(b));
    // The lengths of the sides of the image of a square.
    let scale = if side > 0.0 {
        Both {
            across: side,
            down: area / side,
        }
    } else {
        Both::of(0.0)
    };
    Transform {
        x,
        y,
        scale,
        ..Transform::default()
    }
}

/// Returns the effect of a turn around an axis in the plane of the screen.
fn turn(axis: (f32, f32), angle: f32) -> Transform {
    let shrink = |along: f32| match along.abs() > 0.5 {
        true => angle.cos(),
        false => 1.0,
    };
    let (across, down) = (shrink(axis.1), shrink(axis.0));
    Transform {
        scale: Both { across, down },
        turned: across * down < 0.0,
        ..Transform::default()
    }
}

/// Parses `rotate`.
pub(super) fn rotate(input: &mut Parser<'_>) -> Parsed<Transform> {
    let mut axis = None;
    let mut numbers = Vec::new();
    let mut angle = 0.0;
    while !input.is_exhausted() {
        if let Ok(name) = input.try_parse(Parser::expect_ident_cloned) {
            axis = Some(match_ignore_ascii_case! { &name,
                "x" => (1.0, 0.0),
                "y" => (0.0, 1.0),
                _ => (0.0, 0.0),
            });
            continue;
        }
        match calculated(input)? {
            Calculated::Number(number) => numbers.push(number),
            Calculated::Angle(radians) => angle = radians,
            Calculated::Percentage(_) | Calculated::Length(_) => return invalid(),
        }
    }
    if let [x, y, z] = numbers.as_slice() {
        let length = x.hypot(*y).hypot(*z);
        axis = (length > 0.0).then(|| (x / length, y / length));
    }
    Ok(turn(axis.unwrap_or((0.0, 0.0)), angle))
}

/// An argument as a length, and as a number or an angle in radians.
struct Argument {
    length: Length,
    number: f32,
}

fn argument(input: &mut Parser<'_>) -> Parsed<Argument> {
    let part = |part: f32| Length {
        part,
        ..Length::ZERO
    };
    let (length, number) = match calculated(input)? {
        Calculated::Number(number) => (Length::ZERO, number),
        Calculated::Percentage(number) => (part(number), number),
        Calculated::Angle(angle) => (Length::ZERO, angle),
        Calculated::Length(length) => (length, 1.0),
    };
    Ok(Argument { length, number })
}

/// Parses `translate`.
pub(super) fn translate(input: &mut Parser<'_>) -> Parsed<Transform> {
    let mut moved = Transform::default();
    if input
        .try_parse(|input| input.expect_ident_matching("none"))
        .is_err()
    {
        let all = lengths(input)?;
        moved.x = match all.first() {
            Some(x) => *x,
            None => return invalid(),
        };
        moved.y = all.get(1).copied().unwrap_or(Length::ZERO);
    }
    Ok(moved)
}

/// Parses `scale`.
pub(super) fn scale(input: &mut Parser<'_>) -> Parsed<Transform> {
    let mut scaled = Transform::default();
    if input
        .try_parse(|input| input.expect_ident_matching("none"))
        .is_err()
    {
        let across = length::parse_number(input)?;
        let down = input.try_parse(length::parse_number).unwrap_or(across);
        let towards = input.try_parse(length::parse_number);
        scaled.scale = match towards {
            Ok(0.0) => Both::of(0.0),
            _ => Both { across, down },
        };
    }
    Ok(scaled)
}

/// Consumes the value of `offset` or `offset-path`. Returns the movement to the beginning of the path,
/// if the beginning is far away.
pub(super) fn offset_path(input: &mut Parser<'_>) -> Transform {
    let mut moved = Transform::default();
    while let Ok(token) = input.next().cloned() {
        let Token::Function(name) = token else {
            continue;
        };
        let text = input.parse_nested_block(|input| {
            let text = input.expect_string().map(|text| text.to_string());
            while input.next().is_ok() {}
            Ok::<_, ParseError<Invalid>>(text?)
        });
        let Some(text) = text.ok().filter(|_| name.eq_ignore_ascii_case("path")) else {
            continue;
        };
        let numbers = text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '.')));
        let mut numbers = numbers.filter_map(|number| number.parse::<f32>().ok());
        let mut next = || {
            let far = numbers.next().filter(|number| number.abs() >= DETACHED);
            Length::px(far.unwrap_or(0.0))
        };
        (moved.x, moved.y) = (next(), next());
    }
    moved
}
