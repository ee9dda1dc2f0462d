//! Text whose place, size or direction changes what a person reads.

use super::tests::check;

#[test]
fn digits_that_are_seen_apart_are_written_apart() {
    check(&[
        (
            "$19<span style='vertical-align:super;font-size:60%'>99</span>",
            "$19^99",
        ),
        (
            "$19<span style='vertical-align:text-top;font-size:12px'>99</span>",
            "$19^99",
        ),
        (
            "$19<span style='position:relative;top:-.5em;font-size:75%'>99</span>",
            "$19^99",
        ),
        (
            "$19<span style='position:relative;bottom:4px;font-size:10px'>99</span>",
            "$19^99",
        ),
        ("5<small>99</small> €", "5 99 €"),
        (
            "<span style='font-size:40px'>5</span><span style='font-size:14px'>99</span>",
            "5 99",
        ),
        ("Room 10<sub>2</sub>", "Room 10_2"),
        (
            "10<span style='vertical-align:-2px;font-size:8px'>2</span>",
            "10_2",
        ),
        ("log<sub>10</sub>5", "log10 5"),
        ("10<sup>2</sup>3", "10^2 3"),
        (
            "2<sup>n</sup> x<sup>n+1</sup> 10<sup>–6</sup>",
            "2^n x^n+1 10^–6",
        ),
        (
            "E=mc<sup>2</sup>, 5 km<sup>2</sup>, word<sup>1</sup>",
            "E=mc^2, 5 km^2, word^1",
        ),
        ("$<sup>19</sup>99", "$19 99"),
        // Other text is not changed.
        ("H<sub>2</sub>O, 1<small>st</small>", "H2O, 1st"),
        (
            "1<sup>st</sup> 2<sup>nd</sup> 1<sup>o</sup> M<sup>lle</sup> X<sup>TM</sup>",
            "1st 2nd 1o Mlle XTM",
        ),
        ("<b>1</b>23<span style='font-size:95%'>4</span>", "**1**234"),
        ("<span style='vertical-align:baseline'>12</span>34", "1234"),
        ("1<span style='vertical-align:middle'>2</span>", "12"),
        ("Step<span style='vertical-align:top'>1</span>", "Step1"),
    ]);
}

#[test]
fn margins_and_padding_of_text_in_a_line_separate_words() {
    check(&[
        (
            "Qty 2<span style='padding-left:16px'>19.99</span>",
            "Qty 2 19.99",
        ),
        (
            "<b style='margin-right:1em'>Date</b>5 May",
            "**Date** 5 May",
        ),
        ("Pay<span style='margin:0 6px'>NEW</span>now", "Pay NEW now"),
        (
            "<a href=https://a.example/ style='margin-inline-end:8px'>a</a><a href=https://b.example/>b</a>",
            "[a](https://a.example/) [b](https://b.example/)",
        ),
        ("a<span style='padding:0 1px'>b</span>c", "abc"),
        ("a<span style='padding:9px 0'>b</span>c", "abc"),
        (
            "a<span style='padding-left:9px;margin-left:-9px'>b</span>c",
            "abc",
        ),
    ]);
}

#[test]
fn boxes_are_in_the_order_in_which_they_are_seen() {
    check(&[
        (
            "<div><span style='float:right'>22.99</span><span>Total</span></div>",
            "Total 22.99",
        ),
        (
            "<span style='float:right'>1</span>Net<br><span style='float:right'>2</span>Tax",
            "Net 1\nTax 2",
        ),
        (
            "<span style='float:right'>1</span><div>a</div><div>b</div>",
            "a\n1\nb",
        ),
        (
            "<div style='display:flex;flex-direction:column-reverse'><p>b</p><p>a</p></div>",
            "a\n\nb",
        ),
        (
            "<div style='display:inline-flex;flex-flow:wrap row-reverse'><b>b</b><i>a</i></div>",
            "*a* **b**",
        ),
        (
            "<div style='display:flex'><span>Order</span><span>123</span></div>",
            "Order 123",
        ),
        (
            "<div style='display:grid'>a<b>b</b></div><span>c</span><span>d</span>",
            "a **b**\ncd",
        ),
        (
            "<div style='flex-direction:row-reverse'><p>a</p><p>b</p></div>",
            "a\n\nb",
        ),
        (
            "<table dir=rtl><tr><td dir=ltr>b<td dir=ltr>a</table>",
            "a | b",
        ),
        (
            "<table style='direction:rtl'><tr><td dir=ltr>b<td dir=ltr>a</table>",
            "a | b",
        ),
        ("<table dir=rtl><tr><td>א<td>ב</table>", "א | ב"),
        ("<table><tr><td dir=ltr>a<td dir=ltr>b</table>", "a | b"),
    ]);
}

