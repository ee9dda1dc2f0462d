//! Animations, as far as their end decides what is seen: a person reads a mail after they have run.

use super::{Invalid, Parsed, invalid, listed::listed};
use cssparser::{ParseError, Parser, match_ignore_ascii_case};
use std::rc::Rc;

listed! {
    /// A longhand of `animation`.
    Aspect {
        Name,
        Fill,
        Direction,
        State,
        Count,
    }
}

/// Value of a longhand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Animated {
    /// Name of the keyframes, if there is one.
    Name(Option<Rc<str>>),
    /// Whether the style at the end is kept.
    Fill(bool),
    Direction(Direction),
    /// Whether the animation runs.
    State(bool),
    /// Whether the animation ends.
    Count(bool),
}

/// Direction of an animation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Direction {
    #[default]
    Normal,
    Reverse,
    /// The end depends on the number of runs.
    Alternate,
}

/// An animation of an element.
#[derive(Debug, Clone)]
pub(crate) struct Animation {
    name: Option<Rc<str>>,
    fills: bool,
    direction: Direction,
    runs: bool,
    ends: bool,
}

impl Default for Animation {
    fn default() -> Self {
        Self {
            name: None,
            fills: false,
            direction: Direction::Normal,
            runs: true,
            ends: true,
        }
    }
}

impl Animation {
    /// Takes the value of a longhand.
    pub(crate) fn set(&mut self, value: &Animated) {
        match value {
            Animated::Name(name) => self.name.clone_from(name),
            Animated::Fill(fills) => self.fills = *fills,
            Animated::Direction(direction) => self.direction = *direction,
            Animated::State(runs) => self.runs = *runs,
            Animated::Count(ends) => self.ends = *ends,
        }
    }

    /// Returns the name of the keyframes whose end is kept, and whether they run in reverse.
    pub(crate) fn kept(&self) -> Option<(&str, bool)> {
        let name = self.name.as_deref();
        let name = name.filter(|_| self.fills && self.runs && self.ends)?;
        match self.direction {
            Direction::Normal => Some((name, false)),
            Direction::Reverse => Some((name, true)),
            Direction::Alternate => None,
        }
    }
}

/// Parses the value of a longhand. Of several animations, the last one counts.
pub(super) fn longhand(aspect: Aspect, input: &mut Parser<'_>) -> Parsed<Animated> {
    let all = input.parse_comma_separated(|input| {
        let mut value = one(input)?;
        value.reverse();
        let found = value.into_iter().find(|value| is_of(value, aspect));
        Ok::<_, ParseError<Invalid>>(found.unwrap_or_else(|| initial(aspect)))
    })?;
    all.into_iter().last().map_or_else(invalid, Ok)
}

/// Parses the value of `animation`. Of several animations, the last one counts.
pub(super) fn shorthand(input: &mut Parser<'_>) -> Parsed<Vec<Animated>> {
    let all = input.parse_comma_separated(one)?;
    let mut values: Vec<Animated> = Aspect::ALL.map(initial).into();
    values.extend(all.into_iter().last().unwrap_or_default());
    Ok(values)
}

fn initial(aspect: Aspect) -> Animated {
    match aspect {
        Aspect::Name => Animated::Name(None),
        Aspect::Fill => Animated::Fill(false),
        Aspect::Direction => Animated::Direction(Direction::Normal),
        Aspect::State => Animated::State(true),
        Aspect::Count => Animated::Count(true),
    }
}

fn is_of(value: &Animated, aspect: Aspect) -> bool {
    std::mem::discriminant(value) == std::mem::discriminant(&initial(aspect))
}

/// Parses one animation: the values that its words give.
fn one(input: &mut Parser<'_>) -> Parsed<Vec<Animated>> {
    let mut values = Vec::new();
    while !input.is_exhausted() {
        let name = input.try_parse(|input| input.expect_ident_or_string().cloned());
        let Ok(name) = name else {
            // A time, a number of runs or a function.
            input.next()?;
            continue;
        };
        values.push(match_ignore_ascii_case! { &name,
            "forwards" | "both" => Animated::Fill(true),
            "backwards" | "none" => Animated::Fill(false),
            "normal" => Animated::Direction(Direction::Normal),
            "reverse" => Animated::Direction(Direction::Reverse),
            "alternate" | "alternate-reverse" => Animated::Direction(Direction::Alternate),
            "running" => Animated::State(true),
            "paused" => Animated::State(false),
            "infinite" => Animated::Count(false),
            "ease" | "linear" | "ease-in" | "ease-out" | "ease-in-out" | "step-start"
            | "step-end" | "auto" => continue,
            _ => Animated::Name(Some((&*name).into())),
        });
    }
    Ok(values)
}
