//! Tree of an HTML document in one arena. Walks are loops, so that the depth of a document costs
//! no stack.

use html5ever::{Attribute, QualName, ns, tendril::StrTendril};

/// Index of a node in its [`Tree`].
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeId(u32);

/// Content of a node.
#[derive(Debug, Clone)]
pub(super) enum Data {
    Document,
    /// Processing instruction, comment or removed node.
    Comment,
    Text(StrTendril),
    Element(Element),
}

/// Element with its attributes.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) name: QualName,
    pub(super) attrs: Vec<Attribute>,
}

#[derive(Debug)]
struct Node {
    parent: Option<NodeId>,
    before: Option<NodeId>,
    after: Option<NodeId>,
    first: Option<NodeId>,
    last: Option<NodeId>,
    data: Data,
}

/// Document as a tree of nodes. An id of another tree means the document node.
#[derive(Debug)]
pub(super) struct Tree {
    document: Node,
    nodes: Vec<Node>,
}

/// Step of a walk in document order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// The start of a node, before its children.
    Open(NodeId),
    /// The end of a node that is not text.
    Close(NodeId),
}

impl Node {
    fn new(data: Data) -> Self {
        Self {
            parent: None,
            before: None,
            after: None,
            first: None,
            last: None,
            data,
        }
    }
}

impl Element {
    /// Returns the local name of an HTML element, and an empty name for SVG and MathML.
    pub(super) fn tag(&self) -> &str {
        match self.name.ns == ns!(html) {
            true => &self.name.local,
            false => "",
        }
    }

    /// Returns the value of an attribute.
    pub(super) fn attr(&self, name: &str) -> Option<&str> {
        let attr = self.attrs.iter().find(|attr| &*attr.name.local == name);
        attr.map(|attr| &*attr.value)
    }

    /// Sets or adds an attribute.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        match self.attrs.iter_mut().find(|attr| &*attr.name.local == name) {
            Some(attr) => attr.value = value.into(),
            None => self.attrs.push(Attribute {
                name: QualName::new(None, ns!(), name.into()),
                value: value.into(),
            }),
        }
    }
}

impl Tree {
    /// Id of the document node.
    pub(super) const DOCUMENT: NodeId = NodeId(0);

    /// Returns a tree with only the document node.
    pub(super) fn new() -> Self {
        Self {
            document: Node::new(Data::Document),
            nodes: Vec::new(),
        }
    }

