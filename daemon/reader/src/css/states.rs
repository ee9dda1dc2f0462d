//! The states of form controls that selectors name.

use cssparser::match_ignore_ascii_case;

/// State of an element in a mail that a person has not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Checked,
    Default,
    Disabled,
    Enabled,
    InRange,
    Indeterminate,
    Invalid,
    Open,
    Optional,
    OutOfRange,
    PlaceholderShown,
    ReadOnly,
    ReadWrite,
    Required,
    Valid,
}

impl State {
    /// Returns the state that a pseudo-class names.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match_ignore_ascii_case! { name,
            "checked" => Self::Checked,
            "default" => Self::Default,
            "disabled" => Self::Disabled,
            "enabled" => Self::Enabled,
            "in-range" => Self::InRange,
            "indeterminate" => Self::Indeterminate,
            "invalid" => Self::Invalid,
            "open" => Self::Open,
            "optional" => Self::Optional,
            "out-of-range" => Self::OutOfRange,
            "placeholder-shown" => Self::PlaceholderShown,
            "read-only" => Self::ReadOnly,
            "read-write" => Self::ReadWrite,
            "required" => Self::Required,
            "valid" => Self::Valid,
            _ => return None,
        })
    }
}
