//! What `taid status` shows. The same types are the documented JSON of `taid status --json`:
//! fields are added, never renamed or removed, while `schema` stays the same. Times are RFC
//! 3339 in UTC. No field ever holds a secret.

use serde::{Deserialize, Serialize};

/// The number of the JSON's shape.
pub const SCHEMA: u32 = 1;

/// Everything `taid status` knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The process.
    pub daemon: DaemonStatus,
    /// Whose mail it is.
    pub account: AccountStatus,
    /// The login.
    pub session: SessionStatus,
    /// The mail bridge.
    pub bridge: BridgeStatus,
    /// Sends of the last day whose outcome is unknown, oldest first.
    #[serde(default)]
    pub unknown_sends: Vec<UnknownSend>,
    /// Mails that wait for `taid approve`.
    #[serde(default)]
    pub held: u64,
    /// One row per client, oldest connection first.
    pub clients: Vec<ClientStatus>,
}

/// The process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaemonStatus {
    /// Its version.
    pub version: String,
    /// The IPC protocol it speaks.
    pub protocol: u32,
    /// Its process id.
    pub pid: u32,
    /// The profile it runs.
    pub profile: String,
    /// When it started.
    pub started_at: String,
    /// For how many seconds it has run.
    pub uptime_s: u64,
    /// The socket's path.
    pub socket: String,
    /// The log file's path.
    pub log: String,
    /// Lines the log had to drop because the disk was slow or the day's file full.
    #[serde(default)]
    pub log_dropped: u64,
    /// After how many seconds without clients it ends by itself, where it does.
    #[serde(default)]
    pub idle_exit_s: Option<u64>,
    /// Whether it is ending.
    pub draining: bool,
}

/// Whose mail it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountStatus {
    /// The username, once one is configured.
    pub username: Option<String>,
    /// The address of the daemon's own instance.
    pub address: Option<String>,
    /// The credential source, in words; never the password.
    #[serde(default)]
    pub source: Option<String>,
    /// Whether a restarted daemon gets the password without a person. `false` while the
    /// password was typed without `--save`, or came from this daemon's own environment.
    #[serde(default)]
    pub can_sign_in_again: bool,
}

/// The states of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// No token, and none is being requested.
    SignedOut,
    /// No token; a login is in flight.
    SigningIn,
    /// A token that requests use, also while its renewal is in flight or fails.
    Live,
    /// No token; the last login failed, and the next one is due or allowed at `retry_at`.
    Waiting,
}

/// The login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionStatus {
    /// The state.
    pub state: SessionState,
    /// When the token expires, while there is one.
    pub token_expires_at: Option<String>,
    /// When it will be renewed, while that is planned.
    pub renews_at: Option<String>,
    /// Whether its renewal is in flight.
    #[serde(default)]
    pub renewing: bool,
    /// When the next try is due or allowed, after a failure.
    pub retry_at: Option<String>,
    /// Successful logins since the start.
    pub logins: u64,
    /// Successful renewals since the start.
    pub renewals: u64,
    /// Failed logins since the start, refused and unanswered ones.
    pub failed_logins: u64,
    /// Failed renewals since the start.
    pub failed_renewals: u64,
    /// Tokens that the bridge refused before their end.
    #[serde(default)]
    pub rejected_tokens: u64,
    /// The last failure, until something succeeds.
    pub last_error: Option<LastError>,
}

/// A failure and its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastError {
    /// When.
    pub at: String,
    /// What happened.
    pub what: String,
    /// Why; may be empty.
    pub why: String,
    /// The next action of a person; may be empty.
    pub hint: String,
    /// The next action of an agent; may be empty.
    #[serde(default)]
    pub hint_for_agents: String,
}

/// The mail bridge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeStatus {
    /// Its base URL.
    pub url: String,
    /// Requests sent to it since the start, repeated ones included.
    pub requests: u64,
    /// How many of them were repeats.
    pub retries: u64,
    /// How many were answered 401: the token was not accepted.
    #[serde(default)]
    pub unauthorized: u64,
    /// How many were answered 403.
    #[serde(default)]
    pub forbidden: u64,
    /// How many were answered 429.
    #[serde(default)]
    pub rate_limited: u64,
    /// How many got no answer: no connection, a broken one, or none in time.
    #[serde(default)]
    pub unanswered: u64,
    /// Whether the last request was answered; `None` before the first.
    #[serde(default)]
    pub reachable: Option<bool>,
    /// How far this machine's clock is ahead of the bridge's, in seconds; negative when it is
    /// behind. The bridge's is only known to the second.
    #[serde(default)]
    pub clock_ahead_s: Option<i64>,
    /// How long the last answer took, in microseconds.
    pub latency_us: Option<u64>,
    /// When it last answered.
    pub last_answer_at: Option<String>,
    /// Until when it asked to be left alone.
    pub rate_limited_until: Option<String>,
}

/// A mail that may have been sent, and was not sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownSend {
    /// When.
    pub at: String,
    /// The mail's digest, as the error named it.
    pub digest: String,
}

/// A connected client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientStatus {
    /// Its name as MCP reports it; empty when it says none.
    pub name: String,
    /// Its version as MCP reports it; empty when it says none.
    pub version: String,
    /// The process id of its shim; 0 when the system does not tell.
    pub pid: u32,
    /// The shim's version.
    pub shim: String,
    /// The address it reads and sends as.
    pub address: Option<String>,
    /// The instance it serves.
    pub instance: Option<String>,
    /// When it connected.
    pub connected_at: String,
    /// Calls it made.
    pub calls: u64,
    /// Calls that are not answered yet.
    pub in_flight: u64,
    /// The last call's name.
    pub last_call: Option<String>,
    /// When the last call came.
    pub last_call_at: Option<String>,
}
