//! Tables of data that are drawn without lines.

use super::tests::check;

#[test]
fn an_entry_of_a_list_with_names_is_a_row_also_if_a_cell_has_lines() {
    check(&[
        (
            "<table><tr><td>Description<td>Unit price<td>Qty<td>Amount<tr><td>Tea<br>Item#: 7<td>$4.00<td>2<td>$8.00</table>",
            "| | | | |\n|---|---|---|---|\n| Description | Unit price | Qty | Amount |\n| Tea<br>Item#: 7 | $4.00 | 2 | $8.00 |",
        ),
        (
            "<table><tr><td>Date<td>Place<td>Event<tr><td>1 Jun<br>10:00<td>Bonn<td>In transit<tr><td>2 Jun<td>Ulm<td>Delivered</table>",
            "| | | |\n|---|---|---|\n| Date | Place | Event |\n| 1 Jun<br>10:00 | Bonn | In transit |\n| 2 Jun | Ulm | Delivered |",
        ),
        // Without lines in a cell it is lines, and a layout is blocks.
        (
            "<table><tr><td>Date<td>Place<td>Event<tr><td>1 Jun<td>Bonn<td>In transit</table>",
            "Date | Place | Event\n1 Jun | Bonn | In transit",
        ),
        (
            "<table><tr><td>Fast<td>Cheap<td>Good<tr><td>a<br>b<td>c<br>d<td>e</table>",
            "Fast | Cheap | Good\n\na\nb\n\nc\nd\ne",
        ),
        (
            "<table role=presentation><tr><td>Date<td>Place<td>Event<tr><td>1 Jun<br>10:00<td>Bonn<td>In transit</table>",
            "Date | Place | Event\n\n1 Jun\n10:00\nBonn\nIn transit",
        ),
    ]);
}

#[test]
fn a_name_above_the_last_column_alone_is_above_it() {
    check(&[
        (
            "<table><tr><th><th>Price<tr><td>Tea<td>$4<tr><td>Cup<td>$5</table>",
            "| | Price |\n|---|---|\n| Tea | $4 |\n| Cup | $5 |",
        ),
        (
            "<table><tr><td><td>Price<tr><td>Tea<td>$4<tr><td>Cup<td></table>",
            "| | |\n|---|---|\n| | Price |\n| Tea | $4 |\n| Cup | |",
        ),
        // A title, and a picture.
        (
            "<table><tr><td><td><img width=99 height=99><tr><td>Tea<td>$4<tr><td>Cup<td></table>",
            "| | |\n|---|---|\n| Tea | $4 |\n| Cup | |",
        ),
        (
            "<table><tr><th>Prices<th><tr><td>Tea<td>$4<tr><td>Cup<td>$5</table>",
            "Prices\nTea | $4\nCup | $5",
        ),
    ]);
}

#[test]
fn blocks_of_a_cell_are_lines_in_it() {
    check(&[
        (
            "<table><tr><td>Room<td><p>12</p><p>34</p><td><tr><td>Seat<td><td>5</table>",
            "| | | |\n|---|---|---|\n| Room | 12<br>34 | |\n| Seat | | 5 |",
        ),
        (
            "<table><tr><td>Room<td><table><tr><td>12<tr><td>34</table><td><tr><td>Seat<td><td>5</table>",
            "| | | |\n|---|---|---|\n| Room | 12<br>34 | |\n| Seat | | 5 |",
        ),
    ]);
}

#[test]
fn cells_of_a_table_in_a_cell_are_apart() {
    check(&[
        (
            "<table border=1><tr><th>Name<th>Price<tr><td>Tea<table border=1><tr><th>Size<th>Colour<tr><td>M<td>Dark red</table><td>$4</table>",
            "| Name | Price |\n|---|---|\n| Tea<br>Size \\| Colour<br>M \\| Dark red | $4 |",
        ),
        (
            "<table border=1><tr><th>Name<th>Price<tr><td><table><tr><td><td>Item 2<td>5 EUR<td></table>x<td>$4</table>",
            "| Name | Price |\n|---|---|\n| Item 2 \\| 5 EUR<br>x | $4 |",
        ),
    ]);
}
