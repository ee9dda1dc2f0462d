//! Lines and blank lines between blocks.

use super::tests::check;

#[test]
fn paragraphs_without_a_margin_are_lines() {
    check(&[
        (
            "<style>p{margin:0}</style><p>a<p>b<p>&nbsp;<p>c",
            "a\nb\n\nc",
        ),
        (
            "<p style='margin:0 0 8px'>a<p style='margin:0'>b<p>c",
            "a\n\nb\n\nc",
        ),
        (
            "<p style='margin:0;padding-top:12px'>a<p style='margin:0;padding-top:12px'>b",
            "a\n\nb",
        ),
    ]);
}

#[test]
fn columns_of_several_lines_are_apart() {
    check(&[
        (
            "<table><tr><td>Ann<br>Road 1<td> <td>Bob<br>Road 2</table>",
            "Ann\nRoad 1\n\nBob\nRoad 2",
        ),
        (
            "<table><tr><td><img alt=x><td>Tea<br>2 boxes<td>$4<tr><td><img alt=y><td>Cup<br>1<td>$7</table>",
            "[image: x]\nTea\n2 boxes\n$4\n\n[image: y]\nCup\n1\n$7",
        ),
        (
            "<div style='display:flex'><div><div>42</div>open</div><div><div>7</div>late</div></div>",
            "42\nopen\n\n7\nlate",
        ),
        (
            "<div style='float:left'>Ann<br>Road 1</div><div style='float:right'>Bob<br>Road 2</div>",
            "Ann\nRoad 1\n\nBob\nRoad 2",
        ),
        (
            "<div>Ann<br>Road 1</div><div>Bob<br>Road 2</div>",
            "Ann\nRoad 1\nBob\nRoad 2",
        ),
    ]);
}

#[test]
fn boxes_in_a_row_are_lines() {
    check(&[
        // The words would make another number.
        (
            "<div style='display:flex;gap:20px'><div>Version 2</div><div>.5 EUR each</div></div>",
            "Version 2\n.5 EUR each",
        ),
        (
            "<div style='display:flex;justify-content:space-between'><div>Shirt, size 2</div><div>500 EUR</div></div>",
            "Shirt, size 2\n500 EUR",
        ),
        (
            "<div style='display:flex'><div>Tea</div><div>$4</div></div><div style='display:flex'><p>Cup</p><p>$7</p></div>",
            "Tea\n$4\n\nCup\n\n$7",
        ),
        (
            "<div style='display:table-row'><div style='display:table-cell'>Day</div><div style='display:table-cell'>Mon</div></div>",
            "Day\nMon",
        ),
        (
            "<div style='display:flex;flex-direction:column'><div>a</div><div>b</div></div>",
            "a\nb",
        ),
        (
            "<div style='display:flex;flex-wrap:wrap'><div style='width:100%'>a</div><div>b</div></div>",
            "a\nb",
        ),
        (
            "<div style='display:grid'><div>a</div><div>b</div></div>",
            "a\nb",
        ),
        (
            "<div style='display:flex'><h3>a</h3><div>b</div></div>",
            "### a\n\nb",
        ),
        (
            "<div style='display:flex'><img alt=x><div>a<br>b</div></div>",
            "[image: x]\na\nb",
        ),
    ]);
}
