//! The Plan: which Rust an API becomes, as plain data.
//!
//! Every decision is made here: names, types, presence, who prints what. Engines and emitters only print.
//! Knows Rust's types and the ones of `spec-runtime`; must not know syntax trees, tokens or files.

mod ambiguous;
mod claims;
pub(crate) mod depth;
mod directions;
mod display;
mod finalize;
mod groups;
mod operations;
mod types;
mod usable;
mod words;

pub(crate) use types::lines;

use crate::settings::ApiSettings;
use serde_json::{Map, Value};
use spec_api::{Api, MediaKind, Method, OAuthFlowKind, ParameterIn, SchemaId, Scheme, Status, Style};
use spec_contract::Side;
use spec_document::{Code, Diagnostic, Diagnostics, Location, SourceId};

pub(crate) use directions::{reachable, reachable_from};
pub use operations::plan_operations;
pub use types::Planner;

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

/// A server that a program can choose.
#[derive(Clone, Debug)]
pub struct ServerPlan {
    /// The name of its type: `Production`.
    pub name: String,
    /// Its words.
    pub docs: Vec<String>,
    /// Its URL, with variables in braces.
    pub template: String,
    /// Its variables.
    pub variables: Vec<VariablePlan>,
}

/// A variable in the URL of a server.
#[derive(Clone, Debug)]
pub struct VariablePlan {
    /// Its name in Rust.
    pub name: String,
    /// Its name in the URL.
    pub wire: String,
    /// Its words.
    pub docs: Vec<String>,
    /// What stands there where nobody says otherwise.
    pub default: String,
    /// The type of its values, where the document lists them: its name, and the variants with their texts.
    pub values: Option<(String, Vec<(String, String)>)>,
}

impl Plan {
    /// Decides what an API becomes.
    pub fn new(api: &Api, settings: &ApiSettings, diagnostics: &mut Diagnostics) -> Plan {
        let mut planner = Planner::new(api, settings, diagnostics);
        planner.plan_components();
        let schemes = operations::plan_schemes(api, settings, planner.diagnostics);
        let (mut operations, mut webhooks) = plan_operations(api, &mut planner, &schemes);
        let mut types = planner.finish(operations.iter_mut().chain(&mut webhooks));
        let groups = groups::plan_groups(api, settings, &mut operations, &mut types);
        let base_url = api.servers.iter().map(|server| server.url.as_str()).find(|url| url.contains("://"));
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
            base_url: base_url.map(|url| url.trim_end_matches('/').to_owned()),
            base_path: api.servers.first().and_then(|server| base_path(&server.url)),
            servers: operations::plan_servers(api),
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

    /// The module of a group.
    pub(crate) fn module(&self, group: Option<usize>) -> Option<&str> {
        self.groups.get(group?).map(String::as_str)
    }

    /// Operations by the file that they stand in: those of the first file, then those of each module.
    pub(crate) fn by_file(&self) -> impl Iterator<Item = (Option<&str>, Vec<(usize, &OperationPlan)>)> {
        let groups = std::iter::once(None).chain((0..self.groups.len()).map(Some));
        let operations =
            |group| self.operations.iter().enumerate().filter(move |(_, own)| own.group == group).collect();
        groups.map(move |group| (self.module(group), operations(group)))
    }

    /// The model behind an id.
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

/// The path of a server's URL, without the slash at its end.
fn base_path(url: &str) -> Option<String> {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let path = match url.split_once("//") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => url.trim_start_matches('/'),
    };
    let path = path.trim_end_matches('/');
    (!path.is_empty() && path != ".").then(|| format!("/{path}"))
}

/// Names a model of a [`Plan`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub(crate) usize);

/// Who prints something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// typify or progenitor, refined.
    Engine,
    /// Our own emitter.
    Emitter,
}

/// A type of Rust, as fields, arguments and bodies have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the type of its name")]
pub enum RustType {
    Unit,
    Bool,
    I32,
    I64,
    U32,
    U64,
    F64,
    String,
    /// `chrono::DateTime<Utc>`.
    DateTime,
    /// `chrono::NaiveDate`.
    Date,
    /// `uuid::Uuid`.
    Uuid,
    /// `std::net::Ipv4Addr`.
    Ipv4,
    /// `std::net::Ipv6Addr`.
    Ipv6,
    /// `spec_runtime::Base64`.
    Base64,
    /// `spec_runtime::File`.
    File,
    /// `bytes::Bytes`.
    Bytes,
    /// `serde_json::Value`.
    Json,
    /// `spec_runtime::Extra`: keys that the document does not name.
    Extra,
    Vec(Box<RustType>),
    /// A list of a fixed length, each item of a type of its own.
    Tuple(Vec<RustType>),
    /// `IndexMap<String, T>`.
    Map(Box<RustType>),
    Option(Box<RustType>),
    /// `spec_runtime::Field`: absent, null, or a value.
    Field(Box<RustType>),
    Box(Box<RustType>),
    Model(TypeId),
    /// A type of the crate that it is used in.
    Local(String),
    /// A body that is read as it comes.
    Stream(Stream),
}

