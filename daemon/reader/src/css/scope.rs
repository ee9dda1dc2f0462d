//! The selectors of rules in `@scope`, written as selectors of nested rules.

use super::Parsed;
use cssparser::Parser;

/// Name of the root of a scope.
const SCOPE: &str = ":scope";

/// Returns the parts of a list of selectors in a scope, whose root has the same name as the parent of
/// nested rules.
pub(super) fn parts(input: &mut Parser<'_>) -> Parsed<Vec<String>> {
    input.parse_comma_separated(|input| {
        let start = input.position();
        while input.next().is_ok() {}
        let text = input.slice_from(start).trim_ascii();
        let mut part = String::new();
        let mut taken = 0;
        for (at, _) in outside_of_strings(text) {
            if has_prefix(text.get(at..).unwrap_or_default(), SCOPE) {
                part.push_str(text.get(taken..at).unwrap_or_default());
                part.push('&');
                taken = at + SCOPE.len();
            }
        }
        part.push_str(text.get(taken..).unwrap_or_default());
        Ok(part)
    })
}

/// Returns the offsets in a selector that are in no string and no attribute, each with the number of the
/// functions around it.
fn outside_of_strings(text: &str) -> impl Iterator<Item = (usize, u32)> {
    let (mut quote, mut brackets, mut functions, mut is_escaped) = (None, 0_u32, 0_u32, false);
    text.char_indices().filter_map(move |(at, c)| {
        let escapes = c == '\\' && !is_escaped;
        let was_escaped = std::mem::replace(&mut is_escaped, escapes);
        match (quote, c) {
            _ if was_escaped => return None,
            (Some(open), _) => {
                quote = Some(open).filter(|open| *open != c);
                return None;
            }
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => brackets += 1,
            (None, ']') => brackets = brackets.saturating_sub(1),
            (None, '(') => functions += 1,
            (None, ')') => functions = functions.saturating_sub(1),
            (None, _) => {}
        }
        (brackets == 0 && quote.is_none()).then_some((at, functions))
    })
}

/// Returns a selector for the elements that are in a scope, from the limits of the scope.
pub(super) fn limit(input: &mut Parser<'_>) -> Parsed<String> {
    let limits = parts(input)?
        .into_iter()
        .map(|limit| match limit.contains('&') {
            true => limit,
            false => format!("& {limit}"),
        });
    let limits = limits.collect::<Vec<_>>().join(",");
    Ok(format!(":not(:where({limits}),:where({limits}) *)"))
}

/// Returns the selectors of a rule in a scope, with a selector that each element must match, too.
pub(super) fn in_scope(parts: Vec<String>, limit: &str) -> String {
    let limited = parts.into_iter().map(|part| {
        let is_pseudo = |rest: &str| PSEUDO_ELEMENTS.iter().any(|name| has_prefix(rest, name));
        let mut offsets = outside_of_strings(&part);
        let end = offsets
            .find(|(at, functions)| *functions == 0 && part.get(*at..).is_some_and(is_pseudo));
        let (element, pseudo) = part.split_at(end.map_or(part.len(), |(at, _)| at));
        // The root gives a selector that does not name it no specificity.
        let inside = match element.contains('&') || element.starts_with(['>', '+', '~']) {
            true => "",
            false => ":where(&) ",
        };
        format!("{inside}{element}{limit}{pseudo}")
    });
    limited.collect::<Vec<_>>().join(",")
}

/// Beginnings of pseudo-elements, behind which no other selector of the element may stand.
const PSEUDO_ELEMENTS: [&str; 5] = ["::", ":before", ":after", ":first-line", ":first-letter"];

fn has_prefix(text: &str, prefix: &str) -> bool {
    let start = text.get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
