//! Documents on disk → files on disk: what is written, what is left alone, and that nothing is written when
//! anything is wrong.

use spec_codegen::workspace::{self, Input, Run, Written};
use spec_codegen::{MARK, Runtime};
use spec_document::{Renderer, Severity};
use std::fs;
use std::path::{Path, PathBuf};

const DOCUMENT: &str = concat!(
    r##"
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /pets/{id}:
    get:
      operationId: get_pet
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        "200": {description: A pet., "##,
    r##"content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
    delete:
      operationId: delete_pet
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"204": {description: Gone.}}
components:
  schemas:
    Pet: {type: object, required: [name], properties: {name: {type: string}, tag: {type: [string, "null"]}}}
    Kind: {type: string, enum: [cat, dog]}
"##,
);

/// A workspace of its own for each test.
fn workspace(name: &str, settings: &str, documents: &[(&str, &str)]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join("openapi")).unwrap();
    fs::write(root.join("openapi/codegen.toml"), settings).unwrap();
    for (name, text) in documents {
        fs::write(root.join("openapi").join(name), text).unwrap();
    }
    root
}

fn run(root: &Path, only: Option<&str>) -> Run {
    workspace::run(&Input::Workspace { root: root.to_owned(), only: only.map(str::to_owned) })
}

fn rendered(run: &Run) -> String {
    Renderer::new(&run.sources).render_all(&run.diagnostics)
}

/// Every file below a folder, with its text.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push((path.clone(), fs::read_to_string(&path).unwrap()))
            }
        }
    }
    found.sort();
    found
}

const PETS: &str = "[apis.pets]\ndocument = \"pets.yaml\"\n";

#[test]
fn a_new_entry_makes_three_crates_and_then_nothing_changes() {
    let root = workspace("new", PETS, &[("pets.yaml", DOCUMENT)]);
    let first = run(&root, None);
    assert!(first.diagnostics.is_empty(), "{}", rendered(&first));
    assert_eq!(workspace::write(&first.apis).unwrap(), Written { written: 9, unchanged: 0, removed: 0 });
    for krate in ["models", "client", "server"] {
        let folder = root.join(format!("crates/pets-{krate}"));
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("name = \"pets-{krate}\"")), "{manifest}");
        let generated = fs::read_to_string(folder.join("src/generated.rs")).unwrap();
        assert!(generated.starts_with(&format!("{MARK}openapi/pets.yaml. Do not edit.\n")), "{generated}");
    }
    let before = files(&root);
    let second = run(&root, None);
    assert_eq!(second.apis[0].stale(), []);
    assert_eq!(workspace::write(&second.apis).unwrap(), Written { written: 0, unchanged: 3, removed: 0 });
    assert_eq!(files(&root), before);
}

#[test]
fn drift_is_named_in_the_words_of_the_document() {
    let root = workspace("drift", PETS, &[("pets.yaml", DOCUMENT)]);
    workspace::write(&run(&root, None).apis).unwrap();
    let names = |document: String| {
        fs::write(root.join("openapi/pets.yaml"), document).unwrap();
        let run = run(&root, None);
        assert!(run.diagnostics.is_empty(), "{}", rendered(&run));
        let stale = run.apis[0].stale();
        let name = |path: &Path| path.strip_prefix(&root).unwrap().display().to_string();
        stale
            .iter()
            .map(|stale| format!("{}: {}", name(&stale.path), stale.names.join(", ")))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(DOCUMENT.replace("[cat, dog]", "[cat, dog, fish]")),
        ["crates/pets-models/src/generated.rs: type Kind"]
    );
    assert_eq!(
        names(DOCUMENT.replace("/pets/{id}", "/animals/{id}")),
        [
            "crates/pets-client/src/generated.rs: operation delete_pet, operation get_pet",
            "crates/pets-server/src/generated.rs: operation delete_pet, operation get_pet, \
             operations, router",
        ]
    );
    assert_eq!(
        names(DOCUMENT.replace("\"204\": {description: Gone.}", "\"200\": {description: Gone.}")),
        [
            "crates/pets-client/src/generated.rs: operation delete_pet",
            "crates/pets-server/src/generated.rs: operation delete_pet"
        ]
    );
}

