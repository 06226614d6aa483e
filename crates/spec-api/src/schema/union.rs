//! Unions: what `oneOf` and `anyOf` say beside the other keywords of a schema.
//!
//! Knows when a union is something plainer: null beside one schema, one enumeration, or only restrictions.
//! Must not know what tells the variants apart.

use super::SchemaReader;
use super::keywords::RESTRICTIONS;
use super::null::Null;
use super::passes::all_of::AllOf;
use super::passes::intersection::is_of;
use super::read::{Draft, List};
use super::untyped;
use crate::SchemaId;
use crate::cursor::Cursor;
use crate::dialect;
use crate::input::Input;
use crate::model::{Additional, Kind};
use crate::specification::Release;
use serde_json::Value;

/// Reads a union into a draft; `structure` is the kind of values that the keywords beside it describe.
pub(super) fn read<'a>(
    reader: &mut SchemaReader<'a>,
    input: &mut Input<'a>,
    draft: &mut Draft<'a>,
    list: &List<'a>,
    structure: Kind,
) {
    if restricts_only(&list.at) {
        untyped::spare(&mut reader.spared, &reader.table, &list.members);
        draft.schema.kind = if structure == Kind::Any { Kind::Opaque } else { structure };
        if draft.schema.kind != Kind::Opaque {
            draft.schema.assertions.insert(list.keyword.to_owned(), restrictions(input, &list.at));
        }
        return;
    }
    let is_null = |id: &SchemaId| {
        let member = &reader.table[*id];
        member.nullable && member.kind == Kind::Never
    };
    let variants: Vec<SchemaId> = list.members.iter().copied().filter(|id| !is_null(id)).collect();
    let values = enumerated(reader, &variants);
    if values.is_some() && draft.schema.value_names.is_empty() {
        draft.schema.value_names = value_names(reader, &variants);
    }
    if !adds_nothing(&structure, values.as_deref()) || !draft.schema.assertions.is_empty() {
        untyped::spare(&mut reader.spared, &reader.table, &list.members);
        draft.schema.kind = Kind::Opaque;
        return;
    }
    let said = draft.null;
    draft.null = said.of_union(variants.len() < list.members.len());
    match (variants.as_slice(), values) {
        ([], _) => draft.schema.kind = Kind::Never,
        ([only], _) => adopt(reader, draft, *only, said),
        (_, Some(values)) => draft.schema.kind = Kind::Enum(values),
        (_, None) => {
            if said != Null::Refused {
                reader.pending.unions.push(draft.id);
            }
            if let Some(discriminator) = draft.at.child("discriminator") {
                reader.pending.discriminators.insert(draft.id, discriminator);
            }
            let exclusive = list.keyword == "oneOf";
            draft.schema.kind = Kind::Union { variants, exclusive, discriminator: None };
        }
    }
}

/// Returns whether no member of a list describes values of its own.
fn restricts_only(list: &Cursor<'_>) -> bool {
    let is_restriction =
        |member: &Cursor<'_>| member.members().iter().all(|(key, _)| RESTRICTIONS.contains(key));
    list.items().iter().all(is_restriction)
}

/// Returns a list of schemas that only restrict, as an assertion.
fn restrictions(input: &Input<'_>, list: &Cursor<'_>) -> Value {
    let mut restrictions = list.node.to_json();
    if input.release == Release::V3_0 {
        let members = restrictions.as_array_mut().into_iter().flatten();
        members.filter_map(Value::as_object_mut).for_each(dialect::upgrade_bounds);
    }
    restrictions
}

/// Returns whether what stands beside a union says nothing that its variants do not say; `values` are those
/// of all variants, where they are enumerations.
fn adds_nothing(structure: &Kind, values: Option<&[Value]>) -> bool {
    match (structure, values) {
        (Kind::Any, _) => true,
        (Kind::Object(object), _) => object.properties.is_empty() && object.additional == Additional::Unsaid,
        (Kind::Boolean | Kind::Integer(_) | Kind::Number(_) | Kind::String(_), Some(values)) => {
            values.iter().all(|value| is_of(value, structure))
        }
        _ => false,
    }
}

/// Returns all values, if every variant is an enumeration on the spot and none has a value of another.
fn enumerated(reader: &SchemaReader<'_>, variants: &[SchemaId]) -> Option<Vec<Value>> {
    let mut all: Vec<Value> = Vec::new();
    for id in variants {
        let variant = &reader.table[*id];
        let Kind::Enum(values) = &variant.kind else { return None };
        let is_plain =
            variant.assertions.is_empty() && !variant.nullable && !reader.pending.all_of.contains_key(id);
        if !is_plain || values.iter().any(|value| all.contains(value)) {
            return None;
        }
        all.extend(values.iter().cloned());
    }
    Some(all)
}

/// Returns the names of the values of several enumerations; one of a single value may be named as a schema
/// is.
fn value_names(reader: &SchemaReader<'_>, variants: &[SchemaId]) -> Vec<(Value, String)> {
    let names = |id: &SchemaId| {
        let variant = &reader.table[*id];
        match (&variant.kind, &variant.pinned_name) {
            (Kind::Enum(values), Some(name)) if values.len() == 1 => {
                vec![(values[0].clone(), name.clone())]
            }
            _ => variant.value_names.clone(),
        }
    };
    variants.iter().flat_map(names).collect()
}

/// Makes a draft what its only variant is, beside null. A schema with a name is only referred to. `said` is
/// what stands beside the union about null.
fn adopt(reader: &mut SchemaReader<'_>, draft: &mut Draft<'_>, only: SchemaId, said: Null) {
    let adopted = reader.table[only].clone();
    let is_beside_null = draft.null.is_accepted();
    draft.null = draft.null.of_only_variant(said, reader.table.null(only));
    let schema = &mut draft.schema;
    schema.kind = adopted.kind;
    schema.typed |= adopted.typed;
    if matches!(schema.kind, Kind::Reference(_)) {
        return;
    }
    schema.assertions = adopted.assertions;
    if schema.value_names.is_empty() {
        schema.value_names = adopted.value_names;
    }
    schema.description = schema.description.take().or(adopted.description);
    schema.title = schema.title.take().or(adopted.title);
    schema.pinned_name = schema.pinned_name.take().or(adopted.pinned_name);
    schema.default = schema.default.take().or(adopted.default);
    schema.deprecated |= adopted.deprecated;
    schema.read_only |= adopted.read_only;
    schema.write_only |= adopted.write_only;
    if schema.examples.is_empty() {
        schema.examples = adopted.examples;
    }
    // What is yet to be done for the variant is to be done for this schema.
    let pending = &mut reader.pending;
    if let Some(AllOf { parts, is_nullable }) = pending.all_of.get(&only).cloned() {
        let is_nullable = is_beside_null || (is_nullable && said != Null::Refused);
        pending.all_of.insert(draft.id, AllOf { parts, is_nullable });
    }
    if let Some(discriminator) = pending.discriminators.get(&only).cloned() {
        pending.discriminators.insert(draft.id, discriminator);
    }
    if pending.unions.contains(&only) && said != Null::Refused {
        pending.unions.push(draft.id);
    }
}
