//! Presence and null: the states that JSON knows and `Option` alone does not.
//!
//! | the document says      | the type of the field | on the wire                  |
//! |------------------------|-----------------------|------------------------------|
//! | required               | `T`                   | a value                      |
//! | required, nullable     | `Option<T>`           | null or a value              |
//! | optional               | `Option<T>`           | nothing or a value           |
//! | optional, nullable     | [`Field<T>`]          | nothing, null or a value     |

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::{Borrow, Cow};

/// An optional field that may be null: absent, null, or a value.
///
/// ```
/// use spec_runtime::Field;
///
/// let nothing: Field<String> = Field::Absent;
/// let null: Field<String> = Field::Null;
/// let value: Field<String> = "voice".into();
/// assert_eq!(nothing.value(), None);
/// assert_eq!(null.value(), None);
/// assert_eq!(value.value().map(String::as_str), Some("voice"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field<T> {
    /// The field is left out.
    #[default]
    Absent,
    /// The field is null.
    Null,
    /// The field has a value.
    Value(T),
}

impl<T> Field<T> {
    /// Returns true if the field is left out.
    pub fn is_absent(&self) -> bool {
        matches!(self, Field::Absent)
    }

    /// Returns true if the field is there and null.
    pub fn is_null(&self) -> bool {
        matches!(self, Field::Null)
    }

    /// Returns the value, where there is one.
    pub fn value(&self) -> Option<&T> {
        self.as_ref().into_value()
    }

    /// Returns the value, where there is one, and drops the rest.
    pub fn into_value(self) -> Option<T> {
        match self {
            Field::Value(value) => Some(value),
            Field::Absent | Field::Null => None,
        }
    }

    /// Returns the value, or a default where the field is left out; none where it is null.
    pub fn value_or<'a, B: ?Sized>(&'a self, default: &'a B) -> Option<&'a B>
    where
        T: Borrow<B>,
    {
        match self {
            Field::Absent => Some(default),
            Field::Null => None,
            Field::Value(value) => Some(value.borrow()),
        }
    }

    /// Borrows the value.
    pub fn as_ref(&self) -> Field<&T> {
        match self {
            Field::Absent => Field::Absent,
            Field::Null => Field::Null,
            Field::Value(value) => Field::Value(value),
        }
    }

    /// Converts the value, where there is one; absent and null stay what they are.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Field::Absent => Field::Absent,
            Field::Null => Field::Null,
            Field::Value(value) => Field::Value(f(value)),
        }
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Field::Value(value)
    }
}

impl From<&str> for Field<String> {
    fn from(value: &str) -> Self {
        Field::Value(value.to_owned())
    }
}

impl From<i32> for Field<i64> {
    fn from(value: i32) -> Self {
        Field::Value(value.into())
    }
}

impl From<i32> for Field<f64> {
    fn from(value: i32) -> Self {
        Field::Value(value.into())
    }
}

impl<T, U: Into<T>, const N: usize> From<[U; N]> for Field<Vec<T>> {
    fn from(values: [U; N]) -> Self {
        Field::Value(values.into_iter().map(Into::into).collect())
    }
}

impl<K: Into<String>, V, U: Into<V>, const N: usize> From<[(K, U); N]> for Field<IndexMap<String, V>> {
    fn from(entries: [(K, U); N]) -> Self {
        Field::Value(entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl<T: Serialize> Serialize for Field<T> {
    /// Writes null for [`Field::Null`]. An absent field is skipped by its struct; standing alone, it is null.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    /// Reads a field that is there: null is [`Field::Null`], anything else a value.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::deserialize(deserializer)? {
            Some(value) => Field::Value(value),
            None => Field::Null,
        })
    }
}

impl<T: JsonSchema> JsonSchema for Field<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        Option::<T>::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}

/// A value or null, for a field that must be there: what the setter of such a field takes.
///
/// The field itself is an `Option`.
#[derive(Clone, Debug, PartialEq)]
pub struct Nullable<T>(
    /// The value; `None` is null.
    pub Option<T>,
);

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Nullable(Some(value))
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        Nullable(value)
    }
}

impl From<&str> for Nullable<String> {
    fn from(value: &str) -> Self {
        Nullable(Some(value.to_owned()))
    }
}

impl From<i32> for Nullable<i64> {
    fn from(value: i32) -> Self {
        Nullable(Some(value.into()))
    }
}

impl From<i32> for Nullable<f64> {
    fn from(value: i32) -> Self {
        Nullable(Some(value.into()))
    }
}

impl<T, U: Into<T>, const N: usize> From<[U; N]> for Nullable<Vec<T>> {
    fn from(values: [U; N]) -> Self {
        Nullable(Some(values.into_iter().map(Into::into).collect()))
    }
}

impl<K: Into<String>, V, U: Into<V>, const N: usize> From<[(K, U); N]> for Nullable<IndexMap<String, V>> {
    fn from(entries: [(K, U); N]) -> Self {
        Nullable(Some(entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect()))
    }
}
