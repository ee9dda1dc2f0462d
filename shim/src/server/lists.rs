//! What the lists of tools, prompts and resources share: one page, and a lifetime in a client's cache.

use crate::identity::meta;
use rmcp::{
    ErrorData, RoleServer,
    model::{CacheScope, MetaObject, PaginatedRequestParams},
    service::RequestContext,
};

/// Lifetime of lists in a client's cache, in milliseconds: one hour. Only a new executable
/// changes the tools and resources.
pub(super) const LIST_TTL_MS: u64 = 3_600_000;

/// Returns the metadata, the lifetime and the scope of a list, which it has since revision 2026-07-28.
pub(super) fn of_list(
    context: &RequestContext<RoleServer>,
) -> (Option<MetaObject>, Option<u64>, Option<CacheScope>) {
    match meta(context) {
        Some(meta) => (Some(meta), Some(LIST_TTL_MS), Some(CacheScope::Public)),
        None => (None, None, None),
    }
}

/// Checks that a client asks for the only page of a list.
pub(super) fn check_page(page: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    match page.and_then(|page| page.cursor) {
        Some(cursor) if !cursor.is_empty() => {
            let message = format!("unknown cursor {cursor:?}; the list has one page");
            Err(ErrorData::invalid_params(message, None))
        }
        Some(_) | None => Ok(()),
    }
}
