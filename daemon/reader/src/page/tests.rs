//! The Markdown of small documents.

use crate::read;

/// HTML with its Markdown.
pub(super) type Cases<'a> = &'a [(&'a str, &'a str)];

pub(super) fn check(cases: Cases<'_>) {
    for (html, markdown) in cases {
        assert_eq!(read(Some(html), None).markdown, *markdown, "{html}");
    }
}

#[test]
fn blocks_are_separated_as_on_the_screen() {
    check(&[
        ("<p>a<p>b", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<span>a</span><span> b</span>", "a b"),
        ("<font>a<br></font>b", "a\nb"),
        ("a<i> </i>b", "a b"),
        ("<h2>Title <b>bold</b></h2>text", "## Title bold\n\ntext"),
        ("a<hr>b", "a\n\n---\n\nb"),
        ("<pre>a\n  b</pre>", "```\na\n  b\n```"),
        ("<div style='white-space:pre-line'>a\nb</div>", "a\nb"),
        (
            "<dl><dt>a<dd>b<dd><p>c<p>d<dt>e</dl>",
            "a\n  b\n  c\n\n  d\n\ne",
        ),
        ("<dl><dt>a<dd><ul><li>b</ul></dl>", "a\n  - b"),
        (
            "<dl><dt>a<dd>b<dl><dt>c<dd><p>d<p>e</dl></dl>",
            "a\n  b\n\n  c\n\n  d\n\n  e",
        ),
        ("<dl><dd>a</dl>", "a"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<div>a</div><div>&nbsp;</div><div>b</div>", "a\n\nb"),
        ("<div>a</div><div> </div><div>b</div>", "a\nb"),
        ("<div>a<br></div><div>b</div>", "a\nb"),
        (
            "<div>a</div><div style='font-size:0'>&nbsp;</div><div>b</div>",
            "a\nb",
        ),
    ]);
}

#[test]
fn a_list_that_takes_the_place_of_an_item_is_inside_the_one_before() {
    check(&[
        (
            "<ol><li>a<li style='list-style-type:none'><ol type=a><li>b</ol><li value=2>c</ol>",
            "1. a\n   a. b\n2. c",
        ),
        (
            "<ul style='list-style:none'><li><ul style='list-style:disc'><li>a</ul></ul>",
            "- a",
        ),
    ]);
}

#[test]
fn lists_and_quotes_have_their_marks() {
    check(&[
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<ol start=3><li>a<li value=7>b</ol>", "3. a\n7. b"),
        ("<ol type=a><li>x</ol>", "a. x"),
        (
            "<ol reversed><li>a<li>b<ul><li>c</ul></ol>",
            "2. a\n1. b\n   - c",
        ),
        (
            "<ol reversed start=10><li>a<li>b<li value=3>c<li>d</ol>",
            "10. a\n9. b\n3. c\n2. d",
        ),
        (
            "<ol reversed><li>a<li><li style='display:none'>x<li>b</ol>",
            "3. a\n1. b",
        ),
        (
            "<ol start='5.'><li>a<li><li style='visibility:hidden'>x<li>b</ol>",
            "5. a\n8. b",
        ),
        ("<ul style='list-style:none'><li>a</ul>", "a"),
        (
            "<ol><li style='list-style-type:\"1) \"'>a<ol><li style='list-style-type: \"(b) \"'>b</ol></ol>",
            "1) a\n   (b) b",
        ),
        (
            "<ul><li style='list-style-type:\"✔ \"'>a<li style='list-style-type:\"➢ \"'>b<li style='list-style-type:\"## \"'>c</ul>",
            "- ✔ a\n- b\n- \\## c",
        ),
        (
            "<style>.t{list-style-type:'→ '}</style><ul class=t><li>a<li style='list-style-type:\"pay \"'>b<li style='list-style-type:\"sell \"'>c</ul>",
            "- → a\n- pay b\n- c",
        ),
        (
            "<style>li::marker{color:#fff}</style><ul style='list-style-type:\"pay \"'><li>a</ul>",
            "- a",
        ),
        (
            "<style>li::marker{color:#fff}</style><ul style='list-style-type:\"(viii) \"'><li>a</ul>",
            "(viii) a",
        ),
        (
            "<ul style='list-style-type:\"pay \";list-style-image:linear-gradient(red,red)'><li>a</ul>",
            "- a",
        ),
        (
            "<ul style='list-style:url(data:image/gif;base64,) \"pay \"'><li>a</ul>",
            "- a",
        ),
        ("<ul><li>a<ul><li>b</ul></ul>", "- a\n  - b"),
        (
            "<blockquote>a<blockquote>b</blockquote></blockquote>",
            "> a\n> >\n> > b",
        ),
        ("<ul><li><p>a</p><p>b</p></ul>", "- a\n\n  b"),
        (
            "<pre>a<ol><li>x<li>y</ol>b</pre>",
            "```\na\n1. x\n2. y\nb\n```",
        ),
    ]);
}

#[test]
fn links_show_their_target_once() {
    check(&[
        (
            "<a href='https://a.example/'>text</a>",
            "[text](https://a.example/)",
        ),
        (
            "<a href='https://a.example/'>https://a.example</a>",
            "https://a.example",
        ),
        (
            "<a href='mailto:a@b.example'>a@b.example</a>",
            "a@b.example",
        ),
        ("<a href='#top'>text</a>", "text"),
        ("<a href='javascript:x()'>text</a>", "text"),
        (
            "<a href='https://a.example/'><img src=x alt=pic></a>",
            "[image: pic](https://a.example/)",
        ),
        (
            "<a href='https://evil.example/'>https://bank.example/</a>",
            "[https://bank.example/](https://evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "<a href='https://evil.example/'>Pay at<br>bank.example</a>",
            "[Pay at](https://evil.example/) (⚠ goes to evil.example)\nbank.example (⚠ goes to evil.example)",
        ),
        (
            "<a href='https://evil.example/'><h2>Pay</h2><p>at bank.example</p></a>",
            "## [Pay](https://evil.example/) (⚠ goes to evil.example)\n\nat bank.example (⚠ goes to evil.example)",
        ),
        (
            "<a href='https://a.example/'><p>Pay</p><p>now</p></a>",
            "[Pay](https://a.example/)\n\nnow",
        ),
        (
            "<a href='https://evil.example/'><pre>bank.example</pre></a>x",
            "```\nbank.example <https://evil.example/> (⚠ goes to evil.example)\n```\n\nx",
        ),
        (
            "<a href='https://xbank.example/'>x<br>bank.example</a>",
            "[x](https://xbank.example/) (⚠ goes to xbank.example)\nbank.example (⚠ goes to xbank.example)",
        ),
        (
            "<a href='https://bank.example/'>Visit<br>bank.example</a>",
            "[Visit](https://bank.example/)\nbank.example",
        ),
        (
            "<a href='https://evil.example/'><object><a href='https://a.example/'>a</a></object> bank.example</a>",
            "[a](https://a.example/) [bank.example](https://evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "<a href='https://evil.example/'><img src=x alt='bank.example'></a>",
            "[image: bank.example](https://evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "<a href='https://bank.example@evil.example/'>Log in</a>",
            "[Log in](https://bank.example@evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "<a href='//bank.example@evil.example/'>Log in</a>",
            "[Log in](https://bank.example@evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "<a href='https://:bank.example@evil.example/'>Log in</a>",
            "[Log in](https://:bank.example@evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "<base href='data:x'><a href='/login'>Log in</a>",
            "[Log in](/login)",
        ),
        (
            "<a href='https://a.example/'><button>Pay</button></a>",
            "[button: Pay](https://a.example/)",
        ),
        (
            "<a href='https://evil.example/'>Log in at Bank.com</a>",
            "[Log in at Bank.com](https://evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "<svg><a href='https://evil.example/'><text>bank.example</text></a></svg>",
            "[bank.example](https://evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "<base href='https://evil.example/'><a href='/login'>bank.example</a>",
            "[bank.example](https://evil.example/login) (⚠ goes to evil.example)",
        ),
        (
            "<a href='https://a.example/?utm_source=x&id=1'>t</a>",
            "[t](https://a.example/?id=1)",
        ),
    ]);
}

#[test]
fn words_stay_apart_where_the_space_between_them_has_a_colour_that_is_not_seen() {
    check(&[
        (
            "<p style='color:white'><i style='color:red'>a</i> <i style='color:red'>b</i></p>",
            "*a b*",
        ),
        (
            "<p style='visibility:hidden'><u style='visibility:visible'>a</u> <u style='visibility:visible'>b</u>",
            "a b",
        ),
        (
            "a<u style='opacity:0'> </u>b<u style='color:white'> x </u>c",
            "a b c",
        ),
        (
            "a<u style='font-size:0'> </u>b<u style='display:none'> x </u>c",
            "abc",
        ),
        (
            "<a href='https://a.example/' style='color:white'><b style='color:red'>a.example</b> <b style='color:red'>x</b></a>",
            "[**a.example x**](https://a.example/)",
        ),
    ]);
}

#[test]
fn a_company_is_no_false_address_where_each_link_is_counted() {
    let counted = "<a href='https://count.example/'>More</a> ".repeat(4);
    for (text, warns) in [
        ("News.com: all prices", false),
        ("Log in at bank.com", true),
        ("Bank.com", true),
        ("Log in at www.Bank.com", true),
        ("Log in at Bank.com/login", true),
    ] {
        let html = format!("{counted}<a href='https://count.example/'>{text}</a>");
        let found = read(Some(&html), None).markdown;
        assert_eq!(found.contains('⚠'), warns, "{text}");
    }
    // Links that a person does not see count nothing.
    let unseen = counted.replace("<a ", "<a style='display:none' ");
    let html = format!("{unseen}<a href='https://count.example/'>News.com: all prices</a>");
    assert!(read(Some(&html), None).markdown.contains('⚠'));
}

#[test]
fn emphasis_and_escapes_keep_the_text() {
    check(&[
        ("<b>a</b> b", "**a** b"),
        ("<b>a </b>b", "**a** b"),
        ("<i>a</i><b>b</b>", "*a***b**"),
        ("<code>a`b</code>", "``a`b``"),
        ("<s>a</s>", "~~a~~"),
        (
            "10<sup>2</sup> m<sup>2</sup> Java<sup>TM</sup>",
            "10^2 m^2 JavaTM",
        ),
        ("*a* &lt;b&gt;", "\\*a\\* \\<b>"),
        ("# no heading", "\\# no heading"),
        (
            "snake_case_name https://a.example/a_b_c",
            "snake_case_name https://a.example/a_b_c",
        ),
    ]);
}

#[test]
fn an_override_of_the_direction_is_shown_as_it_is_seen() {
    check(&[
        ("<bdo dir=rtl>001</bdo>", "100"),
        ("a <bdo dir=RTL>(1 <b>23</b>.4)</bdo> b", "a (4.**32** 1) b"),
        ("<bdo dir=rtl>12<bdo dir=ltr>34</bdo>56</bdo>", "653421"),
        ("<bdo dir=rtl>12<bdi>34</bdi>5</bdo>", "53421"),
        ("<bdo dir=rtl>שלום 001</bdo>", "שלום 100"),
        ("<bdo dir=rtl>12<br>34</bdo>", "21\n43"),
        ("<bdo dir=ltr>001</bdo> <bdo>12</bdo>", "001 12"),
        ("<bdo dir=rtl><div>12</div></bdo>3", "12\n3"),
        (
            "<a href='https://evil.example/'><bdo dir=rtl>elpmaxe.<b>knab</b></bdo></a>",
            "[**bank**.example](https://evil.example/) (⚠ goes to evil.example)",
        ),
    ]);
}

#[test]
fn fields_and_images_are_labelled() {
    check(&[
        ("<img src=x alt='A [b]'>", "[image: A (b)]"),
        ("<button>Send</button>", "[button: Send]"),
        (
            "<input value=x><input type=checkbox checked>",
            "[field: x] [x]",
        ),
        ("<select><option>a<option selected>b</select>", "[field: b]"),
        ("<input type=hidden value=x>text", "text"),
    ]);
}
