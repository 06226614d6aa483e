//! Shapes of objects: with members that are known, and without.
//!
//! Knows which names and members are at the edge of anything. Must not know how objects are written.

use super::{Form, Maker, Shape, Since, TEXTS, inner_of, reference, some};
use serde_json::{Map, Value, json};

impl Maker {
    fn map(&mut self, name: &'static str, schema: Value, form: Form, values: Vec<Value>) -> &mut Shape {
        let shape = self.add(name, schema, Form::Object(vec![form]), values);
        shape.is_map = true;
        shape
    }

    /// Adds objects whose names are not known.
    pub(super) fn maps(&mut self) {
        let of_texts = || -> Vec<Value> {
            let mut all = vec![json!({ "k": "a" }), json!({}), json!({ "k": "a", "l": "b" })];
            all.extend(some().into_iter().skip(1).map(|text| json!({ "k": text })));
            let keys = ["a b", "a,b", "a|b", "a=b", "a&b", "a[b]", "a.b", "ü", "%41", "a+b", "1"];
            all.extend(keys.into_iter().map(|key| json!({ key: "a" })));
            all
        };
        let map = self.map(
            "map of anything",
            json!({ "type": "object", "additionalProperties": true }),
            Form::Any,
            of_texts(),
        );
        map.is_loose = true;
        let map = self.map(
            "object without properties",
            json!({ "type": "object" }),
            Form::Any,
            vec![json!({ "k": "a" }), json!({})],
        );
        map.is_loose = true;
        self.map(
            "map of texts",
            json!({ "type": "object", "additionalProperties": { "type": "string" } }),
            Form::Scalar,
            of_texts(),
        );
        let whole = json!({ "type": "object", "additionalProperties": { "type": "integer" } });
        self.map(
            "map of integers",
            whole,
            Form::Scalar,
            vec![json!({ "k": 1 }), json!({}), json!({ "k": 1, "l": -2 })],
        );
        let lists = json!({
            "type": "object", "additionalProperties": { "type": "array", "items": { "type": "string" } },
        });
        let values = vec![json!({ "k": ["a", "b"] }), json!({ "k": ["a"] }), json!({ "k": [] }), json!({})];
        self.map("map of lists", lists, Form::List(Box::new(Form::Scalar)), values);
        let maps = json!({
            "type": "object",
            "additionalProperties": { "type": "object", "additionalProperties": { "type": "string" } },
        });
        let values =
            vec![json!({ "k": { "a": "b" } }), json!({ "k": { "a": "b", "c": "" } }), json!({ "k": {} })];
        self.map("map of maps", maps, Form::Object(vec![Form::Scalar]), values);
        let a = self.own("a");
        let beside = json!({
            "type": "object", "required": [&a], "properties": { &a: { "type": "string" } },
            "additionalProperties": { "type": "integer" },
        });
        let values = vec![json!({ &a: "x", "k": 1 }), json!({ &a: "x" }), json!({ &a: "", "k": 1, "l": 2 })];
        self.map("map beside properties", beside, Form::Scalar, values);
        let names = json!({
            "type": "object", "patternProperties": { "^k": { "type": "integer" } },
            "additionalProperties": false,
        });
        self.map(
            "map by patterns",
            names,
            Form::Scalar,
            vec![json!({ "k": 1 }), json!({ "k1": 1, "k2": 2 })],
        )
        .since = Since::V31;
    }

    fn object(
        &mut self,
        name: &'static str,
        required: &[&str],
        properties: Vec<(&str, Value, Form)>,
        values: Vec<Value>,
    ) -> &mut Shape {
        let mut members = Map::new();
        let mut forms = Vec::new();
        for (property, schema, form) in properties {
            members.insert(self.own(property), schema);
            forms.push(form);
        }
        let required: Vec<String> = required.iter().map(|property| self.own(property)).collect();
        let mut schema = json!({ "type": "object", "properties": members });
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        let values = values.into_iter().map(|value| self.owned(value)).collect();
        self.named(name, schema, Form::Object(forms), values)
    }

    /// Gives an object names that belong to the next shape alone.
    fn owned(&self, value: Value) -> Value {
        match value {
            Value::Object(members) => {
                Value::Object(members.into_iter().map(|(name, value)| (self.own(&name), value)).collect())
            }
            other => other,
        }
    }

    /// Adds all objects.
    pub(super) fn objects(&mut self) {
        self.objects_of_scalars();
        self.objects_of_more();
        self.objects_of_all_kinds();
        self.objects_of_one_side();
        self.trees();
        self.odd_objects();
    }

