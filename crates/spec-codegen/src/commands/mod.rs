//! Plan → the file of the command-line program: a table of commands, and a function for each.
//!
//! Knows the table of `spec-command`. What commands and flags are called stands in the plan. Must not know
//! how a command line is read, nor how a request is built.

mod arguments;
mod function;
mod tool;

use crate::emit::security::schemes_of;
use crate::fragment::{CrateFragment, CrateOutput};
use crate::plan::{CommandPlan, OperationPlan, Plan, ProgramPlan, SchemePlan};
use crate::printer::Printer;
use crate::rust::ident;
use crate::settings::ApiSettings;
use arguments::{print_arguments, print_body};
use function::print_function;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use spec_api::Scheme as SchemeKind;
use tool::{json, print_tool};

/// The crate that runs programs.
const RUNNER: &str = "spec_command";

/// Names that the file of a program always has a use for.
const RESERVED: [&str; 16] = [
    "Api",
    "Argument",
    "Arguments",
    "Body",
    "Client",
    "Command",
    "Credential",
    "Failure",
    "Form",
    "Group",
    "Items",
    "Kind",
    "Place",
    "Prepared",
    "Scheme",
    "Tool",
];

/// Prints the file of the program; nothing where the plan has none.
pub(crate) fn print(plan: &Plan, settings: &ApiSettings, header: &str) -> CrateOutput {
    let (client, models) = (settings.client_path(), settings.models_path_of_cli());
    let own = plan.operations.iter().map(|operation| operation.name.clone());
    let printer = Printer::new(plan, own, &RESERVED, Some(&models));
    let pieces: Vec<_> = plan
        .program
        .iter()
        .flat_map(|program| {
            std::iter::once((program, None)).chain(plan.by_file().map(move |file| (program, Some(file))))
        })
        .collect();
    let fragment = CrateFragment::print_all(&pieces, &printer, |(program, file), fragment| match file {
        None => {
            let table = print_table(&mut fragment.printer, program, &client);
            fragment.layout.add(table);
        }
        Some((module, operations)) => {
            fragment.layout.enter(*module);
            for (index, operation) in operations {
                let command = &program.commands[*index];
                let printed = print_command(&mut fragment.printer, operation, command, &client);
                fragment.layout.add(printed);
            }
        }
    });
    fragment.finish("command-line program", header)
}

/// Prints the table of the API.
fn print_table(printer: &mut Printer<'_>, program: &ProgramPlan, client: &str) -> TokenStream {
    let plan = printer.plan;
    let api = printer.path(RUNNER, "Api");
    let client = printer.path(client, "Client");
    let (name, about) = (&program.name, about(plan));
    let (base_url, variable) = (option(plan.base_url.as_ref()), option(plan.base_url_variable.as_ref()));
    let connect = match plan.base_url {
        Some(_) => quote!(|base_url| #client::new().with_base_url(base_url)),
        None => quote!(|base_url| #client::new(base_url)),
    };
    let schemes: Vec<TokenStream> =
        schemes_of(plan, plan.operations.iter()).filter_map(|scheme| print_scheme(printer, scheme)).collect();
    let groups: Vec<TokenStream> = program
        .groups
        .iter()
        .map(|(name, about)| {
            let group = printer.path(RUNNER, "Group");
            quote!(#group { name: #name, about: #about })
        })
        .collect();
    let commands = plan.operations.iter().map(|operation| ident(&operation.name));
    let definitions = program.definitions.iter().map(|(name, schema)| {
        let schema = json(schema);
        quote!((#name, #schema))
    });
    quote! {
        /// The commands, for `spec_command::run`.
        pub const API: #api<#client> = #api {
            name: #name,
            version: env!("CARGO_PKG_VERSION"),
            about: #about,
            base_url: #base_url,
            base_url_variable: #variable,
            connect: #connect,
            schemes: &[#(#schemes),*],
            groups: &[#(#groups),*],
            commands: &[#(#commands()),*],
            definitions: &[#(#definitions),*],
        };
    }
}

/// Returns what the program is for, in one line.
fn about(plan: &Plan) -> String {
    let words = plan.description.as_deref().unwrap_or_default().trim();
    let line = words.lines().next().filter(|line| !line.is_empty());
    line.map_or_else(|| format!("Call {}", plan.title.trim()), |line| line.trim().to_owned())
}

/// Prints a security scheme, and how a client takes its credential; what a connection proves has none.
fn print_scheme(printer: &mut Printer<'_>, scheme: &SchemePlan) -> Option<TokenStream> {
    let setter = format_ident!("with_{}", scheme.name.trim_end_matches('_'));
    if matches!(scheme.scheme, SchemeKind::MutualTls | SchemeKind::Unknown) {
        return None;
    }
    let kind = printer.path(RUNNER, "Credential");
    let credential = match &scheme.scheme {
        SchemeKind::Basic => quote!(#kind::Basic(|client, user, password| client.#setter(user, password))),
        _ if scheme.token_urls().is_some() => {
            let tokens = format_ident!("{setter}_client_credentials");
            quote! {
                #kind::Tokens(
                    |client, token| client.#setter(token), |client, id, secret| client.#tokens(id, secret)
                )
            }
        }
        _ => quote!(#kind::Secret(|client, secret| client.#setter(secret))),
    };
    let (ty, wire) = (printer.path(RUNNER, "Scheme"), &scheme.wire);
    let variable = option(scheme.environment.as_ref());
    Some(quote!(#ty { name: #wire, variable: #variable, credential: #credential }))
}

/// Prints a command: its arguments, and its function.
fn print_command(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    command: &CommandPlan,
    client: &str,
) -> TokenStream {
    let ty = printer.path(RUNNER, "Command");
    let client_type = printer.path(client, "Client");
    let (function, name) = (ident(&operation.name), &command.name);
    let (method, path) = (operation.method.to_string(), &operation.path);
    let parameters = print_arguments(printer, "PARAMETERS", &command.parameters);
    let fields = print_arguments(printer, "FIELDS", &command.fields);
    let run = print_function(printer, operation, command, client);
    let group = command.group.as_ref().map(|group| quote!(.group(#group)));
    let about = (!operation.docs.is_empty()).then(|| operation.docs.join("\n"));
    let about = about.map(|text| quote!(.about(#text)));
    let deprecated = operation.deprecated.then(|| quote!(.deprecated()));
    let with_parameters = (!command.parameters.is_empty()).then(|| quote!(.parameters(PARAMETERS)));
    let pages = operation.pagination.is_some().then(|| quote!(.pages(pages)));
    let tool = command.tool.as_ref().map(|tool| {
        let tool = print_tool(printer, tool);
        quote!(.tool(#tool))
    });
    let body = operation.body.as_ref().map(|body| {
        let body = print_body(printer, body, command);
        quote!(.body(#body))
    });
    quote! {
        pub(crate) const fn #function() -> #ty<#client_type> {
            #parameters
            #fields

            #run

            #ty::new(#name, #method, #path, run) #group #about #deprecated #with_parameters #body #pages #tool
        }
    }
}

/// Prints a text that may be absent.
fn option(text: Option<&String>) -> TokenStream {
    text.map_or_else(|| quote!(None), |text| quote!(Some(#text)))
}
