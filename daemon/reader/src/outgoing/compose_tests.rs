use super::*;

fn show(content: &str, format: Format) -> String {
    match compose(content, format) {
        Ok(mail) => format!("{}\n=====\n{}\n===== {}", mail.html.trim(), mail.text, mail.findings),
        Err(refusal) => format!("REFUSED {refusal}"),
    }
}

#[test]
fn try_out() {
    use Format::*;
    for (c, f) in [
        ("# Hi\n\nDear <name>, **see** `Vec<String>` and\nhttps://a.example/x_y_z\n\n> quote\nanswer\n\n- [ ] a\n- [x] b\n- c\n  - d\n\n1. one\n2. two\n\n| Item | Price |\n|---|--:|\n| Tea | $4 |\n| 日本 | $10.50 |\n\n```rust\nfn main() {\n    x\n}\n```\n\n---\n~~old~~ new [link](https://b.example) ![logo](https://c.example/l.png)\n", Markdown),
        ("<div><p>Dear Bob, your order <b>#123</b> has shipped.</p></div>", Markdown),
        ("<h2>Summary</h2>\n\nText *here*", Markdown),
        ("שלום\n\nhello\n\n- שלום\n- עולם", Markdown),
        ("<https://example.com>", Html),
        ("<!-- x -->", Html),
        ("<script>x</script>", Html), ("<div></div>", Html), ("<br>", Html), ("<!-- TODO -->", Markdown), ("\u{200b}", Markdown), ("&nbsp;", Markdown),
        ("<html><head><title>T</title><style>.b{background:#c00;color:#fff} @media (max-width:600px){.b{width:100%}} a:hover{color:red}</style></head><body bgcolor=\"#000000\" text=white><!--[if mso]>x<![endif]--><a class=b href=\"https://s.example/pay\" onclick=x()>Pay now</a><form><input type=checkbox checked>ok<button>Go</button></form><img src=\"data:image/png;base64,AAAA\" alt=pic><img src=/x.png><a href=\"javascript:x\">j</a><iframe src=x></iframe></body></html>", Html),
        ("<table border=1><tr><td>Tea</td><td>2</td></tr><tr><td>Cup</td><td>1</td></tr></table><table><tr><td>Tea<td>2<td>$4.00</table>", Html),
        ("<img src=\"https://a.example/x.png\">", Html),
        ("<a href=\"https://a.example/\"><img src=\"https://a.example/x.png\"></a>", Html),
        ("<div style=\"display:none\">x</div>", Html),
    ] {
        println!("################ {c}\n{}\n", show(c, f));
    }
}
