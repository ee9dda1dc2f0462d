//! Objects with a member twice. JSON leaves open which of the two counts, so a program that checks a call
//! before tai-mcp may have read the other one.

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use std::{collections::HashSet, fmt};
use tai_proto::surrogates;

/// Returns the name that an object in a JSON text has twice, at any depth. `None` also for text that is no
/// JSON.
pub(super) fn member(json: &[u8]) -> Option<String> {
    let read = |json: &[u8]| serde_json::from_slice::<Twice>(json).ok();
    // Half of a surrogate pair is replaced before a call is made.
    let read = read(json).or_else(|| read(&surrogates::replaced(json)));
    read?.0
}

/// The first name that an object has twice.
struct Twice(Option<String>);

impl<'de> Deserialize<'de> for Twice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

/// Reads a value of any kind.
struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Twice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Twice, A::Error> {
        let mut names = HashSet::new();
        let mut twice = None;
        while let Some(name) = members.next_key::<String>()? {
            let Twice(inside) = members.next_value()?;
            twice = twice.or(inside);
            if let Some(name) = names.replace(name) {
                twice = twice.or(Some(name));
            }
        }
        Ok(Twice(twice))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Twice, A::Error> {
        let mut twice = None;
        while let Some(Twice(inside)) = values.next_element()? {
            twice = twice.or(inside);
        }
        Ok(Twice(twice))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Twice, E> {
        Ok(Twice(None))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Twice, E> {
        Ok(Twice(None))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Twice, E> {
        Ok(Twice(None))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Twice, E> {
        Ok(Twice(None))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Twice, E> {
        Ok(Twice(None))
    }

    fn visit_unit<E: Error>(self) -> Result<Twice, E> {
        Ok(Twice(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_an_object_has_twice_is_found_at_any_depth() {
        for (json, name) in [
            (r#"{"a":1,"b":[{"a":null},{"a":true}],"c":{"a":"x"}}"#, None),
            (r#"{"a":1,"a":2}"#, Some("a")),
            (r#"{"a":1,"\u0061":2}"#, Some("a")),
            (r#"[{"p":{"to":"x","n":-1.5,"to":"y"}}]"#, Some("to")),
            (r#"{"to":"x","to":"y","subject":"\ud83d"}"#, Some("to")),
            ("no JSON", None),
        ] {
            assert_eq!(member(json.as_bytes()).as_deref(), name, "{json}");
        }
    }
}
