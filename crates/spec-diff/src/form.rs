//! What a schema says of its values, in one form however it is written.
//!
//! References are followed and `allOf` is merged, so that two schemas that say the same have the same form.
//! Knows JSON Schema 2020-12. Must not know what is compared with what, nor operations.

use crate::types::Types;
use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};
use spec_document::Pointer;
use std::collections::{BTreeMap, BTreeSet};

/// Schemas that hold together at one place, by their pointers; none means that any value will do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Place(pub(crate) Vec<String>);

impl Place {
    pub(crate) fn of(pointer: impl Into<String>) -> Place {
        Place(vec![pointer.into()])
    }

    pub(crate) fn is_any(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn first(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    fn push(&mut self, pointer: String) {
        if !self.0.contains(&pointer) {
            self.0.push(pointer);
        }
    }
}

/// A choice between schemas: `oneOf` or `anyOf`.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) is_exclusive: bool,
    pub(crate) pointer: String,
    pub(crate) variants: Vec<Place>,
}

impl Choice {
    /// Returns its word in names of changes.
    pub(crate) fn word(&self) -> &'static str {
        if self.is_exclusive { "one-of" } else { "any-of" }
    }
}

/// A keyword with its value, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Said<T> {
    pub(crate) value: T,
    pub(crate) pointer: String,
}

/// Keywords of a number or a count, with whether the larger value says more.
pub(crate) const BOUNDS: [(&str, bool); 12] = [
    ("minimum", true),
    ("exclusiveMinimum", true),
    ("minLength", true),
    ("minItems", true),
    ("minProperties", true),
    ("minContains", true),
    ("maximum", false),
    ("exclusiveMaximum", false),
    ("maxLength", false),
    ("maxItems", false),
    ("maxProperties", false),
    ("maxContains", false),
];

/// Keywords that are compared as a whole.
pub(crate) const WHOLE: [&str; 11] = [
    "not",
    "if",
    "then",
    "else",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];

/// Keywords that say something of values to people, or to others than validators.
pub(crate) const NOTES: [&str; 9] = [
    "contentMediaType",
    "contentEncoding",
    "default",
    "deprecated",
    "discriminator",
    "readOnly",
    "writeOnly",
    "x-sunset",
    "x-stability-level",
];

/// The values of a place, in one form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pub(crate) types: Types,
    pub(crate) types_at: Option<String>,
    /// `enum`, or the one value of `const`.
    pub(crate) values: Option<Said<Vec<Value>>>,
    pub(crate) is_constant: bool,
    pub(crate) bounds: BTreeMap<&'static str, Said<f64>>,
    pub(crate) patterns: BTreeMap<String, String>,
    pub(crate) formats: BTreeMap<String, String>,
    pub(crate) multiples: BTreeMap<String, String>,
    pub(crate) is_unique: Option<String>,
    pub(crate) properties: IndexMap<String, Place>,
    pub(crate) required: BTreeSet<String>,
    pub(crate) additional: Place,
    pub(crate) named_by_pattern: IndexMap<String, Place>,
    pub(crate) prefix: Vec<Place>,
    pub(crate) items: Place,
    pub(crate) choices: Vec<Choice>,
    pub(crate) whole: BTreeMap<&'static str, Vec<String>>,
    pub(crate) notes: BTreeMap<&'static str, Said<Value>>,
}

impl Form {
    /// Reads the form of a place.
    pub(crate) fn read(root: &Value, place: &Place) -> Form {
        let parts = parts(root, place);
        let mut form = Form { types: Types::ALL, ..Form::default() };
        for part in &parts {
            let Some(schema) = part.schema else {
                form.types = Types::NONE;
                continue;
            };
            form.add_values(part, schema);
            form.add_scalars(part, schema);
            form.add_others(part, schema);
            form.add_choices(root, part, schema);
        }
        form.add_members(&parts);
        form.add_items(&parts);
        if let Some(values) = &mut form.values {
            values.value.retain(|value| Types::of(value).is_within(form.types));
            form.types =
                form.types.and(values.value.iter().fold(Types::NONE, |all, own| all.or(Types::of(own))));
        }
        form
    }

