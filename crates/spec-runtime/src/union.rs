//! Decoding values of one of several types.
//!
//! A union with a discriminator is decoded by its tag, in one go. Any other union is decoded as the variant that gives back
//! exactly what it was given; only where none does, the first that takes it at all.

use crate::json::from_value;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// An object whose tag says what it is.
#[derive(Debug)]
pub struct Tagged {
    property: &'static str,
    tag: String,
    value: Value,
}

impl Tagged {
    /// Reads an object and its tag.
    ///
    /// # Errors
    ///
    /// When it is no object, or has no tag that is a text.
    pub fn read<'de, D: Deserializer<'de>>(property: &'static str, deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value.get(property) {
            Some(Value::String(tag)) => Ok(Tagged { property, tag: tag.clone(), value }),
            Some(_) => Err(D::Error::custom(format!("`{property}` must be a string"))),
            None if value.is_object() => Err(D::Error::missing_field(property)),
            None => Err(D::Error::custom("expected an object")),
        }
    }

    /// The tag.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Decodes the object as what its tag says.
    ///
    /// # Errors
    ///
    /// Whatever `T` refuses.
    pub fn decode<T: DeserializeOwned, E: serde::de::Error>(self) -> Result<T, E> {
        from_value(self.value).map_err(E::custom)
    }

    /// The error of a tag that nobody knows.
    pub fn unknown<E: serde::de::Error>(&self, known: &[&str]) -> E {
        E::custom(format!("`{}` must be one of {}", self.property, known.join(", ")))
    }
}

/// A value that may be of several types, and the first of them that took it.
#[derive(Debug)]
pub struct Untagged<U> {
    value: Value,
    exact: Option<U>,
    close: Option<U>,
}

impl<U> Untagged<U> {
    /// Reads a value.
    ///
    /// # Errors
    ///
    /// When it is no JSON.
    pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Untagged { value: Value::deserialize(deserializer)?, exact: None, close: None })
    }

    /// Tries one type.
    #[must_use]
    pub fn or<T: DeserializeOwned + Serialize>(mut self, variant: fn(T) -> U) -> Self {
        if self.exact.is_none()
            && let Ok(model) = from_value::<T>(self.value.clone())
        {
            let given_back = serde_json::to_value(&model).is_ok_and(|again| same(&again, &self.value));
            if given_back {
                self.exact = Some(variant(model));
            } else if self.close.is_none() {
                self.close = Some(variant(model));
            }
        }
        self
    }

    /// The variant that gives back what it was given, or else the first that took it.
    ///
    /// # Errors
    ///
    /// When none took it.
    pub fn decode<E: serde::de::Error>(self, expected: &str) -> Result<U, E> {
        self.exact.or(self.close).ok_or_else(|| E::custom(format!("expected {expected}")))
    }
}

/// Equality of JSON, numbers by value.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => left.len() == right.len() && left.iter().zip(right).all(|(l, r)| same(l, r)),
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len() && left.iter().all(|(key, l)| right.get(key).is_some_and(|r| same(l, r)))
        }
        (left, right) => left == right,
    }
}

/// For `#[schemars(transform = …)]` on a union whose values fit exactly one variant: `oneOf` in place of `anyOf`.
pub fn one_of(schema: &mut schemars::Schema) {
    if let Some(variants) = schema.remove("anyOf") {
        schema.insert("oneOf".to_owned(), variants);
    }
}
