//! TAI mail authentication as a library: login, token renewal, authenticated requests.
//!
//! A [`Session`](session::Session) holds one login and shares it among any number of tasks: one
//! of them logs in, the token is renewed before it expires, and a request that the bridge
//! answers with 401 is repeated with a newer token. [`HttpBridge`](bridge::HttpBridge) sends the
//! requests. A [`Source`](credentials::Source) says where the username and the password come
//! from, and which bridge gets them. A [`BaseUrl`](base_url::BaseUrl) names the bridge, and never
//! lets a password leave the machine in clear text.
//!
//! # Example
//!
//! ```no_run
//! use std::{error::Error, sync::Arc, time::Duration};
//! use tai_auth::{
//!     base_url::BaseUrl,
//!     bridge::{Bridge as _, HttpBridge, Page},
//!     credentials::Source,
//!     session::Session,
//! };
//! use tokio::time::Instant;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn Error>> {
//! let base: BaseUrl = "https://tai.chat".parse()?;
//! let password = std::env::var("PASSWORD")?.into();
//! let source = Source::given("alice".parse()?, password, base.origin());
//! let bridge = Arc::new(HttpBridge::new(base, Duration::from_secs(30))?);
//! let session = Session::start(bridge.clone(), source);
//!
//! let deadline = Instant::now() + Duration::from_secs(60);
//! let page = Page { instance: None, limit: 10, offset: 0, bodies: false };
//! let listing = session
//!     .with_token(deadline, async |bearer| bridge.list(&bearer, &page, deadline).await)
//!     .await?;
//! println!("{} mails", listing.count);
//! session.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! `cargo run -p tai-auth --example session` is a complete program; its source
//! (`examples/session.rs`) shows how to run it against the sandbox bridge.
//!
//! # Runtime
//!
//! Everything asynchronous needs a tokio runtime with time and I/O (`enable_all`); a
//! current-thread runtime suffices. Deadlines are [`tokio::time::Instant`]s.
//!
//! # Errors
//!
//! Each error type implements [`std::error::Error`] with its cause as `source`; [`chain`] writes
//! both on one line. No error, no `Debug` output and no log line contains a password or a token.
//! Texts of the bridge in errors are single lines of at most 1,000 characters without control
//! characters.
//!
//! # Features
//!
//! - `keyring`: the system's keyring as a credential source. On Linux it brings D-Bus.
//! - `test-util`: the module `testing`, for tests without a bridge.
//!
//! # Walls
//!
//! `credentials` knows neither `bridge` nor `session`; `bridge` does not know `session`. The
//! crate knows no MCP, no IPC and no mail policy. `bridge::transport` is the only user of
//! reqwest.

#![warn(missing_docs)]

pub mod base_url;
pub mod bridge;
mod check;
pub mod credentials;
mod error_chain;
mod foreign;
mod hex;
pub mod private_file;
pub mod regular_file;
pub mod ring;
pub mod session;
#[cfg(any(test, feature = "test-util"))]
pub mod testing;
pub mod time;

pub use check::check_login;
pub use error_chain::chain;
pub use foreign::one_line;
pub use hex::hex;
pub use tai_names::Username;
