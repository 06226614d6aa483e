//! Things that are found out once, when they are first asked for, and kept.
//!
//! Must not know what they are.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// Values by key, each made once. Whoever asks for another one does not wait for it.
#[derive(Debug)]
pub(crate) struct Once<K, V>(RwLock<HashMap<K, Arc<OnceLock<V>>>>);

impl<K, V> Default for Once<K, V> {
    fn default() -> Self {
        Once(RwLock::default())
    }
}

impl<K: Eq + Hash, V: Clone> Once<K, V> {
    /// Returns the value of a key; makes it if nobody has yet.
    pub(crate) fn get<Q>(&self, key: &Q, make: impl FnOnce() -> V) -> V
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        let place = known.unwrap_or_else(|| {
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(key.to_owned()).or_default())
        });
        place.get_or_init(make).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::Once;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn one_that_is_made_keeps_nobody_from_others() {
        let (once, count) = (Once::<String, usize>::default(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    // The second key is asked for while the first one is made.
                    let made = once.get("a", || once.get("b", || count.fetch_add(1, Ordering::SeqCst)) + 10);
                    assert_eq!(made, 10);
                });
            }
        });
        assert_eq!(count.into_inner(), 1);
    }
}
