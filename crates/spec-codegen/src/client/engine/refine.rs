//! The passes that make of progenitor's builder what the plan says: each says what it mends.
//!
//! Must not know how an operation was lowered.

use super::MODELS;
use crate::client::arguments::{Argument, arguments, conversion_failure};
use crate::client::builder::builder_head;
use crate::client::called::{print_build, print_call, print_send};
use crate::client::request::accept;
use crate::client::url::url;
use crate::plan::OperationPlan;
use crate::printer::Printer;
use crate::rust::{docs, ident, tokens};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut;

/// Refines the module of a builder; none where it is not what the plan says.
pub(super) fn refine(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    printed: TokenStream,
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
    let mut short = ShortPaths { printer };
    short.visit_item_struct_mut(&mut builder);
    short.visit_item_impl_mut(&mut methods);
    let arguments = arguments(operation);
    same_fields(printer, &builder, &arguments)?;
    let (name, head) = (ident(&operation.type_name), builder_head(operation));
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
    printed.extend(constructor(printer, take("new")?, &arguments));
    for argument in &arguments {
        printed.extend(setter(printer, take(&argument.name)?, argument));
    }
    let build = build(printer, operation, take("send")?)?;
    printed.extend(print_send(printer, operation));
    let call = print_call(printer, operation, &build);
    let order = document_order(&builder, &arguments);
    let options = printer.path("spec_runtime::client", "Options");
    Some(quote! {
        #head
        pub struct #name<'a> { client: &'a Client, options: #options, #(#order),* }

        impl<'a> #name<'a> { #printed }

        #call
    })
}

/// Holds the fields that progenitor printed against what the plan says.
fn same_fields(printer: &mut Printer<'_>, builder: &syn::ItemStruct, arguments: &[Argument]) -> Option<()> {
    let (result, string) = (printer.prelude_name("Result"), printer.prelude_name("String"));
    for argument in arguments {
        let field = builder
            .fields
            .iter()
            .find(|field| field.ident.as_ref().is_some_and(|name| *name == argument.name))?;
        let planned = format!("{result}<{}, {string}>", printer.type_text(&argument.full_type()));
        let planned: syn::Type = syn::parse_str(&planned).ok()?;
        if field.ty.to_token_stream().to_string() != planned.to_token_stream().to_string() {
            return None;
        }
    }
    (builder.fields.len() == arguments.len() + 1).then_some(())
}

/// Returns the fields in order: progenitor sorts arguments; the document has an order of its own.
fn document_order<'a>(builder: &'a syn::ItemStruct, arguments: &[Argument]) -> Vec<&'a syn::Field> {
    let field =
        |name: &str| builder.fields.iter().find(|field| field.ident.as_ref().is_some_and(|own| own == name));
    arguments.iter().filter_map(|argument| field(&argument.name)).collect()
}

