//! The cascade: the style of each element from the browser's defaults, presentational attributes,
//! style sheets and `style` attributes, by origin, importance, layer, specificity and order.

mod apply;
mod computed;
mod containers;
mod custom;
mod defaults;
mod finish;
mod foreign;
mod generated;
pub(crate) mod hints;
mod index;
mod insert;
mod matching;
mod rank;
mod scheme;
mod sheets;
mod states;
mod variables;

pub(crate) use computed::{Computed, Frame};

use crate::{
    css::{
        animation::Animation,
        colour::Rgba,
        container::Container,
        declarations::{DeclarationSyntax, parse_style},
        keyframes::Keyframes,
        length::MEDIUM,
        marks::Mark,
        property::{Declaration, Declared, Display, Property},
        registered::Registered,
    },
    document::{Document, Element, NodeId, PerNode, Visit},
    limits::{MAX_DECLARED, MAX_STYLES},
};
use containers::Containers;
use finish::{finish, give_overflow};
use generated::{
    Generated, MAX_GENERATED, has_generated, is_in_flow, is_painted, is_spacer, is_text,
};
use html5ever::{local_name, ns};
use index::{Index, Part};
use matching::Matcher;
use rank::{INLINE, Ranked};
use selectors::context::SelectorCaches;
use std::rc::Rc;
use variables::Budget;

/// The style of each element of a document.
#[derive(Debug)]
pub(crate) struct Styles {
    styles: PerNode<Rc<Computed>>,
    /// Boxes that style sheets generate, and that may be under or over text.
    generated: Vec<Generated>,
    /// Boxes without a text that part the words beside them.
    gaps: Vec<Generated>,
    /// Whether a limit was exceeded, so that some style sheets have no effect.
    pub(crate) incomplete: bool,
}

impl Styles {
    /// Returns the style of an element.
    pub(crate) fn get(&self, node: NodeId) -> &Computed {
        self.styles.get(node)
    }
}

/// Computes the style of each element.
pub(crate) fn style(document: &Document) -> Styles {
    let (mut rules, cut, marked) = sheets::rules(document);
    let registered = std::mem::take(&mut rules.registered);
    let parents = std::mem::take(&mut rules.parents);
    let containers = std::mem::take(&mut rules.containers);
    let syntax = DeclarationSyntax {
        quirks: document.quirks,
    };
    let mut cascade = Cascade {
        document,
        dark: scheme::is_dark(document, syntax),
        registered,
        containers,
        index: Index::new(rules),
        matcher: Matcher::new(document, parents),
        caches: SelectorCaches::default(),
        syntax,
        substitution: Budget::new(MAX_STYLES),
        inline: MAX_STYLES,
        declared: MAX_DECLARED,
        rem: MEDIUM,
        link: None,
        scrolls: false,
        body: Rc::default(),
        styles: PerNode::new(document, Rc::default()),
        generated: Vec::new(),
        gaps: Vec::new(),
        markers: generated::Markers::new(marked),
        exceeded: false,
    };
    for visit in document.walk(NodeId::ROOT) {
        if let Visit::Enter(node) = visit
            && let Some(element) = document.element(node)
        {
            cascade.add(node, element);
        }
    }
    Styles {
        incomplete: cut
            || cascade.matcher.is_exhausted()
            || cascade.inline == 0
            || cascade.declared == 0
            || cascade.exceeded
            || cascade.substitution.is_exceeded(),
        styles: cascade.styles,
        generated: cascade.markers.after(cascade.generated),
        gaps: cascade.gaps,
    }
}

/// Computation of the styles in document order: a parent before its children.
struct Cascade<'a> {
    document: &'a Document,
    /// Whether the document asks for a dark page, unless a style sheet asks for another one.
    dark: bool,
    registered: Vec<Registered>,
    containers: Vec<Container>,
    index: Index,
    matcher: Matcher<'a>,
    caches: SelectorCaches,
    syntax: DeclarationSyntax,
    substitution: Budget,
    /// Bytes of `style` attributes that are still parsed.
    inline: usize,
    /// Declarations of style sheets that are still applied.
    declared: usize,
    rem: f32,
    link: Option<Rgba>,
    /// Whether an element has given its overflow to the screen.
    scrolls: bool,
    body: Rc<Computed>,
    styles: PerNode<Rc<Computed>>,
    generated: Vec<Generated>,
    gaps: Vec<Generated>,
    markers: generated::Markers,
    /// Whether boxes were left out.
    exceeded: bool,
}

