//! The room of progenitor: only this module imports it, and openapiv3, which it takes.
//!
//! An operation is lowered to a document of OpenAPI 3.0 that holds nothing else, and nothing that progenitor
//! would get wrong. Of what it prints, the builder is kept and refined by the passes below; where the result
//! is not what the plan says, progenitor is refused.

use super::emit::{self, Argument};
use crate::guard;
use crate::plan::{OperationPlan, Payload, Plan, RustType};
use crate::rust::{self, Paths, docs, ident, tokens};
use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use quote::{ToTokens, quote};
use serde_json::{Value, json};
use spec_api::ParameterIn;
use syn::visit_mut::VisitMut;

/// Why progenitor does not print an operation.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    /// What it said, if it panicked.
    pub(super) panic: Option<String>,
}

/// Prints the builder of an operation.
pub(super) fn print(
    plan: &Plan,
    operation: &OperationPlan,
    paths: &mut Paths,
) -> Result<TokenStream, Refusal> {
    let lowered = Lowered::new(plan, operation).ok_or_else(Refusal::default)?;
    let printed = match guard::run(|| lowered.render()) {
        Ok(printed) => printed.ok_or_else(Refusal::default)?,
        Err(panic) => return Err(Refusal { panic: Some(panic) }),
    };
    refine(plan, operation, printed, paths).ok_or_else(Refusal::default)
}

// Lowering.

/// A document with one operation, and the models that it refers to.
struct Lowered {
    document: OpenAPI,
    models: Vec<String>,
}

/// Stands for the crate of the models in what progenitor prints.
const MODELS: &str = "models";

impl Lowered {
    fn new(plan: &Plan, operation: &OperationPlan) -> Option<Lowered> {
        let mut models = Vec::new();
        let mut parameters = Vec::new();
        for parameter in &operation.parameters {
            let place = match parameter.place {
                ParameterIn::Path => "path",
                ParameterIn::Query => "query",
                ParameterIn::Header | ParameterIn::Cookie => return None,
            };
            parameters.push(json!({
                "name": parameter.wire,
                "in": place,
                "required": parameter.required,
                "schema": lower_type(plan, &parameter.ty, &mut models)?,
            }));
        }
        let is_json = operation
            .success
            .responses
            .iter()
            .chain(&operation.error.responses)
            .any(|r| matches!(r.payload, Payload::Json(..)));
        // Answers are told apart by our own code; progenitor only says what the client takes.
        let content =
            if is_json { json!({"application/json": {"schema": {"type": "string"}}}) } else { json!({}) };
        let mut lowered = json!({
            "operationId": operation.name,
            "parameters": parameters,
            "responses": {"200": {"description": "", "content": content}},
        });
        if let Some(body) = &operation.body {
            let schema = lower_type(plan, &body.ty(), &mut models)?;
            lowered["requestBody"] =
                json!({"required": true, "content": {"application/json": {"schema": schema}}});
        }
        let schemas: serde_json::Map<String, Value> =
            models.iter().map(|name| (name.clone(), json!({"type": "object"}))).collect();
        let document = json!({
            "openapi": "3.0.3",
            "info": {"title": "", "version": ""},
            "paths": {&operation.path: {operation.method.key(): lowered}},
            "components": {"schemas": schemas},
        });
        Some(Lowered { document: serde_json::from_value(document).ok()?, models })
    }

    fn render(&self) -> Option<TokenStream> {
        let mut settings = GenerationSettings::default();
        settings.with_interface(InterfaceStyle::Builder);
        for model in &self.models {
            settings.with_replacement(model, format!("{MODELS}::{model}"), std::iter::empty());
        }
        rust::declaration(Generator::new(&settings).generate_tokens(&self.document).ok()?, "builder")
    }
}

fn lower_type(plan: &Plan, ty: &RustType, models: &mut Vec<String>) -> Option<Value> {
    if let Some(scalar) = ty.scalar_schema() {
        return Some(scalar);
    }
    Some(match ty {
        RustType::Vec(item) => json!({"type": "array", "items": lower_type(plan, item, models)?}),
        RustType::Model(id) => {
            let name = &plan.type_plan(*id).name;
            if !models.contains(name) {
                models.push(name.clone());
            }
            json!({"$ref": format!("#/components/schemas/{name}")})
        }
        _ => return None,
    })
}

// Refining.

