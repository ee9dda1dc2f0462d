//! What a person or a model writes in a mail is what is sent.

use super::*;
use proptest::prelude::*;

fn text(content: &str) -> String {
    compose(content, Format::Markdown).unwrap().text
}

#[test]
fn lines_that_only_look_like_definitions_of_links_are_text() {
    for content in [
        "[Deadline]: Friday\n[Place]: Berlin\n\nrest",
        "[Attachment]: report.pdf",
        "[10:30]: start",
        "- [Date]: Friday",
        "> [Date]: Friday",
        "1. [Date]: Friday",
        "[Bob]: hi\n[Ann]: hello",
        "Ask [Bob].\n\n[Bob]: hi",
        "[Deadline]:\nFriday",
        "[Dead\nline]: Friday",
        "[^1]: word",
        "Text[^1]\n\n[^1]: word",
        "[Place]: Berlin \"Mitte\"",
    ] {
        assert_eq!(text(content), content, "{content}");
    }
    for (content, expected) in [
        (
            "[the docs][1]\n\n[1]: https://a.example/x",
            "the docs (https://a.example/x)",
        ),
        (
            "[Docs] and [Docs][]\n\n[docs]: <https://a.example/?a=1&amp;b=2> \"t\"",
            "Docs (https://a.example/?a=1&b=2) and Docs (https://a.example/?a=1&b=2)",
        ),
        ("`[x]: y`\n\n    [x]: y", "[x]: y\n\n[x]: y"),
        ("<pre>\n[x]: y\n</pre>", "[x]: y"),
        ("Hi\n\n[1]: https://a.example/x", "Hi"),
        (
            "[a][1]\n\n[1]: https://a.example/\n[1]: https://b.example/",
            "a (https://a.example/)",
        ),
    ] {
        assert_eq!(text(content), expected, "{content}");
    }
}

#[test]
fn definitions_of_links_stay_definitions() {
    for (content, expected) in [
        (
            "[a][1], [b][3].\n\n[1]: https://a.example/1\n[2]: https://a.example/2\n[3]: https://a.example/3",
            "a (https://a.example/1), b (https://a.example/3).",
        ),
        (
            "See [b][2].\n\n[1]: https://a.example/1\n[2]: https://a.example/2",
            "See b (https://a.example/2).",
        ),
        (
            "See [b][2].\n\n[Place]: Berlin\n[2]: https://a.example/2\n[Date]: Friday",
            "See b (https://a.example/2).\n\n[Place]: Berlin\n\n[Date]: Friday",
        ),
        (
            "# See [b][2]\n[Place]:\nBerlin\n[2]:\n  https://a.example/2\n  \"Title\"\n[Date]: Friday\n[3]: /x",
            "See b (https://a.example/2)\n===========================\n\n[Place]:\nBerlin\n\n[Date]: Friday",
        ),
        (
            "> See [b][2].\n>\n> [Place]: Berlin\n> [2]: https://a.example/2",
            "> See b (https://a.example/2).\n>\n> [Place]: Berlin",
        ),
        (
            "See the [Using\nderive] page.\n\n[Using derive]: https://a.example/derive",
            "See the Using\nderive (https://a.example/derive) page.",
        ),
        (
            "See [x].\n\n[Using\nderive]: https://a.example/derive\n[x]: https://a.example/x",
            "See x (https://a.example/x).",
        ),
        ("Hi\n\n[//]: # (ask Bob first)\n\nBye", "Hi\n\nBye"),
        ("Hi\n\n[comment]: <> (ask Bob first)\n\nBye", "Hi\n\nBye"),
        (
            "See [d].\n\n[//]: # (links)\n[d]: https://a.example/",
            "See d (https://a.example/).",
        ),
        ("See [d][].\n\n[d]: ./x.md", "See d."),
        ("See [d].\n\n[d]: docs/spec.md", "See d."),
        ("See [the license][L].\n\n[l]: LICENSE", "See the license."),
        ("See [d].\n\n[d]: example.com/spec", "See d."),
        ("[Ticket]: #42\n[Room]: 3.14", "[Ticket]: #42\n[Room]: 3.14"),
        ("[Start]: Monday:10", "[Start]: Monday:10"),
        (
            "text\n[A]: word\n[1]: https://a.example/",
            "text\n[A]: word\n[1]: https://a.example/",
        ),
        ("[a\\]b]: Friday", "[a]b]: Friday"),
    ] {
        assert_eq!(text(content), expected, "{content}");
    }
}

