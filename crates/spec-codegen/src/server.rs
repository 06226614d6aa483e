//! Plan → the file of the server: one trait, its typed answers, and a router.
//!
//! Knows axum's paths. What a request must bring is written down as data; `spec-runtime` reads it.

use crate::client::{
    body_enumeration, derived, encoding, header_struct, payload_enumeration, response_words,
    scheme_constants, written,
};
use crate::models::{Defaulted, default_method};
use crate::plan::{
    BodyForm, BodyPlan, HeadersPlan, OperationPlan, ParameterPlan, Payload, Plan, RejectionPlan,
    ResponsePlan, RustType, Stream,
};
use crate::rust::{Paths, docs, ident, tokens};
use crate::{Part, Printed};
use indexmap::IndexMap;
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::{MediaKind, Method, ParameterIn, Status, Style};
use spec_http::template::{Template, placeholders};

/// Names that the file of a server always has a use for.
const RESERVED: [&str; 33] = [
    "Api",
    "Arc",
    "Candidate",
    "CheckedLines",
    "Content",
    "Context",
    "Default",
    "Encoding",
    "Failure",
    "FromBody",
    "HeaderText",
    "IntoResponse",
    "Lines",
    "MediaKind",
    "NoBody",
    "NoParameters",
    "Operation",
    "Parameter",
    "Payload",
    "Place",
    "RawBody",
    "Refused",
    "Rejection",
    "Request",
    "Response",
    "Router",
    "SecurityScheme",
    "State",
    "StatusCode",
    "Streaming",
    "Style",
    "Text",
    "Webhooks",
];

/// What a trait and its router stand for.
struct Interface<'a> {
    operations: &'a [OperationPlan],
    /// The trait.
    name: &'static str,
    /// The function that makes its router.
    router: &'static str,
    /// The module of its handlers.
    handlers: &'static str,
}

impl<'a> Interface<'a> {
    /// What the API answers.
    fn api(plan: &'a Plan) -> Self {
        Interface { operations: &plan.operations, name: "Api", router: "router", handlers: "handlers" }
    }

    /// What the API sends.
    fn webhooks(plan: &'a Plan) -> Self {
        Interface { operations: &plan.webhooks, name: "Webhooks", router: "webhooks", handlers: "receivers" }
    }
}

/// Prints the file of the server.
pub(crate) fn print(plan: &Plan, models: &str, header: &str) -> Printed {
    let operations = || plan.operations.iter().chain(&plan.webhooks);
    let answers = operations().map(response_name);
    let bodies = operations().flat_map(|operation| {
        let forms = operation.body.iter().flat_map(|body| &body.forms);
        forms
            .filter_map(|form| constrained_body(operation, form))
            .chain(operation.local_types())
            .collect::<Vec<_>>()
    });
    let own: Vec<String> = answers.chain(operations().map(parameters_name)).chain(bodies).collect();
    let paths = Paths::new(own, &RESERVED, Some(models));
    let mut interfaces = vec![Interface::api(plan)];
    interfaces.extend((!plan.webhooks.is_empty()).then(|| Interface::webhooks(plan)));
    let groups = || std::iter::once(None).chain((0..plan.groups.len()).map(Some));
    // What all files share, and then each interface file by file.
    let files = interfaces.iter().flat_map(|interface| groups().map(move |group| Some((interface, group))));
    let pieces: Vec<_> = std::iter::once(None).chain(files).collect();
    let part = Part::of(&pieces, &paths, |piece, part| match piece {
        None => {
            let constants = scheme_constants(plan, &mut part.paths, "spec_runtime::codegen::server");
            part.layout.add(constants);
        }
        Some((interface, group)) => add(plan, interface, *group, part),
    });
    part.finish(plan, "server", header)
}

