//! Animations, as far as their end decides what is seen: a person reads a mail after they have run.

use super::{Invalid, Parsed, invalid, listed::listed};
use cssparser::{ParseError, Parser, Token, match_ignore_ascii_case};
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
    Count(Runs),
}

/// Number of runs of an animation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runs {
    Whole(u32),
    /// The animation ends, but it is not known how often it runs.
    Unknown,
    Endless,
}

/// Direction of an animation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Direction {
    #[default]
    Normal,
    Reverse,
    /// Each second run is in reverse.
    Alternate,
    /// The first run is in reverse, and each second one after it.
    AlternateReverse,
}

/// An animation of an element.
#[derive(Debug, Clone)]
pub(crate) struct Animation {
    name: Option<Rc<str>>,
    fills: bool,
    direction: Direction,
    runs: bool,
    count: Runs,
}

impl Default for Animation {
    fn default() -> Self {
        Self {
            name: None,
            fills: false,
            direction: Direction::Normal,
            runs: true,
            count: Runs::Whole(1),
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
            Animated::Count(count) => self.count = *count,
        }
    }

    /// Returns the name of the keyframes whose end is kept, and whether they run in reverse.
    pub(crate) fn kept(&self) -> Option<(&str, bool)> {
        let name = self.name.as_deref();
        let name = name.filter(|_| self.fills && self.runs)?;
        // Without a run, the style is that at the beginning of the first one.
        let (none, even) = match self.count {
            Runs::Whole(count) => (count == 0, Some(count % 2 == 0)),
            Runs::Unknown => (false, None),
            Runs::Endless => return None,
        };
        let reverse = match self.direction {
            Direction::Normal => none,
            Direction::Reverse => !none,
            Direction::Alternate => even?,
            Direction::AlternateReverse => !even?,
        };
        Some((name, reverse))
    }
}

/// Parses the value of a longhand. Of several animations, the last one counts; which of several
/// numbers of runs it has depends on the number of names.
pub(super) fn longhand(aspect: Aspect, input: &mut Parser<'_>) -> Parsed<Animated> {
    let all = input.parse_comma_separated(|input| {
        let mut value = one(input)?;
        value.reverse();
        let found = value.into_iter().find(|value| is_of(value, aspect));
        Ok::<_, ParseError<Invalid>>(found.unwrap_or_else(|| initial(aspect)))
    })?;
    let several = all.len() > 1;
    match all.into_iter().last() {
        Some(Animated::Count(Runs::Whole(_))) if several => Ok(Animated::Count(Runs::Unknown)),
        last => last.map_or_else(invalid, Ok),
    }
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
        Aspect::Count => Animated::Count(Runs::Whole(1)),
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
            match input.next()? {
                Token::Number { value, .. } => values.push(Animated::Count(runs(*value))),
                Token::Function(name) if !is_easing(name) => {
                    values.push(Animated::Count(Runs::Unknown));
                }
                _ => {}
            }
            continue;
        };
        values.push(match_ignore_ascii_case! { &name,
            "forwards" | "both" => Animated::Fill(true),
            "backwards" | "none" => Animated::Fill(false),
            "normal" => Animated::Direction(Direction::Normal),
            "reverse" => Animated::Direction(Direction::Reverse),
            "alternate" => Animated::Direction(Direction::Alternate),
            "alternate-reverse" => Animated::Direction(Direction::AlternateReverse),
            "running" => Animated::State(true),
            "paused" => Animated::State(false),
            "infinite" => Animated::Count(Runs::Endless),
            "ease" | "linear" | "ease-in" | "ease-out" | "ease-in-out" | "step-start"
            | "step-end" | "auto" => continue,
            _ => Animated::Name(Some((&*name).into())),
        });
    }
    Ok(values)
}

fn runs(number: f32) -> Runs {
    // Larger numbers are not exact.
    const MOST: f32 = 1e6;
    match number.fract() == 0.0 && (0.0..=MOST).contains(&number) {
        true => Runs::Whole(number as u32),
        false => Runs::Unknown,
    }
}

/// Returns whether a function is for the speed of an animation.
fn is_easing(name: &str) -> bool {
    match_ignore_ascii_case! { name,
        "cubic-bezier" | "linear" | "steps" => true,
        _ => false,
    }
}