#[test]
fn lists_have_the_numbers_that_were_written() {
    for (content, expected) in [
        (
            "am\n\n24. Dezember\n\n31. Dezember",
            "am\n\n24. Dezember\n\n31. Dezember",
        ),
        ("1. yes\n3. no\n7. maybe", "1. yes\n\n3. no\n\n7. maybe"),
        ("4. a\n5. b\n9. c", "4. a\n5. b\n\n9. c"),
        ("5. a\n4. b", "5. a\n\n4. b"),
        ("5. a\n5. b", "5. a\n\n5. b"),
        ("1. a\n1. b\n1. c", "1. a\n2. b\n3. c"),
        (
            "2. a\n   1. x\n   3. y\n3. b",
            "2. a\n   1. x\n   3. y\n3. b",
        ),
        ("01. Mai\n02. Mai", "01. Mai\n02. Mai"),
        ("> 007) Bond", "> 007) Bond"),
        ("0. a\n1. b", "0. a\n1. b"),
    ] {
        assert_eq!(text(content), expected, "{content}");
    }
}

#[test]
fn signs_between_numbers_stay() {
    for (content, expected) in [
        ("5*10*2 cm, a*b*c", "5*10*2 cm, a*b*c"),
        ("length*width*height", "length*width*height"),
        ("2**3**4", "2**3**4"),
        ("*5* and **x**y", "5 and xy"),
        ("x**2 + y**2", "x**2 + y**2"),
        ("(1+2)*3*4, (a+b)*c*d", "(1+2)*3*4, (a+b)*c*d"),
        ("10%*5*2", "10%*5*2"),
        ("Size: (10)*20*30 cm", "Size: (10)*20*30 cm"),
        ("*5*10", "*5*10"),
        ("2***3***4", "2***3***4"),
        (")**2**3", ")**2**3"),
        ("2*3*4*5*6", "2*3*4*5*6"),
        ("a**n + b**n", "a**n + b**n"),
        (
            "*word*s (*API*s), **50**km, un**believ**able",
            "words (APIs), 50km, unbelievable",
        ),
        ("10~20元, 30~40元", "10~20元, 30~40元"),
        ("9:00~10:00 and 14:00~15:00", "9:00~10:00 and 14:00~15:00"),
        ("- **1~3** and 5~7", "- 1~3 and 5~7"),
        ("周一~周五, 周六~周日", "周一~周五, 周六~周日"),
        ("~old~, 5~~10~~20", "~~old~~, 5~~10~~20"),
        ("中*文*字", "中文字"),
        (
            "*.rs, src/*.rs and /usr/*/bin, /*x*/, **/*.rs, **/*.py",
            "*.rs, src/*.rs and /usr/*/bin, /*x*/, **/*.rs, **/*.py",
        ),
        ("> - *./a and b*", "> - *./a and b*"),
        ("_a.map, x._ *and*/*or*", "a.map, x. and/or"),
        ("_.map, x._", "_.map, x._"),
        (
            "**Directory: src/** *docs/* _x/_",
            "Directory: src/ docs/ x/",
        ),
        ("**.env**, **/tmp/x** *...wait*", ".env, /tmp/x ...wait"),
        (
            "*a*/*b*/*c*, **Mon**/**Tue**/**Wed**, *.env* and *.gitignore*",
            "a/b/c, Mon/Tue/Wed, .env and .gitignore",
        ),
        ("f(*args, x*y), (*API*s)", "f(*args, x*y), (APIs)"),
        (
            "Date: ____/____/____, [____] and (____)",
            "Date: ____/____/____, [____] and (____)",
        ),
        ("¯\\_(ツ)_/¯ and ^_^ too", "¯_(ツ)_/¯ and ^_^ too"),
        (
            "(*see a*), *\"b\"*, **$5**, *(c)*",
            "(see a), \"b\", $5, (c)",
        ),
        (
            "`5*10*2` https://a.example/5*10*2",
            "5*10*2 https://a.example/5*10*2",
        ),
        ("**「引用」**を見て", "「引用」を見て"),
        (
            "+ 100 EUR\n- 20 EUR\n= 80 EUR",
            "+ 100 EUR\n- 20 EUR\n= 80 EUR",
        ),
        ("Sum\n  5\n+ 3\n---\n  8", "Sum\n5\n+ 3\n\n----------\n\n8"),
        ("+ €5\n+ shipping", "+ €5\n+ shipping"),
        ("+ eggs\n+ milk", "- eggs\n- milk"),
        ("- 5\n- 6", "- 5\n- 6"),
        ("+ USD 100\n- USD 20", "+ USD 100\n- USD 20"),
        ("+ EUR 100", "+ EUR 100"),
        ("+ (5)\n+ ~5 min", "+ (5)\n+ ~5 min"),
        ("+ Salary: **3,000**\n+ bonus", "+ Salary: 3,000\n+ bonus"),
        (
            "+ 100 EUR\n  - rent\n+ 50 EUR",
            "+ 100 EUR\n\n- rent\n\n+ 50 EUR",
        ),
        (
            "> + 100 EUR\n>\n>   salary\n> + 50 EUR",
            "> + 100 EUR\n>\n> salary\n>\n> + 50 EUR",
        ),
        (
            "+ Fast\n  - really\n+ Cheap\n- Hard to learn",
            "+ Fast\n\n- really\n\n+ Cheap\n- Hard to learn",
        ),
        ("+ [ ] 5 eggs\n+ [x] milk", "☐ 5 eggs\n☑ milk"),
        ("- Fruit\n  + apples\n- Tea", "- Fruit\n  - apples\n- Tea"),
    ] {
        assert_eq!(text(content), expected, "{content}");
    }
}

