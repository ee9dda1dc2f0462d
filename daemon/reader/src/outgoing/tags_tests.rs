//! Angle brackets in Markdown.

use super::*;

fn shown(context: Context, pieces: &[&str]) -> String {
    let mut all = Pieces::default();
    for piece in pieces {
        all.add(context, piece);
    }
    all.finish().concat()
}

#[test]
fn tags_of_html_stay_and_other_angle_brackets_are_text() {
    let inline = Context::Inline { after_word: false };
    let word = Context::Inline { after_word: true };
    for (context, source, expected, why) in [
        (inline, "<name>", "&lt;name&gt;", "a placeholder"),
        (
            inline,
            "<first-name>",
            "&lt;first-name&gt;",
            "a placeholder with a hyphen",
        ),
        (inline, "<Ctrl-C>", "&lt;Ctrl-C&gt;", "a key"),
        (word, "<String>", "&lt;String&gt;", "a type parameter"),
        (word, "<T>", "&lt;T&gt;", "a type parameter of one letter"),
        (
            word,
            "<B>",
            "&lt;B&gt;",
            "a type parameter with the name of an element",
        ),
        (
            word,
            "<Input>",
            "&lt;Input&gt;",
            "a type parameter with the name of an element",
        ),
        (
            word,
            "<P>",
            "&lt;P&gt;",
            "a type parameter with an optional end tag",
        ),
        (word, "<br>", "<br>", "a line break after a word"),
        (inline, "<b>x</b>", "<b>x</b>", "a pair"),
        (inline, "<B>x</B>", "<B>x</B>", "a pair in upper case"),
        (
            inline,
            "<b>",
            "&lt;b&gt;",
            "an inline element without its end",
        ),
        (inline, "<td>", "&lt;td&gt;", "a cell without a table"),
        (inline, "<b and c>", "&lt;b and c&gt;", "a comparison"),
        (
            inline,
            "<script>",
            "&lt;script&gt;",
            "the name of an element in a text",
        ),
        (
            inline,
            "<title>",
            "&lt;title&gt;",
            "a placeholder with the name of an element",
        ),
        (
            inline,
            "<link>",
            "&lt;link&gt;",
            "a void element that does nothing",
        ),
        (
            inline,
            "<img src=\"https://a.example/b.png\">",
            "<img src=\"https://a.example/b.png\">",
            "an image",
        ),
        (
            inline,
            "<!-- x -->",
            "<!-- x -->",
            "a comment, which the sanitiser counts",
        ),
        (
            inline,
            "<?php echo 1 ?>",
            "&lt;?php echo 1 ?&gt;",
            "a processing instruction",
        ),
        (
            inline,
            "<![CDATA[x]]>",
            "&lt;![CDATA[x]]&gt;",
            "a CDATA section",
        ),
        (
            Context::Block,
            "<div><name></div>",
            "<div>&lt;name&gt;</div>",
            "a placeholder in a block",
        ),
        (
            Context::Block,
            "<div>a < b</div>",
            "<div>a &lt; b</div>",
            "a bare bracket",
        ),
        (
            Context::Block,
            "<pre>Vec<String></pre>",
            "<pre>Vec&lt;String&gt;</pre>",
            "code",
        ),
        (
            Context::Block,
            "<style>p > a{}</style>",
            "<style>p > a{}</style>",
            "a style sheet",
        ),
        (
            Context::Block,
            "<script>if(a<b>c){}</script>",
            "<script>if(a<b>c){}</script>",
            "a script",
        ),
        (
            Context::Block,
            "<!-- open",
            "&lt;!-- open",
            "a comment without an end",
        ),
        (
            Context::Block,
            "<p>a <b c",
            "<p>a &lt;b c",
            "a tag without an end",
        ),
        (
            Context::Block,
            "<p class=\"x>y\">a",
            "<p class=\"x>y\">a",
            "a bracket in a value",
        ),
        (
            Context::Block,
            "<td nowrap>a",
            "<td nowrap>a",
            "an attribute without a value",
        ),
        (
            Context::Block,
            "<o:p></o:p>",
            "<o:p></o:p>",
            "an element of a word processor",
        ),
        (
            Context::Block,
            "<svg><path d='M0'/></svg>",
            "<svg><path d='M0'/></svg>",
            "a graphic",
        ),
    ] {
        assert_eq!(shown(context, &[source]), expected, "{why}");
    }
}

#[test]
fn a_pair_may_span_several_pieces() {
    let inline = Context::Inline { after_word: false };
    assert_eq!(shown(inline, &["<b>", "</b>"]), "<b></b>");
    assert_eq!(shown(inline, &["<b>", "<i>", "</b>"]), "<b>&lt;i&gt;</b>");
    let cells = ["<table>", "<td>", "<td>", "</table>"];
    assert_eq!(shown(inline, &cells), cells.concat());
    let after = ["<table>", "</table>", "<td>"];
    assert_eq!(shown(inline, &after), "<table></table>&lt;td&gt;");
    let items = ["<li>", "<li>"];
    assert_eq!(shown(inline, &items), items.concat());
}