#[test]
fn an_override_in_a_style_is_shown_as_it_is_seen() {
    check(&[
        (
            "<p style='direction:rtl;unicode-bidi:bidi-override'>moc.knab</p>x",
            "bank.com\n\nx",
        ),
        (
            "<div dir=rtl><span style='unicode-bidi:isolate-override'>001</span></div>",
            "100",
        ),
        ("<p style='unicode-bidi:bidi-override'>001</p>", "001"),
        ("<bdo dir=rtl>001</bdo>", "100"),
        ("<bdo dir=rtl style='direction:ltr'>001</bdo>", "001"),
        ("<bdo dir=rtl style='unicode-bidi:normal'>001</bdo>", "001"),
        ("<p style='direction:rtl'>001</p>", "001"),
        (
            "<a href=https://evil.example/ style='direction:rtl;unicode-bidi:bidi-override'>moc.knab</a>",
            "[bank.com](https://evil.example/) (⚠ goes to evil.example)",
        ),
        // The characters keep their order, and the link names another host on the screen.
        (
            "<a href=https://evil.example/>&#x202e;moc.knab</a>",
            "[moc.knab](https://evil.example/) (⚠ goes to evil.example)",
        ),
    ]);
}

#[test]
fn blocks_in_a_line_separate_words_only_where_a_person_sees_it() {
    check(&[
        (
            "19<span style='display:inline-block'>,99</span> €",
            "19,99 €",
        ),
        (
            "<a href=https://evil.example/>bank<span style='display:inline-block'>.com</span></a>",
            "[bank.com](https://evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "<a href=https://evil.example/>bank<span style='padding-left:9px'>.com</span></a>",
            "[bank .com](https://evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "<a href=https://evil.example/>bank</a><b>.com</b>",
            "[bank](https://evil.example/) (⚠ goes to evil.example)**.com**",
        ),
        (
            "bank.<i><a href=https://evil.example/>com</a></i>",
            "bank.[*com*](https://evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "x\u{3000}bank.<a href=https://evil.example/>com</a>",
            "x bank.[com](https://evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "(<a href=https://a.example/>docs</a>,b.example.com)",
            "([docs](https://a.example/),b.example.com)",
        ),
        (
            "<a href=https://a.example/>bank</a><div>.com</div>",
            "[bank](https://a.example/)\n.com",
        ),
        (
            "<span style='float:left;font-size:40px;padding-right:3px'>O</span>nce",
            "Once",
        ),
        (
            "<div style='display:inline-block;width:200px'>a</div><div style='display:inline-block;width:200px'>b</div>",
            "a b",
        ),
        (
            "<span style='display:inline-block;min-width:90px'>a</span>b",
            "a b",
        ),
        (
            "Text <span style='position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)'>x</span> goes on",
            "Text goes on",
        ),
    ]);
}

#[test]
fn an_indentation_is_no_quotation() {
    check(&[
        (
            "<blockquote style='margin:0 0 0 40px;border:none;padding:0px'>new</blockquote>",
            "new",
        ),
        (
            "<blockquote class='webkit-indent-blockquote'>new</blockquote>",
            "new",
        ),
        ("<blockquote>old</blockquote>", "> old"),
        (
            "<blockquote type=cite style='border:none'>old</blockquote>",
            "> old",
        ),
        (
            "<blockquote style='border:none;border-left:solid #CCCCCC 1.0pt;padding:0'>old</blockquote>",
            "> old",
        ),
        (
            "<blockquote style='margin: 0 0 0 40px; border : 0px solid'>new</blockquote>",
            "new",
        ),
        (
            "<blockquote class='gmail_quote' style='border-left:0'>old</blockquote>",
            "> old",
        ),
    ]);
}

#[test]
fn tables_of_data_keep_their_cells() {
    check(&[
        (
            "<table><tr><th>To<th>From<tr><td>A GmbH<br>Way 1<br>Berlin<br>DE<br>VAT 5<td>B</table>",
            "| To | From |\n|---|---|\n| A GmbH<br>Way 1<br>Berlin<br>DE<br>VAT 5 | B |",
        ),
        (
            "<table><tr><th>a<th>b<tr><td><p>10</p><p>20</p><td><div>1</div><div>2</div></table>",
            "| a | b |\n|---|---|\n| 10<br>20 | 1<br>2 |",
        ),
        (
            "<table><tr><th>Plan<th>A<th>B<tr><td>SSO<td><img src=x width=16 height=16><td></table>",
            "| Plan | A | B |\n|---|---|---|\n| SSO | [image] | |",
        ),
    ]);
}

#[test]
fn a_list_in_no_item_is_below_the_item_before_it() {
    check(&[
        (
            "<ol><li>a<ol><li>b<li>c</ol><li>d</ol>",
            "1. a\n   1. b\n   2. c\n2. d",
        ),
        (
            "<ol><li>a</li><ol><li>b<li>c</ol><li>d</ol>",
            "1. a\n   1. b\n   2. c\n2. d",
        ),
        (
            "<ul><li>a</li><ul><li>b</li><ul><li>c</ul><li>d</ul><li>e</ul>",
            "- a\n  - b\n    - c\n  - d\n- e",
        ),
        ("<ol style='list-style:lower-greek'><li>a</ol>", "1. a"),
        ("<ol style='list-style:square'><li>a</ol>", "- a"),
    ]);
}

#[test]
fn preformatted_lines_keep_their_indentation() {
    check(&[
        (
            "<div style='white-space:pre'>if x:\n    y\n\tz\n</div>b",
            "if x:\n    y\n    z\nb",
        ),
        (
            "<div style='white-space:pre-wrap'>  a\n   </div><p>b",
            "  a\n\nb",
        ),
        ("<p>a <span style='white-space:pre'>  b</span>", "a   b"),
        ("<div style='white-space:pre-line'>  a\n  b</div>", "a\nb"),
    ]);
}

#[test]
fn no_text_of_a_mail_imitates_the_markup_of_the_reader() {
    check(&[
        (
            "[click<br>here](https://evil.example/)",
            "[click\nhere\\](https://evil.example/)",
        ),
        (
            "<a href=https://evil.example/>Log in](https://a.example/) [x</a>",
            "[Log in\\](https://a.example/) \\[x](https://evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "<a href=https://a.example/>A] b</a>",
            "[A\\] b](https://a.example/)",
        ),
        (
            "<a href=https://a.example/>[A-1] b</a>",
            "[[A-1] b](https://a.example/)",
        ),
        (
            "<a href=https://evil.example/>Log in</a> (⚠ goes to bank.example)",
            "[Log in](https://evil.example/) \\(⚠ goes to bank.example)",
        ),
        ("[image: Verified sender]", "\\[image: Verified sender]"),
        ("[button: Pay] [1]", "\\[button: Pay] [1]"),
        (
            "&lt;img src='https://evil.example/x'&gt; &lt;https://a.example&gt;",
            "\\<img src='https://evil.example/x'> <https://a.example>",
        ),
        (
            "<table><tr><th>a<th>b<tr><td><img alt='p|q'><td>2</table>",
            "| a | b |\n|---|---|\n| [image: p\\|q] | 2 |",
        ),
    ]);
}

#[test]
fn text_that_a_margin_moves_over_a_picture_is_shown() {
    for html in [
        "<img src=x><div style='margin-top:-200px'>text</div>",
        "<div style='margin-bottom:-300px'><img src=x width=600></div><p>text</p>",
        "<img src=x style='display:block;margin-bottom:-300px'><p>text</p>",
        "<div style='margin-bottom:-300px'><video></video></div><p>text</p>",
        "<div style='margin-bottom:-300px'><svg viewBox='0 0 1 1'></svg></div><p>text</p>",
        "<div style='margin-bottom:-300px;aspect-ratio:1'></div><p>text</p>",
        "<div style='margin-bottom:-300px;border:200px solid red'></div><p>text</p>",
        "<br><br><br><br><br><br><br><br><br><br><div style='margin-top:-100px'>text</div>",
    ] {
        check(&[(html, "text")]);
    }
    for html in [
        "<img src=x><img src=y><div style='margin-top:-9999px'>text</div>",
        "<div style='margin-bottom:-9999px'><img src=x></div><p>text</p>",
    ] {
        check(&[(html, "")]);
    }
}

#[test]
fn pictures_and_fields_have_a_size_of_their_own() {
    let on_black = |before: &str, style: &str| {
        format!(
            "<div style='background:black;color:white'>{before}<div style='{style}'>in</div></div>"
        )
    };
    check(&[
        (
            "<img src=a.png alt=A style='display:block;overflow:hidden'>",
            "[image: A]",
        ),
        (&on_black("<meter></meter>", "float:left"), "in"),
        (
            &on_black("<canvas></canvas>", "position:relative;top:-100px"),
            "in",
        ),
        (&on_black("<audio controls></audio>", "float:left"), "in"),
        (&on_black("<audio></audio>", "float:left"), ""),
        // It is not as large as the box around, whatever its offsets are.
        (
            "<div style='position:relative'>in\
             <canvas style='position:absolute;inset:0;background:white'></canvas></div>",
            "in",
        ),
    ]);
}

#[test]
fn a_long_line_that_begins_off_the_screen_is_shown() {
    let line = "a line of many words that is longer than the distance by which it is moved";
    for html in [
        format!("<div style='margin-left:-100px'>{line}</div>"),
        format!("<div style='position:relative;left:-100px;letter-spacing:-.5px'>{line}</div>"),
        format!("<div style='text-indent:-100px;word-spacing:-1px'>{line}</div>"),
    ] {
        check(&[(&html, line)]);
    }
}
