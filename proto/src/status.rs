//! The status of the daemon, and the documented JSON of `taid status --json`.
//!
//! Within one value of `schema`, fields may be added but not renamed or removed. Times are
//! RFC 3339 in UTC. A status must not contain a secret.

mod environment;

pub use environment::{EnvironmentStatus, SettingStatus};

use serde::{Deserialize, Serialize};
use std::fmt;

/// Version of the JSON format.
pub const SCHEMA: u32 = 1;

/// Limit of the clients that a status lists, so that it fits a frame whatever the clients are.
pub const MAX_CLIENTS: usize = 256;

/// Status of the daemon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Process.
    pub daemon: DaemonStatus,
    /// Environment of the process.
    #[serde(default)]
    pub environment: EnvironmentStatus,
    /// Account.
    pub account: AccountStatus,
    /// Session with the bridge.
    pub session: SessionStatus,
    /// Mail bridge.
    pub bridge: BridgeStatus,
    /// Worker that reads mails.
    #[serde(default)]
    pub reader: ReaderStatus,
    /// Store of the leases that several machines share; absent if the leases are of this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_leases: Option<SharedLeasesStatus>,
    /// Sends of the last 24 hours with unknown outcome, oldest first.
    #[serde(default)]
    pub unknown_sends: Vec<UnknownSend>,
    /// Numbers of the mails that wait for `taid approve`, ascending; for an agent, of those of its own
    /// instance.
    #[serde(default)]
    pub held: Vec<u64>,
    /// Mails of the last day that waited for `taid approve` and were lost when taid stopped.
    #[serde(default)]
    pub lost: Vec<LostMail>,
    /// Reason for which the configuration file cannot be used, so that agents get no tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// Files that taid cannot write, so that it refuses what they record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failing_files: Vec<FailingFile>,
    /// Files of taid with lines that it cannot read, for a day after it found them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub damaged_files: Vec<DamagedFile>,
    /// Audit log.
    #[serde(default)]
    pub audit: AuditStatus,
    /// Connected agents, oldest connection first, at most [`MAX_CLIENTS`].
    pub clients: Vec<ClientStatus>,
    /// Connected agents that `clients` leaves out.
    #[serde(default)]
    pub clients_left_out: u64,
    /// Whether the socket of an instance leaves out settings, files and other instances.
    #[serde(default)]
    pub confined: bool,
}

impl Status {
    /// Returns the number of connected agents.
    pub fn client_count(&self) -> u64 {
        self.clients.len() as u64 + self.clients_left_out
    }
}

/// File that taid cannot write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingFile {
    /// Path; empty for the socket of an instance.
    pub path: String,
    /// What taid refuses meanwhile, such as `no mail is sent`.
    pub effect: String,
    /// Error of the system.
    pub why: String,
    /// Next action of a person.
    pub hint: String,
}

/// File with lines that taid cannot read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DamagedFile {
    /// Path; empty for the socket of an instance.
    pub path: String,
    /// Number of damaged lines.
    pub damaged: u64,
    /// Number of lines that a newer taid wrote. They are kept.
    pub unknown: u64,
    /// What may follow, such as `a mail may be sent a second time`.
    pub effect: String,
    /// Next action of a person.
    pub hint: String,
}

impl DamagedFile {
    /// Returns what is wrong with the file, such as `2 lines are damaged`.
    pub fn problem(&self) -> String {
        let lines = |n: u64, rest: &str| match n {
            0 => None,
            1 => Some(format!("1 line is {rest}")),
            n => Some(format!("{n} lines are {rest}")),
        };
        let damaged = lines(self.damaged, "damaged");
        let unknown = lines(self.unknown, "of a newer taid");
        let both: Vec<String> = damaged.into_iter().chain(unknown).collect();
        both.join(" and ")
    }
}

