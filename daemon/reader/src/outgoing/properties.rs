//! Properties of random content: no word is lost without a finding, and sanitised HTML is final.

use super::*;
use proptest::prelude::*;

/// Fragments of content. `§` stands for a word that a person sees.
const FRAGMENTS: [&str; 64] = [
    "§",
    "§ ",
    "§\n",
    "§\n\n",
    "**§**",
    "*§",
    "_§_",
    "`§`",
    "[§](https://a.example/§)",
    "![§](https://a.example/x.png)",
    "# §\n",
    "> §\n",
    ">> §\n",
    "- §\n",
    "1. §\n",
    "  - [x] §\n",
    "    §\n",
    "```\n§\n```\n",
    "~~~\n",
    "---\n",
    "| § | § |\n|---|---|\n| § | § |\n",
    "|",
    "<p>§</p>",
    "<p>",
    "<div>",
    "</div>",
    "<b>§",
    "</b>",
    "<br>",
    "<table><tr><td>§</td><td>§</td></tr></table>",
    "<table border=1>",
    "<tr>",
    "<td>§",
    "</table>",
    "<ul><li>§</ul>",
    "<blockquote>§</blockquote>",
    "<pre>§\n</pre>",
    "<a href=\"https://b.example\">§</a>",
    "<a href=\"javascript:x\">§</a>",
    "<script>x</script>",
    "<style>p{color:red}</style>",
    "<!-- x -->",
    "<name>",
    "Vec<§>",
    "a<b ",
    "<§>",
    "<Ctrl-C>",
    "&lt;§&gt;",
    "&amp;",
    "<font color=red>§</font>",
    "<form><button>§</button></form>",
    "<h1>§</h1>",
    "<img alt=\"§\" src=\"https://c.example/i.png\">",
    "<o:p>§</o:p>",
    "<span style=\"color:#c00\">§</span>",
    "\\*",
    "\\<b>",
    "\u{200b}",
    "שלום ",
    "https://d.example/§ ",
    "<dl><dt>§<dd>§</dl>",
    "<center>§</center>",
    "<math><mi>§</mi></math>",
    "<input type=checkbox>",
];

fn content() -> impl Strategy<Value = (String, Vec<String>)> {
    proptest::collection::vec(0..FRAGMENTS.len(), 1..14).prop_map(|picks| {
        let mut words = Vec::new();
        let mut content = String::new();
        for pick in picks {
            for (at, piece) in FRAGMENTS[pick].split('§').enumerate() {
                if at > 0 {
                    let word = format!("w{}x", words.len());
                    content.push_str(&word);
                    words.push(word);
                }
                content.push_str(piece);
            }
        }
        (content, words)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_word_is_in_both_parts((content, words) in content()) {
        for format in [Format::Markdown, Format::Html] {
            // In HTML, `<b w0x>` is a tag.
            let is_said = |left_out: &LeftOut| {
                let kinds = [Kind::Attribute, Kind::Unfinished];
                format == Format::Html && kinds.iter().any(|kind| left_out.count(*kind) > 0)
            };
            let mail = match compose(&content, format) {
                Ok(mail) => mail,
                Err(Refusal::ShowsNothing(left_out)) => {
                    prop_assert!(words.is_empty() || is_said(&left_out), "{format:?} refused");
                    continue;
                }
                Err(refusal) => panic!("{refusal}"),
            };
            for word in words.iter().filter(|_| !is_said(&mail.left_out)) {
                prop_assert!(mail.text.contains(word.as_str()), "{format:?}: no {word} in {}", mail.text);
                prop_assert!(mail.html.contains(word.as_str()), "{format:?}: no {word} in {}", mail.html);
            }
        }
    }

    #[test]
    fn any_text_is_a_mail_or_is_refused(content in "[<>/=\"'& abptd;#!\\-\n|`*\\[\\]()x{}@:.\u{200d}א]{0,120}") {
        for format in [Format::Markdown, Format::Html] {
            if let Ok(mail) = compose(&content, format) {
                prop_assert!(!mail.text.trim().is_empty() && !mail.html.is_empty());
                prop_assert!(!preview(&mail.text, &mail.html).text.is_empty());
            }
        }
    }

    #[test]
    fn sanitised_html_is_not_changed_again((content, _) in content()) {
        for format in [Format::Markdown, Format::Html] {
            let Ok(first) = compose(&content, format) else {
                continue;
            };
            // Without its tags, it is no HTML.
            if !has_tag(&first.html) {
                continue;
            }
            let again = compose(&first.html, Format::Html).unwrap();
            prop_assert_eq!(&again.html, &first.html);
            prop_assert_eq!(&again.text, &first.text);
            prop_assert!(again.left_out.is_empty(), "{}", again.left_out);
        }
    }
}