    fn add_values(&mut self, part: &Part<'_>, schema: &Map<String, Value>) {
        if let Some(own) = schema.get("type").and_then(Types::named) {
            self.types = self.types.and(if part.is_nullable { own.or(Types::NULL) } else { own });
            self.types_at.get_or_insert_with(|| part.at("type"));
        }
        let constant = schema.get("const").map(|value| (vec![value.clone()], "const"));
        let list = schema.get("enum").and_then(Value::as_array).map(|values| (values.clone(), "enum"));
        for (mut values, keyword) in constant.into_iter().chain(list) {
            if part.is_nullable && !values.contains(&Value::Null) {
                values.push(Value::Null);
            }
            self.is_constant |= keyword == "const";
            match &mut self.values {
                Some(own) => own.value.retain(|value| values.contains(value)),
                None => self.values = Some(Said { value: values, pointer: part.at(keyword) }),
            }
        }
    }

    fn add_scalars(&mut self, part: &Part<'_>, schema: &Map<String, Value>) {
        for (keyword, is_least) in BOUNDS {
            let Some(value) = schema.get(keyword).and_then(Value::as_f64) else { continue };
            if is_least
                && value <= 0.0
                && keyword.starts_with("min")
                && keyword != "minimum"
                && keyword != "minContains"
            {
                continue;
            }
            let says_more = |own: &Said<f64>| if is_least { value > own.value } else { value < own.value };
            if self.bounds.get(keyword).is_none_or(says_more) {
                self.bounds.insert(keyword, Said { value, pointer: part.at(keyword) });
            }
        }
        let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str).map(str::to_owned);
        if let Some(pattern) = text("pattern").filter(|pattern| !pattern.is_empty()) {
            self.patterns.entry(pattern).or_insert_with(|| part.at("pattern"));
        }
        if let Some(format) = text("format") {
            self.formats.entry(format).or_insert_with(|| part.at("format"));
        }
        if let Some(number) = schema.get("multipleOf").filter(|number| number.is_number()) {
            self.multiples.entry(number.to_string()).or_insert_with(|| part.at("multipleOf"));
        }
        if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            self.is_unique.get_or_insert_with(|| part.at("uniqueItems"));
        }
    }

    fn add_others(&mut self, part: &Part<'_>, schema: &Map<String, Value>) {
        for keyword in WHOLE {
            let says = match schema.get(keyword) {
                None | Some(Value::Bool(true)) => false,
                Some(Value::Object(object)) => !object.is_empty() || keyword == "not",
                Some(_) => true,
            };
            if says {
                self.whole.entry(keyword).or_default().push(part.at(keyword));
            }
        }
        for keyword in NOTES {
            if let Some(value) =
                schema.get(keyword).filter(|value| **value != Value::Bool(false) || keyword == "default")
            {
                self.notes
                    .entry(keyword)
                    .or_insert_with(|| Said { value: value.clone(), pointer: part.at(keyword) });
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        self.required.extend(required.filter_map(Value::as_str).map(str::to_owned));
    }

    fn add_choices(&mut self, root: &Value, part: &Part<'_>, schema: &Map<String, Value>) {
        for (keyword, is_exclusive) in [("oneOf", true), ("anyOf", false)] {
            let Some(list) = schema.get(keyword).and_then(Value::as_array) else { continue };
            if choice_of_one(root, keyword, list).is_some() {
                continue;
            }
            let pointer = part.at(keyword);
            let mut variants: Vec<Place> = Vec::new();
            for (index, _) in list.iter().enumerate() {
                variants.push(Place::of(format!("{pointer}/{index}")));
            }
            let each = variants.iter().map(|variant| types_at(root, variant, 4));
            self.types = self.types.and(each.fold(Types::NONE, Types::or));
            self.choices.push(Choice { is_exclusive, pointer, variants });
        }
    }

    /// Says of each name what all parts say of it: one that does not have it says `additionalProperties`.
    fn add_members(&mut self, parts: &[Part<'_>]) {
        let objects = || parts.iter().filter_map(|part| Some((part, part.schema?)));
        let mut names: IndexSet<&str> = IndexSet::new();
        for (part, schema) in objects() {
            names.extend(members(schema, "properties").map(|(name, _)| name.as_str()));
            for (pattern, _) in members(schema, "patternProperties") {
                let pointer = join(&part.at("patternProperties"), pattern);
                self.named_by_pattern.entry(pattern.clone()).or_default().push(pointer);
            }
            if says_of_others(schema) {
                self.additional.push(part.at("additionalProperties"));
            }
        }
        for name in names {
            let mut place = Place::default();
            for (part, schema) in objects() {
                if schema.get("properties").is_some_and(|own| own.get(name).is_some()) {
                    place.push(join(&part.at("properties"), name));
                } else if says_of_others(schema) && !schema.contains_key("patternProperties") {
                    place.push(part.at("additionalProperties"));
                }
            }
            self.properties.insert(name.to_owned(), place);
        }
    }

    fn add_items(&mut self, parts: &[Part<'_>]) {
        let lists = || parts.iter().filter_map(|part| Some((part, part.schema?)));
        let prefix = |schema: &Map<String, Value>| {
            schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len)
        };
        let says = |schema: &Map<String, Value>| schema.get("items").is_some_and(says_something);
        let longest = lists().map(|(_, schema)| prefix(schema)).max().unwrap_or_default();
        for index in 0..longest {
            let mut place = Place::default();
            for (part, schema) in lists() {
                if index < prefix(schema) {
                    place.push(format!("{}/{index}", part.at("prefixItems")));
                } else if says(schema) {
                    place.push(part.at("items"));
                }
            }
            self.prefix.push(place);
        }
        for (part, _) in lists().filter(|(_, schema)| says(schema)) {
            self.items.push(part.at("items"));
        }
    }

    /// Returns what is said of the values under a name: of the property, or of names that are not declared.
    pub(crate) fn member(&self, name: &str) -> &Place {
        self.properties.get(name).unwrap_or(&self.additional)
    }

    /// Returns whether a note is there and true.
    pub(crate) fn notes(&self, keyword: &str) -> bool {
        self.notes.get(keyword).is_some_and(|said| said.value == Value::Bool(true))
    }

    /// Returns what a note says.
    pub(crate) fn note(&self, keyword: &str) -> Option<&Value> {
        self.notes.get(keyword).map(|said| &said.value)
    }
}

/// One of the schemas that hold together; none where it refuses every value.
struct Part<'a> {
    pointer: String,
    schema: Option<&'a Map<String, Value>>,
    /// True if null will do besides.
    is_nullable: bool,
}

impl Part<'_> {
    fn at(&self, keyword: &str) -> String {
        join(&self.pointer, keyword)
    }
}

