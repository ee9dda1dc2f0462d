//! An index of rules by the last part of their selectors, so that an element is compared with few.

use crate::css::{
    keyframes::Keyframes,
    nesting::Alternative,
    selector::OneSelector,
    sheet::{Rule, Rules},
};
use html5ever::LocalName;
use selectors::parser::Component;
use std::collections::HashMap;

/// A selector with the place of its rule.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) alternative: Alternative,
    /// Number of the rule in order of the sheets.
    pub(super) rule: usize,
}

/// Rules by what an element must have to match them.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_id: HashMap<LocalName, Vec<Entry>>,
    by_class: HashMap<LocalName, Vec<Entry>>,
    by_name: HashMap<LocalName, Vec<Entry>>,
    other: Vec<Entry>,
    rules: Vec<Rule>,
    /// Keyframes of animations.
    pub(super) keyframes: Vec<Keyframes>,
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
                // A pseudo-element has no text of the mail.
                if !alternative.selector.has_pseudo_element() {
                    index.add(Entry {
                        alternative: alternative.clone(),
                        rule: at,
                    });
                }
            }
        }
        index
    }

    fn add(&mut self, entry: Entry) {
        // Documents for old browsers ignore the case of names.
        let lower = |name: &LocalName| LocalName::from(name.to_ascii_lowercase());
        match key(&entry.alternative.selector) {
            Key::Id(name) => self.by_id.entry(lower(&name)).or_default().push(entry),
            Key::Class(name) => self.by_class.entry(lower(&name)).or_default().push(entry),
            Key::Name(name) => self.by_name.entry(lower(&name)).or_default().push(entry),
            Key::Other => self.other.push(entry),
        }
    }

    /// Returns whether there is no rule.
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Returns a rule.
    pub(super) fn rule(&self, at: usize) -> Option<&Rule> {
        self.rules.get(at)
    }

    /// Returns the entries that an element with these names may match.
    pub(super) fn candidates(
        &self,
        name: &str,
        id: Option<&str>,
        classes: &str,
    ) -> impl Iterator<Item = &Entry> {
        let lower = |name: &str| LocalName::from(name.to_ascii_lowercase());
        let by_id = id.and_then(|id| self.by_id.get(&lower(id)));
        let by_name = self.by_name.get(&lower(name));
        let mut seen: Vec<&str> = Vec::new();
        let by_class = classes
            .split_ascii_whitespace()
            .take(100)
            .filter(move |class| {
                let new = !seen.contains(class);
                seen.push(class);
                new
            })
            .filter_map(move |class| self.by_class.get(&lower(class)))
            .flatten();
        let named = by_id.into_iter().chain(by_name).flatten();
        named.chain(by_class).chain(&self.other)
    }
}

/// Returns the most selective part of the last compound of a selector.
fn key(selector: &OneSelector) -> Key {
    let mut found = Key::Other;
    for component in selector.iter() {
        found = match (component, found) {
            (Component::ID(name), _) => return Key::Id(name.0.clone()),
            (Component::Class(name), _) => Key::Class(name.0.clone()),
            (Component::LocalName(name), Key::Other) => Key::Name(name.lower_name.0.clone()),
            (_, found) => found,
        };
    }
    found
}
