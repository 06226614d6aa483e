//! The memory: things that were made, by the path of their collection and their id.
//!
//! Must not know documents, nor what a thing is.

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};

/// The largest number of things, and of ids of those that are gone, that a collection holds. The oldest goes
/// first, so that memory stays what it is however long a mock runs.
const MOST: usize = 10_000;

/// The largest number of collections.
const COLLECTIONS: usize = 10_000;

/// What a mock remembers.
#[derive(Debug, Default)]
pub(crate) struct Store {
    collections: IndexMap<String, Collection>,
}

#[derive(Debug, Default)]
struct Collection {
    things: IndexMap<String, Value>,
    gone: IndexSet<String>,
    /// The number of things that were ever made here.
    made: u64,
}

impl Store {
    pub(crate) fn get(&self, collection: &str, id: &str) -> Option<&Value> {
        self.collections.get(collection)?.things.get(id)
    }

    /// Says whether a thing was here and is no longer.
    pub(crate) fn is_gone(&self, collection: &str, id: &str) -> bool {
        self.collections.get(collection).is_some_and(|own| own.gone.contains(id))
    }

    /// Returns the things of a collection, the oldest first.
    pub(crate) fn list(&self, collection: &str) -> impl Iterator<Item = &Value> {
        self.collections.get(collection).into_iter().flat_map(|own| own.things.values())
    }

    /// Returns the number of things that were ever made in a collection.
    pub(crate) fn made(&self, collection: &str) -> u64 {
        self.collections.get(collection).map_or(0, |own| own.made)
    }

    pub(crate) fn put(&mut self, collection: &str, id: &str, thing: Value) {
        if self.collections.len() >= COLLECTIONS && !self.collections.contains_key(collection) {
            self.collections.shift_remove_index(0);
        }
        let own = self.collections.entry(collection.to_owned()).or_default();
        own.gone.shift_remove(id);
        if own.things.insert(id.to_owned(), thing).is_none() {
            own.made += 1;
        }
        if own.things.len() > MOST {
            own.things.shift_remove_index(0);
        }
    }

    /// Takes a thing away, with all that stands below it.
    pub(crate) fn remove(&mut self, collection: &str, id: &str) {
        let below = format!("{collection}/{id}/");
        self.collections.retain(|path, _| !path.starts_with(&below));
        let own = self.collections.entry(collection.to_owned()).or_default();
        own.things.shift_remove(id);
        own.gone.insert(id.to_owned());
        if own.gone.len() > MOST {
            own.gone.shift_remove_index(0);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.collections.clear();
    }

    /// Returns all things: by collection, then by id.
    pub(crate) fn snapshot(&self) -> Value {
        let things = |own: &Collection| {
            Value::Object(own.things.iter().map(|(id, thing)| (id.clone(), thing.clone())).collect())
        };
        Value::Object(self.collections.iter().map(|(path, own)| (path.clone(), things(own))).collect())
    }

    /// Remembers what a snapshot has, and nothing else; returns false where it is none.
    pub(crate) fn restore(&mut self, snapshot: &Value) -> bool {
        let all = |value: &Value| value.as_object().cloned();
        let Some(collections) = all(snapshot) else { return false };
        let Some(collections): Option<Vec<(String, Map<String, Value>)>> =
            collections.into_iter().map(|(path, things)| Some((path, all(&things)?))).collect()
        else {
            return false;
        };
        self.clear();
        for (path, things) in collections {
            things.into_iter().for_each(|(id, thing)| self.put(&path, &id, thing));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Store};
    use serde_json::json;

    #[test]
    fn what_goes_takes_along_what_is_below_it() {
        let mut store = Store::default();
        store.put("/a", "1", json!({}));
        store.put("/a/1/b", "2", json!({}));
        store.put("/a/10/b", "3", json!({}));
        let snapshot = store.snapshot();
        store.remove("/a", "1");
        assert!(store.is_gone("/a", "1") && store.get("/a/1/b", "2").is_none());
        assert!(store.get("/a/10/b", "3").is_some());
        assert!(store.restore(&snapshot) && store.get("/a/1/b", "2").is_some() && !store.is_gone("/a", "1"));
        assert!(!store.restore(&json!({"/a": 1})));
    }

    #[test]
    fn memory_is_bounded() {
        let mut store = Store::default();
        (0..MOST + 5).for_each(|index| store.put("/a", &index.to_string(), json!(index)));
        assert_eq!(store.list("/a").count(), MOST);
        assert!(store.get("/a", "0").is_none() && store.made("/a") == (MOST + 5) as u64);
    }
}
