//! Schemas → values as a document suggests them: its defaults, its examples, and else what is plainest.
//!
//! Knows JSON Schema 2020-12. Most of what it makes is valid, but whether it is, a validator has to say. Must
//! not know operations.

use serde_json::{Map, Number, Value};
use spec_document::Pointer;

/// The largest number of parts that a value is made of. Beyond it nobody reads an answer, and a document that
/// asks for more of them would fill the memory.
const PARTS: usize = 2_500;

/// The number of parts from which on only what must be there is made.
const ENOUGH: usize = 800;

/// The number of times that a schema is made within itself.
const TURNS: usize = 2;

/// The largest number of schemas around one that is made.
const DEPTH: usize = 48;

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMuch;

/// A way of making values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// With the examples of schemas.
    Examples,
    /// Without them: they may be wrong.
    Plain,
    /// Without them, and where parts of a value disagree, the last one counts.
    Last,
    /// Without them, and so that of the variants of a `oneOf` only the one at this place is meant: what only
    /// others name is null there, which few of them take.
    Alone(usize),
}

/// Makes values of the schemas of a document.
pub(crate) struct Sampler<'a> {
    document: &'a Value,
    way: Way,
    /// The schemas that are being made, by their references.
    within: Vec<&'a str>,
    parts: usize,
    depth: usize,
}

impl<'a> Sampler<'a> {
    pub(crate) fn new(document: &'a Value, way: Way) -> Self {
        Sampler { document, way, within: Vec::new(), parts: 0, depth: 0 }
    }

    /// Makes a value of the schema at a pointer.
    ///
    /// # Errors
    ///
    /// The schema asks for more parts than an answer has.
    pub(crate) fn at(&mut self, pointer: &str) -> Result<Value, TooMuch> {
        static ANY: Value = Value::Bool(true);
        self.make(self.document.pointer(pointer).unwrap_or(&ANY))
    }

    /// Makes a value of a schema.
    ///
    /// # Errors
    ///
    /// The schema asks for more parts than an answer has.
    pub(crate) fn make(&mut self, schema: &'a Value) -> Result<Value, TooMuch> {
        self.parts += 1;
        if self.parts > PARTS {
            return Err(TooMuch);
        }
        if self.depth > DEPTH {
            return Ok(least(schema));
        }
        self.depth += 1;
        let value = self.written(schema).map_or_else(|| self.made(schema), Ok);
        self.depth -= 1;
        value
    }

    /// Returns the value that a schema has of its own.
    fn written(&self, schema: &Value) -> Option<Value> {
        let own = |key: &str| schema.get(key).cloned();
        let example = || {
            let examples = schema.get("examples").and_then(Value::as_array).and_then(|all| all.first());
            examples.cloned().or_else(|| own("example")).filter(|_| self.way == Way::Examples)
        };
        own("const").or_else(|| own("default")).or_else(example)
    }

