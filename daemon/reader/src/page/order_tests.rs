//! The order of boxes beside each other.

use super::tests::check;

#[test]
fn the_cells_of_a_table_are_turned_in_all_rows_or_in_none() {
    const IN_ORDER: &str = "| Price | Item |\n|---|---|\n| $5 | Tea |";
    const TURNED: &str = "| Item | Price |\n|---|---|\n| Tea | $5 |";
    check(&[
        (
            "<table dir=rtl><tr><th>Price<th>Item<tr><td dir=ltr>$5<td dir=ltr>Tea</table>",
            IN_ORDER,
        ),
        (
            "<table dir=rtl><tr><th dir=ltr>Price<th dir=ltr>Item<tr><td dir=ltr>$5<td dir=ltr>Tea</table>",
            TURNED,
        ),
        (
            "<table dir=rtl><thead dir=ltr><tr><th>Price<th>Item</thead><tr dir=ltr><td>$5<td>Tea</table>",
            TURNED,
        ),
        (
            "<style>td,th{direction:ltr}</style><table style='direction:rtl'><tr><th>Price<th>Item<tr><td>$5<td>Tea</table>",
            TURNED,
        ),
        (
            "<div dir=rtl><table><tr dir=ltr><th>Price<th>Item<tr dir=ltr><td>$5<td>Tea</table></div>",
            TURNED,
        ),
        // The direction of rows, groups and cells moves nothing.
        (
            "<table><tr><th>Price<th>Item<tr dir=rtl><td dir=ltr>$5<td dir=ltr>Tea</table>",
            IN_ORDER,
        ),
        (
            "<table><tr><th>Price<th>Item<tbody dir=rtl><tr><td dir=ltr>$5<td dir=ltr>Tea</table>",
            IN_ORDER,
        ),
        (
            "<div dir=rtl><table dir=ltr><tr><th>Price<th>Item<tr><td>$5<td>Tea</table></div>",
            IN_ORDER,
        ),
        (
            "<table dir=rtl><tr><th>السعر<th>الصنف<tr><td dir=ltr>$5<td dir=ltr>Tea<tr><td dir=ltr>$7<td>كوب</table>",
            "| السعر | الصنف |\n|---|---|\n| $5 | Tea |\n| $7 | كوب |",
        ),
        // A row of one cell, and cells that cover others.
        (
            "<table dir=rtl><tr><td colspan=2>Order<tr dir=ltr><td>b<td>a<tr dir=ltr><td>d<td>c</table>",
            "Order\na | b\nc | d",
        ),
        (
            "<table dir=rtl><tr dir=ltr><th>C<th rowspan=2>B<th>A<tr dir=ltr><td>c<td>a</table>",
            "| A | B | C |\n|---|---|---|\n| a | (cell above) | c |",
        ),
        // A short row stays under its names.
        (
            "<table dir=rtl><tr dir=ltr><th>C<th>B<th>A<tr dir=ltr><td>c<td>b</table>",
            "| C | B | A |\n|---|---|---|\n| c | b | |",
        ),
    ]);
}

