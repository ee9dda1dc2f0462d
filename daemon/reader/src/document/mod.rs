//! The tree of a parsed document: nodes in one array, which refer to each other by number. All
//! walks are loops, so no depth of nesting overflows the stack.

mod attributes;
mod guard;
mod parse;
mod sink;

pub(crate) use parse::parse;

use html5ever::{Attribute, LocalName, QualName, local_name, ns, tendril::StrTendril};

/// Number of a node in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(u32);

impl NodeId {
    /// The document itself.
    pub(crate) const ROOT: Self = Self(0);

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// A node with its neighbours.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) parent: Option<NodeId>,
    pub(crate) previous: Option<NodeId>,
    pub(crate) next: Option<NodeId>,
    pub(crate) first: Option<NodeId>,
    pub(crate) last: Option<NodeId>,
    depth: u32,
    pub(crate) content: Content,
}

/// Content of a node.
#[derive(Debug, Default)]
pub(crate) enum Content {
    /// The document, the content of a template, a comment or an instruction.
    #[default]
    Other,
    /// An element.
    Element(Box<Element>),
    /// A run of text.
    Text(StrTendril),
}

/// An element with its attributes.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: QualName,
    pub(crate) attributes: Vec<Attribute>,
}

impl Element {
    /// Returns the local name of an HTML element, and the empty string for SVG and MathML.
    pub(crate) fn html_name(&self) -> &str {
        match self.name.ns == ns!(html) {
            true => &self.name.local,
            false => "",
        }
    }

    /// Returns the local name in any namespace.
    pub(crate) fn local_name(&self) -> &str {
        &self.name.local
    }

    /// Returns the value of an attribute.
    pub(crate) fn attribute(&self, name: &LocalName) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name.local == *name)
            .map(|attribute| &*attribute.value)
    }

    /// Returns the names and values of the declarations in the attribute `style`, as they are written.
    pub(crate) fn declarations(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> {
        let style = self.attribute(&local_name!("style")).unwrap_or_default();
        let declarations = style.split(';').filter_map(|one| one.split_once(':'));
        declarations.map(|(name, value)| (name.trim(), value.trim()))
    }

    /// Returns whether the element shows something else than its children, with a size of its own: a
    /// picture, a film, a drawing or a formula, or a part of these.
    pub(crate) fn is_replaced(&self) -> bool {
        matches!(
            self.html_name(),
            "" | "audio" | "canvas" | "embed" | "iframe" | "img" | "object" | "video"
        )
    }

    /// Returns whether the element is a field, a button or a gauge, with a size of its own.
    pub(crate) fn is_control(&self) -> bool {
        matches!(
            self.html_name(),
            "button" | "input" | "meter" | "progress" | "select" | "textarea"
        )
    }

    /// Returns the text in place of an image: its description, or else its title.
    pub(crate) fn description(&self) -> &str {
        let alt = self.attribute(&local_name!("alt"));
        let title = || self.attribute(&local_name!("title"));
        alt.or_else(title).unwrap_or_default()
    }

    /// Returns whether the element is a hyperlink.
    pub(crate) fn is_link(&self) -> bool {
        matches!(self.html_name(), "a" | "area") && self.attribute(&local_name!("href")).is_some()
    }
}

/// A parsed document.
#[derive(Debug)]
pub(crate) struct Document {
    nodes: Vec<Node>,
    none: Node,
    /// Whether the document has no modern document type, so that the rules of old browsers apply.
    pub(crate) quirks: bool,
    /// Text that exceeded the limits, without its markup.
    pub(crate) rest: String,
    /// Whether the document exceeded a limit.
    pub(crate) exceeded: bool,
}

