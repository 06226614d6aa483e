//! Documents on disk → files on disk.
//!
//! Knows where settings and crates stand, and what has changed; `documents` reads, and `write` writes. It
//! decides nothing about the code itself. `cargo xtask codegen` and the freshness test come through here;
//! build scripts have [`Builder`](crate::Builder).

mod service;

use crate::documents::{Files, Place, file_name};
use crate::manifest::{self, COMMANDS, RUNTIME, Surroundings};
use crate::plan::depth::recursion_limit;
use crate::settings::{ApiSettings, Overlay, Patterns, Remote, Runtime, Setting, Settings};
pub use crate::write::Written;
use crate::write::{Target, write_all};
use crate::{CrateKind, Error, GENERATED, Generated, MARK, MODULES, drift, generate, samples};
pub use service::{Begun, begin_service, folder_of_crates};
use spec_document::{Code, Diagnostic, Diagnostics, Document, Location, Sources};
use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Component, Path, PathBuf};
use toml::Spanned;
use toml::de::{DeArray, DeValue};

/// The settings of a workspace, in its folder.
const SETTINGS: &str = "openapi/codegen.toml";

/// The input of a run.
#[derive(Clone, Debug)]
pub enum Input {
    /// The APIs that the settings of a workspace name.
    Workspace {
        /// The folder of the workspace; the settings are `openapi/codegen.toml` in it.
        root: PathBuf,
        /// Only the API of this name.
        only: Option<String>,
    },
    /// One document, anywhere.
    ///
    /// Operations are `tag=NAME`, `path=TEMPLATE` or `operation=ID`; in the last two, `*` stands for any
    /// text.
    Document {
        /// The document.
        path: PathBuf,
        /// The name that its crates begin with; by default, the name of its file.
        name: Option<String>,
        /// The folder in which its crates are made.
        out: PathBuf,
        /// Where they have `spec-runtime` from; if not said, it is the version of the generator.
        runtime: Option<Runtime>,
        /// Folders with copies of what it refers to by addresses of the network.
        remote: Vec<Remote>,
        /// Overlays that are applied to it, in this order.
        overlays: Vec<PathBuf>,
        /// The operations to generate, as [`Input::Document`] has them; all where there are none.
        only: Vec<String>,
        /// The operations to leave out.
        except: Vec<String>,
    },
}

/// The result of a run.
pub struct Run {
    /// Every text that was read.
    pub sources: Sources,
    /// The diagnostics.
    pub diagnostics: Diagnostics,
    /// The APIs that were generated; none where anything is wrong.
    pub apis: Vec<ApiRun>,
    /// Every file that was read, other than those that it generates.
    pub files: Vec<PathBuf>,
    /// Where new crates have the runtime from, if nothing says it.
    fallback: Option<Runtime>,
}

/// The result of generating one API.
#[derive(Debug)]
pub struct ApiRun {
    /// Its name.
    pub name: String,
    /// Its document, as overlays want it, with the files that it refers to.
    pub document: Document,
    /// The generated code.
    pub generated: Generated,
    settings: ApiSettings,
    /// The folder that folders of crates are relative to.
    root: PathBuf,
    /// The folder that the path of the runtime is relative to: the workspace of settings; of a command, the
    /// folder that it was called in.
    base: PathBuf,
    around: WorkspaceManifest,
    /// The files that should be on disk.
    files: Vec<Target>,
    /// Files of an earlier run that nothing generates any more.
    orphans: Vec<PathBuf>,
    /// Notes for the user: dependencies that a manifest lacks.
    pub notes: Vec<String>,
}

/// A file that is not what the document says, and whose code differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The file.
    pub path: PathBuf,
    /// Models and operations that differ, or why the file as a whole does.
    pub names: Vec<String>,
}

/// Reads and generates; writes nothing.
#[must_use]
pub fn run(input: &Input) -> Run {
    run_with(input, None)
}

