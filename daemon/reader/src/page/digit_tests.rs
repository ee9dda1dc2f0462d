//! Raised and lowered numbers.

use super::tests::check;

#[test]
fn the_number_of_a_note_is_no_part_of_the_number_before_it() {
    check(&[
        ("You save $50.<sup>1</sup> Today", "You save $50.^1 Today"),
        ("until June 30, 2027.<sup>2</sup>", "until June 30, 2027.^2"),
        (
            "10,<sup>2</sup> 30%<sup>12</sup> 5€<sup>1</sup>",
            "10,^2 30%^12 5€^1",
        ),
        (
            "from 5 €<sup>1</sup>, 30 %<sup>2</sup>",
            "from 5 €^1, 30 %^2",
        ),
        (
            "<b>$5.</b><sup>1</sup> <b>5</b>.<sup>1</sup>",
            "**$5.**^1 **5**.^1",
        ),
        ("<table><tr><td>Fee<td>5.<sup>1</sup></table>", "Fee | 5.^1"),
        (
            "5.<span style='vertical-align:super;font-size:60%'>1</span>",
            "5.^1",
        ),
        (
            "19.–<sup>1</sup> “5”<sup>1</sup> 2027.<sup>1,2</sup>",
            "19.–^1 “5”^1 2027.^1,2",
        ),
        (
            "Apple Card.<sup>1</sup> Now!<sup>10</sup>",
            "Apple Card.^1 Now!^10",
        ),
        ("Version 4.<sub>5</sub>", "Version 4._5"),
        // Parts of a number.
        ("$19.<sup>99</sup> 19,<sup>99</sup> €", "$19.99 19,99 €"),
        (
            "5€<sup>99</sup> 19,<sup>–</sup> 10:<sup>30</sup>",
            "5€99 19,– 10:30",
        ),
        ("$<sup>19</sup>99, 3 for $<sup>5</sup>", "$19 99, 3 for $5"),
        // Not beside a number, or no number.
        (
            "Total: <sup>1</sup> ($<sup>1</sup>) .<sup>1</sup>",
            "Total: 1 ($1) .1",
        ),
        (
            "2.<sup>nd</sup> 5.<sup>(1)</sup> 5%<sup>*</sup>",
            "2.nd 5.(1) 5%*",
        ),
        (
            "Ca(OH)<sub>2</sub> Fe(NO<sub>3</sub>)<sub>2</sub> <sup>1</sup>/<sub>2</sub>",
            "Ca(OH)2 Fe(NO3)2 1/2",
        ),
        (
            "1<sup>1</sup>/<sub>2</sub> cups, 5<sup>3</sup>&frasl;<sub>4</sub>, 10<sup>6</sup>/ml",
            "1 1/2 cups, 5 3⁄4, 10^6/ml",
        ),
        (
            "(2<sup>1</sup>/<sub>2</sub>), 10<sup>1</sup>/<sub>2</sub> in",
            "(2 1/2), 10 1/2 in",
        ),
        // Powers above a line.
        (
            "10<sup>6</sup>/<sub>ml</sub>, 10<sup>3</sup>/<sub>4</sub>, 5<sup>3</sup>/<sub>2</sub>",
            "10^6/ml, 10^3/4, 5^3/2",
        ),
        (
            "5·10<sup>3</sup>/<sub>2</sub>, 5 × 7<sup>2</sup>/<sub>3</sub>, 2,5<sup>2</sup>/<sub>3</sub>",
            "5·10^3/2, 5 × 7^2/3, 2,5^2/3",
        ),
        ("1.<span style='vertical-align:top'>5 kg</span>", "1.5 kg"),
        ("5.<br><sup>1</sup> See below", "5.\n1 See below"),
    ]);
}
