//! Values of a place, with those at its edges and just beyond them: what witnesses are looked for among.
//!
//! Not every value fits; validators say which do. The same places give the same values, always. Must not know
//! what changed.

use crate::form::{Form, Place};
use crate::side::Side;
use crate::types::Types;
use fastrand::Rng;
use serde_json::{Map, Value, json};
use spec_values::pattern;
use std::collections::HashMap;

/// The depth to which values are made.
const DEPTH: usize = 7;

/// The number of values that are made of one place.
const MOST: usize = 160;

/// The longest list that is made to reach a limit.
const LONGEST: f64 = 5000.0;

/// The longest text that is made to reach a limit.
pub(crate) const LONGEST_TEXT: f64 = 20_000.0;

/// The number of texts of formats and patterns that are made as long as a limit.
const PADDED: usize = 12;

/// Makes values of the places of one document, with the edges of another one.
pub(crate) struct Maker<'a> {
    pub(crate) own: &'a Side<'a>,
    pub(crate) other: &'a Side<'a>,
    rng: Rng,
    /// Values that were made as parts of others, by place and depth.
    ones: HashMap<(Place, usize), Value>,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(own: &'a Side<'a>, other: &'a Side<'a>) -> Maker<'a> {
        Maker { own, other, rng: Rng::with_seed(7), ones: HashMap::new() }
    }

    /// Returns values of a place, and of what stands there in the other document.
    pub(crate) fn values(&mut self, place: &Place, other: &Place) -> Vec<Value> {
        let beside = self.other.form(other);
        let mut values = self.at(place, Some(&beside), DEPTH);
        // What only the other one has, such as a value of its list or one of its variants, may be a value
        // here.
        let mut swapped = Maker::new(self.other, self.own);
        values.extend(swapped.at(other, Some(&self.own.form(place)), DEPTH));
        values.truncate(4 * MOST);
        values
    }

    /// Returns one value of a place that is likely to fit.
    pub(crate) fn one(&mut self, place: &Place, depth: usize) -> Value {
        let key = (place.clone(), depth);
        if let Some(known) = self.ones.get(&key) {
            return known.clone();
        }
        let made = self.at(place, None, depth).into_iter().next().unwrap_or(Value::Null);
        self.ones.insert(key, made.clone());
        made
    }

    fn at(&mut self, place: &Place, beside: Option<&Form>, depth: usize) -> Vec<Value> {
        let form = self.own.form(place);
        let mut values = Vec::new();
        for form in std::iter::once(&*form).chain(beside) {
            values.extend(form.values.iter().flat_map(|said| said.value.iter().cloned()));
            values.extend(form.note("default").cloned());
        }
        if beside.is_none() && !values.is_empty() && form.values.is_some() {
            return values;
        }
        for choice in &form.choices {
            if depth == 0 {
                break;
            }
            for variant in &choice.variants {
                let limit = if beside.is_some() { 12 } else { 2 };
                let made: Vec<Value> = self.at(variant, beside, depth - 1).into_iter().take(limit).collect();
                values.extend(made.into_iter().map(|value| self.completed(&form, value, depth - 1)));
            }
        }
        // What is said of no type is most often meant for objects.
        let is_open = form.types == Types::ALL && !form.properties.is_empty();
        if is_open {
            self.add_objects(&form, beside, depth, &mut values);
        }
        self.add_scalars(&form, beside, &mut values);
        if form.types.meets(Types::ARRAY) {
            self.add_lists(&form, beside, depth, &mut values);
        }
        if form.types.meets(Types::OBJECT) && !is_open {
            self.add_objects(&form, beside, depth, &mut values);
        }
        if form.types.meets(Types::NULL) {
            values.push(Value::Null);
        }
        values.truncate(MOST);
        values
    }

    /// Adds what a place asks for beside a choice.
    fn completed(&mut self, form: &Form, value: Value, depth: usize) -> Value {
        let Value::Object(mut members) = value else { return value };
        for name in &form.required {
            if !members.contains_key(name) {
                let made = self.one(form.member(name), depth);
                members.insert(name.clone(), made);
            }
        }
        Value::Object(members)
    }

    fn add_scalars(&mut self, form: &Form, beside: Option<&Form>, values: &mut Vec<Value>) {
        if form.types.meets(Types::STRING) {
            self.add_texts(form, beside, values);
        }
        if form.types.meets(Types::NUMBER) {
            add_numbers(form, beside, values);
        }
        if form.types.meets(Types::BOOLEAN) {
            values.extend([json!(true), json!(false)]);
        }
    }

    fn add_texts(&mut self, form: &Form, beside: Option<&Form>, values: &mut Vec<Value>) {
        let mut texts: Vec<String> = Vec::new();
        let mut lengths = Vec::new();
        for form in std::iter::once(form).chain(beside) {
            texts.extend(form.formats.keys().filter_map(|format| sample(format)).map(str::to_owned));
            for own in form.patterns.keys() {
                let count = if beside.is_some() { 12 } else { 2 };
                texts.extend((0..count).filter_map(|_| pattern::text(own, &mut self.rng)));
            }
            let bounds = ["minLength", "maxLength"].into_iter().filter_map(|own| form.bounds.get(own));
            for length in bounds.map(|said| said.value).filter(|length| *length <= LONGEST_TEXT) {
                lengths.extend([length, length + 1.0, length - 1.0].into_iter().filter(|own| *own >= 0.0));
            }
        }
        let is_plain = form.formats.is_empty() && form.patterns.is_empty();
        let bound = |keyword: &str| form.bounds.get(keyword).map(|said| said.value);
        let fits = bound("minLength").is_none_or(|least| least <= 4.0)
            && bound("maxLength").is_none_or(|most| most >= 4.0);
        if is_plain && fits {
            texts.insert(0, "text".to_owned());
        }
        for length in lengths {
            let made: Vec<String> =
                texts.iter().take(PADDED).filter_map(|own| padded(own, length as usize)).collect();
            texts.push("a".repeat(length as usize));
            texts.extend(made);
        }
        texts.extend(["text", "", "a", "1", "Text with spaces", "é", "A1-b_2.c", "0"].map(str::to_owned));
        if beside.is_some() {
            texts.extend(FORMATS.iter().map(|(_, text)| (*text).to_owned()));
        }
        values.extend(texts.into_iter().map(Value::from));
    }

    fn add_lists(&mut self, form: &Form, beside: Option<&Form>, depth: usize, values: &mut Vec<Value>) {
        let mut lengths = vec![0.0, 1.0, 2.0];
        for form in std::iter::once(form).chain(beside) {
            let keywords = ["minItems", "maxItems", "minContains", "maxContains"];
            for said in keywords.into_iter().filter_map(|own| form.bounds.get(own)) {
                lengths.extend([said.value, said.value + 1.0, said.value - 1.0]);
            }
            lengths.push(form.prefix.len() as f64);
        }
        let least = form.bounds.get("minItems").map_or(0.0, |said| said.value);
        lengths.sort_by(|a, b| (*a < least).cmp(&(*b < least)).then(a.total_cmp(b)));
        lengths.dedup();
        let mut items: Vec<Value> = Vec::new();
        if depth > 0 {
            items = self.at(&form.items, None, depth - 1);
            if form.items.is_any() {
                items = vec![json!("text"), json!(1), json!({}), Value::Null];
            }
            items.truncate(if beside.is_some() { 40 } else { 4 });
        }
        let prefix: Vec<Value> = form
            .prefix
            .iter()
            .map(|place| if depth > 0 { self.one(place, depth - 1) } else { Value::Null })
            .collect();
        for length in lengths.into_iter().filter(|own| *own >= 0.0 && *own <= LONGEST) {
            let length = length as usize;
            let same = items.first().into_iter().cycle().cloned();
            let list = |rest: &mut dyn Iterator<Item = Value>| -> Vec<Value> {
                prefix.iter().cloned().chain(rest).take(length).collect()
            };
            values.push(Value::Array(list(&mut same.clone())));
            if form.is_unique.is_some() || beside.is_some() {
                values.push(Value::Array(list(&mut distinct(&items, length).into_iter())));
            }
        }
        if beside.is_some() {
            values.extend(items.into_iter().map(|item| Value::Array(vec![item])));
        }
    }

    /// Adds objects with the names that conditions are about: each alone, all, and all but one.
    fn add_asked(&mut self, form: &Form, least: &Map<String, Value>, values: &mut Vec<Value>) {
        let mut names = Vec::new();
        for pointer in form.whole.values().flatten() {
            let both = [self.own.json(pointer), self.other.json(pointer)];
            for said in both.into_iter().flatten() {
                collect_names(said, &mut names);
                if pointer.ends_with("/dependentRequired") || pointer.ends_with("/dependentSchemas") {
                    for (name, others) in said.as_object().into_iter().flatten() {
                        names.push(name.clone());
                        let others = others.as_array().into_iter().flatten();
                        names.extend(others.filter_map(Value::as_str).map(str::to_owned));
                    }
                }
            }
        }
        names.sort();
        names.dedup();
        names.truncate(8);
        let object = |chosen: &[&String]| {
            let mut with = least.clone();
            for name in chosen {
                with.entry((*name).clone()).or_insert_with(|| json!("text"));
            }
            Value::Object(with)
        };
        for name in &names {
            values.push(object(&[name]));
            values.push(object(&names.iter().filter(|own| *own != name).collect::<Vec<_>>()));
        }
        values.push(object(&names.iter().collect::<Vec<_>>()));
        for name in &names {
            let Value::Object(mut with) = object(&names.iter().collect::<Vec<_>>()) else { continue };
            with.insert(name.clone(), json!(1));
            values.push(Value::Object(with));
        }
    }

    fn add_objects(&mut self, form: &Form, beside: Option<&Form>, depth: usize, values: &mut Vec<Value>) {
        let mut least = Map::new();
        for name in &form.required {
            let value = if depth > 0 { self.one(form.member(name), depth - 1) } else { Value::Null };
            least.insert(name.clone(), value);
        }
        let need = form.bounds.get("minProperties").map_or(0, |said| said.value.min(50.0) as usize);
        fill(&mut least, need);
        values.push(Value::Object(least.clone()));
        if depth == 0 || beside.is_none() {
            return;
        }
        let mut most = least.clone();
        for (name, place) in &form.properties {
            let made = self.at(place, None, depth - 1);
            for value in made.iter().take(4) {
                let mut with = least.clone();
                with.insert(name.clone(), value.clone());
                values.push(Value::Object(with));
            }
            most.insert(name.clone(), made.into_iter().next().unwrap_or_default());
        }
        values.push(Value::Object(most.clone()));
        for form in std::iter::once(form).chain(beside) {
            self.add_asked(form, &least, values);
        }
        let names = beside.into_iter().flat_map(|form| form.properties.keys().chain(&form.required));
        let names: Vec<&str> =
            names.map(String::as_str).chain(["other", "x-other", "a1", "1", "A", "Other name"]).collect();
        for name in names {
            let others = if form.additional.is_any() {
                vec![json!("text"), json!(1), json!({})]
            } else {
                self.at(&form.additional, None, depth - 1)
            };
            for value in others.into_iter().take(3) {
                let mut with = least.clone();
                with.entry(name).or_insert(value);
                values.push(Value::Object(with));
            }
        }
        for form in std::iter::once(form).chain(beside) {
            for keyword in ["minProperties", "maxProperties"] {
                let Some(said) = form.bounds.get(keyword).filter(|said| said.value <= 200.0) else {
                    continue;
                };
                for count in [said.value - 1.0, said.value, said.value + 1.0] {
                    let mut with = if count as usize > least.len() { most.clone() } else { least.clone() };
                    with.retain(|name, _| with_room(count, &least, name));
                    fill(&mut with, count.max(0.0) as usize);
                    values.push(Value::Object(with));
                }
            }
        }
    }
}

