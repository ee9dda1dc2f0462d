//! Short descriptions of states and effects, with each value that a transition sets.

use crate::session::{
    account::Account,
    error::{Missing, SessionError},
    event::{Effect, Grant, Record, Request},
    state::{Attempt, Live, Reason, Resting, Resume, State, Waiting},
};

/// Returns a short description of a state.
pub(super) fn state(state: &State) -> String {
    match state {
        State::SignedOut { reason } => signed_out(reason),
        State::SigningIn {
            account: of,
            attempt: in_flight,
        } => format!("signing in ({}, {})", attempt(in_flight), account(of)),
        State::Live(of) => live(of),
        State::Renewing {
            account: of,
            token,
            attempt: in_flight,
        } => format!(
            "renewing g{} ({}, {})",
            token.generation().0,
            attempt(in_flight),
            account(of)
        ),
        State::Waiting(of) => waiting(of),
        State::Checking { before, check } => format!(
            "checking g{} ({}), before: {}",
            check.id.0,
            account(&check.account),
            match before {
                Resting::SignedOut { reason } => signed_out(reason),
                Resting::Live(of) => live(of),
                Resting::Waiting(of) => waiting(of),
            }
        ),
    }
}

fn signed_out(reason: &Reason) -> String {
    match reason {
        Reason::NotYet(of) => format!("not yet ({})", account(of)),
        Reason::NoCredentials {
            account: of,
            failed,
            missing,
        } => match missing {
            Missing::Password => format!("no credentials (g{}, {})", failed.0, account(of)),
            Missing::Keyring => format!("no keyring (g{}, {})", failed.0, account(of)),
        },
        Reason::LoggedOut => "logged out".to_owned(),
        Reason::Stopped => "stopped".to_owned(),
    }
}

fn live(live: &Live) -> String {
    let failure = match &live.last_failure {
        None => String::new(),
        Some(failure) => format!(", #{} failed", failure.number),
    };
    format!(
        "live g{} ({}{failure})",
        live.token.generation().0,
        account(&live.account)
    )
}

fn waiting(waiting: &Waiting) -> String {
    let resume = match waiting.resume {
        Resume::Automatic { number } => format!("then #{number}"),
        Resume::OnDemand { failed } => format!("g{} failed", failed.0),
    };
    let account = account(&waiting.account);
    format!("waiting ({}, {resume}, {account})", error(&waiting.error))
}

fn account(account: &Account) -> String {
    let source = account.source().to_string();
    let source = match source.as_str() {
        "the keyring" => match account.username() {
            Some(username) => &format!("the keyring's {username}"),
            None => "the keyring",
        },
        "the calling program" => "configured",
        "an MCP client's configuration" => "client's",
        "`taid login`" => "person's",
        "the file /password" => "file",
        "no source" => "none",
        other => other,
    };
    match account.refusals() {
        0 => source.to_owned(),
        refusals => format!("{source}, {refusals} refused"),
    }
}

fn attempt(attempt: &Attempt) -> String {
    let grant = match attempt.grant {
        Grant::Refresh => "refresh",
        Grant::Login => "login",
    };
    format!("{grant} g{} #{}", attempt.id.0, attempt.number)
}

fn error(error: &SessionError) -> &'static str {
    match error {
        SessionError::NoCredentials => "no credentials",
        SessionError::NoKeyring => "no keyring",
        SessionError::Refused => "refused",
        SessionError::Bridge(_) => "bridge",
        SessionError::LoginTooSoon => "too soon",
        SessionError::Token(_) => "bad token",
        SessionError::LoggedOut => "logged out",
        SessionError::Superseded => "superseded",
        SessionError::OtherAccount => "other account",
        SessionError::Stopped => "stopped",
        SessionError::InUse(_)
        | SessionError::Locked { .. }
        | SessionError::Source(_)
        | SessionError::Abandoned
        | SessionError::Deadline => "other",
    }
}

/// Returns a short description of an effect.
pub(super) fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Start(id, request, _) => match request {
            Request::Login(_) => format!("login g{}", id.0),
            Request::Refresh(token) => format!("refresh g{} by g{}", id.0, token.generation().0),
        },
        Effect::Reply(_, Ok(())) => "ok".to_owned(),
        Effect::Reply(_, Err(reason)) => format!("err({})", error(reason)),
        Effect::Revoke(_) => "revoke".to_owned(),
        Effect::Record(record) => match record {
            Record::LoggedIn(_) => "count login",
            Record::Renewed(_) => "count renewal",
            Record::LoginFailed(_) => "count failed login",
            Record::RenewalFailed(_) => "count failed renewal",
            Record::CheckFailed(_) => "count failed check",
            Record::TokenRejected => "count rejection",
            Record::LoggedOut => "note sign-out",
        }
        .to_owned(),
    }
}
