//! JSON Schema → JSON values, for validators to be held against each other.
//!
//! Deterministic, and of no opinion: whether a value is valid, a validator says. What counts is that both
//! sides of every keyword are among the values.

use crate::pattern;
use fastrand::Rng;
use serde_json::{Map, Number, Value, json};
use std::collections::HashSet;

/// The key that no document names.
pub const UNDECLARED: &str = "undeclared";

/// The largest number of values of one schema; those that come first differ most.
const ENOUGH: usize = 24;

/// The depth of values.
const DEPTH: usize = 6;

/// Makes values for the schemas of one document.
pub struct Instances<'a> {
    document: &'a Value,
}

impl<'a> Instances<'a> {
    /// For a document whose schemas are those of JSON Schema 2020-12.
    #[must_use]
    pub fn new(document: &'a Value) -> Self {
        Instances { document }
    }

    /// Values for the schema at a pointer: what it describes, and each of that with one thing changed.
    #[must_use]
    pub fn of(&self, pointer: &str) -> Vec<Value> {
        let Some(schema) = self.document.pointer(pointer) else { return Vec::new() };
        let described = self.values(schema, 0);
        let (mut values, mut texts) = (Vec::new(), HashSet::new());
        let mut add = |value: Value| {
            if texts.insert(value.to_string()) {
                values.push(value);
            }
        };
        described.iter().cloned().for_each(&mut add);
        for value in described.iter().take(ENOUGH) {
            mutations(value, &mut add);
        }
        kinds().into_iter().for_each(add);
        values
    }

    /// Values for the schema at a pointer: only what it describes.
    #[must_use]
    pub fn described(&self, pointer: &str) -> Vec<Value> {
        self.document.pointer(pointer).map_or_else(Vec::new, |schema| self.values(schema, 0))
    }

