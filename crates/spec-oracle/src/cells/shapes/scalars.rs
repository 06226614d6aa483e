//! Shapes of one text: texts of every format, numbers, choices, contents, and what may be null.
//!
//! Knows what stands at the edges of each. Must not know what is put together of several values.

use super::{Form, Maker, Since, TEXTS, lists, reference, some, texts};
use serde_json::{Value, json};

impl Maker {
    /// Adds all scalars.
    pub(super) fn scalars(&mut self) {
        self.texts();
        self.numbers();
        self.choices();
        self.contents();
    }

    /// Adds texts, and files.
    fn texts(&mut self) {
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
    }

    /// Adds numbers, and booleans.
    fn numbers(&mut self) {
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
    }

    /// Adds enums, constants, and references to scalars.
    fn choices(&mut self) {
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
    }

    /// Adds texts that say what is in them.
    fn contents(&mut self) {
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

    /// Adds what may be null.
    pub(super) fn nulls(&mut self) {
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
}
