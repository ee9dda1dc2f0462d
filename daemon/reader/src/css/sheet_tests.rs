//! Style sheets.

use super::*;
use crate::css::property::{Declaration, Declared, Display};

fn count(sheet: &str) -> usize {
    let mut rules = Rules::default();
    rules.add(sheet, None, Syntax::default());
    rules.all.len()
}

#[test]
fn rules_that_apply_are_found() {
    for (sheet, rules) in [
        ("a{color:red}b{color:red}", 2),
        ("<!-- a{color:red} -->", 1),
        ("@import url(x); a{color:red}", 1),
        ("@media print{a{color:red}} b{color:red}", 1),
        ("@media screen{a{color:red}}", 1),
        ("@media screen{@media (min-width:1px){a{color:red}}}", 1),
        ("@supports (display:grid){a{color:red}}", 1),
        (
            "@font-face{font-family:x}@keyframes k{from{color:red}} a{color:red}",
            1,
        ),
        (
            "a{color:red; b{color:blue} &:hover{color:blue} @media print{color:red}}",
            3,
        ),
        ("a{unknown:1}", 0),
        ("a{}}b{color:red}", 0),
        ("@layer x{a{color:red}}", 1),
    ] {
        assert_eq!(count(sheet), rules, "{sheet}");
    }
    let deep = "a{".repeat(100_000);
    assert_eq!(count(&deep), 0);
}

#[test]
fn importance_and_broken_declarations_are_understood() {
    let mut rules = Rules::default();
    rules.add(
        "a{ color: ; display : none ! IMPORTANT ; *zoom:1; opacity:1 }",
        None,
        Syntax::default(),
    );
    let rule = rules.all.first().unwrap();
    let first = rule.declarations.first().unwrap();
    assert_eq!(first.declared, Declared::Display(Display::None));
    assert!(first.important);
    let marks = |one: &&Declaration| matches!(one.declared, Declared::Mark(..));
    let marked = rule.declarations.iter().filter(marks).count();
    assert_eq!(rule.declarations.len() - marked, 2);
}
