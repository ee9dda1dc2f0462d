//! Lists of declarations: the `style` attribute and the blocks of style rules.

use super::{
    Invalid, Parsed, Syntax, colour, container, grammar, holder, invalid, mark_values,
    property::{Declaration, Declared, Property, Wide},
    shorthand, value,
};
use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, Delimiter, ParseError, Parser, ParserState,
    QualifiedRuleParser, RuleBodyItemParser, RuleBodyParser, Token, parse_important,
};

pub(crate) use super::Syntax as DeclarationSyntax;

/// Functions that stand for text which is known only on an element.
const SUBSTITUTED: &[&str] = &["var", "env", "attr", "if"];

/// Parses a `style` attribute.
pub(crate) fn parse_style(style: &str, syntax: Syntax) -> Vec<Declaration> {
    let mut found = Vec::new();
    let mut input = Parser::new(style);
    while !input.is_exhausted() {
        let declarations = input.parse_until_after(Delimiter::Semicolon, |input| {
            // A brace that closes no block belongs to the declaration after it, which is invalid.
            let start = input.state();
            if let Ok(Token::CloseCurlyBracket) = input.next() {
                return invalid();
            }
            input.reset(&start);
            Ok::<_, ParseError<Invalid>>(block(input, syntax))
        });
        found.extend(declarations.unwrap_or_default());
    }
    found
}

/// Parses a list of declarations without rules inside it.
pub(super) fn block(input: &mut Parser<'_>, syntax: Syntax) -> Vec<Declaration> {
    let mut found = Vec::new();
    let mut body = Body { syntax };
    for declarations in RuleBodyParser::new(input, &mut body).flatten() {
        found.extend(declarations);
    }
    found
}

/// Parses the text of a value, after the substitution of variables.
pub(crate) fn parse_value(name: &str, text: &str, syntax: Syntax) -> Option<Vec<Declared>> {
    let mut input = Parser::new(text);
    input
        .parse_entirely(|input| declared(name, input, syntax))
        .ok()
}

/// Returns whether a declaration is valid and its property is read.
pub(crate) fn is_known(name: &str) -> bool {
    value::property(name).is_some()
        || holder::by_name(name).is_some()
        || !mark_values::by_name(name).is_empty()
        || !shorthand::properties(name).is_empty()
        || name.eq_ignore_ascii_case(container::NAMES)
}

/// Returns whether a declaration of a known property is valid.
pub(super) fn is_valid(name: &str, text: &str) -> bool {
    let mut input = Parser::new(text);
    declaration(name, &mut input, Syntax::default()).is_ok()
}

/// Parses a declaration after its colon.
pub(super) fn declaration(
    name: &str,
    input: &mut Parser<'_>,
    syntax: Syntax,
) -> Parsed<Vec<Declaration>> {
    let custom = name.starts_with("--");
    if !custom && !is_known(name) && !name.eq_ignore_ascii_case("all") {
        return invalid();
    }
    input.look_for_arbitrary_substitution_functions(SUBSTITUTED);
    let (text, substituted) = input.parse_until_before(Delimiter::Bang, |input| {
        let start = input.position();
        while input.next().is_ok() {}
        let substituted = input.seen_arbitrary_substitution_functions();
        Ok::<_, ParseError<Invalid>>((input.slice_from(start).trim_ascii(), substituted))
    })?;
    if substituted {
        references(&mut Parser::new(text))?;
    }
    let important = input.try_parse(parse_important).is_ok();
    input.expect_exhausted()?;
    let mut declared = if name.eq_ignore_ascii_case(container::NAMES) {
        Vec::new()
    } else if custom || substituted {
        let variant = if custom {
            Declared::Custom
        } else {
            Declared::Pending
        };
        vec![variant(name.into(), text.into())]
    } else {
        match parse_value(name, text, syntax) {
            Some(_) if depends_on_scheme(text) => vec![Declared::Pending(name.into(), text.into())],
            Some(declared) => declared,
            None => return invalid(),
        }
    };
    declared.extend(container::texts(name, text));
    let with_importance = |declared| Declaration {
        declared,
        important,
    };
    Ok(declared.into_iter().map(with_importance).collect())
}

/// Returns whether a value has other colours in a dark scheme than in a light one.
fn depends_on_scheme(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_alphabetic() && c != '-');
    words.any(|word| word.eq_ignore_ascii_case("light-dark") || colour::in_the_dark(word).is_some())
}

