//! The Markdown of tables.

use super::tests::check;

#[test]
fn tables_are_data_or_layout() {
    check(&[
        (
            "<table><tr><th>a<th>b<tr><td>1<td>2</table>",
            "| a | b |\n|---|---|\n| 1 | 2 |",
        ),
        (
            "<table><tr><th>a<th>b<tr><td>1<td><h3>x</h3><ul><li>y<li>z</ul></table>",
            "| a | b |\n|---|---|\n| 1 | x<br>- y<br>- z |",
        ),
        ("<table><tr><td>Total<td>$5</table>", "Total | $5"),
        ("<table><tr><th>Total<td>$5</table>", "Total: $5"),
        ("<table><tr><td>Total:<td>$5</table>", "Total: $5"),
        (
            "<table><tr><th>Name<td>Pat<th>Id<td>7<tr><td>Day:<td>Mon<td>Time:<td>9</table>",
            "Name: Pat | Id: 7\nDay: Mon | Time: 9",
        ),
        (
            "<table><tr><td>City:<td>State:<td>Zip:</table>",
            "City: | State: | Zip:",
        ),
        (
            "<table><tr><td>•<td>a<tr><td>2.<td>b<tr><td>-<td>5</table>",
            "• a\n2. b\n- | 5",
        ),
        ("<table><tr><td><p>a</p><p>b</p></table>", "a\n\nb"),
        (
            "<table role=presentation><tr><th>a<th>b<tr><td>1<td>2</table>",
            "a | b\n1 | 2",
        ),
    ]);
}

#[test]
fn a_first_row_that_covers_others_is_no_header() {
    check(&[
        (
            "<table><tr><td rowspan=2>North<td>Kiel<td>5<tr><td>Husum<td>7</table>",
            "| | | |\n|---|---|---|\n| North | Kiel | 5 |\n| | Husum | 7 |",
        ),
        (
            "<table><thead><tr><td rowspan=2>Day<td colspan=2>Time<tr><td>from<td>to</thead><tr><td>Mon<td>9<td>5</table>",
            "| Day | Time | |\n|---|---|---|\n| | from | to |\n| Mon | 9 | 5 |",
        ),
    ]);
}

#[test]
fn a_table_with_lines_between_its_cells_is_data() {
    const CELL: &str = "<td style='border:solid windowtext 1.0pt'>";
    let word = format!(
        "<table><tr>{CELL}<p>Who</p>{CELL}<p>What</p><tr>{CELL}Ann{CELL}<p>Draft</p><p>Send</p></table>"
    );
    let shown = "| Who | What |\n|---|---|\n| Ann | Draft<br>Send |";
    check(&[
        (&word, shown),
        (
            "<table border=1><tr><td>Who<td>What<tr><td>Ann<td>Draft<br>Send</table>",
            shown,
        ),
        (
            "<table border=0><tr><td>Who<td>What<tr><td>Ann<td>Draft<br>Send</table>",
            "Who | What\n\nAnn\nDraft\nSend",
        ),
        (
            "<table border=1><tr><td>Menu<td><h2>News</h2><ul><li>a</ul><tr><td>b<td>c</table>",
            "Menu\n\n## News\n\n- a\n\nb | c",
        ),
        (
            "<table border=1><tr><td>10<td><pre>- a_b</pre><tr><td>11<td><pre>+ c</pre></table>",
            "10 | - a_b\n11 | + c",
        ),
        (
            "<table><tr><th>a<th>b<tr><td>1<td><table><tr><td>x<td>y<tr><td>z</table></table>",
            "| a | b |\n|---|---|\n| 1 | x y<br>z |",
        ),
    ]);
}

#[test]
fn a_cell_stays_in_its_column_where_cells_before_it_are_empty() {
    check(&[
        (
            "<table><tr><td>Item<td>Debit<td>Credit<tr><td>Rent<td><td>500</table>",
            "| Item | Debit | Credit |\n|---|---|---|\n| Rent | | 500 |",
        ),
        (
            "<table><tr><td><td>Mon<td>Tue<tr><td>9:00<td><td>Dentist</table>",
            "| | Mon | Tue |\n|---|---|---|\n| 9:00 | | Dentist |",
        ),
        (
            "<table><tr><td>Day<td>Time<td>Who<tr><td rowspan=0>Mon<td>9<td>Ann<tr><td>10<td>Bob</table>",
            "| Day | Time | Who |\n|---|---|---|\n| Mon | 9 | Ann |\n| | 10 | Bob |",
        ),
        (
            "<table><tr><td>a<td>b<td>c<tr><td colspan=2>d<td>e</table>",
            "| a | b | c |\n|---|---|---|\n| d | | e |",
        ),
        (
            "<table><tr><td>Debit<td>Credit<tr><td><td>500<tr><td>300<td></table>",
            "| Debit | Credit |\n|---|---|\n| | 500 |\n| 300 | |",
        ),
        (
            "<table role=presentation><tr><td>Item<td>Debit<td>Credit<tr><td>Rent<td><td>500</table>",
            "Item | Debit | Credit\nRent | | 500",
        ),
        (
            "<table><tr><td>Mon<td>Tue<td>Wed<td>Thu<tr><td><td><td><td>Party</table>",
            "Mon | Tue | Wed | Thu\n| | | Party",
        ),
        (
            "<table><tr><td>Debit<td>Credit<tr><td><td>500</table>",
            "Debit | Credit\n| 500",
        ),
        (
            "<table><tr><td colspan=3>Invoice<tr><td>A<td>1<td>2<tr><td>B<td><td>7</table>",
            "Invoice\n\n| A | 1 | 2 |\n|---|---|---|\n| B | | 7 |",
        ),
        (
            "<table><tr><td>Team<td>Name<tr><td rowspan=2>Red<td>Ann<tr><td>Bob<tr><td>Blue<td>Cid</table>",
            "Team | Name\nRed | Ann\n| Bob\nBlue | Cid",
        ),
        (
            "<table><thead><tr><th rowspan=3>a<th>b</thead><tbody><tr><td>1<td>2</table>",
            "| a | b |\n|---|---|\n| 1 | 2 |",
        ),
        (
            "<table><tr><td>a<td width=9><td>b<tr><td>c<td><td>d</table>",
            "a | b\nc | d",
        ),
        (
            "<table><tr><td>a<td>b<td>c<tr><td>d<td>e</table>",
            "a | b | c\nd | e",
        ),
        (
            "<table><tfoot><tr><td>Sum<td>3<thead><tr><th>a<th>b<tbody><tr><td>1<td>2</table>",
            "| a | b |\n|---|---|\n| 1 | 2 |\n| Sum | 3 |",
        ),
        (
            "<style>tfoot + tbody { display: none }</style><table><tfoot><tr><td>x<tbody><tr><td>y</table>",
            "x",
        ),
        (
            "<table><caption>t</caption><tbody><tr><td>1<thead><tr><th>a<thead><tr><td>2</table>",
            "t\na\n1\n2",
        ),
    ]);
}
