//! The parts of an outgoing mail, and the form in which a person approves them. The worker makes
//! both.

use super::reading;
use crate::mail::{error::MailError, service::MailService, worker::Failure};
use tai_auth::bridge::Bridge;
use tai_proto::{mail::Format, text::MAX_CONTENT};
use tai_reader::outgoing::{self, Parts};
use tokio::time::Instant;

impl<B: Bridge> MailService<B> {
    /// Converts content to both parts of an outgoing mail. Neither part is empty: the bridge would
    /// replace it.
    ///
    /// # Errors
    /// [`MailError::TooLong`], [`MailError::Content`], [`MailError::BadField`] or
    /// [`MailError::Compose`].
    pub(super) async fn parts(
        &self,
        content: String,
        format: Format,
        deadline: Instant,
    ) -> Result<Parts, MailError> {
        if content.len() > MAX_CONTENT {
            return Err(MailError::TooLong {
                bytes: content.len(),
            });
        }
        let format = match format {
            Format::Markdown => outgoing::Format::Markdown,
            Format::Html => outgoing::Format::Html,
        };
        let until = reading::wait_until(deadline);
        match self.worker.compose(content, format, until).await {
            Ok(parts) => parts.map_err(MailError::Content),
            Err(Failure::Request(_)) => Err(MailError::BadField {
                field: "content",
                rule: "its conversion takes too much time or memory",
            }),
            Err(failure @ (Failure::Busy | Failure::Unavailable(_))) => {
                Err(MailError::Compose(failure.to_string()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{
        fake::{Mailbox, service},
        service::MailOptions,
    };
    use std::{sync::Arc, time::Duration};

    async fn parts(content: &str, format: Format) -> Result<Parts, MailError> {
        let service = service(&Arc::new(Mailbox::default()), MailOptions::default());
        let deadline = Instant::now() + Duration::from_secs(30);
        service.parts(content.to_owned(), format, deadline).await
    }

    #[tokio::test(start_paused = true)]
    async fn content_over_1_mb_and_content_that_shows_nothing_are_refused() {
        let bytes = MAX_CONTENT + 1;
        let long = parts(&"a".repeat(bytes), Format::Markdown).await;
        assert_eq!(long, Err(MailError::TooLong { bytes }));
        for (content, format) in [
            (" \n", Format::Html),
            ("<br>", Format::Html),
            ("<!-- x -->", Format::Markdown),
        ] {
            let refused = parts(content, format).await;
            assert!(matches!(refused, Err(MailError::Content(_))), "{content}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn both_parts_say_the_same_and_are_what_a_person_approves() {
        let parts = parts("Dear <name>,\n\n**yes**", Format::Markdown)
            .await
            .unwrap();
        assert_eq!(parts.text, "Dear <name>,\n\nyes");
        let html = "<p>Dear &lt;name&gt;,</p>\n<p><strong>yes</strong></p>";
        assert!(parts.html.contains(html));
        assert_eq!(parts.preview.text, "| Dear <name>,\n|\n| yes");
        assert!(parts.left_out.is_empty());
    }
}
