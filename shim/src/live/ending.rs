//! Ways in which a mail was handled.

/// Way in which a mail was handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The mail was printed.
    Printed,
    /// The program exited with status 0.
    Succeeded,
    /// The agent said that no answer is needed.
    NotNeeded,
    /// An answer was sent.
    Answered,
    /// An answer waits for a person's approval, under this number if it is known.
    Held(Option<u64>),
    /// An answer may have been sent.
    MaybeAnswered,
}

impl Ending {
    /// Returns whether the sender gets an answer, as far as is known.
    pub(super) fn is_answer(self) -> bool {
        match self {
            Ending::Answered | Ending::Held(_) | Ending::MaybeAnswered => true,
            Ending::Printed | Ending::Succeeded | Ending::NotNeeded => false,
        }
    }
}
