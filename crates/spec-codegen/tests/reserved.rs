//! Tables of names that are taken, held against what is printed: whoever prints a new name has to write it
//! down, and what is printed no more has to go.
//!
//! The tables are read out of the sources, which keep them to themselves.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use spec_codegen::settings::{ApiSettings, Folders};
use spec_codegen::{CrateKind, Generated, generate, workspace};
use spec_document::{Diagnostics, Sources};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use syn::{Expr, Ident, ImplItem, Item, Lit, UseTree};

type Names = BTreeSet<String>;

/// Returns the texts of a table, which is a constant of a source file.
fn table(source: &str, name: &str) -> Names {
    let file = syn::parse_file(source).unwrap();
    let constants = file.items.into_iter().filter_map(|item| match item {
        Item::Const(item) if item.ident == name => Some(*item.expr),
        _ => None,
    });
    let texts = |expression: Expr| match expression {
        Expr::Array(array) => array.elems.into_iter().collect::<Vec<_>>(),
        other => panic!("{name} is no list: {other:?}"),
    };
    let names: Names = constants.flat_map(texts).filter_map(|own| text(&own)).collect();
    assert!(!names.is_empty(), "there is no table {name}");
    names
}

fn text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Generates every small document, and those of the workspace.
fn generated() -> Vec<Generated> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in [tests.clone(), tests.join("../../../../openapi")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let path = if path.is_dir() { path.join("openapi.yaml") } else { path };
            let is_document = path.extension().is_some_and(|ending| ending == "yaml" || ending == "json");
            paths.extend((is_document && path.exists()).then_some(path));
        }
    }
    paths.sort();
    assert!(paths.len() > 40, "{}", paths.len());
    let document = |path: PathBuf| {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let document = workspace::read(&path, &mut sources, &mut diagnostics)?;
        let settings = ApiSettings::for_document("api", "api");
        let folders = Folders { cli: Some("api-cli".to_owned()), ..settings.folders.clone() };
        generate(&document, "api", &ApiSettings { folders, mcp: true, ..settings }, &mut diagnostics)
    };
    paths.into_iter().filter_map(document).collect()
}

/// Adds what a `use` imports, unless it is from the models, or from the client, which has these, too.
fn imported(tree: &UseTree, names: &mut Names) {
    match tree {
        UseTree::Path(path) if ["api_client", "api_models"].iter().any(|own| path.ident == own) => {}
        UseTree::Path(path) => imported(&path.tree, names),
        UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, names)),
        UseTree::Name(name) => drop(names.insert(name.ident.to_string())),
        UseTree::Rename(_) | UseTree::Glob(_) => panic!("this is not how generated code imports"),
    }
}

/// Adds all identifiers, and those that begin a path; attributes aside.
fn identifiers(tokens: TokenStream, all: &mut Names, roots: &mut Names) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let sign = |at: Option<usize>| match at.and_then(|at| tokens.get(at)) {
        Some(TokenTree::Punct(sign)) => Some((sign.as_char(), sign.spacing())),
        _ => None,
    };
    for (at, token) in tokens.iter().enumerate() {
        let before = sign(at.checked_sub(1));
        match token {
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Bracket && matches!(before, Some(('#' | '!', _))) => {}
            TokenTree::Group(group) => identifiers(group.stream(), all, roots),
            TokenTree::Ident(name) => {
                all.insert(name.to_string());
                let is_path =
                    sign(Some(at + 1)) == Some((':', Spacing::Joint)) && sign(Some(at + 2)).is_some();
                let is_inner = matches!(before, Some(('.', _)))
                    || matches!(
                        (before, sign(at.checked_sub(2))),
                        (Some((':', _)), Some((':', Spacing::Joint)))
                    );
                if is_path && !is_inner {
                    roots.insert(name.to_string());
                }
            }
            _ => {}
        }
    }
}

fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
}

