//! JSON Schema → JSON values at random, with a seed: the same seed makes the same values.
//!
//! Half of them are meant to be valid, the others have one thing changed; whether they are, a validator says.
//! Patterns are met by what the document itself gives as examples, if by anything. Whole numbers stay within
//! 64 bits. Whoever only wants what is meant to be valid says how much of it there is to be ([`Meant`]), and
//! gets texts that are made of patterns, too.

use crate::check::is_base64;
use crate::instances::UNDECLARED;
use crate::{pattern, target};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use serde_json::{Map, Number, Value, json};
use std::borrow::Cow;

/// How deep values go before they leave out what they can.
const DEPTH: usize = 5;

/// How deep they go at all.
const DEEPEST: usize = 24;

/// How deep parts of objects are looked for.
const PARTS: usize = 6;

/// How deep values go that are meant to hold all they can: as deep as they stay small.
const DEPTHS: [usize; 6] = [10, 8, 6, 4, 2, 1];

/// How much is in such a value at most.
const MOST: usize = 1500;

/// How often a text is made of a pattern, until its length fits too.
const TEXTS: usize = 40;

/// How much there is of what may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// All of it, as far as values stay small.
    All,
    /// Nothing.
    Least,
    /// Some.
    Some,
}

/// What a value is to be that is meant to be valid.
#[derive(Clone, Copy, Debug)]
pub struct Meant {
    /// How much there is of what may be left out.
    pub filling: Filling,
    /// Properties that say this keyword are not there: `readOnly` in requests, `writeOnly` in responses.
    pub without: &'static str,
}

/// Characters that texts are made of: plain ones, those that JSON escapes, and some of more than one byte.
const CHARACTERS: &[char] = &[
    'a',
    'b',
    'Z',
    '0',
    '9',
    ' ',
    '-',
    '_',
    '.',
    '/',
    '~',
    '%',
    '"',
    '\\',
    '\n',
    '\t',
    '\u{0}',
    '\u{7f}',
    'é',
    'ß',
    'Ω',
    '漢',
    '\u{301}',
    '\u{2028}',
    '😀',
    '\u{10ffff}',
];

/// Makes values for the schemas of one document.
pub struct Random<'a> {
    document: &'a Value,
    rng: Rng,
    meant: Option<Meant>,
    /// How deep values go before they leave out what they can.
    depth: usize,
    /// How much more there may be in a value.
    left: usize,
    /// For the next object, what stands beside it.
    beside: Option<Beside<'a>>,
}

impl<'a> Random<'a> {
    /// For a document whose schemas are those of JSON Schema 2020-12.
    #[must_use]
    pub fn new(document: &'a Value, seed: u64) -> Self {
        Random {
            document,
            rng: Rng::with_seed(seed),
            meant: None,
            depth: DEPTH,
            left: usize::MAX,
            beside: None,
        }
    }

    /// A value for a schema of the document that is meant to be valid.
    pub fn meant(&mut self, schema: &'a Value, meant: Meant) -> Value {
        self.meant = Some(meant);
        let mut value = Value::Null;
        for depth in DEPTHS {
            (self.depth, self.left) = (depth, MOST);
            value = self.value(schema, 0);
            if self.left > 0 {
                break;
            }
        }
        (self.meant, self.depth, self.left) = (None, DEPTH, usize::MAX);
        value
    }

    /// A value for the schema at a pointer; half of them have one thing changed.
    pub fn of(&mut self, pointer: &str) -> Value {
        let document = self.document;
        let mut value = document.pointer(pointer).map_or(Value::Null, |schema| self.value(schema, 0));
        if self.rng.bool() {
            self.mutate(&mut value);
        }
        value
    }

