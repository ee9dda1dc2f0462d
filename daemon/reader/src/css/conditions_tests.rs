//! Media queries.

use super::*;

#[test]
fn a_screen_of_medium_width_in_a_light_room_is_assumed() {
    for yes in [
        "",
        "screen",
        "all",
        "only screen and (min-width:600px)",
        "(max-width: 900px)",
        "not print",
        "print, screen",
        "(width >= 37.5em)",
        "(400px < width <= 900px)",
        "screen and (-webkit-min-device-pixel-ratio:0)",
        "(prefers-color-scheme: light)",
        "not all and (prefers-color-scheme: dark)",
        "(min-width:100px) and (not (max-width:50px))",
        "(hover)",
    ] {
        assert!(media(&mut Parser::new(yes)), "{yes}");
    }
    for no in [
        "print",
        "(max-width:600px)",
        "only screen and (max-width: 480px)",
        "(prefers-color-scheme:dark)",
        "not screen",
        "(unknown: 1)",
        "not all and (unknown: 1)",
        "(width < 600px)",
        "screen and",
        "(monochrome)",
    ] {
        assert!(!media(&mut Parser::new(no)), "{no}");
    }
}
