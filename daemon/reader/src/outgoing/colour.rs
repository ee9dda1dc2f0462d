//! Colours, as far as they decide whether the text of an outgoing mail can be seen.

use crate::{
    css::colour::{self, Colour, Rgba},
    thresholds::{ALIKE_SENT, FAINTEST_SENT},
};
use cssparser::Parser;

/// Returns whether nothing of a colour can be seen.
pub(super) fn is_transparent(colour: Rgba) -> bool {
    colour.alpha < FAINTEST_SENT
}

/// Returns whether text of a colour cannot be told from its background.
pub(super) fn is_lost_on(colour: Rgba, background: Rgba) -> bool {
    let seen = colour.over(background.channels);
    let pairs = seen.iter().zip(background.channels);
    pairs
        .into_iter()
        .all(|(seen, below)| (seen - below).abs() <= ALIKE_SENT)
}

/// Returns the colour that a value consists of; `None` if there is none with known channels.
pub(super) fn only(value: &str) -> Option<Rgba> {
    match Parser::new(value).parse_entirely(colour::parse) {
        Ok(Colour::Known(colour)) => Some(colour),
        Ok(Colour::Current | Colour::Unknown) | Err(_) => None,
    }
}

/// Returns the first colour in a value; `None` if there is none with known channels.
pub(super) fn first(value: &str) -> Option<Rgba> {
    let mut parser = Parser::new(value);
    while !parser.is_exhausted() {
        match parser.try_parse(colour::parse) {
            Ok(Colour::Known(colour)) => return Some(colour),
            Ok(Colour::Current | Colour::Unknown) => {}
            Err(_) => {
                parser.next().ok()?;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_of_white_is_lost_on_white() {
        for white in [
            "#fff",
            "#FFFFFF",
            "white",
            "rgb(255,255,255)",
            "rgb(255 255 255)",
            "rgb(100%,100%,100%)",
            "rgba(250,250,250,1)",
            "hsl(0,0%,100%)",
            "hwb(0 100% 0%)",
            "oklch(1 0 0)",
            "lab(100 0 0)",
            "rgb(1e9 1e9 1e9)",
            "#fefefe",
            "rgba(0,0,0,0.01)",
            "#ffff",
            "snow",
            "transparent",
            "!important white",
        ] {
            assert!(is_lost_on(first(white).unwrap(), Rgba::WHITE), "{white}");
        }
        for seen in [
            "#000",
            "red",
            "rgb(0,0,0)",
            "#ddd",
            "hsl(200,50%,40%)",
            "rgba(0,0,0,.5)",
        ] {
            assert!(!is_lost_on(first(seen).unwrap(), Rgba::WHITE), "{seen}");
        }
        assert_eq!(first("no-repeat url(white) red"), first("#f00"));
        assert_eq!(first("inherit"), None);
        assert_eq!(first("var(--x)"), None);
    }
}
