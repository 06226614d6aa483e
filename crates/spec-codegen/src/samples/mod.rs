//! Plan and examples → a function for each operation that calls it, as its reference page shows it.
//!
//! Knows how a program uses a generated client. Must not know where examples are from (`example` does), nor
//! how a client is printed.

mod example;
mod value;

pub(crate) use example::{Examples, examples};

use crate::emit::security::schemes_of;
use crate::plan::{OperationPlan, Payload, Plan, RustType, SchemePlan, Stream};
use crate::printer::Printer;
use crate::rust::ident;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Map, Value, json};
use spec_api::Scheme;

/// Code that calls one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The path template of the operation.
    pub path: String,
    /// Its method, as a document has it: `get`.
    pub method: String,
    /// Its `operationId`, or the name that it has for want of one.
    pub operation: String,
    /// The language, as syntax highlighters know it.
    pub language: &'static str,
    /// The code.
    pub source: String,
}

/// Writes samples as reference pages take them: by path and method, each a list for `x-codeSamples`.
#[must_use]
pub fn to_json(samples: &[Sample]) -> String {
    let mut paths: Map<String, Value> = Map::new();
    for sample in samples {
        let entry = json!({ "lang": sample.language, "label": sample.language, "source": sample.source });
        let methods = paths.entry(sample.path.clone()).or_insert_with(|| json!({}));
        methods[&sample.method] = json!([entry]);
    }
    format!("{:#}\n", Value::Object(paths))
}

/// Returns a function for each operation that calls it with a client; none for what can't be said, such as a
/// parameter that no value is known of. `client` and `models` are the paths of the two.
pub(crate) fn samples(plan: &Plan, examples: &[Examples], client: &str, models: &str) -> Vec<Sample> {
    let sample = |(operation, examples): (&OperationPlan, &Examples)| {
        Some(Sample {
            path: operation.path.clone(),
            method: operation.method.key().to_owned(),
            operation: operation.id.clone(),
            language: "Rust",
            source: source(plan, operation, examples, client, models)?,
        })
    };
    plan.operations.iter().zip(examples).filter_map(sample).collect()
}

/// Returns the text of one function, with what it imports.
fn source(
    plan: &Plan,
    operation: &OperationPlan,
    examples: &Examples,
    client: &str,
    models: &str,
) -> Option<String> {
    // The function itself, and what its body calls things.
    let own = [operation.name.clone()];
    let mut printer = Printer::new(plan, own, &[], Some(models));
    let start = start(&mut printer, operation, client);
    let arguments = arguments(&mut printer, operation, examples, client)?;
    let (name, method) = (ident(&operation.name), ident(&operation.name));
    let call = quote!(client.#method() #arguments .send().await?);
    let end = end(operation, call);
    let (result, boxed) = (printer.prelude("Result"), printer.prelude("Box"));
    let reads = matches!(
        payload(operation),
        Some(RustType::Stream(Stream::Texts | Stream::Events(_) | Stream::Lines(_)))
    );
    let stream_ext = reads.then(|| {
        quote!(
            use futures_util::StreamExt;
        )
    });
    let imports = printer.into_imports().print();
    let code = quote! {
        #stream_ext
        #imports
        async fn #name() -> #result<(), #boxed<dyn std::error::Error>> {
            let client = #start;
            #end
            Ok(())
        }
    };
    let text = prettyplease::unparse(&syn::parse2(code).ok()?);
    Some(text.replacen("async fn", "\nasync fn", 1).trim_start().to_owned())
}

