//! Our own emitter of operations, in the style of progenitor's builders: one fragment of output, one function.

use crate::plan::{BodyPlan, Definition, OperationPlan, Outcome, ParameterPlan, Payload, Plan, Presence, ResponsePlan, RustType};
use crate::rust::{Paths, docs, ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::{MediaKind, ParameterIn, Status, Style};

/// The method of the client that begins a request.
pub(super) fn method(operation: &OperationPlan) -> TokenStream {
    let mut lines = operation.docs.clone();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(format!("Sends a `{}` request to `{}`.", operation.method, operation.path));
    let words = docs(&lines);
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    let (name, builder) = (ident(&operation.name), ident(&operation.type_name));
    quote! {
        #words
        #deprecated
        pub fn #name(&self) -> builder::#builder<'_> {
            builder::#builder::new(self)
        }
    }
}

/// The builder of a request.
pub(super) fn builder(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let name = ident(&operation.type_name);
    let head = head(operation);
    let arguments = arguments(operation);
    let types: Vec<TokenStream> = arguments.iter().map(|argument| paths.ty(plan, &argument.full_type())).collect();
    let (result, string) = (tokens(&paths.prelude("Result")), tokens(&paths.prelude("String")));
    let names: Vec<_> = arguments.iter().map(|argument| ident(&argument.name)).collect();
    let initial = arguments.iter().map(|argument| {
        let name = &argument.name;
        let missing = format!("{name} was not initialized");
        if argument.required { quote!(Err(#missing.to_string())) } else { quote!(Ok(None)) }
    });
    let setters: Vec<TokenStream> = arguments.iter().map(|argument| setter(plan, argument, paths)).collect();
    let send = send(plan, operation, paths);
    quote! {
        #head
        pub struct #name<'a> {
            client: &'a Client,
            #(#names: #result<#types, #string>,)*
        }

        impl<'a> #name<'a> {
            pub fn new(client: &'a Client) -> Self {
                Self { client, #(#names: #initial,)* }
            }

            #(#setters)*

            #send
        }
    }
}

/// Words and derives of a builder.
pub(super) fn head(operation: &OperationPlan) -> TokenStream {
    let words = docs(&[format!("Builder for [`Client::{}`].", operation.name)]);
    quote!(#words #[derive(Clone, Debug)])
}

/// What the caller names: parameters in the order of the document, then the body.
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) ty: RustType,
    pub(super) required: bool,
    pub(super) docs: Vec<String>,
    pub(super) deprecated: bool,
    pub(super) is_body: bool,
}

impl Argument {
    pub(super) fn full_type(&self) -> RustType {
        if self.required { self.ty.clone() } else { RustType::Option(Box::new(self.ty.clone())) }
    }
}

pub(super) fn arguments(operation: &OperationPlan) -> Vec<Argument> {
    let argument = |parameter: &'_ ParameterPlan| Argument {
        name: parameter.name.clone(),
        ty: parameter.ty.clone(),
        required: parameter.required,
        docs: parameter.docs.clone(),
        deprecated: parameter.deprecated,
        is_body: false,
    };
    let mut arguments: Vec<Argument> = operation.parameters.iter().map(argument).collect();
    if let Some(body) = &operation.body {
        arguments.push(Argument {
            name: body.name.clone(),
            ty: body.ty.clone(),
            required: body.required,
            docs: body.description.as_deref().unwrap_or_default().trim().lines().map(str::to_owned).collect(),
            deprecated: false,
            is_body: true,
        });
    }
    arguments
}

/// A setter. What does not convert is said when the request is sent.
pub(super) fn setter(plan: &Plan, argument: &Argument, paths: &mut Paths) -> TokenStream {
    let name = ident(&argument.name);
    let words = docs(&argument.docs);
    let deprecated = argument.deprecated.then(|| quote!(#[deprecated]));
    let (ty, text) = (paths.ty(plan, &argument.ty), paths.type_text(plan, &argument.ty));
    let try_into = tokens(&paths.prelude("TryInto"));
    let some = (!argument.required).then(|| quote!(.map(Some)));
    let failure = conversion_failure(argument, &text, paths);
    let bound = argument.is_body.then(|| {
        let display = paths.path("std::fmt", "Display");
        quote!(, V::Error: #display)
    });
    quote! {
        #words
        #deprecated
        pub fn #name<V>(mut self, value: V) -> Self
        where
            V: #try_into<#ty> #bound
        {
            self.#name = value.try_into() #some .map_err(#failure);
            self
        }
    }
}

/// What is said of a value that does not convert: of a body, what its own conversion says.
pub(super) fn conversion_failure(argument: &Argument, ty: &str, paths: &mut Paths) -> TokenStream {
    let text = format!("conversion to `{ty}` for {} failed", argument.name);
    if argument.is_body {
        paths.name("std::fmt", "Display");
        let text = format!("{text}: {{error}}");
        quote!(|error| format!(#text))
    } else {
        quote!(|_| #text.to_string())
    }
}

fn send(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let signature = signature(plan, operation, paths);
    let names: Vec<_> = arguments(operation).iter().map(|argument| ident(&argument.name)).collect();
    let error = paths.path("spec_runtime::client", "Error");
    let url = url(plan, operation, paths);
    let (form, request) = request(plan, operation, paths);
    let late = late_parameters(operation, paths);
    let tail = tail(plan, operation, paths);
    quote! {
        #signature {
            let Self { client, #(#names),* } = self;
            #(let #names = #names.map_err(#error::InvalidRequest)?;)*
            #url
            #form
            #request
            #late
            #tail
        }
    }
}

/// The head of `send`.
pub(super) fn signature(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let words = docs(&[
        format!("Sends a `{}` request to `{}`.", operation.method, operation.path),
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        "What the document declares for errors, and whatever keeps the request from being answered as declared.".to_owned(),
    ]);
    let (success, failure) = (outcome_type(plan, &operation.success, paths), outcome_type(plan, &operation.error, paths));
    let (value, error) = (paths.path("spec_runtime::client", "ResponseValue"), paths.path("spec_runtime::client", "Error"));
    let result = tokens(&paths.prelude("Result"));
    quote!(#words pub async fn send(self) -> #result<#value<#success>, #error<#failure>>)
}

fn outcome_type(plan: &Plan, outcome: &Outcome, paths: &mut Paths) -> TokenStream {
    match (&outcome.enumeration, outcome.responses.first()) {
        (Some(name), _) => tokens(name),
        (None, Some(response)) => paths.ty(plan, &response.payload.ty()),
        (None, None) => quote!(()),
    }
}

/// The URL, each parameter of the path written as its style asks.
pub(super) fn url(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let mut template = String::from("{}");
    let mut written = TokenStream::new();
    let mut seen: Vec<&str> = Vec::new();
    let mut rest = operation.path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        template.push_str(&before.replace('}', "}}"));
        rest = after;
        let parameter = operation.parameters.iter().find(|own| own.place == ParameterIn::Path && own.wire == name);
        let Some(parameter) = parameter else { continue };
        let argument = ident(&parameter.name);
        template.push_str(&format!("{{{}}}", parameter.name));
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        written.extend(match (parameter.style, &parameter.ty, parameter.is_json) {
            (Style::Simple, RustType::String, false) => {
                let (wire, segment) = (&parameter.wire, paths.path("spec_runtime::client", "segment"));
                quote!(let #argument = #segment(#wire, &#argument)?;)
            }
            (Style::Simple, ty, false) if displays(plan, ty) => {
                let (wire, segment) = (&parameter.wire, paths.path("spec_runtime::client", "segment"));
                quote!(let #argument = #segment(#wire, &#argument.to_string())?;)
            }
            (style, _, is_json) => {
                let (wire, explode, path) = (&parameter.wire, parameter.explode, paths.path("spec_runtime::client", "path"));
                let (style, value) = (self::style(style, paths), value(parameter, is_json, paths));
                quote!(let #argument = #path(#wire, &#value, #style, #explode)?;)
            }
        });
    }
    template.push_str(&rest.replace('{', "{{").replace('}', "}}"));
    quote!(#written let url = format!(#template, client.baseurl);)
}

/// Whether `Display` writes what the wire has.
fn displays(plan: &Plan, ty: &RustType) -> bool {
    match ty {
        RustType::Bool | RustType::I32 | RustType::I64 | RustType::U64 | RustType::F64 => true,
        RustType::String | RustType::Date | RustType::Uuid | RustType::Ipv4 | RustType::Ipv6 => true,
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Enum(_) => true,
            Definition::Alias(target) => displays(plan, target),
            _ => false,
        },
        _ => false,
    }
}

fn style(style: Style, paths: &mut Paths) -> TokenStream {
    let name = paths.path("spec_runtime::client", "Style");
    match style {
        Style::Simple => quote!(#name::Simple),
        Style::Label => quote!(#name::Label),
        Style::Matrix => quote!(#name::Matrix),
        Style::Form => quote!(#name::Form),
        Style::SpaceDelimited => quote!(#name::SpaceDelimited),
        Style::PipeDelimited => quote!(#name::PipeDelimited),
        Style::DeepObject => quote!(#name::DeepObject),
    }
}

fn value(parameter: &ParameterPlan, is_json: bool, paths: &mut Paths) -> TokenStream {
    let argument = ident(&parameter.name);
    if !is_json {
        return quote!(#argument);
    }
    let (wire, as_json) = (&parameter.wire, paths.path("spec_runtime::client", "as_json"));
    quote!(#as_json(#wire, &#argument)?)
}

/// The request, up to what can only be added once it is built.
fn request(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> (TokenStream, TokenStream) {
    let method = ident(operation.method.key());
    let call = match operation.method.key() {
        "options" | "trace" => {
            let constant = ident(&operation.method.to_string());
            quote!(request(reqwest::Method::#constant, url))
        }
        _ => quote!(#method(url)),
    };
    let accept = accept(operation).map(|accept| {
        let (name, value) = (paths.path("reqwest::header", "ACCEPT"), paths.path("reqwest::header", "HeaderValue"));
        quote!(.header(#name, #value::from_static(#accept)))
    });
    let queries: Vec<TokenStream> =
        operation.parameters.iter().filter(|own| own.place == ParameterIn::Query).map(|own| query(plan, own, paths)).collect();
    let Some(body) = &operation.body else {
        return (TokenStream::new(), quote!(let mut request = client.client.#call #accept #(#queries)* .build()?;));
    };
    let name = ident(&body.name);
    let (form, written) = write_body(plan, body, paths);
    if body.required {
        return (form, quote!(let mut request = client.client.#call #accept #written #(#queries)* .build()?;));
    }
    let request = quote! {
        let mut request = client.client.#call #accept #(#queries)*;
        if let Some(#name) = #name {
            #form
            request = request #written;
        }
        let mut request = request.build()?;
    };
    (TokenStream::new(), request)
}

fn query(plan: &Plan, parameter: &ParameterPlan, paths: &mut Paths) -> TokenStream {
    let (wire, argument) = (&parameter.wire, ident(&parameter.name));
    let plain = match &parameter.ty {
        RustType::Vec(item) => parameter.explode && is_scalar(plan, item),
        ty => is_scalar(plan, ty),
    };
    if parameter.style == Style::Form && !parameter.is_json && plain {
        let query = paths.path("spec_runtime::client", "QueryParam");
        return quote!(.query(&#query::new(#wire, &#argument)));
    }
    let (style, explode) = (self::style(parameter.style, paths), parameter.explode);
    let (value, query) = (value(parameter, parameter.is_json, paths), paths.path("spec_runtime::client", "query"));
    quote!(.query(&#query(#wire, &#value, #style, #explode)?))
}

/// Whether a value is one text.
fn is_scalar(plan: &Plan, ty: &RustType) -> bool {
    match ty {
        RustType::Model(id) => matches!(plan.type_plan(*id).definition, Definition::Enum(_)),
        RustType::Vec(_) | RustType::Map(_) | RustType::Json | RustType::Option(_) => false,
        _ => true,
    }
}

/// What a client says it takes: the media types of all answers.
fn accept(operation: &OperationPlan) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for response in operation.success.responses.iter().chain(&operation.error.responses) {
        let name = match &response.payload {
            Payload::Empty => continue,
            Payload::Json(_, name) | Payload::Text(name) | Payload::Bytes(name) => name.as_str(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// How a body is put into a request: what comes before, and the call.
fn write_body(plan: &Plan, body: &BodyPlan, paths: &mut Paths) -> (TokenStream, TokenStream) {
    let (name, media_type) = (ident(&body.name), &body.media_type);
    let mut typed = |call: TokenStream| {
        let (content_type, value) = (paths.path("reqwest::header", "CONTENT_TYPE"), paths.path("reqwest::header", "HeaderValue"));
        quote!(.header(#content_type, #value::from_static(#media_type)) #call)
    };
    match body.kind {
        MediaKind::Json if media_type == "application/json" => (TokenStream::new(), quote!(.json(&#name))),
        MediaKind::Json => (TokenStream::new(), typed(quote!(.json(&#name)))),
        MediaKind::Form => {
            let urlencoded = paths.path("spec_runtime::client", "urlencoded");
            (TokenStream::new(), quote!(.form(&#urlencoded(&#name)?)))
        }
        MediaKind::Multipart => (multipart(plan, body, paths), quote!(.multipart(form))),
        MediaKind::Text | MediaKind::Bytes => (TokenStream::new(), typed(quote!(.body(#name)))),
    }
}

fn multipart(plan: &Plan, body: &BodyPlan, paths: &mut Paths) -> TokenStream {
    let (name, form) = (ident(&body.name), paths.path("spec_runtime::client", "Form"));
    let fields = match &body.ty {
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Struct(body) => body.fields.as_slice(),
            _ => &[],
        },
        _ => &[],
    };
    let parts = fields.iter().map(|field| {
        let (field_name, wire) = (ident(&field.name), &field.wire);
        let nullable = matches!(field.presence, Presence::RequiredNullable);
        if is_part(&field.ty) && !nullable {
            quote!(.part(#wire, #name.#field_name)?)
        } else {
            quote!(.json(#wire, &#name.#field_name)?)
        }
    });
    quote!(let form = #form::new() #(#parts)* .finish();)
}

/// Whether a value is a file, a text, or a list of these: not copied on its way.
fn is_part(ty: &RustType) -> bool {
    match ty {
        RustType::File | RustType::String => true,
        RustType::Vec(inner) => is_part(inner),
        _ => false,
    }
}

/// Headers and cookies are added to the request once it is built.
fn late_parameters(operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let mut code = TokenStream::new();
    for parameter in &operation.parameters {
        let function = match parameter.place {
            ParameterIn::Header => paths.path("spec_runtime::client", "header"),
            ParameterIn::Cookie => paths.path("spec_runtime::client", "cookie"),
            ParameterIn::Path | ParameterIn::Query => continue,
        };
        let (wire, explode) = (&parameter.wire, parameter.explode);
        let value = value(parameter, parameter.is_json, paths);
        code.extend(quote!(#function(&mut request, #wire, &#value, #explode)?;));
    }
    code
}

/// The end of `send`: credentials, hooks, and the answer by its status.
pub(super) fn tail(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let id = &operation.id;
    let info = paths.path("spec_runtime::client", "OperationInfo");
    let authorize = (!operation.security.is_empty()).then(|| {
        let alternatives = operation.security.iter().map(|schemes| {
            let schemes = schemes.iter().map(|index| ident(&plan.schemes[*index].constant));
            quote!(&[#(#schemes),*])
        });
        quote!(client.credentials.authorize(&mut request, &[#(#alternatives),*])?;)
    });
    let arms = arms(operation, paths);
    quote! {
        #authorize
        let info = #info { operation_id: #id };
        client.pre(&mut request, &info).await?;
        let result = client.exec(request, &info).await;
        client.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() { #arms }
    }
}

fn arms(operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let error = paths.path("spec_runtime::client", "Error");
    let mut code = TokenStream::new();
    let mut rest = None;
    for (outcome, is_error) in [(&operation.success, false), (&operation.error, true)] {
        for group in groups(outcome) {
            let response = group[0];
            let read = read(response, paths);
            let value = match (&outcome.enumeration, is_error) {
                (None, false) => read,
                (None, true) => quote!(Err(#error::ErrorResponse(#read?))),
                (Some(enumeration), _) => {
                    let wrapped = wrapped(enumeration, response, &read, paths);
                    if is_error { quote!(Err(#error::ErrorResponse(#wrapped))) } else { quote!(Ok(#wrapped)) }
                }
            };
            if group.iter().any(|response| response.status == Status::Default) {
                rest = Some(value);
                continue;
            }
            let patterns = group.iter().map(|response| match response.status {
                Status::Range(hundreds) => {
                    let (first, last) = (tokens(&format!("{hundreds}00")), tokens(&format!("{hundreds}99")));
                    quote!(#first..=#last)
                }
                Status::Code(code) => tokens(&code.to_string()),
                Status::Default => quote!(_),
            });
            code.extend(quote!(#(#patterns)|* => #value,));
        }
    }
    let rest = rest.unwrap_or_else(|| quote!(Err(#error::unexpected(response).await)));
    quote!(#code _ => #rest,)
}

/// Answers that are read alike stand in one arm, unless an enumeration tells them apart.
fn groups(outcome: &Outcome) -> Vec<Vec<&ResponsePlan>> {
    let mut groups: Vec<Vec<&ResponsePlan>> = Vec::new();
    for response in &outcome.responses {
        let alike = |group: &&mut Vec<&ResponsePlan>| {
            outcome.enumeration.is_none() && group[0].payload == response.payload && response.status != Status::Default
        };
        match groups.last_mut().filter(alike) {
            Some(group) => group.push(response),
            None => groups.push(vec![response]),
        }
    }
    groups
}

fn read(response: &ResponsePlan, paths: &mut Paths) -> TokenStream {
    let name = match response.payload {
        Payload::Empty => "empty",
        Payload::Json(..) => "json",
        Payload::Text(_) => "text",
        Payload::Bytes(_) => "bytes",
    };
    let function = paths.path("spec_runtime::client", name);
    quote!(#function(response).await)
}

/// An answer as the variant of its status.
fn wrapped(enumeration: &str, response: &ResponsePlan, read: &TokenStream, paths: &mut Paths) -> TokenStream {
    let (enumeration, variant) = (ident(enumeration), ident(&response.variant));
    let wrap = paths.path("spec_runtime::client", "wrap");
    match response.payload {
        Payload::Empty => quote!(#wrap(#read?, |()| #enumeration::#variant)),
        _ => quote!(#wrap(#read?, #enumeration::#variant)),
    }
}

/// Enumerations by status, for operations with several bodies.
pub(super) fn enumerations(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let mut code = TokenStream::new();
    for (outcome, what) in [(&operation.success, "is answered with"), (&operation.error, "is refused with")] {
        let Some(name) = &outcome.enumeration else { continue };
        let words = docs(&[format!("What `{}` {what}, by status.", operation.id)]);
        let variants: Vec<TokenStream> = outcome
            .responses
            .iter()
            .map(|response| {
                let words = docs(&response_words(response));
                let name = ident(&response.variant);
                let payload = match &response.payload {
                    Payload::Empty => None,
                    payload => {
                        let ty = paths.ty(plan, &payload.ty());
                        Some(quote!((#ty)))
                    }
                };
                quote!(#words #name #payload)
            })
            .collect();
        let name = ident(name);
        code.extend(quote!(#words #[derive(Clone, Debug, PartialEq)] pub enum #name { #(#variants),* }));
    }
    code
}

/// The status of a response and what the document says of it.
pub(crate) fn response_words(response: &ResponsePlan) -> Vec<String> {
    let status = match response.status {
        Status::Default => "Any other status".to_owned(),
        status => status.to_string(),
    };
    let mut lines: Vec<String> = response.description.as_deref().unwrap_or_default().trim().lines().map(str::to_owned).collect();
    match lines.first_mut() {
        Some(first) => *first = format!("{status}: {first}"),
        None => lines.push(format!("{status}.")),
    }
    lines
}