fn refine(
    plan: &Plan,
    operation: &OperationPlan,
    printed: TokenStream,
    paths: &mut Paths,
) -> Option<TokenStream> {
    let module: syn::ItemMod = syn::parse2(printed).ok()?;
    let (mut builder, mut methods) = (None, None);
    for item in module.content?.1 {
        match item {
            syn::Item::Struct(item) => builder = Some(item),
            syn::Item::Impl(item) => methods = Some(item),
            _ => {}
        }
    }
    let (mut builder, mut methods) = (builder?, methods?);
    // First, so that nothing is imported for its sake.
    WithoutHeaderMap.visit_item_impl_mut(&mut methods);
    let mut short = ShortPaths { paths };
    short.visit_item_struct_mut(&mut builder);
    short.visit_item_impl_mut(&mut methods);
    let arguments = emit::arguments(operation);
    same_fields(plan, &builder, &arguments, paths)?;
    let (name, head) = (ident(&operation.type_name), emit::head(operation));
    let mut functions: Vec<syn::ImplItemFn> = methods
        .items
        .into_iter()
        .filter_map(|item| match item {
            syn::ImplItem::Fn(function) => Some(function),
            _ => None,
        })
        .collect();
    let mut printed = TokenStream::new();
    let mut take = |name: &str| {
        let index = functions.iter().position(|function| function.sig.ident == name)?;
        Some(functions.remove(index))
    };
    printed.extend(constructor(take("new")?, &arguments));
    for argument in &arguments {
        printed.extend(setter(plan, take(&argument.name)?, argument, paths));
    }
    printed.extend(send(plan, operation, take("send")?, paths)?);
    let order = document_order(&builder, &arguments);
    Some(
        quote!(#head pub struct #name<'a> { client: &'a Client, #(#order),* } impl<'a> #name<'a> { #printed }),
    )
}

/// Holds the fields that progenitor printed against what the plan says.
fn same_fields(
    plan: &Plan,
    builder: &syn::ItemStruct,
    arguments: &[Argument],
    paths: &mut Paths,
) -> Option<()> {
    let (result, string) = (paths.prelude("Result"), paths.prelude("String"));
    for argument in arguments {
        let field = builder
            .fields
            .iter()
            .find(|field| field.ident.as_ref().is_some_and(|name| *name == argument.name))?;
        let planned = format!("{result}<{}, {string}>", paths.type_text(plan, &argument.full_type()));
        let planned: syn::Type = syn::parse_str(&planned).ok()?;
        if field.ty.to_token_stream().to_string() != planned.to_token_stream().to_string() {
            return None;
        }
    }
    (builder.fields.len() == arguments.len() + 1).then_some(())
}

/// Order: progenitor sorts arguments; the document has an order of its own.
fn document_order<'a>(builder: &'a syn::ItemStruct, arguments: &[Argument]) -> Vec<&'a syn::Field> {
    let field =
        |name: &str| builder.fields.iter().find(|field| field.ident.as_ref().is_some_and(|own| own == name));
    arguments.iter().filter_map(|argument| field(&argument.name)).collect()
}

