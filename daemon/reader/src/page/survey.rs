//! What is inside each element: letters, images and lines. The layout of tables and links depends
//! on it.

use super::room::{has_room, is_lifted};
use crate::{
    cascade::Styles,
    css::property::{Display, WhiteSpace},
    document::{Document, NodeId, PerNode, Visit},
    sight::{self, Sight},
};

/// Longest text of a link that is compared with its target, in bytes.
const MAX_TEXT: usize = 300;

/// What is seen inside an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// Characters that are not spaces.
    pub(super) letters: u32,
    /// Images with a description, fields and buttons.
    pub(super) labels: u32,
    /// Images without a description that are not too small to be seen.
    pub(super) blanks: u32,
    /// Rules.
    pub(super) rules: u32,
    /// Lines that are finished.
    lines: u32,
    /// Whether the last line has content.
    open: bool,
    /// Whether there is a space in a text.
    pub(super) space: bool,
    /// Whether there is a line break.
    pub(super) line_break: bool,
    /// Whether there is a line break or a fixed space that is seen, which make a line of their own.
    pub(super) blank_line: bool,
    /// Whether there is a block that no line of a table can hold.
    pub(super) blocks: bool,
    /// Whether there is a list or a heading, which a cell with a name for its column can hold.
    pub(super) items: bool,
}

impl Content {
    /// Returns whether nothing is seen.
    pub(super) fn is_empty(&self) -> bool {
        self.letters == 0 && self.labels == 0 && self.blanks == 0 && self.rules == 0
    }

    /// Returns whether there is something to write.
    pub(super) fn is_filled(&self) -> bool {
        self.letters > 0 || self.labels > 0 || self.blanks > 0
    }

    /// Returns the number of lines.
    pub(super) fn lines(&self) -> u32 {
        self.lines + u32::from(self.open)
    }

    fn end_line(&mut self) {
        self.lines += u32::from(self.open);
        self.open = false;
    }
}

/// The content of each element.
#[derive(Debug)]
pub(super) struct Survey(PerNode<Content>);

impl Survey {
    /// Looks at all elements, each after its children.
    pub(super) fn new(document: &Document, styles: &Styles, sight: &Sight) -> Self {
        let mut survey = Self(PerNode::new(document, Content::default()));
        let mut open = vec![Content::default()];
        for visit in document.walk(NodeId::ROOT) {
            match visit {
                Visit::Enter(node) if document.element(node).is_some() => {
                    open.push(Content::default());
                }
                Visit::Enter(node) => {
                    let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
                    let (Some(text), Some(content)) = (document.text(node), open.last_mut()) else {
                        continue;
                    };
                    if sight.is_seen(node) {
                        let lines = matches!(
                            styles.get(parent).inherited.white_space,
                            WhiteSpace::Pre | WhiteSpace::PreLine
                        );
                        add_text(content, text, lines);
                    }
                    content.space |= has_room(sight, styles.get(parent), node, text);
                }
                Visit::Leave(node) if document.element(node).is_some() => {
                    let mut content = open.pop().unwrap_or_default();
                    survey.finish(document, styles, sight, node, &mut content);
                    if let Some(parent) = open.last_mut() {
                        let style = styles.get(node);
                        content.space &= !is_lifted(style);
                        add(parent, content, style.display, document.name(node));
                    }
                }
                Visit::Leave(_) => {}
            }
        }
        survey
    }

    /// Returns what is inside an element.
    pub(super) fn get(&self, node: NodeId) -> Content {
        *self.0.get(node)
    }

    /// Returns whether an element has images without a description and nothing else.
    pub(super) fn has_only_blank_images(&self, node: NodeId) -> bool {
        let content = self.get(node);
        content.blanks > 0 && content.letters == 0 && content.labels == 0
    }

    /// Returns the beginning of the text that is seen in an element, as one line.
    pub(super) fn text_of(&self, document: &Document, sight: &Sight, top: NodeId) -> String {
        let mut text = String::new();
        for visit in document.walk(top) {
            if let Visit::Enter(node) = visit
                && let Some(part) = document.text(node)
                && sight.is_seen(node)
            {
                text.push_str(part);
            }
            if text.len() > MAX_TEXT {
                break;
            }
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ")
    }

    /// Adds what an element is, and stores its content.
    fn finish(
        &mut self,
        document: &Document,
        styles: &Styles,
        sight: &Sight,
        node: NodeId,
        content: &mut Content,
    ) {
        let Some(element) = document.element(node) else {
            return;
        };
        if sight.is_seen(node) {
            match element.html_name() {
                "img" => {
                    let described = !element.description().trim().is_empty();
                    content.labels += u32::from(described);
                    content.blanks += u32::from(!described && !sight::is_tiny(styles.get(node)));
                    content.open = content.labels > 0;
                }
                "input" | "button" | "select" | "textarea" => {
                    content.labels += 1;
                    content.open = true;
                }
                "hr" => content.rules += 1,
                "br" => {
                    content.end_line();
                    content.blank_line = true;
                }
                _ => {}
            }
        }
        content.blocks |= match element.html_name() {
            "blockquote" | "hr" => !content.is_empty(),
            "pre" => content.lines() > 1,
            _ => false,
        };
        content.items |=
            matches!(element.html_name(), "ul" | "ol" | "h1" | "h2" | "h3") && !content.is_empty();
        self.0.set(node, *content);
    }
}

fn add_text(content: &mut Content, text: &str, lines: bool) {
    let mut letters = 0u32;
    for c in text.chars() {
        if !c.is_whitespace() {
            letters += 1;
            content.open = true;
        } else {
            content.space = true;
            content.blank_line |= c == '\u{a0}';
            if lines && c == '\n' {
                content.end_line();
            }
        }
    }
    content.letters = content.letters.saturating_add(letters);
}

/// Adds the content of a child.
fn add(parent: &mut Content, child: Content, display: Display, name: &str) {
    let block = !matches!(
        display,
        Display::Inline | Display::InlineBlock | Display::Contents | Display::None
    );
    parent.letters = parent.letters.saturating_add(child.letters);
    parent.labels += child.labels;
    parent.blanks += child.blanks;
    parent.rules += child.rules;
    parent.blocks |= child.blocks;
    parent.items |= child.items;
    parent.space |= child.space;
    parent.line_break |= child.line_break;
    parent.blank_line |= child.blank_line;
    if name == "br" {
        parent.line_break = true;
        parent.end_line();
    } else if block {
        parent.end_line();
        parent.lines = parent.lines.saturating_add(child.lines());
    } else if child.lines > 0 {
        parent.end_line();
        parent.lines = parent.lines.saturating_add(child.lines);
        parent.open = child.open;
    } else {
        parent.open |= child.open;
    }
}
