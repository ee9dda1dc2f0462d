//! Table of the known MCP clients: location and format of each configuration. It opens no file.

use crate::cli::user_dirs::UserDirs;
use std::path::PathBuf;

/// An MCP client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct McpClient {
    /// Product name.
    pub(in crate::cli) name: &'static str,
    /// Name on the command line; also the default instance.
    pub(in crate::cli) slug: &'static str,
    /// Directory that `path` is relative to.
    pub(in crate::cli) base: Base,
    /// Configuration file, relative to `base`.
    pub(in crate::cli) path: &'static str,
    /// Key of the servers in the file.
    pub(in crate::cli) key: &'static str,
    /// Format of the file.
    pub(in crate::cli) format: Format,
}

/// Directory that a path is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Base {
    /// Home directory.
    Home,
    /// The system's directory for the data of programs.
    Config,
    /// `~/.config`, on every system.
    DotConfig,
}

/// Format of a configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Format {
    /// JSON with comments.
    Json(Entry),
    /// TOML.
    Toml,
    /// YAML, the format of Goose.
    Yaml,
}

/// Form of a server's entry in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Entry {
    /// `{"command": "tai-mcp", "args": [], "env": {}}`.
    Plain,
    /// With `type`.
    VsCode,
    /// With `source`.
    Zed,
    /// With `type`, and the command as a list.
    OpenCode,
}

/// Every known client, in the order in which `taid setup` handles them.
pub(in crate::cli) const CLIENTS: &[McpClient] = &[
    McpClient {
        name: "Claude Desktop",
        slug: "claude-desktop",
        base: Base::Config,
        path: "Claude/claude_desktop_config.json",
        key: "mcpServers",
        format: Format::Json(Entry::Plain),
    },
    McpClient {
        name: "Claude Code",
        slug: "claude-code",
        base: Base::Home,
        path: ".claude.json",
        key: "mcpServers",
        format: Format::Json(Entry::Plain),
    },
    McpClient {
        name: "Cursor",
        slug: "cursor",
        base: Base::Home,
        path: ".cursor/mcp.json",
        key: "mcpServers",
        format: Format::Json(Entry::Plain),
    },
    McpClient {
        name: "VS Code",
        slug: "vscode",
        base: Base::Config,
        path: "Code/User/mcp.json",
        key: "servers",
        format: Format::Json(Entry::VsCode),
    },
    McpClient {
        name: "Windsurf",
        slug: "windsurf",
        base: Base::Home,
        path: ".codeium/windsurf/mcp_config.json",
        key: "mcpServers",
        format: Format::Json(Entry::Plain),
    },
    McpClient {
        name: "Zed",
        slug: "zed",
        base: if cfg!(windows) {
            Base::Config
        } else {
            Base::DotConfig
        },
        path: "zed/settings.json",
        key: "context_servers",
        format: Format::Json(Entry::Zed),
    },
    McpClient {
        name: "Codex",
        slug: "codex",
        base: Base::Home,
        path: ".codex/config.toml",
        key: "mcp_servers",
        format: Format::Toml,
    },
    McpClient {
        name: "Gemini CLI",
        slug: "gemini",
        base: Base::Home,
        path: ".gemini/settings.json",
        key: "mcpServers",
        format: Format::Json(Entry::Plain),
    },
    McpClient {
        name: "opencode",
        slug: "opencode",
        base: Base::DotConfig,
        path: "opencode/opencode.json",
        key: "mcp",
        format: Format::Json(Entry::OpenCode),
    },
    McpClient {
        name: "Goose",
        slug: "goose",
        base: if cfg!(windows) {
            Base::Config
        } else {
            Base::DotConfig
        },
        path: if cfg!(windows) {
            "Block/goose/config/config.yaml"
        } else {
            "goose/config.yaml"
        },
        key: "extensions",
        format: Format::Yaml,
    },
];

impl McpClient {
    /// Returns the path of the client's configuration file.
    pub(in crate::cli) fn file(&self, dirs: &UserDirs) -> PathBuf {
        let base = match self.base {
            Base::Home => &dirs.home,
            Base::Config => &dirs.config,
            Base::DotConfig => &dirs.dot_config,
        };
        base.join(self.path.split('/').collect::<PathBuf>())
    }
}
