//! The domain values of TAI mail, each parsed once where it enters and never checked again.
//!
//! Every type here validates on construction and on deserialization, so that a value in hand
//! is a valid one. An error names the rule and never repeats the refused text: a password in
//! the wrong place must not end up in a message.
#![warn(missing_docs)]

mod address;
mod mail_id;
mod name;
pub mod variables;

pub use address::{Address, AddressError, DOMAIN};
pub use mail_id::{MailId, MailIdError};
pub use name::{Instance, NameError, Profile, Username};
