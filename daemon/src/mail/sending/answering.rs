//! The replies that are being submitted. Until the ledger has its record, a reply waits for the
//! session, the mail and the reader of mails, and a program that asks whether its mail was answered
//! must hear of it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use tai_proto::names::{Instance, MailId};

/// The submissions under way, each with the instance that answers and the answered mail.
#[derive(Debug, Default)]
pub(in crate::mail) struct Answering(Mutex<Vec<Answer>>);

type Answer = (Option<String>, MailId);

/// A submission under way. Dropping it ends it.
#[must_use = "dropping it ends the submission"]
pub(in crate::mail) struct Underway<'a> {
    answering: &'a Answering,
    answer: Answer,
    /// Whether another answer to the mail was under way when this one began.
    pub(in crate::mail) is_second: bool,
}

impl Answering {
    fn answers(&self) -> MutexGuard<'_, Vec<Answer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the submission of a reply.
    pub(in crate::mail) fn begin(
        &self,
        instance: Option<&Instance>,
        original: MailId,
    ) -> Underway<'_> {
        let answer = answer(instance, original);
        let mut answers = self.answers();
        let is_second = answers.contains(&answer);
        answers.push(answer.clone());
        Underway {
            answering: self,
            answer,
            is_second,
        }
    }

    /// Returns whether a reply of the instance to the mail is being submitted.
    pub(in crate::mail) fn is_underway(
        &self,
        instance: Option<&Instance>,
        original: MailId,
    ) -> bool {
        self.answers().contains(&answer(instance, original))
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        let mut answers = self.answering.answers();
        if let Some(at) = answers.iter().position(|answer| *answer == self.answer) {
            answers.swap_remove(at);
        }
    }
}

fn answer(instance: Option<&Instance>, original: MailId) -> Answer {
    let instance = instance.map(|instance| instance.as_str().to_ascii_lowercase());
    (instance, original)
}

#[cfg(test)]
#[path = "answering_tests.rs"]
mod service_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_under_way_until_its_last_submission_ends() {
        let answering = Answering::default();
        let desk: Instance = "desk".parse().unwrap();
        let upper: Instance = "DESK".parse().unwrap();
        let (seven, eight) = (MailId::new(7).unwrap(), MailId::new(8).unwrap());
        let first = answering.begin(Some(&desk), seven);
        let second = answering.begin(Some(&upper), seven);
        assert_eq!((first.is_second, second.is_second), (false, true));
        drop(first);
        assert!(answering.is_underway(Some(&desk), seven));
        assert!(!answering.is_underway(Some(&desk), eight));
        assert!(!answering.is_underway(None, seven));
        drop(second);
        assert!(!answering.is_underway(Some(&desk), seven));
    }
}
