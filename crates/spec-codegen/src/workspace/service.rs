//! A service that is begun: the file of a program, and the manifest of its crate where there is none.
//!
//! Knows what stands around the new file. Both are written once, and belong to people from then on: nothing
//! that is there is ever changed.

use super::{ApiRun, WorkspaceManifest, crate_name, path_between, real_path};
use crate::manifest::{self, RUNTIME, SERVING, ServiceSurroundings};
use crate::settings::Runtime;
use crate::write::{Target, write_all};
use crate::{CrateKind, Error};
use std::fs;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The version of tokio that a new service asks for.
const TOKIO: &str = "1";

/// A service that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The files that were written.
    pub written: Vec<PathBuf>,
    /// The steps that are left before it compiles.
    pub notes: Vec<String>,
}

/// Returns the folder in which crates stand beside that of a program: `crates` of `crates/pets/src/main.rs`.
#[must_use]
pub fn folder_of_crates(file: &Path) -> PathBuf {
    let file = real_path(file);
    crate_folder(&file).parent().unwrap_or(Path::new("")).to_owned()
}

/// Returns the crate that a program belongs to: `pets` of `pets/src/main.rs`, or else the folder that it is
/// in.
fn crate_folder(file: &Path) -> &Path {
    let main = file.ends_with("src/main.rs").then(|| file.parent()?.parent()).flatten();
    let known = || file.ancestors().skip(1).find(|folder| folder.join("Cargo.toml").exists());
    main.or_else(known).or(file.parent()).unwrap_or(Path::new(""))
}

/// Writes the program of a service that answers 501 to all operations of an API, and the manifest of its
/// crate, if the file is `src/main.rs` of a crate that has none. Notes call the generator `program`.
///
/// # Errors
///
/// That the file is there already, with the operations that it has no method for; or that it can't be
/// written. Then nothing is.
pub fn begin_service(api: &ApiRun, file: &Path, program: &str) -> Result<Begun, Error> {
    if fs::symlink_metadata(file).is_ok() {
        let text = fs::read_to_string(file).unwrap_or_default();
        return Err(Error::Exists { path: file.to_owned(), missing: missing(api, &text) });
    }
    let name = api.settings.crate_name(CrateKind::Server);
    let server = name.replace('-', "_");
    let text = api.generated.skeleton(&server, &format!("{server}::models"));
    let mut targets = vec![Target { path: file.to_owned(), text, before: None }];
    let mut notes = Vec::new();
    let server_folder = api.root.join(api.settings.folder(CrateKind::Server));
    if !server_folder.join("Cargo.toml").exists() {
        let (folder, root) = (server_folder.display(), api.root.display());
        notes.push(format!(
            "{folder} is not there yet: make it with `{program} codegen`, \
             with `--out {root}` for a document of its own"
        ));
    }
    let whole = real_path(file);
    let folder = crate_folder(&whole);
    let around = surroundings(api, folder, &server_folder);
    let manifest = folder.join("Cargo.toml");
    match fs::read_to_string(&manifest) {
        Err(_) if whole.ends_with("src/main.rs") => {
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
            let name = crate_name(&name.unwrap_or_default());
            let path = file.parent().and_then(Path::parent).unwrap_or(Path::new("")).join("Cargo.toml");
            targets.push(Target {
                path,
                text: manifest::service(&name, &api.generated, &around),
                before: None,
            });
            notes.extend(membership(folder));
        }
        text => {
            let listed = text.ok().and_then(|text| listed(&text));
            let is_missing =
                |name: &str| !listed.as_ref().is_some_and(|names| names.iter().any(|own| own == name));
            let lines = manifest::service_dependencies(&around).into_iter();
            let lines: Vec<String> = lines
                .filter(|(name, _)| is_missing(name))
                .map(|(name, source)| format!("\n  {name} = {source}"))
                .collect();
            if !lines.is_empty() {
                notes.push(format!("its crate needs these dependencies, too:{}", lines.concat()));
            }
        }
    }
    write_all(targets.iter(), std::iter::empty())?;
    Ok(Begun { written: targets.into_iter().map(|target| target.path).collect(), notes })
}

/// Returns the operations for which a program has no method.
fn missing(api: &ApiRun, text: &str) -> Vec<String> {
    let plan = &api.generated.plan;
    let operations = if plan.operations.is_empty() { &plan.webhooks } else { &plan.operations };
    let Ok(file) = syn::parse_file(text) else { return Vec::new() };
    let impls = file.items.iter().filter_map(|item| match item {
        syn::Item::Impl(item) => Some(&item.items),
        _ => None,
    });
    let names: Vec<String> = impls
        .flatten()
        .filter_map(|item| match item {
            syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
            _ => None,
        })
        .collect();
    let is_missing = |name: &&String| !names.contains(name);
    operations.iter().map(|operation| &operation.name).filter(is_missing).cloned().collect()
}

/// Finds what stands around the crate of a new service.
fn surroundings(api: &ApiRun, folder: &Path, server_folder: &Path) -> ServiceSurroundings {
    let WorkspaceManifest { inherited, dependencies, .. } = &api.around;
    let lists = |name: &str| dependencies.iter().any(|own| own == name);
    let from_here = |path: &Path| Runtime::Path(path_between(folder, path));
    let said = match &api.settings.runtime {
        Some(Runtime::Path(path)) => Some(from_here(&api.base.join(path))),
        None if !lists(RUNTIME) => Some(Runtime::own_version()),
        said => said.clone(),
    };
    ServiceSurroundings {
        inherited: inherited.clone(),
        server: (api.settings.crate_name(CrateKind::Server).to_owned(), path_between(folder, server_folder)),
        runtime: said,
        serving: api.beside_runtime(folder, SERVING),
        tokio: (!lists("tokio")).then(|| Runtime::Version(TOKIO.to_owned())),
    }
}

/// Returns the dependencies of a manifest.
fn listed(text: &str) -> Option<Vec<String>> {
    let manifest = DeTable::parse(text).ok()?;
    let table = manifest.get_ref().get("dependencies")?.get_ref().as_table()?;
    Some(table.keys().map(|key| key.get_ref().to_string()).collect())
}

/// Says that the workspace around a new crate does not have it as a member.
fn membership(folder: &Path) -> Option<String> {
    let found = folder.ancestors().skip(1).find_map(|above| {
        let text = fs::read_to_string(above.join("Cargo.toml")).ok()?;
        let manifest = DeTable::parse(&text).ok()?;
        let workspace = manifest.get_ref().get("workspace")?.get_ref().as_table()?;
        let members = workspace.get("members").map(Spanned::get_ref).and_then(DeValue::as_array);
        let members = members.into_iter().flat_map(|members| members.iter());
        let members: Vec<String> =
            members.filter_map(|member| Some(member.get_ref().as_str()?.to_owned())).collect();
        Some((above.to_owned(), members))
    });
    let (above, members) = found?;
    let path = path_between(&above, folder);
    let beside = path.rsplit_once('/').map_or("*".to_owned(), |(parent, _)| format!("{parent}/*"));
    (!members.iter().any(|member| [&path, &beside].contains(&member)))
        .then(|| format!("add \"{path}\" to `members` of {}", above.join("Cargo.toml").display()))
}
