//! Hosts that a text names.

use super::endings;
use url::{Host, Url};

/// Endings of domains that are more often those of files.
const FILES: [&str; 6] = ["java", "md", "mm", "py", "rs", "sh"];
/// Labels before the ending of a country.
const SECOND: [&str; 8] = ["ac", "co", "com", "edu", "gov", "net", "or", "org"];
/// Abbreviations that look like a domain.
const ABBREVIATIONS: [&str; 3] = ["b.sc", "m.sc", "co.kg"];

/// Most words of a text that is a host with blanks beside its dots.
const MOST_WORDS: usize = 5;

/// Endings of a host with a blank behind one of its dots, and least length of its other parts, in bytes.
const USUAL_ENDINGS: [&str; 16] = [
    "com", "net", "org", "info", "io", "co", "de", "eu", "uk", "fr", "nl", "pl", "ch", "ru", "cn",
    "jp",
];
const LEAST_LABEL: usize = 4;

/// A host that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The person at the host, in lower case, if the text is a mail address.
    pub(super) person: Option<String>,
    /// The host in the form that addresses have.
    pub(super) host: String,
    /// Whether it is written as a name with capitals, such as `News.com`, and not as an address.
    pub(super) is_name: bool,
}

/// Returns the hosts that a text names: addresses, mail addresses, and words that look like a domain.
pub(super) fn named(text: &str) -> impl Iterator<Item = Named> {
    let text = with_plain_dots(&folded(text));
    let words = text.split_whitespace().flat_map(|word| Word {
        word,
        rest: word,
        sure: false,
        person: None,
    });
    words.collect::<Vec<_>>().into_iter()
}

/// Returns a text with the letters that browsers take for others in hosts, such as those of full width.
fn folded(text: &str) -> String {
    let fold = |c: char| match c.is_ascii()
        || !c.is_alphanumeric() && !('\u{2460}'..='\u{24ff}').contains(&c)
    {
        true => c,
        false => match Host::parse(c.encode_utf8(&mut [0; 4])) {
            Ok(Host::Domain(mapped)) if mapped.len() == 1 => mapped.chars().next().unwrap_or(c),
            _ => c,
        },
    };
    text.chars().map(fold).collect()
}

/// Returns a text with dots in place of what people write for them, so that programs find no address. A
/// blank beside a dot counts in a text of one host only, because sentences have such blanks.
fn with_plain_dots(text: &str) -> String {
    let mut text = text.to_owned();
    for dot in ["[.]", "(.)", "{.}", "[dot]", "(dot)", "[DOT]", "(DOT)"] {
        if text.contains(dot) {
            text = text.replace(dot, ".");
        }
    }
    if let Some(rest) = text.strip_prefix("hxxp") {
        text = format!("http{rest}");
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if !(2..=MOST_WORDS).contains(&words.len()) {
        return text;
    }
    let one: String = words
        .iter()
        .map(|word| {
            if word.eq_ignore_ascii_case("dot") {
                "."
            } else {
                word
            }
        })
        .collect();
    let beside = words.windows(2).all(|pair| match pair {
        [a, b] => {
            [a, b].iter().any(|word| word.eq_ignore_ascii_case("dot"))
                || a.ends_with('.')
                || b.starts_with('.')
        }
        _ => false,
    });
    let (labels, end) = one.rsplit_once('.').unwrap_or_default();
    // A blank behind a dot is usual in lists and abbreviations: "1. page", "Dr. med", "Click. here".
    let is_spaced = words.iter().rev().skip(1).any(|word| word.ends_with('.'));
    let is_word = |label: &str| label.len() >= LEAST_LABEL && label.contains(char::is_alphabetic);
    let is_usual = || USUAL_ENDINGS.contains(&end) && labels.split('.').all(is_word);
    let is_host = beside && end == end.to_lowercase() && is_domain(&one, false);
    match is_host && (!is_spaced || is_usual()) {
        true => one,
        false => text,
    }
}

/// Returns a host in lower case, without `www.` and the final dot.
pub(super) fn plain(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

/// Returns a host that a person writes in the form that addresses have.
pub(super) fn usual(name: &str) -> String {
    let parsed = Url::parse(&format!("https://{name}")).ok();
    plain(parsed.as_ref().and_then(Url::host_str).unwrap_or(name))
}

/// A word that is searched for hosts.
struct Word<'a> {
    word: &'a str,
    /// What is not searched yet.
    rest: &'a str,
    /// Whether a scheme stands before the rest.
    sure: bool,
    /// What stands before the sign of a mail address.
    person: Option<&'a str>,
}

impl Iterator for Word<'_> {
    type Item = Named;

    fn next(&mut self) -> Option<Named> {
        loop {
            let start = self.rest.find(char::is_alphanumeric)?;
            let rest = self.rest.get(start..)?;
            let (run, after) = rest.split_at(rest.find(|c| !is_part(c)).unwrap_or(rest.len()));
            if start > 0 {
                self.person = None;
            }
            let has_scheme = std::mem::take(&mut self.sure);
            let sure = has_scheme || run.starts_with("www.");
            let person = self.person.take();
            self.rest = after;
            if let Some(address) = after.strip_prefix("://") {
                (self.rest, self.sure) = (address, true);
                continue;
            }
            if let Some(address) = after.strip_prefix('@') {
                // The text before the sign may seem to be the host of an address.
                let end = self.word.len() - after.len();
                let person = local_part(self.word.get(..end).unwrap_or_default());
                (self.rest, self.sure, self.person) = (address, sure, Some(person));
                if !sure {
                    continue;
                }
            }
            let has_path = after.starts_with(['/', '?', '#']) || has_port(after);
            let run = with_dots(run);
            let name = run.trim_end_matches(['.', '-', '_']);
            let is_host = match sure || person.is_some() || name.to_lowercase().starts_with("www.")
            {
                true => has_scheme || (name.contains('.') && !is_version(name)),
                // A line or a heading of a file follows a `#` or a colon, too.
                false => {
                    is_domain(name, after.starts_with(['/', '?'])) || (has_path && is_number(name))
                }
            };
            if has_path && (is_host || sure) {
                let end = after.find([',', ';', '|', '<', '>', '(', ')', '[', ']', '"', '\'']);
                self.rest = end.and_then(|end| after.get(end..)).unwrap_or_default();
            }
            if is_host {
                let is_address = sure || has_path || person.is_some();
                return Some(Named {
                    person: person.map(str::to_lowercase),
                    host: usual(name),
                    is_name: !is_address && name.contains(char::is_uppercase),
                });
            }
        }
    }
}