    fn values(&self, schema: &Value, depth: usize) -> Vec<Value> {
        let Value::Object(schema) = schema else {
            return if *schema == Value::Bool(true) { kinds() } else { Vec::new() };
        };
        if depth > DEPTH {
            return Vec::new();
        }
        let mut values: Vec<Value> = Vec::new();
        let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
        for value in
            list("examples").chain(schema.get("example")).chain(list("enum")).chain(schema.get("const"))
        {
            push(&mut values, value.clone());
        }
        let own = self.own(schema, depth);
        let own_is_all =
            !schema.keys().any(|key| ["$ref", "allOf", "anyOf", "oneOf"].contains(&key.as_str()));
        if own_is_all {
            own.into_iter().for_each(|value| push(&mut values, value));
            values.truncate(2 * ENOUGH);
            return values;
        }
        // What stands beside each other holds together: objects are put together, in the order in which they
        // are read.
        let mut whole = own;
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let described = crate::target(self.document, target).map(|target| self.values(target, depth + 1));
            whole = together(&whole, &described.unwrap_or_default());
        }
        for part in list("allOf") {
            whole = together(&whole, &self.values(part, depth + 1));
        }
        for keyword in ["anyOf", "oneOf"] {
            let variants: Vec<Vec<Value>> = list(keyword).map(|part| self.values(part, depth + 1)).collect();
            if !variants.is_empty() {
                whole = together(&whole, &in_turn(&variants));
            }
        }
        whole.into_iter().for_each(|value| push(&mut values, value));
        values.truncate(2 * ENOUGH);
        values
    }

    /// Values by the keywords of the schema itself.
    fn own(&self, schema: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let names: Vec<&str> = match schema.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => implied(schema),
        };
        let by_type = names.iter().map(|name| match *name {
            "object" => self.objects(schema, depth),
            "array" => self.arrays(schema, depth),
            "string" => strings(schema),
            "integer" | "number" => numbers(schema, *name == "integer"),
            "boolean" => vec![json!(true), json!(false)],
            _ => vec![Value::Null],
        });
        in_turn(&by_type.collect::<Vec<_>>())
    }

    fn objects(&self, schema: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut properties: Vec<(String, Vec<Value>)> = Vec::new();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            properties.push((name.clone(), self.values(property, depth + 1)));
        }
        for name in &required {
            if !properties.iter().any(|(known, _)| known == name) {
                properties.push(((*name).to_owned(), kinds()));
            }
        }
        for (pattern, property) in
            schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
        {
            for name in patterned(pattern) {
                properties.push((name, self.values(property, depth + 1)));
            }
        }
        let is_needed = |name: &str| required.contains(&name);
        let object = |choose: &dyn Fn(&str, &[Value]) -> Option<Value>| {
            let members =
                properties.iter().filter_map(|(name, values)| Some((name.clone(), choose(name, values)?)));
            Value::Object(members.collect())
        };
        let least = object(&|name, values| values.first().filter(|_| is_needed(name)).cloned());
        let mut objects = vec![least.clone(), object(&|_, values| values.first().cloned())];
        objects.push(object(&|_, values| values.last().cloned()));
        // One property at a time, beside what must be there.
        let most = properties.iter().map(|(_, values)| values.len()).max().unwrap_or_default();
        for round in 0..most.min(if depth == 0 { 16 } else { 4 }) {
            for (varied, _) in &properties {
                objects.push(object(&|name, values| match name == varied {
                    true => values.get(round).cloned(),
                    false => values.first().filter(|_| is_needed(name)).cloned(),
                }));
            }
        }
        let additional =
            match schema.get("additionalProperties").or_else(|| schema.get("unevaluatedProperties")) {
                None | Some(Value::Bool(false)) => Vec::new(),
                Some(additional) => self.values(additional, depth + 1),
            };
        let names = ["added", "zz-added", "a/b~c \"d\"", "Ü"];
        let with = |values: &[&Value]| {
            let mut object = least.clone();
            for (name, value) in names.iter().zip(values) {
                object[*name] = (*value).clone();
            }
            object
        };
        for value in &additional {
            objects.push(with(&[value]));
        }
        objects.push(with(&additional.iter().take(2).collect::<Vec<_>>()));
        objects.push(with(&additional.iter().take(4).collect::<Vec<_>>()));
        if depth > 0 {
            objects.truncate(ENOUGH);
        }
        objects
    }

    fn arrays(&self, schema: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let any = Value::Bool(true);
        let items = match (schema.get("prefixItems"), schema.get("items").unwrap_or(&any)) {
            (Some(_), _) => kinds(),
            (None, items) => self.values(items, depth + 1),
        };
        let mut arrays = Vec::new();
        if let Some(prefix) = schema.get("prefixItems").and_then(Value::as_array) {
            let first: Vec<Value> =
                prefix.iter().filter_map(|item| self.values(item, depth + 1).into_iter().next()).collect();
            (0..=first.len()).rev().for_each(|length| arrays.push(Value::from(&first[..length])));
            let rest = schema.get("items").or_else(|| schema.get("unevaluatedItems")).unwrap_or(&any);
            let more = self.values(rest, depth + 1).into_iter().chain(kinds());
            arrays.extend(more.take(ENOUGH).map(|item| Value::from([first.clone(), vec![item]].concat())));
        }
        let bound = |keyword: &str| {
            schema.get(keyword).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok())
        };
        let of_length = |length: usize| Value::Array(items.iter().cycle().take(length).cloned().collect());
        arrays.push(of_length(items.len().min(bound("maxItems").unwrap_or(2)).min(2)));
        arrays.push(json!([]));
        for length in [bound("minItems"), bound("maxItems"), bound("maxItems").map(|most| most + 1)]
            .into_iter()
            .flatten()
        {
            arrays.push(of_length(length));
        }
        arrays.extend(items.iter().take(ENOUGH).map(|item| json!([item])));
        arrays.extend(items.first().map(|item| json!([item, item])));
        arrays
    }
}