/// Reads and generates as [`run`] does; where nothing says where new crates have `spec-runtime` from, it is
/// `fallback`, and a note says so.
#[must_use]
pub fn run_with(input: &Input, fallback: Option<&Runtime>) -> Run {
    let mut run = Run {
        sources: Sources::new(),
        diagnostics: Diagnostics::new(),
        apis: Vec::new(),
        files: Vec::new(),
        fallback: fallback.cloned(),
    };
    match input {
        Input::Workspace { root, only } => run.workspace(root, only.as_deref()),
        Input::Document { path, name, out, runtime, remote, overlays, only, except } => {
            let file = file_name(path);
            let stem = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let overlay =
                |path: &PathBuf| Overlay { path: path.to_string_lossy().into_owned(), location: None };
            let settings = ApiSettings {
                runtime: runtime.clone(),
                remote: remote.clone(),
                overlays: overlays.iter().map(overlay).collect(),
                only: run.patterns("--only", only),
                except: run.patterns("--except", except),
                ..ApiSettings::for_document(&crate_name(name.as_deref().unwrap_or(&stem)), &file)
            };
            run.document(path, &file, out, &settings);
        }
    }
    if run.diagnostics.has_errors() {
        run.apis.clear();
    }
    run
}

impl Run {
    fn workspace(&mut self, root: &Path, only: Option<&str>) {
        let Some(text) = self.reading().text(&root.join(SETTINGS), SETTINGS, None) else { return };
        let source = self.sources.add(SETTINGS, text);
        let settings = Settings::parse(&self.sources, source, &mut self.diagnostics);
        let wanted: Vec<&ApiSettings> =
            settings.apis.iter().filter(|api| only.is_none_or(|only| api.name == only)).collect();
        if wanted.is_empty() && !self.diagnostics.has_errors() {
            let known: Vec<&str> = settings.apis.iter().map(|api| api.name.as_str()).collect();
            let message = match only {
                Some(only) => format!("there is no API `{only}`"),
                None => "there is no API to generate".to_owned(),
            };
            let help = format!("APIs here: {}", known.join(", "));
            self.diagnostics
                .push(Diagnostic::error(Code::InvalidSetting, Location::file(source), message).help(help));
        }
        for api in wanted {
            let beside = root.join("openapi");
            let (path, name) = (beside.join(&api.document), format!("openapi/{}", api.document));
            let place = Place { path: &path, name: &name, beside: &beside, beside_name: "openapi/" };
            self.api(api, place, root, None);
        }
    }

    fn document(&mut self, path: &Path, file: &str, out: &Path, settings: &ApiSettings) {
        let place = Place { path, name: file, beside: Path::new(""), beside_name: "" };
        let members = CrateKind::ALL.map(|krate| format!("\"{}\"", settings.folder(krate)));
        let text = format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", "));
        self.api(settings, place, out, Some(text));
    }

    /// Sorts operations that an option names by what they are called by.
    fn patterns(&mut self, option: &str, texts: &[String]) -> Patterns {
        let mut patterns = Patterns::default();
        if texts.is_empty() {
            return patterns;
        }
        let location = Location::file(self.sources.add(option, ""));
        for text in texts {
            let list = match text.split_once('=') {
                Some(("tag", value)) => (&mut patterns.tags, value),
                Some(("path", value)) => (&mut patterns.paths, value),
                Some(("operation", value)) => (&mut patterns.operations, value),
                _ => {
                    let message = format!("{text:?} names no operations");
                    let help = "write tag=NAME, path=TEMPLATE or operation=ID; in the last two, \
                                `*` stands for any text";
                    let error = Diagnostic::error(Code::InvalidSetting, location.clone(), message);
                    self.diagnostics.push(error.help(help));
                    continue;
                }
            };
            list.0.push(Setting { value: list.1.to_owned(), location: location.clone() });
        }
        patterns
    }

    fn reading(&mut self) -> Files<'_> {
        Files { sources: &mut self.sources, diagnostics: &mut self.diagnostics, read: &mut self.files }
    }

    /// Generates an API into a workspace; `workspace` is the manifest of that, where it may have to be
    /// written.
    fn api(&mut self, settings: &ApiSettings, place: Place<'_>, root: &Path, workspace: Option<String>) {
        let Some(document) = self.reading().document(place, settings) else { return };
        let Some(generated) = generate(&document, place.name, settings, &mut self.diagnostics) else {
            return;
        };
        let around = WorkspaceManifest::read(&root.join("Cargo.toml"));
        let is_said = settings.runtime.is_some() || around.dependencies.iter().any(|own| own == RUNTIME);
        let fallback = self.fallback.clone().filter(|_| !is_said);
        let own = ApiSettings { runtime: settings.runtime.clone().or(fallback.clone()), ..settings.clone() };
        let settings = &own;
        let mut api = ApiRun {
            name: settings.name.clone(),
            document,
            generated,
            settings: settings.clone(),
            root: root.to_owned(),
            base: if workspace.is_some() { PathBuf::new() } else { root.to_owned() },
            around,
            files: Vec::new(),
            orphans: Vec::new(),
            notes: Vec::new(),
        };
        if let Some(text) = workspace {
            api.once(root.join("Cargo.toml"), text);
        }
        for krate in settings.crates() {
            let folder = root.join(settings.folder(krate));
            let manifest = folder.join("Cargo.toml");
            api.check_manifest(settings, &manifest, krate);
            let around = api.surroundings(&folder);
            api.once(manifest, manifest::manifest(settings, krate, &api.generated, &around));
            let library = folder.join(manifest::root_file(krate));
            api.check_library(&library);
            api.once(library, manifest::library(settings, krate, &api.generated));
            for file in api.generated.files.clone().into_iter().filter(|file| file.krate == krate) {
                let path = folder.join(&file.path);
                let before = fs::read_to_string(&path).ok();
                api.files.push(Target { path, text: file.text, before });
            }
            api.find_orphans(&folder.join("src"));
        }
        api.note_runtime(fallback.as_ref());
        if let Some(path) = &settings.samples {
            let path = root.join(path);
            let text = samples::to_json(&api.samples());
            let before = fs::read_to_string(&path).ok();
            api.files.push(Target { path, text, before });
        }
        self.apis.push(api);
    }
}

