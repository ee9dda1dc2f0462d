//! Bodies of received mails. The worker reads them. If it fails, the mail is shown from its text
//! part, or as the text of its HTML, so that no mail is lost.

use crate::mail::{bodies::stripped, service::MailService, worker::Failure};
use std::borrow::Cow;
use tai_auth::bridge::{Bridge, Head, Message};
use tai_proto::mail::{BodySource, Findings};
use tai_reader::{
    MAX_OUTPUT, Reading, Source, characters,
    worker::wire::{MAX_PART, Request},
};
use tokio::time::{Duration, Instant};

// `tai_proto::note` says these numbers.
const _: () = assert!(MAX_PART == 5 << 20 && MAX_OUTPUT == 1 << 20);

/// Time before the deadline of a call in which a mail no longer waits for the worker: the limits
/// of one start and one mail.
const MARGIN: Duration = Duration::from_secs(10);
/// Shortest time for which a mail waits for the worker.
const MIN_WAIT: Duration = Duration::from_secs(1);

/// A body as Markdown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) markdown: String,
    pub(super) source: BodySource,
    pub(super) findings: Findings,
}

impl<B: Bridge> MailService<B> {
    /// Reads the body of a mail, and returns it with the head. It never fails: without a worker, or
    /// when the deadline of the call is near, it returns the fallback. The mail keeps its place in
    /// memory until then.
    pub(super) async fn body(&self, message: Message, deadline: Instant) -> (Head, Body) {
        let Message {
            head,
            html,
            text,
            place: _until_read,
        } = message;
        let (html, html_cut) = bounded(html);
        // A text part may contain what the rest of the HTML hides.
        let (text, text_cut) = bounded(text.filter(|_| !html_cut));
        let read = self.worker.read(head.id, html, text, wait_until(deadline));
        let mut body = match read.await {
            Ok(reading) => body(reading),
            Err((request, failure)) => {
                log(head.id, &failure);
                // Some megabytes would delay all other calls.
                let falling_back = tokio::task::spawn_blocking(move || fallback(&request));
                falling_back.await.unwrap_or_else(|_| Body {
                    source: BodySource::Stripped,
                    ..Body::default()
                })
            }
        };
        body.findings.cut |= html_cut || text_cut;
        (head, body)
    }
}

/// Returns the time until which a request waits for the worker.
pub(super) fn wait_until(deadline: Instant) -> Instant {
    let now = Instant::now();
    let latest = deadline.checked_sub(MARGIN).unwrap_or(now);
    latest.max(now + MIN_WAIT)
}

fn log(mail_id: u64, failure: &Failure) {
    match failure {
        Failure::Request(_) | Failure::Busy | Failure::Unavailable(_) => {
            tracing::info!(mail_id, %failure, "a mail is shown without the mail reader");
        }
    }
}

/// Cuts a part to the longest one that the worker accepts.
fn bounded(part: Option<String>) -> (Option<String>, bool) {
    let Some(mut part) = part else {
        return (None, false);
    };
    let cut = part.len() > MAX_PART;
    if cut {
        part.truncate(part.floor_char_boundary(MAX_PART));
    }
    (Some(part), cut)
}

/// Returns the body that needs no worker: the text part, otherwise the text of the HTML.
fn fallback(request: &Request) -> Body {
    let Request::Read { html, text } = request else {
        return Body::default();
    };
    let is_filled =
        |part: &Option<String>| part.as_ref().is_some_and(|part| !part.trim().is_empty());
    let (text, source) = match (html, text) {
        (html, Some(plain)) if is_filled(text) => {
            let source = match is_filled(html) {
                true => BodySource::TextFallback,
                false => BodySource::Text,
            };
            (Cow::Borrowed(plain.as_str()), source)
        }
        (Some(html), _) => (Cow::Owned(stripped::text_of(html)), BodySource::Stripped),
        (None, _) => (Cow::Borrowed(""), BodySource::Empty),
    };
    let cleaned = characters::clean(&text);
    let mut markdown = cleaned.text;
    let findings = Findings {
        invisible: cleaned.removed,
        cut: markdown.len() > MAX_OUTPUT,
        ..Findings::default()
    };
    markdown.truncate(markdown.floor_char_boundary(MAX_OUTPUT));
    Body {
        markdown,
        source,
        findings,
    }
}

fn body(reading: Reading) -> Body {
    let tai_reader::Findings {
        hidden,
        hidden_words,
        trackers,
        undescribed_images,
        scripts,
        forms,
        invisible,
        deceptive_links,
        cut,
        simplified,
        source,
    } = reading.findings;
    Body {
        markdown: reading.markdown,
        source: match source {
            Source::Html => BodySource::Html,
            Source::Text => BodySource::Text,
            Source::TextInstead => BodySource::TextInstead,
            Source::OnlyImages => BodySource::OnlyImages,
            Source::Empty => BodySource::Empty,
        },
        findings: Findings {
            hidden,
            hidden_words,
            trackers,
            undescribed_images,
            scripts,
            forms,
            invisible,
            deceptive_links,
            cut,
            simplified,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: Option<&str>, text: Option<&str>) -> (String, BodySource) {
        let body = fallback(&Request::Read {
            html: html.map(str::to_owned),
            text: text.map(str::to_owned),
        });
        (body.markdown, body.source)
    }

    #[test]
    fn without_the_worker_a_mail_is_its_text_part_or_its_stripped_html() {
        use BodySource::{Empty, Stripped, Text, TextFallback};
        let html = Some("<p>html</p>");
        for (html, text, shown, source) in [
            (html, Some("a\r\nb"), "a\nb", TextFallback),
            (html, Some(" "), "html", Stripped),
            (html, None, "html", Stripped),
            (None, Some("a\u{200b}b"), "ab", Text),
            (Some(""), Some("a"), "a", Text),
            (None, None, "", Empty),
        ] {
            assert_eq!(of(html, text), (shown.to_owned(), source));
        }
    }

    #[test]
    fn a_fallback_is_bounded() {
        let body = fallback(&Request::Read {
            html: None,
            text: Some("é".repeat(MAX_OUTPUT)),
        });
        assert!(body.findings.cut && body.markdown.len() <= MAX_OUTPUT);
        let (part, cut) = bounded(Some("é".repeat(MAX_PART)));
        assert!(cut && part.unwrap().len() <= MAX_PART);
    }
}
