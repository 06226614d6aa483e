//! Documents on disk → files on disk.
//!
//! Knows where settings, documents and crates stand, what has changed, and how to write all or nothing. It decides nothing
//! about the code itself. `cargo xtask codegen`, build scripts and the freshness test all come through here.

use crate::manifest::{self, Dependencies};
use crate::settings::{ApiSettings, Settings};
use crate::{CrateKind, GENERATED, Generated, MARK, drift, generate};
use spec_document::{Code, Diagnostic, Diagnostics, Location, Renderer, Sources};
use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeArray, DeValue};

/// The settings of a workspace, in its folder.
const SETTINGS: &str = "openapi/codegen.toml";

/// What is to be generated.
#[derive(Clone, Debug)]
pub enum Input {
    /// What the settings of a workspace say.
    Workspace {
        /// The folder of the workspace; the settings are `openapi/codegen.toml` in it.
        root: PathBuf,
        /// Only the API of this name.
        only: Option<String>,
    },
    /// One document, anywhere.
    Document {
        /// The document.
        path: PathBuf,
        /// What its crates are called by; if not said, the name of its file.
        name: Option<String>,
        /// The folder in which its crates are made.
        out: PathBuf,
        /// The folder of `spec-runtime`, which they depend on.
        runtime: PathBuf,
    },
}

/// What became of a run.
pub struct Run {
    /// Every text that was read.
    pub sources: Sources,
    /// What is wrong.
    pub diagnostics: Diagnostics,
    /// The APIs that were generated; none where anything is wrong.
    pub apis: Vec<ApiRun>,
}

/// What became of one API.
#[derive(Debug)]
pub struct ApiRun {
    /// Its name.
    pub name: String,
    /// What its document became.
    pub generated: Generated,
    /// What should be on disk.
    files: Vec<Target>,
    /// Files of an earlier run that nothing generates any more.
    orphans: Vec<PathBuf>,
    /// What the user should know of: dependencies that a manifest lacks.
    pub notes: Vec<String>,
}

#[derive(Debug)]
struct Target {
    path: PathBuf,
    text: String,
    /// What is on disk now.
    before: Option<String>,
}

impl Target {
    fn is_fresh(&self) -> bool {
        self.before.as_deref() == Some(self.text.as_str())
    }
}

/// A file that is not what the document says, and whose code differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The file.
    pub path: PathBuf,
    /// Models and operations that differ, or why the file as a whole does.
    pub names: Vec<String>,
}

/// How many files a run wrote, left alone and removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files whose bytes changed.
    pub written: usize,
    /// Files that were as they should be.
    pub unchanged: usize,
    /// Files that nothing generates any more.
    pub removed: usize,
}

/// Reads and generates; writes nothing.
#[must_use]
pub fn run(input: &Input) -> Run {
    let mut run = Run { sources: Sources::new(), diagnostics: Diagnostics::new(), apis: Vec::new() };
    match input {
        Input::Workspace { root, only } => run.workspace(root, only.as_deref()),
        Input::Document { path, name, out, runtime } => run.document(path, name.as_deref(), out, runtime),
    }
    if run.diagnostics.has_errors() {
        run.apis.clear();
    }
    run
}

impl Run {
    fn workspace(&mut self, root: &Path, only: Option<&str>) {
        let Some(text) = self.read(&root.join(SETTINGS), SETTINGS, None) else { return };
        let source = self.sources.add(SETTINGS, text);
        let settings = Settings::parse(&self.sources, source, &mut self.diagnostics);
        let wanted: Vec<&ApiSettings> = settings.apis.iter().filter(|api| only.is_none_or(|only| api.name == only)).collect();
        if wanted.is_empty() && !self.diagnostics.has_errors() {
            let known: Vec<&str> = settings.apis.iter().map(|api| api.name.as_str()).collect();
            let message = match only {
                Some(only) => format!("there is no API `{only}`"),
                None => "there is no API to generate".to_owned(),
            };
            let help = format!("APIs here: {}", known.join(", "));
            self.diagnostics.push(Diagnostic::error(Code::InvalidSetting, Location::file(source), message).help(help));
        }
        for api in wanted {
            let path = root.join("openapi").join(&api.document);
            let name = format!("openapi/{}", api.document);
            self.api(api, &path, &name, root, &Dependencies::Workspace);
        }
    }

    fn document(&mut self, path: &Path, name: Option<&str>, out: &Path, runtime: &Path) {
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let stem = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let settings = ApiSettings::for_document(&crate_name(name.unwrap_or(&stem)), &file);
        let runtime = fs::canonicalize(runtime).unwrap_or_else(|_| runtime.to_owned());
        self.api(&settings, path, &file, out, &Dependencies::Standalone(runtime.to_string_lossy().into_owned()));
    }

