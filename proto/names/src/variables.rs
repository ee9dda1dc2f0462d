//! Names of the environment variables.
//!
//! The names without a prefix are the seed's (`NAME`, `PASSWORD`, ...). In a list, the first
//! variable that is set and not empty takes precedence.

use std::env::VarError;

/// Error for a variable whose value no program could have meant. Never contains the value, which
/// may be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VariableError {
    /// The value is not UTF-8.
    #[error("the value is not UTF-8")]
    NotUtf8,
    /// The value is an unexpanded reference, such as `${TAI_MCP_PASSWORD}`.
    #[error("the value is a reference that was not replaced, such as `${{NAME}}`")]
    Unexpanded,
    /// The value is enclosed in quotes.
    #[error("the value is enclosed in quotes; write it without them")]
    Quoted,
}

/// Reads a variable of this process's environment; `None` if it is unset or empty. MCP clients
/// pass an empty value for a reference that they cannot resolve.
///
/// # Errors
/// [`VariableError`].
pub fn read(name: &str) -> Result<Option<String>, VariableError> {
    check(std::env::var(name))
}

/// Applies the rule of [`read`] to the result of a lookup.
///
/// # Errors
/// [`VariableError`].
pub fn check(value: Result<String, VarError>) -> Result<Option<String>, VariableError> {
    let value = match value {
        Ok(value) if value.is_empty() => return Ok(None),
        Ok(value) => value,
        Err(VarError::NotPresent) => return Ok(None),
        Err(VarError::NotUnicode(_)) => return Err(VariableError::NotUtf8),
    };
    if has_reference(&value) {
        return Err(VariableError::Unexpanded);
    }
    let is_enclosed = |quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
    if is_enclosed('"') || is_enclosed('\'') {
        return Err(VariableError::Quoted);
    }
    Ok(Some(value))
}

/// Returns whether a text contains a reference `${...}` to a variable or a client's setting, or is one in
/// another form: `%NAME%` (Windows) or `{env:NAME}` (OpenCode).
fn has_reference(text: &str) -> bool {
    let in_name = |c: char| c.is_ascii_alphanumeric() || "_.:-".contains(c);
    let whole = |start, end| text.strip_prefix(start)?.strip_suffix(end);
    let is_name = |name: &str| {
        name.len() > 2
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    whole("%", "%").is_some_and(is_name)
        || whole("{env:", "}").is_some()
        || text.split("${").skip(1).any(|rest| {
            let name = rest.split_once('}').map(|(name, _)| name);
            name.is_some_and(|name| !name.is_empty() && name.chars().all(in_name))
        })
}

/// Profile of the daemon.
pub const PROFILE: &str = "TAI_MCP_PROFILE";
/// Path of the socket of a daemon, which is mounted or forwarded.
pub const SOCKET: &str = "TAI_MCP_SOCKET";
/// Auto-start; `0` disables it.
pub const AUTOSTART: &str = "TAI_MCP_AUTOSTART";
/// Username.
pub const USERNAME: &str = "TAI_MCP_USERNAME";
/// Username, only together with [`PLAIN_PASSWORD`], because WSL and other systems set `NAME`.
pub const PLAIN_USERNAME: &str = "NAME";
/// Password.
pub const PASSWORD: &str = "TAI_MCP_PASSWORD";
/// Password of the pair `NAME` and `PASSWORD`.
pub const PLAIN_PASSWORD: &str = "PASSWORD";
/// Variables that may contain a password, in order of precedence.
pub const PASSWORDS: [&str; 2] = [PASSWORD, PLAIN_PASSWORD];
/// Instance.
pub const INSTANCE: [&str; 2] = ["TAI_MCP_INSTANCE", "INSTANCE"];
/// Default recipient.
pub const USER_EMAIL: [&str; 2] = ["TAI_MCP_USEREMAIL", "USEREMAIL"];
/// URL of the bridge.
pub const BRIDGE: [&str; 2] = ["TAI_MCP_API_BASE_URL", "API_BASE_URL"];
/// Time limit of a request to the bridge.
pub const API_TIMEOUT: [&str; 2] = ["TAI_MCP_API_TIMEOUT", "API_TIMEOUT"];
/// Interval of polls of the mailbox.
pub const POLL_INTERVAL: [&str; 2] = ["TAI_MCP_POLL_INTERVAL", "POLL_INTERVAL"];
/// Idle timeout of an auto-started daemon.
pub const IDLE_EXIT: &str = "TAI_MCP_IDLE_EXIT";
/// Log level.
pub const LOG_LEVEL: [&str; 2] = ["TAI_MCP_LOG_LEVEL", "LOG_LEVEL"];
/// Proxy of the requests to the bridge, in order of precedence.
pub const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// Hosts that need no proxy, in order of precedence.
pub const PROXY_EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// PEM file of certificate authorities.
pub const CERTIFICATE_FILE: &str = "SSL_CERT_FILE";
/// Directory of certificate authorities.
pub const CERTIFICATE_DIR: &str = "SSL_CERT_DIR";

/// Returns the variables for proxies and certificates.
pub fn network() -> impl Iterator<Item = &'static str> {
    let certificates = [CERTIFICATE_FILE, CERTIFICATE_DIR];
    PROXIES
        .into_iter()
        .chain(PROXY_EXCEPTIONS)
        .chain(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    #[test]
    fn a_value_that_cannot_be_meant_is_an_error_and_an_empty_one_is_unset() {
        let of = |text: &str| check(Ok(text.to_owned()));
        assert_eq!(check(Err(VarError::NotPresent)), Ok(None));
        assert_eq!(of(""), Ok(None));
        for text in ["a\"b$c{d}", "%pa55word%", "%A%", "50%OF%", "%A_B%c"] {
            assert_eq!(of(text), Ok(Some(text.to_owned())));
        }
        assert_eq!(
            check(Err(VarError::NotUnicode(OsString::new()))),
            Err(VariableError::NotUtf8)
        );
        for text in [
            "${TAI_MCP_PASSWORD}",
            "${user_config.username}",
            "https://${HOST}/mail",
            "%TAI_PASSWORD%",
            "{env:TAI_PASSWORD}",
        ] {
            assert_eq!(of(text), Err(VariableError::Unexpanded), "{text}");
        }
        for text in ["\"alice\"", "'alice'", "\"\""] {
            assert_eq!(of(text), Err(VariableError::Quoted), "{text}");
        }
        assert_eq!(of("'"), Ok(Some("'".to_owned())));
    }
}
