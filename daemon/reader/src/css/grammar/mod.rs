//! The grammars of values, in the notation of the specifications (CSS Values 4, 2). A declaration
//! whose value does not agree with the grammar of its property as a whole is dropped, as in browsers;
//! the parsers of single properties then read only what matters here.

mod definition;
mod functions;
mod kinds;
mod matching;
mod properties;

use super::{Parsed, Syntax, invalid};
use cssparser::Parser;
use definition::Node;
use std::{collections::HashMap, sync::LazyLock};

/// The grammars of properties by their names, and of the parts that they share in angle brackets.
static GRAMMARS: LazyLock<HashMap<&'static str, Node>> = LazyLock::new(|| {
    let all = [properties::PROPERTIES, functions::PARTS].concat();
    let mut grammars = HashMap::new();
    for (names, text) in all {
        for name in names.split_ascii_whitespace() {
            grammars.insert(name, definition::parse(text));
        }
    }
    grammars
});

/// Consumes a value. Fails if browsers refuse it. Values of properties without a grammar here pass.
pub(super) fn check(name: &str, input: &mut Parser<'_>, syntax: Syntax) -> Parsed<()> {
    let name = name.to_ascii_lowercase();
    let Some(grammar) = GRAMMARS.get(&*name) else {
        while input.next().is_ok() {}
        return Ok(());
    };
    match grammar.matches(input, syntax) && input.is_exhausted() {
        true => Ok(()),
        false => invalid(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_one_grammar() {
        let all = [properties::PROPERTIES, functions::PARTS].concat();
        let names = all
            .iter()
            .flat_map(|(names, _)| names.split_ascii_whitespace());
        assert_eq!(names.count(), GRAMMARS.len());
    }

    #[test]
    fn each_part_that_a_grammar_names_is_defined() {
        for (name, grammar) in GRAMMARS.iter() {
            for part in grammar.parts() {
                let known = GRAMMARS.contains_key(&*part) || kinds::kind(&part).is_some();
                assert!(known, "{name}: {part}");
            }
        }
    }
}
