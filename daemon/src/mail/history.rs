//! Quoted history at the end of a reply: the earlier mails of the conversation.
//!
//! In doubt the text stays. Only a reply with text of its own loses lines: its last quote, with the
//! attribution of that quote. Text between two quotes may answer them, so both stay.

use tai_proto::subject;

/// Limit of an attribution, the text that names the author of a quote, in bytes.
const MAX_ATTRIBUTION: usize = 400;
/// Limit of lines of an attribution, which mail programs wrap.
const MAX_ATTRIBUTION_LINES: usize = 3;

/// Words for writing in the attributions of mail programs, in lower case.
const WRITES: [&str; 40] = [
    "wrote",
    "writes",
    "schrieb",
    "geschrieben",
    "escribió",
    "escrito",
    "écrit",
    "scritto",
    "escreveu",
    "schreef",
    "geschreven",
    "skrev",
    "skrifaði",
    "kirjoitti",
    "kirjutas",
    "rašė",
    "rakstīja",
    "napisał",
    "napsal",
    "napísal",
    "napisao",
    "napisal",
    "написал",
    "писал",
    "пишет",
    "пише",
    "написа",
    "a scris",
    "írta",
    "έγραψε",
    "yazdı",
    "כתב",
    "كتب",
    "viết",
    "menulis",
    "写道",
    "写到",
    "寫道",
    "のメール",
    "작성",
];

/// Returns a body without the quoted history at its end, and the number of removed lines.
pub(super) fn without<'a>(markdown: &'a str, subject: &str) -> (&'a str, u32) {
    let kept = match subject::is_reply(subject) {
        true => own_length(markdown),
        false => None,
    };
    let (own, history) = markdown.split_at(kept.unwrap_or(markdown.len()));
    let lines = history.lines().filter(|line| !line.trim().is_empty());
    (own, u32::try_from(lines.count()).unwrap_or(u32::MAX))
}

/// Returns the length of the text before the history; `None` if there is no history, or nothing
/// before it.
fn own_length(markdown: &str) -> Option<usize> {
    let lines: Vec<Line> = lines(markdown).collect();
    let end = lines.iter().rposition(|line| !line.is_blank())?;
    let is_outside = |line: &Line| !line.is_blank() && !line.is_quote();
    let start = lines
        .get(..=end)?
        .iter()
        .rposition(is_outside)
        .map(|at| at + 1)?;
    let quote = lines.get(start..=end)?;
    let before = lines.get(..start)?;
    // The quote begins with its attribution (Apple Mail), or the lines before it are one.
    let begin = match attribution(&first_paragraph(quote)) {
        0 if quote.is_empty() => return None,
        0 => match attribution(&last_paragraph(before)) {
            0 => return None,
            count => start - count,
        },
        _ => start,
    };
    let own = lines.get(..begin)?;
    let is_filled = own.iter().any(is_outside);
    let at = lines.get(begin)?.at;
    is_filled.then_some(at)
}

/// Line of a body.
struct Line<'a> {
    /// Offset in the body.
    at: usize,
    text: &'a str,
}

impl Line<'_> {
    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Markdown allows three spaces before the mark.
    fn is_quote(&self) -> bool {
        let text = self.text.trim_start_matches(' ');
        self.text.len() - text.len() <= 3 && text.starts_with('>')
    }
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |text| {
        let line = Line { at, text };
        at += text.len();
        line
    })
}

/// Returns the lines of the first paragraph of a quote, without their marks.
fn first_paragraph<'a>(quote: &[Line<'a>]) -> Vec<&'a str> {
    let inner = quote
        .iter()
        .map(|line| line.text.trim_start_matches([' ', '>']).trim());
    inner
        .skip_while(|text| text.is_empty())
        .take_while(|text| !text.is_empty())
        .collect()
}

fn last_paragraph<'a>(lines: &[Line<'a>]) -> Vec<&'a str> {
    let blank = lines.iter().rposition(Line::is_blank);
    let last = lines.iter().skip(blank.map_or(0, |at| at + 1));
    last.map(|line| line.text).collect()
}

/// Returns the number of lines of the attribution at the end of a paragraph; 0 if there is none. An
/// attribution ends with a colon. It has two of three: a date, an address, a word for writing.
fn attribution(paragraph: &[&str]) -> usize {
    let last = paragraph.last().map_or("", |line| line.trim());
    if !last.trim_end_matches(['*', '_']).ends_with([':', '：']) {
        return 0;
    }
    let mut lines = 0;
    let mut whole = String::new();
    for (at, line) in paragraph
        .iter()
        .rev()
        .take(MAX_ATTRIBUTION_LINES)
        .enumerate()
    {
        let line = line.trim();
        whole = format!("{line} {whole}");
        // A sentence of its own is not a part of a wrapped line.
        let is_sentence = at > 0 && line.ends_with(['.', '!', '?', ':', '…', '。']);
        if is_sentence || whole.len() > MAX_ATTRIBUTION {
            break;
        }
        if parts(line) > 0 && parts(&whole) >= 2 {
            lines = at + 1;
        }
    }
    lines
}

/// Returns how many parts of an attribution a text has.
fn parts(text: &str) -> usize {
    let lower = text.to_lowercase();
    let writes = WRITES.iter().any(|word| lower.contains(word));
    usize::from(has_date(text)) + usize::from(text.contains('@')) + usize::from(writes)
}

/// Returns whether a text has the numbers of a date or of a date and a time.
fn has_date(text: &str) -> bool {
    let numbers = text.split(|c: char| !c.is_ascii_digit());
    numbers
        .filter(|number| matches!(number.len(), 1 | 2 | 4))
        .count()
        >= 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(markdown: &str) -> (&str, u32) {
        without(markdown, "Re: Lunch")
    }

    #[test]
    fn the_history_of_common_mail_programs_is_left_out() {
        for history in [
            "On Mon, Nov 23, 2026 at 10:00 AM Bob <bob@example.com> wrote:\n>\n> Lunch?\n> Bob\n",
            "On Mon, Nov 23, 2026 at 10:00 AM Bob Very-Long-Name\n<bob@example.com> wrote:\n\n> Lunch?",
            "> On 23. Nov 2026, at 10:00, Bob <bob@example.com> wrote:\n>\n> Lunch?\n\n",
            "Am 23.11.26 um 10:00 schrieb Bob:\n> Lunch?",
            "El lun, 23 nov 2026 a las 10:00, Bob (<bob@example.com>) escribió:\n> Lunch?",
            "2026年11月23日(月) 10:00 Bob <bob@example.com>：\n> Lunch?\n> > When?\n",
            "*Bob wrote on 2026-11-23:*\n   > Lunch?",
            "Le lun. 23 nov. 2026 à 10:00, Bob <bob@example.com> a\nécrit :\n\n> Lunch?\n>\n> > When?",
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
            (
                "Yes.\nOn Mon, Nov 23, 2026 Bob\n<bob@example.com>\nwrote:",
                "Yes.",
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
            assert_eq!(without(&body, subject), (body.as_str(), 0), "{subject}");
        }
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