/// Adds the names that a condition asks for: in the keywords that say when which must be there.
fn collect_names(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match (key.as_str(), value) {
                    ("required", Value::Array(list)) => {
                        names.extend(list.iter().filter_map(Value::as_str).map(str::to_owned))
                    }
                    ("properties" | "dependentSchemas", Value::Object(inner)) => {
                        names.extend(inner.keys().cloned())
                    }
                    _ => {}
                }
                collect_names(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        _ => {}
    }
}

fn with_room(count: f64, least: &Map<String, Value>, name: &str) -> bool {
    least.contains_key(name) || least.len() as f64 + 1.0 <= count
}

/// Adds names until there are as many as asked for.
fn fill(members: &mut Map<String, Value>, count: usize) {
    let mut number = 1;
    while members.len() < count {
        members.entry(format!("other{number}")).or_insert_with(|| json!("text"));
        number += 1;
    }
}

/// Returns values that are all different, as far as there are any.
fn distinct(items: &[Value], length: usize) -> Vec<Value> {
    let mut list: Vec<Value> = Vec::new();
    for item in items {
        if list.len() < length && !list.contains(item) {
            list.push(item.clone());
        }
    }
    let mut number = 1;
    while list.len() < length && number <= 2 * length {
        let made = match items.first() {
            Some(Value::Number(_)) => json!(number),
            Some(Value::String(_)) => json!(format!("text{number}")),
            _ => break,
        };
        if !list.contains(&made) {
            list.push(made);
        }
        number += 1;
    }
    list
}

