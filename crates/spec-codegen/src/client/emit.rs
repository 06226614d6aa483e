//! Our own emitter of operations, in the style of progenitor's builders: one fragment of output, one
//! function.

use crate::plan::{
    BodyForm, BodyPlan, Definition, EncodingPlan, HeaderField, HeadersPlan, OperationPlan, Outcome,
    ParameterPlan, Payload, Plan, ResponsePlan, RustType, SchemeUse, Stream, lines,
};
use crate::rust::{Paths, docs, ident, linking, tokens};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use spec_api::{MediaKind, ParameterIn, Status, Style};
use spec_http::media_type::charset;
use spec_http::template::{Template, placeholder};

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
    let types: Vec<TokenStream> =
        arguments.iter().map(|argument| paths.ty(plan, &argument.full_type())).collect();
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
    let words = linking(&format!("Builder for [`Client::{}`].", operation.name));
    // Streams can only be sent once.
    let streams = operation.body.as_ref().is_some_and(BodyPlan::streams);
    let derived = if streams { quote!(#[derive(Debug)]) } else { quote!(#[derive(Clone, Debug)]) };
    quote!(#words #derived)
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
            ty: body.ty(),
            required: body.required,
            docs: lines(body.description.as_deref().unwrap_or_default()),
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
    let request = request(plan, operation, paths);
    let late = late_parameters(plan, operation, paths);
    let tail = tail(plan, operation, paths);
    quote! {
        #signature {
            let Self { client, #(#names),* } = self;
            #(let #names = #names.map_err(#error::InvalidRequest)?;)*
            #url
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
    let (success, failure) =
        (outcome_type(plan, &operation.success, paths), outcome_type(plan, &operation.error, paths));
    let (value, error) =
        (paths.path("spec_runtime::client", "ResponseValue"), paths.path("spec_runtime::client", "Error"));
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
    let shape = Template::new(&operation.path);
    let mut rest = operation.path.as_str();
    while let Some((before, name, after)) = placeholder(rest) {
        template.push_str(&before.replace('}', "}}"));
        rest = after;
        let parameter =
            operation.parameters.iter().find(|own| own.place == ParameterIn::Path && own.wire == name);
        let Some(parameter) = parameter else { continue };
        let argument = ident(&parameter.name);
        template.push_str(&format!("{{{}}}", parameter.name));
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        // Of a path that ends in a query, what follows the `?` is written as values of a query are.
        let function = if template.contains('?') { "query_value" } else { "segment" };
        let separators = match parameter.style {
            Style::Simple => shape.separators(name),
            _ => None,
        };
        written.extend(match (parameter.style, &parameter.ty, parameter.is_json) {
            (Style::Simple, RustType::String, false) => {
                let (wire, segment) =
                    (&parameter.wire, paths.path("spec_runtime::codegen::client", function));
                quote!(let #argument = #segment(#wire, &#argument)?;)
            }
            (Style::Simple, ty, false) if displays(plan, ty) => {
                let (wire, segment) =
                    (&parameter.wire, paths.path("spec_runtime::codegen::client", function));
                quote!(let #argument = #segment(#wire, &#argument.to_string())?;)
            }
            (style, ..) => {
                let (wire, explode, path) =
                    (&parameter.wire, parameter.explode, paths.path("spec_runtime::codegen::client", "path"));
                let (style, value) = (
                    self::style(style, "spec_runtime::codegen::client", paths),
                    value(plan, parameter, paths),
                );
                quote!(let #argument = #path(#wire, #value, #style, #explode)?;)
            }
        });
        written.extend(separators.map(|separators| {
            let apart = paths.path("spec_runtime::codegen::client", "apart");
            quote!(let #argument = #apart(&#argument, #separators);)
        }));
    }
    template.push_str(&rest.replace('{', "{{").replace('}', "}}"));
    let base = match &operation.base_url {
        Some(url) => quote!(client.base_url_or(#url)),
        None => quote!(client.baseurl),
    };
    quote!(#written let url = format!(#template, #base);)
}

/// Whether `Display` writes what the wire has.
fn displays(plan: &Plan, ty: &RustType) -> bool {
    match ty {
        RustType::Bool | RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 | RustType::F64 => {
            true
        }
        RustType::String | RustType::Date | RustType::Uuid | RustType::Ipv4 | RustType::Ipv6 => true,
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Enum(_) => true,
            Definition::Alias(target) => displays(plan, target),
            _ => false,
        },
        _ => false,
    }
}

fn style(style: Style, module: &str, paths: &mut Paths) -> TokenStream {
    let name = paths.path(module, "Style");
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

/// What is written of a parameter, by reference.
fn value(plan: &Plan, parameter: &ParameterPlan, paths: &mut Paths) -> TokenStream {
    let (argument, wire) = (ident(&parameter.name), &parameter.wire);
    if parameter.is_json {
        let as_json = paths.path("spec_runtime::codegen::client", "as_json");
        return match parameter.required {
            true => quote!(&#as_json(#wire, Some(&#argument))?),
            false => quote!(&#as_json(#wire, #argument.as_ref())?),
        };
    }
    let may_be_nothing = match parameter.place {
        ParameterIn::Query | ParameterIn::Cookie => !is_scalar(plan, &parameter.ty),
        // A list without items is a header without text.
        ParameterIn::Header => matches!(parameter.ty, RustType::Option(_) | RustType::Json),
        ParameterIn::Path => false,
    };
    if parameter.required && may_be_nothing {
        let needed = paths.path("spec_runtime::codegen::client", "needed");
        return quote!(#needed(#wire, &#argument)?);
    }
    quote!(&#argument)
}

/// The request, up to what can only be added once it is built.
fn request(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let method = ident(operation.method.key());
    let call = match operation.method.key() {
        "options" | "trace" => {
            let constant = ident(&operation.method.to_string());
            quote!(request(reqwest::Method::#constant, url))
        }
        _ => quote!(#method(url)),
    };
    let accept = accept(operation).map(|accept| {
        let (name, value) =
            (paths.path("reqwest::header", "ACCEPT"), paths.path("reqwest::header", "HeaderValue"));
        quote!(.header(#name, #value::from_static(#accept)))
    });
    let queries: Vec<TokenStream> = operation
        .parameters
        .iter()
        .filter(|own| own.place == ParameterIn::Query)
        .map(|own| query(plan, own, paths))
        .collect();
    let Some(body) = &operation.body else {
        return quote!(let mut request = client.client.#call #accept #(#queries)* .build()?;);
    };
    let name = ident(&body.name);
    if let (Some(only), true) = (body.only(), body.required) {
        let written = write_body(&name, only, &body.forms, paths);
        return quote!(let mut request = client.client.#call #accept #written #(#queries)* .build()?;);
    }
    let write = match body.only() {
        Some(only) => {
            let written = write_body(&name, only, &body.forms, paths);
            quote!(request = request #written;)
        }
        None => {
            let enumeration = ident(body.enumeration.as_deref().unwrap_or_default());
            let arms = body.forms.iter().map(|own| {
                let (variant, written) = (ident(&own.variant), write_body(&name, own, &body.forms, paths));
                quote!(#enumeration::#variant(#name) => request #written,)
            });
            quote!(request = match #name { #(#arms)* };)
        }
    };
    let write = if body.required { write } else { quote!(if let Some(#name) = #name { #write }) };
    quote! {
        let mut request = client.client.#call #accept #(#queries)*;
        #write
        let mut request = request.build()?;
    }
}

fn query(plan: &Plan, parameter: &ParameterPlan, paths: &mut Paths) -> TokenStream {
    let (wire, argument) = (&parameter.wire, ident(&parameter.name));
    let plain = match &parameter.ty {
        RustType::Vec(item) => !parameter.required && parameter.explode && is_scalar(plan, item),
        ty => is_scalar(plan, ty),
    };
    if parameter.style == Style::Form && !parameter.is_json && !parameter.allow_reserved && plain {
        let query = paths.path("spec_runtime::codegen::client", "QueryParam");
        return quote!(.query(&#query::new(#wire, &#argument)));
    }
    if parameter.allow_reserved || is_joined(parameter) {
        return TokenStream::new();
    }
    let (style, explode) =
        (self::style(parameter.style, "spec_runtime::codegen::client", paths), parameter.explode);
    let (value, query) =
        (value(plan, parameter, paths), paths.path("spec_runtime::codegen::client", "query"));
    quote!(.query(&#query(#wire, #value, #style, #explode)?))
}

/// Whether a value is one text.
fn is_scalar(plan: &Plan, ty: &RustType) -> bool {
    match ty {
        RustType::Model(id) => matches!(plan.type_plan(*id).definition, Definition::Enum(_)),
        RustType::Vec(_) | RustType::Tuple(_) | RustType::Map(_) | RustType::Json | RustType::Option(_) => {
            false
        }
        _ => true,
    }
}

/// What a client says it takes: the media types of all answers; where a range can only be JSON, that before
/// the range.
fn accept(operation: &OperationPlan) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for response in operation.success.responses.iter().chain(&operation.error.responses) {
        let is_range = |own: &Payload| matches!(own, Payload::Json(_, name) if is_any(name));
        let json = response.payload.forms().into_iter().any(is_range).then_some("application/json");
        for name in json.into_iter().chain(response.payload.media_types()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// Whether a media type is a range in which plain JSON is, too.
fn is_any(media_type: &str) -> bool {
    matches!(media_type, "*/*" | "application/*")
}

/// The call that puts one of the forms of a body into a request.
fn write_body(name: &Ident, form: &BodyForm, forms: &[BodyForm], paths: &mut Paths) -> TokenStream {
    // Of a range the caller says which media type it is; some servers need one all the same.
    let media_type = match form.media_type.as_str() {
        range if is_any(range) => Some("application/octet-stream"),
        range if range.contains('*') => None,
        media_type => Some(media_type),
    };
    let typed = |call: TokenStream, paths: &mut Paths| {
        let Some(media_type) = media_type else { return call };
        let (content_type, value) =
            (paths.path("reqwest::header", "CONTENT_TYPE"), paths.path("reqwest::header", "HeaderValue"));
        quote!(.header(#content_type, #value::from_static(#media_type)) #call)
    };
    let is_lines = matches!(form.ty, RustType::Stream(Stream::Lines(_)));
    let framing = is_lines.then(|| paths.path("spec_runtime::stream", "Framing"));
    if let Some(framing) = framing {
        let media_type = &form.media_type;
        return typed(quote!(.body(#name.into_bytes(#framing::of(#media_type)))), paths);
    }
    // JSON without a name of its own goes as plain JSON, unless that is another form.
    let plain = "application/json";
    let is_plain = form.media_type == plain
        || (is_any(&form.media_type) && forms.iter().all(|own| own.media_type != plain));
    match form.kind {
        MediaKind::Json if is_plain => quote!(.json(&#name)),
        MediaKind::Json => typed(quote!(.json(&#name)), paths),
        MediaKind::Form | MediaKind::Multipart => {
            let (write, call) = if form.kind == MediaKind::Form {
                ("urlencoded", "form")
            } else {
                ("multipart", "multipart")
            };
            let (write, call) = (paths.path("spec_runtime::codegen::client", write), ident(call));
            let encodings: Vec<_> = form
                .encodings
                .iter()
                .filter_map(|own| encoding(own, "spec_runtime::codegen::client", paths))
                .collect();
            let by = (form.kind == MediaKind::Form).then(|| quote!(&));
            quote!(.#call(#by #write(&#name, &[#(#encodings),*])?))
        }
        MediaKind::Text => {
            let mut body = quote!(#name);
            if form.ty != RustType::String {
                let text_of = paths.path("spec_runtime::codegen::client", "text_of");
                body = quote!(#text_of(&#body)?);
            }
            if charset(&form.media_type).is_some_and(|charset| !charset.eq_ignore_ascii_case("utf-8")) {
                let (encoded, media_type) =
                    (paths.path("spec_runtime::codegen::client", "encoded"), &form.media_type);
                body = quote!(#encoded(#media_type, #body)?);
            }
            typed(quote!(.body(#body)), paths)
        }
        MediaKind::Bytes => typed(quote!(.body(#name)), paths),
    }
}

/// How a property of a form is written; none where that goes without saying.
pub(crate) fn encoding(encoding: &EncodingPlan, module: &str, paths: &mut Paths) -> Option<TokenStream> {
    let (wire, name) = (&encoding.wire, paths.path(module, "Encoding"));
    if let Some((own, explode)) = encoding.style {
        let style = style(own, module, paths);
        return Some(quote!(#name::styled(#wire, #style, #explode)));
    }
    let content_type = encoding.content_type.as_deref()?;
    let is_json = MediaKind::of(content_type) == MediaKind::Json;
    Some(if is_json {
        quote!(#name::json(#wire, #content_type))
    } else {
        quote!(#name::typed(#wire, #content_type))
    })
}

/// Whether the items of a query parameter, if it is a list or an object, stand in one text with commas
/// between them.
fn is_joined(parameter: &ParameterPlan) -> bool {
    let is_query = parameter.place == ParameterIn::Query && parameter.style == Style::Form;
    is_query && !parameter.explode && !parameter.is_json && !parameter.allow_reserved
}

/// Headers, cookies, and queries with characters that are not encoded are added to the request once it is
/// built.
fn late_parameters(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let mut code = TokenStream::new();
    for parameter in &operation.parameters {
        if parameter.place == ParameterIn::Query && parameter.allow_reserved {
            let (wire, explode, style) = (
                &parameter.wire,
                parameter.explode,
                style(parameter.style, "spec_runtime::codegen::client", paths),
            );
            let (value, function) = (
                value(plan, parameter, paths),
                paths.path("spec_runtime::codegen::client", "reserved_query"),
            );
            code.extend(quote!(#function(&mut request, #wire, #value, #style, #explode)?;));
        }
        let is_late = is_joined(parameter) && !is_scalar(plan, &parameter.ty);
        if is_late {
            let (wire, value, function) = (
                &parameter.wire,
                value(plan, parameter, paths),
                paths.path("spec_runtime::codegen::client", "joined_query"),
            );
            code.extend(quote!(#function(&mut request, #wire, #value)?;));
        }
        let function = match parameter.place {
            ParameterIn::Header => paths.path("spec_runtime::codegen::client", "header"),
            ParameterIn::Cookie => paths.path("spec_runtime::codegen::client", "cookie"),
            ParameterIn::Path | ParameterIn::Query => continue,
        };
        let (wire, explode) = (&parameter.wire, parameter.explode);
        let value = value(plan, parameter, paths);
        code.extend(quote!(#function(&mut request, #wire, #value, #explode)?;));
    }
    code
}

/// The end of `send`: credentials, hooks, and the answer by its status.
pub(super) fn tail(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let id = &operation.id;
    let info = paths.path("spec_runtime::client", "OperationInfo");
    let fetches = |used: &SchemeUse| plan.schemes[used.scheme].token_urls().is_some();
    let alternatives = operation.security.iter().map(|schemes| {
        let schemes = schemes.iter().map(|used| {
            let (constant, scopes) = (ident(&plan.schemes[used.scheme].constant), &used.scopes);
            if fetches(used) && !scopes.is_empty() {
                quote!(#constant.scoped(&[#(#scopes),*]))
            } else {
                quote!(#constant)
            }
        });
        quote!(&[#(#schemes),*])
    });
    let following = paths.path("spec_runtime::codegen::client", "following");
    let declared = operation.redirections().into_iter().map(|code| tokens(&code.to_string()));
    let mut exec = quote!(#following(request, &[#(#declared),*], |request| client.exec(request, &info)));
    let authorize = (!operation.security.is_empty()).then(|| {
        if !operation.security.iter().flatten().any(fetches) {
            return quote!(client.credentials.authorize(&mut request, &[#(#alternatives),*])?;);
        }
        exec = quote!(authorized.send(request, |request| #exec));
        quote! {
            let authorized = client
                .credentials
                .authorize_fetching(&client.client, &client.baseurl, &mut request, &[#(#alternatives),*])
                .await?;
        }
    });
    let arms = arms(operation, paths);
    quote! {
        #authorize
        let info = #info { operation_id: #id };
        client.pre(&mut request, &info).await?;
        let result = #exec.await;
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
            outcome.enumeration.is_none()
                && group[0].payload == response.payload
                && response.status != Status::Default
        };
        match groups.last_mut().filter(alike) {
            Some(group) => group.push(response),
            None => groups.push(vec![response]),
        }
    }
    groups
}

fn read(response: &ResponsePlan, paths: &mut Paths) -> TokenStream {
    read_payload(&response.payload, &response.media_types, paths)
}

/// An answer's body, as an expression of `Result<ResponseValue<…>, Error<…>>`.
fn read_payload(payload: &Payload, declared: &[String], paths: &mut Paths) -> TokenStream {
    let function = match payload {
        Payload::Empty => "empty",
        Payload::Json(..) => "json",
        Payload::Text(..) => "text",
        Payload::Bytes(_) => "bytes",
        Payload::Stream(Stream::Bytes, _) => "byte_stream",
        Payload::Stream(Stream::Texts, _) => "event_texts",
        Payload::Stream(Stream::Events(_), _) => "events",
        Payload::Stream(Stream::Lines(_), _) => "json_lines",
        Payload::OneOf(enumeration, variants) => {
            let wrap = paths.path("spec_runtime::codegen::client", "wrap");
            let enumeration = ident(enumeration);
            let names = payload.media_types();
            let mut reads = variants.iter().map(|(variant, payload)| {
                let (variant, read) = (ident(variant), read_payload(payload, declared, paths));
                quote!(#read.map(|response| #wrap(response, #enumeration::#variant)))
            });
            let first = reads.next();
            let others = reads.enumerate().map(|(index, read)| {
                let index = tokens(&(index + 1).to_string());
                quote!(#index => #read,)
            });
            // By its whole path: a body that is being written has this name.
            let form = quote!(spec_runtime::codegen::client::form);
            return quote!(match #form(&response, &[#(#names),*]) { #(#others)* _ => #first });
        }
    };
    let function = paths.path("spec_runtime::codegen::client", function);
    if matches!(payload, Payload::Empty | Payload::Json(..)) {
        return quote!(#function(response).await);
    }
    quote!(#function(response, &[#(#declared),*]).await)
}

/// An answer as the variant of its status.
fn wrapped(enumeration: &str, response: &ResponsePlan, read: &TokenStream, paths: &mut Paths) -> TokenStream {
    let (enumeration, variant) = (ident(enumeration), ident(&response.variant));
    let wrap = paths.path("spec_runtime::codegen::client", "wrap");
    match response.payload {
        Payload::Empty => quote!(#wrap(#read?, |()| #enumeration::#variant)),
        Payload::OneOf(..) => quote!(#wrap((#read)?, #enumeration::#variant)),
        _ => quote!(#wrap(#read?, #enumeration::#variant)),
    }
}

/// Types of bodies that have several forms, and of headers: those that stand beside the builder of an
/// operation.
pub(super) fn types(plan: &Plan, operation: &OperationPlan, paths: &mut Paths) -> TokenStream {
    let mut code = body_enumeration(plan, operation, paths).unwrap_or_default();
    for response in operation.responses() {
        code.extend(payload_enumeration(plan, operation, response, paths));
        if let Some(headers) = &response.headers {
            code.extend(header_struct(plan, operation, response, headers, paths));
            code.extend(header_reader(headers, paths));
        }
    }
    code
}

/// The forms of a request body.
pub(crate) fn body_enumeration(
    plan: &Plan,
    operation: &OperationPlan,
    paths: &mut Paths,
) -> Option<TokenStream> {
    let body = operation.body.as_ref()?;
    let name = ident(body.enumeration.as_deref()?);
    let words = docs(&[format!("The body of `{}`, by its media type.", operation.id)]);
    let variants = body.forms.iter().map(|form| {
        let words: Vec<String> = form.accepted.iter().map(|(name, _)| format!("`{name}`")).collect();
        let words = docs(&[format!("{}.", words.join(", "))]);
        let (variant, ty) = (ident(&form.variant), paths.ty(plan, &form.ty));
        quote!(#words #variant(#ty))
    });
    let variants: Vec<TokenStream> = variants.collect();
    let conversions = body.forms.iter().filter_map(|form| {
        let is_only = body.forms.iter().filter(|other| other.ty == form.ty).count() == 1;
        let is_model = matches!(form.ty, RustType::Model(_)) && !crate::models::is_alias(plan, &form.ty);
        (is_only && is_model).then(|| {
            let (variant, ty) = (ident(&form.variant), paths.ty(plan, &form.ty));
            quote!(impl From<#ty> for #name { fn from(body: #ty) -> Self { Self::#variant(body) } })
        })
    });
    let conversions: TokenStream = conversions.collect();
    let derived = derived(body.streams());
    Some(quote! {
        #words
        #derived
        pub enum #name { #(#variants),* }

        #conversions
    })
}

/// The forms of an answer's body.
pub(crate) fn payload_enumeration(
    plan: &Plan,
    operation: &OperationPlan,
    response: &ResponsePlan,
    paths: &mut Paths,
) -> Option<TokenStream> {
    let Payload::OneOf(name, variants) = &response.payload else { return None };
    let words = docs(&[format!("The body of an answer of `{}`, by its media type.", operation.id)]);
    let variants = variants.iter().map(|(variant, payload)| {
        let words: Vec<String> = payload.media_types().iter().map(|name| format!("`{name}`")).collect();
        let words = docs(&[format!("{}.", words.join(", "))]);
        let (variant, ty) = (ident(variant), paths.ty(plan, &payload.ty()));
        quote!(#words #variant(#ty))
    });
    let (name, variants) = (ident(name), variants.collect::<Vec<_>>());
    let derived = derived(response.payload.streams());
    Some(quote!(#words #derived pub enum #name { #(#variants),* }))
}

/// What bodies can do. Streams can only be read, once.
pub(crate) fn derived(streams: bool) -> TokenStream {
    if streams { quote!(#[derive(Debug)]) } else { quote!(#[derive(Clone, Debug, PartialEq)]) }
}

/// The headers of an answer.
pub(crate) fn header_struct(
    plan: &Plan,
    operation: &OperationPlan,
    response: &ResponsePlan,
    headers: &HeadersPlan,
    paths: &mut Paths,
) -> TokenStream {
    let words = docs(&[format!("The headers with which `{}` answers: {}.", operation.id, response.status)]);
    let name = ident(&headers.name);
    let fields = headers.fields.iter().map(|field| {
        let words = docs(&field.docs);
        let (name, ty) = (ident(&field.name), paths.ty(plan, &field.full_type()));
        quote!(#words pub #name: #ty)
    });
    let fields: Vec<TokenStream> = fields.collect();
    let default = headers.is_optional().then(|| {
        let default = tokens(&paths.prelude("Default"));
        quote!(#default,)
    });
    quote!(#words #[derive(Clone, Debug, #default PartialEq)] pub struct #name { #(#fields),* })
}

/// How the headers of an answer are read.
fn header_reader(headers: &HeadersPlan, paths: &mut Paths) -> TokenStream {
    let name = ident(&headers.name);
    let (map, error) =
        (paths.path("reqwest::header", "HeaderMap"), paths.path("spec_runtime", "DecodeError"));
    let fields = headers.fields.iter().map(|field| {
        let (name, wire) = (ident(&field.name), &field.wire);
        let written = written(field, paths);
        if field.assertions.is_empty() {
            let read = paths.path("spec_runtime::codegen::client", "read_header");
            return quote!(#name: #read(headers, #wire, #written)?);
        }
        let (read, more) = (
            paths.path("spec_runtime::codegen::client", "read_header_as"),
            serde_json::Value::from(field.assertions.clone()).to_string(),
        );
        quote!(#name: #read(headers, #wire, #written, #more)?)
    });
    let fields: Vec<TokenStream> = fields.collect();
    let (try_from, result) = (tokens(&paths.prelude("TryFrom")), tokens(&paths.prelude("Result")));
    quote! {
        impl #try_from<&#map> for #name {
            type Error = #error;

            fn try_from(headers: &#map) -> #result<Self, #error> {
                Ok(Self { #(#fields),* })
            }
        }
    }
}

/// How the text of a header is written.
pub(crate) fn written(field: &HeaderField, paths: &mut Paths) -> TokenStream {
    let name = paths.path("spec_runtime::codegen", "HeaderText");
    match (field.is_json, field.explode) {
        (true, _) if field.required => quote!(#name::RequiredJson),
        (true, _) => quote!(#name::Json),
        (false, true) => quote!(#name::Exploded),
        (false, false) => quote!(#name::Simple),
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
        let derived = derived(outcome.responses.iter().any(|response| response.payload.streams()));
        code.extend(quote!(#words #derived pub enum #name { #(#variants),* }));
    }
    code
}

/// The status of a response and what the document says of it.
pub(crate) fn response_words(response: &ResponsePlan) -> Vec<String> {
    let status = match response.status {
        Status::Default => "Any other status".to_owned(),
        status => status.to_string(),
    };
    let said = response.description.as_deref().unwrap_or_default().trim();
    if said.is_empty() { vec![format!("{status}.")] } else { lines(&format!("{status}: {said}")) }
}
