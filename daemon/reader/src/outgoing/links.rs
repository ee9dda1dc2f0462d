//! Comparison of the words of a link with its target.

use url::Url;

/// Endings of file names that look like domains.
const FILE_ENDINGS: &[&str] = &[
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "md", "rs", "js", "ts", "py", "c",
    "h", "cpp", "go", "java", "html", "htm", "css", "png", "jpg", "jpeg", "gif", "svg", "zip",
    "gz", "tar", "csv", "json", "xml", "yaml", "yml", "toml", "sh", "exe", "log", "eml", "ics",
];

/// Returns whether the words of a link are its address.
pub(super) fn names(label: &str, href: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim_end_matches('/');
        let schemes = ["https://", "http://", "mailto:", "tel:"];
        let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
        rest.unwrap_or(text).to_owned()
    };
    !label.contains(char::is_whitespace) && bare(label) == bare(href)
}

/// Returns whether the words of a link name another host than its target.
pub(super) fn misleads(label: &str, href: &str) -> bool {
    let Some(target) = host(href) else {
        return false;
    };
    let named = label.split_whitespace().filter_map(named_host);
    let is_other = |named: &String| {
        let is_within = |inner: &str, outer: &str| {
            inner == outer
                || inner
                    .strip_suffix(outer)
                    .is_some_and(|rest| rest.ends_with('.'))
        };
        !is_within(&target, named) && !is_within(named, &target)
    };
    named.into_iter().any(|named| is_other(&named))
}

/// Returns the host of a target: of the server, or of the mail address.
pub(super) fn host(href: &str) -> Option<String> {
    let host = match href.strip_prefix("mailto:") {
        Some(address) => {
            let address = address.split('?').next().unwrap_or_default();
            address
                .rsplit_once('@')
                .map(|(_, host)| host.to_ascii_lowercase())?
        }
        None => Url::parse(href).ok()?.host_str()?.to_owned(),
    };
    Some(without_www(&host))
}

fn without_www(host: &str) -> String {
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

/// Returns the host that a word names.
fn named_host(word: &str) -> Option<String> {
    let is_border = |c: char| !c.is_alphanumeric() && c != '/';
    let word = word.trim_matches(is_border).to_lowercase();
    let (has_scheme, rest) = match word.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, word.as_str()),
    };
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = rest.split(':').next().unwrap_or_default();
    let (name, ending) = host.rsplit_once('.')?;
    let is_domain = ending.chars().count() > 1
        && ending.chars().all(char::is_alphabetic)
        && !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'));
    let is_file = FILE_ENDINGS.contains(&ending);
    if !is_domain || (is_file && !has_scheme) {
        return None;
    }
    // The form of an international name that a target has.
    let parsed = Url::parse(&format!("https://{host}")).ok();
    let host = parsed.as_ref().and_then(Url::host_str).unwrap_or(host);
    Some(without_www(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_name_another_host_mislead() {
        for (label, href) in [
            ("bank.example", "https://evil.example/"),
            (
                "https://bank.example/login",
                "https://bank.example.evil.com/",
            ),
            ("Log in at www.bank.example!", "https://evil.example/"),
            ("https://bank.example", "https://bank.example@evil.com/"),
            ("bob@bank.example", "mailto:bob@evil.com"),
            ("bänk.example", "https://bank.example/"),
        ] {
            assert!(misleads(label, href), "{label} {href}");
        }
        for (label, href) in [
            ("here", "https://evil.example/"),
            ("bank.example", "https://www.bank.example/login"),
            ("login.bank.example", "https://bank.example/"),
            ("report.pdf", "https://files.example/report.pdf"),
            ("bänk.example", "https://xn--bnk-qla.example/"),
            ("1.2.3", "https://a.example/"),
            ("bob@bank.example", "mailto:bob@bank.example?subject=x"),
            ("e.g. this", "https://a.example/"),
        ] {
            assert!(!misleads(label, href), "{label} {href}");
        }
    }

    #[test]
    fn an_address_as_words_needs_no_second_address() {
        assert!(names("example.com", "https://example.com/"));
        assert!(names("bob@example.com", "mailto:bob@example.com"));
        assert!(!names("example.org", "https://example.com/"));
        assert!(!names("see example.com", "https://example.com/"));
    }
}