/// A body that is read, and written, piece by piece.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// `spec_runtime::stream::ByteStream`.
    Bytes,
    /// `spec_runtime::stream::Events<String>`: server-sent events whose data is text.
    Texts,
    /// `spec_runtime::stream::Events<T>`: server-sent events whose data is JSON.
    Events(Box<RustType>),
    /// `spec_runtime::stream::JsonLines<T>`.
    Lines(Box<RustType>),
}

impl Stream {
    /// The type of an item that is JSON.
    #[must_use]
    pub fn item(&self) -> Option<&RustType> {
        match self {
            Stream::Bytes | Stream::Texts => None,
            Stream::Events(item) | Stream::Lines(item) => Some(item),
        }
    }

    pub(crate) fn item_mut(&mut self) -> Option<&mut RustType> {
        match self {
            Stream::Bytes | Stream::Texts => None,
            Stream::Events(item) | Stream::Lines(item) => Some(item),
        }
    }
}

impl RustType {
    /// The JSON Schema by which engines know a scalar; none for anything else.
    pub(crate) fn scalar_schema(&self) -> Option<Value> {
        let (name, format) = match self {
            RustType::Bool => ("boolean", None),
            RustType::I32 => ("integer", Some("int32")),
            RustType::I64 => ("integer", Some("int64")),
            RustType::U32 => ("integer", Some("uint32")),
            RustType::U64 => ("integer", Some("uint64")),
            RustType::F64 => ("number", Some("double")),
            RustType::String => ("string", None),
            RustType::DateTime => ("string", Some("date-time")),
            RustType::Date => ("string", Some("date")),
            RustType::Uuid => ("string", Some("uuid")),
            _ => return None,
        };
        let mut schema = serde_json::json!({ "type": name });
        if let Some(format) = format {
            schema["format"] = format.into();
        }
        Some(schema)
    }
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

/// A security scheme.
#[derive(Clone, Debug)]
pub struct SchemePlan {
    /// Its name in the document.
    pub wire: String,
    /// The name of its constant: `API_KEY`.
    pub constant: String,
    /// The name for methods: `api_key`.
    pub name: String,
    /// Its words.
    pub description: Option<String>,
    /// How a request proves itself.
    pub scheme: Scheme,
    /// The environment variable that holds the credential.
    pub environment: Option<String>,
}

impl SchemePlan {
    /// Where clients fetch tokens by themselves, and where they refresh them: OAuth 2.0, client credentials
    /// (RFC 6749, 4.4).
    #[must_use]
    pub fn token_urls(&self) -> Option<(&str, Option<&str>)> {
        let Scheme::OAuth2 { flows } = &self.scheme else { return None };
        let flow = flows.iter().find(|flow| flow.kind == OAuthFlowKind::ClientCredentials)?;
        Some((flow.token_url.as_deref()?, flow.refresh_url.as_deref()))
    }
}

/// One operation.
#[derive(Clone, Debug)]
pub struct OperationPlan {
    /// `operationId`.
    pub id: String,
    /// The name of its function.
    pub name: String,
    /// The name of what belongs to it: `OutboundCampaignUpdate`.
    pub type_name: String,
    /// Where it stands.
    pub location: Location,
    /// The method.
    pub method: Method,
    /// The path template.
    pub path: String,
    /// Of a callback, where it is sent: a runtime expression.
    pub sent_to: Option<String>,
    /// The path of its route, as routers take it.
    pub route: String,
    /// The path template, where the route alone does not tell whether the operation is meant.
    pub template: Option<String>,
    /// Parameters whose only value tells the operation from others of the same path: place, name on the wire,
    /// value.
    pub told_by: Vec<(ParameterIn, String, String)>,
    /// Its words.
    pub docs: Vec<String>,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Its parameters.
    pub parameters: Vec<ParameterPlan>,
    /// Its body.
    pub body: Option<BodyPlan>,
    /// What it answers when all is well.
    pub success: Outcome,
    /// What it answers when something is wrong.
    pub error: Outcome,
    /// Where it is served, if that is not where the API is served.
    pub base_url: Option<String>,
    /// Alternatives, each with indices of [`Plan::schemes`]; none where nothing is asked for.
    pub security: Vec<Vec<SchemeUse>>,
    /// How a server refuses what does not fit.
    pub rejection: RejectionPlan,
    /// The module whose file it stands in, of [`Plan::groups`]; the first file where there is none.
    pub group: Option<usize>,
    /// Who prints its client.
    pub engine: Engine,
}

impl OperationPlan {
    /// The statuses of redirections (RFC 9110, 15.4) that are answers of the operation, as far as clients
    /// follow them.
    #[must_use]
    pub fn redirections(&self) -> Vec<u16> {
        let is_declared = |code: &u16| {
            self.responses().iter().any(|response| match response.status {
                Status::Code(own) => own == *code,
                Status::Range(hundreds) => hundreds == 3,
                Status::Default => false,
            })
        };
        [301, 302, 303, 307, 308].into_iter().filter(is_declared).collect()
    }