    fn value(&mut self, schema: &'a Value, depth: usize) -> Value {
        let beside = self.beside.take();
        let Value::Object(members) = schema else { return self.anything() };
        self.left = self.left.saturating_sub(1);
        if depth > DEEPEST || self.left == 0 {
            return Value::Null;
        }
        // What stands beside each other holds together: what one part requires, another one may declare.
        let mut beside = self.meant.map(|_| {
            beside.unwrap_or_else(|| {
                let mut beside = Beside::default();
                beside.add(self.document, schema, 0);
                beside
            })
        });
        let said = |keyword: &str| {
            beside.as_ref().and_then(|beside| beside.said(keyword)).or_else(|| members.get(keyword))
        };
        if let Some(only) = said("const") {
            return only.clone();
        }
        if let Some(values) = said("enum").and_then(Value::as_array)
            && let Some(value) = self.rng.choice(values)
        {
            return value.clone();
        }
        let is_pattern = members.contains_key("pattern") && self.meant.is_none();
        let is_given = self.rng.u8(..16) == 0 || (is_pattern && self.rng.u8(..4) > 0);
        if is_given && let Some(value) = self.rng.choice(given(members)) {
            return value.clone();
        }
        let mut parts: Vec<&Value> = Vec::new();
        parts.extend(members.get("$ref").and_then(Value::as_str).and_then(|to| target(self.document, to)));
        parts.extend(members.get("allOf").and_then(Value::as_array).into_iter().flatten());
        let mut tag = None;
        for keyword in ["anyOf", "oneOf"] {
            if let Some(variants) = members.get(keyword).and_then(Value::as_array) {
                // Null ends what would go on without end.
                let null =
                    variants.iter().find(|variant| variant["type"] == "null").filter(|_| depth > self.depth);
                if let Some(variant) = null.or_else(|| self.rng.choice(variants)) {
                    beside.iter_mut().for_each(|beside| beside.add(self.document, variant, 0));
                    parts.push(variant);
                    tag = self.meant.and_then(|_| self.tag(members, variant));
                }
            }
        }
        // Any value would do for a part that says nothing; beside others, it has none of its own.
        parts.retain(|part| self.meant.is_none() || says_anything(self.document, part, 0));
        let mut values: Vec<Value> = Vec::new();
        if parts.is_empty() || says_something(members) {
            self.beside = beside.clone();
            values.push(self.own(members, depth));
        }
        for part in parts {
            self.beside = beside.clone();
            values.push(self.value(part, depth + 1));
        }
        self.beside = None;
        let mut whole = values.into_iter().reduce(together).unwrap_or_default();
        // A tag stands in an object, whatever else its variant takes.
        if let Some((property, text)) = tag {
            let mut members = if let Value::Object(members) = whole { members } else { Map::new() };
            members.insert(property.to_owned(), text.into());
            whole = members.into();
        }
        whole
    }

    /// The property that tells which variant a value is, and what it says of this one (OpenAPI 3.1, 4.8.25):
    /// what it is mapped from, or else the name of its schema.
    fn tag(&mut self, members: &'a Map<String, Value>, variant: &'a Value) -> Option<(&'a str, &'a str)> {
        let discriminator = members.get("discriminator")?;
        let property = discriminator.get("propertyName")?.as_str()?;
        let reference = variant.get("$ref")?.as_str()?;
        let name = reference.rsplit('/').next()?;
        let mapped = discriminator.get("mapping").and_then(Value::as_object).into_iter().flatten();
        let mapped: Vec<&str> =
            mapped.filter(|(_, to)| *to == reference || *to == name).map(|(text, _)| text.as_str()).collect();
        Some((property, self.rng.choice(mapped).unwrap_or(name)))
    }

    /// Whether a property goes only in the other direction.
    fn is_hidden(&self, property: &'a Value, depth: usize) -> bool {
        let Some(Meant { without, .. }) = self.meant else { return false };
        let target = property.get("$ref").and_then(Value::as_str).and_then(|to| target(self.document, to));
        let parts = property.get("allOf").and_then(Value::as_array).into_iter().flatten();
        property.get(without) == Some(&Value::Bool(true))
            || (depth < DEEPEST
                && target.into_iter().chain(parts).any(|part| self.is_hidden(part, depth + 1)))
    }

    /// A value by the keywords of the schema itself, and by what stands beside it.
    fn own(&mut self, schema: &'a Map<String, Value>, depth: usize) -> Value {
        let types = self.beside.as_ref().map(|beside| beside.types.as_slice()).unwrap_or_default();
        let name = match schema.get("type") {
            _ if !types.is_empty() => self.rng.choice(types).copied().unwrap_or_default(),
            Some(Value::String(name)) => name,
            Some(Value::Array(names)) => self.rng.choice(names).and_then(Value::as_str).unwrap_or_default(),
            _ if schema.contains_key("properties") || schema.contains_key("additionalProperties") => "object",
            _ if schema.contains_key("required") && self.meant.is_some() => "object",
            _ if schema.contains_key("items") => "array",
            _ if schema.contains_key("format") || schema.contains_key("pattern") => "string",
            _ if schema.contains_key("minimum") || schema.contains_key("maximum") => "number",
            _ => return self.anything(),
        };
        match name {
            "object" => return self.object(schema, depth),
            "array" | "string" | "integer" | "number" => {}
            "boolean" => return Value::Bool(self.rng.bool()),
            _ => return Value::Null,
        }
        let beside = self.beside.take().unwrap_or_default();
        let said = |keyword: &str| beside.said(keyword).or_else(|| schema.get(keyword));
        let (first, rest) = (said("prefixItems"), said("items").or_else(|| said("unevaluatedItems")));
        let schema =
            if beside.keywords.is_empty() { Cow::Borrowed(schema) } else { Cow::Owned(beside.whole(schema)) };
        match name {
            "array" => self.array(&schema, (first, rest), depth),
            "string" => Value::String(self.string(&schema)),
            "integer" => self.integer(&schema),
            _ => self.number(&schema),
        }
    }

