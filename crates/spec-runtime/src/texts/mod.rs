//! Texts → JSON, as a schema asks: parameters, headers and fields of forms are all texts at first.
//!
//! A schema may be meant in several ways (`anyOf`, `oneOf`, a list of types): a value is read in the first
//! that it fits. Knows of JSON Schema what tells such ways apart: types, listed values, and what lists and
//! objects hold. Must not know where a text comes from, nor whether the value is valid: what fits no way is
//! left as it is, to be refused as that.

mod way;

use serde_json::{Map, Value};
use spec_http::style::{Shape, Style, from_text, numbered};
use std::borrow::Cow;
#[cfg(feature = "server")]
use std::collections::HashMap;
#[cfg(feature = "server")]
pub(crate) use way::digits;
use way::{KINDS, Kind, Way, types};

/// The largest number of ways to mean a schema that are looked at.
const WAYS: usize = 64;

/// The depth to which a schema is taken apart at one place.
const DEPTH: usize = 16;

/// The meaning of a text where a list is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lone {
    /// The only item: a name that comes once may come again. Clients never ask for one.
    #[cfg_attr(not(feature = "server"), expect(dead_code))]
    Item,
    /// The list as JSON.
    Json,
}

/// A field of a form.
#[cfg(feature = "server")]
#[derive(Clone, Debug)]
pub(crate) enum Field {
    /// A text, whatever it stands for.
    Text(String),
    /// A value whose syntax has types of its own.
    Typed(Value),
    /// Such a value of one of the parts of a form: a list may be an item.
    Part(Value),
}

/// A value, and whether it is one of the way that it was read in.
type Read = (Value, bool);

/// Takes a text as it is.
pub(crate) fn as_it_is(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// The ways to mean a schema, found out once for all texts that are read by it.
#[cfg(feature = "server")]
#[derive(Debug)]
pub(crate) struct Ways<'a> {
    schema: &'a Value,
    ways: Vec<Way<'a>>,
}

#[cfg(feature = "server")]
impl<'a> Ways<'a> {
    /// Finds out the ways to mean each property of an object.
    pub(crate) fn of_properties(root: &'a Value) -> HashMap<&'a str, Ways<'a>> {
        let properties = root.get("properties").and_then(Value::as_object).into_iter().flatten();
        properties
            .map(|(name, schema)| {
                (name.as_str(), Ways { schema, ways: Schema::new(root, schema).all_ways() })
            })
            .collect()
    }
}

/// A schema within the schema of one model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema<'a> {
    root: &'a Value,
    schema: &'a Value,
    /// The ways to mean it, where they are known.
    ways: Option<&'a [Way<'a>]>,
}

impl<'a> Schema<'a> {
    pub(crate) fn new(root: &'a Value, schema: &'a Value) -> Self {
        Schema { root, schema, ways: None }
    }

    /// Returns a schema the ways of which are known; of none, the schema that takes anything.
    #[cfg(feature = "server")]
    pub(crate) fn known(root: &'a Value, ways: Option<&'a Ways<'a>>) -> Self {
        match ways {
            Some(Ways { schema, ways }) => Schema { root, schema, ways: Some(ways) },
            None => Schema::new(root, root).at(None),
        }
    }

    fn at(self, schema: Option<&'a Value>) -> Self {
        static ANY: Value = Value::Bool(true);
        Schema::new(self.root, schema.unwrap_or(&ANY))
    }