/// Prints a client with the credentials that the operation asks for.
fn start(printer: &mut Printer<'_>, operation: &OperationPlan, client: &str) -> TokenStream {
    let plan = printer.plan;
    let ty = printer.path(client, "Client");
    let url = plan.base_url.is_none().then(|| {
        let path = plan.base_path.as_deref().unwrap_or_default();
        let url = format!("https://api.example.com{path}");
        quote!(#url)
    });
    let wanted: Vec<&SchemePlan> =
        operation.security.first().into_iter().flatten().map(|used| &plan.schemes[used.scheme]).collect();
    let has_environment = schemes_of(plan, plan.operations.iter()).any(|scheme| scheme.environment.is_some());
    if has_environment && wanted.iter().all(|scheme| scheme.environment.is_some()) {
        return quote!(#ty::from_env(#url)?);
    }
    let credentials = wanted.iter().filter_map(|scheme| {
        let name = scheme.name.trim_end_matches('_');
        let with = format_ident!("with_{name}");
        Some(match scheme.scheme {
            Scheme::MutualTls | Scheme::Unknown => return None,
            Scheme::Basic => quote!(.#with("USER", "PASSWORD")),
            Scheme::ApiKey { .. } => quote!(.#with("YOUR_KEY")),
            _ if scheme.token_urls().is_some() => {
                let with = format_ident!("with_{name}_client_credentials");
                quote!(.#with("CLIENT_ID", "CLIENT_SECRET"))
            }
            _ => quote!(.#with("YOUR_TOKEN")),
        })
    });
    quote!(#ty::new(#url) #(#credentials)*)
}

/// Prints the calls that set parameters and the body.
fn arguments(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    examples: &Examples,
    client: &str,
) -> Option<TokenStream> {
    let mut calls = TokenStream::new();
    for (index, parameter) in operation.parameters.iter().enumerate() {
        // Those at the end are no parameters of the document: media types that a program chooses.
        let value = match examples.parameters.get(index) {
            Some(value) => value.clone(),
            None => examples.media_type.as_deref().filter(|_| parameter.required).map(Value::from),
        };
        let print = |printer: &mut Printer<'_>, value: &Value| value::argument(printer, &parameter.ty, value);
        match first_printed(printer, value.as_slice(), print) {
            Some(printed) => {
                let name = ident(&parameter.name);
                calls.extend(quote!(.#name(#printed)));
            }
            None if parameter.required => return None,
            None => {}
        }
    }
    let Some(body) = &operation.body else { return Some(calls) };
    let form = body.forms.iter().find(|form| form.media_type == examples.body_media_type);
    let printed = form.and_then(|form| {
        let is_whole = body.enumeration.is_some();
        let print =
            |printer: &mut Printer<'_>, value: &Value| value::body(printer, &form.ty, value, is_whole);
        let value = first_printed(printer, &examples.bodies, print)?;
        Some(match &body.enumeration {
            Some(name) => {
                let (ty, variant) = (printer.path(client, name), ident(&form.variant));
                quote!(#ty::#variant(#value))
            }
            None => value,
        })
    });
    match printed {
        Some(printed) => {
            let name = ident(&body.name);
            calls.extend(quote!(.#name(#printed)));
        }
        None if body.required => return None,
        None => {}
    }
    Some(calls)
}

/// Prints the first value that can be printed. What an attempt imports that comes to nothing is not imported.
fn first_printed(
    printer: &mut Printer<'_>,
    values: &[Value],
    print: impl Fn(&mut Printer<'_>, &Value) -> Option<TokenStream>,
) -> Option<TokenStream> {
    let value = values.iter().find(|value| print(&mut printer.fresh(), value).is_some())?;
    print(printer, value)
}

/// Returns the type of what the call gives; none where there are several.
fn payload(operation: &OperationPlan) -> Option<RustType> {
    let success = &operation.success;
    match success.enumeration {
        Some(_) => None,
        None => Some(success.responses.first().map_or(RustType::Unit, |response| match &response.payload {
            Payload::OneOf(name, _) => RustType::Local(name.clone()),
            payload => payload.ty(),
        })),
    }
}

/// Prints what is done with the answer.
fn end(operation: &OperationPlan, call: TokenStream) -> TokenStream {
    match payload(operation) {
        Some(RustType::Unit) => quote!(#call;),
        Some(RustType::Stream(Stream::Bytes)) => quote! {
            let bytes = #call.into_inner().collect().await?;
            println!("{} bytes", bytes.len());
        },
        Some(RustType::Stream(stream)) => {
            let (items, item) = match stream {
                Stream::Lines(_) => (quote!(items), quote!(let item = item?;)),
                _ => (quote!(events), quote!(let item = item?.data;)),
            };
            quote! {
                let mut #items = #call.into_inner();
                while let Some(item) = #items.next().await {
                    #item
                    println!("{item:?}");
                }
            }
        }
        _ => quote! {
            let answer = #call.into_inner();
            println!("{answer:?}");
        },
    }
}
