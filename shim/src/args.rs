//! The tools' arguments as types. Their JSON Schemas are derived from them, so that what is
//! promised and what is read cannot differ.

use schemars::{JsonSchema, Schema, transform::RecursiveTransform};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use std::fmt;

/// Takes out of a schema what only Rust means: a default of null where null is not allowed,
/// formats that JSON Schema does not know and validators warn of, and the line breaks of doc
/// comments.
pub(crate) fn plain(schema: &mut Schema) {
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

/// How content is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum Format {
    #[default]
    Markdown,
    Html,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = RecursiveTransform(plain))]
pub(crate) struct SendEmail {
    /// Recipient, one plain address such as user@example.com. Default: the configured
    /// USEREMAIL.
    #[serde(default)]
    #[schemars(with = "String")]
    pub(crate) to: Option<String>,
    /// Subject line. Default: "Email from {instance}".
    #[serde(default)]
    #[schemars(with = "String")]
    pub(crate) subject: Option<String>,
    /// The body, written as `format` says. At most 1 MB.
    #[serde(default)]
    #[schemars(with = "String")]
    pub(crate) content: Option<String>,
    /// How `content` is written. Default: markdown.
    #[serde(default)]
    #[schemars(with = "Format")]
    pub(crate) format: Option<Format>,
    /// Whether to send it although the same email was sent within the last ten minutes, or may
    /// have been. Default: false.
    #[serde(default)]
    #[schemars(with = "bool")]
    pub(crate) allow_duplicate: Option<bool>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = RecursiveTransform(plain))]
pub(crate) struct FetchEmail {
    /// ID of the email, as list_inbox shows it. Default: the oldest unread email.
    #[serde(default, deserialize_with = "optional_number")]
    #[schemars(with = "u64", range(min = 1))]
    pub(crate) email_id: Option<u64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = RecursiveTransform(plain))]
pub(crate) struct ListInbox {
    /// How many emails to show. Default: 10.
    #[serde(default, deserialize_with = "optional_number")]
    #[schemars(with = "u64", range(min = 1, max = 200))]
    pub(crate) limit: Option<u64>,
    /// How many emails to pass over. Default: 0.
    #[serde(default, deserialize_with = "optional_number")]
    #[schemars(with = "u64", range(min = 0))]
    pub(crate) offset: Option<u64>,
    /// Whether to show emails that were read, too. Default: false.
    #[serde(default)]
    #[schemars(with = "bool")]
    pub(crate) show_read: Option<bool>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = RecursiveTransform(plain))]
pub(crate) struct ReplyEmail {
    /// ID of the email to reply to, as list_inbox shows it.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u64", range(min = 1))]
    pub(crate) message_id: u64,
    /// The body, written as `format` says. At most 1 MB.
    #[serde(default)]
    #[schemars(with = "String")]
    pub(crate) content: Option<String>,
    /// How `content` is written. Default: markdown.
    #[serde(default)]
    #[schemars(with = "Format")]
    pub(crate) format: Option<Format>,
    /// Subject line. Default: the original's with "Re:".
    #[serde(default)]
    #[schemars(with = "String")]
    pub(crate) subject: Option<String>,
    /// Whether to send it although the same reply was sent within the last ten minutes, or may
    /// have been. Default: false.
    #[serde(default)]
    #[schemars(with = "bool")]
    pub(crate) allow_duplicate: Option<bool>,
    /// Older name for `content` in markdown.
    #[serde(default)]
    #[schemars(with = "String")]
    pub(crate) text: Option<String>,
    /// Older name for `content` in html.
    #[serde(default)]
    #[schemars(with = "String")]
    pub(crate) html: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = RecursiveTransform(plain))]
pub(crate) struct OneEmail {
    /// ID of the email, as list_inbox shows it.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u64", range(min = 1))]
    pub(crate) email_id: u64,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = RecursiveTransform(plain))]
pub(crate) struct SearchInbox {
    /// Words that must all be in the sender, the subject or the body; upper and lower case are
    /// the same.
    pub(crate) query: String,
    /// How many emails to return. Default: 20.
    #[serde(default, deserialize_with = "optional_number")]
    #[schemars(with = "u64", range(min = 1, max = 100))]
    pub(crate) limit: Option<u64>,
    /// Whether to look at unread emails only. Default: false.
    #[serde(default)]
    #[schemars(with = "bool")]
    pub(crate) unread_only: Option<bool>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionStatus {}

/// A whole number, as models write them: `7`, `7.0` and `"7"`.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
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
            // Beyond 2^53 a float no longer says which number is meant.
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

fn optional_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    struct Wrapped(#[serde(deserialize_with = "number")] u64);
    Ok(Option::<Wrapped>::deserialize(deserializer)?.map(|Wrapped(value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(json: &str) -> Result<Option<u64>, String> {
        let args = serde_json::from_str::<FetchEmail>(json);
        args.map(|args| args.email_id)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn ids_are_whole_numbers_however_models_write_them() {
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
    fn what_is_no_id_is_refused_before_it_comes_near_a_url() {
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
    }
}
