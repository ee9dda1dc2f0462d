//! The environment of this daemon as `taid doctor` reports it. It has no secrets: variables with
//! passwords were removed at the start, and the settings are those of `taid doctor`.

use crate::{config::Setting, os};
use std::sync::{Mutex, PoisonError};
use tai_proto::{
    places::Places,
    status::{EnvironmentStatus, SettingStatus},
    variables,
};

/// Limit of a reported variable in characters.
const MAX_VALUE: usize = 4_096;

/// The configuration values that are set and in force: those of the start, and the rules of the file
/// that was read last.
pub(crate) struct SettingsInForce(Mutex<Vec<Setting>>);

impl SettingsInForce {
    /// Returns the values of the start.
    pub(crate) fn new(settings: Vec<Setting>) -> Self {
        Self(Mutex::new(settings))
    }

    /// Takes the rules of a configuration that was read again.
    pub(crate) fn replace_rules(&self, reread: Vec<Setting>) {
        let is_rule = |setting: &Setting| {
            setting.key == "confirm_send" || setting.key.starts_with("instances.")
        };
        let mut settings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        settings.retain(|setting| !is_rule(setting));
        settings.extend(reread.into_iter().filter(is_rule));
    }

    fn status(&self) -> Vec<SettingStatus> {
        let settings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let status = |setting: &Setting| SettingStatus {
            key: setting.key.to_string(),
            value: cut(&setting.value),
            origin: cut(&setting.origin),
        };
        settings.iter().map(status).collect()
    }
}

/// Returns the environment of this process and the configuration values in force.
pub(crate) fn of(settings: &SettingsInForce, places: &Places) -> EnvironmentStatus {
    EnvironmentStatus {
        home: Some(cut(&places.home().to_string_lossy())),
        config_dir: Some(cut(&places.config().to_string_lossy())),
        path: std::env::var("PATH").ok().as_deref().map(cut),
        session_bus: os::session_bus().as_deref().map(cut),
        network: network_variables(),
        settings: settings.status(),
    }
}

/// Returns the names of the variables for proxies and certificates that are set here.
pub(crate) fn network_variables() -> Vec<String> {
    let set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let names = variables::network().filter(set);
    names.map(str::to_owned).collect()
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_VALUE).collect()
}