/// Status of the audit log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditStatus {
    /// Path of the current file; `None` without a home directory.
    pub path: Option<String>,
    /// Number of the last line.
    pub lines: u64,
    /// SHA-256 of the last line; empty before the first.
    pub head: String,
    /// Reason for which lines are missing; `None` if every line was written.
    pub error: Option<String>,
}

/// Status of the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaemonStatus {
    /// Release.
    pub version: String,
    /// Newest protocol version that the daemon supports.
    pub protocol: u32,
    /// Process id.
    pub pid: u32,
    /// Profile.
    pub profile: String,
    /// Time of the start.
    pub started_at: String,
    /// Time since the start, in seconds.
    pub uptime_s: u64,
    /// Path of the socket.
    pub socket: String,
    /// Path of the log file; empty if taid logs to standard error only.
    pub log: String,
    /// Log lines that were dropped because the disk was slow or the day's file was full.
    #[serde(default)]
    pub log_dropped: u64,
    /// Idle timeout in seconds; `None` if the daemon has none.
    #[serde(default)]
    pub idle_exit_s: Option<u64>,
    /// State that an exit would lose, so that the daemon does not exit when it is idle.
    #[serde(default)]
    pub stays_for: Vec<StayReason>,
    /// Whether the daemon is draining.
    pub draining: bool,
}

/// State that the exit of a daemon would lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StayReason {
    /// A password that a person typed without `--save`.
    TypedPassword,
    /// A mail that waits for approval and is in memory alone.
    WaitingMail,
}

/// Status of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountStatus {
    /// Username; `None` if none is configured.
    pub username: Option<String>,
    /// Address of the agent that asks; for a person, of the daemon's own instance.
    pub address: Option<String>,
    /// Name of the credential source, without the password.
    #[serde(default)]
    pub source: Option<String>,
    /// Whether a restarted daemon gets the password without a person. `false` if the password
    /// was typed without `--save` or comes from this daemon's environment.
    #[serde(default)]
    pub can_sign_in_again: bool,
}

/// Status of the worker that reads mails.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderStatus {
    /// Process id; `None` if the worker is not running. It starts with the next mail.
    pub pid: Option<u32>,
    /// Workers that were started.
    pub starts: u64,
    /// Mails that a worker converted.
    pub mails: u64,
    /// Mails that exceeded a limit of the worker or crashed it.
    pub failures: u64,
    /// Layers of the worker's confinement that are not fully in force; `None` before the first
    /// start.
    pub unconfined: Option<Vec<String>>,
    /// Reason for which no worker can be started; mails are shown as plain text.
    pub error: Option<String>,
}

/// Status of the store of the leases that several machines share.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedLeasesStatus {
    /// Whether the store answered the last request; `None` before the first one.
    pub answers: Option<bool>,
    /// Reason for which the last request failed. No client gets a mail.
    pub error: Option<String>,
}

/// State of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// No token and no login in flight.
    SignedOut,
    /// `taid logout` ended the session, and no login is in flight.
    LoggedOut,
    /// No token; a login is in flight.
    SigningIn,
    /// Valid token, also while its renewal is in flight or fails.
    Live,
    /// No token; the last login failed, and the next one is due or allowed at `retry_at`.
    Waiting,
}

/// Writes the name that the state has in JSON.
impl fmt::Display for SessionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Status of the session with the bridge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionStatus {
    /// State.
    pub state: SessionState,
    /// Expiry of the token; `None` without a token.
    pub token_expires_at: Option<String>,
    /// Time of the next planned renewal.
    pub renews_at: Option<String>,
    /// Whether a renewal is in flight.
    #[serde(default)]
    pub renewing: bool,
    /// Time at which the next attempt is due or allowed, after a failure.
    pub retry_at: Option<String>,
    /// Successful logins since the start.
    pub logins: u64,
    /// Successful renewals since the start.
    pub renewals: u64,
    /// Failed logins since the start, refused or unanswered.
    pub failed_logins: u64,
    /// Failed renewals since the start.
    pub failed_renewals: u64,
    /// Tokens that the bridge refused before their expiry.
    #[serde(default)]
    pub rejected_tokens: u64,
    /// Last failure; `None` after a success.
    pub last_error: Option<LastError>,
}

