//! What a document can say of a value, each with values at its edges.
//!
//! Knows JSON Schema as OpenAPI has it. Must not know where values stand in a message.

use serde_json::{Map, Value, json};

/// Texts at the edges: empty, what separates somewhere, what is encoded, what looks like something else.
pub const TEXTS: &[&str] = &[
    "a",
    "",
    "a,b",
    "a b",
    "a|b",
    "a.b",
    "a;b",
    "a=b",
    "a&b",
    "a[b]",
    "[x]",
    "+",
    "a+b",
    "%",
    "%41",
    "%2C",
    "a/b",
    "/",
    "ü",
    "日本",
    "😀",
    "\"q\"",
    "'",
    "\\",
    " a",
    "a ",
    " ",
    "[\"x\"]",
    "{\"a\":1}",
    "null",
    "1",
    "true",
    ".",
    "..",
    "#",
    "?",
    "@:!$()*",
    "-_~",
    "<>^`{}",
    "a\nb",
    "a\r\nb",
    "--x",
];

/// How much of a value stands in one text.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// One text.
    Scalar,
    /// Anything at all: a text says no kind.
    Any,
    /// Several of these.
    List(Box<Form>),
    /// These by name, known or not.
    Object(Vec<Form>),
    /// One of these.
    Either(Vec<Form>),
}

impl Form {
    /// Whether it is one text.
    #[must_use]
    pub fn is_scalar(&self) -> bool {
        match self {
            Form::Scalar => true,
            Form::Either(forms) => forms.iter().all(Form::is_scalar),
            _ => false,
        }
    }

    /// Whether some part of it is anything.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self {
            Form::Scalar => false,
            Form::Any => true,
            Form::List(item) => item.is_open(),
            Form::Object(forms) | Form::Either(forms) => forms.iter().any(Form::is_open),
        }
    }
}

/// Which documents can say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Since {
    /// Only those of OpenAPI 3.0.
    Only30,
    /// All.
    Always,
    /// Those of OpenAPI 3.1.
    V31,
}

/// What a document says of a value.
#[derive(Clone, Debug)]
pub struct Shape {
    /// What it is called in reports.
    pub name: &'static str,
    /// Which documents can say it.
    pub since: Since,
    /// Its schema.
    pub schema: Value,
    /// Components that the schema refers to.
    pub components: Vec<(String, Value)>,
    /// Values that a client sends.
    pub values: Vec<Value>,
    /// Values that a server answers.
    pub answers: Vec<Value>,
    /// How much of it stands in one text.
    pub form: Form,
    /// Whether the values are files, where there are such.
    pub is_file: bool,
    /// Whether names of members are not known beforehand.
    pub is_map: bool,
    /// Whether a text can be of several kinds, so that what arrives may be another one of the same text.
    pub is_loose: bool,
}

/// All shapes. Names of components and properties are not those of any other shape.
#[must_use]
pub fn all() -> Vec<Shape> {
    let mut made = Maker { shapes: Vec::new() };
    made.scalars();
    made.nulls();
    made.lists();
    made.maps();
    made.objects();
    made.unions();
    made.shapes
}

struct Maker {
    shapes: Vec<Shape>,
}

/// Values as they are, and as text.
fn texts(values: &[&str]) -> Vec<Value> {
    values.iter().map(|text| Value::from(*text)).collect()
}

/// Lists: none, one, two, the same twice, and each value behind the first.
fn lists(values: &[Value]) -> Vec<Value> {
    let Some(first) = values.first() else { return vec![json!([])] };
    let mut all = vec![json!([first]), json!([]), json!([first, first])];
    all.extend(values.iter().skip(1).map(|value| json!([value])));
    all.extend(values.iter().skip(1).map(|value| json!([first, value])));
    all
}

/// A few of the texts: those that separate, are encoded, or look like something else.
fn some() -> Vec<Value> {
    texts(&[
        "a", "", "a,b", "a b", "a|b", "a.b", "a;b", "a=b", "a&b", "[x]", "a+b", "%41", "a/b", "ü", "\"q\"",
        "null", "1", " a",
    ])
}

impl Maker {
    /// A name that belongs to the next shape alone.
    fn own(&self, name: &str) -> String {
        format!("{name}{}", self.shapes.len())
    }

