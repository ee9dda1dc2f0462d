//! Subjects of conversations: the prefixes that mail programs put before the subject of a reply and of
//! a forwarded mail, in common languages.

/// Prefixes of replies, in lower case.
const REPLY: [&str; 35] = [
    "re",
    "aw",
    "sv",
    "vs",
    "antw",
    "odp",
    "res",
    "rif",
    "r",
    "ynt",
    "bls",
    "atb",
    "ats",
    "отг",
    "odpowiedź",
    "antwort",
    "rép",
    "réponse",
    "ответ на",
    "vá",
    "απ",
    "σχετ",
    "отв",
    "ответ",
    "תגובה",
    "השב",
    "رد",
    "ตอบ",
    "ตอบกลับ",
    "답장",
    "회신",
    "返信",
    "回复",
    "答复",
    "回覆",
];
/// Prefixes of forwarded mails, in lower case.
const FORWARD: [&str; 21] = [
    "fwd",
    "fw",
    "wg",
    "tr",
    "rv",
    "enc",
    "vl",
    "vb",
    "pd",
    "trs",
    "doorst",
    "ilt",
    "i̇lt",
    "πρθ",
    "הועבר",
    "전달",
    "转发",
    "轉寄",
    "転送",
    "i",
    "إعادة توجيه",
];
/// Prefixes that are words, too: they count only in capitals, as mail programs write them.
const CAPITALS: [&str; 4] = ["r", "vs", "res", "i"];

/// Meaning of a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefix {
    /// The mail answers another one.
    Reply,
    /// The mail contains another one.
    Forward,
}

/// Beginning of a subject that is not its words.
enum Piece<'a> {
    /// Tag of a mailing list or a filter, such as `[list]` or `***SPAM***`, with the white space after it.
    Tag(&'a str),
    /// Prefix of a mail program.
    Prefix(Prefix),
}

/// Returns whether the subject is that of a reply: whether its first prefix is one of a reply, and no
/// prefix is one of a forwarded mail.
pub fn is_reply(mut subject: &str) -> bool {
    let mut is_reply = false;
    while let Some((piece, rest)) = split(subject) {
        match piece {
            Piece::Prefix(Prefix::Forward) => return false,
            Piece::Prefix(Prefix::Reply) => is_reply = true,
            Piece::Tag(_) => {}
        }
        subject = rest;
    }
    is_reply
}

/// Returns the subject of the conversation: without prefixes, in lower case and with single spaces.
pub fn topic(subject: &str) -> String {
    let words = without(&[Prefix::Reply, Prefix::Forward], subject).to_lowercase();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the subject of an answer: the original's after one `Re:`, without the prefixes of replies
/// before the first one of a forwarded mail. Tags stay.
pub fn of_reply(original: &str) -> String {
    format!("Re: {}", without(&[Prefix::Reply], original))
}

fn without(prefixes: &[Prefix], mut subject: &str) -> String {
    let mut words = String::new();
    while let Some((piece, rest)) = split(subject) {
        match piece {
            Piece::Tag(tag) => words.push_str(tag),
            Piece::Prefix(prefix) if prefixes.contains(&prefix) => {}
            Piece::Prefix(_) => break,
        }
        subject = rest;
    }
    words + subject
}

/// Splits the first piece off a subject: a tag, or a prefix such as `Re:`, `AW :`, `Re[2]:` or `Re^2:`.
fn split(subject: &str) -> Option<(Piece<'_>, &str)> {
    let subject = subject.trim_start();
    if let Some(rest) = after_tag(subject) {
        let tag = subject.strip_suffix(rest).unwrap_or_default();
        return Some((Piece::Tag(tag), rest));
    }
    let (prefix, rest) = subject.split_once([':', '：'])?;
    let written = without_number(prefix.trim());
    let prefix = written.to_lowercase();
    let is_word = CAPITALS.contains(&prefix.as_str()) && written.chars().any(char::is_lowercase);
    let found = if is_word {
        return None;
    } else if REPLY.contains(&prefix.as_str()) {
        Prefix::Reply
    } else if FORWARD.contains(&prefix.as_str()) {
        Prefix::Forward
    } else {
        return None;
    };
    Some((Piece::Prefix(found), rest.trim_start()))
}

/// Returns the text after the tag that a subject begins with: `[list]`, or the `***SPAM***` of a filter.
fn after_tag(subject: &str) -> Option<&str> {
    let tagged = subject
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'));
    let marked = || subject.strip_prefix("***")?.split_once("***");
    let (_, after) = tagged.or_else(marked)?;
    Some(after.trim_start())
}

/// Removes the number of replies: in brackets, or after a circumflex; and the dot of an abbreviation.
fn without_number(prefix: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((word, _)) = prefix
        .split_once('^')
        .filter(|(_, number)| is_number(number))
    {
        return word;
    }
    for (open, close) in [('[', ']'), ('(', ')')] {
        let counted = prefix.strip_suffix(close).and_then(|p| p.split_once(open));
        if let Some((word, number)) = counted
            && is_number(number)
        {
            return word.trim_end();
        }
    }
    prefix.strip_suffix('.').unwrap_or(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_replies_and_forwarded_mails_are_known() {
        for (subject, expected, words) in [
            ("Re: Lunch", true, "lunch"),
            ("RE[2]:  re: AW: Lunch  today", true, "lunch today"),
            ("Antw (3) : Lunch", true, "lunch"),
            ("回复：Lunch", true, "lunch"),
            ("返信: R: ΑΠ: תגובה: Lunch", true, "lunch"),
            ("Re: İLT: Lunch", false, "lunch"),
            ("Fwd: Lunch", false, "lunch"),
            ("Re: WG: Lunch", false, "lunch"),
            ("Lunch", false, "lunch"),
            ("Bug: Lunch", false, "bug: lunch"),
            ("Re", false, "re"),
            ("Re:", true, ""),
            ("", false, ""),
            ("]: x", false, "]: x"),
            ("Re[x]: y", false, "re[x]: y"),
            ("Ref: Invoice 4711", false, "ref: invoice 4711"),
            ("Res: x", false, "res: x"),
            ("RES: VS: R: x", true, "x"),
            ("r: statistics", false, "r: statistics"),
            ("I: x", false, "x"),
            ("Re^2: Odp.: x", true, "x"),
            ("[EXTERNAL] RE: x", true, "[external] x"),
            ("[dev] Re: Build fails", true, "[dev] build fails"),
            ("Re: [dev] Build fails", true, "[dev] build fails"),
            ("[dev] Build fails", false, "[dev] build fails"),
            ("***SPAM*** AW: x", true, "***spam*** x"),
            ("[x", false, "[x"),
        ] {
            assert_eq!(is_reply(subject), expected, "{subject}");
            assert_eq!(topic(subject), words, "{subject}");
        }
    }
}
