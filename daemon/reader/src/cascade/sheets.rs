//! The style sheets of a document, in order.

use crate::{
    css::{conditions, data, declarations::DeclarationSyntax, sheet::Rules},
    document::{Document, Element, NodeId, Visit, parse},
    limits::MAX_SHEETS,
};
use cssparser::Parser;
use html5ever::{local_name, ns};

/// Returns the rules of all style sheets, whether some exceed the limit, and whether a style may change the markers
/// of lists.
pub(super) fn rules(document: &Document) -> (Rules, bool, bool) {
    let mut sheets = Sheets {
        rules: Rules::default(),
        left: MAX_SHEETS,
        title: None,
        cut: false,
        marked: false,
        syntax: DeclarationSyntax {
            quirks: document.quirks,
        },
    };
    sheets.add(document, true);
    sheets.rules.rank();
    let cut = sheets.cut || sheets.rules.exceeded;
    (sheets.rules, cut, cut || sheets.marked)
}

struct Sheets {
    rules: Rules,
    /// Bytes of sheets that are still parsed.
    left: usize,
    /// Title of the first sheet that has one. Sheets with another title are alternatives, which no
    /// browser applies.
    title: Option<String>,
    cut: bool,
    marked: bool,
    syntax: DeclarationSyntax,
}

impl Sheets {
    /// Adds the sheets of a document. Those in its `noscript` elements apply, because no program
    /// for mail runs scripts; the parser has their content as text.
    fn add(&mut self, document: &Document, outermost: bool) {
        let mut walk = document.walk(NodeId::ROOT);
        while let Some(visit) = walk.next() {
            let Visit::Enter(node) = visit else { continue };
            let Some(element) = document.element(node) else {
                continue;
            };
            if element.html_name() == "noscript" && outermost {
                self.add(&parse(&document.all_text(node)), false);
            }
            let inline = element.attribute(&local_name!("style"));
            self.marked |= inline.is_some_and(|inline| is_marked(inline, false));
            let linked = linked_sheet(element);
            // A `style` of MathML is no style sheet.
            let own = element.local_name() == "style" && element.name.ns != ns!(mathml);
            if !own && linked.is_none() {
                continue;
            }
            walk.skip_children();
            if !self.applies(element) {
                continue;
            }
            let sheet = linked.unwrap_or_else(|| document.all_text(node));
            match self.left.checked_sub(sheet.len()) {
                Some(rest) => self.left = rest,
                None => {
                    self.cut = true;
                    return;
                }
            }
            self.marked |= is_marked(&sheet, true);
            let owner = document.node(node).parent.filter(|_| outermost);
            self.rules.add(&sheet, owner, self.syntax);
        }
    }

    fn applies(&mut self, element: &Element) -> bool {
        let attribute = |name| element.attribute(&name).unwrap_or_default();
        let kind = attribute(local_name!("type"));
        // The type of a link may have spaces and parameters.
        let kind = match element.html_name() {
            "link" => kind.split(';').next().unwrap_or_default().trim(),
            _ => kind,
        };
        let title = attribute(local_name!("title"));
        let css = kind.is_empty() || kind.eq_ignore_ascii_case("text/css");
        if !css || !conditions::media(&mut Parser::new(attribute(local_name!("media")))) {
            return false;
        }
        title.is_empty() || self.title.get_or_insert_with(|| title.to_owned()) == title
    }
}

/// Returns whether declarations, or those of a sheet, may change the markers of lists. An escape may be in any name.
fn is_marked(declarations: &str, sheet: bool) -> bool {
    let text = declarations.to_ascii_lowercase();
    let imports = || text.contains("@import") && text.contains("data:");
    text.contains('\\')
        || text.contains("list-style-image")
        || (sheet && (text.contains("marker") || imports()))
}

/// Returns the style sheet that a `link` embeds.
fn linked_sheet(element: &Element) -> Option<String> {
    let relation = element.attribute(&local_name!("rel")).unwrap_or_default();
    let mut words = relation.split_ascii_whitespace();
    let sheet = words
        .clone()
        .any(|word| word.eq_ignore_ascii_case("stylesheet"));
    let alternate = words.any(|word| word.eq_ignore_ascii_case("alternate"));
    let disabled = element.attribute(&local_name!("disabled")).is_some();
    if element.html_name() != "link" || !sheet || alternate || disabled {
        return None;
    }
    data::sheet(element.attribute(&local_name!("href"))?)
}
