//! What the service manager hears of a running daemon, and what it can ask for: that the
//! configuration is read anew.

use crate::{
    config::Config,
    os::{
        self,
        manager::{self, Notification},
    },
    server::app::App,
};
use std::sync::Arc;
use tai_auth::session::Phase;
use tokio::time::{interval, sleep};

/// Tells the manager that the daemon serves, and from then on how it is.
pub(crate) fn begin(app: &Arc<App>) {
    if !manager::is_present() {
        return;
    }
    manager::notify(Notification::Ready);
    tokio::spawn(report(app.clone()));
    tokio::spawn(reload(app.clone()));
    if let Some(every) = manager::watchdog_interval() {
        tokio::spawn(async move {
            // On the one thread that everything runs on: when that hangs, nothing is told.
            let mut beat = interval(every);
            loop {
                beat.tick().await;
                manager::notify(Notification::Alive);
            }
        });
    }
}

/// Tells how the session is, whenever that changes.
async fn report(app: Arc<App>) {
    let mut changes = app.session.changes();
    let mut said = String::new();
    loop {
        let words = {
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
        if words != said {
            manager::notify(Notification::Status(&words));
            said = words;
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// Reads the configuration anew when the manager asks for it, and takes over what can change
/// while it runs. One that cannot be used changes nothing.
async fn reload(app: Arc<App>) {
    loop {
        os::reload_signal().await;
        manager::notify(Notification::Reloading);
        match Config::of_this_process(&app.facts.config.profile) {
            Ok(config) => {
                app.policy.replace(config.tools);
                app.mail.set_confirm_policy(config.settings.confirm_send);
                tracing::info!(
                    "confirm_send and [instances.*] are taken from the configuration anew"
                );
            }
            Err(error) => {
                let error = tai_auth::chain(&error);
                tracing::error!("the configuration is as it was: {error}");
                manager::notify(Notification::Status(&format!(
                    "the configuration is as it was: {error}"
                )));
            }
        }
        manager::notify(Notification::Ready);
        // A manager gone wild is not followed at any speed.
        sleep(std::time::Duration::from_millis(100)).await;
    }
}