    fn object(&mut self, schema: &'a Map<String, Value>, depth: usize) -> Value {
        let beside = self.beside.take().unwrap_or_default();
        let mut required: Vec<&str> = names(schema.get("required")).collect();
        // Of some objects nearly all is left out, of some nearly nothing.
        let share = match self.meant.map(|meant| meant.filling) {
            _ if depth > self.depth => 0.0,
            Some(Filling::All) => 1.0,
            Some(Filling::Least) => 0.0,
            Some(Filling::Some) | None => self.rng.f64(),
        };
        let mut object = Map::new();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if self.is_hidden(property, 0) {
                continue;
            }
            let is_asked = required.contains(&name.as_str()) || beside.required.contains(&name.as_str());
            if is_asked || self.rng.f64() < share {
                self.beside = beside.of(self.document, name);
                object.insert(name.clone(), self.value(property, depth + 1));
            }
        }
        required.retain(|name| !beside.declared.iter().any(|(declared, _)| declared == name));
        for name in required {
            if !object.contains_key(name) {
                object.insert(name.to_owned(), self.anything());
            }
        }
        if self.meant.is_some() {
            self.fill(schema, &mut object, depth);
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => {}
            Some(_) if share == 0.0 && self.meant.is_some() => {}
            Some(additional) if depth <= self.depth => {
                for _ in 0..self.rng.usize(..4) {
                    let name = self.text(0, 6);
                    if !object.contains_key(&name) {
                        object.insert(name, self.value(additional, depth + 1));
                    }
                }
            }
            // Of an object of which nothing is said, anything may be a member; and what has no members can't
            // stand everywhere.
            None if self.meant.is_some()
                && is_free(schema)
                && beside.declared.is_empty()
                && self.rng.f64() < share =>
            {
                object.insert(format!("key{}", self.rng.u8(..)), self.text(1, 6).into());
            }
            _ if self.meant.is_none()
                && self.rng.u8(..16) == 0
                && !schema.contains_key("unevaluatedProperties") =>
            {
                object.insert(UNDECLARED.to_owned(), self.anything());
            }
            _ => {}
        }
        Value::Object(object)
    }

    /// Adds properties until there are as many as the schema asks for, if it has so many.
    fn fill(&mut self, schema: &'a Map<String, Value>, object: &mut Map<String, Value>, depth: usize) {
        let least = bound(schema, "minProperties").unwrap_or(0).min(64);
        let declared = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let mut others: Vec<(&String, &'a Value)> =
            declared.filter(|(name, _)| !object.contains_key(*name)).collect();
        while object.len() < least && !others.is_empty() {
            let (name, property) = others.swap_remove(self.rng.usize(..others.len()));
            if !self.is_hidden(property, 0) {
                object.insert(name.clone(), self.value(property, depth + 1));
            }
        }
        for number in object.len()..least {
            let value = match schema.get("additionalProperties") {
                Some(Value::Bool(false)) => break,
                Some(additional) => self.value(additional, depth + 1),
                None => self.anything(),
            };
            object.insert(format!("key{number}"), value);
        }
    }

    /// A list of what the schemas of its first items say, and the schema of the rest.
    fn array(
        &mut self,
        schema: &Map<String, Value>,
        (first, rest): (Option<&'a Value>, Option<&'a Value>),
        depth: usize,
    ) -> Value {
        let least = bound(schema, "minItems").unwrap_or(0).min(64);
        let most = bound(schema, "maxItems").unwrap_or(least + 3).min(least + 3).max(least);
        let length = match self.meant.map(|meant| meant.filling) {
            _ if depth > self.depth => least,
            Some(Filling::All) => self.rng.usize(least.max(1).min(most)..=most),
            Some(Filling::Least) => least,
            Some(Filling::Some) | None => self.rng.usize(least..=most),
        };
        let first = first.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
        let mut items: Vec<Value> = Vec::new();
        for index in 0..length {
            let item = match first.get(index).or(rest) {
                Some(Value::Bool(false)) => break,
                Some(schema) => self.value(schema, depth + 1),
                None => self.anything(),
            };
            if !is_unique || !items.contains(&item) {
                items.push(item);
            }
        }
        Value::Array(items)
    }

    fn string(&mut self, schema: &Map<String, Value>) -> String {
        if let Some(text) = self.meant.and_then(|_| self.of_pattern(schema)) {
            return text;
        }
        let rng = &mut self.rng;
        match schema.get("format").and_then(Value::as_str).unwrap_or_default() {
            "date-time" => {
                let fraction = match rng.u8(..4) {
                    0 => format!(".{}", rng.u32(..1_000_000_000)),
                    1 => format!(".{:03}", rng.u32(..1000)),
                    _ => String::new(),
                };
                let zone = match rng.u8(..4) {
                    0 => format!(
                        "{}{:02}:{:02}",
                        rng.choice(["+", "-"]).unwrap_or("+"),
                        rng.u8(..24),
                        rng.u8(..60)
                    ),
                    1 => "+00:00".to_owned(),
                    _ => "Z".to_owned(),
                };
                format!("{}T{}{fraction}{zone}", date(rng), time(rng))
            }
            "date" => date(rng),
            "time" => format!("{}Z", time(rng)),
            "duration" => format!("P{}DT{}H{}M", rng.u8(..40), rng.u8(..30), rng.u8(..70)),
            "uuid" => {
                let text = uuid::Uuid::from_u128(rng.u128(..)).to_string();
                if rng.u8(..4) == 0 { text.to_uppercase() } else { text }
            }
            "email" => format!("user{}@example{}.com", rng.u16(..), rng.u8(..)),
            "uri" | "url" | "uri-reference" | "iri" => {
                format!("https://example{}.com/a/{}?b=%20{}#c", rng.u8(..), rng.u16(..), rng.u8(..))
            }
            "hostname" => format!("host-{}.example.com", rng.u16(..)),
            "ipv4" => std::net::Ipv4Addr::from(rng.u32(..)).to_string(),
            "ipv6" => std::net::Ipv6Addr::from(rng.u128(..)).to_string(),
            "decimal" => {
                let sign = rng.choice(["", "-", "+"]).unwrap_or_default();
                let fraction = if rng.bool() { format!(".{:02}", rng.u8(..100)) } else { String::new() };
                format!("{sign}{}{fraction}", rng.u32(..))
            }
            // OpenAPI 3.0.3, 4.4.
            "byte" if self.meant.is_some() => STANDARD.encode(self.text(0, 12)),
            _ => {
                let least = bound(schema, "minLength").unwrap_or(0).min(4096);
                let most = bound(schema, "maxLength").unwrap_or(usize::MAX).min(4096);
                match self.rng.u8(..8) {
                    0 if most < 4096 => self.text(most, most),
                    1 => self.text(least, least),
                    _ => self.text(least, most.min(least + 12)),
                }
            }
        }
    }

    /// A text of the pattern that a schema has: made of it, or given as an example.
    fn of_pattern(&mut self, schema: &Map<String, Value>) -> Option<String> {
        let pattern = schema.get("pattern")?.as_str()?;
        let least = bound(schema, "minLength").unwrap_or(0);
        let most = bound(schema, "maxLength").unwrap_or(usize::MAX);
        let fits = |text: &String| (least..=most).contains(&text.chars().count());
        let is_byte = schema.get("format").is_some_and(|format| format == "byte");
        let made = (0..TEXTS).find_map(|_| {
            let text = pattern::text(pattern, &mut self.rng).filter(fits)?;
            (!is_byte || is_base64(&text)).then_some(text)
        });
        // Of what a pattern leaves open, few texts are base64; of those that are, many may match.
        let encoded = |made: &mut Self| {
            let validator = jsonschema::validator_for(&json!({ "pattern": pattern })).ok()?;
            let mut texts = (0..TEXTS).map(|length| STANDARD.encode(made.text(1, length)));
            texts.find(|text| fits(text) && validator.is_valid(&json!(text)))
        };
        let made = made.or_else(|| if is_byte { encoded(self) } else { None });
        made.or_else(|| self.rng.choice(given(schema)).and_then(Value::as_str).map(str::to_owned))
    }

    fn text(&mut self, least: usize, most: usize) -> String {
        let length = self.rng.usize(least..=most.max(least));
        let plain = self.rng.bool();
        let character = |_| match plain {
            true => self.rng.alphanumeric(),
            false => self.rng.choice(CHARACTERS).copied().unwrap_or('a'),
        };
        (0..length).map(character).collect()
    }

    fn integer(&mut self, schema: &Map<String, Value>) -> Value {
        let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_f64).map(|bound| bound as i64);
        let (smallest, largest) = match schema.get("format").and_then(Value::as_str) {
            Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
            // JSON Schema has no formats of numbers, but whoever says that a number has no sign means it.
            Some("uint32") if self.meant.is_some() => (0, i64::from(u32::MAX)),
            Some("uint64" | "uint" | "uint16" | "uint8") if self.meant.is_some() => (0, i64::MAX),
            _ => (i64::MIN, i64::MAX),
        };
        let least = limit("minimum")
            .or_else(|| Some(limit("exclusiveMinimum")?.saturating_add(1)))
            .unwrap_or(smallest);
        let most = limit("maximum")
            .or_else(|| Some(limit("exclusiveMaximum")?.saturating_sub(1)))
            .unwrap_or(largest);
        let (least, most) = (least, most.max(least));
        let step = schema.get("multipleOf").and_then(Value::as_i64).filter(|step| *step > 1).unwrap_or(1);
        let rng = &mut self.rng;
        let number = match rng.u8(..8) {
            0 => least,
            1 => most,
            2 => rng.i64(least..=most),
            _ => rng.i64(least.max(-1000).min(most)..=most.min(1000).max(least.max(-1000).min(most))),
        };
        let number = number / step * step;
        // JSON Schema counts it as an integer.
        if rng.u8(..16) == 0 && number.unsigned_abs() < 1 << 50 {
            json!(number as f64)
        } else {
            json!(number)
        }
    }

    fn number(&mut self, schema: &Map<String, Value>) -> Value {
        let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
        let least = limit("minimum").or(limit("exclusiveMinimum"));
        let most = limit("maximum").or(limit("exclusiveMaximum"));
        let low = least.unwrap_or_else(|| most.map_or(-1000.0, |most| most - 1000.0));
        let high = most.unwrap_or(low + 2000.0).max(low);
        let rng = &mut self.rng;
        let number = match (rng.u8(..8), schema.get("format").and_then(Value::as_str)) {
            (0, _) => low,
            (1, _) => high,
            (2, None) if least.is_none() && most.is_none() => {
                rng.choice([1e300, -1e300, 1e-300, 5e-324]).unwrap_or(0.0)
            }
            (3, _) => return whole((low + rng.f64() * (high - low)).round()),
            // No more digits than any reader keeps.
            _ => ((low + rng.f64() * (high - low)) * 100.0).round() / 100.0,
        };
        match limit("multipleOf") {
            Some(step) if step > 0.0 => whole((number / step).round() * step),
            _ => Value::from(Number::from_f64(number)),
        }
    }

    /// Some JSON.
    fn anything(&mut self) -> Value {
        match self.rng.u8(..9) {
            0 => Value::Null,
            1 => Value::Bool(self.rng.bool()),
            2 => json!(self.rng.i32(..)),
            3 => json!(f64::from(self.rng.i16(..)) / 4.0),
            4 => json!([]),
            5 => json!({}),
            6 => json!([self.text(0, 3), null, 1.5]),
            7 => json!({ UNDECLARED: [self.rng.i8(..), null] }),
            _ => Value::String(self.text(0, 8)),
        }
    }

    /// Changes one thing, anywhere in a value.
    fn mutate(&mut self, value: &mut Value) {
        let goes_on = self.rng.u8(..4) > 0;
        match value {
            Value::Object(members) if goes_on && !members.is_empty() => {
                let index = self.rng.usize(..members.len());
                match self.rng.u8(..6) {
                    0 => {
                        let key = members.keys().nth(index).cloned().unwrap_or_default();
                        members.shift_remove(&key);
                    }
                    1 => drop(members.insert(UNDECLARED.to_owned(), json!(1))),
                    _ => members.values_mut().nth(index).into_iter().for_each(|member| self.mutate(member)),
                }
            }
            Value::Array(items) if goes_on && !items.is_empty() => {
                let index = self.rng.usize(..items.len());
                match self.rng.u8(..6) {
                    0 => drop(items.remove(index)),
                    1 => items.push(items[index].clone()),
                    _ => self.mutate(&mut items[index]),
                }
            }
            Value::String(text) if goes_on => match self.rng.u8(..4) {
                0 => drop(text.pop()),
                1 => text.push(self.rng.choice(CHARACTERS).copied().unwrap_or('a')),
                2 => *text = text.to_uppercase(),
                _ => *text = text.repeat(2),
            },
            Value::Number(number) if goes_on => {
                *value = match (number.as_i64(), number.as_f64().unwrap_or_default(), self.rng.u8(..4)) {
                    (Some(whole), _, 0) => json!(whole.saturating_add(1)),
                    (Some(whole), _, 1) => json!(whole.saturating_sub(1)),
                    (Some(whole), _, 2) => json!(whole.saturating_neg()),
                    (None, float, 0) => json!(-float),
                    (_, float, _) => json!((float / 2.0).clamp(-1e9, 1e9) + 0.25),
                };
            }
            other => *other = self.anything(),
        }
    }
}

