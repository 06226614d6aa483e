//! Paths → operations: methods, parameters, bodies, responses and what they need for security.
//!
//! Knows the objects of OpenAPI from `paths` down to the media type. What a schema means is `schemas`' to
//! say.

use crate::cursor::Cursor;
use crate::model::{
    Body, Encoding, Header, MediaKind, MediaType, Method, Operation, Parameter, ParameterIn, Requirement,
    Response, Scheme, SecurityScheme, Sequence, Server, Status, Style, Version,
};
use crate::reader::Reader;
use crate::spelling::nearest;
use indexmap::IndexMap;
use spec_document::{Code, Diagnostic, Location, Pointer};
use std::collections::HashMap;

/// Of these, a document of OpenAPI 3.1 must have one.
const PARTS: [&str; 3] = ["paths", "components", "webhooks"];

type Schemes = IndexMap<String, SecurityScheme>;

impl<'a> Reader<'a> {
    pub(crate) fn read_operations(
        &mut self,
        root: &Cursor<'a>,
        servers: &[Server],
        schemes: &mut Schemes,
    ) -> Vec<Operation> {
        let mut operations: Vec<Operation> = Vec::new();
        let mut ids: HashMap<String, Location> = HashMap::new();
        let everywhere =
            root.child("security").map(|security| self.requirements(&security, schemes)).unwrap_or_default();
        if root.child("paths").is_none()
            && (self.version == Version::V3_0 || PARTS.iter().all(|part| root.child(part).is_none()))
        {
            self.miss(root, "paths");
        }
        for (path, item) in self.members_of(root, "paths") {
            if path.starts_with("x-") {
                continue;
            }
            if !path.starts_with('/') {
                let location = self.location(&item.pointer).key();
                let message =
                    format!("the path {path:?} must begin with a slash; it is taken for \"/{path}\"");
                self.push(
                    Diagnostic::warning(Code::InvalidValue, location, message)
                        .help(format!("write \"/{path}\"")),
                );
            }
            let path = &*self.plain_path(path, &item);
            let Some(item) = self.path_item(item) else { continue };
            let servers_of_path = self.servers(&item);
            let shared = item.child("parameters").map(|list| self.parameters(&list)).unwrap_or_default();
            for (key, at) in item.members() {
                let Some(method) = Method::ALL.into_iter().find(|method| method.key() == key) else {
                    continue;
                };
                let Some(mut operation) =
                    self.operation(path, method, &at, &shared, &everywhere, schemes, None)
                else {
                    continue;
                };
                if operation.servers.is_empty() {
                    operation.servers.clone_from(&servers_of_path);
                }
                if operation.servers == servers {
                    operation.servers.clear();
                }
                let declared = at.child("operationId").filter(|id| id.node.as_str().is_some());
                let location = match &declared {
                    Some(id) => self.location(&id.pointer),
                    None => operation.location.clone(),
                };
                if let Some(first) = ids.get(&operation.id).filter(|_| declared.is_some()) {
                    let made = made_id(method, path);
                    let message = format!(
                        "the operationId `{}` is used twice; this operation is called `{made}`",
                        operation.id
                    );
                    let diagnostic =
                        Diagnostic::warning(Code::DuplicateOperationId, location.clone(), message)
                            .related(first.clone(), "first used here")
                            .help("give each operation an operationId of its own");
                    self.push(diagnostic);
                    operation.id = made;
                }
                if ids.contains_key(&operation.id) {
                    // `/pets/{id}` beside `/pets/id`.
                    let made = operation.id.clone();
                    let mut numbers = 2..;
                    while ids.contains_key(&operation.id) {
                        operation.id = format!("{made}/{}", numbers.next().unwrap_or(u64::MAX));
                    }
                }
                ids.insert(operation.id.clone(), location);
                operations.push(operation);
            }
        }
        operations
    }

