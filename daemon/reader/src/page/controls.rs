//! Images, fields and buttons: their labels, and the count of images that have none.

use super::{
    Page, labels,
    room::{self, MAX_BEFORE, is_lifted},
    writer::Gap,
};
use crate::{
    document::{Element, NodeId},
    sight,
};
use html5ever::local_name;

impl Page<'_> {
    /// Writes an image, a field or a button. Returns whether its children are written.
    pub(super) fn control(&mut self, node: NodeId, element: &Element) -> bool {
        if !self.sight.is_seen(node) {
            if !self.styles.get(node).inherited.visible {
                self.empty_place(node, element);
            }
            return false;
        }
        // The text of a link is a better place for the address than its image. A button has the text.
        let is_button = element.html_name() == "button";
        if is_button && self.has_link(node) {
            self.writer.gap(Gap::Space);
            return true;
        }
        let link = self.text_link().filter(|link| is_button || !link.has_text);
        let label = labels::label(self.document, self.styles, self.sight, node, element);
        if let Some(label) = label {
            let label = self.clean(&label);
            self.writer.label(&label, link.as_ref());
        } else if self.writer.is_data() && !sight::is_tiny(self.styles.get(node)) {
            // An icon in a table of data is a value.
            self.writer.label("[image]", link.as_ref());
        } else if element.html_name() == "img"
            && let Some(link) = link
            && self.survey.has_only_blank_images(link.node)
            && !sight::is_tiny(self.styles.get(node))
        {
            self.writer.label("[image]", Some(&link));
        } else {
            if element.html_name() == "img" && self.may_be_content(node, element) {
                let count = &mut self.findings.undescribed_images;
                *count = count.saturating_add(1);
            }
            self.empty_place(node, element);
        }
        self.write_areas(element);
        false
    }

    /// Separates the text before an image or a field that is not written from the text behind it, as
    /// its box does. A box beside the flow and one without a width separate nothing.
    fn empty_place(&mut self, node: NodeId, element: &Element) {
        let style = self.styles.get(node);
        let kind = element.attribute(&local_name!("type")).unwrap_or_default();
        let align = element.attribute(&local_name!("align"));
        let is_aligned = align.is_some_and(|align| {
            ["left", "right"]
                .iter()
                .any(|side| align.trim().eq_ignore_ascii_case(side))
        });
        if is_lifted(style) || is_aligned || kind.eq_ignore_ascii_case("hidden") {
            return;
        }
        // A box that is all of another one has the gaps of that one.
        if !self.is_alone(node) {
            self.empty_gap(node, element, style);
        }
        if !sight::is_thin(style) {
            self.writer.gap(Gap::Space);
        }
    }

    /// Returns whether nothing is beside a node in its parent.
    fn is_alone(&self, node: NodeId) -> bool {
        let is_blank = |node: NodeId| room::is_blank(self.document, self.styles, node);
        let next = |node: &NodeId| self.document.node(*node).next;
        let mut before = self.document.before(node).take(MAX_BEFORE);
        let mut behind = std::iter::successors(next(&node), next).take(MAX_BEFORE);
        before.all(is_blank) && behind.all(is_blank)
    }

    /// Returns whether an image without a description may be what the mail is about. An image of unknown
    /// size is an icon if it is in a link, and decoration if its description is empty.
    fn may_be_content(&self, node: NodeId, element: &Element) -> bool {
        let is_decoration =
            || !self.links.is_empty() || element.attribute(&local_name!("alt")).is_some();
        sight::is_large(self.styles.get(node)).unwrap_or_else(|| !is_decoration())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn images_that_a_person_sees_as_content_and_that_have_no_description_are_counted() {
        for (html, expected) in [
            ("<img src=a.png width=600 height=400>", 1),
            (
                "<img src=a.png width=600 alt=''><img src=cid:b style='height:300px'>",
                2,
            ),
            ("<img src=a.png>", 1),
            (
                "<table><tr><td>Prices:<td><img src=a.png width=200></table>",
                1,
            ),
            (
                "<a href=https://a.example>Shop <img src=a.png width=300></a>",
                1,
            ),
            // Described, or a mark in the text.
            ("<img src=a.png width=600 alt='The prices'>", 0),
            ("<a href=https://a.example><img src=a.png width=600></a>", 0),
            // Icons, spacers, trackers, decoration.
            ("<img src=a.png width=32 height=32>", 0),
            ("<img src=a.png width=600 height=1>", 0),
            ("<img src=a.png style='max-height:20px'>", 0),
            ("<img src=a.png width=1 height=1>", 0),
            ("<img src=a.png alt=''>", 0),
            ("<a href=https://a.example>Shop <img src=a.png></a>", 0),
            // Not seen.
            ("<img src=a.png width=600 style=display:none>", 0),
            (
                "<div style='visibility:hidden'><img src=a.png width=600></div>",
                0,
            ),
            (
                "<p style='width:0;height:0;overflow:hidden'><img src=a.png width=600>",
                0,
            ),
        ] {
            let page = format!("<p>Our prices:</p>{html}<p>Bye</p>");
            let findings = crate::read(Some(&page), None).findings;
            assert_eq!(findings.undescribed_images, expected, "{html}");
        }
    }
}
