//! Style sheets: the rules that apply to a screen, in order.

use super::{
    Invalid, Parsed, Syntax,
    cascade_layers::{self, LayerId, LayerName, Layers, OUTERMOST},
    conditions,
    container::{self, Container},
    data, declarations, depth, invalid,
    keyframes::Keyframes,
    nesting::{Alternatives, Parent},
    property::Declaration,
    registered::Registered,
    scope::{in_scope, limit, parts},
    supports,
};
use crate::{document::NodeId, limits::MAX_RULES};
use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, Parser, ParserState, QualifiedRuleParser,
    RuleBodyItemParser, RuleBodyParser, StyleSheetParser, match_ignore_ascii_case,
};
use std::rc::Rc;

/// A rule with its selectors.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) selectors: Alternatives,
    pub(crate) declarations: Rc<[Declaration]>,
    /// Layer of the rule, as a number in the order of the sheets, and then as its [rank](Rules::rank).
    pub(crate) layer: u16,
    /// Number of the condition on the boxes around an element.
    pub(crate) container: Option<usize>,
    /// The selectors of the root of the scope around the rule.
    pub(crate) scope: Option<Alternatives>,
}

/// All rules of the style sheets of a document.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) all: Vec<Rule>,
    pub(crate) registered: Vec<Registered>,
    pub(crate) keyframes: Vec<Keyframes>,
    /// Selectors to which selectors of nested rules refer.
    pub(crate) parents: Vec<Alternatives>,
    /// Conditions on the boxes around an element.
    pub(crate) containers: Vec<Container>,
    /// Whether a rule was ignored because of a limit.
    pub(crate) exceeded: bool,
    owner: Option<NodeId>,
    layers: Layers,
    imports: usize,
    /// Bytes of the limits of scopes in the selectors.
    limits: usize,
}

/// Most registered custom properties, most keyframes, and most conditions on boxes.
const MAX_PROPERTIES: usize = 100;
/// Most sheets that other sheets import. They may import each other.
const MAX_IMPORTS: usize = 16;
/// Most bytes of the limit of a scope, and of all its copies: each selector of the scope has one.
const MAX_LIMIT: usize = 512;
const MAX_LIMITS: usize = 64 << 10;

impl Rules {
    /// Parses a style sheet. `owner` is the element that a scope without a root begins at.
    pub(crate) fn add(&mut self, sheet: &str, owner: Option<NodeId>, syntax: Syntax) {
        self.owner = owner;
        self.add_to_layer(sheet, OUTERMOST, syntax);
    }

    /// Replaces the layers of the rules by their ranks. The rules without a layer have the highest.
    pub(crate) fn rank(&mut self) {
        let ranks = self.layers.ranks();
        for rule in &mut self.all {
            rule.layer = ranks
                .get(usize::from(rule.layer))
                .copied()
                .unwrap_or_default();
        }
    }

    fn add_to_layer(&mut self, sheet: &str, layer: LayerId, syntax: Syntax) {
        let (sheet, cut) = depth::bounded(sheet);
        self.exceeded |= cut;
        let mut input = Parser::new(&sheet);
        input.set_nested_block_limit(depth::MAX_BLOCKS);
        let mut level = Level {
            rules: self,
            parent: None,
            layer,
            container: None,
            scope: None,
            scoped: None,
            imports: true,
            syntax,
            found: Vec::new(),
        };
        for _ in StyleSheetParser::new(&mut input, &mut level) {}
    }

    /// Parses a sheet that another one imports.
    fn import(&mut self, sheet: &str, layer: LayerId, syntax: Syntax) {
        self.imports += 1;
        match self.imports <= MAX_IMPORTS {
            true => self.add_to_layer(sheet, layer, syntax),
            false => self.exceeded = true,
        }
    }

    fn layer(&mut self, outer: LayerId, name: &[Rc<str>]) -> LayerId {
        let found = self.layers.find(outer, name);
        self.exceeded |= found.is_none();
        found.unwrap_or(outer)
    }
}

/// Parser of a sheet, or of a block inside it.
struct Level<'a> {
    rules: &'a mut Rules,
    /// The selectors of the rule around the block.
    parent: Option<Parent>,
    layer: u16,
    container: Option<usize>,
    scope: Option<Alternatives>,
    /// The limit of the scope if `:scope` is the parent.
    scoped: Option<String>,
    /// Whether other sheets may be imported: in a sheet, before its rules.
    imports: bool,
    syntax: Syntax,
    /// Declarations of the block.
    found: Vec<Declaration>,
}

impl Level<'_> {
    fn inside(
        &mut self,
        input: &mut Parser<'_>,
        parent: Option<Parent>,
        layer: u16,
        scoped: Option<String>,
    ) {
        self.imports = false;
        let place = self.rules.all.len();
        let mut level = Level {
            rules: self.rules,
            parent,
            layer,
            container: self.container,
            scope: self.scope.clone(),
            scoped,
            imports: false,
            syntax: self.syntax,
            found: Vec::new(),
        };
        for _ in RuleBodyParser::new(input, &mut level) {}
        let Level { parent, found, .. } = level;
        if let Some(parent) = parent
            && !found.is_empty()
        {
            if self.rules.all.len() >= MAX_RULES {
                self.rules.exceeded = true;
                return;
            }
            // The declarations stand before the rules inside the block.
            let rule = Rule {
                selectors: parent.alternatives,
                declarations: found.into(),
                layer,
                container: self.container,
                scope: self.scope.clone(),
            };
            self.rules.all.insert(place, rule);
        }
    }
}

