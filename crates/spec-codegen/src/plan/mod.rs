//! The Plan: which Rust an API becomes, as plain data.
//!
//! Every decision is made here: names, types, presence, who prints what. Engines and emitters only print.
//! Knows Rust's types and the ones of `spec-runtime`; must not know syntax trees, tokens or files.
//!
//! Each subject has a module of its own, which holds its data and decides it: `types` has models; `operation`
//! puts together `parameter`, `body`, `response`, `header`, `rejection`, `route`, `security` and `server`;
//! `commands` has the command-line program.

mod ambiguous;
mod body;
mod claims;
mod commands;
mod conversion;
pub(crate) mod depth;
mod directions;
mod display;
mod docs;
mod engine;
mod finalize;
mod groups;
mod header;
mod media;
mod operation;
mod pagination;
mod parameter;
mod rejection;
mod response;
mod route;
mod rust_type;
mod security;
mod server;
mod types;
mod usable;
mod words;

pub use body::{BodyForm, BodyPlan, EncodingPlan};
pub use commands::{ArgumentKind, ArgumentPlan, Choices, CommandPlan, ProgramPlan, ToolPlan};
pub use conversion::ConversionPlan;
pub use engine::Engine;
pub use header::{HeaderField, HeadersPlan};
pub use operation::OperationPlan;
pub use pagination::{
    AnswerPath, FieldStep, NextPlan, PageArgument, PageInputs, PageOutputs, PaginationPlan,
};
pub use parameter::ParameterPlan;
pub use rejection::{ErrorShape, ErrorShapes, ErrorsPlan, MESSAGE, STATUS, TITLE};
pub use response::{Outcome, Payload, ResponsePlan};
pub use rust_type::{RustType, Stream, TypeId};
pub use security::{PrincipalPlan, SchemePlan, SchemeUse};
pub use server::{ServerPlan, VariablePlan};
pub use types::{
    Decoding, Definition, EnumPlan, EnumValues, ExtraPlan, FieldPlan, PlacePlan, Presence, StructPlan,
    Traits, TypePlan, UNLISTED, UnionPlan, UnionVariant, VariantPlan,
};

pub(crate) use directions::{reachable, reachable_from};
pub(crate) use docs::lines;
pub(crate) use groups::{Grouped, by_group};
use types::Planner;
pub(crate) use types::{Naming, definition};

use crate::settings::ApiSettings;
use spec_api::Api;
use spec_document::{Code, Diagnostic, Diagnostics, SourceId};

/// The plan of one API.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The document.
    pub source: SourceId,
    /// The API's title.
    pub title: String,
    /// The description of the API.
    pub description: Option<String>,
    /// The API's version.
    pub version: String,
    /// Models, in the order of the document: components first, then what operations add.
    pub types: Vec<TypePlan>,
    /// Operations, in the order of the document.
    pub operations: Vec<OperationPlan>,
    /// Requests that the API sends itself, as operations of whoever receives them.
    pub webhooks: Vec<OperationPlan>,
    /// The shapes of errors that operations declare, each once.
    pub errors: Vec<ErrorShapes>,
    /// The modules of a document that is split into several files.
    pub groups: Vec<String>,
    /// Security schemes.
    pub schemes: Vec<SchemePlan>,
    /// Where the API is served, if the document gives an absolute URL.
    pub base_url: Option<String>,
    /// The environment variable that names another server than the document does, where credentials come from
    /// the environment as well.
    pub base_url_variable: Option<String>,
    /// The path that all paths have before them at the first server that the document names, where there is
    /// any.
    pub base_path: Option<String>,
    /// The servers of the document, where there is a choice: several of them, or variables.
    pub servers: Vec<ServerPlan>,
    /// The command-line program, where one is wanted.
    pub program: Option<ProgramPlan>,
}

impl Plan {
    /// Decides what an API becomes.
    pub fn new(api: &Api, settings: &ApiSettings, diagnostics: &mut Diagnostics) -> Plan {
        let mut planner = Planner::new(api, settings, diagnostics);
        planner.plan_components();
        let schemes = security::plan_schemes(api, settings, planner.diagnostics);
        let (mut operations, mut webhooks, errors) = operation::plan_operations(&mut planner, &schemes);
        let mut types = planner.finish(operations.iter_mut().chain(&mut webhooks));
        conversion::plan_conversions(api, &operations, &mut types);
        pagination::plan_pagination(api, settings, &mut operations, &types, diagnostics);
        let groups = groups::plan_groups(api, settings, &mut operations, &mut types);
        let mut plan = Plan {
            source: api.source,
            title: api.title.clone(),
            description: api.description.clone(),
            version: api.api_version.clone(),
            types,
            operations,
            webhooks,
            errors,
            groups,
            base_url_variable: server::base_url_variable(api, &schemes),
            schemes,
            base_url: server::base_url(api),
            base_path: server::base_path(api),
            servers: server::plan_servers(api),
            program: None,
        };
        plan.program = commands::plan_program(api, settings, &plan);
        usable::check(api, &plan, diagnostics);
        depth::check(&plan, diagnostics);
        plan
    }

    /// Notes the models that are any JSON, if there are some.
    pub(crate) fn plain_json(&self) -> Option<Diagnostic> {
        const SHOWN: usize = 8;
        let plain: Vec<&TypePlan> =
            self.types.iter().filter(|ty| matches!(ty.definition, Definition::Opaque(..))).collect();
        let first = plain.first()?;
        let names: Vec<String> = plain.iter().take(SHOWN).map(|ty| format!("`{}`", ty.name)).collect();
        let more =
            if plain.len() > SHOWN { format!(" and {} more", plain.len() - SHOWN) } else { String::new() };
        let (noun, verb) = if plain.len() == 1 { ("this model", "is") } else { ("these models", "are") };
        let message = format!(
            "{noun} {verb} any JSON, held against the schema by a validator: {}{more}",
            names.join(", ")
        );
        let note = Diagnostic::note(Code::PlainJson, first.location.clone().key(), message);
        let help = "no type of Rust says what their schemas say; \
                    simpler schemas become structs, enumerations and unions";
        Some(note.help(help))
    }

    /// Returns the module of a group.
    pub(crate) fn module(&self, group: Option<usize>) -> Option<&str> {
        self.groups.get(group?).map(String::as_str)
    }

    /// Sorts operations by the file that they stand in: those of the first file, then those of each module.
    pub(crate) fn by_file(&self) -> impl Iterator<Item = (Option<&str>, Grouped<'_>)> {
        let groups = std::iter::once(None).chain((0..self.groups.len()).map(Some));
        let mut operations = by_group(&self.operations);
        groups.map(move |group| (self.module(group), operations.remove(&group).unwrap_or_default()))
    }

    /// Returns the model behind an id.
    #[must_use]
    pub fn type_plan(&self, id: TypeId) -> &TypePlan {
        &self.types[id.0]
    }
}
