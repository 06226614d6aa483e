//! The map from where values stand in a document to where they were written.
//!
//! Knows pointers only. Must not know the trees, nor why a value stands elsewhere: whoever moves a value
//! records it here.

use std::collections::HashMap;

use crate::pointer::Pointer;
use crate::source::SourceId;

/// Where the values of a document were written that were not written where they stand. What is inside of
/// such a value goes along with it.
#[derive(Clone, Default, Debug)]
pub(crate) struct Origins(HashMap<Pointer, (SourceId, Pointer)>);

impl Origins {
    /// Returns the text that a value was written in and its place there; `None` where the document's own text
    /// has it at the same place.
    pub(crate) fn get(&self, pointer: &Pointer) -> Option<(SourceId, Pointer)> {
        if self.0.is_empty() {
            return None;
        }
        let mut inner = Vec::new();
        let mut place = pointer.clone();
        loop {
            if let Some((source, root)) = self.0.get(&place) {
                let steps = inner.iter().rev();
                return Some((*source, steps.fold(root.clone(), |at, token: &String| at.join(token))));
            }
            inner.push(place.last()?.into_owned());
            place = place.parent()?;
        }
    }

    /// Records where the value at a place was written.
    pub(crate) fn record(&mut self, place: Pointer, origin: (SourceId, Pointer)) {
        self.0.insert(place, origin);
    }

    /// Forgets the value at a place and all that is inside of it.
    pub(crate) fn forget(&mut self, around: &Pointer) {
        let is_within = |place: &Pointer| {
            let rest = place.as_str().strip_prefix(around.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.0.retain(|place, _| !is_within(place));
    }

    /// Forgets an element that was taken out of an array, and follows those behind it, which move up. `left`
    /// is how many elements there are now, `source` the text of the document itself.
    pub(crate) fn remove_element(&mut self, array: &Pointer, index: usize, left: usize, source: SourceId) {
        let mut moved = HashMap::new();
        for place in index..left {
            let before = array.join(place + 1);
            let origin = self.get(&before).unwrap_or((source, before));
            moved.insert(array.join(place), origin);
        }
        for (place, origin) in std::mem::take(&mut self.0) {
            let inner = place.as_str().strip_prefix(array.as_str()).and_then(|rest| rest.strip_prefix('/'));
            let (token, rest) = inner.map_or(("", ""), |inner| inner.split_once('/').unwrap_or((inner, "")));
            match token.parse::<usize>() {
                Ok(old) if old == index => {}
                Ok(old) if old > index => {
                    let element = array.join(old - 1);
                    let rest =
                        Pointer::parse(&format!("/{rest}")).filter(|_| !rest.is_empty()).unwrap_or_default();
                    moved.insert(rest.tokens().fold(element, |place, token| place.join(token)), origin);
                }
                _ => {
                    moved.insert(place, origin);
                }
            }
        }
        self.0 = moved;
    }
}
