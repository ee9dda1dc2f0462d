//! Definitions of the configuration keys. One entry defines a key completely: its field in
//! [`Settings`], its name, its environment variables, its accepted values, its default and its
//! documentation. Parsing, `taid doctor`, the manual page and the table in
//! `packaging/docs/configuration.md` come from the entries.

use super::{
    ConfigError, ConfirmPolicy, LogLevel, NotifyPolicy,
    kinds::{
        AbsolutePath, BaseUrl, Entry as _, OneOf, Optional, OrDefault, Program, Proxy, Text, Time,
    },
    lookup::Lookup,
    mail_address::MailAddress,
    store_url::StoreUrl,
};
use std::{path::PathBuf, time::Duration};
use tai_auth::bridge::{
    NetworkOptions,
    transport::{Configured, ProxyChoice},
};
use tai_proto::{
    names::{Address, DEFAULT_BRIDGE, Instance, Username},
    variables,
};

/// Documentation of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Name in the file.
    pub name: &'static str,
    /// Environment variables, the preferred one first; empty if only the file can set the key.
    pub variables: &'static [&'static str],
    /// Accepted values.
    pub accepts: String,
    /// Default in the syntax of the file; `None` if there is none.
    pub default: Option<&'static str>,
    /// Meaning, in Markdown.
    pub about: &'static str,
}