#[test]
fn nothing_is_written_when_anything_is_wrong() {
    let two = format!("{PETS}[apis.other]\ndocument = \"other.yaml\"\n");
    let root = workspace("wrong", &two, &[("pets.yaml", DOCUMENT), ("other.yaml", DOCUMENT)]);
    workspace::write(&run(&root, None).apis).unwrap();
    let before = files(&root.join("crates"));
    // The first document is good and has changed, the second is bad in two places.
    fs::write(root.join("openapi/pets.yaml"), DOCUMENT.replace("[cat, dog]", "[cat]")).unwrap();
    let bad = DOCUMENT
        .replace("schemas/Pet\"", "schemas/Pat\"")
        .replace("operationId: delete_pet", "operationId: get_pet");
    fs::write(root.join("openapi/other.yaml"), bad).unwrap();
    let run = run(&root, None);
    let text = rendered(&run);
    assert!(text.contains("unresolved-reference") && text.contains("duplicate-operation-id"), "{text}");
    assert!(run.apis.is_empty());
    workspace::write(&run.apis).unwrap();
    assert_eq!(files(&root.join("crates")), before);
}

#[test]
fn only_one_of_several_apis() {
    let two = format!("{PETS}[apis.other]\ndocument = \"other.yaml\"\n");
    let root = workspace("only", &two, &[("pets.yaml", DOCUMENT), ("other.yaml", DOCUMENT)]);
    let run_other = run(&root, Some("other"));
    assert_eq!(run_other.apis.iter().map(|api| api.name.as_str()).collect::<Vec<_>>(), ["other"]);
    let text = rendered(&run(&root, Some("nobody")));
    assert!(text.contains("there is no API `nobody`") && text.contains("APIs here: pets, other"), "{text}");
}

#[test]
fn files_that_nothing_generates_any_more_are_removed_and_others_stay() {
    let root = workspace("orphans", PETS, &[("pets.yaml", DOCUMENT)]);
    workspace::write(&run(&root, None).apis).unwrap();
    let source = root.join("crates/pets-client/src");
    fs::write(source.join("old.rs"), format!("{MARK}openapi/pets.yaml. Do not edit.\n")).unwrap();
    fs::write(source.join("mine.rs"), "// Written by hand.\n").unwrap();
    fs::write(source.join("lib.rs"), "// My own lib.rs.\n").unwrap();
    let again = run(&root, None);
    assert_eq!(again.apis[0].stale().len(), 1);
    assert_eq!(workspace::write(&again.apis).unwrap(), Written { written: 0, unchanged: 3, removed: 1 });
    assert!(!source.join("old.rs").exists());
    assert_eq!(fs::read_to_string(source.join("mine.rs")).unwrap(), "// Written by hand.\n");
    assert_eq!(fs::read_to_string(source.join("lib.rs")).unwrap(), "// My own lib.rs.\n");
}

#[test]
fn a_write_that_fails_leaves_everything_as_it_was() {
    let root = workspace("atomic", PETS, &[("pets.yaml", DOCUMENT)]);
    workspace::write(&run(&root, None).apis).unwrap();
    fs::write(root.join("openapi/pets.yaml"), DOCUMENT.replace("/pets/{id}", "/animals/{id}")).unwrap();
    fs::write(root.join("crates/pets-client/src/old.rs"), format!("{MARK}openapi/pets.yaml. Do not edit.\n"))
        .unwrap();
    let changed = run(&root, None);
    // The server's file is in the way of its own change: a folder can't be replaced by a file.
    let server = root.join("crates/pets-server/src/generated.rs");
    fs::remove_file(&server).unwrap();
    fs::create_dir(&server).unwrap();
    let before = files(&root.join("crates"));
    let error = workspace::write(&changed.apis).unwrap_err();
    assert!(error.to_string().contains("pets-server"), "{error}");
    assert_eq!(files(&root.join("crates")), before);
}

#[test]
fn a_manifest_without_what_generated_code_uses_is_noted() {
    let root = workspace("manifest", PETS, &[("pets.yaml", DOCUMENT)]);
    workspace::write(&run(&root, None).apis).unwrap();
    // The runtime has what types of other crates need.
    let with_dates =
        DOCUMENT.replace("tag: {type: [string, \"null\"]}", "born: {type: string, format: date}");
    fs::write(root.join("openapi/pets.yaml"), with_dates).unwrap();
    assert_eq!(run(&root, None).apis[0].notes, Vec::<String>::new());
    let client = root.join("crates/pets-client/Cargo.toml");
    let whole = fs::read_to_string(&client).unwrap();
    fs::write(&client, "[package]\nname = \"pets-client\"\n").unwrap();
    let notes = run(&root, None).apis[0].notes.clone();
    let lacks = |name: &str| format!("lacks the dependency `{name}`, which its generated code uses");
    assert!(
        notes.len() == 2
            && notes[0].ends_with(&lacks("pets-models"))
            && notes[1].ends_with(&lacks("spec-runtime")),
        "{notes:?}"
    );
    fs::write(&client, whole).unwrap();
    let with_formats =
        DOCUMENT.replace("tag: {type: [string, \"null\"]}", "mail: {type: string, format: email}");
    fs::write(root.join("openapi/pets.yaml"), with_formats).unwrap();
    let notes = run(&root, None).apis[0].notes.clone();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0].ends_with("lacks the feature `validation` of `spec-runtime`, which its generated code uses"),
        "{notes:?}"
    );
}

