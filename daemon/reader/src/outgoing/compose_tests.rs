//! Content that becomes a mail, content that is refused, and what the mail does not have.

use super::*;

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
        ("<o:p>", Format::Html, "; left out: 1 unknown tag"),
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
        assert!(markdown(content).left_out.is_empty(), "{why}");
    }
}

#[test]
fn the_words_of_unwrapped_blocks_stay_apart() {
    for (content, text) in [
        ("<details><summary>s</summary>body</details>", "s\nbody"),
        ("<fieldset><legend>l</legend>a</fieldset>b", "l\na\nb"),
        ("<select><option>a<option>b</select>", "a\nb"),
        ("<form>a</form>b", "a\nb"),
        ("a<label>b</label>c", "abc"),
    ] {
        assert_eq!(
            compose(content, Format::Html).unwrap().text,
            text,
            "{content}"
        );
        assert_eq!(markdown(content).text, text, "{content}");
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
        (
            "<body style=\"background-image:url(/x.png)\">a",
            "1 style declaration",
        ),
        (
            "<html style=\"background-image:url(/x.png)\"><body>a",
            "1 style declaration",
        ),
        ("<body bgcolor='a;b' text='c{d'>a", "2 attributes"),
    ] {
        let mail = compose(content, Format::Html).unwrap();
        assert_eq!(mail.left_out.to_string(), left_out, "{content}");
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
            "<a href=\"#secret words\">a</a><a href=\"#y\">b</a><p id=z>c</p>",
            "<a>a</a><a>b</a><p>c</p>",
            "a target that no place in the mail has",
        ),
        (
            "<q style='quotes:\"I owe you 5 EUR. \" \"\"'>a</q><ul><li style='list-style-type:\"I owe \"'>b</ul>",
            "<q>a</q><ul><li>b</li></ul>",
            "text that only a style shows",
        ),
        (
            "<p style=\"font-family:'Segoe UI',Arial;--x:'a';color:var(--c,'b')\">a</p>",
            "<p style=\"font-family:'Segoe UI',Arial\">a</p>",
            "names of fonts, and other text",
        ),
        (
            "<table><tr><td headers=\"the secret: 1/2\">a</td></tr></table>",
            "<table><tbody><tr><td>a</td></tr></tbody></table>",
            "headers that are no ids",
        ),
        (
            "<a style=\"color:red;mso-hide:all\">a</a>",
            "<a style=\"color:red\">a</a>",
            "a button whose form for Outlook is in a comment",
        ),
        ("<input type=checkbox checked>a", "☑ a", "a box"),
        (
            "<li>\n<input type=checkbox>\n<p>a</p></li>b <input type=checkbox><p>c</p>",
            "<li>\n\n<p>☐ a</p></li>b ☐ <p>c</p>",
            "a box before a paragraph",
        ),
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
