//! The environment of this daemon as `taid doctor` reports it. It has no secrets: variables with
//! passwords were removed at the start, and the settings are those of `taid doctor`.

use crate::{config::Config, os};
use tai_proto::{
    places::Places,
    status::{EnvironmentStatus, SettingStatus},
    variables,
};

/// Limit of a reported variable in characters.
const MAX_VALUE: usize = 4_096;

/// Returns the environment of this process and the values of `config` that are set.
pub(crate) fn of(config: &Config, places: &Places) -> EnvironmentStatus {
    let settings = config.changed.iter().map(|setting| SettingStatus {
        key: setting.key.to_owned(),
        value: cut(&setting.value),
        origin: cut(&setting.origin),
    });
    EnvironmentStatus {
        home: Some(cut(&places.home().to_string_lossy())),
        config_dir: Some(cut(&places.config().to_string_lossy())),
        path: std::env::var("PATH").ok().as_deref().map(cut),
        session_bus: os::session_bus().as_deref().map(cut),
        network: network_variables(),
        settings: settings.collect(),
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