/// Returns the schemas that hold together: what references lead to, and the parts of `allOf`.
fn parts<'a>(root: &'a Value, place: &Place) -> Vec<Part<'a>> {
    let mut seen: IndexSet<String> = IndexSet::new();
    let mut waiting: Vec<(String, bool)> = place.0.iter().rev().map(|own| (own.clone(), false)).collect();
    let mut parts = Vec::new();
    while let Some((pointer, is_nullable)) = waiting.pop() {
        let Some(schema) = root.pointer(&pointer) else { continue };
        if !seen.insert(pointer.clone()) {
            continue;
        }
        let Value::Object(schema) = schema else {
            if *schema == Value::Bool(false) {
                parts.push(Part { pointer, schema: None, is_nullable });
            }
            continue;
        };
        let mut inner = Vec::new();
        for (index, _) in schema.get("allOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
            inner.push((format!("{pointer}/allOf/{index}"), is_nullable));
        }
        for keyword in ["oneOf", "anyOf"] {
            let list = schema.get(keyword).and_then(Value::as_array);
            if let Some((index, has_null)) = list.and_then(|list| choice_of_one(root, keyword, list)) {
                inner.push((format!("{pointer}/{keyword}/{index}"), is_nullable || has_null));
            }
        }
        if let Some(target) = target(schema) {
            inner.push((target, is_nullable));
        }
        waiting.extend(inner.into_iter().rev());
        parts.push(Part { pointer, schema: Some(schema), is_nullable });
    }
    parts
}

