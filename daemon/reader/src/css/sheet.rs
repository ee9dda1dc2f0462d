//! Style sheets: the rules that apply to a screen, in order.

use super::{
    Invalid, Parsed, Syntax, conditions, data, declarations, depth, invalid,
    keyframes::Keyframes,
    nesting::{Alternatives, Parent},
    property::Declaration,
};
use crate::limits::MAX_RULES;
use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, Delimiter, ParseError, Parser, ParserState,
    QualifiedRuleParser, RuleBodyItemParser, RuleBodyParser, StyleSheetParser,
    match_ignore_ascii_case,
};
use std::rc::Rc;

/// A rule with its selectors.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) selectors: Alternatives,
    pub(crate) declarations: Rc<[Declaration]>,
    /// Number of the layer of the rule. Rules without a layer have the highest number.
    pub(crate) layer: u16,
}

/// All rules of the style sheets of a document.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) all: Vec<Rule>,
    /// Custom properties with their initial values.
    pub(crate) initial: Vec<(Rc<str>, Rc<str>)>,
    pub(crate) keyframes: Vec<Keyframes>,
    /// Selectors to which selectors of nested rules refer.
    pub(crate) parents: Vec<Alternatives>,
    /// Whether a rule was ignored because of a limit.
    pub(crate) exceeded: bool,
    layers: Vec<Box<str>>,
    imports: usize,
}

/// Most custom properties with an initial value, and most keyframes.
const MAX_PROPERTIES: usize = 100;
/// Most sheets that other sheets import. They may import each other.
const MAX_IMPORTS: usize = 16;
/// The layer of rules without a layer.
const NO_LAYER: u16 = u16::MAX;

impl Rules {
    /// Parses a style sheet.
    pub(crate) fn add(&mut self, sheet: &str) {
        let (sheet, cut) = depth::bounded(sheet);
        self.exceeded |= cut;
        let mut input = Parser::new(&sheet);
        input.set_nested_block_limit(depth::MAX_BLOCKS);
        let mut level = Level {
            rules: self,
            parent: None,
            layer: NO_LAYER,
            scoped: false,
            found: Vec::new(),
        };
        for _ in StyleSheetParser::new(&mut input, &mut level) {}
    }

    /// Parses a sheet that another one imports.
    fn import(&mut self, sheet: &str) {
        if self.imports < MAX_IMPORTS {
            self.imports += 1;
            self.add(sheet);
        }
    }

    fn layer(&mut self, name: &str) -> u16 {
        let at = self.layers.iter().position(|layer| **layer == *name);
        let at = at.unwrap_or_else(|| {
            self.layers.push(name.into());
            self.layers.len() - 1
        });
        u16::try_from(at).unwrap_or(NO_LAYER - 1)
    }
}

/// Parser of a sheet, or of a block inside it.
struct Level<'a> {
    rules: &'a mut Rules,
    /// The selectors of the rule around the block.
    parent: Option<Parent>,
    layer: u16,
    /// Whether `:scope` is the parent.
    scoped: bool,
    /// Declarations of the block.
    found: Vec<Declaration>,
}

impl Level<'_> {
    fn inside(&mut self, input: &mut Parser<'_>, parent: Option<Parent>, layer: u16, scoped: bool) {
        let place = self.rules.all.len();
        let mut level = Level {
            rules: self.rules,
            parent,
            layer,
            scoped,
            found: Vec::new(),
        };
        for _ in RuleBodyParser::new(input, &mut level) {}
        let Level { parent, found, .. } = level;
        if let Some(parent) = parent
            && !found.is_empty()
            && self.rules.all.len() < MAX_RULES
        {
            // The declarations stand before the rules inside the block.
            let rule = Rule {
                selectors: parent.alternatives,
                declarations: found.into(),
                layer,
            };
            self.rules.all.insert(place, rule);
        }
    }
}

/// Returns selectors in a scope, whose root has the same name as the parent of nested rules.
fn in_scope(input: &mut Parser<'_>) -> String {
    let start = input.position();
    while input.next().is_ok() {}
    input.slice_from(start).replace(":scope", "&")
}

/// Consumes the block of `@property`. Returns the initial value, if there is one.
fn initial_value(input: &mut Parser<'_>) -> Option<Rc<str>> {
    while !input.is_exhausted() {
        let named = input.try_parse(|input| {
            input.expect_ident_matching("initial-value")?;
            input.expect_colon()
        });
        let value = input.parse_until_after(Delimiter::Semicolon, |input| {
            let start = input.position();
            while input.next().is_ok() {}
            Ok::<&str, ParseError<Invalid>>(input.slice_from(start))
        });
        let value = value.ok()?.trim_ascii();
        if named.is_ok() {
            return Some(value.into());
        }
    }
    None
}

