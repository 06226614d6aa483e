//! The Api as plain data: operations, parameters, bodies, responses, security and schemas.
//!
//! Knows what each part means and where it stands. Must not know how it was written, nor what becomes of it.

use indexmap::IndexMap;
use serde_json::{Map, Value};
use spec_document::{Location, SourceId};
use spec_http::media_type;
pub use spec_http::media_type::{MediaKind, Sequence};
pub use spec_http::style::Style;
use std::fmt;

/// An HTTP API, as one document describes it. Everything is in the document's order.
#[derive(Clone, Debug)]
pub struct Api {
    /// The document that it was read from.
    pub source: SourceId,
    /// The version of OpenAPI that the document was written in; for messages only.
    pub version: Version,
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub api_version: String,
    /// `info.description`.
    pub description: Option<String>,
    /// Where the API is served; never empty (OpenAPI 3.1, 4.8.1: the default is the URL `/`).
    pub servers: Vec<Server>,
    /// Declared tags.
    pub tags: Vec<Tag>,
    /// Security schemes by component name.
    pub security_schemes: IndexMap<String, SecurityScheme>,
    /// Operations in the order of paths and methods.
    pub operations: Vec<Operation>,
    /// What the API itself sends: webhooks, then callbacks in the order of the operations that declare them.
    /// Each is an operation of whoever receives it; its path is a name and no address.
    pub webhooks: Vec<Operation>,
    /// Ids of `components/schemas`, by name.
    pub components: IndexMap<String, SchemaId>,
    /// Every example and default of the document.
    pub examples: Vec<Example>,
    /// The whole document as JSON, every schema in the dialect of JSON Schema 2020-12. Pointers are those of
    /// the document.
    pub json: Value,
    pub(crate) schemas: Vec<Schema>,
}

impl Api {
    /// The schema behind an id.
    #[must_use]
    pub fn schema(&self, id: SchemaId) -> &Schema {
        &self.schemas[id.0 as usize]
    }

    /// All schemas that were read, with their ids, in the order of reading.
    pub fn schemas(&self) -> impl Iterator<Item = (SchemaId, &Schema)> {
        self.schemas.iter().enumerate().map(|(index, schema)| (SchemaId(index as u32), schema))
    }

    /// The schema of each piece of a body that is a sequence, where the pieces are JSON; none where nothing
    /// is said of them, and for events whose data is text.
    ///
    /// OpenAPI 3.2 has a place for it (4.14.1, `itemSchema`). Before, people put it where the schema of the
    /// body stands, alone or as that of a list's items; of events, they describe the data, or the event
    /// around it.
    #[must_use]
    pub fn item(&self, media: &MediaType) -> Option<SchemaId> {
        let (sequence, schema) = (media.sequence()?, media.schema?);
        let kind = |id: SchemaId| &self.schema(self.resolve(id)).kind;
        let item = match kind(schema) {
            Kind::Array(Some(item)) if !media.is_item => *item,
            _ => schema,
        };
        if sequence != Sequence::Events {
            return Some(item);
        }
        let data = match kind(item) {
            Kind::Object(object) => {
                let is_event = object
                    .properties
                    .iter()
                    .all(|own| ["data", "event", "id", "retry"].contains(&own.name.as_str()));
                object
                    .properties
                    .iter()
                    .find(|own| own.name == "data" && is_event)
                    .map_or(item, |data| data.schema)
            }
            _ => item,
        };
        (!matches!(kind(data), Kind::String(_) | Kind::Any | Kind::Enum(_))).then_some(data)
    }

    /// Parameters of the query and headers that a request must have with a single value: with its place, its
    /// name and that value as text. Documents tell operations of one path apart by them (`/#X-Amz-Target=…`).
    #[must_use]
    pub fn constants(&self, operation: &Operation) -> Vec<(ParameterIn, String, String)> {
        let is_here = |own: &&Parameter| matches!(own.place, ParameterIn::Query | ParameterIn::Header);
        let constant = |own: &Parameter| Some((own.place, own.name.clone(), self.only_value(own)?));
        operation.parameters.iter().filter(is_here).filter_map(constant).collect()
    }

