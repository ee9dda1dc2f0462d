//! Minimal mails that earlier readers lost or leaked something of (`cases.json`, collected on
//! 2026-11-26 from comparisons with headless Chromium). A case names what must be shown and what must not.

#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::Value;

/// Returns the texts of a list in a case.
fn texts<'a>(case: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    let list = case.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

/// Returns what is wrong with the Markdown of a case.
fn faults(case: &Value, shown: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for text in texts(case, "must_show") {
        if !shown.contains(text) {
            faults.push(format!("lost {text:?}"));
        }
    }
    for text in texts(case, "must_not_show").chain(texts(case, "not_show")) {
        if shown.contains(text) {
            faults.push(format!("shows {text:?}"));
        }
    }
    for (key, expected) in [("re", true), ("not_re", false)] {
        if let Some(pattern) = case.get(key).and_then(Value::as_str) {
            let pattern = regex::Regex::new(pattern).unwrap();
            if pattern.is_match(shown) != expected {
                faults.push(format!("{key} {pattern}"));
            }
        }
    }
    if let Some(most) = case.get("max_bytes").and_then(Value::as_u64)
        && shown.len() as u64 > most
    {
        faults.push(format!("{} bytes", shown.len()));
    }
    if let Some(most) = case.get("max_vs").and_then(Value::as_u64) {
        let selectors = shown
            .chars()
            .filter(|c| ('\u{fe00}'..='\u{fe0f}').contains(c));
        let selectors = selectors.count() as u64;
        if selectors > most {
            faults.push(format!("{selectors} variation selectors"));
        }
    }
    let places: Vec<Option<usize>> = texts(case, "order").map(|text| shown.find(text)).collect();
    if places.contains(&None) || !places.is_sorted() {
        faults.push(format!("order {places:?}"));
    }
    faults
}

#[test]
fn each_case_shows_what_a_person_sees() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("cases.json")).unwrap();
    assert_eq!(cases.len(), 75);
    let mut failed = Vec::new();
    for case in &cases {
        let part = |key: &str| case.get(key).and_then(Value::as_str);
        let reading = tai_reader::read(part("html"), part("text"));
        let faults = faults(case, &reading.markdown);
        if !faults.is_empty() {
            let shown: String = reading.markdown.chars().take(300).collect();
            failed.push(format!("{}: {faults:?}\n{shown}", case["id"]));
        }
    }
    assert!(
        failed.is_empty(),
        "{} fail:\n{}",
        failed.len(),
        failed.join("\n\n")
    );
}
