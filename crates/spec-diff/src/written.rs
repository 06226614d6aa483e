//! Keywords that stand elsewhere now: in the one variant of a choice, or the other way round.
//!
//! Values are the same then, and people who read the document, or programs that are made of it, see a change.
//! `$ref` and `allOf` make none: what they lead to is said at the place itself. Must not know operations.

use crate::form::{Place, target};
use crate::inclusion::{WORDS, same};
use crate::schemas::{Two, type_suffix};
use crate::side::Side;
use crate::types::Types;
use crate::walk::{At, Effect, Walk};
use serde_json::{Map, Value};

/// What is written at a place, without what references and `allOf` say.
struct Written<'a> {
    pointer: &'a str,
    schema: &'a Map<String, Value>,
}

impl<'a> Written<'a> {
    fn read(side: &Side<'a>, place: &'a Place) -> Option<Written<'a>> {
        let [pointer] = place.0.as_slice() else { return None };
        let schema = side.json(pointer)?.as_object()?;
        (target(schema).is_none()).then_some(Written { pointer, schema })
    }

    fn types(&self) -> Types {
        let named = self.schema.get("type").and_then(Types::named).unwrap_or(Types::ALL);
        if named == Types::ALL { named } else { named.without(Types::NULL) }
    }

    fn formats(&self) -> Vec<String> {
        self.schema.get("format").and_then(Value::as_str).map(str::to_owned).into_iter().collect()
    }

    /// Returns true if there is a choice of one variant.
    fn has_one_of_one(&self, keyword: &str) -> bool {
        self.schema.get(keyword).and_then(Value::as_array).is_some_and(|list| list.len() == 1)
    }

    /// Returns true if null is allowed by a choice, which is only another way to write a type.
    fn has_null_beside(&self, side: &Side<'_>) -> bool {
        let lists = ["oneOf", "anyOf"].into_iter().filter_map(|own| self.schema.get(own)?.as_array());
        let is_null = |own: &Value| {
            let own = own.as_object().and_then(target).and_then(|at| side.json(&at)).unwrap_or(own);
            own.get("type").and_then(Types::named) == Some(Types::NULL)
        };
        lists.flatten().any(is_null)
    }

    fn has(&self, keyword: &str) -> bool {
        self.schema.contains_key(keyword)
    }

    fn list(&self, keyword: &str) -> &'a [Value] {
        self.schema.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn names(&self) -> Vec<&'a str> {
        let members = self.schema.get("properties").and_then(Value::as_object);
        members.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }
}

