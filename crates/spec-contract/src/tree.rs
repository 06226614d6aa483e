//! JSON text → a tree that borrows from it, for the one question whether a value is valid.
//!
//! Most bodies are. To know that, no text has to be copied and no name to be hashed, which is most of the
//! work of reading a body as a [`serde_json::Value`]. Whoever wants to know what is wrong reads it as one.
//!
//! Knows where such a tree would not say the same as a value. Must not know schemas.

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, Node, NodeIdentity, Object, cmp};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::borrow::Cow;
use std::fmt;

/// The largest number of members of an object in a tree, in which each is looked for one after the other.
const MOST: usize = 64;

/// The smallest number that may have been rounded when it was read.
const LARGE: f64 = 9.2e18;

/// A JSON value.
#[derive(Debug, Default)]
pub(crate) enum Tree<'t> {
    #[default]
    Null,
    Boolean(bool),
    Number(Number),
    Text(Cow<'t, str>),
    List(Vec<Tree<'t>>),
    /// Each name stands there once.
    Object(Vec<(Cow<'t, str>, Tree<'t>)>),
}

/// Reads JSON. None where it is none, and where only a value says what it means: a number that is rounded, or
/// an object with very many members.
pub(crate) fn read(bytes: &[u8]) -> Option<Tree<'_>> {
    serde_json::from_slice(bytes).ok()
}

