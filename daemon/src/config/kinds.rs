//! Kinds of values: parsing and accepted values of a key. An error states the rule and never
//! contains the value, which may be a misplaced password.

use std::{
    marker::PhantomData,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};
use tai_auth::{
    base_url::{self, BaseUrlError},
    bridge::transport::ProxyChoice,
};
use toml::Value;

/// A kind of value.
pub(super) trait Kind {
    /// Parsed value.
    type Value;

    /// Returns a description of the accepted values.
    fn accepts(&self) -> String;

    /// Parses a value of the file, or a variable as [`Value::String`].
    ///
    /// # Errors
    /// The rule that the value breaks.
    fn parse(&self, value: &Value) -> Result<Self::Value, String>;

    /// Returns a value for display, without a secret in it.
    fn shown(&self, value: &Value) -> String {
        shown(value)
    }
}

/// A kind of value, and the meaning of a missing value.
pub(super) trait Entry {
    /// Parsed value.
    type Value;

    /// Returns a description of the accepted values.
    fn accepts(&self) -> String;

    /// Returns the default in the syntax of the file.
    fn default(&self) -> Option<&'static str>;

    /// Parses a value, or returns the meaning of a missing one.
    ///
    /// # Errors
    /// The rule that the value breaks.
    fn read(&self, value: Option<&Value>) -> Result<Self::Value, String>;

    /// Returns a value for display, without a secret in it.
    fn shown(&self, value: &Value) -> String;
}

/// Returns a value for display. Of a list, only the first word, because arguments may be secret.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(words) => words.first().map(shown).unwrap_or_default(),
        Value::Integer(number) => number.to_string(),
        // No kind accepts these types.
        Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Table(_) => String::new(),
    }
}

/// A key without a default.
pub(super) struct Optional<K>(pub(super) K);

impl<K: Kind> Entry for Optional<K> {
    type Value = Option<K::Value>;

    fn accepts(&self) -> String {
        self.0.accepts()
    }

    fn default(&self) -> Option<&'static str> {
        None
    }

    fn read(&self, value: Option<&Value>) -> Result<Self::Value, String> {
        value.map(|value| self.0.parse(value)).transpose()
    }

    fn shown(&self, value: &Value) -> String {
        self.0.shown(value)
    }
}

/// A key with a default.
pub(super) struct OrDefault<K>(pub(super) K, pub(super) &'static str);

impl<K: Kind> Entry for OrDefault<K> {
    type Value = K::Value;

    fn accepts(&self) -> String {
        self.0.accepts()
    }

    fn default(&self) -> Option<&'static str> {
        Some(self.1)
    }

    fn read(&self, value: Option<&Value>) -> Result<Self::Value, String> {
        match value {
            Some(value) => self.0.parse(value),
            None => self.0.parse(&Value::String(self.1.to_owned())),
        }
    }

    fn shown(&self, value: &Value) -> String {
        self.0.shown(value)
    }
}

/// Returns the text of a value.
///
/// # Errors
/// The value is not text, or has stray characters at an end.
pub(super) fn text<'a>(value: &'a Value, accepts: &str) -> Result<&'a str, String> {
    let text = value
        .as_str()
        .ok_or_else(|| format!("expected {accepts}"))?;
    match has_stray_ends(text) {
        true => Err("it begins or ends with a space or a quote".to_owned()),
        false => Ok(text),
    }
}

/// Returns whether text begins or ends with a space or a quote, a common copying mistake.
pub(crate) fn has_stray_ends(text: &str) -> bool {
    let stray =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\u{201c}' | '\u{201d}');
    text.starts_with(stray) || text.ends_with(stray)
}

/// Text that parses as `T`.
pub(super) struct Text<T> {
    accepts: &'static str,
    parsed: PhantomData<T>,
}

impl<T> Text<T> {
    pub(super) fn of(accepts: &'static str) -> Self {
        let parsed = PhantomData;
        Self { accepts, parsed }
    }
}

impl<T: FromStr> Kind for Text<T> {
    type Value = T;

    fn accepts(&self) -> String {
        self.accepts.to_owned()
    }

    fn parse(&self, value: &Value) -> Result<T, String> {
        let text = text(value, self.accepts)?;
        let parsed = text.parse();
        parsed.map_err(|_| format!("expected {}", self.accepts))
    }
}

/// Base URL of the bridge (seed: "All authentication goes over HTTPS").
pub(super) struct BaseUrl;

impl BaseUrl {
    const ACCEPTS: &'static str = "an `https://` URL; `http://` is for loopback only";
}

impl Kind for BaseUrl {
    type Value = base_url::BaseUrl;

    fn accepts(&self) -> String {
        Self::ACCEPTS.to_owned()
    }

    fn parse(&self, value: &Value) -> Result<base_url::BaseUrl, String> {
        let url = text(value, Self::ACCEPTS)?.parse();
        url.map_err(|error| match error {
            BaseUrlError::UserInfo
            | BaseUrlError::QueryOrFragment
            | BaseUrlError::StrayCharacter => error.to_string(),
            BaseUrlError::NotAUrl | BaseUrlError::PlainHttp | BaseUrlError::Scheme => {
                format!("expected {}", Self::ACCEPTS)
            }
        })
    }
}

/// A proxy, or `none`.
pub(super) struct Proxy;

impl Proxy {
    const ACCEPTS: &'static str = "an `http://`, `https://` or `socks5://` URL, or `none`";
}

