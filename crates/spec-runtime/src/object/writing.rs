//! Writing objects: field by field, and the names that are no fields.
//!
//! Knows which fields are left out. Must not know how they are read or described.

use crate::Field;
use indexmap::IndexMap;
use serde::ser::{Serialize, SerializeMap};
use serde_json::Value;

/// Writes a field that must be there.
///
/// # Errors
///
/// Whatever the writer refuses.
pub fn required<T: Serialize, M: SerializeMap>(
    map: &mut M,
    name: &'static str,
    value: &T,
) -> Result<(), M::Error> {
    map.serialize_entry(name, value)
}

/// Writes a field that must be there and may be null.
///
/// # Errors
///
/// Whatever the writer refuses.
pub fn nullable<T: Serialize, M: SerializeMap>(
    map: &mut M,
    name: &'static str,
    value: &Option<T>,
) -> Result<(), M::Error> {
    map.serialize_entry(name, value)
}

/// Writes a field that may be left out.
///
/// # Errors
///
/// Whatever the writer refuses.
pub fn optional<T: Serialize, M: SerializeMap>(
    map: &mut M,
    name: &'static str,
    value: &Option<T>,
) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(name, value),
        None => Ok(()),
    }
}

/// Writes a field that may be left out, and may be null.
///
/// # Errors
///
/// Whatever the writer refuses.
pub fn field<T: Serialize, M: SerializeMap>(
    map: &mut M,
    name: &'static str,
    value: &Field<T>,
) -> Result<(), M::Error> {
    match value {
        Field::Absent => Ok(()),
        Field::Null => map.serialize_entry(name, &()),
        Field::Value(value) => map.serialize_entry(name, value),
    }
}

/// Writes a field that requests must have.
///
/// # Errors
///
/// Whatever the writer refuses.
pub fn asked<T: Serialize, M: SerializeMap>(
    map: &mut M,
    name: &'static str,
    value: &Option<T>,
) -> Result<(), M::Error> {
    optional(map, name, value)
}

/// Writes a field that requests must have, and that may be null.
///
/// # Errors
///
/// Whatever the writer refuses.
pub fn asked_field<T: Serialize, M: SerializeMap>(
    map: &mut M,
    name: &'static str,
    value: &Field<T>,
) -> Result<(), M::Error> {
    field(map, name, value)
}

/// Writes names that are no fields, one of them aside. A declared one is passed over, whether its field is
/// there or not: what it is, its field says.
///
/// # Errors
///
/// Whatever the writer refuses.
pub fn rest<T: Serialize, M: SerializeMap>(
    map: &mut M,
    kept: &IndexMap<String, T>,
    declared: &[&str],
    but: Option<&str>,
) -> Result<(), M::Error> {
    let mut others =
        kept.iter().filter(|(name, _)| !declared.contains(&name.as_str()) && but != Some(name.as_str()));
    others.try_for_each(|(name, value)| map.serialize_entry(name, value))
}

/// The members of an object, which may be written beside others: those of a variant stand beside the tag of
/// its union.
pub trait Members {
    /// Writes them; of those that have no field, one aside.
    ///
    /// # Errors
    ///
    /// Whatever the writer refuses.
    fn write<M: SerializeMap>(&self, map: &mut M, but: Option<&str>) -> Result<(), M::Error>;

    /// Returns the text of a member that has no field.
    fn text(&self, name: &str) -> Option<&str> {
        let _ = name;
        None
    }

    /// Takes out a member that has no field.
    fn remove(&mut self, name: &str) {
        let _ = name;
    }
}

impl Members for IndexMap<String, Value> {
    fn write<M: SerializeMap>(&self, map: &mut M, but: Option<&str>) -> Result<(), M::Error> {
        rest(map, self, &[], but)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    fn remove(&mut self, name: &str) {
        self.shift_remove(name);
    }
}

impl<T: Members> Members for Box<T> {
    fn write<M: SerializeMap>(&self, map: &mut M, but: Option<&str>) -> Result<(), M::Error> {
        T::write(self, map, but)
    }

    fn text(&self, name: &str) -> Option<&str> {
        T::text(self, name)
    }

    fn remove(&mut self, name: &str) {
        T::remove(self, name);
    }
}
