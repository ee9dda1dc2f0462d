//! The names of the environment variables, so that each name is written once.
//!
//! The plain names are the seed's (`NAME`, `PASSWORD`, ...). For each setting the prefixed name
//! comes first.

/// The profile: which of the user's daemons.
pub const PROFILE: &str = "TAI_MCP_PROFILE";
/// `0` keeps a client from starting a daemon.
pub const AUTOSTART: &str = "TAI_MCP_AUTOSTART";
/// The username.
pub const USERNAME: &str = "TAI_MCP_USERNAME";
/// The username, only together with [`PLAIN_PASSWORD`]: WSL and others set `NAME` themselves.
pub const PLAIN_USERNAME: &str = "NAME";
/// The password.
pub const PASSWORD: &str = "TAI_MCP_PASSWORD";
/// The password of the pair `NAME` and `PASSWORD`.
pub const PLAIN_PASSWORD: &str = "PASSWORD";
/// The variables that may hold a password; the first that is set counts.
pub const PASSWORDS: [&str; 2] = [PASSWORD, PLAIN_PASSWORD];
/// The instance.
pub const INSTANCE: [&str; 2] = ["TAI_MCP_INSTANCE", "INSTANCE"];
/// The default recipient.
pub const USER_EMAIL: [&str; 2] = ["TAI_MCP_USEREMAIL", "USEREMAIL"];
/// The log level.
pub const LOG_LEVEL: [&str; 2] = ["TAI_MCP_LOG_LEVEL", "LOG_LEVEL"];
