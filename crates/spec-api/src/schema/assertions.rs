//! Assertions: keywords that restrict the values of a kind, kept in the words of JSON Schema 2020-12.
//!
//! Knows which value each keyword can have. Must not know of which kind the values are.

use super::SchemaReader;
use super::keywords::{ASSERTIONS, NESTED};
use super::read::Draft;
use super::structure::is_base64;
use crate::cursor::Cursor;
use crate::dialect;
use crate::input::Input;
use crate::specification::Release;
use spec_document::{Code, Diagnostic};

/// Reads the assertions of a schema, and the schemas in them.
pub(super) fn read<'a>(reader: &mut SchemaReader<'a>, input: &mut Input<'a>, draft: &mut Draft<'a>) {
    let Draft { at, schema, .. } = draft;
    for keyword in ASSERTIONS {
        if let Some(child) = at.child(keyword)
            && check(input, keyword, &child)
            && (keyword != "contentEncoding" || !is_base64(at))
        {
            schema.assertions.insert(keyword.to_owned(), child.node.to_json());
        }
    }
    dialect::upgrade_bounds(&mut schema.assertions);
    for keyword in NESTED {
        let Some(child) = at.child(keyword) else { continue };
        match keyword {
            "patternProperties" | "dependentSchemas" | "$defs" => {
                for (_, member) in input.members_of(at, keyword) {
                    reader.read(input, member);
                }
            }
            "prefixItems" => {
                for item in input.items_of(at, keyword) {
                    reader.read(input, item);
                }
            }
            _ => {
                reader.read(input, child);
            }
        }
    }
}

/// Returns whether an assertion has a value that it can have; warns if it is ignored.
fn check<'a>(input: &mut Input<'a>, keyword: &str, at: &Cursor<'a>) -> bool {
    let number = at.node.as_number();
    let (fits, expected) = match keyword {
        // Either version may have what the other writes: its meaning is plain.
        "exclusiveMinimum" | "exclusiveMaximum" => {
            let is_3_0 = input.release == Release::V3_0;
            if !is_3_0 {
                warn_of_boolean_bound(input, keyword, at);
            }
            let expected = if is_3_0 { "true or false" } else { "a number" };
            (at.node.as_bool().is_some() || number.is_some(), expected)
        }
        "minimum" | "maximum" => (number.is_some(), "a number"),
        "multipleOf" => (number.is_some_and(|number| number.as_f64() > 0.0), "a positive number"),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties"
        | "minContains" | "maxContains" => {
            (number.is_some_and(|number| number.as_u64().is_some()), "a non-negative integer")
        }
        "pattern" | "contentEncoding" => (at.node.as_str().is_some(), "a string"),
        "uniqueItems" => (at.node.as_bool().is_some(), "true or false"),
        "dependentRequired" => (at.object().is_some(), "an object"),
        _ => (true, ""),
    };
    let is_out_of_range =
        number.is_some() && ["number", "integer"].iter().any(|word| expected.ends_with(word));
    if !fits && is_out_of_range {
        let location = input.location(&at.pointer);
        let message = format!("`{keyword}` must be {expected}; it is ignored");
        input.push(
            Diagnostic::warning(Code::InvalidValue, location, message).help(format!("write {expected} here")),
        );
        input.corrections.remove(at.pointer.clone());
    } else if !fits {
        input.ignore(at, expected);
    }
    fits
}

fn warn_of_boolean_bound<'a>(input: &mut Input<'a>, keyword: &str, at: &Cursor<'a>) {
    if at.node.as_bool().is_some() {
        let message =
            format!("`{keyword}` must be a number, not a boolean; it is taken as OpenAPI 3.0 has it");
        let help = "write the bound itself here, in place of the one beside it";
        let location = input.location(&at.pointer);
        input.push(Diagnostic::warning(Code::WrongType, location, message).help(help));
    }
}
