//! Matching of elements with selectors, in a bounded number of steps.

use super::{index::Part, states::Control};
use crate::{
    css::{
        nesting::{Alternative, Alternatives},
        selector::{Implementation, Name, PseudoClass, PseudoElement, Text},
    },
    document::{Content, Document, Element, NodeId},
    limits::MAX_MATCHING,
};
use html5ever::{LocalName, Namespace, local_name, ns};
use selectors::{
    OpaqueElement,
    attr::{AttrSelectorOperation, CaseSensitivity, NamespaceConstraint},
    bloom::BloomFilter,
    context::{
        MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode,
        SelectorCaches,
    },
    matching::{ElementSelectorFlags, matches_selector},
};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    fmt,
};

/// Most results that are remembered at a time.
const MAX_REMEMBERED: usize = 1 << 17;

/// Matches elements of a document.
pub(super) struct Matcher<'a> {
    document: &'a Document,
    /// Selectors to which nested selectors refer.
    parents: Vec<Alternatives>,
    /// Whether an element, inside `:has` or not, matches selectors to which others refer.
    known: RefCell<HashMap<(NodeId, usize, bool), bool>>,
    steps: Cell<usize>,
    /// What a step counts. A long list of selectors may be tried in one step.
    pace: Cell<usize>,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(document: &'a Document, parents: Vec<Alternatives>) -> Self {
        Self {
            document,
            parents,
            known: RefCell::default(),
            steps: Cell::new(0),
            pace: Cell::new(1),
        }
    }

    /// Returns whether the permitted number of steps is used up. Matching is incomplete then.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps.get() > MAX_MATCHING
    }

    /// Returns how near the root of a scope is to an element inside of it; a nearer one has more.
    pub(super) fn nearness(
        &self,
        id: NodeId,
        scope: &Alternatives,
        caches: &mut SelectorCaches,
    ) -> u32 {
        let above = self.document.ancestors(id);
        let mut chain = std::iter::once(id).chain(above).take_while(|_| self.step());
        let found = chain.position(|id| {
            let mut alternatives = scope.iter();
            alternatives.any(|one| self.matches(id, Part::Element, one, caches))
        });
        let hops = found.and_then(|hops| u32::try_from(hops).ok());
        hops.map_or(0, |hops| u32::MAX - hops)
    }

    /// Counts a step. Returns whether it is permitted.
    pub(super) fn step(&self) -> bool {
        let pace = self.pace.get();
        self.steps.set(self.steps.get().saturating_add(pace));
        !self.is_exhausted()
    }

    /// Returns whether an element, or a part of it, matches a selector for that part.
    pub(super) fn matches(
        &self,
        id: NodeId,
        part: Part,
        alternative: &Alternative,
        caches: &mut SelectorCaches,
    ) -> bool {
        let Some(element) = Candidate::new(self, id) else {
            return false;
        };
        let quirks = match self.document.quirks {
            true => QuirksMode::Quirks,
            false => QuirksMode::NoQuirks,
        };
        let mut context = MatchingContext::new(
            match part {
                Part::Element => MatchingMode::Normal,
                Part::Before | Part::After => MatchingMode::ForStatelessPseudoElement,
            },
            None,
            caches,
            quirks,
            NeedsSelectorFlags::No,
            MatchingForInvalidation::No,
        );
        element.matches(alternative, &mut context) && !self.is_exhausted()
    }
}

/// An element during matching.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    matcher: &'a Matcher<'a>,
    id: NodeId,
    element: &'a Element,
}

impl fmt::Debug for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

impl<'a> Candidate<'a> {
    fn new(matcher: &'a Matcher<'a>, id: NodeId) -> Option<Self> {
        let element = matcher.document.element(id)?;
        Some(Self {
            matcher,
            id,
            element,
        })
    }

    /// Counts a step. Returns whether it is permitted.
    fn step(&self) -> bool {
        self.matcher.step()
    }

    fn matches(
        self,
        alternative: &Alternative,
        context: &mut MatchingContext<'_, Implementation>,
    ) -> bool {
        const STEP: usize = 6;
        let before = self.matcher.pace.replace(1 + alternative.size / STEP);
        let matches =
            self.step() && matches_selector(&alternative.selector, 0, None, self, context);
        self.matcher.pace.set(before);
        matches
    }

    /// Returns whether the element matches one of the selectors to which a nested selector refers.
    fn matches_parent(
        self,
        place: usize,
        context: &mut MatchingContext<'_, Implementation>,
    ) -> bool {
        let Matcher { parents, known, .. } = self.matcher;
        let key = (self.id, place, context.relative_selector_anchor().is_some());
        if !self.step() {
            return false;
        }
        if let Some(matches) = known.borrow().get(&key) {
            return *matches;
        }
        let mut alternatives = parents.get(place).into_iter().flat_map(|all| all.iter());
        let matches = alternatives.any(|alternative| self.matches(alternative, context));
        let mut known = known.borrow_mut();
        if known.len() >= MAX_REMEMBERED {
            known.clear();
        }
        known.insert(key, matches);
        matches
    }

    /// Returns the first element that a walk from this element reaches.
    fn next(self, step: impl Fn(NodeId) -> Option<NodeId>) -> Option<Self> {
        let mut at = step(self.id)?;
        loop {
            if !self.step() {
                return None;
            }
            if let Some(found) = Self::new(self.matcher, at) {
                return Some(found);
            }
            at = step(at)?;
        }
    }