/// Shorthand and order in the constructor.
fn constructor(mut function: syn::ImplItemFn, arguments: &[Argument]) -> TokenStream {
    for statement in &mut function.block.stmts {
        let syn::Stmt::Expr(syn::Expr::Struct(literal), _) = statement else { continue };
        let fields: Vec<syn::FieldValue> = std::mem::take(&mut literal.fields).into_iter().collect();
        let place = |field: &syn::FieldValue| {
            let syn::Member::Named(name) = &field.member else { return 0 };
            arguments.iter().position(|argument| *name == argument.name).map_or(0, |index| index + 1)
        };
        let mut fields: Vec<syn::FieldValue> = fields;
        fields.sort_by_key(place);
        for mut field in fields {
            if field.member.to_token_stream().to_string() == field.expr.to_token_stream().to_string() {
                field.colon_token = None;
            }
            literal.fields.push(field);
        }
    }
    let block = &function.block;
    quote!(pub fn new(client: &'a Client) -> Self #block)
}

/// Words and marks of a setter; and what is said of a body is what its own conversion says.
fn setter(plan: &Plan, mut function: syn::ImplItemFn, argument: &Argument, paths: &mut Paths) -> TokenStream {
    if argument.is_body {
        let text = paths.type_text(plan, &argument.ty);
        let failure = emit::conversion_failure(argument, &text, paths);
        ConversionFailure { failure: syn::parse2(failure).ok() }.visit_block_mut(&mut function.block);
        if let Some(clause) = &mut function.sig.generics.where_clause {
            let display = paths.path("std::fmt", "Display");
            clause.predicates.extend(syn::parse2::<syn::WherePredicate>(quote!(V::Error: #display)));
        }
    } else {
        let text = paths.type_text(plan, &argument.ty);
        let failure = emit::conversion_failure(argument, &text, paths);
        ConversionFailure { failure: syn::parse2(failure).ok() }.visit_block_mut(&mut function.block);
    }
    let words = docs(&argument.docs);
    let deprecated = argument.deprecated.then(|| quote!(#[deprecated]));
    function.attrs.clear();
    quote!(#words #deprecated #function)
}

/// The argument of `map_err`.
struct ConversionFailure {
    failure: Option<syn::Expr>,
}

impl VisitMut for ConversionFailure {
    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        syn::visit_mut::visit_expr_method_call_mut(self, call);
        if call.method == "map_err"
            && let (Some(failure), Some(argument)) = (&self.failure, call.args.first_mut())
        {
            *argument = failure.clone();
        }
    }
}

/// `send`: the request is progenitor's, without the header that no document declares; what comes after is
/// ours.
fn send(
    plan: &Plan,
    operation: &OperationPlan,
    function: syn::ImplItemFn,
    paths: &mut Paths,
) -> Option<TokenStream> {
    let mut kept = Vec::new();
    let names: Vec<_> = emit::arguments(operation).iter().map(|argument| ident(&argument.name)).collect();
    let mut statements = function.block.stmts.into_iter();
    loop {
        let mut statement = statements.next()?;
        let declared = declared_name(&statement);
        match declared.as_deref() {
            Some("info") => break,
            // The URL is ours: progenitor writes the values into the arguments of a macro, which no formatter
            // lays out.
            Some("url") => {
                kept.clear();
                continue;
            }
            Some("request") => {
                queries_in_order(&mut statement, operation);
                if let syn::Stmt::Local(local) = &mut statement {
                    local.attrs.clear();
                }
            }
            _ => {}
        }
        kept.push(statement);
    }
    let url = emit::url(plan, operation, paths);
    let error = paths.path("spec_runtime::client", "Error");
    let signature = emit::signature(plan, operation, paths);
    let tail = emit::tail(plan, operation, paths);
    Some(quote! {
        #signature {
            let Self { client, #(#names),* } = self;
            #(let #names = #names.map_err(#error::InvalidRequest)?;)*
            #url
            #(#kept)*
            #tail
        }
    })
}

fn declared_name(statement: &syn::Stmt) -> Option<String> {
    let syn::Stmt::Local(local) = statement else { return None };
    match &local.pat {
        syn::Pat::Ident(name) => Some(name.ident.to_string()),
        _ => None,
    }
}

/// `header_map`, which carries `api-version`, and `.headers(header_map)`.
struct WithoutHeaderMap;

impl VisitMut for WithoutHeaderMap {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.retain(|statement| match declared_name(statement) {
            Some(name) => name != "header_map",
            None => !statement.to_token_stream().to_string().starts_with("header_map"),
        });
        syn::visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_mut(&mut self, expression: &mut syn::Expr) {
        if let syn::Expr::MethodCall(call) = expression
            && call.method == "headers"
        {
            *expression = (*call.receiver).clone();
        }
        syn::visit_mut::visit_expr_mut(self, expression);
    }
}

/// Order: progenitor sorts what it adds to the query; the document has an order of its own.
fn queries_in_order(statement: &mut syn::Stmt, operation: &OperationPlan) {
    let mut taken = Queries::default();
    taken.visit_stmt_mut(statement);
    // Calls are visited from the last to the first.
    taken.arguments.sort_by_key(|argument| {
        let text = argument.to_token_stream().to_string();
        let is_own =
            |parameter: &crate::plan::ParameterPlan| text.contains(&format!("({:?} ,", parameter.wire));
        std::cmp::Reverse(operation.parameters.iter().position(is_own))
    });
    let mut given = Queries { arguments: taken.arguments, is_giving: true };
    given.visit_stmt_mut(statement);
}

/// The arguments of all calls of `query`: taken out, or given back.
#[derive(Default)]
struct Queries {
    arguments: Vec<syn::Expr>,
    is_giving: bool,
}

impl VisitMut for Queries {
    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        if call.method == "query" {
            if self.is_giving {
                call.args.clear();
                call.args.push(self.arguments.remove(0));
            } else {
                self.arguments.extend(call.args.first().cloned());
            }
        }
        syn::visit_mut::visit_expr_method_call_mut(self, call);
    }
}

/// Paths: progenitor writes them whole; here they are as short as the file allows.
struct ShortPaths<'a> {
    paths: &'a mut Paths,
}

impl VisitMut for ShortPaths<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        syn::visit_mut::visit_path_mut(self, path);
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (short, kept) = match names.as_slice() {
            ["super", "Client"] => ("Client".to_owned(), 1),
            ["std", "convert", name] => (self.paths.prelude(name), 1),
            ["std", "string" | "vec" | "option" | "result", name] => (self.paths.prelude(name), 1),
            [MODELS, name] => (self.paths.model(name), 1),
            ["uuid", "Uuid"] => (self.paths.name("uuid", "Uuid"), 1),
            ["chrono", "DateTime"] => (self.paths.name("chrono", "DateTime"), 1),
            ["chrono", "offset", "Utc"] => (self.paths.name("chrono", "Utc"), 1),
            ["chrono", "naive", "NaiveDate"] => (self.paths.name("chrono", "NaiveDate"), 1),
            ["progenitor_client", "QueryParam", "new"] => {
                (self.paths.name("spec_runtime::codegen::client", "QueryParam"), 2)
            }
            ["reqwest", "header", "HeaderValue", "from_static"] => {
                (self.paths.name("reqwest::header", "HeaderValue"), 2)
            }
            ["reqwest", "header", name] => (self.paths.name("reqwest::header", name), 1),
            _ => return,
        };
        let Ok(mut replaced) = syn::parse2::<syn::Path>(tokens(&short)) else { return };
        let mut tail: Vec<syn::PathSegment> =
            path.segments.iter().skip(path.segments.len() - kept).cloned().collect();
        if kept == 2 {
            replaced.segments.extend(tail.drain(1..));
        } else if let (Some(last), Some(own)) = (replaced.segments.last_mut(), tail.first()) {
            last.arguments = own.arguments.clone();
        }
        *path = replaced;
    }
}
