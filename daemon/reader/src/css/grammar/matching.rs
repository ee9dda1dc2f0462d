//! Comparison of values with grammars. Of alternatives, the first one that agrees counts, so that each
//! place of a value is read a fixed number of times.

use super::{GRAMMARS, definition::Node, kinds};
use crate::css::{Invalid, Syntax};
use cssparser::{ParseError, Parser, Token};

impl Node {
    /// Consumes what agrees with the grammar. Returns whether anything does; if not, nothing is consumed.
    pub(super) fn matches(&self, input: &mut Parser<'_>, syntax: Syntax) -> bool {
        let start = input.state();
        let matches = self.consumes(input, syntax);
        if !matches {
            input.reset(&start);
        }
        matches
    }

    fn consumes(&self, input: &mut Parser<'_>, syntax: Syntax) -> bool {
        match self {
            Self::Word(word) => {
                matches!(input.next(), Ok(Token::Ident(name)) if name.eq_ignore_ascii_case(word))
            }
            Self::Sign(',') => matches!(input.next(), Ok(Token::Comma)),
            Self::Sign(sign) => matches!(input.next(), Ok(Token::Delim(found)) if found == sign),
            Self::Part(name) => match GRAMMARS.get(&**name) {
                Some(grammar) => grammar.matches(input, syntax),
                None => kinds::kind(name).is_some_and(|kind| kind.matches(input, syntax)),
            },
            Self::Function(function, arguments) => {
                let named = match input.next() {
                    Ok(Token::Function(name)) => name.eq_ignore_ascii_case(function),
                    _ => false,
                };
                named
                    && input
                        .parse_nested_block(|input| match arguments.matches(input, syntax) {
                            true => Ok(()),
                            false => Err(ParseError::<Invalid>::custom(Invalid)),
                        })
                        .is_ok()
            }
            Self::Sequence(all) => all.iter().all(|part| part.matches(input, syntax)),
            Self::Either(all) => all.iter().any(|part| part.matches(input, syntax)),
            Self::All(all) => in_any_order(all, input, syntax)
                .iter()
                .all(|part| part.matches(input, syntax)),
            Self::Any(all) => in_any_order(all, input, syntax).len() < all.len(),
            Self::Repeated(part, least, most, commas) => {
                let mut times = 0;
                while times < *most {
                    let before = input.state();
                    let separated = !*commas || times == 0 || input.expect_comma().is_ok();
                    if !separated || !part.matches(input, syntax) {
                        input.reset(&before);
                        break;
                    }
                    times += 1;
                    if input.is_exhausted() {
                        break;
                    }
                }
                times >= *least
            }
        }
    }
}

/// Consumes each part at most once. Returns the parts that nothing agrees with.
fn in_any_order<'a>(all: &'a [Node], input: &mut Parser<'_>, syntax: Syntax) -> Vec<&'a Node> {
    let mut left: Vec<&Node> = all.iter().collect();
    while !input.is_exhausted() {
        let position = input.position();
        let found = left
            .iter()
            .position(|part| part.matches(input, syntax) && input.position() != position);
        match found {
            Some(found) => {
                left.remove(found);
            }
            None => break,
        }
    }
    left
}
