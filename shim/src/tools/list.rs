//! The tools as clients list them.

/// The tools, one a line, as JSON. A session that builds and writes them from the types needs half a
/// millisecond.
pub(super) const BOTH: &str = include_str!("list/both.jsonl");
/// As [`BOTH`], without the schemas of structured results.
pub(super) const TEXT: &str = include_str!("list/text.jsonl");
