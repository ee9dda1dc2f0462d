//! The key of the store of the shared leases: its rules, and those of the keys that belong to it.

use super::{ConfigError, kinds::Kind, lookup::Setting};
use toml::Value;

/// Keys that have a meaning only beside `shared_leases`.
const DEPENDENT: [&str; 2] = ["shared_leases_password_command", "shared_leases_ttl"];

/// URL of a PostgreSQL database.
pub(super) struct StoreUrl;

impl StoreUrl {
    const ACCEPTS: &'static str = "a `postgresql://` URL without a password";
}

impl Kind for StoreUrl {
    type Value = String;

    fn accepts(&self) -> String {
        Self::ACCEPTS.to_owned()
    }

    fn parse(&self, value: &Value) -> Result<String, String> {
        let url = value
            .as_str()
            .filter(|url| url.starts_with("postgresql://"));
        let url = url.ok_or_else(|| format!("expected {}", Self::ACCEPTS))?;
        check(url)?;
        Ok(url.to_owned())
    }

    /// A URL that breaks the rule may contain a password.
    fn shown(&self, value: &Value) -> String {
        self.parse(value).unwrap_or_default()
    }
}

/// Checks that no key of the store is set without the store.
///
/// # Errors
/// [`ConfigError::Value`].
pub(super) fn check_set(set: &[Setting]) -> Result<(), ConfigError> {
    let has_store = set.iter().any(|setting| setting.key == "shared_leases");
    let dependent = set
        .iter()
        .find(|setting| DEPENDENT.contains(&&*setting.key));
    match dependent {
        Some(setting) if !has_store => Err(ConfigError::value(
            &setting.origin,
            "it has no effect without `shared_leases`",
        )),
        Some(_) | None => Ok(()),
    }
}

/// Checks the URL, and that a password and mail addresses do not cross a network in the clear.
#[cfg(feature = "shared-leases")]
fn check(url: &str) -> Result<(), String> {
    use tokio_postgres::config::{Config, Host, SslMode};
    let config: Config = url
        .parse()
        .map_err(|_| "it is not a URL of PostgreSQL, or has an unknown parameter".to_owned())?;
    if config.get_password().is_some() {
        return Err("it contains a password; use `shared_leases_password_command`".to_owned());
    }
    let is_here = |host: &Host| match host {
        Host::Tcp(name) => tai_auth::base_url::is_loopback(name),
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    if config.get_hosts().is_empty() {
        return Err("it names no host".to_owned());
    }
    let is_local = config.get_hosts().iter().all(is_here)
        && config
            .get_hostaddrs()
            .iter()
            .all(std::net::IpAddr::is_loopback);
    match (is_local, config.get_ssl_mode()) {
        (true, _) | (false, SslMode::Require) => Ok(()),
        (false, _) => Err("a host other than this machine needs `?sslmode=require`".to_owned()),
    }
}

/// Refuses the key, which this build would have to ignore.
#[cfg(not(feature = "shared-leases"))]
fn check(_: &str) -> Result<(), String> {
    Err(
        "this taid is built without shared leases; build it with `--features shared-leases`, or \
         remove the key from each machine"
            .to_owned(),
    )
}

// `tests/hosts/run` tries the URLs, because it builds taid with the feature.
#[cfg(all(test, not(feature = "shared-leases")))]
mod tests {
    use super::super::tests::load;

    fn error_of(lines: &str) -> String {
        load(&[], Some(lines)).map_or_else(|error| error, |_| "ok".to_owned())
    }

    #[test]
    fn a_build_without_the_store_refuses_its_keys() {
        let url = r#"shared_leases = "postgresql://tai@localhost/tai""#;
        insta::assert_snapshot!(error_of(url), @"`shared_leases` in config.toml is not valid: this taid is built without shared leases; build it with `--features shared-leases`, or remove the key from each machine");
        insta::assert_snapshot!(error_of("shared_leases_ttl = 9"), @"`shared_leases_ttl` in config.toml is not valid: it has no effect without `shared_leases`");
    }
}
