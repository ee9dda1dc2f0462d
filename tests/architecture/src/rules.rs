//! The rules as tables. Each row has a reason.

/// The other crates of the workspace that a crate may depend on.
#[derive(Debug, Clone, Copy)]
pub struct CrateWall {
    /// Name of the crate.
    pub name: &'static str,
    /// Permitted crates of the workspace.
    pub may: &'static [&'static str],
    /// Further crates that its tests may use.
    pub tests_may: &'static [&'static str],
    /// Reason for the rule.
    pub reason: &'static str,
}

/// Crates from elsewhere that a crate must not have in its default features.
#[derive(Debug, Clone, Copy)]
pub struct Ban {
    /// Name of the crate of the workspace.
    pub krate: &'static str,
    /// Banned crates; `dbus` bans `dbus-tree` as well.
    pub banned: &'static [&'static str],
    /// Reason for the rule.
    pub reason: &'static str,
}

impl Ban {
    /// Returns whether a crate is banned.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        self.banned.iter().any(|banned| {
            let rest = name.strip_prefix(banned);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    }
}

/// A limit on the names that a module and the modules inside it use.
#[derive(Debug, Clone, Copy)]
pub struct ModuleWall {
    /// Absolute name of the module.
    pub inside: &'static str,
    /// Permitted or forbidden names.
    pub limit: Limit,
    /// Reason for the rule.
    pub reason: &'static str,
}

/// Permitted or forbidden names. A name covers everything inside it.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// Forbidden names.
    Never(&'static [&'static str]),
    /// The permitted names of the workspace, besides the module's own. Other crates are free.
    Only(&'static [&'static str]),
}

/// The permitted dependencies of each crate. Crates in `tests/` have no row: they may depend on
/// every crate, and no other crate may depend on them.
pub const CRATE_WALLS: &[CrateWall] = &[
    CrateWall {
        name: "tai-names",
        may: &[],
        tests_may: &[],
        reason: "names are constants and need no other crate",
    },
    CrateWall {
        name: "tai-proto",
        may: &["tai-names"],
        tests_may: &[],
        reason: "the contract knows neither the daemon nor a client",
    },
    CrateWall {
        name: "tai-client",
        may: &["tai-proto", "tai-names"],
        tests_may: &[],
        reason: "a client needs the contract alone",
    },
    CrateWall {
        name: "tai-mcp",
        may: &["tai-client", "tai-proto", "tai-names"],
        tests_may: &[],
        reason: "the shim forwards calls to the daemon and implements none of them",
    },
    CrateWall {
        name: "tai-timing",
        may: &[],
        tests_may: &[],
        reason: "the simulation of many daemons needs the rules alone",
    },
    CrateWall {
        name: "tai-auth",
        may: &["tai-names", "tai-timing"],
        tests_may: &[],
        reason: "authentication is a library without MCP, IPC and mail",
    },
    CrateWall {
        name: "tai-reader",
        may: &[],
        tests_may: &[],
        reason: "the reader parses untrusted input and needs none of our crates",
    },
    CrateWall {
        name: "taid",
        may: &[
            "tai-auth",
            "tai-reader",
            "tai-timing",
            "tai-client",
            "tai-proto",
            "tai-names",
        ],
        tests_may: &["tai-mcp"],
        reason: "the daemon builds on the libraries and knows no other program",
    },
    CrateWall {
        name: "tai-packaging",
        may: &["taid", "tai-proto"],
        tests_may: &[],
        reason: "manual pages come from the commands of both programs",
    },
];

/// Crates from elsewhere that a crate must not have.
pub const BANS: &[Ban] = &[
    Ban {
        krate: "tai-names",
        banned: &["tokio", "interprocess", "reqwest", "rustls", "hyper"],
        reason: "names open nothing and need no runtime",
    },
    Ban {
        krate: "tai-proto",
        banned: &["tokio", "interprocess", "reqwest", "rustls", "hyper"],
        reason: "the contract opens nothing and needs no runtime",
    },
    Ban {
        krate: "tai-client",
        banned: &["reqwest", "rustls", "hyper", "secrecy"],
        reason: "the daemon alone speaks HTTP",
    },
    Ban {
        krate: "tai-mcp",
        banned: &["reqwest", "rustls", "hyper", "secrecy"],
        reason: "the daemon alone speaks HTTP and holds the token",
    },
    Ban {
        krate: "tai-auth",
        banned: &["clap", "comrak", "ammonia", "dbus", "interprocess"],
        reason: "another program that signs in needs no commands, mail, D-Bus or IPC",
    },
    Ban {
        krate: "tai-reader",
        banned: &["reqwest", "rustls", "hyper", "interprocess"],
        reason: "the reader has no network",
    },
];

