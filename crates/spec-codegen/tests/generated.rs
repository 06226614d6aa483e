//! The code of some models as it is printed: those whose decoding or schema is written by hand, and what is
//! deprecated; and the beginning of a service. What the code of all of them does is tested where it is
//! compiled.

use spec_codegen::settings::ApiSettings;
use spec_codegen::workspace::{self, Input};
use spec_codegen::{CrateKind, generate};
use spec_document::{Diagnostics, Sources};
use std::fs;
use std::path::Path;

fn models(path: &Path) -> String {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let source = sources.add(name.clone(), fs::read_to_string(path).unwrap());
    let document = sources.parse(source, None, &mut diagnostics).unwrap();
    let settings = ApiSettings::for_document("api", &name);
    generate(&document, &name, &settings, &mut diagnostics).unwrap().text(CrateKind::Models).to_owned()
}

/// The program that a service of the workspace's document begins with.
#[test]
fn the_beginning_of_a_service() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let run = workspace::run(&Input::Workspace { root, only: Some("outbound".to_owned()) });
    insta::assert_snapshot!(run.apis[0].generated.skeleton("outbound_server", "outbound_server::models"));
}

#[test]
fn models_of_some_documents() {
    insta::glob!("documents/{deprecated,free-form,recursion,unions-by-trial}.yaml", |path| {
        insta::assert_snapshot!(models(path));
    });
}
