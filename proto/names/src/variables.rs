//! Names of the environment variables.
//!
//! The names without a prefix are the seed's (`NAME`, `PASSWORD`, ...). In a list, the first
//! variable that is set and not empty takes precedence.

/// Profile of the daemon.
pub const PROFILE: &str = "TAI_MCP_PROFILE";
/// Auto-start; `0` disables it.
pub const AUTOSTART: &str = "TAI_MCP_AUTOSTART";
/// Username.
pub const USERNAME: &str = "TAI_MCP_USERNAME";
/// Username, only together with [`PLAIN_PASSWORD`], because WSL and other systems set `NAME`.
pub const PLAIN_USERNAME: &str = "NAME";
/// Password.
pub const PASSWORD: &str = "TAI_MCP_PASSWORD";
/// Password of the pair `NAME` and `PASSWORD`.
pub const PLAIN_PASSWORD: &str = "PASSWORD";
/// Variables that may contain a password, in order of precedence.
pub const PASSWORDS: [&str; 2] = [PASSWORD, PLAIN_PASSWORD];
/// Instance.
pub const INSTANCE: [&str; 2] = ["TAI_MCP_INSTANCE", "INSTANCE"];
/// Default recipient.
pub const USER_EMAIL: [&str; 2] = ["TAI_MCP_USEREMAIL", "USEREMAIL"];
/// Log level.
pub const LOG_LEVEL: [&str; 2] = ["TAI_MCP_LOG_LEVEL", "LOG_LEVEL"];
