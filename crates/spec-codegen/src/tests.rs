//! What only can be seen from the inside: a reader can't tell who printed a model or an operation.

use crate::fragment::CrateFragment;
use crate::manifest::Surroundings;
use crate::plan::{Engine, Plan};
use crate::printer::Printer;
use crate::rust::declaration;
use crate::settings::ApiSettings;
use crate::{CrateKind, client, generate, judge, manifest, markdown, models, workspace};
use quote::{format_ident, quote};
use spec_document::{Diagnostics, Sources};
use std::path::{Path, PathBuf};

/// Returns true if a file is a document and not only a part of one.
fn is_document(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().any(|line| line.trim_start_matches(['{', '"', ' ']).starts_with("openapi"))
}

/// All small documents, and those of the workspace.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in [root.join("tests/documents"), root.join("../../openapi")] {
        paths.extend(std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    paths.iter_mut().filter(|path| path.is_dir()).for_each(|path| path.push("openapi.yaml"));
    paths.retain(|path| {
        path.extension().is_some_and(|ending| ending == "yaml" || ending == "json") && is_document(path)
    });
    paths.sort();
    paths
}

/// Plans of all documents.
fn plans() -> Vec<(String, Plan)> {
    let plan = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let document = workspace::read(path, &mut sources, &mut diagnostics).unwrap();
        let api = spec_api::read(&document, &mut diagnostics).unwrap();
        let plan = Plan::new(&api, &ApiSettings::for_document("api", &name), &mut diagnostics);
        (name, plan)
    };
    documents().iter().map(plan).collect()
}

/// Fails with the first line that differs.
fn same(engine: &str, emitter: &str, what: &str) {
    if engine != emitter {
        let lines = engine.lines().zip(emitter.lines()).find(|(left, right)| left != right);
        panic!("{what}: {lines:#?}");
    }
}

#[test]
fn typify_confirms_what_it_is_asked_for() {
    let (mut asked, mut confirmed) = (0, 0);
    for (_, plan) in &plans() {
        asked += plan.types.iter().filter(|ty| ty.engine == Engine::Engine).count();
        confirmed += plan.types.iter().filter(|ty| models::is_confirmed(plan, ty)).count();
    }
    // Most of what typify is asked for it can print: fewer would mean that the lowering is broken.
    assert!(confirmed * 10 > asked * 8, "typify confirmed {confirmed} of {asked}");
}

#[test]
fn progenitor_and_our_emitter_print_the_same() {
    let (mut asked, mut printed) = (0, 0);
    for (name, plan) in plans() {
        for operation in &plan.operations {
            asked += usize::from(operation.engine == Engine::Engine);
            let Some((engine, emitter)) = client::both(&plan, operation) else { continue };
            same(&engine, &emitter, &format!("{} of {name}", operation.id));
            printed += 1;
        }
    }
    assert!(printed * 10 > asked * 8, "progenitor printed {printed} of {asked}");
}

/// Parts of a file are printed apart from one another, and the file is as if they had not been.
#[test]
fn parts_make_the_same_file_as_the_whole() {
    let print = |(module, alias): &(&str, &str), part: &mut CrateFragment<'_>| {
        let (path, alias) = (part.printer.path(module, "Name"), format_ident!("{alias}"));
        part.layout.enter((alias != "C").then_some("inner"));
        part.layout.add(quote!(pub type #alias = #path;));
    };
    let text = |part: CrateFragment<'_>| {
        let files = part.finish("parts", "").files;
        files.into_iter().map(|file| file.text).collect::<String>()
    };
    let (plan, _) = chain(0, false);
    let printer = Printer::new(&plan, Vec::new(), &[], None);
    for items in [[("one", "A"), ("one", "B"), ("one", "C")], [("one", "A"), ("other", "B"), ("other", "C")]]
    {
        let mut whole = CrateFragment::new(&printer);
        items.iter().for_each(|item| print(item, &mut whole));
        assert_eq!(text(CrateFragment::print_all(&items, &printer, print)), text(whole));
    }
    // Only the second needs that.
    let apart = |module: &str, alias: &str| {
        let mut part = CrateFragment::new(&printer);
        print(&(module, alias), &mut part);
        part
    };
    assert!(CrateFragment::joined(vec![apart("one", "A"), apart("one", "B")], &printer).is_some());
    assert!(CrateFragment::joined(vec![apart("one", "A"), apart("other", "B")], &printer).is_none());
}

#[test]
fn a_declaration_is_found_among_others() {
    let code = quote! {
        mod error { pub struct Pet { other: u8 } }
        #[derive(Debug)] pub struct Pet<'a> { name: &'a str }
        impl Pet { fn pet(self) {} }
        pub struct Tuple(u8);
        pub mod builder { pub struct Pet; }
    };
    let found = |name: &str| declaration(code.clone(), name).map(|found| found.to_string());
    assert_eq!(found("Pet").unwrap(), "struct Pet < 'a > { name : & 'a str }");
    assert_eq!(found("builder").unwrap(), "mod builder { pub struct Pet ; }");
    assert_eq!(found("Nobody"), None);
    // What has no braces ends with those of somebody else, and is not parsed, then.
    assert!(syn::parse2::<syn::ItemStruct>(declaration(code.clone(), "Tuple").unwrap()).is_err());
}