    /// The path item that stands somewhere, or is referred to there.
    fn path_item(&mut self, at: Cursor<'a>) -> Option<Cursor<'a>> {
        let item = self.follow(at)?;
        self.expect_object(&item)?;
        let mut allowed = vec!["$ref", "summary", "description", "servers", "parameters"];
        allowed.extend(Method::ALL.map(Method::key));
        self.only(&item, &allowed, &["query", "additionalOperations"]);
        for key in ["query", "additionalOperations"] {
            if let Some(at) = item.child(key) {
                let location = self.location(&at.pointer).key();
                let message = format!("`{key}` is not supported, and is ignored");
                self.push(
                    Diagnostic::warning(Code::Unsupported, location, message)
                        .help("use one of the methods of OpenAPI 3.1"),
                );
            }
        }
        Some(item)
    }

    /// What the API sends on its own account (OpenAPI 3.1, 4.8.1).
    pub(crate) fn read_webhooks(&mut self, root: &Cursor<'a>, schemes: &mut Schemes) -> Vec<Operation> {
        let mut webhooks = Vec::new();
        for (name, item) in self.members_of(root, "webhooks") {
            webhooks.extend(self.received(name, item, None, schemes));
        }
        webhooks
    }

    /// What a path item of a webhook or callback has the receiver do.
    fn received(
        &mut self,
        name: &str,
        item: Cursor<'a>,
        sent_to: Option<&str>,
        schemes: &mut Schemes,
    ) -> Vec<Operation> {
        let mut operations = Vec::new();
        let Some(item) = self.path_item(item) else { return operations };
        // A callback of a callback may lead back to the first one.
        if self.receiving.contains(&item.pointer) {
            return operations;
        }
        self.receiving.push(item.pointer.clone());
        let shared = item.child("parameters").map(|list| self.parameters(&list)).unwrap_or_default();
        let methods: Vec<(Method, Cursor<'a>)> = item
            .members()
            .into_iter()
            .filter_map(|(key, at)| Some((Method::ALL.into_iter().find(|method| method.key() == key)?, at)))
            .collect();
        let is_only = methods.len() == 1;
        let path = format!("/{}", name.trim_start_matches('/'));
        for (method, at) in methods {
            let made = if is_only { name.to_owned() } else { format!("{name}/{}", method.key()) };
            // Credentials of the API are not those of whoever receives.
            let Some(mut operation) = self.operation(&path, method, &at, &shared, &[], schemes, Some(&made))
            else {
                continue;
            };
            operation.sent_to = sent_to.map(str::to_owned);
            operations.push(operation);
        }
        self.receiving.pop();
        operations
    }

    /// What an operation has sent later on (OpenAPI 3.1, 4.8.18).
    fn read_callbacks(&mut self, operation: &Cursor<'a>, id: &str, schemes: &mut Schemes) {
        for (name, callback) in self.members_of(operation, "callbacks") {
            let Some(callback) = self.follow(callback) else { continue };
            if self.expect_object(&callback).is_none() {
                continue;
            }
            let items =
                callback.members().into_iter().filter(|(expression, _)| !expression.starts_with("x-"));
            for (index, (expression, item)) in items.enumerate() {
                // What is sent to different places is received at different ones.
                let own =
                    if index == 0 { format!("{id}/{name}") } else { format!("{id}/{name}/{}", index + 1) };
                let received = self.received(&own, item, Some(expression), schemes);
                self.callbacks.extend(received);
            }
        }
    }

    /// Reads components that nothing refers to, for what is wrong with them.
    pub(crate) fn read_unused(&mut self, root: &Cursor<'a>) {
        let Some(components) = self.member(root, "components") else { return };
        for (_, at) in self.members_of(&components, "parameters") {
            if let Some(at) = self.follow(at) {
                self.parameter(&at);
            }
        }
        for (_, at) in self.members_of(&components, "requestBodies") {
            self.body(at);
        }
        for (_, at) in self.members_of(&components, "responses") {
            self.response(at, Status::Default);
        }
        self.headers(&components);
    }

    /// The operation that stands at `at`. `made` is the id of one that may well have none of its own.
    #[expect(clippy::too_many_arguments, reason = "they are all that an operation inherits")]
    fn operation(
        &mut self,
        path: &str,
        method: Method,
        at: &Cursor<'a>,
        shared: &[Parameter],
        everywhere: &[Requirement],
        schemes: &mut Schemes,
        made: Option<&str>,
    ) -> Option<Operation> {
        self.expect_object(at)?;
        let at = &self.loosely(at.clone())?;
        self.only(
            at,
            &[
                "tags",
                "summary",
                "description",
                "externalDocs",
                "operationId",
                "parameters",
                "requestBody",
                "responses",
                "callbacks",
                "deprecated",
                "security",
                "servers",
            ],
            &[],
        );
        let mut parameters = at.child("parameters").map(|list| self.parameters(&list)).unwrap_or_default();
        let inherited: Vec<Parameter> = shared
            .iter()
            .filter(|shared| !parameters.iter().any(|own| is_same(own, shared)))
            .cloned()
            .collect();
        parameters.splice(0..0, inherited);
        let plain = without_queries(path, &parameters);
        // A fragment is never sent (RFC 9110, 7.1), so that there is no place for its parameters.
        let plain = match plain.split_once('#') {
            Some((sent, fragment)) if fragment.contains('{') => sent.to_owned(),
            _ => plain,
        };
        self.check_template(&plain, at, &mut parameters);
        let id = match self.string(at, "operationId") {
            Some(id) => id,
            None => {
                let id = made.map_or_else(|| made_id(method, path), str::to_owned);
                if at.child("operationId").is_none() && made.is_none() {
                    let location = self.location(&at.pointer).key();
                    let message =
                        "this operation has no operationId, so its name is made from its method and path";
                    self.push(
                        Diagnostic::warning(Code::MissingOperationId, location, message)
                            .help("add an `operationId`: names that are made change with the path"),
                    );
                }
                id
            }
        };
        self.read_callbacks(at, &id, schemes);
        Some(Operation {
            location: self.location(&at.pointer),
            id,
            pinned_name: self.string(at, "x-rust-name"),
            method,
            path: plain,
            sent_to: None,
            tags: self.strings(at, "tags"),
            summary: self.remark(at, "summary"),
            description: self.remark(at, "description"),
            deprecated: self.bool(at, "deprecated").unwrap_or(false),
            parameters,
            body: at.child("requestBody").and_then(|body| self.body(body)),
            responses: self.responses(at),
            security: match at.child("security") {
                Some(security) => self.requirements(&security, schemes),
                None => everywhere.to_vec(),
            },
            servers: self.servers(at),
        })
    }

    /// A path without what templates of URIs (RFC 6570) have and those of OpenAPI have not: `{;name*}`.
    fn plain_path(&mut self, path: &str, item: &Cursor<'a>) -> String {
        let mut plain = if path.starts_with('/') { String::new() } else { String::from("/") };
        let mut rest = path;
        while let Some((before, name, after)) = placeholder(rest) {
            let bare = name.trim_start_matches(['.', ';', '/', '?', '&', '#', '+']).trim_end_matches('*');
            plain.push_str(&format!("{before}{{{bare}}}"));
            if bare != name {
                let location = self.location(&item.pointer).key();
                let message = format!("{{{name}}} is taken for {{{bare}}}: styles stand in the parameter");
                let help = format!("write {{{bare}}}, and `style` and `explode` in the parameter");
                self.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
            }
            rest = after;
        }
        plain + rest
    }

    /// Holds the path's template against the parameters: each `{name}` needs one, and each one a `{name}`.
    fn check_template(&mut self, path: &str, at: &Cursor<'a>, parameters: &mut Vec<Parameter>) {
        let names = template_names(path);
        for name in &names {
            if !parameters.iter().any(|p| p.place == ParameterIn::Path && p.name == *name) {
                let message = format!(
                    "the path has {{{name}}}, but no parameter `{name}` is declared; it is taken for a text"
                );
                let location = self.location(&at.pointer).key();
                self.push(
                    Diagnostic::warning(Code::PathParameterUndeclared, location.clone(), message)
                        .help(format!("add a parameter with `in: path` and `name: {name}`")),
                );
                parameters.push(Parameter {
                    location,
                    name: (*name).to_owned(),
                    pinned_name: None,
                    place: ParameterIn::Path,
                    description: None,
                    required: true,
                    deprecated: false,
                    style: Style::Simple,
                    explode: false,
                    allow_reserved: false,
                    allow_empty: false,
                    schema: self.text_schema(&at.pointer),
                    content: None,
                });
            }
        }
        parameters.retain(|parameter| {
            let fits = parameter.place != ParameterIn::Path || names.contains(&parameter.name.as_str());
            if !fits {
                let name = &parameter.name;
                let message = format!(
                    "the parameter `{name}` is in the path, but {path} has no {{{name}}}; it is ignored"
                );
                let help = match nearest(name, names.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("add {{{name}}} to the path, or remove the parameter"),
                };
                self.diagnostics.push(
                    Diagnostic::warning(Code::PathParameterMissing, parameter.location.clone(), message)
                        .help(help),
                );
            }
            fits
        });
    }

    fn parameters(&mut self, list: &Cursor<'a>) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        for at in self.array(list) {
            let own_location = self.location(&at.pointer);
            let Some(at) = self.follow(at) else { continue };
            let Some(parameter) = self.parameter(&at) else { continue };
            if let Some(first) = parameters.iter().find(|own| is_same(own, &parameter)) {
                let message =
                    format!("the {} parameter `{}` is declared twice", parameter.place.key(), parameter.name);
                let diagnostic = Diagnostic::error(Code::DuplicateParameter, own_location, message)
                    .related(first.location.clone(), "first declared here")
                    .help("remove one of them");
                self.push(diagnostic);
                continue;
            }
            parameters.push(parameter);
        }
        parameters
    }

    fn parameter(&mut self, at: &Cursor<'a>) -> Option<Parameter> {
        self.only(
            at,
            &[
                "name",
                "in",
                "description",
                "required",
                "deprecated",
                "allowEmptyValue",
                "style",
                "explode",
                "allowReserved",
                "schema",
                "example",
                "examples",
                "content",
            ],
            &[],
        );
        let name = self.required_string(at, "name")?;
        let place = match self.required_string(at, "in")?.as_str() {
            "path" => ParameterIn::Path,
            "query" => ParameterIn::Query,
            "header" => ParameterIn::Header,
            "cookie" => ParameterIn::Cookie,
            other => {
                let message = format!("a parameter can't be in {other:?}");
                self.invalid(at, "in", message, "use `path`, `query`, `header` or `cookie`");
                return None;
            }
        };
        if place == ParameterIn::Header && !self.is_header(&name, self.location(&at.pointer.join("name"))) {
            return None;
        }
        // OpenAPI 3.1, 4.8.12.1: the first of these header parameters are ignored. The others say where a
        // message ends, which only the connection knows (RFC 9112, 6 and 9.6).
        let reserved =
            ["accept", "content-type", "authorization", "connection", "content-length", "transfer-encoding"];
        if place == ParameterIn::Header && reserved.contains(&name.to_ascii_lowercase().as_str()) {
            let (message, help) = match name.to_ascii_lowercase().as_str() {
                "authorization" => (
                    "a header parameter `Authorization` is ignored",
                    "declare a security scheme (`http`, `oauth2` or `openIdConnect`), and ask for it with `security`",
                ),
                "accept" => (
                    "a header parameter `Accept` is ignored",
                    "remove it: the media types of the responses are what can be asked for",
                ),
                "content-type" => (
                    "a header parameter `Content-Type` is ignored",
                    "remove it: the media types of the request body are what can be sent",
                ),
                _ => (
                    "a header parameter that says where a message ends is ignored",
                    "remove it: the connection writes `Connection`, `Content-Length` and `Transfer-Encoding`",
                ),
            };
            self.note(Code::InvalidValue, self.location(&at.pointer.join("name")), message, help);
            return None;
        }
        let (default, styles): (Style, &[Style]) = match place {
            ParameterIn::Path => (Style::Simple, &[Style::Simple, Style::Label, Style::Matrix]),
            ParameterIn::Query => {
                (Style::Form, &[Style::Form, Style::SpaceDelimited, Style::PipeDelimited, Style::DeepObject])
            }
            ParameterIn::Header => (Style::Simple, &[Style::Simple]),
            ParameterIn::Cookie => (Style::Form, &[Style::Form]),
        };
        let mut style = self.style(at, default);
        if !styles.contains(&style) {
            let message = format!(
                "a {} parameter can't have this style; it is written as if none were named",
                place.key()
            );
            let help = "see the OpenAPI specification, section 4.8.12.3, for the styles of each location";
            let location = self.location(&at.pointer.join("style"));
            self.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
            style = default;
        }
        let content = self.only_content(at);
        let (schema_at, content) = match content {
            Some((media_type, media)) => (media.child("schema"), Some((media_type.to_owned(), media))),
            None => (at.child("schema"), None),
        };
        let schema = match schema_at {
            Some(schema) => self.schema(schema),
            None => {
                if content.is_none() {
                    self.miss(at, "schema");
                }
                self.any_schema(&at.pointer)
            }
        };
        if let Some((_, media)) = &content
            && self.expect_object(media).is_some()
        {
            self.examples_of(media, schema);
        }
        let content = content.map(|(media_type, _)| media_type);
        self.examples_of(at, schema);
        let required = self.bool(at, "required").unwrap_or(false);
        if place == ParameterIn::Path && !required {
            let location = self.location(&at.pointer);
            let message = format!("the path parameter `{name}` must be required");
            self.push(
                Diagnostic::warning(Code::InvalidValue, location, message)
                    .help("add `required: true`; it is taken as such"),
            );
        }
        Some(Parameter {
            location: self.location(&at.pointer),
            pinned_name: self.string(at, "x-rust-name"),
            place,
            description: self.remark(at, "description"),
            required: required || place == ParameterIn::Path,
            deprecated: self.bool(at, "deprecated").unwrap_or(false),
            explode: self.bool(at, "explode").unwrap_or(style == Style::Form),
            style,
            allow_reserved: self.bool(at, "allowReserved").unwrap_or(false),
            allow_empty: place == ParameterIn::Query && self.bool(at, "allowEmptyValue").unwrap_or(false),
            schema,
            content,
            name,
        })
    }

    /// The media type by which a parameter or header is written.
    fn only_content(&mut self, at: &Cursor<'a>) -> Option<(&'a str, Cursor<'a>)> {
        let (name, media) = self.members_of(at, "content").into_iter().next()?;
        Some((name, self.loosely(media)?))
    }

    fn style(&mut self, at: &Cursor<'a>, default: Style) -> Style {
        match self.string(at, "style").as_deref() {
            None => default,
            Some("simple") => Style::Simple,
            Some("label") => Style::Label,
            Some("matrix") => Style::Matrix,
            Some("form") => Style::Form,
            Some("spaceDelimited") => Style::SpaceDelimited,
            Some("pipeDelimited") => Style::PipeDelimited,
            Some("deepObject") => Style::DeepObject,
            Some(other) => {
                let message = format!("there is no style {other:?}");
                self.invalid(
                    at,
                    "style",
                    message,
                    "use a style of the OpenAPI specification, section 4.8.12.3",
                );
                default
            }
        }
    }

    fn body(&mut self, at: Cursor<'a>) -> Option<Body> {
        let at = self.follow(at)?;
        self.expect_object(&at)?;
        self.only(&at, &["description", "content", "required"], &[]);
        self.miss(&at, "content");
        Some(Body {
            location: self.location(&at.pointer),
            description: self.remark(&at, "description"),
            required: self.bool(&at, "required").unwrap_or(false),
            content: self.content(&at),
        })
    }

    fn content(&mut self, at: &Cursor<'a>) -> Vec<MediaType> {
        let mut content = Vec::new();
        for (name, media) in self.members_of(at, "content") {
            // OpenAPI 3.2, 4.14: a media type may be one.
            let media = if self.is_3_2 { self.follow(media) } else { self.loosely(media) };
            let Some(media) = media else { continue };
            if self.expect_object(&media).is_none() {
                continue;
            }
            let since_3_2 = ["itemSchema", "prefixEncoding", "itemEncoding"];
            self.only(&media, &["schema", "example", "examples", "encoding"], &since_3_2);
            let whole = media.child("schema");
            // OpenAPI 3.2, 4.14.1: of a body that is a sequence, the schema of each item.
            let items = media.child("itemSchema").filter(|_| whole.is_none() && self.is_3_2);
            let items = match items {
                Some(items) if Sequence::of(name).is_none() => {
                    let location = self.location(&items.pointer).key();
                    let message =
                        format!("`itemSchema` is ignored: `{name}` is no media type of several texts");
                    let help =
                        "say what the body is with `schema`, or use a media type such as `application/jsonl`";
                    self.push(Diagnostic::warning(Code::Unsupported, location, message).help(help));
                    None
                }
                items => items,
            };
            let is_whole = whole.is_some();
            let schema = whole.or(items).map(|schema| self.schema(schema));
            if let Some(schema) = schema.filter(|_| is_whole) {
                self.examples_of(&media, schema);
            }
            let mut encoding = IndexMap::new();
            for (property, at) in self.members_of(&media, "encoding") {
                let Some(at) = self.loosely(at) else { continue };
                if self.expect_object(&at).is_none() {
                    continue;
                }
                let since_3_2 = ["encoding", "prefixEncoding", "itemEncoding"];
                self.only(&at, &["contentType", "headers", "style", "explode", "allowReserved"], &since_3_2);
                let style = self.style(&at, Style::Form);
                let explode = self.bool(&at, "explode").unwrap_or(style == Style::Form);
                let content_type = self.string(&at, "contentType");
                // OpenAPI 3.0.4, 4.7.15.1.2: of forms in parts a style says nothing; 3.1, 4.8.15.1.2: there,
                // too, it goes before a media type.
                let counts = match MediaKind::of(name) {
                    MediaKind::Form => true,
                    MediaKind::Multipart => self.version != Version::V3_0,
                    _ => false,
                };
                let is_styled =
                    counts && ["style", "explode", "allowReserved"].iter().any(|own| at.child(own).is_some());
                let style = is_styled.then_some((style, explode));
                encoding.insert(
                    property.to_owned(),
                    Encoding { content_type: content_type.filter(|_| !is_styled), style },
                );
            }
            let kind = MediaKind::of(name);
            let charset = name
                .to_ascii_lowercase()
                .split("charset=")
                .nth(1)
                .map(|rest| rest.trim_start_matches('"').to_owned());
            if kind != MediaKind::Text && charset.is_some_and(|charset| !charset.starts_with("utf-8")) {
                let message =
                    "only texts are written in another charset than UTF-8; this body is written in UTF-8";
                // RFC 8259, 8.1 and 11.
                let help = "leave `charset` out: JSON has none, and is always UTF-8";
                self.note(Code::InvalidValue, self.location(&media.pointer).key(), message, help);
            }
            content.push(MediaType {
                location: self.location(&media.pointer),
                name: name.to_owned(),
                kind,
                schema,
                is_item: schema.is_some() && !is_whole,
                encoding,
                beside_json: false,
            });
        }
        content
    }

    fn responses(&mut self, operation: &Cursor<'a>) -> Vec<Response> {
        let mut responses = Vec::new();
        if self.version == Version::V3_0 {
            self.miss(operation, "responses");
        }
        let Some(declared) = self.member(operation, "responses") else { return responses };
        if self.expect_object(&declared).is_none() {
            return responses;
        }
        for (key, at) in declared.members() {
            if key.starts_with("x-") {
                continue;
            }
            let status = match key.as_bytes() {
                b"default" => Status::Default,
                [hundreds @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] => Status::Range(hundreds - b'0'),
                [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] => Status::Code(key.parse().unwrap_or_default()),
                _ => {
                    let location = self.location(&at.pointer).key();
                    let message = format!("{key:?} is no status");
                    self.push(
                        Diagnostic::error(Code::InvalidValue, location, message)
                            .help("use a code such as \"200\", a range such as \"4XX\", or \"default\""),
                    );
                    continue;
                }
            };
            responses.extend(self.response(at, status));
        }
        responses
    }

    fn response(&mut self, at: Cursor<'a>, status: Status) -> Option<Response> {
        let location = self.location(&at.pointer).key();
        let at = self.follow(at)?;
        self.expect_object(&at)?;
        self.only(&at, &["description", "headers", "content", "links"], &["summary"]);
        if !self.is_3_2 {
            self.miss(&at, "description");
        }
        Some(Response {
            location,
            status,
            description: self.remark(&at, "description"),
            headers: self.headers(&at),
            content: self.content(&at),
        })
    }

    /// Whether a header can have this name (RFC 9110, 5.1 and 5.6.2); if not, that is reported.
    pub(crate) fn is_header(&mut self, name: &str, location: Location) -> bool {
        let is_sign =
            |character: char| character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character);
        let is_name = !name.is_empty() && name.chars().all(is_sign);
        if !is_name {
            let message = format!("no header can be called {name:?}; it is ignored");
            let help = "use letters, digits and hyphens (RFC 9110, 5.6.2), or remove it";
            self.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
        }
        is_name
    }

