//! Quoted history at the end of a reply: the earlier mails of the conversation.
//!
//! In doubt the text stays. Only a reply with text of its own loses lines: its last quote, with the
//! attribution of that quote. Text between two quotes may answer them, so both stay. In HTML, mail
//! programs let a person type into the quote, where an answer looks like the quote, so only the
//! quotes within the quote are history there.

use super::attribution::attribution;
use tai_proto::{mail::BodySource, subject};

/// Longest name before a marked answer, in bytes.
const MAX_NAME: usize = 40;

/// Least level of the quotes that are history for a reader who sees the beginning of a body only.
pub(in crate::mail) const EACH_LEVEL: usize = 1;

/// Returns a body without the quoted history at its end, and the number of removed lines. Quotes of a
/// lower level than `level` stay.
pub(in crate::mail) fn without<'a>(
    markdown: &'a str,
    subject: &str,
    level: usize,
) -> (&'a str, u32) {
    let kept = match subject::is_reply(subject) {
        true => own_length(markdown, level),
        false => None,
    };
    let (own, history) = markdown.split_at(kept.unwrap_or(markdown.len()));
    let lines = history.lines().filter(|line| !line.trim().is_empty());
    (own, u32::try_from(lines.count()).unwrap_or(u32::MAX))
}

/// Returns the least level of the quotes that are history and cannot contain an answer.
pub(in crate::mail) fn level(source: BodySource) -> usize {
    match source {
        // Programs for text leave the marks away before an answer.
        BodySource::Text => EACH_LEVEL,
        // The text part of an HTML mail is made from it.
        BodySource::Html
        | BodySource::TextInstead
        | BodySource::OnlyImages
        | BodySource::Empty
        | BodySource::TextFallback
        | BodySource::Stripped => 2,
    }
}

/// Returns the length of the text before the history; `None` if there is no history, or nothing
/// before it.
fn own_length(markdown: &str, level: usize) -> Option<usize> {
    let lines: Vec<Line> = lines(markdown).collect();
    let end = lines.iter().rposition(|line| !line.is_blank())?;
    let is_before = |line: &Line| !line.is_blank() && line.level < level;
    let start = lines.get(..=end)?.iter().rposition(is_before)? + 1;
    let quote = lines.get(start..=end)?;
    let before = lines.get(..start)?;
    let first = first_paragraph(quote);
    // The quote begins with its attribution (Apple Mail), or the lines before it are one.
    let begin = match attribution(&first) {
        0 if quote.is_empty() => return None,
        count if count > 0 && count == first.len() => start,
        _ => match attribution(&last_paragraph(before)) {
            0 => return None,
            count => start - count,
        },
    };
    let own = lines.get(..begin)?;
    let has_text = own.iter().any(|line| !line.is_blank() && line.level == 0);
    // The text announces the quotation.
    let announces = own
        .iter()
        .rfind(|line| !line.is_blank())
        .is_some_and(|line| line.text.ends_with([':', '：']));
    let at = lines.get(begin)?.at;
    (has_text && !announces && !quote.iter().any(is_marked)).then_some(at)
}

/// Line of a body.
struct Line<'a> {
    /// Offset in the body.
    at: usize,
    /// Number of the marks of a quote before the text.
    level: usize,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn new(at: usize, line: &'a str) -> Self {
        let (mut level, mut text) = (0, line);
        // Markdown allows three spaces before a mark.
        while let Some(inner) = text.trim_start_matches(' ').strip_prefix('>')
            && text.len() - inner.len() <= 4
        {
            level += 1;
            text = inner.strip_prefix(' ').unwrap_or(inner);
        }
        let text = text.trim();
        Self { at, level, text }
    }

    fn is_blank(&self) -> bool {
        self.text.is_empty()
    }
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |text| {
        let line = Line::new(at, text);
        at += text.len();
        line
    })
}

