//! Queries of a search: words, phrases in quotation marks, and operators such as `from:bob`.
//!
//! Case, accents, compatibility forms and Markdown's marks make no difference. A word matches a part
//! of a word.

use super::{fold::fold, sender::SenderMatch};
use jiff::civil::Date;
use tai_auth::bridge::Head;
use tai_proto::{call::MAX_QUERY, mail::Filter};
use tai_reader::characters::line;

/// The operators.
const OPERATORS: [&str; 5] = ["from", "subject", "since", "until", "is"];

/// Parsed query. A mail matches if it has all that the query names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(in crate::mail) struct Query {
    /// Folded words and phrases that occur in the sender, the subject or the body.
    anywhere: Vec<String>,
    /// Conditions on the sender.
    from: Vec<SenderMatch>,
    /// Folded texts that occur in the subject.
    subject: Vec<String>,
    /// First day, in UTC.
    since: Option<Date>,
    /// Last day, in UTC.
    until: Option<Date>,
    /// Read state; `None` for both.
    read: Option<bool>,
}

/// Reason for which text is not a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryError {
    /// The text has no word and no operator, or is too long.
    #[error("expected one or more words, at most {MAX_QUERY} bytes")]
    Length,
    /// The word before the colon is not an operator.
    #[error(
        "`{0}:` is not an operator; the operators are from:, subject:, since:, until:, is:unread \
         and is:read, and text with a colon is written in quotation marks"
    )]
    Operator(String),
    /// A word that joins or excludes others in other programs.
    #[error(
        "`{0}` does nothing here: an email must have all words, and none can be excluded; search for \
         each on its own, or write `{0}` in quotation marks to find the text"
    )]
    Joint(String),
    /// An operator that has one value is given again.
    #[error("`{0}:` is given twice, and an email must meet every condition; give it once")]
    Twice(&'static str),
    /// No day is in the range.
    #[error("`until:` is before `since:`, so no email can match")]
    Order,
    /// The value of an operator is not one of its values.
    #[error("`{operator}:{value}` is not valid: expected {expected}")]
    Value {
        /// The operator.
        operator: &'static str,
        /// The value.
        value: String,
        /// The values of the operator.
        expected: String,
    },
}

