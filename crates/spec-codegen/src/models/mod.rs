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

use crate::fragment::{CrateFragment, CrateOutput};
#[cfg(test)]
use crate::plan::TypePlan;
use crate::plan::{Definition, Engine, Plan, RustType};
use crate::printer::Printer;
#[cfg(test)]
use crate::rust;
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
pub(crate) fn print(plan: &Plan, header: &str) -> CrateOutput {
    let builders = plan.types.iter().filter_map(|ty| match &ty.definition {
        Definition::Struct(plan) => Some(plan.builder.clone()),
        _ => None,
    });
    let own: Vec<String> = plan.types.iter().map(|ty| ty.name.clone()).chain(builders).collect();
    let printer = Printer::new(plan, own, &[], None);
    let indices: Vec<usize> = (0..plan.types.len()).collect();
    let pieces: Vec<&[usize]> = indices.chunks(PIECE).collect();
    let part = CrateFragment::print_all(&pieces, &printer, |piece, part| {
        piece.iter().for_each(|index| add(*index, part));
    });
    part.finish("models", header)
}

/// How many models a thread prints at a time.
const PIECE: usize = 64;

/// Prints a model, and what belongs to it.
fn add(index: usize, part: &mut CrateFragment<'_>) {
    let printer = &mut part.printer;
    let ty = &printer.plan.types[index];
    let printed = match ty.engine {
        Engine::Engine => engine::print(printer, ty),
        Engine::Emitter => Ok(emit::definition(printer, ty)),
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
            emit::definition(printer, ty)
        }
    };
    part.layout.enter(printer.plan.module(ty.group));
    part.layout.add(printed);
    if let Some(table) = table::of(printer, ty) {
        part.layout.add_text(&table);
    }
    part.layout.add(check::of(printer, ty).unwrap_or_default());
    part.layout.add(builders::of(printer, ty).unwrap_or_default());
}

/// A model as the engine and as the emitter print it; none where the engine is not asked or refuses.
#[cfg(test)]
pub(crate) fn both(plan: &Plan, ty: &TypePlan) -> Option<(String, String)> {
    let printer = || Printer::new(plan, plan.types.iter().map(|ty| ty.name.clone()), &[], None);
    let engine = engine::print(&mut printer(), ty).ok().filter(|_| ty.engine == Engine::Engine)?;
    Some((rust::lay_out(engine), rust::lay_out(emit::definition(&mut printer(), ty))))
}