    fn headers(&mut self, response: &Cursor<'a>) -> Vec<Header> {
        let mut headers = Vec::new();
        for (name, at) in self.members_of(response, "headers") {
            let Some(at) = self.follow(at) else { continue };
            // OpenAPI 3.1, 4.8.17: `Content-Type` is described by the content.
            if self.expect_object(&at).is_none() || name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            if !self.is_header(name, self.location(&at.pointer).key()) {
                continue;
            }
            self.only(
                &at,
                &[
                    "description",
                    "required",
                    "deprecated",
                    "allowEmptyValue",
                    "style",
                    "explode",
                    "allowReserved",
                    "schema",
                    "example",
                    "examples",
                    "content",
                ],
                &[],
            );
            let content = self.only_content(&at);
            let is_json = content.as_ref().is_some_and(|(name, _)| MediaKind::of(name) == MediaKind::Json);
            let schema =
                match at.child("schema").or_else(|| content.and_then(|(_, media)| media.child("schema"))) {
                    Some(schema) => self.schema(schema),
                    None => self.any_schema(&at.pointer),
                };
            self.examples_of(&at, schema);
            let required = self.bool(&at, "required").unwrap_or(false);
            headers.push(Header {
                location: self.location(&at.pointer),
                name: name.to_owned(),
                description: self.remark(&at, "description"),
                deprecated: self.bool(&at, "deprecated").unwrap_or(false),
                required,
                explode: self.bool(&at, "explode").unwrap_or(false),
                is_json,
                schema,
            });
        }
        headers
    }