/// The words of a workspace's manifest for its members; none where there is no workspace.
#[derive(Debug, Default)]
struct WorkspaceManifest {
    /// The keys that it has for all packages.
    inherited: Vec<String>,
    /// The dependencies that members can inherit.
    dependencies: Vec<String>,
    /// The path of the runtime, where it has one there.
    runtime: Option<String>,
}

impl WorkspaceManifest {
    fn read(path: &Path) -> WorkspaceManifest {
        let text = fs::read_to_string(path).unwrap_or_default();
        let Ok(manifest) = toml::de::DeTable::parse(&text) else { return WorkspaceManifest::default() };
        let workspace = manifest.get_ref().get("workspace").map(Spanned::get_ref);
        let table = |name: &str| {
            let table = workspace.and_then(|workspace| workspace.get(name)).map(Spanned::get_ref);
            table.and_then(DeValue::as_table)
        };
        let keys = |name: &str| -> Vec<String> {
            let keys = table(name).into_iter().flat_map(|table| table.keys());
            keys.map(|key| key.get_ref().to_string()).collect()
        };
        let runtime = table("dependencies").and_then(|table| table.get(RUNTIME)).map(Spanned::get_ref);
        let path = runtime.and_then(|entry| entry.get("path")).map(Spanned::get_ref);
        WorkspaceManifest {
            inherited: keys("package"),
            dependencies: keys("dependencies"),
            runtime: path.and_then(DeValue::as_str).map(str::to_owned),
        }
    }
}

/// Returns the path from a folder to another one, with slashes: it holds wherever both are moved to together.
/// Where nothing leads there, such as to another drive, it is the whole path.
fn path_between(from: &Path, to: &Path) -> String {
    let (from, to) = (real_path(from), real_path(to));
    let shared = from.components().zip(to.components()).take_while(|(own, other)| own == other).count();
    if shared == 0 {
        return to.to_string_lossy().into_owned();
    }
    let up = from.components().skip(shared).map(|_| "..".to_owned());
    let down = to.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// Returns the path of a folder without links, whether all of it is there yet or not.
fn real_path(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let known = path.ancestors().find_map(|own| Some((own, fs::canonicalize(own).ok()?)));
    let Some((known, mut real)) = known else { return path };
    for part in path.strip_prefix(known).into_iter().flat_map(Path::components) {
        match part {
            Component::ParentDir => drop(real.pop()),
            part => real.push(part),
        }
    }
    real
}

/// Returns a name that a crate can have.
#[doc(hidden)]
#[must_use]
pub fn crate_name(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let name = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name
    } else {
        format!("api-{name}").trim_end_matches('-').to_owned()
    }
}

