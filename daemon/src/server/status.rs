//! Collects the values of `taid status` from the parts of the daemon. It opens and writes
//! failing journals again, as their next record would, and changes nothing else.

use super::{app::App, environment, ipc::Caller};
use crate::{
    audit::Head,
    fault,
    mail::{JournalError, Recorded, SkippedLines, StoreState},
    time::rfc3339,
};
use std::time::SystemTime;
use tai_auth::{
    bridge::transport::Transport,
    session::{
        Phase, Renewal, SignedOut, Snapshot,
        clock::{Deadline, Now},
        error::SessionError,
    },
};
use tai_proto::{
    Audience,
    approval::{GoneMail, GoneState},
    hello::PROTOCOL,
    message::Role,
    names::{Instance, Username},
    status::*,
};

/// Returns the current status. A confined caller gets what concerns its own instance only.
pub(crate) fn of<T: Transport>(app: &App<T>, caller: &Caller) -> Status {
    let status = of_all(app, caller);
    match caller.is_confined {
        true => confined(status, caller.instance()),
        false => status,
    }
}

/// Leaves out what a caller that is confined to an instance need not know: files, settings, and the
/// mail and the clients of other instances.
fn confined(status: Status, own: Option<&Instance>) -> Status {
    let Status {
        schema,
        daemon,
        environment: _,
        account,
        session,
        bridge,
        reader,
        shared_leases: _,
        unknown_sends: _,
        held,
        lost,
        rules,
        failing_files,
        damaged_files,
        audit: _,
        mut clients,
        clients_left_out: _,
        confined: _,
    } = status;
    let name = own.map(Instance::as_str);
    clients.retain(|client| client.instance.as_deref() == name);
    Status {
        schema,
        daemon: DaemonStatus {
            socket: String::new(),
            log: String::new(),
            ..daemon
        },
        environment: EnvironmentStatus::default(),
        account: AccountStatus {
            source: None,
            ..account
        },
        session,
        bridge,
        reader,
        shared_leases: None,
        unknown_sends: Vec::new(),
        held,
        lost,
        rules,
        failing_files: failing_files.into_iter().map(without_path).collect(),
        damaged_files: (damaged_files.into_iter())
            .map(|file| DamagedFile {
                path: String::new(),
                ..file
            })
            .collect(),
        audit: AuditStatus::default(),
        clients,
        clients_left_out: 0,
        confined: true,
    }
}

/// Returns the status of the daemon. An agent gets its own address, and is told of its own mails
/// that wait or were lost: it did not write those of other instances. It gets no rule of another
/// instance.
fn of_all<T: Transport>(app: &App<T>, caller: &Caller) -> Status {
    let snapshot = app.session.snapshot();
    let address = |instance: Option<&Instance>| {
        app.mail
            .known_address(instance)
            .map(|address| address.to_string())
    };
    let own = match &caller.role {
        Role::Agent { instance } => instance.as_ref(),
        Role::Person => app.facts.config.settings.instance.as_ref(),
    };
    let is_shown = |of: Option<&Instance>| match &caller.role {
        Role::Agent { instance } => of == instance.as_ref(),
        Role::Person => true,
    };
    let (mut clients, clients_left_out) = app.clients.rows(MAX_CLIENTS);
    for client in &mut clients {
        let instance = client
            .instance
            .as_deref()
            .and_then(|name| name.parse().ok());
        client.address = address(instance.as_ref());
    }
    Status {
        schema: SCHEMA,
        daemon: daemon(app),
        environment: environment::of(&app.in_force, &app.facts.places),
        account: AccountStatus {
            username: snapshot.username.as_ref().map(Username::to_string),
            address: address(own),
            can_sign_in_again: app.successor_can_sign_in(),
            source: snapshot.source.as_deref().map(str::to_owned),
        },
        session: session(app, snapshot, caller.is_confined),
        bridge: bridge(app),
        reader: reader(app),
        shared_leases: app.mail.store_state().map(shared_leases),
        unknown_sends: (app.mail.unknown_sends().into_iter())
            .map(|(at, digest)| UnknownSend {
                at: rfc3339(at),
                digest: digest.to_string(),
            })
            .collect(),
        held: app.mail.held_of(is_shown),
        lost: (app.mail.lost_held().into_iter())
            .filter(|mail| is_shown(mail.instance.as_ref()))
            .map(lost)
            .collect(),
        // The reason may quote a rule of another instance.
        rules: (app.rules.problem()).map(|problem| match &caller.role {
            Role::Agent { .. } => fault::UNUSABLE_RULES.to_owned(),
            Role::Person => problem,
        }),
        failing_files: (app.mail.failing_journals().iter())
            .map(failing_file)
            .collect(),
        damaged_files: (app.mail.skipped_lines().iter())
            .map(damaged_file)
            .collect(),
        audit: audit(app.audit.head()),
        clients,
        clients_left_out,
        confined: false,
    }
}