/// Prints what an interface has in one file; its trait and its router stand in the first one.
fn add(plan: &Plan, interface: &Interface<'_>, group: Option<usize>, part: &mut Part) {
    let Part { layout, paths, .. } = part;
    layout.enter(plan.module(group));
    let mut handlers = TokenStream::new();
    let mut others = TokenStream::new();
    if group.is_none() {
        layout.add(contract(plan, interface, paths));
        layout.add(router(plan, interface, paths));
        others = handlers_of_groups(plan, interface);
    }
    for operation in interface.operations.iter().filter(|operation| operation.group == group) {
        layout.add(parameters_struct(plan, operation, paths).unwrap_or_default());
        layout.add(body_enumeration(plan, operation, paths).unwrap_or_default());
        layout.add(response_enumeration(plan, operation, paths));
        for form in operation.body.iter().flat_map(|body| &body.forms) {
            handlers.extend(body_struct(plan, operation, form, paths));
        }
        handlers.extend(body_reader(operation, paths));
        handlers.extend(handler(plan, interface, operation, paths));
    }
    if group.is_none() {
        handlers.extend(choosers(interface, paths));
    }
    if handlers.is_empty() && others.is_empty() {
        return;
    }
    let visible = group.map(|_| quote!(pub(super)));
    let above = (!handlers.is_empty()).then(|| {
        quote!(
            use super::*;
        )
    });
    let handlers_module = ident(interface.handlers);
    layout.add(quote! {
        /// What stands between the router and the trait.
        #visible mod #handlers_module {
            #above
            #others

            #handlers
        }
    });
}

