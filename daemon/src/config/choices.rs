//! Values that are one of several words.

/// Amount of logging (seed: `LOG_LEVEL`, `error|warn|info|debug`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogLevel {
    /// Errors.
    Error,
    /// Errors and warnings.
    Warn,
    /// Also one line per event of interest.
    Info,
    /// Also each step of the authentication.
    Debug,
}

/// Which mails need a person's approval before they are sent (`confirm_send`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ConfirmPolicy {
    /// No mail.
    #[default]
    Never,
    /// Every mail except those to the default recipient and to the account itself.
    External,
    /// Every mail.
    Always,
}
