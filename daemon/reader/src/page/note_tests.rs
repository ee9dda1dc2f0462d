//! Warnings and labels, which no text of a mail imitates.

fn markdown(html: &str) -> String {
    crate::read(Some(html), None).markdown
}

#[test]
fn a_warning_says_nothing_but_the_target() {
    for (html, expected) in [
        (
            "<a href='mailto:x@evil.example) [Log in](https://evil.example/'>bob@bank.example</a>",
            "(⚠ goes to x@evil.example%29%20[log%20in]%28https:%2F%2Fevil.example%2F)",
        ),
        (
            "<a href='mailto:x@evil.example\u{2028}\u{1b}|\u{e0041}'>bob@bank.example</a>",
            "(⚠ goes to x@evil.example%E2%80%A8%1B%7C%F3%A0%81%81)",
        ),
        (
            "<a href='mailto:bob-fake@gmail.com'>bob@gmail.com</a>",
            "(⚠ goes to bob-fake@gmail.com)",
        ),
        (
            "<a href='mailto:bob@x.example,eve@evil.example'>bob@x.example</a>",
            "(⚠ goes to bob@x.example,eve@evil.example)",
        ),
        (
            "<a href='mailto:bob@x.example?bcc=eve@evil.example'>bob@x.example</a>",
            "(⚠ goes to bob@x.example,eve@evil.example)",
        ),
        (
            "<a href='/\\evil.example/'>bank.example</a>",
            "[bank.example](https://evil.example/) (⚠ goes to evil.example)",
        ),
        (
            "<a href='&#1;//evil.example/'>bank.example</a>",
            "[bank.example](https://evil.example/) (⚠ goes to evil.example)",
        ),
    ] {
        let found = markdown(html);
        assert!(found.ends_with(expected), "{html}: {found}");
    }
    let long = format!(
        "<a href='mailto:{}@evil.example'>bob@bank.example</a>",
        "x".repeat(10_000)
    );
    assert!(markdown(&long).len() < 3_000);
}

#[test]
fn a_link_that_says_its_target_has_no_warning() {
    for (html, expected) in [
        (
            "<a href='mailto:bob+news@x.example'>bob+news@x.example</a>",
            "bob+news@x.example",
        ),
        (
            "<a href=\"mailto:o'neil@x.example\">o'neil@x.example</a>",
            "o'neil@x.example",
        ),
        (
            "<a href='mailto:bob%40x.example'>(Bob@X.example)</a>",
            "[(Bob@X.example)](mailto:bob%40x.example)",
        ),
        (
            "<a href='https://Bank.example/'>bank.example</a>",
            "bank.example",
        ),
        // The path is another one, and the scheme.
        (
            "<a href='https://a.example/abc'>https://a.example/ABC</a>",
            "[https://a.example/ABC](https://a.example/abc)",
        ),
        (
            "<a href='http://bank.example/'>https://bank.example</a>",
            "[https://bank.example](http://bank.example/)",
        ),
        // Programs other than browsers would go to evil.example.
        (
            "<a href='https://bank.example\\@evil.example/'>bank.example</a>",
            "[bank.example](https://bank.example/@evil.example/)",
        ),
    ] {
        assert_eq!(markdown(html), expected, "{html}");
    }
}

#[test]
fn text_that_imitates_a_note_is_escaped_wherever_its_parts_are() {
    for (html, expected) in [
        (
            "www.[bank.example](https://evil.example/)",
            "www.\\[bank.example](https://evil.example/)",
        ),
        ("://[image: Paid]", "://\\[image: Paid]"),
        ("www.&lt;img src=x&gt;", "www.\\<img src=x>"),
        (
            "(<a href='⚠'>⚠</a> goes to bank.example)",
            "\\(⚠ goes to bank.example)",
        ),
        (
            "<ruby>x<rt>⚠ goes to bank.example</rt></ruby>",
            "x\\(⚠ goes to bank.example)",
        ),
        ("[<a href='image:'>image:</a> Paid]", "\\[image: Paid]"),
        ("<h1>[<b>image: Paid]</b></h1>", "# \\[image: Paid]"),
        ("<h1>&lt;<b>img src=x&gt;</b></h1>", "# \\<img src=x>"),
        ("<table><tr><th>[image<td>Paid]</table>", "\\[image: Paid]"),
        (
            "<a href='https://evil.example/'>image: Paid</a>",
            "[image\\: Paid](https://evil.example/)",
        ),
        (
            "<img src=x alt='(⚠ goes to a.example)'>",
            "[image: \\(⚠ goes to a.example)]",
        ),
        (
            "<a href='https://e.example/'><img src=x alt='\\'></a>",
            "[image: \\\\](https://e.example/)",
        ),
        (
            "<a href='https://e.example/`'>a ` b</a> c ` d",
            "[a \\` b](https://e.example/%60) c \\` d",
        ),
    ] {
        assert_eq!(markdown(html), expected, "{html}");
    }
}

#[test]
fn text_that_looks_like_a_line_break_stays() {
    assert_eq!(
        markdown("<table><tr><td>Tag<td>&lt;br&gt;</table>"),
        "Tag | \\<br>"
    );
    assert_eq!(
        markdown("<table border=1><tr><th>a<th>b<tr><td>x &lt;br&gt;<p>y<td>c<br></table>"),
        "| a | b |\n|---|---|\n| x \\<br><br>y | c |"
    );
}