    fn add(&mut self, name: &'static str, schema: Value, form: Form, values: Vec<Value>) -> &mut Shape {
        let (answers, components) = (values.clone(), Vec::new());
        let (since, is_file, is_map, is_loose) = (Since::Always, false, false, false);
        let shape =
            Shape { name, since, schema, components, values, answers, form, is_file, is_map, is_loose };
        self.shapes.push(shape);
        let last = self.shapes.len() - 1;
        &mut self.shapes[last]
    }

    fn scalar(&mut self, name: &'static str, schema: Value, values: Vec<Value>) -> &mut Shape {
        self.add(name, schema, Form::Scalar, values)
    }

    /// The same as a component that is referred to.
    fn named(&mut self, name: &'static str, schema: Value, form: Form, values: Vec<Value>) -> &mut Shape {
        let component = self.own("Shape");
        let shape = self.add(name, json!({ "$ref": reference(&component) }), form, values);
        shape.components.push((component, schema));
        shape
    }

    fn scalars(&mut self) {
        self.scalar("text", json!({ "type": "string" }), texts(TEXTS));
        self.scalar(
            "text of some length",
            json!({ "type": "string", "minLength": 1, "maxLength": 4 }),
            texts(&["a", "a,b", "日本", "😀"]),
        );
        self.scalar(
            "text with a pattern",
            json!({ "type": "string", "pattern": "^[a-z ,|]+$" }),
            texts(&["a", "a b", "a,b", "a|b"]),
        );
        let formats: &[(&'static str, &str, &[&str])] = &[
            (
                "date-time",
                "date-time",
                &["2024-02-29T23:59:59Z", "2024-01-01T00:00:00.125Z", "2024-06-01T12:00:00+02:00"],
            ),
            ("date", "date", &["2024-02-29", "0001-01-01"]),
            ("time", "time", &["23:59:59Z", "12:00:00+02:00"]),
            ("duration", "duration", &["P1DT2H", "PT5S"]),
            (
                "uuid",
                "uuid",
                &["00000000-0000-0000-0000-000000000000", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
            ),
            ("byte", "byte", &["", "YQ==", "+/+/", "YWI="]),
            ("ipv4", "ipv4", &["127.0.0.1", "0.0.0.0"]),
            ("ipv6", "ipv6", &["::1", "2001:db8::1"]),
            ("email", "email", &["a@b.de", "a+b@c.de"]),
            ("uri", "uri", &["https://a.de/b?c=d&e=%20#f", "urn:a:b"]),
            ("hostname", "hostname", &["a.de", "a"]),
            ("password", "password", &["a", "a b&c=d", "%41"]),
            ("decimal", "decimal", &["0.10", "-1", "100"]),
            ("an unknown format", "something", &["a", "a,b"]),
        ];
        for (name, format, values) in formats {
            self.scalar(name, json!({ "type": "string", "format": format }), texts(values));
        }
        let file = texts(&["a", "", "ü", "a\r\nb", "--x", "%41", "[\"x\"]"]);
        self.scalar("binary", json!({ "type": "string", "format": "binary" }), file).is_file = true;
        let small = vec![json!(0), json!(-1), json!(i32::MIN), json!(i32::MAX)];
        let large = [small.clone(), vec![json!(i64::MIN), json!(i64::MAX)]].concat();
        self.scalar("integer", json!({ "type": "integer" }), large.clone());
        self.scalar("int32", json!({ "type": "integer", "format": "int32" }), small);
        self.scalar("int64", json!({ "type": "integer", "format": "int64" }), large);
        let positive = vec![json!(0), json!(u32::MAX), json!(u64::MAX)];
        self.scalar("uint64", json!({ "type": "integer", "format": "uint64", "minimum": 0 }), positive);
        self.scalar(
            "integer with bounds",
            json!({ "type": "integer", "minimum": -1, "maximum": 1 }),
            vec![json!(-1), json!(0), json!(1)],
        );
        let numbers = vec![json!(0.5), json!(-1.25), json!(3), json!(1e300), json!(5e-324)];
        self.scalar("number", json!({ "type": "number" }), numbers.clone());
        self.scalar(
            "float",
            json!({ "type": "number", "format": "float" }),
            vec![json!(0.5), json!(-1.25), json!(3)],
        );
        self.scalar("double", json!({ "type": "number", "format": "double" }), numbers);
        self.scalar("boolean", json!({ "type": "boolean" }), vec![json!(true), json!(false)]);
        let choices = ["a", "", "a b", "a,b", "a|b", "ü", "null", "1", "A"];
        self.scalar("enum of texts", json!({ "type": "string", "enum": choices }), texts(&choices));
        self.named(
            "a reference to an enum",
            json!({ "type": "string", "enum": choices }),
            Form::Scalar,
            texts(&choices),
        );
        self.named("a reference to a text", json!({ "type": "string" }), Form::Scalar, some());
        self.named(
            "a reference to an integer",
            json!({ "type": "integer" }),
            Form::Scalar,
            vec![json!(0), json!(-1)],
        );
        self.scalar(
            "enum of integers",
            json!({ "type": "integer", "enum": [1, -2, 0] }),
            vec![json!(1), json!(-2), json!(0)],
        );
        self.scalar("enum of one text", json!({ "type": "string", "enum": ["a,b"] }), texts(&["a,b"]));
        self.scalar("const", json!({ "const": "a b" }), texts(&["a b"])).since = Since::V31;
        self.scalar("const integer", json!({ "type": "integer", "const": 7 }), vec![json!(7)]).since =
            Since::V31;
        let media = json!({ "type": "string", "contentMediaType": "application/json" });
        self.scalar("contentMediaType", media, texts(&["{\"a\":1}", "[]", "null"])).since = Since::V31;
        let encoded = json!({ "type": "string", "contentEncoding": "base64" });
        self.scalar("contentEncoding", encoded, texts(&["YQ==", "+/+/", ""])).since = Since::V31;
        let image = json!({ "type": "string", "contentMediaType": "image/png", "contentEncoding": "base64" });
        self.scalar("contentMediaType and contentEncoding", image, texts(&["YQ==", "+/+/"])).since =
            Since::V31;
        let image = json!({ "type": "string", "contentMediaType": "image/png" });
        let file = self.scalar("contentMediaType of bytes", image, texts(&["a", "--x"]));
        // What FastAPI calls a file, too; OpenAPI 3.1.1, 4.8.14.4 would have its part be a plain text.
        (file.since, file.is_file) = (Since::V31, true);
    }

    fn nulls(&mut self) {
        let with_null = |mut values: Vec<Value>| {
            values.insert(1.min(values.len()), Value::Null);
            values
        };
        let few = || with_null(texts(&["a", "", "null", "a,b"]));
        let whole = || with_null(vec![json!(0), json!(-1)]);
        self.scalar("nullable text", json!({ "type": "string", "nullable": true }), few()).since =
            Since::Only30;
        self.scalar("nullable integer", json!({ "type": "integer", "nullable": true }), whole()).since =
            Since::Only30;
        let list = json!({ "type": "array", "items": { "type": "string" }, "nullable": true });
        let values = with_null(lists(&texts(&["a", "", "null"])));
        self.add("nullable list", list, Form::List(Box::new(Form::Scalar)), values).since = Since::Only30;
        let choice = json!({ "type": "string", "nullable": true, "enum": ["a", "null", null] });
        self.scalar("nullable enum", choice, with_null(texts(&["a", "null"]))).since = Since::Only30;
        let (component, a) = (self.own("Shape"), self.own("a"));
        let object =
            json!({ "type": "object", "required": [&a], "properties": { &a: { "type": "string" } } });
        let nullable = json!({ "nullable": true, "allOf": [{ "$ref": reference(&component) }] });
        let values = vec![json!({ &a: "x" }), Value::Null, json!({ &a: "" })];
        let shape = self.add("nullable object", nullable, Form::Object(vec![Form::Scalar]), values);
        (shape.since, shape.components) = (Since::Only30, vec![(component, object)]);
        self.scalar("text or null by type", json!({ "type": ["string", "null"] }), few()).since = Since::V31;
        self.scalar("integer or null by type", json!({ "type": ["integer", "null"] }), whole()).since =
            Since::V31;
        let any_of = json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] });
        self.scalar("text or null by anyOf", any_of, few()).since = Since::V31;
        let one_of = json!({ "oneOf": [{ "type": "integer" }, { "type": "null" }] });
        self.scalar("integer or null by oneOf", one_of, whole()).since = Since::V31;
        let choice = json!({ "enum": ["a", "null", null] });
        self.scalar("enum with null", choice, with_null(texts(&["a", "null"]))).since = Since::V31;
        self.scalar("null alone", json!({ "type": "null" }), vec![Value::Null]).since = Since::V31;
        let list = json!({ "type": ["array", "null"], "items": { "type": "integer" } });
        let values = with_null(lists(&[json!(1), json!(-2)]));
        self.add("list or null", list, Form::List(Box::new(Form::Scalar)), values).since = Since::V31;
        let (component, a) = (self.own("Shape"), self.own("a"));
        let object = json!({ "type": "object", "properties": { &a: { "type": "string" } } });
        let either = json!({ "oneOf": [{ "$ref": reference(&component) }, { "type": "null" }] });
        let values = vec![json!({ &a: "x" }), Value::Null, json!({}), json!({ &a: "" })];
        let shape = self.add("object or null", either, Form::Object(vec![Form::Scalar]), values);
        (shape.since, shape.components) = (Since::V31, vec![(component, object)]);
    }

    fn list(&mut self, name: &'static str, item: Value, form: Form, values: &[Value]) -> &mut Shape {
        self.add(name, json!({ "type": "array", "items": item }), Form::List(Box::new(form)), lists(values))
    }

    fn lists(&mut self) {
        self.list("list of texts", json!({ "type": "string" }), Form::Scalar, &texts(TEXTS));
        self.list(
            "list of integers",
            json!({ "type": "integer" }),
            Form::Scalar,
            &[json!(1), json!(-2), json!(i64::MAX)],
        );
        self.list("list of numbers", json!({ "type": "number" }), Form::Scalar, &[json!(0.5), json!(-2)]);
        self.list(
            "list of booleans",
            json!({ "type": "boolean" }),
            Form::Scalar,
            &[json!(true), json!(false)],
        );
        self.list(
            "list of date-times",
            json!({ "type": "string", "format": "date-time" }),
            Form::Scalar,
            &texts(&["2024-06-01T12:00:00Z", "2024-06-01T12:00:00+02:00"]),
        );
        self.list(
            "list of uuids",
            json!({ "type": "string", "format": "uuid" }),
            Form::Scalar,
            &texts(&["6ba7b810-9dad-11d1-80b4-00c04fd430c8"]),
        );
        let choices = ["a", "", "a b", "a,b", "a|b", "1"];
        self.list(
            "list of an enum",
            json!({ "type": "string", "enum": choices }),
            Form::Scalar,
            &texts(&choices),
        );
        let bounded = json!({ "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": 2, "uniqueItems": true });
        self.add(
            "list with bounds",
            bounded,
            Form::List(Box::new(Form::Scalar)),
            vec![json!(["a"]), json!(["a", "b"]), json!(["a", ""])],
        );
        let list = json!({ "type": "array", "items": { "type": "string" } });
        self.named("a reference to a list", list, Form::List(Box::new(Form::Scalar)), lists(&some()));
        let nullable = json!({ "type": ["string", "null"] });
        self.list(
            "list of texts or null",
            nullable,
            Form::Scalar,
            &[json!("a"), Value::Null, json!("null")],
        )
        .since = Since::V31;
        let nullable = json!({ "type": "integer", "nullable": true });
        self.list("list of nullable integers", nullable, Form::Scalar, &[json!(1), Value::Null]).since =
            Since::Only30;
        let either = json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] });
        self.list("list of texts or integers", either, Form::Scalar, &[json!("a"), json!(1), json!("a,b")])
            .is_loose = true;
        self.list("list of anything", json!({}), Form::Any, &[json!("a"), json!("a,b")]).is_loose = true;
        let list = json!({ "type": "array", "items": { "type": "string" } });
        let values = [json!(["a"]), json!([]), json!(["a", "b"]), json!(["a,b"])];
        self.list("list of lists", list, Form::List(Box::new(Form::Scalar)), &values);
        let (component, a) = (self.own("Shape"), self.own("a"));
        let object =
            json!({ "type": "object", "required": [&a], "properties": { &a: { "type": "string" } } });
        let values: Vec<Value> = ["x", "", "a,b", "ü"].iter().map(|text| json!({ &a: text })).collect();
        let item = json!({ "$ref": reference(&component) });
        self.list("list of objects", item, Form::Object(vec![Form::Scalar]), &values).components =
            vec![(component, object)];
        let file = json!({ "type": "string", "format": "binary" });
        self.list("list of files", file, Form::Scalar, &texts(&["a", "", "a\r\nb", "ü"])).is_file = true;
        let tuple = json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }], "items": false, "minItems": 2 });
        let values = vec![json!(["a", 1]), json!(["", 0]), json!(["a,b", -1]), json!(["1", 1])];
        self.add("tuple", tuple, Form::List(Box::new(Form::Scalar)), values).since = Since::V31;
        let tuple =
            json!({ "type": "array", "prefixItems": [{ "type": "string" }], "items": { "type": "integer" } });
        let values = vec![json!(["a", 1, 2]), json!(["a"]), json!(["1", 1])];
        self.add("tuple with a rest", tuple, Form::List(Box::new(Form::Scalar)), values).since = Since::V31;
    }

    fn map(&mut self, name: &'static str, schema: Value, form: Form, values: Vec<Value>) -> &mut Shape {
        let shape = self.add(name, schema, Form::Object(vec![form]), values);
        shape.is_map = true;
        shape
    }

    fn maps(&mut self) {
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
        let lists = json!({ "type": "object", "additionalProperties": { "type": "array", "items": { "type": "string" } } });
        let values = vec![json!({ "k": ["a", "b"] }), json!({ "k": ["a"] }), json!({ "k": [] }), json!({})];
        self.map("map of lists", lists, Form::List(Box::new(Form::Scalar)), values);
        let maps = json!({ "type": "object", "additionalProperties": { "type": "object", "additionalProperties": { "type": "string" } } });
        let values =
            vec![json!({ "k": { "a": "b" } }), json!({ "k": { "a": "b", "c": "" } }), json!({ "k": {} })];
        self.map("map of maps", maps, Form::Object(vec![Form::Scalar]), values);
        let a = self.own("a");
        let beside = json!({
            "type": "object", "required": [&a], "properties": { &a: { "type": "string" } }, "additionalProperties": { "type": "integer" },
        });
        let values = vec![json!({ &a: "x", "k": 1 }), json!({ &a: "x" }), json!({ &a: "", "k": 1, "l": 2 })];
        self.map("map beside properties", beside, Form::Scalar, values);
        let names = json!({ "type": "object", "patternProperties": { "^k": { "type": "integer" } }, "additionalProperties": false });
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

    /// The same object with names that belong to the next shape alone.
    fn owned(&self, value: Value) -> Value {
        match value {
            Value::Object(members) => {
                Value::Object(members.into_iter().map(|(name, value)| (self.own(&name), value)).collect())
            }
            other => other,
        }
    }

    fn objects(&mut self) {
        let text = || json!({ "type": "string" });
        let whole = || json!({ "type": "integer" });
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
        let list = || json!({ "type": "array", "items": { "type": "string" } });
        let mut values = vec![json!({ "a": "x", "b": ["y", "z"] }), json!({ "a": "x" }), json!({ "b": [] })];
        values.extend(some().into_iter().map(|text| json!({ "b": [text] })));
        let members = vec![("a", text(), Form::Scalar), ("b", list(), Form::List(Box::new(Form::Scalar)))];
        self.object("object with a list", &[], members, values);
        let list = json!({ "type": "array", "items": { "type": ["integer", "null"] } });
        let values = vec![json!({ "b": [1, 2] }), json!({ "b": [1, null] }), json!({ "b": [null] })];
        let members = vec![("b", list, Form::List(Box::new(Form::Scalar)))];
        self.object("object with a list of nullable integers", &[], members, values).since = Since::V31;
        let inner = json!({ "type": "object", "properties": { "c": { "type": "string" }, "d": { "type": "integer" } } });
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
        let whole_schema = json!({ "allOf": [{ "$ref": reference(&base) }, { "type": "object", "properties": { &b: { "type": "integer" } } }] });
        let values = vec![json!({ &a: "x", &b: 1 }), json!({ &a: "a,b" })];
        let shape = self.add(
            "object by allOf",
            json!({ "$ref": reference(&component) }),
            Form::Object(vec![Form::Scalar, Form::Scalar]),
            values,
        );
        shape.components = vec![(base, part), (component, whole_schema)];
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
        let inline = json!({ "type": "object", "required": [&a], "properties": { &a: { "type": "string" }, &b: { "type": "boolean" } } });
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

    /// Objects with one member each, as variants of a union.
    fn variants(&mut self, name: &'static str, keyword: &str, discriminator: bool) {
        let (component, left, right) = (self.own("Shape"), self.own("Left"), self.own("Right"));
        let (kind, a, b) = (self.own("kind"), self.own("a"), self.own("b"));
        let object = |own: &str| match discriminator {
            true => {
                json!({ "type": "object", "required": [&kind, own], "properties": { &kind: { "type": "string" }, own: { "type": "string" } } })
            }
            false => {
                json!({ "type": "object", "required": [own], "properties": { own: { "type": "string" } } })
            }
        };
        let mut union = json!({ keyword: [{ "$ref": reference(&left) }, { "$ref": reference(&right) }] });
        let mut values = vec![json!({ &a: "x" }), json!({ &b: "y" }), json!({ &a: "a,b" })];
        if discriminator {
            union["discriminator"] = json!({ "propertyName": &kind, "mapping": { "l": reference(&left), "r": reference(&right) } });
            values = vec![json!({ &kind: "l", &a: "x" }), json!({ &kind: "r", &b: "y" })];
        }
        let components = vec![(left, object(&a)), (right, object(&b)), (component.clone(), union)];
        self.add(name, inner_of(&component), Form::Object(vec![Form::Scalar]), values).components =
            components;
    }

    fn unions(&mut self) {
        let either = |keyword: &str, variants: Value| json!({ keyword: variants });
        let text_or_integer = json!([{ "type": "string" }, { "type": "integer" }]);
        let values = || vec![json!("a"), json!(1), json!("a,b"), json!("")];
        self.scalar("text or integer by oneOf", either("oneOf", text_or_integer.clone()), values())
            .is_loose = true;
        self.scalar("text or integer by anyOf", either("anyOf", text_or_integer), values()).is_loose = true;
        let shape =
            self.scalar("text or integer by type", json!({ "type": ["string", "integer"] }), values());
        (shape.is_loose, shape.since) = (true, Since::V31);
        let kinds = either("oneOf", json!([{ "type": "integer" }, { "type": "boolean" }]));
        self.scalar("integer or boolean", kinds, vec![json!(1), json!(true), json!(0)]);
        let list = json!([{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]);
        let form = Form::Either(vec![Form::Scalar, Form::List(Box::new(Form::Scalar))]);
        let values = vec![json!("a"), json!(["a", "b"]), json!(["a"]), json!("a,b")];
        self.add("text or list", either("oneOf", list), form, values).is_loose = true;
        let a = self.own("a");
        let object = json!([{ "type": "string" }, { "type": "object", "required": [&a], "properties": { &a: { "type": "string" } } }]);
        let form = Form::Either(vec![Form::Scalar, Form::Object(vec![Form::Scalar])]);
        self.add("text or object", either("anyOf", object), form, vec![json!("a"), json!({ &a: "x" })])
            .is_loose = true;
        self.variants("objects by oneOf", "oneOf", false);
        self.variants("objects by anyOf", "anyOf", false);
        self.variants("objects by discriminator", "oneOf", true);
        let shape = self.add("empty schema", json!({}), Form::Any, some());
        shape.is_loose = true;
        let shape = self.add("true", json!(true), Form::Any, some());
        (shape.is_loose, shape.since) = (true, Since::V31);
    }
}

fn reference(component: &str) -> String {
    format!("#/components/schemas/{component}")
}

fn inner_of(component: &str) -> Value {
    json!({ "$ref": reference(component) })
}

#[cfg(test)]
mod tests {
    use super::all;
    use serde_json::{Map, Value, json};
    use std::collections::HashSet;

    #[test]
    fn values_are_what_their_shapes_say() {
        for shape in all() {
            let components: Map<String, Value> = shape.components.iter().cloned().collect();
            let mut document = json!({ "allOf": [shape.schema], "components": { "schemas": components } });
            nullable(&mut document);
            let options = jsonschema::options()
                .with_draft(jsonschema::Draft::Draft202012)
                .should_validate_formats(true);
            let validator = options
                .should_ignore_unknown_formats(true)
                .build(&document)
                .unwrap_or_else(|error| panic!("{}: {error}", shape.name));
            for value in &shape.values {
                let is_partial = ["object with readOnly", "object with writeOnly"].contains(&shape.name);
                assert!(is_partial || validator.is_valid(value), "{}: {value}", shape.name);
            }
        }
    }

    /// `nullable` as JSON Schema says it.
    fn nullable(schema: &mut Value) {
        match schema {
            Value::Object(members) => {
                members.values_mut().for_each(nullable);
                if members.remove("nullable").is_some() {
                    let inner = Value::Object(std::mem::take(members));
                    *schema = json!({ "anyOf": [inner, { "type": "null" }] });
                }
            }
            Value::Array(items) => items.iter_mut().for_each(nullable),
            _ => {}
        }
    }

    #[test]
    fn names_are_told_apart() {
        let mut seen = HashSet::new();
        assert!(all().iter().all(|shape| seen.insert((shape.name, shape.since))));
        assert!(all().len() >= 80, "{}", all().len());
    }
}
