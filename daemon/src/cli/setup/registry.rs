//! Table of the known MCP clients: location and format of each configuration. It reads no configuration.

use crate::cli::user_dirs::{UserDirs, XDG_CONFIG_HOME};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

/// Longest configuration that is read, in bytes. Some clients keep their history in it.
pub(in crate::cli) const MAX_FILE: u64 = 64 << 20;
/// Directory of Claude Desktop's configuration inside of its Windows package.
const PACKAGED_CLAUDE: &str = "LocalCache/Roaming/Claude";

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
    /// The client's own variable for another directory, and the file in that directory.
    pub(in crate::cli) variable: Option<(&'static str, &'static str)>,
    /// Other name of the file, which the client reads as well.
    pub(in crate::cli) other_name: Option<&'static str>,
    /// Directory below the home directory that exists if the client is installed.
    pub(in crate::cli) sign: Option<&'static str>,
    /// Program of a client that has no directory of its own for its configuration.
    pub(in crate::cli) program: Option<&'static str>,
    /// Key of the servers in the file.
    pub(in crate::cli) key: &'static str,
    /// Format of the file.
    pub(in crate::cli) format: Format,
    /// Limits of the client that its user should know.
    pub(in crate::cli) notes: &'static [&'static str],
    /// Notes of a client with an approval mode: while it asks, and once it runs every tool.
    pub(in crate::cli) approval_notes: Option<[&'static str; 2]>,
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
    Json(EntryForm),
    /// TOML, the format of Codex.
    Toml,
    /// YAML, the format of Goose.
    Yaml,
}

/// Form of a server's entry in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum EntryForm {
    /// `{"command": "tai-mcp", "args": [], "env": {}}`.
    Plain,
    /// With `type`.
    VsCode,
    /// With `type` and the permitted tools.
    Copilot,
    /// With `source`.
    Zed,
    /// With `type`, and the command as a list.
    OpenCode,
}

/// Values that most clients have.
const MINIMAL: McpClient = McpClient {
    name: "",
    slug: "",
    base: Base::Home,
    path: "",
    variable: None,
    other_name: None,
    sign: None,
    program: None,
    key: "mcpServers",
    format: Format::Json(EntryForm::Plain),
    notes: &[],
    approval_notes: None,
};

/// A client that is built from VS Code.
const fn code(name: &'static str, slug: &'static str, path: &'static str) -> McpClient {
    McpClient {
        name,
        slug,
        base: Base::Config,
        path,
        key: "servers",
        format: Format::Json(EntryForm::VsCode),
        ..MINIMAL
    }
}

/// The part of a client built from VS Code that runs on a remote machine, in a container or in
/// WSL. Its "remote user configuration" is below the directory `sign`.
const fn code_server(
    name: &'static str,
    slug: &'static str,
    path: &'static str,
    sign: &'static str,
) -> McpClient {
    McpClient {
        base: Base::Home,
        sign: Some(sign),
        ..code(name, slug, path)
    }
}

/// Every known client, in the order in which `taid setup` handles them.
pub(in crate::cli) const CLIENTS: &[McpClient] = &[
    McpClient {
        name: "Claude Desktop",
        slug: "claude-desktop",
        base: Base::Config,
        path: "Claude/claude_desktop_config.json",
        ..MINIMAL
    },
    McpClient {
        name: "Claude Code",
        slug: "claude-code",
        path: ".claude.json",
        variable: Some(("CLAUDE_CONFIG_DIR", ".claude.json")),
        sign: Some(".claude"),
        program: Some("claude"),
        ..MINIMAL
    },
    McpClient {
        name: "Cursor",
        slug: "cursor",
        path: ".cursor/mcp.json",
        ..MINIMAL
    },
    code("VS Code", "vscode", "Code/User/mcp.json"),
    code(
        "VS Code Insiders",
        "vscode-insiders",
        "Code - Insiders/User/mcp.json",
    ),
    code("VSCodium", "vscodium", "VSCodium/User/mcp.json"),
    code_server(
        "VS Code Server",
        "vscode-server",
        ".vscode-server/data/User/mcp.json",
        ".vscode-server",
    ),
    code_server(
        "VS Code Insiders Server",
        "vscode-insiders-server",
        ".vscode-server-insiders/data/User/mcp.json",
        ".vscode-server-insiders",
    ),
    code_server(
        "VSCodium Server",
        "vscodium-server",
        ".vscodium-server/data/User/mcp.json",
        ".vscodium-server",
    ),
    McpClient {
        name: "Windsurf",
        slug: "windsurf",
        path: ".codeium/windsurf/mcp_config.json",
        ..MINIMAL
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
        format: Format::Json(EntryForm::Zed),
        ..MINIMAL
    },
    McpClient {
        name: "Codex",
        slug: "codex",
        path: ".codex/config.toml",
        variable: Some(("CODEX_HOME", "config.toml")),
        key: "mcp_servers",
        format: Format::Toml,
        approval_notes: Some([
            "`codex exec` refuses send_email, reply_email and delete_email until `tai-mcp setup codex --approve-tools`; from then on Codex runs every tool of tai without asking, even if the text of a mail leads the agent to it",
            "Codex runs every tool of tai without asking, even if the text of a mail leads the agent to it; to go back, remove `default_tools_approval_mode` from the entry",
        ]),
        notes: &[
            "Codex leaves its app server running, with its tai-mcp; `codex app-server` must end before an update takes effect",
        ],
        ..MINIMAL
    },
    McpClient {
        name: "Gemini CLI",
        slug: "gemini",
        path: ".gemini/settings.json",
        variable: Some(("GEMINI_CLI_HOME", ".gemini/settings.json")),
        notes: &["Gemini CLI starts no server in a folder that it does not trust"],
        ..MINIMAL
    },
    McpClient {
        name: "Qwen Code",
        slug: "qwen",
        path: ".qwen/settings.json",
        variable: Some(("QWEN_HOME", "settings.json")),
        ..MINIMAL
    },
    McpClient {
        name: "Copilot CLI",
        slug: "copilot",
        path: ".copilot/mcp-config.json",
        variable: Some(("COPILOT_HOME", "mcp-config.json")),
        key: "mcpServers",
        format: Format::Json(EntryForm::Copilot),
        ..MINIMAL
    },
    McpClient {
        name: "opencode",
        slug: "opencode",
        base: Base::DotConfig,
        path: "opencode/opencode.json",
        other_name: Some("opencode.jsonc"),
        key: "mcp",
        format: Format::Json(EntryForm::OpenCode),
        ..MINIMAL
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
        ..MINIMAL
    },
];

