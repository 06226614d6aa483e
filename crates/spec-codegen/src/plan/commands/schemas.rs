//! Schemas of the Api → schemas that stand alone, with what they refer to beside them.
//!
//! Knows where JSON Schema 2020-12 has schemas in schemas, and which keywords nobody needs who only makes
//! values, or reads them. Must not know what a schema is for.

use serde_json::{Map, Value, json};
use spec_api::{Api, SchemaId};
use spec_contract::{Side, sides};
use spec_document::Pointer;
use spec_json_schema::keywords::{has_names, is_data};
use std::borrow::Cow;
use std::collections::HashMap;

/// The longest example that is kept, in bytes of its JSON.
const LONGEST_EXAMPLE: usize = 80;

/// Writes schemas out, and keeps those that they refer to, each once.
pub(super) struct Schemas<'a> {
    api: &'a Api,
    request: Cow<'a, Value>,
    response: Cow<'a, Value>,
    /// True if requests and responses have the same schemas.
    is_shared: bool,
    /// The names of those that are referred to, by side and place.
    names: HashMap<(Side, Pointer), String>,
    /// The same, in the order in which they were found.
    found: Vec<(Side, Pointer, String)>,
}

impl<'a> Schemas<'a> {
    /// Takes the schemas of an Api, which nothing refers to yet.
    pub(super) fn new(api: &'a Api) -> Schemas<'a> {
        let of = |side| sides::of(api, side);
        let (request, response) = (of(Side::Request), of(Side::Response));
        let is_shared = request.is_none() && response.is_none();
        let shared = |own: Option<Value>| own.map_or_else(|| sides::shared(api), Cow::Owned);
        let (request, response) = (shared(request), shared(response));
        Schemas { api, request, response, is_shared, names: HashMap::new(), found: Vec::new() }
    }

    /// Returns a schema for one side: a reference where it has a name.
    pub(super) fn of(&mut self, id: SchemaId, side: Side) -> Value {
        let schema = self.api.schema(id);
        let Some(pointer) = schema.pointer().and_then(Pointer::parse) else { return Value::Bool(true) };
        if schema.component.is_some() {
            return json!({"$ref": self.reference(pointer, side)});
        }
        self.at(&pointer, side)
    }

    /// Returns a schema for one side, itself and not a reference.
    pub(super) fn written_out(&mut self, id: SchemaId, side: Side) -> Value {
        let meant = self.api.schema(self.api.resolve(id));
        match meant.pointer().and_then(Pointer::parse) {
            Some(pointer) => self.at(&pointer, side),
            None => Value::Bool(true),
        }
    }

    /// Returns the schemas that were referred to, and those that they refer to, each under its name.
    pub(super) fn finish(mut self) -> Vec<(String, Value)> {
        let mut definitions = Vec::new();
        while let Some((side, pointer, name)) = self.found.get(definitions.len()).cloned() {
            let schema = self.at(&pointer, side);
            definitions.push((name, schema));
        }
        definitions
    }

    /// Returns the schema at a place.
    fn at(&mut self, pointer: &Pointer, side: Side) -> Value {
        let document = if side == Side::Request { &self.request } else { &self.response };
        match document.pointer(pointer.as_str()).cloned() {
            Some(schema) => self.schema(schema, side),
            None => Value::Bool(true),
        }
    }

    /// Returns what a reference to the schema at a place says.
    fn reference(&mut self, pointer: Pointer, side: Side) -> String {
        let side = if self.is_shared { Side::Request } else { side };
        let key = (side, pointer);
        if let Some(name) = self.names.get(&key) {
            return format!("#/$defs/{name}");
        }
        let plain =
            |sign: char| if sign.is_ascii_alphanumeric() || "-._".contains(sign) { sign } else { '_' };
        let stem: String = key.1.last().unwrap_or_default().chars().map(plain).collect();
        let is_taken = |name: &String| self.found.iter().any(|(.., known)| known == name);
        let numbered = (2_usize..).map(|number| format!("{stem}{number}"));
        let name =
            std::iter::once(stem.clone()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default();
        self.found.push((side, key.1.clone(), name.clone()));
        self.names.insert(key, name.clone());
        format!("#/$defs/{name}")
    }

    /// Writes a schema, or a list of them.
    fn schema(&mut self, schema: Value, side: Side) -> Value {
        match schema {
            Value::Object(keywords) => {
                let mut kept = Map::new();
                for (keyword, value) in keywords {
                    if let Some((keyword, value)) = self.keyword(keyword, value, side) {
                        kept.insert(keyword, value);
                    }
                }
                kept.into()
            }
            Value::Array(schemas) => schemas.into_iter().map(|schema| self.schema(schema, side)).collect(),
            other => other,
        }
    }

    /// Writes a keyword; none that is of no use.
    fn keyword(&mut self, keyword: String, value: Value, side: Side) -> Option<(String, Value)> {
        const USELESS: [&str; 11] = [
            "$anchor",
            "$comment",
            "$defs",
            "$dynamicAnchor",
            "$id",
            "$schema",
            "definitions",
            "discriminator",
            "externalDocs",
            "title",
            "xml",
        ];
        let example = |value: &Value| value.to_string().len() <= LONGEST_EXAMPLE;
        let value = match (keyword.as_str(), value) {
            (useless, _) if USELESS.contains(&useless) || useless.starts_with("x-") => return None,
            ("$ref", Value::String(text)) => match Pointer::from_fragment(&text) {
                Some(pointer) => self.reference(pointer, side).into(),
                None => text.into(),
            },
            ("example", value) => return example(&value).then(|| ("examples".to_owned(), json!([value]))),
            ("examples", Value::Array(all)) => json!([all.into_iter().find(example)?]),
            (data, value) if is_data(data) || data == "dependentRequired" => value,
            (names, Value::Object(members)) if has_names(names) => {
                let is_hidden = |schema: &Value| {
                    names == "properties"
                        && side == Side::Request
                        && schema.get("readOnly").and_then(Value::as_bool) == Some(true)
                };
                let kept = members.into_iter().filter(|(_, schema)| !is_hidden(schema));
                kept.map(|(name, schema)| (name, self.schema(schema, side))).collect::<Map<_, _>>().into()
            }
            (_, value) => self.schema(value, side),
        };
        Some((keyword, value))
    }
}