impl ApiRun {
    /// Adds a file that is written where there is none, and belongs to the user from then on.
    fn once(&mut self, path: PathBuf, text: String) {
        if !path.exists() {
            self.files.push(Target { path, text, before: None });
        }
    }

    /// Says where new manifests have the runtime from, if nobody has said it.
    fn note_runtime(&mut self, fallback: Option<&Runtime>) {
        let Some(fallback) = fallback else { return };
        if self.files.iter().any(|target| target.path.ends_with("Cargo.toml")) {
            let place = match fallback {
                Runtime::Path(path) => path.clone(),
                Runtime::Version(version) => format!("a registry, version {version}"),
                Runtime::Git { url, .. } => url.clone(),
            };
            self.notes.push(format!(
                "new manifests have `spec-runtime` from {place}; `--runtime TABLE`, or the setting \
                 `runtime`, says another place, such as {{ git = \"URL\" }}"
            ));
        }
    }

    /// Finds what stands around a new crate in a folder.
    fn surroundings(&self, folder: &Path) -> Surroundings {
        let (settings, lists) =
            (&self.settings, |name: &str| self.around.dependencies.iter().any(|own| own == name));
        let from_here = |path: &Path| Runtime::Path(path_between(folder, path));
        let path_to = |krate| path_between(folder, &self.root.join(settings.folder(krate)));
        Surroundings {
            inherited: self.around.inherited.clone(),
            runtime: match &settings.runtime {
                Some(Runtime::Path(path)) => Some(from_here(&self.base.join(path))),
                None if !lists(RUNTIME) => Some(Runtime::own_version()),
                said => said.clone(),
            },
            commands: self.beside_runtime(folder, COMMANDS),
            models: path_to(CrateKind::Models),
            client: path_to(CrateKind::Client),
        }
    }

    /// Finds where a crate comes from that stands beside the runtime, in the same repository and of the same
    /// version; the workspace says it where absent.
    fn beside_runtime(&self, folder: &Path, name: &str) -> Option<Runtime> {
        let from_here = |path: &Path| Runtime::Path(path_between(folder, &path.with_file_name(name)));
        match (&self.settings.runtime, &self.around.runtime) {
            (None, _) if self.around.dependencies.iter().any(|own| own == name) => None,
            (Some(Runtime::Path(path)), _) => Some(from_here(&self.base.join(path))),
            (None, Some(path)) => Some(from_here(&self.root.join(path))),
            (None, None) => Some(Runtime::own_version()),
            (said, _) => said.clone(),
        }
    }

    /// Says what a hand-written `lib.rs` lacks, where models are nested deeply.
    fn check_library(&mut self, path: &Path) {
        let (Some(limit), Ok(text)) = (recursion_limit(&self.generated.plan), fs::read_to_string(path))
        else {
            return;
        };
        if !text.contains("recursion_limit") {
            self.notes.push(format!(
                "{} may need `#![recursion_limit = \"{limit}\"]`: models are nested deeply",
                path.display()
            ));
        }
    }

    /// Says which dependencies a manifest of the user lacks.
    fn check_manifest(&mut self, settings: &ApiSettings, path: &Path, krate: CrateKind) {
        let Ok(text) = fs::read_to_string(path) else { return };
        let Ok(manifest) = toml::de::DeTable::parse(&text) else { return };
        let listed = manifest.get_ref().get("dependencies").and_then(|table| table.get_ref().as_table());
        for name in manifest::dependencies(settings, krate, &self.generated) {
            if !listed.is_some_and(|table| table.contains_key(name)) {
                self.notes.push(format!(
                    "{} lacks the dependency `{name}`, which its generated code uses",
                    path.display()
                ));
            }
        }
        if let Some((name, feature)) = manifest::needed_feature(krate, &self.generated)
            && let Some(entry) = listed.and_then(|table| table.get(name)).map(Spanned::get_ref)
        {
            let features = entry.get("features").map(Spanned::get_ref).and_then(DeValue::as_array);
            let has =
                |features: &DeArray<'_>| features.iter().any(|own| own.get_ref().as_str() == Some(feature));
            if !features.is_some_and(has) {
                let path = path.display();
                self.notes.push(format!(
                    "{path} lacks the feature `{feature}` of `{name}`, which its generated code uses"
                ));
            }
        }
    }

