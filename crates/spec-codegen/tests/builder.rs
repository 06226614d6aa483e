//! What a build script says with a `Builder`, and what it gets.

use spec_codegen::{Builder, Code, CrateKind, Error, Files, Pattern};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const DOCUMENT: &str = concat!(
    r##"
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /pets/{id}:
    get:
      operationId: get_pet
      tags: [pets]
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        "200": {description: A pet., "##,
    r##"content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
  /stores:
    get: {operationId: list_stores, tags: [stores], responses: {"204": {description: Nothing.}}}
components:
  schemas:
    Pet: {type: object, required: [name], properties: {name: {type: string}, tag: {type: [string, "null"]}}}
"##,
);

/// Writes the document into a folder of its own for each test, and returns that folder.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("builder").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("pets.yaml"), DOCUMENT).unwrap();
    folder
}

/// Returns the files of a folder.
fn names(folder: &Path) -> Vec<String> {
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| name(entry.unwrap())).collect();
    names.sort();
    names
}

#[test]
fn a_build_script_gets_its_modules() {
    let root = folder("modules");
    let out = root.join("out");
    let generated = Builder::document(root.join("pets.yaml")).out_dir(&out).generate().unwrap();
    assert_eq!((generated.models().by_engine, generated.operations().by_engine), (1, 2));
    assert_eq!(names(&out), ["client.rs", "models.rs", "server.rs"]);
    let client = fs::read_to_string(out.join("client.rs")).unwrap();
    assert!(client.contains("use crate::models::Pet;"), "{client}");
}

#[test]
fn only_what_is_wanted_is_written() {
    let root = folder("wanted");
    let builder = Builder::document(root.join("pets.yaml")).models("types").models_path("crate::types");
    let builder = builder.crates([CrateKind::Models, CrateKind::Client]).out_dir(root.join("out"));
    builder.only([Pattern::Path("/pets/*")]).generate().unwrap();
    assert_eq!(names(&root.join("out")), ["client.rs", "types.rs"]);
    let client = fs::read_to_string(root.join("out/client.rs")).unwrap();
    assert!(client.contains("use crate::types::Pet;") && !client.contains("list_stores"), "{client}");
}

#[test]
fn a_program_is_made_where_it_is_asked_for() {
    let root = folder("program");
    let builder = Builder::document(root.join("pets.yaml")).cli("shop").out_dir(root.join("out"));
    builder.generate().unwrap();
    assert_eq!(names(&root.join("out")), ["client.rs", "models.rs", "server.rs", "shop.rs"]);
    let program = fs::read_to_string(root.join("out/shop.rs")).unwrap();
    for part in ["use crate::client::Client;", "name: \"shop\"", ".group(\"pets\")", "Command::new(\"get\""] {
        assert!(program.contains(part), "{part}: {program}");
    }
    let builder = Builder::document(root.join("pets.yaml")).crates([CrateKind::Cli, CrateKind::Models]);
    builder.out_dir(root.join("none")).generate().unwrap();
    assert_eq!(names(&root.join("none")), ["models.rs"]);
}

/// What is included finds its modules: those of each crate stand in a folder beside its file.
#[test]
fn files_by_tag_stand_beside_the_file_to_include() {
    let root = folder("tags");
    let out = root.join("out");
    Builder::document(root.join("pets.yaml")).files(Files::ByTag).out_dir(&out).generate().unwrap();
    assert_eq!(names(&out), ["client", "client.rs", "models", "models.rs", "server", "server.rs"]);
    assert_eq!(names(&out.join("client")), ["mod.rs", "pets.rs", "stores.rs"]);
    assert_eq!(fs::read_to_string(out.join("client.rs")).unwrap(), "include!(\"client/mod.rs\");\n");
}