impl<'t> Deserialize<'t> for Tree<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'t> Visitor<'t> for AnyValue {
    type Value = Tree<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON of which all is known")
    }

    fn visit_unit<E>(self) -> Result<Tree<'t>, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, boolean: bool) -> Result<Tree<'t>, E> {
        Ok(Tree::Boolean(boolean))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree<'t>, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree<'t>, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Tree<'t>, E> {
        let known = Number::from_f64(number).filter(|_| number.abs() < LARGE);
        known.map(Tree::Number).ok_or_else(|| E::custom("a number that may be rounded"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree<'t>, E> {
        Ok(Tree::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Tree<'t>, E> {
        Ok(Tree::Text(Cow::Borrowed(text)))
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<Tree<'t>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'t>>(self, mut members: A) -> Result<Tree<'t>, A::Error> {
        let mut object: Vec<(Cow<'t, str>, Tree<'t>)> = Vec::new();
        while let Some(name) = members.next_key_seed(Name)? {
            let value = members.next_value()?;
            // The last one counts, in the place of the first.
            match object.iter().position(|(own, _)| *own == name) {
                Some(position) => object[position].1 = value,
                None if object.len() == MOST => return Err(A::Error::custom("too many members")),
                None => object.push((name, value)),
            }
        }
        Ok(Tree::Object(object))
    }
}

/// The name of a member.
struct Name;

impl<'t> DeserializeSeed<'t> for Name {
    type Value = Cow<'t, str>;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Cow<'t, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Name {
    type Value = Cow<'t, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'t, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Cow<'t, str>, E> {
        Ok(Cow::Borrowed(text))
    }
}

/// The representation, for validators.
pub(crate) struct Trees;

impl Json for Trees {
    type Node<'a> = &'a Tree<'a>;
    type PreparedKey = String;
    type StringBuffer = Tree<'static>;

    const KEYS_PER_LOOKUP: usize = 4;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(
        buffer: &mut Tree<'static>,
        string: &str,
        f: impl for<'a> FnOnce(&'a Tree<'a>) -> T,
    ) -> T {
        *buffer = Tree::Text(Cow::Owned(string.to_owned()));
        f(buffer)
    }
}

impl<'a> Node<'a, Trees> for &'a Tree<'a> {
    type Object = &'a [(Cow<'a, str>, Tree<'a>)];
    type Array = &'a [Tree<'a>];
    type Number = &'a Number;

    fn as_object(&self) -> Option<Self::Object> {
        if let Tree::Object(members) = self { Some(members) } else { None }
    }

    fn as_array(&self) -> Option<Self::Array> {
        if let Tree::List(items) = self { Some(items) } else { None }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        if let Tree::Text(text) = self { Some(Cow::Borrowed(text)) } else { None }
    }

    fn as_number(&self) -> Option<&'a Number> {
        if let Tree::Number(number) = self { Some(number) } else { None }
    }

    fn as_boolean(&self) -> Option<bool> {
        if let Tree::Boolean(boolean) = self { Some(*boolean) } else { None }
    }

    fn is_null(&self) -> bool {
        matches!(self, Tree::Null)
    }

    fn json_type(&self) -> JsonType {
        match self {
            Tree::Null => JsonType::Null,
            Tree::Boolean(_) => JsonType::Boolean,
            Tree::Number(_) => JsonType::Number,
            Tree::Text(_) => JsonType::String,
            Tree::List(_) => JsonType::Array,
            Tree::Object(_) => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match (self, expected) {
            (Tree::Text(own), Value::String(expected)) => own == expected,
            (Tree::Text(_), _) | (_, Value::String(_)) => false,
            _ => cmp::equal(&self.to_value(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        let inner = |tree: &'a Tree<'a>| tree.to_value().into_owned();
        Cow::Owned(match self {
            Tree::Null => Value::Null,
            Tree::Boolean(boolean) => Value::Bool(*boolean),
            Tree::Number(number) => Value::Number(number.clone()),
            Tree::Text(text) => Value::String(text.to_string()),
            Tree::List(items) => items.iter().map(inner).collect(),
            Tree::Object(members) => {
                let member = |(name, value): &'a (Cow<'a, str>, Tree<'a>)| (name.to_string(), inner(value));
                members.iter().map(member).collect::<Map<_, _>>().into()
            }
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(std::ptr::from_ref::<Tree<'_>>(self).addr()))
    }
}

impl<'a> Object<'a, Trees> for &'a [(Cow<'a, str>, Tree<'a>)] {
    type Node = &'a Tree<'a>;
    type MemberName = &'a str;
    type MembersIter = EachMember<'a>;

    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn get(&self, key: &String) -> Option<&'a Tree<'a>> {
        self.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    fn members(&self) -> EachMember<'a> {
        EachMember(self.iter())
    }
}

/// Member after member.
pub(crate) struct EachMember<'a>(std::slice::Iter<'a, (Cow<'a, str>, Tree<'a>)>);

impl<'a> Iterator for EachMember<'a> {
    type Item = (&'a str, &'a Tree<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, value)| (&**name, value))
    }
}

impl<'a> Array<'a, Trees> for &'a [Tree<'a>] {
    type Node = &'a Tree<'a>;
    type ElementsIter = std::slice::Iter<'a, Tree<'a>>;

    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn elements(&self) -> Self::ElementsIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Node, Trees, read};
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use spec_json_schema::validator::validator;

    /// A tree is what a value is, also where a name comes twice; and it is none where it can't be.
    #[test]
    fn trees_say_what_values_say() {
        for text in [
            r#"{"a": 1, "b": [null, true, -2, 1.5, "x\"\u00e4"], "a\n": {}, "": "é"}"#,
            r#"{"a": 1, "b": 2, "a": {"c": [], "c": 7}}"#,
            "18446744073709551615",
            "-9223372036854775808",
            "1e3",
            "9007199254740993",
        ] {
            let tree = read(text.as_bytes()).unwrap_or_else(|| panic!("no tree of {text}"));
            let value: Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(*(&tree).to_value(), value, "{text}");
        }
        let many: serde_json::Map<String, Value> =
            (0..=MOST).map(|number| (number.to_string(), json!(number))).collect();
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for text in
            ["", "{", "[1,]", "1 2", "18446744073709551616", "\"\\ud800\"", &deep, &json!(many).to_string()]
        {
            assert!(read(text.as_bytes()).is_none(), "{text}");
        }
        assert!(read(b"\"\xff\"").is_none());
    }

    /// Schemas with every keyword that looks at a value in its own way.
    fn schemas() -> Vec<Value> {
        vec![
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "integer"}}}),
            json!({"additionalProperties": false, "properties": {"a": true, "c": {"minLength": 2}}}),
            json!({
                "patternProperties": {"^a": {"type": "string"}},
                "additionalProperties": {"type": "null"},
            }),
            json!({"propertyNames": {"maxLength": 1}, "minProperties": 1, "maxProperties": 2}),
            json!({"allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false}),
            json!({"prefixItems": [{"type": "string"}], "unevaluatedItems": {"type": "number"}}),
            json!({"uniqueItems": true, "minItems": 2}),
            json!({"contains": {"type": "boolean"}, "maxContains": 1}),
            json!({"enum": [1, "a", null, [1, "b"], {"a": 1}, 1.5, true]}),
            json!({"not": {"const": {"a": "a"}}}),
            json!({"type": ["integer", "string"], "minimum": -1, "maxLength": 3, "pattern": "a"}),
            json!({"multipleOf": 0.5, "exclusiveMaximum": 2}),
            json!({"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"maxProperties": 1}}}),
            json!({"if": {"type": "array"}, "then": {"items": {"$ref": "#"}}, "else": {"type": "object"}}),
            json!({"oneOf": [{"type": "number"}, {"type": "integer"}, {"properties": {"a": {"$ref": "#"}}}]}),
        ]
    }

    fn values() -> impl Strategy<Value = Value> {
        let number = prop_oneof![
            (-2_i64..3).prop_map(Value::from),
            (-4_i32..5).prop_map(|own| json!(f64::from(own) / 2.0))
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            number,
            "[abé\"]{0,3}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let members = prop::collection::hash_map("[abc]{1,2}", inner.clone(), 0..4);
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Value::from),
                members.prop_map(|own| own.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        /// A value is valid as a tree if, and only if, it is valid as it is, by every keyword.
        #[test]
        fn trees_are_judged_as_values_are(value in values()) {
            thread_local! {
                static VALIDATORS: Vec<(jsonschema::Validator, jsonschema::Validator<Trees>)> = schemas()
                    .iter()
                    .map(|own| (validator(own).expect("of use").0, validator(own).expect("of use").0))
                    .collect();
            }
            let text = value.to_string();
            let tree = read(text.as_bytes()).expect("a tree");
            VALIDATORS.with(|validators| {
                for (number, (of_values, of_trees)) in validators.iter().enumerate() {
                    let (as_value, as_tree) = (of_values.is_valid(&value), of_trees.is_valid(&tree));
                    prop_assert_eq!(as_value, as_tree, "schema {} for {}", number, &text);
                }
                Ok(())
            })?;
        }
    }
}
