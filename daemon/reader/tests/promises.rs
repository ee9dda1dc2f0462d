//! Promises of the reader for any content.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};
use tai_reader::{MAX_OUTPUT, characters, read};

/// Pieces of HTML that have caused trouble.
const PIECES: [&str; 48] = [
    "<p>",
    "</p>",
    "<div style=\"",
    "\">",
    "'>",
    "display:none",
    "font-size:0",
    ";",
    "color:#fff",
    "<table>",
    "<tr>",
    "<th>",
    "<td colspan=3 rowspan=9>",
    "</table>",
    "<style>",
    "</style>",
    ".a{",
    "}",
    "@media ",
    "@layer x;",
    "var(--a)",
    "--a:var(--b)",
    "calc(1px*",
    ")",
    "<a href=\"https://a.example/?utm_source=x\">",
    "</a>",
    "<b>",
    "<i>",
    "</b>",
    "<pre>",
    "<ul>",
    "<li>",
    "<blockquote>",
    "<svg>",
    "<math>",
    "<template>",
    "<select><option>",
    "<!--",
    "-->",
    "<![CDATA[",
    "&amp;",
    "&#x202e;",
    "\u{1f3f4}",
    "\u{200d}",
    "`",
    "**",
    "[x](y)",
    "\r",
];

/// Returns HTML of pieces and of any text.
fn html() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => select(PIECES.as_slice()).prop_map(str::to_owned),
        1 => ".{0,12}",
        1 => "[a-z0-9 <>=\"'/&;:{}()#.-]{0,12}",
    ];
    vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Returns the letters and digits of a text.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_html_is_read_within_the_limit(html in html()) {
        let reading = read(Some(&html), Some("text"));
        prop_assert!(reading.markdown.len() <= MAX_OUTPUT);
    }

    #[test]
    fn any_bytes_are_read(bytes in vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        for reading in [read(Some(&text), None), read(None, Some(&text))] {
            prop_assert!(reading.markdown.len() <= MAX_OUTPUT);
        }
    }

    #[test]
    fn any_style_sheet_is_read(sheet in html(), style in ".{0,60}") {
        let quoted = style.replace('"', "'");
        let html = format!("<style>{sheet}</style><p style=\"{quoted}\">x");
        prop_assert!(read(Some(&html), None).markdown.len() <= MAX_OUTPUT);
    }

    #[test]
    fn the_text_of_a_plain_paragraph_is_shown(text in ".{0,80}") {
        let reading = read(Some(&format!("<p>{}</p>", escape(&text))), None);
        prop_assert_eq!(letters(&reading.markdown), letters(&characters::clean(&text).text));
        prop_assert_eq!(reading.findings.hidden, 0);
    }

    #[test]
    fn text_between_hidden_blocks_is_shown(text in "[a-z]{1,9}", hidden in "[A-Z]{1,9}") {
        let html = format!(
            "<p>{text}</p><div style='display:none'>{hidden}</div><p>{text}</p>"
        );
        let reading = read(Some(&html), None);
        prop_assert_eq!(letters(&reading.markdown), text.repeat(2));
        prop_assert_eq!(reading.findings.hidden, 1);
    }

    #[test]
    fn a_text_part_loses_only_what_is_invisible(text in "(.|\n){0,80}") {
        let reading = read(None, Some(&text));
        let clean = characters::clean(&text).text;
        let lines: Vec<&str> = clean.lines().map(str::trim_end).collect();
        let lines = lines.join("\n");
        prop_assert_eq!(reading.markdown, lines.trim_matches('\n'));
    }

    #[test]
    fn a_cut_anywhere_does_no_harm(html in html(), at in any::<Index>()) {
        let places: Vec<usize> = html.char_indices().map(|(at, _)| at).collect();
        if !places.is_empty() {
            let cut = html.get(..*at.get(&places)).unwrap_or_default();
            prop_assert!(read(Some(cut), None).markdown.len() <= MAX_OUTPUT);
        }
    }
}
