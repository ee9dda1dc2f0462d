//! Hosts that a text names.

use url::Url;

/// Most words of a link that are searched for hosts.
const MAX_WORDS: usize = 200;
/// Endings of files with two letters, which are rarely those of domains. Every other ending of two letters
/// is a country's.
const FILES: [&str; 16] = [
    "cs", "db", "go", "gz", "hh", "hs", "js", "kt", "md", "mm", "py", "rb", "rs", "sh", "ts", "xz",
];
/// Endings of domains with three letters or more.
const ENDINGS: [&str; 109] = [
    "academy",
    "aero",
    "agency",
    "app",
    "asia",
    "bank",
    "bio",
    "biz",
    "blog",
    "business",
    "cards",
    "care",
    "cash",
    "cat",
    "center",
    "chat",
    "city",
    "click",
    "cloud",
    "club",
    "com",
    "company",
    "coop",
    "credit",
    "delivery",
    "dev",
    "digital",
    "direct",
    "domains",
    "edu",
    "education",
    "email",
    "events",
    "example",
    "exchange",
    "expert",
    "express",
    "finance",
    "financial",
    "fun",
    "fund",
    "fyi",
    "gold",
    "gov",
    "group",
    "health",
    "help",
    "homes",
    "host",
    "info",
    "insure",
    "int",
    "international",
    "jobs",
    "law",
    "legal",
    "life",
    "link",
    "live",
    "llc",
    "loan",
    "loans",
    "ltd",
    "market",
    "media",
    "mil",
    "mobi",
    "money",
    "mortgage",
    "museum",
    "name",
    "net",
    "network",
    "news",
    "one",
    "online",
    "org",
    "page",
    "pay",
    "plus",
    "post",
    "press",
    "pro",
    "sale",
    "sbs",
    "school",
    "security",
    "services",
    "shop",
    "site",
    "social",
    "software",
    "solutions",
    "space",
    "store",
    "support",
    "systems",
    "tax",
    "team",
    "tech",
    "tel",
    "today",
    "top",
    "trade",
    "travel",
    "vip",
    "world",
    "xyz",
    "zone",
];

/// Returns the hosts that a text names: addresses, mail addresses, and words that look like a domain.
pub(super) fn named(text: &str) -> impl Iterator<Item = String> {
    let edges = |c: char| !c.is_alphanumeric() && c != '/';
    text.split_whitespace()
        .take(MAX_WORDS)
        .filter_map(move |word| {
            let word = word.trim_matches(edges);
            let lower = word.to_ascii_lowercase();
            let address = match lower.rsplit_once('@') {
                _ if lower.starts_with("http://") || lower.starts_with("https://") => lower,
                _ if lower.starts_with("www.") => format!("https://{lower}"),
                Some((_, host)) => format!("https://{host}"),
                None => format!("https://{}", domain(word)?),
            };
            let host = Url::parse(&address).ok()?.host_str()?.to_owned();
            host.contains('.').then_some(host)
        })
}

/// Returns a word without its path if it looks like a domain, and not like a file or a number.
fn domain(word: &str) -> Option<&str> {
    let (domain, path) = word.split_once('/').unwrap_or((word, ""));
    let (_, ending) = domain.rsplit_once('.')?;
    let is_name = ending.chars().all(char::is_alphabetic) && ending.chars().count() >= 2;
    let ending = ending.to_lowercase();
    let known = match ending.len() {
        _ if !path.is_empty() || !ending.is_ascii() => true,
        2 => !FILES.contains(&ending.as_str()),
        _ => ENDINGS.contains(&ending.as_str()),
    };
    (is_name && known).then_some(domain)
}
