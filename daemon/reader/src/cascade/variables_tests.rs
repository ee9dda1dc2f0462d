//! Substitution of custom properties.

use super::*;

fn value(text: &str) -> Option<String> {
    let variables: Variables = [
        ("--a", "1px"),
        ("--b", "var(--a)"),
        ("--loop", "var(--loop)"),
    ]
    .into_iter()
    .chain([
        ("--big", "var(--more) var(--more)"),
        ("--more", "var(--big, 1px) x x x x"),
    ])
    .map(|(name, text)| (name.into(), text.into()))
    .collect();
    let budget = Budget::new(1 << 20);
    let referred = Referred {
        variables: &variables,
        element: None,
        dark: false,
    };
    let value = substitute(text, None, referred, &budget).ok();
    value.map(|text| text.replace("/**/", ""))
}

#[test]
fn references_are_replaced_by_their_values() {
    assert_eq!(value("var(--b)").as_deref(), Some("1px"));
    assert_eq!(
        value("calc(2 * var(--a))").as_deref(),
        Some("calc(2 * 1px)")
    );
    assert_eq!(value("var(--none, red)").as_deref(), Some(" red"));
    assert_eq!(value("var(--none, var(--a))").as_deref(), Some(" 1px"));
}

#[test]
fn circles_and_unknown_references_have_no_value() {
    assert_eq!(value("var(--loop, red)").as_deref(), Some(" red"));
    assert_eq!(value("var(--more, red)").as_deref(), Some(" red"));
    assert_eq!(
        value("env(safe-area-inset-top, 9px)").as_deref(),
        Some("0px")
    );
    for text in ["var(--none)", "var(--loop)", "var(--big)", "env(x)"] {
        assert_eq!(value(text), None, "{text}");
    }
}

#[test]
fn a_limit_is_noted() {
    let deep = format!("{}1{}", "(".repeat(200), ")".repeat(200));
    let referred = Referred {
        variables: &Variables::new(),
        element: None,
        dark: false,
    };
    let found = substitute(&deep, None, referred, &Budget::new(1 << 20));
    assert_eq!(found, Err(Failure::Limit));
    let budget = Budget::new(10);
    let found = substitute("0123456789", None, referred, &budget);
    assert_eq!((found, budget.is_exceeded()), (Err(Failure::Limit), true));
}
