//! Plan → the file of the models.
//!
//! Structs and enumerations are printed by typify and refined (`engine`), everything else by our own emitter (`emit`);
//! builders, which typify would print in a way of its own, always by ours (`builders`).

mod builders;
mod check;
mod emit;
mod engine;
mod table;

use crate::Printed;
#[cfg(test)]
use crate::plan::TypePlan;
use crate::plan::{Definition, Engine, Plan, RustType};
#[cfg(test)]
use crate::rust;
use crate::rust::{Layout, Paths};
pub(crate) use check::around;
pub(crate) use emit::{deserialize, extend};
use spec_document::{Code, Diagnostic, Diagnostics};

/// Whether a type is only another name for one.
pub(crate) fn is_alias(plan: &Plan, ty: &RustType) -> bool {
    matches!(ty, RustType::Model(id) if matches!(plan.type_plan(*id).definition, Definition::Alias(_)))
}

/// Prints the file of the models. What typify refuses is printed by the emitter.
pub(crate) fn print(plan: &Plan, header: &str) -> Printed {
    let (mut refused, mut diagnostics) = (Vec::new(), Diagnostics::new());
    let builders = plan.types.iter().filter_map(|ty| match &ty.definition {
        Definition::Struct(plan) => Some(plan.builder.clone()),
        _ => None,
    });
    let own: Vec<String> = plan.types.iter().map(|ty| ty.name.clone()).chain(builders).collect();
    let mut paths = Paths::new(own, &[], None);
    let mut layout = Layout::default();
    for (index, ty) in plan.types.iter().enumerate() {
        let printed = match ty.engine {
            Engine::Engine => engine::print(plan, ty, &mut paths),
            Engine::Emitter => Ok(emit::definition(plan, ty, &mut paths)),
        };
        let printed = match printed {
            Ok(tokens) => tokens,
            Err(refusal) => {
                if let Some(panic) = refusal.panic {
                    let message = format!("typify failed on the schema `{}`: {panic}", ty.name);
                    let help = "our own emitter printed it instead; please report the schema";
                    diagnostics.push(Diagnostic::warning(Code::EnginePanicked, ty.location.clone().key(), message).help(help));
                }
                refused.push(index);
                emit::definition(plan, ty, &mut paths)
            }
        };
        layout.enter(plan.module(ty.group));
        layout.add(printed);
        if let Some(table) = table::of(plan, ty, &mut paths) {
            layout.add_text(&table);
        }
        layout.add(check::of(plan, ty, &mut paths).unwrap_or_default());
        layout.add(builders::of(plan, ty, &mut paths).unwrap_or_default());
    }
    let files = crate::finish(plan, "models", layout, header, &paths, &mut diagnostics);
    Printed { files, refused, diagnostics }
}

/// A model as the engine and as the emitter print it; none where the engine is not asked or refuses.
#[cfg(test)]
pub(crate) fn both(plan: &Plan, ty: &TypePlan) -> Option<(String, String)> {
    let paths = || Paths::new(plan.types.iter().map(|ty| ty.name.clone()), &[], None);
    let engine = engine::print(plan, ty, &mut paths()).ok().filter(|_| ty.engine == Engine::Engine)?;
    Some((rust::lay_out(engine), rust::lay_out(emit::definition(plan, ty, &mut paths()))))
}
