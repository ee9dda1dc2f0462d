//! The environment of this daemon as `taid doctor` reports it. It has no secrets: variables with
//! passwords were removed at the start, and the settings are those of `taid doctor`.

use crate::{config::Config, os};
use tai_proto::{
    endpoint,
    status::{EnvironmentStatus, SettingStatus},
};

/// Limit of a reported variable in characters.
const MAX_VALUE: usize = 4_096;

/// Returns the environment of this process and the values of `config` that are set.
pub(crate) fn of(config: &Config) -> EnvironmentStatus {
    let settings = config.changed.iter().map(|setting| SettingStatus {
        key: setting.key.to_owned(),
        value: cut(&setting.value),
        origin: cut(&setting.origin),
    });
    EnvironmentStatus {
        home: std::env::home_dir().map(|home| cut(&home.to_string_lossy())),
        config_dir: endpoint::project_dirs().map(|dirs| cut(&dirs.config_dir().to_string_lossy())),
        path: std::env::var("PATH").ok().as_deref().map(cut),
        session_bus: os::session_bus().as_deref().map(cut),
        settings: settings.collect(),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_VALUE).collect()
}