    /// Every declared answer once: a default that also stands for success is one answer.
    #[must_use]
    pub fn responses(&self) -> Vec<&ResponsePlan> {
        let mut responses: Vec<&ResponsePlan> = Vec::new();
        for response in self.success.responses.iter().chain(&self.error.responses) {
            if !responses.iter().any(|known| known.variant == response.variant) {
                responses.push(response);
            }
        }
        responses
    }

    /// Names of the types that clients and servers have for this operation: bodies of several forms, and
    /// headers.
    pub(crate) fn local_types(&self) -> Vec<String> {
        let mut names = Vec::from_iter(self.body.as_ref().and_then(|body| body.enumeration.clone()));
        for response in self.responses() {
            if let Payload::OneOf(name, _) = &response.payload {
                names.push(name.clone());
            }
            names.extend(response.headers.as_ref().map(|headers| headers.name.clone()));
        }
        names
    }
}

/// A security scheme, as an operation asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeUse {
    /// Which of the plan's schemes it is.
    pub scheme: usize,
    /// The scopes, or roles.
    pub scopes: Vec<String>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct ParameterPlan {
    /// Its name in Rust.
    pub name: String,
    /// Its name on the wire.
    pub wire: String,
    /// Its words.
    pub docs: Vec<String>,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Where it stands.
    pub place: ParameterIn,
    /// The type of its value.
    pub ty: RustType,
    /// Whether it must be given.
    pub required: bool,
    /// What holds where it is left out.
    pub default: Option<Value>,
    /// How its value becomes text.
    pub style: Style,
    /// Whether each item or property stands alone.
    pub explode: bool,
    /// Whether its text is JSON.
    pub is_json: bool,
    /// Whether reserved characters go out as they are.
    pub allow_reserved: bool,
    /// Whether its name may come without a value.
    pub allow_empty: bool,
    /// Keywords of JSON Schema that the type does not say.
    pub assertions: Map<String, Value>,
}

/// A request body.
#[derive(Clone, Debug)]
pub struct BodyPlan {
    /// Its forms, the one that programs would choose first; never empty.
    pub forms: Vec<BodyForm>,
    /// The name of the enumeration, where there are several forms.
    pub enumeration: Option<String>,
    /// Whether it must be given.
    pub required: bool,
    /// The name of the argument.
    pub name: String,
    /// Its words.
    pub description: Option<String>,
}

impl BodyPlan {
    /// The form, where there is only one.
    #[must_use]
    pub fn only(&self) -> Option<&BodyForm> {
        self.forms.first().filter(|_| self.enumeration.is_none())
    }

    /// The type that a program sees.
    #[must_use]
    pub fn ty(&self) -> RustType {
        match (&self.enumeration, self.forms.first()) {
            (Some(name), _) => RustType::Local(name.clone()),
            (None, Some(form)) => form.ty.clone(),
            (None, None) => RustType::Unit,
        }
    }

    /// Whether some form of it is a stream, which can't be compared or copied.
    #[must_use]
    pub fn streams(&self) -> bool {
        self.forms.iter().any(|form| matches!(form.ty, RustType::Stream(_)))
    }
}

/// One form of a request body.
#[derive(Clone, Debug)]
pub struct BodyForm {
    /// The name of its variant.
    pub variant: String,
    /// What the client sends: the syntax.
    pub kind: MediaKind,
    /// What the client sends: the media type.
    pub media_type: String,
    /// Every media type that the server takes for this type.
    pub accepted: Vec<(String, MediaKind)>,
    /// What it holds.
    pub ty: RustType,
    /// Keywords of JSON Schema that the type does not say.
    pub assertions: Map<String, Value>,
    /// How properties are written, where the document says so.
    pub encodings: Vec<EncodingPlan>,
}

/// How one property of a form is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodingPlan {
    /// Its name on the wire.
    pub wire: String,
    /// The media types that its part may have.
    pub content_type: Option<String>,
    /// How it becomes text, and whether each item or property stands alone, where the document says so.
    pub style: Option<(Style, bool)>,
}

