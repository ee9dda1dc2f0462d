//! Values of keys with a fixed set of words.

/// Amount of logging (seed: `LOG_LEVEL`, `error|warn|info|debug`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogLevel {
    /// Errors.
    Error,
    /// Errors and warnings.
    Warn,
    /// Also one line for each event.
    Info,
    /// Also each step of the authentication.
    Debug,
}

/// Policy that decides which mails need a person's approval (`confirm_send`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ConfirmPolicy {
    /// No mail.
    #[default]
    Never,
    /// Every mail except those to the default recipient and to the account itself.
    External,
    /// Every mail that an instruction in a mail may have caused, or that loads something from
    /// elsewhere.
    Unfamiliar,
    /// Every mail.
    Always,
}

/// Way in which a person learns of a mail that begins to wait (`notify`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotifyPolicy {
    /// A notification of the desktop, where there is one.
    Desktop,
    /// No notification.
    Never,
}