    fn api(&mut self, settings: &ApiSettings, path: &Path, name: &str, root: &Path, dependencies: &Dependencies) {
        let Some(text) = self.read(path, name, settings.location.as_ref()) else { return };
        let source = self.sources.add(name, text);
        let Some(document) = self.sources.parse(source, None, &mut self.diagnostics) else { return };
        let Some(generated) = generate(&document, name, settings, &mut self.diagnostics) else { return };
        let mut api =
            ApiRun { name: settings.name.clone(), generated, files: Vec::new(), orphans: Vec::new(), notes: Vec::new() };
        if let Dependencies::Standalone(_) = dependencies {
            let members: Vec<String> = CrateKind::ALL.iter().map(|krate| format!("\"{}\"", settings.folder(*krate))).collect();
            let text = format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", "));
            api.once(root.join("Cargo.toml"), text);
        }
        for krate in CrateKind::ALL {
            let folder = root.join(settings.folder(krate));
            let manifest = folder.join("Cargo.toml");
            api.check_manifest(&manifest, krate);
            api.once(manifest, manifest::manifest(settings, krate, &api.generated, dependencies));
            api.once(folder.join("src/lib.rs"), manifest::library(settings, krate, &api.generated));
            for file in api.generated.files.clone().into_iter().filter(|file| file.krate == krate) {
                let path = folder.join(file.path);
                let before = fs::read_to_string(&path).ok();
                api.files.push(Target { path, text: file.text, before });
            }
            api.find_orphans(&folder.join("src"));
        }
        self.apis.push(api);
    }

    fn read(&mut self, path: &Path, name: &str, asked_by: Option<&Location>) -> Option<String> {
        match fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) => {
                let location = match asked_by {
                    Some(location) => location.clone(),
                    None => Location::file(self.sources.add(name, "")),
                };
                let reason = match error.kind() {
                    io::ErrorKind::NotFound => "it does not exist".to_owned(),
                    io::ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
                    _ => error.to_string(),
                };
                let message = format!("{name} can't be read: {reason}");
                self.diagnostics.push(Diagnostic::error(Code::UnreadableFile, location, message).help("correct the path"));
                None
            }
        }
    }
}

/// A name that a crate can have.
#[must_use]
pub fn crate_name(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let name = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if name.starts_with(|c: char| c.is_ascii_lowercase()) { name } else { format!("api-{name}").trim_end_matches('-').to_owned() }
}

impl ApiRun {
    /// A file that is written where there is none, and belongs to the user from then on.
    fn once(&mut self, path: PathBuf, text: String) {
        if !path.exists() {
            self.files.push(Target { path, text, before: None });
        }
    }

    /// Says which dependencies a manifest of the user lacks.
    fn check_manifest(&mut self, path: &Path, krate: CrateKind) {
        let Ok(text) = fs::read_to_string(path) else { return };
        let Ok(manifest) = toml::de::DeTable::parse(&text) else { return };
        let listed = manifest.get_ref().get("dependencies").and_then(|table| table.get_ref().as_table());
        for name in manifest::dependencies(krate, self.generated.text(krate)) {
            if !listed.is_some_and(|table| table.contains_key(name)) {
                self.notes.push(format!("{} lacks the dependency `{name}`, which its generated code uses", path.display()));
            }
        }
        let runtime = listed.and_then(|table| table.get("spec-runtime")).map(Spanned::get_ref);
        if let Some(feature) = manifest::runtime_feature(krate, self.generated.text(krate)) {
            let features = runtime.and_then(|entry| entry.get("features")).map(Spanned::get_ref).and_then(DeValue::as_array);
            let has = |features: &DeArray<'_>| features.iter().any(|own| own.get_ref().as_str() == Some(feature));
            if !features.is_some_and(has) {
                let path = path.display();
                self.notes.push(format!("{path} lacks the feature `{feature}` of `spec-runtime`, which its generated code uses"));
            }
        }
    }

    /// Files beside the generated ones that carry our mark, and that nothing generates any more.
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

    /// Every file that is not what the document says.
    #[must_use]
    pub fn stale(&self) -> Vec<Stale> {
        let target = |target: &Target| {
            let names = match &target.before {
                None => vec!["missing".to_owned()],
                Some(before) => drift::names(&self.generated.plan, before, &target.text),
            };
            Stale { path: target.path.clone(), names }
        };
        let mut stale: Vec<Stale> = self.files.iter().filter(|file| !file.is_fresh()).map(target).collect();
        stale.extend(self.orphans.iter().map(|path| Stale { path: path.clone(), names: vec!["no longer generated".to_owned()] }));
        stale
    }

    /// Lines of generated code, by crate.
    #[must_use]
    pub fn lines(&self) -> BTreeMap<CrateKind, usize> {
        self.generated.files.iter().map(|file| (file.krate, file.text.lines().count())).collect()
    }
}

