//! The Plan: which Rust an API becomes, as plain data.
//!
//! Every decision is made here: names, types, presence, who prints what. Engines and emitters only print.
//! Knows Rust's types and the ones of `spec-runtime`; must not know syntax trees, tokens or files.
//!
//! Each subject has a module of its own, which holds its data and decides it: `types` has models; `operation` puts
//! together `parameter`, `body`, `response`, `header`, `rejection`, `route`, `security` and `server`.

mod ambiguous;
mod body;
mod claims;
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
pub use engine::Engine;
pub use header::{HeaderField, HeadersPlan};
pub use operation::OperationPlan;
pub use parameter::ParameterPlan;
pub use rejection::{MESSAGE, RejectionPlan};
pub use response::{Outcome, Payload, ResponsePlan};
pub use rust_type::{RustType, Stream, TypeId};
pub use security::{SchemePlan, SchemeUse};
pub use server::{ServerPlan, VariablePlan};

pub(crate) use directions::{reachable, reachable_from};
pub(crate) use docs::lines;
use types::Planner;

use crate::settings::ApiSettings;
use serde_json::{Map, Value};
use spec_api::{Api, SchemaId};
use spec_contract::Side;
use spec_document::{Code, Diagnostic, Diagnostics, Location, SourceId};

/// What one API becomes.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The document.
    pub source: SourceId,
    /// The API's title.
    pub title: String,
    /// What the API is for.
    pub description: Option<String>,
    /// The API's version.
    pub version: String,
    /// Models, in the order of the document: components first, then what operations add.
    pub types: Vec<TypePlan>,
    /// Operations, in the order of the document.
    pub operations: Vec<OperationPlan>,
    /// What the API sends itself, as operations of whoever receives it.
    pub webhooks: Vec<OperationPlan>,
    /// The modules of a document that is split into several files.
    pub groups: Vec<String>,
    /// Security schemes.
    pub schemes: Vec<SchemePlan>,
    /// Where the API is served, if the document gives an absolute URL.
    pub base_url: Option<String>,
    /// What all paths have before them at the first server that the document names, where that is anything.
    pub base_path: Option<String>,
    /// The servers of the document, where there is a choice: several of them, or variables.
    pub servers: Vec<ServerPlan>,
}

impl Plan {
    /// Decides what an API becomes.
    pub fn new(api: &Api, settings: &ApiSettings, diagnostics: &mut Diagnostics) -> Plan {
        let mut planner = Planner::new(api, settings, diagnostics);
        planner.plan_components();
        let schemes = security::plan_schemes(api, settings, planner.diagnostics);
        let (mut operations, mut webhooks) = operation::plan_operations(&mut planner, &schemes);
        let mut types = planner.finish(operations.iter_mut().chain(&mut webhooks));
        let groups = groups::plan_groups(api, settings, &mut operations, &mut types);
        let plan = Plan {
            source: api.source,
            title: api.title.clone(),
            description: api.description.clone(),
            version: api.api_version.clone(),
            types,
            operations,
            webhooks,
            groups,
            schemes,
            base_url: server::base_url(api),
            base_path: server::base_path(api),
            servers: server::plan_servers(api),
        };
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
        Some(note.help("no type of Rust says what their schemas say; simpler schemas become structs, enumerations and unions"))
    }

    /// Returns the module of a group.
    pub(crate) fn module(&self, group: Option<usize>) -> Option<&str> {
        self.groups.get(group?).map(String::as_str)
    }

    /// Sorts operations by the file that they stand in: those of the first file, then those of each module.
    pub(crate) fn by_file(&self) -> impl Iterator<Item = (Option<&str>, Vec<(usize, &OperationPlan)>)> {
        let groups = std::iter::once(None).chain((0..self.groups.len()).map(Some));
        let operations =
            |group| self.operations.iter().enumerate().filter(move |(_, own)| own.group == group).collect();
        groups.map(move |group| (self.module(group), operations(group)))
    }

