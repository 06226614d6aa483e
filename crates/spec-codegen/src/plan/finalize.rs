//! Decides what waits until all models are known: boxes, wrappers and traits.
//!
//! Knows which model holds which. Must not know schemas.

use super::{Decoding, Definition, EnumPlan, EnumValues, Presence, RustType, Traits, TypePlan};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Decides how circles are broken, then traits.
pub(super) fn finalize(types: &mut [TypePlan]) {
    wrap_circular_aliases(types);
    box_circular_fields(types);
    find_traits(types);
}

/// Makes a type of its own of each alias that contains itself, through other aliases.
fn wrap_circular_aliases(types: &mut [TypePlan]) {
    for start in 0..types.len() {
        let mut seen = HashSet::new();
        let mut todo = vec![start];
        let mut circular = false;
        while let Some(index) = todo.pop() {
            if let Definition::Alias(ty) = &types[index].definition {
                let mut next = Vec::new();
                ty.models(false, &mut next);
                for id in next {
                    circular |= id.0 == start;
                    if seen.insert(id) {
                        todo.push(id.0);
                    }
                }
            }
        }
        if circular && let Definition::Alias(ty) = &types[start].definition {
            types[start].definition = Definition::Wrapper(ty.clone());
        }
    }
}

/// Boxes models that contain themselves other than behind a list or a map: where a walk in the order of the
/// document comes back to what it came from.
fn box_circular_fields(types: &mut [TypePlan]) {
    const NEW: u8 = 0;
    const OPEN: u8 = 1;
    const DONE: u8 = 2;
    let edges: Vec<Vec<(usize, usize)>> = types.iter().map(direct_edges).collect();
    let mut state = vec![NEW; types.len()];
    let mut boxed: HashSet<(usize, usize)> = HashSet::new();
    for start in 0..types.len() {
        let mut path = vec![(start, 0)];
        while let Some((index, next)) = path.pop() {
            state[index] = OPEN;
            let Some((slot, target)) = edges[index].get(next).copied() else {
                state[index] = DONE;
                continue;
            };
            path.push((index, next + 1));
            match state[target] {
                OPEN => {
                    boxed.insert((index, slot));
                }
                NEW => path.push((target, 0)),
                _ => {}
            }
        }
    }
    for (index, plan) in types.iter_mut().enumerate() {
        let mut slot = 0;
        plan.each_type(&mut |ty| {
            if boxed.contains(&(index, slot)) {
                *ty = RustType::Box(Box::new(ty.clone()));
            }
            slot += 1;
        });
    }
}

/// Finds the types in a model that refer to models without a pointer between: the position of each, and the
/// model.
fn direct_edges(plan: &TypePlan) -> Vec<(usize, usize)> {
    let mut edges = Vec::new();
    for (slot, ty) in plan.held().iter().enumerate() {
        let mut models = Vec::new();
        ty.models(true, &mut models);
        edges.extend(models.iter().map(|id| (slot, id.0)));
    }
    edges
}

/// Finds the traits of all models: they hold unless something inside forbids them. Circles decide themselves
/// by what else they hold.
fn find_traits(types: &mut [TypePlan]) {
    for plan in types.iter_mut() {
        plan.traits.default = match &plan.definition {
            Definition::Struct(plan) => plan
                .fields
                .iter()
                .all(|f| matches!(f.presence, Presence::Optional | Presence::OptionalNullable)),
            // The only value there is.
            Definition::Enum(body) => body.variants.len() == 1,
            _ => false,
        };
    }
    loop {
        let known: Vec<Traits> = types.iter().map(|plan| plan.traits).collect();
        let mut changed = false;
        for plan in types.iter_mut() {
            let held = plan.held();
            let extra = match &plan.definition {
                Definition::Struct(body) => body.extra.as_ref(),
                _ => None,
            };
            let is_extra_map = extra.is_some_and(|extra| extra.ty.is_some());
            let eq = held.iter().all(|ty| has_eq(ty, &known));
            let hash = eq && !is_extra_map && held.iter().all(|ty| has_hash(ty, &known));
            let checked = asks(plan) || held.iter().any(|ty| is_checked(ty, &known));
            changed |= plan.traits.eq != eq || plan.traits.hash != hash || plan.traits.checked != checked;
            plan.traits.checked = checked;
            plan.traits.eq = eq;
            plan.traits.hash = hash;
        }
        if !changed {
            return;
        }
    }
}

/// Says whether a model itself asks for more than its types say.
fn asks(plan: &TypePlan) -> bool {
    let says = |assertions: &Map<String, Value>| !assertions.is_empty();
    match &plan.definition {
        Definition::Struct(body) => {
            let of_type = plan.assertions.iter().any(|(keyword, _)| keyword != "additionalProperties");
            let of_extra = body.extra.as_ref().is_some_and(|extra| says(&extra.assertions));
            of_type || of_extra || body.fields.iter().any(|field| says(&field.assertions))
        }
        Definition::Enum(EnumPlan { values, .. }) => *values != EnumValues::OpenText,
        Definition::Union(union) => {
            // A tag may be one that nobody knows, and one that may be left out leaves variants to be tried.
            let is_asked = match union.decoding {
                Decoding::ByKind => false,
                Decoding::ByTag(..) => true,
                Decoding::ByTrial => union.exclusive,
            };
            is_asked
                || says(&plan.assertions)
                || union.variants.iter().any(|variant| says(&variant.assertions))
        }
        Definition::Wrapper(_) => says(&plan.assertions),
        // What is said of an alias is said where it is used.
        Definition::Alias(_) => false,
        Definition::Opaque(..) => true,
    }
}

/// Says whether a value of a type holds anything that is checked.
fn is_checked(ty: &RustType, known: &[Traits]) -> bool {
    match ty {
        RustType::Vec(inner)
        | RustType::Map(inner)
        | RustType::Option(inner)
        | RustType::Field(inner)
        | RustType::Box(inner) => is_checked(inner, known),
        RustType::Tuple(items) => items.iter().any(|item| is_checked(item, known)),
        RustType::Model(id) => known[id.0].checked,
        _ => false,
    }
}

/// Says whether a type is `Eq`.
fn has_eq(ty: &RustType, known: &[Traits]) -> bool {
    match ty {
        RustType::F64 => false,
        RustType::Vec(inner)
        | RustType::Map(inner)
        | RustType::Option(inner)
        | RustType::Field(inner)
        | RustType::Box(inner) => has_eq(inner, known),
        RustType::Tuple(items) => items.iter().all(|item| has_eq(item, known)),
        RustType::Model(id) => known[id.0].eq,
        _ => true,
    }
}

/// Says whether a type is `Hash`.
fn has_hash(ty: &RustType, known: &[Traits]) -> bool {
    match ty {
        RustType::F64 | RustType::Map(_) => false,
        RustType::Vec(inner) | RustType::Option(inner) | RustType::Field(inner) | RustType::Box(inner) => {
            has_hash(inner, known)
        }
        RustType::Tuple(items) => items.iter().all(|item| has_hash(item, known)),
        RustType::Model(id) => known[id.0].hash,
        _ => true,
    }
}
