//! `taid run`: starts the parts of the daemon, reports readiness, waits for a reason to stop, and
//! drains.

use super::{
    app::App,
    ipc::{Listener, ProfileLock},
    logging, notification,
    run_error::RunError,
    service_manager,
    start::Start,
};
use crate::{
    config::{Config, Env, Inputs, taken_password},
    mail::StateFiles,
    os,
};
use secrecy::SecretString;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant, SystemTime},
};
use tai_auth::{
    base_url::Origin,
    credentials::{Source, keyring},
};
use tai_client::{Children, GivenPassword, READY};
use tai_proto::{
    endpoint::Endpoint,
    names::{Profile, Username},
    places::Places,
};
use tokio_util::sync::CancellationToken;

/// Time limit of the last reports to the store of the shared leases.
const LAST_REPORTS: Duration = Duration::from_secs(5);

/// Way in which the daemon was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A person or a service manager started the daemon. It has no idle timeout.
    Foreground,
    /// A client started the daemon (auto-start). It leaves the client's session, logs to its file
    /// only, and exits after the idle timeout.
    ByClient,
}

/// Runs the daemon of `profile`, or of `account`, until it is asked to stop.
///
/// # Errors
/// Any [`RunError`], before the daemon serves its first client, and later [`RunError::LocksLost`].
pub(crate) fn run(
    places: &Places,
    profile: &Profile,
    account: Option<&Username>,
    mode: Mode,
) -> Result<(), RunError> {
    let started = (SystemTime::now(), Instant::now());
    if mode == Mode::ByClient {
        os::leave_client();
    }
    tai_client::harden();
    let env = |name: &str| std::env::var(name);
    // This may re-execute the program, so it precedes every other step.
    let password = match tai_client::take_password(Children::Any) {
        Some(GivenPassword { variable, password }) => {
            let password = password.map(|password| SecretString::from(password.expose()));
            taken_password(&env, variable, password)?
        }
        None => None,
    };
    os::restrict_new_files();
    os::survive_file_limit();
    os::raise_descriptor_limit();
    let inherited = os::manager::inherited_sockets();
    let dir = Some(places.config());
    let (profile, account) = match account {
        None => (profile.clone(), None),
        Some(account) => match account_profile(account, &env, dir)? {
            profile if profile.is_default() => (profile, None),
            profile => (profile, Some(account)),
        },
    };
    let endpoint = Endpoint::of_profile(places, &profile)?;
    let inputs = Inputs {
        env: &env,
        password,
        dir,
        account,
    };
    let config = Config::load(&profile, inputs)?;
    let lock = Arc::new(ProfileLock::take(endpoint.clone())?);
    let log = logging::start(
        config.settings.log_level,
        Some(&logging::dir(places.state(), &profile)),
        mode == Mode::Foreground,
    );
    tracing::info!("🚀 TAI MCP Email Server starting...");
    for note in &config.ignored {
        tracing::warn!("{note}");
    }
    let bridge = Arc::new(config.bridge()?);
    os::check_threads().map_err(RunError::Runtime)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(RunError::Runtime)?;
    let start = Start {
        places: places.clone(),
        endpoint,
        idle_exit: match mode {
            Mode::Foreground => None,
            Mode::ByClient => Some(config.settings.idle_exit),
        },
        config,
        log,
        bridge,
        lock,
        at: started,
    };
    let done = runtime.block_on(serve(start, mode, inherited));
    // Without this, the exit would wait for a keyring that waits to be unlocked.
    runtime.shutdown_timeout(Duration::ZERO);
    let (lock, end) = done?;
    // Nothing writes the records of the profile any more.
    drop(lock);
    end
}

/// Returns the profile that serves a client's account: the default one, if the account and the bridge
/// are its own, else the profile of the account.
fn account_profile(
    account: &Username,
    env: Env<'_>,
    dir: Option<&Path>,
) -> Result<Profile, RunError> {
    let inputs = Inputs {
        env,
        password: None,
        dir,
        account: None,
    };
    let config = Config::load(&Profile::default(), inputs)?;
    let bridge = config.settings.api_base_url.origin();
    let is_own_bridge = config.keyring.as_ref() == Some(&bridge);
    let owner = match config.settings.username.clone() {
        None if is_own_bridge => saved_account(&bridge)?,
        username => username,
    };
    if is_own_bridge && owner.as_ref() == Some(account) {
        return Ok(Profile::default());
    }
    Ok(config.profile_of(account))
}