fn daemon<T: Transport>(app: &App<T>) -> DaemonStatus {
    let facts = &app.facts;
    let log = facts.log.path.as_deref();
    DaemonStatus {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: PROTOCOL,
        pid: std::process::id(),
        profile: facts.config.profile.to_string(),
        started_at: rfc3339(facts.started_at),
        uptime_s: facts.started.elapsed().as_secs(),
        socket: facts.endpoint.socket().display().to_string(),
        log: log
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
        log_dropped: facts.log.dropped(),
        idle_exit_s: facts.idle_exit.map(|limit| limit.as_secs()),
        stays_for: app.stay_reasons(),
        draining: app.stop.is_cancelled(),
    }
}

fn shared_leases(state: StoreState) -> SharedLeasesStatus {
    let (answers, error) = match state {
        StoreState::Unknown => (None, None),
        StoreState::Answers => (Some(true), None),
        StoreState::Fails(error) => (Some(false), Some(error.to_string())),
    };
    SharedLeasesStatus { answers, error }
}

fn lost(mail: GoneMail) -> LostMail {
    LostMail {
        number: mail.number,
        since: mail.since.to_string(),
        digest: mail.digest.to_string(),
        maybe_sent: mail.state == GoneState::LostMaybeSent,
    }
}

fn audit(head: Head) -> AuditStatus {
    AuditStatus {
        path: head.path.map(|path| path.display().to_string()),
        lines: head.n,
        head: head.digest,
        error: head.error,
    }
}

/// Returns the wall time at which a moment comes, also after the wall clock was set back.
fn expected(at: Deadline, now: Now) -> SystemTime {
    at.wall().min(now.wall + at.until(now))
}

fn session<T: Transport>(app: &App<T>, snapshot: Snapshot, is_confined: bool) -> SessionStatus {
    // A session that signs in has got the credentials that it lacked.
    let is_over = |error: &SessionError| {
        matches!(error, SessionError::NoCredentials | SessionError::NoKeyring)
            && matches!(snapshot.phase, Phase::SigningIn)
    };
    let last_error = snapshot.stats.last_error.as_ref();
    let last_error = last_error.filter(|(_, error)| !is_over(error));
    let last_error = last_error.map(|(at, error)| {
        let fault = fault::of_session(error, &snapshot, app.session.now());
        let fault = match is_confined {
            true => fault::confined_login(fault, error),
            false => fault,
        };
        let fault = fault.for_profile(&app.facts.config.profile);
        LastError {
            at: rfc3339(*at),
            what: fault.what.into_string(),
            why: fault.why.into_string(),
            hint: fault.hint.render(Audience::Person),
            hint_for_agents: fault.hint.render(Audience::Agent),
        }
    });
    let Snapshot { phase, stats, .. } = snapshot;
    let now = app.session.now();
    let shown = |at: Deadline| rfc3339(expected(at, now));
    let token = phase.token();
    let (state, renewal) = match &phase {
        Phase::SignedOut(SignedOut::LoggedOut) => (SessionState::LoggedOut, None),
        Phase::SignedOut(SignedOut::NotYet | SignedOut::NoCredentials(..) | SignedOut::Stopped) => {
            (SessionState::SignedOut, None)
        }
        Phase::SigningIn => (SessionState::SigningIn, None),
        Phase::Live { renewal, .. } => (SessionState::Live, Some(*renewal)),
        Phase::Waiting { .. } => (SessionState::Waiting, None),
    };
    let renews_at = match &phase {
        Phase::Live {
            token,
            renewal: Renewal::Scheduled,
        } => Some(shown(token.renews())),
        _ => None,
    };
    SessionStatus {
        state,
        token_expires_at: token.map(|token| shown(token.expires())),
        renews_at,
        renewing: renewal == Some(Renewal::InFlight),
        retry_at: phase.retry_at().map(shown),
        logins: stats.logins,
        renewals: stats.renewals,
        failed_logins: stats.failed_logins,
        failed_renewals: stats.failed_renewals,
        rejected_tokens: stats.rejected_tokens,
        last_error,
    }
}

