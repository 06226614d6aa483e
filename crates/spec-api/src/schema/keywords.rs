//! The keywords of JSON Schema and OpenAPI that a schema may have, and what each group of them is for.
//!
//! Knows names. Must not know what any of them means.

use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::Version;
use crate::spelling::nearest;
use spec_document::{Code, Diagnostic};

/// Keywords whose assertions a [`Kind`](crate::Kind) does not carry; they are kept as they stand.
pub(super) const ASSERTIONS: [&str; 28] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "prefixItems",
    "unevaluatedItems",
    "minProperties",
    "maxProperties",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "not",
    "if",
    "then",
    "else",
    "contentEncoding",
];

/// Keywords that hold one schema, several in a list, or several by name, and have no kind of their own.
pub(super) const NESTED: [&str; 12] = [
    "contains",
    "prefixItems",
    "unevaluatedItems",
    "patternProperties",
    "propertyNames",
    "dependentSchemas",
    "unevaluatedProperties",
    "not",
    "if",
    "then",
    "else",
    "$defs",
];

/// Keywords that restrict a value without saying what it is.
pub(super) const RESTRICTIONS: [&str; 20] = [
    "required",
    "not",
    "title",
    "description",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
];

/// Other keywords of a schema; with [`ASSERTIONS`] these are all, so that misspelled ones stand out.
const OTHERS: [&str; 38] = [
    "$ref",
    "$schema",
    "$id",
    "$anchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$recursiveRef",
    "$recursiveAnchor",
    "$vocabulary",
    "$comment",
    "$defs",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "dependencies",
    "deprecated",
    "description",
    "discriminator",
    "enum",
    "example",
    "examples",
    "externalDocs",
    "format",
    "items",
    "nullable",
    "oneOf",
    "properties",
    "readOnly",
    "required",
    "title",
    "type",
    "writeOnly",
];

/// Warns of keywords that are nearly ones of a schema. Others are left alone: JSON Schema lets everyone
/// add some.
pub(super) fn check<'a>(input: &mut Input<'a>, at: &Cursor<'a>) {
    for (keyword, member) in at.members() {
        let location = input.location(&member.pointer).key();
        if keyword == "nullable" && input.version() == Version::V3_1 {
            let help = "add \"null\" to `type`, or `{\"type\": \"null\"}` to `anyOf`";
            input.warn_once(
                Code::UnknownField,
                location,
                "OpenAPI 3.1 has no `nullable`; it is ignored",
                help,
            );
            continue;
        }
        if keyword.starts_with("x-") || ASSERTIONS.contains(&keyword) || OTHERS.contains(&keyword) {
            continue;
        }
        let known = ASSERTIONS.iter().chain(&OTHERS).copied();
        if let Some(near) = nearest(keyword, known).filter(|near| near.len() > 4) {
            let message = format!("`{keyword}` is no keyword of a schema, and is ignored");
            input.push(
                Diagnostic::warning(Code::UnknownField, location, message)
                    .help(format!("did you mean `{near}`?")),
            );
        }
    }
}
