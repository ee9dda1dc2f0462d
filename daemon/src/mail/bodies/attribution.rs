//! Attributions: the lines before a quote that say who wrote it and when. In doubt a line is none.

/// Limit of an attribution, the text that names the author of a quote, in bytes.
const MAX_ATTRIBUTION: usize = 400;
/// Least length of a wrapped line with the first word of the next one, in characters.
const MIN_WRAPPED: usize = 60;

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

/// Returns the number of lines of the attribution at the end of a paragraph; 0 if there is none. An
/// attribution ends with a colon. It is one line, because the line above it may be the last one of
/// the reply, with a telephone number, a price or a time; or two, if the second one cannot begin
/// it.
pub(super) fn attribution(paragraph: &[&str]) -> usize {
    let Some((last, above)) = paragraph.split_last() else {
        return 0;
    };
    if !last.trim_end_matches(['*', '_']).ends_with([':', '：']) {
        return 0;
    }
    let wrapped = above.last().filter(|above| is_wrapped(above, last));
    match wrapped {
        Some(above) if is_attribution(&format!("{above} {last}")) => 2,
        Some(_) | None => usize::from(is_attribution(last)),
    }
}

/// Returns whether a mail program wrapped an attribution between these lines: the first word of the
/// second line had no room in the first one, and is an address or a word for writing, before which a
/// name or a date stands.
fn is_wrapped(line: &str, next: &str) -> bool {
    let words: Vec<&str> = next.split_whitespace().collect();
    let first = words.first().copied().unwrap_or_default();
    let is_small = |word: &&str| !word.chars().any(char::is_uppercase);
    let is_verb = has_verb(next) && words.len() <= 2 && words.iter().all(is_small);
    let is_full = line.chars().count() + first.chars().count() >= MIN_WRAPPED;
    is_full && (first.starts_with('<') || is_verb)
}

/// Returns whether a text has two of three: a date, an address, a word for writing; and nearly no
/// other words than names. Without a word for writing, it has a date and a time, and ends with the
/// address.
fn is_attribution(text: &str) -> bool {
    if text.len() > MAX_ATTRIBUTION {
        return false;
    }
    let words = Words::new(text);
    let has_address = text.contains('@');
    match has_verb(text) {
        true if words.numbers >= 2 => words.others <= 3 && !words.continues,
        true => has_address && words.others <= 2,
        false => {
            let end =
                text.trim_end_matches(|c: char| !matches!(c, '>' | ')') && !c.is_alphanumeric());
            let ends_with_address = end.ends_with(['>', ')'])
                && end
                    .rsplit(['<', '('])
                    .next()
                    .is_some_and(|last| last.contains('@'));
            words.numbers >= 4 && words.others <= 2 && ends_with_address
        }
    }
}

fn has_verb(text: &str) -> bool {
    let lower = text.to_lowercase();
    WRITES.iter().any(|word| lower.contains(word))
}

/// What the words of a text are.
#[derive(Debug, Default)]
struct Words {
    /// Numbers of a date or a time outside of addresses.
    numbers: usize,
    /// Words in lower case that are neither in the date nor in a name, nor mean writing.
    others: usize,
    /// Whether a date after a word for writing is followed by longer words.
    continues: bool,
}

impl Words {
    fn new(text: &str) -> Self {
        let words: Vec<&str> = text.split_whitespace().collect();
        let numbers = |word: &&str| {
            let numbers = word.split(|c: char| !c.is_ascii_digit());
            let numbers = numbers.filter(|number| matches!(number.len(), 1 | 2 | 4));
            if word.contains('@') {
                0
            } else {
                numbers.count()
            }
        };
        let first = words.iter().position(|word| numbers(word) > 0);
        let last = words.iter().rposition(|word| numbers(word) > 0);
        let outside =
            |at: usize| first.is_none_or(|first| at < first) || last.is_some_and(|last| at > last);
        let letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count();
        let is_other = |(at, word): &(usize, &&str)| {
            let begins = word.chars().find(|c| c.is_alphabetic());
            let is_lower = begins.is_some_and(char::is_lowercase) && letters(word) >= 2;
            is_lower && outside(*at) && !word.contains('@') && !has_verb(word)
        };
        let verb = words.iter().position(|word| has_verb(word));
        let after = last
            .and_then(|last| words.get(last + 1..))
            .unwrap_or_default();
        Self {
            numbers: words.iter().map(numbers).sum(),
            others: words.iter().enumerate().filter(is_other).count(),
            continues: verb.is_some_and(|verb| first.is_some_and(|first| verb < first))
                && after
                    .iter()
                    .any(|word| !word.contains('@') && letters(word) > 3),
        }
    }
}
