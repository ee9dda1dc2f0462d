//! Keyframes of animations: the styles at their beginning and at their end.

use super::{Invalid, Parsed, animation::Animation, declarations, invalid, property::Declaration};
use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, Parser, ParserState, QualifiedRuleParser,
    RuleBodyItemParser, RuleBodyParser, match_ignore_ascii_case,
};
use std::rc::Rc;

/// Keyframes with their name.
#[derive(Debug)]
pub(crate) struct Keyframes {
    name: Rc<str>,
    from: Vec<Declaration>,
    to: Vec<Declaration>,
}

impl Keyframes {
    /// Returns the declarations that apply after the end of an animation.
    pub(crate) fn end<'a>(all: &'a [Self], animation: &Animation) -> &'a [Declaration] {
        let Some((name, reverse)) = animation.kept() else {
            return &[];
        };
        // The last keyframes with a name are valid.
        match all.iter().rev().find(|frames| *frames.name == *name) {
            Some(frames) if reverse => &frames.from,
            Some(frames) => &frames.to,
            None => &[],
        }
    }

    /// Parses the block of keyframes.
    pub(super) fn parse(name: Rc<str>, input: &mut Parser<'_>) -> Self {
        let mut frames = Self {
            name,
            from: Vec::new(),
            to: Vec::new(),
        };
        for _ in RuleBodyParser::new(input, &mut frames) {}
        frames
    }
}

/// Ends of the keyframes that a rule is for.
pub(crate) struct Ends {
    from: bool,
    to: bool,
}

impl<'i> QualifiedRuleParser<'i> for Keyframes {
    type Prelude = Ends;
    type QualifiedRule = ();
    type Error = Invalid;

    fn parse_prelude(&mut self, input: &mut Parser<'i>) -> Parsed<Ends> {
        let all = input.parse_comma_separated(|input| {
            if let Ok(part) = input.try_parse(Parser::expect_percentage) {
                return Ok(part);
            }
            let name = input.expect_ident()?;
            match_ignore_ascii_case! { name,
                "from" => Ok(0.0),
                "to" => Ok(1.0),
                _ => invalid(),
            }
        })?;
        Ok(Ends {
            from: all.contains(&0.0),
            to: all.contains(&1.0),
        })
    }

    fn parse_block(&mut self, ends: Ends, _: &ParserState, input: &mut Parser<'i>) -> Parsed<()> {
        // Importance has no meaning in keyframes: such declarations are ignored.
        let found = declarations::block(input, super::Syntax::default());
        let found = found
            .into_iter()
            .filter(|declaration| !declaration.important);
        let found: Vec<Declaration> = found.collect();
        if ends.from {
            self.from.extend(found.iter().cloned());
        }
        if ends.to {
            self.to.extend(found);
        }
        Ok(())
    }
}

impl AtRuleParser<'_> for Keyframes {
    type Prelude = ();
    type AtRule = ();
    type Error = Invalid;
}

impl<'i> DeclarationParser<'i> for Keyframes {
    type Declaration = ();
    type Error = Invalid;

    fn parse_value(&mut self, _: CowRcStr<'i>, _: &mut Parser<'i>, _: &ParserState) -> Parsed<()> {
        invalid()
    }
}

impl RuleBodyItemParser<'_, (), Invalid> for Keyframes {
    fn parse_declarations(&self) -> bool {
        false
    }

    fn parse_qualified(&self) -> bool {
        true
    }
}
