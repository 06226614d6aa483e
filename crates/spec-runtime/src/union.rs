//! Decoding values of one of several types.
//!
//! A union with a discriminator is decoded by its tag, in one go. Any other union is decoded as the variant that gives back
//! exactly what it was given; only where none does, as the one that gives back the most of it.

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

/// A value that may be of several types, and the one that kept most of it so far.
#[derive(Debug)]
pub struct Untagged<U> {
    value: Value,
    whole: usize,
    best: Option<(usize, U)>,
}

impl<U> Untagged<U> {
    /// Reads a value.
    ///
    /// # Errors
    ///
    /// When it is no JSON.
    pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Untagged { whole: kept(&value, &value), value, best: None })
    }

    /// Tries one type.
    #[must_use]
    pub fn or<T: DeserializeOwned + Serialize>(mut self, variant: fn(T) -> U) -> Self {
        let most = self.best.as_ref().map_or(0, |(kept, _)| *kept);
        if most < self.whole
            && let Ok(model) = from_value::<T>(self.value.clone())
            && let Ok(again) = serde_json::to_value(&model)
        {
            let kept = kept(&again, &self.value);
            // A moment or an identity may be written otherwise than it came.
            let is_text = self.best.is_none() && again.is_string() && self.value.is_string();
            if kept > most || is_text {
                self.best = Some((kept, variant(model)));
            }
        }
        self
    }

    /// The variant that gives back what it was given, or else the first of those that give back the most.
    ///
    /// # Errors
    ///
    /// When none took it, or nothing of it but a text that is written otherwise.
    pub fn decode<E: serde::de::Error>(self, expected: &str) -> Result<U, E> {
        self.best.map(|(_, model)| model).ok_or_else(|| E::custom(format!("expected {expected}")))
    }
}

/// How many values of `original` stand in `again` where they stood, numbers by value; a list or object counts by itself too.
fn kept(again: &Value, original: &Value) -> usize {
    match (again, original) {
        (Value::Number(left), Value::Number(right)) => usize::from(left == right || left.as_f64() == right.as_f64()),
        (Value::Array(left), Value::Array(right)) => {
            1 + left.iter().zip(right).map(|(left, right)| kept(left, right)).sum::<usize>()
        }
        (Value::Object(left), Value::Object(right)) => {
            let member = |(key, right): (&String, &Value)| left.get(key).map_or(0, |left| kept(left, right));
            1 + right.iter().map(member).sum::<usize>()
        }
        (left, right) => usize::from(left == right),
    }
}

/// For `#[schemars(transform = …)]` on a union whose values fit exactly one variant: `oneOf` in place of `anyOf`.
pub fn one_of(schema: &mut schemars::Schema) {
    if let Some(variants) = schema.remove("anyOf") {
        schema.insert("oneOf".to_owned(), variants);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Named {
        id: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Noted {
        id: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }

    #[derive(Debug, PartialEq)]
    enum Either {
        Named(Named),
        Noted(Noted),
        List(Vec<i64>),
    }

    fn decode(value: Value) -> Result<Either, serde_json::Error> {
        Untagged::read(value)?.or(Either::Named).or(Either::Noted).or(Either::List).decode("one of three")
    }

    #[test]
    fn the_variant_that_keeps_the_most_wins() {
        let noted = Either::Noted(Noted { id: 1, note: Some("text".to_owned()) });
        assert_eq!(decode(json!({"id": 1, "note": "text"})).unwrap(), noted);
        assert_eq!(decode(json!({"id": 1, "note": "text", "more": true})).unwrap(), noted);
        assert_eq!(decode(json!({"id": 1})).unwrap(), Either::Named(Named { id: 1, name: None }));
        // serde would take a list for a struct.
        assert_eq!(decode(json!([1, 2])).unwrap(), Either::List(vec![1, 2]));
        assert_eq!(decode(json!("text")).unwrap_err().to_string(), "expected one of three");
    }
}