    fn made(&mut self, schema: &'a Value) -> Result<Value, TooMuch> {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str)
            && let Some(target) = self.followed(reference)
        {
            return self.referred(schema, reference, target);
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return Ok(values
                .iter()
                .find(|value| !value.is_null())
                .or(values.first())
                .cloned()
                .unwrap_or_default());
        }
        let mut value = self.by_type(schema)?;
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let part = self.make(part)?;
            merge(&mut value, part, self.way == Way::Last);
        }
        for keyword in ["oneOf", "anyOf"] {
            self.add_variant(schema, keyword, &mut value)?;
        }
        if let Some((property, tag, reference)) = self.mapped(schema) {
            self.within.push(reference);
            let made = self.followed(reference).map_or(Ok(Value::Null), |target| self.make(target))?;
            self.within.pop();
            merge(&mut value, made, true);
            put_tag(&mut value, property, tag);
        }
        Ok(value)
    }

    /// Adds a variant of a union to a value.
    fn add_variant(&mut self, schema: &'a Value, keyword: &str, value: &mut Value) -> Result<(), TooMuch> {
        let variants = || variants_of(schema, keyword).filter(|variant| !is_null(variant));
        let wanted = match self.way {
            Way::Alone(place) if keyword == "oneOf" => variants().nth(place),
            _ => None,
        };
        // One that is being made already would not end.
        let new = || variants().find(|variant| !self.is_within(variant));
        let Some(variant) = wanted.or_else(new).or_else(|| variants().next()) else { return Ok(()) };
        let own = self.names(variant);
        let made = self.make(variant)?;
        merge(value, made, self.way == Way::Last);
        let is_alone = matches!(self.way, Way::Alone(_)) && keyword == "oneOf";
        let others = variants().filter(|_| is_alone).flat_map(|other| self.names(other));
        for name in others.filter(|name| !own.contains(name)) {
            if let Value::Object(members) = &mut *value {
                members.entry(name).or_insert(Value::Null);
            }
        }
        if let Some((property, tag)) = self.tag(schema, variant) {
            put_tag(value, property, tag);
        }
        Ok(())
    }

    /// Returns the property that tells the variants of a union apart, and its value for one of them; none
    /// where the variant says itself which value it has.
    fn tag(&self, schema: &'a Value, variant: &'a Value) -> Option<(&'a str, &'a str)> {
        let reference = variant.get("$ref")?.as_str()?;
        let discriminator = schema.get("discriminator")?;
        let property = discriminator.get("propertyName")?.as_str()?;
        let own = self.followed(reference)?.get("properties").and_then(|own| own.get(property));
        if own.is_some_and(|own| ["const", "enum"].iter().any(|key| own.get(*key).is_some())) {
            return None;
        }
        let name = reference.rsplit('/').next()?;
        let mut mapping = discriminator.get("mapping").and_then(Value::as_object).into_iter().flatten();
        let named = mapping.find(|(_, target)| *target == reference || *target == name);
        Some((property, named.map_or(name, |(tag, _)| tag.as_str())))
    }

    /// Returns the first of those that a discriminator names where there is no union (OpenAPI 3.1, 4.8.25):
    /// its property, the value, and the reference. None where it is being made already.
    fn mapped(&self, schema: &'a Value) -> Option<(&'a str, &'a str, &'a str)> {
        let discriminator = schema.get("discriminator")?;
        if ["oneOf", "anyOf"].iter().any(|keyword| schema.get(*keyword).is_some()) {
            return None;
        }
        let property = discriminator.get("propertyName")?.as_str()?;
        let mapping = discriminator.get("mapping")?.as_object()?;
        let targets = || mapping.iter().filter_map(|(tag, target)| Some((tag.as_str(), target.as_str()?)));
        if targets().any(|(_, target)| self.within.contains(&target)) {
            return None;
        }
        targets().find(|(_, target)| target.starts_with("#/")).map(|(tag, target)| (property, tag, target))
    }

    /// Returns the names of the properties that a schema declares itself.
    fn names(&self, schema: &'a Value) -> Vec<&'a str> {
        let reference = schema.get("$ref").and_then(Value::as_str);
        let schema = reference.and_then(|reference| self.followed(reference)).unwrap_or(schema);
        schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect()
    }

    fn is_within(&self, schema: &Value) -> bool {
        schema.get("$ref").and_then(Value::as_str).is_some_and(|reference| self.within.contains(&reference))
    }

    fn followed(&self, reference: &str) -> Option<&'a Value> {
        self.document.pointer(Pointer::from_fragment(reference)?.as_str())
    }

    /// Makes a value of what a reference leads to; in a circle, the least that it may be.
    fn referred(
        &mut self,
        schema: &'a Value,
        reference: &'a str,
        target: &'a Value,
    ) -> Result<Value, TooMuch> {
        if self.within.iter().filter(|own| **own == reference).count() >= TURNS {
            return Ok(least(target));
        }
        self.within.push(reference);
        let mut value = self.make(target)?;
        self.within.pop();
        // What stands beside the reference counts, too (JSON Schema 2020-12 core, 8.2.3.1).
        if schema.get("properties").is_some() {
            let beside = self.by_type(schema)?;
            merge(&mut value, beside, self.way == Way::Last);
        }
        Ok(value)
    }

    fn by_type(&mut self, schema: &'a Value) -> Result<Value, TooMuch> {
        let named = match schema.get("type") {
            Some(Value::String(own)) => Some(own.as_str()),
            Some(Value::Array(own)) => {
                own.iter().filter_map(Value::as_str).find(|own| *own != "null").or(Some("null"))
            }
            _ => None,
        };
        let says = |keys: &[&str]| keys.iter().any(|key| schema.get(key).is_some());
        Ok(match named {
            Some("object") => self.object(schema)?,
            Some("array") => self.array(schema)?,
            Some("string") => text(schema).into(),
            Some("integer") => number(schema, true),
            Some("number") => number(schema, false),
            Some("boolean") => true.into(),
            None if says(&["properties", "additionalProperties", "patternProperties"]) => {
                self.object(schema)?
            }
            None if says(&["items", "prefixItems"]) => self.array(schema)?,
            None if says(&["pattern", "minLength", "maxLength", "format"]) => text(schema).into(),
            None if says(&["minimum", "maximum", "multipleOf"]) => number(schema, false),
            _ => Value::Null,
        })
    }

    fn object(&mut self, schema: &'a Value) -> Result<Value, TooMuch> {
        let mut members = Map::new();
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let is_wanted = self.parts < ENOUGH || required.contains(&name.as_str());
            let is_possible = required.contains(&name.as_str()) || !self.ends_badly(property);
            if is_wanted && is_possible && !self.is_hidden(property) && *property != Value::Bool(false) {
                members.insert(name.clone(), self.make(property)?);
            }
        }
        // Those that must be there without being declared may be anything.
        static ANY: Value = Value::Bool(true);
        let additional = schema.get("additionalProperties").filter(|own| own.is_object()).unwrap_or(&ANY);
        for name in required {
            let is_declared = schema.get("properties").is_some_and(|own| own.get(name).is_some());
            if !is_declared && additional.is_object() {
                members.insert(name.to_owned(), self.make(additional)?);
            }
        }
        let least = schema.get("minProperties").and_then(Value::as_u64).unwrap_or_default();
        let mut number = 1;
        while (members.len() as u64) < least
            && schema.get("additionalProperties") != Some(&Value::Bool(false))
        {
            members.insert(format!("property{number}"), self.make(additional)?);
            number += 1;
        }
        Ok(Value::Object(members))
    }

    /// Says whether a schema is where a circle ends, and what it ends with is not valid there: it lacks what
    /// must be there.
    fn ends_badly(&self, schema: &'a Value) -> bool {
        let reference = schema.get("$ref").and_then(Value::as_str);
        let ends = |reference: &&str| self.within.iter().filter(|own| *own == reference).count() >= TURNS;
        if let Some(target) = reference.filter(ends).and_then(|own| self.followed(own)) {
            return !is_complete(target);
        }
        let parts = ["allOf", "oneOf", "anyOf"].into_iter().flat_map(|keyword| variants_of(schema, keyword));
        let mut parts = parts.filter(|part| !is_null(part)).peekable();
        parts.peek().is_some() && parts.any(|part| self.ends_badly(part))
    }

    /// Says whether a property is for requests alone.
    fn is_hidden(&self, property: &Value) -> bool {
        let own = |schema: &Value| schema.get("writeOnly") == Some(&Value::Bool(true));
        let target = property.get("$ref").and_then(Value::as_str).and_then(|own| self.followed(own));
        own(property) || target.is_some_and(own)
    }

    fn array(&mut self, schema: &'a Value) -> Result<Value, TooMuch> {
        let mut items = Vec::new();
        for item in schema.get("prefixItems").and_then(Value::as_array).into_iter().flatten() {
            items.push(self.make(item)?);
        }
        let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
        let ends_badly = schema.get("items").is_some_and(|item| self.ends_badly(item));
        let usual = u64::from(self.parts < ENOUGH && !ends_badly);
        let wanted = limit("minItems").unwrap_or(usual).max(usual).min(limit("maxItems").unwrap_or(u64::MAX));
        if let Some(item) = schema.get("items").filter(|own| **own != Value::Bool(false)) {
            while (items.len() as u64) < wanted {
                items.push(self.make(item)?);
            }
        }
        Ok(Value::Array(items))
    }
}

