//! What becomes of the small documents: the plan of each as text, what is said of it, and that it never comes
//! out differently.

use spec_codegen::plan::Definition;
use spec_codegen::settings::{ApiSettings, Files, Settings};
use spec_codegen::{Generated, generate, workspace};
use spec_document::{Diagnostics, Renderer, Sources};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

struct Outcome {
    generated: Option<Generated>,
    rendered: String,
}

/// Generates a document with the files that it refers to.
fn run_file(path: &Path) -> Outcome {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let document = workspace::read(path, &mut sources, &mut diagnostics);
    let settings = ApiSettings::for_document("api", "api");
    let generated =
        document.and_then(|document| generate(&document, &name_of(path), &settings, &mut diagnostics));
    let generated = generated.filter(|_| !diagnostics.has_errors());
    Outcome { generated, rendered: Renderer::new(&sources).render_all(&diagnostics) }
}

/// Generates a text under a name.
fn run(
    name: &str,
    text: &str,
    settings: impl FnOnce(&mut Sources, &mut Diagnostics) -> ApiSettings,
) -> Outcome {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(name, text);
    let settings = settings(&mut sources, &mut diagnostics);
    let document = sources.parse(source, None, &mut diagnostics);
    // No other file is there.
    let document = document.map(|document| {
        spec_api::gather(&document, name, &mut sources, &mut |uri| Err(spec_api::not_a_file(uri)))
    });
    let generated = document.and_then(|document| generate(&document, name, &settings, &mut diagnostics));
    let generated = generated.filter(|_| !diagnostics.has_errors());
    Outcome { generated, rendered: Renderer::new(&sources).render_all(&diagnostics) }
}

fn default_settings(_: &mut Sources, _: &mut Diagnostics) -> ApiSettings {
    ApiSettings::for_document("api", "api")
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

#[test]
fn plans_of_small_documents() {
    insta::glob!("documents/{*.*,*/openapi.yaml}", |path| {
        let outcome = run_file(path);
        let plan = outcome.generated.expect("a plan").plan;
        insta::assert_snapshot!(format!("{plan}\n{}", outcome.rendered).trim());
    });
}

/// What stands in which file, where files are by tag.
#[test]
fn files_by_tag() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents/tags.yaml");
    let settings = |_: &mut Sources, _: &mut Diagnostics| ApiSettings {
        files: Files::ByTag,
        ..ApiSettings::for_document("api", "api")
    };
    let outcome = run("tags.yaml", &fs::read_to_string(path).unwrap(), settings);
    let mut text = String::new();
    for file in outcome.generated.expect("files").files {
        text.push_str(&format!("{} {}\n", file.krate.word(), file.path));
        let is_item = |line: &&str| {
            line.starts_with("pub ") || line.starts_with("impl Client") || line.starts_with("mod ")
        };
        let lines = file.text.lines().filter(is_item);
        lines.for_each(|line| {
            text.push_str(&format!("    {}\n", line.trim_end_matches([' ', '{', '}', ';'])))
        });
    }
    insta::assert_snapshot!(text);
}

/// The same document gives the same bytes: again, and from a tree that was built anew.
#[test]
fn generation_is_deterministic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let files = || run_file(&path.join("openapi.yaml")).generated.expect("files").files;
            assert_eq!(files(), files(), "{}", path.display());
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let files = |text: &str| {
            let run = run(&name_of(&path), text, default_settings);
            run.generated.unwrap_or_else(|| panic!("{}: {}", path.display(), run.rendered)).files
        };
        let first = files(&text);
        assert_eq!(files(&text), first, "{}", path.display());
        let mut sources = Sources::new();
        let source = sources.add(name_of(&path), text);
        let document = sources.parse(source, None, &mut Diagnostics::new()).unwrap();
        let as_json = serde_json::to_string(&document.root().to_json()).unwrap();
        assert_eq!(files(&as_json), first, "{}", path.display());
        count += 1;
    }
    assert!(count > 20);
}

/// Names do not change when something unrelated comes or goes: a document with one more schema and one more
/// operation in front plans everything else as before.
#[test]
fn names_are_stable() {
    for name in ["names.yaml", "responses.yaml", "unions-by-trial.yaml", "three-states.yaml"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name);
        let text = fs::read_to_string(path).unwrap();
        let plan = |text: &str| run(name, text, default_settings).generated.expect("a plan").plan.to_string();
        let before = plan(&text);
        let more = "  schemas:\n    Unrelated: {type: object, properties: {inner: {type: object, \
                    properties: {a: {type: string}}}}}\n";
        let mut with_more = text.replacen("  schemas:\n", more, 1);
        let operation = "paths:\n  /unrelated: {get: {operationId: unrelated, \
                         responses: {\"204\": {description: None.}}}}\n";
        with_more = with_more.replacen("paths:\n", operation, 1);
        assert_ne!(with_more, text);
        let after = plan(&with_more);
        let missing: Vec<&str> =
            before.lines().filter(|line| !after.lines().any(|other| other == *line)).collect();
        assert!(missing.is_empty(), "{name}: {missing:#?}");
        assert!(after.contains("struct UnrelatedInner"));
    }
}