/// What a run of a workspace depends on and what it left behind, as one number: the generator itself, settings, documents and
/// generated files. While it stays the same, there is nothing to do. `None` where something can't be read.
#[must_use]
pub fn fingerprint(root: &Path) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    let generator = std::env::current_exe().ok()?;
    let about = fs::metadata(&generator).ok()?;
    (about.len(), about.modified().ok()?, root).hash(&mut hasher);
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let text = fs::read_to_string(root.join(SETTINGS)).ok()?;
    text.hash(&mut hasher);
    let source = sources.add(SETTINGS, text);
    for api in Settings::parse(&sources, source, &mut diagnostics).apis {
        fs::read(root.join("openapi").join(&api.document)).ok()?.hash(&mut hasher);
        for krate in CrateKind::ALL {
            for path in ["src/lib.rs", "Cargo.toml", GENERATED] {
                fs::read(root.join(api.folder(krate)).join(path)).ok()?.hash(&mut hasher);
            }
        }
    }
    (!diagnostics.has_errors()).then(|| hasher.finish())
}

/// Writes what has changed, of all APIs or of none.
///
/// # Errors
///
/// When a file can't be written; then everything is as it was before.
pub fn write(apis: &[ApiRun]) -> io::Result<Written> {
    let mut written = Written::default();
    let mut staged: Vec<(PathBuf, &Target)> = Vec::new();
    let stage = |target: &Target| -> io::Result<PathBuf> {
        if let Some(folder) = target.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut name = target.path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let beside = target.path.with_file_name(name);
        fs::write(&beside, &target.text)?;
        Ok(beside)
    };
    let discard = |staged: &[(PathBuf, &Target)]| staged.iter().for_each(|(beside, _)| drop(fs::remove_file(beside)));
    for target in apis.iter().flat_map(|api| &api.files) {
        if target.is_fresh() {
            written.unchanged += 1;
            continue;
        }
        match stage(target) {
            Ok(beside) => staged.push((beside, target)),
            Err(error) => {
                discard(&staged);
                return Err(at(&target.path, &error));
            }
        }
    }
    for (index, (beside, target)) in staged.iter().enumerate() {
        if let Err(error) = fs::rename(beside, &target.path) {
            for (_, done) in &staged[..index] {
                let _ = match &done.before {
                    Some(before) => fs::write(&done.path, before),
                    None => fs::remove_file(&done.path),
                };
            }
            discard(&staged[index..]);
            return Err(at(&target.path, &error));
        }
    }
    written.written = staged.len();
    for orphan in apis.iter().flat_map(|api| &api.orphans) {
        fs::remove_file(orphan).map_err(|error| at(orphan, &error))?;
        written.removed += 1;
    }
    Ok(written)
}

/// For a `build.rs`: generates `models.rs`, `client.rs` and `server.rs` into `OUT_DIR`, and tells cargo what to watch.
///
/// The files are meant to be included as the modules `models`, `client` and `server` at the root of the crate:
///
/// ```ignore
/// #[allow(clippy::all, deprecated)]
/// pub mod models {
///     include!(concat!(env!("OUT_DIR"), "/models.rs"));
/// }
/// ```
///
/// # Errors
///
/// Everything that is wrong with the document, rendered; or why a file can't be read or written.
pub fn build_script(document: &Path) -> Result<Generated, String> {
    println!("cargo::rerun-if-changed={}", document.display());
    let out = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: this is for build scripts")?;
    into_folder(document, "crate::models", Path::new(&out))
}

/// Generates `models.rs`, `client.rs` and `server.rs` into a folder; `models_path` is where the latter two find the first.
///
/// # Errors
///
/// Everything that is wrong with the document, rendered; or why a file can't be read or written.
pub fn into_folder(document: &Path, models_path: &str, folder: &Path) -> Result<Generated, String> {
    let name = document.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut settings = ApiSettings::for_document("api", &name);
    settings.models_path = Some(models_path.to_owned());
    into_folder_with(document, &settings, folder)
}

/// The same, with settings of one's own.
///
/// # Errors
///
/// The same.
pub fn into_folder_with(document: &Path, settings: &ApiSettings, folder: &Path) -> Result<Generated, String> {
    let name = document.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = fs::read_to_string(document).map_err(|error| at(document, &error).to_string())?;
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(name.clone(), text);
    let parsed = sources.parse(source, None, &mut diagnostics);
    let generated = parsed.and_then(|parsed| generate(&parsed, &name, settings, &mut diagnostics));
    let Some(generated) = generated else { return Err(Renderer::new(&sources).render_all(&diagnostics)) };
    fs::create_dir_all(folder).map_err(|error| at(folder, &error).to_string())?;
    for file in &generated.files {
        let path = folder.join(format!("{}.rs", file.krate.word()));
        if fs::read_to_string(&path).ok().as_deref() != Some(file.text.as_str()) {
            fs::write(&path, &file.text).map_err(|error| at(&path, &error).to_string())?;
        }
    }
    Ok(generated)
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
