//! Parser of HTML with a budget. The parser builds nodes that the source does not have, and its
//! time can grow with the square of the depth or of the attributes. It gets the source in small
//! pieces and stops as soon as a limit is exceeded.

use super::tree::{Data, Element, NodeId, Place, Tree};
use html5ever::{
    Attribute, ParseOpts, QualName,
    buffer_queue::BufferQueue,
    interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
    tendril::StrTendril,
    tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer},
    tree_builder::TreeBuilder,
};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    cell::{Cell, Ref, RefCell},
    collections::HashSet,
};

/// Limit of the nodes of a document.
pub(super) const MAX_NODES: usize = 100_000;
/// Limit of the depth of a document.
pub(super) const MAX_DEPTH: usize = 400;
/// Limit of the comparisons of attributes. The tokenizer compares each attribute of a tag with the
/// attributes before it.
const MAX_COMPARISONS: usize = 250_000_000;
/// Size of a piece of the source, in bytes. Bounds the work and the nodes between two checks.
const PIECE: usize = 128;

/// Limit that a document exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// More than 100,000 elements and pieces of text.
    Nodes,
    /// Elements that are nested more than 400 deep.
    Depth,
    /// Tags with too many attributes.
    Attributes,
}

/// Parsed document.
pub(super) struct Parsed {
    pub(super) tree: Tree,
    /// Whether the source ends within a tag or a comment, which the tree does not have.
    pub(super) is_unfinished: bool,
}

/// Parses a document.
///
/// # Errors
/// The limit that the document exceeds.
pub(super) fn parse(html: &str) -> Result<Parsed, Limit> {
    let mut options = ParseOpts::default();
    // Mail programs run no scripts and show the content of `<noscript>`.
    options.tree_builder.scripting_enabled = false;
    let builder = TreeBuilder::new(Sink::new(), options.tree_builder);
    let tokenizer = Tokenizer::new(
        Tokens {
            builder,
            seen: Cell::new(0),
            is_unfinished: Cell::new(false),
        },
        options.tokenizer,
    );
    let input = BufferQueue::default();
    let mut work = AttributeWork::default();
    let mut rest = html;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        rest = after;
        input.push_back(StrTendril::from(piece));
        // A script or an encoding interrupts the tokenizer, which goes on at the next call.
        while !input.is_empty() {
            let _ = tokenizer.feed(&input);
        }
        work.add(piece, tokenizer.sink.seen.get())?;
        tokenizer.sink.builder.sink.check()?;
    }
    tokenizer.end();
    tokenizer.sink.builder.sink.check()?;
    Ok(Parsed {
        is_unfinished: tokenizer.sink.is_unfinished.get(),
        tree: tokenizer.sink.builder.sink.finish(),
    })
}

/// Upper bound of the comparisons of attributes: counts each word between two tokens as a name.
#[derive(Debug, Default)]
struct AttributeWork {
    tokens: u64,
    /// Hash of the word so far; `None` between words.
    word: Option<u64>,
    words: HashSet<u64>,
    comparisons: usize,
}

impl AttributeWork {
    fn add(&mut self, piece: &str, tokens: u64) -> Result<(), Limit> {
        if tokens != self.tokens {
            self.tokens = tokens;
            self.words.clear();
            self.word = None;
        }
        for byte in piece.bytes() {
            let ends = byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\'' | b'=');
            if !ends {
                // FNV-1a.
                let hash = self.word.unwrap_or(0xcbf2_9ce4_8422_2325);
                self.word = Some((hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
            } else if let Some(word) = self.word.take() {
                self.comparisons = self.comparisons.saturating_add(self.words.len());
                self.words.insert(word);
            }
        }
        match self.comparisons > MAX_COMPARISONS {
            true => Err(Limit::Attributes),
            false => Ok(()),
        }
    }
}

/// Tree builder that counts its tokens.
struct Tokens {
    builder: TreeBuilder<NodeId, Sink>,
    seen: Cell<u64>,
    is_unfinished: Cell<bool>,
}

impl TokenSink for Tokens {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        // Errors within a tag come before the tag.
        match &token {
            Token::ParseError(error) if error.contains("EOF") => self.is_unfinished.set(true),
            Token::ParseError(_) => {}
            _ => self.seen.set(self.seen.get() + 1),
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Receiver of the parser's tree. The tree stays complete beyond a limit, because the parser relies
/// on it.
struct Sink {
    tree: RefCell<Tree>,
    no_name: RefCell<QualName>,
    exceeded: Cell<Option<Limit>>,
}

impl Sink {
    fn new() -> Self {
        Self {
            tree: RefCell::new(Tree::new()),
            no_name: RefCell::new(QualName::new(None, html5ever::ns!(), "".into())),
            exceeded: Cell::new(None),
        }
    }

    fn check(&self) -> Result<(), Limit> {
        self.exceeded.get().map_or(Ok(()), Err)
    }

    fn add(&self, data: Data) -> NodeId {
        let mut tree = self.tree.borrow_mut();
        if tree.len() >= MAX_NODES {
            self.exceeded.set(Some(Limit::Nodes));
        }
        tree.add(data)
    }

    fn insert(&self, place: Place, child: NodeOrText<NodeId>) {
        let node = match child {
            NodeOrText::AppendNode(node) => node,
            NodeOrText::AppendText(text) => {
                if let Some(before) = self.tree.borrow_mut().text_before(place) {
                    before.push_tendril(&text);
                    return;
                }
                self.add(Data::Text(text))
            }
        };
        let mut tree = self.tree.borrow_mut();
        tree.insert(place, node);
        let deep = tree.ancestors(node).take(MAX_DEPTH + 1).count() > MAX_DEPTH;
        if deep {
            self.exceeded.set(Some(Limit::Depth));
        }
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        self.tree.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        Tree::DOCUMENT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        let tree = self.tree.borrow();
        let name = Ref::filter_map(tree, |tree| tree.element(*target).map(|e| &e.name));
        name.unwrap_or_else(|_| self.no_name.borrow())
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> NodeId {
        self.add(Data::Element(Element { name, attrs }))
    }

    fn create_comment(&self, _: StrTendril) -> NodeId {
        self.add(Data::Comment)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> NodeId {
        self.add(Data::Comment)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.insert(Place::LastOf(*parent), child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        prev_element: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let has_parent = self.tree.borrow().parent(*element).is_some();
        match has_parent {
            true => self.insert(Place::Before(*element), child),
            false => self.insert(Place::LastOf(*prev_element), child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        *target
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &NodeId, new_node: NodeOrText<NodeId>) {
        self.insert(Place::Before(*sibling), new_node);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        let mut tree = self.tree.borrow_mut();
        let Some(element) = tree.element_mut(*target) else {
            return;
        };
        for attr in attrs {
            if element.attr(&attr.name.local).is_none() {
                element.attrs.push(attr);
            }
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.tree.borrow_mut().move_children(*node, *new_parent);
    }
}