/// Returns the names of all models of a text, and of their builders.
fn names(text: &str, sharing: bool) -> BTreeSet<String> {
    let settings = |_: &mut Sources, _: &mut Diagnostics| ApiSettings {
        sharing,
        ..ApiSettings::for_document("api", "api")
    };
    let outcome = run("text.yaml", text, settings);
    let plan = outcome.generated.unwrap_or_else(|| panic!("{}", outcome.rendered)).plan;
    let builders = plan.types.iter().filter_map(|ty| match &ty.definition {
        Definition::Struct(body) => Some(body.builder.clone()),
        _ => ty.place.as_ref()?.builder.clone(),
    });
    builders.chain(plan.types.iter().map(|ty| ty.name.clone())).collect()
}

/// Whoever names a type of a place goes on naming it, whichever places share it.
#[test]
fn places_keep_their_names() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let texts =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let mut count = 0;
    for path in texts {
        let text = fs::read_to_string(&path).unwrap();
        let (shared, apart) = (names(&text, true), names(&text, false));
        count += shared.difference(&apart).count();
        let missing: Vec<&String> = apart.difference(&shared).collect();
        assert!(missing.is_empty(), "{}: {missing:#?}", path.display());
    }
    assert!(count > 0, "no word became a name");
}

/// An operation in front takes no name away, though it has the first place of what others share.
#[test]
fn shared_names_are_stable() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents/sharing.yaml");
    let text = fs::read_to_string(path).unwrap();
    let owner = "{type: object, required: [name], properties: {name: {type: string}, \
        address: {type: object, required: [city], properties: {city: {type: string}}}}}";
    for (word, name) in [("owner", "Owner"), ("keeper", "AboveOkKeeper")] {
        let operation = format!(
            "paths:\n  /above: {{get: {{operationId: above, responses: {{\"200\": {{description: One., \
             content: {{application/json: {{schema: {{type: object, \
             properties: {{{word}: {owner}}}}}}}}}}}}}}}}}\n"
        );
        let with_more = text.replacen("paths:\n", &operation, 1);
        let (before, after) = (names(&text, true), names(&with_more, true));
        let missing: Vec<&String> = before.difference(&after).collect();
        assert!(missing.is_empty(), "{word}: {missing:#?}");
        let settings = |_: &mut Sources, _: &mut Diagnostics| ApiSettings {
            sharing: true,
            ..ApiSettings::for_document("api", "api")
        };
        let plan = run("above.yaml", &with_more, settings).generated.expect("a plan").plan.to_string();
        assert!(plan.contains(&format!("struct {name}\n")), "{plan}");
    }
}

/// Settings beside a document: what they leave of it, and what is said of them.
#[test]
fn settings() {
    insta::glob!("settings/*/openapi.yaml", |path| {
        let settings = fs::read_to_string(path.with_file_name("codegen.toml")).unwrap();
        let outcome = run("openapi.yaml", &fs::read_to_string(path).unwrap(), |sources, diagnostics| {
            let source = sources.add("codegen.toml", settings);
            Settings::parse(sources, source, diagnostics).apis.pop().expect("settings of an API")
        });
        let plan = outcome.generated.map(|generated| generated.plan.to_string()).unwrap_or_default();
        insta::assert_snapshot!(format!("{plan}\n{}", outcome.rendered).trim());
    });
}

/// Documents that fail at this stage; a document is read with the settings of its name, where there are some.
#[test]
fn bad_documents_and_settings() {
    insta::glob!("bad/{*.*,*/openapi.yaml}", |path| {
        let text = fs::read_to_string(path).unwrap();
        let name = name_of(path);
        let outcome = match path.extension().and_then(|ending| ending.to_str()) {
            Some("toml") => {
                let document = "{\"openapi\": \"3.1.0\", \"info\": {\"title\": \"Good\", \
                                \"version\": \"1\"}, \"paths\": {}}";
                run("good.json", document, |sources, diagnostics| {
                    let source = sources.add(name, text);
                    let mut settings = Settings::parse(sources, source, diagnostics);
                    settings.apis.pop().unwrap_or_else(|| ApiSettings::for_document("api", "api"))
                })
            }
            _ => run_file(path),
        };
        insta::assert_snapshot!(outcome.rendered);
    });
}
