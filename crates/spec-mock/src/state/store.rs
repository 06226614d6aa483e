//! The memory: things that were made, by the path of their collection and their id.
//!
//! Must not know documents, nor what a thing is.

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::sync::Arc;

/// The largest number of things, and of ids of those that are gone, that a collection holds. The oldest goes
/// first, so that memory stays what it is however long a mock runs.
const MOST: usize = 10_000;

/// The largest number of collections.
const COLLECTIONS: usize = 10_000;

/// What a mock remembers. What is in it never changes: whoever changes a thing puts another one in its place,
/// so that things can be looked at while others are made.
#[derive(Debug, Default)]
pub(crate) struct Store {
    collections: IndexMap<String, Collection>,
}

#[derive(Debug, Default)]
struct Collection {
    things: IndexMap<String, Arc<Value>>,
    gone: IndexSet<String>,
    /// The ids of things that are being made.
    claimed: HashSet<String>,
    /// The number of things that were ever made here.
    made: u64,
}

impl Store {
    pub(crate) fn get(&self, collection: &str, id: &str) -> Option<Arc<Value>> {
        self.collections.get(collection)?.things.get(id).cloned()
    }

    /// Says whether a thing was here and is no longer.
    pub(crate) fn is_gone(&self, collection: &str, id: &str) -> bool {
        self.collections.get(collection).is_some_and(|own| own.gone.contains(id))
    }

    /// Returns the things of a collection with their ids, the oldest first.
    pub(crate) fn list(&self, collection: &str) -> Vec<(String, Arc<Value>)> {
        let things = self.collections.get(collection).into_iter().flat_map(|own| &own.things);
        things.map(|(id, thing)| (id.clone(), Arc::clone(thing))).collect()
    }

    /// Returns the number of things that were ever made in a collection.
    pub(crate) fn made(&self, collection: &str) -> u64 {
        self.collections.get(collection).map_or(0, |own| own.made)
    }

    /// Keeps an id for one thing that is being made; returns false if there is one, or somebody makes one.
    pub(crate) fn claim(&mut self, collection: &str, id: &str) -> bool {
        let own = self.collection(collection);
        !own.things.contains_key(id) && own.claimed.insert(id.to_owned())
    }

    /// Lets others have an id that was claimed.
    pub(crate) fn release(&mut self, collection: &str, id: &str) {
        if let Some(own) = self.collections.get_mut(collection) {
            own.claimed.remove(id);
        }
    }

    pub(crate) fn put(&mut self, collection: &str, id: &str, thing: Value) {
        let own = self.collection(collection);
        own.gone.shift_remove(id);
        if own.things.insert(id.to_owned(), Arc::new(thing)).is_none() {
            own.made += 1;
        }
        if own.things.len() > MOST {
            own.things.shift_remove_index(0);
        }
    }

    /// Puts a thing in the place of the one that was there, or was not; returns false if that is no longer
    /// so.
    pub(crate) fn swap(
        &mut self,
        collection: &str,
        id: &str,
        before: Option<&Arc<Value>>,
        thing: Value,
    ) -> bool {
        let is_same = match (self.get(collection, id), before) {
            (Some(now), Some(before)) => Arc::ptr_eq(&now, before),
            (now, before) => now.is_none() && before.is_none(),
        };
        if is_same {
            self.put(collection, id, thing);
        }
        is_same
    }

    /// Returns a collection; where there is none yet, makes it.
    fn collection(&mut self, path: &str) -> &mut Collection {
        if self.collections.len() >= COLLECTIONS && !self.collections.contains_key(path) {
            self.collections.shift_remove_index(0);
        }
        self.collections.entry(path.to_owned()).or_default()
    }

    /// Takes a thing away, with all that stands below it; returns false if it is not there.
    pub(crate) fn remove(&mut self, collection: &str, id: &str) -> bool {
        let Some(own) = self.collections.get_mut(collection) else { return false };
        if own.things.shift_remove(id).is_none() {
            return false;
        }
        own.gone.insert(id.to_owned());
        if own.gone.len() > MOST {
            own.gone.shift_remove_index(0);
        }
        let below = format!("{collection}/{id}/");
        self.collections.retain(|path, _| !path.starts_with(&below));
        true
    }

    pub(crate) fn clear(&mut self) {
        self.collections.clear();
    }

    /// Returns all things: by collection, then by id.
    pub(crate) fn snapshot(&self) -> Value {
        let things = |own: &Collection| {
            Value::Object(own.things.iter().map(|(id, thing)| (id.clone(), thing.as_ref().clone())).collect())
        };
        let filled = self.collections.iter().filter(|(_, own)| !own.things.is_empty());
        Value::Object(filled.map(|(path, own)| (path.clone(), things(own))).collect())
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
    fn of_two_who_change_a_thing_one_begins_again() {
        let mut store = Store::default();
        assert!(store.swap("/a", "1", None, json!(1)) && !store.swap("/a", "1", None, json!(2)));
        let before = store.get("/a", "1");
        assert!(store.swap("/a", "1", before.as_ref(), json!(3)));
        assert!(!store.swap("/a", "1", before.as_ref(), json!(4)));
        assert!(!store.claim("/a", "1") && store.claim("/a", "2") && !store.claim("/a", "2"));
        store.release("/a", "2");
        assert!(store.claim("/a", "2"));
        assert!(store.remove("/a", "1") && !store.remove("/a", "1"));
    }

    #[test]
    fn memory_is_bounded() {
        let mut store = Store::default();
        (0..MOST + 5).for_each(|index| store.put("/a", &index.to_string(), json!(index)));
        assert_eq!(store.list("/a").len(), MOST);
        assert!(store.get("/a", "0").is_none() && store.made("/a") == (MOST + 5) as u64);
    }
}
