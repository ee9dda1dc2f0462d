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
        "rgb(from white r g b)",
        "rgb(from black calc(255 - r) 255 255)",
        "rgb(from rgb(0 0 0 / .5) 255 calc(g + 255) 255 / 1)",
        "hsl(from red h s 100%)",
        "hsl(from blue h s calc(l + 50))",
        "hwb(from white h w b)",
        "oklab(from white l a b)",
        "oklch(from red 1 0 h)",
        "oklch(from black calc(l + 1) c h)",
        "lab(from white l a b)",
        "rgb(from rgb(from black 255 255 255) r g b)",
        "contrast-color(black)",
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
fn colours_are_made_from_others() {
    for (colour, expected) in [
        ("rgb(from #102030 r g b)", ([16, 32, 48], 1.0)),
        ("rgb(from #102030 b g r / 50%)", ([48, 32, 16], 0.5)),
        ("rgb(from rgb(1 2 3 / .25) r g b)", ([1, 2, 3], 0.25)),
        (
            "rgb(from rgb(1 2 3 / .25) r g b / calc(alpha * 2))",
            ([1, 2, 3], 0.5),
        ),
        ("hsl(from #336699 h s l)", ([51, 102, 153], 1.0)),
        ("hwb(from #996633 h w b)", ([153, 102, 51], 1.0)),
        ("oklch(from #336699 l c h)", ([51, 102, 153], 1.0)),
        ("lab(from #336699 l a b / .5)", ([51, 102, 153], 0.5)),
        ("contrast-color(white)", ([0, 0, 0], 1.0)),
        ("contrast-color(#222)", ([255, 255, 255], 1.0)),
    ] {
        assert_eq!(channels(colour), Some(expected), "{colour}");
    }
    for unknown in ["lch(from red l 0 h)", "rgb(from currentcolor r g b)"] {
        assert_eq!(channels(unknown), None, "{unknown}");
    }
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
