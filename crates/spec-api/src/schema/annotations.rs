//! Annotations, for people and generators: titles, names, defaults and examples.
//!
//! Must not know the values of the schema.

use super::SchemaReader;
use super::read::Draft;
use crate::cursor::Cursor;
use crate::input::Input;
use serde_json::Value;
use spec_document::{Code, Diagnostic};

/// Lists of names for the values of `enum`, as generators in other languages read them.
const VALUE_NAMES: [&str; 3] = ["x-enum-varnames", "x-enum-names", "x-enumNames"];

/// Reads the annotations of a schema.
pub(super) fn read<'a>(reader: &mut SchemaReader<'a>, input: &mut Input<'a>, draft: &mut Draft<'a>) {
    let Draft { id, at, schema, .. } = draft;
    schema.title = input.optional_text(at, "title");
    schema.description = input.optional_text(at, "description");
    schema.pinned_name = input.string(at, "x-rust-name");
    schema.value_names = read_value_names(input, at);
    schema.deprecated = input.bool(at, "deprecated").unwrap_or(false);
    schema.read_only = input.bool(at, "readOnly").unwrap_or(false);
    schema.write_only = input.bool(at, "writeOnly").unwrap_or(false);
    if let Some(default) = at.child("default") {
        schema.default = Some(reader.add_example(input, &default, *id, true).1);
    }
    if let Some(example) = at.child("example") {
        schema.examples.push(reader.add_example(input, &example, *id, false));
    }
    let examples = at.child("examples");
    if let Some(examples) = examples.as_ref().filter(|examples| examples.node.as_array().is_none()) {
        input.ignore(examples, "an array");
    }
    for example in examples.iter().flat_map(Cursor::items) {
        schema.examples.push(reader.add_example(input, &example, *id, false));
    }
}

/// Reads the names of the values of an enumeration, which stand in the order of `enum`.
fn read_value_names<'a>(input: &mut Input<'a>, at: &Cursor<'a>) -> Vec<(Value, String)> {
    let (Some(list), Some(values)) =
        (VALUE_NAMES.into_iter().find_map(|key| at.child(key)), at.child("enum"))
    else {
        return Vec::new();
    };
    let (names, values) = (list.items(), values.items());
    let names: Vec<&str> = names.iter().filter_map(|name| name.node.as_str()).collect();
    if names.len() != values.len() {
        let location = input.location(&list.pointer).key();
        let message = "this is no list of one name for each value of `enum`; it is ignored";
        input.push(
            Diagnostic::warning(Code::InvalidValue, location, message)
                .help("give the names in the order of `enum`"),
        );
        return Vec::new();
    }
    values.iter().zip(names).map(|(value, name)| (value.node.to_json(), name.to_owned())).collect()
}