/// What a document gives as examples, or what holds where nothing is said.
fn given(schema: &Map<String, Value>) -> Vec<&Value> {
    let listed = schema.get("examples").and_then(Value::as_array).into_iter().flatten();
    listed.chain(schema.get("example")).chain(schema.get("default")).collect()
}

/// Whether a schema says something beside its references and variants.
fn says_something(schema: &Map<String, Value>) -> bool {
    ["type", "properties", "required", "additionalProperties", "items"]
        .iter()
        .any(|keyword| schema.contains_key(*keyword))
}

/// Whether a schema of objects says nothing of their members.
fn is_free(schema: &Map<String, Value>) -> bool {
    let said = ["properties", "patternProperties", "propertyNames", "unevaluatedProperties", "maxProperties"];
    !said.iter().any(|keyword| schema.contains_key(*keyword))
}

/// Whether a schema says anything of values: itself, or where it refers to.
fn says_anything(document: &Value, schema: &Value, depth: usize) -> bool {
    let Value::Object(members) = schema else { return *schema == Value::Bool(false) };
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|to| target(document, to));
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    says_something(members)
        || KEYWORDS.iter().chain(&["anyOf", "oneOf"]).any(|keyword| members.contains_key(*keyword))
        || (depth <= PARTS
            && target.into_iter().chain(parts).any(|part| says_anything(document, part, depth + 1)))
}

