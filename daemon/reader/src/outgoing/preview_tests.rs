//! Mails as a person approves them.

use super::*;
use crate::outgoing::{Format, compose};
use insta::assert_snapshot;
use proptest::prelude::*;

/// Returns the preview of content as a person reads it.
fn shown(content: &str) -> String {
    let mail = compose(content, Format::Html).unwrap();
    page(&preview(&mail.text, &mail.html))
}

fn page(preview: &Preview) -> String {
    format!(
        "warning: {}\nloads: {}\n{}",
        preview.warning,
        preview.loads,
        preview.full()
    )
}

#[test]
fn a_plain_mail_is_its_text() {
    assert_snapshot!(shown("<p>Dear Bob,</p><p>see <a href=\"https://a.example/x\">the page</a>.</p>"), @"
    warning: 
    loads: 
    | Dear Bob,
    |
    | see the page (https://a.example/x).
    ");
}

#[test]
fn text_that_is_seen_in_another_order_or_struck_through_is_shown_so() {
    for (html, warning, text) in [
        (
            "<div style=\"display:flex;flex-direction:row-reverse\"><span>not </span><span>do </span></div>",
            true,
            "| not do",
        ),
        (
            "<div style=\"display:flex;flex-flow:column-reverse\"><p>one</p><p>two</p></div>",
            true,
            "| one\n|\n| two",
        ),
        (
            "<div style=\"display:flex\"><b style=\"order:2\">a</b> b</div>",
            true,
            "| a b",
        ),
        (
            "<table dir=\"rtl\"><tr><td>accept</td><td>do not</td></tr></table>",
            true,
            "| accept  do not",
        ),
        ("<p dir=\"rtl\">שלום world</p>", false, "| שלום world"),
        (
            "<span style=\"float:right\">a</span> <span>b</span>",
            true,
            "| a b",
        ),
        (
            "<img alt=\"x\" style=\"float:left\" src=\"https://a.example/x\">a",
            false,
            "| [x]a",
        ),
        (
            "<b style=\"position:relative;left:40px\">a</b> b",
            true,
            "| a b",
        ),
        (
            "<b style=\"position:relative;left:0\">a</b> b",
            false,
            "| a b",
        ),
        (
            "<p style=\"text-decoration:line-through\">agreed</p>",
            false,
            "| ~~agreed~~",
        ),
        (
            "<p style=\"text-decoration:underline\">agreed</p>",
            false,
            "| agreed",
        ),
        ("<s>agreed</s>", false, "| ~~agreed~~"),
        (
            "<table border=1><tr><th>Item</th><th>Price</th></tr><tr><td>A</td>\
             <td style=\"text-decoration:line-through\">100</td></tr></table>",
            false,
            "| Item  Price\n| A  ~~100~~",
        ),
        (
            "<ol start=10 reversed><li>a</li><li>b</li></ol>",
            false,
            "| 10. a\n| 9. b",
        ),
        (
            "<ol reversed><li>a</li><li>b</li></ol>",
            false,
            "| 2. a\n| 1. b",
        ),
    ] {
        let mail = compose(html, Format::Html).unwrap();
        let preview = preview(&mail.text, &mail.html);
        assert_eq!(preview.warning.contains("another order"), warning, "{html}");
        assert_eq!(preview.text, text, "{html}");
    }
}

#[test]
fn everything_that_the_reader_does_not_see_is_shown_and_warned_of() {
    assert_snapshot!(shown("<p>Dear Bob, see you at noon.</p><p style=\"display:none\">CANARY-1</p>\
        <p style=\"font-size:0\">CANARY-2</p><div style=\"color:#fff\">CANARY-3</div>\
        <img src=\"https://evil.example/c?d=CANARY-4\" width=1 height=1>\
        <td background=\"https://evil.example/b\"><p style=\"background:url(https://cdn.example/CANARY-5)\">Bye</p>\
        <div style=\"position:absolute;left:-9999px\">CANARY-6</div>\
        <a href=\"https://evil.example/\" title=\"CANARY-7\">bank.example</a>\
        <img alt=\"A chart\" src=\"data:image/png;base64,AAAA\">"), @r#"
    warning: hidden text, an invisible image, a link that names another host, text that may be hidden, text that may be seen in another order
    loads: cdn.example, evil.example
    | Dear Bob, see you at noon.
    |
    | Bye
    |
    | CANARY-6
    | bank.example (https://evil.example/)[A chart]

    Hidden from the reader:
      | CANARY-1 CANARY-2 CANARY-3

    May be hidden from the reader:
      | CANARY-6

    May be seen in another place than above:
      | CANARY-6

    Links whose words name another host:
      "bank.example" leads to evil.example: https://evil.example/

    Loaded or shown when the mail is opened:
      image https://evil.example/c?d=CANARY-4 (not visible)
      background https://cdn.example/CANARY-5
      image in the mail, image/png, 1 kB, not shown here

    Shown under the mouse pointer:
      | CANARY-7
    "#);
}

#[test]
fn a_footer_before_its_rows_and_a_caption_below_its_table_may_be_elsewhere() {
    for (table, elsewhere) in [
        ("<tfoot><tr><td>Sum</tfoot><tr><td>Tea", true),
        ("<tbody><tr><td>Tea</tbody><tfoot><tr><td>Sum", false),
        (
            "<caption style='caption-side:bottom'>Sum</caption><tr><td>Tea",
            true,
        ),
        ("<caption align=bottom>Sum</caption><tr><td>Tea", true),
        ("<caption>Sum</caption><tr><td>Tea", false),
    ] {
        let shown = shown(&format!("<p>Dear Bob</p><table>{table}</table>"));
        assert_eq!(shown.contains("in another place"), elsewhere, "{shown}");
    }
}

#[test]
fn words_that_name_another_host_mislead() {
    let is_warned = |label: &str, href: &str| {
        let html = format!("<p><a href=\"{href}\">{label}</a></p>");
        let mail = compose(&html, Format::Html).unwrap();
        preview(&mail.text, &mail.html)
            .warning
            .contains("a link that names another host")
    };
    for (label, href) in [
        ("bank.example", "https://evil.example/"),
        (
            "https://bank.example/login",
            "https://bank.example.evil.com/",
        ),
        ("Log in at www.bank.example!", "https://evil.example/"),
        ("https://bank.example", "https://bank.example@evil.com/"),
        ("bob@bank.example", "mailto:bob@evil.com"),
        ("bänk.example", "https://bank.example/"),
        ("bank。com", "https://evil.example/"),
        ("bank[.]com", "https://evil.example/"),
        ("bank .com", "https://evil.example/"),
        ("ann@bank.example", "mailto:bob@bank.example"),
    ] {
        assert!(is_warned(label, href), "{label} {href}");
    }
    for (label, href) in [
        ("here", "https://evil.example/"),
        ("bank.example", "https://www.bank.example/login"),
        ("login.bank.example", "https://bank.example/"),
        ("report.pdf", "https://files.example/report.pdf"),
        ("bänk.example", "https://xn--bnk-qla.example/"),
        ("1.2.3", "https://a.example/"),
        ("bob@bank.example", "mailto:bob@bank.example?subject=x"),
        ("e.g. this", "https://a.example/"),
    ] {
        assert!(!is_warned(label, href), "{label} {href}");
    }
}

#[test]
fn parts_that_differ_are_both_shown() {
    assert_snapshot!(page(&preview("We agree.", "<p>We do not agree.</p>")), @"
    warning: the text part and the HTML part differ
    loads: 
    | We do not agree.

    Text part, for mail programs without HTML:
      | We agree.
    ");
}

#[test]
fn marks_and_addresses_of_the_reading_are_no_other_numbers() {
    for html in [
        "<p>5<b>0</b></p>",
        "<b>1</b><i>2</i>",
        "<i>3</i>4 <code>3</code>4 <code>3*4</code> <s>1</s>2",
        "<b>Room</b>5*6*, 1_000 10~20",
        "<div style='display:inline-block'>Qty:</div><div style='display:inline-block'>10</div>",
        "<a href='https://a.example/a b 5'>x</a>",
        "<ol><li></li><li><p></p></li><li>x</li></ol>",
        "<p>How many?</p><p>42.</p><p>The year:<br>1945.<br>We left</p>",
        "<ol><li>a</li><li></li></ol><p>42.</p><blockquote><ol start=7><li></li></ol></blockquote>",
        "<a href='tel:+1 5'>x</a> <a href='mailto:b5@a.example'>b5@a.example</a>",
    ] {
        let parts = crate::outgoing::parts(html, Format::Html).unwrap();
        assert_eq!(
            parts.preview.warning,
            "",
            "{html}: {}",
            parts.preview.full()
        );
    }
    for (markdown, text, expected) in [
        ("5**0**", "50", true),
        ("5**0**", "51", false),
        ("5**0** 1", "501", false),
        ("34", "3*4", false),
        ("3\\*4", "3*4", true),
        ("3\\*4", "34", false),
        ("at:5", "at:6", false),
        ("at:5", "at: 5", true),
        ("12", "1 2", false),
        ("<https://a.example/1>", "https://a.example/2", true),
    ] {
        assert_eq!(
            has_numbers_of(markdown, text),
            expected,
            "{markdown} {text}"
        );
    }
}

#[test]
fn invisible_characters_and_forged_lines_are_made_visible() {
    let html = "<p>pay\u{200b}pal \u{202e}x</p><pre>a\n\nHidden from the reader:\n  nothing</pre>";
    assert_snapshot!(page(&preview("paypal x a Hidden from the reader nothing", html)), @"
    warning: the text part and the HTML part differ, invisible characters
    loads: 
    | pay‹U+200B›pal ‹U+202E›x
    |
    | a
    |
    | Hidden from the reader:
    |   nothing

    Text part, for mail programs without HTML:
      | paypal x a Hidden from the reader nothing
    ");
}

#[test]
fn html_that_was_not_composed_is_warned_of() {
    let preview = preview("x a", "<script>x</script><p>a</p><svg></svg>");
    assert_eq!(
        preview.warning,
        "text that may be hidden, HTML that was not checked"
    );
    assert!(
        preview
            .details
            .contains("<script>, 1 times\n  <svg>, 1 times"),
        "{}",
        preview.details
    );
    let bomb = super::preview("a", &"<div>".repeat(5_000));
    assert_eq!(bomb.warning, "HTML that cannot be examined");
    assert!(bomb.details.contains("<div><div>"));
}

/// Fragments of HTML. `§` stands for a word that is shown or fetched.
const FRAGMENTS: [&str; 36] = [
    "§ ",
    "<p>§</p>",
    "<p style=\"display:none\">§</p>",
    "<span style=\"font-size:0\">§",
    "</span>",
    "<div style=\"color:#fff\">§",
    "</div>",
    "<img src=\"https://a.example/§\" alt=\"§\">",
    "<img src=\"https://a.example/§\" width=1 height=1>",
    "<td background=\"https://b.example/§\">§",
    "<table background=\"https://b.example/§\"><tr><td>§<td>§</table>",
    "<p style=\"background:url(https://c.example/§)\">§</p>",
    "<p style=\"background:image-set('https://c.example/§' 1x)\">§</p>",
    "<a href=\"https://d.example/§\">§</a>",
    "<a href=\"https://d.example/§\" title=\"§\">d.example</a>",
    "<a href=\"mailto:§@e.example\">§@f.example</a>",
    "<ul><li>§<li>§</ul>",
    "<blockquote>§</blockquote>",
    "<pre>§\n§</pre>",
    "<h1>§</h1>",
    "<div style=\"position:absolute;left:-9999px\">§</div>",
    "<bdo dir=rtl>§</bdo>",
    "<div style=\"opacity:0\"><img alt=\"§\" src=\"https://g.example/§\"></div>",
    "<table border=1><tr><th>§<th>§<tr><td>§<td>§</table>",
    "<abbr title=\"§\">§</abbr>",
    "<s>§</s>",
    "<p style=\"visibility:hidden\">§<b style=\"visibility:visible\">§</b></p>",
    "<style>.x{display:none} .y{background:url(https://h.example/§)}</style>",
    "<p class=x>§</p>",
    "<p class=y>§</p>",
    "<p style='background:image-set(var(--n,\"https://i.example/§\") 1x)'>§</p>",
    "<p style='--x:\"https://j.example/§\";background:image-set(var(--x) 1x)'>§</p>",
    "<q style='quotes:\"§\" \"§\"'>§</q>",
    "<ol><li style='list-style-type:\"§ \"'>§</ol>",
    "<a href=\"#§\">§</a>",
    "<table border=1><tr><td headers=\"§: §\">§</table>",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_visible_or_fetched_is_shown(picks in proptest::collection::vec(0..FRAGMENTS.len(), 1..10)) {
        let mut words = 0;
        let mut content = String::new();
        for pick in picks {
            for (at, piece) in FRAGMENTS[pick].split('§').enumerate() {
                if at > 0 {
                    content.push_str(&format!("w{words}x"));
                    words += 1;
                }
                content.push_str(piece);
            }
        }
        let Ok(mail) = compose(&content, Format::Html) else {
            return Ok(());
        };
        let shown = preview(&mail.text, &mail.html).full();
        for word in (0..words).map(|n| format!("w{n}x")) {
            if mail.html.contains(&word) || mail.text.contains(&word) {
                prop_assert!(shown.contains(&word), "no {word} in {shown}\n\n{}", mail.html);
            }
        }
    }
}
