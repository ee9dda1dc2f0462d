//! Who the server is, and which revisions it speaks.

use rmcp::{
    RoleServer,
    model::{Implementation, MetaObject, ProtocolVersion},
    service::RequestContext,
};

pub(super) fn server_info() -> Implementation {
    Implementation::new("tai-mcp", env!("CARGO_PKG_VERSION")).with_title("TAI mail")
}

/// Whether the request is of the revision without a handshake, or of a later one.
pub(crate) fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
}

/// The server's identity, which every result carries since 2026-07-28; `None` for older
/// clients, who know neither it nor caching.
pub(crate) fn meta(context: &RequestContext<RoleServer>) -> Option<MetaObject> {
    let modern = is_modern(context);
    let mut meta = MetaObject::new();
    let info = serde_json::to_value(server_info())
        .ok()
        .filter(|_| modern)?;
    meta.insert("io.modelcontextprotocol/serverInfo".to_owned(), info);
    Some(meta)
}

/// The newest handshake revision that is not newer than the one asked for; the oldest when
/// all of them are.
pub(super) fn revision(asked: &ProtocolVersion) -> ProtocolVersion {
    let handshake = || {
        ProtocolVersion::KNOWN_VERSIONS
            .iter()
            .filter(|version| version.has_initialize())
    };
    let by_date = |a: &&ProtocolVersion, b: &&ProtocolVersion| a.as_str().cmp(b.as_str());
    let fitting = handshake()
        .filter(|version| version.as_str() <= asked.as_str())
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
    fn no_revision_newer_than_the_one_asked_for_is_ever_answered() {
        let answer = |asked: &str| {
            let asked = serde_json::from_value(serde_json::json!(asked)).unwrap();
            revision(&asked).as_str().to_owned()
        };
        for known in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
            assert_eq!(answer(known), known);
        }
        assert_eq!(answer("2025-05-01"), "2025-03-26");
        assert_eq!(answer("2026-07-28"), "2025-11-25");
        assert_eq!(answer("2024-01-01"), "2024-11-05");
    }
}