/// Returns the least value of a schema: what ends a circle.
fn least(schema: &Value) -> Value {
    let named = |name: &str| match schema.get("type") {
        Some(Value::Array(own)) => own.iter().any(|own| own == name),
        own => own.is_some_and(|own| own == name),
    };
    match schema {
        _ if named("array") => Value::Array(Vec::new()),
        _ if named("object") || schema.get("properties").is_some() || schema.get("allOf").is_some() => {
            Value::Object(Map::new())
        }
        _ => Value::Null,
    }
}

/// Says whether an object without members, or a list without items, has all that its schema asks for.
fn is_complete(schema: &Value) -> bool {
    let asks = |key: &str| schema.get(key).and_then(Value::as_u64).is_some_and(|least| least > 0);
    let is_typed = ["type", "properties"].iter().any(|key| schema.get(*key).is_some());
    let requires = schema.get("required").and_then(Value::as_array).is_some_and(|own| !own.is_empty());
    let named = schema.get("type").and_then(Value::as_str).unwrap_or("object");
    is_typed
        && !requires
        && !asks("minProperties")
        && !asks("minItems")
        && ["object", "array"].contains(&named)
}

fn variants_of<'a>(schema: &'a Value, keyword: &str) -> impl Iterator<Item = &'a Value> + Clone {
    schema.get(keyword).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default().iter()
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|own| own == "null")
}