#[test]
fn a_box_at_the_right_edge_is_behind_the_line_beside_it() {
    check(&[
        (
            "<div><div style='float:right'>$5</div><div>Tax</div></div><div><div style='float:right'>$48</div><div>Total</div></div>",
            "Tax\n$5\nTotal\n$48",
        ),
        (
            "<p style='float:right;margin:0'>$5</p><p style='margin:0'>Tax</p>",
            "Tax\n$5",
        ),
        (
            "<div style='float:right'>$5</div><div style='float:left'>Tax</div><div style='clear:both'></div>",
            "Tax\n$5",
        ),
        (
            "<div style='float:right'>$5</div>Tax<br>Sum",
            "Tax\n$5\n\nSum",
        ),
        (
            "<ul><li><div style='float:right'>$5</div>Tax</ul>",
            "- Tax\n  $5",
        ),
        (
            "<dl><dd style='float:right'>$5</dd><dt>Tax</dt></dl>",
            "Tax\n  $5",
        ),
        // In a box of its own, which takes no room.
        (
            "<div><span style='float:right'>$5</span></div><div>Tax</div>",
            "Tax\n$5",
        ),
        (
            "<div style='overflow:hidden'><span style='float:right'>$5</span></div><div>Tax</div>",
            "$5\nTax",
        ),
        (
            "<div style='height:30px'><span style='float:right'>$5</span></div><div>Tax</div>",
            "$5\nTax",
        ),
        (
            "<div><table width=100% align=right><tr><td>a</table></div><div><table width=100% align=right><tr><td>b</table></div>",
            "a\n\nb",
        ),
        // Columns.
        (
            "<table align=right><tr><td>$5</table><table align=left><tr><td>Tax</table>",
            "Tax\n\n$5",
        ),
        (
            "<table align=right><tr><td>$5<tr><td>c</table><table align=left><tr><td>Tax<tr><td>a</table>",
            "Tax\na\n\n$5\nc",
        ),
        (
            "<div style='float:right;width:40%'><p>c</p><p>d</p></div><div style='float:left;width:60%'><p>a</p><p>b</p></div>",
            "a\n\nb\n\nc\n\nd",
        ),
        (
            "<div style='float:right'>c</div><div style='float:right'>b</div><div>a</div>",
            "a\nb\nc",
        ),
        (
            "<div style='float:right'>c</div><div style='float:right'>b</div><div style='float:right'>a</div>",
            "a\nb\nc",
        ),
        // The box is above the text.
        (
            "<div style='float:right'>a</div><div style='clear:both'>b</div>",
            "a\nb",
        ),
        (
            "<div style='float:right;width:100%'>a</div><div style='float:left;width:50%'>b</div>",
            "a\nb",
        ),
        (
            "<table align=right width=300><tr><td>a</table><table align=left width=600><tr><td>b</table>",
            "a\n\nb",
        ),
        (
            "<div style='width:500px'><table align=right width=300><tr><td>a<tr><td>b</table><table align=left width=300><tr><td>c</table></div>",
            "a\nb\n\nc",
        ),
        (
            "<table align=right style='float:none;display:inline-table'><tr><td>a</table><table align=left><tr><td>b</table>",
            "a\n\nb",
        ),
        // It is beside the first of several lines, or a picture.
        (
            "<div style='float:right'>Ad</div><div><p>a</p><p>b</p></div>",
            "Ad\n\na\n\nb",
        ),
        (
            "<div style='float:right'>Ad<br>Ad</div><p>a</p><p>b</p>",
            "Ad\nAd\n\na\n\nb",
        ),
        (
            "<div style='float:right'><img alt=x></div><div>a</div>",
            "[image: x]\na",
        ),
        // It is above a block that does not fit beside it, and below a line that has begun.
        (
            "<div style='width:100px'><div style='float:right'>Rrrrrrrrrr</div><div>Looooooooong</div></div>",
            "Rrrrrrrrrr\nLooooooooong",
        ),
        (
            "<div style='float:right'>a</div><img alt='' width=20 height=80><div>b</div>",
            "a\nb",
        ),
        ("a<div style='float:right'>b</div><div>c</div>", "a\nb\nc"),
        (
            "<div style='float:right;margin-top:40px'>a</div><div>b</div><div>c</div>",
            "a\nb\nc",
        ),
        ("<div>a</div><div style='float:right'>b</div>", "a\nb"),
        ("<div style='float:left'>a</div><div>b</div>", "a\nb"),
        (
            "<div style='display:flex'><div style='float:right'>a</div><div>b</div></div>",
            "a\nb",
        ),
    ]);
}

