//! The text part of a mail, as a person reads it.

use crate::outgoing::{Format, compose};
use insta::assert_snapshot;

fn text(content: &str, format: Format) -> String {
    compose(content, format).unwrap().text
}

#[test]
fn the_text_part_of_a_markdown_mail_is_what_a_person_would_type() {
    assert_snapshot!(text("# Report\n\nDear <name>, see **all** of `Vec<String>` at\nhttps://a.example/x_y_z and \
        [the docs](https://docs.example/a?b=1&c=2), 5 * 3 = 15, SAVE_20_NOW.\n\n> > Is it done?\n> Who asks?\n\
        Yes, it is.\n\n- [ ] first\n- [x] second\n- third\n  - inner\n\n    paragraph\n\n3. three\n4. four\n\n\
        | Item | Price |\n|---|--:|\n| Tea | $4 |\n| 日本茶 | $10.50 |\n\n```rust\nfn main() {\n\n    x();\n}\n```\n\n---\n\n\
        ~~old~~ new\\\nx<sup>2</sup> ![a logo](https://c.example/l.png) <bob@example.com>\n\n## Next\n\n1\\. not a list", Format::Markdown), @r"
    Report
    ======

    Dear <name>, see all of Vec<String> at
    https://a.example/x_y_z and the docs (https://docs.example/a?b=1&c=2), 5 * 3 = 15, SAVE_20_NOW.

    > > Is it done?
    >
    > Who asks?

    Yes, it is.

    ☐ first
    ☑ second
    - third

      - inner

        paragraph

    3. three
    4. four

    Item     Price
    ------  ------
    Tea         $4
    日本茶  $10.50

    fn main() {

        x();
    }

    ----------

    ~~old~~ new
    x^2 [a logo] bob@example.com

    Next
    ----

    1. not a list
    ");
}

#[test]
fn the_text_part_of_an_html_mail_is_the_reading_of_its_html() {
    assert_snapshot!(text("<html><head><title>T</title></head><body><h1>Your <i>order</i></h1>\
        <div style=\"display:none\">Preheader</div>\
        <table><tr><td><img src=\"https://s.example/l.png\" alt=\"Shop\"></td></tr>\
        <tr><td><p>Dear Bob,</p><p>it has&nbsp;shipped.<br>Thanks</p></td></tr>\
        <tr><td><table><tr><td>Tea</td><td>2</td><td>$4.00</td></tr><tr><td>Cup</td><td>1</td><td>$7.50</td></tr></table></td></tr></table>\
        <table border=1><tr><th>Day</th><th>Hours</th></tr><tr><td>Monday</td><td align=right>8</td></tr></table>\
        <a href=\"https://s.example/track?id=1\"><img src=\"https://s.example/b.png\" alt=\"Track it\"></a>\
        <ol start=5><li>five<li><p>six</p><ul><li>a</ul></ol>\
        <blockquote>On Monday Bob wrote:<blockquote>older</blockquote></blockquote>\
        <pre>  code\n    more</pre><dl><dt>Term</dt><dd>Meaning</dd></dl>\
        <a href=\"https://example.com/\">example.com</a> <q>yes</q></body></html>", Format::Html), @r"
    Your order
    ==========

    [Shop]

    Dear Bob,

    it has shipped.
    Thanks

    Tea  2  $4.00
    Cup  1  $7.50

    Day     Hours
    ------  -----
    Monday      8

    [Track it] (https://s.example/track?id=1)

    5. five

    6. six

       - a

    > On Monday Bob wrote:
    >
    > > older

      code
        more

    Term
      Meaning
    example.com “yes”
    ");
}

#[test]
fn the_text_part_of_images_names_what_they_show_and_where_they_lead() {
    for (html, expected) in [
        (
            "<img src=\"https://a.example/x.png\">",
            "[image] (https://a.example/x.png)",
        ),
        ("<img src=\"cid:x\">", "[image]"),
        (
            "<a href=\"https://a.example/\"><img src=\"https://a.example/x.png\"></a>",
            "https://a.example/",
        ),
        (
            "<a href=\"https://a.example/\"><img alt=Sale src=\"https://a.example/x.png\"></a>",
            "[Sale] (https://a.example/)",
        ),
    ] {
        assert_eq!(text(html, Format::Html), expected, "{html}");
    }
}

#[test]
fn the_text_part_has_the_numbers_and_gaps_that_the_html_shows() {
    for (html, expected) in [
        ("<ol type=a start=3><li>x</ol>", "c. x"),
        ("<ol start=' 3'><li>x<li type=I>y</ol>", "3. x\nIV. y"),
        ("<ol style='list-style:none'><li>x</ol>", "x"),
        ("<ol style='list-style-type:'><li>x</ol>", "1. x"),
        ("<ol style='list-style:inside'><li>x</ol>", "- x"),
        ("<ol style='list-style:inherit'><li>x</ol>", "- x"),
        ("<ol><li style='list-style:inherit'>x</ol>", "1. x"),
        ("<ol style='list-style:revert'><li>x</ol>", "1. x"),
        (
            "<ul style='list-style-type:decimal'><li>x<li>y</ul>",
            "1. x\n2. y",
        ),
        (
            "<span style='padding-left:30px'>12</span><span style='margin:0 0 0 30px'>34</span>5",
            "12 345",
        ),
        ("1<b style='padding:0 4px'>2</b>3", "1 2 3"),
        ("2<span style='vertical-align:super'>3</span> m", "2^3 m"),
        (
            "10<sup>-3</sup> x<sup>n+1</sup> 1<sup>st</sup> a<sub>1</sub> 5<sub>2</sub>",
            "10^-3 x^n+1 1st a1 5_2",
        ),
        ("12<div style='display:inline'>34</div>", "1234"),
        (
            "<div style='display:flex;justify-content:space-between'><span>Room 1</span><span>20 EUR</span></div>",
            "Room 1 20 EUR",
        ),
        (
            "<div style='display:grid'>Room 1<b>20</b>EUR</div>",
            "Room 1 20 EUR",
        ),
        (
            "<span style='display:inline-flex;gap:9px'><span>Room 1</span><span>20</span></span>",
            "Room 1 20",
        ),
        (
            "<span style='display:inline-block;width:90px'>Room 1</span><span>20</span>",
            "Room 1 20",
        ),
        (
            "<span style='display:table-cell'>Room 1</span><span style='display:table-cell'>20</span>",
            "Room 1 20",
        ),
        (
            "<div style='display:inline-block'>Qty:</div><div style='display:inline-block'>10</div>",
            "Qty: 10",
        ),
        ("a<span style='display:block'>b</span>c", "a\nb\nc"),
        ("<div style='white-space:pre'>a\n  b</div>", "a\n  b"),
    ] {
        let parts = crate::outgoing::parts(html, Format::Html).unwrap();
        assert_eq!(parts.text, expected, "{html}");
        assert_eq!(parts.preview.warning, "", "{html}: {}", parts.html);
    }
}

#[test]
fn a_box_at_the_right_is_apart_and_a_large_first_letter_is_not() {
    for (html, expected) in [
        (
            "<span style='float:right'>20 EUR</span><span>Room 1</span>",
            "20 EUR Room 1",
        ),
        (
            "<span style='float:left'>O</span>n<span style='display:inline-block'>ce</span>",
            "Once",
        ),
    ] {
        assert_eq!(text(html, Format::Html), expected, "{html}");
    }
}

#[test]
fn a_formula_keeps_its_numbers_apart() {
    for (formula, expected) in [
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
        ("<msup><mi>x</mi><mn>2</mn></msup>", "x^2"),
        ("<msub><mi>a</mi><mn>1</mn></msub>", "a_1"),
    ] {
        let html = format!("<p><math>{formula}</math></p>");
        assert_eq!(text(&html, Format::Html), expected, "{html}");
        assert_eq!(crate::read(Some(&html), None).markdown, expected, "{html}");
    }
}

#[test]
fn html_without_a_tag_is_composed_as_markdown() {
    let content = "Dear Bob,\n\nline1\nline2 & **bold** a < b\n\nAnn";
    assert_eq!(
        text(content, Format::Html),
        "Dear Bob,\n\nline1\nline2 & bold a < b\n\nAnn"
    );
}

#[test]
fn spaces_of_a_layout_leave_no_empty_lines() {
    let html = "<table><tr><td>&nbsp;</td></tr><tr><td>a</td></tr><tr><td>&nbsp;</td></tr>\
        <tr><td>&nbsp;</td></tr><tr><td>b</td></tr></table>";
    assert_eq!(text(html, Format::Html), "a\nb");
}

#[test]
fn a_table_is_not_padded_beyond_its_content() {
    let row = "<tr><td>y</td><td>z</td></tr>".repeat(2_000);
    let html = format!(
        "<table border=1><tr><td>{}</td><td>z</td></tr>{row}</table>",
        "x".repeat(39)
    );
    assert!(text(&html, Format::Html).len() < 30_000);
}

#[test]
fn the_text_below_a_table_is_no_row() {
    for (content, expected) in [
        (
            "|x|y|\n|-|-|\n|a|b|\n-- \nAnn\nLee",
            "x  y\n-  -\na  b\n\n-- \nAnn\nLee",
        ),
        (
            "- |x|y|\n  |-|-|\n  |a|b|\n  text",
            "- x  y\n  -  -\n  a  b\n\n  text",
        ),
        ("x | y\n-|-\n1 | 2\n3\n4 | 5", "x  y\n-  -\n1  2\n3\n4  5"),
        ("|x|\n|-|\na\nb", "x\na\nb"),
        ("    |x|y|\n    |-|-|\n    z", "|x|y|\n|-|-|\nz"),
        (
            "- a\n\n      |x|y|\n      |-|-|\n      z",
            "- a\n\n  |x|y|\n  |-|-|\n  z",
        ),
        ("<pre>\n|x|y|\n|-|-|\nz\n</pre>", "|x|y|\n|-|-|\nz"),
        ("<div>\n|x|y|\n|-|-|\n**z**\n</div>", "|x|y| |-|-| **z**"),
    ] {
        assert_eq!(text(content, Format::Markdown), expected, "{content}");
    }
}

#[test]
fn the_mark_of_an_item_is_no_part_of_its_link_or_heading() {
    for (content, expected) in [
        ("- https://a.example/x", "- https://a.example/x"),
        (
            "> 1. **<https://a.example/x>** b",
            "> 1. https://a.example/x b",
        ),
        ("- # ab", "- ab\n  =="),
        ("[](https://a.example/)", "https://a.example/"),
        ("~~https://a.example/x~~ b", "~~https://a.example/x~~ b"),
        (
            "https://a.example/~ ~~https://a.example/~~~ c",
            "https://a.example/~ ~~https://a.example/~~~ c",
        ),
        (
            "[~~bob@a.example~~](mailto:bob@a.example)",
            "~~bob@a.example~~",
        ),
        ("# ~~ab~~", "~~ab~~\n======"),
    ] {
        assert_eq!(text(content, Format::Markdown), expected);
    }
}

#[test]
fn tasks_keep_their_numbers_and_levels() {
    for (content, expected) in [
        ("1. [ ] a\n2. [x] b", "1. ☐ a\n2. ☑ b"),
        ("- [x] a\n  - [ ] b\n- c", "☑ a\n  ☐ b\n- c"),
        ("- [x] a\n\n  more\n- [ ] *b*", "☑ a\n\n  more\n\n☐ b"),
        ("1. [ ] a\n\n2. [x] b", "1. ☐ a\n\n2. ☑ b"),
    ] {
        let parts = crate::outgoing::parts(content, Format::Markdown).unwrap();
        assert_eq!(parts.text, expected);
        assert_eq!(parts.preview.warning, "");
    }
}

#[test]
fn each_line_of_struck_text_has_its_marks() {
    for (content, expected) in [
        ("<s><p>a</p><p>b</p></s>c", "~~a~~\n\n~~b~~\n\nc"),
        ("a <s><div>b<br>c</div></s> d", "a\n~~b~~\n~~c~~\nd"),
        (
            "<p><s>a <b>b</b></s> <a href='https://a.example/'><s>c</s></a> d",
            "~~a b~~ ~~c~~ (https://a.example/) d",
        ),
        ("<s><pre>a\n\nb</pre></s>", "~~a~~\n\n~~b~~"),
        ("<s><h1>a</h1></s>", "~~a~~\n====="),
        (
            "<ul style='text-decoration:line-through'><li>a<li>b</ul><s></s>",
            "- ~~a~~\n- ~~b~~",
        ),
        ("<p><s>5</s><sup>2</sup>", "~~5~~^2"),
    ] {
        assert_eq!(text(content, Format::Html), expected, "{content}");
    }
}

#[test]
fn a_number_in_boxes_beside_each_other_is_one() {
    for (boxes, expected) in [
        ("<b>1</b><b>,</b><b>50</b><b>EUR</b>", "1,50 EUR"),
        ("<b>12</b><b>.50</b>", "12.50"),
        ("<b>3</b><b>4</b>", "3 4"),
        ("<b>3,</b><b>x</b><b>.</b>", "3, x ."),
        ("<i>1.</i><i>2 eggs</i>", "1. 2 eggs"),
    ] {
        let content = format!("<div style='display:flex'>{boxes}</div>");
        assert_eq!(text(&content, Format::Html), expected, "{boxes}");
        let reading = crate::read(Some(&content), None).markdown;
        assert_eq!(reading.replace('*', ""), expected, "{boxes}");
    }
}