impl Document {
    /// Returns a node.
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.index()).unwrap_or(&self.none)
    }

    /// Returns the element of a node, if it is one.
    pub(crate) fn element(&self, id: NodeId) -> Option<&Element> {
        match &self.node(id).content {
            Content::Element(element) => Some(element),
            Content::Text(_) | Content::Other => None,
        }
    }

    /// Returns the text of a node, if it is a text.
    pub(crate) fn text(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).content {
            Content::Text(text) => Some(text),
            Content::Element(_) | Content::Other => None,
        }
    }

    /// Returns the local name of an HTML element; the empty string for every other node.
    pub(crate) fn name(&self, id: NodeId) -> &str {
        self.element(id).map_or("", Element::html_name)
    }

    /// Returns the children of a node.
    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let first = self.node(id).first;
        std::iter::successors(first, |child| self.node(*child).next)
    }

    /// Returns the siblings before a node, the nearest first.
    pub(crate) fn before(&self, id: NodeId) -> impl Iterator<Item = NodeId> + Clone {
        let previous = self.node(id).previous;
        std::iter::successors(previous, |node| self.node(*node).previous)
    }

    /// Returns the ancestors of a node, the nearest first.
    pub(crate) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let parent = self.node(id).parent;
        std::iter::successors(parent, |node| self.node(*node).parent)
    }

    /// Returns all nodes below a node in document order, as their first and last visits.
    pub(crate) fn walk(&self, top: NodeId) -> Walk<'_> {
        Walk {
            document: self,
            top,
            next: Some(Visit::Enter(top)),
        }
    }

    /// Returns the text below a node, unchanged.
    pub(crate) fn all_text(&self, top: NodeId) -> String {
        let mut text = String::new();
        for visit in self.walk(top) {
            if let Visit::Enter(node) = visit {
                text.push_str(self.text(node).unwrap_or_default());
            }
        }
        text
    }

    /// Adds an element without a name before or after the content of a node, with a text if there is one.
    pub(crate) fn insert(&mut self, parent: NodeId, before: bool, text: Option<&str>) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let mut children: Vec<NodeId> = self.children(parent).collect();
        let depth = self.node(parent).depth + 1;
        self.nodes.push(Node {
            parent: Some(parent),
            depth,
            content: Content::Element(Box::new(Element {
                name: QualName::new(None, ns!(html), local_name!("span")),
                attributes: Vec::new(),
            })),
            ..Node::default()
        });
        match before {
            true => children.insert(0, id),
            false => children.push(id),
        }
        self.reorder(parent, &children);
        if let Some(text) = text {
            let child = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
            self.nodes.push(Node {
                parent: Some(id),
                depth: depth + 1,
                content: Content::Text(text.into()),
                ..Node::default()
            });
            self.reorder(id, &[child]);
        }
        id
    }

    /// Removes a node from its parent.
    pub(crate) fn remove(&mut self, id: NodeId) {
        let Some(parent) = self.node(id).parent else {
            return;
        };
        let mut children: Vec<NodeId> = self.children(parent).collect();
        children.retain(|child| *child != id);
        self.reorder(parent, &children);
    }

    /// Gives the children of a node another order.
    pub(crate) fn reorder(&mut self, parent: NodeId, children: &[NodeId]) {
        let mut before = None;
        for (at, child) in children.iter().enumerate() {
            if let Some(node) = self.nodes.get_mut(child.index()) {
                node.previous = before;
                node.next = children.get(at + 1).copied();
            }
            before = Some(*child);
        }
        if let Some(node) = self.nodes.get_mut(parent.index()) {
            node.first = children.first().copied();
            node.last = before;
        }
    }

    /// Returns all nodes.
    pub(crate) fn all(&self) -> impl Iterator<Item = NodeId> + use<> {
        let count = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        (0..count).map(NodeId)
    }

    /// Returns the number of nodes.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }
}

/// A step of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visit {
    /// A node, before its children.
    Enter(NodeId),
    /// A node, after its children.
    Leave(NodeId),
}

/// A walk through all nodes below a node, and the node itself.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    document: &'a Document,
    top: NodeId,
    next: Option<Visit>,
}

impl Walk<'_> {
    /// Leaves out the children of the node that was entered last.
    pub(crate) fn skip_children(&mut self) {
        let node = match self.next {
            Some(Visit::Enter(child)) => self.document.node(child).parent,
            Some(Visit::Leave(_)) | None => None,
        };
        if let Some(node) = node {
            self.next = Some(Visit::Leave(node));
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = Visit;

    fn next(&mut self) -> Option<Visit> {
        let visit = self.next?;
        self.next = match visit {
            Visit::Enter(node) => match self.document.node(node).first {
                Some(child) => Some(Visit::Enter(child)),
                None => Some(Visit::Leave(node)),
            },
            Visit::Leave(node) if node == self.top => None,
            Visit::Leave(node) => {
                let node = self.document.node(node);
                node.next
                    .map(Visit::Enter)
                    .or(node.parent.map(Visit::Leave))
            }
        };
        Some(visit)
    }
}

/// A value for each node of a document.
#[derive(Debug)]
pub(crate) struct PerNode<T> {
    values: Vec<T>,
    default: T,
}

impl<T: Clone> PerNode<T> {
    /// Returns the same value for each node.
    pub(crate) fn new(document: &Document, default: T) -> Self {
        Self {
            values: vec![default.clone(); document.len()],
            default,
        }
    }

    /// Returns the value of a node.
    pub(crate) fn get(&self, node: NodeId) -> &T {
        self.values.get(node.index()).unwrap_or(&self.default)
    }

    /// Adds the value of a node that was inserted.
    pub(crate) fn push(&mut self, value: T) {
        self.values.push(value);
    }

    /// Sets the value of a node.
    pub(crate) fn set(&mut self, node: NodeId, value: T) {
        if let Some(place) = self.values.get_mut(node.index()) {
            *place = value;
        }
    }
}
