//! `@container`: the conditions of rules, and the properties that name the boxes they are about.

use super::{Parsed, conditions::condition, invalid, property::Declared};
use cssparser::{Parser, Token, match_ignore_ascii_case};
use std::{cell::Cell, rc::Rc};

/// Longest condition that is read, in bytes.
const LONGEST: usize = 400;

/// The property with the kind of a container, and the one with its names. Only conditions read them, so
/// that they are kept as custom properties that no element inherits.
pub(crate) const KIND: &str = "container-type";
pub(crate) const NAMES: &str = "container-name";

/// The condition of a rule.
#[derive(Debug)]
pub(crate) struct Container {
    pub(crate) name: Option<Rc<str>>,
    pub(crate) condition: Rc<str>,
    /// Whether it is about the size of a box, and about its height.
    pub(crate) sized: bool,
    pub(crate) tall: bool,
    /// The condition of the rule around this one.
    pub(crate) around: Option<usize>,
}

impl Container {
    /// Parses what precedes the block of the rule.
    pub(super) fn parse(input: &mut Parser<'_>, around: Option<usize>) -> Parsed<Self> {
        let name = input.try_parse(|input| {
            let name = input.expect_ident_cloned()?;
            match name.eq_ignore_ascii_case("not") {
                true => invalid(),
                false => Ok(Rc::from(&*name)),
            }
        });
        let start = input.position();
        while input.next().is_ok() {}
        let condition = input.slice_from(start).trim_ascii();
        match axes(condition).filter(|_| condition.len() <= LONGEST) {
            None => invalid(),
            Some((sized, tall)) => Ok(Self {
                name: name.ok(),
                condition: condition.into(),
                sized,
                tall,
                around,
            }),
        }
    }
}

/// Returns the texts of a property that names a container.
pub(super) fn texts(name: &str, text: &str) -> Vec<Declared> {
    let custom = |name: &str, text: &str| Declared::Custom(name.into(), text.trim_ascii().into());
    match_ignore_ascii_case! { name,
        "container-type" => vec![custom(KIND, text)],
        "container-name" => vec![custom(NAMES, text)],
        "container" => {
            let (names, kind) = text.split_once('/').unwrap_or((text, ""));
            vec![custom(NAMES, names), custom(KIND, kind)]
        },
        _ => Vec::new(),
    }
}

/// Returns whether a condition is about the size of a box, and whether it is about its height; `None` if it
/// has a feature that browsers do not know.
fn axes(text: &str) -> Option<(bool, bool)> {
    let (sized, tall, known) = (Cell::new(false), Cell::new(false), Cell::new(true));
    let feature = |function: Option<&str>, input: &mut Parser<'_>| {
        let mut named = function.is_some();
        while let Ok(token) = input.next() {
            if let Token::Ident(name) = token
                && function.is_none()
            {
                let name = name.to_ascii_lowercase();
                let name = name.trim_start_matches("min-").trim_start_matches("max-");
                let high = ["height", "block-size", "aspect-ratio", "orientation"].contains(&name);
                named |= high || ["width", "inline-size"].contains(&name);
                tall.set(tall.get() || high);
                sized.set(true);
            }
        }
        known.set(known.get() && named);
        None
    };
    let _ = condition(&mut Parser::new(text), &feature);
    known.get().then(|| (sized.get(), tall.get()))
}
