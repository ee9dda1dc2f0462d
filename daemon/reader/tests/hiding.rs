//! Ways to hide text, and ways that only seem to hide it. The folder `hiding` has the judgement of
//! Chromium for each (`tests/reader/hostile.mjs` makes it).

#![allow(clippy::panic)]

use tai_reader::outgoing;

/// The word that is hidden or not.
const PROBE: &str = "qprobeq";
/// The word as an override of the direction shows it.
const REVERSED: &str = "qeborpq";

/// Returns the judgement, the name and the rest of each line of a list.
fn lines(list: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    list.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (judgement, rest) = line.split_once('\t').unwrap_or((line, ""));
            let (name, body) = rest.split_once('\t').unwrap_or((rest, rest));
            (judgement, name, body)
        })
}

fn mail(head: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body><p>shown before</p>{body}\
         <p>shown after</p></body></html>"
    )
}

fn quoted(style: &str) -> String {
    style.replace('"', "&quot;")
}

/// Asserts that a reading agrees with the judgement of each line.
fn check(list: &str, html: impl Fn(&str) -> String) {
    let mut wrong = Vec::new();
    for (judgement, name, body) in lines(list) {
        let reading = tai_reader::read(Some(&html(body)), None);
        let shown = [PROBE, REVERSED]
            .iter()
            .any(|probe| reading.markdown.contains(probe));
        let right = match judgement {
            "hidden" | "faint" => !shown,
            "shown" => shown,
            "open" => true,
            other => panic!("unknown judgement {other}"),
        };
        if !right {
            wrong.push(format!("{judgement}: {name}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn declarations_on_a_block_hide_what_chromium_hides() {
    let list = include_str!("hiding/block.txt");
    check(list, |style| {
        mail(
            "",
            &format!("<div style=\"{}\">{PROBE}</div>", quoted(style)),
        )
    });
}

#[test]
fn declarations_of_a_class_hide_what_chromium_hides() {
    let list = include_str!("hiding/block.txt");
    let list: Vec<&str> = list.lines().filter(|line| !line.contains("\t{")).collect();
    check(&list.join("\n"), |style| {
        mail(
            &format!("<style>.a{{{style}}}</style>"),
            &format!("<div class=a>{PROBE}</div>"),
        )
    });
}

#[test]
fn important_declarations_for_a_screen_hide_what_chromium_hides() {
    let list = include_str!("hiding/block.txt");
    let single = |line: &&str| !line.contains([';', '!', '{']);
    let list: Vec<&str> = list.lines().filter(single).collect();
    check(&list.join("\n"), |style| {
        let sheet = format!("@media screen{{#i{{{style} ! important}}}}");
        let name = style.split_once(':').map_or("", |(name, _)| name);
        let weaker = format!("<div id=i style=\"{name}:initial\">{PROBE}</div>");
        mail(&format!("<style>{sheet}</style>"), &weaker)
    });
}

#[test]
fn declarations_on_a_span_hide_what_chromium_hides() {
    let list = include_str!("hiding/span.txt");
    check(list, |style| {
        mail(
            "",
            &format!(
                "<p>shown in <span style=\"{}\">{PROBE}</span> the line</p>",
                quoted(style)
            ),
        )
    });
}

#[test]
fn places_and_sizes_hide_what_chromium_hides() {
    check(include_str!("hiding/places.txt"), |body| mail("", body));
}

#[test]
fn elements_and_style_sheets_hide_what_chromium_hides() {
    check(include_str!("hiding/mails.txt"), unescaped);
}

/// Returns a mail with the control characters that its line has as escapes.
fn unescaped(body: &str) -> String {
    let mut html = String::new();
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => html.push(match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('0') => '\0',
                other => other.unwrap_or('\\'),
            }),
            (c, false) => html.push(c),
        }
    }
    html
}

/// The person who approves a mail is told of each text that the recipient's tai does not show, and reads
/// each that it shows.
#[test]
fn text_of_an_outgoing_mail_that_the_reader_hides_is_warned_of() {
    type List = (&'static str, fn(&str) -> String);
    let lists: [List; 4] = [
        (include_str!("hiding/block.txt"), |style| {
            mail(
                "",
                &format!("<div style=\"{}\">{PROBE}</div>", quoted(style)),
            )
        }),
        (include_str!("hiding/span.txt"), |style| {
            mail(
                "",
                &format!(
                    "<p>a <span style=\"{}\">{PROBE}</span> b</p>",
                    quoted(style)
                ),
            )
        }),
        (include_str!("hiding/places.txt"), |body| mail("", body)),
        (include_str!("hiding/mails.txt"), unescaped),
    ];
    let mut wrong = Vec::new();
    for (list, html) in lists {
        for (_, name, body) in lines(list) {
            let Ok(parts) = outgoing::parts(&html(body), outgoing::Format::Html) else {
                continue;
            };
            let reading = tai_reader::read(Some(&parts.html), None).markdown;
            let has = |text: &str| [PROBE, REVERSED].iter().any(|probe| text.contains(probe));
            let is_told = parts.preview.warning.contains("hidden");
            let is_right = match has(&reading) {
                true => has(&parts.text),
                false => !has(&parts.preview.text) || is_told,
            };
            if !is_right {
                wrong.push(format!("{name}: {}", parts.html));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_visible_word_of_a_hostile_mail_is_lost() {
    for (judgement, name, style) in lines(include_str!("hiding/span.txt")) {
        let body = format!(
            "<p>shown in <span style=\"{}\">{PROBE}</span> the line</p>",
            quoted(style)
        );
        let reading = tai_reader::read(Some(&mail("", &body)), None).markdown;
        for word in ["shown before", "shown in", "the line", "shown after"] {
            assert!(
                reading.contains(word),
                "{judgement} {name} loses {word}: {reading}"
            );
        }
    }
}

/// Chromium itself needs minutes for these.
#[test]
fn nested_rules_whose_selectors_multiply_cost_only_themselves() {
    for (selector, levels) in [
        (":is(&,&,&)", 18),
        (":is(.z,&,&)", 60),
        (":not(&,&,&,&)", 12),
        ("&:has(&,& &)", 12),
        (":nth-child(1 of &,&,&)", 12),
        ("& &", 400),
    ] {
        let nested =
            |inside: &str| format!("{selector}{{").repeat(levels) + inside + &"}".repeat(levels);
        let mail = |sheet: String| {
            let html = mail(&sheet, &format!("<div class=a>{PROBE}</div>"));
            tai_reader::read(Some(&html), None)
        };
        let nothing = nested("color:red");
        let reading = mail(format!("<style>p{{{nothing}}}.a{{display:none}}</style>"));
        assert!(!reading.markdown.contains(PROBE), "{selector}");
        if selector.starts_with(":is") {
            let sheet = format!("<style>.a{{{}}}</style>", nested("display:none"));
            let reading = mail(sheet);
            assert!(!reading.markdown.contains(PROBE), "{selector}");
            assert!(!reading.findings.simplified, "{selector}");
        }
    }
}
