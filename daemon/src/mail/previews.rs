//! Previews of listed mails: the beginning of each body as a reader gets it, without quoted history.

use super::{history, reading, service::MailService};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tai_auth::bridge::{Bridge, Message};
use tai_proto::{mail::Envelope, text::HeaderText};
use tokio::time::{Duration, Instant};
use unicode_segmentation::UnicodeSegmentation as _;

/// Length of a preview, in user-perceived characters.
const LENGTH: usize = 160;
/// Limit of bodies that are read at once.
const AT_ONCE: usize = 4;
/// Time before the deadline of a list at which no further body is read.
const MARGIN: Duration = Duration::from_secs(12);

impl<B: Bridge> MailService<B> {
    /// Adds previews to mails. A mail whose body cannot be read, or not in time, has none.
    pub(super) async fn add_previews(&self, mails: &mut [Envelope], deadline: Instant) {
        let mut previewed = Vec::new();
        for mail in mails {
            previewed.push(
                async move {
                    if deadline.saturating_duration_since(Instant::now()) > MARGIN {
                        mail.preview = self.preview(mail, deadline).await;
                    }
                }
                .boxed(),
            );
        }
        let mut previewed = stream::iter(previewed).buffer_unordered(AT_ONCE);
        while previewed.next().await.is_some() {}
    }

    async fn preview(&self, mail: &Envelope, deadline: Instant) -> Option<HeaderText> {
        let message = self.message(mail.id, deadline).await.ok().flatten()?;
        let Message { head, html, text } = message;
        let body = self.body(head.id, html, text, deadline).await;
        let (own, _) = history::without(&body.markdown, &mail.subject);
        Some(beginning(own))
    }
}

/// Returns the beginning of a body on one line.
fn beginning(body: &str) -> HeaderText {
    // Enough for the longest characters that people write.
    let start = body.floor_char_boundary(LENGTH * 50);
    let words = body.get(..start).unwrap_or_default().split_whitespace();
    let words = words.collect::<Vec<_>>().join(" ");
    let line = reading::line(&words);
    let end = line.grapheme_indices(true).nth(LENGTH).map(|(at, _)| at);
    match end.and_then(|at| line.get(..at)) {
        Some(cut) => HeaderText::cut(format!("{cut}…")),
        None => HeaderText::cut(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_one_bounded_line() {
        assert_eq!(beginning(" Hi\n\n**Bob** \t x\n").as_str(), "Hi **Bob** x");
        assert_eq!(beginning("").as_str(), "");
        let family = "👩\u{200d}👩\u{200d}👧";
        let long = beginning(&family.repeat(10_000));
        assert!(long.len() <= 998 && long.as_str().ends_with('…'));
        assert_eq!(beginning(&"x".repeat(161)).len(), 160 + '…'.len_utf8());
    }
}
