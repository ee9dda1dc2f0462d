//! Parser of one tag of HTML in Markdown.

/// Attributes that may lack a value.
const BOOLEAN: [&str; 20] = [
    "checked",
    "disabled",
    "nowrap",
    "noshade",
    "hidden",
    "open",
    "reversed",
    "selected",
    "multiple",
    "readonly",
    "required",
    "controls",
    "loop",
    "muted",
    "autoplay",
    "async",
    "defer",
    "compact",
    "ismap",
    "allowfullscreen",
];

/// Tag of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) source: &'a str,
    pub(super) name: &'a str,
    pub(super) is_end: bool,
    pub(super) has_attributes: bool,
    /// Whether the attributes are those of HTML and not words of a sentence.
    pub(super) is_plausible: bool,
}

/// Returns the tag at the start of a text.
pub(super) fn parse(text: &str) -> Option<Tag<'_>> {
    let (is_end, from) = match text.starts_with("</") {
        true => (true, 2),
        false => (false, 1),
    };
    let after = text.get(from..)?;
    if !after.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_');
    let name = after.get(..after.find(|c| !is_name(c))?)?;
    let mut rest = after.get(name.len()..)?;
    let (mut has_attributes, mut is_plausible) = (false, true);
    loop {
        let trimmed = rest.trim_start();
        let separated = trimmed.len() < rest.len();
        rest = trimmed;
        if let Some(after) = rest.strip_prefix('>') {
            let source = text.get(..text.len() - after.len())?;
            return Some(Tag {
                source,
                name,
                is_end,
                has_attributes,
                is_plausible,
            });
        }
        if let Some(after) = rest.strip_prefix('/') {
            rest = after;
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/' | '<'))?;
        let attribute = rest.get(..end)?;
        if attribute.is_empty() {
            return None;
        }
        has_attributes = true;
        let is_word = attribute
            .chars()
            .all(|c| is_name(c) || matches!(c, '.' | '@'));
        rest = rest.get(end..)?;
        let value = rest.trim_start().strip_prefix('=');
        is_plausible &= separated && is_word && !is_end;
        match value {
            Some(value) => rest = after_value(value.trim_start())?,
            None => {
                let is_boolean = BOOLEAN.iter().any(|b| b.eq_ignore_ascii_case(attribute));
                is_plausible &= is_boolean;
            }
        }
    }
}

/// Returns the text after the value of an attribute.
fn after_value(text: &str) -> Option<&str> {
    for quote in ['"', '\''] {
        if let Some(value) = text.strip_prefix(quote) {
            return value.split_once(quote).map(|(_, after)| after);
        }
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '>')?;
    text.get(end..)
}
