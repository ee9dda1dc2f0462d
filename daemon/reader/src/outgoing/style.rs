//! Style sheets of an outgoing mail, as `style` attributes: few mail programs read style sheets.

use super::{
    left_out::{Kind, LeftOut},
    parse::{self, Limit},
    tree::{Edge, NodeId, Tree},
};
use css_inline::{CSSInliner, InlineOptions};

/// Limit of the product of the simple selectors and the elements.
const MAX_MATCHES: usize = 10_000_000;

/// Moves the rules of the document's style sheets to the elements that they match.
///
/// # Errors
/// The limit that the styled document exceeds.
pub(super) fn inline(tree: Tree, left_out: &mut LeftOut) -> Result<Tree, Limit> {
    let sheets = sheets(&tree);
    let css: String = sheets.iter().map(|sheet| tree.text(*sheet)).collect();
    if css.trim().is_empty() {
        return Ok(tree);
    }
    let rules = css.bytes().filter(|b| *b == b'{').count();
    if selectors(&css).saturating_mul(tree.len()) > MAX_MATCHES {
        left_out.add_many(Kind::StyleRule, u32::try_from(rules).unwrap_or(u32::MAX));
        return Ok(tree);
    }
    let options = InlineOptions {
        keep_style_tags: false,
        keep_at_rules: false,
        keep_link_tags: true,
        load_remote_stylesheets: false,
        ..InlineOptions::default()
    };
    let unheld = at_rules(&css);
    let imports = css.to_ascii_lowercase().matches("@import").count();
    let html = tree.to_html();
    match CSSInliner::new(options).inline(&html) {
        Ok(html) => {
            left_out.add_many(Kind::StyleRule, unheld);
            left_out.add_many(Kind::StyleSheet, u32::try_from(imports).unwrap_or(u32::MAX));
            Ok(parse::parse(&html)?.tree)
        }
        Err(_) => {
            left_out.add_many(Kind::StyleRule, u32::try_from(rules).unwrap_or(u32::MAX));
            Ok(tree)
        }
    }
}

/// Returns an upper bound of the simple selectors in style sheets.
fn selectors(css: &str) -> usize {
    let preludes = css
        .split('{')
        .map(|text| text.rsplit_once('}').map_or(text, |(_, p)| p));
    let is_border = |c: char| c.is_whitespace() || matches!(c, ',' | '>' | '+' | '~' | ':' | '(');
    let parts = preludes.map(|prelude| prelude.split(is_border).filter(|s| !s.is_empty()).count());
    parts.sum()
}

fn sheets(tree: &Tree) -> Vec<NodeId> {
    let edges = tree.walk(Tree::DOCUMENT);
    let opened = edges.filter_map(|edge| match edge {
        Edge::Open(id) => Some(id),
        Edge::Close(_) => None,
    });
    opened.filter(|id| tree.tag(*id) == "style").collect()
}

/// Returns the number of rules that no `style` attribute can hold: rules in at-rules, and rules of
/// a state such as `:hover`.
fn at_rules(css: &str) -> u32 {
    let mut count = 0;
    let mut prelude = String::new();
    let mut depth = 0u32;
    for c in css.chars() {
        match c {
            '{' => {
                let is_at_rule = prelude.trim_start().starts_with('@');
                let states = [
                    ":hover", ":active", ":visited", ":focus", "::", ":before", ":after",
                ];
                let has_state = states.iter().any(|state| prelude.contains(state));
                if depth == 0 && (is_at_rule || has_state) {
                    count += 1;
                }
                depth += 1;
                prelude.clear();
            }
            '}' => {
                depth = depth.saturating_sub(1);
                prelude.clear();
            }
            ';' => prelude.clear(),
            other => prelude.push(other),
        }
    }
    count
}
