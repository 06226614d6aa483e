//! The intersection of two schemas, where one kind of values can say it.
//!
//! Knows values, bounds and objects. Must not know why they go together.

use super::all_of::Merger;
use crate::SchemaId;
use crate::model::{Additional, Kind, Object, Property, Schema};
use crate::schema::null::Null;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Keywords that speak of what stands beside them: moved beside others, they would say something else (JSON
/// Schema 2020-12 core, 10.2.2, 10.3.1 and 11).
pub(super) const INTERDEPENDENT: [&str; 8] = [
    "if",
    "then",
    "else",
    "minContains",
    "maxContains",
    "prefixItems",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// The largest number of schemas that are compared to see whether two say the same.
const MOST: usize = 1_000;

/// Returns the value with which an assertion says what it says with either; none if no value does.
pub(super) fn tighter_bound(keyword: &str, left: &Value, right: &Value) -> Option<Value> {
    if left == right {
        return Some(left.clone());
    }
    let (l, r) = (left.as_f64()?, right.as_f64()?);
    match keyword {
        "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties" => {
            Some(if l > r { left } else { right }.clone())
        }
        "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties" => {
            Some(if l < r { left } else { right }.clone())
        }
        _ => None,
    }
}

/// Returns the kind of the values that are of both kinds, where it is one. Two objects with properties have
/// none here; [`objects`] looks into them.
pub(super) fn intersect_kind(left: &Kind, right: &Kind) -> Option<Kind> {
    let both = match (left, right) {
        // What only a validator can say remains so, whatever stands beside it.
        (Kind::Opaque, _) | (_, Kind::Opaque) => return None,
        (kind, Kind::Any) | (Kind::Any, kind) => kind,
        (left, right) if left == right => left,
        (Kind::String(None), kind @ Kind::String(_)) | (kind @ Kind::String(_), Kind::String(None)) => kind,
        (Kind::Number(None), kind @ (Kind::Number(_) | Kind::Integer(_)))
        | (kind @ (Kind::Number(_) | Kind::Integer(_)), Kind::Number(None)) => kind,
        (Kind::Integer(None), kind @ Kind::Integer(_)) | (kind @ Kind::Integer(_), Kind::Integer(None)) => {
            kind
        }
        (Kind::Array(None), kind @ Kind::Array(_)) | (kind @ Kind::Array(_), Kind::Array(None)) => kind,
        (Kind::Enum(values), kind) | (kind, Kind::Enum(values)) => {
            let in_both: Vec<Value> = values.iter().filter(|value| is_of(value, kind)).cloned().collect();
            return (!in_both.is_empty()).then_some(Kind::Enum(in_both));
        }
        (Kind::Object(alone), kind @ (Kind::Object(_) | Kind::Union { .. }))
        | (kind @ (Kind::Object(_) | Kind::Union { .. }), Kind::Object(alone))
            if alone.properties.is_empty() && alone.additional == Additional::Unsaid =>
        {
            kind
        }
        _ => return None,
    };
    Some(both.clone())
}

/// Returns whether a value is of a kind, as far as that can be said without looking into it.
pub(in crate::schema) fn is_of(value: &Value, kind: &Kind) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Boolean => value.is_boolean(),
        Kind::Integer(_) => value.is_i64() || value.is_u64(),
        Kind::Number(_) => value.is_number(),
        Kind::String(_) => value.is_string(),
        Kind::Enum(values) => values.contains(value),
        _ => false,
    }
}

/// Returns the kind of the objects that are of both kinds: as long as no property has two meanings, and
/// neither restricts what only the other names.
pub(super) fn objects(merger: &mut Merger<'_>, mut left: Object, right: &Object) -> Kind {
    if restricts_names_of(merger, &left, right) || restricts_names_of(merger, right, &left) {
        return Kind::Opaque;
    }
    // A part may require a property that another part describes: it then says nothing of its own about it.
    let is_unsaid = |merger: &Merger<'_>, id: SchemaId| merger.table[id].pointer().is_none();
    let mut places: HashMap<String, usize> = HashMap::new();
    places.extend(left.properties.iter().enumerate().map(|(place, property)| (property.name.clone(), place)));
    for property in &right.properties {
        let Some(place) = places.get(&property.name) else {
            left.properties.push(property.clone());
            continue;
        };
        let own = &mut left.properties[*place];
        own.required |= property.required;
        if is_unsaid(merger, property.schema) {
            continue;
        }
        if is_unsaid(merger, own.schema) {
            own.schema = property.schema;
            continue;
        }
        let Some(both) = intersect_schemas(merger, own.schema, property.schema) else {
            return Kind::Opaque;
        };
        own.schema = both;
    }
    left.additional = match (left.additional, &right.additional) {
        (Additional::Unsaid, other) => other.clone(),
        (own, Additional::Unsaid) => own,
        (Additional::Allowed(None), other) => other.clone(),
        (own, Additional::Allowed(None)) => own,
        (own, other) if own == *other => own,
        _ => return Kind::Opaque,
    };
    Kind::Object(left)
}

/// Returns whether an object restricts properties that only another one names.
fn restricts_names_of(merger: &Merger<'_>, object: &Object, other: &Object) -> bool {
    let takes_all = match object.additional {
        Additional::Unsaid | Additional::Allowed(None) => true,
        Additional::Refused => false,
        Additional::Allowed(Some(id)) => merger.table[id].kind == Kind::Any,
    };
    if takes_all {
        return false;
    }
    let names: HashSet<&str> = object.properties.iter().map(|property| property.name.as_str()).collect();
    !other.properties.iter().all(|property| names.contains(property.name.as_str()))
}

