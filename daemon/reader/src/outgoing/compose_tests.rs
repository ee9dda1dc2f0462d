use super::*;
use insta::assert_snapshot;

fn text(content: &str, format: Format) -> String {
    compose(content, format).unwrap().text
}

fn markdown(content: &str) -> Composed {
    compose(content, Format::Markdown).unwrap()
}

/// Returns the HTML part without the styles of a Markdown mail.
fn bare(content: &str, format: Format) -> String {
    let html = compose(content, format).unwrap().html;
    let mut out = html.trim();
    if format == Format::Markdown {
        out = out
            .split_once('>')
            .unwrap()
            .1
            .strip_suffix("</div>")
            .unwrap();
    }
    out.trim().to_owned()
}

#[test]
fn content_that_shows_nothing_is_refused_with_the_reason() {
    for (content, format, reason) in [
        (
            "<https://example.com>",
            Format::Html,
            "; left out: 1 unknown tag",
        ),
        ("<!-- x -->", Format::Html, "; left out: 1 comment"),
        ("<script>x</script>", Format::Html, "; left out: 1 script"),
        ("<style>p{}</style>", Format::Html, ""),
        ("<div></div>", Format::Html, ""),
        ("<br>", Format::Html, ""),
        ("<p style=\"display:none\">x</p>", Format::Html, ""),
        ("<!-- TODO -->", Format::Markdown, "; left out: 1 comment"),
        (
            "\u{200b}",
            Format::Markdown,
            "; left out: 1 invisible character",
        ),
        ("&nbsp;", Format::Markdown, ""),
        (" \n\t", Format::Markdown, ""),
        ("<img src=\"/x.png\">", Format::Html, "; left out: 1 image"),
    ] {
        let refusal = compose(content, format).unwrap_err().to_string();
        let expected = format!("a reader would see an empty mail{reason}");
        assert_eq!(refusal, expected, "{content}");
    }
}

#[test]
fn html_in_a_markdown_mail_arrives() {
    for (content, expected, why) in [
        (
            "<div><p>Dear Bob, your order <b>#123</b> has shipped.</p></div>",
            "<div><p>Dear Bob, your order <b>#123</b> has shipped.</p></div>",
            "a block",
        ),
        ("<h2>Summary</h2>", "<h2>Summary</h2>", "a heading"),
        (
            "Hello Bob,<br>see you",
            "<p>Hello Bob,<br>see you</p>",
            "a line break",
        ),
        (
            "Vec<String> a<b",
            "<p>Vec&lt;String&gt; a&lt;b</p>",
            "type parameters",
        ),
        (
            "Dear <name>, press <Ctrl-C>",
            "<p>Dear &lt;name&gt;, press &lt;Ctrl-C&gt;</p>",
            "placeholders",
        ),
        (
            "<html><body><p>Hi</p>\n\n    <p>x</p></body></html>",
            "<p>Hi</p>\n\n    <p>x</p>",
            "a document",
        ),
    ] {
        let html = bare(
            content,
            if content.starts_with("<html") {
                Format::Html
            } else {
                Format::Markdown
            },
        );
        assert_eq!(html, expected, "{why}");
        assert!(markdown(content).findings.is_empty(), "{why}");
    }
}

#[test]
fn everything_that_is_left_out_is_counted() {
    for (content, left_out) in [
        (
            "<p onclick=x()>a</p><script>x</script><script>y</script>",
            "2 scripts, 1 script in an attribute",
        ),
        (
            "a<iframe src=x></iframe><object></object><embed>",
            "3 frames",
        ),
        (
            "a<video>x</video><svg><text>y</text></svg>",
            "1 video or sound, 1 inline graphic",
        ),
        (
            "<form>a<input name=q><button>Go</button></form>",
            "3 form controls",
        ),
        (
            "<style>@media print{p{color:red}} a:hover{color:red} p{color:red}</style><p>a",
            "2 style rules",
        ),
        (
            "<link rel=stylesheet href=x><style>@import 'y';</style>a",
            "2 external style sheets",
        ),
        (
            "<p style=\"width:expression(x);background:url(file:///x)\">a",
            "2 style declarations",
        ),
        (
            "<a href=\"javascript:x\">a</a><a href=\"/b\">b</a><a href=\"data:text/html,x\">c</a>",
            "3 link targets",
        ),
        (
            "a<img src=\"/x\"><img src=\"data:text/html,x\"><img src=\"file:///x\" alt=b>",
            "3 images",
        ),
        ("a<!-- x --><!--[if mso]>y<![endif]-->", "2 comments"),
        (
            "<title>x</title><meta charset=utf-8><base href=x>a",
            "3 metadata elements",
        ),
        ("<foo>a</foo><my-tag>b</my-tag>", "2 unknown tags"),
        ("<p data-x=1 contenteditable=true>a", "2 attributes"),
        (
            "a\u{200b}b\u{202e}c<img alt=\"x\u{200b}\" src=\"https://a.example/\">",
            "3 invisible characters",
        ),
        (
            "<body onload=x() background=\"https://a.example/b.png\">a",
            "1 script in an attribute, 1 image",
        ),
        ("<p class=x id=y>a", ""),
    ] {
        let findings = compose(content, Format::Html).unwrap().findings;
        assert_eq!(findings.to_string(), left_out, "{content}");
    }
}

