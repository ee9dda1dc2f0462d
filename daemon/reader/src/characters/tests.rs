//! Invisible characters and lines.

use super::*;

#[test]
fn invisible_characters_are_removed_and_counted() {
    for (text, expected, removed) in [
        ("plain\ttext\n", "plain\ttext\n", 0),
        ("pass\u{200b}word", "password", 1),
        ("\u{202e}txt.exe\u{202c}", "txt.exe", 2),
        ("a\u{e0069}\u{e0067}\u{e006e}b", "ab", 3),
        ("\u{feff}bell\u{7}", "bell", 1),
        ("soft\u{ad}hyphen", "softhyphen", 0),
        ("don\u{92}t \u{81}", "don’t ", 1),
        // The padding of newsletters.
        ("Hi\u{200c} \u{200c} \u{200c}", "Hi  ", 3),
        ("a\u{fe06}\u{fe06}\u{fe0f}", "a", 3),
        ("é\u{200d}\u{200d}é", "éé", 2),
        ("ab\u{200f}c", "abc", 1),
        ("שלום\u{200f}\u{200e}\u{200f}!", "שלום\u{200f}!", 2),
        ("שלום\u{202e}", "שלום", 1),
    ] {
        let cleaned = clean(text);
        assert_eq!(cleaned.text, expected, "{text:?}");
        assert_eq!(cleaned.removed, removed, "{text:?}");
    }
}

#[test]
fn joiners_and_selectors_that_change_a_shape_are_kept() {
    for text in [
        // A family, the rainbow flag, a keycap, a heart as pictograph.
        "👩\u{200d}👩\u{200d}👧",
        "🏳\u{fe0f}\u{200d}🌈",
        "1\u{fe0f}\u{20e3}",
        "❤\u{fe0f}",
        "👩🏽\u{200d}💻",
        // The flags of England, Scotland, Wales and Texas.
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
        "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
        "🏴\u{e0075}\u{e0073}\u{e0074}\u{e0078}\u{e007f}",
        // Persian, Malayalam, Hindi, an ideograph with a variant.
        "می\u{200c}خواهم",
        "ه\u{200d}.ق پایه\u{200c}:",
        "അവന്\u{200d} പോയി",
        "क्\u{200d}ष",
        "葛\u{e0100}",
        // Marks of direction beside Arabic and Hebrew.
        "مرحبا\u{200f}!\u{61c} 12",
        "\u{200f}שלום\u{200e}",
    ] {
        let cleaned = clean(text);
        assert_eq!((cleaned.text.as_str(), cleaned.removed), (text, 0));
    }
}

#[test]
fn a_flag_of_an_unknown_region_loses_its_tags() {
    let tags: String = "secret"
        .chars()
        .filter_map(|c| char::from_u32(0xe0000 + u32::from(c)))
        .collect();
    let cleaned = clean(&format!("🏴{tags}\u{e007f}"));
    assert_eq!((cleaned.text.as_str(), cleaned.removed), ("🏴", 7));
}

#[test]
fn each_line_separator_is_a_line_break() {
    assert_eq!(
        clean("a\rb\r\nc\u{c}d\u{85}e\u{2028}f\u{2029}g\u{b}h").text,
        "a\nb\nc\nd\ne\nf\ng\nh"
    );
    assert_eq!(line("a\r\nBcc: b\u{202e} "), "a Bcc: b");
}