    /// Returns the number of nodes.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    fn node(&self, id: NodeId) -> &Node {
        let at = (id.0 as usize).checked_sub(1);
        at.and_then(|at| self.nodes.get(at))
            .unwrap_or(&self.document)
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        let at = (id.0 as usize).checked_sub(1);
        at.and_then(|at| self.nodes.get_mut(at))
            .unwrap_or(&mut self.document)
    }

    /// Adds a node without a parent.
    pub(super) fn add(&mut self, data: Data) -> NodeId {
        self.nodes.push(Node::new(data));
        NodeId(u32::try_from(self.nodes.len()).unwrap_or(0))
    }

    /// Adds an HTML element without a parent.
    pub(super) fn add_element(&mut self, name: &str) -> NodeId {
        self.add(Data::Element(Element {
            name: QualName::new(None, ns!(html), name.into()),
            attrs: Vec::new(),
        }))
    }

    pub(super) fn data(&self, id: NodeId) -> &Data {
        &self.node(id).data
    }

    pub(super) fn data_mut(&mut self, id: NodeId) -> &mut Data {
        &mut self.node_mut(id).data
    }

    pub(super) fn element(&self, id: NodeId) -> Option<&Element> {
        match self.data(id) {
            Data::Element(element) => Some(element),
            Data::Document | Data::Comment | Data::Text(_) => None,
        }
    }

    pub(super) fn element_mut(&mut self, id: NodeId) -> Option<&mut Element> {
        match self.data_mut(id) {
            Data::Element(element) => Some(element),
            Data::Document | Data::Comment | Data::Text(_) => None,
        }
    }

    /// Returns the local name of an HTML element, and an empty name for every other node.
    pub(super) fn tag(&self, id: NodeId) -> &str {
        self.element(id).map_or("", Element::tag)
    }

    pub(super) fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    pub(super) fn first_child(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).first
    }

    pub(super) fn next_sibling(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).after
    }

    /// Returns the children of a node.
    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(self.first_child(id), |id| self.next_sibling(*id))
    }

    /// Returns the ancestors of a node, the parent first.
    pub(super) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(self.parent(id), |id| self.parent(*id))
    }

    /// Returns the starts and ends of all nodes below a node, in document order.
    pub(super) fn walk(&self, root: NodeId) -> impl Iterator<Item = Edge> {
        let first = self.first_child(root).map(Edge::Open);
        std::iter::successors(first, move |edge| self.step(root, *edge))
    }

    /// Returns the next step of a walk below `root`. A caller that changes the tree skips the
    /// children of a node by stepping from its [`Edge::Close`].
    pub(super) fn step(&self, root: NodeId, edge: Edge) -> Option<Edge> {
        let closed = match edge {
            Edge::Open(id) => match self.first_child(id) {
                Some(child) => return Some(Edge::Open(child)),
                None if matches!(self.data(id), Data::Element(_)) => return Some(Edge::Close(id)),
                None => id,
            },
            Edge::Close(id) => id,
        };
        match self.next_sibling(closed) {
            Some(next) => Some(Edge::Open(next)),
            None => {
                let parent = self.parent(closed).filter(|parent| *parent != root);
                parent.map(Edge::Close)
            }
        }
    }

    /// Returns the text below a node.
    pub(super) fn text(&self, id: NodeId) -> String {
        let mut text = String::new();
        if let Data::Text(own) = self.data(id) {
            text.push_str(own);
        }
        for edge in self.walk(id) {
            if let Edge::Open(node) = edge
                && let Data::Text(part) = self.data(node)
            {
                text.push_str(part);
            }
        }
        text
    }

    /// Removes a node from its parent.
    pub(super) fn detach(&mut self, id: NodeId) {
        let node = self.node_mut(id);
        let (parent, before, after) = (node.parent.take(), node.before.take(), node.after.take());
        if let Some(before) = before {
            self.node_mut(before).after = after;
        }
        if let Some(after) = after {
            self.node_mut(after).before = before;
        }
        if let Some(parent) = parent {
            let parent = self.node_mut(parent);
            if parent.first == Some(id) {
                parent.first = after;
            }
            if parent.last == Some(id) {
                parent.last = before;
            }
        }
    }

    /// Makes a node the last child of a parent.
    pub(super) fn append(&mut self, parent: NodeId, id: NodeId) {
        self.detach(id);
        let last = self.node_mut(parent).last.replace(id);
        match last {
            Some(last) => self.node_mut(last).after = Some(id),
            None => self.node_mut(parent).first = Some(id),
        }
        let node = self.node_mut(id);
        node.parent = Some(parent);
        node.before = last;
    }

    /// Inserts a node before a sibling.
    pub(super) fn insert_before(&mut self, sibling: NodeId, id: NodeId) {
        self.detach(id);
        let before = self.node_mut(sibling).before.replace(id);
        let parent = self.node(sibling).parent;
        let node = self.node_mut(id);
        (node.parent, node.before, node.after) = (parent, before, Some(sibling));
        match (before, parent) {
            (Some(before), _) => self.node_mut(before).after = Some(id),
            (None, Some(parent)) => self.node_mut(parent).first = Some(id),
            (None, None) => {}
        }
    }

    /// Returns the text node that ends right before the place of a new last child, or of a new
    /// sibling.
    pub(super) fn text_before(&mut self, place: Place) -> Option<&mut StrTendril> {
        let before = match place {
            Place::LastOf(parent) => self.node(parent).last,
            Place::Before(sibling) => self.node(sibling).before,
        };
        match self.data_mut(before?) {
            Data::Text(text) => Some(text),
            Data::Document | Data::Comment | Data::Element(_) => None,
        }
    }

    /// Inserts a node at a place.
    pub(super) fn insert(&mut self, place: Place, id: NodeId) {
        match place {
            Place::LastOf(parent) => self.append(parent, id),
            Place::Before(sibling) => self.insert_before(sibling, id),
        }
    }

    /// Replaces a node by its children.
    pub(super) fn unwrap(&mut self, id: NodeId) {
        while let Some(child) = self.first_child(id) {
            self.insert_before(id, child);
        }
        self.detach(id);
    }

    /// Moves all children of a node to the end of another node.
    pub(super) fn move_children(&mut self, from: NodeId, to: NodeId) {
        while let Some(child) = self.first_child(from) {
            self.append(to, child);
        }
    }

    /// Returns the tree as HTML.
    pub(super) fn to_html(&self) -> String {
        let mut html = String::new();
        for edge in self.walk(Self::DOCUMENT) {
            match edge {
                Edge::Open(id) => self.write_start(id, &mut html),
                Edge::Close(id) => {
                    let tag = self.tag(id);
                    if !tag.is_empty() && !crate::html::is_void(tag) {
                        html.push_str("</");
                        html.push_str(tag);
                        html.push('>');
                    }
                }
            }
        }
        html
    }

    fn write_start(&self, id: NodeId, html: &mut String) {
        match self.data(id) {
            Data::Document | Data::Comment => {}
            Data::Text(text) => match self.parent(id).map(|parent| self.tag(parent)) {
                Some("style") => html.push_str(text),
                _ => escape(text, html),
            },
            Data::Element(element) if element.tag().is_empty() => {}
            Data::Element(element) => {
                html.push('<');
                html.push_str(element.tag());
                for attr in &element.attrs {
                    html.push(' ');
                    html.push_str(&attr.name.local);
                    html.push_str("=\"");
                    escape(&attr.value, html);
                    html.push('"');
                }
                html.push('>');
                // The parser drops a line feed at the start of these elements.
                let first = self.first_child(id).map(|child| self.data(child));
                if let (Some(Data::Text(text)), "pre" | "listing" | "textarea") =
                    (first, element.tag())
                    && text.starts_with('\n')
                {
                    html.push('\n');
                }
            }
        }
    }
}

/// Place for a new node.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    LastOf(NodeId),
    Before(NodeId),
}

/// Appends text with the characters escaped that HTML reads as markup.
pub(super) fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\u{a0}' => html.push_str("&nbsp;"),
            other => html.push(other),
        }
    }
}
