//! The running daemon: start and shutdown, the calls of its clients, sign-in, status, the
//! service manager, the log, and the socket.

pub(crate) mod app;
mod dispatch;
pub mod ipc;
pub(crate) mod logging;
pub mod run;
pub(crate) mod service_manager;
mod sign_in;
pub(crate) mod status;
