//! Conversions between models of one thing: what requests hold of it and what answers hold, or what two
//! requests, or two answers, do.
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

/// The parts that a model has of another one, which is mostly that of requests, where it is itself one of
/// answers. Each field of the other model is in this one, too: under the same name on the wire, and with the
/// same schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionPlan {
    /// The model of requests.
    pub input: TypeId,
    /// True if what requests hold is all that the model of answers must have.
    pub whole: bool,
    /// True if it is, where a request has all that it may leave out.
    pub sometimes: bool,
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

/// Decides which models begin with what another one holds.
pub(super) fn plan_conversions(api: &Api, operations: &[OperationPlan], types: &mut [TypePlan]) {
    let mut planned: HashMap<(usize, usize), bool> = HashMap::new();
    let Candidates { pairs, twins } = candidates(api, operations, types);
    let pairs = pairs.into_iter().map(|pair| (pair, false));
    for ((input, output), are_twins) in pairs.chain(twins.into_iter().map(|pair| (pair, true))) {
        // A pair that goes both ways is one pair, and what goes one way may go the other way sometimes.
        let is_turned = planned.get(&(output, input)).is_some_and(|goes_back| *goes_back || !are_twins);
        let is_there = is_turned || planned.contains_key(&(input, output));
        if input == output || is_there || (are_twins && !are_alike(types, input, output)) {
            continue;
        }
        if let Some(mut plan) = conversion(types, input, output)
            && let Definition::Struct(body) = &mut types[output].definition
        {
            // The way back of a pair that goes both ways sometimes is the other pair's.
            plan.back &= !planned.contains_key(&(output, input));
            planned.insert((input, output), plan.back);
            body.inputs.push(plan);
        }
    }
}

/// Models that may be of the same thing, the one that may begin with the other one behind it.
struct Candidates {
    /// Of requests, with those of answers.
    pairs: IndexSet<(usize, usize)>,
    /// Of two requests, or of two answers, in both orders; and of requests with what lists of answers hold.
    twins: IndexSet<(usize, usize)>,
}

/// Finds models that may be of the same thing: what requests and answers of one path hold, where
/// `/campaigns/{id}` is the path of `/campaigns`; and what an answer holds, with what it is put together of
/// by `allOf`.
fn candidates(api: &Api, operations: &[OperationPlan], types: &[TypePlan]) -> Candidates {
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
    let (mut found, mut twins) = (IndexSet::new(), IndexSet::new());
    for (inputs, outputs) in by_path.values() {
        let listed: IndexSet<usize> = outputs.iter().flat_map(|output| listed(types, *output)).collect();
        let answered: Vec<usize> = outputs.union(&listed).copied().collect();
        let requested: Vec<usize> = inputs.iter().copied().collect();
        for one_side in [&requested, &answered] {
            let ordered = one_side.iter().flat_map(|one| one_side.iter().map(move |other| (*one, *other)));
            twins.extend(ordered);
        }
        twins.extend(requested.iter().flat_map(|input| listed.iter().map(|item| (*input, *item))));
        for output in outputs {
            let bases = bases(api, types[*output].schema);
            let bases = bases.iter().filter_map(|pointer| by_pointer.get(pointer.as_str()));
            let bases = bases.filter_map(|index| structure(types, &RustType::Model(TypeId(*index))));
            found.extend(inputs.iter().copied().chain(bases).map(|input| (input, *output)));
        }
    }
    Candidates { pairs: found, twins }
}

/// Returns what an answer has a list of: the items of a page.
fn listed(types: &[TypePlan], answer: usize) -> impl Iterator<Item = usize> {
    let Definition::Struct(body) = &types[answer].definition else { return None.into_iter().flatten() };
    let items = body.fields.iter().filter_map(|field| match unnamed(types, &field.ty) {
        RustType::Vec(item) => structure(types, item),
        _ => None,
    });
    Some(items).into_iter().flatten()
}

/// Says whether one model has so much of another one that they are of the same thing, and not only have a
/// field in common that many have, such as an id.
fn are_alike(types: &[TypePlan], one: usize, other: usize) -> bool {
    let (Definition::Struct(one), Definition::Struct(other)) =
        (&types[one].definition, &types[other].definition)
    else {
        return false;
    };
    one.fields.len() >= 2 && 2 * one.fields.len() >= other.fields.len()
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
    let mut plan = ConversionPlan { input: TypeId(input), whole: false, sometimes: false, back: false };
    let taken = plan.taken(from, to);
    if !is_shared || taken.is_empty() {
        return None;
    }
    let is_given = |field: &FieldPlan, is_enough: fn(&FieldPlan) -> bool| {
        taken.iter().any(|(given, own)| own.wire == field.wire && is_enough(given))
    };
    let needed = || to.fields.iter().filter(|field| field.must_be_set());
    let has_all = needed().all(|field| is_given(field, FieldPlan::is_required));
    plan.whole = has_all && asks_no_more(&types[output]);
    plan.sometimes = !has_all && needed().all(|field| is_given(field, |_| true));
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
