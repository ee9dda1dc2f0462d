//! The bridge's JSON, with every variation that bridge-api.md lists under "may". The bodies
//! of mails in lists are not among the fields, so serde skips them (trap 3).

use super::mail::{Head, Listing, Message, Outgoing, OutgoingReply, Receipt};
use serde::{Deserialize, Deserializer, Serialize, de::Visitor};
use std::fmt;

/// Body of a request that sends a mail. It borrows the mail's parts, which may be large.
#[derive(Serialize)]
pub(super) struct SendBody<'a> {
    to: &'a str,
    from: &'a str,
    subject: &'a str,
    message: &'a str,
    html: &'a str,
}

/// Body of a request that sends a reply.
#[derive(Serialize)]
pub(super) struct ReplyBody<'a> {
    text: &'a str,
    html: &'a str,
    subject: &'a str,
}

impl<'a> From<&Outgoing<'a>> for SendBody<'a> {
    fn from(mail: &Outgoing<'a>) -> Self {
        Self {
            to: mail.to,
            from: mail.from,
            subject: mail.subject,
            message: mail.text,
            html: mail.html,
        }
    }
}

impl<'a> From<&OutgoingReply<'a>> for ReplyBody<'a> {
    fn from(reply: &OutgoingReply<'a>) -> Self {
        Self {
            text: reply.text,
            html: reply.html,
            subject: reply.subject,
        }
    }
}

/// The wrapper of every answer: `{"success":..., "data":..., "error":...}`.
#[derive(Deserialize)]
pub(super) struct Wrapper<T> {
    pub(super) success: bool,
    pub(super) data: Option<T>,
    pub(super) error: Option<ApiError>,
}

/// The bridge's own description of a failure.
#[derive(Deserialize)]
pub(super) struct ApiError {
    #[serde(default)]
    pub(super) code: String,
    #[serde(default)]
    pub(super) message: String,
}

/// Answer to a login or a refresh. `expires_at` is ignored: the token's `exp` counts (trap 10).
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    pub(super) token: String,
}

/// Answer to a list request.
#[derive(Deserialize)]
pub(super) struct ListAnswer<T> {
    messages: Vec<T>,
    count: u64,
    has_more: bool,
}

/// A mail of a list, without its body.
#[derive(Deserialize)]
pub(super) struct HeadAnswer {
    id: u64,
    #[serde(default, deserialize_with = "or_empty")]
    from: String,
    #[serde(default, deserialize_with = "or_empty")]
    to: String,
    #[serde(default, deserialize_with = "or_empty")]
    subject: String,
    #[serde(default, deserialize_with = "or_empty")]
    received_at: String,
    #[serde(default, deserialize_with = "number_or_bool")]
    is_read: bool,
}

/// A mail with its body.
#[derive(Deserialize)]
pub(super) struct MessageAnswer {
    #[serde(flatten)]
    head: HeadAnswer,
    body_text: Option<String>,
    body_html: Option<String>,
}

/// Answer to a send or a reply.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReceiptAnswer {
    message_id: String,
    subject: Option<String>,
    #[serde(default)]
    timestamp: String,
}

impl From<HeadAnswer> for Head {
    fn from(head: HeadAnswer) -> Self {
        Self {
            id: head.id,
            from: head.from,
            to: head.to,
            subject: head.subject,
            date: crate::time::mail_date(&head.received_at),
            read: head.is_read,
        }
    }
}

impl<T: Into<Message>> From<ListAnswer<T>> for Listing {
    fn from(list: ListAnswer<T>) -> Self {
        Self {
            mails: list.messages.into_iter().map(T::into).collect(),
            count: list.count,
            has_more: list.has_more,
        }
    }
}

impl From<HeadAnswer> for Message {
    fn from(head: HeadAnswer) -> Self {
        Self {
            head: head.into(),
            text: None,
            html: None,
        }
    }
}

impl From<MessageAnswer> for Message {
    fn from(message: MessageAnswer) -> Self {
        Self {
            head: message.head.into(),
            text: message.body_text,
            html: message.body_html,
        }
    }
}

impl From<ReceiptAnswer> for Receipt {
    fn from(receipt: ReceiptAnswer) -> Self {
        Self {
            message_id: receipt.message_id,
            subject: receipt.subject,
            timestamp: receipt.timestamp,
        }
    }
}

/// Reads a string, and null as the empty string (trap 1).
fn or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads `is_read`: 0 or 1, or a bool (trap 1).
fn number_or_bool<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    struct Either;
    impl Visitor<'_> for Either {
        type Value = bool;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("0, 1, true or false")
        }
        fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
            Ok(value)
        }
        fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
            Ok(value != 0)
        }
        fn visit_i64<E>(self, value: i64) -> Result<bool, E> {
            Ok(value != 0)
        }
    }
    deserializer.deserialize_any(Either)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBSERVED: &str = r#"{"success":true,"data":{"id":7,"message_id":"1795427974668-skuwyfmyhh",
        "from":"e@example.com","to":"desk.u@tai.chat","subject":null,"body_text":null,
        "body_html":null,"is_read":0,"received_at":"2026-11-23 09:59:34","size":0}}"#;

    fn message(json: &str) -> Message {
        serde_json::from_str::<Wrapper<MessageAnswer>>(json)
            .unwrap()
            .data
            .unwrap()
            .into()
    }

    #[test]
    fn a_mail_parses_as_observed_with_its_nulls() {
        let mail = message(OBSERVED);
        assert_eq!(mail.head.subject, "");
        assert_eq!(mail.head.date, "2026-11-23T09:59:34Z");
        assert!(!mail.head.read);
        assert_eq!((mail.text, mail.html), (None, None));
    }

    #[test]
    fn a_mail_parses_in_every_documented_variation() {
        let json = OBSERVED
            .replace("\"is_read\":0", "\"is_read\":true")
            .replace("2026-11-23 09:59:34", "2026-11-23T09:59:34.000Z")
            .replace("\"body_text\":null", "\"body_text\":\"b\"");
        let mail = message(&json);
        assert!(mail.head.read);
        assert_eq!(mail.head.date, "2026-11-23T09:59:34Z");
        assert_eq!(mail.text.as_deref(), Some("b"));
    }
}
