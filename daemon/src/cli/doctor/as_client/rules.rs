//! Table of the environment that each client passes to a server, and of the references that it
//! replaces in its configuration. This module reads nothing.

/// Rule of one client.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli::doctor) struct Rule {
    /// Name on the command line, as in the table of clients.
    pub(super) slug: &'static str,
    /// Variables of the client's own environment that the server gets.
    pub(super) passes: Passes,
    /// References in `command`, `args` and `env` that the client replaces.
    pub(super) replaces: References,
    /// Whether the rule was measured with the real client.
    pub(super) measured: bool,
}

/// Variables that a server gets. The variables of its entry are always added.
#[derive(Debug, Clone, Copy)]
pub(super) enum Passes {
    /// Every variable.
    All,
    /// These variables.
    Only(&'static [&'static str]),
    /// Every variable whose name, in upper case, has none of these parts.
    Without(&'static [&'static str]),
}

impl Passes {
    /// Returns whether a variable is passed.
    pub(super) fn includes(self, name: &str) -> bool {
        match self {
            Passes::All => true,
            Passes::Only(names) => names.contains(&name),
            Passes::Without(parts) => {
                let name = name.to_ascii_uppercase();
                !parts.iter().any(|part| name.contains(part))
            }
        }
    }
}

/// Form of the references to variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum References {
    /// No reference is replaced.
    None,
    /// `${NAME}` and `${NAME:-default}`.
    Braces,
    /// `$NAME` and `${NAME}`.
    Dollar,
    /// `$NAME`, `${NAME}` and `${NAME:-default}`; every other reference becomes empty.
    DollarOrEmpty,
    /// `${env:NAME}`.
    DollarEnv,
    /// `{env:NAME}`.
    BracesEnv,
}

/// Variables of the official Python and TypeScript SDKs.
const SDK: Passes = Passes::Only(&["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"]);

const CODEX: Passes = Passes::Only(&[
    "HOME",
    "PATH",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LC_ALL",
    "TERM",
    "TMPDIR",
    "TZ",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
]);

const GEMINI: Passes = Passes::Without(&[
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "KEY",
    "AUTH",
    "CREDENTIAL",
    "CREDS",
    "PRIVATE",
    "CERT",
]);

/// Name of the rule for programs that use an official SDK.
pub(super) const SDK_SLUG: &str = "sdk";

/// The rule of each known client.
pub(super) const RULES: &[Rule] = &[
    rule("claude-desktop", SDK, References::None, false),
    rule("claude-code", Passes::All, References::Braces, true),
    rule("cursor", Passes::All, References::DollarEnv, false),
    rule("vscode", Passes::All, References::DollarEnv, false),
    rule("vscode-insiders", Passes::All, References::DollarEnv, false),
    rule("vscodium", Passes::All, References::DollarEnv, false),
    rule("vscode-server", Passes::All, References::DollarEnv, false),
    rule(
        "vscode-insiders-server",
        Passes::All,
        References::DollarEnv,
        false,
    ),
    rule("vscodium-server", Passes::All, References::DollarEnv, false),
    rule("windsurf", Passes::All, References::DollarEnv, false),
    rule("zed", Passes::All, References::None, false),
    rule("codex", CODEX, References::None, true),
    rule("gemini", GEMINI, References::DollarOrEmpty, true),
    rule("qwen", Passes::All, References::Dollar, true),
    rule("copilot", Passes::All, References::Braces, true),
    rule("opencode", Passes::All, References::BracesEnv, true),
    rule("goose", Passes::All, References::None, false),
    rule(SDK_SLUG, SDK, References::None, true),
];

const fn rule(slug: &'static str, passes: Passes, replaces: References, measured: bool) -> Rule {
    Rule {
        slug,
        passes,
        replaces,
        measured,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::setup::registry::CLIENTS;

    #[test]
    fn every_client_of_setup_has_a_rule() {
        for client in CLIENTS {
            let rules = RULES.iter().filter(|rule| rule.slug == client.slug);
            assert_eq!(rules.count(), 1, "{}", client.slug);
        }
        assert_eq!(RULES.len(), CLIENTS.len() + 1);
    }

    /// Variables of the measurement, and of which the daemon must not depend.
    #[test]
    fn each_client_passes_what_was_measured() {
        let names = [
            "HOME",
            "PATH",
            "LANG",
            "SSL_CERT_FILE",
            "XDG_RUNTIME_DIR",
            "DBUS_SESSION_BUS_ADDRESS",
            "HTTPS_PROXY",
            "XDG_CONFIG_HOME",
            "TAI_MCP_PASSWORD",
            "TAI_MCP_PROFILE",
        ];
        let mut table = String::new();
        for rule in RULES.iter().filter(|rule| rule.measured) {
            let passed = names.iter().filter(|name| rule.passes.includes(name));
            let passed: Vec<&str> = passed.copied().collect();
            table.push_str(&format!("{}: {}\n", rule.slug, passed.join(" ")));
        }
        insta::assert_snapshot!(table, @"
        claude-code: HOME PATH LANG SSL_CERT_FILE XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS HTTPS_PROXY XDG_CONFIG_HOME TAI_MCP_PASSWORD TAI_MCP_PROFILE
        codex: HOME PATH LANG SSL_CERT_FILE
        gemini: HOME PATH LANG XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS HTTPS_PROXY XDG_CONFIG_HOME TAI_MCP_PROFILE
        qwen: HOME PATH LANG SSL_CERT_FILE XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS HTTPS_PROXY XDG_CONFIG_HOME TAI_MCP_PASSWORD TAI_MCP_PROFILE
        copilot: HOME PATH LANG SSL_CERT_FILE XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS HTTPS_PROXY XDG_CONFIG_HOME TAI_MCP_PASSWORD TAI_MCP_PROFILE
        opencode: HOME PATH LANG SSL_CERT_FILE XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS HTTPS_PROXY XDG_CONFIG_HOME TAI_MCP_PASSWORD TAI_MCP_PROFILE
        sdk: HOME PATH
        ");
    }
}
