//! Domain values of TAI mail: usernames, instances, profiles, addresses, mail ids and variables.
//!
//! Each type validates on construction and on deserialization, so that every value is valid and
//! needs no second check. An error names the broken rule. It must not contain the refused text,
//! which may be a misplaced password.
#![warn(missing_docs)]

mod address;
mod automatic;
pub mod environment;
mod field;
mod mail_id;
mod name;
pub mod variables;

pub use address::{Address, AddressError, AddressRule, DOMAIN};
pub use field::field_within;
pub use mail_id::{MailId, MailIdError};
pub use name::{DEFAULT_BRIDGE, Instance, NameError, Profile, Username};
