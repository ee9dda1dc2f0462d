//! Cascade layers: a tree of names, and the order of the layers (CSS Cascade 5, 6.4.3).

use super::{Parsed, invalid};
use cssparser::{Parser, Token};
use std::{collections::HashMap, rc::Rc};

/// Number of a layer. Rules without a layer are in the outermost one.
pub(super) type LayerId = u16;

/// The outermost layer.
pub(super) const OUTERMOST: LayerId = 0;

/// Name of a layer inside another one: the names from the outer to the inner one. A layer without a
/// name is unlike all others.
pub(super) type LayerName = Vec<Rc<str>>;

/// All layers of the style sheets of a document.
#[derive(Debug)]
pub(super) struct Layers {
    children: Vec<Vec<LayerId>>,
    named: HashMap<(LayerId, Rc<str>), LayerId>,
}

impl Default for Layers {
    fn default() -> Self {
        Self {
            children: vec![Vec::new()],
            named: HashMap::new(),
        }
    }
}

impl Layers {
    /// Returns the layer with a name inside another layer. Returns `None` if there are too many.
    pub(super) fn find(&mut self, outer: LayerId, name: &[Rc<str>]) -> Option<LayerId> {
        if name.is_empty() {
            return self.add(outer);
        }
        let mut at = outer;
        for part in name {
            let key = (at, Rc::clone(part));
            at = match self.named.get(&key) {
                Some(known) => *known,
                None => {
                    let new = self.add(at)?;
                    self.named.insert(key, new);
                    new
                }
            };
        }
        Some(at)
    }

    fn add(&mut self, outer: LayerId) -> Option<LayerId> {
        let new = LayerId::try_from(self.children.len()).ok()?;
        self.children.push(Vec::new());
        self.children.get_mut(usize::from(outer))?.push(new);
        Some(new)
    }

    /// Returns the rank of each layer. A layer is stronger than those inside it, and than those that
    /// were named before.
    pub(super) fn ranks(&self) -> Vec<u16> {
        let mut ranks = vec![0; self.children.len()];
        let mut rank = u16::MAX;
        let mut open = vec![OUTERMOST];
        while let Some(layer) = open.pop() {
            if let Some(place) = ranks.get_mut(usize::from(layer)) {
                *place = rank;
            }
            rank = rank.saturating_sub(1);
            open.extend(self.children.get(usize::from(layer)).into_iter().flatten());
        }
        ranks
    }
}

/// Parses a name such as `outer.inner`.
pub(super) fn name(input: &mut Parser<'_>) -> Parsed<LayerName> {
    let mut parts: LayerName = vec![(&**input.expect_ident()?).into()];
    while let Ok(part) = input.try_parse(|input| {
        let dot = matches!(input.next_including_whitespace(), Ok(Token::Delim('.')));
        match input.next_including_whitespace() {
            Ok(Token::Ident(part)) if dot => Ok(Rc::from(&**part)),
            _ => invalid(),
        }
    }) {
        parts.push(part);
    }
    Ok(parts)
}

/// Parses the names of a rule, which may have none.
pub(super) fn names(input: &mut Parser<'_>) -> Parsed<Vec<LayerName>> {
    match input.is_exhausted() {
        true => Ok(Vec::new()),
        false => input.parse_comma_separated(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_and_earlier_layers_are_weaker() {
        let mut layers = Layers::default();
        let mut add = |text: &str, outer| {
            let name = name(&mut Parser::new(text)).unwrap_or_default();
            layers.find(outer, &name).unwrap()
        };
        let inner = add("a.b", OUTERMOST);
        let outer = add("a", OUTERMOST);
        let second = add("c", OUTERMOST);
        let unnamed = add("", OUTERMOST);
        let late = add("d", outer);
        assert_eq!(add("a.b", OUTERMOST), inner);
        assert_ne!(add("", OUTERMOST), unnamed);
        let ranks = layers.ranks();
        let order = [inner, late, outer, second, unnamed, OUTERMOST];
        let ranks = order.map(|layer| ranks.get(usize::from(layer)).copied());
        assert!(ranks.is_sorted() && ranks.last() == Some(&Some(u16::MAX)));
    }
}