#[test]
fn an_address_ends_at_a_quote_or_a_dash_of_any_script() {
    for (content, target) in [
        ("‘https://a.example/x’ b", "https://a.example/x"),
        ("https://a.example/x… b", "https://a.example/x"),
        ("https://a.example/x.— b", "https://a.example/x"),
        ("（https://a.example/x）。", "https://a.example/x"),
        ("www.a.example” b", "http://www.a.example"),
        ("https://a.example—b", "https://a.example"),
        (
            "https://a.example/A–B_c’d…e– f",
            "https://a.example/A%E2%80%93B_c%E2%80%99d%E2%80%A6e",
        ),
        (
            "https://a.example/日本",
            "https://a.example/%E6%97%A5%E6%9C%AC",
        ),
    ] {
        let mail = parts(content, Format::Markdown).unwrap();
        assert_eq!(mail.text, content);
        assert!(
            mail.html.contains(&format!("href=\"{target}\"")),
            "{}",
            mail.html
        );
        assert_eq!(mail.preview.warning, "");
    }
}

#[test]
fn decorated_lines_are_no_fences_and_the_words_behind_a_fence_stay() {
    for (content, expected) in [
        (
            "~~~ Important ~~~\nRead **this**.\n\nBye",
            "~~~ Important ~~~\nRead this.\n\nBye",
        ),
        (
            "~~~ A ~~~\nx\n\n~~~ B ~~~\ny",
            "~~~ A ~~~\nx\n\n~~~ B ~~~\ny",
        ),
        ("~~~\nx\n~~~", "x"),
        ("~~~ never closed", "~~~ never closed"),
        (
            "~~~\n| a | b |\n|---|---|\n| c | d | e |",
            "~~~\n\na  b\n-  -----\nc  d | e",
        ),
        ("``` Note!\nread\n```", "Note!\n\nread"),
        ("```Read this now\nx\n```", "Read this now\n\nx"),
        ("> ``` Read this\n> x\n> ```", "> Read this\n>\n> x"),
        (
            "1. Run:\n   ```Read this\n   ls\n   ```",
            "1. Run:\n   Read this\n\n   ls",
        ),
        ("1. Run:\n   ```Bash\n   ls\n   ```", "1. Run:\n\n   ls"),
        ("```rust\nx\n```", "x"),
        ("``` JSON\nx\n```", "x"),
    ] {
        assert_eq!(text(content), expected, "{content}");
    }
}

#[test]
fn the_language_of_a_fence_is_not_sent() {
    for language in [
        "Python",
        "JavaScript",
        "C++",
        "C#",
        "F#",
        "Dockerfile",
        "rust,ignore",
        "rust,no_run",
        "js title=\"a.js\"",
        "python {1,3}",
        "js{1,3}",
        "src/main.rs",
        "12:20:src/main.rs",
        "{r}",
        "{r, echo=FALSE}",
    ] {
        assert_eq!(text(&format!("```{language}\nx\n```")), "x", "{language}");
    }
}