fn failing_file((recorded, error): &(Recorded, JournalError)) -> FailingFile {
    let effect = match recorded {
        Recorded::Sends => "no mail is sent",
        Recorded::Marks => "no fetched mail is marked as read",
        Recorded::Approvals => "no mail can wait for approval",
        Recorded::Crashes => "a mail that crashed the reader is tried again after each start",
    };
    FailingFile {
        path: error.path.display().to_string(),
        effect: effect.to_owned(),
        why: error.why.clone(),
        hint: fault::journal_remedy(error),
    }
}

fn damaged_file((recorded, lines): &(Recorded, SkippedLines)) -> DamagedFile {
    let (effect, hint) = match recorded {
        Recorded::Sends => (
            "a mail of the last day may be sent a second time",
            "see whether a mail of the last day arrived before it is sent again",
        ),
        Recorded::Marks => (
            "a mail that counts as read may have reached no client",
            "look through the read mails of the last days with `taid inbox --all`",
        ),
        Recorded::Approvals => (
            "a mail that waited for approval may be lost",
            "see which mails wait with `taid approve`, and have a missing one submitted again",
        ),
        Recorded::Crashes => (
            "a mail that crashed the reader may be tried once more",
            "do nothing",
        ),
    };
    let hint = match lines.unknown {
        0 => hint.to_owned(),
        _ => format!("start the newer taid again, which reads its lines; until then, {hint}"),
    };
    DamagedFile {
        path: lines.path.display().to_string(),
        damaged: lines.damaged,
        unknown: lines.unknown,
        effect: effect.to_owned(),
        hint,
    }
}

/// Leaves out the path.
fn without_path(file: FailingFile) -> FailingFile {
    FailingFile {
        path: String::new(),
        hint: fault::DOCTOR_THERE.to_owned(),
        ..file
    }
}

fn reader<T: Transport>(app: &App<T>) -> ReaderStatus {
    let stats = app.mail.worker_stats();
    let names = |missing: Vec<&'static str>| missing.into_iter().map(str::to_owned).collect();
    ReaderStatus {
        pid: stats.pid,
        starts: stats.starts,
        mails: stats.answered,
        failures: stats.failed,
        unconfined: stats
            .confinement
            .map(|confinement| names(confinement.missing())),
        error: stats.broken,
    }
}

fn bridge<T: Transport>(app: &App<T>) -> BridgeStatus {
    let metrics = app.bridge.metrics();
    let limited = app.bridge.rate_limited_until().map(|until| {
        let left = until.saturating_duration_since(tokio::time::Instant::now());
        rfc3339(SystemTime::now() + left)
    });
    BridgeStatus {
        url: app.facts.config.settings.api_base_url.to_string(),
        requests: metrics.requests,
        retries: metrics.retries,
        unauthorized: metrics.unauthorized,
        forbidden: metrics.forbidden,
        rate_limited: metrics.rate_limited,
        unanswered: metrics.unanswered,
        reachable: metrics.reachable,
        failing: metrics.failing,
        clock_ahead_s: metrics.clock_ahead_s,
        latency_us: metrics
            .latency
            .and_then(|took| u64::try_from(took.as_micros()).ok()),
        last_answer_at: metrics.last_answer.map(rfc3339),
        rate_limited_until: limited,
    }
}
