//! The walk over the document: its root, components and the helpers that every part uses.
//!
//! Knows which fields an object of OpenAPI may have, follows references and says what is wrong where. Must
//! not know what schemas mean (`schemas`) nor what operations are (`operations`).

use crate::cursor::Cursor;
use crate::merge::Merge;
use crate::model::{
    Api, Example, OAuthFlow, OAuthFlowKind, Operation, Scheme, SecurityScheme, Server, ServerVariable, Tag,
    Version,
};
use crate::references::identity::{Identities, Meaning};
use crate::schema::untyped::Untyped;
use crate::schemas::Null;
use crate::settle::{bodies, formats, path_templates};
use crate::spelling::nearest;
use crate::{ParameterIn, SchemaId, dialect, model};
use indexmap::{IndexMap, IndexSet};
use serde_json::Value;
use spec_document::{Code, Diagnostic, Diagnostics, Document, File, Location, Node, Object, Pointer};
use std::collections::{HashMap, HashSet, VecDeque};

/// Objects whose members are named schemas: of OpenAPI, and of JSON Schema, old and new.
const NAMED_SCHEMAS: [&str; 3] = ["schemas", "definitions", "$defs"];

pub(crate) struct Reader<'a> {
    pub(crate) document: &'a Document,
    pub(crate) diagnostics: &'a mut Diagnostics,
    pub(crate) version: Version,
    pub(crate) schemas: Vec<model::Schema>,
    /// Schemas that were read or are being read, by where they stand.
    pub(crate) schema_ids: HashMap<Pointer, SchemaId>,
    /// What each schema itself says about null.
    pub(crate) nulls: Vec<Null>,
    /// Schemas that have an id, but were not read yet.
    pub(crate) unread: HashMap<SchemaId, Cursor<'a>>,
    /// Schemas in the order of the first reference to each.
    pub(crate) referenced: VecDeque<SchemaId>,
    pub(crate) merges: IndexMap<SchemaId, Merge>,
    pub(crate) untyped: Untyped,
    /// Schemas that get no type in addition to what they say.
    pub(crate) spared: HashSet<SchemaId>,
    /// Unions that take null if one of their variants does.
    pub(crate) unions: Vec<SchemaId>,
    pub(crate) discriminators: IndexMap<SchemaId, Cursor<'a>>,
    pub(crate) examples: Vec<Example>,
    pub(crate) noted_examples: HashSet<(Pointer, SchemaId)>,
    /// What is said once, however many places it is true of: code, message and help, and the places.
    pub(crate) common: IndexMap<(Code, &'static str, &'static str), IndexSet<Location>>,
    /// Callbacks of the operations that were read.
    pub(crate) callbacks: Vec<Operation>,
    /// Path items of callbacks that are being read, each within the one before.
    pub(crate) receiving: Vec<Pointer>,
    /// Whether fields of OpenAPI 3.2 are fields of this document.
    pub(crate) is_3_2: bool,
    /// What is wrong and was passed over with a warning: no schema of [`Api::json`] has it.
    pub(crate) ignored: Vec<Pointer>,
    /// Where null stands for the name of a type.
    pub(crate) unquoted: Vec<Pointer>,
    /// References that lead to what no URI can say as it was written, and how it can.
    pub(crate) encoded: Vec<(Pointer, String)>,
    /// Names that schemas give themselves.
    pub(crate) identities: Identities,
    /// References where the standard has none, and what they lead to.
    pub(crate) loose: IndexMap<Pointer, Pointer>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(document: &'a Document, untyped: Untyped, diagnostics: &'a mut Diagnostics) -> Self {
        Reader {
            document,
            diagnostics,
            version: Version::V3_1,
            schemas: Vec::new(),
            schema_ids: HashMap::new(),
            nulls: Vec::new(),
            unread: HashMap::new(),
            referenced: VecDeque::new(),
            merges: IndexMap::new(),
            untyped,
            spared: HashSet::new(),
            unions: Vec::new(),
            discriminators: IndexMap::new(),
            examples: Vec::new(),
            noted_examples: HashSet::new(),
            common: IndexMap::new(),
            callbacks: Vec::new(),
            receiving: Vec::new(),
            is_3_2: false,
            ignored: Vec::new(),
            unquoted: Vec::new(),
            encoded: Vec::new(),
            identities: Identities::of(document),
            loose: IndexMap::new(),
        }
    }

    pub(crate) fn read(mut self) -> Option<Api> {
        let root = Cursor { pointer: Pointer::root(), node: self.document.root() };
        self.version = self.read_version(&root)?;
        self.only(
            &root,
            &[
                "openapi",
                "info",
                "jsonSchemaDialect",
                "servers",
                "paths",
                "webhooks",
                "components",
                "security",
                "tags",
                "externalDocs",
            ],
            &["$self"],
        );
        self.miss(&root, "info");
        let info = self.member(&root, "info").filter(|info| self.expect_object(info).is_some());
        let (title, api_version, description) = match &info {
            Some(info) => {
                self.miss(info, "title");
                self.miss(info, "version");
                let texts = ["title", "version", "description"].map(|key| self.remark(info, key));
                let [title, version, description] = texts;
                (title.unwrap_or_else(untitled), version.unwrap_or_default(), description)
            }
            None => (untitled(), String::new(), None),
        };
        if let Some(info) = info {
            let known =
                ["title", "summary", "description", "termsOfService", "contact", "license", "version"];
            self.only(&info, &known, &[]);
        }
        let servers = self.read_servers(&root);
        let tags = self.read_tags(&root);
        let mut security_schemes = self.read_security_schemes(&root);
        let components = self.read_components(&root);
        let operations = self.read_operations(&root, &servers, &mut security_schemes);
        let mut webhooks = self.read_webhooks(&root, &mut security_schemes);
        webhooks.append(&mut self.callbacks);
        name_apart(&mut webhooks);
        self.read_unused(&root);
        self.finish_schemas();
        self.say_common();
        let read = self.schemas.iter().filter_map(model::Schema::pointer);
        let mut json = self.identities.plain(self.document, read);
        self.ignored.iter().for_each(|pointer| remove(&mut json, pointer));
        for pointer in &self.unquoted {
            if let Some(name) = json.pointer_mut(pointer.as_str()) {
                *name = Value::from("null");
            }
        }
        for (pointer, reference) in std::mem::take(&mut self.encoded) {
            if let Some(text) = json.pointer_mut(pointer.as_str()) {
                *text = Value::from(reference);
            }
        }
        if self.untyped == Untyped::Guess {
            self.write_types(&mut json);
        }
        let mut json = dialect::to_2020_12(json, self.version, &self.schemas);
        // What was found last may stand in what was found before.
        for (from, to) in self.loose.iter().rev() {
            if let Some(meant) = json.pointer(to.as_str()).cloned()
                && let Some(reference) = json.pointer_mut(from.as_str())
            {
                *reference = meant;
            }
        }
        let mut api = Api {
            source: self.document.source(),
            version: self.version,
            title,
            api_version,
            description,
            servers,
            tags,
            security_schemes,
            operations,
            webhooks,
            components,
            examples: self.examples,
            json,
            schemas: self.schemas,
        };
        formats::settle(&mut api, self.diagnostics);
        bodies::settle(&mut api, self.diagnostics);
        path_templates::settle(&mut api, self.diagnostics);
        Some(api)
    }

    fn read_version(&mut self, root: &Cursor<'a>) -> Option<Version> {
        let Some(version) = root.child("openapi") else {
            let (message, help) = if root.child("swagger").is_some() {
                ("this is a document of Swagger 2.0", "convert it to OpenAPI 3.1 first")
            } else {
                ("the version of OpenAPI is missing", "add `openapi: 3.1.0` at the top")
            };
            self.push(
                Diagnostic::error(Code::UnsupportedVersion, self.location(&root.pointer), message).help(help),
            );
            return None;
        };
        let number = version.node.as_number().map(|number| number.as_f64().to_string());
        if number.is_some() {
            // YAML takes `3.1` without quotes for a number; what is meant is plain.
            let message = "the version of OpenAPI must be a string, not a number";
            let location = self.location(&version.pointer);
            self.push(
                Diagnostic::warning(Code::WrongType, location, message)
                    .help("put it in quotes: \"3.0.3\" or \"3.1.0\""),
            );
        }
        // The number 3 alone was 3.0.
        let text = match number.as_deref() {
            Some("3") => "3.0",
            Some(number) => number,
            None => version.node.as_str().unwrap_or_default(),
        };
        match text.split('.').collect::<Vec<_>>().as_slice() {
            ["3", "0", ..] => Some(Version::V3_0),
            ["3", minor @ ("1" | "2"), ..] => {
                self.is_3_2 = *minor == "2";
                Some(Version::V3_1)
            }
            _ => {
                let message = match version.node.as_str().or(number.as_deref()) {
                    Some(text) => format!("OpenAPI {text:?} is not supported"),
                    None => format!("the version of OpenAPI must be a string, not {}", version.node.kind()),
                };
                self.push(
                    Diagnostic::error(Code::UnsupportedVersion, self.location(&version.pointer), message)
                        .help("documents of OpenAPI 3.0 and 3.1 are taken, and those of 3.2 as far as they say the same: write \"3.0.3\" or \"3.1.0\""),
                );
                None
            }
        }
    }

    /// The servers that an object names: the document, a path or an operation.
    pub(crate) fn servers(&mut self, at: &Cursor<'a>) -> Vec<Server> {
        let mut servers = Vec::new();
        for server in self.items_of(at, "servers") {
            let Some(server) = self.loosely(server) else { continue };
            let Some(template) = self.required_string(&server, "url") else { continue };
            self.only(&server, &["url", "description", "variables"], &["name"]);
            let mut variables = IndexMap::new();
            for (name, variable) in self.members_of(&server, "variables") {
                let Some(variable) = self.loosely(variable) else { continue };
                if self.expect_object(&variable).is_none() {
                    continue;
                }
                self.only(&variable, &["enum", "default", "description"], &[]);
                let values = self.strings(&variable, "enum");
                self.miss(&variable, "default");
                let default = match (self.remark(&variable, "default"), values.first()) {
                    (Some(default), _) => default,
                    (None, Some(first)) => first.clone(),
                    (None, None) => continue,
                };
                let description = self.remark(&variable, "description");
                variables.insert(name.to_owned(), ServerVariable { default, values, description });
            }
            let mut url = template.clone();
            for (name, variable) in &variables {
                url = url.replace(&format!("{{{name}}}"), &variable.default);
            }
            if let Some((_, rest)) = url.split_once('{')
                && let Some((name, _)) = rest.split_once('}')
                && server.child("variables").and_then(|variables| variables.child(name)).is_none()
            {
                let message = format!("the URL has {{{name}}}, but there is no variable `{name}`");
                let location = self.location(&server.pointer.join("url"));
                self.push(
                    Diagnostic::warning(Code::MissingField, location, message)
                        .help(format!("add `{name}` to the server's `variables`, with a `default`")),
                );
            }
            if let Some(sign) = ['?', '#'].into_iter().find(|sign| template.contains(*sign)) {
                let message = format!(
                    "paths are put behind this URL, so behind its {sign:?}, too: no server takes them apart again"
                );
                let location = self.location(&server.pointer.join("url"));
                self.push(
                    Diagnostic::warning(Code::InvalidValue, location, message).help(
                        "leave scheme, host, port and path; what all operations have in their query is a parameter of each",
                    ),
                );
            }
            let description = self.remark(&server, "description");
            servers.push(Server { url, template, variables, description });
        }
        servers
    }

    fn read_servers(&mut self, root: &Cursor<'a>) -> Vec<Server> {
        let mut servers = self.servers(root);
        if servers.is_empty() {
            let url = "/".to_owned();
            servers.push(Server {
                template: url.clone(),
                url,
                variables: IndexMap::new(),
                description: None,
            });
        }
        servers
    }

    fn read_tags(&mut self, root: &Cursor<'a>) -> Vec<Tag> {
        let mut tags = Vec::new();
        for tag in self.items_of(root, "tags") {
            let Some(tag) = self.loosely(tag) else { continue };
            if let Some(name) = self.required_string(&tag, "name") {
                self.only(&tag, &["name", "description", "externalDocs"], &["summary", "parent", "kind"]);
                tags.push(Tag { name, description: self.remark(&tag, "description") });
            }
        }
        tags
    }

    fn read_security_schemes(&mut self, root: &Cursor<'a>) -> IndexMap<String, SecurityScheme> {
        let mut schemes = IndexMap::new();
        let components = self.member(root, "components");
        let declared = components.map(|components| self.members_of(&components, "securitySchemes"));
        for (name, scheme) in declared.unwrap_or_default() {
            let Some(at) = self.follow(scheme) else { continue };
            let Some(kind) = self.required_string(&at, "type") else { continue };
            self.only(
                &at,
                &["type", "description", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"],
                &["oauth2MetadataUrl", "deprecated"],
            );
            let scheme = match kind.as_str() {
                "apiKey" => {
                    let (Some(place), Some(header)) =
                        (self.required_string(&at, "in"), self.required_string(&at, "name"))
                    else {
                        continue;
                    };
                    let place = match place.as_str() {
                        "header" => ParameterIn::Header,
                        "query" => ParameterIn::Query,
                        "cookie" => ParameterIn::Cookie,
                        other => {
                            let message = format!("an API key can't be in {other:?}");
                            self.invalid(&at, "in", message, "use `header`, `query` or `cookie`");
                            continue;
                        }
                    };
                    let location = self.location(&at.pointer.join("name"));
                    match place == ParameterIn::Header && !self.is_header(&header, location) {
                        true => Scheme::Unknown,
                        false => Scheme::ApiKey { place, name: header },
                    }
                }
                "http" => {
                    match self.required_string(&at, "scheme").map(|s| s.to_ascii_lowercase()).as_deref() {
                        Some("bearer") => Scheme::Bearer,
                        Some("basic") => Scheme::Basic,
                        Some(other) => Scheme::Http(other.to_owned()),
                        None => continue,
                    }
                }
                "oauth2" => Scheme::OAuth2 { flows: self.read_flows(&at) },
                "openIdConnect" => {
                    self.miss(&at, "openIdConnectUrl");
                    Scheme::OpenIdConnect { url: self.remark(&at, "openIdConnectUrl") }
                }
                "mutualTLS" => Scheme::MutualTls,
                other => {
                    let message = format!(
                        "there is no security scheme of type {other:?}: clients send nothing for it, and servers can't tell"
                    );
                    let location = self.location(&at.pointer.join("type"));
                    let help = "use apiKey, http, oauth2, openIdConnect or mutualTLS";
                    self.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
                    Scheme::Unknown
                }
            };
            let description = self.remark(&at, "description");
            schemes.insert(
                name.to_owned(),
                SecurityScheme { location: self.location(&at.pointer), description, scheme },
            );
        }
        schemes
    }

    /// The flows of OAuth 2.0 (OpenAPI 3.1, 4.8.28). What one of them lacks is a warning: a token may come
    /// from elsewhere.
    fn read_flows(&mut self, at: &Cursor<'a>) -> Vec<OAuthFlow> {
        self.miss(at, "flows");
        let Some(flows) = self.member(at, "flows") else { return Vec::new() };
        if flows.object().is_none() {
            self.ignore(&flows, "an object");
            return Vec::new();
        }
        let [device, others @ ..] =
            ["deviceAuthorization", "implicit", "password", "clientCredentials", "authorizationCode"];
        self.only(&flows, &others, &[device]);
        let mut found = Vec::new();
        for kind in OAuthFlowKind::ALL {
            let Some(flow) = self.member(&flows, kind.key()) else { continue };
            if flow.object().is_none() {
                self.ignore(&flow, "an object");
                continue;
            }
            self.only(
                &flow,
                &["authorizationUrl", "tokenUrl", "refreshUrl", "scopes"],
                &["deviceAuthorizationUrl"],
            );
            kind.urls().iter().for_each(|key| self.miss(&flow, key));
            self.miss(&flow, "scopes");
            let mut scopes = Vec::new();
            if let Some(declared) = flow.child("scopes") {
                match declared.object().is_some() {
                    true => {
                        let scope = |(name, words): (&str, Cursor<'a>)| {
                            (name.to_owned(), words.node.as_str().unwrap_or_default().to_owned())
                        };
                        scopes = declared.members().into_iter().map(scope).collect();
                    }
                    false => self.ignore(&declared, "an object"),
                }
            }
            found.push(OAuthFlow {
                kind,
                authorization_url: self.remark(&flow, "authorizationUrl"),
                device_authorization_url: self.remark(&flow, "deviceAuthorizationUrl"),
                token_url: self.remark(&flow, "tokenUrl").filter(|url| !url.trim().is_empty()),
                refresh_url: self.remark(&flow, "refreshUrl").filter(|url| !url.trim().is_empty()),
                scopes,
            });
        }
        found
    }

    fn read_components(&mut self, root: &Cursor<'a>) -> IndexMap<String, SchemaId> {
        let mut components = IndexMap::new();
        let Some(declared) = self.member(root, "components") else { return components };
        if self.expect_object(&declared).is_none() {
            return components;
        }
        self.only(
            &declared,
            &[
                "schemas",
                "responses",
                "parameters",
                "examples",
                "requestBodies",
                "headers",
                "securitySchemes",
                "links",
                "callbacks",
                "pathItems",
            ],
            &["mediaTypes"],
        );
        self.check_names(&declared);
        for (name, schema) in self.members_of(&declared, "schemas") {
            let id = self.schema(schema);
            // Also where all of them stand elsewhere.
            self.schemas[id.0 as usize].component.get_or_insert_with(|| name.to_owned());
            components.insert(name.to_owned(), id);
        }
        components
    }

    /// Warns of names that components must not have (OpenAPI 3.1, 4.8.7), once for all of them.
    fn check_names(&mut self, components: &Cursor<'a>) {
        let is_name =
            |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
        let sections = components.members().into_iter().filter(|(section, _)| !section.starts_with("x-"));
        let names = sections.flat_map(|(_, section)| section.members()).filter(|(name, _)| !is_name(name));
        let wrong: Vec<(&str, Cursor<'a>)> = names.collect();
        let Some((name, first)) = wrong.first() else { return };
        let others = match wrong.len() - 1 {
            0 => String::new(),
            1 => ", and so has one other".to_owned(),
            more => format!(", and so have {more} others"),
        };
        let message =
            format!("the name {name:?} has more than letters, digits, `.`, `-` and `_` of ASCII{others}");
        let help =
            "give it another name: other tools may not find it, and references have to percent-encode it";
        self.push(
            Diagnostic::warning(Code::InvalidValue, self.location(&first.pointer).key(), message).help(help),
        );
    }

    // What every part uses.

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Notes what many places of a document may have in common, and what is ignored there.
    pub(crate) fn note(&mut self, code: Code, location: Location, message: &'static str, help: &'static str) {
        self.common.entry((code, message, help)).or_default().insert(location);
    }

    /// Warns of what many places have in common, once.
    fn say_common(&mut self) {
        for ((code, message, help), places) in std::mem::take(&mut self.common) {
            let Some(first) = places.first().cloned() else { continue };
            let message = match places.len() - 1 {
                0 => message.to_owned(),
                1 => format!("{message}, here and in one other place"),
                more => format!("{message}, here and in {more} other places"),
            };
            self.push(Diagnostic::warning(code, first, message).help(help));
        }
    }

    pub(crate) fn location(&self, pointer: &Pointer) -> Location {
        Location::pointer(self.document.source(), pointer.clone())
    }

    pub(crate) fn invalid(&mut self, at: &Cursor<'a>, key: &str, message: String, help: &str) {
        let location = self.location(&at.pointer.join(key));
        self.push(Diagnostic::error(Code::InvalidValue, location, message).help(help));
    }

    /// Warns of fields that the specification does not know; they are most often slips of the pen.
    /// `since_3_2` are those that OpenAPI 3.2 adds.
    pub(crate) fn only(&mut self, at: &Cursor<'a>, allowed: &[&str], since_3_2: &[&str]) {
        for (key, member) in at.members() {
            let is_files = at.pointer == Pointer::root() && self.document.files_key() == Some(key);
            if is_files
                || allowed.contains(&key)
                || key.starts_with("x-")
                || (self.is_3_2 && since_3_2.contains(&key))
            {
                continue;
            }
            let message = format!("`{key}` is no field of this object, and is ignored");
            let help = match nearest(key, allowed.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the fields are {}; extensions begin with `x-`", allowed.join(", ")),
            };
            let location = self.location(&member.pointer).key();
            self.push(Diagnostic::warning(Code::UnknownField, location, message).help(help));
        }
    }

    pub(crate) fn require(&mut self, at: &Cursor<'a>, key: &str) -> Option<Cursor<'a>> {
        let child = at.child(key);
        if child.is_none() && at.object().is_some() {
            let location = self.location(&at.pointer).key();
            self.push(
                Diagnostic::error(Code::MissingField, location, format!("`{key}` is missing"))
                    .help(format!("add `{key}`, which the OpenAPI specification requires here")),
            );
        }
        child
    }

    /// Warns of a field that must be there, but is not needed to know what the document means.
    pub(crate) fn miss(&mut self, at: &Cursor<'a>, key: &str) {
        if at.child(key).is_none() {
            let location = self.location(&at.pointer).key();
            self.push(
                Diagnostic::warning(Code::MissingField, location, format!("`{key}` is missing"))
                    .help(format!("add `{key}`, which the OpenAPI specification requires here")),
            );
        }
    }

    /// Warns of a value that can't be what it is, in a place where nothing depends on it.
    pub(crate) fn ignore(&mut self, at: &Cursor<'a>, expected: &str) {
        let message = format!("this must be {expected}, not {}; it is ignored", at.node.kind());
        let location = self.location(&at.pointer);
        self.push(
            Diagnostic::warning(Code::WrongType, location, message).help(format!("write {expected} here")),
        );
        self.ignored.push(at.pointer.clone());
    }

    /// A text for people, which may be absent.
    pub(crate) fn remark(&mut self, at: &Cursor<'a>, key: &str) -> Option<String> {
        let child = at.child(key)?;
        let text = child.node.as_str();
        if text.is_none() {
            self.ignore(&child, "a string");
        }
        text.map(str::to_owned)
    }

    pub(crate) fn wrong_type(&mut self, at: &Cursor<'a>, expected: &str) {
        let message = format!("this must be {expected}, not {}", at.node.kind());
        let location = self.location(&at.pointer);
        // Words for truth in YAML 1.1.
        let is_one_of = |words: &[&str]| {
            words.iter().any(|word| at.node.as_str().is_some_and(|own| own.eq_ignore_ascii_case(word)))
        };
        let meant = [("true", ["y", "yes", "on", "true"]), ("false", ["n", "no", "off", "false"])];
        let meant = meant.iter().find(|(_, words)| expected.contains("true or false") && is_one_of(words));
        let help = match (meant, at.node.as_str()) {
            (Some((meant, _)), Some(word)) => {
                format!("`{word}` is a text here, as it is in YAML 1.2; write `{meant}`")
            }
            _ => format!("write {expected} here"),
        };
        self.push(Diagnostic::error(Code::WrongType, location, message).help(help));
    }

    /// The object, or a `wrong-type` error.
    pub(crate) fn expect_object(&mut self, at: &Cursor<'a>) -> Option<&'a Object> {
        let object = at.object();
        if object.is_none() {
            self.wrong_type(at, "an object");
        }
        object
    }

    pub(crate) fn array(&mut self, at: &Cursor<'a>) -> Vec<Cursor<'a>> {
        let Some(at) = &self.loosely(at.clone()) else { return Vec::new() };
        if at.node.as_array().is_none() {
            self.wrong_type(at, "an array");
        }
        at.items()
    }

    /// The elements of a list that may be absent.
    pub(crate) fn items_of(&mut self, at: &Cursor<'a>, key: &str) -> Vec<Cursor<'a>> {
        at.child(key).map(|list| self.array(&list)).unwrap_or_default()
    }

    /// The members of an object that may be absent.
    pub(crate) fn members_of(&mut self, at: &Cursor<'a>, key: &str) -> Vec<(&'a str, Cursor<'a>)> {
        let Some(child) = self.member(at, key) else { return Vec::new() };
        self.expect_object(&child);
        child.members()
    }

    /// The strings of a list that may be absent.
    pub(crate) fn strings(&mut self, at: &Cursor<'a>, key: &str) -> Vec<String> {
        let mut strings = Vec::new();
        for item in self.items_of(at, key) {
            match item.node.as_str() {
                Some(text) => strings.push(text.to_owned()),
                None => self.wrong_type(&item, "a string"),
            }
        }
        strings
    }

    pub(crate) fn required_string(&mut self, at: &Cursor<'a>, key: &str) -> Option<String> {
        self.expect_object(at)?;
        self.require(at, key)?;
        self.string(at, key)
    }

    pub(crate) fn string(&mut self, at: &Cursor<'a>, key: &str) -> Option<String> {
        let child = at.child(key)?;
        let text = child.node.as_str();
        if text.is_none() {
            self.wrong_type(&child, "a string");
        }
        text.map(str::to_owned)
    }

    pub(crate) fn bool(&mut self, at: &Cursor<'a>, key: &str) -> Option<bool> {
        let child = at.child(key)?;
        let value = child.node.as_bool();
        if value.is_none() {
            self.wrong_type(&child, "true or false");
        }
        value
    }

    /// A member that may be absent, and that may be a reference all the same: see [`Reader::loosely`].
    pub(crate) fn member(&mut self, at: &Cursor<'a>, key: &str) -> Option<Cursor<'a>> {
        let child = at.child(key)?;
        self.loosely(child)
    }

    /// What stands at a place; where it is a reference, what that leads to. In places where the standard has
    /// none, many write references all the same, and bundlers follow them: there is a warning.
    pub(crate) fn loosely(&mut self, at: Cursor<'a>) -> Option<Cursor<'a>> {
        // A name may be `$ref`, too.
        let Some(reference) = at.child("$ref").filter(|reference| reference.node.as_str().is_some()) else {
            return Some(at);
        };
        let from = at.pointer.clone();
        let followed = self.follow(at)?;
        if self.loose.insert(from, followed.pointer.clone()).is_none() {
            let location = self.location(&reference.pointer).key();
            let message = "there can't be a reference here; it is followed all the same";
            let help = "write here what it leads to, or bundle the document";
            self.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
            self.identities.has_passages = true;
        }
        Some(followed)
    }

    /// Follows `$ref` to the object that it means; reports what can't be found.
    pub(crate) fn follow(&mut self, at: Cursor<'a>) -> Option<Cursor<'a>> {
        let mut seen = Vec::new();
        let mut current = at;
        while let Some(reference) = current.child("$ref") {
            if seen.contains(&current.pointer) {
                let message = "this reference leads back to itself";
                let location = self.location(&reference.pointer);
                self.push(
                    Diagnostic::error(Code::CircularReference, location, message)
                        .help("let it end at an object of its own"),
                );
                return None;
            }
            let next = self.target(&reference)?;
            seen.push(std::mem::replace(&mut current, next).pointer);
        }
        Some(current)
    }

    /// The target of the reference that stands at `reference`.
    pub(crate) fn target(&mut self, reference: &Cursor<'a>) -> Option<Cursor<'a>> {
        self.find(reference, false)
    }

    /// The schema that the reference at `reference` points to. Where the document lacks a schema of that
    /// name, and has none of a similar name that could be meant, any value will do.
    pub(crate) fn schema_target(&mut self, reference: &Cursor<'a>) -> Option<Cursor<'a>> {
        self.find(reference, true)
    }

    fn find(&mut self, reference: &Cursor<'a>, is_schema: bool) -> Option<Cursor<'a>> {
        let Some(text) = reference.node.as_str() else {
            self.wrong_type(reference, "a string");
            return None;
        };
        let location = self.location(&reference.pointer);
        let document = self.document;
        let place = match self.identities.meaning(text, &reference.pointer, document) {
            Meaning::Place(place) => Some(place),
            Meaning::Nowhere => None,
            Meaning::Missing(missing) => {
                self.diagnostics.extend(missing.found.iter().cloned());
                self.push(
                    Diagnostic::error(missing.code, location, missing.message.as_str())
                        .help(missing.help.as_str()),
                );
                return None;
            }
            Meaning::Elsewhere => {
                let message = format!("{text:?} points outside of this document");
                let help = match text.strip_prefix('/') {
                    Some(_) => {
                        format!(
                            "for a place in this file write \"#{text}\"; for another file, a path relative to this one"
                        )
                    }
                    None => "bundle the document first, so that everything is in one file".to_owned(),
                };
                self.push(Diagnostic::error(Code::ExternalReference, location, message).help(help));
                return None;
            }
        };
        if let Some(pointer) = &place
            && let Some(node) = document.get(pointer)
        {
            self.enter(pointer);
            return Some(Cursor { pointer: pointer.clone(), node });
        }
        let similar = place.as_ref().and_then(|place| self.similar(place, &reference.pointer));
        if let (true, None, Some(place)) = (is_schema, &similar, &place)
            && place
                .parent()
                .is_some_and(|parent| parent.last().is_some_and(|last| NAMED_SCHEMAS.contains(&&*last)))
        {
            let message = format!("there is nothing at {text:?}; any value is taken here");
            let help = "define the schema, or correct the pointer";
            self.push(Diagnostic::warning(Code::UnresolvedReference, location, message).help(help));
            return None;
        }
        let help = match similar {
            Some(similar) => format!("did you mean {similar:?}?"),
            None if text.contains('\\') => "a reference is a URI: write / between folders".to_owned(),
            None => "define what it points to, or correct the pointer".to_owned(),
        };
        let message = format!("there is nothing at {text:?}");
        self.push(Diagnostic::error(Code::UnresolvedReference, location, message).help(help));
        None
    }

    /// Says what is to be said of a file that something is read from.
    fn enter(&mut self, pointer: &Pointer) {
        let document = self.document;
        let Some((root, _)) = document.file_around(pointer) else { return };
        let is_root = |file: &&File| matches!(file, File::Added { place, .. } if *place == root);
        if let Some(File::Added { found, .. }) = document.files().map(|(_, file)| file).find(is_root) {
            self.diagnostics.extend(found.iter().cloned());
        }
        let at = root.join("openapi");
        let version = document.get(&at).and_then(Node::as_str).and_then(|text| {
            let other = if text.starts_with("3.0") { Version::V3_0 } else { Version::V3_1 };
            (other != self.version).then_some(text)
        });
        if let Some(text) = version {
            let message = format!(
                "what is read from this file is taken for the version of the document, not for {text}"
            );
            let help = "let all files be of one version: schemas of 3.0 and 3.1 differ in null and in bounds";
            self.push(Diagnostic::warning(Code::UnsupportedVersion, self.location(&at), message).help(help));
        }
    }

    /// A reference like the one whose place was not found: to something beside it with a name in other words,
    /// to a component of that name, or to the same place in the first file.
    fn similar(&self, place: &Pointer, from: &Pointer) -> Option<String> {
        let name = place.last()?;
        let members = |pointer: &Pointer| self.document.get(pointer)?.as_object();
        let parent = place.parent()?;
        let file = self.document.file_around(place);
        let components = file.as_ref().map_or(Pointer::root(), |(root, _)| root.clone()).join("components");
        let sibling = members(&parent)
            .and_then(|siblings| nearest(&name, siblings.keys()))
            .map(|near| parent.join(near));
        let component = || {
            let sections = members(&components)?.keys().map(|section| components.join(section));
            sections.map(|section| section.join(&name)).find(|at| self.document.get(at).is_some())
        };
        let in_first = || file.map(|(_, inner)| inner).filter(|inner| self.document.get(inner).is_some());
        let found = sibling.or_else(component).or_else(in_first)?;
        self.identities.written(&found, from, self.document)
    }
}

fn untitled() -> String {
    "Untitled API".to_owned()
}

/// Takes a member out of a tree; elements of lists stay, so that no pointer changes what it means.
fn remove(json: &mut Value, pointer: &Pointer) {
    if let (Some(parent), Some(name)) = (pointer.parent(), pointer.last())
        && let Some(Value::Object(members)) = json.pointer_mut(parent.as_str())
    {
        members.shift_remove(&*name);
    }
}

/// Gives each operation an id that no other has.
fn name_apart(operations: &mut [Operation]) {
    let mut known = HashSet::new();
    for operation in operations {
        let own = operation.id.clone();
        let mut numbers = 2_u64..;
        while !known.insert(operation.id.clone()) {
            operation.id = format!("{own}/{}", numbers.next().unwrap_or(u64::MAX));
        }
    }
}
