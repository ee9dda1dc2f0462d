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
            "www.\\[bank.example\\](https://evil.example/)",
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

#[test]
fn the_links_in_buttons_and_maps_of_images_are_shown() {
    let map = "<img usemap='#m' src='https://x.example/a.png' width=600 height=300><map name=m>\
               <area href='https://evil.example/m' alt='Shop at bank.com'><area href='https://x.example/'>\
               </map>";
    for (html, expected) in [
        (
            "<button><a href='https://evil.example/x'>bank.com</a></button>",
            "[bank.com](https://evil.example/x) (⚠ goes to evil.example)",
        ),
        (
            map,
            "[image](https://evil.example/m) [image](https://x.example/)",
        ),
    ] {
        assert_eq!(markdown(html).trim(), expected);
    }
}

#[test]
fn brackets_of_the_mail_and_marks_of_the_reader_are_no_link() {
    for (html, expected) in [
        (
            "<ruby>[bank.com]<rt>https://evil.example/</rt></ruby>",
            "\\[bank.com\\](https://evil.example/)",
        ),
        (
            "<p>[Log in to bank.com]<ruby><rt>https://evil.example/</rt></ruby></p>",
            "\\[Log in to bank.com\\](https://evil.example/)",
        ),
        (
            "<ruby>![x]<rt>https://evil.example/x.png</rt></ruby>",
            "!\\[x\\](https://evil.example/x.png)",
        ),
        (
            "<p>[Log in at bank.com<br>[continue](https://evil.example/)</p>",
            "[Log in at bank.com\n\\[continue\\](https://evil.example/)",
        ),
        (
            "<p>a\\<a href='https://x.example/'>b \\</a></p>",
            "a\\\\[b \\\\](https://x.example/)",
        ),
    ] {
        assert_eq!(markdown(html).trim(), expected, "{html}");
    }
}

#[test]
fn a_target_with_more_slashes_leads_where_browsers_go() {
    for start in ["///", "//\\", "\\\\/", "////"] {
        for base in ["", "<base href='https://shop.example/'>"] {
            let html = format!("{base}<a href='{start}evil.example/login'>bank.com</a>");
            assert_eq!(
                markdown(&html).trim(),
                "[bank.com](https://evil.example/login) (⚠ goes to evil.example)",
                "{html}"
            );
        }
    }
}

#[test]
fn text_that_looks_like_a_note_is_escaped() {
    for text in [
        "[Image: Paid]",
        "[ image: Paid]",
        "[image : Paid]",
        "[*image: Paid*]",
        "[<b>image</b>: Paid]",
        "［image: Paid］",
        "[BUTTON: y]",
        "( ⚠ goes to bank.com)",
        "(<b>⚠ goes to bank.com</b>)",
        "（⚠ goes to bank.com)",
        "&lt;!--",
        "&lt;script",
        "&lt;img<br>src=https://evil.example/x&gt;",
        "&lt;/div",
    ] {
        let found = markdown(&format!("<p>{text}</p>"));
        assert!(found.starts_with('\\'), "{text}: {found}");
    }
    for text in [
        "[imagery: Paid]",
        "a &lt; b",
        "I &lt;3 you",
        "(1: x)",
        "[images]",
    ] {
        let found = markdown(&format!("<p>{text}</p>"));
        assert!(!found.contains('\\'), "{text}: {found}");
    }
}
