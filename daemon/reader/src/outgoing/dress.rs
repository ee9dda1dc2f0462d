//! Styles of a mail that was written in Markdown. Mail programs honour `style` attributes alone.

use super::tree::{Edge, NodeId, Tree};

const BODY: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;\
    font-size:15px;line-height:1.5;color:#1a1a1a";
const STYLES: [(&str, &str); 3] = [
    ("table", "border-collapse:collapse"),
    ("pre", "background:#f6f6f6;padding:8px;overflow:auto"),
    (
        "blockquote",
        "margin:0 0 0 8px;padding-left:8px;border-left:3px solid #c8c8c8;color:#555",
    ),
];
const HEADER: &str = "border:1px solid #c8c8c8;padding:4px 8px;background:#f2f2f2";
const CELL: &str = "border:1px solid #c8c8c8;padding:4px 8px";

/// Puts the document into a styled `<div>`, and styles the tables, quotes and code that have no
/// attributes.
pub(super) fn dress(tree: &mut Tree) {
    let mut styles: Vec<(NodeId, &str)> = Vec::new();
    // Whether each open table has its own look.
    let mut tables = Vec::new();
    for edge in tree.walk(Tree::DOCUMENT) {
        match edge {
            Edge::Open(id) => {
                let Some(element) = tree.element(id) else {
                    continue;
                };
                let tag = element.tag();
                let is_plain = element.attrs.iter().all(|a| &*a.name.local == "dir");
                if tag == "table" {
                    tables.push(is_plain);
                }
                let style = match tag {
                    "th" if tables.last() == Some(&true) => Some(HEADER),
                    "td" if tables.last() == Some(&true) => Some(CELL),
                    _ if is_plain => STYLES.iter().find(|(of, _)| *of == tag).map(|(_, s)| *s),
                    _ => None,
                };
                styles.extend(style.map(|style| (id, style)));
            }
            Edge::Close(id) if tree.tag(id) == "table" => {
                tables.pop();
            }
            Edge::Close(_) => {}
        }
    }
    for (id, style) in styles {
        if let Some(element) = tree.element_mut(id)
            && element.attr("style").is_none()
        {
            element.set("style", style);
        }
    }
    let div = tree.add_element("div");
    tree.move_children(Tree::DOCUMENT, div);
    tree.append(Tree::DOCUMENT, div);
    if let Some(element) = tree.element_mut(div) {
        element.set("style", BODY);
    }
}

/// Returns serialized HTML without the look that [`dress`] gives.
pub(super) fn undressed(html: &str) -> String {
    let inner = html
        .strip_prefix("<div style=\"")
        .and_then(|html| html.strip_prefix(BODY))
        .and_then(|html| html.strip_prefix("\">"))
        .and_then(|html| html.strip_suffix("</div>"));
    let Some(inner) = inner else {
        return html.to_owned();
    };
    let styles = STYLES.iter().map(|(_, style)| *style);
    let styles = styles.chain([HEADER, CELL]);
    styles.fold(inner.to_owned(), |html, style| {
        html.replace(&format!(" style=\"{style}\""), "")
    })
}