    /// Returns the model behind an id.
    #[must_use]
    pub fn type_plan(&self, id: TypeId) -> &TypePlan {
        &self.types[id.0]
    }
}

/// Refers to a model from within the JSON Schema of another one: a fragment has letters of all scripts
/// percent-encoded (RFC 3986, 3.5).
pub(crate) fn definition(name: &str) -> String {
    format!("#/$defs/{}", percent_encoding::utf8_percent_encode(name, percent_encoding::CONTROLS))
}

/// One model.
#[derive(Clone, Debug)]
pub struct TypePlan {
    /// Its name.
    pub name: String,
    /// Its words, without the marks of a comment.
    pub docs: Vec<String>,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Where the document describes it.
    pub location: Location,
    /// The schema that it stands for.
    pub schema: SchemaId,
    /// The side whose messages say what must be there: that of requests, where they hold it; none where no
    /// message does.
    pub side: Option<Side>,
    /// What it is.
    pub definition: Definition,
    /// Traits that it can have beyond those of every model.
    pub traits: Traits,
    /// Keywords of JSON Schema that the type itself does not say.
    pub assertions: Map<String, Value>,
    /// The module whose file it stands in, of [`Plan::groups`]; the first file where there is none.
    pub group: Option<usize>,
    /// Who prints it.
    pub engine: Engine,
}

/// Traits that depend on what a model holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits {
    /// `Eq`: there is no floating-point number in it.
    pub eq: bool,
    /// `Hash`: nor a map.
    pub hash: bool,
    /// `Default`: nothing in it must be given.
    pub default: bool,
    /// Not a trait: whether the document asks for anything beyond the types.
    pub checked: bool,
}

/// What a model is.
#[derive(Clone, Debug)]
pub enum Definition {
    /// Named fields.
    Struct(StructPlan),
    /// Listed values, one for each variant, and whatever else may come.
    Enum(EnumPlan),
    /// Values of one of several types.
    Union(UnionPlan),
    /// Another name for a type.
    Alias(RustType),
    /// A type of its own around another, because an alias can't contain itself.
    Wrapper(RustType),
    /// Any JSON that a validator takes: the JSON Schema, and the models that it refers to.
    Opaque(Value, Vec<TypeId>),
}

/// A struct.
#[derive(Clone, Debug)]
pub struct StructPlan {
    /// Its fields, in the order of the document.
    pub fields: Vec<FieldPlan>,
    /// The field that keeps keys which the document does not name; none where it refuses them.
    pub extra: Option<ExtraPlan>,
    /// The name of its builder.
    pub builder: String,
}

/// The field for keys that the document does not name.
#[derive(Clone, Debug)]
pub struct ExtraPlan {
    /// Its name.
    pub name: String,
    /// The type of each value; none where any will do.
    pub ty: Option<RustType>,
    /// Keywords of JSON Schema that the type does not say, of each value.
    pub assertions: Map<String, Value>,
}

impl ExtraPlan {
    /// The type of the field.
    #[must_use]
    pub fn full_type(&self) -> RustType {
        match &self.ty {
            Some(ty) => RustType::Map(Box::new(ty.clone())),
            None => RustType::Extra,
        }
    }
}

/// A field.
#[derive(Clone, Debug)]
pub struct FieldPlan {
    /// Its name in Rust.
    pub name: String,
    /// Its name on the wire.
    pub wire: String,
    /// Its words.
    pub docs: Vec<String>,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Whether it must be there, may be null, or both.
    pub presence: Presence,
    /// The type of its value, presence aside.
    pub ty: RustType,
    /// What holds where it is left out.
    pub default: Option<Value>,
    /// The only value that it can have.
    pub constant: Option<String>,
    /// Whether requests must have it, although it may be absent: answers never have it.
    pub asked: bool,
    /// Keywords of JSON Schema that the type does not say.
    pub assertions: Map<String, Value>,
}