#[test]
fn hidden_content_stays_hidden() {
    for html in [
        "<p>Seen</p><p hidden>CANARY</p>",
        "<p>Seen</p><p hidden style=\"color:red\">CANARY</p>",
        "<style>.x{display:none}</style><p>Seen</p><p class=x>CANARY</p>",
        "<p>Seen</p><div style=\"font-size:0\"><p>CANARY</p></div>",
    ] {
        let mail = compose(html, Format::Html).unwrap();
        assert_eq!(mail.text, "Seen", "{html}");
        assert!(mail.html.contains("CANARY"), "{html}");
    }
}

#[test]
fn what_mail_programs_show_stays_in_html() {
    for (content, expected, why) in [
        (
            "<style>.b{background:#c00;color:#fff}</style><a class=b href=\"https://s.example\">Pay</a>",
            "<a href=\"https://s.example\" style=\"background:#c00;color:#fff\">Pay</a>",
            "classes become styles",
        ),
        (
            "<body bgcolor=#000000 text=white dir=rtl>a",
            "<div dir=\"rtl\" style=\"background-color:#000000;color:white\">a</div>",
            "colours of the page",
        ),
        (
            "<table border=1 cellpadding=4><tr><td nowrap>a",
            "<table border=\"1\" cellpadding=\"4\"><tbody><tr><td nowrap=\"\">a</td></tr></tbody></table>",
            "borders",
        ),
        (
            "<img alt=a src=\"data:image/png;base64,AAAA\">",
            "<img alt=\"a\" src=\"data:image/png;base64,AAAA\">",
            "an image in the mail",
        ),
        ("<p dir=rtl>a</p>", "<p dir=\"rtl\">a</p>", "a direction"),
        (
            "<p>שלום</p><p>hello</p>",
            "<p dir=\"rtl\">שלום</p><p>hello</p>",
            "the direction of a paragraph",
        ),
        (
            "<ul><li>שלום</li></ul>",
            "<ul dir=\"rtl\"><li>שלום</li></ul>",
            "the side of the bullets",
        ),
        (
            "<div dir=ltr><p>שלום</p></div>",
            "<div dir=\"ltr\"><p>שלום</p></div>",
            "a direction further out",
        ),
        (
            "<a href=\"#x\">a</a><p id=x>b</p><p id=y>c</p>",
            "<a href=\"#x\">a</a><p id=\"x\">b</p><p>c</p>",
            "places in the mail",
        ),
        (
            "<a style=\"color:red;mso-hide:all\">a</a>",
            "<a style=\"color:red\">a</a>",
            "a button whose form for Outlook is in a comment",
        ),
        ("<input type=checkbox checked>a", "☑ a", "a box"),
        (
            "<font color=red>a</font><center>b</center>",
            "<font color=\"red\">a</font><center>b</center>",
            "old elements",
        ),
        (
            "<a href=\" java\nscript:x\">a</a>",
            "<a>a</a>",
            "a script in a target",
        ),
        (
            "<a href=\"ht\ntps://a.example/\">a</a>",
            "<a href=\"https://a.example/\">a</a>",
            "a line break in a target",
        ),
    ] {
        assert_eq!(bare(content, Format::Html), expected, "{why}");
    }
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

#[test]
fn work_is_bounded_before_it_starts() {
    let fonts: String = (0..1_900)
        .map(|i| format!("<font color=#{i:03x}>"))
        .collect();
    let names: String = (0..100_000).map(|i| format!(" a{i}=1")).collect();
    for (content, format, limit) in [
        ("<div>".repeat(20_000) + "x", Format::Html, Limit::Depth),
        (
            format!("<p>{fonts}{}", "<p>x".repeat(20_000)),
            Format::Html,
            Limit::Depth,
        ),
        (
            format!("<div{names}>x</div>"),
            Format::Html,
            Limit::Attributes,
        ),
        ("<b>x</b>".repeat(100_000), Format::Html, Limit::Nodes),
        ("[".repeat(1 << 20), Format::Markdown, Limit::Nodes),
        (">".repeat(200_000), Format::Markdown, Limit::Depth),
        (
            format!(
                "|{}\n|{}\n{}",
                "a|".repeat(2_000),
                "-|".repeat(2_000),
                "|x\n".repeat(9_000)
            ),
            Format::Markdown,
            Limit::Nodes,
        ),
    ] {
        let refusal = compose(&content, format).map(|_| ()).unwrap_err();
        assert_eq!(refusal, Refusal::TooComplex(limit), "{}", &content[..20]);
    }
    let long = compose(&"a".repeat(MAX_CONTENT + 1), Format::Markdown);
    assert_eq!(long.unwrap_err(), Refusal::TooLong);
}