impl Kind for Proxy {
    type Value = ProxyChoice;

    fn accepts(&self) -> String {
        Self::ACCEPTS.to_owned()
    }

    fn parse(&self, value: &Value) -> Result<ProxyChoice, String> {
        match text(value, Self::ACCEPTS)? {
            "none" => Ok(ProxyChoice::None),
            url if !url.contains("://") => Err(format!("expected {}", Self::ACCEPTS)),
            url => url
                .parse()
                .map(ProxyChoice::Url)
                .map_err(|error| error.to_string()),
        }
    }

    /// The URL may contain a password.
    fn shown(&self, value: &Value) -> String {
        match self.parse(value) {
            Ok(ProxyChoice::Url(url)) => url.to_string(),
            Ok(ProxyChoice::None) => "none".to_owned(),
            Err(_) => String::new(),
        }
    }
}

/// A duration within a range.
pub(super) struct Time {
    unit: &'static str,
    of: fn(u64) -> Duration,
    range: RangeInclusive<u64>,
}

impl Time {
    /// A number of milliseconds.
    pub(super) fn milliseconds(range: RangeInclusive<u64>) -> Self {
        Self {
            unit: "milliseconds",
            of: Duration::from_millis,
            range,
        }
    }

    /// A number of seconds.
    pub(super) fn seconds(range: RangeInclusive<u64>) -> Self {
        Self {
            unit: "seconds",
            of: Duration::from_secs,
            range,
        }
    }
}

impl Kind for Time {
    type Value = Duration;

    fn accepts(&self) -> String {
        format!(
            "{}, {} to {}",
            self.unit,
            self.range.start(),
            self.range.end()
        )
    }

    fn parse(&self, value: &Value) -> Result<Duration, String> {
        let number = match value {
            Value::Integer(number) => u64::try_from(*number).ok(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| self.range.contains(number));
        number.map(self.of).ok_or_else(|| {
            let (unit, least, most) = (self.unit, self.range.start(), self.range.end());
            format!("expected a number of {unit} from {least} to {most}")
        })
    }
}

/// One of several words, case-insensitive.
pub(super) struct OneOf<T: 'static>(pub(super) &'static [(&'static str, T)]);

impl<T: Copy> OneOf<T> {
    fn words(&self, around: &str) -> String {
        let words = self.0.iter();
        let words: Vec<String> = words
            .map(|(word, _)| format!("{around}{word}{around}"))
            .collect();
        words.join(", ")
    }
}

impl<T: Copy> Kind for OneOf<T> {
    type Value = T;

    fn accepts(&self) -> String {
        self.words("`")
    }

    fn parse(&self, value: &Value) -> Result<T, String> {
        let text = value.as_str();
        let known = self.0.iter();
        let mut known =
            known.filter(|(word, _)| text.is_some_and(|text| text.eq_ignore_ascii_case(word)));
        let found = known.next().map(|(_, value)| *value);
        found.ok_or_else(|| format!("expected one of {}", self.words("")))
    }
}

/// A program and its arguments.
pub(super) struct Program;

impl Program {
    const ACCEPTS: &'static str = "a list: the program, then its arguments";
    const NO_SHELL: &'static str = "no shell replaces `~` and `$HOME` in it; write the whole path (the program alone may begin \
         with `~/`)";
}

impl Kind for Program {
    type Value = Vec<String>;

    fn accepts(&self) -> String {
        Self::ACCEPTS.to_owned()
    }

    fn parse(&self, value: &Value) -> Result<Vec<String>, String> {
        let words: Option<Vec<String>> = value.as_array().and_then(|words| {
            let words = words.iter().map(|word| word.as_str().map(str::to_owned));
            words.collect()
        });
        let mut words = words.filter(|words| !words.is_empty()).ok_or_else(|| {
            format!(
                "expected {}, such as [\"pass\", \"show\", \"tai\"]",
                Self::ACCEPTS
            )
        })?;
        if let Some(program) = words.first_mut()
            && let Some(rest) = program.strip_prefix("~/")
            && let Some(home) = std::env::home_dir()
        {
            *program = home.join(rest).to_string_lossy().into_owned();
        }
        let needs_shell = |word: &String| {
            ["~/", "$HOME", "${HOME}"]
                .iter()
                .any(|start| word.starts_with(start))
        };
        if words.iter().any(needs_shell) {
            return Err(Self::NO_SHELL.to_owned());
        }
        match words.as_slice() {
            [program] if program.contains(char::is_whitespace) && !Path::new(program).exists() => {
                Err(
                    "it runs without a shell; write the program and each argument as a string of \
                     its own"
                        .to_owned(),
                )
            }
            _ => Ok(words),
        }
    }
}

/// A path that does not depend on taid's working directory.
pub(super) struct AbsolutePath;

impl AbsolutePath {
    const ACCEPTS: &'static str = "a path that begins with `/` or `~/`";
}

impl Kind for AbsolutePath {
    type Value = PathBuf;

    fn accepts(&self) -> String {
        Self::ACCEPTS.to_owned()
    }

    fn parse(&self, value: &Value) -> Result<PathBuf, String> {
        let path = value
            .as_str()
            .and_then(|text| match text.strip_prefix("~/") {
                Some(rest) => std::env::home_dir().map(|home| home.join(rest)),
                None => Some(PathBuf::from(text)),
            });
        path.filter(|path| path.is_absolute())
            .ok_or_else(|| format!("expected {}", Self::ACCEPTS))
    }
}