impl Walk<'_> {
    /// Compares where two places that may say the same have it written.
    pub(crate) fn written(&mut self, at: &At, two: &Two<'_>) {
        let old = Written::read(self.base, two.base);
        let new = Written::read(self.revision, two.revision);
        let (Some(old), Some(new)) = (old, new) else { return };
        self.written_type(at, two, (&old, &new));
        self.all_of(at, two, (&old, &new));
        for (keyword, word) in [("oneOf", "one-of"), ("anyOf", "any-of")] {
            let (was, is) = (old.has_one_of_one(keyword), new.has_one_of_one(keyword));
            if was && !new.has(keyword) {
                let text = format!("`{keyword}` is gone, its only variant stands in its place");
                self.also(at, two, &format!("{word}-removed"), (None, None), &text);
                self.unwrapped(at, two, (&old, &new));
            }
            if is && !old.has(keyword) {
                let text = format!("it is the only variant of `{keyword}` now");
                self.also(at, two, &format!("{word}-added"), (None, None), &text);
                if keyword == "oneOf" {
                    self.also(at, two, "wrapped-in-one-of", (None, None), &text);
                }
                self.unwrapped(at, two, (&old, &new));
            }
        }
    }

    /// Names the parts of `allOf` that came and went. A list that was merged makes no change.
    fn all_of(&mut self, at: &At, two: &Two<'_>, (old, new): (&Written<'_>, &Written<'_>)) {
        let (was, is) = (old.list("allOf"), new.list("allOf"));
        let roots = (&self.base.api.json, &self.revision.api.json);
        let is_same = |one: &Value, other: &Value| same(roots.0, one, roots.1, other);
        let mut fresh: Vec<(usize, &Value)> = is.iter().enumerate().collect();
        let mut gone: Vec<(usize, &Value)> = was.iter().enumerate().collect();
        gone.retain(|(_, one)| {
            let reference = one.get("$ref");
            let index = fresh.iter().position(|(_, other)| {
                reference.is_some() && reference == other.get("$ref") || is_same(one, other)
            });
            index.map(|index| fresh.remove(index)).is_none()
        });
        // Where nothing else changed, parts are written otherwise, but for what only people read.
        if !self.has_changed() {
            let is_word =
                |own: &(usize, &Value)| !kind(own.1).is_empty() && !was.is_empty() && !is.is_empty();
            gone.retain(is_word);
            fresh.retain(is_word);
        }
        for (index, part) in gone {
            let place = format!("{}/allOf/{index}", old.pointer);
            let text = "a part of `allOf` is gone";
            self.also(at, two, &format!("all-of-removed{}", kind(part)), (Some(&place), None), text);
        }
        for (index, part) in fresh {
            let place = format!("{}/allOf/{index}", new.pointer);
            let text = "a part of `allOf` is new";
            self.also(at, two, &format!("all-of-added{}", kind(part)), (None, Some(&place)), text);
        }
    }

    /// Names the properties that stand in a variant of one of the two.
    fn unwrapped(&mut self, at: &At, two: &Two<'_>, (old, new): (&Written<'_>, &Written<'_>)) {
        let (was, is) = (old.names(), new.names());
        for name in was.iter().filter(|own| !is.contains(own)) {
            self.moved(at, two, name, false);
        }
        for name in is.iter().filter(|own| !was.contains(own)) {
            self.moved(at, two, name, true);
        }
    }

    /// Compares the types that are written at the places themselves, where by all that is said they are the
    /// same.
    fn written_type(&mut self, at: &At, two: &Two<'_>, (old, new): (&Written<'_>, &Written<'_>)) {
        let (was, is) = (old.types(), new.types());
        let is_merged = |own: &Written<'_>| own.has("allOf");
        if (was == is && old.formats() == new.formats()) || two.old.types != two.new.types {
            return;
        }
        if (was != Types::ALL && is != Types::ALL) || two.old.formats.keys().ne(two.new.formats.keys()) {
            return;
        }
        if old.has_null_beside(self.base) || new.has_null_beside(self.revision) {
            return;
        }
        if (is_merged(old) || is_merged(new)) && !self.has_changed() {
            return;
        }
        let effect = match (was == Types::ALL, is == Types::ALL) {
            (true, false) if at.is_text && is == Types::STRING && new.formats().is_empty() => Effect::More,
            (true, false) => Effect::Fewer,
            _ => Effect::More,
        };
        let suffix = type_suffix(at, effect, was, is, old.formats() == new.formats());
        let text =
            format!("`type` is `{is}` at the place itself, before it was `{was}`; values are the same");
        let pointer = |own: &Written<'_>| format!("{}/type", own.pointer);
        let (from, to) = (pointer(old), pointer(new));
        let places = ((was != Types::ALL).then_some(&from), (is != Types::ALL).then_some(&to));
        self.also(at, two, suffix, places, &text);
    }
}

/// Returns the end of the name of a part of `allOf`: whether only people read it.
fn kind(part: &Value) -> &'static str {
    let is_word = |key: &String| WORDS.contains(&key.as_str()) || key.starts_with("x-");
    match part.as_object().is_some_and(|own| own.keys().all(is_word)) {
        true => "-annotation-only",
        false => "",
    }
}