impl Cascade<'_> {
    fn add(&mut self, node: NodeId, element: &Element) {
        let parent = self.document.node(node).parent.unwrap_or(NodeId::ROOT);
        let parent_name = self.document.name(parent);
        let parent = Rc::clone(self.styles.get(parent));
        let mut style = self.plain(element, parent_name, &parent);
        if self.dark && element.html_name() == "html" {
            style.inherited().dark = true;
        }
        let declarations = self.declarations(node, element, Part::Element);
        let plain = style.clone();
        let root = element.html_name() == "html";
        let mut scheme = style.clone();
        let context = self.context(&parent, &plain, element);
        context.apply_scheme(&declarations, &mut scheme);
        let dark = root && scheme.inherited.dark;
        let mut initial = Rc::clone(&parent);
        if dark {
            Rc::make_mut(&mut initial).inherited().colour = Some(Rgba::WHITE);
        }
        let context = self.context(&initial, &plain, element);
        custom::define(&context, &self.registered, &declarations, root, &mut style);
        context.apply_ranked(&declarations, &mut style);
        if dark && !scheme::has_colour(&declarations) {
            style.inherited().colour = Some(Rgba::WHITE);
        }
        let around = self.document.ancestors(node).next();
        let around = around.and_then(|around| self.document.element(around));
        defaults::leave_out(element, around, &mut style);
        finish(&mut style, &parent, element.html_name());
        match element.html_name() {
            "html" => {
                self.rem = style.inherited.font_size;
                self.scrolls = give_overflow(&mut style);
            }
            "body" => {
                self.scrolls = self.scrolls || give_overflow(&mut style);
                self.link = hints::link_colour(element);
                self.body = Rc::new(style.clone());
            }
            _ => {}
        }
        let mut style = Rc::new(style);
        let in_flow =
            [Part::Before, Part::After].map(|part| self.generate(node, element, part, &style));
        self.markers.take(node, &style);
        if in_flow.contains(&true) {
            Rc::make_mut(&mut style).marks.set(Mark::Generated, true);
        }
        self.styles.set(node, style);
    }

    /// Returns the styles to which declarations refer: those of the parent, and the one without them.
    fn context<'a>(
        &'a self,
        parent: &'a Computed,
        plain: &'a Computed,
        element: &'a Element,
    ) -> apply::Context<'a> {
        apply::Context {
            parent,
            plain,
            layer: plain,
            rule: plain,
            rem: self.rem,
            syntax: self.syntax,
            substitution: &self.substitution,
            element,
        }
    }

    /// Takes the box that style sheets generate for a part of an element. Returns whether it may be in
    /// the flow.
    fn generate(
        &mut self,
        node: NodeId,
        element: &Element,
        part: Part,
        parent: &Rc<Computed>,
    ) -> bool {
        if self.index.is_empty(part) || parent.display == Display::None || !has_generated(element) {
            return false;
        }
        if self.generated.len() >= MAX_GENERATED {
            self.exceeded = true;
            return true;
        }
        let declarations = self.declarations(node, element, part);
        if declarations.is_empty() {
            return false;
        }
        let plain = Computed::child_of(&parent.inherited);
        let mut style = plain.clone();
        let context = self.context(parent, &plain, element);
        custom::define(&context, &self.registered, &declarations, false, &mut style);
        context.apply_ranked(&declarations, &mut style);
        finish(&mut style, parent, "");
        let in_flow = is_in_flow(&style);
        if self.gaps.len() < MAX_GENERATED
            && let Some(gap) = generated::gap(&style, parent)
        {
            self.gaps.push(Generated {
                parent: node,
                part,
                style: Rc::new(gap),
            });
        }
        let row = parent.display == Display::Table;
        if is_painted(&style) || (!row && (is_text(&style) || is_spacer(&style))) {
            self.generated.push(Generated {
                parent: node,
                part,
                style: Rc::new(style),
            });
        }
        in_flow
    }

    /// Returns the style of an element without the author's style sheets.
    fn plain(&self, element: &Element, parent_name: &str, parent: &Computed) -> Computed {
        let mut style = Computed::child_of(&parent.inherited);
        defaults::apply(element, parent_name, &mut style);
        if element.html_name() == "table" && self.document.quirks {
            defaults::apply_quirks(&mut style, &self.body);
        }
        if element.is_link()
            && let Some(colour) = self.link
        {
            style.inherited().colour = Some(colour);
        }
        let size = hints::apply(element, &mut style);
        let foreign = element.name.ns != ns!(html);
        if size.is_some() || foreign {
            let none = Computed::default();
            let context = self.context(parent, &none, element);
            if let Some(size) = size {
                context.apply(&mut style, &Declared::FontSize(size));
            }
            if foreign {
                foreign::apply(element, &context, &mut style);
            }
        }
        style
    }

    /// Returns the author's declarations for a part of an element, the strongest last.
    fn declarations(&mut self, node: NodeId, element: &Element, part: Part) -> Vec<Ranked> {
        let mut ranked: Vec<Ranked> = Vec::new();
        if !self.index.is_empty(part) && !self.matcher.is_exhausted() && self.declared > 0 {
            let id = element.attribute(&local_name!("id"));
            let classes = element.attribute(&local_name!("class")).unwrap_or_default();
            let name = element.local_name();
            for entry in self.index.candidates(part, name, id, classes) {
                if !self
                    .matcher
                    .matches(node, part, &entry.alternative, &mut self.caches)
                {
                    continue;
                }
                let Some(rule) = self.index.rule(entry.rule) else {
                    continue;
                };
                let containers = Containers {
                    all: &self.containers,
                    document: self.document,
                    styles: &self.styles,
                    step: &|| self.matcher.step(),
                };
                if !containers.hold(node, rule.container) {
                    continue;
                }
                self.declared = self.declared.saturating_sub(price(&rule.declarations));
                if self.declared == 0 {
                    break;
                }
                let specificity = entry.alternative.specificity;
                let near = (rule.scope.as_ref()).map_or(0, |scope| {
                    self.matcher.nearness(node, scope, &mut self.caches)
                });
                for Declaration {
                    declared,
                    important,
                } in rule.declarations.iter()
                {
                    // Important declarations of an earlier layer are stronger.
                    let layer = if *important {
                        u16::MAX - rule.layer
                    } else {
                        rule.layer
                    };
                    ranked.push((
                        (*important, layer, specificity, near, entry.rule),
                        declared.clone(),
                    ));
                }
            }
        }
        let style = element.attribute(&local_name!("style")).unwrap_or_default();
        if !style.is_empty() && part == Part::Element {
            self.inline = self.inline.saturating_sub(style.len());
            if self.inline > 0 {
                for declaration in parse_style(style, self.syntax) {
                    let rank = (declaration.important, u16::MAX, INLINE, 0, usize::MAX);
                    ranked.push((rank, declaration.declared));
                }
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        let end = Keyframes::end(&self.index.keyframes, &animation(&ranked));
        if !end.is_empty() {
            self.declared = self.declared.saturating_sub(price(end));
            let rank = (false, u16::MAX, INLINE, 0, usize::MAX);
            let end = end.iter().take(self.declared);
            ranked.extend(end.map(|declaration| (rank, declaration.declared.clone())));
            ranked.sort_by_key(|(rank, _)| *rank);
        }
        ranked
    }
}

/// Returns what the application of declarations costs. Those with variables are parsed for each element.
fn price(declarations: &[Declaration]) -> usize {
    let is_pending =
        |declaration: &&Declaration| matches!(declaration.declared, Declared::Pending(..));
    declarations.len() + 4 * declarations.iter().filter(is_pending).count()
}

/// Returns the animation that declarations give, the strongest last.
fn animation(ranked: &[Ranked]) -> Animation {
    let mut animation = Animation::default();
    for (_, declared) in ranked {
        match declared {
            Declared::Animation(value) => animation.set(value),
            Declared::All(_) | Declared::Wide(Property::Animation(_), _) => {
                animation = Animation::default();
            }
            _ => {}
        }
    }
    animation
}
