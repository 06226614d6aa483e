//! Paths → operations: methods, parameters, bodies, responses and what they need for security.
//!
//! Knows the objects of OpenAPI from `paths` down to the media type. What a schema means is `schemas`' to say.

use crate::model::{
    Body, Encoding, Header, MediaKind, MediaType, Method, Operation, Parameter, ParameterIn, Requirement, Response,
    SecurityScheme, Status, Style,
};
use crate::reader::{At, Reader};
use indexmap::IndexMap;
use spec_document::{Code, Diagnostic, Location};
use std::collections::HashMap;

type Schemes = IndexMap<String, SecurityScheme>;

impl<'a> Reader<'a> {
    pub(crate) fn read_operations(&mut self, root: &At<'a>, schemes: &Schemes) -> Vec<Operation> {
        let mut operations: Vec<Operation> = Vec::new();
        let mut ids: HashMap<String, Location> = HashMap::new();
        let everywhere = root.child("security").map(|security| self.requirements(&security, schemes)).unwrap_or_default();
        for (path, item) in root.child("paths").map(|paths| paths.members()).unwrap_or_default() {
            if path.starts_with("x-") {
                continue;
            }
            if !path.starts_with('/') {
                let location = self.location(&item.pointer).key();
                let message = format!("the path {path:?} must begin with a slash");
                self.push(Diagnostic::error(Code::InvalidValue, location, message).help(format!("write \"/{path}\"")));
                continue;
            }
            let Some(item) = self.follow(item) else { continue };
            let mut allowed = vec!["$ref", "summary", "description", "servers", "parameters"];
            allowed.extend(Method::ALL.map(Method::key));
            self.only(&item, &allowed);
            let shared = item.child("parameters").map(|list| self.parameters(&list)).unwrap_or_default();
            for (key, at) in item.members() {
                let Some(method) = Method::ALL.into_iter().find(|method| method.key() == key) else { continue };
                let Some(operation) = self.operation(path, method, &at, &shared, &everywhere, schemes) else { continue };
                let location = match at.child("operationId") {
                    Some(id) => self.location(&id.pointer),
                    None => operation.location.clone(),
                };
                if let Some(first) = ids.get(&operation.id) {
                    let message = format!("the operationId `{}` is used twice", operation.id);
                    self.push(
                        Diagnostic::error(Code::DuplicateOperationId, location, message)
                            .related(first.clone(), "first used here")
                            .help("give each operation an operationId of its own"),
                    );
                    continue;
                }
                ids.insert(operation.id.clone(), location);
                operations.push(operation);
            }
        }
        operations
    }

