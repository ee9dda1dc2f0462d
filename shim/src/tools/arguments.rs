//! Arguments that several tools share: their parsing, their limits and their schemas.

use super::refusal::{bad_argument, missing, out_of_range};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use std::{fmt, ops::RangeInclusive};
use tai_proto::{
    Fault, mail,
    names::MailId,
    text::{Content, HeaderText, MAX_CONTENT, TooLong},
};

/// Removes Rust's traces from a schema: null defaults of optional fields, the formats of
/// integers, which JSON Schema does not define, and the line breaks of doc comments. Each backend accepts the
/// result: google-genai fails on `additionalProperties`, and OpenAI on an object without
/// `properties`. The parser still refuses unknown arguments.
pub(super) fn plain(schema: &mut Schema) {
    schema.remove("additionalProperties");
    if schema.get("type").is_some_and(|kind| kind == "object") {
        let none = Value::Object(serde_json::Map::new());
        schema.ensure_object().entry("properties").or_insert(none);
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if schema
        .get("format")
        .is_some_and(|format| format == "uint64" || format == "uint32")
    {
        schema.remove("format");
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}

/// Declares a body as required although its parser has a default, for an error of its own.
pub(super) fn with_content(schema: &mut Schema) {
    let required = schema.ensure_object().entry("required");
    if let Value::Array(names) = required.or_insert_with(|| Value::Array(Vec::new())) {
        names.push("content".into());
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
    let text = given.ok_or_else(|| missing("content", "an email needs a body"))?;
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

/// Checks that a header field is within its limit.
pub(super) fn header(
    name: &'static str,
    given: Option<String>,
) -> Result<Option<HeaderText>, Fault> {
    let text = given.map(HeaderText::new).transpose();
    text.map_err(|TooLong { max, .. }| bad_argument(name, &format!("expected at most {max} bytes")))
}

/// Checks that a mail id is not 0.
pub(super) fn mail_id(name: &'static str, number: u64) -> Result<MailId, Fault> {
    MailId::new(number).map_err(|error| bad_argument(name, &error.to_string()))
}

/// Checks that a number is within its range.
pub(super) fn within(name: &str, number: u64, range: RangeInclusive<u32>) -> Result<u32, Fault> {
    let found = u32::try_from(number).ok();
    let found = found.filter(|number| range.contains(number));
    found.ok_or_else(|| out_of_range(name, number, *range.start(), *range.end()))
}

/// Deserializes a whole number in the forms that models write: `7`, `7.0` and `"7"`.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    struct Number;
    impl de::Visitor<'_> for Number {
        type Value = u64;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a positive whole number")
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

/// Deserializes an optional [`number`]. Null, an empty text and 0 count as absent: a backend with
/// strict schemas makes its model write every argument.
pub(super) fn optional_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    let number = optional_number_or_zero(deserializer)?;
    Ok(number.filter(|value| *value != 0))
}

/// As [`optional_number`], for an argument to which 0 is a value.
pub(super) fn optional_number_or_zero<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    struct Wrapped(#[serde(deserialize_with = "number")] u64);
    let given = match Value::deserialize(deserializer)? {
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        given => given,
    };
    let number = Option::<Wrapped>::deserialize(given).map_err(de::Error::custom)?;
    Ok(number.map(|Wrapped(value)| value))
}

/// Deserializes an optional boolean in the forms that models write: `true`, `"true"`, `"False"`, 1
/// and 0. Null and an empty text count as absent.
pub(super) fn optional_bool<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    let given = Value::deserialize(deserializer)?;
    let word = match &given {
        Value::Null => return Ok(None),
        Value::Bool(value) => return Ok(Some(*value)),
        Value::String(text) => text.trim().to_ascii_lowercase(),
        Value::Number(number) => number.to_string(),
        Value::Array(_) | Value::Object(_) => String::from("?"),
    };
    match word.as_str() {
        "" => Ok(None),
        "true" | "1" => Ok(Some(true)),
        "false" | "0" => Ok(Some(false)),
        _ => Err(de::Error::custom(format!(
            "expected true or false, not {given}"
        ))),
    }
}

/// Deserializes an optional text. Null and an empty text count as absent.
pub(super) fn optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()))
}

/// Deserializes an optional markup in any case. Null and an empty text count as absent.
pub(super) fn optional_format<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Format>, D::Error> {
    let text = optional_text(deserializer)?.map(|text| text.to_ascii_lowercase());
    let format = text.map(|text| Format::deserialize(Value::String(text)));
    format.transpose().map_err(de::Error::custom)
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
        for json in [
            r#"{}"#,
            r#"{"email_id":null}"#,
            r#"{"email_id":""}"#,
            r#"{"email_id":0}"#,
            r#"{"email_id":"0"}"#,
        ] {
            assert_eq!(id(json), Ok(None), "{json}");
        }
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Rest {
        #[serde(default, deserialize_with = "optional_bool")]
        yes: Option<bool>,
        #[serde(default, deserialize_with = "optional_text")]
        text: Option<String>,
        #[serde(default, deserialize_with = "optional_format")]
        format: Option<Format>,
    }

    #[test]
    fn an_argument_that_is_not_given_may_be_null_or_empty() {
        let read = |json: &str| serde_json::from_str::<Rest>(json).unwrap();
        let none = read("{}");
        assert_eq!(read(r#"{"yes":null,"text":null,"format":null}"#), none);
        assert_eq!(read(r#"{"yes":"","text":"","format":""}"#), none);
        for (json, yes) in [
            ("true", true),
            ("\"True\"", true),
            ("1", true),
            ("\"false\"", false),
            ("0", false),
        ] {
            assert_eq!(
                read(&format!(r#"{{"yes":{json}}}"#)).yes,
                Some(yes),
                "{json}"
            );
        }
        assert_eq!(read(r#"{"format":"HTML"}"#).format, Some(Format::Html));
        for bad in ["\"yes\"", "2", "[]", "{}"] {
            assert!(serde_json::from_str::<Rest>(&format!(r#"{{"yes":{bad}}}"#)).is_err());
        }
    }

    #[test]
    fn text_that_is_not_an_id_is_refused_before_it_reaches_a_url() {
        for bad in [
            "-1",
            "1.5",
            "\"2abc\"",
            "\"../send-email\"",
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
