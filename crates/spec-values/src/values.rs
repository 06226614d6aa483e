//! Schemas → values that a validator takes.
//!
//! Knows the makers of values, and the validator that judges what they make: what it does not take is no
//! value.

use crate::instances::Instances;
use crate::random::{Filling, Meant, Random};
use crate::variants::{self, Variant, Wanted};
use jsonschema::{PatternCache, Registry, Validator};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use spec_json_schema::PropertyPatterns;
use spec_json_schema::format::bound_integers;
use spec_json_schema::validator;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// The name of the document among the resources of its validators.
const URN: &str = "urn:openapi:document";

/// The signs of pointers that a fragment has to encode.
const FRAGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'~');

/// The number of times that a value is made, until one is valid.
const TRIALS: u64 = 40;

/// The largest number of parts that are taken out because they keep a value from being valid.
const CUTS: usize = 24;

/// The words of [`Values::valid`] where values are valid, but none is one that the caller wants.
pub const NOT_CARRIED: &str = "no value of it can be carried";

type Compiled = Arc<Result<Validator, String>>;

/// Makes values for the schemas of one document. The same seed makes the same value, on every machine.
///
/// ```
/// use serde_json::json;
/// use spec_values::Values;
/// use spec_values::random::Filling;
///
/// let document = json!({ "pet": { "type": "object", "required": ["age"], "properties": {
///     "age": { "type": "integer", "minimum": 0, "maximum": 40 },
///     "name": { "type": "string", "minLength": 1 },
/// }}});
/// let values = Values::new(document, "readOnly")?;
/// let pet = values.valid(Some("/pet"), Filling::All, 7, &|_| true)?;
/// assert!(values.is_valid("/pet", &pet));
///
/// let old = values.boundaries("/pet", &pet).into_iter().find(|edge| edge.keyword.ends_with("/maximum"));
/// assert_eq!(old.map(|edge| edge.value["age"].clone()), Some(json!(40)));
/// let faults = values.faults("/pet", &pet);
/// assert!(faults.iter().any(|fault| fault.keyword == "/pet/properties/age/minimum"));
/// assert!(faults.iter().all(|fault| !values.is_valid("/pet", &fault.value)));
/// # Ok::<(), String>(())
/// ```
pub struct Values {
    document: Value,
    hidden: &'static str,
    registry: Registry<'static>,
    /// Compiled patterns of property names.
    cache: PatternCache,
    patterns: PropertyPatterns,
    compiled: RwLock<HashMap<String, Compiled>>,
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values").field("hidden", &self.hidden).finish_non_exhaustive()
    }
}

impl Values {
    /// Takes a whole document, whose schemas are those of JSON Schema 2020-12 and stand anywhere in it.
    /// Properties that say `hidden` are left out: `readOnly` for requests, `writeOnly` for answers (OpenAPI
    /// 3.1, 4.8.24.1).
    ///
    /// # Errors
    ///
    /// Returns the validator's message if the document is no resource that schemas can be found in.
    pub fn new(document: Value, hidden: &'static str) -> Result<Values, String> {
        let mut bounded = document.clone();
        bound_integers(&mut bounded);
        let (registry, patterns) = validator::registry(URN, Cow::Owned(bounded))?;
        let (cache, compiled) = (PatternCache::new(), RwLock::default());
        Ok(Values { document, hidden, registry, cache, patterns, compiled })
    }