#[test]
fn no_line_of_many_open_fences_is_lost() {
    let sections: Vec<String> = ('A'..='L').map(|name| format!("~~~ {name}\nx")).collect();
    let content = sections.join("\n\n");
    assert_eq!(text(&content), content);
}

#[test]
fn the_start_of_a_signature_and_a_footer_make_no_heading() {
    for (content, expected) in [
        ("Regards,\nAnn\n-- \nAnn Lee", "Regards,\nAnn\n-- \nAnn Lee"),
        ("Regards\n\n-- \nAnn Lee\nx", "Regards\n\n-- \nAnn Lee\nx"),
        (
            "Best regards\n---\nAnn",
            "Best regards\n\n----------\n\nAnn",
        ),
        ("a\nb\n------\nc", "a\nb\n\n----------\n\nc"),
        ("Total\n=\n8", "Total\n=\n8"),
        ("> Ann\n> --\n> Lee", "> Ann\n> --\n> Lee"),
        ("- a\n- b\n-- \nAnn", "- a\n- b\n\n-- \nAnn"),
        ("1. [x] a\n-- \nAnn", "1. ☑ a\n\n-- \nAnn"),
        (
            "> - a\n>   - b\n> --\n> Ann",
            "> - a\n>   - b\n>\n> --\n> Ann",
        ),
        ("Summary\n-------\nx", "Summary\n-------\n\nx"),
        ("Summary\n====\nx", "Summary\n=======\n\nx"),
    ] {
        let mail = compose(content, Format::Markdown).unwrap();
        assert_eq!(mail.text, expected, "{content}");
    }
}

#[test]
fn separators_of_lines_do_not_join_words() {
    for format in [Format::Markdown, Format::Html] {
        let mail = compose("b\u{2028}c\u{85}d", format).unwrap();
        let words: Vec<&str> = mail.text.split_whitespace().collect();
        assert_eq!(words, ["b", "c", "d"]);
    }
}

/// Starts of lines that CommonMark may take for markup.
const STARTS: [&str; 26] = [
    "", "", "> ", ">> ", "- ", "* ", "+ ", "  - ", "   ", "    ", "24. ", "31) ", "3. ", "02. ",
    "4. ", "# ", "### ", "~~~ Two ", "``` Two ", "~~~~Two ", "[", "> [", "- [", "-- ", "[^", "| ",
];
const ENDS: [&str; 16] = [
    "", "", "", " ~~~", " ```", "]: ", "]:\n", "] ", "*", "**", "  ", " #", "~", "\\", " |", "`",
];
/// Whole lines without a letter.
const ROWS: [&str; 14] = [
    "", "", "-- ", "--", "---", "----", "===", "=", "-", "~~~", "```", "***", "|---|", ">",
];

fn line() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[A-Z][a-z]{2,5}",
        "[1-9][0-9]{0,2}",
        "[1-9]\\*[1-9]\\*[2-9]",
        "[A-Z]~[0-9]~[1-9]"
    ];
    let words = proptest::collection::vec(word, 1..4).prop_map(|words| words.join(" "));
    let words = prop_oneof![
        words.clone(),
        (words.clone(), words).prop_map(|(a, b)| format!("{a}]: {b}"))
    ];
    prop_oneof![
        3 => (0..STARTS.len(), words, 0..ENDS.len())
            .prop_map(|(start, words, end)| format!("{}{words}{}", STARTS[start], ENDS[end])),
        1 => (0..ROWS.len()).prop_map(|row| ROWS[row].to_owned()),
    ]
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// No start is one that a person leaves to the program: `1.` in each item, and one word
    /// behind a fence is a language.
    #[test]
    fn each_letter_and_digit_is_in_the_text_part(lines in proptest::collection::vec(line(), 1..8)) {
        let content = lines.join("\n");
        let Ok(mail) = compose(&content, Format::Markdown) else {
            prop_assert!(letters(&content).is_empty(), "refused: {content}");
            return Ok(());
        };
        prop_assert_eq!(letters(&mail.text), letters(&content), "{}\n=>\n{}", content, mail.text);
    }
}
