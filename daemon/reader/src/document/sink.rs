//! The tree that html5ever's tree builder fills. It counts nodes and attributes.

use super::{Content, Document, Element, Node, NodeId};
use crate::{
    css::{paint, property::Image},
    limits::{MAX_DEPTH, MAX_NODES, MAX_SHEETS},
};
use html5ever::{
    Attribute, LocalName, Namespace, QualName,
    interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink},
    tendril::StrTendril,
};
use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
};

/// Longest value of an attribute with embedded data that is kept, in bytes.
const MAX_DATA: usize = 64;

/// A tree under construction.
#[derive(Debug)]
pub(super) struct Sink {
    nodes: RefCell<Vec<Node>>,
    attributes: Cell<usize>,
    depth: Cell<u32>,
    quirks: Cell<bool>,
    /// Whether attributes were left out.
    exceeded: Cell<bool>,
}

/// Name of an element, as a value: the tree is borrowed for a moment only.
#[derive(Debug)]
pub(super) struct Name(QualName);

impl ElemName for Name {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl Sink {
    pub(super) fn new() -> Self {
        Self {
            nodes: RefCell::new(vec![Node::default()]),
            attributes: Cell::new(0),
            depth: Cell::new(0),
            quirks: Cell::new(false),
            exceeded: Cell::new(false),
        }
    }

    /// Returns whether attributes were left out.
    pub(super) fn is_exceeded(&self) -> bool {
        self.exceeded.get()
    }

    /// Returns whether the tree has as many nodes and attributes as are permitted.
    pub(super) fn is_full(&self) -> bool {
        self.nodes.borrow().len() + self.attributes.get() >= MAX_NODES
    }

    /// Returns the depth of the element that is open, roughly.
    pub(super) fn depth(&self) -> u32 {
        self.depth.get()
    }

    fn add(&self, content: Content) -> NodeId {
        let mut nodes = self.nodes.borrow_mut();
        let id = NodeId(u32::try_from(nodes.len()).unwrap_or(u32::MAX));
        nodes.push(Node {
            content,
            ..Node::default()
        });
        id
    }

    fn change(&self, id: NodeId, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.nodes.borrow_mut().get_mut(id.index()) {
            change(node);
        }
    }

    fn read<T>(&self, id: NodeId, read: impl FnOnce(&Node) -> T) -> Option<T> {
        self.nodes.borrow().get(id.index()).map(read)
    }

    fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.read(id, |node| node.parent).flatten()
    }

    /// Appends text to a node that is a text already. Returns the text if it is not.
    fn extend(&self, id: Option<NodeId>, text: StrTendril) -> Option<StrTendril> {
        let mut nodes = self.nodes.borrow_mut();
        match id.and_then(|id| nodes.get_mut(id.index())) {
            Some(Node {
                content: Content::Text(before),
                ..
            }) => {
                before.push_tendril(&text);
                None
            }
            _ => Some(text),
        }
    }

    /// Returns the parent of a new child of an element, and the child's depth among the open elements. A
    /// child that is too deep becomes the next sibling, as in Chromium.
    fn lifted(&self, parent: NodeId) -> (NodeId, u32) {
        let depth = self.read(parent, |node| node.depth).unwrap_or_default();
        let above = self.parent(parent).filter(|_| depth >= MAX_DEPTH);
        (above.unwrap_or(parent), depth + 1)
    }

    /// Puts a node between two others, one of which may be missing.
    fn link(&self, id: NodeId, parent: NodeId, before: Option<NodeId>, after: Option<NodeId>) {
        let depth = self.read(parent, |node| node.depth + 1).unwrap_or(1);
        self.change(id, |node| {
            node.parent = Some(parent);
            node.previous = before;
            node.next = after;
            node.depth = depth;
        });
        match before {
            Some(before) => self.change(before, |node| node.next = Some(id)),
            None => self.change(parent, |node| node.first = Some(id)),
        }
        match after {
            Some(after) => self.change(after, |node| node.previous = Some(id)),
            None => self.change(parent, |node| node.last = Some(id)),
        }
        if self.is_element(id) {
            self.depth.set(depth);
        }
    }

    fn is_element(&self, id: NodeId) -> bool {
        self.read(id, |node| matches!(node.content, Content::Element(_))) == Some(true)
    }