/// Returns a text that is longer by a character of its own; labels of host names stay short (RFC 1035,
/// 2.3.4).
fn padded(text: &str, length: usize) -> Option<String> {
    let last = text.chars().last()?;
    let missing = length.checked_sub(text.chars().count()).filter(|missing| *missing > 0)?;
    if text == "example.com" {
        let labels: String = "a.".repeat(missing / 2);
        let first = if missing % 2 == 1 { "a" } else { "" };
        return Some(format!("{labels}{first}{text}"));
    }
    let mut longer = text.to_owned();
    longer.extend(std::iter::repeat_n(last, missing));
    Some(longer)
}

fn add_numbers(form: &Form, beside: Option<&Form>, values: &mut Vec<Value>) {
    let mut numbers: Vec<f64> = Vec::new();
    for form in std::iter::once(form).chain(beside) {
        for keyword in ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"] {
            if let Some(said) = form.bounds.get(keyword) {
                let own = said.value;
                numbers.extend([own, own + 1.0, own - 1.0, own + 0.5, own - 0.5, own.floor(), own.ceil()]);
            }
        }
        for multiple in form.multiples.keys().filter_map(|own| own.parse::<f64>().ok()) {
            numbers.extend([multiple, 2.0 * multiple, 3.0 * multiple, 5.0 * multiple, -multiple]);
        }
    }
    numbers.extend([
        1.0,
        0.0,
        -1.0,
        2.0,
        3.0,
        10.0,
        100.0,
        2_147_483_648.0,
        1_099_511_627_776.0,
        1.5,
        0.1,
        -0.5,
    ]);
    values.extend(
        numbers
            .into_iter()
            .map(|own| if own.fract() == 0.0 && own.abs() < 9e15 { json!(own as i64) } else { json!(own) }),
    );
}

/// A text of each format.
const FORMATS: [(&str, &str); 19] = [
    ("date", "2024-02-29"),
    ("date-time", "2024-02-29T12:30:00Z"),
    ("time", "12:30:00Z"),
    ("duration", "P1DT2H"),
    ("email", "mia@example.com"),
    ("idn-email", "mia@example.com"),
    ("hostname", "example.com"),
    ("idn-hostname", "example.com"),
    ("ipv4", "192.0.2.1"),
    ("ipv6", "2001:db8::1"),
    ("uri", "https://example.com/a"),
    ("uri-reference", "/a/b"),
    ("iri", "https://example.com/a"),
    ("uuid", "123e4567-e89b-42d3-a456-426614174000"),
    ("byte", "dGV4dA=="),
    ("base64url", "dGV4dA"),
    ("decimal", "12.5"),
    ("json-pointer", "/a/b"),
    ("regex", "^a+$"),
];

fn sample(format: &str) -> Option<&'static str> {
    FORMATS.iter().find(|own| own.0 == format).map(|own| own.1)
}
