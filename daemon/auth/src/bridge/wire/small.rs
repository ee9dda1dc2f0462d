//! Short answers: tokens, receipts, confirmations, health and registration.

use super::{
    super::{
        expected::{Expected, Limits},
        mail::Receipt,
    },
    SHORT_ANSWER,
    lenient::{Fields, Scalar, object, skip},
};
use crate::foreign;
use serde::{Deserializer, de::MapAccess};

/// Limit of a message id, in characters.
const MAX_ID: usize = 256;
/// Limit of a subject, in characters.
const MAX_SUBJECT: usize = 998;
/// Limit of a time or a status, in characters.
const MAX_LABEL: usize = 64;

const SHORT: Limits = Limits {
    answer: SHORT_ANSWER,
    // More than the limits of all texts; a longer token is refused by the session.
    string: 16 << 10,
};

/// Defines an expectation whose value comes from the text fields of an object.
macro_rules! short_answer {
    (
        $(#[doc = $about:literal])+
        $name:ident($($key:literal: $field:ident),+) -> $value:ty, $without:expr, $make:expr
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Default)]
        pub(crate) struct $name {
            $($field: Option<Scalar>,)+
        }

        impl<'de> Fields<'de> for $name {
            fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
                match key {
                    $($key => self.$field = Some(map.next_value()?),)+
                    _ => skip(map)?,
                }
                Ok(())
            }
        }

        impl Expected for $name {
            type Value = $value;

            fn without_data() -> Option<$value> {
                $without
            }

            fn limits(&self) -> Limits {
                SHORT
            }

            fn read<'de, D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Option<$value>, D::Error> {
                let make: fn(Self) -> Option<$value> = $make;
                Ok(object(self, deserializer)?.and_then(make))
            }
        }
    };
}

short_answer! {
    /// Token of a login or a refresh. `expires_at` is ignored: the token's `exp` counts
    /// (bridge-api.md, trap 10).
    IssuedJwt("token": token) -> String, None,
    |answer| match answer.token? {
        Scalar::Text(token) => Some(token),
        Scalar::Null | Scalar::Bool(_) | Scalar::Whole(_) | Scalar::Number(_) | Scalar::Other => {
            None
        }
    }
}

short_answer! {
    /// Receipt of a send or a reply. All its fields may be missing.
    SendReceipt("messageId": id, "subject": subject, "timestamp": timestamp) -> Receipt,
    Some(Receipt {
        message_id: String::new(),
        subject: None,
        timestamp: String::new(),
    }),
    |answer| Some(Receipt {
        message_id: text(answer.id, MAX_ID).unwrap_or_default(),
        subject: text(answer.subject, MAX_SUBJECT),
        timestamp: text(answer.timestamp, MAX_LABEL).unwrap_or_default(),
    })
}

short_answer! {
    /// Status and time of `/health`, which has no wrapper.
    HealthStatus("status": status, "timestamp": timestamp) -> (String, Option<String>), None,
    |answer| Some((text(answer.status, MAX_LABEL)?, text(answer.timestamp, MAX_LABEL)))
}

short_answer! {
    /// Username and address of a new account.
    NewAccount("username": username, "email": email) -> (String, String), None,
    |answer| Some((text(answer.username, MAX_LABEL)?, text(answer.email, MAX_ID)?))
}

/// Confirmation without a value. The value says whether the bridge has confirmed it in words.
#[derive(Debug, Clone)]
pub(crate) struct Done;

impl Expected for Done {
    type Value = bool;

    fn without_data() -> Option<bool> {
        Some(true)
    }

    fn unsaid() -> Option<bool> {
        Some(false)
    }

    fn limits(&self) -> Limits {
        SHORT
    }

    fn read<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<bool>, D::Error> {
        serde::de::Deserialize::deserialize(deserializer).map(|_: serde::de::IgnoredAny| Some(true))
    }
}

/// Returns a text as one line.
fn text(value: Option<Scalar>, max: usize) -> Option<String> {
    let text = value?.text(usize::MAX)?;
    Some(foreign::line(&text, max))
}