    fn unlink(&self, id: NodeId) {
        let Some((parent, before, after)) =
            self.read(id, |node| (node.parent, node.previous, node.next))
        else {
            return;
        };
        let Some(parent) = parent else { return };
        match before {
            Some(before) => self.change(before, |node| node.next = after),
            None => self.change(parent, |node| node.first = after),
        }
        match after {
            Some(after) => self.change(after, |node| node.previous = before),
            None => self.change(parent, |node| node.last = before),
        }
        self.change(id, |node| {
            node.parent = None;
            node.previous = None;
            node.next = None;
        });
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = Document;
    type ElemName<'a> = Name;

    fn finish(self) -> Document {
        Document {
            nodes: self.nodes.into_inner(),
            none: Node::default(),
            quirks: self.quirks.get(),
            rest: String::new(),
            exceeded: false,
        }
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        NodeId::ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Name {
        let name = self.read(*target, |node| match &node.content {
            Content::Element(element) => Some(element.name.clone()),
            Content::Text(_) | Content::Other => None,
        });
        let none = || QualName::new(None, Namespace::default(), LocalName::default());
        Name(name.flatten().unwrap_or_else(none))
    }

    fn is_mathml_annotation_xml_integration_point(&self, node: &NodeId) -> bool {
        let nodes = self.nodes.borrow();
        let Some(Content::Element(element)) = nodes.get(node.index()).map(|node| &node.content)
        else {
            return false;
        };
        let mut all = element.attributes.iter();
        let encoding = all.find(|attribute| &*attribute.name.local == "encoding");
        encoding.is_some_and(|encoding| {
            let kinds = ["text/html", "application/xhtml+xml"];
            kinds
                .iter()
                .any(|kind| encoding.value.eq_ignore_ascii_case(kind))
        })
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> NodeId {
        self.attributes.set(self.attributes.get() + attrs.len());
        let mut attributes = attrs;
        // A link may embed a style sheet.
        let kept = if &*name.local == "link" {
            MAX_SHEETS
        } else {
            MAX_DATA
        };
        for attribute in &mut attributes {
            if attribute.value.len() > kept && attribute.value.starts_with("data:") {
                // An image needs no content to be a ground of text.
                attribute.value = match paint::picture(&attribute.value) {
                    Image::None => attribute.value.subtendril(0, 5),
                    _ => StrTendril::from("data:image/png,x"),
                };
            }
        }
        attributes.shrink_to_fit();
        self.add(Content::Element(Box::new(Element { name, attributes })))
    }

    fn create_comment(&self, _: StrTendril) -> NodeId {
        self.add(Content::Other)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> NodeId {
        self.add(Content::Other)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        let last = |parent: NodeId| self.read(parent, |node| node.last).flatten();
        match child {
            NodeOrText::AppendNode(node) => {
                self.unlink(node);
                let (lifted, depth) = self.lifted(*parent);
                self.link(node, lifted, last(lifted), None);
                self.change(node, |node| node.depth = depth);
                if self.is_element(node) {
                    self.depth.set(depth);
                }
            }
            NodeOrText::AppendText(text) => {
                if let Some(text) = self.extend(last(*parent), text) {
                    let text = self.add(Content::Text(text));
                    self.link(text, *parent, last(*parent), None);
                }
            }
        }
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        prev_element: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        match self.parent(*element) {
            Some(_) => self.append_before_sibling(element, child),
            None => self.append(prev_element, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn pop(&self, node: &NodeId) {
        let depth = self.read(*node, |node| node.depth).unwrap_or_default();
        self.depth.set(depth.saturating_sub(1));
    }

    /// Returns the content of a template as a tree of its own, which is never shown.
    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        let depth = self.read(*target, |node| node.depth).unwrap_or_default();
        let content = self.add(Content::Other);
        self.change(content, |node| node.depth = depth + 1);
        content
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.quirks.set(mode == QuirksMode::Quirks);
    }

    fn append_before_sibling(&self, sibling: &NodeId, new_node: NodeOrText<NodeId>) {
        let Some(parent) = self.parent(*sibling) else {
            return;
        };
        let before = |sink: &Self| sink.read(*sibling, |node| node.previous).flatten();
        let new = match new_node {
            NodeOrText::AppendNode(node) => {
                self.unlink(node);
                Some(node)
            }
            NodeOrText::AppendText(text) => {
                let text = self.extend(before(self), text);
                text.map(|text| self.add(Content::Text(text)))
            }
        };
        if let Some(new) = new {
            self.link(new, parent, before(self), Some(*sibling));
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        // Attributes of further body tags are compared with all that the element has.
        const MAX: usize = 100;
        self.change(*target, |node| {
            if let Content::Element(element) = &mut node.content {
                for attribute in attrs {
                    let known = |known: &Attribute| known.name == attribute.name;
                    if element.attributes.len() >= MAX {
                        self.exceeded.set(true);
                    } else if !element.attributes.iter().any(known) {
                        element.attributes.push(attribute);
                    }
                }
            }
        });
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.unlink(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        while let Some(child) = self.read(*node, |node| node.first).flatten() {
            self.append(new_parent, NodeOrText::AppendNode(child));
        }
    }
}