    /// Returns a valid value for the schema at a JSON pointer that `fits` as well; without a schema, any. The
    /// filling says how much of what may be left out is there, as far as the schema lets it.
    ///
    /// # Errors
    ///
    /// Returns why there is none: the schema can't be used, or nothing that was made is valid.
    pub fn valid(
        &self,
        pointer: Option<&str>,
        filling: Filling,
        seed: u64,
        fits: &dyn Fn(&Value) -> bool,
    ) -> Result<Value, String> {
        static ANY: Value = Value::Bool(true);
        let validator = pointer.map(|pointer| self.validator(pointer));
        let validator = match validator.as_deref() {
            Some(Err(error)) => return Err(format!("its schema can't be used: {error}")),
            Some(Ok(validator)) => Some(validator),
            None => None,
        };
        let schema = pointer.map_or(Some(&ANY), |pointer| self.document.pointer(pointer)).unwrap_or(&ANY);
        let mut why = NOT_CARRIED.to_owned();
        for trial in 0..TRIALS {
            // Not everything may be there together: a schema can say what excludes what.
            let filling = if trial < TRIALS / 2 { filling } else { Filling::Some };
            let seed = seed.wrapping_add(trial.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let meant = Meant { filling, without: self.hidden };
            match cut(Random::new(&self.document, seed).meant(schema, meant), validator) {
                Ok(value) if fits(&value) => return Ok(value),
                Ok(_) => {}
                Err(error) => why = error,
            }
        }
        let described =
            pointer.map(|pointer| Instances::new(&self.document).described(pointer)).unwrap_or_default();
        let is_valid = |value: &Value| validator.is_none_or(|validator| validator.is_valid(value));
        described.into_iter().find(|value| is_valid(value) && fits(value)).ok_or(why)
    }

    /// Returns true if a value is valid by the schema at a JSON pointer. A schema that can't be used takes
    /// nothing.
    #[must_use]
    pub fn is_valid(&self, pointer: &str, value: &Value) -> bool {
        self.validator(pointer).as_ref().as_ref().is_ok_and(|validator| validator.is_valid(value))
    }

    /// Returns valid values, each of them `base` with one place at an edge of what a keyword allows: bounds
    /// and lengths reached, each enumerated value, null, a member left out or added, each form of a format.
    #[must_use]
    pub fn boundaries(&self, pointer: &str, base: &Value) -> Vec<Variant> {
        variants::of(self, pointer, base, Wanted::Edges)
    }

    /// Returns invalid values, each of them `base`, which is valid, with one fault at one place: what its
    /// keyword forbids, and nothing else, as far as a validator can tell them apart.
    #[must_use]
    pub fn faults(&self, pointer: &str, base: &Value) -> Vec<Variant> {
        variants::of(self, pointer, base, Wanted::Faults)
    }

    /// Returns the places of keywords that a value does not keep, each once, as pointers into the document.
    pub(crate) fn broken(&self, pointer: &str, value: &Value) -> Vec<(String, String)> {
        let validator = self.validator(pointer);
        let Ok(validator) = validator.as_ref() else { return Vec::new() };
        let mut broken: Vec<(String, String)> = validator
            .iter_errors(value)
            .map(|error| {
                let keyword = self.patterns.written(error.schema_path().as_str());
                (error.instance_path().to_string(), keyword)
            })
            .collect();
        broken.sort();
        broken.dedup();
        broken
    }

    /// Returns the document that schemas are looked up in.
    pub(crate) fn document(&self) -> &Value {
        &self.document
    }

    /// Returns the keyword of members that are left out.
    pub(crate) fn hidden(&self) -> &'static str {
        self.hidden
    }

    fn validator(&self, pointer: &str) -> Compiled {
        if let Some(known) = self.compiled.read().unwrap_or_else(PoisonError::into_inner).get(pointer) {
            return Arc::clone(known);
        }
        let fragment = self.patterns.told(pointer);
        let reference = format!("{URN}#{}", utf8_percent_encode(&fragment, FRAGMENT));
        let options =
            validator::options().with_pattern_cache(self.cache.clone()).with_registry(&self.registry);
        let built = options.build(&json!({ "$ref": reference }));
        let built = Arc::new(built.map_err(|error| format!("{error} in {pointer}")));
        let mut compiled = self.compiled.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(compiled.entry(pointer.to_owned()).or_insert(built))
    }
}

/// A value without those parts that keep it from being valid.
fn cut(mut value: Value, validator: Option<&Validator>) -> Result<Value, String> {
    let Some(validator) = validator else { return Ok(value) };
    for _ in 0..CUTS {
        let Some(error) = validator.iter_errors(&value).next() else { return Ok(value) };
        let (place, why) = (error.instance_path().to_string(), error.masked().to_string());
        if !remove(&mut value, &place) {
            let at = if place.is_empty() { String::new() } else { format!(" at {place}") };
            return Err(format!("no value was made that the document takes{at}: {why}"));
        }
    }
    Err("no value was made that the document takes".to_owned())
}

/// Takes out what stands at a pointer, or the nearest thing around it that can be taken out.
fn remove(value: &mut Value, place: &str) -> bool {
    let mut place = place;
    while let Some((parent, token)) = place.rsplit_once('/') {
        if let Some(Value::Object(members)) = value.pointer_mut(parent) {
            return members.shift_remove(&token.replace("~1", "/").replace("~0", "~")).is_some();
        }
        place = parent;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::remove;
    use serde_json::json;

    #[test]
    fn the_nearest_member_is_taken_out() {
        let mut value = json!({ "a": { "b/c": [1, [2]] }, "d": 1 });
        assert!(remove(&mut value, "/a/b~1c/1/0"));
        assert_eq!(value, json!({ "a": {}, "d": 1 }));
        assert!(!remove(&mut json!([1]), "/0"));
    }
}
