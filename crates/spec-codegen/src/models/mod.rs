//! Plan → the file of the models.
//!
//! Structs and enumerations are printed by typify and refined (`engine`), everything else by our own emitter (`emit`);
//! builders, which typify would print in a way of its own, always by ours (`builders`).

mod builders;
mod emit;
mod engine;

use crate::plan::{Definition, Engine, Plan, RustType};
use crate::rust::{self, Paths};
pub(crate) use emit::extend;
use proc_macro2::TokenStream;
use quote::quote;
use spec_document::{Code, Diagnostic, Diagnostics};

/// Whether a type is only another name for one.
pub(crate) fn is_alias(plan: &Plan, ty: &RustType) -> bool {
    matches!(ty, RustType::Model(id) if matches!(plan.type_plan(*id).definition, Definition::Alias(_)))
}

/// Prints the file of the models. What an engine refuses is printed by the emitter, and the plan says so afterwards.
pub(crate) fn print(plan: &mut Plan, header: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let builders = plan.types.iter().filter_map(|ty| match &ty.definition {
        Definition::Struct(plan) => Some(plan.builder.clone()),
        _ => None,
    });
    let own: Vec<String> = plan.types.iter().map(|ty| ty.name.clone()).chain(builders).collect();
    let mut paths = Paths::new(own, &[], None);
    let mut code = TokenStream::new();
    for index in 0..plan.types.len() {
        let ty = &plan.types[index];
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
                let tokens = emit::definition(plan, ty, &mut paths);
                plan.types[index].engine = Engine::Emitter;
                tokens
            }
        };
        code.extend(printed);
        code.extend(builders::of(plan, &plan.types[index], &mut paths));
    }
    let imports = paths.imports();
    match rust::format(header, quote!(#imports #code)) {
        Ok(text) => Some(text),
        Err(error) => {
            crate::unprintable(plan, "models", &error, diagnostics);
            None
        }
    }
}
