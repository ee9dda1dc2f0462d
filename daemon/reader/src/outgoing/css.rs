//! Declarations of `style` attributes, split by a CSS tokenizer.

use super::{
    addresses::{self, Use},
    left_out::{Kind, LeftOut},
};
use cssparser::{BasicParseError, ParseError, Parser, Token};

/// Deepest nesting of brackets in a value. Deeper values count as active.
const MAX_NESTING: usize = 8;

/// Declaration of a style.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Declaration<'a> {
    /// Name in lower case.
    pub(super) name: String,
    pub(super) value: &'a str,
    /// Addresses in the value.
    pub(super) urls: Vec<String>,
    /// Whether the value has text, which a mail program may show.
    pub(super) has_text: bool,
    /// Whether the value can run a script in an old mail program.
    pub(super) is_active: bool,
}

#[derive(Default)]
struct Seen {
    urls: Vec<String>,
    has_text: bool,
    is_active: bool,
}

/// Returns the declarations of a style. Text that is not a declaration is skipped.
pub(super) fn declarations(style: &str) -> Vec<Declaration<'_>> {
    let mut parser = Parser::new(style);
    let mut declarations = Vec::new();
    while !parser.is_exhausted() {
        if parser.try_parse(Parser::expect_semicolon).is_ok() {
            continue;
        }
        if let Ok(declaration) = parser.try_parse(declaration) {
            declarations.push(declaration);
        } else {
            skip(&mut parser);
        }
    }
    declarations
}

/// Returns a style without the declarations that load from elsewhere than the web, run, or show text.
pub(super) fn sanitised(style: &str, left_out: &mut LeftOut) -> String {
    let mut out = String::with_capacity(style.len());
    for declaration in declarations(style) {
        if declaration.name == "mso-hide" {
            // Hides in Outlook what a conditional comment, which is left out, replaces.
            continue;
        }
        let is_loadable = |url: &String| addresses::checked(url, Use::Image).is_some();
        // A name of a font is not shown. Other text may be, as the marks of a quote or an item are.
        let names_fonts = matches!(declaration.name.as_str(), "font" | "font-family");
        if declaration.is_active
            || (declaration.has_text && !names_fonts)
            || !declaration.urls.iter().all(is_loadable)
        {
            left_out.add(Kind::Declaration);
            continue;
        }
        if !out.is_empty() {
            out.push(';');
        }
        out.push_str(&declaration.name);
        out.push(':');
        out.push_str(declaration.value);
    }
    out
}

fn declaration<'a>(parser: &mut Parser<'a>) -> Result<Declaration<'a>, BasicParseError> {
    let name = parser.expect_ident()?.to_ascii_lowercase();
    parser.expect_colon()?;
    parser.skip_whitespace();
    let start = parser.position();
    let mut seen = Seen::default();
    let mut end = start;
    while let Ok(token) = parser.next_including_whitespace() {
        if matches!(token, Token::Semicolon) {
            break;
        }
        let token = token.clone();
        look(parser, &token, &mut seen, Inside::default());
        end = parser.position();
    }
    let active_name = name == "behavior" || name.ends_with("-binding");
    Ok(Declaration {
        name,
        value: parser.slice(start..end).trim_end(),
        urls: seen.urls,
        has_text: seen.has_text,
        is_active: seen.is_active || active_name,
    })
}

/// Skips to the end of the declaration.
fn skip(parser: &mut Parser<'_>) {
    while let Ok(token) = parser.next() {
        if matches!(token, Token::Semicolon) {
            return;
        }
    }
}

/// What is around a token.
#[derive(Debug, Clone, Copy, Default)]
struct Inside {
    /// Number of brackets.
    nesting: usize,
    /// Whether text is an address, because a function around takes addresses. Another function between, such
    /// as `var()`, changes nothing.
    takes_urls: bool,
}