    fn operation(
        &mut self,
        path: &str,
        method: Method,
        at: &At<'a>,
        shared: &[Parameter],
        everywhere: &[Requirement],
        schemes: &Schemes,
    ) -> Option<Operation> {
        self.expect_object(at)?;
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
        );
        let mut parameters = at.child("parameters").map(|list| self.parameters(&list)).unwrap_or_default();
        let inherited: Vec<Parameter> = shared
            .iter()
            .filter(|shared| !parameters.iter().any(|own| own.name == shared.name && own.place == shared.place))
            .cloned()
            .collect();
        parameters.splice(0..0, inherited);
        self.check_template(path, at, &mut parameters);
        let id = self.string(at, "operationId").unwrap_or_else(|| format!("{}{}", method.key(), path.replace(['{', '}'], "")));
        let tags = at.child("tags").map(|list| self.array(&list)).unwrap_or_default();
        Some(Operation {
            location: self.location(&at.pointer),
            id,
            pinned_name: self.string(at, "x-rust-name"),
            method,
            path: path.to_owned(),
            tags: tags.iter().filter_map(|tag| tag.node.as_str().map(str::to_owned)).collect(),
            summary: self.string(at, "summary"),
            description: self.string(at, "description"),
            deprecated: self.bool(at, "deprecated").unwrap_or(false),
            parameters,
            body: at.child("requestBody").and_then(|body| self.body(body)),
            responses: self.responses(at),
            security: match at.child("security") {
                Some(security) => self.requirements(&security, schemes),
                None => everywhere.to_vec(),
            },
        })
    }

    /// Holds the path's template against the parameters: each `{name}` needs one, and each one a `{name}`.
    fn check_template(&mut self, path: &str, at: &At<'a>, parameters: &mut Vec<Parameter>) {
        let names = template_names(path);
        for name in &names {
            if !parameters.iter().any(|p| p.place == ParameterIn::Path && p.name == *name) {
                let message = format!("the path has {{{name}}}, but no parameter `{name}` is declared");
                let location = self.location(&at.pointer).key();
                self.push(
                    Diagnostic::error(Code::PathParameterUndeclared, location, message)
                        .help(format!("add a parameter with `in: path` and `name: {name}`")),
                );
            }
        }
        parameters.retain(|parameter| {
            let fits = parameter.place != ParameterIn::Path || names.contains(&parameter.name.as_str());
            if !fits {
                let message =
                    format!("the parameter `{}` is in the path, but {path} has no {{{}}}", parameter.name, parameter.name);
                self.diagnostics.push(
                    Diagnostic::error(Code::PathParameterMissing, parameter.location.clone(), message)
                        .help(format!("add {{{}}} to the path, or remove the parameter", parameter.name)),
                );
            }
            fits
        });
    }

    fn parameters(&mut self, list: &At<'a>) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        for at in self.array(list) {
            let own_location = self.location(&at.pointer);
            let Some(at) = self.follow(at) else { continue };
            let Some(parameter) = self.parameter(&at) else { continue };
            if let Some(first) = parameters.iter().find(|p| p.name == parameter.name && p.place == parameter.place) {
                let message = format!("the {} parameter `{}` is declared twice", parameter.place.key(), parameter.name);
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

    fn parameter(&mut self, at: &At<'a>) -> Option<Parameter> {
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
        // OpenAPI 3.1, 4.8.12.1: such header parameters are ignored.
        let reserved = ["accept", "content-type", "authorization"];
        if place == ParameterIn::Header && reserved.contains(&name.to_ascii_lowercase().as_str()) {
            return None;
        }
        let style = self.style(
            at,
            match place {
                ParameterIn::Path | ParameterIn::Header => Style::Simple,
                ParameterIn::Query | ParameterIn::Cookie => Style::Form,
            },
        );
        let content = at.child("content").and_then(|content| content.members().into_iter().next());
        let (schema_at, content) = match content {
            Some((media_type, media)) => (media.child("schema"), Some(media_type.to_owned())),
            None => (at.child("schema"), None),
        };
        let schema = match schema_at {
            Some(schema) => self.schema(schema),
            None => {
                if content.is_none() {
                    self.require(at, "schema");
                }
                self.any_schema(&at.pointer)
            }
        };
        self.examples_of(at, schema);
        let required = self.bool(at, "required").unwrap_or(false);
        if place == ParameterIn::Path && !required {
            let location = self.location(&at.pointer);
            let message = format!("the path parameter `{name}` must be required");
            self.push(
                Diagnostic::warning(Code::InvalidValue, location, message).help("add `required: true`; it is taken as such"),
            );
        }
        Some(Parameter {
            location: self.location(&at.pointer),
            pinned_name: self.string(at, "x-rust-name"),
            place,
            description: self.string(at, "description"),
            required: required || place == ParameterIn::Path,
            deprecated: self.bool(at, "deprecated").unwrap_or(false),
            explode: self.bool(at, "explode").unwrap_or(style == Style::Form),
            style,
            allow_reserved: self.bool(at, "allowReserved").unwrap_or(false),
            schema,
            content,
            name,
        })
    }

    fn style(&mut self, at: &At<'a>, default: Style) -> Style {
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
                self.invalid(at, "style", message, "use a style of the OpenAPI specification, section 4.8.12.3");
                default
            }
        }
    }

    fn body(&mut self, at: At<'a>) -> Option<Body> {
        let at = self.follow(at)?;
        self.expect_object(&at)?;
        self.only(&at, &["description", "content", "required"]);
        self.require(&at, "content");
        Some(Body {
            location: self.location(&at.pointer),
            description: self.string(&at, "description"),
            required: self.bool(&at, "required").unwrap_or(false),
            content: self.content(&at),
        })
    }

    fn content(&mut self, at: &At<'a>) -> Vec<MediaType> {
        let mut content = Vec::new();
        for (name, media) in at.child("content").map(|content| content.members()).unwrap_or_default() {
            if self.expect_object(&media).is_none() {
                continue;
            }
            self.only(&media, &["schema", "example", "examples", "encoding"]);
            let schema = media.child("schema").map(|schema| self.schema(schema));
            if let Some(schema) = schema {
                self.examples_of(&media, schema);
            }
            let mut encoding = IndexMap::new();
            for (property, at) in media.child("encoding").map(|encoding| encoding.members()).unwrap_or_default() {
                let style = self.style(&at, Style::Form);
                encoding.insert(
                    property.to_owned(),
                    Encoding {
                        content_type: self.string(&at, "contentType"),
                        style,
                        explode: self.bool(&at, "explode").unwrap_or(style == Style::Form),
                    },
                );
            }
            content.push(MediaType {
                location: self.location(&media.pointer),
                name: name.to_owned(),
                kind: MediaKind::of(name),
                schema,
                encoding,
            });
        }
        content
    }

    fn responses(&mut self, operation: &At<'a>) -> Vec<Response> {
        let mut responses = Vec::new();
        let Some(declared) = operation.child("responses") else { return responses };
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
            let key_location = self.location(&at.pointer).key();
            let Some(at) = self.follow(at) else { continue };
            if self.expect_object(&at).is_none() {
                continue;
            }
            self.only(&at, &["description", "headers", "content", "links", "summary"]);
            responses.push(Response {
                location: key_location,
                status,
                description: self.string(&at, "description"),
                headers: self.headers(&at),
                content: self.content(&at),
            });
        }
        responses
    }

    fn headers(&mut self, response: &At<'a>) -> Vec<Header> {
        let mut headers = Vec::new();
        for (name, at) in response.child("headers").map(|headers| headers.members()).unwrap_or_default() {
            let Some(at) = self.follow(at) else { continue };
            // OpenAPI 3.1, 4.8.17: `Content-Type` is described by the content.
            if name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let content = at.child("content").and_then(|content| content.members().into_iter().next());
            let schema = at.child("schema").or_else(|| content.and_then(|(_, media)| media.child("schema")));
            headers.push(Header {
                location: self.location(&at.pointer),
                name: name.to_owned(),
                required: self.bool(&at, "required").unwrap_or(false),
                schema: match schema {
                    Some(schema) => self.schema(schema),
                    None => self.any_schema(&at.pointer),
                },
            });
        }
        headers
    }

    fn requirements(&mut self, list: &At<'a>, schemes: &Schemes) -> Vec<Requirement> {
        let mut requirements = Vec::new();
        for at in self.array(list) {
            if self.expect_object(&at).is_none() {
                continue;
            }
            let mut requirement = Requirement { schemes: Vec::new() };
            for (name, scopes) in at.members() {
                if schemes.contains_key(name) {
                    let scopes = scopes.items().iter().filter_map(|scope| scope.node.as_str().map(str::to_owned)).collect();
                    requirement.schemes.push((name.to_owned(), scopes));
                } else {
                    let location = self.location(&scopes.pointer).key();
                    let message = format!("there is no security scheme `{name}`");
                    self.push(
                        Diagnostic::error(Code::UnresolvedReference, location, message)
                            .help(format!("define `{name}` under components/securitySchemes, or name one that is there")),
                    );
                }
            }
            requirements.push(requirement);
        }
        requirements
    }
}

/// The names in the braces of a path template (OpenAPI 3.1, 4.8.2), each once.
fn template_names(path: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        if !names.contains(&name) {
            names.push(name);
        }
        rest = after;
    }
    names
}
