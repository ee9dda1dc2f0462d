//! TAI mail authentication as a library: login, token renewal, authenticated requests.
//!
//! [`session::Session`] holds one authenticated session and shares it among any number of
//! tasks. [`bridge::HttpBridge`] speaks HTTP with the mail bridge.
//! [`credentials::Source`] says where the username and the password come from. The crate
//! knows no MCP, no IPC and no mail policy. See `examples/session.rs`.

pub mod backoff;
pub mod base_url;
pub mod bridge;
mod check;
pub mod credentials;
mod error_chain;
pub mod private_file;
pub mod session;
#[cfg(any(test, feature = "test-util"))]
pub mod testing;
pub mod time;

pub use check::check_login;
pub use error_chain::chain;