    /// Adds objects whose members are scalars.
    fn objects_of_scalars(&mut self) {
        let mut values = vec![json!({ "a": "x", "b": 1 }), json!({ "a": "x" })];
        values.extend(TEXTS.iter().map(|text| json!({ "a": text, "b": 1 })));
        self.object(
            "object",
            &["a"],
            vec![("a", text(), Form::Scalar), ("b", whole(), Form::Scalar)],
            values,
        );
        let values = vec![json!({ "a": "x", "b": 1 }), json!({}), json!({ "a": "" }), json!({ "b": 0 })];
        self.object(
            "object of optional members",
            &[],
            vec![("a", text(), Form::Scalar), ("b", whole(), Form::Scalar)],
            values,
        );
        let nullable = || json!({ "type": ["string", "null"] });
        let values = vec![
            json!({ "a": "x", "b": "y" }),
            json!({ "a": null }),
            json!({ "a": "x", "b": null }),
            json!({ "a": "null" }),
        ];
        let members = vec![("a", nullable(), Form::Scalar), ("b", nullable(), Form::Scalar)];
        self.object("object of nullable members", &["a"], members, values).since = Since::V31;
        let nullable = || json!({ "type": "integer", "nullable": true });
        let values = vec![json!({ "a": 1, "b": 2 }), json!({ "a": null }), json!({ "a": 1, "b": null })];
        let members = vec![("a", nullable(), Form::Scalar), ("b", nullable(), Form::Scalar)];
        self.object("object of nullable members", &["a"], members, values).since = Since::Only30;
    }

    /// Adds objects with lists and objects in them.
    fn objects_of_more(&mut self) {
        let list = || json!({ "type": "array", "items": { "type": "string" } });
        let mut values = vec![json!({ "a": "x", "b": ["y", "z"] }), json!({ "a": "x" }), json!({ "b": [] })];
        values.extend(some().into_iter().map(|text| json!({ "b": [text] })));
        let members = vec![("a", text(), Form::Scalar), ("b", list(), Form::List(Box::new(Form::Scalar)))];
        self.object("object with a list", &[], members, values);
        let list = json!({ "type": "array", "items": { "type": ["integer", "null"] } });
        let values = vec![json!({ "b": [1, 2] }), json!({ "b": [1, null] }), json!({ "b": [null] })];
        let members = vec![("b", list, Form::List(Box::new(Form::Scalar)))];
        self.object("object with a list of nullable integers", &[], members, values).since = Since::V31;
        let inner = json!({
            "type": "object", "properties": { "c": { "type": "string" }, "d": { "type": "integer" } },
        });
        let values = vec![
            json!({ "a": "x", "b": { "c": "y", "d": 1 } }),
            json!({ "a": "x", "b": {} }),
            json!({ "b": { "c": "a,b" } }),
        ];
        let members =
            vec![("a", text(), Form::Scalar), ("b", inner, Form::Object(vec![Form::Scalar, Form::Scalar]))];
        self.object("object with an object", &[], members, values);
        let item = json!({ "type": "object", "properties": { "c": { "type": "string" } } });
        let many = json!({ "type": "array", "items": item });
        let values = vec![json!({ "b": [{ "c": "y" }, { "c": "z" }] }), json!({ "b": [{}] })];
        let members = vec![("b", many, Form::List(Box::new(Form::Object(vec![Form::Scalar]))))];
        self.object("object with a list of objects", &[], members, values);
    }

    /// Adds objects of all kinds of members, closed ones, and those that `allOf` puts together.
    fn objects_of_all_kinds(&mut self) {
        let kinds = vec![
            ("a", json!({ "type": "boolean" }), Form::Scalar),
            ("b", json!({ "type": "string", "format": "date" }), Form::Scalar),
            ("c", json!({ "type": "string", "enum": ["x", "y,z"] }), Form::Scalar),
            ("d", json!({ "type": "number" }), Form::Scalar),
            ("e", json!({ "type": "string", "format": "uuid" }), Form::Scalar),
        ];
        let id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
        let values = vec![
            json!({ "a": true, "b": "2024-02-29", "c": "x", "d": 0.5, "e": id }),
            json!({ "a": false, "c": "y,z" }),
            json!({ "d": -1 }),
        ];
        self.object("object of all kinds", &[], kinds, values);
        let values = vec![json!({ "a": "x" }), json!({})];
        let shape = self.object("closed object", &[], vec![("a", text(), Form::Scalar)], values);
        shape.components[0].1["additionalProperties"] = json!(false);
        let (component, base, a, b) = (self.own("Shape"), self.own("Base"), self.own("a"), self.own("b"));
        let part = json!({ "type": "object", "required": [&a], "properties": { &a: { "type": "string" } } });
        let whole_schema = json!({ "allOf": [
            { "$ref": reference(&base) }, { "type": "object", "properties": { &b: { "type": "integer" } } },
        ] });
        let values = vec![json!({ &a: "x", &b: 1 }), json!({ &a: "a,b" })];
        let shape = self.add(
            "object by allOf",
            json!({ "$ref": reference(&component) }),
            Form::Object(vec![Form::Scalar, Form::Scalar]),
            values,
        );
        shape.components = vec![(base, part), (component, whole_schema)];
    }

