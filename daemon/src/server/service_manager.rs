//! The daemon's side of the service manager: readiness, status text, watchdog, and reload of the
//! configuration.

use super::app::App;
use crate::os::{
    self,
    manager::{self, Notification},
};
use std::sync::Arc;
use tai_auth::session::Phase;
use tokio::time::{interval, sleep};

/// Notifies the manager that the daemon is ready, and starts the tasks for status, reload and
/// watchdog. Without a manager it does nothing.
pub(crate) fn begin(app: &Arc<App>) {
    if !manager::is_present() {
        return;
    }
    // From the notification on, a request for a reload counts.
    let requests = os::Reloads::new();
    manager::notify(Notification::Ready);
    tokio::spawn(report(app.clone()));
    tokio::spawn(reload(app.clone(), requests));
    let stop = app.stop.clone();
    tokio::spawn(async move {
        stop.cancelled().await;
        manager::notify(Notification::Stopping);
    });
    if let Some(every) = manager::watchdog_interval() {
        tokio::spawn(async move {
            // The task shares the daemon's only thread, so a hanging daemon sends no heartbeat.
            let mut beat = interval(every);
            loop {
                beat.tick().await;
                manager::notify(Notification::Alive);
            }
        });
    }
}

/// Reports each change of the session's state.
async fn report(app: Arc<App>) {
    let mut changes = app.session.changes();
    let mut last = String::new();
    loop {
        let text = {
            let snapshot = changes.borrow_and_update();
            match &snapshot.phase {
                Phase::Live { token, .. } => format!("signed in as {}", token.username()),
                Phase::SigningIn => match &snapshot.username {
                    Some(username) => format!("signing in as {username}"),
                    None => "signing in".to_owned(),
                },
                Phase::Waiting { error, .. } => format!("not signed in: {error}"),
                Phase::SignedOut(_) => "not signed in".to_owned(),
            }
        };
        if text != last {
            manager::notify(Notification::Status(&text));
            last = text;
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// Reads the configuration again when the manager asks for it, as the next call does after a change.
async fn reload(app: Arc<App>, mut requests: os::Reloads) {
    loop {
        requests.next().await;
        manager::notify(Notification::Reloading);
        if let Err(error) = app.reload_rules().await {
            manager::notify(Notification::Status(&format!("reload failed: {error}")));
        }
        manager::notify(Notification::Ready);
        // Limits the rate of reloads.
        sleep(std::time::Duration::from_millis(100)).await;
    }
}
