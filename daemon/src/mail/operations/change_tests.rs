//! A change of a mail is reported as done only if the bridge has made it.

use super::*;
use crate::mail::{
    fake::{Mailbox, instance, mail_id, service},
    service::MailOptions,
};
use std::{sync::Arc, time::Duration};

const DESK: &str = "desk.alice@tai.chat";

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

/// Marks and deletes the mail 7, and compares each result with the mailbox.
async fn change(mailbox: Mailbox) -> [Result<String, MailError>; 2] {
    let mailbox = Arc::new(mailbox);
    mailbox.deliver(7, DESK);
    let mail = service(&mailbox, MailOptions::default());
    let (desk, id) = (instance("desk"), mail_id(7));
    let marked = mail.mark_read(Some(&desk), id, soon()).await;
    let is_read = mailbox.mails.lock().unwrap()[0].read;
    assert_eq!(marked.is_ok(), is_read);
    let deleted = mail.delete(Some(&desk), id, soon()).await;
    assert_eq!(deleted.is_ok(), mailbox.mails.lock().unwrap().is_empty());
    [marked, deleted]
}

#[tokio::test(start_paused = true)]
async fn a_change_is_done_if_the_bridge_has_made_it_and_its_answer_says_otherwise() {
    for loses_confirmations in [false, true] {
        let results = change(Mailbox {
            loses_confirmations: loses_confirmations.into(),
            ..Mailbox::default()
        });
        assert_eq!(results.await, [Ok("mail 7".into()), Ok("mail 7".into())]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_that_the_bridge_cannot_make_is_an_error() {
    let results = change(Mailbox {
        is_read_only: true.into(),
        ..Mailbox::default()
    });
    let error = |change| {
        Err(MailError::Unchanged {
            id: mail_id(7),
            change,
        })
    };
    let expected = [error(Change::MarkRead), error(Change::Delete)];
    assert_eq!(results.await, expected);
}
