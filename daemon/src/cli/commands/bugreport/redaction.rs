//! Redaction by permission: everything is left out that is not known to be free of private text.

use serde_json::{Map, Value};
use tai_proto::traffic::Traffic;

/// The mark in place of a text.
const LEFT_OUT: &str = "…";
/// The texts of the status that are kept, by the object or list that contains them.
const TEXTS: [(&str, &str); 13] = [
    ("daemon", "version"),
    ("daemon", "started_at"),
    ("session", "state"),
    ("session", "token_expires_at"),
    ("session", "renews_at"),
    ("session", "retry_at"),
    ("last_error", "at"),
    ("bridge", "last_answer_at"),
    ("bridge", "rate_limited_until"),
    ("clients", "connected_at"),
    ("clients", "last_call"),
    ("clients", "last_call_at"),
    ("settings", "key"),
];

/// The names of the values in the log that are kept.
const NAMES: [&str; 18] = [
    "attempt",
    "client",
    "code",
    "digest",
    "elapsed_ms",
    "error",
    "id",
    "instance",
    "lost",
    "mail_id",
    "mails",
    "method",
    "number",
    "request_id",
    "signal",
    "skipped",
    "source",
    "status",
];

/// Returns the status with its numbers, states and times alone.
pub(super) fn status(value: &Value) -> Value {
    kept("", value)
}

fn kept(parent: &str, value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        Value::String(_) => Value::from(LEFT_OUT),
        Value::Array(values) => values.iter().map(|value| kept(parent, value)).collect(),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                let is_kept = TEXTS.contains(&(parent, name.as_str()));
                let value = match value {
                    Value::String(_) if is_kept => value.clone(),
                    other => kept(name, other),
                };
                (name.clone(), value)
            };
            Value::Object(fields.iter().map(field).collect::<Map<_, _>>())
        }
    }
}

/// Returns a line of the log: its time, its severity, the constant beginning of its message, and the
/// names of its values. Of the values, numbers alone are kept. `None` for a line without these.
pub(super) fn log_line(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let time = words.next().filter(|time| is_time(time))?;
    let level = words
        .next()
        .filter(|level| matches!(*level, "ERROR" | "WARN" | "INFO" | "DEBUG" | "TRACE"))?;
    let mut kept = format!("{time} {level}");
    let mut is_message = true;
    let mut is_quoted = false;
    // The spans of a call come before the module, and the message after it.
    let (mut is_before, mut is_span) = (true, false);
    for word in words {
        if is_before {
            is_span |= word.contains('{');
            if is_span {
                is_span = !word.ends_with("}:");
                continue;
            }
            is_before = false;
            if is_module(word) {
                kept.push_str(&format!(" {word}"));
                continue;
            }
        }
        // A quoted value may have words that look like names of values.
        let quotes = word.matches('"').count();
        let was_quoted = is_quoted;
        is_quoted ^= quotes % 2 == 1;
        if was_quoted {
            continue;
        }
        if let Some((name, value)) = word.split_once('=')
            && NAMES.contains(&name)
        {
            is_message = false;
            let value = match value.parse::<u64>() {
                Ok(_) => value,
                Err(_) => LEFT_OUT,
            };
            kept.push_str(&format!(" {name}={value}"));
        } else if is_message {
            // The words before the first one that is not a plain word are the program's own.
            is_message = is_plain(word);
            kept.push_str(&format!(" {}", if is_message { word } else { LEFT_OUT }));
        }
    }
    Some(kept)
}

/// Returns the records of the last calls and exchanges. The names of the calls are their only texts; the
/// types permit no other than numbers and fixed words.
pub(super) fn traffic(mut traffic: Traffic) -> Traffic {
    for record in &mut traffic.calls {
        if !is_name(&record.call) {
            record.call = LEFT_OUT.into();
        }
    }
    traffic
}

/// Returns the class of an outcome of the audit log.
pub(super) fn outcome(outcome: &str) -> &str {
    let class = match outcome.strip_prefix("failed: ") {
        Some(code) => code,
        None => outcome.split([' ', ':']).next().unwrap_or_default(),
    };
    match is_name(class) {
        true => class,
        false => LEFT_OUT,
    }
}