/// The types that keywords speak of, where none is said.
fn implied(schema: &Map<String, Value>) -> Vec<&'static str> {
    let says = |keywords: &[&str]| keywords.iter().any(|keyword| schema.contains_key(*keyword));
    let mut names = Vec::new();
    if says(&["properties", "required", "additionalProperties", "patternProperties"]) {
        names.push("object");
    }
    if says(&["items", "prefixItems", "minItems", "maxItems"]) {
        names.push("array");
    }
    if says(&["pattern", "minLength", "maxLength", "format"]) {
        names.push("string");
    }
    if says(&["minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"]) {
        names.push("number");
    }
    let says_otherwise = says(&["enum", "const", "$ref", "allOf", "anyOf", "oneOf"]);
    if names.is_empty() && !says_otherwise {
        names.extend(["object", "array", "string", "number", "boolean", "null"]);
    }
    names
}

/// The longest text, in characters, that is made to be as long as a schema allows.
const LONGEST: usize = 20_000;

/// Texts made of a pattern, the same each time.
fn patterned(pattern: &str) -> Vec<String> {
    let mut rng = Rng::with_seed(1);
    let mut texts: Vec<String> = (0..4).filter_map(|_| pattern::text(pattern, &mut rng)).collect();
    texts.sort();
    texts.dedup();
    texts
}

fn strings(schema: &Map<String, Value>) -> Vec<Value> {
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let by_format: &[&str] = match format {
        "date-time" => {
            &["2026-01-31T10:20:30Z", "2026-01-31T12:20:30.25+02:00", "2026-02-30T00:00:00Z", "2026-01-31"]
        }
        "date" => &["2026-01-31", "2024-02-29", "2026-02-29", "2026-1-31"],
        "time" => &["10:20:30Z", "25:00:00Z"],
        "duration" => &["P1DT2H", "1 day"],
        "uuid" => {
            &["67e55044-10b1-426f-9247-bb680e5fe0c8", "67E55044-10B1-426F-9247-BB680E5FE0C8", "67e55044"]
        }
        "email" => &["someone@example.com", "no address"],
        "uri" => &["https://example.com/a?b=c", "no uri"],
        "hostname" => &["example.com", "-"],
        "ipv4" => &["192.0.2.1", "192.0.2.256"],
        "ipv6" => &["2001:db8::1", "2001:db8"],
        "base64url" => &["-_-_", "YQ==", "YQ", "+/+/", "Y"],
        "decimal" => &["-12.50", "1e5", "+7", "1,5", "."],
        _ => &["text", "", "with \"quotes\" and ümläute", "true", "12"],
    };
    let mut strings: Vec<Value> = by_format.iter().map(|text| json!(text)).collect();
    for text in schema.get("pattern").and_then(Value::as_str).iter().flat_map(|pattern| patterned(pattern)) {
        // A text that matches, and near misses: of another script, and with a line after it.
        strings.extend([
            json!(format!("{text}\u{663}")),
            json!(format!("é{text}")),
            json!(format!("{text}\n")),
        ]);
        strings.insert(0, json!(text));
    }
    let bound = |keyword: &str| {
        let bound = schema.get(keyword).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok());
        bound.filter(|bound| *bound <= LONGEST)
    };
    if let Some(least) = bound("minLength") {
        strings.insert(0, json!("é".repeat(least)));
        strings.push(json!("é".repeat(least.saturating_sub(1))));
    }
    if let Some(most) = bound("maxLength") {
        strings.insert(0, json!("é".repeat(most)));
        strings.push(json!("é".repeat(most + 1)));
    }
    strings
}

