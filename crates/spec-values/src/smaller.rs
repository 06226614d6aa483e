//! Simpler values in place of one.
//!
//! Knows JSON alone. Whether a simpler value is as valid as the first, or shows the same fault, somebody else
//! says.

use serde_json::{Map, Value, json};

/// The number of items above which a list is only cut in halves.
const MANY: usize = 32;

/// Returns simpler values to try in place of one, the simplest first: members and items left out, texts
/// shortened, numbers nearer to zero. Each step makes a value smaller, so that taking one, and asking again,
/// ends.
///
/// ```
/// use serde_json::json;
///
/// let smaller = spec_values::smaller(&json!({ "a": "text" }));
/// assert_eq!(smaller[0], json!({}));
/// assert!(smaller.contains(&json!({ "a": "te" })));
/// assert!(spec_values::smaller(&json!({})).is_empty());
/// ```
#[must_use]
pub fn smaller(value: &Value) -> Vec<Value> {
    match value {
        Value::Null | Value::Bool(false) => Vec::new(),
        Value::Bool(true) => vec![json!(false)],
        Value::Number(number) => numbers(number),
        Value::String(text) => texts(text).into_iter().map(Value::String).collect(),
        Value::Array(items) => lists(items),
        Value::Object(members) => objects(members),
    }
}

fn numbers(number: &serde_json::Number) -> Vec<Value> {
    let mut smaller = Vec::new();
    if let Some(whole) = number.as_i64().filter(|_| !number.is_f64()) {
        smaller.extend(
            [0, 1, whole / 2, whole - whole.signum()]
                .into_iter()
                .filter(|other| other.unsigned_abs() < whole.unsigned_abs()),
        );
        smaller.dedup();
        return smaller.into_iter().map(|whole| json!(whole)).collect();
    }
    let Some(float) = number.as_f64() else { return Vec::new() };
    let whole = float.trunc();
    let mut values = vec![0.0, 1.0];
    if whole.abs() < 1e15 && whole.abs() < float.abs() {
        values.push(whole);
    }
    if float.abs() > 2.0 {
        values.push((float / 2.0).trunc());
    }
    values.retain(|other| other.abs() < float.abs());
    values
        .into_iter()
        .map(|value| if value.abs() < 1e15 { json!(value as i64) } else { json!(value) })
        .collect()
}

/// Shorter texts, and then one of the same length that is plainer.
fn texts(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let length = characters.len();
    if length == 0 {
        return Vec::new();
    }
    let first = |count: usize| characters[..count].iter().collect::<String>();
    let mut smaller: Vec<String> = Vec::new();
    for count in [0, 1, length / 2, length - 1] {
        let shorter = first(count);
        if count < length && !smaller.contains(&shorter) {
            smaller.push(shorter);
        }
    }
    let plain: String = characters
        .iter()
        .map(|character| if character.is_ascii_alphanumeric() { *character } else { 'a' })
        .collect();
    if plain != text {
        smaller.push(plain);
    }
    smaller
}

fn lists(items: &[Value]) -> Vec<Value> {
    let mut smaller = Vec::new();
    if items.is_empty() {
        return smaller;
    }
    smaller.push(json!([]));
    if items.len() > 2 {
        smaller.push(Value::from(&items[..items.len() / 2]));
        smaller.push(Value::from(&items[items.len() / 2..]));
    }
    // Of a long list, halves are enough until it is short.
    if items.len() > MANY {
        return smaller;
    }
    if items.len() > 1 {
        for index in 0..items.len() {
            let mut fewer = items.to_vec();
            fewer.remove(index);
            smaller.push(Value::Array(fewer));
        }
    }
    for (index, item) in items.iter().enumerate() {
        for simpler in self::smaller(item) {
            let mut changed = items.to_vec();
            changed[index] = simpler;
            smaller.push(Value::Array(changed));
        }
    }
    smaller
}

fn objects(members: &Map<String, Value>) -> Vec<Value> {
    let mut smaller = Vec::new();
    if members.is_empty() {
        return smaller;
    }
    smaller.push(json!({}));
    if members.len() > 1 {
        for name in members.keys() {
            let mut fewer = members.clone();
            fewer.shift_remove(name);
            smaller.push(Value::Object(fewer));
        }
    }
    for (name, member) in members {
        for simpler in self::smaller(member) {
            let mut changed = members.clone();
            changed.insert(name.clone(), simpler);
            smaller.push(Value::Object(changed));
        }
    }
    smaller
}

#[cfg(test)]
mod tests {
    use super::smaller;
    use serde_json::{Value, json};

    /// Whoever takes any of the simpler values, again and again, comes to an end.
    #[test]
    fn every_way_ends() {
        let start = json!({ "a": [1, -7.25, 1e300, "tëxt", null, true, { "b": [[], {}] }], "n": i64::MIN });
        for choice in [0, 1, 2, 3, 7, 11] {
            let (mut value, mut steps) = (start.clone(), 0);
            loop {
                let simpler = smaller(&value);
                let Some(next) = simpler.get(choice.min(simpler.len().saturating_sub(1))) else { break };
                assert_ne!(*next, value);
                value = next.clone();
                steps += 1;
                assert!(steps < 20_000, "{value}");
            }
        }
    }

    /// What is to blame is all that is left.
    #[test]
    fn the_culprit_is_found() {
        let has_culprit = |value: &Value| value["b"]["c"].as_i64().is_some_and(|number| number >= 100);
        let mut value = json!({ "a": ["x", "y"], "b": { "c": 12345, "d": [1, 2, 3] }, "e": "text" });
        while let Some(next) = smaller(&value).into_iter().find(has_culprit) {
            value = next;
        }
        assert_eq!(value, json!({ "b": { "c": 100 } }));
    }
}
