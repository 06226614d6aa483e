//! Conversions between the model that requests hold of something and the model that answers hold of it.
//!
//! Knows which models belong together, and which of their fields are the same. Must not know how a conversion
//! is printed.

use super::{
    BodyForm, Definition, ExtraPlan, FieldPlan, OperationPlan, Payload, RustType, StructPlan, TypeId,
    TypePlan,
};
use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};
use spec_api::Api;
use spec_document::Pointer;
use std::collections::HashMap;

/// The parts that a model of answers has of a model of requests. Each field of the model of requests is in
/// the model of answers, too: under the same name on the wire, and with the same schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionPlan {
    /// The model of requests.
    pub input: TypeId,
    /// True if what requests hold is all that the model of answers must have.
    pub whole: bool,
    /// True if whatever an answer holds can be sent.
    pub back: bool,
}

impl ConversionPlan {
    /// Returns the fields of the model of answers that the other one sets, each with the one that it is set
    /// from. What is `readOnly` is the server's, whatever a request says; answers don't have what is
    /// `writeOnly` (OpenAPI 3.1, 4.8.24.1; JSON Schema 2020-12 validation, 9.4).
    pub(crate) fn taken<'a>(
        &self,
        input: &'a StructPlan,
        output: &'a StructPlan,
    ) -> Vec<(&'a FieldPlan, &'a FieldPlan)> {
        let one_way = |field: &FieldPlan| field.read_only || field.write_only;
        shared(input, output).filter(|(given, own)| !one_way(given) && !one_way(own)).collect()
    }

    /// Returns the fields of the model of requests that an answer sets, each with the one that it is set
    /// from. Requests don't have what is `readOnly`.
    pub(crate) fn returned<'a>(
        &self,
        input: &'a StructPlan,
        output: &'a StructPlan,
    ) -> Vec<(&'a FieldPlan, &'a FieldPlan)> {
        let pairs = shared(input, output).filter(|(given, own)| !given.read_only && !own.read_only);
        pairs.map(|(given, own)| (own, given)).collect()
    }
}

/// Returns the fields of a model of requests, each with that of the other model.
fn shared<'a>(
    input: &'a StructPlan,
    output: &'a StructPlan,
) -> impl Iterator<Item = (&'a FieldPlan, &'a FieldPlan)> {
    let by_wire: HashMap<&str, &FieldPlan> =
        output.fields.iter().map(|field| (field.wire.as_str(), field)).collect();
    input.fields.iter().filter_map(move |given| Some((given, *by_wire.get(given.wire.as_str())?)))
}

/// Decides which models of answers begin with what a model of requests holds.
pub(super) fn plan_conversions(api: &Api, operations: &[OperationPlan], types: &mut [TypePlan]) {
    let mut planned: IndexSet<(usize, usize)> = IndexSet::new();
    for (input, output) in candidates(api, operations, types) {
        if input == output || planned.contains(&(output, input)) {
            continue;
        }
        if let Some(plan) = conversion(types, input, output)
            && let Definition::Struct(body) = &mut types[output].definition
            && planned.insert((input, output))
        {
            body.inputs.push(plan);
        }
    }
}

/// Finds models that may be of the same thing: what requests and answers of one path hold, where
/// `/campaigns/{id}` is the path of `/campaigns`; and what an answer holds, with what it is put together of
/// by `allOf`.
fn candidates(api: &Api, operations: &[OperationPlan], types: &[TypePlan]) -> IndexSet<(usize, usize)> {
    let mut by_path: IndexMap<&str, (IndexSet<usize>, IndexSet<usize>)> = IndexMap::new();
    for operation in operations {
        let (inputs, outputs) = by_path.entry(collection(&operation.path)).or_default();
        let forms = operation.body.iter().flat_map(|body| &body.forms);
        inputs.extend(forms.filter_map(|form: &BodyForm| structure(types, &form.ty)));
        let answers = operation.success.responses.iter().flat_map(|response| response.payload.forms());
        outputs.extend(answers.filter_map(|payload| match payload {
            Payload::Json(RustType::Vec(item), _) => structure(types, item),
            Payload::Json(ty, _) => structure(types, ty),
            _ => None,
        }));
    }
    let by_pointer: HashMap<&str, usize> = types
        .iter()
        .enumerate()
        .filter_map(|(index, ty)| Some((api.schema(ty.schema).pointer()?, index)))
        .collect();
    let mut found = IndexSet::new();
    for (inputs, outputs) in by_path.values() {
        for output in outputs {
            let bases = bases(api, types[*output].schema);
            let bases = bases.iter().filter_map(|pointer| by_pointer.get(pointer.as_str()));
            let bases = bases.filter_map(|index| structure(types, &RustType::Model(TypeId(*index))));
            found.extend(inputs.iter().copied().chain(bases).map(|input| (input, *output)));
        }
    }
    found
}

