//! The MCP clients we know: where each has its configuration, and how a server is written in
//! it. It opens nothing.

use std::path::PathBuf;

/// A client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client {
    /// As people call it.
    pub(crate) name: &'static str,
    /// As a word on a command line, and as the instance it gets.
    pub(crate) slug: &'static str,
    pub(crate) base: Base,
    /// Its file, below the base.
    pub(crate) path: &'static str,
    /// Where in the file the servers are.
    pub(crate) key: &'static str,
    pub(crate) format: Format,
}

/// What a path is below.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Base {
    Home,
    /// The system's directory for programs' data.
    Config,
    /// `~/.config` on every Unix.
    DotConfig,
}

/// How a server is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// `{"command": "tai-mcp", "args": [], "env": {}}`, as most have it.
    Json,
    /// The same, with its kind.
    VsCode,
    /// The same, with where it came from.
    Zed,
    /// The command as a list.
    OpenCode,
    /// A table.
    Toml,
    /// Goose's.
    Yaml,
}

/// All of them, in the order in which they are looked at.
pub(crate) const CLIENTS: &[Client] = &[
    Client {
        name: "Claude Desktop",
        slug: "claude-desktop",
        base: Base::Config,
        path: "Claude/claude_desktop_config.json",
        key: "mcpServers",
        format: Format::Json,
    },
    Client {
        name: "Claude Code",
        slug: "claude-code",
        base: Base::Home,
        path: ".claude.json",
        key: "mcpServers",
        format: Format::Json,
    },
    Client {
        name: "Cursor",
        slug: "cursor",
        base: Base::Home,
        path: ".cursor/mcp.json",
        key: "mcpServers",
        format: Format::Json,
    },
    Client {
        name: "VS Code",
        slug: "vscode",
        base: Base::Config,
        path: "Code/User/mcp.json",
        key: "servers",
        format: Format::VsCode,
    },
    Client {
        name: "Windsurf",
        slug: "windsurf",
        base: Base::Home,
        path: ".codeium/windsurf/mcp_config.json",
        key: "mcpServers",
        format: Format::Json,
    },
    Client {
        name: "Zed",
        slug: "zed",
        base: if cfg!(windows) {
            Base::Config
        } else {
            Base::DotConfig
        },
        path: "zed/settings.json",
        key: "context_servers",
        format: Format::Zed,
    },
    Client {
        name: "Codex",
        slug: "codex",
        base: Base::Home,
        path: ".codex/config.toml",
        key: "mcp_servers",
        format: Format::Toml,
    },
    Client {
        name: "Gemini CLI",
        slug: "gemini",
        base: Base::Home,
        path: ".gemini/settings.json",
        key: "mcpServers",
        format: Format::Json,
    },
    Client {
        name: "opencode",
        slug: "opencode",
        base: Base::DotConfig,
        path: "opencode/opencode.json",
        key: "mcp",
        format: Format::OpenCode,
    },
    Client {
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

/// The directories that files are below.
#[derive(Debug, Clone)]
pub(crate) struct Bases {
    pub(crate) home: PathBuf,
    pub(crate) config: PathBuf,
    pub(crate) dot_config: PathBuf,
}

impl Bases {
    /// This user's; `None` without a home directory.
    pub(crate) fn of_this_user() -> Option<Self> {
        let home = std::env::home_dir()?;
        let dot_config = std::env::var_os("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(|dir| dir.is_absolute())
            .unwrap_or_else(|| home.join(".config"));
        let config = if cfg!(target_os = "macos") {
            home.join("Library/Application Support")
        } else if cfg!(windows) {
            home.join("AppData/Roaming")
        } else {
            dot_config.clone()
        };
        Some(Self {
            home,
            config,
            dot_config,
        })
    }
}

impl Client {
    /// Its configuration.
    pub(crate) fn file(&self, bases: &Bases) -> PathBuf {
        let base = match self.base {
            Base::Home => &bases.home,
            Base::Config => &bases.config,
            Base::DotConfig => &bases.dot_config,
        };
        base.join(self.path.split('/').collect::<PathBuf>())
    }
}
