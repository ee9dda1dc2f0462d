//! The parts of a daemon that starts, before its session and its mail service exist.

use super::{
    account_lock::{AccountLocks, Exclusive},
    app::{App, Facts, Locks},
    call_log::CallLog,
    claims::Claims,
    environment::SettingsInForce,
    held_key::KeyringKey,
    ipc::ProfileLock,
    lease_store, logging,
    rules::FileRules,
};
use crate::{
    audit::Audit,
    config::{ActivePolicy, Config},
    mail::{MailOptions, MailService, StateFiles, Worker},
};
use std::{
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant, SystemTime},
};
use tai_auth::{bridge::HttpBridge, credentials::Source, session::Session};
use tai_proto::{endpoint::Endpoint, places::Places};
use tokio_util::sync::CancellationToken;

/// The parts of a daemon that starts.
pub(super) struct Start {
    pub(super) places: Places,
    pub(super) endpoint: Endpoint,
    pub(super) config: Config,
    /// The idle timeout of an auto-started daemon.
    pub(super) idle_exit: Option<Duration>,
    pub(super) log: logging::Log,
    pub(super) bridge: Arc<HttpBridge>,
    pub(super) lock: Arc<ProfileLock>,
    /// The time of the start, by both clocks.
    pub(super) at: (SystemTime, Instant),
}

impl Start {
    /// Opens the parts of the daemon, and starts the session with this credential source.
    pub(super) fn app(self, source: Source, files: StateFiles) -> App {
        let Self {
            places,
            endpoint,
            mut config,
            idle_exit,
            log,
            bridge,
            lock,
            at: (started_at, started),
        } = self;
        let configured_source = match &source {
            Source::Unconfigured { .. } | Source::Keyring { .. } => None,
            source => Some(source.to_string()),
        };
        let accounts = Arc::new(AccountLocks::new(endpoint.state(), endpoint.profile()));
        let issuer = Exclusive::new(bridge.clone(), accounts.clone());
        let session = Session::start(Arc::new(issuer), source);
        let stop = CancellationToken::new();
        let policy = Arc::new(ActivePolicy::new(std::mem::take(&mut config.policy)));
        let mail = MailService::new(
            bridge.clone(),
            session.clone(),
            Worker::new(Some(StateFiles::unreadable(
                endpoint.state(),
                &config.profile,
            ))),
            MailOptions {
                default_recipient: config.settings.user_email.clone(),
                confirm: config.settings.confirm_send,
                policy: policy.clone(),
                poll_interval: config.settings.poll_interval,
                files: Some(files),
                keys: Some(Box::new(KeyringKey::new(config.profile.clone()))),
                stop: stop.clone(),
                shared: lease_store::of(&config),
                ..MailOptions::default()
            },
        );
        App {
            mail,
            calls: CallLog::new(bridge.created()),
            bridge,
            session,
            clients: Arc::default(),
            logins: Arc::default(),
            claims: Claims::default(),
            locks: Locks {
                profile: Some(lock),
                accounts: Some(accounts),
                are_lost: AtomicBool::new(false),
            },
            audit: Audit::open(endpoint.state(), &config.profile),
            signed_out: std::sync::Mutex::default(),
            stop,
            policy,
            rules: FileRules::new(config.stamp.clone()),
            in_force: SettingsInForce::new(config.changed.clone()),
            facts: Facts {
                places,
                configured_source,
                endpoint,
                log: Arc::new(log),
                started_at,
                started,
                idle_exit,
                config,
            },
        }
    }
}
