//! Edges and faults of small schemas, each held against a validator. Must not know how they are proposed.

use crate::Values;
use crate::random::Filling;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn document() -> Value {
    json!({ "pet": {
        "type": "object",
        "required": ["name", "kind"],
        "additionalProperties": false,
        "properties": {
            "name": { "type": "string", "minLength": 2, "maxLength": 6 },
            "kind": { "enum": ["cat", "dog"] },
            "age": { "type": "integer", "minimum": 0, "exclusiveMaximum": 40 },
            "weight": { "type": "number", "multipleOf": 0.5 },
            "code": { "type": "string", "pattern": "^[A-Z]{2}-\\d+$" },
            "born": { "type": ["string", "null"], "format": "date" },
            "tags": {
                "type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": true,
                "items": { "$ref": "#/tag" },
            },
            "owner": { "anyOf": [{ "$ref": "#/owner" }, { "type": "null" }] },
            "made": { "type": "string", "readOnly": true },
            "tame": { "type": "boolean" },
        },
    }, "tag": { "type": "string", "maxLength": 4 }, "owner": { "allOf": [{
        "type": "object", "required": ["id"],
        "properties": { "id": { "type": "integer", "format": "int32" } },
    }] } })
}

/// Each keyword of a schema is met from both sides, by values of which a validator says the same.
#[test]
fn both_sides_of_each_keyword_are_met() {
    let values = Values::new(document(), "readOnly").expect("values");
    let (mut edges, mut faults) = (BTreeSet::new(), BTreeSet::new());
    for filling in [Filling::All, Filling::Least] {
        let base = values.valid(Some("/pet"), filling, 3, &|_| true).expect("a pet");
        for edge in values.boundaries("/pet", &base) {
            assert!(values.is_valid("/pet", &edge.value), "{edge:?}");
            assert!(edge.value.get("made").is_none(), "{edge:?}");
            edges.insert(edge.keyword);
        }
        for fault in values.faults("/pet", &base) {
            assert!(!values.is_valid("/pet", &fault.value), "{fault:?}");
            assert_eq!(values.broken("/pet", &fault.value).len(), 1, "{fault:?}");
            faults.insert(fault.keyword);
        }
    }
    let list = |all: BTreeSet<String>| all.into_iter().collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(format!("edges\n{}\n\nfaults\n{}", list(edges), list(faults)));
}

/// A fault stands in the first item of a list, and in the last one behind items that are fine.
#[test]
fn faults_stand_in_later_items_too() {
    let document = json!({ "lines": { "type": "array", "minItems": 1, "items": {
        "type": "object",
        "required": ["count"],
        "properties": { "count": { "type": "integer", "minimum": 1 } },
    }}});
    let values = Values::new(document, "readOnly").expect("values");
    for (base, last) in
        [(json!([{ "count": 1 }]), 1), (json!([{ "count": 1 }, { "count": 2 }, { "count": 3 }]), 2)]
    {
        let faults = values.faults("/lines", &base);
        for at in [0, last] {
            let is_meant = |own: &crate::Variant| {
                own.at == format!("/{at}/count") && own.keyword == "/lines/items/properties/count/minimum"
            };
            assert!(faults.iter().any(is_meant), "{base} at {at}: {faults:?}");
        }
    }
}

/// What is the same comes out the same: nothing hangs on the order of a hash table.
#[test]
fn variants_are_the_same_each_time() {
    let all = || {
        let values = Values::new(document(), "readOnly").expect("values");
        let base = values.valid(Some("/pet"), Filling::All, 3, &|_| true).expect("a pet");
        [values.boundaries("/pet", &base), values.faults("/pet", &base)].concat()
    };
    assert_eq!(all(), all());
}

/// A schema that contains itself is walked to an end.
#[test]
fn recursion_ends() {
    let document = json!({ "node": { "type": "object", "required": ["id"], "properties": {
        "id": { "type": "integer" },
        "next": { "$ref": "#/node" },
        "all": { "type": "array", "items": { "$ref": "#/node" } },
    }}});
    let values = Values::new(document, "readOnly").expect("values");
    let base = values.valid(Some("/node"), Filling::All, 1, &|_| true).expect("a node");
    assert!(!values.boundaries("/node", &base).is_empty());
    assert!(!values.faults("/node", &base).is_empty());
}
