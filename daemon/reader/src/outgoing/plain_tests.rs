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
