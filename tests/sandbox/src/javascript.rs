//! The coercions of JavaScript, in which the real bridge is written: numbers in texts, texts of
//! values, truth of values, paths and queries of URLs.

use serde_json::Value;

/// Parses a number as `parseInt` does: `2abc` is 2, `+3` is 3, `0x10` is 16. `None` for NaN.
pub(crate) fn parse_int(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = digits.strip_prefix("0x").or(digits.strip_prefix("0X"));
    let (radix, digits) = hex.map_or((10, digits), |hex| (16, hex));
    let mut found = digits.chars().map_while(|c| c.to_digit(radix)).peekable();
    found.peek()?;
    Some(sign * found.fold(0.0, |sum, digit| sum * f64::from(radix) + f64::from(digit)))
}

/// Returns a whole number as SQLite stores it; `None` outside its range.
pub(crate) fn as_sql(number: f64) -> Option<i64> {
    // 2^63 is exact as a float; the largest i64 is not.
    let limit = 9_223_372_036_854_775_808.0;
    (number.abs() < limit).then_some(number as i64)
}

/// Returns a field of a value; null if there is none.
pub(crate) fn field<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// Whether a value is true in a condition.
pub(crate) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// Returns the text of a value, as `String()` does.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values
            .iter()
            .map(|value| match value {
                Value::Null => String::new(),
                other => text_of(other),
            })
            .collect::<Vec<_>>()
            .join(","),
        Value::Object(_) => "[object Object]".to_owned(),
    }
}

/// Returns a path without its segments `.` and `..`.
pub(crate) fn resolved(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        match plain.as_str() {
            "." => {}
            ".." => drop(kept.pop()),
            _ => {
                kept.push(segment);
                continue;
            }
        }
        if segments.peek().is_none() {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

/// Returns the first value of a parameter, as `URLSearchParams.get` does.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key) == name).then(|| decoded(value))
    })
}

/// Decodes `+` and `%XX`; a `%` without two digits stays.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high * 16 + low);
                    rest = after;
                }
                _ => out.push(b'%'),
            },
            (other, _) => out.push(*other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_read_as_javascript_reads_them() {
        for (text, number) in [
            ("7", Some(7.0)),
            (" +3", Some(3.0)),
            ("-1x", Some(-1.0)),
            ("0x10", Some(16.0)),
            ("1e2", Some(1.0)),
            ("1.9", Some(1.0)),
            ("", None),
            ("abc", None),
            ("-", None),
            ("0x", None),
        ] {
            assert_eq!(parse_int(text), number, "{text}");
        }
        assert_eq!(parse_int("99999999999999999999").and_then(as_sql), None);
    }

    #[test]
    fn values_have_the_texts_and_the_truth_of_javascript() {
        for (value, text, truth) in [
            (json!(null), "null", false),
            (json!(0), "0", false),
            (json!(""), "", false),
            (json!(["a", null, 1]), "a,,1", true),
            (json!({"a": 1}), "[object Object]", true),
        ] {
            assert_eq!(text_of(&value), text);
            assert_eq!(is_truthy(&value), truth, "{value}");
        }
    }

    #[test]
    fn paths_and_queries_are_those_of_a_url() {
        assert_eq!(resolved("/a/../b//c/."), "/b//c/");
        assert_eq!(resolved("/a/%2E%2e/b"), "/b");
        assert_eq!(resolved("/"), "/");
        assert_eq!(parameter("a=1&b=%2B+%", "b").as_deref(), Some("+ %"));
        assert_eq!(parameter("a", "a").as_deref(), Some(""));
        assert_eq!(parameter("a", "b"), None);
    }
}
