//! The rules for values. Each failure names where the value came from and says the rule, and
//! never repeats the value: it may be a password in the wrong place.

use super::{ConfigError, Found, LogLevel};
use crate::mail::approvals::Confirm;
use reqwest::Url;
use tai_proto::name;

pub(super) fn bad(origin: &str, rule: impl ToString) -> ConfigError {
    ConfigError::Value {
        origin: origin.to_owned(),
        rule: rule.to_string(),
    }
}

/// Refuses a value that was copied together with its quotes, or with the space before it.
pub(super) fn tidy(found: &Found) -> Result<(), ConfigError> {
    match has_stray_ends(&found.value) {
        true => Err(bad(
            &found.origin,
            "it has spaces or quotes around it, which would be part of it",
        )),
        false => Ok(()),
    }
}

/// Whether text begins or ends with a space or a quote.
pub(crate) fn has_stray_ends(text: &str) -> bool {
    let stray =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\u{201c}' | '\u{201d}');
    text.starts_with(stray) || text.ends_with(stray)
}

pub(super) fn checked(
    found: Found,
    rule: impl Fn(&str) -> Result<(), name::NameError>,
) -> Result<String, ConfigError> {
    tidy(&found)?;
    rule(&found.value).map_err(|error| bad(&found.origin, error))?;
    Ok(found.value)
}

/// Seed: "All authentication goes over HTTPS"; loopback, where the sandbox is, excepted.
pub(super) fn base_url(found: Found) -> Result<Url, ConfigError> {
    tidy(&found)?;
    let url: Url = found
        .value
        .parse()
        .map_err(|_| bad(&found.origin, "it is not a URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad(
            &found.origin,
            "a URL with a username or password in it is not taken",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad(&found.origin, "a base URL ends before any ? or #"));
    }
    let loopback = match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        "http" => Err(bad(
            &found.origin,
            "it must begin with https://; http:// is for loopback alone",
        )),
        _ => Err(bad(&found.origin, "it must begin with https://")),
    }
}

pub(super) fn milliseconds(found: &Found, least: u64, most: u64) -> Result<u64, ConfigError> {
    number(found, least, most, "milliseconds")
}

pub(super) fn seconds(found: &Found, least: u64, most: u64) -> Result<u64, ConfigError> {
    number(found, least, most, "seconds")
}

fn number(found: &Found, least: u64, most: u64, unit: &str) -> Result<u64, ConfigError> {
    let number = found.value.trim().parse().ok();
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| {
            let rule = format!("it is a number of {unit} from {least} to {most}");
            bad(&found.origin, rule)
        })
}

pub(super) fn log_level(found: &Found) -> Result<LogLevel, ConfigError> {
    match found.value.to_ascii_lowercase().as_str() {
        "error" => Ok(LogLevel::Error),
        "warn" => Ok(LogLevel::Warn),
        "info" => Ok(LogLevel::Info),
        "debug" => Ok(LogLevel::Debug),
        _ => Err(bad(&found.origin, "it is one of error, warn, info, debug")),
    }
}

pub(super) fn confirm(found: &Found) -> Result<Confirm, ConfigError> {
    match found.value.as_str() {
        "never" => Ok(Confirm::Never),
        "external" => Ok(Confirm::External),
        "always" => Ok(Confirm::Always),
        _ => Err(bad(&found.origin, "it is one of never, external, always")),
    }
}