fn numbers(schema: &Map<String, Value>, whole: bool) -> Vec<Value> {
    let step = if whole { 1.0 } else { 0.5 };
    let mut numbers = Vec::new();
    for keyword in ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"] {
        if let Some(bound) = schema.get(keyword).and_then(Value::as_f64) {
            numbers.extend([bound, bound + step, bound - step, 2.0 * bound]);
        }
    }
    numbers.extend([1.0, 0.0, -1.0, 2.5, 100.0]);
    let format = schema.get("format").and_then(Value::as_str);
    let mut values: Vec<Value> = numbers.into_iter().map(number).collect();
    match (whole, format) {
        (true, Some("int32")) => values.extend([json!(i32::MIN), json!(i32::MAX)]),
        (true, _) => values.extend([json!(i64::MIN), json!(i64::MAX), json!(9_007_199_254_740_993_i64)]),
        (false, Some("float")) => values.push(json!(0.1)),
        (false, _) => values.extend([json!(0.1), json!(1e300), json!(-1.5e-9)]),
    }
    // JSON Schema counts it as an integer.
    values.push(json!(3.0));
    values
}

/// A number as people write it: without a fraction where it has none.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 { json!(value as i64) } else { Value::from(Number::from_f64(value)) }
}

/// Something of every kind.
fn kinds() -> Vec<Value> {
    vec![
        json!("text"),
        json!(1),
        json!(-0.5),
        json!(true),
        json!({ UNDECLARED: [1] }),
        json!(["b", null]),
        Value::Null,
        json!(""),
        json!({}),
        json!([]),
    ]
}

/// The first of each, the second of each, ….
fn in_turn(lists: &[Vec<Value>]) -> Vec<Value> {
    let most = lists.iter().map(Vec::len).max().unwrap_or_default();
    let mut values = Vec::new();
    for round in 0..most {
        lists.iter().filter_map(|list| list.get(round)).for_each(|value| push(&mut values, value.clone()));
    }
    values
}

/// Objects of one list with what those of another add; of anything else, both lists.
fn together(left: &[Value], right: &[Value]) -> Vec<Value> {
    let mut values = Vec::new();
    for round in 0..left.len().max(right.len()) {
        match (left.get(round.min(left.len().max(1) - 1)), right.get(round.min(right.len().max(1) - 1))) {
            (Some(Value::Object(left)), Some(Value::Object(right))) => {
                let mut both = left.clone();
                right.iter().for_each(|(key, member)| _ = both.insert(key.clone(), member.clone()));
                push(&mut values, Value::Object(both));
            }
            _ => {
                left.get(round)
                    .into_iter()
                    .chain(right.get(round))
                    .for_each(|value| push(&mut values, value.clone()));
            }
        }
    }
    values
}

fn push(values: &mut Vec<Value>, value: Value) {
    if !values.iter().any(|known| is_same_text(known, &value)) {
        values.push(value);
    }
}

/// `1` and `1.0` are two texts.
fn is_same_text(left: &Value, right: &Value) -> bool {
    left == right && format!("{left}") == format!("{right}")
}

/// The value with one thing changed, anywhere in it.
fn mutations(value: &Value, add: &mut dyn FnMut(Value)) {
    let replacements = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(7.25),
        json!("other"),
        json!("é".repeat(300)),
        json!([]),
        json!({}),
    ];
    for replacement in replacements {
        add(replacement);
    }
    match value {
        Value::Object(members) => {
            let mut more = members.clone();
            more.insert(UNDECLARED.to_owned(), json!("value"));
            add(Value::Object(more));
            for (key, member) in members {
                let mut fewer = members.clone();
                fewer.shift_remove(key);
                add(Value::Object(fewer));
                mutations(member, &mut |mutation| {
                    let mut changed = members.clone();
                    changed.insert(key.clone(), mutation);
                    add(Value::Object(changed));
                });
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate().take(2) {
                let mut fewer = items.clone();
                fewer.remove(index);
                add(Value::Array(fewer));
                let mut twice = items.clone();
                twice.push(item.clone());
                add(Value::Array(twice));
                mutations(item, &mut |mutation| {
                    let mut changed = items.clone();
                    changed[index] = mutation;
                    add(Value::Array(changed));
                });
            }
        }
        _ => {}
    }
}