fn is_time(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || "T-:.Z+".contains(c))
}

/// Returns whether a word is the path of a module of tai with a colon at its end.
fn is_module(word: &str) -> bool {
    let is_path = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_lowercase() || "_:".contains(c))
    };
    word.starts_with("tai") && word.strip_suffix(':').is_some_and(is_path)
}

fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
}

fn is_plain(word: &str) -> bool {
    let word = word.trim_end_matches([',', ';']);
    word.chars().all(|c| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::traffic::{CallOutcome, CallRecord};

    #[test]
    fn a_line_keeps_its_constant_words_the_names_of_values_and_numbers() {
        for (line, expected) in [
            (
                "2026-11-27T10:00:00.1Z  WARN call failed error=\"no mail for bob@x.org: CANARY status=7\" id=3 client=claude CANARY=4",
                "2026-11-27T10:00:00.1Z WARN call failed error=… id=3 client=…",
            ),
            (
                "2026-11-29T02:27:42Z  WARN call{client=60 call=\"CANARY a\"}:sign_in{as=\"CANARY b\"}: taid::mail::approvals::table: a mail that waited for approval is lost number=46",
                "2026-11-29T02:27:42Z WARN taid::mail::approvals::table: a mail that waited for approval is lost number=46",
            ),
            (
                "2026-11-29T02:27:42Z ERROR taid::server::dispatch: call failed error=\"{ tai::canary: CANARY\" number=4",
                "2026-11-29T02:27:42Z ERROR taid::server::dispatch: call failed error=… number=4",
            ),
            (
                "2026-11-27T10:00:00Z  INFO 📧 Instance email: desk.alice@tai.chat",
                "2026-11-27T10:00:00Z INFO …",
            ),
            (
                "2026-11-27T10:00:00Z INFO taid ready on /home/alice/CANARY and more",
                "2026-11-27T10:00:00Z INFO taid ready on …",
            ),
        ] {
            assert_eq!(log_line(line).as_deref(), Some(expected));
        }
        for line in [
            "",
            "CANARY",
            "2026-11-27T10:00:00Z CANARY a",
            "    at CANARY",
        ] {
            assert_eq!(log_line(line), None, "{line}");
        }
    }

    #[test]
    fn an_outcome_keeps_a_code_and_no_rule() {
        for (text, class) in [
            ("sent", "sent"),
            ("failed: NotSignedIn", "NotSignedIn"),
            ("held in place of 0123", "held"),
            ("send_email: bob@x.org is not permitted", "send_email"),
            ("failed: bob@x.org", "…"),
        ] {
            assert_eq!(outcome(text), class);
        }
    }

    #[test]
    fn a_call_keeps_its_name_and_no_other_text() {
        let record = |call: &str| CallRecord {
            connection: 1,
            call: call.into(),
            at_ms: 2,
            duration_ms: 3,
            outcome: CallOutcome::Done,
        };
        let calls = ["send_email", "bob@x.org", "a b"].map(record).to_vec();
        let left = traffic(Traffic {
            calls,
            ..Traffic::default()
        });
        let names: Vec<&str> = left.calls.iter().map(|record| &*record.call).collect();
        assert_eq!(names, ["send_email", "…", "…"]);
    }

    #[test]
    fn the_status_keeps_no_text_that_is_not_named() {
        let value = serde_json::json!({
            "daemon": {"version": "0.1.0", "pid": 7, "socket": "/home/CANARY"},
            "session": {"state": "live", "last_error": {"at": "t", "what": "CANARY"}},
            "clients": [{"name": "CANARY", "version": "CANARY", "calls": 3}],
            "new": ["CANARY", {"state": "CANARY"}],
        });
        insta::assert_snapshot!(status(&value).to_string(), @r#"{"daemon":{"version":"0.1.0","pid":7,"socket":"…"},"session":{"state":"live","last_error":{"at":"t","what":"…"}},"clients":[{"name":"…","version":"…","calls":3}],"new":["…",{"state":"…"}]}"#);
    }
}