/// What manifests of new crates say, by what stands around them and by the setting.
#[test]
fn manifests_lead_to_the_runtime() {
    let inheriting = "[workspace.package]\nversion = \"2.0.0\"\nlicense = \"MIT\"\n\n\
        [workspace.dependencies]\nspec-runtime = \"0.1\"\n";
    let git = "git = \"https://example.com/spec.git\"";
    let cases = [
        ("alone", "", String::new()),
        ("in a workspace", inheriting, String::new()),
        ("by version", inheriting, "runtime = { version = \"=0.1.3\" }\n".to_owned()),
        ("by path", "", "runtime = { path = \"vendor/spec-runtime\" }\n".to_owned()),
        ("by git", "", format!("runtime = {{ {git} }}\n")),
        ("by tag", "", format!("runtime = {{ {git}, tag = \"v1\" }}\n")),
        ("by commit", "", format!("runtime = {{ {git}, rev = \"0123abc\" }}\n")),
        ("by branch", "", format!("runtime = {{ {git}, branch = \"main\" }}\n")),
    ];
    let mut all = String::new();
    for (name, around, setting) in cases {
        let settings = format!("{PETS}client = \"apps/pets-client\"\n{setting}");
        let root = workspace("runtime", &settings, &[("pets.yaml", DOCUMENT)]);
        fs::write(root.join("Cargo.toml"), around).unwrap();
        let run = run(&root, None);
        assert!(run.diagnostics.is_empty(), "{}", rendered(&run));
        workspace::write(&run.apis).unwrap();
        for folder in ["crates/pets-models", "apps/pets-client", "crates/pets-server"] {
            let manifest = fs::read_to_string(root.join(folder).join("Cargo.toml")).unwrap();
            // The rest is the same for all.
            if name == "alone" || name == "in a workspace" {
                all.push_str(&format!("# {folder}, {name}\n{manifest}\n"));
            } else {
                let line = manifest.lines().find(|line| line.starts_with("spec-runtime")).unwrap();
                all.push_str(&format!("# {folder}, {name}\n{line}\n\n"));
            }
        }
        // What is written is all that generated code needs.
        let again = self::run(&root, None);
        assert_eq!(again.apis[0].notes, Vec::<String>::new());
    }
    let own = format!("{{ version = {:?}", env!("CARGO_PKG_VERSION"));
    insta::assert_snapshot!(all.replace(&own, "{ version = \"OF THE GENERATOR\""));
}

/// A command that knows where the runtime is writes no path of one machine.
#[test]
fn crates_elsewhere_have_relative_paths() {
    let root = workspace("elsewhere", PETS, &[("pets.yaml", DOCUMENT)]);
    fs::create_dir_all(root.join("lib/spec-runtime")).unwrap();
    let runtime = root.join("lib/spec-runtime");
    let input = Input::Document {
        path: root.join("openapi/pets.yaml"),
        name: None,
        out: root.join("new/here/../there"),
        runtime: Some(Runtime::Path(runtime.to_string_lossy().into_owned())),
        remote: Vec::new(),
        overlays: Vec::new(),
        only: Vec::new(),
        except: Vec::new(),
    };
    let run = workspace::run(&input);
    assert!(run.diagnostics.is_empty(), "{}", rendered(&run));
    workspace::write(&run.apis).unwrap();
    let folder = root.join("new/there/pets-client");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    assert!(manifest.contains("spec-runtime = { path = \"../../../lib/spec-runtime\""), "{manifest}");
    assert!(manifest.contains("pets-models = { path = \"../pets-models\" }"), "{manifest}");
}