/// Objects are put together; of anything else, the latter says more.
fn together(left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::Object(mut both), Value::Object(right)) => {
            for (name, value) in right {
                let value = match both.get_mut(&name) {
                    Some(known) => together(known.take(), value),
                    None => value,
                };
                both.insert(name, value);
            }
            Value::Object(both)
        }
        (_, right) => right,
    }
}

/// What says of a value that is no object what it is.
const KEYWORDS: &[&str] = &[
    "prefixItems",
    "items",
    "unevaluatedItems",
    "minItems",
    "maxItems",
    "uniqueItems",
    "const",
    "enum",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];

/// What all parts of a schema say: those outside first, who know what they refer to.
#[derive(Clone, Default)]
struct Beside<'a> {
    /// Types that all of them allow.
    types: Vec<&'a str>,
    /// What they say of values that are no objects.
    keywords: Vec<(&'a str, &'a Value)>,
    required: Vec<&'a str>,
    declared: Vec<(&'a str, &'a Value)>,
}

impl<'a> Beside<'a> {
    fn add(&mut self, document: &'a Value, schema: &'a Value, depth: usize) {
        let Value::Object(members) = schema else { return };
        if depth > PARTS {
            return;
        }
        let types: Vec<&str> = schema["type"].as_str().into_iter().chain(names(schema.get("type"))).collect();
        if self.types.is_empty() {
            self.types = types;
        } else if !types.is_empty() {
            let both = self
                .types
                .iter()
                .filter_map(|left| types.iter().find_map(|right| narrower(left, right)))
                .collect::<Vec<_>>();
            // Where there is no type for all, there is no value either.
            self.types = if both.is_empty() { types } else { both };
        }
        let said = KEYWORDS.iter().filter_map(|keyword| members.get_key_value(*keyword));
        self.keywords.extend(said.map(|(keyword, value)| (keyword.as_str(), value)));
        self.required.extend(names(schema.get("required")));
        let declared = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        self.declared.extend(declared.map(|(name, property)| (name.as_str(), property)));
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|to| target(document, to));
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        target.into_iter().chain(parts).for_each(|part| self.add(document, part, depth + 1));
    }

    /// What the first part to say it says of values.
    fn said(&self, keyword: &str) -> Option<&'a Value> {
        self.keywords.iter().find(|(name, _)| *name == keyword).map(|(_, value)| *value)
    }

    /// What stands beside a property that several parts declare.
    fn of(&self, document: &'a Value, property: &str) -> Option<Beside<'a>> {
        let declared: Vec<&Value> =
            self.declared.iter().filter(|(name, _)| *name == property).map(|(_, schema)| *schema).collect();
        (declared.len() > 1).then(|| {
            let mut beside = Beside::default();
            declared.into_iter().for_each(|schema| beside.add(document, schema, 0));
            beside
        })
    }

    /// A schema with all that stands beside it: of bounds the narrowest, of all else what is said first.
    fn whole(&self, schema: &Map<String, Value>) -> Map<String, Value> {
        let mut whole = schema.clone();
        for (keyword, value) in self.keywords.iter().rev() {
            let known = whole.get(*keyword).and_then(Value::as_f64).zip(value.as_f64());
            let is_wider = known.is_some_and(|(known, other)| match keyword.to_ascii_lowercase() {
                name if name.contains("min") => other < known,
                name => name.contains("max") && other > known,
            });
            if !is_wider {
                whole.insert((*keyword).to_owned(), (*value).clone());
            }
        }
        whole
    }
}

