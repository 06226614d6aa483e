//! Plan → the file of the models.
//!
//! All of it is printed from the plan: a definition, a table for the macros of `spec-runtime`, checks, and a
//! builder. What typify makes of structs and enumerations confirms the plan (`engine`).

mod builders;
mod check;
mod conversions;
mod definition;
mod engine;
mod opaque;
mod structs;
mod table;
mod union_decoding;
mod unions;

use crate::fragment::{CrateFragment, CrateOutput};
#[cfg(test)]
use crate::plan::TypePlan;
use crate::plan::{Definition, Engine, Plan};
use crate::printer::Printer;
use builders::print_builder;
use check::print_check;
use conversions::print_conversions;
use definition::print_definition;
use spec_document::{Code, Diagnostic};
use table::print_table;

/// Prints the file of the models, and says which of them typify does not confirm.
pub(crate) fn print(plan: &Plan, header: &str) -> CrateOutput {
    let builders = plan.types.iter().filter_map(|ty| match &ty.definition {
        Definition::Struct(plan) => Some(plan.builder.clone()),
        _ => ty.place.as_ref()?.builder.clone(),
    });
    let own: Vec<String> = plan.types.iter().map(|ty| ty.name.clone()).chain(builders).collect();
    let printer = Printer::new(plan, own, &[], None);
    let indices: Vec<usize> = (0..plan.types.len()).collect();
    let pieces: Vec<&[usize]> = indices.chunks(PIECE).collect();
    let fragment = CrateFragment::print_all(&pieces, &printer, |piece, fragment| {
        piece.iter().for_each(|index| print_model(*index, fragment));
    });
    fragment.finish("models", header)
}

/// The number of models that a thread prints at a time.
const PIECE: usize = 64;

/// Prints a model and what belongs to it.
fn print_model(index: usize, fragment: &mut CrateFragment<'_>) {
    let printer = &mut fragment.printer;
    let ty = &printer.plan.types[index];
    if ty.engine == Engine::Engine
        && let Err(refusal) = engine::confirm(printer, ty)
    {
        if let Some(panic) = refusal.panic {
            let message = format!("typify failed on the schema `{}`: {panic}", ty.name);
            let help = "our own emitter printed it, without typify to confirm it; please report the schema";
            let warning = Diagnostic::warning(Code::EnginePanicked, ty.location.clone().key(), message);
            fragment.diagnostics.push(warning.help(help));
        }
        fragment.refused.push(index);
    }
    let printed = print_definition(printer, ty);
    fragment.layout.enter(printer.plan.module(ty.group));
    fragment.layout.add(printed);
    if let Some(table) = print_table(printer, ty) {
        fragment.layout.add_text(&table);
    }
    fragment.layout.add(print_check(printer, ty).unwrap_or_default());
    fragment.layout.add(print_builder(printer, ty).unwrap_or_default());
    fragment.layout.add(print_conversions(printer, ty).unwrap_or_default());
}

/// Returns whether typify confirms a model that it is asked for.
#[cfg(test)]
pub(crate) fn is_confirmed(plan: &Plan, ty: &TypePlan) -> bool {
    let printer = Printer::new(plan, plan.types.iter().map(|ty| ty.name.clone()), &[], None);
    ty.engine == Engine::Engine && engine::confirm(&printer, ty).is_ok()
}
