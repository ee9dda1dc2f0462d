//! The states of the parts of the bridge: database, delivery provider and issued tokens. `fault`
//! applies them to single requests, `behaviour` to all.

use serde::{Deserialize, Serialize};

/// The state of the database of the bridge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    /// All queries succeed.
    #[default]
    Works,
    /// All queries fail: 401 "User not found" for each valid token, 401 for logins, 400 for
    /// registrations, 503 for `/health`. Refreshes and sends work; they read no database.
    Down,
    /// Queries of the messages fail: lists are empty, mails are 404.
    MessagesFail,
    /// Changes of the messages fail: marks and deletes are 404 and change nothing.
    WritesFail,
}

impl Database {
    /// Whether messages can be read.
    pub(crate) fn reads_messages(self) -> bool {
        match self {
            Self::Works | Self::WritesFail => true,
            Self::Down | Self::MessagesFail => false,
        }
    }

    /// Whether messages can be changed.
    pub(crate) fn writes_messages(self) -> bool {
        match self {
            Self::Works => true,
            Self::Down | Self::MessagesFail | Self::WritesFail => false,
        }
    }
}

/// The state of the delivery provider. The bridge tries it four times, with pauses of one, two
/// and four sevenths of `provider_delay_ms`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Takes each mail.
    #[default]
    Works,
    /// Refuses the recipient: 500 with its words, and no copy.
    Refuses,
    /// Fails: 500 with its words, and no copy.
    Fails,
    /// Takes the mail at this number of attempts and loses its answer, then works. Four or more:
    /// 500 "Unable to fetch data ...", and four copies. Fewer: 200, and one copy more.
    LosesAnswers(u32),
    /// Never answers, and takes no copy.
    Hangs,
    /// Has no key: 500 "Resend service not initialized ...", and no copy.
    NotInitialized,
    /// Is not asked: 500 "Circuit breaker is OPEN ..." at once, and no copy.
    BreakerOpen,
}

/// The kind of the issued tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tokens {
    /// Valid; `expires_at` is up to a second later than `exp`.
    #[default]
    Good,
    /// Valid, with an `expires_at` of an hour ago.
    ExpiresAtEarly,
    /// Valid, with an `expires_at` in ten years.
    ExpiresAtLate,
    /// Valid, with times that have a fraction (RFC 7519, NumericDate).
    Fractions,
    /// With `"alg": "none"`.
    AlgNone,
    /// For another user.
    WrongSub,
    /// Without `exp`.
    NoExp,
    /// With an `exp` of a minute ago.
    PastExp,
    /// With a megabyte of claims.
    Huge,
    /// A text that is not a token.
    NotAJwt,
}
