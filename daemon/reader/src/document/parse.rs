//! HTML to a tree, as browsers parse it, within the limits.

use super::{Document, attributes, guard::Guard, sink::Sink};
use crate::limits::CHUNK;
use html5ever::{
    TokenizerResult,
    buffer_queue::BufferQueue,
    interface::TreeSink as _,
    tendril::StrTendril,
    tokenizer::{Tokenizer, TokenizerOpts},
    tree_builder::{TreeBuilder, TreeBuilderOpts},
};

/// Parses HTML. Scripts count as supported, so that the fallback in `noscript` is no content.
pub(crate) fn parse(html: &str) -> Document {
    let builder = TreeBuilder::new(Sink::new(), TreeBuilderOpts::default());
    let tokenizer = Tokenizer::new(Guard::new(builder), TokenizerOpts::default());
    let input = BufferQueue::default();
    let (html, cut) = attributes::bounded(html);
    let mut rest = &*html;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.floor_char_boundary(CHUNK.min(rest.len())));
        feed(&tokenizer, &input, chunk);
        rest = after;
    }
    tokenizer.end();
    let (sink, rest, exceeded) = tokenizer.sink.into_parts();
    Document {
        rest,
        exceeded: exceeded || cut,
        ..sink.finish()
    }
}

fn feed(tokenizer: &Tokenizer<Guard>, input: &BufferQueue, text: &str) {
    input.push_back(StrTendril::from_slice(text));
    // A script and the name of an encoding interrupt the tokenizer.
    while !matches!(tokenizer.feed(input), TokenizerResult::Done) {}
}