/// Path of a client's configuration file, and the variable that decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct ConfigFile {
    pub(in crate::cli) path: PathBuf,
    /// `None` if no variable decides the path.
    pub(in crate::cli) variable: Option<&'static str>,
}

impl ConfigFile {
    /// Returns the path, and the variable that decides it.
    pub(in crate::cli) fn described(&self) -> String {
        let path = self.path.display();
        match self.variable {
            Some(variable) => format!("{path}, from {variable}"),
            None => path.to_string(),
        }
    }
}

impl McpClient {
    /// Returns whether the entry of a server can permit all tools without a question.
    pub(in crate::cli) fn has_approval_mode(&self) -> bool {
        match self.format {
            Format::Toml => true,
            Format::Json(_) | Format::Yaml => false,
        }
    }

    /// Returns what the user of an entry should know about the client. `approves_tools` says whether
    /// the entry permits all tools.
    pub(in crate::cli) fn notes(
        &self,
        approves_tools: bool,
    ) -> impl Iterator<Item = &'static str> + use<> {
        let [asks, approves] = match self.approval_notes {
            Some([asks, approves]) => [Some(asks), Some(approves)],
            None => [None, None],
        };
        let first = if approves_tools { approves } else { asks };
        first.into_iter().chain(self.notes.iter().copied())
    }

    /// Returns the client's configuration file.
    pub(in crate::cli) fn file(&self, dirs: &UserDirs) -> ConfigFile {
        let named = self
            .variable
            .and_then(|(variable, file)| Some((variable, dirs.named_by(variable)?.join(file))));
        if let Some((variable, path)) = named {
            return ConfigFile {
                path,
                variable: Some(variable),
            };
        }
        let (base, follows_xdg) = match self.base {
            Base::Home => (&dirs.home, false),
            Base::Config => (&dirs.config, dirs.config == dirs.dot_config),
            Base::DotConfig => (&dirs.dot_config, true),
        };
        let path = base.join(self.path.split('/').collect::<PathBuf>());
        let other = self.other_name.map(|name| path.with_file_name(name));
        let path = match other {
            Some(other) if other.exists() && !path.exists() => other,
            _ => path,
        };
        let packaged = match (self.slug, &dirs.packages) {
            ("claude-desktop", Some(packages)) => packaged_claude(packages),
            _ => None,
        };
        ConfigFile {
            path: packaged.unwrap_or(path),
            variable: (follows_xdg && dirs.follows_xdg()).then_some(XDG_CONFIG_HOME),
        }
    }

    /// Returns the client's configuration files for a removal: [`McpClient::file`], and each existing
    /// file of another name that the client reads.
    pub(in crate::cli) fn files(&self, dirs: &UserDirs) -> Vec<ConfigFile> {
        let first = self.file(dirs);
        let own = Path::new(self.path).file_name();
        let names = self.other_name.map(|other| [own, Some(OsStr::new(other))]);
        let names = names.into_iter().flatten().flatten();
        let others = names.map(|name| first.path.with_file_name(name));
        let others = others.filter(|path| *path != first.path && path.exists());
        let others = others.map(|path| ConfigFile {
            path,
            variable: first.variable,
        });
        std::iter::once(first.clone()).chain(others).collect()
    }
}

/// Returns the configuration of a Claude Desktop that was installed as a Windows package (MSIX).
/// Windows redirects that program's `AppData\Roaming` into the package's own directory.
fn packaged_claude(packages: &Path) -> Option<PathBuf> {
    let mut dirs: Vec<PathBuf> = std::fs::read_dir(packages)
        .ok()?
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("Claude_"))
        .map(|entry| entry.path().join(PACKAGED_CLAUDE))
        .collect();
    dirs.sort();
    // Of several packages, the one with a configuration is in use.
    let file = |dir: &PathBuf| dir.join("claude_desktop_config.json");
    let used = dirs.iter().map(file).find(|file| file.exists());
    used.or_else(|| dirs.first().map(file))
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