    /// Returns the parameters whose undeclared names go to another one: an exploded object of which any name may
    /// stand alone in the query, or in a cookie, takes all that no parameter declares, and there is one before
    /// it.
    #[must_use]
    pub fn overshadowed_objects<'a>(&self, operation: &'a Operation) -> Vec<&'a Parameter> {
        let is_open = |own: &&Parameter| {
            let is_spread = matches!(own.place, ParameterIn::Query | ParameterIn::Cookie)
                && own.explode
                && own.style == Style::Form
                && own.content.is_none();
            let kind = &self.schema(self.resolve(own.schema)).kind;
            is_spread && matches!(kind, Kind::Object(object) if object.additional != Additional::Refused)
        };
        let open: Vec<&Parameter> = operation.parameters.iter().filter(is_open).collect();
        let is_later =
            |(index, own): &(usize, &&Parameter)| open[..*index].iter().any(|first| first.place == own.place);
        open.iter().enumerate().filter(is_later).map(|(_, own)| *own).collect()
    }

    /// The single value of a parameter that must be there, as text.
    pub(crate) fn only_value(&self, parameter: &Parameter) -> Option<String> {
        if !parameter.required || parameter.content.is_some() || self.is_nullable(parameter.schema) {
            return None;
        }
        let Kind::Enum(values) = &self.schema(self.resolve(parameter.schema)).kind else { return None };
        match values.as_slice() {
            [Value::String(text)] => Some(text.clone()),
            [value @ (Value::Number(_) | Value::Bool(_))] => Some(value.to_string()),
            _ => None,
        }
    }

    /// Takes a value away from an enumeration.
    pub fn remove_value(&mut self, id: SchemaId, value: &Value) {
        let kind = &mut self.schemas[id.0 as usize].kind;
        if let Kind::Enum(values) = kind {
            values.retain(|own| own != value);
            if values.is_empty() {
                *kind = Kind::Never;
            }
        }
    }

    /// Follows references to the schema that says something of its own. References in a circle end where they
    /// began.
    #[must_use]
    pub fn resolve(&self, id: SchemaId) -> SchemaId {
        let mut current = id;
        for _ in 0..self.schemas.len() {
            match self.schema(current).kind {
                Kind::Reference(target) => current = target,
                _ => return current,
            }
        }
        id
    }

    /// Whether null is among the values, here or behind a reference.
    #[must_use]
    pub fn is_nullable(&self, id: SchemaId) -> bool {
        let mut current = id;
        for _ in 0..=self.schemas.len() {
            let schema = self.schema(current);
            if schema.nullable {
                return true;
            }
            match schema.kind {
                Kind::Reference(target) => current = target,
                _ => return false,
            }
        }
        false
    }

    /// The schema as JSON Schema 2020-12, as the document has it; references point into [`Api::json`].
    #[must_use]
    pub fn json_schema(&self, id: SchemaId) -> &Value {
        static ANY: Value = Value::Bool(true);
        self.schema(id).pointer().and_then(|pointer| self.json.pointer(pointer)).unwrap_or(&ANY)
    }
}

/// OpenAPI versions that are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// OpenAPI 3.0.x: schemas are an extended subset of JSON Schema draft 5.
    V3_0,
    /// OpenAPI 3.1.x, and 3.2.x where it says the same: schemas are JSON Schema 2020-12.
    V3_1,
}

/// A server (OpenAPI 3.1, 4.8.5). Variables are filled with their defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The URL as it is used; relative where the document says so.
    pub url: String,
    /// The URL with its variables in braces, as written.
    pub template: String,
    /// Its variables, by name.
    pub variables: IndexMap<String, ServerVariable>,
    /// What it is for.
    pub description: Option<String>,
}

/// A variable in the URL of a server (OpenAPI 3.1, 4.8.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerVariable {
    /// What stands there where nobody says otherwise.
    pub default: String,
    /// The values that it may have; empty where it may have any.
    pub values: Vec<String>,
    /// What it means.
    pub description: Option<String>,
}