    /// Returns the schemas that hold together, for each choice among alternatives.
    fn choices(self) -> Vec<Vec<&'a Value>> {
        self.choices_below(&mut Vec::new())
    }

    fn choices_below(self, above: &mut Vec<&'a Value>) -> Vec<Vec<&'a Value>> {
        let mut all = vec![vec![self.schema]];
        if above.len() > DEPTH || above.iter().any(|known| std::ptr::eq(*known, self.schema)) {
            return all;
        }
        above.push(self.schema);
        let mut add = |more: Vec<Vec<&'a Value>>| {
            let both =
                all.iter().flat_map(|own| more.iter().map(|more| [own.as_slice(), more.as_slice()].concat()));
            all = both.take(WAYS).collect();
        };
        let mut below = |schema| Schema::new(self.root, schema).choices_below(above);
        let target = self
            .schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|text| self.root.pointer(text.strip_prefix('#')?));
        if let Some(target) = target {
            add(below(target));
        }
        let list = |keyword: &str| {
            self.schema.get(keyword).and_then(Value::as_array).filter(|list| !list.is_empty())
        };
        for part in list("allOf").into_iter().flatten() {
            add(below(part));
        }
        for alternatives in ["anyOf", "oneOf"].into_iter().filter_map(list) {
            add(alternatives.iter().flat_map(&mut below).take(WAYS).collect());
        }
        above.pop();
        all
    }

    /// Returns the ways to mean the schema, those that say most of a text first.
    fn ways(self) -> Cow<'a, [Way<'a>]> {
        self.ways.map_or_else(|| Cow::Owned(self.all_ways()), Cow::Borrowed)
    }

    fn all_ways(self) -> Vec<Way<'a>> {
        let mut ways: Vec<Way<'a>> = Vec::new();
        for parts in self.choices() {
            let said = parts.iter().any(|part| types(part).is_some());
            let is_allowed = |kind: Kind, name: &str| {
                let allows = |types: Vec<&str>| {
                    types.iter().any(|own| *own == name || (*own == "number" && kind == Kind::Integer))
                };
                // A number may be an integer: one way is enough.
                let is_twice = kind == Kind::Integer
                    && !parts.iter().any(|part| types(part).is_some_and(|own| own.contains(&name)));
                !is_twice && parts.iter().all(|part| types(part).is_none_or(allows))
            };
            let says = |keywords: &[&str]| {
                parts.iter().any(|part| keywords.iter().any(|keyword| part.get(keyword).is_some()))
            };
            for (kind, name) in KINDS {
                let is_meant = match kind {
                    _ if said => is_allowed(kind, name),
                    Kind::Array => says(&["items", "prefixItems"]),
                    Kind::Object => says(&["properties", "patternProperties", "additionalProperties"]),
                    _ => false,
                };
                if is_meant {
                    ways.push(Way { kind, parts: parts.clone() });
                }
            }
            if !said {
                ways.push(Way { kind: Kind::Any, parts });
            }
        }
        ways.sort_by_key(|way| {
            KINDS.iter().position(|(kind, _)| *kind == way.kind).unwrap_or(KINDS.len() - 2)
        });
        ways
    }

    /// Reads a value in the first way that it fits, and else in the first.
    fn first(self, read: impl Fn(&Way<'a>) -> Option<Read>) -> Option<Read> {
        let mut first = None;
        for way in self.ways().iter() {
            match read(way) {
                Some((value, true)) => return Some((value, true)),
                Some(other) => drop(first.get_or_insert(other)),
                None => {}
            }
        }
        first
    }

    fn read(self, raw: &Value, lone: Lone) -> Read {
        self.first(|way| Some(self.mean(way, raw, lone))).unwrap_or_else(|| (raw.clone(), false))
    }

    /// Reads the text of a path segment or a header.
    pub(crate) fn of_text(
        self,
        name: &str,
        text: &str,
        style: Style,
        explode: bool,
        decode: impl Fn(&str) -> Cow<'_, str>,
    ) -> Option<Value> {
        let read = |way: &Way<'a>| {
            let shape = way.kind.shape();
            if style == Style::Simple && shape == Shape::Scalar && way.kind != Kind::Any {
                return Some(way.scalar(&decode(text)));
            }
            let raw = from_text(name, text, style, explode, shape, |text| decode(text).into_owned())?;
            Some(self.mean(way, &raw, Lone::Json))
        };
        self.first(read).map(|(value, _)| value)
    }

    /// Reads a text in which a comma that separates items would show; none shows, so it is one text, where
    /// the schema takes one.
    #[cfg(feature = "server")]
    pub(crate) fn of_one(self, text: &str) -> Option<Value> {
        let read = |way: &Way<'a>| {
            (way.kind.shape() == Shape::Scalar && way.kind != Kind::Any)
                .then(|| self.mean(way, &text.into(), Lone::Item))
        };
        self.first(read).filter(|(_, fits)| *fits).map(|(value, _)| value)
    }

    /// Turns texts by position or name into what the schema asks for.
    fn mean(self, way: &Way<'a>, raw: &Value, lone: Lone) -> Read {
        match (way.kind, raw) {
            (Kind::Any, raw) => (raw.clone(), true),
            (Kind::Array, Value::Array(items)) => self.items(way, items),
            (Kind::Array, Value::Object(members)) => match numbered(members) {
                Some(Value::Array(items)) => self.items(way, &items),
                _ => (raw.clone(), false),
            },
            (Kind::Array, Value::String(text)) => {
                let json = || match serde_json::from_str(text) {
                    Ok(list @ Value::Array(_)) => (list, true),
                    _ => (raw.clone(), false),
                };
                match lone {
                    Lone::Item => Some(self.items(way, std::slice::from_ref(raw)))
                        .filter(|alone| alone.1)
                        .unwrap_or_else(json),
                    Lone::Json => json(),
                }
            }
            (Kind::Object, Value::Object(members)) => {
                let mut fits = way.required().all(|name| members.contains_key(name));
                let mut object = Map::new();
                for (name, member) in members {
                    let (value, is_member) = way.property(self, name).read(member, lone);
                    fits &= is_member && (way.is_open() || way.names(name));
                    object.insert(name.clone(), value);
                }
                (object.into(), fits)
            }
            (Kind::Object, Value::String(text)) => match serde_json::from_str(text) {
                Ok(object @ Value::Object(_)) => (object, true),
                _ => (raw.clone(), false),
            },
            (_, Value::String(text)) => way.scalar(text),
            (_, raw) => (raw.clone(), false),
        }
    }

    fn items(self, way: &Way<'a>, items: &[Value]) -> Read {
        let read: Vec<Read> = items
            .iter()
            .enumerate()
            .map(|(index, item)| way.item(self, index).read(item, Lone::Json))
            .collect();
        let fits = read.iter().all(|(_, fits)| *fits);
        (read.into_iter().map(|(value, _)| value).collect(), fits)
    }
}