/// The type of what is of both types.
fn narrower<'a>(left: &'a str, right: &'a str) -> Option<&'a str> {
    match (left, right) {
        (left, right) if left == right => Some(left),
        ("integer", "number") | ("number", "integer") => Some("integer"),
        _ => None,
    }
}

fn names(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn bound(schema: &Map<String, Value>, keyword: &str) -> Option<usize> {
    schema.get(keyword).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok())
}

/// A number as people write it: without a fraction where it has none.
fn whole(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        json!(value as i64)
    } else {
        Value::from(Number::from_f64(value))
    }
}

fn date(rng: &mut Rng) -> String {
    let year = if rng.u8(..8) == 0 { rng.u16(1..=9999) } else { rng.u16(1970..2100) };
    format!("{year:04}-{:02}-{:02}", rng.u8(1..=12), rng.u8(1..=29))
}

fn time(rng: &mut Rng) -> String {
    format!("{:02}:{:02}:{:02}", rng.u8(..24), rng.u8(..60), rng.u8(..60))
}

#[cfg(test)]
mod tests {
    use super::{Filling, Meant, Random};
    use serde_json::{Map, Value, json};

    fn document() -> Value {
        json!({ "a": {
            "type": "object",
            "required": ["id", "next"],
            "properties": {
                "id": { "type": "integer", "minimum": 3, "maximum": 9 },
                "at": { "type": "string", "format": "date-time" },
                "next": { "anyOf": [{ "$ref": "#/a" }, { "type": "null" }] },
                "list": { "type": "array", "minItems": 2, "uniqueItems": true, "items": { "enum": [1, 2, "é"] } },
                "code": { "type": "string", "pattern": "^[a-z]{3}-\\d$", "examples": ["abc-1"] },
                "map": { "additionalProperties": { "type": "number", "exclusiveMinimum": 0 } },
            },
        }})
    }

