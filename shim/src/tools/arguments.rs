//! Arguments that several tools share: their parsing, their limits and their schemas.

use super::definition::bad_argument;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use std::fmt;
use tai_proto::{
    Fault, mail,
    names::MailId,
    text::{Content, HeaderText, MAX_CONTENT},
};

/// Removes Rust's traces from a schema: null defaults of optional fields, the format `uint64`,
/// which JSON Schema does not define, and the line breaks of doc comments.
pub(super) fn plain(schema: &mut Schema) {
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if schema
        .get("format")
        .is_some_and(|format| format == "uint64")
    {
        schema.remove("format");
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}

/// Markup of the content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum Format {
    #[default]
    Markdown,
    Html,
}

impl From<Format> for mail::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Markdown => mail::Format::Markdown,
            Format::Html => mail::Format::Html,
        }
    }
}

/// Checks that content is present and within 1 MiB. taid checks the rest.
pub(super) fn content(given: Option<String>) -> Result<Content, Fault> {
    let text =
        given.ok_or_else(|| bad_argument("content", "it is missing, and an email needs a body"))?;
    Content::new(text).map_err(|error| {
        bad_argument(
            "content",
            &format!(
                "it has {} bytes, {MAX_CONTENT} are allowed; shorten it or send it in parts",
                error.length
            ),
        )
    })
}

/// Checks that a header field is within 998 bytes.
pub(super) fn header(
    name: &'static str,
    given: Option<String>,
) -> Result<Option<HeaderText>, Fault> {
    let text = given.map(HeaderText::new).transpose();
    text.map_err(|_| bad_argument(name, "it has at most 998 bytes"))
}

/// Checks that a mail id is not 0.
pub(super) fn mail_id(name: &'static str, number: u64) -> Result<MailId, Fault> {
    MailId::new(number).map_err(|error| bad_argument(name, &error.to_string()))
}

/// Deserializes a whole number in the forms that models write: `7`, `7.0` and `"7"`.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    struct Number;
    impl de::Visitor<'_> for Number {
        type Value = u64;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number, 0 or more")
        }
        fn visit_u64<E>(self, value: u64) -> Result<u64, E> {
            Ok(value)
        }
        fn visit_f64<E: de::Error>(self, value: f64) -> Result<u64, E> {
            // Above 2^53 a float does not identify one whole number.
            if value.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&value) {
                Ok(value as u64)
            } else {
                Err(E::invalid_value(de::Unexpected::Float(value), &self))
            }
        }
        fn visit_str<E: de::Error>(self, value: &str) -> Result<u64, E> {
            let digits = value.trim();
            let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let parsed = all.then(|| digits.parse().ok()).flatten();
            parsed.ok_or_else(|| E::invalid_value(de::Unexpected::Str(value), &self))
        }
    }
    deserializer.deserialize_any(Number)
}

/// Deserializes an optional [`number`]; null counts as absent.
pub(super) fn optional_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    struct Wrapped(#[serde(deserialize_with = "number")] u64);
    Ok(Option::<Wrapped>::deserialize(deserializer)?.map(|Wrapped(value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Id {
        #[serde(default, deserialize_with = "optional_number")]
        email_id: Option<u64>,
    }

    fn id(json: &str) -> Result<Option<u64>, String> {
        let id = serde_json::from_str::<Id>(json);
        id.map(|id| id.email_id).map_err(|error| error.to_string())
    }

    #[test]
    fn an_id_is_read_in_each_form_that_models_write() {
        for json in [
            r#"{"email_id":7}"#,
            r#"{"email_id":7.0}"#,
            r#"{"email_id":"7"}"#,
        ] {
            assert_eq!(id(json), Ok(Some(7)), "{json}");
        }
        for json in [r#"{}"#, r#"{"email_id":null}"#] {
            assert_eq!(id(json), Ok(None), "{json}");
        }
    }

    #[test]
    fn text_that_is_not_an_id_is_refused_before_it_reaches_a_url() {
        for bad in [
            "-1",
            "1.5",
            "\"2abc\"",
            "\"../send-email\"",
            "\"\"",
            "1e300",
            "true",
            "[1]",
            "\"18446744073709551616\"",
            "\"+1\"",
            "\"1/2\"",
        ] {
            assert!(id(&format!("{{\"email_id\":{bad}}}")).is_err(), "{bad}");
        }
        assert!(mail_id("email_id", 0).is_err());
    }
}
