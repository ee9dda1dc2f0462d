//! Quotations.

use super::tests::check;

#[test]
fn a_thin_line_at_the_left_is_that_of_a_quotation() {
    check(&[
        (
            "<div style='border:none;border-left:solid blue 1.5pt;padding:0cm 0cm 0cm 4.0pt'><p>Shall we pay?</p></div><p>Yes.</p>",
            "> Shall we pay?\n\nYes.",
        ),
        (
            "<div style='border-width:medium medium medium 1.5pt;border-style:none none none solid;padding:0cm 0cm 0cm 4pt'>a</div>b",
            "> a\n\nb",
        ),
        (
            "<div style='border-left:1px solid rgb(204, 204, 204);padding-left:1ex;margin:0 0 0 .8ex'>a</div>b",
            "> a\n\nb",
        ),
        (
            "<div style='border-left:2px solid #00f;padding-left:8px'>a<div style='border-left:2px solid #00f;padding-left:8px'>b</div></div>",
            "> a\n> >\n> > b",
        ),
        (
            "<div style='BORDER-LEFT: blue 2px solid; PADDING-LEFT: 5px'>a</div>b",
            "> a\n\nb",
        ),
        // A row has no quotations.
        (
            "<table><tr><td>Name<td><div style='border-left:2px solid #00f;padding-left:8px'>a</div><tr><td>x<td>y</table>",
            "Name | a\nx | y",
        ),
        // Notes that stand out, columns, paragraphs of Word with a border, tables.
        (
            "<div style='border-left:4px solid red;padding-left:8px'>a</div>b",
            "a\nb",
        ),
        (
            "<div style='border-left:2px solid red;padding:8px'>a</div>b",
            "a\nb",
        ),
        (
            "<div style='border-left:2px solid red;padding-left:8px;background:#eee'>a</div>b",
            "a\nb",
        ),
        (
            "<div style='border:1px solid red;padding-left:8px'>a</div>b",
            "a\nb",
        ),
        (
            "<div style='border-left:1px solid red;padding-left:8px;float:left'>a</div>b",
            "a\nb",
        ),
        (
            "<div style='mso-element:para-border-div;border:none;border-left:solid windowtext 1.0pt;padding:0cm 0cm 0cm 4.0pt'><p>a</p></div>",
            "a",
        ),
        (
            "<div style='border-left:1px none red;padding-left:8px'>a</div>b",
            "a\nb",
        ),
        ("<div style='padding-left:8px'>a</div>b", "a\nb"),
        // A line that is not seen, a part of a line, and a quotation inside.
        (
            "<div style='border-left:2px solid transparent;padding-left:8px'>a</div>b",
            "a\nb",
        ),
        (
            "<div style='border-left:2px solid rgb(255, 255, 255);padding-left:8px'>a</div>b",
            "a\nb",
        ),
        (
            "<div style='border-left:2px solid;border-left-color:#FFF;padding-left:8px'>a</div>b",
            "a\nb",
        ),
        (
            "<style>div{display:inline}</style>a <div style='border-left:2px solid red;padding-left:8px'>note</div> b",
            "a note b",
        ),
        (
            "<div style='border:none;border-left:solid blue 1.5pt;padding:0cm 0cm 0cm 4.0pt'>a<blockquote class=gmail_quote>b</blockquote></div>",
            "a\n>\n> b",
        ),
    ]);
}

#[test]
fn a_thin_line_above_a_header_divides_mails() {
    check(&[
        (
            "Yes.<div style='border-top:1px solid #b5c4df;padding:3pt 0 0 0'>From: Ann</div>",
            "Yes.\n\n---\n\nFrom: Ann",
        ),
        (
            "Yes.<div style='padding-top:5px;border-top-color:rgb(229,229,229);border-top-width:1px;border-top-style:solid'>From: Ann</div>",
            "Yes.\n\n---\n\nFrom: Ann",
        ),
        // A part of a page.
        (
            "Yes.<div style='border-top:1px solid #ddd;padding:20px 0'>Next</div>",
            "Yes.\nNext",
        ),
        (
            "Yes.<div style='border:1px solid #ddd;padding-top:4px'>Next</div>",
            "Yes.\nNext",
        ),
        (
            "Yes.<div style='border-top:1px solid #ddd;padding-top:4px;background:#eee'>Next</div>",
            "Yes.\nNext",
        ),
    ]);
}