    #[test]
    fn a_seed_makes_the_same_values() {
        let document = document();
        let values = |seed| {
            let mut random = Random::new(&document, seed);
            (0..50).map(|_| random.of("/a")).collect::<Vec<_>>()
        };
        assert_eq!(values(1), values(1));
        assert_ne!(values(1), values(2));
    }

    #[test]
    fn what_is_meant_to_be_valid_is_as_full_as_it_is_asked_for() {
        let document = json!({ "a": {
            "type": "object",
            "required": ["code"],
            "properties": {
                "code": { "type": "string", "pattern": "^[a-z]{3}-\\d$" },
                "made": { "type": "string", "readOnly": true },
                "secret": { "type": "string", "writeOnly": true },
                "next": { "$ref": "#/a" },
                "free": { "oneOf": [{ "$ref": "#/c" }], "discriminator": { "propertyName": "t" } },
                "kind": { "oneOf": [{ "$ref": "#/b" }], "discriminator": { "propertyName": "t", "mapping": { "x": "#/b" } } },
            },
        }, "b": { "type": "object", "properties": { "t": { "type": "string" } } }, "c": {} });
        let mut random = Random::new(&document, 5);
        let mut of = |filling, without| random.meant(&document["a"], Meant { filling, without });
        let least = of(Filling::Least, "readOnly");
        assert_eq!(least.as_object().map(Map::len), Some(1), "{least}");
        assert!(least["code"].as_str().is_some_and(|text| text.len() == 5), "{least}");
        let all = of(Filling::All, "readOnly");
        let names = |value: &Value| {
            value.as_object().map(|members| members.keys().cloned().collect::<Vec<_>>().join(" "))
        };
        assert_eq!(names(&all).as_deref(), Some("code secret next free kind"), "{all}");
        assert_eq!([&all["free"]["t"], &all["kind"]["t"]], ["c", "x"]);
        assert!(of(Filling::All, "writeOnly").get("secret").is_none());
    }

