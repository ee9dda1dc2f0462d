//! Columns and indentations that are drawn with fixed spaces.

use super::tests::check;

#[test]
fn fixed_spaces_keep_words_in_their_columns() {
    check(&[
        (
            "<tt>Date &nbsp; &nbsp; &nbsp; Debit &nbsp; &nbsp; &nbsp;Credit<br>01.06 &nbsp; &nbsp; &nbsp;5.00<br>02.06 &nbsp; &nbsp; &nbsp; &nbsp; &nbsp; &nbsp; &nbsp; &nbsp;9.00</tt>",
            "`Date       Debit      Credit`\n`01.06      5.00`\n`02.06                9.00`",
        ),
        ("a&nbsp;&nbsp;&nbsp;<b>b</b>", "a   **b**"),
        (
            "<b>a</b>&nbsp;&nbsp;&nbsp;b &nbsp; &nbsp;\n&nbsp; c",
            "**a**   b       c",
        ),
        (
            "<div>&nbsp;&nbsp;&nbsp;if x:<br>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;y()<br>z()</div>",
            "   if x:\n      y()\nz()",
        ),
        ("<p>a</p><p>&nbsp; &nbsp;b</p>", "a\n\n   b"),
        // A few are spaces between words.
        ("a &nbsp;|&nbsp; b&nbsp;&nbsp;c", "a | b c"),
        ("5&nbsp;000 EUR<br>&nbsp;x", "5 000 EUR\nx"),
        (
            "<a href=https://a.example/1>a</a>&nbsp;&nbsp;&nbsp;<a href=https://a.example/2>b</a>",
            "[a](https://a.example/1) [b](https://a.example/2)",
        ),
        (
            "Home&nbsp; &nbsp; |&nbsp; &nbsp;<b>Help</b> &nbsp; &nbsp;/ &nbsp; x",
            "Home | **Help** / x",
        ),
        // Nothing is beside them.
        (
            "<div>a&nbsp;&nbsp;&nbsp;&nbsp;</div><div>&nbsp;&nbsp;&nbsp;</div><div>b</div>",
            "a\n\nb",
        ),
        (
            "<ul><li>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;a<li>b</ul>",
            "- a\n- b",
        ),
        ("<h1>&nbsp;&nbsp;&nbsp;a</h1>", "# a"),
        (
            "<table><tr><td>&nbsp;&nbsp;&nbsp;a<td>&nbsp;&nbsp;&nbsp;5</table>",
            "a | 5",
        ),
        (
            "<table><tr><th>a<th>b<tr><td>&nbsp;&nbsp;&nbsp;1<td>&nbsp;&nbsp;&nbsp;<br>&nbsp;&nbsp;2</table>",
            "| a | b |\n|---|---|\n| 1 | 2 |",
        ),
    ]);
}

#[test]
fn an_indented_paragraph_is_no_block_of_code() {
    check(&[
        (
            "<p>&nbsp;&nbsp;&nbsp;&nbsp;<b>Bold</b> x</p>",
            "\u{a0}   **Bold** x",
        ),
        (
            "<p>a</p><p>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;# b</p>",
            "a\n\n\u{a0}    \\# b",
        ),
        (
            "<blockquote>&nbsp;&nbsp;&nbsp;&nbsp;a</blockquote>",
            "> \u{a0}   a",
        ),
        (
            "<div style='white-space:pre'>     Debit  Credit\n1.6.  5</div>",
            "\u{a0}    Debit  Credit\n1.6.  5",
        ),
        // A line of a paragraph is none.
        (
            "if x:<br>&nbsp;&nbsp;&nbsp;&nbsp;y()<br>&nbsp;&nbsp;&nbsp;&nbsp;z()",
            "if x:\n    y()\n    z()",
        ),
        ("<p>&nbsp;&nbsp;&nbsp;a</p>", "   a"),
        ("<pre>    a</pre>", "```\n    a\n```"),
    ]);
}
