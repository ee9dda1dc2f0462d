//! The tokens between the tokenizer and the tree builder. Tokens that would exceed a limit do not
//! reach the tree: after the last permitted node only the text remains.

use super::{NodeId, sink::Sink};
use crate::limits::{MAX_BUILDING, MAX_DEPTH};
use html5ever::{
    local_name,
    tokenizer::{
        Tag, TagKind, Token, TokenSink, TokenSinkResult,
        states::{RawKind, Rawtext, Rcdata, ScriptData},
    },
    tree_builder::TreeBuilder,
};
use std::cell::{Cell, RefCell};

/// Weight of a step where elements are too deep, which no real mail needs.
const DEEP: usize = 8;

/// A tree builder with limits.
pub(super) struct Guard {
    pub(super) builder: TreeBuilder<NodeId, Sink>,
    work: Cell<usize>,
    exceeded: Cell<bool>,
    raw: Cell<bool>,
    rest: RefCell<String>,
}

impl Guard {
    pub(super) fn new(builder: TreeBuilder<NodeId, Sink>) -> Self {
        Self {
            builder,
            work: Cell::new(0),
            exceeded: Cell::new(false),
            raw: Cell::new(false),
            rest: RefCell::default(),
        }
    }

    /// Returns the tree, the text after it, and whether a limit was exceeded.
    pub(super) fn into_parts(self) -> (Sink, String, bool) {
        let sink = self.builder.sink;
        let exceeded = self.exceeded.get() || sink.is_exceeded();
        (sink, self.rest.into_inner(), exceeded)
    }

    /// Takes a token after the last permitted node: text stays, and tags become spaces or lines.
    fn strip(&self, token: &Token) -> TokenSinkResult<NodeId> {
        match token {
            Token::CharacterTokens(text) if !self.raw.get() => {
                self.rest.borrow_mut().push_str(text);
            }
            Token::TagToken(tag) => return self.strip_tag(tag),
            Token::CharacterTokens(_)
            | Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }

    fn strip_tag(&self, tag: &Tag) -> TokenSinkResult<NodeId> {
        self.raw.set(false);
        let kind: Option<RawKind> = match tag.name {
            local_name!("script") => Some(ScriptData),
            local_name!("style")
            | local_name!("iframe")
            | local_name!("noembed")
            | local_name!("noframes")
            | local_name!("noscript") => Some(Rawtext),
            local_name!("title") => Some(Rcdata),
            _ => None,
        };
        if let (Some(kind), TagKind::StartTag) = (kind, tag.kind) {
            self.raw.set(true);
            return TokenSinkResult::RawData(kind);
        }
        let inline = matches!(
            &*tag.name,
            "a" | "b" | "i" | "u" | "em" | "strong" | "font" | "span" | "code" | "img"
        );
        if !inline {
            let mut rest = self.rest.borrow_mut();
            if !rest.ends_with('\n') {
                rest.push('\n');
            }
        }
        TokenSinkResult::Continue
    }
}

impl TokenSink for Guard {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<NodeId> {
        if matches!(token, Token::ParseError(_)) {
            return TokenSinkResult::Continue;
        }
        // A tag is compared with the open elements, and a paragraph with the open formatting.
        let depth = self.builder.sink.depth();
        let times = if depth > MAX_DEPTH { DEEP } else { 1 };
        let work = self.work.get() + 8 + times * depth as usize;
        self.work.set(work);
        if self.exceeded.get() || work > MAX_BUILDING || self.builder.sink.is_full() {
            self.exceeded.set(true);
            return match token {
                // The tree builder closes what is open.
                Token::EOFToken => self.builder.process_token(token, line_number),
                token => self.strip(&token),
            };
        }
        self.builder.process_token(token, line_number)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}