/// In the first file: the handlers of all others.
fn handlers_of_groups(plan: &Plan, interface: &Interface<'_>) -> TokenStream {
    let used = |group: &usize| interface.operations.iter().any(|operation| operation.group == Some(*group));
    let modules = (0..plan.groups.len()).filter(used).map(|group| ident(&plan.groups[group]));
    let module = ident(interface.handlers);
    modules.map(|name| quote!(pub use super::#name::#module::*;)).collect()
}

fn response_name(operation: &OperationPlan) -> String {
    format!("{}Response", operation.type_name)
}

fn parameters_name(operation: &OperationPlan) -> String {
    format!("{}Parameters", operation.type_name)
}

/// The name of a type for a form of a body of which the document says more than its type does.
fn constrained_body(operation: &OperationPlan, form: &BodyForm) -> Option<String> {
    let is_single = operation.body.as_ref().is_some_and(|body| body.enumeration.is_none());
    let variant = if is_single { "" } else { &form.variant };
    (!form.assertions.is_empty()).then(|| format!("{}{variant}Checked", operation.type_name))
}

/// The trait that a service implements.
fn contract(plan: &Plan, interface: &Interface<'_>, paths: &mut Paths) -> TokenStream {
    let title = plan.title.trim_end_matches('.');
    let first = match interface.name {
        "Webhooks" => {
            format!("What {title} sends, as a service receives it: one method for each webhook and callback.")
        }
        _ => format!("{title}, as a service implements it: one method for each operation."),
    };
    let words = docs(&[
        first,
        String::new(),
        "A method that is not implemented answers 501, so a service can start with one operation.".to_owned(),
    ]);
    let methods: Vec<TokenStream> =
        interface.operations.iter().map(|operation| method(plan, operation, paths)).collect();
    let (send, name) = (tokens(&paths.prelude("Send")), ident(interface.name));
    quote!(#words pub trait #name: #send + Sync + 'static { #(#methods)* })
}

fn method(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let mut lines = operation.docs.clone();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(match &operation.sent_to {
        Some(expression) => {
            format!("Answers `{}` requests, which are sent to `{expression}`.", operation.method)
        }
        None => format!("Answers `{}` requests to `{}`.", operation.method, operation.path),
    });
    let words = docs(&lines);
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    let (name, id, answer) = (ident(&operation.name), &operation.id, ident(&response_name(operation)));
    let (context, failure) =
        (paths.path("spec_runtime::server", "Context"), paths.path("spec_runtime::server", "Failure"));
    let parameters = (!operation.parameters.is_empty()).then(|| {
        let ty = ident(&parameters_name(operation));
        quote!(parameters: #ty,)
    });
    let body = operation.body.as_ref().map(|body| {
        let full = if body.required { body.ty() } else { RustType::Option(Box::new(body.ty())) };
        let ty = paths.ty(plan, &full);
        quote!(body: #ty,)
    });
    let mut unused = vec![quote!(context)];
    unused.extend(parameters.is_some().then(|| quote!(parameters)));
    unused.extend(body.is_some().then(|| quote!(body)));
    let unused = if unused.len() == 1 { quote!(#(#unused)*) } else { quote!((#(#unused),*)) };
    let (result, send) = (tokens(&paths.prelude("Result")), tokens(&paths.prelude("Send")));
    quote! {
        #words
        #deprecated
        fn #name(&self, context: #context, #parameters #body) -> impl Future<Output = #result<#answer, #failure>> + #send {
            let _ = #unused;
            async { Err(#failure::not_implemented(#id)) }
        }
    }
}

/// Operations of one route and method.
struct Route<'a> {
    path: &'a str,
    methods: Vec<(Method, Vec<&'a OperationPlan>)>,
}

/// The routes. Paths that differ only in the names of their parameters share one.
fn routes<'a>(interface: &Interface<'a>) -> Vec<Route<'a>> {
    let mut routes: IndexMap<&str, Route<'_>> = IndexMap::new();
    for operation in interface.operations {
        let path = operation.route.as_str();
        let route = routes.entry(path).or_insert_with(|| Route { path, methods: Vec::new() });
        match route.methods.iter_mut().find(|(method, _)| *method == operation.method) {
            Some((_, operations)) => operations.push(operation),
            None => route.methods.push((operation.method, vec![operation])),
        }
    }
    let mut routes: Vec<Route<'_>> = routes.into_values().collect();
    for (_, operations) in routes.iter_mut().flat_map(|route| &mut route.methods) {
        operations.sort_by_cached_key(|operation| {
            (Template::new(&operation.path).rank(), usize::MAX - operation.told_by.len())
        });
    }
    routes
}

/// What a router calls for a route and method: the operation itself, or what finds out which one is meant.
fn route_handler(interface: &Interface<'_>, operations: &[&OperationPlan]) -> String {
    match operations {
        [only] if only.template.is_none() => only.name.clone(),
        [first, ..] => {
            let own = format!("which_{}", first.name.trim_start_matches('_'));
            let mut names = std::iter::once(own.clone()).chain((2..).map(|number| format!("{own}_{number}")));
            let is_free =
                |name: &String| interface.operations.iter().all(|operation| operation.name != *name);
            names.find(is_free).unwrap_or_default()
        }
        [] => String::new(),
    }
}

/// Handlers of routes that alone do not tell which operation is meant.
fn choosers(interface: &Interface<'_>, paths: &mut Paths) -> TokenStream {
    let mut code = TokenStream::new();
    let trait_name = ident(interface.name);
    for (_, operations) in routes(interface).iter().flat_map(|route| &route.methods) {
        if operations.iter().all(|operation| operation.template.is_none()) {
            continue;
        }
        let name = ident(&route_handler(interface, operations));
        let candidates = operations.iter().map(|operation| candidate(operation, paths));
        let candidates: Vec<TokenStream> = candidates.collect();
        let arms = operations.iter().enumerate().map(|(index, operation)| {
            let (index, name) = (tokens(&index.to_string()), ident(&operation.name));
            quote!(Some(#index) => #name(api, request).await)
        });
        let arc = paths.path("std::sync", "Arc");
        let (state, request) = (paths.path("axum::extract", "State"), paths.path("axum::extract", "Request"));
        let response = paths.path("axum::response", "Response");
        code.extend(quote! {
            pub async fn #name<A: #trait_name>(api: #state<#arc<A>>, request: #request) -> #response {
                match server::which(&[#(#candidates),*], &request) {
                    #(#arms,)*
                    _ => server::not_found(request.uri().clone()).await.into_response(),
                }
            }
        });
    }
    code
}

/// What a request must have to be meant for an operation.
fn candidate(operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let (candidate, path) = (paths.path("spec_runtime::codegen::server", "Candidate"), &operation.path);
    let told_by = |place: ParameterIn| {
        let own = operation.told_by.iter().filter(move |(own, ..)| *own == place);
        own.map(|(_, name, value)| quote!((#name, #value))).collect::<Vec<_>>()
    };
    let (query, headers) = (told_by(ParameterIn::Query), told_by(ParameterIn::Header));
    let query = (!query.is_empty()).then(|| quote!(.query(&[#(#query),*])));
    let headers = (!headers.is_empty()).then(|| quote!(.headers(&[#(#headers),*])));
    quote!(#candidate::new(#path) #query #headers)
}

/// The router.
fn router(plan: &Plan, interface: &Interface<'_>, paths: &mut Paths) -> TokenStream {
    let module = ident(interface.handlers);
    let routes: Vec<TokenStream> = routes(interface)
        .iter()
        .map(|route| {
            let mut methods = TokenStream::new();
            for (index, (method, operations)) in route.methods.iter().enumerate() {
                let (function, handler) = (ident(method.key()), ident(&route_handler(interface, operations)));
                methods.extend(if index == 0 {
                    quote!(routing::#function(#module::#handler::<A>))
                } else {
                    quote!(.#function(#module::#handler::<A>))
                });
            }
            let path = route.path;
            quote!(.route(#path, #methods))
        })
        .collect();
    if !routes.is_empty() {
        paths.name("axum", "routing");
    }
    paths.name("spec_runtime::codegen", "server");
    let (router, arc) = (paths.path("axum", "Router"), paths.path("std::sync", "Arc"));
    let mut lines = vec![
        "The routes of the API, answered by `api`.".to_owned(),
        String::new(),
        "A request that does not fit the document never reaches it.".to_owned(),
    ];
    match &plan.base_path {
        _ if interface.name == "Webhooks" => {
            "Routes for what the API sends, answered by `api`. The paths are names: nest the router where the API is to send it."
                .clone_into(&mut lines[0]);
        }
        Some(path) => {
            lines.extend([
                String::new(),
                format!("The document has its paths below `{path}`: nest the router there."),
            ]);
        }
        None => {}
    }
    let words = docs(&lines);
    let (function, trait_name) = (ident(interface.router), ident(interface.name));
    quote! {
        #words
        pub fn #function<A: #trait_name>(api: A) -> #router {
            #router::new()
                #(#routes)*
                .fallback(server::not_found)
                .method_not_allowed_fallback(server::method_not_allowed)
                .with_state(#arc::new(api))
        }
    }
}

/// The parameters of an operation, as one model.
fn parameters_struct(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> Option<TokenStream> {
    if operation.parameters.is_empty() {
        return None;
    }
    let words = docs(&[format!("The parameters of `{}`.", operation.id)]);
    let name = ident(&parameters_name(operation));
    let fields: Vec<TokenStream> = operation
        .parameters
        .iter()
        .map(|parameter| {
            let words = docs(&parameter.docs);
            let extend = crate::models::extend(&parameter.assertions);
            let full = if parameter.required {
                parameter.ty.clone()
            } else {
                RustType::Option(Box::new(parameter.ty.clone()))
            };
            let (name, ty) = (ident(&parameter.name), paths.ty(plan, &full));
            quote!(#words #extend pub #name: #ty)
        })
        .collect();
    let (deserialize, json_schema) =
        (paths.path("serde", "Deserialize"), paths.path("schemars", "JsonSchema"));
    let defaulted = operation.parameters.iter().filter_map(|parameter| {
        let words = format!("The parameter `{}`", parameter.wire);
        let default = parameter.default.as_ref()?;
        default_method(
            plan,
            &Defaulted { name: &parameter.name, words, ty: &parameter.ty, nullable: false, default },
            paths,
        )
    });
    let defaults: Vec<TokenStream> = defaulted.collect();
    let own = (!defaults.is_empty()).then(|| quote!(impl #name { #(#defaults)* }));
    let derives = quote!(#[derive(Clone, Debug, PartialEq, #deserialize, #json_schema)]);
    // A field that may be null is not required otherwise.
    let required = operation.parameters.iter().filter(|parameter| parameter.required);
    let is_nullable = required.clone().any(|parameter| matches!(parameter.ty, RustType::Option(_)));
    let names: Vec<&str> = required.map(|parameter| parameter.name.as_str()).collect();
    let required = is_nullable.then(|| quote!(#[schemars(extend("required" = [#(#names),*]))]));
    Some(quote!(#words #derives #required pub struct #name { #(#fields),* } #own))
}

/// What an operation answers, by status.
fn response_enumeration(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let name = ident(&response_name(operation));
    let words = docs(&[format!("What `{}` answers, by status.", operation.id)]);
    let responses = operation.responses();
    let into_response = paths.path("axum::response", "IntoResponse");
    let response_type = paths.path("axum::response", "Response");
    let mut variants = Vec::new();
    let mut arms = Vec::new();
    for response in &responses {
        let (variant, words) = (ident(&response.variant), docs(&response_words(response)));
        let has_status = !matches!(response.status, Status::Code(_));
        let mut held = Vec::new();
        let mut bound = Vec::new();
        if has_status {
            let status = paths.path("axum::http", "StatusCode");
            held.push(quote!(#status));
            bound.push(quote!(status));
        }
        if response.payload != Payload::Empty {
            held.push(paths.ty(plan, &response.payload.ty()));
            bound.push(quote!(body));
        }
        if let Some(headers) = &response.headers {
            held.push(tokens(&headers.name));
            bound.push(quote!(headers));
        }
        let held = (!held.is_empty()).then(|| quote!((#(#held),*)));
        let bound = (!bound.is_empty()).then(|| quote!((#(#bound),*)));
        let status = match response.status {
            Status::Code(code) => tokens(&code.to_string()),
            _ => quote!(status.as_u16()),
        };
        let answer = answer(&response.payload, &status);
        let answer = if response.headers.is_some() { quote!(headers.write(#answer)) } else { answer };
        variants.push(quote!(#words #variant #held));
        arms.push(quote!(Self::#variant #bound => #answer));
    }
    let mut types = TokenStream::new();
    for response in &responses {
        types.extend(payload_enumeration(plan, operation, response, paths));
        if let Some(headers) = &response.headers {
            types.extend(header_struct(plan, operation, response, headers, paths));
            types.extend(header_writer(operation, headers, paths));
        }
    }
    let conversions = conversions(plan, operation, &responses, paths);
    let body = if arms.is_empty() { quote!(match self {}) } else { quote!(match self { #(#arms),* }) };
    let derived = derived(responses.iter().any(|response| response.payload.streams()));
    quote! {
        #words
        #derived
        pub enum #name { #(#variants),* }

        impl #into_response for #name {
            fn into_response(self) -> #response_type { #body }
        }

        #conversions

        #types
    }
}

/// The answer that a body becomes.
fn answer(payload: &Payload, status: &TokenStream) -> TokenStream {
    match payload {
        Payload::Empty => quote!(server::empty(#status)),
        Payload::Json(_, media_type) => {
            let media_type = if media_type.contains('*') { "application/json" } else { media_type };
            quote!(server::json(#status, #media_type, &body))
        }
        Payload::Text(ty, media_type) => {
            let media_type = if media_type.contains('*') { "text/plain" } else { media_type };
            match ty {
                RustType::String => quote!(server::text(#status, #media_type, body)),
                _ => quote!(server::text_of(#status, #media_type, &body)),
            }
        }
        Payload::Bytes(media_type) => {
            let media_type = if media_type.contains('*') { "application/octet-stream" } else { media_type };
            quote!(server::bytes(#status, #media_type, body))
        }
        Payload::Stream(stream, media_type) => match stream {
            Stream::Bytes => {
                let media_type =
                    if media_type.contains('*') { "application/octet-stream" } else { media_type };
                quote!(server::byte_stream(#status, #media_type, body))
            }
            Stream::Texts => quote!(server::event_texts(#status, body)),
            Stream::Events(_) => quote!(server::events(#status, body)),
            Stream::Lines(_) => quote!(server::json_lines(#status, #media_type, body)),
        },
        Payload::OneOf(name, variants) => {
            let name = ident(name);
            let arms = variants.iter().map(|(variant, payload)| {
                let (variant, answer) = (ident(variant), answer(payload, status));
                quote!(#name::#variant(body) => #answer)
            });
            quote!(match body { #(#arms),* })
        }
    }
}

/// How the headers of an answer are written.
fn header_writer(operation: &OperationPlan, headers: &HeadersPlan, paths: &mut Paths) -> TokenStream {
    let (name, response) = (ident(&headers.name), paths.path("axum::response", "Response"));
    // Only of a body that is not sent can a service say how long it is (RFC 9110, 8.6).
    let is_said = |field: &&crate::plan::HeaderField| {
        operation.method == Method::Head || !field.wire.eq_ignore_ascii_case("content-length")
    };
    let add = headers.fields.iter().filter(is_said).map(|field| {
        let (name, wire, written) = (ident(&field.name), &field.wire, written(field, paths));
        let may_be_null =
            field.required && !field.is_json && matches!(field.ty, RustType::Json | RustType::Option(_));
        let needed = may_be_null.then(|| quote!(.needed(#wire, &self.#name)));
        quote!(#needed .add(#wire, &self.#name, #written))
    });
    let add: Vec<TokenStream> = add.collect();
    quote! {
        impl #name {
            fn write(&self, response: #response) -> #response {
                server::Headers::of(response) #(#add)* .finish()
            }
        }
    }
}

/// A body that only one status has is an answer by itself, and nothing is where only one has none. What is no
/// model says nothing of a failure by itself.
fn conversions(
    plan: &Plan,
    operation: &OperationPlan,
    responses: &[&ResponsePlan],
    paths: &mut Paths,
) -> TokenStream {
    let name = ident(&response_name(operation));
    let mut code = TokenStream::new();
    let held: Vec<RustType> =
        responses.iter().map(|response| crate::models::unaliased(plan, &response.payload.ty())).collect();
    // A model converts as itself and as what may be null; neither must be another answer, too.
    let is_answer = |ty: &RustType| held.iter().filter(|own| *own == ty).count();
    let is_failure = |response: &ResponsePlan| matches!(response.status, Status::Code(code) if !(200..300).contains(&code));
    for (response, ty) in responses.iter().zip(&held) {
        let Status::Code(_) = response.status else { continue };
        let inner = match ty {
            RustType::Option(inner) if is_answer(inner) == 0 => Some(&**inner),
            _ => None,
        };
        let is_model = matches!(inner.unwrap_or(ty), RustType::Model(_));
        let others =
            responses.iter().zip(&held).filter(|(other, own)| *own == ty && (is_model || !is_failure(other)));
        if others.count() > 1 || (!is_model && is_failure(response)) {
            continue;
        }
        let is_more = matches!(response.payload, Payload::OneOf(..) | Payload::Stream(..));
        if is_more {
            continue;
        }
        let headers = match &response.headers {
            None => None,
            Some(headers) if headers.is_optional() => Some({
                let default = tokens(&paths.prelude("Default"));
                quote!(#default::default())
            }),
            Some(_) => continue,
        };
        let is_empty = response.payload == Payload::Empty;
        let whole = response.payload.ty();
        for (given, is_inner) in std::iter::once((&whole, false)).chain(inner.map(|inner| (inner, true))) {
            let (variant, from) = (ident(&response.variant), tokens(&paths.prelude("From")));
            let given = paths.ty(plan, given);
            let some = is_inner.then(|| tokens(&paths.prelude("Some")));
            let body = match (is_empty, some) {
                (true, _) => None,
                (false, Some(some)) => Some(quote!(#some(body))),
                (false, None) => Some(quote!(body)),
            };
            let held: Vec<TokenStream> = body.into_iter().chain(headers.clone()).collect();
            let held = (!held.is_empty()).then(|| quote!((#(#held),*)));
            let pattern = if is_empty { quote!((): ()) } else { quote!(body: #given) };
            code.extend(quote! {
                impl #from<#given> for #name {
                    fn from(#pattern) -> Self {
                        Self::#variant #held
                    }
                }
            });
        }
    }
    code
}

/// A body with what the document says of it beyond its type.
fn body_struct(
    plan: &Plan,
    operation: &OperationPlan,
    body: &BodyForm,
    paths: &mut Paths,
) -> Option<TokenStream> {
    let name = ident(&constrained_body(operation, body)?);
    let extend = crate::models::extend(&body.assertions);
    let (what, inner, is_item) = match &body.ty {
        RustType::Stream(Stream::Lines(item)) => ("An item of the body", &**item, true),
        ty => ("The body", ty, false),
    };
    let words =
        docs(&[format!("{what} of `{}`, with what the document says of it beyond its type.", operation.id)]);
    let ty = paths.ty(plan, inner);
    let conversion = is_item.then(|| {
        let from = tokens(&paths.prelude("From"));
        quote! {
            impl #from<#name> for #ty {
                fn from(item: #name) -> Self {
                    item.0
                }
            }
        }
    });
    let (serialize, json_schema) = (paths.path("serde", "Serialize"), paths.path("schemars", "JsonSchema"));
    let decoded = paths.path("spec_runtime", "Check");
    let decode = crate::models::deserialize(
        &name.to_string(),
        &quote!(#decoded::decode(deserializer).map(Self)),
        paths,
    );
    let check = crate::models::around(plan, &name.to_string(), inner, &body.assertions, paths);
    Some(quote! {
        #words
        #[derive(#serialize, #json_schema)]
        #[serde(transparent)]
        #extend
        pub struct #name(#ty);

        #decode

        #check

        #conversion
    })
}

/// What takes a request apart and hands it to the trait.
fn handler(
    plan: &Plan,
    interface: &Interface<'_>,
    operation: &OperationPlan,
    paths: &mut Paths,
) -> TokenStream {
    let trait_name = ident(interface.name);
    let name = ident(&operation.name);
    let operation_type = paths.path("spec_runtime::codegen::server", "Operation");
    let security = operation.security.iter().map(|schemes| {
        let schemes = schemes.iter().map(|used| ident(&plan.schemes[used.scheme].constant));
        quote!(&[#(#schemes),*])
    });
    let parameters: Vec<TokenStream> =
        operation.parameters.iter().map(|own| parameter(operation, own, paths)).collect();
    let content = operation.body.as_ref().map(|body| content(body, paths));
    let rejection_type = paths.path("spec_runtime::codegen::server", "Rejection");
    let rejection = match &operation.rejection {
        RejectionPlan::Detail(code) => {
            let code = tokens(&code.to_string());
            quote!(#rejection_type::Detail(#code))
        }
        RejectionPlan::Filled(code, media_type, value) => {
            let (code, text) = (tokens(&code.to_string()), value.to_string());
            quote!(#rejection_type::Filled(#code, #media_type, #text))
        }
        RejectionPlan::Problem(code) => {
            let code = tokens(&code.to_string());
            quote!(#rejection_type::Problem(#code))
        }
    };
    let mut fields = Vec::new();
    fields.extend((!operation.security.is_empty()).then(|| quote!(security: &[#(#security),*])));
    fields.extend(operation.template.as_ref().map(|template| quote!(template: Some(#template))));
    fields.extend((!parameters.is_empty()).then(|| quote!(parameters: &[#(#parameters),*])));
    fields.extend(content.map(|content| quote!(content: #content)));
    fields.push(quote!(rejection: #rejection));
    let (parameters_pattern, parameters_argument) = if operation.parameters.is_empty() {
        let none = paths.path("spec_runtime::codegen::server", "NoParameters");
        (quote!(#none {}), None)
    } else {
        (quote!(parameters), Some(quote!(, parameters)))
    };
    let BodyPattern { pattern: body_pattern, argument: body_argument, types } =
        body_pattern(operation, paths);
    let arc = paths.path("std::sync", "Arc");
    let (state, request) = (paths.path("axum::extract", "State"), paths.path("axum::extract", "Request"));
    let response = paths.path("axum::response", "Response");
    quote! {
        pub async fn #name<A: #trait_name>(#state(api): #state<#arc<A>>, request: #request) -> #response {
            const OPERATION: #operation_type = #operation_type { #(#fields,)* ..#operation_type::NEW };
            match OPERATION.receive #types (request).await {
                Ok((context, #parameters_pattern, #body_pattern)) => {
                    server::reply(api.#name(context #parameters_argument #body_argument).await)
                }
                Err(rejection) => rejection,
            }
        }
    }
}

/// How the body comes out of a request, and how it goes into the method.
struct BodyPattern {
    pattern: TokenStream,
    argument: Option<TokenStream>,
    /// What the compiler can't find out by itself.
    types: Option<TokenStream>,
}

fn body_pattern(operation: &OperationPlan, paths: &mut Paths) -> BodyPattern {
    let Some(body) = &operation.body else {
        let none = paths.path("spec_runtime::codegen::server", "NoBody");
        return BodyPattern { pattern: quote!(#none), argument: None, types: None };
    };
    let Some(form) = body.only() else {
        return BodyPattern { pattern: quote!(body), argument: Some(quote!(, body)), types: None };
    };
    let (wrapper, generic, inner) = extractor(operation, form, paths);
    if body.required {
        // An item is held against a type that appears nowhere else.
        let is_item = matches!(form.ty, RustType::Stream(_)) && !form.assertions.is_empty();
        let types = is_item.then(|| quote!(::<_, #wrapper #generic>));
        return BodyPattern { pattern: quote!(#wrapper(#inner)), argument: Some(quote!(, body)), types };
    }
    BodyPattern {
        pattern: quote!(body),
        argument: Some(quote!(, body.map(|#wrapper(#inner)| body))),
        types: Some(quote!(::<_, Option<#wrapper #generic>>)),
    }
}

/// What reads a form of a body: its name, what is generic about it, and the pattern of what it holds.
fn extractor(
    operation: &OperationPlan,
    form: &BodyForm,
    paths: &mut Paths,
) -> (TokenStream, Option<TokenStream>, TokenStream) {
    if let (RustType::Stream(Stream::Lines(_)), Some(checked)) = (&form.ty, constrained_body(operation, form))
    {
        let (wrapper, checked) =
            (paths.path("spec_runtime::codegen::server", "CheckedLines"), ident(&checked));
        return (wrapper, Some(quote!(<#checked, _>)), quote!(body, ..));
    }
    let (name, generic) = match (form.kind, &form.ty) {
        (_, RustType::Stream(Stream::Lines(_))) => ("Lines", Some(quote!(<_>))),
        (_, RustType::Stream(_)) | (MediaKind::Bytes, _) => ("Streaming", None),
        (MediaKind::Text, RustType::String) if form.assertions.is_empty() => ("Text", None),
        (MediaKind::Json | MediaKind::Form | MediaKind::Multipart | MediaKind::Text, _) => {
            ("Payload", Some(quote!(<_>)))
        }
    };
    let inner = match constrained_body(operation, form) {
        Some(name) => {
            let name = ident(&name);
            quote!(#name(body))
        }
        None => quote!(body),
    };
    (paths.path("spec_runtime::codegen::server", name), generic, inner)
}

/// How a body of several forms is read: by its media type.
fn body_reader(operation: &OperationPlan, paths: &mut Paths) -> Option<TokenStream> {
    let body = operation.body.as_ref()?;
    let name = ident(body.enumeration.as_deref()?);
    let (trait_name, raw) = (
        paths.path("spec_runtime::codegen::server", "FromBody"),
        paths.path("spec_runtime::codegen::server", "RawBody"),
    );
    let refused = paths.path("spec_runtime::codegen::server", "Refused");
    let mut first = 0;
    let mut arms = Vec::new();
    for form in &body.forms {
        let (wrapper, generic, inner) = extractor(operation, form, paths);
        let variant = ident(&form.variant);
        let indices = (first..first + form.accepted.len()).map(|index| tokens(&index.to_string()));
        let pattern = if arms.len() + 1 == body.forms.len() { quote!(_) } else { quote!(#(#indices)|*) };
        first += form.accepted.len();
        arms.push(quote! {
            #pattern => {
                let #wrapper(#inner) = <#wrapper #generic>::from_body(body).await?;
                Ok(Self::#variant(body))
            }
        });
    }
    let (result, option) = (tokens(&paths.prelude("Result")), tokens(&paths.prelude("Option")));
    Some(quote! {
        impl #trait_name for #name {
            async fn from_body(body: #option<#raw>) -> #result<Self, #refused> {
                match #raw::form(&body) { #(#arms),* }
            }
        }
    })
}

fn content(body: &BodyPlan, paths: &mut Paths) -> TokenStream {
    let (content, kind) = (
        paths.path("spec_runtime::codegen::server", "Content"),
        paths.path("spec_runtime::codegen::server", "MediaKind"),
    );
    let required = body.required;
    let media_types: Vec<TokenStream> = body
        .forms
        .iter()
        .flat_map(|form| &form.accepted)
        .map(|(name, syntax)| {
            let syntax = ident(&format!("{syntax:?}"));
            quote!((#name, #kind::#syntax))
        })
        .collect();
    let mut encodings: Vec<TokenStream> = Vec::new();
    let mut first = 0;
    for form in &body.forms {
        for (index, (_, kind)) in form.accepted.iter().enumerate() {
            let index = tokens(&(first + index).to_string());
            if matches!(kind, MediaKind::Form | MediaKind::Multipart) {
                let own = form
                    .encodings
                    .iter()
                    .filter_map(|own| encoding(own, "spec_runtime::codegen::server", paths));
                encodings.extend(own.map(|own| quote!((#index, #own))));
            }
        }
        first += form.accepted.len();
    }
    let encodings = (!encodings.is_empty()).then(|| quote!(.written(&[#(#encodings),*])));
    quote!(Some(#content::new(#required, &[#(#media_types),*]) #encodings))
}

fn parameter(operation: &OperationPlan, parameter: &ParameterPlan, paths: &mut Paths) -> TokenStream {
    let (ty, place) = (
        paths.path("spec_runtime::codegen::server", "Parameter"),
        paths.path("spec_runtime::codegen::server", "Place"),
    );
    let (wire, key) = (&parameter.wire, &parameter.name);
    let (place, default) = match parameter.place {
        ParameterIn::Path => {
            let index =
                placeholders(&operation.path).position(|name| name == parameter.wire).unwrap_or_default();
            let index = tokens(&index.to_string());
            (quote!(#place::Path(#index)), (Style::Simple, false))
        }
        ParameterIn::Query => (quote!(#place::Query), (Style::Form, true)),
        ParameterIn::Header => (quote!(#place::Header), (Style::Simple, false)),
        ParameterIn::Cookie => (quote!(#place::Cookie), (Style::Form, true)),
    };
    let styled = ((parameter.style, parameter.explode) != default).then(|| {
        let (style, explode) = (paths.path("spec_runtime::codegen::server", "Style"), parameter.explode);
        let name = ident(&format!("{:?}", parameter.style));
        quote!(.styled(#style::#name, #explode))
    });
    let json = parameter.is_json.then(|| quote!(.json()));
    let empty = parameter.allow_empty.then(|| quote!(.may_be_empty()));
    quote!(#ty::new(#place, #wire, #key) #styled #json #empty)
}
