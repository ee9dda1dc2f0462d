//! The violations of today. The list only shrinks: an entry that permits nothing fails the test.

use crate::finding::Pending;

/// Rule, file and subject of each violation that is permitted for now.
pub const PENDING: &[Pending] = &[
    ("documented libraries", "daemon/src/lib.rs", ""),
    ("module docs", "shim/src/transport.rs", ""),
    ("module docs", "tests/sandbox/src/admin.rs", ""),
    ("no circle of files", "daemon/src/fault/account.rs", ""),
    ("no circle of files", "daemon/src/fault/mod.rs", ""),
    ("no circle of files", "shim/src/live.rs", ""),
    ("no circle of files", "shim/src/main.rs", ""),
    ("no circle of files", "tests/bench/src/crowd.rs", ""),
    ("no circle of files", "tests/bench/src/measure.rs", ""),
    ("no circle of files", "tests/bench/src/peer.rs", ""),
    ("no circle of files", "tests/e2e/src/lib.rs", ""),
    ("no circle of files", "tests/e2e/src/mcp.rs", ""),
    ("no circle of files", "tests/e2e/src/raw.rs", ""),
    ("no circle of files", "tests/sandbox/src/admin.rs", ""),
    ("no circle of files", "tests/sandbox/src/api.rs", ""),
    ("no circle of files", "tests/sandbox/src/lib.rs", ""),
    ("no circle of files", "tests/sandbox/src/outgoing.rs", ""),
    ("no circle of files", "tests/sandbox/src/server.rs", ""),
];
