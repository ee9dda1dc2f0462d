//! The running daemon: start and shutdown, dispatch of calls, sign-in, status, notification of
//! the service manager, the log, and the socket.

pub(crate) mod account_lock;
pub(crate) mod app;
mod apply_rules;
mod audited;
pub(crate) mod call_log;
pub(crate) mod claims;
mod dispatch;
pub(crate) mod environment;
mod held_key;
pub(crate) mod ipc;
mod lease_store;
pub(crate) mod logging;
mod notification;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod run_error;
pub(crate) mod service_manager;
mod sign_in;
pub(crate) mod start;
mod status;
mod succession;
pub(crate) mod traffic;
