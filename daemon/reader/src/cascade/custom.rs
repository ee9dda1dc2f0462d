//! The custom properties of an element. Their references are resolved here, so that children inherit
//! values, and not references to properties that they may define themselves.

use super::{
    apply::Context,
    computed::{Computed, Variables},
    rank::{Ranked, layer_of},
    variables::{Failure, substitute},
};
use crate::css::{property::Declared, registered::Registered};
use std::rc::Rc;

/// Memory of an entry of a map, in bytes.
const ENTRY: usize = 64;

/// Defines the custom properties of an element from its declarations, the strongest last.
pub(super) fn define(
    context: &Context<'_>,
    registered: &[Registered],
    declarations: &[Ranked],
    root: bool,
    style: &mut Computed,
) {
    if context.substitution.is_exceeded() {
        return;
    }
    let mut custom = Custom {
        context,
        registered,
        style,
    };
    for property in registered.iter().filter(|own| root || !own.inherits) {
        custom.set(&property.name, property.initial.as_ref());
    }
    let mut names: Vec<&Rc<str>> = Vec::new();
    for layer in declarations.chunk_by(|(a, _), (b, _)| layer_of(a) == layer_of(b)) {
        let is_custom = |(_, declared): &Ranked| matches!(declared, Declared::Custom(..));
        if !layer.iter().any(is_custom) {
            continue;
        }
        let below = custom.style.inherited.variables.clone();
        for (_, declared) in layer {
            if let Declared::Custom(name, text) = declared {
                custom.declare(name, text, below.as_deref());
                names.push(name);
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    custom.resolve(&names);
}

struct Custom<'a> {
    context: &'a Context<'a>,
    registered: &'a [Registered],
    style: &'a mut Computed,
}

impl Custom<'_> {
    fn get(&self, name: &str) -> Option<&Rc<str>> {
        self.style.inherited.variables.as_deref()?.get(name)
    }

    /// Sets a property, or takes its value away.
    fn set(&mut self, name: &Rc<str>, text: Option<&Rc<str>>) {
        if self.get(name) == text {
            return;
        }
        let variables = self.style.inherited().variables.get_or_insert_default();
        // A map that other elements share is copied.
        let copied = match Rc::strong_count(variables) > 1 {
            true => variables.len() * ENTRY,
            false => 0,
        };
        let bytes = text.map_or(0, |text| text.len()) + name.len() + copied;
        if self.context.substitution.spend(bytes) {
            let variables = Rc::make_mut(variables);
            match text {
                Some(text) => variables.insert(Rc::clone(name), Rc::clone(text)),
                None => variables.remove(name),
            };
        }
    }

    fn registered(&self, name: &str) -> Option<&Registered> {
        self.registered.iter().rev().find(|own| *own.name == *name)
    }

    fn initial(&self, name: &str) -> Option<Rc<str>> {
        self.registered(name)?.initial.clone()
    }

    fn inherited(&self, name: &str) -> Option<Rc<str>> {
        let parent = self.context.parent.inherited.variables.as_deref();
        match parent.and_then(|variables| variables.get(name)) {
            Some(text) => Some(Rc::clone(text)),
            None => self.initial(name),
        }
    }

    /// Returns the value of a property whose declaration has none.
    fn unset(&self, name: &str) -> Option<Rc<str>> {
        match self.registered(name).is_none_or(|own| own.inherits) {
            true => self.inherited(name),
            false => self.initial(name),
        }
    }

    fn declare(&mut self, name: &Rc<str>, text: &Rc<str>, below: Option<&Variables>) {
        const LONGEST_KEYWORD: usize = "revert-layer".len();
        let word = text.get(..LONGEST_KEYWORD + 1).map_or(&**text, |_| "");
        let value = match word.to_ascii_lowercase().as_str() {
            "initial" => self.initial(name),
            "inherit" => self.inherited(name),
            "unset" | "revert" => self.unset(name),
            "revert-layer" | "revert-rule" => below.and_then(|all| all.get(name)).cloned(),
            _ => Some(Rc::clone(text)),
        };
        self.set(name, value.as_ref());
    }

    /// Replaces the texts of properties by their values.
    fn resolve(&mut self, names: &[&Rc<str>]) {
        // A long chain of references is short if its end is resolved first.
        let (left, mut invalid) = self.resolve_each(names.iter().copied());
        let (left, more) = self.resolve_each(left.into_iter().rev());
        if !left.is_empty() {
            self.context.substitution.exceed();
        }
        // Until here the texts show which properties refer to themselves.
        invalid.extend(more);
        invalid.extend(left);
        for name in invalid {
            let unset = self.unset(name);
            self.set(name, unset.as_ref());
        }
    }

    /// Returns the properties that exceed a limit, and those that are invalid.
    fn resolve_each<'n>(
        &mut self,
        names: impl Iterator<Item = &'n Rc<str>>,
    ) -> (Vec<&'n Rc<str>>, Vec<&'n Rc<str>>) {
        let (mut left, mut invalid) = (Vec::new(), Vec::new());
        for name in names {
            match self.value(name) {
                Ok(Some(value)) => self.set(name, Some(&value.into())),
                Ok(None) => {}
                Err(Failure::Limit) => left.push(name),
                Err(_) => invalid.push(name),
            }
        }
        (left, invalid)
    }

    /// Returns the value of a property if its text is another one.
    fn value(&self, name: &str) -> Result<Option<String>, Failure> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let value = match text.contains('(') {
            true => {
                let variables = self.style.inherited.variables.as_deref();
                let none = Variables::new();
                let referred = self
                    .context
                    .referred(variables.unwrap_or(&none), self.style);
                let value = substitute(text, Some(name), referred, self.context.substitution)?;
                Some(value).filter(|value| **value != **text)
            }
            false => None,
        };
        let registered = self.registered(name);
        let permits = |own: &Registered| own.permits(value.as_deref().unwrap_or(text));
        match registered.is_none_or(permits) {
            true => Ok(value),
            false => Err(Failure::Invalid),
        }
    }
}
