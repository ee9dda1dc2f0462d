//! Colours in all notations.

use super::*;

fn channels(text: &str) -> Option<([u8; 3], f32)> {
    let mut input = Parser::new(text);
    match input.parse_entirely(|input| parse(input)).ok()? {
        Colour::Known(Rgba { channels, alpha }) => {
            // The channels are between 0 and 255.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            Some((channels.map(|channel| channel.round() as u8), alpha))
        }
        Colour::Current | Colour::Unknown => None,
    }
}

#[test]
fn white_is_white_in_each_notation() {
    for white in [
        "white",
        "#fff",
        "#FFFFFFff",
        "rgb(255, 255, 255)",
        "rgb(100% 100% 100% / 1)",
        "rgba(255,255,255,1)",
        "hsl(0,0%,100%)",
        "hwb(0 100% 0%)",
        "lab(100 0 0)",
        "lch(100 0 0)",
        "oklab(1 0 0)",
        "oklch(1 0 0)",
        "color(srgb 1 1 1)",
        "color(display-p3 1 1 1)",
        "rgb(calc(250 + 5), 255, 255)",
        "light-dark(white, black)",
        "color-mix(in srgb, white 100%, black)",
        "Canvas",
    ] {
        assert_eq!(channels(white), Some(([255; 3], 1.0)), "{white}");
    }
}

#[test]
fn transparent_colours_have_no_opacity() {
    for none in [
        "transparent",
        "#0000",
        "#ffffff00",
        "rgba(0,0,0,0)",
        "hsla(0,0%,0%,0)",
        "rgb(0 0 0 / 0%)",
    ] {
        assert_eq!(channels(none).map(|(_, alpha)| alpha), Some(0.0), "{none}");
    }
    assert_eq!(
        channels("color-mix(in oklab, red, blue)").map(|(c, _)| c),
        Some([128, 0, 128])
    );
}

#[test]
fn other_words_are_no_colours() {
    for bad in [
        "",
        "inherit",
        "#ff",
        "rgb(1,2,3",
        "url(x)",
        "#gggggg",
        "12345",
        "none",
    ] {
        let unclosed = bad == "rgb(1,2,3";
        assert_eq!(channels(bad).is_some(), unclosed, "{bad}");
    }
}
