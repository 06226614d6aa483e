//! Decides if null is among the values of a schema. All that decides it stands here.
//!
//! Knows every way to write null: `nullable`, a type, a value, a variant, a part of an `allOf`. Must not know
//! what other values a schema has.

use super::table::SchemaTable;
use crate::SchemaId;
use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::Kind;
use crate::specification::Release;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Number of references that are followed to see if null is among the values.
const MAX_HOPS: usize = 8;

/// The rule of a schema itself about null.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Null {
    /// Nothing: it has neither `type` nor `enum` nor `const`.
    #[default]
    Unsaid,
    Refused,
    Accepted,
    /// `nullable: true` of OpenAPI 3.0, which is meant to hold whatever stands beside it.
    Declared,
}

impl Null {
    /// Returns whether null is among the values.
    pub(crate) fn is_accepted(self) -> bool {
        matches!(self, Null::Accepted | Null::Declared)
    }

    /// Decides for a schema that is written `true` or `false`.
    pub(super) fn of_boolean(schema: bool) -> Null {
        if schema { Null::Unsaid } else { Null::Refused }
    }

    /// Reads what the keywords of a schema say. `types` has the names of its types, null among them.
    pub(super) fn read<'a>(input: &mut Input<'a>, at: &Cursor<'a>, types: Option<&[&str]>) -> Null {
        let is_declared = input.release == Release::V3_0 && input.bool(at, "nullable").unwrap_or(false);
        let values = at.child("enum").map(|list| input.array(&list));
        let constant = at.child("const");
        if is_declared {
            return Null::Declared;
        }
        if types.is_none() && values.is_none() && constant.is_none() {
            return Null::Unsaid;
        }
        let is_accepted = types.is_none_or(|types| types.contains(&"null"))
            && values.is_none_or(|values| values.iter().any(|value| value.node.is_null()))
            && constant.is_none_or(|value| value.node.is_null());
        if is_accepted { Null::Accepted } else { Null::Refused }
    }

    /// Decides for a `oneOf` or `anyOf` beside the keywords of a schema. `lists_null` says whether null alone
    /// is one of the variants.
    pub(super) fn of_union(self, lists_null: bool) -> Null {
        match self {
            Null::Refused => Null::Refused,
            Null::Declared => Null::Accepted,
            Null::Unsaid | Null::Accepted if lists_null => Null::Accepted,
            Null::Unsaid | Null::Accepted => Null::Refused,
        }
    }

    /// Decides for a union that is its only variant. `said` is what stands beside the union.
    pub(super) fn of_only_variant(self, said: Null, variant: Null) -> Null {
        match said {
            Null::Refused => self,
            _ if self.is_accepted() || variant.is_accepted() => Null::Accepted,
            _ => variant,
        }
    }

    /// Decides for a schema that takes what two others both take.
    pub(super) fn of_both(left: bool, right: bool) -> Null {
        if left && right { Null::Accepted } else { Null::Refused }
    }
}

/// The rules of an `allOf` and its parts about null.
pub(super) struct AllOfNull {
    /// True if the schema, or one of its parts, takes null.
    pub(super) is_accepted: bool,
    is_refused: bool,
}

impl AllOfNull {
    /// Begins with what stands beside an `allOf`.
    pub(super) fn beside(own: Null) -> Self {
        AllOfNull { is_accepted: own.is_accepted(), is_refused: own == Null::Refused }
    }

    /// Adds what a part says.
    pub(super) fn add(&mut self, table: &SchemaTable, part: SchemaId) {
        let is_nullable = table.is_nullable(part);
        self.is_accepted |= is_nullable;
        self.is_refused |= !is_nullable && table.null(table.end(part)) != Null::Unsaid;
    }

    /// Decides for the whole. `is_declared` says whether null is among the values whatever the parts say.
    pub(super) fn decide(&self, is_declared: bool) -> Null {
        match (is_declared || (self.is_accepted && !self.is_refused), self.is_refused) {
            (true, _) => Null::Accepted,
            (false, true) => Null::Refused,
            (false, false) => Null::Unsaid,
        }
    }
}

/// Lets unions take null if one of their variants does.
pub(super) fn lift(table: &mut SchemaTable, mut unions: Vec<SchemaId>) {
    loop {
        let before = unions.len();
        unions.retain(|id| {
            let Kind::Union { variants, .. } = &table[*id].kind else { return false };
            let is_nullable = variants.iter().any(|variant| table.is_nullable(*variant));
            if is_nullable {
                table.accept_null(*id);
            }
            !is_nullable
        });
        if unions.len() == before {
            return;
        }
    }
}

/// The keywords whose lists hold schemas that say whether a schema takes null.
const PARTS: [&str; 3] = ["anyOf", "oneOf", "allOf"];