/// The walls inside crates.
pub const MODULE_WALLS: &[ModuleWall] = &[
    ModuleWall {
        inside: "tai_auth::bridge",
        limit: Limit::Never(&["tai_auth::session"]),
        reason: "the HTTP client sends requests for any caller and knows no session",
    },
    ModuleWall {
        inside: "tai_auth::credentials",
        limit: Limit::Never(&["tai_auth::session", "tai_auth::bridge", "reqwest"]),
        reason: "a credential source returns a password and does not use it",
    },
    ModuleWall {
        inside: "tai_auth::session",
        limit: Limit::Never(&["reqwest"]),
        reason: "the session signs in through a trait, so that tests need no network",
    },
    ModuleWall {
        inside: "taid::mail",
        limit: Limit::Never(&[
            "taid::server",
            "taid::cli",
            "reqwest",
            "tai_auth::bridge::http_bridge",
        ]),
        reason: "mail operations serve any front end and use any bridge",
    },
    ModuleWall {
        inside: "taid::mail",
        limit: Limit::Never(&["tai_reader::read", "tai_reader::outgoing::parts"]),
        reason: "a worker process parses mails, and the daemon parses none",
    },
    ModuleWall {
        inside: "taid::server",
        limit: Limit::Never(&["tai_reader::read", "tai_reader::outgoing::parts"]),
        reason: "a worker process parses mails, and the daemon parses none",
    },
    ModuleWall {
        inside: "taid::cli",
        limit: Limit::Never(&["tai_reader::read", "tai_reader::outgoing::parts"]),
        reason: "a worker process parses mails, and the daemon parses none",
    },
    ModuleWall {
        inside: "taid::server::ipc",
        limit: Limit::Never(&[
            "taid::mail",
            "taid::cli",
            "taid::server::app",
            "tai_auth::session",
            "tai_auth::bridge",
        ]),
        reason: "the listener forwards calls and implements none of them",
    },
    ModuleWall {
        inside: "taid::cli",
        limit: Limit::Never(&["taid::mail", "tai_auth::session"]),
        reason: "a command calls the daemon, which owns the only session",
    },
    ModuleWall {
        inside: "taid::os",
        limit: Limit::Only(&["tai_auth", "tai_client", "tai_proto", "tai_names"]),
        reason: "the differences between systems are a leaf",
    },
    ModuleWall {
        inside: "taid::config",
        limit: Limit::Only(&["tai_auth", "tai_client", "tai_proto", "tai_names"]),
        reason: "the configuration is a leaf, which every other part reads",
    },
    ModuleWall {
        inside: "taid::fault",
        limit: Limit::Never(&["taid::server", "taid::cli"]),
        reason: "a fault does not depend on the part that reports it",
    },
    ModuleWall {
        inside: "taid::time",
        limit: Limit::Only(&["tai_auth::time", "tai_names"]),
        reason: "the formats of times are a leaf",
    },
    ModuleWall {
        inside: "tai_proto",
        limit: Limit::Never(&[
            "std::net",
            "std::fs::File",
            "std::fs::OpenOptions",
            "std::process",
        ]),
        reason: "the contract opens nothing",
    },
];

/// Files that are pure besides those that define a function `step`.
pub const PURE: &[&str] = &[
    "daemon/auth/src/session/account.rs",
    "daemon/auth/src/session/event.rs",
    "daemon/auth/src/session/failure.rs",
    "daemon/auth/src/session/people.rs",
    "daemon/auth/src/session/start.rs",
    "daemon/auth/src/session/state.rs",
    "daemon/timing/src/backoff.rs",
    "daemon/timing/src/limit.rs",
    "daemon/timing/src/login.rs",
    "daemon/timing/src/poll.rs",
    "daemon/timing/src/renewal.rs",
    "daemon/timing/src/retry.rs",
];

/// Forbidden names of a pure file.
pub const IMPURE: &[&str] = &[
    "tokio",
    "std::time::SystemTime::now",
    "std::time::Instant::now",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "fastrand",
];

/// Most lines of a file.
pub const MAX_LINES: usize = 400;

/// Most lines of a module's doc. `lib.rs` is exempt.
pub const MAX_DOC: usize = 10;

/// Pronouns that hide the subject of a sentence.
pub const VAGUE_WORDS: &[&str] = &["nobody", "somebody", "whoever", "anew"];
