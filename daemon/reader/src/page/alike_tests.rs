//! Tables of one row that belong together.

use super::tests::check;

#[test]
fn the_cells_of_tables_of_one_row_keep_their_places() {
    check(&[
        (
            "<table width=600><tr><td width=50%>Item<td width=25%>Debit<td width=25%>Credit</table><table width=600><tr><td width=50%>Salary<td width=25%><td width=25%>900</table>",
            "Item | Debit | Credit\n\nSalary | | 900",
        ),
        // One width may follow from the others, and the first columns may be empty.
        (
            "<table width=100%><tr><td width=150>Products<td><td width=15%>Number<td width=20%>Sum</table><table width=100%><tr><td width=150><img alt=Photo><td>Tree<td width=15%>1<td width=20%>$10</table>",
            "Products | | Number | Sum\n\n[image: Photo] | Tree | 1 | $10",
        ),
        (
            "<style>td{width:33%}</style><table><tr><td>Mon<td>Tue<td>Wed</table><table><tr><td><td>Free<td>Gym</table><table><tr><td><td>Tea<td></table>",
            "Mon | Tue | Wed\n\n| Free | Gym\n\nTea",
        ),
        (
            "<table><tr><td><table><tr><th width=100>Item<th width=90>Debit<th width=90>Credit</table><tr><td><table><tr><td width=100>Salary<td width=90><td width=90>900</table></table>",
            "Item | Debit | Credit\n\nSalary | | 900",
        ),
        // Spacers, other shapes, columns of unknown width, and two columns.
        (
            "<table><tr><td width=200>Logo<td width=20>&nbsp;<td width=200>View</table><table><tr><td width=200>Shop<td width=20><td width=200>Help</table>",
            "Logo | View\n\nShop | Help",
        ),
        (
            "<table><tr><td width=200>a<td width=100>b<td width=100>c</table><table><tr><td width=100>d<td width=200><td width=100>e</table>",
            "a | b | c\n\nd | e",
        ),
        (
            "<table><tr><td>a<td>b<td>c</table><table><tr><td>d<td><td>e</table>",
            "a | b | c\n\nd | e",
        ),
        (
            "<table><tr><td width=200>a<td width=100>b</table><table><tr><td width=200><td width=100>e</table>",
            "a | b\n\ne",
        ),
    ]);
}
