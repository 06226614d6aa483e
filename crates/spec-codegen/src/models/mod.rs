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
use crate::threads;
pub(crate) use check::around;
pub(crate) use emit::{deserialize, extend};
use spec_document::{Code, Diagnostic, Diagnostics};
use std::ops::Range;

/// Whether a type is only another name for one.
pub(crate) fn is_alias(plan: &Plan, ty: &RustType) -> bool {
    matches!(ty, RustType::Model(id) if matches!(plan.type_plan(*id).definition, Definition::Alias(_)))
}

/// Prints the file of the models. What typify refuses is printed by the emitter.
pub(crate) fn print(plan: &Plan, header: &str) -> Printed {
    let builders = plan.types.iter().filter_map(|ty| match &ty.definition {
        Definition::Struct(plan) => Some(plan.builder.clone()),
        _ => None,
    });
    let own: Vec<String> = plan.types.iter().map(|ty| ty.name.clone()).chain(builders).collect();
    let paths = Paths::new(own, &[], None);
    let ranges: Vec<Range<usize>> =
        (0..plan.types.len()).step_by(PIECE).map(|first| first..plan.types.len().min(first + PIECE)).collect();
    let pieces = threads::map(&ranges, |range| Piece::print(plan, range.clone(), &paths));
    let whole = Piece::joined(pieces, &paths);
    // Two pieces that import the same name from two places know nothing of one another.
    let Piece { layout, paths, refused, mut diagnostics } =
        whole.unwrap_or_else(|| Piece::print(plan, 0..plan.types.len(), &paths));
    let files = crate::finish(plan, "models", layout, header, &paths, &mut diagnostics);
    Printed { files, refused, diagnostics }
}

/// How many models a thread prints at a time.
const PIECE: usize = 64;

/// Some of the models, printed.
struct Piece {
    layout: Layout,
    paths: Paths,
    refused: Vec<usize>,
    diagnostics: Diagnostics,
}

impl Piece {
    fn new(paths: &Paths) -> Piece {
        Piece { layout: Layout::default(), paths: paths.fresh(), refused: Vec::new(), diagnostics: Diagnostics::new() }
    }

    fn print(plan: &Plan, range: Range<usize>, paths: &Paths) -> Piece {
        let mut piece = Piece::new(paths);
        for index in range {
            piece.add(plan, index);
        }
        piece
    }

    fn add(&mut self, plan: &Plan, index: usize) {
        let (ty, paths) = (&plan.types[index], &mut self.paths);
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
                    self.diagnostics.push(warning.help(help));
                }
                self.refused.push(index);
                emit::definition(plan, ty, paths)
            }
        };
        self.layout.enter(plan.module(ty.group));
        self.layout.add(printed);
        if let Some(table) = table::of(plan, ty, paths) {
            self.layout.add_text(&table);
        }
        self.layout.add(check::of(plan, ty, paths).unwrap_or_default());
        self.layout.add(builders::of(plan, ty, paths).unwrap_or_default());
    }

    /// All pieces as one, as if they had been printed one after the other; none where their imports do not go together.
    fn joined(pieces: Vec<Piece>, paths: &Paths) -> Option<Piece> {
        let mut whole = Piece::new(paths);
        for piece in pieces {
            whole.paths.join(piece.paths)?;
            whole.layout.join(piece.layout);
            whole.refused.extend(piece.refused);
            whole.diagnostics.extend(piece.diagnostics);
        }
        Some(whole)
    }
}

/// A model as the engine and as the emitter print it; none where the engine is not asked or refuses.
#[cfg(test)]
pub(crate) fn both(plan: &Plan, ty: &TypePlan) -> Option<(String, String)> {
    let paths = || Paths::new(plan.types.iter().map(|ty| ty.name.clone()), &[], None);
    let engine = engine::print(plan, ty, &mut paths()).ok().filter(|_| ty.engine == Engine::Engine)?;
    Some((rust::lay_out(engine), rust::lay_out(emit::definition(plan, ty, &mut paths()))))
}