impl FieldPlan {
    /// The type of the field, presence included.
    #[must_use]
    pub fn full_type(&self) -> RustType {
        let inner = Box::new(self.ty.clone());
        match self.presence {
            Presence::Required => self.ty.clone(),
            Presence::RequiredNullable | Presence::Optional => RustType::Option(inner),
            Presence::OptionalNullable => RustType::Field(inner),
        }
    }
}

/// Whether a field must be there, may be null, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// `T`.
    Required,
    /// `Option<T>`, always written.
    RequiredNullable,
    /// `Option<T>`, left out when `None`.
    Optional,
    /// `Field<T>`.
    OptionalNullable,
}

/// An enumeration.
#[derive(Clone, Debug)]
pub struct EnumPlan {
    /// What its values are.
    pub values: EnumValues,
    /// Its variants, in the order of the document.
    pub variants: Vec<VariantPlan>,
}

/// The variant of a value that an enumeration does not list.
pub const UNLISTED: &str = "Unlisted";

/// What the values of an enumeration are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnumValues {
    /// Texts.
    Text,
    /// Texts, of which the document lists some.
    OpenText,
    /// Integers.
    Integer,
    /// Texts, numbers and booleans.
    Any,
}

/// A variant of an enumeration.
#[derive(Clone, Debug)]
pub struct VariantPlan {
    /// Its name in Rust.
    pub name: String,
    /// Its value on the wire.
    pub wire: Value,
}

/// A union.
#[derive(Clone, Debug)]
pub struct UnionPlan {
    /// Its variants, in the order of the document.
    pub variants: Vec<UnionVariant>,
    /// Whether exactly one must fit.
    pub exclusive: bool,
    /// How a value is decoded.
    pub decoding: Decoding,
}

impl UnionPlan {
    /// Whether some variant need not have the tag: its value is a constant, then, that goes without saying.
    pub(crate) fn may_lack_tag(&self, plan: &Plan, property: &str) -> bool {
        self.variants.iter().any(|variant| variant.naming(plan, property) == Naming::Optional)
    }
}

/// How a variant of a union has the property that tells it from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// As a field that must be there.
    Required,
    /// As a field that may be left out.
    Optional,
    /// Not at all: the union reads and writes it.
    Unnamed,
    /// As its own affair: it is a union itself, or any JSON.
    Within,
}

/// A variant of a union.
#[derive(Clone, Debug)]
pub struct UnionVariant {
    /// Its name in Rust.
    pub name: String,
    /// What it holds.
    pub ty: RustType,
    /// Keywords of JSON Schema that the type does not say.
    pub assertions: Map<String, Value>,
}

impl UnionVariant {
    pub(crate) fn naming(&self, plan: &Plan, property: &str) -> Naming {
        let mut ty = &self.ty;
        loop {
            match ty {
                RustType::Box(inner) => ty = inner,
                RustType::Map(values) if **values == RustType::Json => return Naming::Unnamed,
                RustType::Model(id) => match &plan.type_plan(*id).definition {
                    Definition::Alias(target) => ty = target,
                    Definition::Struct(body) => {
                        return match body.fields.iter().find(|field| field.wire == property) {
                            Some(field) if field.presence == Presence::Required => Naming::Required,
                            Some(_) => Naming::Optional,
                            None if body.extra.as_ref().is_some_and(|extra| extra.ty.is_none()) => {
                                Naming::Unnamed
                            }
                            None => Naming::Within,
                        };
                    }
                    _ => return Naming::Within,
                },
                _ => return Naming::Within,
            }
        }
    }
}

/// How a value of a union is decoded.
#[derive(Clone, Debug)]
pub enum Decoding {
    /// The kinds of JSON are all different: serde tells them apart.
    ByKind,
    /// By this property, whose texts each mean a variant; there is one more variant for all other texts.
    ByTag(String, Vec<(String, usize)>),
    /// As the variant that gives back what it was given.
    ByTrial,
}