/// The schemas that others refer to, as the document writes them, as far as they say whether null is among
/// the values: so that schemas can be rewritten one by one.
#[derive(Default)]
pub(crate) struct Targets(HashMap<String, Value>);

impl Targets {
    /// Finds what those schemas of a document lead to that take null.
    pub(crate) fn of(document: &Value) -> Targets {
        let mut targets = Targets::default();
        targets.walk(document, document);
        targets
    }

    /// Looks for such schemas in a value; what only looks like one does no harm.
    fn walk(&mut self, value: &Value, document: &Value) {
        match value {
            Value::Object(members) => {
                let is_nullable =
                    |(name, value): (&String, &Value)| name == "nullable" && *value == Value::Bool(true);
                if members.iter().any(is_nullable) {
                    self.add(value, document);
                }
                members.values().for_each(|member| self.walk(member, document));
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(item, document)),
            _ => {}
        }
    }

    /// Adds what the parts of a schema that takes null lead to.
    fn add(&mut self, schema: &Value, document: &Value) {
        for part in PARTS.iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten() {
            let Some(reference) = part.get("$ref").and_then(Value::as_str) else {
                self.add(part, document);
                continue;
            };
            let pointer = spec_document::Pointer::from_fragment(reference);
            let target = pointer.and_then(|pointer| document.pointer(pointer.as_str()));
            self.add_target(reference, target, document);
        }
    }

    /// Adds a schema, and what it leads to.
    fn add_target(&mut self, reference: &str, target: Option<&Value>, document: &Value) {
        let Some(target) = target.filter(|_| !self.0.contains_key(reference)) else { return };
        self.0.insert(reference.to_owned(), about_null(target));
        // What is only a reference stands for another schema.
        self.add(&json!({ "allOf": [about_null(target)] }), document);
    }
}

/// Returns what of a schema says whether it takes null.
fn about_null(schema: &Value) -> Value {
    let Value::Object(members) = schema else { return schema.clone() };
    let own = members.iter().filter_map(|(name, value)| match (name.as_str(), value) {
        ("$ref" | "nullable" | "type" | "enum", _) => Some((name.clone(), value.clone())),
        (keyword, Value::Array(parts)) if PARTS.contains(&keyword) => {
            Some((name.clone(), parts.iter().map(about_null).collect()))
        }
        _ => None,
    });
    Value::Object(own.collect())
}

/// Adds null to the values of a schema of JSON Schema 2020-12, for validators. Nothing inside of it moves, so
/// that pointers stay what they are: instead of one `anyOf` around everything, each keyword that refuses null
/// is told to take it.
pub(crate) fn add_to_json(schema: &mut Map<String, Value>, targets: &Targets) {
    if let Some(reference) = schema.shift_remove("$ref") {
        schema.clear();
        schema.insert("anyOf".to_owned(), json!([{"$ref": reference}, {"type": "null"}]));
        return;
    }
    match schema.get_mut("type") {
        Some(name @ Value::String(_)) if name != "null" => *name = json!([name, "null"]),
        Some(Value::Array(names)) if !names.contains(&json!("null")) => names.push(json!("null")),
        _ => {}
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(Value::Array(variants)) = schema.get_mut(keyword)
            // With `oneOf`, a second one would refuse it again.
            && !variants.iter().any(|variant| is_in_json(variant, targets, MAX_HOPS))
        {
            variants.push(json!({"type": "null"}));
        }
    }
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        if !is_in_json(part, targets, MAX_HOPS)
            && let Value::Object(part) = part
        {
            add_to_json(part, targets);
        }
    }
}

/// Returns whether null is among the values of a schema as JSON, in either dialect.
fn is_in_json(schema: &Value, targets: &Targets, hops: usize) -> bool {
    let Value::Object(schema) = schema else { return *schema != Value::Bool(false) };
    if let Some(reference) = schema.get("$ref") {
        let target = reference.as_str().and_then(|reference| targets.0.get(reference));
        return hops > 0 && target.is_some_and(|target| is_in_json(target, targets, hops - 1));
    }
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        return true;
    }
    let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
    let takes = |variant: &Value| hops > 0 && is_in_json(variant, targets, hops - 1);
    let by_type = match schema.get("type") {
        None => true,
        Some(Value::Array(names)) => names.contains(&json!("null")),
        Some(name) => name == "null",
    };
    by_type
        && list("enum").is_none_or(|values| values.contains(&Value::Null))
        && list("anyOf").is_none_or(|variants| variants.iter().any(takes))
        && list("oneOf").is_none_or(|variants| variants.iter().any(takes))
        && list("allOf").is_none_or(|parts| parts.iter().all(takes))
}
