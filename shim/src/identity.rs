//! The server's name, version and icon, and the protocol revisions that it speaks.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rmcp::{
    RoleServer,
    model::{Icon, Implementation, MetaObject, ProtocolVersion},
    service::RequestContext,
};

/// Icon of the server, an envelope.
const ICON: &str = include_str!("icon.svg");

/// Returns the server's name, version and title.
fn server_info() -> Implementation {
    Implementation::new("tai-mcp", env!("CARGO_PKG_VERSION")).with_title("TAI mail")
}

/// Returns the server's name, version, title and icon, for the handshake and `server/discover`.
///
/// Tools, prompts and resources have no icon of their own: it would make `tools/list` a quarter longer.
/// Clients of revisions before 2025-11-25 ignore the field.
pub(crate) fn server_info_with_icon() -> Implementation {
    let data = BASE64_STANDARD.encode(ICON.trim_end());
    let icon = Icon::new(format!("data:image/svg+xml;base64,{data}"))
        .with_mime_type("image/svg+xml")
        .with_sizes(vec!["any".to_owned()]);
    server_info().with_icons(vec![icon])
}

/// Returns whether the request's revision is 2026-07-28 or later, which have no handshake.
pub(crate) fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
}

/// Returns the server's identity, which every result has since revision 2026-07-28. `None` for
/// older revisions, which have no caching either.
pub(crate) fn meta(context: &RequestContext<RoleServer>) -> Option<MetaObject> {
    let modern = is_modern(context);
    let mut meta = MetaObject::new();
    let info = serde_json::to_value(server_info())
        .ok()
        .filter(|_| modern)?;
    meta.insert("io.modelcontextprotocol/serverInfo".to_owned(), info);
    Some(meta)
}

/// Returns the newest revision with a handshake that is not newer than the requested one, or the
/// oldest revision if all are newer.
pub(crate) fn revision(requested: &ProtocolVersion) -> ProtocolVersion {
    let handshake = || {
        ProtocolVersion::KNOWN_VERSIONS
            .iter()
            .filter(|version| version.has_initialize())
    };
    let by_date = |a: &&ProtocolVersion, b: &&ProtocolVersion| a.as_str().cmp(b.as_str());
    let fitting = handshake()
        .filter(|version| version.as_str() <= requested.as_str())
        .max_by(by_date);
    fitting
        .or_else(|| handshake().min_by(by_date))
        .cloned()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answered_revision_is_not_newer_than_the_requested_one() {
        let answer = |requested: &str| {
            let requested = serde_json::from_value(serde_json::json!(requested)).unwrap();
            revision(&requested).as_str().to_owned()
        };
        for known in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
            assert_eq!(answer(known), known);
        }
        assert_eq!(answer("2025-05-01"), "2025-03-26");
        assert_eq!(answer("2026-07-28"), "2025-11-25");
        assert_eq!(answer("2024-01-01"), "2024-11-05");
    }
}