/// Defines [`Settings`] and [`keys`] from entries of the form
/// `name: Type = [variables], kind of value;`. The doc comment is the documentation.
macro_rules! keys {
    ($($(#[doc = $about:literal])+ $name:ident: $type:ty = $variables:expr, $entry:expr;)+) => {
        /// Values of the configuration keys.
        #[derive(Debug, Clone)]
        pub(crate) struct Settings {
            $($(#[doc = $about])+ pub(crate) $name: $type,)+
        }

        impl Settings {
            /// Returns the environment variables of a key.
            pub(super) fn variables(key: &str) -> &'static [&'static str] {
                match key {
                    $(stringify!($name) => &$variables,)+
                    _ => &[],
                }
            }

            /// Reads every key.
            pub(super) fn read(lookup: &mut Lookup<'_>) -> Result<Self, ConfigError> {
                Ok(Self {
                    $($name: lookup.read(stringify!($name), &$variables, &$entry)?,)+
                })
            }
        }

        /// Returns the documentation of every key, in the order of their definition.
        pub fn keys() -> Vec<Key> {
            vec![$({
                let entry = $entry;
                Key {
                    name: stringify!($name),
                    variables: &$variables,
                    accepts: entry.accepts(),
                    default: entry.default(),
                    about: concat!($($about),+).trim_ascii(),
                }
            }),+]
        }
    };
}

/// Kind of the key of the bridge.
pub(super) fn bridge() -> OrDefault<BaseUrl> {
    OrDefault(BaseUrl, DEFAULT_BRIDGE)
}

keys! {
    /// Registered username.
    username: Option<Username> = [variables::USERNAME, variables::PLAIN_USERNAME],
        Optional(Text::<Username>::of("3 to 50 letters, digits or hyphens"));

    /// Program that prints the password on its first line of output, and its arguments. It runs
    /// without a shell and without a terminal. Time limit: 45 seconds. A program that begins with
    /// `~/` is in your home directory.
    password_command: Option<Vec<String>> = [], Optional(Program);

    /// File with the password on its first line. It must belong to you, and no other user may have
    /// access to it (`chmod 600`).
    password_file: Option<PathBuf> = [], Optional(AbsolutePath);

    /// Default instance of clients. The address is `{instance}.{username}@tai.chat`, or
    /// `{username}@tai.chat` without an instance.
    instance: Option<Instance> = variables::INSTANCE,
        Optional(Text::<Instance>::of("1 to 64 letters, digits, hyphens or underscores"));

    /// Default recipient.
    user_email: Option<Address> = variables::USER_EMAIL, Optional(MailAddress);

    /// Base URL of the mail bridge. A password of this file and of the keyring goes to this bridge
    /// only.
    api_base_url: tai_auth::base_url::BaseUrl = variables::BRIDGE, bridge();

    /// Proxy of the requests to the bridge. Without this key, a taid that you or a service manager
    /// starts uses `HTTPS_PROXY` or `ALL_PROXY`. A bridge on this machine is reached directly, unless
    /// this key is set and the bridge's URL is `https://`.
    proxy: Option<ProxyChoice> = [], Optional(Proxy);

    /// Hosts that need no proxy. Without this key, `NO_PROXY` counts.
    no_proxy: Option<String> = [],
        Optional(Text::<String>::of("hosts, addresses or networks, separated by commas"));

    /// PEM file of certificate authorities that taid trusts in addition to the system's. No other user
    /// may be able to write to it. Without this key, `SSL_CERT_FILE` counts.
    ca_file: Option<PathBuf> = [], Optional(AbsolutePath);

    /// Time limit of one request to the bridge.
    api_timeout: Duration = variables::API_TIMEOUT,
        OrDefault(Time::milliseconds(5_000..=300_000), "30000");

    /// Interval of polls for new mail while a client waits for it.
    poll_interval: Duration = variables::POLL_INTERVAL,
        OrDefault(Time::milliseconds(1_000..=60_000), "5000");

    /// Idle timeout of an auto-started taid. It does not apply while taid holds a password
    /// that was typed without `--save`, or, without a keyring, mails that wait for approval.
    idle_exit: Duration = [variables::IDLE_EXIT], OrDefault(Time::seconds(1..=86_400), "1800");

    /// Mails that need your approval: none (`never`); those that an instruction in a mail may have
    /// caused (`unfamiliar`); all except those to `user_email` and to the account itself
    /// (`external`); or all (`always`).
    confirm_send: ConfirmPolicy = [], OrDefault(OneOf(&[
        ("never", ConfirmPolicy::Never),
        ("unfamiliar", ConfirmPolicy::Unfamiliar),
        ("external", ConfirmPolicy::External),
        ("always", ConfirmPolicy::Always),
    ]), "never");

    /// PostgreSQL database with the leases that several machines with the same account share, such as
    /// `postgresql://tai@db.example.com/tai`. The URL contains no password. Other hosts than this
    /// machine need `?sslmode=require`, and a certificate that `ca_file` or the system trusts. A taid
    /// that is built without the feature `shared-leases` does not start with this key.
    shared_leases: Option<String> = [], Optional(StoreUrl);

    /// Program that prints the password of that database, as `password_command`. It runs for each
    /// connection. Time limit, with the connection: 3 seconds.
    shared_leases_password_command: Option<Vec<String>> = [], Optional(Program);

    /// Time after which a mail that a machine holds and does not renew goes to another machine. The
    /// machines need the same value.
    shared_leases_ttl: Duration = [], OrDefault(Time::seconds(5..=3_600), "60");

    /// Notification when a mail begins to wait for your approval: one of the desktop, on macOS and
    /// on Linux with a D-Bus session bus (`desktop`), or none (`never`). It names the instance and
    /// the command, and has no words of a mail.
    notify: NotifyPolicy = [], OrDefault(OneOf(&[
        ("desktop", NotifyPolicy::Desktop),
        ("never", NotifyPolicy::Never),
    ]), "desktop");

    /// Minimum severity of logged lines.
    log_level: LogLevel = variables::LOG_LEVEL, OrDefault(OneOf(&[
        ("error", LogLevel::Error),
        ("warn", LogLevel::Warn),
        ("info", LogLevel::Info),
        ("debug", LogLevel::Debug),
    ]), "info");
}

impl Settings {
    /// Returns the settings of the network. Errors about them name `file`.
    pub(crate) fn network(&self, file: &str) -> NetworkOptions {
        fn named<T: Clone>(key: &str, file: &str, value: &Option<T>) -> Option<Configured<T>> {
            let value = value.clone()?;
            let origin = format!("`{key}` in {file}");
            Some(Configured { value, origin })
        }
        NetworkOptions {
            proxy: named("proxy", file, &self.proxy),
            no_proxy: self.no_proxy.clone(),
            ca_file: named("ca_file", file, &self.ca_file),
        }
    }
}
