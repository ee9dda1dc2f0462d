//! Previews of listed mails: the beginning of each body as a reader gets it, without quoted history.

use super::reading::Body;
use crate::mail::{bodies::history, service::MailService};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tai_auth::bridge::Bridge;
use tai_proto::{
    mail::{BodySource, Envelope},
    text::HeaderText,
};
use tai_reader::characters::line;
use tokio::{
    sync::Mutex,
    time::{Duration, Instant},
};
use unicode_segmentation::UnicodeSegmentation as _;

/// Length of a preview, in user-perceived characters.
const LENGTH: usize = 160;
/// Limit of bodies that are read at once.
const AT_ONCE: usize = 4;
/// Time before the deadline of a list at which no further body is read.
const MARGIN: Duration = Duration::from_secs(12);

impl<B: Bridge> MailService<B> {
    /// Adds previews to mails. A mail whose body cannot be read, or not in time, or may include
    /// hidden passages, has none. The bodies are got at once, and read one after another, so that a
    /// list takes one place at the reader.
    pub(super) async fn add_previews(&self, mails: &mut [Envelope], deadline: Instant) {
        let turn = &Mutex::new(());
        let mut previewed = Vec::new();
        for mail in mails {
            previewed.push(
                async move {
                    if deadline.saturating_duration_since(Instant::now()) > MARGIN {
                        mail.preview = self.preview(mail, turn, deadline).await;
                    }
                }
                .boxed(),
            );
        }
        let mut previewed = stream::iter(previewed).buffer_unordered(AT_ONCE);
        while previewed.next().await.is_some() {}
    }

    async fn preview(
        &self,
        mail: &Envelope,
        turn: &Mutex<()>,
        deadline: Instant,
    ) -> Option<HeaderText> {
        let message = self.message(mail.id, deadline).await.ok().flatten()?;
        let _turn = turn.lock().await;
        let (_, body) = self.body(message, deadline).await;
        let (own, _) = history::without(&body.markdown, &mail.subject, history::EACH_LEVEL);
        may_be_previewed(&body).then(|| beginning(own))
    }
}

/// Returns whether a body has nothing but what a person sees. A preview has no place for a note.
fn may_be_previewed(body: &Body) -> bool {
    let read = match body.source {
        BodySource::Html
        | BodySource::Text
        | BodySource::TextInstead
        | BodySource::OnlyImages
        | BodySource::Empty => true,
        BodySource::TextFallback | BodySource::Stripped => false,
    };
    read && !body.findings.simplified
}

/// Returns the beginning of a body on one line.
fn beginning(body: &str) -> HeaderText {
    // Enough for the longest characters that people write.
    let start = body.floor_char_boundary(LENGTH * 50);
    let words = body.get(..start).unwrap_or_default().split_whitespace();
    let words = words.collect::<Vec<_>>().join(" ");
    let line = line(&words);
    let end = line.grapheme_indices(true).nth(LENGTH);
    let end = end.map(|(at, _)| before_link(&line, at));
    match end.and_then(|at| line.get(..at)) {
        Some(cut) => HeaderText::cut(format!("{cut}…")),
        None => HeaderText::cut(line),
    }
}

/// Returns the last place at or before another one at which a line can be cut, so that no link is
/// shown without the warning behind it.
fn before_link(line: &str, end: usize) -> usize {
    let (kept, rest) = line.split_at_checked(end).unwrap_or((line, ""));
    let before_word = |text: &str| text.trim_end().rfind(' ').unwrap_or_default();
    if rest.trim_start().starts_with("(⚠") {
        return before_word(kept);
    }
    if let Some((text, warning)) = kept.rsplit_once("(⚠")
        && !warning.contains(')')
    {
        return before_word(text);
    }
    let Some(start) = kept.rfind('[') else {
        return end;
    };
    let link = line.get(start..).unwrap_or_default();
    let Some(address) = link.find("](") else {
        return end;
    };
    let mut depth = 0_usize;
    let close = link.get(address..).unwrap_or_default().find(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => return false,
        }
        depth == 0
    });
    let after = close.map_or(link.len(), |close| address + close + 1);
    let behind = link.get(after..).unwrap_or_default();
    let warning = match behind.starts_with(" (⚠") {
        true => behind.find(')').map_or(behind.len(), |close| close + 1),
        false => 0,
    };
    match start + after + warning > end {
        true => start,
        false => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_ends_before_a_link_that_does_not_fit_with_its_warning() {
        let text = "x".repeat(120);
        let link = "[bank.example](https://evil.example/a(b)c) (⚠ goes to evil.example)";
        for (body, expected) in [
            (format!("{text} {link} end"), format!("{text} …")),
            (
                format!("{text} bank.example (⚠ goes to evil.example.with.a.long.name.of.a.host)"),
                format!("{text}…"),
            ),
            (
                format!("{} bank.example (⚠ goes to evil.example)", "x".repeat(146)),
                format!("{}…", "x".repeat(146)),
            ),
            (
                format!("{link} {}", "y".repeat(200)),
                format!("{link} {}…", "y".repeat(160 - 1 - link.chars().count())),
            ),
            (
                format!("a [b] {}", "y".repeat(200)),
                format!("a [b] {}…", "y".repeat(154)),
            ),
        ] {
            assert_eq!(beginning(&body).as_str(), expected);
        }
    }

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