/// Returns the account of the default profile's entry in the keyring. A keyring that does not answer
/// in the time for which it is asked counts as empty.
fn saved_account(bridge: &Origin) -> Result<Option<Username>, RunError> {
    const LIMIT: Duration = Duration::from_secs(12);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(RunError::Runtime)?;
    let profile = Profile::default();
    let entry = runtime.block_on(async {
        let entry = keyring::load(&profile, bridge);
        tokio::time::timeout(LIMIT, entry).await
    });
    runtime.shutdown_timeout(Duration::ZERO);
    let entry = entry.ok().and_then(Result::ok).flatten();
    Ok(entry.map(|credentials| credentials.username))
}

/// Serves clients until the daemon stops, and drains. Returns the lock and the reason of the end.
async fn serve(
    mut start: Start,
    mode: Mode,
    inherited: Vec<os::InheritedSocket>,
) -> Result<(Arc<ProfileLock>, Result<(), RunError>), RunError> {
    os::notice_children();
    let listener = Listener::open(start.lock.clone(), start.config.policy.sockets(), inherited)?;
    // The session must be the only owner of the password, so that `taid logout` deletes it.
    let empty = Source::Unconfigured { username: None };
    let source = std::mem::replace(&mut start.config.source, empty);
    let files = state_files(&start.endpoint, &start.config)?;
    let app = Arc::new(start.app(source, files));
    announce(&app);
    begin_tasks(&app);
    if mode == Mode::ByClient {
        report(&app);
    }
    service_manager::begin(&app);
    tokio::spawn(stop_at_signal(app.stop.clone()));
    let (clients, idle_exit) = (app.clients.clone(), app.facts.idle_exit);
    let lock = listener
        .serve(app.clone(), clients, idle_exit, app.stop.clone())
        .await;
    let soon = tokio::time::Instant::now() + LAST_REPORTS;
    app.mail.report_leases(soon).await;
    app.session.stop().await;
    tracing::info!("stopped");
    let end = match app.locks.are_lost.load(Ordering::Relaxed) {
        true => Err(RunError::LocksLost),
        false => Ok(()),
    };
    Ok((lock, end))
}

/// Returns the files of the account at the configured bridge.
fn state_files(endpoint: &Endpoint, config: &Config) -> Result<StateFiles, RunError> {
    let (state, profile) = (endpoint.state(), &config.profile);
    let bridge = config.settings.api_base_url.origin();
    StateFiles::at_bridge(state, profile, bridge.as_str()).map_err(|source| RunError::State {
        path: StateFiles::record(state, profile),
        source,
    })
}

/// Starts the tasks about leased and waiting mails.
fn begin_tasks(app: &Arc<App>) {
    let restoring = app.clone();
    tokio::spawn(async move { restoring.mail.restore_held().await });
    let returning = app.clone();
    tokio::spawn(async move { returning.mail.return_unclaimed().await });
    let expiring = app.clone();
    tokio::spawn(async move { expiring.mail.expire_held().await });
    tokio::spawn(notification::run(app.clone()));
}

/// Stops the daemon when a signal asks for it.
async fn stop_at_signal(stop: CancellationToken) {
    match os::stop_signal().await {
        Ok(signal) => tracing::info!(signal, "stopping"),
        Err(error) => tracing::error!(%error, "cannot receive signals; stopping"),
    }
    stop.cancel();
}

/// Returns the journals of a profile in the directory for state: the ledger, the leases, the approvals,
/// the mails that cannot be read.
pub(crate) fn journals(state: &Path, profile: &Profile) -> [PathBuf; 4] {
    let files = StateFiles::of(state, profile);
    let unreadable = StateFiles::unreadable(state, profile);
    [files.ledger, files.leases, files.approvals, unreadable]
}

/// Returns the record of the bridge of a profile in the directory for state.
pub(crate) fn bridge_record(state: &Path, profile: &Profile) -> PathBuf {
    StateFiles::record(state, profile)
}

fn announce(app: &App) {
    if let Some(source) = &app.facts.configured_source {
        tracing::info!(%source, "🔐 Authentication configured");
    } else {
        tracing::info!(
            "no password is configured; using the keyring, then `taid login` or a client"
        );
    }
    // A login at start saves the first client from waiting for it.
    app.session.nudge();
    if let Some(address) = app
        .mail
        .known_address(app.facts.config.settings.instance.as_ref())
    {
        tracing::info!("📧 Instance email: {address}");
    }
    tracing::info!("⚡ taid ready on {}", app.facts.endpoint.socket().display());
}

/// Tells the client that started this daemon that it listens, and closes the output, because the
/// client reads until its end.
fn report(app: &App) {
    let socket = app.facts.endpoint.socket();
    let _ = writeln!(std::io::stdout(), "{READY}{}", socket.display());
    os::close_output();
}
