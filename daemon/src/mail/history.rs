//! Quoted history at the end of a reply: the earlier mails of the conversation.
//!
//! In doubt the text stays. Only a reply with text of its own loses lines: its last quote, with the
//! attribution of that quote. Text between two quotes may answer them, so both stay.

use super::attribution::attribution;
use tai_proto::subject;

/// Longest name before a marked answer, in bytes.
const MAX_NAME: usize = 40;
/// Longest reply that may say where its answers are, in bytes.
const MAX_HINT: usize = 500;
/// Words that say that the answers are in the quote, in lower case.
const BELOW: [&str; 61] = [
    "inline",
    "in-line",
    "interspersed",
    "below",
    "in the text",
    "unten",
    "im text",
    "ci-dessous",
    "abajo",
    "abaixo",
    "sotto",
    "hieronder",
    "nedan",
    "nedenfor",
    "poniżej",
    "níže",
    "ниже",
    "нижче",
    "aşağıda",
    "以下",
    "下記",
    "见下",
    "見下",
    "아래",
    "my answers",
    "my answer is",
    "my comments",
    "my replies",
    "my responses",
    "my notes",
    "our answers",
    "our comments",
    "in red",
    "in blue",
    "in green",
    "in bold",
    "in capitals",
    "in caps",
    "marked",
    "highlighted",
    "between the lines",
    "after each",
    "meine antworten",
    "meine kommentare",
    "meine anmerkungen",
    "in rot",
    "in blau",
    "in grün",
    "in fett",
    "mes réponses",
    "mes commentaires",
    "en rouge",
    "mis respuestas",
    "mis comentarios",
    "en rojo",
    "minhas respostas",
    "meus comentários",
    "le mie risposte",
    "i miei commenti",
    "mijn antwoorden",
    "moje odpowiedzi",
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
    (is_filled && !has_answers(own, quote)).then_some(at)
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

/// Returns whether a reply says that its answers are in the quote, or the quote has marked answers.
fn has_answers(own: &[Line<'_>], quote: &[Line<'_>]) -> bool {
    let length: usize = own.iter().map(|line| line.text.trim().len()).sum();
    let says = |line: &Line<'_>| {
        let lower = line.text.to_lowercase();
        BELOW.iter().any(|word| lower.contains(word))
    };
    let is_marked = |line: &Line<'_>| {
        let text = line.text.trim_start_matches([' ', '>', '*', '_', '\\']);
        text.strip_prefix('[')
            .and_then(|text| text.split_once(']'))
            .is_some_and(|(name, answer)| {
                let is_name = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '\\');
                name.len() > 1
                    && name.len() <= MAX_NAME
                    && name.chars().all(is_name)
                    && !answer.starts_with('(')
                    && answer.contains(char::is_alphanumeric)
            })
    };
    (length <= MAX_HINT && own.iter().any(says)) || quote.iter().any(is_marked)
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
            "ok.\n\nAs I wrote on 3 May 2026, IBAN:\n\n> IBAN\n".to_owned(),
            "ok.\n\nAs I wrote on 3 May 2026, the new details are:\n\n> IBAN\n".to_owned(),
            "ok.\n\nHere is what the bank wrote on 2026-11-20:\n\n> IBAN\n".to_owned(),
            "ok.\n\nSend it on 3 May 2026 to bob@example.com:\n\n> IBAN\n".to_owned(),
            "ok.\n\nDetails of 3 May 2026 (bob@example.com):\n\n> IBAN\n".to_owned(),
            format!("See inline.\n\n{history}"),
            format!("My replies are in red.\n\n{history}"),
            format!("Please find my answers after your questions.\n\n{history}"),
            format!("Comments marked with ##.\n\n{history}"),
            format!("Meine Antworten in fett.\n\n{history}"),
            format!("Antworten unten.\n\n{history}"),
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