/// A tag and what it stands for.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// What it stands for.
    pub description: Option<String>,
}

/// A security scheme (OpenAPI 3.1, 4.8.27).
#[derive(Clone, Debug)]
pub struct SecurityScheme {
    /// Where it stands.
    pub location: Location,
    /// What it is for.
    pub description: Option<String>,
    /// How a request proves itself.
    pub scheme: Scheme,
}

/// How a request proves itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// A key in a header, a query parameter or a cookie.
    ApiKey {
        /// Where it goes.
        place: ParameterIn,
        /// The name of the header, parameter or cookie.
        name: String,
    },
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Basic`.
    Basic,
    /// Another scheme of HTTP authentication, by its lower-case name.
    Http(String),
    /// OAuth 2.0 (RFC 6749): an access token as `Authorization: Bearer`.
    OAuth2 {
        /// Ways to a token, in the order of the document.
        flows: Vec<OAuthFlow>,
    },
    /// OpenID Connect: an access token as `Authorization: Bearer`.
    OpenIdConnect {
        /// The URL of the discovery document, if it is one.
        url: Option<String>,
    },
    /// TLS client certificates: nothing is added to the request.
    MutualTls,
    /// What the document names and does not say: nothing is added to the request, and nothing can be checked.
    Unknown,
}

impl Scheme {
    /// The scheme of HTTP authentication in `Authorization`, where it is one that stands there.
    pub fn authorization(&self) -> Option<&str> {
        match self {
            Scheme::Bearer | Scheme::OAuth2 { .. } | Scheme::OpenIdConnect { .. } => Some("Bearer"),
            Scheme::Basic => Some("Basic"),
            Scheme::Http(name) => Some(name),
            Scheme::ApiKey { .. } | Scheme::MutualTls | Scheme::Unknown => None,
        }
    }
}

/// A way to an access token (OpenAPI 3.1, 4.8.29). URLs may be references within the server; what is missing,
/// or is no URL, is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthFlow {
    /// Which one it is.
    pub kind: OAuthFlowKind,
    /// Where a user is sent.
    pub authorization_url: Option<String>,
    /// Where a device asks for a code (RFC 8628).
    pub device_authorization_url: Option<String>,
    /// Where tokens are fetched.
    pub token_url: Option<String>,
    /// Where tokens are refreshed, if that is elsewhere.
    pub refresh_url: Option<String>,
    /// Scopes, and what they stand for.
    pub scopes: Vec<(String, String)>,
}

/// Ways to an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OAuthFlowKind {
    /// A token from the authorization endpoint.
    Implicit,
    /// The user's name and password.
    Password,
    /// The client's own id and secret.
    ClientCredentials,
    /// A code from the authorization endpoint.
    AuthorizationCode,
    /// A code that a user types in elsewhere (RFC 8628).
    DeviceAuthorization,
}

impl OAuthFlowKind {
    /// All of them, in the order of the specification.
    pub const ALL: [OAuthFlowKind; 5] = [
        OAuthFlowKind::Implicit,
        OAuthFlowKind::Password,
        OAuthFlowKind::ClientCredentials,
        OAuthFlowKind::AuthorizationCode,
        OAuthFlowKind::DeviceAuthorization,
    ];

    /// The name of its field.
    pub const fn key(self) -> &'static str {
        match self {
            OAuthFlowKind::Implicit => "implicit",
            OAuthFlowKind::Password => "password",
            OAuthFlowKind::ClientCredentials => "clientCredentials",
            OAuthFlowKind::AuthorizationCode => "authorizationCode",
            OAuthFlowKind::DeviceAuthorization => "deviceAuthorization",
        }
    }

    /// The URLs that it must have (OpenAPI 3.1, 4.8.29.1; 3.2, 4.26.1).
    pub const fn urls(self) -> &'static [&'static str] {
        match self {
            OAuthFlowKind::Implicit => &["authorizationUrl"],
            OAuthFlowKind::Password | OAuthFlowKind::ClientCredentials => &["tokenUrl"],
            OAuthFlowKind::AuthorizationCode => &["authorizationUrl", "tokenUrl"],
            OAuthFlowKind::DeviceAuthorization => &["deviceAuthorizationUrl", "tokenUrl"],
        }
    }
}

/// One alternative of what a request needs: all of these schemes. An empty one means that nothing is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Names of security schemes, with scopes.
    pub schemes: Vec<(String, Vec<String>)>,
}

/// One operation: a method on a path.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Where it stands.
    pub location: Location,
    /// `operationId`, or one made of method and path where the document gives none.
    pub id: String,
    /// A Rust name that the document pins with `x-rust-name`.
    pub pinned_name: Option<String>,
    /// The method.
    pub method: Method,
    /// The path template, `/pets/{id}`.
    pub path: String,
    /// Of a callback, where it is sent: a runtime expression (OpenAPI 3.1, 4.8.20.4).
    pub sent_to: Option<String>,
    /// Tags, as written.
    pub tags: Vec<String>,
    /// One line.
    pub summary: Option<String>,
    /// More lines.
    pub description: Option<String>,
    /// Whether callers should stop using it.
    pub deprecated: bool,
    /// Parameters of the operation, and those of its path that it does not redefine.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Body>,
    /// Responses by status.
    pub responses: Vec<Response>,
    /// Alternatives, any of which will do; empty where no credentials are asked for.
    pub security: Vec<Requirement>,
    /// Servers of its own, or of its path; empty where those of the Api are meant.
    pub servers: Vec<Server>,
}

/// HTTP methods that a path item can declare (OpenAPI 3.1, 4.8.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the method of its name")]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
}

impl Method {
    /// All of them, in the order of the specification.
    pub const ALL: [Method; 8] = [
        Method::Get,
        Method::Put,
        Method::Post,
        Method::Delete,
        Method::Options,
        Method::Head,
        Method::Patch,
        Method::Trace,
    ];

    /// The key in a path item.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Method::Get => "get",
            Method::Put => "put",
            Method::Post => "post",
            Method::Delete => "delete",
            Method::Options => "options",
            Method::Head => "head",
            Method::Patch => "patch",
            Method::Trace => "trace",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key().to_ascii_uppercase())
    }
}

/// A parameter (OpenAPI 3.1, 4.8.12), its defaults filled in.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Where it stands.
    pub location: Location,
    /// Its name on the wire.
    pub name: String,
    /// A Rust name that the document pins with `x-rust-name`.
    pub pinned_name: Option<String>,
    /// Which part of the request carries it.
    pub place: ParameterIn,
    /// What it means.
    pub description: Option<String>,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Whether callers should stop using it.
    pub deprecated: bool,
    /// How its value becomes text.
    pub style: Style,
    /// Whether each item or property stands alone.
    pub explode: bool,
    /// Whether reserved characters go out as they are.
    pub allow_reserved: bool,
    /// Whether its name may stand in the query without a value.
    pub allow_empty: bool,
    /// What values it takes.
    pub schema: SchemaId,
    /// The media type of a parameter that is written with `content`.
    pub content: Option<String>,
}

/// Which part of a request carries a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the part of its name")]
pub enum ParameterIn {
    Path,
    Query,
    Header,
    Cookie,
}

impl ParameterIn {
    /// The word that documents use.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            ParameterIn::Path => "path",
            ParameterIn::Query => "query",
            ParameterIn::Header => "header",
            ParameterIn::Cookie => "cookie",
        }
    }
}

/// A request body.
#[derive(Clone, Debug)]
pub struct Body {
    /// Where it stands.
    pub location: Location,
    /// What it is.
    pub description: Option<String>,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Its forms, in the document's order.
    pub content: Vec<MediaType>,
}

/// One form of a body.
#[derive(Clone, Debug)]
pub struct MediaType {
    /// Where it stands.
    pub location: Location,
    /// The name or range, as written: `application/json; charset=utf-8`, `image/*`.
    pub name: String,
    /// What its syntax is: that of its name, as far as the schema does not say otherwise.
    pub kind: MediaKind,
    /// What it holds; absent where the document does not say.
    pub schema: Option<SchemaId>,
    /// Whether that is the schema of each item of a sequence (OpenAPI 3.2, 4.14.1).
    pub is_item: bool,
    /// How the properties of a form are written (OpenAPI 3.1, 4.8.15).
    pub encoding: IndexMap<String, Encoding>,
    /// Whether this is a range of JSON beside an `application/json` that holds something else.
    pub beside_json: bool,
}

impl MediaType {
    /// The type and subtype, without parameters and in lower case (RFC 9110, 8.3.1).
    #[must_use]
    pub fn essence(&self) -> String {
        media_type::essence(&self.name).to_ascii_lowercase()
    }

    /// Whether whoever sends a body says which media type it has: the document gives a range of several that
    /// could be meant, or only its bytes know what divides its parts (RFC 2046, 5.1.1).
    #[must_use]
    pub fn is_chosen(&self) -> bool {
        if self.kind == MediaKind::Bytes && MediaKind::of(&self.name) == MediaKind::Multipart {
            return true;
        }
        let is_plain_json = self.kind == MediaKind::Json && !self.name.contains("*+") && !self.beside_json;
        self.name.contains('*') && !is_plain_json
    }

    /// What a body is that comes piece by piece; none where it is one text.
    #[must_use]
    pub fn sequence(&self) -> Option<Sequence> {
        Sequence::of(&self.name)
    }
}

/// How one property of a form is written.
#[derive(Clone, Debug)]
pub struct Encoding {
    /// Media types that the part may have.
    pub content_type: Option<String>,
    /// How an array or object becomes text, and whether each item or property stands alone; none where the
    /// document does not say, or says it of a form for which it does not count.
    pub style: Option<(Style, bool)>,
}

/// One response.
#[derive(Clone, Debug)]
pub struct Response {
    /// Where it stands.
    pub location: Location,
    /// For which status.
    pub status: Status,
    /// When it is sent.
    pub description: Option<String>,
    /// Headers that it carries.
    pub headers: Vec<Header>,
    /// Its forms; empty where there is no body.
    pub content: Vec<MediaType>,
}

/// A header of a response.
#[derive(Clone, Debug)]
pub struct Header {
    /// Where it stands.
    pub location: Location,
    /// Its name.
    pub name: String,
    /// What it means.
    pub description: Option<String>,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Whether it is always there.
    pub required: bool,
    /// Whether each property stands with its name; the style is always `simple`.
    pub explode: bool,
    /// Whether its text is JSON: it is written with `content`.
    pub is_json: bool,
    /// What values it takes.
    pub schema: SchemaId,
}

/// For which status a response stands (OpenAPI 3.1, 4.8.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// One code.
    Code(u16),
    /// `2XX` is `Range(2)`.
    Range(u8),
    /// Every code that is not named.
    Default,
}

impl Status {
    /// Whether every answer with this status is without a body, whatever a document says (RFC 9110, 6.4.1 and
    /// 15.3.6).
    #[must_use]
    pub fn is_bodiless(self) -> bool {
        matches!(self, Status::Code(100..=199 | 204 | 205 | 304) | Status::Range(1))
    }

    /// Whether a code is meant, leaving aside that a more exact entry wins.
    #[must_use]
    pub fn matches(self, code: u16) -> bool {
        match self {
            Status::Code(own) => own == code,
            Status::Range(hundreds) => code / 100 == u16::from(hundreds),
            Status::Default => true,
        }
    }

    /// Whether an answer with this status is what the caller hoped for. `default` is not: it stands for what
    /// went wrong.
    #[must_use]
    pub fn is_success(self) -> bool {
        match self {
            Status::Code(code) => code < 400,
            Status::Range(hundreds) => hundreds < 4,
            Status::Default => false,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Status::Code(code) => write!(f, "{code}"),
            Status::Range(hundreds) => write!(f, "{hundreds}XX"),
            Status::Default => f.write_str("default"),
        }
    }
}

/// An example or a default, and the schema that it is an example of.
#[derive(Clone, Debug)]
pub struct Example {
    /// Where it stands.
    pub location: Location,
    /// The schema that it should fit.
    pub schema: SchemaId,
    /// The value.
    pub value: Value,
    /// Whether it is a default.
    pub is_default: bool,
}

/// Names a schema of an [`Api`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaId(pub(crate) u32);

/// One schema, wherever it stands.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Where it stands.
    pub location: Location,
    /// Its name under `components/schemas`.
    pub component: Option<String>,
    /// What another file than the first calls it, where it is referred to: by the name of the file, or its
    /// name in there.
    pub file_name: Option<String>,
    /// A Rust name that the document pins with `x-rust-name`.
    pub pinned_name: Option<String>,
    /// Names that the document gives to values of an enumeration.
    pub value_names: Vec<(Value, String)>,
    /// `title`.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Whether it is only ever answered.
    pub read_only: bool,
    /// Whether it is only ever sent.
    pub write_only: bool,
    /// What holds where nothing is sent.
    pub default: Option<Value>,
    /// Examples, with the place of each.
    pub examples: Vec<(Location, Value)>,
    /// Whether null is among its values, whichever way the document says so.
    pub nullable: bool,
    /// What its other values are.
    pub kind: Kind,
    /// Whether the document says what kind of JSON they are. Where it only describes properties, or items,
    /// `kind` has objects, or lists, because that is what people mean; to the letter such a schema takes
    /// other kinds too (JSON Schema 2020-12 validation, 6.5; core, 10.3).
    pub typed: bool,
    /// Assertions that [`Schema::kind`] does not carry, by keyword of JSON Schema 2020-12: `minimum`,
    /// `pattern`, ….
    pub assertions: Map<String, Value>,
}

impl Schema {
    /// The JSON pointer of the schema in its document.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        match &self.location.place {
            spec_document::Place::Pointer { pointer, .. } => Some(pointer.as_str()),
            _ => None,
        }
    }
}

/// What the values of a schema are, null aside.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Any value at all.
    Any,
    /// No value at all, but for null where the schema is nullable.
    Never,
    /// What another schema says.
    Reference(SchemaId),
    /// `true` and `false`.
    Boolean,
    /// Numbers without a fraction. The format is `int32`, `int64`, …, as written.
    Integer(Option<String>),
    /// Numbers. The format is `float`, `double`, …, as written.
    Number(Option<String>),
    /// Texts, of a format.
    String(Option<String>),
    /// These values and no others; null is not among them.
    Enum(Vec<Value>),
    /// Lists. Absent items can be anything.
    Array(Option<SchemaId>),
    /// Lists of as many items as there are schemas, each of its own.
    Tuple(Vec<SchemaId>),
    /// Objects.
    Object(Object),
    /// Values of one of several schemas.
    Union {
        /// The schemas; none of them is just null.
        variants: Vec<SchemaId>,
        /// Whether exactly one must fit (`oneOf`), or at least one (`anyOf`).
        exclusive: bool,
        /// The property that tells which one it is.
        discriminator: Option<Discriminator>,
    },
    /// What only a validator can say: the schema as the document has it ([`Api::json_schema`]).
    Opaque,
}

/// What an object holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Named properties, in the document's order.
    pub properties: Vec<Property>,
    /// Other properties.
    pub additional: Additional,
}

/// One named property.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Its name on the wire.
    pub name: String,
    /// What values it takes.
    pub schema: SchemaId,
    /// Whether an object without it is refused.
    pub required: bool,
}

/// Properties that an object does not name.
#[derive(Clone, Debug, PartialEq)]
pub enum Additional {
    /// The document does not say: they are tolerated.
    Unsaid,
    /// They are refused.
    Refused,
    /// The document asks for them: they are kept. Absent means any value.
    Allowed(Option<SchemaId>),
}

/// The property that tells the variants of a union apart (OpenAPI 3.1, 4.8.25).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discriminator {
    /// The property's name.
    pub property: String,
    /// Its values, each with the index of a variant. A variant can have several.
    pub mapping: Vec<(String, usize)>,
}