/// Returns the types that the values of a place may have, choices within choices looked into so deep.
fn types_at(root: &Value, place: &Place, depth: usize) -> Types {
    let mut all = Types::ALL;
    for part in parts(root, place) {
        let Some(schema) = part.schema else { return Types::NONE };
        let mut own = schema.get("type").and_then(Types::named).unwrap_or(Types::ALL);
        for keyword in ["oneOf", "anyOf"] {
            let list = schema.get(keyword).and_then(Value::as_array);
            let Some(list) = list.filter(|list| depth > 0 && choice_of_one(root, keyword, list).is_none())
            else {
                continue;
            };
            let variant = |index: usize| Place::of(format!("{}/{index}", part.at(keyword)));
            let each = (0..list.len()).map(|index| types_at(root, &variant(index), depth - 1));
            own = own.and(each.fold(Types::NONE, Types::or));
        }
        all = all.and(if part.is_nullable { own.or(Types::NULL) } else { own });
    }
    all
}

/// Returns the pointer that the reference of a schema leads to.
pub(crate) fn target(schema: &Map<String, Value>) -> Option<String> {
    let fragment = schema.get("$ref")?.as_str()?;
    Some(Pointer::from_fragment(fragment)?.as_str().to_owned())
}

/// Returns the only schema of a choice that has more than null, and whether null is beside it.
fn choice_of_one(root: &Value, keyword: &str, list: &[Value]) -> Option<(usize, bool)> {
    let is_null = |schema: &Value| {
        let own = meant(root, schema).as_object();
        own.and_then(|own| own.get("type")).and_then(Types::named) == Some(Types::NULL)
    };
    let rest: Vec<usize> = (0..list.len()).filter(|index| !is_null(&list[*index])).collect();
    let [only] = rest.as_slice() else { return None };
    let has_null = rest.len() < list.len();
    // Null in an exclusive choice is taken once only.
    let is_told = !has_null || keyword != "oneOf" || refuses_null(root, &list[*only], 4);
    is_told.then_some((*only, has_null))
}

/// Returns the schema that references lead to.
fn meant<'a>(root: &'a Value, mut schema: &'a Value) -> &'a Value {
    for _ in 0..32 {
        let target = schema.as_object().filter(|own| own.len() == 1).and_then(target);
        match target.and_then(|pointer| root.pointer(&pointer)) {
            Some(next) => schema = next,
            None => break,
        }
    }
    schema
}

/// Returns true if it is said, so deep, that a schema does not take null.
fn refuses_null(root: &Value, schema: &Value, depth: usize) -> bool {
    let Value::Object(own) = meant(root, schema) else { return *schema == Value::Bool(false) };
    let list = |keyword: &str| own.get(keyword).and_then(Value::as_array).filter(|_| depth > 0);
    let refuses = |inner: &Value| refuses_null(root, inner, depth - 1);
    let values = own.get("enum").and_then(Value::as_array);
    own.get("type").and_then(Types::named).is_some_and(|types| !types.meets(Types::NULL))
        || own.get("const").is_some_and(|value| !value.is_null())
        || values.is_some_and(|values| !values.contains(&Value::Null))
        || list("allOf").is_some_and(|parts| parts.iter().any(refuses))
        || ["oneOf", "anyOf"].into_iter().filter_map(list).any(|variants| variants.iter().all(refuses))
        || own.contains_key("$ref") && target(own).and_then(|at| root.pointer(&at)).is_some_and(refuses)
}

fn members<'a>(
    schema: &'a Map<String, Value>,
    keyword: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    schema.get(keyword).and_then(Value::as_object).into_iter().flatten()
}

fn says_of_others(schema: &Map<String, Value>) -> bool {
    schema.get("additionalProperties").is_some_and(says_something)
}

fn says_something(schema: &Value) -> bool {
    match schema {
        Value::Bool(takes_all) => !takes_all,
        Value::Object(members) => !members.is_empty(),
        _ => false,
    }
}

/// Adds a token to a pointer.
pub(crate) fn join(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1"))
}
