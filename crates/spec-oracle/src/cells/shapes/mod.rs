//! What a document can say of a value, each with values at its edges.
//!
//! Knows JSON Schema as OpenAPI has it. Must not know where values stand in a message.

mod lists;
mod objects;
mod scalars;
mod unions;

use serde_json::{Value, json};

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

/// The parts of a value that stand in one text each.
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
    /// Returns true if it is one text.
    #[must_use]
    pub fn is_scalar(&self) -> bool {
        match self {
            Form::Scalar => true,
            Form::Either(forms) => forms.iter().all(Form::is_scalar),
            _ => false,
        }
    }

    /// Returns true if some part of it is anything.
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

/// The documents that can say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Since {
    /// Only those of OpenAPI 3.0.
    Only30,
    /// All.
    Always,
    /// Those of OpenAPI 3.1.
    V31,
}

/// A schema, with values at its edges.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Its name in reports.
    pub name: &'static str,
    /// The documents that can say it.
    pub since: Since,
    /// Its schema.
    pub schema: Value,
    /// Components that the schema refers to.
    pub components: Vec<(String, Value)>,
    /// Values that a client sends.
    pub values: Vec<Value>,
    /// Values that a server answers.
    pub answers: Vec<Value>,
    /// The parts of it that stand in one text each.
    pub form: Form,
    /// True if the values are files, where there are such.
    pub is_file: bool,
    /// True if names of members are not known beforehand.
    pub is_map: bool,
    /// True if a text can be of several kinds, so that what arrives may be another one of the same text.
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

    /// Adds a component, and a shape that refers to it.
    fn named(&mut self, name: &'static str, schema: Value, form: Form, values: Vec<Value>) -> &mut Shape {
        let component = self.own("Shape");
        let shape = self.add(name, json!({ "$ref": reference(&component) }), form, values);
        shape.components.push((component, schema));
        shape
    }
}

/// Returns the pointer of a component.
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
