//! JSON Patch (RFC 6902): a list of steps that change a value.
//!
//! Must not know what the value is.

use serde_json::Value;
use spec_document::Pointer;

/// Changes a value by the steps of a patch. If one can't be done, the value is of no more use.
///
/// # Errors
///
/// Returns which step can't be done.
pub(super) fn apply(value: &mut Value, steps: &[Value]) -> Result<(), String> {
    for (number, own) in steps.iter().enumerate() {
        step(value, own).ok_or_else(|| format!("step {number} of the patch can't be done"))?;
    }
    Ok(())
}

fn step(whole: &mut Value, step: &Value) -> Option<()> {
    let place = |name: &str| Pointer::parse(step.get(name)?.as_str()?);
    let path = place("path")?;
    match step.get("op")?.as_str()? {
        "add" => add(whole, &path, step.get("value")?.clone()),
        "remove" => remove(whole, &path).map(drop),
        "replace" => {
            *whole.pointer_mut(path.as_str())? = step.get("value")?.clone();
            Some(())
        }
        "move" => {
            let from = place("from")?;
            // Nothing can be moved into itself (4.4).
            if path.as_str().strip_prefix(from.as_str()).is_some_and(|rest| rest.starts_with('/')) {
                return None;
            }
            let moved = remove(whole, &from)?;
            add(whole, &path, moved)
        }
        "copy" => {
            let copied = whole.pointer(place("from")?.as_str())?.clone();
            add(whole, &path, copied)
        }
        "test" => (whole.pointer(path.as_str())? == step.get("value")?).then_some(()),
        _ => None,
    }
}

fn add(whole: &mut Value, path: &Pointer, value: Value) -> Option<()> {
    let (Some(parent), Some(last)) = (path.parent(), path.last()) else {
        *whole = value;
        return Some(());
    };
    match whole.pointer_mut(parent.as_str())? {
        Value::Object(members) => {
            members.insert(last.into_owned(), value);
        }
        Value::Array(items) => {
            let position = if last == "-" { items.len() } else { index(&last)? };
            if position > items.len() {
                return None;
            }
            items.insert(position, value);
        }
        _ => return None,
    }
    Some(())
}

fn remove(whole: &mut Value, path: &Pointer) -> Option<Value> {
    let (parent, last) = (path.parent()?, path.last()?);
    match whole.pointer_mut(parent.as_str())? {
        Value::Object(members) => members.shift_remove(&*last),
        Value::Array(items) => {
            let position = index(&last).filter(|position| *position < items.len())?;
            Some(items.remove(position))
        }
        _ => None,
    }
}

/// Reads a position: digits, without zeros before them (RFC 6901, 4).
fn index(token: &str) -> Option<usize> {
    let is_plain = token == "0" || !token.starts_with(['0', '+']);
    token.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::apply;
    use serde_json::{Value, json};

    fn patched(mut value: Value, steps: &Value) -> Option<Value> {
        apply(&mut value, steps.as_array()?).ok().map(|()| value)
    }

    /// The examples of RFC 6902, appendix A.
    #[test]
    fn steps_are_done_in_turn() {
        let cases = [
            (
                json!({"foo": "bar"}),
                json!([{"op": "add", "path": "/baz", "value": "q"}]),
                json!({"foo": "bar", "baz": "q"}),
            ),
            (
                json!({"foo": [1, 3]}),
                json!([{"op": "add", "path": "/foo/1", "value": 2}]),
                json!({"foo": [1, 2, 3]}),
            ),
            (
                json!({"foo": [1]}),
                json!([{"op": "add", "path": "/foo/-", "value": [2]}]),
                json!({"foo": [1, [2]]}),
            ),
            (json!({"foo": [1, 2]}), json!([{"op": "remove", "path": "/foo/0"}]), json!({"foo": [2]})),
            (json!({"a": 1}), json!([{"op": "replace", "path": "/a", "value": null}]), json!({"a": null})),
            (
                json!({"a": {"b": 1}, "c": {}}),
                json!([{"op": "move", "from": "/a/b", "path": "/c/d"}]),
                json!({"a": {}, "c": {"d": 1}}),
            ),
            (
                json!({"a~/b": 1}),
                json!([{"op": "copy", "from": "/a~0~1b", "path": "/c"}]),
                json!({"a~/b": 1, "c": 1}),
            ),
            (
                json!({"a": 1}),
                json!([{"op": "test", "path": "/a", "value": 1}, {"op": "remove", "path": "/a"}]),
                json!({}),
            ),
        ];
        for (before, steps, after) in cases {
            assert_eq!(patched(before, &steps), Some(after), "{steps}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        for step in [
            json!({"op": "test", "path": "/a", "value": 2}),
            json!({"op": "remove", "path": "/b"}),
            json!({"op": "replace", "path": "/b", "value": 1}),
            json!({"op": "add", "path": "/b/c", "value": 1}),
            json!({"op": "add", "path": "/l/3", "value": 1}),
            json!({"op": "add", "path": "/l/01", "value": 1}),
            json!({"op": "move", "from": "/l", "path": "/l/0"}),
            json!({"op": "other", "path": "/a"}),
            json!({"op": "add", "path": "a", "value": 1}),
            json!(1),
        ] {
            assert_eq!(patched(json!({"a": 1, "l": [0, 1]}), &json!([step])), None, "{step}");
        }
    }
}