/// A rule with a block.
enum AtRule {
    /// Rules that apply.
    Apply,
    /// Rules that apply inside of some boxes.
    Container(Container),
    /// A layer, or the order of some.
    Layers(Vec<LayerName>),
    /// Rules for the elements inside of others, and a selector that leaves out those beyond a limit.
    Scope(Parent, String),
    /// Another sheet, and its layer.
    Import(String, Option<LayerName>),
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
            "supports" => supports::condition_holds(input),
            "layer" => return Ok(AtRule::Layers(cascade_layers::names(input)?)),
            "import" if self.imports => {
                let url = input.expect_url_or_string()?;
                let sheet = data::sheet(&url).map_or_else(invalid, Ok)?;
                return match supports::import(input) {
                    (layer, true) => Ok(AtRule::Import(sheet, layer)),
                    (_, false) => invalid(),
                };
            },
            "container" => return Ok(AtRule::Container(Container::parse(input, self.container)?)),
            "property" => {
                let name = input.expect_ident()?;
                return Ok(AtRule::Property((&**name).into()));
            },
            "keyframes" | "-webkit-keyframes" => {
                let name = input.expect_ident_or_string()?;
                return Ok(AtRule::Keyframes((&**name).into()));
            },
            "scope" => {
                let rooted = input.try_parse(|input| input.expect_parenthesis_block());
                let scope = match (rooted, self.rules.owner) {
                    (Ok(()), _) => input.parse_nested_block(|input| {
                        let roots = parts(input)?.join(",");
                        let around = self.parent.as_ref();
                        Parent::parse(&mut Parser::new(&roots), around, &mut self.rules.parents)
                    })?,
                    (Err(_), Some(owner)) => Parent::of_element(owner),
                    (Err(_), None) => return invalid(),
                };
                let limit = match input.is_exhausted() {
                    true => String::new(),
                    false => {
                        input.expect_ident_matching("to")?;
                        input.expect_parenthesis_block()?;
                        input.parse_nested_block(limit)?
                    }
                };
                let is_long = limit.len() > MAX_LIMIT;
                self.rules.exceeded |= is_long;
                let limit = if is_long { String::new() } else { limit };
                return Ok(AtRule::Scope(scope, limit));
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
        match rule {
            AtRule::Import(sheet, layer) => {
                let layer = match layer {
                    Some(name) => self.rules.layer(self.layer, &name),
                    None => self.layer,
                };
                self.rules.import(&sheet, layer, self.syntax);
            }
            AtRule::Layers(names) if !names.is_empty() => {
                for name in names {
                    self.rules.layer(self.layer, &name);
                }
            }
            _ => return Err(()),
        }
        Ok(())
    }

    fn parse_block(&mut self, rule: AtRule, _: &ParserState, input: &mut Parser<'i>) -> Parsed<()> {
        let (parent, layer, scoped) = match rule {
            AtRule::Apply => (self.parent.clone(), self.layer, self.scoped.clone()),
            AtRule::Layers(names) => {
                if names.len() > 1 {
                    return invalid();
                }
                let name = names.into_iter().next().unwrap_or_default();
                let layer = self.rules.layer(self.layer, &name);
                (self.parent.clone(), layer, self.scoped.clone())
            }
            AtRule::Import(..) => return invalid(),
            AtRule::Container(container) => {
                if self.rules.containers.len() >= MAX_PROPERTIES {
                    self.rules.exceeded = true;
                    return Ok(());
                }
                if self.rules.containers.is_empty() {
                    let own = [container::KIND, container::NAMES].map(Registered::own);
                    self.rules.registered.extend(own);
                }
                let around = self.container.replace(self.rules.containers.len());
                self.rules.containers.push(container);
                self.inside(input, self.parent.clone(), self.layer, self.scoped.clone());
                self.container = around;
                return Ok(());
            }
            AtRule::Keyframes(name) => {
                let frames = Keyframes::parse(name, input);
                match self.rules.keyframes.len() < MAX_PROPERTIES {
                    true => self.rules.keyframes.push(frames),
                    false => self.rules.exceeded = true,
                }
                return Ok(());
            }
            AtRule::Property(name) => {
                let registered = Registered::parse(name, input)?;
                match self.rules.registered.len() < MAX_PROPERTIES {
                    true => self.rules.registered.push(registered),
                    false => self.rules.exceeded = true,
                }
                return Ok(());
            }
            AtRule::Scope(scope, limit) => {
                let around = self.scope.replace(Rc::clone(&scope.alternatives));
                self.inside(input, Some(scope), self.layer, Some(limit));
                self.scope = around;
                return Ok(());
            }
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
        match &self.scoped {
            Some(limit) => {
                let parts = parts(input)?;
                self.rules.limits += limit.len().saturating_mul(parts.len());
                let is_within = self.rules.limits <= MAX_LIMITS;
                self.rules.exceeded |= !is_within;
                let selectors = in_scope(parts, if is_within { limit } else { "" });
                Parent::parse(&mut Parser::new(&selectors), around, parents)
            }
            None => Parent::parse(input, around, parents),
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
        self.inside(input, Some(selectors), self.layer, None);
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
        let found = declarations::declaration(&name, input, self.syntax)?;
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