#[cfg(feature = "server")]
impl<'a> Schema<'a> {
    /// Reads what pairs say of one parameter. `is_free` says of a name whether nothing else owns it, so that
    /// it may be one of an object that takes names of all sorts.
    pub(crate) fn of_pairs(
        self,
        name: &str,
        pairs: &[(String, String)],
        style: Style,
        explode: bool,
        is_free: impl Fn(&str) -> bool,
    ) -> Option<Value> {
        let is_spread = explode && style != Style::DeepObject;
        let ways = self.ways();
        let is_only_object = ways.iter().all(|way| matches!(way.kind, Kind::Object | Kind::Null));
        let is_named = !is_only_object && pairs.iter().any(|(key, _)| key == name);
        let lone = if explode || style == Style::DeepObject { Lone::Item } else { Lone::Json };
        let read = |way: &Way<'a>| {
            // Whose name is there is no object, the names of whose members are there.
            if is_named && is_spread && way.kind == Kind::Object {
                return None;
            }
            // What some names must be there for can't consist of others alone.
            let is_begun = way.required().next().is_none() || pairs.iter().any(|(key, _)| way.names(key));
            let is_member = |key: &str| {
                way.names(key)
                    || (is_begun && way.is_open() && is_free(key) && (is_only_object || key != name))
            };
            let raw = spec_http::style::from_pairs(name, pairs, style, explode, way.kind.shape(), is_member)?;
            Some(self.mean(way, &raw, lone))
        };
        self.first(read).map(|(value, _)| value)
    }

    /// Returns the value of a parameter that came without one: an empty text, or true; none where neither is
    /// meant.
    pub(crate) fn of_nothing(self) -> Option<Value> {
        let read = |way: &Way<'a>| match way.kind {
            Kind::Boolean => Some((true.into(), true)),
            Kind::Array => Some(self.items(way, &[Value::from("")])).filter(|(_, fits)| *fits),
            Kind::String | Kind::Any => {
                Some(self.mean(way, &Value::from(""), Lone::Item)).filter(|(_, fits)| *fits)
            }
            _ => None,
        };
        self.first(read).map(|(value, _)| value)
    }

    /// Returns true if the value is a single one, and no list or object, whichever way it is meant.
    pub(crate) fn is_one(self) -> bool {
        !self.ways().iter().any(|way| matches!(way.kind, Kind::Array | Kind::Object | Kind::Any))
    }

    /// Returns true if the value may be an integer, of which the schema says so.
    pub(crate) fn is_integer(self) -> bool {
        self.ways().iter().any(|way| way.kind == Kind::Integer)
    }

    /// Returns true if the schema names a property, in whichever way it is meant.
    pub(crate) fn names(self, name: &str) -> bool {
        self.ways().iter().any(|way| way.names(name))
    }

    /// Reads all fields of a form, by name.
    pub(crate) fn form(self, fields: &[(String, Vec<Field>)]) -> Value {
        let read = |way: &Way<'a>| {
            let mut fits = way.kind == Kind::Object
                && way.required().all(|name| fields.iter().any(|(own, _)| own == name));
            let mut object = Map::new();
            for (name, given) in fields {
                let (value, is_member) = way.property(self, name).field(given);
                fits &= is_member && (way.is_open() || way.names(name));
                object.insert(name.clone(), value);
            }
            Some((object.into(), fits))
        };
        self.first(read).map_or(Value::Null, |(value, _)| value)
    }

    /// Reads what a form says under one name.
    fn field(self, given: &[Field]) -> Read {
        let one = |schema: Schema<'a>, field: &Field, lone| match field {
            Field::Text(text) => schema.read(&Value::from(text.as_str()), lone),
            Field::Typed(value) | Field::Part(value) => {
                (value.clone(), schema.ways().iter().any(|way| way.kind.holds(value)))
            }
        };
        let several = |way: Option<&Way<'a>>| {
            let item = |(index, field)| {
                let schema = way.map_or(self, |way| way.item(self, index));
                one(schema, field, Lone::Json)
            };
            let read: Vec<Read> = given.iter().enumerate().map(item).collect();
            let fits = way.is_some() && read.iter().all(|(_, fits)| *fits);
            (read.into_iter().map(|(value, _)| value).collect::<Value>(), fits)
        };
        let read = |way: &Way<'a>| match (way.kind, given) {
            (Kind::Array, [Field::Typed(list @ Value::Array(_))]) => Some((list.clone(), true)),
            (Kind::Array, [Field::Part(list @ Value::Array(items))]) if !way.is_item(self, items) => {
                Some((list.clone(), true))
            }
            (Kind::Array, given) => {
                let items = several(Some(way));
                let json = || match given {
                    [Field::Text(text)] => {
                        serde_json::from_str(text).ok().filter(Value::is_array).map(|list| (list, true))
                    }
                    _ => None,
                };
                Some(if items.1 { items } else { json().unwrap_or(items) })
            }
            (kind, [Field::Typed(value) | Field::Part(value)]) => Some((value.clone(), kind.holds(value))),
            (_, [Field::Text(text)]) => Some(self.mean(way, &Value::from(text.as_str()), Lone::Item)),
            _ => None,
        };
        self.first(read).unwrap_or_else(|| several(None))
    }

    /// Returns the schema of a property, wherever it stands.
    pub(crate) fn property(self, name: &str) -> Schema<'a> {
        let choices = self.choices();
        let parts = || choices.iter().flatten();
        let named = parts().find_map(|part| part.get("properties")?.get(name));
        self.at(named.or_else(|| {
            parts().find_map(|part| part.get("additionalProperties").filter(|own| own.is_object()))
        }))
    }

    /// Finds the first schema that a test is true of: of this one, what it is made of, and the items of its
    /// lists.
    pub(crate) fn find(self, test: impl Fn(&Value) -> bool + Copy) -> Option<&'a Value> {
        fn within<'a>(
            schema: Schema<'a>,
            test: impl Fn(&Value) -> bool + Copy,
            depth: usize,
        ) -> Option<&'a Value> {
            let parts: Vec<&'a Value> = schema.choices().into_iter().flatten().collect();
            let items = || parts.iter().filter_map(|part| part.get("items")).filter(|_| depth > 0);
            let own = parts.iter().copied().find(|part| test(part));
            own.or_else(|| items().find_map(|items| within(schema.at(Some(items)), test, depth - 1)))
        }
        within(self, test, 4)
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;
    use serde_json::json;

    fn texts(texts: &[&str]) -> Vec<Field> {
        texts.iter().map(|text| Field::Text((*text).to_owned())).collect()
    }

    #[test]
    fn texts_become_what_the_schema_says() {
        let root = json!({"n": {"type": ["integer", "null"]}});
        for (schema, text, value) in [
            (json!({"type": "integer"}), "7", json!(7)),
            (json!({"type": "integer"}), "+7", json!("+7")),
            (json!({"type": "integer"}), " 7", json!(" 7")),
            (json!({"type": "integer"}), "7.5", json!(7.5)),
            (json!({"type": "integer"}), "null", json!("null")),
            (json!({"type": "string"}), "7", json!("7")),
            (json!({"type": ["string", "integer"]}), "7", json!(7)),
            (json!({"type": "boolean"}), "true", json!(true)),
            (json!({"type": "boolean"}), "True", json!("True")),
            (json!({"enum": [1, 2]}), "2", json!(2)),
            (json!({"enum": ["1", "2"]}), "2", json!("2")),
            (json!({"$ref": "#/n"}), "7", json!(7)),
            (json!({"anyOf": [{"$ref": "#/n"}, {"type": "boolean"}]}), "false", json!(false)),
            (json!({"oneOf": [{"type": "object"}, {"type": "string"}]}), "{}", json!({})),
            (json!({"oneOf": [{"type": "object"}, {"type": "string"}]}), "{", json!("{")),
            (json!({"allOf": [{"$ref": "#/n"}, {"type": "integer"}]}), "7", json!(7)),
            (json!(true), "7", json!("7")),
        ] {
            let read = Schema::new(&root, &schema).field(&texts(&[text])).0;
            assert_eq!(read, value, "{text} for {schema}");
        }
    }

    #[test]
    fn fields_become_lists() {
        let (root, object) = (json!({}), json!({"type": "object", "required": ["x"]}));
        let list = |items: &Value| json!({"type": "array", "items": items});
        let strings = list(&json!({"type": "string"}));
        for (schema, given, value) in [
            (&strings, vec!["a"], json!(["a"])),
            (&strings, vec![r#"["x"]"#], json!([r#"["x"]"#])),
            (&strings, vec!["a", "b"], json!(["a", "b"])),
            (&list(&json!({"type": "integer"})), vec!["1", "2"], json!([1, 2])),
            (&list(&json!({"type": "integer"})), vec!["[1,2]"], json!([1, 2])),
            (&list(&object), vec![r#"{"x":1}"#], json!([{"x": 1}])),
            (&list(&strings), vec![r#"["a"]"#, "[]"], json!([["a"], []])),
            (&json!({"anyOf": [object, {"type": "null"}]}), vec![r#"{"x":1}"#], json!({"x": 1})),
            (&json!({"type": "string"}), vec!["a", "b"], json!(["a", "b"])),
        ] {
            let read = Schema::new(&root, schema).field(&texts(&given)).0;
            assert_eq!(read, value, "{given:?} for {schema}");
        }
        let lists = list(&strings);
        for (given, value) in
            [(json!(["a"]), json!([["a"]])), (json!([]), json!([[]])), (json!([["a"]]), json!([["a"]]))]
        {
            assert_eq!(Schema::new(&root, &lists).field(&[Field::Part(given)]).0, value);
        }
        let typed = Schema::new(&root, &strings).field(&[Field::Typed(json!("a"))]).0;
        assert_eq!(typed, json!(["a"]));
    }

    #[test]
    fn forms_are_what_they_fit() {
        let root = json!({});
        let of = |kind: &str, ty: &str| {
            let properties = json!({"kind": {"const": kind}, "v": {"type": ty}});
            json!({"type": "object", "required": ["kind"], "properties": properties})
        };
        let schema = json!({"oneOf": [of("a", "string"), of("b", "integer")]});
        let form = |kind: &str| {
            let fields = [("kind".to_owned(), texts(&[kind])), ("v".to_owned(), texts(&["1"]))];
            Schema::new(&root, &schema).form(&fields)
        };
        assert_eq!(form("a"), json!({"kind": "a", "v": "1"}));
        assert_eq!(form("b"), json!({"kind": "b", "v": 1}));
    }

    #[test]
    fn pairs_become_objects() {
        let root = json!({});
        let ids = json!({"type": "array", "items": {"type": "integer"}});
        let closed = json!({"type": "object", "properties": {"ids": ids}, "additionalProperties": false});
        let open = json!({"type": "object", "additionalProperties": {"type": "integer"}});
        let point = json!({"type": "object", "required": ["x"], "properties": {"x": {"type": "integer"}}});
        let unset = json!({"anyOf": [
            {"type": "object", "additionalProperties": {"type": "string"}}, {"enum": [""]},
        ]});
        for (schema, style, given, value) in [
            (&closed, Style::DeepObject, vec![("f[ids]", "1")], Some(json!({"ids": [1]}))),
            (
                &closed,
                Style::DeepObject,
                vec![("f[ids][0]", "1"), ("f[ids][1]", "2")],
                Some(json!({"ids": [1, 2]})),
            ),
            (&closed, Style::Form, vec![("ids", "1"), ("other", "2")], Some(json!({"ids": [1]}))),
            (&open, Style::Form, vec![("added", "1"), ("other", "2")], Some(json!({"added": 1}))),
            (&unset, Style::DeepObject, vec![("f", "")], Some(json!(""))),
            (&unset, Style::DeepObject, vec![("f[a]", "1")], Some(json!({"a": "1"}))),
            (&unset, Style::Form, vec![("f", ""), ("x", "1")], Some(json!(""))),
            (&closed, Style::Form, vec![("other", "2")], None),
            (&point, Style::Form, vec![("y", "2")], None),
            (&point, Style::Form, vec![("x", "1"), ("y", "2")], Some(json!({"x": 1, "y": "2"}))),
        ] {
            let pairs: Vec<_> =
                given.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
            let read = Schema::new(&root, schema).of_pairs("f", &pairs, style, true, |name| name != "other");
            assert_eq!(read, value, "{given:?} for {schema}");
        }
    }

    #[test]
    fn circles_end() {
        let root = json!({"a": {"anyOf": [{"$ref": "#/a"}, {"type": "array", "items": {"$ref": "#/a"}}]}});
        let read = |text| Schema::new(&root, &root["a"]).field(&texts(&[text])).0;
        assert_eq!(read("x"), json!(["x"]));
        assert_eq!(read("[[]]"), json!([[[]]]));
    }
}