#[test]
fn the_fingerprint_follows_everything_that_matters() {
    let root = workspace("fingerprint", PETS, &[("pets.yaml", DOCUMENT)]);
    assert_eq!(workspace::fingerprint(&root, &[]), None);
    workspace::write(&run(&root, None).apis).unwrap();
    let first = workspace::fingerprint(&root, &[]);
    assert!(first.is_some());
    assert_eq!(workspace::fingerprint(&root, &[]), first);
    for path in [
        "openapi/pets.yaml",
        "openapi/codegen.toml",
        "crates/pets-server/src/generated.rs",
        "crates/pets-models/Cargo.toml",
    ] {
        let text = fs::read_to_string(root.join(path)).unwrap();
        fs::write(root.join(path), format!("{text}\n")).unwrap();
        assert_ne!(workspace::fingerprint(&root, &[]), first, "{path}");
        fs::write(root.join(path), text).unwrap();
        assert_eq!(workspace::fingerprint(&root, &[]), first, "{path}");
    }
}

/// Samples are a file like those that are generated: written, checked, and looked at before a run is spared.
#[test]
fn samples_are_written_where_the_settings_say() {
    let settings = "[apis.pets]\ndocument = \"pets.yaml\"\nsamples = \"openapi/pets.samples.json\"\n";
    let root = workspace("samples", settings, &[("pets.yaml", DOCUMENT)]);
    let generated = run(&root, None);
    workspace::write(&generated.apis).unwrap();
    let path = root.join("openapi/pets.samples.json");
    insta::assert_snapshot!(fs::read_to_string(&path).unwrap());
    let fingerprint = workspace::fingerprint(&root, &generated.files);
    assert!(fingerprint.is_some() && run(&root, None).apis[0].stale().is_empty());
    fs::write(&path, "{}").unwrap();
    assert_ne!(workspace::fingerprint(&root, &generated.files), fingerprint);
    let stale = run(&root, None).apis[0].stale();
    assert_eq!(stale.len(), 1);
    assert_eq!((&stale[0].path, stale[0].names.join(", ")), (&path, "samples".to_owned()));
}

#[test]
fn formats_and_untyped_schemas_become_what_the_settings_say() {
    let document = "openapi: 3.1.0\ninfo: {title: Choices, version: 1.0.0}\n\
                    components:\n  schemas:\n    Event:\n      type: object\n      properties:\n        \
                    at: {type: string, format: date-time}\n        \
                    who: {type: string, format: email}\n        \
                    where: {properties: {city: {type: string}}}\n";
    let models = |settings: &str| {
        let root = workspace(
            "choices",
            &format!("[apis.choices]\ndocument = \"choices.yaml\"\n{settings}"),
            &[("choices.yaml", document)],
        );
        let run = run(&root, None);
        assert!(
            run.diagnostics.iter().all(|diagnostic| diagnostic.severity == Severity::Note),
            "{}",
            rendered(&run)
        );
        workspace::write(&run.apis).unwrap();
        fs::read_to_string(root.join("crates/choices-models/src/generated.rs")).unwrap()
    };
    let types = models("");
    for line in [
        "at: optional DateTime<Utc>,",
        "who: optional String {\"format\": \"email\"},",
        "pub struct EventWhere {",
    ] {
        assert!(types.contains(line), "{line} in {types}");
    }
    assert!(types.contains("is_format(\"email\", value)"), "{types}");
    let texts = models("formats = { date-time = \"string\", email = \"any\" }\nuntyped = \"any\"\n");
    for line in [
        "at: optional String {\"format\": \"date-time\"},",
        "who: optional String,",
        "pub struct EventWhere(pub Value);",
    ] {
        assert!(texts.contains(line), "{line} in {texts}");
    }
    let remarks = models("formats = { \"*\" = \"any\" }\n");
    assert!(remarks.contains("at: optional String,"), "{remarks}");
}

