//! Styles that hide, and styles that do not.

use super::*;
use crate::outgoing::parse;

fn judgement_of(html: &str, word: &str) -> Judgement {
    let tree = parse::parse(html).unwrap().tree;
    let judgements = by_styles(&tree);
    let found = tree.walk(Tree::DOCUMENT).find_map(|edge| match edge {
        Edge::Open(id) => match tree.data(id) {
            Data::Text(text) if text.contains(word) => Some(id),
            _ => None,
        },
        Edge::Close(_) => None,
    });
    judgements.of(found.unwrap())
}

#[test]
fn hidden_text_is_found_with_each_property_that_hides() {
    for style in [
        "display:none",
        "display:none ! important",
        "display:/**/none",
        "d\\69splay:none",
        "font-family:'a;display:block';display:none",
        "visibility:hidden",
        "opacity:0",
        "opacity:.05",
        "font-size:0",
        "font-size:1px",
        "font:0/0 a",
        "font-size:.1em",
        "height:0;overflow:hidden",
        "max-height:0;overflow:clip",
        "width:1px;overflow:hidden",
        "text-indent:-9999px",
        "color:#fff",
        "color:transparent",
        "color:rgba(0,0,0,0)",
        "color:hsl(0,0%,100%)",
        "color:#000;background:#000",
        "content-visibility:hidden",
        "font-size:1e-3px",
        "font-size:calc(1px - 1px)",
        "font:1e-3px/1 a",
        "font-size:.01vmin",
        "text-indent:-9e3px",
        "text-indent:-99rlh",
        "height:1e-1px;overflow:hidden",
        "height:.1svh;overflow:hidden",
        "opacity:1e-3",
        "color:hwb(0 100% 0%)",
        "color:white !important;color:black",
        "display:none!important;display:block",
        "display:none;display:bogus",
        "visibility:hidden;visibility:bogus",
        "opacity:1;opacity:0",
        "font-size:14px;font-size:0",
        "color:#fff;background:#c00;background:none",
        "display:none;display:/**/",
        "display:none;display:block flex grid",
        "display:none;display:run-in",
        "display:none;display:table-column",
        "height:0;overflow:hidden;height:5px auto",
        "height:0;overflow:hidden;height:20",
        "text-indent:-9999px;text-indent:20",
        "color:#fff;color:black x",
        "font-size:0;font-size:20 px",
        "font:0/0 a;font:20 a",
        "width:0;overflow:hidden;width:auto 5px",
        "opacity:0;opacity:1 1",
        "visibility:hidden;visibility:visible visible",
        "color:#000;background-color:#000;background-color:white x",
    ] {
        let html = format!("<p>Seen</p><div style=\"{style}\">WORD</div>");
        assert_eq!(judgement_of(&html, "WORD"), Judgement::Hidden, "{style}");
        assert_eq!(judgement_of(&html, "Seen"), Judgement::Visible, "{style}");
    }
    for style in [
        "position:absolute;left:-9999px",
        "position:fixed",
        "clip-path:inset(100%)",
        "clip:rect(0,0,0,0)",
        "transform:scale(0)",
        "filter:opacity(0)",
        "margin-left:-9999px",
        "font-size:var(--x)",
        "font-size:1foo",
        "font:var(--x) a",
        "font:var(--x)",
        "font:calc(20px - 20px) a",
        "text-indent:1foo",
        "height:1foo",
        "width:var(--x)",
        "letter-spacing:1foo",
        "line-height:1foo",
        "margin:0 1foo",
        "left:1foo",
        "opacity:1foo",
        "display:n\\6fne",
        "display:var(--x)",
        "color:var(--x)",
        "mso-hide:all",
        "letter-spacing:-1em",
        "line-height:0",
        "-webkit-text-fill-color:transparent",
    ] {
        let html = format!("<div style=\"{style}\">WORD</div>");
        assert_eq!(judgement_of(&html, "WORD"), Judgement::Doubtful, "{style}");
    }
}

#[test]
fn text_that_a_person_sees_is_visible() {
    for (html, why) in [
        (
            "<td style=\"font-size:0\"><div style=\"font-size:14px\">WORD</div></td>",
            "a size inside of zero",
        ),
        ("<p style=\"font-size:1em\">WORD</p>", "a relative size"),
        (
            "<div style=\"color:#fff\"><p style=\"color:#000\">WORD</p></div>",
            "a colour inside of another",
        ),
        (
            "<div style=\"color:#fff;background:#c00\">WORD</div>",
            "white on red",
        ),
        (
            "<div style=\"background:#000\"><b style=\"color:white\">WORD</b></div>",
            "white on black",
        ),
        (
            "<div style=\"background:url(x)\"><b style=\"color:white\">WORD</b></div>",
            "white on an image",
        ),
        (
            "<table bgcolor=\"336699\"><tr><td><font color=white>WORD</font></table>",
            "colours of attributes",
        ),
        (
            "<div style=\"visibility:hidden\"><p style=\"visibility:visible\">WORD</p></div>",
            "visible again",
        ),
        ("<div style=\"height:0\">WORD</div>", "overflowing"),
        (
            "<div style=\"color:white\"><a href=\"https://a.example\">WORD</a></div>",
            "the colour of links",
        ),
        ("<div style=\"font:12px/1.5 Arial\">WORD</div>", "a font"),
        (
            "<div style=\"font:400 1em Arial\">WORD</div>",
            "a font with a weight",
        ),
        (
            "<div style=\"margin:-10px 0 0;position:relative;left:2px\">WORD</div>",
            "a small shift",
        ),
        (
            "<div style=\"opacity:0;opacity:1;display:none;display:block;visibility:hidden;visibility:visible\">WORD</div>",
            "a later declaration",
        ),
        (
            "<div style=\"color:black!important;color:white\">WORD</div>",
            "an important declaration",
        ),
        (
            "<div style=\"color:var(--x);color:black;font-size:1foo;font-size:1em;left:1foo;left:auto\">WORD</div>",
            "a value that is understood after one that is not",
        ),
        (
            "<div style=\"margin:0 auto;width:100%;max-width:none;height:auto;line-height:1.4em;text-indent:2em hanging\">WORD</div>",
            "usual values",
        ),
    ] {
        assert_eq!(judgement_of(html, "WORD"), Judgement::Visible, "{why}");
    }
}

#[test]
fn text_that_the_reader_of_the_recipient_shows_is_in_the_text_part() {
    for html in [
        "<div style='width:5%;overflow:hidden'>WORD</div>",
        "<div style='width:5%;overflow:hidden'><p>a</p><p>WORD</p></div>",
    ] {
        let parts = crate::outgoing::parts(html, crate::outgoing::Format::Html).unwrap();
        assert!(parts.text.contains("WORD"), "{html}");
        assert_eq!(parts.preview.warning, "text that may be hidden", "{html}");
    }
}