/// Comments of generated code, each as a whole.
fn comments(text: &str) -> Vec<String> {
    let mut comments: Vec<String> = Vec::new();
    let mut is_within = false;
    for line in text.lines() {
        let words = line.trim_start().strip_prefix("///");
        if let Some(words) = words {
            let words = words.strip_prefix(' ').unwrap_or(words);
            match comments.last_mut() {
                Some(comment) if is_within => comment.extend(["\n", words]),
                _ => comments.push(words.to_owned()),
            }
        }
        is_within = words.is_some();
    }
    comments
}

/// Of whatever a document says, rustdoc runs nothing and has nothing to find fault with; and no comment is
/// torn in two.
#[test]
fn words_of_documents_are_only_words() {
    let own = [
        "Builder for [`Client::",
        "Builds a value of [`",
        "The servers that the document names, for [`Client::with_base_url`]",
    ];
    let (mut judged, mut code) = (0, 0);
    for path in documents() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let document = workspace::read(&path, &mut sources, &mut diagnostics).unwrap();
        let mut settings = ApiSettings::for_document("api", &name);
        settings.folders.cli = Some("api-cli".to_owned());
        let generated = generate(&document, &name, &settings, &mut diagnostics).unwrap();
        for krate in settings.crates() {
            let text = generated.text(krate);
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            let is_torn = |lines: &[&str]| lines[0].starts_with("///") && lines[1].is_empty();
            assert!(!lines.windows(2).any(is_torn), "a comment of {name} is followed by nothing");
            for comment in comments(&text) {
                if own.iter().any(|own| comment.starts_with(own) && !comment.contains('\n')) {
                    continue;
                }
                assert_eq!(judge::faults(&comment), Vec::<String>::new(), "{name}: {comment}");
                judged += 1;
                code += usize::from(comment.contains("std::process::abort();"));
            }
            let library = manifest::library(&settings, krate, &generated);
            let head: Vec<&str> =
                library.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
            assert_eq!(judge::faults(&head.join("\n")), Vec::<String>::new(), "{name}: {library}");
            assert!(syn::parse_file(&library).is_ok(), "{name}: {library}");
            let around = Surroundings {
                inherited: Vec::new(),
                runtime: None,
                commands: None,
                models: "../models".to_owned(),
                client: "../client".to_owned(),
            };
            let manifest = manifest::manifest(&settings, krate, &generated, &around);
            let read = toml::de::DeTable::parse(&manifest).unwrap();
            if krate != CrateKind::Cli {
                assert_eq!(read.get_ref()["lib"].get_ref()["doctest"].get_ref().as_bool(), Some(false));
            }
            let said = read.get_ref()["package"].get_ref()["description"].get_ref().as_str().unwrap();
            assert!(said.ends_with(&markdown::in_one_line(&generated.plan.title)), "{name}: {said}");
        }
    }
    assert!(judged > 1000 && code >= 15, "{judged} comments, {code} with code in them");
}

/// A chain of so many schemas, each of which holds the next one in a list or as it is.
fn chain(length: usize, in_lists: bool) -> (Plan, Diagnostics) {
    let mut schemas = serde_json::Map::new();
    for index in 0..length {
        let next = serde_json::json!({"$ref": format!("#/components/schemas/S{}", index + 1)});
        let next = if in_lists { serde_json::json!({"type": "array", "items": next}) } else { next };
        schemas
            .insert(format!("S{index}"), serde_json::json!({"type": "object", "properties": {"next": next}}));
    }
    schemas.insert(format!("S{length}"), serde_json::json!({"type": "string"}));
    let document = serde_json::json!({
        "openapi": "3.1.0", "info": {"title": "Deep", "version": "1"}, "paths": {},
        "components": {"schemas": schemas},
    });
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add("deep.json", document.to_string());
    let document = sources.parse(source, None, &mut diagnostics).unwrap();
    let api = spec_api::read(&document, &mut diagnostics).unwrap();
    let plan = Plan::new(&api, &ApiSettings::for_document("api", "deep.json"), &mut diagnostics);
    (plan, diagnostics)
}

#[test]
fn deep_documents_ask_for_a_limit_or_are_refused() {
    use crate::plan::depth::recursion_limit;
    for (length, in_lists, limit) in
        [(20, true, None), (40, true, Some(1024)), (250, false, Some(4096)), (10_000, true, Some(4096))]
    {
        let (plan, diagnostics) = chain(length, in_lists);
        assert_eq!(recursion_limit(&plan), limit, "{length}");
        assert!(!diagnostics.has_errors(), "{length}");
    }
    let (_, diagnostics) = chain(10_000, false);
    let said: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(said, [spec_document::Code::LimitExceeded]);
}
