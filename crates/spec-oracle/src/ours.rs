//! What the generator of this workspace makes of a document.
//!
//! The only module that calls it: what it is asked for, and with which settings, is decided here.

use spec_api::Api;
use spec_codegen::plan::Plan;
use spec_codegen::settings::ApiSettings;
use spec_codegen::{Builder, FormatChoice, Remote, Untyped, workspace};
use spec_document::{Diagnostics, Place, Renderer, Sources};
use std::path::Path;

/// A document, read and planned.
pub struct Planned {
    pub api: Api,
    pub plan: Plan,
}

/// The way to take a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As people mean it: what everyone gets.
    Meant,
    /// To the letter of JSON Schema: formats are remarks, and a schema without a type takes every kind of
    /// value.
    Letter,
}

/// Generates `models.rs` into a folder; `models_path` is where the module will be.
///
/// # Errors
///
/// Everything that is wrong with the document, rendered; or why a file can't be read or written.
pub fn models(
    document: &Path,
    reading: Reading,
    models_path: &str,
    folder: &Path,
    remote: &[Remote],
) -> Result<Plan, String> {
    let remote = remote.iter().map(|remote| (remote.prefix.as_str(), &remote.folder));
    let mut builder = Builder::document(document).models_path(models_path).remote(remote).out_dir(folder);
    if reading == Reading::Letter {
        builder = builder.formats([("*", FormatChoice::Any)]).untyped(Untyped::Any);
    }
    builder.generate().map(|generated| generated.plan).map_err(|error| error.to_string())
}

/// Decides what a document becomes, and generates nothing.
///
/// # Errors
///
/// The same.
pub fn plan(document: &Path) -> Result<Planned, String> {
    let name = document.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let settings = ApiSettings::for_document("api", &name);
    let parsed = workspace::read(document, &mut sources, &mut diagnostics);
    let api = parsed.and_then(|parsed| spec_api::read(&parsed, &mut diagnostics));
    let planned = api.map(|api| Planned { plan: Plan::new(&api, &settings, &mut diagnostics), api });
    match planned {
        Some(planned) if !diagnostics.has_errors() => Ok(planned),
        _ => Err(Renderer::new(&sources).render_all(&diagnostics)),
    }
}

/// Generates the models of a document, and says which type the schema at a pointer is, in terms of `models`.
///
/// # Errors
///
/// The same; or that the schema has no model.
pub fn model_at(
    document: &Path,
    pointer: &str,
    models_path: &str,
    folder: &Path,
    remote: &[Remote],
) -> Result<String, String> {
    let plan = models(document, Reading::Letter, models_path, folder, remote)?;
    let stands =
        |place: &Place| matches!(place, Place::Pointer { pointer: at, .. } if at.as_str() == pointer);
    let ty = plan.types.iter().find(|ty| stands(&ty.location.place));
    ty.map(|ty| format!("models::{}", ty.name)).ok_or_else(|| format!("{pointer} has no model"))
}
