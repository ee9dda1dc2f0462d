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
            "| a | b |\n|---|---|\n| 1 | **x**<br>- y<br>- z |",
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
            "| Day | Time | |\n|---|---|---|\n| (cell above) | from | to |\n| Mon | 9 | 5 |",
        ),
    ]);
}

#[test]
fn a_table_with_lines_between_its_cells_is_data() {
    const CELL: &str = "<td style='border:solid windowtext 1.0pt'>";
    let word = format!(
        "<table><tr>{CELL}<p><b>Who</b></p>{CELL}<p><b>What</b></p><tr>{CELL}Ann{CELL}<p>Draft</p><p>Send</p></table>"
    );
    let shown = "| **Who** | **What** |\n|---|---|\n| Ann | Draft<br>Send |";
    check(&[
        (&word, shown),
        (
            "<table border=1><tr><td><b>Who</b><td><b>What</b><tr><td>Ann<td>Draft<br>Send</table>",
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
            "10 | `- a_b`\n11 | `+ c`",
        ),
        (
            "<table><tr><th>a<th>b<tr><td>1<td><table><tr><td>x<td>y<tr><td>z</table></table>",
            "| a | b |\n|---|---|\n| 1 | x \\| y<br>z |",
        ),
    ]);
}

#[test]
fn a_cell_stays_in_its_column_where_cells_before_it_are_empty() {
    check(&[
        (
            "<table><tr><td>Item<td>Debit<td>Credit<tr><td>Rent<td><td>500</table>",
            "| | | |\n|---|---|---|\n| Item | Debit | Credit |\n| Rent | | 500 |",
        ),
        (
            "<table><tr><td><td>Mon<td>Tue<tr><td>9:00<td><td>Dentist</table>",
            "| | | |\n|---|---|---|\n| | Mon | Tue |\n| 9:00 | | Dentist |",
        ),
        (
            "<table><tr><th>Day<th>Time<th>Who<tr><td rowspan=0>Mon<td>9<td>Ann<tr><td>10<td>Bob</table>",
            "| Day | Time | Who |\n|---|---|---|\n| Mon | 9 | Ann |\n| (cell above) | 10 | Bob |",
        ),
        (
            "<table><tr><td>a<td>b<td>c<tr><td colspan=2>d<td>e</table>",
            "| | | |\n|---|---|---|\n| a | b | c |\n| d | | e |",
        ),
        (
            "<table><tr><td>Debit<td>Credit<tr><td><td>500<tr><td>300<td></table>",
            "| | |\n|---|---|\n| Debit | Credit |\n| | 500 |\n| 300 | |",
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
            "Invoice\n\n| | | |\n|---|---|---|\n| A | 1 | 2 |\n| B | | 7 |",
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

#[test]
fn a_first_row_names_the_columns_if_it_looks_so() {
    const LINES: &str = "<td>Ann<td>1<br>2<tr><td>Bob<td>3</table>";
    let rows = "| Who | What |\n|---|---|\n| Ann | 1<br>2 |\n| Bob | 3 |";
    let data = "| | |\n|---|---|\n| Who | What |\n| Ann | 1<br>2 |\n| Bob | 3 |";
    for (first, shown) in [
        ("<tr><td>Who<td>What<tr>", data),
        ("<tr style='font-weight:700'><td>Who<td>What<tr>", rows),
        (
            "<tr><td style='font: bold 12px Arial'>Who<td><span style='font-weight:bold'>What</span><tr>",
            rows,
        ),
        ("<tr><td style='font-weight:bold'>Who<td>What<tr>", data),
        (
            "<tr style='font-weight:700'><td style='font-weight:400'>Who<td>What<tr>",
            data,
        ),
        ("<tr bgcolor=#eee><td>Who<td>What<tr>", rows),
        ("<tr><td bgcolor=#eee>Who<td>What<tr>", data),
        ("<tr><td>Who<td>What<tr bgcolor=#eee>", data),
        ("<tbody bgcolor=#eee><tr><td>Who<td>What<tr>", data),
    ] {
        let html = format!("<b><table border=1>{first}{LINES}");
        let shown = shown.replace("Who", "**Who**").replace("What", "**What**");
        let shown = shown.replace("Ann", "**Ann**").replace("Bob", "**Bob**");
        let shown = shown
            .replace("1<br>2", "**1**<br>**2**")
            .replace("| 3 |", "| **3** |");
        check(&[(&html, &shown)]);
    }
    check(&[
        (
            "<table border=1><tr bgcolor=#eee><td>Order<td>4711<tr><td>To<td>Ann<br>Road 1<tr bgcolor=#eee><td>Total<td>$5</table>",
            "| | |\n|---|---|\n| Order | 4711 |\n| To | Ann<br>Road 1 |\n| Total | $5 |",
        ),
        (
            "<table border=1><tr><td><b>Order</b><td>4711<tr><td><b>To</b><td>Ann<br>Road 1</table>",
            "| | |\n|---|---|\n| **Order** | 4711 |\n| **To** | Ann<br>Road 1 |",
        ),
        (
            "<table border=1><tr><td><b>Order</b><td><b>4711</b><tr><td><b>To</b><td><b>Ann</b><br>Road 1</table>",
            "| | |\n|---|---|\n| **Order** | **4711** |\n| **To** | **Ann**<br>Road 1 |",
        ),
    ]);
}

#[test]
fn a_place_that_another_cell_covers_is_not_empty() {
    check(&[
        (
            "<table><tr><th>Time<th>Mon<th>Tue<tr><td>9:00<td rowspan=2>Trip<td>Call<tr><td>10:00<td>Call<tr><td>11:00<td colspan=2>Fair</table>",
            "| Time | Mon | Tue |\n|---|---|---|\n| 9:00 | Trip | Call |\n| 10:00 | (cell above) | Call |\n| 11:00 | Fair | (cell before) |",
        ),
        (
            "<table><tr><th>Time<th>Mon<th>Tue<tr><td>9:00<td rowspan=2 colspan=2>Trip<tr><td>10:00</table>",
            "| Time | Mon | Tue |\n|---|---|---|\n| 9:00 | Trip | (cell before) |\n| 10:00 | (cell above) | (cell above) |",
        ),
        (
            "<table><tr><td>9:00<td rowspan=2>Trip<tr><td>10:00<tr><td>11:00<td>Call</table>",
            "9:00 | Trip\n10:00 | (cell above)\n11:00 | Call",
        ),
        // A picture beside lines, and a menu.
        (
            "<table><tr><td rowspan=3>Logo<td>Hi Bob,<tr><td>your order<tr><td>ships</table>",
            "Logo | Hi Bob,\n| your order\n| ships",
        ),
        (
            "<table><tr><td>Logo<td rowspan=2>Menu<tr><td>Text</table>",
            "Logo | Menu\nText | (cell above)",
        ),
        (
            "<table><tr><th>a<th>b<tr><td>1<td>k<ul><li>&zwnj;</ul><p>z</table>",
            "| a | b |\n|---|---|\n| 1 | k<br>z |",
        ),
        (
            "<table><tr><td rowspan=3><b>ACME</b><td><b>Ann Lee</b><tr><td>CEO<tr><td>Tel 123</table>",
            "**ACME** | **Ann Lee**\n| CEO\n| Tel 123",
        ),
        // The label of a sum, a picture, and a row of its own.
        (
            "<table><tr><th>Item<th>Qty<th>Price<tr><td>Tea<td>1<td>$5<tr><td colspan=2>Sum<td>$5<tr><td><td colspan=2>Paid</table>",
            "| Item | Qty | Price |\n|---|---|---|\n| Tea | 1 | $5 |\n| Sum | | $5 |\n| | Paid | |",
        ),
        (
            "<table><tr><th>a<th>b<tr><td rowspan=2><img src=x width=90 height=90><td>1<tr><td>2</table>",
            "| a | b |\n|---|---|\n| [image] | 1 |\n| | 2 |",
        ),
        (
            "<table><tr><th>a<th>b<tr><td rowspan=2>1<td rowspan=2>2<tr><tr><td>3<td>4</table>",
            "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |",
        ),
        // A layout.
        (
            "<table role=presentation><tr><td>Tea<td rowspan=2>$4<tr><td>Cup</table>",
            "Tea | $4\nCup",
        ),
        (
            "<table><tr><td>Menu<td rowspan=2>News<br>of today<tr><td>Home</table>",
            "Menu\nNews\nof today\n\nHome",
        ),
    ]);
}

#[test]
fn a_cell_keeps_lists_in_lists_and_code() {
    check(&[
        (
            "<table><tr><th>a<th>b<tr><td>1<td><ul><li>x<ol><li>y<li>z</ol><li>q</ul><tr><td>2<td><pre>f(x) | y</pre></table>",
            "| a | b |\n|---|---|\n| 1 | - x<br>  1. y<br>  2. z<br>- q |\n| 2 | `f(x) \\| y` |",
        ),
        (
            "<table><tr><th>a<th>b<tr><td>1<td><dl><dt>x<dd>y</dl></table>",
            "| a | b |\n|---|---|\n| 1 | x<br>  y |",
        ),
        (
            "<table><tr><th>a<th>b<tr><td>1<td><ul><li><p>x</p><p>y</p><ul><li><div>z</div></ul></ul></table>",
            "| a | b |\n|---|---|\n| 1 | - x<br>y<br>  - z |",
        ),
        (
            "<table><tr><th>a<th>b<tr><td>1<td><ul><li><ul><li>x</ul><li><img alt=y></ul></table>",
            "| a | b |\n|---|---|\n| 1 | - - x<br>- [image: y] |",
        ),
        ("<table><tr><td><h4>Tea</h4><td>$5</table>", "**Tea** | $5"),
        // An inner block of code ends the outer one.
        (
            "<pre>x<table><tr><td><h1><pre>y</pre><table><tr><td>z<td>w</table></h1><td>q</table>",
            "```\nx\ny\n```\n\nz w | q",
        ),
    ]);
}

#[test]
fn boxes_with_the_style_of_a_table_are_one() {
    let styles = "<style>.t{display:table}.g{display:table-row-group}.r{display:table-row}\
                  .c{display:table-cell}</style>";
    let cases = [
        // Rows of cells, with a group of rows, and without a table around.
        (
            "<div class=t><div class=r><div class=c>Tea</div><div class=c>$4.00</div></div>\
             <div class=r><div class=c>Cup</div> <div class=c>$7.50</div></div></div>",
            "Tea | $4.00\nCup | $7.50",
        ),
        (
            "<div class=t><div class=g><div class=r><span class=c>Tea</span><span class=c>$4.00</span></div></div></div>",
            "Tea | $4.00",
        ),
        (
            "<div class=t><div class=c>Version 2</div><div class=c>.5 EUR each</div></div>",
            "Version 2 | .5 EUR each",
        ),
        (
            "<p>a<div class=r><div class=c>Total:</div><div class=c>$4.00</div></div><p>b",
            "a\n\nTotal: $4.00\n\nb",
        ),
        // Places and names as in a table.
        (
            "<div class=t><div class=r><div class=c>Tea</div><div class=c></div><div class=c>$4.00</div></div>\
             <div class=r><div class=c>Cup</div><div class=c>1</div><div class=c>$7.50</div></div></div>",
            "| | | |\n|---|---|---|\n| Tea | | $4.00 |\n| Cup | 1 | $7.50 |",
        ),
        (
            "<blockquote type=cite><div class=t><div class=c>Tea</div><div class=c>$4</div></div></blockquote>",
            "> Tea | $4",
        ),
        // Columns of several lines, and boxes that mean more than their style.
        (
            "<div class=t><div class=c>Ann<br>Road 1</div><div class=c>Bob<br>Road 2</div></div>",
            "Ann\nRoad 1\n\nBob\nRoad 2",
        ),
        (
            "<div class=t>Note<div class=c>Tea</div><div class=c>$4</div></div>",
            "Note\nTea\n$4",
        ),
        (
            "<ul class=t><li class=c>Tea</li><li class=c>$4</li></ul>",
            "Tea\n$4",
        ),
        // Such boxes are elsewhere, or no cells.
        (
            "<div class=t><div class=c style='float:left'>Tea</div><div class=c style='float:left'>$4</div></div>",
            "Tea\n$4",
        ),
        (
            "<div class=t style='display:flex'><div class=c>Tea</div><div class=c>$4</div></div>",
            "Tea\n$4",
        ),
    ];
    for (body, markdown) in cases {
        check(&[(&format!("{styles}{body}"), markdown)]);
    }
}