fn look(parser: &mut Parser<'_>, token: &Token<'_>, seen: &mut Seen, inside: Inside) {
    match token {
        Token::QuotedString(url) if inside.takes_urls => seen.urls.push(url.to_string()),
        Token::QuotedString(_) => seen.has_text = true,
        Token::UnquotedUrl(url) => seen.urls.push(url.to_string()),
        Token::BadUrl(_) | Token::BadString(_) => seen.is_active = true,
        Token::Function(name) => {
            seen.is_active |= name.eq_ignore_ascii_case("expression");
            let takers = ["url", "src", "image-set", "-webkit-image-set", "image"];
            let takes_urls = takers.iter().any(|f| name.eq_ignore_ascii_case(f));
            let takes_urls = takes_urls || inside.takes_urls;
            nested(
                parser,
                seen,
                Inside {
                    takes_urls,
                    ..inside
                },
            );
        }
        Token::ParenthesisBlock | Token::SquareBracketBlock | Token::CurlyBracketBlock => {
            nested(parser, seen, inside);
        }
        _ => {}
    }
}

fn nested(parser: &mut Parser<'_>, seen: &mut Seen, mut inside: Inside) {
    if inside.nesting >= MAX_NESTING {
        seen.is_active = true;
        return;
    }
    inside.nesting += 1;
    let _ = parser.parse_nested_block(|inner| {
        while let Ok(token) = inner.next() {
            let token = token.clone();
            look(inner, &token, seen, inside);
        }
        Ok::<(), ParseError<()>>(())
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_split_as_browsers_split_them() {
        let split = |style| {
            let declarations = declarations(style);
            let parts = declarations
                .iter()
                .map(|d| format!("{}={}", d.name, d.value));
            parts.collect::<Vec<_>>().join("|")
        };
        for (style, expected) in [
            ("color:red;;Font-Size : 12px ;", "color=red|font-size=12px"),
            ("font-family:'a;b';color:red", "font-family='a;b'|color=red"),
            ("junk;color:red", "color=red"),
            (
                "background:url(a;b.png) no-repeat;x:y",
                "background=url(a;b.png) no-repeat|x=y",
            ),
            ("display:/**/none", "display=none"),
            ("col\\6fr:red", "color=red"),
            ("", ""),
        ] {
            assert_eq!(split(style), expected, "{style}");
        }
    }

    #[test]
    fn addresses_and_active_values_are_found() {
        for (style, urls, is_active) in [
            (
                "background:url(https://a.example/x.png)",
                vec!["https://a.example/x.png"],
                false,
            ),
            (
                "background:url('https://a.example/x')",
                vec!["https://a.example/x"],
                false,
            ),
            (
                "background:image-set('a' 1x, url(b) 2x)",
                vec!["a", "b"],
                false,
            ),
            (
                "background:u\\72l(https://a.example/)",
                vec!["https://a.example/"],
                false,
            ),
            (
                "background:image-set(var(--n,'https://a.example/') 1x)",
                vec!["https://a.example/"],
                false,
            ),
            ("background:image-set(('a') 1x)", vec!["a"], false),
            ("width:expression(alert(1))", vec![], true),
            ("behavior:url(x)", vec!["x"], true),
            ("-moz-binding:none", vec![], true),
            ("font-family:'url(x)'", vec![], false),
        ] {
            let found = declarations(style);
            assert_eq!(found[0].urls, urls, "{style}");
            assert_eq!(found[0].is_active, is_active, "{style}");
        }
        for (style, has_text) in [
            ("quotes:'a' 'b'", true),
            ("list-style-type:'a'", true),
            ("--x:'a'", true),
            ("list-style:symbols('a')", true),
            ("background:url('a')", false),
            ("color:red", false),
        ] {
            assert_eq!(declarations(style)[0].has_text, has_text, "{style}");
        }
        let deep = format!("width:{}1{}", "(".repeat(50), ")".repeat(50));
        assert!(declarations(&deep)[0].is_active);
    }
}
