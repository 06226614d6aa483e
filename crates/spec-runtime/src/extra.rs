//! Keys that a document does not name.
//!
//! Knows how they are kept and compared. Must not know which keys are named, nor how a reader takes them
//! (`object`).

use indexmap::IndexMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

/// Keys that the document does not name but allows, as they came and in their order.
///
/// A name that the model declares is not written from here, whoever put it in: what it is, its field says.
/// Numbers are those of [`serde_json::Number`]: one with a fraction, or of more than 64 bits, has the digits
/// of a floating-point number.
///
/// Takes no more room than a pointer where there are none.
#[derive(Clone, Default)]
pub struct Extra(
    // Boxed as a whole: most objects have no such keys.
    Option<Box<IndexMap<String, Value>>>,
);

impl Extra {
    /// Makes an empty map.
    #[must_use]
    pub const fn new() -> Self {
        Extra(None)
    }

    /// Returns true if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.map().is_empty()
    }

    /// Returns the keys and their values.
    #[must_use]
    pub fn map(&self) -> &IndexMap<String, Value> {
        static NONE: LazyLock<IndexMap<String, Value>> = LazyLock::new(IndexMap::new);
        self.0.as_deref().unwrap_or(&NONE)
    }

    /// Returns the keys and their values, to be changed.
    pub fn map_mut(&mut self) -> &mut IndexMap<String, Value> {
        self.0.get_or_insert_default()
    }

    /// Returns the value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.map().get(key)
    }

    /// Sets a key; gives back what it was before.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        self.map_mut().insert(key.into(), value.into())
    }

    /// Returns the keys without some names: what one model does not declare may be what another one does.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        if let Some(map) = &mut self.0 {
            map.retain(|key, _| !names.contains(&key.as_str()));
        }
        self
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.map().serialize(serializer)
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.map().fmt(f)
    }
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.map() == other.map()
    }
}

impl Eq for Extra {}

impl Hash for Extra {
    /// Hashes the entries in any order: equal maps may differ in it.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let one = |entry: (&String, &Value)| {
            let mut own = DefaultHasher::new();
            entry.hash(&mut own);
            own.finish()
        };
        self.map().iter().map(one).fold(0, u64::wrapping_add).hash(state);
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Extra {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let map: IndexMap<String, Value> =
            entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Extra((!map.is_empty()).then(|| Box::new(map)))
    }
}

impl From<IndexMap<String, Value>> for Extra {
    fn from(map: IndexMap<String, Value>) -> Self {
        map.into_iter().collect()
    }
}

impl From<serde_json::Map<String, Value>> for Extra {
    fn from(map: serde_json::Map<String, Value>) -> Self {
        map.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Extra {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::BuildHasher;

    #[test]
    fn no_keys_are_no_keys_however_they_came_about() {
        let mut emptied = Extra::from_iter([("a", 1)]);
        emptied.map_mut().clear();
        assert_eq!((&emptied, emptied.is_empty()), (&Extra::new(), true));
    }

    #[test]
    fn names_are_taken_out() {
        let extra = Extra::from([("b", 1), ("id", 999), ("a", 2)]);
        assert_eq!(extra.without(&["id", "c"]), Extra::from([("b", 1), ("a", 2)]));
        assert!(Extra::new().without(&["id"]).is_empty());
    }

    #[test]
    fn order_is_kept_and_does_not_count() {
        let (one, list) = (Value::from(1), serde_json::json!([null]));
        let extra = Extra::from([("b", one.clone()), ("a", list.clone())]);
        assert_eq!(extra.map().keys().collect::<Vec<_>>(), ["b", "a"]);
        let other = Extra::from([("a", list), ("b", one)]);
        let hasher = std::hash::RandomState::new();
        assert_eq!((&extra, hasher.hash_one(&extra)), (&other, hasher.hash_one(&other)));
    }
}
