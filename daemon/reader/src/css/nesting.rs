//! Selectors of rules. `&` in a nested rule refers to the selectors of the rule around it by number,
//! because a copy in its place would multiply the selectors with each level.

use super::{
    Parsed,
    selector::{self, Implementation, OneSelector, PseudoClass, Selectors},
};
use crate::document::NodeId;
use cssparser::Parser;
use selectors::{
    SelectorList,
    parser::{Component, RelativeSelector},
    visitor::SelectorVisitor,
};
use std::{cell::OnceCell, rc::Rc};

/// A selector of a rule.
#[derive(Debug, Clone)]
pub(crate) struct Alternative {
    pub(crate) selector: OneSelector,
    pub(crate) specificity: u32,
    /// Number of the simple selectors in it.
    pub(crate) size: usize,
}

/// The selectors of a rule, of which an element must match one.
pub(crate) type Alternatives = Rc<[Alternative]>;

/// The selectors of a rule that may have nested rules.
#[derive(Debug, Clone)]
pub(super) struct Parent {
    pub(super) alternatives: Alternatives,
    /// The most specific selector. It gives `&` its specificity.
    strongest: Option<OneSelector>,
    /// A selector that refers to the alternatives.
    reference: Rc<OnceCell<Selectors>>,
}

impl Parent {
    /// Parses the selectors of a rule. The list `parents` has the selectors to which others refer.
    pub(super) fn parse(
        input: &mut Parser<'_>,
        around: Option<&Self>,
        parents: &mut Vec<Alternatives>,
    ) -> Parsed<Self> {
        let parsed = selector::parse(input, around.is_some())?;
        let mut strongest: Option<OneSelector> = None;
        let mut alternatives = Vec::with_capacity(parsed.len());
        for selector in parsed.slice() {
            let (selector, exact) = match around {
                Some(around) if selector.has_parent_selector() => (
                    selector.replace_parent_selector(around.reference(parents)),
                    around.exact(selector),
                ),
                _ => (selector.clone(), selector.clone()),
            };
            let mut size = Size(0);
            selector.visit(&mut size);
            alternatives.push(Alternative {
                selector,
                specificity: exact.specificity(),
                size: size.0,
            });
            let stronger = |old: &OneSelector| exact.specificity() > old.specificity();
            if !exact.has_pseudo_element() && strongest.as_ref().is_none_or(stronger) {
                strongest = Some(exact);
            }
        }
        Ok(Self {
            alternatives: alternatives.into(),
            strongest,
            reference: Rc::default(),
        })
    }

    /// Returns the selector of one element.
    pub(super) fn of_element(element: NodeId) -> Self {
        let selectors = selector::reference(PseudoClass::Element(element));
        let alternatives = selectors.slice().iter().map(|selector| Alternative {
            selector: selector.clone(),
            specificity: 0,
            size: 1,
        });
        Self {
            alternatives: alternatives.collect(),
            strongest: None,
            reference: Rc::default(),
        }
    }

    fn reference(&self, parents: &mut Vec<Alternatives>) -> &Selectors {
        self.reference.get_or_init(|| {
            parents.push(Rc::clone(&self.alternatives));
            selector::reference(PseudoClass::Parent(parents.len() - 1))
        })
    }

    /// Returns a nested selector that has the right specificity.
    fn exact(&self, nested: &OneSelector) -> OneSelector {
        match &self.strongest {
            Some(strongest) => {
                nested.replace_parent_selector(&SelectorList::from_one(strongest.clone()))
            }
            None => nested.clone(),
        }
    }
}

/// Counts simple selectors.
struct Size(usize);

impl SelectorVisitor for Size {
    type Impl = Implementation;

    fn visit_simple_selector(&mut self, _: &Component<Implementation>) -> bool {
        self.0 += 1;
        true
    }

    fn visit_relative_selector_list(&mut self, list: &[RelativeSelector<Implementation>]) -> bool {
        list.iter().all(|relative| relative.selector.visit(self))
    }
}