    /// Finds files beside the generated ones that carry our mark, and that nothing generates any more.
    fn find_orphans(&mut self, folder: &Path) {
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
            paths.sort();
            for path in paths {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs")
                    && !self.files.iter().any(|target| target.path == path)
                    && fs::read_to_string(&path).is_ok_and(|text| text.starts_with(MARK))
                {
                    self.orphans.push(path);
                }
            }
        }
    }

    /// Returns code for each operation that calls it with the client.
    #[must_use]
    pub fn samples(&self) -> Vec<samples::Sample> {
        let client = self.settings.crate_name(CrateKind::Client).replace('-', "_");
        self.generated.samples(&client, &format!("{client}::models"))
    }

    /// Returns every file that is not what the document says.
    #[must_use]
    pub fn stale(&self) -> Vec<Stale> {
        let target = |target: &Target| {
            let names = match &target.before {
                None => vec!["missing".to_owned()],
                Some(_) if target.path.extension().is_some_and(|ending| ending == "json") => {
                    vec!["samples".to_owned()]
                }
                Some(before) => drift::names(&self.generated.plan, before, &target.text),
            };
            Stale { path: target.path.clone(), names }
        };
        let mut stale: Vec<Stale> = self.files.iter().filter(|file| !file.is_fresh()).map(target).collect();
        stale.extend(
            self.orphans
                .iter()
                .map(|path| Stale { path: path.clone(), names: vec!["no longer generated".to_owned()] }),
        );
        stale
    }

    /// Counts the lines of generated code, by crate.
    #[must_use]
    pub fn lines(&self) -> BTreeMap<CrateKind, usize> {
        let mut lines = BTreeMap::new();
        for file in &self.generated.files {
            *lines.entry(file.krate).or_default() += file.text.lines().count();
        }
        lines
    }
}

/// Returns the files of a folder, in the order of their names; none where there is no such folder.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

/// Returns what a run of a workspace depends on and what it left behind, as one number: the generator itself,
/// settings, documents, generated files, and the `files` that the run read ([`Run::files`]). While it stays
/// the same, there is nothing to do. `None` where something can't be read.
#[must_use]
pub fn fingerprint(root: &Path, files: &[PathBuf]) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    let generator = std::env::current_exe().ok()?;
    let about = fs::metadata(&generator).ok()?;
    (about.len(), about.modified().ok()?, root).hash(&mut hasher);
    for file in files {
        (file, fs::read(file).ok()?).hash(&mut hasher);
    }
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let text = fs::read_to_string(root.join(SETTINGS)).ok()?;
    text.hash(&mut hasher);
    let source = sources.add(SETTINGS, text);
    for api in Settings::parse(&sources, source, &mut diagnostics).apis {
        fs::read(root.join("openapi").join(&api.document)).ok()?.hash(&mut hasher);
        if let Some(path) = &api.samples {
            fs::read(root.join(path)).ok()?.hash(&mut hasher);
        }
        for krate in api.crates() {
            let folder = root.join(api.folder(krate));
            for path in [manifest::root_file(krate), "Cargo.toml", GENERATED] {
                fs::read(folder.join(path)).ok()?.hash(&mut hasher);
            }
            for path in files_in(&folder.join(MODULES)) {
                (&path, fs::read(&path).ok()?).hash(&mut hasher);
            }
        }
    }
    (!diagnostics.has_errors()).then(|| hasher.finish())
}

/// Writes what has changed, of all APIs or of none.
///
/// # Errors
///
/// That a file can't be written or removed; then everything is as it was before.
pub fn write(apis: &[ApiRun]) -> Result<Written, Error> {
    let orphans = apis.iter().flat_map(|api| &api.orphans).map(PathBuf::as_path);
    write_all(apis.iter().flat_map(|api| &api.files), orphans)
}

/// Reads a document with every file that it refers to. Everything that is wrong is pushed to `diagnostics`;
/// references are looked at by whoever follows them.
#[doc(hidden)]
pub fn read(path: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Document> {
    let (name, beside) = (file_name(path), path.parent().unwrap_or(Path::new("")));
    let place = Place { path, name: &name, beside, beside_name: "" };
    let mut files = Files { sources, diagnostics, read: &mut Vec::new() };
    files.document(place, &ApiSettings::for_document("api", &name))
}
