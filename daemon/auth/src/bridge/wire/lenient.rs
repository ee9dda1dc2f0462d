//! JSON values of any type. One odd value must not make the values beside it unreadable
//! (bridge-api.md, trap 1), so a value of another type than expected counts as missing.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::{borrow::Cow, fmt};

/// A value without parts. A list or an object is [`Scalar::Other`], and its parts are skipped.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Whole(u64),
    Number(f64),
    Text(String),
    Other,
}

impl Scalar {
    /// Returns the text of a string or a number, cut to `max` characters.
    pub(super) fn text(self, max: usize) -> Option<String> {
        let mut text = match self {
            Scalar::Text(text) => text,
            Scalar::Whole(number) => number.to_string(),
            Scalar::Number(number) => number.to_string(),
            Scalar::Null | Scalar::Bool(_) | Scalar::Other => return None,
        };
        // Text has at most one character a byte.
        if text.len() > max
            && let Some((end, _)) = text.char_indices().nth(max)
        {
            text.truncate(end);
            // Characters are cut from the memory, too.
            text.shrink_to_fit();
        }
        Some(text)
    }

    /// Returns a number that is not negative and has no fraction. It may be written as text.
    pub(super) fn whole(self) -> Option<u64> {
        match self {
            Scalar::Whole(number) => Some(number),
            Scalar::Text(text) => text.parse().ok(),
            // Whole numbers up to 2^53 are exact.
            Scalar::Number(number) if number.fract() == 0.0 => (0.0..=9_007_199_254_740_992.0)
                .contains(&number)
                .then_some(number as u64),
            Scalar::Null | Scalar::Bool(_) | Scalar::Number(_) | Scalar::Other => None,
        }
    }

    /// Returns whether the value says yes: `true`, a number except 0, `"1"` or `"true"`.
    pub(super) fn is_yes(&self) -> bool {
        match self {
            Scalar::Bool(value) => *value,
            Scalar::Whole(number) => *number != 0,
            Scalar::Number(number) => *number != 0.0,
            Scalar::Text(text) => text == "1" || text.eq_ignore_ascii_case("true"),
            Scalar::Null | Scalar::Other => false,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Whole(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value))
    }
    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Scalar, A::Error> {
        skip_seq(seq)?;
        Ok(Scalar::Other)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Scalar, A::Error> {
        skip_map(map)?;
        Ok(Scalar::Other)
    }
}

/// Skips the rest of a list.
pub(super) fn skip_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn skip_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// An object that is read field by field. The last one of equal keys counts.
pub(super) trait Fields<'de>: Sized {
    /// Reads the value of a key. A key that it does not know is skipped with [`skip`].
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Skips a value.
pub(super) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// Reads an object into `fields`; `None` if the value is no object.
pub(super) fn object<'de, F: Fields<'de>, D: Deserializer<'de>>(
    fields: F,
    deserializer: D,
) -> Result<Option<F>, D::Error> {
    deserializer.deserialize_any(ObjectVisitor(fields))
}

struct ObjectVisitor<F>(F);

impl<'de, F: Fields<'de>> Visitor<'de> for ObjectVisitor<F> {
    type Value = Option<F>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Option<F>, A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            self.0.field(&key, &mut map)?;
        }
        Ok(Some(self.0))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Option<F>, A::Error> {
        skip_seq(seq)?;
        Ok(None)
    }
    fn visit_unit<E>(self) -> Result<Option<F>, E> {
        Ok(None)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Option<F>, E> {
        Ok(None)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Option<F>, E> {
        Ok(None)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Option<F>, E> {
        Ok(None)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Option<F>, E> {
        Ok(None)
    }
    fn visit_str<E>(self, _: &str) -> Result<Option<F>, E> {
        Ok(None)
    }
}

/// Reader of a key, which is not copied where the parser has the whole text.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }
    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(json: &str) -> Scalar {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_value_of_any_type_is_read_as_text_number_and_flag() {
        for (json, text, whole, yes) in [
            ("null", None, None, false),
            ("true", None, None, true),
            ("0", Some("0"), Some(0), false),
            ("7", Some("7"), Some(7), true),
            ("7.0", Some("7"), Some(7), true),
            ("-1", Some("-1"), None, true),
            ("1.5", Some("1.5"), None, true),
            ("\"1\"", Some("1"), Some(1), true),
            ("\"True\"", Some("True"), None, true),
            ("\"false\"", Some("fals"), None, false),
            ("\"abcdef\"", Some("abcd"), None, false),
            ("[1,[2]]", None, None, false),
            ("{\"a\":{}}", None, None, false),
        ] {
            assert_eq!(scalar(json).text(4).as_deref(), text, "{json}");
            assert_eq!(scalar(json).whole(), whole, "{json}");
            assert_eq!(scalar(json).is_yes(), yes, "{json}");
        }
    }
}