/// Returns the path of what a path leads to an item of.
fn collection(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    match path.rsplit_once('/') {
        Some((collection, item)) if item.starts_with('{') && item.ends_with('}') => collection,
        _ => path,
    }
}

/// Returns where the schemas stand that a schema is put together of.
fn bases(api: &Api, id: spec_api::SchemaId) -> Vec<Pointer> {
    let parts = api.json_schema(id).get("allOf").and_then(Value::as_array);
    let references = parts.into_iter().flatten().filter_map(|part| part.get("$ref")?.as_str());
    references.filter_map(Pointer::from_fragment).collect()
}

/// Returns the struct that a type is.
fn structure(types: &[TypePlan], ty: &RustType) -> Option<usize> {
    match ty {
        RustType::Option(inner) | RustType::Box(inner) => structure(types, inner),
        RustType::Model(id) => match &types[id.0].definition {
            Definition::Struct(_) => Some(id.0),
            Definition::Alias(ty) => structure(types, ty),
            _ => None,
        },
        _ => None,
    }
}

/// Plans what one model has of another one; none where it has not all of it.
fn conversion(types: &[TypePlan], input: usize, output: usize) -> Option<ConversionPlan> {
    let (Definition::Struct(from), Definition::Struct(to)) =
        (&types[input].definition, &types[output].definition)
    else {
        return None;
    };
    let pairs: Vec<_> = shared(from, to).collect();
    let is_shared = pairs.len() == from.fields.len()
        && pairs.iter().all(|(given, own)| is_taken(types, given, own))
        && keeps(types, from.extra.as_ref(), to.extra.as_ref());
    let mut plan = ConversionPlan { input: TypeId(input), whole: false, back: false };
    let taken = plan.taken(from, to);
    if !is_shared || taken.is_empty() {
        return None;
    }
    plan.whole = to
        .fields
        .iter()
        .filter(|field| field.must_be_set())
        .all(|field| taken.iter().any(|(given, own)| own.wire == field.wire && given.is_required()))
        && asks_no_more(&types[output]);
    plan.back = pairs.iter().all(|(given, own)| is_returned(types, given, own))
        && keeps(types, to.extra.as_ref(), from.extra.as_ref())
        && asks_no_more(&types[input]);
    Some(plan)
}

/// Says whether each value of a field is one of another field.
fn is_taken(types: &[TypePlan], from: &FieldPlan, to: &FieldPlan) -> bool {
    is_same(types, &from.ty, &to.ty)
        && (to.is_nullable() || !from.is_nullable())
        && says(&from.assertions, &to.assertions)
}

/// Says whether a request can have in a field whatever an answer has in it.
fn is_returned(types: &[TypePlan], given: &FieldPlan, own: &FieldPlan) -> bool {
    if given.read_only || own.read_only {
        return !given.is_required() && !given.asked;
    }
    is_taken(types, own, given) && (own.is_required() || !(given.is_required() || given.asked))
}

/// Says whether keys that one model does not name can stand in another one, or have no place there at all.
fn keeps(types: &[TypePlan], from: Option<&ExtraPlan>, to: Option<&ExtraPlan>) -> bool {
    let (Some(from), Some(to)) = (from, to) else { return true };
    match (&from.ty, &to.ty) {
        (None, None) => true,
        (Some(one), Some(other)) => is_same(types, one, other) && says(&from.assertions, &to.assertions),
        _ => false,
    }
}

/// Says whether all of some assertions are among others.
fn says(said: &Map<String, Value>, asked: &Map<String, Value>) -> bool {
    asked.iter().all(|(keyword, value)| said.get(keyword) == Some(value))
}

/// Says whether a model asks nothing of an object as a whole. Which other keys there are, its struct says.
fn asks_no_more(ty: &TypePlan) -> bool {
    ty.assertions.keys().all(|keyword| keyword == "additionalProperties")
}

/// Says whether two types are the same, whatever names they have.
fn is_same(types: &[TypePlan], one: &RustType, other: &RustType) -> bool {
    use RustType::{Box, Field, Map, Option, Tuple, Vec};
    match (unnamed(types, one), unnamed(types, other)) {
        (Vec(one), Vec(other))
        | (Map(one), Map(other))
        | (Option(one), Option(other))
        | (Field(one), Field(other))
        | (Box(one), Box(other)) => is_same(types, one, other),
        (Tuple(one), Tuple(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(types, one, other))
        }
        (one, other) => one == other,
    }
}

/// Returns the type that a name stands for.
fn unnamed<'a>(types: &'a [TypePlan], ty: &'a RustType) -> &'a RustType {
    match ty {
        RustType::Model(id) => match &types[id.0].definition {
            Definition::Alias(meant) => unnamed(types, meant),
            _ => ty,
        },
        _ => ty,
    }
}
