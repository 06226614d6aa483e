//! Plan → the code between a generated client, a generated server and `loopback`: for each
//! operation a method of the server that hands over what arrived and answers what it is told, and a function
//! that asks the client's builder.
//!
//! Knows names and types of the plan. What is sent, what is answered and what is made of both stands in
//! hand-written code.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use spec_api::{Scheme, Status};
use spec_codegen::plan::{
    OperationPlan, Outcome, Payload, Plan, PrincipalPlan, ResponsePlan, RustType, Stream,
};

/// A file with one constant, `DOCUMENT`; `modules` is where the generated modules `client`, `models` and
/// `server` stand.
///
/// # Errors
///
/// When the text is no Rust, should that ever be so.
pub fn print(plan: &Plan, name: &str, modules: &str) -> Result<String, String> {
    let modules = tokens(modules)?;
    let mut operations = Vec::new();
    let mut methods = Vec::new();
    let mut functions = Vec::new();
    let mut calls = Vec::new();
    for (index, operation) in plan.operations.iter().enumerate() {
        let function = ident(&operation.name)?;
        operations.push(row(operation));
        methods.push(method(plan, index, operation)?);
        functions.push(self::function(plan, operation)?);
        calls.push(quote!(#index => Box::pin(calls::#function(self.0.clone(), given))));
    }
    let connect = connect(plan);
    let code = quote! {
        use #modules::{client, models, server};
        use spec_oracle::loopback::{
            Answer, Asking, Caller, Content, Document, Given, Operation, Returned, Stage, reqwest
        };
        use spec_oracle::loopback::axum::Router;
        use spec_runtime::client::{Configure, Error};
        use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure};

        /// The generated crates of the document, as a run sees them.
        pub const DOCUMENT: Document = Document {
            name: #name, operations: OPERATIONS, connect, router, routed: server::operations
        };

        const OPERATIONS: &[Operation] = &[#(#operations),*];

        #connect

        fn router(stage: Stage) -> Router {
            server::router(Service(stage))
        }

        struct Service(Stage);

        // Whatever credentials there are let in.
        impl Authenticate for Service {
            type Principal = ();

            async fn authenticate(&self, _: &AuthenticationAttempt<'_>) -> Result<(), Denied> {
                Ok(())
            }
        }

        impl server::Api for Service {
            #(#methods)*
        }

        struct Own(client::Client);

        impl Caller for Own {
            fn call(&self, operation: usize, given: Given) -> Asking {
                match operation {
                    #(#calls,)*
                    _ => Box::pin(async { Err("there is no such operation".to_owned()) }),
                }
            }
        }

        mod calls {
            use super::*;

            #(#functions)*
        }
    };
    let file = syn::parse2(code).map_err(|error| error.to_string())?;
    Ok(prettyplease::unparse(&file))
}

/// Prints what a run has to know of an operation beside its document.
fn row(operation: &OperationPlan) -> TokenStream {
    let id = &operation.id;
    let bodies = operation.body.iter().flat_map(|body| &body.forms).map(|form| &form.media_type);
    let answers = [(&operation.success, false), (&operation.error, true)];
    let answers = answers
        .into_iter()
        .flat_map(|(outcome, is_error)| outcome.responses.iter().map(move |own| (own, is_error)));
    let answers = answers.flat_map(|(response, is_error)| {
        let status = match response.status {
            Status::Code(code) => quote!(Code(#code)),
            Status::Range(hundreds) => quote!(Range(#hundreds)),
            Status::Default => quote!(Default),
        };
        let variant = &response.variant;
        let headers = response.headers.iter().flat_map(|headers| &headers.fields).map(|field| &field.wire);
        let headers: Vec<&String> = headers.collect();
        let forms = response.payload.forms().into_iter().enumerate().map(|(form, payload)| {
            let content = content(payload);
            quote!(Answer {
                is_error: #is_error,
                status: spec_oracle::loopback::Status::#status,
                variant: #variant,
                form: #form,
                content: #content,
                headers: &[#(#headers),*],
            })
        });
        forms.collect::<Vec<_>>()
    });
    quote!(Operation { id: #id, bodies: &[#(#bodies),*], answers: &[#(#answers),*] })
}

fn content(payload: &Payload) -> TokenStream {
    match payload {
        Payload::Json(_, name) => quote!(Content::Json(#name)),
        Payload::Text(_, name) => quote!(Content::Text(#name)),
        Payload::Bytes(name) | Payload::Stream(Stream::Bytes, name) => quote!(Content::Bytes(#name)),
        Payload::Stream(Stream::Texts, name) => quote!(Content::Texts(#name)),
        Payload::Stream(Stream::Events(_) | Stream::Lines(_), name) => quote!(Content::Items(#name)),
        Payload::Empty | Payload::OneOf(..) => quote!(Content::Empty),
    }
}

/// The method of the server: what arrived is handed over, and the answer is the one that is prepared.
fn method(plan: &Plan, index: usize, operation: &OperationPlan) -> Result<TokenStream, String> {
    let name = ident(&operation.name)?;
    let response_type = format_ident!("{}Response", operation.type_name);
    let fields =
        operation.parameters.iter().map(|parameter| ident(&parameter.name)).collect::<Result<Vec<_>, _>>()?;
    let parameters = (!fields.is_empty()).then(|| {
        let ty = format_ident!("{}Parameters", operation.type_name);
        quote!(, parameters: server::#ty)
    });
    let (mut body, mut take) = (None, None);
    if let Some(plan_body) = &operation.body {
        let (ty, taken) = match &plan_body.enumeration {
            None => {
                let own = plan_body.ty();
                (ty(plan, &own)?, handed(&own, 0))
            }
            Some(name) => {
                let name = ident(name)?;
                let arms = plan_body.forms.iter().enumerate().map(|(form, own)| {
                    let (variant, taken) = (ident(&own.variant)?, handed(&own.ty, form));
                    Ok(quote!(server::#name::#variant(body) => #taken))
                });
                let arms = arms.collect::<Result<Vec<_>, String>>()?;
                (quote!(server::#name), quote!(match body { #(#arms),* }))
            }
        };
        body = Some(if plan_body.required { quote!(, body: #ty) } else { quote!(, body: Option<#ty>) });
        take = Some(match plan_body.required {
            true => quote!(#taken;),
            false => quote!(if let Some(body) = body { #taken; }),
        });
    }
    let mut answers: Vec<(&str, TokenStream)> = Vec::new();
    for response in operation.success.responses.iter().chain(&operation.error.responses) {
        // A default that stands for success as well is one answer.
        if !answers.iter().any(|(variant, _)| *variant == response.variant) {
            answers.push((&response.variant, answer(plan, &response_type, response)?));
        }
    }
    let answers = answers.iter().map(|(variant, answer)| quote!(#variant => Ok(#answer)));
    let context = match operation.principal() {
        PrincipalPlan::None | PrincipalPlan::Required => quote!(Context),
        PrincipalPlan::Optional => quote!(Context<Option<()>>),
    };
    Ok(quote! {
        async fn #name(&self, _: #context #parameters #body) -> Result<server::#response_type, Failure> {
            let mut call = self.0.called(#index);
            #(call.parameter(&parameters.#fields);)*
            #take
            match call.variant()? { #(#answers,)* other => Err(call.unknown(other)) }
        }
    })
}

/// An answer of the server.
fn answer(plan: &Plan, response_type: &Ident, response: &ResponsePlan) -> Result<TokenStream, String> {
    let variant = ident(&response.variant)?;
    let status = (!matches!(response.status, Status::Code(_))).then(|| quote!(call.status()));
    let body = made(&response.payload, 0)?.map(|(body, _)| body);
    let headers = response.headers.as_ref().map(|headers| {
        let fields = headers.fields.iter().enumerate().map(|(index, field)| {
            let (name, ty) = (ident(&field.name)?, ty(plan, &field.ty)?);
            Ok(match field.required {
                true => quote!(#name: call.header::<#ty>(#index)?.ok_or_else(|| call.lacks(#index))?),
                false => quote!(#name: call.header::<#ty>(#index)?),
            })
        });
        let (name, fields) = (ident(&headers.name)?, fields.collect::<Result<Vec<_>, String>>()?);
        Ok::<_, String>(quote!(server::#name { #(#fields),* }))
    });
    let held: Vec<TokenStream> = status.into_iter().chain(body).chain(headers.transpose()?).collect();
    let held = (!held.is_empty()).then(|| quote!((#(#held),*)));
    Ok(quote!(server::#response_type::#variant #held))
}

/// A body that is to be answered, and the number of the form after it; none where there is no body.
fn made(payload: &Payload, form: usize) -> Result<Option<(TokenStream, usize)>, String> {
    let one = match payload {
        Payload::Empty => return Ok(None),
        Payload::Text(RustType::String, _) => quote!(call.text()),
        Payload::Json(..) | Payload::Text(..) => quote!(call.json()?),
        Payload::Bytes(_) => quote!(call.bytes()),
        Payload::Stream(Stream::Bytes, _) => quote!(call.bytes()),
        Payload::Stream(Stream::Texts | Stream::Events(_), _) => quote!(call.events()?),
        Payload::Stream(Stream::Lines(_), _) => quote!(call.lines()?),
        Payload::OneOf(name, variants) => {
            let (name, mut arms, mut next) = (ident(name)?, Vec::new(), form);
            for (variant, payload) in variants {
                let (variant, number) = (ident(variant)?, next);
                let held = made(payload, next)?.map(|(body, _)| quote!((#body)));
                arms.push(quote!(#number => server::#name::#variant #held));
                next += 1;
            }
            return Ok(Some((
                quote! {
                    match call.form() { #(#arms,)* other => return Err(call.unknown(&other.to_string())) }
                },
                next,
            )));
        }
    };
    Ok(Some((one, form + 1)))
}

/// The function that asks through the client.
fn function(plan: &Plan, operation: &OperationPlan) -> Result<TokenStream, String> {
    let name = ident(&operation.name)?;
    let mut given = TokenStream::new();
    for (index, parameter) in operation.parameters.iter().enumerate() {
        let (setter, ty) = (ident(&parameter.name)?, ty(plan, &parameter.ty)?);
        given.extend(quote! {
            if let Some(value) = given.parameter::<#ty>(#index)? {
                request = request.#setter(value);
            }
        });
    }
    if let Some(body) = &operation.body {
        let setter = ident(&body.name)?;
        let mut arms = Vec::new();
        for (form, own) in body.forms.iter().enumerate() {
            let value = match &own.ty {
                RustType::Stream(Stream::Lines(item)) => {
                    let item = ty(plan, item)?;
                    quote!(given.lines::<#item>()?)
                }
                ty @ RustType::Stream(_) => {
                    let ty = self::ty(plan, ty)?;
                    quote!(given.bytes::<#ty>())
                }
                ty => {
                    let ty = self::ty(plan, ty)?;
                    quote!(given.body::<#ty>()?)
                }
            };
            let wrapped = match &body.enumeration {
                Some(name) => {
                    let (name, variant) = (ident(name)?, ident(&own.variant)?);
                    quote!(#value.map(client::#name::#variant))
                }
                None => value,
            };
            arms.push(quote!(#form => #wrapped));
        }
        given.extend(quote! {
            let body = match given.form() { #(#arms,)* _ => None };
            if let Some(value) = body {
                request = request.#setter(value);
            }
        });
    }
    let (success, error) = (returned(&operation.success, false)?, returned(&operation.error, true)?);
    Ok(quote! {
        pub async fn #name(client: client::Client, given: Given) -> Result<Returned, String> {
            let mut request = client.#name();
            #given
            match request.send().await {
                Ok(value) => #success,
                Err(Error::ErrorResponse(value)) => #error,
                Err(error) => Err(error.to_string()),
            }
        }
    })
}

/// Prints what the client returned, of one side of success.
fn returned(outcome: &Outcome, is_error: bool) -> Result<TokenStream, String> {
    let begin = quote!(let returned = Returned::new(#is_error, value.status().as_u16()););
    let Some(enumeration) = &outcome.enumeration else {
        let only = outcome.responses.first();
        let with = with(only.map_or(&Payload::Empty, |response| &response.payload), 0)?;
        let headers = headers_by_status(&outcome.responses)?;
        return Ok(quote!({
            #begin
            let value_headers = value.headers().clone();
            #headers
            let body = value.into_inner();
            #with
        }));
    };
    let enumeration = ident(enumeration)?;
    let arms = outcome.responses.iter().map(|response| {
        let name = &response.variant;
        let (variant, with) = (ident(name)?, with(&response.payload, 0)?);
        let held = (response.payload != Payload::Empty).then(|| quote!((body)));
        let unit = (response.payload == Payload::Empty).then(|| quote!(let body = ();));
        let headers = headers(response)?;
        Ok(quote!(client::#enumeration::#variant #held => {
            #unit
            let returned = returned.variant(#name);
            #headers
            #with
        }))
    });
    let arms = arms.collect::<Result<Vec<_>, String>>()?;
    Ok(quote!({ #begin let value_headers = value.headers().clone(); match value.into_inner() { #(#arms)* } }))
}

/// Adds the headers of whichever it is of several answers that have one type of body.
fn headers_by_status(responses: &[ResponsePlan]) -> Result<Option<TokenStream>, String> {
    if responses.iter().all(|response| response.headers.is_none()) {
        return Ok(None);
    }
    let mut responses: Vec<&ResponsePlan> = responses.iter().collect();
    // A code before its range, and what is not named last.
    responses.sort_by_key(|response| response.status);
    let mut arms = Vec::new();
    for response in responses {
        let headers = headers(response)?;
        let statuses = match response.status {
            Status::Code(code) => quote!(#code),
            Status::Range(hundreds) => {
                let (first, last) = (u16::from(hundreds) * 100, u16::from(hundreds) * 100 + 99);
                quote!(#first..=#last)
            }
            Status::Default => quote!(0..),
        };
        arms.push(quote!(#statuses => { #headers returned }));
    }
    Ok(Some(quote!(let returned = match value.status().as_u16() { #(#arms)* _ => returned };)))
}

/// Adds the headers of an answer, read as their types.
fn headers(response: &ResponsePlan) -> Result<Option<TokenStream>, String> {
    let Some(headers) = &response.headers else { return Ok(None) };
    let name = ident(&headers.name)?;
    let fields = headers.fields.iter().map(|field| ident(&field.name)).collect::<Result<Vec<_>, String>>()?;
    Ok(Some(quote! {
        let headers = client::#name::try_from(&value_headers)
            .map_err(|error| format!("headers can't be read: {error}"))?;
        let returned = returned #(.header(&headers.#fields)?)*;
    }))
}

fn with(payload: &Payload, form: usize) -> Result<TokenStream, String> {
    Ok(match payload {
        Payload::Empty => quote!(returned.form(#form).with_nothing(body)),
        Payload::Text(RustType::String, _) => quote!(returned.form(#form).with_text(body)),
        Payload::Json(..) | Payload::Text(..) => quote!(returned.form(#form).with_json(&body)),
        Payload::Bytes(_) => quote!(returned.form(#form).with_bytes(&body)),
        Payload::Stream(Stream::Bytes, _) => quote!(returned.form(#form).with_stream(body).await),
        Payload::Stream(Stream::Texts | Stream::Events(_), _) => {
            quote!(returned.form(#form).with_events(body).await)
        }
        Payload::Stream(Stream::Lines(_), _) => quote!(returned.form(#form).with_lines(body).await),
        Payload::OneOf(name, variants) => {
            let name = ident(name)?;
            let arms = variants.iter().enumerate().map(|(form, (variant, payload))| {
                let (variant, with) = (ident(variant)?, with(payload, form)?);
                let (held, unit) = match payload {
                    Payload::Empty => (None, Some(quote!(let body = ();))),
                    _ => (Some(quote!((body))), None),
                };
                Ok(quote!(client::#name::#variant #held => { #unit #with }))
            });
            let arms = arms.collect::<Result<Vec<_>, String>>()?;
            quote!(match body { #(#arms)* })
        }
    })
}

/// Prints how a body that arrived is handed over.
fn handed(ty: &RustType, form: usize) -> TokenStream {
    match ty {
        RustType::Stream(Stream::Lines(_)) => quote!(call.lines_body(#form, body).await),
        RustType::Stream(_) => quote!(call.bytes_body(#form, body).await),
        _ => quote!(call.body(#form, &body)),
    }
}

/// A client with credentials for every scheme that some operation asks for.
fn connect(plan: &Plan) -> TokenStream {
    let is_used = |index: &usize| {
        plan.operations.iter().any(|own| own.security.iter().flatten().any(|used| used.scheme == *index))
    };
    let schemes =
        plan.schemes.iter().enumerate().filter(|(index, _)| is_used(index)).filter_map(|(_, scheme)| {
            let function = format_ident!("with_{}", scheme.name.trim_end_matches('_'));
            match scheme.scheme {
                Scheme::MutualTls | Scheme::Unknown => None,
                Scheme::Basic => Some(quote!(.#function("somebody", "something"))),
                _ => Some(quote!(.#function("something"))),
            }
        });
    let new = if plan.base_url.is_some() { quote!(new()) } else { quote!(new(url)) };
    quote! {
        fn connect(url: &str, http: reqwest::Client) -> Box<dyn Caller> {
            let client = client::Client::#new.with_base_url(url).with_client(http) #(#schemes)*;
            // Answers are seen one by one, whatever they are.
            Box::new(Own(Configure::with_attempts(client, 1)))
        }
    }
}

fn ident(name: &str) -> Result<Ident, String> {
    syn::parse_str(name).map_err(|error| format!("{name:?}: {error}"))
}

fn tokens(text: &str) -> Result<TokenStream, String> {
    text.parse().map_err(|error| format!("{text:?}: {error}"))
}

/// A type, as the code around `models` names it.
fn ty(plan: &Plan, ty: &RustType) -> Result<TokenStream, String> {
    let of = |inner: &RustType| self::ty(plan, inner);
    Ok(match ty {
        RustType::Unit => quote!(()),
        RustType::Bool => quote!(bool),
        RustType::I32 => quote!(i32),
        RustType::I64 => quote!(i64),
        RustType::U32 => quote!(u32),
        RustType::U64 => quote!(u64),
        RustType::F64 => quote!(f64),
        RustType::String => quote!(String),
        RustType::DateTime => quote!(spec_runtime::chrono::DateTime<spec_runtime::chrono::Utc>),
        RustType::Date => quote!(spec_runtime::chrono::NaiveDate),
        RustType::Uuid => quote!(spec_runtime::uuid::Uuid),
        RustType::Ipv4 => quote!(std::net::Ipv4Addr),
        RustType::Ipv6 => quote!(std::net::Ipv6Addr),
        RustType::Base64 => quote!(spec_runtime::Base64),
        RustType::Extra => quote!(spec_runtime::Extra),
        RustType::File => quote!(spec_runtime::File),
        RustType::Bytes => quote!(spec_runtime::bytes::Bytes),
        RustType::Json => quote!(spec_runtime::serde_json::Value),
        RustType::Vec(inner) => {
            let inner = of(inner)?;
            quote!(Vec<#inner>)
        }
        RustType::Tuple(items) => {
            let items: Vec<TokenStream> = items.iter().map(of).collect::<Result<_, _>>()?;
            quote!((#(#items),*))
        }
        RustType::Map(inner) => {
            let inner = of(inner)?;
            quote!(spec_runtime::indexmap::IndexMap<String, #inner>)
        }
        RustType::Option(inner) => {
            let inner = of(inner)?;
            quote!(Option<#inner>)
        }
        RustType::Field(inner) => {
            let inner = of(inner)?;
            quote!(spec_runtime::Field<#inner>)
        }
        RustType::Box(inner) => {
            let inner = of(inner)?;
            quote!(Box<#inner>)
        }
        RustType::Stream(Stream::Bytes) => quote!(spec_runtime::stream::ByteStream),
        RustType::Stream(Stream::Texts) => quote!(spec_runtime::stream::Events<String>),
        RustType::Stream(Stream::Events(item)) => {
            let item = of(item)?;
            quote!(spec_runtime::stream::Events<#item>)
        }
        RustType::Stream(Stream::Lines(item)) => {
            let item = of(item)?;
            quote!(spec_runtime::stream::JsonLines<#item>)
        }
        RustType::Local(name) => return Err(format!("{name} is no type of a value")),
        RustType::Model(id) => {
            let name = ident(&plan.type_plan(*id).name)?;
            quote!(models::#name)
        }
    })
}