    /// Returns the value of an attribute that the element or its nearest ancestor has.
    fn inherited(&self, name: &LocalName) -> &'a str {
        let mut at = Some(*self);
        while let Some(element) = at {
            if let Some(value) = element.value(name) {
                return value;
            }
            at = selectors::Element::parent_element(&element);
        }
        ""
    }

    fn value(&self, name: &LocalName) -> Option<&'a str> {
        self.element.attribute(name)
    }
}

impl selectors::Element for Candidate<'_> {
    type Impl = Implementation;

    fn opaque(&self) -> OpaqueElement {
        OpaqueElement::new(self.element)
    }

    fn parent_element(&self) -> Option<Self> {
        if !self.step() {
            return None;
        }
        let parent = self.matcher.document.node(self.id).parent?;
        Self::new(self.matcher, parent)
    }

    fn parent_node_is_shadow_root(&self) -> bool {
        false
    }

    fn containing_shadow_host(&self) -> Option<Self> {
        None
    }

    fn is_pseudo_element(&self) -> bool {
        false
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        let document = self.matcher.document;
        self.next(|id| document.node(id).previous)
    }

    fn next_sibling_element(&self) -> Option<Self> {
        let document = self.matcher.document;
        self.next(|id| document.node(id).next)
    }

    fn first_element_child(&self) -> Option<Self> {
        let document = self.matcher.document;
        let first = document.node(self.id).first?;
        if !self.step() {
            return None;
        }
        Self::new(self.matcher, first).or_else(|| {
            let at = Self { id: first, ..*self };
            at.next(|id| document.node(id).next)
        })
    }

    fn is_html_element_in_html_document(&self) -> bool {
        self.element.name.ns == ns!(html)
    }

    fn has_local_name(&self, name: &Name) -> bool {
        self.step() && self.element.name.local == name.0
    }

    fn has_namespace(&self, namespace: &Namespace) -> bool {
        self.element.name.ns == *namespace
    }

    fn is_same_type(&self, other: &Self) -> bool {
        self.element.name == other.element.name
    }

    fn attr_matches(
        &self,
        namespace: &NamespaceConstraint<&Namespace>,
        name: &Name,
        operation: &AttrSelectorOperation<&Text>,
    ) -> bool {
        let attributes = self.element.attributes.iter();
        let mut named = attributes.filter(|attribute| {
            attribute.name.local == name.0
                && match namespace {
                    NamespaceConstraint::Any => true,
                    NamespaceConstraint::Specific(ns) => attribute.name.ns == **ns,
                }
        });
        // A comparison takes as long as the value.
        const STEP: usize = 16;
        self.step()
            && named.any(|attribute| {
                let steps = &self.matcher.steps;
                steps.set(steps.get().saturating_add(attribute.value.len() / STEP));
                operation.eval_str(&attribute.value)
            })
    }

    fn match_non_ts_pseudo_class(
        &self,
        class: &PseudoClass,
        context: &mut MatchingContext<'_, Implementation>,
    ) -> bool {
        match class {
            PseudoClass::Link => self.element.is_link(),
            PseudoClass::State(state) => {
                // A look at a control costs more than one at an element.
                const STEPS: usize = 4;
                let control = Control {
                    document: self.matcher.document,
                    id: self.id,
                    element: self.element,
                    step: &|| (0..STEPS).all(|_| self.step()),
                };
                self.step() && control.is(*state)
            }
            PseudoClass::Language(languages) => {
                let own = self.inherited(&local_name!("lang")).to_ascii_lowercase();
                languages.iter().any(|language| {
                    let rest = own.strip_prefix(&**language);
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
                })
            }
            PseudoClass::Direction { right_to_left } => {
                let own = self.inherited(&local_name!("dir"));
                own.eq_ignore_ascii_case("rtl") == *right_to_left
            }
            PseudoClass::Parent(place) => self.matches_parent(*place, context),
            PseudoClass::Element(id) => self.id == *id,
            PseudoClass::Never => false,
            PseudoClass::Always => true,
        }
    }

    fn match_pseudo_element(
        &self,
        _: &PseudoElement,
        _: &mut MatchingContext<'_, Implementation>,
    ) -> bool {
        false
    }

    fn apply_selector_flags(&self, _: ElementSelectorFlags) {}

    fn is_link(&self) -> bool {
        self.element.is_link()
    }

    fn is_html_slot_element(&self) -> bool {
        false
    }

    fn has_id(&self, id: &Name, case: CaseSensitivity) -> bool {
        let value = self.value(&local_name!("id"));
        self.step() && value.is_some_and(|value| case.eq(value.as_bytes(), id.0.as_bytes()))
    }

    fn has_class(&self, name: &Name, case: CaseSensitivity) -> bool {
        let classes = self.value(&local_name!("class")).unwrap_or_default();
        let name = name.0.as_bytes();
        let steps = &self.matcher.steps;
        steps.set(steps.get().saturating_add(classes.len() / 64));
        let mut classes = classes.split_ascii_whitespace().map(str::as_bytes);
        self.step() && classes.any(|class| case.eq(class, name))
    }

    fn has_custom_state(&self, _: &Name) -> bool {
        false
    }

    fn imported_part(&self, _: &Name) -> Option<Name> {
        None
    }

    fn is_part(&self, _: &Name) -> bool {
        false
    }

    fn is_empty(&self) -> bool {
        let document = self.matcher.document;
        self.step()
            && document
                .children(self.id)
                .all(|child| match &document.node(child).content {
                    Content::Element(_) => false,
                    Content::Text(text) => text.is_empty(),
                    Content::Other => self.step(),
                })
    }

    fn is_root(&self) -> bool {
        self.step() && self.matcher.document.node(self.id).parent == Some(NodeId::ROOT)
    }

    fn add_element_unique_hashes(&self, _: &mut BloomFilter) -> bool {
        false
    }
}
