//! Paths in the tokens of macro calls and attributes.

use crate::source::Name;
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

/// Calls `found` with each path: idents joined by `::`, and each single ident that is not a
/// variable, a field or a method.
pub(super) fn paths(stream: TokenStream, found: &mut impl FnMut(Name, usize)) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => paths(group.stream(), found),
            TokenTree::Ident(first) => {
                let before = at.checked_sub(1).and_then(|at| tokens.get(at));
                let (name, end) = path(&tokens, at, first);
                at = end;
                if !(is(before, '.') || is(before, '\''))
                    && (name.len() > 1 || item(first, tokens.get(end)))
                {
                    found(name, first.span().start().line);
                }
                continue;
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
}

/// Returns the path that begins with the ident at `at`, and the index after it.
fn path(tokens: &[TokenTree], mut at: usize, first: &Ident) -> (Name, usize) {
    let mut name = vec![plain(first)];
    at += 1;
    while is(tokens.get(at), ':')
        && is(tokens.get(at + 1), ':')
        && let Some(TokenTree::Ident(next)) = tokens.get(at + 2)
    {
        name.push(plain(next));
        at += 3;
    }
    (name, at)
}

fn item(ident: &Ident, after: Option<&TokenTree>) -> bool {
    let called = matches!(after, Some(TokenTree::Group(group))
        if group.delimiter() == Delimiter::Parenthesis);
    called || plain(ident).starts_with(char::is_uppercase)
}

fn is(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

/// Returns an ident without `r#`.
pub(super) fn plain(ident: &Ident) -> String {
    let name = ident.to_string();
    match name.strip_prefix("r#") {
        Some(plain) => plain.to_owned(),
        None => name,
    }
}