impl Query {
    /// Parses a query.
    ///
    /// # Errors
    /// Any [`QueryError`].
    pub(in crate::mail) fn parse(text: &str) -> Result<Self, QueryError> {
        if text.len() > MAX_QUERY {
            return Err(QueryError::Length);
        }
        let mut query = Self::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (operator, after) = operator(rest);
            let is_quoted = after.starts_with('"');
            let (value, after) = value(after, operator.is_some());
            if operator.is_none() && !is_quoted && is_joint(value) {
                return Err(QueryError::Joint(value.to_owned()));
            }
            query.add(operator, value)?;
            rest = after.trim_start();
        }
        let is_before = |(since, until)| until < since;
        if query.since.zip(query.until).is_some_and(is_before) {
            return Err(QueryError::Order);
        }
        match query == Self::default() {
            true => Err(QueryError::Length),
            false => Ok(query),
        }
    }

    /// Returns the query of the conditions of a wait; `None` if there are none.
    ///
    /// # Errors
    /// The name of a condition without a character that counts.
    pub(in crate::mail) fn of_filter(filter: &Filter) -> Result<Option<Self>, &'static str> {
        let Filter { from, subject } = filter;
        if from.is_none() && subject.is_none() {
            return Ok(None);
        }
        let from = from
            .as_ref()
            .map(|text| SenderMatch::new(text).ok_or("from"));
        let words = subject.as_ref().map(|text| match fold(text) {
            folded if folded.is_empty() => Err("subject"),
            folded => Ok(folded),
        });
        let (from, words) = (from.transpose()?, words.transpose()?.unwrap_or_default());
        Ok(Some(Self {
            from: from.into_iter().collect(),
            subject: words.split(' ').map(str::to_owned).collect(),
            ..Self::default()
        }))
    }

    /// Returns whether the sender and the subject have the texts that the query names for them.
    pub(in crate::mail) fn has_envelope(&self, from: &str, subject: &str) -> bool {
        self.has_folded(from, &fold(&line(subject)))
    }

    /// As [`Query::has_envelope`], with a folded subject.
    fn has_folded(&self, from: &str, subject: &str) -> bool {
        self.from.iter().all(|sender| sender.is_met(from))
            && self.subject.iter().all(|part| subject.contains(part))
    }

    /// Adds a condition. A value without characters that count is none.
    fn add(&mut self, operator: Option<&str>, value: &str) -> Result<(), QueryError> {
        // A pasted sender has its address in angle brackets.
        let inside = value
            .strip_prefix('<')
            .and_then(|value| value.strip_suffix('>'));
        let text = fold(inside.unwrap_or(value));
        let add = |to: &mut Vec<String>| {
            if !text.is_empty() {
                to.push(text.clone());
            }
        };
        match operator.map(str::to_ascii_lowercase).as_deref() {
            None => add(&mut self.anywhere),
            Some("from") => {
                let sender = SenderMatch::new(value);
                self.from
                    .push(sender.ok_or_else(|| invalid("from", value, "a sender"))?);
            }
            Some("subject") if text.is_empty() => {
                return Err(invalid("subject", value, "words of the subject"));
            }
            Some("subject") => add(&mut self.subject),
            Some("since") => once("since", &mut self.since, date("since", value)?)?,
            Some("until") => once("until", &mut self.until, date("until", value)?)?,
            Some("is") => {
                let is_read = match text.as_str() {
                    "read" => true,
                    "unread" => false,
                    _ => return Err(invalid("is", value, "is:unread or is:read")),
                };
                once("is", &mut self.read, is_read)?;
            }
            Some(other) => return Err(QueryError::Operator(other.to_owned())),
        }
        Ok(())
    }

    /// Returns the words and phrases that the body must have for a match, which are those that occur
    /// neither in the sender nor in the subject; `None` if the mail does not match whatever its body.
    pub(in crate::mail) fn left_for_body<'a>(&'a self, head: &Head) -> Option<Vec<&'a str>> {
        let (from, subject) = (fold(&line(&head.from)), fold(&line(&head.subject)));
        let is_match = self.admits(head) && self.has_folded(&head.from, &subject);
        let words = self.anywhere.iter().map(String::as_str);
        let left = words.filter(|word| !from.contains(word) && !subject.contains(word));
        is_match.then(|| left.collect())
    }

    /// Returns whether the time and the read state match.
    fn admits(&self, head: &Head) -> bool {
        // The bridge's times begin with the day.
        let day = || head.date.get(..10).and_then(|day| day.parse::<Date>().ok());
        self.read.is_none_or(|read| read == head.read)
            && self
                .since
                .is_none_or(|first| day().is_some_and(|day| day >= first))
            && self
                .until
                .is_none_or(|last| day().is_some_and(|day| day <= last))
    }
}

/// Sets the value of an operator.
///
/// # Errors
/// [`QueryError::Twice`].
fn once<T>(operator: &'static str, place: &mut Option<T>, value: T) -> Result<(), QueryError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(QueryError::Twice(operator)),
    }
}

/// Splits an operator off: letters, then a colon. The address of a page is text. White space may
/// precede the value of an operator that is known.
fn operator(text: &str) -> (Option<&str>, &str) {
    let Some((name, rest)) = text.split_once(':') else {
        return (None, text);
    };
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_name = name.len() > 1 && name.bytes().all(is_letter);
    let is_known = OPERATORS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name));
    let has_value = rest.starts_with(|c: char| !c.is_whitespace() && c != '/');
    match is_known || (is_name && has_value) {
        true => (Some(name), rest.trim_start()),
        false => (None, text),
    }
}

/// Splits a value off: text in quotation marks, that of an operator also in parentheses, or text up
/// to the next white space.
fn value(text: &str, of_operator: bool) -> (&str, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split_once('"').unwrap_or((quoted, ""));
    }
    if let Some(group) = text.strip_prefix('(').filter(|_| of_operator) {
        return group.split_once(')').unwrap_or((group, ""));
    }
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

/// Returns whether other programs join words with this one, or exclude it.
fn is_joint(word: &str) -> bool {
    let excluded = word.strip_prefix('-');
    matches!(word, "OR" | "AND" | "NOT" | "|" | "||" | "&&")
        || excluded.is_some_and(|word| word.starts_with(char::is_alphabetic))
}

fn date(operator: &'static str, value: &str) -> Result<Date, QueryError> {
    // jiff reads a time too, and drops it.
    let day = value
        .parse()
        .ok()
        .filter(|_| value.len() == "2026-11-30".len());
    day.ok_or_else(|| invalid(operator, value, &format!("a day such as {}", today())))
}

/// Returns the day, which a model does not know, in the words of an error.
fn today() -> String {
    let now = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now());
    format!("{}, which is today (UTC)", now.date())
}

