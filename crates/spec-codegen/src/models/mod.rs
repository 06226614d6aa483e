//! Plan → the file of the models.
//!
//! Structs and enumerations are printed by typify and refined (`engine`), everything else by our own emitter
//! (`emit`); builders, which typify would print in a way of its own, always by ours (`builders`).

mod builders;
mod check;
mod defaults;
mod emit;
mod engine;
mod table;

#[cfg(test)]
use crate::plan::TypePlan;
use crate::plan::{Definition, Engine, Plan, RustType};
#[cfg(test)]
use crate::rust;
use crate::rust::Paths;
use crate::{Part, Printed};
pub(crate) use check::around;
pub(crate) use defaults::{Defaulted, method as default_method};
pub(crate) use emit::{deserialize, extend};
use spec_document::{Code, Diagnostic};

/// Whether a type is only another name for one.
pub(crate) fn is_alias(plan: &Plan, ty: &RustType) -> bool {
    matches!(ty, RustType::Model(id) if matches!(plan.type_plan(*id).definition, Definition::Alias(_)))
}

/// A type with what its aliases stand for in their place.
pub(crate) fn unaliased(plan: &Plan, ty: &RustType) -> RustType {
    let inner = |inner: &RustType| Box::new(unaliased(plan, inner));
    match ty {
        RustType::Vec(own) => RustType::Vec(inner(own)),
        RustType::Map(own) => RustType::Map(inner(own)),
        RustType::Option(own) => RustType::Option(inner(own)),
        RustType::Field(own) => RustType::Field(inner(own)),
        RustType::Box(own) => RustType::Box(inner(own)),
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Alias(own) => unaliased(plan, own),
            _ => ty.clone(),
        },
        _ => ty.clone(),
    }
}

/// Prints the file of the models. What typify refuses is printed by the emitter.
pub(crate) fn print(plan: &Plan, header: &str) -> Printed {
    let builders = plan.types.iter().filter_map(|ty| match &ty.definition {
        Definition::Struct(plan) => Some(plan.builder.clone()),
        _ => None,
    });
    let own: Vec<String> = plan.types.iter().map(|ty| ty.name.clone()).chain(builders).collect();
    let paths = Paths::new(own, &[], None);
    let indices: Vec<usize> = (0..plan.types.len()).collect();
    let pieces: Vec<&[usize]> = indices.chunks(PIECE).collect();
    let part =
        Part::of(&pieces, &paths, |piece, part| piece.iter().for_each(|index| add(plan, *index, part)));
    part.finish(plan, "models", header)
}

/// How many models a thread prints at a time.
const PIECE: usize = 64;

/// Prints a model, and what belongs to it.
fn add(plan: &Plan, index: usize, part: &mut Part) {
    let (ty, paths) = (&plan.types[index], &mut part.paths);
    let printed = match ty.engine {
        Engine::Engine => engine::print(plan, ty, paths),
        Engine::Emitter => Ok(emit::definition(plan, ty, paths)),
    };
    let printed = match printed {
        Ok(tokens) => tokens,
        Err(refusal) => {
            if let Some(panic) = refusal.panic {
                let message = format!("typify failed on the schema `{}`: {panic}", ty.name);
                let help = "our own emitter printed it instead; please report the schema";
                let warning = Diagnostic::warning(Code::EnginePanicked, ty.location.clone().key(), message);
                part.diagnostics.push(warning.help(help));
            }
            part.refused.push(index);
            emit::definition(plan, ty, paths)
        }
    };
    part.layout.enter(plan.module(ty.group));
    part.layout.add(printed);
    if let Some(table) = table::of(plan, ty, paths) {
        part.layout.add_text(&table);
    }
    part.layout.add(check::of(plan, ty, paths).unwrap_or_default());
    part.layout.add(builders::of(plan, ty, paths).unwrap_or_default());
}

/// A model as the engine and as the emitter print it; none where the engine is not asked or refuses.
#[cfg(test)]
pub(crate) fn both(plan: &Plan, ty: &TypePlan) -> Option<(String, String)> {
    let paths = || Paths::new(plan.types.iter().map(|ty| ty.name.clone()), &[], None);
    let engine = engine::print(plan, ty, &mut paths()).ok().filter(|_| ty.engine == Engine::Engine)?;
    Some((rust::lay_out(engine), rust::lay_out(emit::definition(plan, ty, &mut paths()))))
}