    fn requirements(&mut self, list: &Cursor<'a>, schemes: &mut Schemes) -> Vec<Requirement> {
        let mut requirements = Vec::new();
        // What is declared but not understood has been reported there.
        let declared = Pointer::root().join("components").join("securitySchemes");
        for at in self.array(list) {
            let Some(at) = self.loosely(at) else { continue };
            if self.expect_object(&at).is_none() {
                continue;
            }
            let mut requirement = Requirement { schemes: Vec::new() };
            for (name, scopes) in at.members() {
                let is_declared = self.document.get(&declared.join(name)).is_some();
                let location = self.location(&scopes.pointer).key();
                if !schemes.contains_key(name) && !is_declared {
                    let message = format!(
                        "there is no security scheme `{name}`: clients send nothing for it, and servers can't tell"
                    );
                    let help = match nearest(name, schemes.keys().map(String::as_str)) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!(
                            "define `{name}` under components/securitySchemes, or name one that is there"
                        ),
                    };
                    self.push(
                        Diagnostic::warning(Code::UnresolvedReference, location.clone(), message).help(help),
                    );
                }
                // Something is asked for all the same: the operation must not look as if it were open to
                // everyone.
                let unknown = SecurityScheme { location, description: None, scheme: Scheme::Unknown };
                schemes.entry(name.to_owned()).or_insert(unknown);
                let scopes = if scopes.node.is_null() {
                    self.ignore(&scopes, "an array");
                    Vec::new()
                } else {
                    self.strings(&at, name)
                };
                requirement.schemes.push((name.to_owned(), scopes));
            }
            requirements.push(requirement);
        }
        requirements
    }
}

