//! Shapes of lists: of one kind, of several, of lists and objects, and tuples.
//!
//! Knows how many items are at the edge of anything. Must not know how lists are written.

use super::{Form, Maker, Shape, Since, TEXTS, lists, reference, some, texts};
use serde_json::{Value, json};

impl Maker {
    fn list(&mut self, name: &'static str, item: Value, form: Form, values: &[Value]) -> &mut Shape {
        self.add(name, json!({ "type": "array", "items": item }), Form::List(Box::new(form)), lists(values))
    }

    /// Adds all lists.
    pub(super) fn lists(&mut self) {
        self.lists_of_scalars();
        self.lists_of_more();
    }

    /// Adds lists of scalars of one kind.
    fn lists_of_scalars(&mut self) {
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
    }

    /// Adds lists with bounds, of values of several kinds, of lists and objects, and tuples.
    fn lists_of_more(&mut self) {
        let bounded = json!({
            "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": 2, "uniqueItems": true,
        });
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
        let tuple = json!({
            "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }], "items": false,
            "minItems": 2,
        });
        let values = vec![json!(["a", 1]), json!(["", 0]), json!(["a,b", -1]), json!(["1", 1])];
        self.add("tuple", tuple, Form::List(Box::new(Form::Scalar)), values).since = Since::V31;
        let tuple =
            json!({ "type": "array", "prefixItems": [{ "type": "string" }], "items": { "type": "integer" } });
        let values = vec![json!(["a", 1, 2]), json!(["a"]), json!(["1", 1])];
        self.add("tuple with a rest", tuple, Form::List(Box::new(Form::Scalar)), values).since = Since::V31;
    }
}
