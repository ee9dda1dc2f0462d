//! The times at which a daemon sends requests to its bridge, and to the store of shared leases.
//!
//! Each rule is a function of its arguments. A random number from 0 to 1, the `jitter`, is one of
//! them. The daemon uses the rules, and `tests/scale` simulates a million daemons with them.

#![warn(missing_docs)]

mod backoff;
pub mod limit;
pub mod login;
pub mod poll;
pub mod renewal;
pub mod retry;
pub mod store;