/// A rule with a block.
enum AtRule {
    /// Rules that apply.
    Apply,
    /// A layer.
    Layer(Box<str>),
    /// Rules for the elements inside of others.
    Scope(Parent),
    /// Another sheet.
    Import(String),
    /// Keyframes of animations.
    Keyframes(Rc<str>),
    /// The definition of a custom property.
    Property(Rc<str>),
}

impl<'i> AtRuleParser<'i> for Level<'_> {
    type Prelude = AtRule;
    type AtRule = ();
    type Error = Invalid;

    fn parse_prelude(&mut self, name: CowRcStr<'i>, input: &mut Parser<'i>) -> Parsed<AtRule> {
        let applies = match_ignore_ascii_case! { &name,
            "media" => conditions::media(input),
            "supports" => conditions::supports(input),
            "layer" => {
                let mut names = Vec::new();
                while !input.is_exhausted() {
                    let start = input.position();
                    while !input.is_exhausted() && input.try_parse(Parser::expect_comma).is_err() {
                        let _ = input.next();
                    }
                    let layer = input.slice_from(start).trim_matches([',', ' ']);
                    self.rules.layer(layer);
                    names.push(layer);
                }
                let name = names.first().copied().unwrap_or_default();
                return Ok(AtRule::Layer(name.into()));
            },
            "import" if self.parent.is_none() => {
                let url = input.expect_url_or_string()?;
                let sheet = data::sheet(&url).map_or_else(invalid, Ok)?;
                return match conditions::import(input) {
                    true => Ok(AtRule::Import(sheet)),
                    false => invalid(),
                };
            },
            "property" => {
                let name = input.expect_ident()?;
                return Ok(AtRule::Property((&**name).into()));
            },
            "keyframes" | "-webkit-keyframes" => {
                let name = input.expect_ident_or_string()?;
                return Ok(AtRule::Keyframes((&**name).into()));
            },
            "scope" => {
                input.expect_parenthesis_block()?;
                let scope = input.parse_nested_block(|input| {
                    Parent::parse(input, None, &mut self.rules.parents)
                })?;
                while input.next().is_ok() {}
                return Ok(AtRule::Scope(scope));
            },
            _ => return invalid(),
        };
        while input.next().is_ok() {}
        if applies {
            Ok(AtRule::Apply)
        } else {
            invalid()
        }
    }

    fn rule_without_block(&mut self, rule: AtRule, _: &ParserState) -> Result<(), ()> {
        if let AtRule::Import(sheet) = rule {
            self.rules.import(&sheet);
        }
        Ok(())
    }

    fn parse_block(&mut self, rule: AtRule, _: &ParserState, input: &mut Parser<'i>) -> Parsed<()> {
        let scoped = matches!(rule, AtRule::Scope(_));
        let (parent, layer) = match rule {
            AtRule::Apply => (self.parent.clone(), self.layer),
            AtRule::Layer(name) => (self.parent.clone(), self.rules.layer(&name)),
            AtRule::Import(_) => return invalid(),
            AtRule::Keyframes(name) => {
                let frames = Keyframes::parse(name, input);
                if self.rules.keyframes.len() < MAX_PROPERTIES {
                    self.rules.keyframes.push(frames);
                }
                return Ok(());
            }
            AtRule::Property(name) => {
                if let Some(value) = initial_value(input)
                    && self.rules.initial.len() < MAX_PROPERTIES
                {
                    self.rules.initial.push((name, value));
                }
                return Ok(());
            }
            AtRule::Scope(scope) => (Some(scope), self.layer),
        };
        self.inside(input, parent, layer, scoped);
        Ok(())
    }
}

impl<'i> QualifiedRuleParser<'i> for Level<'_> {
    type Prelude = Parent;
    type QualifiedRule = ();
    type Error = Invalid;

    fn parse_prelude(&mut self, input: &mut Parser<'i>) -> Parsed<Parent> {
        let around = self.parent.as_ref();
        let parents = &mut self.rules.parents;
        match self.scoped {
            true => Parent::parse(&mut Parser::new(&in_scope(input)), around, parents),
            false => Parent::parse(input, around, parents),
        }
    }

    fn parse_block(
        &mut self,
        selectors: Parent,
        _: &ParserState,
        input: &mut Parser<'i>,
    ) -> Parsed<()> {
        if self.rules.all.len() >= MAX_RULES {
            self.rules.exceeded = true;
            return invalid();
        }
        self.inside(input, Some(selectors), self.layer, false);
        Ok(())
    }
}

impl<'i> DeclarationParser<'i> for Level<'_> {
    type Declaration = ();
    type Error = Invalid;

    fn parse_value(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
        _: &ParserState,
    ) -> Parsed<()> {
        let found = declarations::declaration(&name, input, Syntax::default())?;
        self.found.extend(found);
        Ok(())
    }
}

impl RuleBodyItemParser<'_, (), Invalid> for Level<'_> {
    fn parse_declarations(&self) -> bool {
        self.parent.is_some()
    }

    fn parse_qualified(&self) -> bool {
        true
    }
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
