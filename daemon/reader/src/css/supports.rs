//! Conditions of `@supports` and `@import`: what Chromium supports.

use super::{
    Invalid,
    cascade_layers::{self, LayerName},
    conditions::{self, Truth, condition},
    declarations, selector,
};
use cssparser::{ParseError, Parser, Token, match_ignore_ascii_case};
use std::sync::LazyLock;

/// Parses the condition of `@supports`. Returns whether it is true.
pub(super) fn condition_holds(input: &mut Parser<'_>) -> bool {
    condition(input, &supports_feature) == Ok(Some(true)) && input.is_exhausted()
}

/// Parses what follows the address of `@import`: a layer, a condition, and media queries. Returns the
/// layer, and whether the sheet applies.
pub(super) fn import(input: &mut Parser<'_>) -> (Option<LayerName>, bool) {
    let word = input.try_parse(|input| input.expect_ident_matching("layer"));
    let named = |input: &mut Parser<'_>| {
        input.expect_function_matching("layer")?;
        input.parse_nested_block(cascade_layers::name)
    };
    let layer = match word {
        Ok(()) => Some(LayerName::new()),
        Err(_) => input.try_parse(named).ok(),
    };
    let supported = input.try_parse(|input| {
        input.expect_function_matching("supports")?;
        input.parse_nested_block(|input| {
            let condition = input.try_parse(|input| match condition_holds(input) {
                true => Ok(()),
                false => Err(()),
            });
            let truth = condition.is_ok() || supports_feature(None, input) == Some(true);
            while input.next().is_ok() {}
            Ok::<bool, ParseError<Invalid>>(truth)
        })
    });
    (layer, supported.unwrap_or(true) && conditions::media(input))
}

/// Parses the argument of `supports()` in a value: one declaration or a condition.
pub(crate) fn argument(input: &mut Parser<'_>) -> Truth {
    let condition = input.try_parse(|input| condition(input, &supports_feature));
    condition.unwrap_or_else(|()| supports_feature(None, input))
}

fn supports_feature(function: Option<&str>, input: &mut Parser<'_>) -> Truth {
    let word = |input: &mut Parser<'_>, known: &[&str]| {
        let name = input.expect_ident_or_string().cloned();
        let known = known.iter().any(|known| {
            name.as_ref()
                .is_ok_and(|name| name.eq_ignore_ascii_case(known))
        });
        Some(known && input.is_exhausted())
    };
    match function {
        Some(name) => match_ignore_ascii_case! { name,
            "selector" => Some(selector::is_valid(input)),
            "font-tech" => word(input, FONT_TECHNOLOGIES),
            "font-format" => word(input, &["woff", "woff2", "opentype", "truetype", "collection"]),
            "at-rule" => match input.next() {
                Ok(Token::AtKeyword(name)) => {
                    Some(AT_RULES.iter().any(|known| name.eq_ignore_ascii_case(known)))
                },
                _ => Some(false),
            },
            _ => Some(false),
        },
        None => {
            let name = input.expect_ident_cloned().ok()?;
            input.expect_colon().ok()?;
            let start = input.position();
            while input.next().is_ok() {}
            let text = input.slice_from(start);
            if name.starts_with("--") {
                return Some(true);
            }
            let name = name.to_ascii_lowercase();
            let is_supported = PROPERTIES.binary_search(&name.as_str()).is_ok();
            // The values of a property that changes nothing here are not known.
            let is_other = !declarations::is_known(&name);
            Some(is_supported && (is_other || declarations::is_valid(&name, text)))
        }
    }
}

/// The properties of Chromium 156, in the order of their bytes: those of the style of an element for
/// which `CSS.supports(name, "inherit")` is true.
static PROPERTIES: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("supports.txt").lines().collect());

/// Technologies of fonts that Chromium supports.
const FONT_TECHNOLOGIES: &[&str] = &[
    "color-colrv0",
    "color-colrv1",
    "color-sbix",
    "color-cbdt",
    "features-aat",
    "features-opentype",
    "palettes",
    "variations",
];

/// Rules that Chromium supports.
const AT_RULES: &[&str] = &[
    "container",
    "counter-style",
    "font-face",
    "font-feature-values",
    "font-palette-values",
    "function",
    "import",
    "keyframes",
    "layer",
    "media",
    "namespace",
    "page",
    "position-try",
    "property",
    "scope",
    "starting-style",
    "supports",
    "view-transition",
    "-webkit-keyframes",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_can_be_searched() {
        assert!(PROPERTIES.is_sorted());
        assert!(PROPERTIES.len() > 500);
    }

    #[test]
    fn supported_properties_are_those_of_a_browser() {
        for yes in [
            "(display: grid)",
            "(display: none) and (color: red)",
            "not (display: nonsense)",
            "(-moz-appearance: none) or (opacity: 0.5)",
            "selector(a > b)",
            "(Text-Wrap: balance)",
        ] {
            assert!(condition_holds(&mut Parser::new(yes)), "{yes}");
        }
        for no in [
            "(display: nonsense)",
            "(-ms-ime-align: auto)",
            "(-webkit-overflow-scrolling: touch)",
            "(nonsense: 1px)",
            "not (display: block)",
            "x",
        ] {
            assert!(!condition_holds(&mut Parser::new(no)), "{no}");
        }
    }
}
