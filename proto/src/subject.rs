//! Subjects of conversations: the prefixes that mail programs put before the subject of a reply and of
//! a forwarded mail, in common languages.

/// Prefixes of replies, in lower case.
const REPLY: [&str; 31] = [
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
    "ref",
    "réf",
    "rép",
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
const FORWARD: [&str; 19] = [
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
];

/// Meaning of a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    /// The mail answers another one.
    Reply,
    /// The mail contains another one.
    Forward,
}

/// Returns whether the subject is that of a reply: whether its first prefix is one of a reply, and no
/// prefix is one of a forwarded mail.
pub fn is_reply(subject: &str) -> bool {
    let mut prefixes = std::iter::successors(split(subject), |(_, rest)| split(rest)).peekable();
    prefixes.peek().is_some() && prefixes.all(|(prefix, _)| prefix == Prefix::Reply)
}

/// Returns the subject of the conversation: without prefixes, in lower case and with single spaces.
pub fn topic(subject: &str) -> String {
    let last = std::iter::successors(split(subject), |(_, rest)| split(rest)).last();
    let rest = last.map_or(subject, |(_, rest)| rest).to_lowercase();
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Splits the first prefix off a subject, such as `Re:`, `AW :` or `Re[2]:`.
pub fn split(subject: &str) -> Option<(Prefix, &str)> {
    let (prefix, rest) = subject.split_once([':', '：'])?;
    let prefix = without_number(prefix.trim()).to_lowercase();
    let found = if REPLY.contains(&prefix.as_str()) {
        Prefix::Reply
    } else if FORWARD.contains(&prefix.as_str()) {
        Prefix::Forward
    } else {
        return None;
    };
    Some((found, rest))
}

/// Removes the number of replies, in brackets.
fn without_number(prefix: &str) -> &str {
    for (open, close) in [('[', ']'), ('(', ')')] {
        let counted = prefix.strip_suffix(close).and_then(|p| p.split_once(open));
        if let Some((word, number)) = counted
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
        {
            return word.trim_end();
        }
    }
    prefix
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
        ] {
            assert_eq!(is_reply(subject), expected, "{subject}");
            assert_eq!(topic(subject), words, "{subject}");
        }
    }
}
