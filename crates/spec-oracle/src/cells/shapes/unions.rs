//! Shapes of values that may be of several kinds: by `oneOf`, by `anyOf`, by a list of types, by a tag.
//!
//! Must not know what tells their variants apart on the wire.

use super::{Form, Maker, Since, inner_of, reference, some};
use serde_json::{Value, json};

impl Maker {
    /// Objects with one member each, as variants of a union.
    fn variants(&mut self, name: &'static str, keyword: &str, discriminator: bool) {
        let (component, left, right) = (self.own("Shape"), self.own("Left"), self.own("Right"));
        let (kind, a, b) = (self.own("kind"), self.own("a"), self.own("b"));
        let object = |own: &str| match discriminator {
            true => {
                json!({
                    "type": "object", "required": [&kind, own],
                    "properties": { &kind: { "type": "string" }, own: { "type": "string" } },
                })
            }
            false => {
                json!({ "type": "object", "required": [own], "properties": { own: { "type": "string" } } })
            }
        };
        let mut union = json!({ keyword: [{ "$ref": reference(&left) }, { "$ref": reference(&right) }] });
        let mut values = vec![json!({ &a: "x" }), json!({ &b: "y" }), json!({ &a: "a,b" })];
        if discriminator {
            union["discriminator"] = json!({
                "propertyName": &kind, "mapping": { "l": reference(&left), "r": reference(&right) },
            });
            values = vec![json!({ &kind: "l", &a: "x" }), json!({ &kind: "r", &b: "y" })];
        }
        let components = vec![(left, object(&a)), (right, object(&b)), (component.clone(), union)];
        self.add(name, inner_of(&component), Form::Object(vec![Form::Scalar]), values).components =
            components;
    }

    /// Adds what may be of several kinds.
    pub(super) fn unions(&mut self) {
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
        let object = json!([
            { "type": "string" },
            { "type": "object", "required": [&a], "properties": { &a: { "type": "string" } } },
        ]);
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
