//! Properties that make a box the one to which the offsets of placed boxes inside it refer.

use super::{Parsed, invalid, length, listed::listed};
use cssparser::{Parser, Token, match_ignore_ascii_case};

listed! {
    /// A property with this effect.
    HeldBy {
        Backdrop,
        Contain,
        ContentVisibility,
        Filter,
        Offset,
        Perspective,
        Rotate,
        Scale,
        Style,
        Transform,
        Translate,
        WillChange,
    }
}

impl HeldBy {
    /// Returns whether the property applies to a box in a line.
    fn is_for_lines(self) -> bool {
        matches!(self, Self::Backdrop | Self::Filter | Self::WillChange)
    }
}

/// The boxes whose offsets refer to another box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Held {
    #[default]
    None,
    /// Those with `position: absolute`.
    Absolute,
    /// Those with `position: fixed` too.
    All,
}

/// The effect of each property.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Holder([Held; HeldBy::ALL.len()]);

impl Holder {
    pub(crate) fn set(&mut self, by: HeldBy, held: Held) {
        if let Some(one) = self.0.get_mut(by as usize) {
            *one = held;
        }
    }

    pub(crate) fn get(&self, by: HeldBy) -> Held {
        self.0.get(by as usize).copied().unwrap_or_default()
    }

    /// Returns what all properties hold. `boxed` says whether the box is a block.
    pub(crate) fn held(&self, boxed: bool) -> Held {
        let all = HeldBy::ALL.into_iter();
        let all = all.filter(|by| boxed || by.is_for_lines());
        all.map(|by| self.get(by)).max().unwrap_or_default()
    }
}

/// Returns the effect that a property with a name may have.
pub(super) fn by_name(name: &str) -> Option<HeldBy> {
    Some(match_ignore_ascii_case! { name,
        "backdrop-filter" => HeldBy::Backdrop,
        "contain" => HeldBy::Contain,
        "content-visibility" => HeldBy::ContentVisibility,
        "filter" | "-webkit-filter" => HeldBy::Filter,
        "offset" | "offset-path" => HeldBy::Offset,
        "perspective" | "-webkit-perspective" => HeldBy::Perspective,
        "rotate" => HeldBy::Rotate,
        "scale" => HeldBy::Scale,
        "transform-style" | "-webkit-transform-style" => HeldBy::Style,
        "transform" | "-webkit-transform" => HeldBy::Transform,
        "translate" => HeldBy::Translate,
        "will-change" => HeldBy::WillChange,
        _ => return None,
    })
}

/// Parses a value.
pub(super) fn held(by: HeldBy, input: &mut Parser<'_>) -> Parsed<Held> {
    if by == HeldBy::Perspective {
        let none = |input: &mut Parser<'_>| input.expect_ident_matching("none");
        return match input.try_parse(none) {
            Ok(()) => Ok(Held::None),
            Err(_) => length::parse(input, false).map(|_| Held::All),
        };
    }
    let mut held = Held::None;
    let filter = matches!(by, HeldBy::Backdrop | HeldBy::Filter);
    let words = matches!(by, HeldBy::WillChange | HeldBy::Style);
    while let Ok(token) = input.next() {
        held = held.max(match token {
            Token::Ident(name) if filter && !name.eq_ignore_ascii_case("none") => return invalid(),
            Token::Function(name) if filter && !is_filter(name) => return invalid(),
            Token::Ident(name) => named(by, name),
            Token::Comma if words => Held::None,
            _ if words => return invalid(),
            _ => Held::All,
        });
    }
    Ok(held)
}

fn is_filter(name: &str) -> bool {
    const FILTERS: [&str; 11] = [
        "blur",
        "brightness",
        "contrast",
        "drop-shadow",
        "grayscale",
        "hue-rotate",
        "invert",
        "opacity",
        "saturate",
        "sepia",
        "url",
    ];
    FILTERS
        .iter()
        .any(|filter| name.eq_ignore_ascii_case(filter))
}

/// Returns the effect of a keyword.
fn named(by: HeldBy, name: &str) -> Held {
    let one = |yes: bool| if yes { Held::All } else { Held::None };
    match by {
        HeldBy::Contain => one(["layout", "paint", "strict", "content"]
            .iter()
            .any(|word| name.eq_ignore_ascii_case(word))),
        HeldBy::ContentVisibility => one(!name.eq_ignore_ascii_case("visible")),
        HeldBy::Style => one(name.eq_ignore_ascii_case("preserve-3d")),
        HeldBy::WillChange if name.eq_ignore_ascii_case("position") => Held::Absolute,
        HeldBy::WillChange => one(by_name(name).is_some_and(|by| by != HeldBy::ContentVisibility)),
        _ => one(!name.eq_ignore_ascii_case("none")),
    }
}
