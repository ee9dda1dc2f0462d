//! Advice that several messages give, in the same words.

/// What an agent does about a mail that may have been sent.
pub const UNKNOWN_FOR_AGENTS: &str = "tell the user, and send it again, with allow_duplicate: true, only if \
     the user or the recipient says that it did not arrive";
/// What a person does about a mail that may have been sent.
pub const UNKNOWN_FOR_PERSONS: &str = "ask the recipient whether it arrived; only if it did not, use `taid send \
     --again`";