#[test]
fn other_files_are_read_named_watched_and_remembered() {
    let document = DOCUMENT
        .replace("schemas:\n", "schemas:\n    Toy: {$ref: \"https://example.com/v1/schemas/toy.yaml\"}\n");
    let document = document.replace(
        "    Kind: {type: string, enum: [cat, dog]}",
        "    Kind: {$ref: \"../common/kinds.json#/Kind\"}",
    );
    let settings = format!(
        "{PETS}remote = {{ \"https://example.com/\" = \"nowhere\", \
         \"https://example.com/v1/schemas\" = \"copies\" }}\n"
    );
    let root = workspace("files", &settings, &[("pets.yaml", &document)]);
    fs::create_dir_all(root.join("common")).unwrap();
    fs::create_dir_all(root.join("openapi/copies")).unwrap();
    fs::write(root.join("common/kinds.json"), r#"{"Kind": {"type": "string", "enum": ["cat", "dog"]}}"#)
        .unwrap();
    let toy = "type: object\nproperties: {of: {$ref: \"./material.yaml\"}}\n";
    fs::write(root.join("openapi/copies/toy.yaml"), toy).unwrap();
    fs::write(root.join("openapi/copies/material.yaml"), "type: string\nenum: [wood]\n").unwrap();
    let first = run(&root, None);
    assert!(first.diagnostics.is_empty(), "{}", rendered(&first));
    let read: Vec<_> = first.files.iter().map(|file| fs::canonicalize(file).unwrap()).collect();
    let named = [
        "openapi/codegen.toml",
        "openapi/pets.yaml",
        "openapi/copies/toy.yaml",
        "common/kinds.json",
        "openapi/copies/material.yaml",
    ];
    assert_eq!(read, named.map(|name| fs::canonicalize(root.join(name)).unwrap()));
    workspace::write(&first.apis).unwrap();
    let models = fs::read_to_string(root.join("crates/pets-models/src/generated.rs")).unwrap();
    for line in ["pub struct Toy {", "pub enum Material {", "pub enum Kind {"] {
        assert!(models.contains(line), "{line} in {models}");
    }
    let before = workspace::fingerprint(&root, &first.files);
    assert_eq!(workspace::fingerprint(&root, &first.files), before);
    fs::write(root.join("openapi/copies/material.yaml"), "type: string\nenum: [wood, wool\n").unwrap();
    assert_ne!(workspace::fingerprint(&root, &first.files), before);
    let text = rendered(&run(&root, None));
    assert!(text.contains("--> openapi/copies/material.yaml:"), "{text}");
    assert!(text.contains("--> openapi/copies/toy.yaml:2:25"), "{text}");
    // What is wrong in another file is allowed by the place that messages show.
    let allowed = format!("{settings}allow = [{{ code = \"unreadable-file\", at = \"/properties/of\" }}]\n");
    fs::write(root.join("openapi/codegen.toml"), allowed).unwrap();
    let allowing = rendered(&run(&root, None));
    assert!(allowing.contains("is right; the settings allow it"), "{allowing}");
    fs::remove_file(root.join("common/kinds.json")).unwrap();
    let text = rendered(&run(&root, None));
    assert!(text.contains("common/kinds.json can't be read: it does not exist"), "{text}");
    assert_eq!(workspace::fingerprint(&root, &first.files), None);
}

#[test]
fn overlays_mend_the_document_and_stand_for_themselves() {
    let settings = format!("{PETS}overlays = [\"mend.overlay.yaml\", \"more.overlay.json\"]\n");
    let mend = "overlay: 1.0.0\ninfo: {title: Mend, version: 1.0.0}\n\
                extends: https://example.com/api/pets.yaml\nactions:\n  - target: $.paths.*.delete\n    \
                remove: true\n  - target: $.components.schemas.Pet.properties\n    \
                update: {born: {$ref: ./born.yaml}}\n";
    let more = r##"{"overlay": "1.0.0", "info": {"title": "More", "version": "1"}, "actions": [
        {"target": "$.components.schemas.Pet.properties.born",
         "update": {"description": "Its first day."}}]}"##;
    let root = workspace(
        "overlays",
        &settings,
        &[("pets.yaml", DOCUMENT), ("mend.overlay.yaml", mend), ("more.overlay.json", more)],
    );
    fs::write(root.join("openapi/born.yaml"), "type: object\nproperties: {day: {type: integer}}\n").unwrap();
    let first = run(&root, None);
    assert!(first.diagnostics.is_empty(), "{}", rendered(&first));
    assert_eq!(first.files.len(), 5, "{:?}", first.files);
    workspace::write(&first.apis).unwrap();
    let generated =
        |krate: &str| fs::read_to_string(root.join(format!("crates/pets-{krate}/src/generated.rs"))).unwrap();
    assert!(generated("models").contains("pub struct Born {"), "{}", generated("models"));
    assert!(generated("models").contains("/// Its first day."), "{}", generated("models"));
    assert!(!generated("server").contains("delete_pet"), "{}", generated("server"));
    // What an overlay gets wrong is shown there.
    fs::write(
        root.join("openapi/mend.overlay.yaml"),
        mend.replace("./born.yaml", "./bron.yaml").replace("pets.yaml", "dogs.yaml"),
    )
    .unwrap();
    let text = rendered(&run(&root, None));
    for line in [
        "--> openapi/mend.overlay.yaml:8:27",
        "openapi/bron.yaml can't be read",
        "--> openapi/mend.overlay.yaml:3:10",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    fs::remove_file(root.join("openapi/more.overlay.json")).unwrap();
    let text = rendered(&run(&root, None));
    assert!(
        text.contains("--> openapi/codegen.toml:3:34") && text.contains("more.overlay.json can't be read"),
        "{text}"
    );
}
