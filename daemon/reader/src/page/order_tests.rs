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
