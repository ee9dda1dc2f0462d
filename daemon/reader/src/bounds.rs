//! Inputs that would cost much more than their size, in a small form. The counts of nodes and of
//! written bytes must grow no faster than the input; the release measurement is in `tests/reader`.

use crate::{
    cascade, document,
    limits::{MAX_NODES, MAX_OUTPUT, MAX_SHEETS},
    read,
};

/// Returns an input for a number of repetitions.
type Input = fn(usize) -> String;

/// Kinds of inputs.
const INPUTS: [(&str, Input); 22] = [
    ("fonts", |n| format!("<p>{}{}", fonts(60), "<p>x".repeat(n))),
    ("bold", |n| {
        format!("{}{}", "<b><i>".repeat(n), "<p>x</b>".repeat(n))
    }),
    ("divs", |n| "<div>".repeat(n)),
    ("quotes", |n| "<blockquote>text".repeat(n)),
    ("lists", |n| "<ul><li>x".repeat(n)),
    ("tables", |n| "<table><tr><td>a<td>b".repeat(n)),
    ("wide cells", |n| {
        format!(
            "<table>{}",
            "<tr><th>a<td colspan=1000 rowspan=9999>b".repeat(n)
        )
    }),
    ("long cell", |n| {
        format!(
            "<table><tr><th>a<th>{}{}",
            "b".repeat(n),
            "<tr><td>1<td>2".repeat(n)
        )
    }),
    ("attributes", |n| {
        let all: String = (0..n).map(|at| format!(" a{at}=1")).collect();
        format!("<p{all}>text")
    }),
    ("unclosed calculations", |n| {
        format!("<p style=\"width:{}\">x", "calc(".repeat(n))
    }),
    ("unclosed rules", |n| {
        format!("<style>{}</style>x", "a{".repeat(n))
    }),
    ("variables that double", |n| {
        let all: String = (1..60)
            .map(|at| format!("--v{at}:var(--v{0})var(--v{0});", at - 1))
            .collect();
        format!(
            "<style>p{{--v0:xx;{all}width:var(--v59)}}</style>{}",
            "<p>x".repeat(n)
        )
    }),
    ("rules for all", |n| {
        format!(
            "<style>{}</style>{}",
            "* ~ *{color:red}".repeat(n),
            "<b>x</b>".repeat(n)
        )
    }),
    ("long selectors", |n| {
        format!(
            "<style>{}b{{color:red}}</style>{}",
            "* ".repeat(n),
            "<div>".repeat(400)
        )
    }),
    (":has", |n| {
        format!(
            "<style>{}</style>{}",
            ":has(.z){color:red}".repeat(n),
            "<p>x".repeat(n)
        )
    }),
    ("embedded image", |n| {
        format!("<img src='data:image/png;base64,{}'>x", "A".repeat(n))
    }),
    ("references", |n| "&amp;&lt;".repeat(n)),
    ("links", |n| "<a href='https://a.example/'>b<br>".repeat(n)),
    ("long address", |n| {
        format!("<a href='https://a.example/{}'>b", "x".repeat(n))
    }),
    ("comments", |n| "<!-- x --!>".repeat(n)),
    ("stars", |n| "*a* _b_ [c](d) `e`".repeat(n)),
    ("options", |n| {
        format!("<select>{}", "<option selected>x".repeat(n))
    }),
];

/// Returns elements that each paragraph repeats.
fn fonts(count: usize) -> String {
    (0..count)
        .map(|at| format!("<font color=#{at:03x}>"))
        .collect()
}

#[test]
fn costs_grow_no_faster_than_the_input() {
    const SIZES: [usize; 2] = [100, 200];
    for (name, input) in INPUTS {
        let [small, large] = SIZES.map(|count| {
            let html = input(count);
            let nodes = document::parse(&html).len();
            let written = read(Some(&html), None).markdown.len();
            assert!(nodes <= MAX_NODES + 1_000, "{name}: {nodes} nodes");
            assert!(written <= MAX_OUTPUT, "{name}: {written} bytes");
            (nodes, written)
        });
        assert!(
            large.0 <= small.0 * 5 / 2 + 100,
            "{name}: {small:?} {large:?}"
        );
        assert!(
            large.1 <= small.1 * 5 / 2 + 100,
            "{name}: {small:?} {large:?}"
        );
    }
}

#[test]
fn nodes_beyond_the_limit_are_text_without_markup() {
    let html = format!(
        "{}<p title='x'>visible <b>text</b></p><style>p{{}}</style>",
        "<br>".repeat(MAX_NODES)
    );
    let reading = read(Some(&html), None);
    assert_eq!(reading.markdown, "visible text");
    assert!(reading.findings.simplified);
}

#[test]
fn style_sheets_beyond_a_limit_are_reported() {
    let many: String = (0..2_000).map(|at| format!("--a{at}:x;")).collect();
    for sheet in [
        format!("div{{{many}}}"),
        format!("b{{color:red}}{}", " ".repeat(MAX_SHEETS)),
    ] {
        let html = format!(
            "<style>{sheet}</style>{}",
            "<div><b>x</b></div>".repeat(900)
        );
        let document = document::parse(&html);
        assert!(
            cascade::style(&document).incomplete,
            "{}",
            &sheet.get(..20).unwrap_or_default()
        );
    }
}

#[test]
fn hidden_text_beyond_a_limit_is_reported() {
    let cover = |text: &str| {
        format!(
            "<div style='position:relative'>{text}<div style='position:absolute;inset:0;background:#fff'>\
             </div></div>"
        )
    };
    let generated = "<style>b::after{content:'';position:absolute;inset:0;background:#fff}</style>";
    let attributes: String = (0..101).map(|at| format!(" a{at}")).collect();
    for html in [
        format!(
            "<style>p{{display:none;{}}}</style><p>secret",
            "a{zoom:1}".repeat(20_000)
        ),
        cover("x").repeat(100) + &cover("secret"),
        format!("{generated}{}", "<b>x</b>".repeat(5_000)),
        format!("<body{attributes}>secret<body style='visibility:hidden'>"),
    ] {
        let reading = read(Some(&html), None);
        let start = html.get(..60).unwrap_or_default();
        assert!(reading.findings.simplified, "{start}");
    }
}

#[test]
fn all_classes_of_an_element_count() {
    let classes: String = (0..500).map(|at| format!("c{at} ")).collect();
    let html = format!("<style>.h{{display:none}}</style><p class='{classes}h'>secret</p>shown");
    assert_eq!(read(Some(&html), None).markdown, "shown");
}

#[test]
fn a_long_part_is_cut() {
    let long = "word ".repeat(MAX_OUTPUT / 4);
    for reading in [read(Some(&long), None), read(None, Some(&long))] {
        assert!(reading.findings.cut);
        assert!(reading.markdown.len() <= MAX_OUTPUT);
    }
}
