//! The parts of an outgoing mail, and the form in which a person approves them. Large bodies are
//! converted on a blocking thread.

use super::error::MailError;
use tai_proto::{mail::Format, text::MAX_CONTENT};
use tai_reader::outgoing::{self, Composed, Findings, Preview, Refusal};

/// Longest body that is converted or returned, in bytes. Longer bodies are truncated.
pub(super) const MAX_BODY: usize = 1 << 20;
/// Size in bytes below which a body is converted on the calling thread.
const SMALL: usize = 16 << 10;

/// The two parts of an outgoing mail. Neither is empty: the bridge would replace it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) text: String,
    pub(super) html: String,
    /// Parts of the content that the mail does not have.
    pub(super) left_out: Findings,
    /// The mail as a person approves it, made from `text` and `html`.
    pub(super) preview: Preview,
}

impl Parts {
    /// Returns the length of everything, in bytes.
    pub(super) fn size(&self) -> usize {
        let preview = self.preview.text.len() + self.preview.details.len();
        self.text.len() + self.html.len() + preview
    }
}

/// Converts content to both parts of an outgoing mail.
pub(super) async fn parts(content: String, format: Format) -> Result<Parts, MailError> {
    if content.len() > MAX_CONTENT {
        return Err(MailError::TooLong {
            bytes: content.len(),
        });
    }
    let format = match format {
        Format::Markdown => outgoing::Format::Markdown,
        Format::Html => outgoing::Format::Html,
    };
    let parts = run(content.len(), move || convert(&content, format)).await;
    let broken = MailError::BadField {
        field: "content",
        rule: "it cannot be converted",
    };
    parts.ok_or(broken)?.map_err(MailError::Content)
}

fn convert(content: &str, format: outgoing::Format) -> Result<Parts, Refusal> {
    let Composed {
        text,
        html,
        findings,
    } = outgoing::compose(content, format)?;
    Ok(Parts {
        preview: outgoing::preview(&text, &html),
        text,
        html,
        left_out: findings,
    })
}

/// Runs a conversion in place if it is small, on a blocking thread otherwise. Returns `None` if
/// the conversion panics.
pub(super) async fn run<T: Send + 'static>(
    size: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if size < SMALL {
        return Some(work());
    }
    tokio::task::spawn_blocking(work).await.ok()
}

/// Truncates text to [`MAX_BODY`] at a character boundary. Returns whether it was truncated.
pub(super) fn cut_short(mut text: String) -> (String, bool) {
    let cut = text.len() > MAX_BODY;
    if cut {
        text.truncate(text.floor_char_boundary(MAX_BODY));
    }
    (text, cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_truncated_at_a_character_boundary() {
        let (cut, was) = cut_short("é".repeat(MAX_BODY));
        assert!(was && cut.len() <= MAX_BODY);
        assert!(!cut_short("é".into()).1);
    }

    #[tokio::test]
    async fn content_over_1_mb_and_content_that_shows_nothing_are_refused() {
        let long = parts("a".repeat(MAX_CONTENT + 1), Format::Markdown).await;
        assert_eq!(
            long.err(),
            Some(MailError::TooLong {
                bytes: MAX_CONTENT + 1
            })
        );
        for (content, format) in [
            (" \n", Format::Html),
            ("<br>", Format::Html),
            ("<!-- x -->", Format::Markdown),
        ] {
            let refused = parts(content.into(), format).await;
            assert!(matches!(refused, Err(MailError::Content(_))), "{content}");
        }
    }

    #[tokio::test]
    async fn both_parts_say_the_same_and_are_what_a_person_approves() {
        let parts = parts("Dear <name>,\n\n**yes**".into(), Format::Markdown);
        let parts = parts.await.unwrap();
        assert_eq!(parts.text, "Dear <name>,\n\nyes");
        assert!(
            parts
                .html
                .contains("<p>Dear &lt;name&gt;,</p>\n<p><strong>yes</strong></p>")
        );
        assert_eq!(parts.preview.text, "| Dear <name>,\n|\n| yes");
        assert!(parts.left_out.is_empty());
    }
}
