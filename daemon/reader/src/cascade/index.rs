//! An index of rules by the last part of their selectors, so that an element is compared with few.

use crate::css::{
    keyframes::Keyframes,
    nesting::Alternative,
    selector::{OneSelector, PseudoElement},
    sheet::{Rule, Rules},
};
use html5ever::LocalName;
use selectors::parser::Component;
use std::collections::{HashMap, HashSet};

/// A selector with the place of its rule.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) alternative: Alternative,
    /// Number of the rule in order of the sheets.
    pub(super) rule: usize,
}

/// A box of an element to which rules apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The element.
    Element,
    /// A box before its content.
    Before,
    /// A box after its content.
    After,
}

impl Part {
    /// Returns the part that a selector is for; `None` if its style has no effect.
    fn of(selector: &OneSelector) -> Option<Self> {
        match selector.pseudo_element() {
            None => Some(Self::Element),
            Some(PseudoElement::Before) => Some(Self::Before),
            Some(PseudoElement::After) => Some(Self::After),
            Some(PseudoElement::Other) => None,
        }
    }
}

/// Rules by what an element must have to match them.
#[derive(Debug, Default)]
pub(super) struct Index {
    of_elements: Entries,
    before: Entries,
    after: Entries,
    rules: Vec<Rule>,
    /// Keyframes of animations.
    pub(super) keyframes: Vec<Keyframes>,
}

/// Selectors for one part of an element, by what the element must have.
#[derive(Debug, Default)]
struct Entries {
    by_id: HashMap<LocalName, Vec<Entry>>,
    by_class: HashMap<LocalName, Vec<Entry>>,
    by_name: HashMap<LocalName, Vec<Entry>>,
    other: Vec<Entry>,
    is_used: bool,
}

/// What an element must have.
enum Key {
    Id(LocalName),
    Class(LocalName),
    Name(LocalName),
    Other,
}

impl Index {
    pub(super) fn new(rules: Rules) -> Self {
        let mut index = Self {
            rules: rules.all,
            keyframes: rules.keyframes,
            ..Self::default()
        };
        for at in 0..index.rules.len() {
            let selectors = index.rules.get(at).map(|rule| rule.selectors.clone());
            for alternative in selectors.iter().flat_map(|selectors| selectors.iter()) {
                let entries = match Part::of(&alternative.selector) {
                    Some(Part::Element) => &mut index.of_elements,
                    Some(Part::Before) => &mut index.before,
                    Some(Part::After) => &mut index.after,
                    None => continue,
                };
                entries.add(Entry {
                    alternative: alternative.clone(),
                    rule: at,
                });
            }
        }
        index
    }

    /// Returns whether there is no rule for a part of an element.
    pub(super) fn is_empty(&self, part: Part) -> bool {
        !self.entries(part).is_used
    }

    fn entries(&self, part: Part) -> &Entries {
        match part {
            Part::Element => &self.of_elements,
            Part::Before => &self.before,
            Part::After => &self.after,
        }
    }

    /// Returns a rule.
    pub(super) fn rule(&self, at: usize) -> Option<&Rule> {
        self.rules.get(at)
    }

    /// Returns the entries for a part of an element that an element with these names may match.
    pub(super) fn candidates(
        &self,
        part: Part,
        name: &str,
        id: Option<&str>,
        classes: &str,
    ) -> impl Iterator<Item = &Entry> {
        let lower = |name: &str| LocalName::from(name.to_ascii_lowercase());
        let entries = self.entries(part);
        let by_id = id.and_then(|id| entries.by_id.get(&lower(id)));
        let by_name = entries.by_name.get(&lower(name));
        let mut seen = HashSet::new();
        let by_class = classes
            .split_ascii_whitespace()
            .filter(move |class| seen.insert(*class))
            .filter_map(move |class| entries.by_class.get(&lower(class)))
            .flatten();
        let named = by_id.into_iter().chain(by_name).flatten();
        named.chain(by_class).chain(&entries.other)
    }
}

impl Entries {
    fn add(&mut self, entry: Entry) {
        // Documents for old browsers ignore the case of names.
        let lower = |name: &LocalName| LocalName::from(name.to_ascii_lowercase());
        self.is_used = true;
        match key(&entry.alternative.selector) {
            Key::Id(name) => self.by_id.entry(lower(&name)).or_default().push(entry),
            Key::Class(name) => self.by_class.entry(lower(&name)).or_default().push(entry),
            Key::Name(name) => self.by_name.entry(lower(&name)).or_default().push(entry),
            Key::Other => self.other.push(entry),
        }
    }
}

/// Returns the most selective part of the last compound of a selector that is about an element.
fn key(selector: &OneSelector) -> Key {
    let mut found = Key::Other;
    let mut components = selector.iter();
    if selector.has_pseudo_element() {
        components.by_ref().for_each(drop);
        components.next_sequence();
    }
    for component in components {
        found = match (component, found) {
            (Component::ID(name), _) => return Key::Id(name.0.clone()),
            (Component::Class(name), _) => Key::Class(name.0.clone()),
            (Component::LocalName(name), Key::Other) => Key::Name(name.lower_name.0.clone()),
            (_, found) => found,
        };
    }
    found
}
