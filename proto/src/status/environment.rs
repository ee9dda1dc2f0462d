//! The environment of the daemon, for `taid doctor`.

use serde::{Deserialize, Serialize};

/// Environment of the daemon, which may differ from that of a shell or of an MCP client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentStatus {
    /// Home directory.
    pub home: Option<String>,
    /// Directory of the configuration files.
    pub config_dir: Option<String>,
    /// `PATH`, on which the program of `password_command` is found.
    pub path: Option<String>,
    /// Address of the D-Bus session bus, through which the keyring is reached. Linux only.
    pub session_bus: Option<String>,
    /// Names of the variables for the network that are set: proxies and certificates. Their
    /// values may have a password.
    #[serde(default)]
    pub network: Vec<String>,
    /// Configuration keys that are set.
    pub settings: Vec<SettingStatus>,
}

/// Value of a configuration key. It is never a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingStatus {
    /// Key.
    pub key: String,
    /// Value. Of a list, only the first word.
    pub value: String,
    /// The variable, or the key and the file.
    pub origin: String,
}
