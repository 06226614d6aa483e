//! Pairs of schemas: whether they mean the same.

use super::Meanings;
use serde_json::{Value, json};
use spec_document::{Diagnostics, Sources};

/// Says whether two schemas mean the same, beside some others.
fn mean_the_same(one: &Value, other: &Value) -> bool {
    let text = json!({"openapi": "3.1.0", "info": {"title": "Pairs", "version": "1"}, "paths": {},
    "components": {"schemas": {
        "One": one,
        "Other": other,
        "Node": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}},
        "Even": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Odd"}}},
        "Odd": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Even"}}},
        "Id": {"type": "string", "maxLength": 8, "description": "An id."},
        "MaybeId": {"type": ["string", "null"], "maxLength": 8},
    }}});
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add("pairs.json", text.to_string());
    let document = sources.parse(source, None, &mut diagnostics).unwrap();
    let api = crate::read(&document, &mut diagnostics).unwrap();
    let meanings = Meanings::of(&api);
    meanings.first(api.components["One"]) == meanings.first(api.components["Other"])
}

/// An object with one property.
fn with(property: Value) -> Value {
    json!({"type": "object", "properties": {"a": property}})
}

#[test]
fn what_differs_in_words_means_the_same() {
    let id = || json!({"$ref": "#/components/schemas/Id"});
    let written_out = || json!({"maxLength": 8, "type": "string"});
    let node = || json!({"$ref": "#/components/schemas/Node"});
    let pairs = [
        (with(json!({"type": "string"})), with(json!({"type": "string", "description": "A.", "title": "T"}))),
        (with(json!({"type": "string", "examples": ["b"]})), with(json!({"type": "string", "x-note": 1}))),
        (
            json!({
                "type": "object", "required": ["a", "b"], "properties": {"a": {}, "b": {"type": "integer"}},
            }),
            json!({
                "required": ["b", "a"], "properties": {"a": {}, "b": {"type": "integer"}}, "type": "object",
            }),
        ),
        (with(id()), with(written_out())),
        (json!({"type": "array", "items": id()}), json!({"type": "array", "items": written_out()})),
        (json!({"allOf": [with(id()), {"required": ["a"]}]}), {
            let mut merged = with(written_out());
            merged["required"] = json!(["a"]);
            merged
        }),
        (
            with(json!({"type": ["string", "null"], "maxLength": 8})),
            with(json!({"$ref": "#/components/schemas/MaybeId"})),
        ),
        // Circles, however long.
        (json!({"type": "object", "properties": {"next": node()}}), node()),
        (node(), json!({"$ref": "#/components/schemas/Even"})),
        (
            json!({
                "type": "object",
                "properties": {"next": {"type": "object", "properties": {"next": node()}}},
            }),
            json!({"$ref": "#/components/schemas/Odd"}),
        ),
        // Null as a whole belongs to the place.
        (with(json!({})), json!({"type": ["object", "null"], "properties": {"a": {}}})),
        (json!({"not": id()}), json!({"not": written_out(), "description": "No id."})),
        (
            json!({"oneOf": [{"type": "integer"}, {"type": "array", "items": id()}]}),
            json!({"oneOf": [{"type": "integer"}, {"type": "array", "items": written_out()}]}),
        ),
    ];
    for (one, other) in pairs {
        assert!(mean_the_same(&one, &other), "{one}\n{other}");
    }
}

#[test]
fn what_differs_in_values_or_in_code_means_something_else() {
    let text = |more: Value| {
        let mut schema = json!({"type": "string"});
        schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        with(schema)
    };
    let colours = |more: Value| {
        let mut schema = json!({"type": "string", "enum": ["red", "blue"]});
        schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        schema
    };
    let list = |items: Value| json!({"type": "array", "items": items});
    let plain = text(json!({}));
    for other in [
        text(json!({"maxLength": 1})),
        text(json!({"format": "uuid"})),
        text(json!({"default": "b"})),
        text(json!({"readOnly": true})),
        text(json!({"writeOnly": true})),
        text(json!({"deprecated": true})),
        text(json!({"x-rust-name": "b"})),
        text(json!({"enum": ["b"]})),
        with(json!({"type": ["string", "null"]})),
        with(json!({"type": "integer"})),
        json!({"type": "object", "properties": {"b": {"type": "string"}}}),
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}),
        json!({"type": "object", "additionalProperties": false, "properties": {"a": {"type": "string"}}}),
        json!({
            "type": "object", "additionalProperties": {"type": "string"},
            "properties": {"a": {"type": "string"}},
        }),
        json!({"type": "object", "minProperties": 1, "properties": {"a": {"type": "string"}}}),
    ] {
        assert!(!mean_the_same(&plain, &other), "{other}");
    }
    let node = json!({"$ref": "#/components/schemas/Node"});
    for (one, other) in [
        (colours(json!({})), colours(json!({"enum": ["blue", "red"]}))),
        (colours(json!({})), colours(json!({"x-enum-varnames": ["Rot", "Blau"]}))),
        (
            json!({"type": "object", "properties": {"a": {}, "b": {}}}),
            json!({"type": "object", "properties": {"b": {}, "a": {}}}),
        ),
        (json!({"oneOf": [plain, list(json!({}))]}), json!({"anyOf": [plain, list(json!({}))]})),
        (json!({"oneOf": [plain, list(json!({}))]}), json!({"oneOf": [list(json!({})), plain]})),
        (list(json!({"type": "string"})), list(json!({"type": ["string", "null"]}))),
        (json!({"not": {"maxLength": 1}}), json!({"not": {"maxLength": 2}})),
        (
            json!({"type": "object", "properties": {"next": node}}),
            json!({"type": "object", "required": ["next"], "properties": {"next": node}}),
        ),
    ] {
        assert!(!mean_the_same(&one, &other), "{one}\n{other}");
    }
}