/// Whether two parameters are the same one: by name and location, the names of headers in any case (RFC 9110,
/// 5.1).
fn is_same(left: &Parameter, right: &Parameter) -> bool {
    left.place == right.place
        && (left.name == right.name
            || (left.place == ParameterIn::Header && left.name.eq_ignore_ascii_case(&right.name)))
}

/// A path without pairs of its query that only say where a parameter in the query stands: `/search?q={q}`.
fn without_queries(path: &str, parameters: &[Parameter]) -> String {
    let Some((plain, query)) = path.split_once('?') else { return path.to_owned() };
    let (query, fragment) = query.split_at(query.find('#').unwrap_or(query.len()));
    let is_declared =
        |place: ParameterIn, name: &str| parameters.iter().any(|own| own.place == place && own.name == name);
    let says_something = |pair: &&str| {
        let Some((key, value)) = pair.split_once('=') else { return true };
        let Some(name) = value.strip_prefix('{').and_then(|value| value.strip_suffix('}')) else {
            return true;
        };
        !is_declared(ParameterIn::Query, key) || is_declared(ParameterIn::Path, name)
    };
    let kept: Vec<&str> = query.split('&').filter(says_something).collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    format!("{plain}{mark}{}{fragment}", kept.join("&"))
}

/// The name of an operation that has none of its own.
fn made_id(method: Method, path: &str) -> String {
    format!("{}{}", method.key(), path.replace(['{', '}'], ""))
}

/// What stands before the first placeholder of a path template (OpenAPI 3.1, 4.8.2), its name, and what
/// stands after it.
pub(crate) fn placeholder(template: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = template.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// The names in the braces of a path template, each once.
fn template_names(path: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some((_, name, after)) = placeholder(rest) {
        if !names.contains(&name) {
            names.push(name);
        }
        rest = after;
    }
    names
}
