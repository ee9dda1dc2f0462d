//! The wrapper of every answer: `{"success":..., "data":..., "error":...}`.

use super::{
    super::{
        expected::{Expected, Limits},
        place::Place,
    },
    lenient::{Fields, Scalar, object, skip},
};
use crate::foreign;
use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess},
};

/// A wrapper and its data.
#[derive(Debug)]
pub(crate) struct Wrapper<T> {
    /// Whether the answer says that the request succeeded.
    pub(crate) success: bool,
    /// The data, if they are of the expected kind.
    pub(crate) data: Option<T>,
    /// The bridge's own description of a failure.
    pub(crate) error: Option<ApiError>,
}

impl<T> Wrapper<T> {
    /// Returns the wrapper of a success without data.
    pub(crate) fn success() -> Self {
        Self {
            success: true,
            data: None,
            error: None,
        }
    }
}

/// The bridge's own description of a failure, as one line each.
#[derive(Debug, Default)]
pub(crate) struct ApiError {
    pub(crate) code: String,
    pub(crate) message: String,
}

/// Expectation of wrapped data.
#[derive(Clone)]
pub(crate) struct Wrapped<E>(pub(crate) E);

impl<E: Expected> Expected for Wrapped<E> {
    type Value = Wrapper<E::Value>;
    const IS_LARGE: bool = E::IS_LARGE;

    fn measured(wrapper: &mut Self::Value, bytes: usize) {
        if let Some(data) = &mut wrapper.data {
            E::measured(data, bytes);
        }
    }

    fn placed(wrapper: &mut Self::Value, place: Place) {
        if let Some(data) = &mut wrapper.data {
            E::placed(data, place);
        }
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }

    fn read<'de, D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Option<Self::Value>, D::Error> {
        let reader = Reader {
            expected: Some(self.0),
            wrapper: Wrapper {
                success: false,
                data: None,
                error: None,
            },
        };
        let read = object(reader, deserializer)?;
        Ok(read.map(|reader| reader.wrapper))
    }
}

struct Reader<E: Expected> {
    /// `None` once the data have been read.
    expected: Option<E>,
    wrapper: Wrapper<E::Value>,
}

impl<'de, E: Expected> Fields<'de> for Reader<E> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match (key, self.expected.take()) {
            ("data", Some(expected)) => self.wrapper.data = map.next_value_seed(Data(expected))?,
            (key, expected) => {
                self.expected = expected;
                match key {
                    "success" => self.wrapper.success = map.next_value::<Scalar>()?.is_yes(),
                    "error" => self.wrapper.error = map.next_value_seed(ErrorSeed)?,
                    _ => skip(map)?,
                }
            }
        }
        Ok(())
    }
}

/// Reader of the data.
struct Data<E>(E);

impl<'de, E: Expected> DeserializeSeed<'de> for Data<E> {
    type Value = Option<E::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.0.read(deserializer)
    }
}

struct ErrorSeed;

impl<'de> DeserializeSeed<'de> for ErrorSeed {
    type Value = Option<ApiError>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        object(ApiError::default(), deserializer)
    }
}

impl<'de> Fields<'de> for ApiError {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let field = match key {
            "code" => &mut self.code,
            "message" => &mut self.message,
            _ => return skip(map),
        };
        let text = map.next_value::<Scalar>()?.text(usize::MAX);
        *field = foreign::message(&text.unwrap_or_default());
        Ok(())
    }
}
