//! Text that is struck through.

use super::tests::check;

#[test]
fn a_line_through_text_does_not_reach_into_boxes_in_it() {
    check(&[
        (
            "<div style='text-decoration:line-through'>1 <span style='display:inline-block'>77</span> 2</div>",
            "~~1~~ 77 ~~2~~",
        ),
        (
            "<s>1 <b style='display:inline-flex'>77</b></s>",
            "~~1~~ **77**",
        ),
        ("<s>1 <i style='float:right'>77</i></s> 2", "~~1~~ *77* 2"),
        (
            "<s>1 <i style='position:absolute'>77</i> 2</s>",
            "~~1~~\n*77*\n~~2~~",
        ),
        // A box in it with a line of its own.
        (
            "<s style='display:inline-block'>1 <u>2</u></s> 3",
            "~~1 2~~ 3",
        ),
        (
            "<s>1 <b style='display:inline-block'>2 <del>3</del></b></s>",
            "~~1~~ **2** ~~**3**~~",
        ),
        // Blocks, tables and the children of flexible boxes.
        ("<s><div>1</div></s>", "~~1~~"),
        ("<s><b>1</b></s>", "~~**1**~~"),
        (
            "<div style='text-decoration:line-through'><table><tr><td>1<td>2</table></div>",
            "~~1~~ | ~~2~~",
        ),
        (
            "<div style='text-decoration:line-through;display:flex'><span>1</span><div>2</div></div>",
            "~~1~~\n~~2~~",
        ),
        (
            "<div style='text-decoration:line-through;display:flex'><b style='display:contents'><i style='display:inline-block'>1</i></b></div>",
            "~~***1***~~",
        ),
    ]);
}
