//! The depth of types that are made of types, and how far a compiler has to follow them.
//!
//! Knows the plan's types. Must not know what is printed of them.

use super::{Definition, Plan, RustType};
use spec_document::{Code, Diagnostic, Diagnostics, Location};
use std::collections::HashMap;

/// The largest number of lists and maps that stand in one another without a model between them. What is
/// nested more deeply is no JSON that `serde_json` reads.
const LISTS: usize = 100;

/// The largest number of models that hold one another as they are, with neither a list nor a map between
/// them.
const MODELS: usize = 256;

/// The number of models that may hold one another for the 128 steps that a compiler follows by itself: each
/// takes up to five.
const UNSAID: usize = 24;

/// Reports what is nested too deeply to be compiled, the first of its kind.
pub(super) fn check(plan: &Plan, diagnostics: &mut Diagnostics) {
    let mut report = |location: &Location, what: &str, most: usize| {
        let message =
            format!("{what} are nested more deeply here than {most} times, which is more than Rust compiles");
        let help = "make the schema flatter, or describe what is inside as any value (`schema: {}`)";
        diagnostics.push(Diagnostic::error(Code::LimitExceeded, location.clone(), message).help(help));
    };
    let is_deep = |ty: &RustType| lists(plan, ty) > LISTS;
    let model = plan.types.iter().find(|ty| parts(&ty.definition).iter().any(is_deep)).map(|ty| &ty.location);
    let operation = plan.operations.iter().chain(&plan.webhooks).find(|operation| {
        let bodies = operation.body.iter().flat_map(|body| &body.forms).map(|form| form.ty.clone());
        let answers = operation.responses().into_iter().map(|response| response.payload.ty());
        let parameters = operation.parameters.iter().map(|parameter| parameter.ty.clone());
        bodies.chain(answers).chain(parameters).any(|ty| is_deep(&ty))
    });
    if let Some(location) = model.or_else(|| operation.map(|operation| &operation.location)) {
        report(location, "lists and maps", LISTS);
    }
    let mut known = HashMap::new();
    let is_deep = |index: &usize| chain(plan, *index, held, &mut known) > MODELS;
    if let Some(index) = (0..plan.types.len()).find(is_deep) {
        report(&plan.types[index].location, "models", MODELS);
    }
}

/// Returns the `recursion_limit` that crates with these types need; none where a compiler needs none.
pub(crate) fn recursion_limit(plan: &Plan) -> Option<usize> {
    let mut known = HashMap::new();
    let deepest =
        (0..plan.types.len()).map(|index| chain(plan, index, named, &mut known)).max().unwrap_or_default();
    let lists = plan
        .types
        .iter()
        .flat_map(|ty| parts(&ty.definition))
        .map(|ty| lists(plan, &ty))
        .max()
        .unwrap_or_default();
    let deepest = deepest.max(lists);
    (deepest > UNSAID).then(|| (deepest * 16).next_power_of_two().clamp(256, 4096))
}

/// Returns the types that a definition is made of.
fn parts(definition: &Definition) -> Vec<RustType> {
    match definition {
        Definition::Struct(body) => {
            let extra = body.extra.iter().map(|extra| extra.full_type());
            body.fields.iter().map(|field| field.full_type()).chain(extra).collect()
        }
        Definition::Union(union) => union.variants.iter().map(|variant| variant.ty.clone()).collect(),
        Definition::Alias(ty) | Definition::Wrapper(ty) => vec![ty.clone()],
        Definition::Enum(_) | Definition::Opaque(..) => Vec::new(),
    }
}

/// Counts the lists and maps that stand in one another in a type; what has a name of its own ends them, but
/// for an alias.
fn lists(plan: &Plan, ty: &RustType) -> usize {
    match ty {
        RustType::Vec(item) | RustType::Map(item) => 1 + lists(plan, item),
        RustType::Option(item) | RustType::Field(item) | RustType::Box(item) => lists(plan, item),
        RustType::Tuple(items) => 1 + items.iter().map(|item| lists(plan, item)).max().unwrap_or_default(),
        RustType::Model(id) => match &plan.types[id.0].definition {
            Definition::Alias(ty) => lists(plan, ty),
            _ => 0,
        },
        _ => 0,
    }
}

/// Counts the models that hold one another, from this one on; what comes back to itself counts once. `below`
/// are the models that a type holds.
fn chain(
    plan: &Plan,
    index: usize,
    below: fn(&RustType) -> Vec<usize>,
    known: &mut HashMap<usize, usize>,
) -> usize {
    // Those below are looked at first, and not by calls within calls: there may be more of them than a stack
    // holds.
    let mut open = vec![(index, false)];
    while let Some((at, is_seen)) = open.pop() {
        if known.contains_key(&at) && !is_seen {
            continue;
        }
        let below: Vec<usize> = parts(&plan.types[at].definition).iter().flat_map(below).collect();
        if is_seen {
            let most = below.iter().filter_map(|own| known.get(own)).max().copied().unwrap_or_default();
            known.insert(at, most + 1);
        } else {
            known.insert(at, 0);
            open.push((at, true));
            open.extend(below.into_iter().filter(|own| !known.contains_key(own)).map(|own| (own, false)));
        }
    }
    known.get(&index).copied().unwrap_or_default()
}

/// Returns the models that a type holds, in whichever way.
fn named(ty: &RustType) -> Vec<usize> {
    match ty {
        RustType::Model(id) => vec![id.0],
        RustType::Option(item)
        | RustType::Field(item)
        | RustType::Box(item)
        | RustType::Vec(item)
        | RustType::Map(item) => named(item),
        RustType::Tuple(items) => items.iter().flat_map(named).collect(),
        _ => Vec::new(),
    }
}

/// Returns the models that a type holds as they are. A box ends that, as a list and a map do, so that there
/// are no circles.
fn held(ty: &RustType) -> Vec<usize> {
    match ty {
        RustType::Model(id) => vec![id.0],
        RustType::Option(item) | RustType::Field(item) => held(item),
        RustType::Tuple(items) => items.iter().flat_map(held).collect(),
        _ => Vec::new(),
    }
}