/// Returns whether a name is the number of a host.
fn is_number(name: &str) -> bool {
    name.parse::<std::net::Ipv4Addr>().is_ok()
}

/// Returns whether a name is the version of a package, such as `pkg@1.2.3`.
fn is_version(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_digit() || c == '.') && !is_number(name)
}

/// Returns whether a character can be a part of a host: letters with their signs, digits, hyphens, dots.
fn is_part(c: char) -> bool {
    let is_sign = matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{d7f}');
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.') || is_sign || is_dot(c)
}

/// Returns the name of the mail address at whose sign a text ends.
fn local_part(text: &str) -> &str {
    let is_part = |c: char| is_part(c) || "+'=~%!#$^".contains(c);
    let start = text.trim_end_matches(is_part).len();
    let name = text.get(start..).unwrap_or_default();
    name.trim_start_matches(|c: char| !c.is_alphanumeric())
}

/// Returns whether browsers take a character for a dot in a host.
fn is_dot(c: char) -> bool {
    matches!(c, '\u{2024}' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// Returns a run with its dots as browsers read them.
fn with_dots(run: &str) -> String {
    run.chars()
        .map(|c| if is_dot(c) { '.' } else { c })
        .collect()
}

fn has_port(after: &str) -> bool {
    let mut chars = after.chars();
    chars.next() == Some(':') && chars.next().is_some_and(|c| c.is_ascii_digit())
}

/// Returns whether a name looks like a domain, and not like a file, a number or an abbreviation.
fn is_domain(name: &str, has_path: bool) -> bool {
    let lower = name.to_lowercase();
    let mut labels = lower.rsplit('.');
    let (Some(ending), Some(second)) = (labels.next(), labels.next()) else {
        return false;
    };
    let is_ending = ending.chars().count() >= 2 && ending.chars().all(char::is_alphabetic);
    if lower.contains("..") || !(is_ending || ending.starts_with("xn--")) {
        return false;
    }
    if has_path || !is_ending {
        return true;
    }
    let is_file = FILES.contains(&ending) && !(SECOND.contains(&second) && labels.next().is_some());
    // An ending that only looks like a known one leads a person astray.
    let seen: String = ending.chars().map(latin).collect();
    (endings::is_ending(ending) || endings::is_ending(&seen))
        && !is_file
        && !ABBREVIATIONS.contains(&lower.as_str())
}

/// Returns the Latin letter that a letter of another script looks like, or the letter.
fn latin(c: char) -> char {
    const LIKE: [(char, char); 26] = [
        ('а', 'a'),
        ('с', 'c'),
        ('ԁ', 'd'),
        ('е', 'e'),
        ('һ', 'h'),
        ('і', 'i'),
        ('ј', 'j'),
        ('к', 'k'),
        ('ӏ', 'l'),
        ('м', 'm'),
        ('п', 'n'),
        ('о', 'o'),
        ('р', 'p'),
        ('ԛ', 'q'),
        ('г', 'r'),
        ('ѕ', 's'),
        ('т', 't'),
        ('ս', 'u'),
        ('ѵ', 'v'),
        ('ԝ', 'w'),
        ('х', 'x'),
        ('у', 'y'),
        ('ο', 'o'),
        ('α', 'a'),
        ('ν', 'v'),
        ('ι', 'i'),
    ];
    let like = LIKE.iter().find(|(other, _)| *other == c);
    like.map_or(c, |(_, latin)| *latin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_texts() {
        for (text, hosts) in [
            ("bank.com", "bank.com"),
            ("WWW.Bank.IO.", "bank.io"),
            (
                "see:bank.capital,evil.insurance|x.ai",
                "bank.capital evil.insurance x.ai",
            ),
            ("Log in at (bank.com) now", "bank.com"),
            (
                "«bank.com»–bank.co.uk→bank.us",
                "bank.com bank.co.uk bank.us",
            ),
            (
                "bank.com:8080/login bank.ch?x=evil.com bank.at#a.com",
                "bank.com bank.ch bank.at",
            ),
            ("https://bank.com@evil.com/a.com", "bank.com evil.com"),
            ("ftp://bank.zip/ http://1.2.3.4/", "bank.zip 1.2.3.4"),
            ("bob.lee@bank.com, ann@evil.org", "bank.com evil.org"),
            (
                "банк.рф bänk.de bank.xn--p1ai",
                "xn--80ab2al.xn--p1ai xn--bnk-qla.de bank.xn--p1ai",
            ),
            // Cyrillic letters.
            ("bank.соm", "bank.xn--m-0tbi"),
            (
                "bank．com bank․com bank。com bank｡com",
                "bank.com bank.com bank.com bank.com",
            ),
            (
                "itau.com.py bank.md.com banca.rs/login",
                "itau.com.py bank.md.com banca.rs",
            ),
            (
                "src/main.rs#L10 a.py:12 A.java CHANGELOG.md#unreleased @scope/pkg@1.2.3",
                "",
            ),
            (
                "main.rs README.md run.sh a.py report.pdf photo.zip index.html Node.js",
                "",
            ),
            (
                "e.g. i.e. a.m. U.S.A. Ph.D. B.Sc. GmbH & Co.KG v1.2.3 10.50 3.Mai vs.The",
                "",
            ),
            (
                "numpy.ndarray std::io self.size() ... a..com -.- @ :// . /",
                "",
            ),
            ("你好。再见 конец.Начало", ""),
        ] {
            let found: Vec<String> = named(text).map(|named| named.host).collect();
            assert_eq!(found.join(" "), hosts, "{text}");
        }
    }

    #[test]
    fn hosts_that_are_disguised_are_found() {
        for (text, host) in [
            ("ｂａｎｋ.ｃｏｍ", "bank.com"),
            ("𝐛𝐚𝐧𝐤.𝐜𝐨𝐦", "bank.com"),
            ("ⓑⓐⓝⓚ.ⓒⓞⓜ", "bank.com"),
            ("bank .com", "bank.com"),
            ("bank. com", "bank.com"),
            ("bank . com", "bank.com"),
            ("bank[.]com", "bank.com"),
            ("hxxps://bank[.]com/login", "bank.com"),
            ("bank(dot)com", "bank.com"),
            ("bank dot com", "bank.com"),
            ("http://intranet/login", "intranet"),
            ("https://localhost/", "localhost"),
            ("192.168.0.1/login", "192.168.0.1"),
            ("192.168.0.1:8080", "192.168.0.1"),
            ("Done. Now", ""),
            ("1. link", ""),
            ("5. page", ""),
            ("Dr. med", ""),
            ("z. B. de", ""),
            ("No. one", ""),
            ("Click. here", ""),
            ("FAQ . help", ""),
            ("2. com", ""),
            ("Connect the dot com", ""),
            ("192.168.0.1", ""),
        ] {
            let found: Vec<String> = named(text).map(|named| named.host).collect();
            assert_eq!(found.join(" "), host, "{text}");
        }
    }

    #[test]
    fn mail_addresses_have_a_person() {
        let found: Vec<Named> = named("Write to Bob.Lee@Bank.com").collect();
        let expected = Named {
            person: Some("bob.lee".to_owned()),
            host: "bank.com".to_owned(),
            is_name: false,
        };
        assert_eq!(found, [expected]);
    }
}
