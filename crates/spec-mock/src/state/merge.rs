//! Two values → one that is still what a schema says.
//!
//! Whether a value is right, the caller says. Must not know documents.

use serde_json::{Map, Value};

/// Returns `base`, which is right, with as much of `known` as keeps it so.
pub(crate) fn overlay(base: &Value, known: &Value, is_right: &dyn Fn(&Value) -> bool) -> Value {
    let (Value::Object(_), Value::Object(members)) = (base, known) else { return base.clone() };
    let whole = with(base, members);
    if is_right(&whole) {
        return whole;
    }
    let mut value = base.clone();
    for (name, member) in members {
        let next = with(&value, &Map::from_iter([(name.clone(), member.clone())]));
        if is_right(&next) {
            value = next;
        }
    }
    value
}

/// Returns a value without those members of `names` that it need not have.
pub(crate) fn without(value: &Value, names: &[&str], is_right: &dyn Fn(&Value) -> bool) -> Value {
    let mut value = value.clone();
    for name in names {
        let mut next = value.clone();
        let removed = next.as_object_mut().and_then(|members| members.shift_remove(*name));
        if removed.is_some() && is_right(&next) {
            value = next;
        }
    }
    value
}

fn with(value: &Value, members: &Map<String, Value>) -> Value {
    let mut value = value.clone();
    if let Value::Object(own) = &mut value {
        own.extend(members.iter().map(|(name, member)| (name.clone(), member.clone())));
    }
    value
}

/// Changes a value as a patch says (RFC 7396, 2). `removes` is whether null takes a member away, as it does
/// in a merge patch; else null is a value as any other.
pub(crate) fn patch(value: &mut Value, change: &Value, removes: bool) {
    let Value::Object(changes) = change else {
        *value = change.clone();
        return;
    };
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Value::Object(members) = value else { return };
    for (name, change) in changes {
        if change.is_null() && removes {
            members.shift_remove(name);
        } else {
            patch(members.entry(name.as_str()).or_insert(Value::Null), change, removes);
        }
    }
}

/// Returns what stands at a place, by names.
pub(crate) fn at<'a>(value: &'a Value, place: &[String]) -> Option<&'a Value> {
    place.iter().try_fold(value, |value, name| value.get(name))
}

/// Writes another value at a place, by names.
pub(crate) fn put(value: &Value, place: &[String], inner: Value) -> Value {
    let mut whole = value.clone();
    let target = place.iter().try_fold(&mut whole, |value, name| value.get_mut(name));
    if let Some(target) = target {
        *target = inner;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::{overlay, patch, without};
    use serde_json::{Value, json};

    #[test]
    fn as_much_is_kept_as_is_right() {
        let is_right =
            |value: &Value| value["a"].is_number() && value["b"].is_string() && value.get("x").is_none();
        let base = json!({"a": 0, "b": "b"});
        assert_eq!(overlay(&base, &json!({"a": 7, "b": "c"}), &is_right), json!({"a": 7, "b": "c"}));
        assert_eq!(overlay(&base, &json!({"a": 7}), &is_right), json!({"a": 7, "b": "b"}));
        assert_eq!(overlay(&base, &json!({"a": 7, "b": 1, "x": 1}), &is_right), json!({"a": 7, "b": "b"}));
        assert_eq!(without(&json!({"a": 1, "b": "b", "c": 1}), &["b", "c"], &is_right), base_with(1));
    }

    fn base_with(number: u64) -> Value {
        json!({"a": number, "b": "b"})
    }

    #[test]
    fn a_merge_patch_removes() {
        let mut value = json!({"a": {"b": 1, "c": 2}});
        patch(&mut value, &json!({"a": {"b": null, "d": 3}}), true);
        assert_eq!(value, json!({"a": {"c": 2, "d": 3}}));
        patch(&mut value, &json!({"a": {"c": null}}), false);
        assert_eq!(value, json!({"a": {"c": null, "d": 3}}));
    }
}
