//! The simulated daemon: taid without its sockets. The simulation kills and restarts it.

use super::{
    clock::WorldClock,
    disk::{WorldDisk, copy_synced, length_after_power_failure},
    script::Script,
    transport::WorldTransport,
    world::World,
};
use crate::{
    audit::Audit,
    config::{ActivePolicy, Config, Inputs},
    mail::{MailOptions, MailService, Predecessor, StateFiles, Worker},
    server::app::{App, Facts},
    server::environment::SettingsInForce,
    server::ipc::{
        connection::{Shared, serve_own},
        limits::DoorLimits,
    },
    server::logging::{self, Log},
    server::rules::FileRules,
    server::traffic,
    server::{app::Locks, call_log::CallLog, claims::Claims},
};
use secrecy::SecretString;
use std::{
    collections::HashMap,
    env::VarError,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock},
    time::{Duration, SystemTime},
};
use tai_auth::{bridge::HttpBridge, credentials::Source, session::Session};
use tai_proto::{
    account::Credentials,
    call::Login,
    door::Door,
    endpoint::Endpoint,
    names::{Profile, Username},
    places::Places,
    traffic::Traffic,
};
use tokio::{
    io::{
        AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, duplex, split,
    },
    time::{Instant, sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Handle to the running daemon, if one runs.
#[derive(Clone)]
pub(super) struct Daemon {
    world: Arc<World>,
    dir: Arc<tempfile::TempDir>,
    /// Length of the synced part of each file.
    synced: Arc<Mutex<HashMap<u64, u64>>>,
    now: Arc<Mutex<Option<Running>>>,
    script: Option<Arc<Script>>,
}

struct Running {
    app: Arc<App<WorldTransport>>,
    dead: CancellationToken,
    tasks: TaskTracker,
    number: u64,
    keys: u64,
}

impl Daemon {
    pub(super) fn new(world: Arc<World>, script: Option<Arc<Script>>) -> Self {
        crate::os::restrict_new_files();
        let dir = tempfile::tempdir_in(fast()).unwrap();
        let daemon = Self {
            world,
            dir: Arc::new(dir),
            synced: Arc::default(),
            now: Arc::default(),
            script,
        };
        daemon.start(0);
        daemon
    }

    fn now(&self) -> MutexGuard<'_, Option<Running>> {
        self.now.lock().unwrap()
    }

    fn state(&self, number: u64) -> PathBuf {
        self.dir.path().join(number.to_string())
    }

    /// Copies the files of a daemon for its successor.
    fn copy(&self, number: u64, power_failed: bool) {
        let (from, to) = (self.state(number), self.state(number + 1));
        crate::os::private_dir(&to).unwrap();
        for entry in std::fs::read_dir(from).into_iter().flatten() {
            let entry = entry.unwrap();
            let copy = to.join(entry.file_name());
            std::fs::copy(entry.path(), &copy).unwrap();
            let meta = entry.metadata().unwrap();
            copy_synced(&self.synced, &meta, &std::fs::metadata(&copy).unwrap());
            if power_failed {
                let length = length_after_power_failure(&self.world, &self.synced, &meta);
                let copy = std::fs::File::options().write(true).open(&copy).unwrap();
                copy.set_len(length).unwrap();
            }
        }
    }

    fn start(&self, number: u64) {
        let disk = WorldDisk {
            world: self.world.clone(),
            synced: self.synced.clone(),
        };
        let (world, script) = (&self.world, self.script.clone());
        let running = Running::new(world, &self.state(number), number, disk, script);
        running.app.session.nudge();
        let app = running.app.clone();
        tokio::spawn(async move { app.mail.return_unclaimed().await });
        *self.now() = Some(running);
    }

    /// Kills the daemon. Its successor starts after a moment with the files that it left.
    pub(super) async fn crash(&self) {
        let Some(running) = self.now().take() else {
            return;
        };
        self.world.note("taid is killed");
        self.succeed(&running, 2_000, false).await;
    }

    /// Kills the daemon and removes a part of what was not synced. The caller kills the clients.
    pub(super) async fn lose_power(&self) {
        let Some(running) = self.now().take() else {
            return;
        };
        self.world.note("the power fails");
        self.succeed(&running, 2_000, true).await;
    }

    /// Starts the successor of `before` after a moment, with a copy of its files. Remaining tasks of
    /// `before` write to the original files, which no daemon reads.
    async fn succeed(&self, before: &Running, below_ms: u64, power_failed: bool) {
        let number = before.number;
        if power_failed || self.world.was_disk_full() {
            self.world.forgive_deliveries();
        }
        self.copy(number, power_failed);
        before.dead.cancel();
        if power_failed {
            self.world.reboot();
        }
        sleep(self.world.moment(below_ms)).await;
        self.world.set_signed_out(false);
        self.start(number + 1);
    }

    /// Stops the daemon, which drains. Its successor starts with the same files.
    pub(super) async fn restart(&self) {
        let (app, tasks) = match &*self.now() {
            Some(running) => (running.app.clone(), running.tasks.clone()),
            None => return,
        };
        self.world.note("taid is stopped");
        app.stop.cancel();
        tasks.close();
        let _ = timeout(Duration::from_secs(10), tasks.wait()).await;
        app.session.stop().await;
        let Some(running) = self.now().take() else {
            return;
        };
        self.succeed(&running, 500, false).await;
    }

    /// Signs out, and in again after a while, as a person does.
    pub(super) async fn sign_out_and_in(&self) {
        let Some((app, number)) = self.now().as_ref().map(|now| (now.app.clone(), now.number))
        else {
            return;
        };
        let deadline = Instant::now() + Duration::from_secs(10);
        if app.session.sign_out(None, deadline).await.is_ok() && self.is(number) {
            self.world.note("signed out");
            self.world.set_signed_out(true);
            if app.session.snapshot().phase.token().is_some() {
                self.world
                    .record_violation("there is a token after logout".into());
            }
        }
        sleep(self.world.moment(5_000)).await;
        self.sign_in().await;
    }

    /// Signs in, as a person does.
    pub(super) async fn sign_in(&self) {
        let Some(app) = self.now().as_ref().map(|now| now.app.clone()) else {
            return;
        };
        self.world.set_signed_out(false);
        let login = Login {
            credentials: Credentials {
                username: Username::new("alice").unwrap(),
                password: tai_proto::Secret::new("sandbox-password".to_owned()),
            },
            save: false,
        };
        let deadline = Instant::now() + Duration::from_secs(60);
        let _ = app.login(login, deadline).await;
    }

    /// Returns whether a daemon runs.
    pub(super) fn runs(&self) -> bool {
        self.now().is_some()
    }

    fn is(&self, number: u64) -> bool {
        self.now().as_ref().is_some_and(|now| now.number == number)
    }

    /// Returns the records of the running daemon.
    pub(super) fn traffic(&self) -> Traffic {
        let app = self.now().as_ref().map(|now| now.app.clone());
        app.map(|app| traffic::of(&app)).unwrap_or_default()
    }

    /// Connects to the running daemon; `None` if none runs. Cancelling `killed` cuts the connection.
    pub(super) fn connect(&self, door: Door, killed: &CancellationToken) -> Option<DuplexStream> {
        let mut now = self.now();
        let running = now.as_mut().filter(|now| !now.app.stop.is_cancelled())?;
        running.keys += 1;
        let (near, far) = duplex(4096);
        let (inner, outer) = duplex(4096);
        let shared = Shared {
            limits: Arc::new(DoorLimits::of(&door)),
            door,
            service: running.app.clone(),
            key: running.keys,
            clients: running.app.clients.clone(),
            stop: running.app.stop.clone(),
            tasks: running.tasks.clone(),
        };
        running.tasks.spawn(serve_own(shared, Some(1), inner));
        let cut = [killed.clone(), running.dead.clone()];
        let ((from, to), (back, forth)) = (split(far), split(outer));
        relay(&self.world, from, forth, cut.clone());
        relay(&self.world, back, to, cut);
        Some(near)
    }
}

impl Running {
    fn new(
        world: &Arc<World>,
        state: &Path,
        number: u64,
        disk: WorldDisk,
        script: Option<Arc<Script>>,
    ) -> Self {
        let env = |name: &str| match name {
            "TAI_MCP_USERNAME" => Ok("alice".to_owned()),
            "TAI_MCP_API_BASE_URL" => Ok("http://127.0.0.1:1".to_owned()),
            _ => Err(VarError::NotPresent),
        };
        let password = SecretString::from("sandbox-password");
        let inputs = Inputs {
            env: &env,
            password: Some(("TAI_MCP_PASSWORD", password)),
            dir: None,
            account: None,
        };
        let mut config = Config::load(&Profile::default(), inputs).unwrap();
        let dead = CancellationToken::new();
        let transport = WorldTransport {
            world: world.clone(),
            daemon: number,
            dead: dead.clone(),
            script,
        };
        let base = config.settings.api_base_url.clone();
        let limit = config.settings.api_timeout;
        let bridge = Arc::new(HttpBridge::with_transport(transport, base, limit));
        let clock = Arc::new(WorldClock(world.clone()));
        let empty = Source::Unconfigured { username: None };
        let source = std::mem::replace(&mut config.source, empty);
        let session = Session::start_with_clock(bridge.clone(), source, clock.clone());
        let policy = Arc::new(ActivePolicy::new(std::mem::take(&mut config.policy)));
        let stop = CancellationToken::new();
        let app = App {
            mail: MailService::new(
                bridge.clone(),
                session.clone(),
                Worker::inside(),
                MailOptions {
                    default_recipient: None,
                    confirm: world.confirm(),
                    policy: policy.clone(),
                    poll_interval: config.settings.poll_interval,
                    files: Some(StateFiles {
                        leases: state.join("undelivered"),
                        ledger: state.join("sends"),
                        approvals: state.join("approvals"),
                        held: state.join("held"),
                        predecessor: Predecessor::SameBridge,
                    }),
                    disk: Arc::new(disk),
                    clock,
                    keys: None,
                    stop: stop.clone(),
                    shared: None,
                },
            ),
            calls: CallLog::new(bridge.created()),
            bridge,
            session,
            clients: Arc::default(),
            logins: Arc::default(),
            claims: Claims::default(),
            locks: Locks::default(),
            audit: Audit::nowhere(),
            signed_out: Mutex::default(),
            stop,
            policy,
            rules: FileRules::new(config.stamp.clone()),
            in_force: SettingsInForce::new(Vec::new()),
            facts: Facts {
                places: Places::at(state),
                configured_source: Some("the simulation".to_owned()),
                endpoint: Endpoint::in_dir(state, state, &Profile::default()).unwrap(),
                log: log(),
                started_at: SystemTime::UNIX_EPOCH,
                started: std::time::Instant::now(),
                idle_exit: None,
                config,
            },
        };
        Self {
            app: Arc::new(app),
            dead,
            tasks: TaskTracker::new(),
            number,
            keys: 0,
        }
    }
}

/// Copies one direction of a connection in random pieces with random delays, until one of its ends
/// is gone.
pub(super) fn relay(
    world: &Arc<World>,
    mut from: impl AsyncRead + Unpin + Send + 'static,
    mut to: impl AsyncWrite + Unpin + Send + 'static,
    cut: [CancellationToken; 2],
) {
    let world = world.clone();
    tokio::spawn(async move {
        let [one, other] = cut;
        let copy = async {
            let mut piece = [0; 512];
            loop {
                let most = 1 + world.draw(piece.len() as u64) as usize;
                let Ok(n @ 1..) = from.read(&mut piece[..most]).await else {
                    return;
                };
                if world.happens(30) {
                    sleep(world.moment(30)).await;
                }
                if to.write_all(&piece[..n]).await.is_err() {
                    return;
                }
            }
        };
        tokio::select! {
            biased;
            () = one.cancelled() => {}
            () = other.cancelled() => {}
            () = copy => {}
        }
        let _ = to.shutdown().await;
    });
}

/// Returns a directory for frequent writes, in memory if the system has one.
fn fast() -> PathBuf {
    let shm = Path::new("/dev/shm");
    match shm.is_dir() {
        true => shm.to_owned(),
        false => std::env::temp_dir(),
    }
}

/// Returns the log that all simulated daemons share. It discards every line.
fn log() -> Arc<Log> {
    static LOG: OnceLock<Arc<Log>> = OnceLock::new();
    let new = || Arc::new(logging::start(crate::config::LogLevel::Error, None, false));
    LOG.get_or_init(new).clone()
}
