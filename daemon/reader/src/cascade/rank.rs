//! The order of declarations.

use crate::css::property::Declared;

/// Rank of a declaration: importance, layer, specificity, nearness of the root of its scope, order.
pub(super) type Rank = (bool, u16, u32, u32, usize);

/// A declaration with its rank.
pub(super) type Ranked = (Rank, Declared);

/// Returns what distinguishes layers: importance, layer, and whether it is a `style` attribute.
pub(super) fn layer_of((important, layer, specificity, ..): &Rank) -> (bool, u16, bool) {
    (*important, *layer, *specificity == INLINE)
}

/// Layer of the `style` attribute, above all layers of style sheets.
pub(super) const INLINE: u32 = u32::MAX;
