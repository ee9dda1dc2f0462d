//! `taid run`: puts the parts together, says that it is ready, waits to be stopped, drains.

use crate::{
    config::{ActivePolicy, Config, ConfigError, Inputs},
    mail::{MailOptions, MailService, StateFiles},
    os,
    server::app::{App, Facts},
    server::ipc::{BindError, Listener, ProfileLock},
    server::logging,
    server::service_manager,
};
use secrecy::SecretString;
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use tai_auth::{
    bridge::{HttpBridge, SetupError},
    credentials::Source,
    session::Session,
};
use tai_proto::{
    endpoint::{self, Endpoint, EndpointError},
    names::Profile,
};
use tokio_util::sync::CancellationToken;

/// Why the daemon did not start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error(transparent)]
    Http(#[from] SetupError),
    #[error("cannot start the async runtime")]
    Runtime(#[source] std::io::Error),
}

impl RunError {
    /// Whether another daemon holds the profile's lock.
    pub fn is_already_running(&self) -> bool {
        matches!(self, RunError::Bind(BindError::AlreadyRunning { .. }))
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            RunError::Config(error) => error.hint(),
            RunError::Endpoint(_) => {
                "Set HOME, or XDG_RUNTIME_DIR to a directory of your own with a short path."
            }
            RunError::Bind(BindError::AlreadyRunning { .. }) => {
                "Use the one that runs (`taid status`), or stop it first (`taid stop`)."
            }
            RunError::Bind(BindError::Taken { .. }) => {
                "systemd listens there, most likely: then it starts taid by itself. `systemctl --user stop taid.socket` ends that."
            }
            RunError::Bind(BindError::OtherSocket { .. }) => {
                "Check ListenStream= in the socket unit, and the profile."
            }
            RunError::Bind(_) => "Check that the directory is yours and can be written to.",
            RunError::Http(_) => {
                "Check that the system's certificates are installed (package ca-certificates)."
            }
            RunError::Runtime(_) => "Check the limits on processes and open files (`ulimit -a`).",
        }
    }
}

/// How the daemon was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By a person or a service manager, who ends it, too.
    Foreground,
    /// By a client that found none. It leaves the client's session, writes to its log alone,
    /// and ends when it was idle for a while.
    ByClient,
}

/// Runs the daemon of `profile` until it is asked to stop.
///
/// # Errors
/// Any [`RunError`], before it serves anybody.
pub fn run(profile: &Profile, mode: Mode) -> Result<(), RunError> {
    let started = (SystemTime::now(), Instant::now());
    if mode == Mode::ByClient {
        os::leave_session();
    }
    tai_client::harden();
    // First of all, because it may begin the program anew.
    let password = tai_client::take_password()
        .map(|given| (given.variable, SecretString::from(given.password.expose())));
    os::restrict_new_files();
    let given = os::manager::inherited_socket();
    let endpoint = Endpoint::of_profile(profile)?;
    let dirs = endpoint::project_dirs();
    let env = |name: &str| std::env::var(name).ok();
    let inputs = Inputs {
        env: &env,
        password,
        dir: dirs.as_ref().map(|dirs| dirs.config_dir()),
    };
    let config = Config::load(profile.as_str(), inputs)?;
    let lock = ProfileLock::take(endpoint.clone())?;
    let log = logging::start(
        config.settings.log_level,
        logging::dir(profile.as_str()).as_deref(),
        mode == Mode::Foreground,
    );
    tracing::info!("🚀 TAI MCP Email Server starting...");
    let bridge = Arc::new(HttpBridge::new(
        config.settings.api_base_url.clone(),
        config.settings.api_timeout,
    )?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(RunError::Runtime)?;
    let done = runtime.block_on(serve(
        config,
        mode,
        endpoint,
        (lock, given),
        log,
        bridge,
        started,
    ));
    // A keyring that waits to be unlocked is not waited for.
    runtime.shutdown_timeout(Duration::ZERO);
    done
}

async fn serve(
    mut config: Config,
    mode: Mode,
    endpoint: Endpoint,
    (lock, given): (ProfileLock, Option<os::InheritedSocket>),
    log: logging::Log,
    bridge: Arc<HttpBridge>,
    started: (SystemTime, Instant),
) -> Result<(), RunError> {
    let listener = match given {
        Some(socket) => Listener::given(lock, socket)?,
        None => Listener::bind(lock)?,
    };
    // The session alone holds the password, so that it alone has to forget it.
    let nowhere = Source::Unconfigured { username: None };
    let source = std::mem::replace(&mut config.source, nowhere);
    let configured_source = match &source {
        Source::Unconfigured { .. } | Source::Keyring { .. } => None,
        source => Some(source.to_string()),
    };
    let session = Session::start(bridge.clone(), source);
    let stop = CancellationToken::new();
    let idle_exit = match mode {
        Mode::Foreground => None,
        Mode::ByClient => Some(config.settings.idle_exit),
    };
    let app = Arc::new(App {
        mail: MailService::new(
            bridge.clone(),
            session.clone(),
            MailOptions {
                default_recipient: config.settings.user_email.clone(),
                confirm: config.settings.confirm_send,
                poll_interval: config.settings.poll_interval,
                files: state_files(&config.profile),
                ..MailOptions::default()
            },
        ),
        bridge,
        session: session.clone(),
        clients: Arc::default(),
        stop: stop.clone(),
        policy: ActivePolicy::new(std::mem::take(&mut config.tools)),
        facts: Facts {
            profile: endpoint.profile().clone(),
            instance: config.settings.instance.clone(),
            configured_source,
            endpoint,
            log: Arc::new(log),
            started_at: started.0,
            started: started.1,
            idle_exit,
            config,
        },
    });
    announce(&app);
    service_manager::begin(&app);
    tokio::spawn(async move {
        match os::stop_signal().await {
            Ok(how) => tracing::info!("stopping: {how}"),
            Err(error) => tracing::error!(%error, "no signals can be received; stopping"),
        }
        os::manager::notify(os::manager::Notification::Stopping);
        stop.cancel();
    });
    listener
        .serve(
            app.clone(),
            app.clients.clone(),
            idle_exit,
            app.stop.clone(),
        )
        .await;
    session.stop().await;
    tracing::info!("stopped");
    Ok(())
}

/// The files of this profile that outlive the daemon.
fn state_files(profile: &str) -> Option<StateFiles> {
    let dir = endpoint::state_dir()?;
    Some(StateFiles {
        leases: dir.join(format!("undelivered-{profile}")),
        ledger: dir.join(format!("sends-{profile}")),
    })
}

fn announce(app: &App) {
    if let Some(source) = &app.facts.configured_source {
        tracing::info!("🔐 Authentication configured: the password comes from {source}");
    } else {
        tracing::info!(
            "no password is configured here; the keyring is asked, then `taid login` and clients"
        );
    }
    // The first client should not have to wait for the login.
    app.session.nudge();
    if let Some(address) = app.mail.known_address(app.facts.instance.as_ref()) {
        tracing::info!("📧 Instance email: {address}");
    }
    tracing::info!("⚡ taid ready on {}", app.facts.endpoint.socket().display());
}