/// Failure and its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastError {
    /// Time of the failure.
    pub at: String,
    /// Failure.
    pub what: String,
    /// Cause; may be empty.
    pub why: String,
    /// Next action of a person; may be empty.
    pub hint: String,
    /// Next action of an agent; may be empty.
    #[serde(default)]
    pub hint_for_agents: String,
}

/// Status of the mail bridge. Counts start with the daemon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeStatus {
    /// Base URL.
    pub url: String,
    /// Requests to the bridge, including retries.
    pub requests: u64,
    /// Retries among the requests.
    pub retries: u64,
    /// Answers with status 401: the token was refused.
    #[serde(default)]
    pub unauthorized: u64,
    /// Answers with status 403.
    #[serde(default)]
    pub forbidden: u64,
    /// Answers with status 429.
    #[serde(default)]
    pub rate_limited: u64,
    /// Requests without an answer: no connection, a broken connection or a timeout.
    #[serde(default)]
    pub unanswered: u64,
    /// Whether the last request was answered; `None` before the first request.
    #[serde(default)]
    pub reachable: Option<bool>,
    /// Why the bridge could not serve the last request that it answered; `None` if it could.
    #[serde(default)]
    pub failing: Option<String>,
    /// Lead of this machine's clock over the bridge's, in seconds; negative if it is behind.
    /// The bridge reports its time in whole seconds.
    #[serde(default)]
    pub clock_ahead_s: Option<i64>,
    /// Latency of the last answer, in microseconds.
    pub latency_us: Option<u64>,
    /// Time of the last answer.
    pub last_answer_at: Option<String>,
    /// End of the bridge's rate limit; `None` if there is none.
    pub rate_limited_until: Option<String>,
}

/// Mail with an unknown outcome. It was not sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownSend {
    /// Time of the send.
    pub at: String,
    /// Digest of the mail, as in the error message.
    pub digest: String,
}

/// Mail that was lost before a person approved it. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostMail {
    /// Number that the mail had for `taid approve`.
    pub number: u64,
    /// Time from which it waited.
    pub since: String,
    /// Digest of the mail.
    pub digest: String,
    /// Whether the mail was being sent and may have been sent.
    pub maybe_sent: bool,
}

/// Status of a connected agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientStatus {
    /// `clientInfo.name` of MCP; may be empty.
    pub name: String,
    /// `clientInfo.version` of MCP; may be empty.
    pub version: String,
    /// Process id of the shim; 0 if the system does not report it.
    pub pid: u32,
    /// Name and release of the shim.
    pub shim: String,
    /// Address of the client; `None` if no username is configured.
    pub address: Option<String>,
    /// Instance of the client.
    pub instance: Option<String>,
    /// Time of the connection.
    pub connected_at: String,
    /// Number of calls, without calls that wait for mail.
    pub calls: u64,
    /// Number of unanswered calls, without calls that wait for mail.
    pub in_flight: u64,
    /// Name of the last call.
    pub last_call: Option<String>,
    /// Time of the last call.
    pub last_call_at: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::{IntoDeserializer as _, value::Error};

    #[test]
    fn a_state_is_written_by_its_name_in_json() {
        for state in [
            SessionState::SignedOut,
            SessionState::LoggedOut,
            SessionState::SigningIn,
            SessionState::Live,
            SessionState::Waiting,
        ] {
            let name = state.to_string();
            let name: serde::de::value::StrDeserializer<'_, Error> =
                name.as_str().into_deserializer();
            assert_eq!(SessionState::deserialize(name), Ok(state));
        }
        assert_eq!(SessionState::LoggedOut.to_string(), "logged_out");
    }
}