/// Writes the value that tells a variant from others.
fn put_tag(value: &mut Value, property: &str, tag: &str) {
    if let Value::Object(members) = value {
        members.insert(property.to_owned(), tag.into());
    }
}

/// Adds what another part of the same value has: members of objects, and else the value itself where there is
/// none yet. A part that is of another kind says more than the one before it; one of the same kind counts if
/// the `last` one does.
fn merge(value: &mut Value, other: Value, last: bool) {
    let is_same_kind = std::mem::discriminant(value) == std::mem::discriminant(&other);
    match (value, other) {
        (Value::Object(members), Value::Object(others)) => {
            for (name, other) in others {
                match members.get_mut(&name) {
                    Some(own) => merge(own, other, last),
                    None => {
                        members.insert(name, other);
                    }
                }
            }
        }
        (value, other) if value.is_null() || last => *value = other,
        (value, other) if !is_same_kind && !other.is_null() => *value = other,
        _ => {}
    }
}

/// Makes a text: of its format, or its pattern, and as long as it has to be.
fn text(schema: &Value) -> String {
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && let Some(text) = of_pattern(schema, pattern)
    {
        return text;
    }
    let text = match format {
        "date-time" => "2019-08-24T14:15:22Z",
        "date" => "2019-08-24",
        "time" => "14:15:22Z",
        "duration" => "P3D",
        "email" | "idn-email" => "user@example.com",
        "hostname" | "idn-hostname" => "example.com",
        "ipv4" => "192.168.0.1",
        "ipv6" => "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "uri" | "iri" | "url" => "http://example.com",
        "uri-reference" | "iri-reference" => "../dictionary",
        "uri-template" => "http://example.com/{endpoint}",
        "uuid" => "095be615-a8ad-4c33-8e9c-c7612fbf6c9f",
        "json-pointer" => "/json/pointer",
        "relative-json-pointer" => "1/relative/json/pointer",
        "regex" => "/regex/",
        "byte" | "base64url" => "c3RyaW5n",
        "decimal" => "1.5",
        "password" => "pa$$word",
        _ => "string",
    };
    let limit = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|own| usize::try_from(own).ok());
    let mut text = text.to_owned();
    // A text is made longer by repeating it, but not beyond what anybody reads.
    let (least, most) = (limit("minLength").unwrap_or(0).min(100_000), limit("maxLength"));
    while text.chars().count() < least {
        text.push_str("string");
    }
    match most {
        Some(most) if text.chars().count() > most => text.chars().take(most).collect(),
        _ => text,
    }
}

/// Makes a text of a pattern; of some seeds, the first that is of the right length.
fn of_pattern(schema: &Value, pattern: &str) -> Option<String> {
    let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
    let (least, most) = (limit("minLength").unwrap_or(0), limit("maxLength").unwrap_or(u64::MAX));
    let texts =
        (0..20).map_while(|seed| spec_values::pattern::text(pattern, &mut fastrand::Rng::with_seed(seed)));
    let fits = |text: &String| (least..=most).contains(&(text.chars().count() as u64));
    texts.into_iter().find(fits)
}

/// Makes a number: 0, or what is nearest to it.
fn number(schema: &Value, is_integer: bool) -> Value {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let step = bound("multipleOf").filter(|step| *step > 0.0).unwrap_or(1.0);
    let mut value = 0.0_f64;
    if let Some(least) = bound("minimum").filter(|least| value < *least) {
        value = (least / step).ceil() * step;
    }
    if let Some(least) = bound("exclusiveMinimum").filter(|least| value <= *least) {
        value = ((least / step).floor() + 1.0) * step;
    }
    if let Some(most) = bound("maximum").filter(|most| value > *most) {
        value = (most / step).floor() * step;
    }
    if let Some(most) = bound("exclusiveMaximum").filter(|most| value >= *most) {
        value = ((most / step).ceil() - 1.0) * step;
    }
    let (low, high) =
        (bound("minimum").or(bound("exclusiveMinimum")), bound("maximum").or(bound("exclusiveMaximum")));
    let is_beyond = ["exclusiveMinimum", "exclusiveMaximum"]
        .into_iter()
        .any(|keyword| bound(keyword).is_some_and(|own| (own - value).abs() < f64::EPSILON));
    // Between narrow bounds there is no multiple of 1.
    if let (Some(low), Some(high), false, None) = (low, high, is_integer, bound("multipleOf"))
        && (is_beyond || !(low..=high).contains(&value))
    {
        value = low.midpoint(high);
    }
    let whole = value.fract() == 0.0 && value.abs() < 9.0e15;
    if whole { (value as i64).into() } else { Number::from_f64(value).map_or(Value::Null, Value::Number) }
}