    #[test]
    fn objects_of_which_nothing_is_said_have_members() {
        let document = json!({ "a": { "type": "object" } });
        let mut random = Random::new(&document, 5);
        let mut of = |filling| random.meant(&document["a"], Meant { filling, without: "readOnly" });
        assert_eq!(of(Filling::All).as_object().map(Map::len), Some(1));
        assert_eq!(of(Filling::Least), json!({}));
    }

    #[test]
    fn parts_that_stand_beside_each_other_make_one_value() {
        let document = json!({
            "text": { "type": "string", "maxLength": 30 },
            "base": {
                "type": "object",
                "required": ["kind", "id"],
                "properties": { "kind": { "type": "string" }, "id": { "type": "integer" }, "of": { "$ref": "#/outer" } },
            },
            "outer": { "type": "object", "required": ["a"], "properties": { "a": { "type": "boolean" } } },
            "nothing": { "description": "It says nothing." },
            "values": {
                "type": "object",
                "required": ["described", "narrow", "either", "number", "list", "refined"],
                "properties": {
                    "described": { "allOf": [{ "$ref": "#/text" }, { "description": "A name." }, { "$ref": "#/nothing" }] },
                    "narrow": { "allOf": [{ "$ref": "#/text" }, { "minLength": 3, "maxLength": 4 }] },
                    "either": {
                        "type": "object",
                        "properties": { "a": { "type": "string" }, "b": { "type": "string" } },
                        "anyOf": [{ "required": ["a"] }, { "required": ["b"] }],
                    },
                    "list": { "allOf": [{ "type": "array", "items": { "$ref": "#/text" } }, { "minItems": 2, "maxItems": 2 }] },
                    "number": { "allOf": [{ "type": "number", "minimum": 1 }, { "type": "integer" }, { "maximum": 3 }] },
                    "refined": {
                        "type": "object",
                        "required": ["of"],
                        "properties": {
                            "kind": { "enum": ["refined"] },
                            "of": { "type": "object", "properties": { "b": { "type": "integer" } }, "required": ["b"] },
                        },
                        "allOf": [{ "$ref": "#/base" }],
                    },
                },
            },
        });
        let text = document["values"].to_string().replace("#/", "#/$defs/");
        let mut whole: Value = serde_json::from_str(&text).expect("JSON");
        whole["$defs"] = serde_json::from_str(&document.to_string().replace("#/", "#/$defs/")).expect("JSON");
        let validator = jsonschema::validator_for(&whole).expect("a validator");
        let mut random = Random::new(&document, 3);
        for filling in [Filling::All, Filling::Least, Filling::Some].repeat(40) {
            let value = random.meant(&document["values"], Meant { filling, without: "readOnly" });
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?} in {value}");
        }
    }

    #[test]
    fn there_are_enough_of_both_kinds() {
        let document = document();
        let validator = jsonschema::validator_for(&json!({ "$ref": "#/$defs/a", "$defs": {
            "a": serde_json::from_str::<Value>(&document["a"].to_string().replace("#/a", "#/$defs/a")).expect("JSON"),
        }}));
        let validator = validator.expect("a validator");
        let mut random = Random::new(&document, 7);
        let valid = (0..1000).filter(|_| validator.is_valid(&random.of("/a"))).count();
        assert!((300..800).contains(&valid), "{valid}");
    }
}
