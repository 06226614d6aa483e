//! Values → what a schema names of them.
//!
//! Knows the places where JSON Schema names members, and which of them are for requests alone. Must not know
//! where a value comes from, nor whether it is right.

use crate::examples::followed;
use crate::hidden;
use serde_json::{Map, Value};
use spec_json_schema::pattern::Matcher;

/// The depth to which schemas within each other are looked into, beside the values.
const DEPTH: usize = 16;

/// Returns a value without members that none of its schemas names. Where they ask for others
/// (`additionalProperties`), or name none at all, all of them stay, but for those that are for requests
/// alone.
pub(crate) fn only(document: &Value, schemas: &[&Value], value: &Value) -> Value {
    let mut said = Said::default();
    for schema in schemas {
        said.add(document, schema, DEPTH);
    }
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter_map(|(name, member)| {
                let schemas = said.of(document, name)?;
                Some((name.clone(), only(document, &schemas, member)))
            });
            Value::Object(kept.collect::<Map<String, Value>>())
        }
        Value::Array(items) => {
            let item = |(index, item): (usize, &Value)| only(document, &said.of_item(index), item);
            items.iter().enumerate().map(item).collect()
        }
        other => other.clone(),
    }
}

/// What schemas that hold for one value say of its members and items.
#[derive(Default)]
struct Said<'a> {
    properties: Vec<(&'a str, &'a Value)>,
    patterns: Vec<(&'a str, &'a Value)>,
    /// The schemas of members that nobody names.
    others: Vec<&'a Value>,
    /// True if members that nobody names may be there.
    is_open: bool,
    /// Schemas of items by position, and of the rest of them.
    first: Vec<(usize, &'a Value)>,
    items: Vec<&'a Value>,
}

impl<'a> Said<'a> {
    fn add(&mut self, document: &'a Value, schema: &'a Value, depth: usize) {
        let schema = followed(document, schema);
        let Some(keywords) = schema.as_object().filter(|_| depth > 0) else { return };
        let members = |keyword: &str| keywords.get(keyword).and_then(Value::as_object).into_iter().flatten();
        let list = |keyword: &str| keywords.get(keyword).and_then(Value::as_array).into_iter().flatten();
        self.properties.extend(members("properties").map(|(name, own)| (name.as_str(), own)));
        self.patterns.extend(members("patternProperties").map(|(name, own)| (name.as_str(), own)));
        for keyword in ["additionalProperties", "unevaluatedProperties"] {
            let asked = keywords.get(keyword).filter(|own| **own != Value::Bool(false));
            self.is_open |= asked.is_some();
            self.others.extend(asked);
        }
        self.first.extend(list("prefixItems").enumerate());
        self.items.extend(keywords.get("items"));
        let parts = list("allOf").chain(["then", "else"].iter().filter_map(|own| keywords.get(*own)));
        for part in parts.chain(members("dependentSchemas").map(|(_, own)| own)) {
            self.add(document, part, depth - 1);
        }
        for variant in list("oneOf").chain(list("anyOf")) {
            let mut own = Said::default();
            own.add(document, variant, depth - 1);
            // An object of which nothing is said is any.
            own.is_open |= own.is_silent() && takes_objects(followed(document, variant));
            self.join(own);
        }
    }

    fn join(&mut self, other: Said<'a>) {
        self.properties.extend(other.properties);
        self.patterns.extend(other.patterns);
        self.others.extend(other.others);
        self.is_open |= other.is_open;
        self.first.extend(other.first);
        self.items.extend(other.items);
    }

    fn is_silent(&self) -> bool {
        self.properties.is_empty() && self.patterns.is_empty() && !self.is_open
    }

    /// Returns the schemas of a member; none where it has to go.
    fn of(&self, document: &Value, name: &str) -> Option<Vec<&'a Value>> {
        let named = self.properties.iter().filter(|(own, _)| *own == name).map(|(_, schema)| *schema);
        let matches = |pattern: &str| Matcher::new(pattern).is_none_or(|own| own.is_in(name));
        let matching = self.patterns.iter().filter(|(own, _)| matches(own)).map(|(_, schema)| *schema);
        let mut schemas: Vec<&Value> = named.chain(matching).collect();
        if schemas.iter().any(|schema| hidden::is_hidden(document, schema)) {
            return None;
        }
        if schemas.is_empty() {
            if !self.is_open && !self.is_silent() {
                return None;
            }
            schemas.clone_from(&self.others);
        }
        Some(schemas)
    }

    fn of_item(&self, index: usize) -> Vec<&'a Value> {
        let own: Vec<&Value> =
            self.first.iter().filter(|(own, _)| *own == index).map(|(_, schema)| *schema).collect();
        if own.is_empty() { self.items.clone() } else { own }
    }
}

fn takes_objects(schema: &Value) -> bool {
    match schema.get("type") {
        None => ["enum", "const"].iter().all(|keyword| schema.get(*keyword).is_none()),
        Some(Value::Array(names)) => names.iter().any(|name| name == "object"),
        Some(name) => name == "object",
    }
}

#[cfg(test)]
mod tests {
    use super::only;
    use serde_json::{Value, json};

    fn shown(schema: &Value, value: &Value) -> Value {
        let document = json!({"user": {"properties": {
            "name": {"type": "string"}, "key": {"writeOnly": true}, "boss": {"$ref": "#/user"}
        }}});
        only(&document, &[schema], value)
    }

    #[test]
    fn what_nobody_names_goes() {
        let sent = json!({"name": "a", "password": "p", "key": "k", "boss": {"name": "b", "password": "q"}});
        let user = json!({"$ref": "#/user"});
        let named = json!({"name": "a", "boss": {"name": "b"}});
        assert_eq!(shown(&user, &sent), named);
        for keyword in ["anyOf", "oneOf", "allOf"] {
            assert_eq!(shown(&json!({keyword: [user, {"type": "null"}]}), &sent), named, "{keyword}");
        }
        let list = json!({"type": "array", "items": user});
        assert_eq!(shown(&list, &json!([sent, 1])), json!([named, 1]));
    }

    #[test]
    fn what_is_asked_for_stays() {
        let sent = json!({"name": "a", "x-a": {"b": 1}, "c": 2});
        for (schema, kept) in [
            (json!({"type": "object"}), vec!["name", "x-a", "c"]),
            (json!({"properties": {"c": true}, "additionalProperties": true}), vec!["name", "x-a", "c"]),
            (json!({"properties": {"c": true}, "additionalProperties": false}), vec!["c"]),
            (json!({"properties": {"c": true}, "patternProperties": {"^x-": true}}), vec!["x-a", "c"]),
            (json!({"anyOf": [{"properties": {"c": true}}, {"type": "object"}]}), vec!["name", "x-a", "c"]),
            (json!({"additionalProperties": {"properties": {}}}), vec!["name", "x-a", "c"]),
        ] {
            let shown = shown(&schema, &sent);
            let names: Vec<&String> = shown.as_object().expect("an object").keys().collect();
            assert_eq!(names, kept, "{schema}");
        }
    }
}