/// Writes the constructor with shorthand, and in order; no options are set yet.
fn constructor(
    printer: &mut Printer<'_>,
    mut function: syn::ImplItemFn,
    arguments: &[Argument],
) -> TokenStream {
    let default = printer.prelude("Default");
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
            let is_client = field.member.to_token_stream().to_string() == "client";
            literal.fields.push(field);
            if is_client {
                literal.fields.push(syn::parse_quote!(options: #default::default()));
            }
        }
    }
    let block = &function.block;
    quote!(pub fn new(client: &'a Client) -> Self #block)
}

/// Gives a setter its words and marks; and what is said of a body is what its own conversion says.
fn setter(printer: &mut Printer<'_>, mut function: syn::ImplItemFn, argument: &Argument) -> TokenStream {
    if argument.is_body {
        let text = printer.type_text(&argument.ty);
        let failure = conversion_failure(printer, argument, &text);
        ConversionFailure { failure: syn::parse2(failure).ok() }.visit_block_mut(&mut function.block);
        if let Some(clause) = &mut function.sig.generics.where_clause {
            let display = printer.path("std::fmt", "Display");
            clause.predicates.extend(syn::parse2::<syn::WherePredicate>(quote!(V::Error: #display)));
        }
    } else {
        let text = printer.type_text(&argument.ty);
        let failure = conversion_failure(printer, argument, &text);
        ConversionFailure { failure: syn::parse2(failure).ok() }.visit_block_mut(&mut function.block);
    }
    let words = docs(&argument.docs);
    let deprecated = argument.deprecated.then(|| quote!(#[deprecated]));
    function.attrs.clear();
    quote!(#words #deprecated #function)
}

/// Replaces the argument of `map_err`.
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

/// Prints what builds the request: it is progenitor's, without the header that no document declares, up to
/// where it is sent.
fn build(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    function: syn::ImplItemFn,
) -> Option<TokenStream> {
    let mut kept = Vec::new();
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
                DeclaredMediaTypes { accept: accept(operation) }.visit_stmt_mut(&mut statement);
                if let syn::Stmt::Local(local) = &mut statement {
                    local.attrs.clear();
                    // Nothing is added to it here.
                    if let syn::Pat::Ident(name) = &mut local.pat {
                        name.mutability = None;
                    }
                }
            }
            _ => {}
        }
        kept.push(statement);
    }
    let url = url(printer, operation);
    Some(print_build(printer, operation, &quote!(#url #(#kept)*)))
}

/// Returns the name that a statement declares.
fn declared_name(statement: &syn::Stmt) -> Option<String> {
    let syn::Stmt::Local(local) = statement else { return None };
    match &local.pat {
        syn::Pat::Ident(name) => Some(name.ident.to_string()),
        _ => None,
    }
}

/// Returns whether a statement calls a method of a variable.
fn is_call_of(statement: &syn::Stmt, variable: &str) -> bool {
    match statement {
        syn::Stmt::Expr(syn::Expr::MethodCall(call), _) => {
            matches!(&*call.receiver, syn::Expr::Path(receiver) if receiver.path.is_ident(variable))
        }
        _ => false,
    }
}

/// Removes `header_map`, which carries `api-version`, and `.headers(header_map)`.
struct WithoutHeaderMap;

impl VisitMut for WithoutHeaderMap {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.retain(|statement| match declared_name(statement) {
            Some(name) => name != "header_map",
            None => !is_call_of(statement, "header_map"),
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

/// Asks for the media types of all answers: progenitor was told of JSON alone.
struct DeclaredMediaTypes {
    accept: Option<String>,
}

impl VisitMut for DeclaredMediaTypes {
    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        syn::visit_mut::visit_expr_method_call_mut(self, call);
        let is_accept = |argument: &syn::Expr| {
            let syn::Expr::Path(path) = argument else { return false };
            path.path.segments.last().is_some_and(|name| name.ident == "ACCEPT")
        };
        if call.method != "header" || !call.args.first().is_some_and(is_accept) {
            return;
        }
        if let (Some(accept), Some(syn::Expr::Call(value))) = (&self.accept, call.args.last_mut())
            && let Some(text) = value.args.first_mut()
        {
            *text = syn::parse_quote!(#accept);
        }
    }
}

/// Puts queries in order: progenitor sorts what it adds to the query; the document has an order of its own.
fn queries_in_order(statement: &mut syn::Stmt, operation: &OperationPlan) {
    let mut taken = Queries::default();
    taken.visit_stmt_mut(statement);
    // Calls are visited from the last to the first.
    taken.arguments.sort_by_key(|argument| {
        let name = query_name(argument);
        std::cmp::Reverse(operation.parameters.iter().position(|own| name.as_ref() == Some(&own.wire)))
    });
    let mut given = Queries { arguments: taken.arguments, is_giving: true };
    given.visit_stmt_mut(statement);
}

/// Returns the name in `&QueryParam::new(name, value)`.
fn query_name(argument: &syn::Expr) -> Option<String> {
    let syn::Expr::Reference(reference) = argument else { return None };
    let syn::Expr::Call(call) = &*reference.expr else { return None };
    match call.args.first()? {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }) => Some(name.value()),
        _ => None,
    }
}

/// Keeps the arguments of all calls of `query`: taken out, or given back.
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

/// Shortens paths: progenitor writes them whole; here they are as short as the file allows.
struct ShortPaths<'a, 'p> {
    printer: &'a mut Printer<'p>,
}

impl VisitMut for ShortPaths<'_, '_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        syn::visit_mut::visit_path_mut(self, path);
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (short, kept) = match names.as_slice() {
            ["super", "Client"] => ("Client".to_owned(), 1),
            ["std", "convert", name] => (self.printer.prelude_name(name), 1),
            ["std", "string" | "vec" | "option" | "result", name] => (self.printer.prelude_name(name), 1),
            [MODELS, name] => (self.printer.model_name(name), 1),
            ["uuid", "Uuid"] => (self.printer.name("uuid", "Uuid"), 1),
            ["chrono", "DateTime"] => (self.printer.name("chrono", "DateTime"), 1),
            ["chrono", "offset", "Utc"] => (self.printer.name("chrono", "Utc"), 1),
            ["chrono", "naive", "NaiveDate"] => (self.printer.name("chrono", "NaiveDate"), 1),
            ["progenitor_client", "QueryParam", "new"] => {
                (self.printer.name("spec_runtime::codegen::client", "QueryParam"), 2)
            }
            ["reqwest", "header", "HeaderValue", "from_static"] => {
                (self.printer.name("reqwest::header", "HeaderValue"), 2)
            }
            ["reqwest", "header", name] => (self.printer.name("reqwest::header", name), 1),
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
