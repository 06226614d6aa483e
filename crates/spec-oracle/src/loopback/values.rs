//! The document's schemas → values that are valid, as each direction has them.
//!
//! Knows the makers of values, and the validator that judges what they make: what it does not take is no
//! value.

use crate::check;
use crate::instances::Instances;
use crate::random::{Filling, Meant, Random};
use jsonschema::{Registry, Validator};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use spec_api::Api;
use spec_contract::{Side, sides};
use spec_json_schema::PropertyPatterns;
use spec_json_schema::format::bound_integers;
use spec_json_schema::validator;
use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

/// The name of the document among the resources of its validators.
const URN: &str = "urn:openapi:document";

/// The signs of pointers that a fragment has to encode.
const FRAGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'~');

/// The number of times that a value is made, until one is valid.
const TRIALS: u64 = 40;

/// The largest number of parts that are taken out because they keep a value from being valid.
const CUTS: usize = 24;

/// Why there is no value of what the document declares: a style, or a form, has no way to write any.
pub(super) const NOT_CARRIED: &str = "no value of it can be carried";

/// Makes values for one direction.
pub(super) struct Values {
    side: Side,
    document: Value,
    registry: Registry<'static>,
    patterns: PropertyPatterns,
    validators: HashMap<String, Rc<Result<Validator, String>>>,
}

impl Values {
    pub(super) fn new(api: &Api, side: Side) -> Result<Self, String> {
        let document = sides::of(api, side).unwrap_or_else(|| sides::shared(api).into_owned());
        let mut bounded = document.clone();
        bound_integers(&mut bounded);
        let (registry, patterns) = validator::registry(URN, Cow::Owned(bounded))?;
        Ok(Values { side, document, registry, patterns, validators: HashMap::new() })
    }

    /// A value for the schema at a pointer that `fits` as well; where there is no schema, anything.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub(super) fn make(
        &mut self,
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
        let without = match self.side {
            Side::Request => "readOnly",
            Side::Response => "writeOnly",
        };
        let mut why = NOT_CARRIED.to_owned();
        for trial in 0..TRIALS {
            // Not everything may be there together: a schema can say what excludes what.
            let filling = if trial < TRIALS / 2 { filling } else { Filling::Some };
            let mut random =
                Random::new(&self.document, seed.wrapping_add(trial.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            let value = random.meant(schema, Meant { filling, without });
            match cut(value, validator) {
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

    fn validator(&mut self, pointer: &str) -> Rc<Result<Validator, String>> {
        if let Some(known) = self.validators.get(pointer) {
            return Rc::clone(known);
        }
        let fragment = self.patterns.told(pointer);
        let built = Rc::new(check::validator(
            &format!("{URN}#{}", utf8_percent_encode(&fragment, FRAGMENT)),
            &self.registry,
        ));
        self.validators.insert(pointer.to_owned(), Rc::clone(&built));
        built
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