#[cfg(test)]
mod tests {
    use super::{Sampler, TooMuch, Way};
    use serde_json::{Value, json};

    fn sample(schema: Value) -> Value {
        let document = json!({ "s": schema });
        Sampler::new(&document, Way::Examples).at("/s").expect("a value")
    }

    #[test]
    fn defaults_come_before_examples() {
        assert_eq!(sample(json!({"type": "string", "default": "a", "examples": ["b"]})), "a");
        assert_eq!(sample(json!({"type": "string", "examples": ["b"]})), "b");
        assert_eq!(sample(json!({"type": ["null", "string"]})), "string");
        assert_eq!(sample(json!({"enum": [null, "x"]})), "x");
        assert_eq!(sample(json!({"default": null, "type": ["string", "null"]})), Value::Null);
    }

    #[test]
    fn bounds_are_kept() {
        for (schema, value) in [
            (json!({"type": "integer", "minimum": 5}), json!(5)),
            (json!({"type": "integer", "exclusiveMinimum": 5, "multipleOf": 4}), json!(8)),
            (json!({"type": "integer", "maximum": -2}), json!(-2)),
            (json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}), json!(0.5)),
            (json!({"type": "string", "maxLength": 3}), json!("str")),
            (json!({"type": "string", "minLength": 8}), json!("stringstring")),
            (json!({"type": "array", "items": {"type": "number"}, "minItems": 2}), json!([0, 0])),
            (
                json!({"type": "object", "minProperties": 1, "additionalProperties": {"type": "boolean"}}),
                json!({"property1": true}),
            ),
            (
                json!({"properties": {"a": {"type": "number", "writeOnly": true}, "b": {"type": "number"}}}),
                json!({"b": 0}),
            ),
        ] {
            assert_eq!(sample(schema.clone()), value, "{schema}");
        }
    }

    #[test]
    fn parts_are_put_together() {
        let schema = json!({
            "allOf": [{"properties": {"a": {"type": "integer"}}}, {"properties": {"b": {"type": "string"}}}],
            "oneOf": [{"type": "null"}, {"properties": {"c": {"type": "boolean"}}}],
        });
        assert_eq!(sample(schema), json!({"a": 0, "b": "string", "c": true}));
    }

    #[test]
    fn variants_are_told_apart() {
        let document = json!({
            "base": {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"type": "string"}},
                "discriminator": {"propertyName": "kind", "mapping": {"c": "#/cat"}},
            },
            "cat": {"allOf": [{"$ref": "#/base"}, {"properties": {"lives": {"type": "integer"}}}]},
            "dog": {"type": "object", "properties": {"kind": {"type": "string"}}},
            "any": {"oneOf": [{"$ref": "#/dog"}], "discriminator": {"propertyName": "kind"}},
        });
        let sample = |at: &str| Sampler::new(&document, Way::Plain).at(at).expect("a value");
        assert_eq!(sample("/base"), json!({"kind": "c", "lives": 0}));
        assert_eq!(sample("/any"), json!({"kind": "dog"}));
    }

    #[test]
    fn circles_end_and_so_do_lists() {
        let children = json!({"type": "array", "items": {"$ref": "#/n"}});
        let node = json!({"type": "object", "properties": {"children": children}});
        let document =
            json!({"n": node, "m": {"type": "array", "minItems": 3000, "items": {"type": "string"}}});
        let value = Sampler::new(&document, Way::Examples).make(&document["n"]).expect("a value");
        assert_eq!(value, json!({"children": [{"children": [{"children": [{}]}]}]}));
        assert_eq!(Sampler::new(&document, Way::Examples).at("/m"), Err(TooMuch));
    }
}
