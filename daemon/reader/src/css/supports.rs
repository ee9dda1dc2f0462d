//! Conditions of `@supports` and `@import`: what Chromium supports.

use super::{
    Invalid,
    cascade_layers::{self, LayerName},
    conditions::{self, Truth, condition},
    declarations, selector,
};
use cssparser::{ParseError, Parser, Token, match_ignore_ascii_case};

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
            Some(match declarations::is_known(&name) {
                true => declarations::is_valid(&name, text),
                false => {
                    let name = name.to_ascii_lowercase();
                    !UNSUPPORTED.iter().any(|prefix| name.starts_with(prefix))
                }
            })
        }
    }
}

/// Beginnings of the names of properties that specifications or other browsers have.
const UNSUPPORTED: &[&str] = &[
    "-apple-",
    "-moz-",
    "-ms-",
    "-o-",
    "-webkit-aspect-ratio",
    "-webkit-hyphens",
    "-webkit-initial-letter",
    "-webkit-line-box-contain",
    "-webkit-line-grid",
    "-webkit-marquee",
    "-webkit-nbsp-mode",
    "-webkit-overflow-",
    "-webkit-text-decoration-skip",
    "-webkit-touch-",
    "-webkit-transform-3d",
    "azimuth",
    "behavior",
    "block-ellipsis",
    "block-step",
    "bookmark-",
    "color-adjust",
    "continue",
    "cue",
    "elevation",
    "float-",
    "flow-",
    "font-presentation",
    "font-smooth",
    "font-synthesis-position",
    "font-width",
    "footnote-",
    "hanging-punctuation",
    "ime-mode",
    "initial-letter-",
    "initial-letters",
    "inset-area",
    "layout-grid",
    "leading-trim",
    "line-clamp",
    "line-fit-edge",
    "line-grid",
    "line-snap",
    "margin-break",
    "marquee-",
    "mask-border",
    "max-lines",
    "mso-",
    "nav-",
    "pause",
    "pitch",
    "rest",
    "ruby-merge",
    "scroll-snap-coordinate",
    "scroll-snap-destination",
    "scroll-snap-points-",
    "shape-inside",
    "shape-padding",
    "speak-",
    "string-set",
    "text-align-all",
    "text-edge",
    "text-group-align",
    "text-space-",
    "voice-",
    "volume",
    "word-space-transform",
    "wrap-",
];

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
    fn supported_properties_are_those_of_a_browser() {
        for yes in [
            "(display: grid)",
            "(display: none) and (color: red)",
            "not (display: nonsense)",
            "(-moz-appearance: none) or (opacity: 0.5)",
            "selector(a > b)",
        ] {
            assert!(condition_holds(&mut Parser::new(yes)), "{yes}");
        }
        for no in [
            "(display: nonsense)",
            "(-ms-ime-align: auto)",
            "not (display: block)",
            "x",
        ] {
            assert!(!condition_holds(&mut Parser::new(no)), "{no}");
        }
    }
}