    /// Adds objects whose members go only in one direction.
    fn objects_of_one_side(&mut self) {
        let (a, b) = (self.own("a"), self.own("b"));
        let read_only = json!({ "type": "string", "readOnly": true });
        let shape = self.object(
            "object with readOnly",
            &["a", "b"],
            vec![("a", text(), Form::Scalar), ("b", read_only, Form::Scalar)],
            vec![],
        );
        shape.values = vec![json!({ &a: "x" }), json!({ &a: "" })];
        shape.answers = vec![json!({ &a: "x", &b: "y" })];
        let (a, b) = (self.own("a"), self.own("b"));
        let write_only = json!({ "type": "string", "writeOnly": true });
        let shape = self.object(
            "object with writeOnly",
            &["a", "b"],
            vec![("a", text(), Form::Scalar), ("b", write_only, Form::Scalar)],
            vec![],
        );
        shape.values = vec![json!({ &a: "x", &b: "y" })];
        shape.answers = vec![json!({ &a: "x" }), json!({ &a: "" })];
    }

    /// Adds objects that hold others of their own schema.
    fn trees(&mut self) {
        let (component, a) = (self.own("Shape"), self.own("a"));
        let inner = json!({ "$ref": reference(&component) });
        let nested = self.own("b");
        let values = vec![json!({ &a: "x" }), json!({ &a: "x", &nested: { &a: "y" } })];
        let tree = json!({ "type": "object", "properties": { &a: { "type": "string" }, &nested: inner } });
        let shape = self.add(
            "recursion",
            inner_of(&component),
            Form::Object(vec![Form::Scalar, Form::Object(vec![Form::Scalar])]),
            values,
        );
        shape.components = vec![(component, tree)];
        let (component, a, b) = (self.own("Shape"), self.own("a"), self.own("b"));
        let tree = json!({ "type": "object", "properties": {
            &a: { "type": "string" }, &b: { "type": "array", "items": { "$ref": reference(&component) } },
        } });
        let values = vec![json!({ &a: "x" }), json!({ &a: "x", &b: [{ &a: "y" }, {}] }), json!({ &b: [] })];
        let form = Form::Object(vec![Form::Scalar, Form::List(Box::new(Form::Object(vec![Form::Scalar])))]);
        let shape = self.add("recursion in lists", inner_of(&component), form, values);
        shape.components = vec![(component, tree)];
    }

    /// Adds objects with odd names, and those that no component names.
    fn odd_objects(&mut self) {
        let odd: Vec<String> =
            ["a b", "a.b", "a,b", "a=b", "ü", "type"].iter().map(|name| self.own(name)).collect();
        let members: Map<String, Value> =
            odd.iter().map(|name| (name.clone(), json!({ "type": "string" }))).collect();
        let whole: Map<String, Value> = odd.iter().map(|name| (name.clone(), json!("x"))).collect();
        let mut values = vec![Value::Object(whole)];
        values.extend(odd.iter().map(|name| json!({ name: "y" })));
        self.named(
            "object with odd names",
            json!({ "type": "object", "properties": members }),
            Form::Object(vec![Form::Scalar]),
            values,
        );
        let (a, b) = (self.own("a"), self.own("b"));
        let inline = json!({
            "type": "object", "required": [&a],
            "properties": { &a: { "type": "string" }, &b: { "type": "boolean" } },
        });
        self.add(
            "object inline",
            inline,
            Form::Object(vec![Form::Scalar]),
            vec![json!({ &a: "x" }), json!({ &a: "", &b: false })],
        );
        let a = self.own("a");
        let untyped = json!({ "properties": { &a: { "type": "string" } } });
        self.add(
            "object without a type",
            untyped,
            Form::Object(vec![Form::Scalar]),
            vec![json!({ &a: "x" }), json!({})],
        );
    }
}

/// Returns the schema of any text.
fn text() -> Value {
    json!({ "type": "string" })
}

/// Returns the schema of any integer.
fn whole() -> Value {
    json!({ "type": "integer" })
}
