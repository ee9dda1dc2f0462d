//! Limits that bound the time and memory of a reading, whatever the mail contains.

/// Longest HTML or text part that is read, in bytes. The rest is cut off.
pub(crate) const MAX_INPUT: usize = 6 << 20;
/// Longest Markdown of a reading, in bytes. The rest is cut off.
pub const MAX_OUTPUT: usize = 1 << 20;
/// Most nodes and attributes of a document. Text after them is read without its markup.
pub(crate) const MAX_NODES: usize = 200_000;
/// Deepest nesting of elements. Deeper ones become siblings, as in Chromium.
pub(crate) const MAX_DEPTH: u32 = 512;
/// Most steps of the tree builder, whose time for a tag grows with the depth of the tag.
pub(crate) const MAX_BUILDING: usize = 12_000_000;
/// Bytes that the tokenizer receives at once.
pub(crate) const CHUNK: usize = 1 << 10;
/// Most attributes of one tag. The tokenizer compares each attribute of a tag with all others.
pub(crate) const MAX_ATTRIBUTES: usize = 256;
/// Most bytes of all style sheets of a document. Later sheets are ignored.
pub(crate) const MAX_SHEETS: usize = 1 << 20;
/// Most rules of all style sheets of a document. Later rules are ignored.
pub(crate) const MAX_RULES: usize = 20_000;
/// Most steps of all comparisons of elements with selectors. Later elements match no selector.
pub(crate) const MAX_MATCHING: usize = 8_000_000;
/// Most declarations of style sheets that are applied to the elements of a document. One with
/// variables counts for five.
pub(crate) const MAX_DECLARED: usize = 5_000_000;
/// Most bytes of all style attributes and substituted variables.
pub(crate) const MAX_STYLES: usize = 4 << 20;
/// Longest value after the substitution of variables.
pub(crate) const MAX_VALUE: usize = 64 << 10;
/// Most prefixes of quotes and lists before a line.
pub(crate) const MAX_PREFIXES: usize = 10;
/// Most columns of a table that becomes a Markdown table.
pub(crate) const MAX_COLUMNS: usize = 20;
/// Longest address of a link in the Markdown, in bytes. Longer ones are cut off.
pub(crate) const MAX_ADDRESS: usize = 2 << 10;
/// Longest `href` of a link that is read, in bytes. Longer ones lead to nothing.
pub(crate) const MAX_HREF: usize = 64 << 10;
/// Longest alternative text of an image and longest value of a field, in bytes.
pub(crate) const MAX_LABEL: usize = 1 << 10;