#[test]
fn a_box_that_is_placed_at_the_right_edge_is_behind_its_line() {
    check(&[
        (
            "<div style='position:relative'><span style='position:absolute;right:0'>$5</span>Tax</div>",
            "Tax\n$5",
        ),
        (
            "<div style='position:relative'><div style='position:absolute;right:0;top:0'>$5</div><div>Tax</div></div>",
            "Tax\n$5",
        ),
        (
            "<div style='position:relative'>Tax<div style='position:absolute;right:0;top:0'>$5</div><div>Sum</div></div>",
            "Tax\n$5\nSum",
        ),
        (
            "<div style='position:relative'><div style='position:absolute;right:0'>a</div><h1>b</h1></div>",
            "a\n\n# b",
        ),
        (
            "<b style='position:absolute;right:10px'>$5</b>Tax",
            "Tax\n**$5**",
        ),
        (
            "<div style='position:relative'><div style='position:absolute;left:0'>$5</div><div style='padding-left:99px'>Tax</div></div>",
            "$5\nTax",
        ),
        (
            "<div style='position:relative'><div style='position:absolute;right:0;left:0'>$5</div><div>Tax</div></div>",
            "$5\nTax",
        ),
    ]);
}

#[test]
fn boxes_from_the_right_to_the_left_are_turned_if_their_text_runs_to_the_right() {
    check(&[
        (
            "<table><tr><td style='direction:rtl;font-size:0'><div style='direction:ltr;display:inline-block;width:50%;font-size:13px'>$5</div><div style='direction:ltr;display:inline-block;width:50%;font-size:13px'>Tax</div></table>",
            "Tax $5",
        ),
        (
            "<div dir=rtl><b dir=ltr style='display:inline-block'>$5</b> <i dir=ltr style='display:inline-block'>Tax</i><br><b dir=ltr style='display:inline-block'>$6</b> <i dir=ltr style='display:inline-block'>Sum</i></div>",
            "*Tax* **$5**\n*Sum* **$6**",
        ),
        (
            "<div style='display:flex;direction:rtl'><div style='direction:ltr'>$5</div><div style='direction:ltr'>Tax</div></div>",
            "Tax\n$5",
        ),
        (
            "<div style='display:table;direction:rtl'><div style='display:table-cell;direction:ltr'>$5</div><div style='display:table-cell;direction:ltr'>Tax</div></div>",
            "Tax | $5",
        ),
        // Turned twice, below each other, or in several lines.
        (
            "<div style='display:flex;direction:rtl;flex-direction:row-reverse'><div style='direction:ltr'>Tax</div><div style='direction:ltr'>$5</div></div>",
            "Tax\n$5",
        ),
        (
            "<div style='display:flex;direction:rtl;flex-direction:column'><div style='direction:ltr'>a</div><div style='direction:ltr'>b</div></div>",
            "a\nb",
        ),
        (
            "<div style='direction:rtl;font-size:0'><div style='direction:ltr;display:inline-block;width:100%;font-size:13px'>a</div><div style='direction:ltr;display:inline-block;width:100%;font-size:13px'>b</div></div>",
            "a b",
        ),
        (
            "<div dir=rtl><b dir=ltr style='display:inline-block;width:50%'>a</b> <i dir=ltr style='display:inline-block;width:50%'>b</i></div>",
            "**a** *b*",
        ),
        (
            "<div dir=rtl style='font-size:0'><div dir=ltr style='display:inline-block;width:400px;font-size:13px'>a</div><div dir=ltr style='display:inline-block;width:400px;font-size:13px'>b</div></div>",
            "a b",
        ),
        (
            "<div dir=rtl style='font-size:0;width:600px'><div dir=ltr style='display:inline-block;width:300px;font-size:13px'>b</div><div dir=ltr style='display:inline-block;width:300px;font-size:13px'>a</div></div>",
            "a b",
        ),
        // A mail that is read from the right to the left.
        (
            "<div dir=rtl><b style='display:inline-block'>a</b> <i style='display:inline-block'>b</i></div>",
            "**a** *b*",
        ),
        (
            "<div dir=rtl><b dir=ltr style='display:inline-block'>מחיר</b> <i dir=ltr style='display:inline-block'>שם</i></div>",
            "**מחיר** *שם*",
        ),
    ]);
}