/// Models have whole paths where their names are those of imports that are always there. Types of values are
/// not among these: what a model is called cannot be told from them before.
#[test]
fn imports_are_reserved() {
    let printer = include_str!("../src/printer.rs");
    let of_documents = table(printer, "RESERVED");
    let values: Names = [
        "Base64",
        "ByteStream",
        "Bytes",
        "DateTime",
        "Events",
        "Extra",
        "Field",
        "File",
        "IndexMap",
        "Ipv4Addr",
        "Ipv6Addr",
        "JsonLines",
        "NaiveDate",
        "Utc",
        "Uuid",
        "Value",
    ]
    .map(str::to_owned)
    .into();
    let all = generated();
    let mut everywhere = Names::new();
    for (krate, source) in [
        (CrateKind::Client, include_str!("../src/client/mod.rs")),
        (CrateKind::Server, include_str!("../src/server/mod.rs")),
        (CrateKind::Cli, include_str!("../src/commands/mod.rs")),
    ] {
        let reserved = table(source, "RESERVED");
        let (mut imports, mut names, mut roots) = (Names::new(), Names::new(), Names::new());
        for file in all.iter().flat_map(|own| &own.files).filter(|file| file.krate == krate) {
            for item in syn::parse_file(&file.text).unwrap().items {
                if let Item::Use(item) = item {
                    imported(&item.tree, &mut imports);
                }
            }
            identifiers(file.text.parse().unwrap(), &mut names, &mut roots);
        }
        let is_missing = |name: &&String| {
            is_type(name) && ![&reserved, &of_documents, &values].iter().any(|table| table.contains(*name))
        };
        let missing: Vec<&String> = imports.iter().filter(is_missing).collect();
        let word = if krate == CrateKind::Cli { "commands" } else { krate.word() };
        assert!(missing.is_empty(), "write these down in `RESERVED` of src/{word}/mod.rs: {missing:?}");
        let stale: Vec<&String> = reserved.difference(&names).collect();
        assert!(stale.is_empty(), "no {word} has these: take them out of `RESERVED`: {stale:?}");
        let twice: Vec<&String> = reserved.intersection(&of_documents).collect();
        assert!(twice.is_empty(), "src/printer.rs reserves these for all: {twice:?}");
        everywhere.extend(imports);
    }
    let stale: Vec<&String> = of_documents.difference(&everywhere).collect();
    assert!(
        stale.is_empty(),
        "nobody imports these: take them out of `RESERVED` of src/printer.rs: {stale:?}"
    );
    let stale: Vec<&String> = values.difference(&everywhere).collect();
    assert!(
        stale.iter().all(|name| printer.contains(&format!("\"{name}\""))),
        "these are no types: {stale:?}"
    );
}

/// An operation that is called like a function of every client gets another name.
#[test]
fn functions_of_clients_are_reserved() {
    let reserved = table(include_str!("../src/plan/operation.rs"), "FUNCTIONS");
    let mut printed = Names::new();
    for own in generated() {
        let mut functions: Names = own.plan.operations.iter().map(|own| own.name.clone()).collect();
        for scheme in &own.plan.schemes {
            let name = scheme.name.trim_end_matches('_');
            functions
                .extend(["", "_client_credentials", "_token_url"].map(|end| format!("with_{name}{end}")));
        }
        for item in syn::parse_file(&own.text(CrateKind::Client)).unwrap().items {
            let Item::Impl(item) = item else { continue };
            // The runtime calls those of its own traits by the trait: a function of the client hides none.
            let is_of_runtime = item
                .trait_
                .as_ref()
                .is_some_and(|(path, _)| ["ApiClient", "Configure"].iter().any(|name| path.is_ident(name)));
            let is_client = !is_of_runtime
                && matches!(&*item.self_ty, syn::Type::Path(own) if own.path.is_ident("Client"));
            for member in item.items.iter().filter(|_| is_client) {
                let ImplItem::Fn(function) = member else { continue };
                let name = function.sig.ident.to_string();
                if !functions.contains(&name) {
                    printed.insert(name);
                }
            }
        }
    }
    let missing: Vec<&String> = printed.difference(&reserved).collect();
    assert!(missing.is_empty(), "write these down in `FUNCTIONS` of src/plan/operation.rs: {missing:?}");
}

/// An operation that is called like a method of every mock has another one there. The macro of the runtime
/// makes these methods; `clone` it derives.
#[test]
fn methods_of_mocks_are_reserved() {
    let reserved = table(include_str!("../src/server/mock.rs"), "FUNCTIONS");
    let lines = include_str!("../../spec-runtime/src/server/mock.rs").lines();
    let names = lines.filter_map(|line| line.trim().strip_prefix("pub fn ")?.split(['(', '<']).next());
    let mut made: Names = names.filter(|name| !name.starts_with('$')).map(str::to_owned).collect();
    made.insert("clone".to_owned());
    assert_eq!(made, reserved, "`FUNCTIONS` of src/server/mock.rs has the methods that `mock!` makes");
}

/// A tag that is called like a module, or like what begins a path, gets a module of another name.
#[test]
fn roots_of_paths_are_reserved() {
    let reserved = table(include_str!("../src/plan/groups.rs"), "TAKEN");
    let (mut names, mut roots) = (Names::new(), Names::new());
    for own in generated() {
        for file in &own.files {
            identifiers(file.text.parse().unwrap(), &mut names, &mut roots);
        }
    }
    let is_missing = |name: &&String| {
        // `object!` has these before paths that begin at the root.
        let words = ["asked", "asked_field", "field", "nullable", "optional", "required"];
        let is_crate = ["api_client", "api_models"].contains(&name.as_str());
        let is_module = !is_crate && !words.contains(&name.as_str()) && syn::parse_str::<Ident>(name).is_ok();
        is_module && !name.contains(char::is_uppercase) && !reserved.contains(*name)
    };
    let missing: Vec<&String> = roots.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "write these down in `TAKEN` of src/plan/groups.rs: {missing:?}");
}