fn invalid(operator: &'static str, value: &str, expected: &str) -> QueryError {
    QueryError::Value {
        operator,
        value: value.to_owned(),
        expected: expected.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(from: &str, subject: &str, date: &str) -> Head {
        Head {
            id: 1,
            from: from.into(),
            to: "desk.alice@tai.chat".into(),
            subject: subject.into(),
            date: date.into(),
            read: false,
        }
    }

    fn matches(query: &str, body: &str) -> bool {
        let head = head(
            "Zoë Müller <zoe@example.com>",
            "Die Straße: Café & Re: 12:30",
            "2026-11-23T09:59:34Z",
        );
        let query = Query::parse(query).unwrap();
        let body = fold(body);
        let left = query.left_for_body(&head);
        left.is_some_and(|left| left.iter().all(|word| body.contains(word)))
    }

    #[test]
    fn a_mail_matches_if_it_has_all_that_the_query_names() {
        let body = "Don\u{2019}t B\u{2013}C Order **A-1001** of\nvec\\_push, ｆｕｌｌ width, हिन्दी Łódź Þór Işık œuvre שָׁלוֹם が 한국";
        for (query, expected) in [
            ("zoe strasse CAFE", true),
            ("Zoë Straße Café", true),
            ("order a-1001", true),
            ("\"order A-1001 of vec_push\"", true),
            ("\"order of\"", false),
            ("full", true),
            ("हिन्दी", true),
            ("हन्दी", false),
            ("from:zoe", true),
            ("from:\"müller <zoe\" a-1001", true),
            ("from:strasse", false),
            ("subject:strasse FROM:zoe", true),
            ("subject:zoe", false),
            ("since:2026-11-23 until:2026-11-23", true),
            ("since:2026-11-24", false),
            ("until:2026-11-22", false),
            ("is:unread", true),
            ("is:read", false),
            ("12:30", true),
            ("re: cafe", true),
            ("https://example.com", false),
            ("absent", false),
            ("don't", true),
            ("don\u{2019}t b-c", true),
            ("from: zoe subject: strasse", true),
            ("subject:(strasse: cafe)", true),
            ("\"-b\"", false),
            ("order -1001", true),
            ("lodz THOR isik oeuvre", true),
            ("שלום", true),
            ("か", false),
            ("が 한국", true),
            ("하", false),
            ("Zoë <zoe@example.com>", true),
            ("from:zoe@example.com", true),
            ("from:oe@example.com", false),
            ("from:<zoe@example.com>", true),
        ] {
            assert_eq!(matches(query, body), expected, "{query}");
        }
    }

    #[test]
    fn what_is_not_a_query_is_named() {
        let refused = [
            "",
            " \"\" ",
            "*",
            "has:attachment",
            "since:yesterday",
            "until:2026-13-01",
            "is:starred",
            "from:",
            "a subject: ",
            "is:",
            "older_than:1d",
            "since:2026-11-28T23:00",
            "plain OR rich",
            "-plain",
            "is:unread is:read",
            "since:2026-01-01 x since:2026-01-02",
            "since:2026-01-02 until:2026-01-01",
        ]
        .map(|query| Query::parse(query).unwrap_err().to_string());
        let refused = refused.join("\n").replace(&today(), "TODAY");
        insta::assert_snapshot!(refused, @"
        expected one or more words, at most 500 bytes
        expected one or more words, at most 500 bytes
        expected one or more words, at most 500 bytes
        `has:` is not an operator; the operators are from:, subject:, since:, until:, is:unread and is:read, and text with a colon is written in quotation marks
        `since:yesterday` is not valid: expected a day such as TODAY
        `until:2026-13-01` is not valid: expected a day such as TODAY
        `is:starred` is not valid: expected is:unread or is:read
        `from:` is not valid: expected a sender
        `subject:` is not valid: expected words of the subject
        `is:` is not valid: expected is:unread or is:read
        `older_than:` is not an operator; the operators are from:, subject:, since:, until:, is:unread and is:read, and text with a colon is written in quotation marks
        `since:2026-11-28T23:00` is not valid: expected a day such as TODAY
        `OR` does nothing here: an email must have all words, and none can be excluded; search for each on its own, or write `OR` in quotation marks to find the text
        `-plain` does nothing here: an email must have all words, and none can be excluded; search for each on its own, or write `-plain` in quotation marks to find the text
        `is:` is given twice, and an email must meet every condition; give it once
        `since:` is given twice, and an email must meet every condition; give it once
        `until:` is before `since:`, so no email can match
        ");
        assert!(Query::parse(&"a".repeat(MAX_QUERY + 1)).is_err());
    }
}