/// What an operation answers, on one side of success.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The answers, most exact status first.
    pub responses: Vec<ResponsePlan>,
    /// The name of the enumeration, where there are several bodies.
    pub enumeration: Option<String>,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct ResponsePlan {
    /// For which status.
    pub status: Status,
    /// The name of its variant.
    pub variant: String,
    /// Its words.
    pub description: Option<String>,
    /// Its body.
    pub payload: Payload,
    /// Every media type that the document declares for it.
    pub media_types: Vec<String>,
    /// Its headers, where the document declares any.
    pub headers: Option<HeadersPlan>,
}

/// The headers of an answer, as one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadersPlan {
    /// Its name.
    pub name: String,
    /// The headers, in the order of the document.
    pub fields: Vec<HeaderField>,
}

impl HeadersPlan {
    /// Whether an answer can do without all of them.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.fields.iter().all(|field| !field.required)
    }
}

/// One header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderField {
    /// Its name in Rust.
    pub name: String,
    /// Its name on the wire.
    pub wire: String,
    /// Its words.
    pub docs: Vec<String>,
    /// The type of its value.
    pub ty: RustType,
    /// Whether it must be there.
    pub required: bool,
    /// Whether each property stands with its name.
    pub explode: bool,
    /// Whether its text is JSON.
    pub is_json: bool,
    /// What tells the texts in it apart beyond its type: keywords of JSON Schema.
    pub assertions: Map<String, Value>,
}

impl HeaderField {
    /// The type of the field.
    #[must_use]
    pub fn full_type(&self) -> RustType {
        if self.required { self.ty.clone() } else { RustType::Option(Box::new(self.ty.clone())) }
    }
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// None.
    Empty,
    /// JSON of this media type.
    Json(RustType, String),
    /// Text of this media type: a text, or what has one of its own, such as a date.
    Text(RustType, String),
    /// Bytes of this media type.
    Bytes(String),
    /// Pieces of this media type, which come one after another.
    Stream(Stream, String),
    /// One of several of these, by the media type: the name of the enumeration and its variants.
    OneOf(String, Vec<(String, Payload)>),
}

impl Payload {
    /// The type that a program sees.
    #[must_use]
    pub fn ty(&self) -> RustType {
        match self {
            Payload::Empty => RustType::Unit,
            Payload::Json(ty, _) | Payload::Text(ty, _) => ty.clone(),
            Payload::Bytes(_) => RustType::Bytes,
            Payload::Stream(stream, _) => RustType::Stream(stream.clone()),
            Payload::OneOf(name, _) => RustType::Local(name.clone()),
        }
    }

    /// Whether some body of it is a stream, which can't be compared or copied.
    #[must_use]
    pub fn streams(&self) -> bool {
        match self {
            Payload::Stream(..) => true,
            Payload::OneOf(_, variants) => variants.iter().any(|(_, payload)| payload.streams()),
            _ => false,
        }
    }

    /// The bodies that it can be, one by one.
    #[must_use]
    pub fn forms(&self) -> Vec<&Payload> {
        match self {
            Payload::OneOf(_, variants) => variants.iter().flat_map(|(_, payload)| payload.forms()).collect(),
            one => vec![one],
        }
    }

    /// The media types that it can have.
    #[must_use]
    pub fn media_types(&self) -> Vec<&str> {
        self.forms().into_iter().filter_map(Payload::media_type).collect()
    }

    /// The media type, where there is one only.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        match self {
            Payload::Json(_, name)
            | Payload::Text(_, name)
            | Payload::Bytes(name)
            | Payload::Stream(_, name) => Some(name),
            Payload::Empty | Payload::OneOf(..) => None,
        }
    }

    pub(crate) fn each_type(&mut self, f: &mut dyn FnMut(&mut RustType)) {
        match self {
            Payload::Json(ty, _) | Payload::Text(ty, _) => f(ty),
            Payload::Stream(stream, _) => stream.item_mut().into_iter().for_each(f),
            Payload::OneOf(_, variants) => variants.iter_mut().for_each(|(_, payload)| payload.each_type(f)),
            Payload::Empty | Payload::Bytes(_) => {}
        }
    }
}

/// How a server refuses what does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectionPlan {
    /// The document declares `{"detail": [{"loc": …, "msg": …, "type": …}]}` for this status.
    Detail(u16),
    /// The document declares another shape for this status and media type: the JSON, with [`MESSAGE`] where
    /// words go.
    Filled(u16, String, Value),
    /// Problem details with this status.
    Problem(u16),
}

/// Stands in a filled rejection where a sentence says what does not fit.
pub const MESSAGE: &str = "$message";
