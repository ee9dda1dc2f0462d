//! Queries of a search and conditions on senders.

pub(super) mod fold;
pub(super) mod query;
pub(super) mod sender;
