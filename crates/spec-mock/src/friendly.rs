//! Made values → such as people like to read.
//!
//! Makers of values look for what breaks programs: control characters, signs of nobody, the largest number.
//! Who looks at a mock wants to see names. Must not know schemas: whether a value is still right, the caller
//! says.

use serde_json::{Map, Number, Value};
use std::collections::HashSet;

/// The largest number of texts that are changed one by one.
const MOST: usize = 200;

/// The least number that nobody counts to.
const FAR: f64 = 1e15;

/// Texts that a document writes itself, among them those that stay as they are.
#[derive(Debug, Default)]
pub(crate) struct Given(HashSet<String>);

impl Given {
    /// Finds the texts of a document that would be changed if nobody had written them.
    pub(crate) fn of(document: &Value) -> Given {
        let mut given = Given::default();
        given.add(document);
        given
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) if !is_friendly(text) => {
                self.0.insert(text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            Value::Object(members) => {
                let odd = members.keys().filter(|name| name.is_empty() || !is_friendly(name));
                self.0.extend(odd.cloned());
                members.values().for_each(|member| self.add(member));
            }
            _ => {}
        }
    }

    /// Says whether a text is to be changed.
    fn is_odd(&self, text: &str) -> bool {
        !is_friendly(text) && !self.0.contains(text)
    }
}

/// Returns a made value with letters in place of signs that nobody types, and without numbers that nobody
/// counts to, as far as it stays right.
pub(crate) fn friendly(value: Value, given: &Given, is_right: &dyn Fn(&Value) -> bool) -> Value {
    let mut places = Vec::new();
    collect(&value, given, &mut Vec::new(), &mut places);
    if places.is_empty() {
        return value;
    }
    let change = |mut value: Value, places: &[Vec<Step>]| {
        places.iter().for_each(|place| rewrite(&mut value, place));
        value
    };
    let whole = change(value.clone(), &places);
    if is_right(&whole) {
        return whole;
    }
    // Some of them have to be what they are.
    places.into_iter().take(MOST).fold(value, |value, place| {
        let next = change(value.clone(), &[place]);
        if is_right(&next) { next } else { value }
    })
}

/// A step from a value to a part of it.
#[derive(Clone)]
enum Step {
    /// The member at a position: names may change.
    Member(usize),
    Item(usize),
    /// The name of a member.
    Name(usize),
}

fn collect(value: &Value, given: &Given, above: &mut Vec<Step>, places: &mut Vec<Vec<Step>>) {
    let mut within = |step: Step, value: &Value| {
        above.push(step);
        collect(value, given, above, places);
        above.pop();
    };
    match value {
        Value::String(text) if given.is_odd(text) => places.push(above.clone()),
        Value::Number(number) if is_far(number) => places.push(above.clone()),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| within(Step::Item(index), item));
        }
        Value::Object(members) => {
            members.values().enumerate().for_each(|(index, member)| within(Step::Member(index), member));
            let is_odd = |name: &str| given.is_odd(name) || name.is_empty() && !given.0.contains(name);
            let odd = |(index, name): (usize, &String)| is_odd(name).then_some(index);
            for index in members.keys().enumerate().filter_map(odd) {
                places.push([above.as_slice(), &[Step::Name(index)]].concat());
            }
        }
        _ => {}
    }
}

fn rewrite(value: &mut Value, place: &[Step]) {
    match (place.split_first(), value) {
        (None, Value::String(text)) => *text = plain(text),
        (None, Value::Number(number)) => *number = near(number),
        (Some((Step::Item(index), rest)), Value::Array(items)) => {
            items.get_mut(*index).into_iter().for_each(|item| rewrite(item, rest));
        }
        (Some((Step::Member(index), rest)), Value::Object(members)) => {
            members.values_mut().nth(*index).into_iter().for_each(|member| rewrite(member, rest));
        }
        (Some((Step::Name(index), _)), Value::Object(members)) => rename(members, *index),
        _ => {}
    }
}

/// Gives a member another name in its place; one that is there already stays what it is.
fn rename(members: &mut Map<String, Value>, position: usize) {
    let Some(name) = members.keys().nth(position).map(|name| plain(name)) else { return };
    let name = if name.is_empty() { "key".to_owned() } else { name };
    if members.contains_key(&name) {
        return;
    }
    let old = std::mem::take(members).into_iter().enumerate();
    *members = old
        .map(|(index, (own, member))| (if index == position { name.clone() } else { own }, member))
        .collect();
}

/// Says whether a number is one of those at the edges of what machines hold.
fn is_far(number: &Number) -> bool {
    number.as_f64().is_some_and(|own| own.abs() >= FAR)
}

/// Returns a number that people count to.
fn near(number: &Number) -> Number {
    let own =
        number.as_i64().map(|own| own % 1000).or_else(|| number.as_u64().map(|own| (own % 1000) as i64));
    own.map_or_else(|| Number::from_f64(1.5).unwrap_or_else(|| 1.into()), Number::from)
}

/// Says whether people could have typed a text.
fn is_friendly(text: &str) -> bool {
    let is_typed = |own: char| own.is_alphanumeric() || (' '..='~').contains(&own) && !"\"\\".contains(own);
    !text.starts_with(' ') && !text.ends_with(' ') && text.chars().all(is_typed)
}

/// Returns a text of as many characters with a letter for each sign.
fn plain(text: &str) -> String {
    let letter = |(index, own): (usize, char)| match own {
        own if own.is_ascii_alphanumeric() => own,
        own => char::from(b'a' + ((own as usize + index) % 26) as u8),
    };
    text.chars().enumerate().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::{Given, friendly};
    use serde_json::json;

    #[test]
    fn signs_of_nobody_become_letters() {
        let made = json!({"a": "x\u{10ffff}\u{0}1", "b": ["Zürich", "漢"], "k\u{1}": {"\n": true}, "": 1});
        let given = Given::of(&json!({}));
        let value = friendly(made.clone(), &given, &|_| true);
        assert_eq!(value, json!({"a": "xmc1", "b": ["Zürich", "漢"], "kc": {"k": true}, "key": 1}));
        assert_eq!(friendly(value.clone(), &given, &|_| false), value);
        let numbers = friendly(json!([i64::MAX, i64::MIN, 1e300, 7, 2.5]), &given, &|_| true);
        assert_eq!(numbers, json!([807, -808, 1.5, 7, 2.5]));

        // What the document says, and what has to be so, stays.
        let given = Given::of(&json!({"example": "x\u{10ffff}\u{0}1", "properties": {"\n": 1, "": 1}}));
        let is_right = |value: &serde_json::Value| value.get("k\u{1}").is_some();
        assert_eq!(friendly(made.clone(), &given, &is_right), made);
    }
}