/// Returns the one of two schemas that says all that the other says, or of plain values one that says what
/// both do.
fn intersect_schemas(merger: &mut Merger<'_>, left: SchemaId, right: SchemaId) -> Option<SchemaId> {
    let table = &*merger.table;
    let (left_end, right_end) = (table.end(left), table.end(right));
    let (left_null, right_null) = (table.is_nullable(left), table.is_nullable(right));
    if left_end == right_end {
        return Some(if left_null { right } else { left });
    }
    if merger.is_unmerged(left_end) || merger.is_unmerged(right_end) {
        return None;
    }
    if is_same(merger, left_end, right_end, &mut { MOST }) {
        // The nearer one has the words.
        return Some(if left_null || !right_null { right } else { left });
    }
    let (l, r) = (&table[left_end], &table[right_end]);
    let kind = intersect_kind(&l.kind, &r.kind)?;
    let says_all = |one: &Schema, other: &Schema| {
        other.assertions.iter().all(|(key, value)| one.assertions.get(key) == Some(value))
    };
    if kind == r.kind && says_all(r, l) && (left_null || !right_null || l.kind == Kind::Any) {
        Some(right)
    } else if kind == l.kind && says_all(l, r) && (right_null || !left_null || r.kind == Kind::Any) {
        Some(left)
    } else {
        let schema = intersect_values(l, r, kind)?;
        Some(merger.table.add(schema, Null::of_both(left_null, right_null)))
    }
}

/// Says whether two schemas say the same of the same values, null aside, as bundlers write one schema out in
/// two places; no where that takes more than `left` comparisons.
fn is_same(merger: &Merger<'_>, one: SchemaId, other: SchemaId, left: &mut usize) -> bool {
    let table = &*merger.table;
    let (one_end, other_end) = (table.end(one), table.end(other));
    if one_end == other_end {
        return true;
    }
    if *left == 0 || merger.is_unmerged(one_end) || merger.is_unmerged(other_end) {
        return false;
    }
    *left -= 1;
    let (a, b) = (&table[one_end], &table[other_end]);
    let mut are_same = |ones: &[SchemaId], others: &[SchemaId]| {
        ones.len() == others.len()
            && ones.iter().zip(others).all(|(one, other)| is_same_place(merger, *one, *other, left))
    };
    a.assertions == b.assertions
        && a.value_names == b.value_names
        && match (&a.kind, &b.kind) {
            (Kind::Array(Some(one)), Kind::Array(Some(other))) => are_same(&[*one], &[*other]),
            (Kind::Tuple(ones), Kind::Tuple(others)) => are_same(ones, others),
            (
                Kind::Union { variants, exclusive, discriminator: None },
                Kind::Union { variants: others, exclusive: is_exclusive, discriminator: None },
            ) => exclusive == is_exclusive && are_same(variants, others),
            (Kind::Object(one), Kind::Object(other)) => {
                let is_same_property = |(one, other): (&Property, &Property)| {
                    (&one.name, one.required) == (&other.name, other.required)
                        && are_same(&[one.schema], &[other.schema])
                };
                one.properties.len() == other.properties.len()
                    && one.properties.iter().zip(&other.properties).all(is_same_property)
                    && match (&one.additional, &other.additional) {
                        (Additional::Allowed(Some(one)), Additional::Allowed(Some(other))) => {
                            is_same_place(merger, *one, *other, left)
                        }
                        (one, other) => one == other,
                    }
            }
            // Its kind does not have what it says.
            (Kind::Opaque, _) => false,
            (a, b) => a == b,
        }
}

/// Says whether two schemas say the same, that of null and of their places included.
fn is_same_place(merger: &Merger<'_>, one: SchemaId, other: SchemaId, left: &mut usize) -> bool {
    let table = &*merger.table;
    let of_place = |id: SchemaId| {
        let (own, end) = (&table[id], table.resolved(id));
        let default = own.default.as_ref().or(end.default.as_ref());
        let ways = (own.read_only || end.read_only, own.write_only || end.write_only);
        (table.is_nullable(id), default, ways, own.pinned_name.as_ref())
    };
    of_place(one) == of_place(other) && is_same(merger, one, other, left)
}

/// Returns the schema of the plain values that two schemas take; none where their assertions can't be said
/// together.
fn intersect_values(left: &Schema, right: &Schema, kind: Kind) -> Option<Schema> {
    let is_plain =
        matches!(kind, Kind::Boolean | Kind::Integer(_) | Kind::Number(_) | Kind::String(_) | Kind::Enum(_));
    let mut keywords = left.assertions.keys().chain(right.assertions.keys());
    if !is_plain || keywords.any(|keyword| INTERDEPENDENT.contains(&keyword.as_str())) {
        return None;
    }
    let mut schema = Schema { kind, component: None, file_name: None, ..right.clone() };
    for (keyword, value) in &left.assertions {
        let value = match schema.assertions.get(keyword) {
            Some(own) => tighter_bound(keyword, own, value)?,
            None => value.clone(),
        };
        schema.assertions.insert(keyword.clone(), value);
    }
    schema.title = schema.title.or_else(|| left.title.clone());
    schema.description = schema.description.or_else(|| left.description.clone());
    schema.default = schema.default.or_else(|| left.default.clone());
    schema.pinned_name = schema.pinned_name.or_else(|| left.pinned_name.clone());
    if schema.value_names.is_empty() {
        schema.value_names.clone_from(&left.value_names);
    }
    schema.typed |= left.typed;
    schema.deprecated |= left.deprecated;
    schema.read_only |= left.read_only;
    schema.write_only |= left.write_only;
    Some(schema)
}
