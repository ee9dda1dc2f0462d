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

#[test]
fn a_picture_or_a_field_that_is_not_written_separates_words() {
    check(&[
        (
            "<div>Hello Ann<img style='display:block' width=500 height=200>Your order</div>",
            "Hello Ann\nYour order",
        ),
        (
            "<p>4.5<img width=14 height=14 alt=''>120 reviews</p>",
            "4.5 120 reviews",
        ),
        (
            "<b>Wifi</b><img width=16 alt=''><i>Parking</i>",
            "**Wifi** *Parking*",
        ),
        (
            "Order 4711<img src=s.gif width=20 height=1>2 items",
            "Order 4711 2 items",
        ),
        ("4.5<img src=a.png alt=''>120", "4.5 120"),
        ("foo<img align=left width=20 alt=''>bar", "foobar"),
        ("4.5<img style='visibility:hidden' width=20>120", "4.5 120"),
        ("Room 4<textarea></textarea>2", "Room 4 2"),
        ("Room 4<input>2", "Room 4 2"),
        (
            "<a href=https://a.example>4<img width=9 alt=''>2</a>",
            "[4 2](https://a.example)",
        ),
        // A spacer, one that has no box, and one beside the flow.
        ("ta<img width=1>i", "tai"),
        ("ta<img width=1 height=20>i", "tai"),
        ("ta<img width=0>i", "tai"),
        ("ta<img height=1>i", "tai"),
        ("ta<img style='display:none' width=20>i", "tai"),
        ("ta<img style='position:absolute' width=20>i", "tai"),
        ("ta<img style='float:left' width=20>i", "tai"),
        ("ta<input type=hidden>i", "tai"),
        ("ta<input style='position:absolute'>i", "tai"),
    ]);
}

#[test]
fn text_that_is_not_seen_and_takes_its_place_separates_words() {
    check(&[
        (
            "<div>Due 10<span style='color:#fff'>....</span>20</div>",
            "Due 10 20",
        ),
        ("<p>10<font color=#ffffff>_</font>20</p>", "10 20"),
        ("<p>10<b style='visibility:hidden'>ab</b>20</p>", "10 20"),
        ("<p>10<b style='opacity:0'>ab</b>20</p>", "10 20"),
        (
            "<p>10<b style='color:transparent'>ab</b>20 <i>30<b style='opacity:0'>x</b>40</i></p>",
            "10 20 *30 40*",
        ),
        // It has no width, or is beside the flow.
        ("<p>10<b style='display:none'>ab</b>20</p>", "1020"),
        ("<p>10<b style='font-size:0'>ab</b>20</p>", "1020"),
        ("<p>10<b style='opacity:0'>&zwnj;&#8203;</b>20</p>", "1020"),
        (
            "<p>10<b style='opacity:0;position:absolute'>a b</b>20</p>",
            "1020",
        ),
        ("<p>10<b style='opacity:0;float:left'>a b</b>20</p>", "1020"),
    ]);
}

#[test]
fn boxes_of_style_sheets_without_a_text_part_words() {
    let read = |style: &str, body: &str| format!("<style>{style}</style><p>{body}");
    let before = "Qax<span class=x>Zub</span>";
    let after = "<span class=x>Qax</span>Zub";
    let boxed = "Qax<span class=x style='display:inline-block'>Zub</span>";
    let cases = [
        (r#".x::after{content:" "}"#, after, "Qax Zub"),
        (r#".x::before{content:"\00a0"}"#, before, "Qax Zub"),
        (
            r#".x{font-size:10px}.x::after{content:" "}"#,
            after,
            "Qax Zub",
        ),
        (r#".x::after{content:"\A"}"#, after, "Qax Zub"),
        (
            r#".x::after{content:"\A";white-space:pre}"#,
            after,
            "Qax\nZub",
        ),
        (
            r#".x::before{content:"";display:block}"#,
            before,
            "Qax\nZub",
        ),
        (r#".x::after{content:" ";display:table}"#, after, "Qax\nZub"),
        (
            r#".x::before{content:"";display:inline-block;width:16px}"#,
            before,
            "Qax Zub",
        ),
        (
            r#".x::before{content:"";margin-left:10px}"#,
            before,
            "Qax Zub",
        ),
        (
            r#".x::before{content:"";margin-left:10px}"#,
            boxed,
            "Qax Zub",
        ),
        (".x{border-left:20px solid red}", before, "Qax Zub"),
        (
            ".x{border-left:20px solid red;margin-left:-20px}",
            before,
            "QaxZub",
        ),
        // No box, none in the flow, or none with a known width or a line.
        (".x{margin-left:2%}", before, "QaxZub"),
        (
            r#".x::before{content:none;display:block}"#,
            before,
            "QaxZub",
        ),
        (r#".x::before{display:block}"#, before, "QaxZub"),
        (r#".x::before{content:"";display:none}"#, before, "QaxZub"),
        (r#".x::before{content:""}"#, before, "QaxZub"),
        (r#".x::before{content:"";width:16px}"#, before, "QaxZub"),
        (
            r#".x::before{content:"";display:inline-block;width:1px}"#,
            before,
            "QaxZub",
        ),
        (
            r#".x{font-size:40px}.x::before{content:"";display:inline-block;width:4px}"#,
            before,
            "QaxZub",
        ),
        (
            r#".x::before{content:"";position:absolute;display:block}"#,
            before,
            "QaxZub",
        ),
        (
            r#".x::before{content:"";float:left;width:9px}"#,
            before,
            "QaxZub",
        ),
        (
            r#".x::after{content:" ";display:inline-block}"#,
            after,
            "QaxZub",
        ),
        (r#".x::before{content:"";display:block}"#, boxed, "QaxZub"),
        (r#".x::before{content:" "}"#, boxed, "QaxZub"),
        (
            r#".x::before{content:"";display:table-cell}"#,
            before,
            "QaxZub",
        ),
    ];
    for (style, body, markdown) in cases {
        check(&[(&read(style, body), markdown)]);
    }
}
