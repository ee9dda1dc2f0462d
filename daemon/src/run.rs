//! `taid run`: puts the parts together, says that it is ready, waits to be stopped, drains.

use crate::{
    app::App,
    bridge::http::{HttpBridge, SetupError},
    config::{Config, ConfigError},
    ipc::{BindError, Listener, ProfileLock},
    logging,
    mail::MailService,
    os,
    session::Session,
};
use std::{
    sync::Arc,
    time::{Instant, SystemTime},
};
use tai_proto::endpoint::{self, Endpoint, EndpointError};
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
    #[error("the system gives no event loop")]
    Runtime(#[source] std::io::Error),
}

impl RunError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            RunError::Config(error) => error.hint(),
            RunError::Endpoint(EndpointError::Profile(_)) => "Choose another profile name.",
            RunError::Endpoint(_) => {
                "Set HOME, or XDG_RUNTIME_DIR to a directory of your own with a short path."
            }
            RunError::Bind(BindError::AlreadyRunning { .. }) => {
                "Use the one that runs (`taid status`), or stop it first (`taid stop`)."
            }
            RunError::Bind(_) => "Check that the directory is yours and can be written to.",
            RunError::Http(_) => {
                "Check that the system's certificates are installed (package ca-certificates)."
            }
            RunError::Runtime(_) => "Check the limits on processes and open files (`ulimit -a`).",
        }
    }
}

/// Runs the daemon of `profile` until it is asked to stop.
///
/// # Errors
/// Any [`RunError`], before it serves anybody.
pub fn run(profile: &str) -> Result<(), RunError> {
    let started = (SystemTime::now(), Instant::now());
    os::keep_new_files_private();
    let endpoint = Endpoint::of_profile(profile)?;
    let dirs = endpoint::project_dirs();
    let env = |name: &str| std::env::var(name).ok();
    let config = Config::load(profile, &env, dirs.as_ref().map(|dirs| dirs.config_dir()))?;
    let lock = ProfileLock::take(endpoint.clone())?;
    let log = logging::start(
        config.log_level,
        endpoint::state_dir().map(|dir| dir.join("logs")).as_deref(),
    );
    tracing::info!("🚀 TAI MCP Email Server starting...");
    let bridge = Arc::new(HttpBridge::new(
        config.base_url.clone(),
        config.api_timeout,
    )?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(RunError::Runtime)?;
    runtime.block_on(serve(config, endpoint, lock, log, bridge, started))
}

async fn serve(
    config: Config,
    endpoint: Endpoint,
    lock: ProfileLock,
    log: logging::Log,
    bridge: Arc<HttpBridge>,
    started: (SystemTime, Instant),
) -> Result<(), RunError> {
    let listener = Listener::bind(lock)?;
    let session = Session::start(bridge.clone(), config.credentials.clone());
    let (username, user_email) = (config.username.clone(), config.user_email.clone());
    let stop = CancellationToken::new();
    let app = Arc::new(App {
        mail: MailService::new(bridge.clone(), session.clone(), username, user_email),
        endpoint,
        log: log.path.clone(),
        bridge,
        session: session.clone(),
        clients: Arc::default(),
        stop: stop.clone(),
        started,
        config,
    });
    announce(&app);
    tokio::spawn(async move {
        match os::asked_to_stop().await {
            Ok(how) => tracing::info!("stopping: {how}"),
            Err(error) => tracing::error!(%error, "no signals can be received; stopping"),
        }
        stop.cancel();
    });
    listener
        .serve(app.clone(), app.clients.clone(), app.stop.clone())
        .await;
    session.stop().await;
    tracing::info!("stopped");
    Ok(())
}

fn announce(app: &App) {
    if app.config.username.is_some()
        && matches!(
            app.config.credentials,
            crate::session::credentials::Source::Nowhere
        )
    {
        tracing::warn!("a username is configured, but no password: set TAI_MCP_PASSWORD");
    } else if app.config.username.is_none() {
        tracing::warn!("no username is configured: set TAI_MCP_USERNAME and TAI_MCP_PASSWORD");
    } else {
        tracing::info!("🔐 Authentication configured");
        // The first client should not have to wait for the login.
        app.session.nudge();
    }
    if let Ok(address) = app.mail.address(app.config.instance.as_deref()) {
        tracing::info!("📧 Instance email: {address}");
    }
    tracing::info!("⚡ taid ready on {}", app.endpoint.socket().display());
}