#[test]
fn errors_are_shown_as_the_command_shows_them() {
    let root = folder("errors");
    let document = root.join("pets.yaml");
    fs::write(&document, DOCUMENT.replace("schemas/Pet\"", "schemas/Pot\"")).unwrap();
    let error = Builder::document(&document).out_dir(root.join("out")).generate().unwrap_err();
    assert!(matches!(error, Error::Invalid(_)));
    let text = error.to_string();
    assert!(text.starts_with("error[unresolved-reference]: there is nothing at"), "{text}");
    assert!(text.contains("--> pets.yaml:11:82") && text.contains("did you mean"), "{text}");
    assert_eq!(format!("{error:?}"), format!("\n{text}"));
    assert!(!root.join("out").exists());

    fs::write(&document, DOCUMENT).unwrap();
    let wrong =
        Builder::document(&document).only([Pattern::Tag("fish")]).allow([(Code::InvalidYaml, Some("x"))]);
    let text =
        wrong.remote([("copies", "copies")]).out_dir(root.join("out")).generate().unwrap_err().to_string();
    for said in
        ["no operation has the tag \"fish\"", "can't be allowed", "is no JSON pointer", "is no address"]
    {
        assert!(text.contains(said), "{text}");
    }
    assert!(text.contains("tests/builder.rs"), "{text}");

    fs::write(root.join("file"), "").unwrap();
    let error = Builder::document(&document).out_dir(root.join("file")).generate().unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

/// Cargo shows what a build script says only in lines of its own. The test is its own build script: it runs
/// itself with what cargo sets.
#[test]
fn warnings_are_told_to_cargo() {
    const DOCUMENT_OF_CHILD: &str = "BUILDER_TEST_DOCUMENT";
    if let Some(document) = env::var_os(DOCUMENT_OF_CHILD) {
        let builder = Builder::document(document);
        let builder = if env::var_os("QUIET").is_some() { builder.without_warnings() } else { builder };
        builder.generate().unwrap();
        return;
    }
    let root = folder("warnings");
    let document = root.join("pets.yaml");
    // A name has the end of a line in it: what stands behind it would be a command.
    let operation = "operationId: get_pet\n      \"colour\\ncargo::rustc-env=A=b\": red";
    let text = DOCUMENT.replace("Pet: {type: object,", "Pet: {type: object, title: 7,");
    fs::write(&document, text.replace("operationId: get_pet", operation)).unwrap();
    let run = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "warnings_are_told_to_cargo", "--nocapture"]);
        command.env(DOCUMENT_OF_CHILD, &document).env("OUT_DIR", root.join("out"));
        command.envs(variables.iter().copied());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().filter(|line| line.starts_with("cargo::"));
        lines.map(|line| line.replace(&format!("{}", root.display()), "")).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(run(&[("HOST", "here"), ("TARGET", "there")]));
    let quiet = run(&[("HOST", "here"), ("TARGET", "there"), ("QUIET", "")]);
    assert_eq!(quiet, "cargo::rerun-if-changed=/pets.yaml");
    assert_eq!(run(&[]), "", "who is no build script says nothing to cargo");
}

#[test]
fn errors_can_be_sent() {
    fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
    is_error::<Error>();
}

/// Servers by the environment, and keys where the document declares none.
#[test]
fn the_environment_names_a_server_and_settings_a_key() {
    let root = folder("called");
    let document = r#"
openapi: 3.1.0
info: {title: Pets, version: "1"}
servers: [{url: "https://pets.example.com"}]
security: [{apiKey: []}, {login: []}]
paths:
  /pets:
    get: {operationId: list, responses: {"204": {description: Done.}}}
    post: {operationId: create, responses: {"204": {description: Done.}}}
    patch: {operationId: change, x-idempotent: true, responses: {"204": {description: Done.}}}
    put: {operationId: replace, x-idempotent: false, responses: {"204": {description: Done.}}}
components:
  securitySchemes:
    apiKey: {type: apiKey, in: header, name: X-Key}
    login: {type: http, scheme: basic}
"#;
    fs::write(root.join("pets.yaml"), document).unwrap();
    let client = |environment: &[(&str, &str)]| {
        let builder = Builder::document(root.join("pets.yaml")).crates([CrateKind::Client]);
        let builder = builder.environment(environment.iter().copied()).idempotency("X-Once");
        builder.out_dir(root.join("out")).generate().unwrap();
        fs::read_to_string(root.join("out/client.rs")).unwrap()
    };
    let text = client(&[("apiKey", "MY_PETS_API_KEY_HEADER"), ("login", "MY_PETS_LOGIN")]);
    assert!(text.contains("base_url_from(\"MY_PETS_BASE_URL\")?"), "{text}");
    // What has no beginning of its own, or not the same, leads nowhere else.
    for environment in [&[("apiKey", "API_KEY")][..], &[("apiKey", "A_KEY"), ("login", "B_LOGIN")], &[]] {
        assert!(!client(environment).contains("BASE_URL"), "{environment:?}");
    }
    let keyed = |id: &str| {
        let (_, facts) = text.split_once(&format!("CalledOperation::new(\"{id}\"")).unwrap();
        facts.split_once(';').unwrap().0.contains(".idempotency_header(\"X-Once\")")
    };
    assert_eq!(["list", "create", "change", "replace"].map(keyed), [false, true, false, true]);

    let unusable = Builder::document(root.join("pets.yaml")).idempotency("X Once").out_dir(root.join("out"));
    let Err(Error::Invalid(report)) = unusable.generate() else { panic!("it is no header") };
    assert!(report.to_string().contains("no header can be called \"X Once\""), "{report}");
}