fn first_paragraph<'a>(lines: &[Line<'a>]) -> Vec<&'a str> {
    let lines = lines.iter().skip_while(|line| line.is_blank());
    let first = lines.take_while(|line| !line.is_blank());
    first.map(|line| line.text).collect()
}

fn last_paragraph<'a>(lines: &[Line<'a>]) -> Vec<&'a str> {
    let blank = lines.iter().rposition(Line::is_blank);
    let last = lines.iter().skip(blank.map_or(0, |at| at + 1));
    last.map(|line| line.text).collect()
}

/// Returns whether a line is an answer behind the name of its author, such as `[Ann] At noon.`.
fn is_marked(line: &Line<'_>) -> bool {
    let text = line.text.trim_start_matches(['*', '_', '\\']);
    let Some((name, answer)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) else {
        return false;
    };
    let is_name = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '\\');
    name.len() > 1
        && name.len() <= MAX_NAME
        && name.chars().all(is_name)
        && !answer.starts_with('(')
        && answer.contains(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(markdown: &str) -> (&str, u32) {
        without(markdown, "Re: Lunch", level(BodySource::Text))
    }

    fn of_html(markdown: &str) -> (&str, u32) {
        without(markdown, "Re: Lunch", level(BodySource::Html))
    }

    #[test]
    fn the_history_of_common_mail_programs_is_left_out() {
        for history in [
            "On Mon, Nov 23, 2026 at 10:00 AM Bob <bob@example.com> wrote:\n>\n> Lunch?\n> Bob\n",
            "On Mon, Nov 23, 2026 at 10:00 AM Bob Very-Long-Name\n<bob@example.com> wrote:\n\n> Lunch?",
            "On Mon, Nov 23, 2026 at 10:00 AM Bob Example <bob.example@example.com>\nwrote:\n\n> Lunch?",
            "> On 23. Nov 2026, at 10:00, Bob <bob@example.com> wrote:\n>\n> Lunch?\n\n",
            "Am 23.11.26 um 10:00 schrieb Bob:\n> Lunch?",
            "El lun, 23 nov 2026 a las 10:00, Bob (<bob@example.com>) escribió:\n> Lunch?",
            "2026年11月23日(月) 10:00 Bob <bob@example.com>：\n> Lunch?\n> > When?\n",
            "*Bob wrote on 2026-11-23:*\n   > Lunch?",
            "Le lun. 23 nov. 2026 à 10:00, Bob Example <bob@example.com> a\nécrit :\n\n> Lunch?\n>\n> > When?",
            "пн, 23 нояб. 2026 г. в 10:00, Bob <bob@example.com>:\n> Lunch?",
            "Em seg., 23 de nov. de 2026 às 10:00, Bob <bob@example.com> escreveu:\n> Lunch?",
            "Bob <bob@example.com>, 23 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:\n> Lunch?",
            "Vào Th 2, 23 thg 11, 2026 vào lúc 10:00 Bob <bob@example.com> đã viết:\n> Lunch?",
            "Bob kirjoitti 23.11.2026 klo 10.00:\n> Lunch?",
            "Bob <bob@example.com> 于2026年11月23日周一 10:00写道：\n> [image: Lunch]\n> [Lunch](https://a.example/)",
            "23.11.2026, 10:00, \"Bob\" <bob@example.com>:\n> Lunch?\n>\n> - a list\n>   of two lines",
        ] {
            let body = format!("Yes.\n\n{history}");
            let (own, lines) = of(&body);
            assert_eq!(own.trim_end(), "Yes.", "{history}");
            assert!(lines >= 2, "{history}");
        }
    }

    #[test]
    fn only_the_attribution_is_taken_from_the_paragraph_before_a_quote() {
        for (before, own) in [
            ("Yes.\nOn 2026-11-23 Bob wrote:", "Yes."),
            ("Yes\nBob <bob@example.com> wrote:", "Yes"),
            ("At 10:00.\nBob <bob@example.com> wrote:", "At 10:00."),
            // A piece of a wrapped attribution does no harm.
            (
                "Yes.\nOn Mon, Nov 23, 2026 at 10:00 AM Bob\n<bob@example.com> wrote:",
                "Yes.\nOn Mon, Nov 23, 2026 at 10:00 AM Bob",
            ),
        ] {
            let body = format!("{before}\n>\n> Lunch?\n");
            assert_eq!(of(&body).0.trim_end(), own, "{before}");
        }
    }

    #[test]
    fn text_that_may_be_new_stays() {
        let history = "On Mon, Nov 23, 2026, Bob wrote:\n> Lunch?\n";
        for body in [
            // Nothing of the sender's own.
            history.to_owned(),
            "> On 23. Nov 2026 Bob wrote:\n> Lunch?\n".to_owned(),
            // An answer below or between the quotes.
            format!("{history}\nYes.\n"),
            format!("{history}\nYes.\n\n> When?\n"),
            format!("Hi\n\n{history}\nYes.\n\n> When?\n"),
            // A quotation that is no history.
            "As Hamlet says:\n\n> To be or not to be\n".to_owned(),
            "ok.\n\nBank details, valid from 2026:\n\n> IBAN\n".to_owned(),
            "ok.\n\nThe train of 10:00 on 3 May:\n\n> Platform 3\n".to_owned(),
            "ok.\n\nSend this to bob@example.com:\n\n> Hi\n".to_owned(),
            "ok.\n\nAs I wrote on 3 May 2026, IBAN:\n\n> IBAN\n".to_owned(),
            "ok.\n\nAs I wrote on 3 May 2026, the new details are:\n\n> IBAN\n".to_owned(),
            "ok.\n\nHere is what the bank wrote on 2026-11-20:\n\n> IBAN\n".to_owned(),
            "ok.\n\nSend it on 3 May 2026 to bob@example.com:\n\n> IBAN\n".to_owned(),
            "ok.\n\nDetails of 3 May 2026 (bob@example.com):\n\n> IBAN\n".to_owned(),
            // A quotation that the text announces.
            "ok, it fails:\n\ngcc wrote on 2026-11-20 10:00:\n> error\n".to_owned(),
            format!("FYI, the bank:\n\n{history}"),
            format!("Yes.\n\n{history}> [Ann] At noon.\n"),
            format!("Yes.\n\n{history}> \\[Ann\\] At noon.\n"),
            "ok.\n\nAs I wrote:\n\n> Hi\n".to_owned(),
            "Yes.\n\n> Lunch?\n".to_owned(),
            // Outlook marks no line of the history, so that answers within it look the same.
            "Yes.\n\nFrom: Bob\nSent: Monday, November 23, 2026 10:00\nSubject: Lunch\n\nLunch?\n"
                .to_owned(),
            String::new(),
            ">".to_owned(),
        ] {
            assert_eq!(of(&body), (body.as_str(), 0), "{body}");
        }
        let body = format!("Yes.\n\n{history}");
        for subject in ["Lunch", "Fwd: Lunch", "WG: Re: Lunch", ""] {
            let kept = without(&body, subject, EACH_LEVEL);
            assert_eq!(kept, (body.as_str(), 0), "{subject}");
        }
    }

    #[test]
    fn the_last_line_before_an_attribution_stays() {
        for last in [
            "14:30 works, but bring the contract and do not tell Bob",
            "Ann, +49 30 1234 56",
            "ann@example.com",
            "Tel 01 23 45 67 89",
            "Street 5, 10115 Berlin 12",
            "www.shop.example 24/7",
            "120.50",
            "5 x 20, to Carol and not to Bob",
            "See you at the Hotel Adlon in Berlin on 24.12.2026 at 14:30 (room 12)",
            "Ann Lee <ann@example.com>, Example GmbH, Street 5, Berlin, since 1999",
            "14:30 works for me but bring the contract and do not tell anyone before 12",
            "10:30 AM at Hotel Adlon, Room 12, Berlin, Unter den Linden 77 or Platz 1",
        ] {
            for attribution in [
                "On Mon, Nov 23, 2026 at 10:00 AM Bob <bob@example.com> wrote:",
                "Am 23.11.26, 10:00 schrieb \"Bob\" <bob@example.com>:",
                "23.11.2026, 10:00, \"Bob\" <bob@example.com>:",
                "Bob <bob@example.com> wrote:",
                "On Mon, Nov 23, 2026 at 10:00 AM Bob Example <bob.example@example.com>\nwrote:",
                "On Mon, Nov 23, 2026 at 10:00 AM Bob Very-Long-Name\n<bob@example.com> wrote:",
            ] {
                for own in [format!("Yes\n{last}\n"), format!("Hi\n\n{last}\n")] {
                    let body = format!("{own}{attribution}\n> Lunch?\n");
                    assert_eq!(of(&body).0, own, "{attribution}");
                }
            }
        }
    }

    #[test]
    fn only_the_quotes_within_the_quote_of_html_are_history() {
        let first = "Hi Bob,\n\nOn 2026-11-23 Bob wrote:\n\n> Lunch at 12?\n>\n> no, at one\n";
        assert_eq!(of_html(first), (first, 0));
        for (history, count) in [
            ("> On 2026-11-22 Ann wrote:\n>\n> > Hi\n> > > Hello\n", 4),
            ("> > On 2026-11-22 Ann wrote:\n> >\n> > Hi\n", 4),
        ] {
            let body = format!("{first}>\n{history}");
            let (own, lines) = of_html(&body);
            assert_eq!((own.trim_end_matches(">\n"), lines), (first, count));
        }
        let bare = format!("{first}>\n> As Hamlet says\n>\n> > To be\n");
        assert_eq!(of_html(&bare), (bare.as_str(), 0));
        let answered = format!("{first}>\n> On 2026-11-22 Ann wrote:\n> > Hi\n>\n> Yes\n");
        assert_eq!(of_html(&answered), (answered.as_str(), 0));
    }

    #[test]
    fn answers_before_the_last_history_stay() {
        let body =
            "On 2026-11-20 Bob wrote:\n> When?\n\nAt noon.\n\nOn 2026-11-19 Ann wrote:\n> Hi\n";
        let (own, lines) = of(body);
        assert!(own.ends_with("At noon.\n\n"), "{own}");
        assert_eq!(lines, 2);
    }

    proptest! {
        #[test]
        fn a_paragraph_before_an_attribution_stays(
            own in "[a-zA-Z0-9@.:,+/ -]{1,90}[a-zA-Z0-9]",
        ) {
            let body = format!("Yes.\n\n{own}\n\nOn 2026-11-23 at 10:00 Bob wrote:\n> Lunch?\n");
            prop_assert_eq!(of(&body).0.trim_end(), format!("Yes.\n\n{own}"));
            let body = format!("Yes.\n\n{own}\nOn 2026-11-23 at 10:00 Bob wrote:\n> Lunch?\n");
            prop_assert_eq!(of(&body).0.trim_end(), format!("Yes.\n\n{own}"));
        }

        #[test]
        fn only_whole_lines_at_the_end_are_left_out(
            lines in proptest::collection::vec("(> ?){0,2}([a-z]{0,5}|On 2026 x:|é@:)( {0,4})", 0..12),
        ) {
            let body = lines.join("\n");
            let (own, left_out) = of(&body);
            prop_assert!(body.starts_with(own));
            prop_assert!(own.is_empty() || own == body || own.ends_with('\n'));
            prop_assert_eq!(left_out == 0, own == body);
            let rest = &body[own.len()..];
            prop_assert!(rest.lines().skip_while(|line| !line.trim_start().starts_with('>'))
                .all(|line| line.trim().is_empty() || line.trim_start().starts_with('>')));
        }
    }
}