/// Consumes a text. Fails if a reference in it names no custom property.
fn references(input: &mut Parser<'_>) -> Parsed<()> {
    while let Ok(token) = input.next().cloned() {
        match token {
            Token::Function(name) if name.eq_ignore_ascii_case("var") => {
                input.parse_nested_block(|input| {
                    if !input.expect_ident()?.starts_with("--") {
                        return invalid();
                    }
                    match input.is_exhausted() {
                        true => Ok(()),
                        false => {
                            input.expect_comma()?;
                            references(input)
                        }
                    }
                })?;
            }
            Token::Function(_)
            | Token::ParenthesisBlock
            | Token::SquareBracketBlock
            | Token::CurlyBracketBlock => input.parse_nested_block(references)?,
            _ => {}
        }
    }
    Ok(())
}

fn declared(name: &str, input: &mut Parser<'_>, syntax: Syntax) -> Parsed<Vec<Declared>> {
    let syntax = Syntax {
        quirks: syntax.quirks && is_old(name),
    };
    let holds = holder::by_name(name).map(Property::Holds);
    let marks = mark_values::by_name(name);
    let start = input.state();
    if input.try_parse(only_wide).is_err() {
        grammar::check(name, input, syntax)?;
    }
    input.reset(&start);
    let known = value::property(name).is_some() || !shorthand::properties(name).is_empty();
    let mut all = match known || (holds.is_none() && marks.is_empty()) {
        true => declared_alone(name, input, syntax)?,
        false => Vec::new(),
    };
    let end = input.state();
    let marks = marks.iter().copied().map(Property::Mark);
    for property in holds.into_iter().chain(marks) {
        input.reset(&start);
        match all.first() {
            Some(Declared::Wide(_, wide)) => {
                let wide = *wide;
                only_wide(input)?;
                all.push(Declared::Wide(property, wide));
            }
            Some(_) if known => all.push(value::value(property, input, syntax)?),
            _ => all.extend(alone(property, input, syntax)?),
        }
    }
    if known {
        input.reset(&end);
    }
    Ok(all)
}

/// Returns whether old browsers knew a property, so that its lengths need no unit (Quirks Mode, 3.2).
fn is_old(name: &str) -> bool {
    let new = [
        "inset",
        "block",
        "inline",
        "logical",
        "-webkit-margin",
        "-webkit-padding",
    ];
    let name = name.to_ascii_lowercase();
    !new.iter().any(|part| name.contains(part))
}

fn declared_alone(name: &str, input: &mut Parser<'_>, syntax: Syntax) -> Parsed<Vec<Declared>> {
    if let Some(property) = value::property(name) {
        return alone(property, input, syntax);
    }
    match input.try_parse(only_wide) {
        Ok(wide) if name.eq_ignore_ascii_case("all") => Ok(vec![Declared::All(wide)]),
        Ok(wide) => {
            let all = shorthand::properties(name).iter();
            Ok(all
                .map(|property: &Property| Declared::Wide(*property, wide))
                .collect())
        }
        Err(_) => shorthand::values(name, input, syntax),
    }
}

fn alone(property: Property, input: &mut Parser<'_>, syntax: Syntax) -> Parsed<Vec<Declared>> {
    Ok(vec![match input.try_parse(only_wide) {
        Ok(wide) => Declared::Wide(property, wide),
        Err(_) => value::value(property, input, syntax)?,
    }])
}

fn only_wide(input: &mut Parser<'_>) -> Parsed<Wide> {
    let wide = value::wide(input)?;
    input.expect_exhausted()?;
    Ok(wide)
}

/// Parser of a list of declarations without rules inside it.
struct Body {
    syntax: Syntax,
}

impl<'i> DeclarationParser<'i> for Body {
    type Declaration = Vec<Declaration>;
    type Error = Invalid;

    fn parse_value(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
        _: &ParserState,
    ) -> Parsed<Vec<Declaration>> {
        declaration(&name, input, self.syntax)
    }
}

impl AtRuleParser<'_> for Body {
    type Prelude = ();
    type AtRule = Vec<Declaration>;
    type Error = Invalid;
}

impl QualifiedRuleParser<'_> for Body {
    type Prelude = ();
    type QualifiedRule = Vec<Declaration>;
    type Error = Invalid;
}

impl RuleBodyItemParser<'_, Vec<Declaration>, Invalid> for Body {
    fn parse_declarations(&self) -> bool {
        true
    }

    fn parse_qualified(&self) -> bool {
        false
    }
}
