//! Mail addresses that a link writes to.

use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// Most addresses of a link that are compared.
const MAX_PEOPLE: usize = 100;

/// A mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// What stands before the sign, in lower case.
    pub(super) local: String,
    /// The host in the form that addresses have.
    pub(super) host: String,
}

impl Person {
    fn new(address: &str) -> Option<Self> {
        let (local, host) = address.trim().rsplit_once('@')?;
        Some(Self {
            local: local.to_lowercase(),
            host: super::hosts::usual(host),
        })
    }
}

/// Returns the people that an address such as `mailto:bob@example.com` writes to.
pub(super) fn recipients(address: &str) -> Vec<Person> {
    let Some((scheme, rest)) = address.split_once(':') else {
        return Vec::new();
    };
    if !scheme.eq_ignore_ascii_case("mailto") {
        return Vec::new();
    }
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let fields = query.split('&').filter_map(|field| {
        let (name, value) = field.split_once('=')?;
        let receives = ["to", "cc", "bcc"]
            .iter()
            .any(|other| name.eq_ignore_ascii_case(other));
        receives.then_some(value)
    });
    let lists = [path].into_iter().chain(fields).map(decoded);
    let mut people = Vec::new();
    for list in lists {
        people.extend(list.split([',', ';']).filter_map(Person::new));
    }
    people.truncate(MAX_PEOPLE);
    people
}

/// Returns people as a list of addresses.
pub(super) fn list(people: &[Person]) -> String {
    let addresses = people
        .iter()
        .map(|person| format!("{}@{}", person.local, person.host));
    addresses.collect::<Vec<_>>().join(",")
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_people_that_a_link_writes_to_are_found() {
        for (address, people) in [
            ("mailto:bob@bank.example", "bob@bank.example"),
            ("MAILTO:Bob%40Bank.example?subject=a@b", "bob@bank.example"),
            ("mailto:a@x.example,b@y.example", "a@x.example,b@y.example"),
            (
                "mailto:?to=a@x.example&cc=b%40y.example",
                "a@x.example,b@y.example",
            ),
            ("mailto:bob+news@x.example", "bob+news@x.example"),
            ("mailto:bob", ""),
            ("https://a@x.example", ""),
        ] {
            assert_eq!(list(&recipients(address)), people, "{address}");
        }
    }
}
