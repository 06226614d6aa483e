//! A document and its settings → modules of the crate that a build script belongs to.
//!
//! Knows which files a build script writes and what cargo has to watch. Must not know what a document holds,
//! nor how it is read.

use crate::documents::{Files, Place, file_name};
use crate::settings::{
    self, Allowance, ApiSettings, FormatChoice, Formats, Overlay, Patterns, Remote, Setting, Untyped,
};
use crate::{CrateKind, Error, Generated, GeneratedFile, MODULES, Report, generate};
use spec_document::{Code, Diagnostic, Diagnostics, Location, Severity, Sources};
use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::panic;
use std::path::{Path, PathBuf};

/// Generates the modules of a document in a build script.
///
/// ```no_run
/// // build.rs
/// use spec_codegen::{Builder, CrateKind, FormatChoice};
///
/// fn main() -> Result<(), spec_codegen::Error> {
///     Builder::document("openapi.yaml")
///         .overlays(["changes.yaml"])
///         .formats([("date-time", FormatChoice::String)])
///         .crates([CrateKind::Models, CrateKind::Client])
///         .generate()?;
///     Ok(())
/// }
/// ```
///
/// Each crate that the command would make is a file here, in `OUT_DIR` if nothing else is said: `models.rs`,
/// `client.rs` and `server.rs`. Include them as modules of these names at the root of the crate:
///
/// ```ignore
/// #[allow(clippy::all, deprecated, missing_docs)]
/// pub mod models {
///     include!(concat!(env!("OUT_DIR"), "/models.rs"));
/// }
/// ```
///
/// Each setting of `codegen.toml` is a method of the same name, which takes what stands there (`runtime`
/// aside, which is about manifests); said twice, the last one counts. Paths are relative to the folder of the
/// package, where cargo runs build scripts.
#[must_use = "nothing is generated before `generate` is called"]
pub struct Builder {
    settings: ApiSettings,
    crates: Vec<CrateKind>,
    out: Option<PathBuf>,
    /// True if cargo is told of warnings.
    warns: bool,
    sources: Sources,
    diagnostics: Diagnostics,
    /// Where settings are said: the file that begins the builder.
    location: Location,
}

impl Builder {
    /// Begins with the path of a document.
    #[track_caller]
    pub fn document(path: impl AsRef<Path>) -> Builder {
        let mut sources = Sources::new();
        let location = Location::file(sources.add(panic::Location::caller().file(), ""));
        let [models, client, server] = CrateKind::ALL.map(|krate| krate.word().to_owned());
        let settings = ApiSettings {
            folders: settings::Folders { models, client, server, cli: None },
            models_path: Some("crate::models".to_owned()),
            client_path: Some("crate::client".to_owned()),
            files: settings::Files::One,
            ..ApiSettings::for_document("api", &text(path))
        };
        let (crates, diagnostics) = (CrateKind::ALL.to_vec(), Diagnostics::new());
        Builder { settings, crates, out: None, warns: true, sources, diagnostics, location }
    }

    /// Says what the models' file is called, without its ending; `models` if it is not said.
    pub fn models(mut self, name: &str) -> Builder {
        self.settings.folders.models = name.to_owned();
        self
    }

    /// Says what the client's file is called, without its ending; `client` if it is not said.
    pub fn client(mut self, name: &str) -> Builder {
        self.settings.folders.client = name.to_owned();
        self
    }

    /// Says what the server's file is called, without its ending; `server` if it is not said.
    pub fn server(mut self, name: &str) -> Builder {
        self.settings.folders.server = name.to_owned();
        self
    }

    /// Asks for a command-line program as well, and says what its file is called, without its ending. It has
    /// a table of commands, `API`, for `spec_command::run`.
    pub fn cli(mut self, name: &str) -> Builder {
        self.settings.folders.cli = Some(name.to_owned());
        if !self.crates.contains(&CrateKind::Cli) {
            self.crates.push(CrateKind::Cli);
        }
        self
    }

    /// Says whether the command-line program is a server of the Model Context Protocol, too: `spec-command`
    /// then needs its feature `mcp`.
    pub fn mcp(mut self, mcp: bool) -> Builder {
        self.settings.mcp = mcp;
        self
    }

    /// Says for each security scheme which environment variable `Client::from_env` reads its credential from.
    pub fn environment<'t>(mut self, variables: impl IntoIterator<Item = (&'t str, &'t str)>) -> Builder {
        let setting = |(scheme, variable): (&str, &str)| (scheme.to_owned(), self.setting(variable));
        self.settings.environment = variables.into_iter().map(setting).collect::<BTreeMap<_, _>>();
        self
    }

    /// Names the header in which every POST and PATCH takes a key that makes it idempotent.
    pub fn idempotency(mut self, header: &str) -> Builder {
        self.settings.idempotency = Some(self.setting(header));
        self
    }

    /// Says what each `format` of texts becomes; `*` stands for all others.
    pub fn formats<'t>(mut self, choices: impl IntoIterator<Item = (&'t str, FormatChoice)>) -> Builder {
        self.settings.formats = Formats::from_iter(choices);
        self
    }

    /// Says what a schema without `type` is.
    pub fn untyped(mut self, untyped: Untyped) -> Builder {
        self.settings.untyped = untyped;
        self
    }

    /// Says whether schemas without a name share one type if they mean the same; they do if it is not
    /// said.
    pub fn sharing(mut self, sharing: bool) -> Builder {
        self.settings.sharing = sharing;
        self
    }

    /// Says how many files each crate has; one if it is not said. Where there are several, those of
    /// `models.rs` are in the folder `models`, and so on; include only `models.rs`.
    pub fn files(mut self, files: settings::Files) -> Builder {
        self.settings.files = files;
        self
    }

    /// Generates only operations that fit one of these patterns.
    pub fn only<'t>(mut self, patterns: impl IntoIterator<Item = Pattern<'t>>) -> Builder {
        self.settings.only = self.patterns(patterns);
        self
    }

    /// Leaves out operations that fit one of these patterns.
    pub fn except<'t>(mut self, patterns: impl IntoIterator<Item = Pattern<'t>>) -> Builder {
        self.settings.except = self.patterns(patterns);
        self
    }

    /// Goes on in spite of these errors: each a code and, if only in one place, its JSON pointer.
    pub fn allow<'t>(mut self, errors: impl IntoIterator<Item = (Code, Option<&'t str>)>) -> Builder {
        self.settings.allow.clear();
        for (code, at) in errors {
            let location = self.location.clone();
            if !code.is_allowable() {
                self.report(format!("`{code}` can't be allowed"), "correct the document");
            }
            match at.map(|text| (text, Allowance::place(text))) {
                Some((text, None)) => {
                    let help = "write it as a message shows it: \"/paths/~1pets/get\"";
                    self.report(format!("{text:?} is no JSON pointer"), help);
                }
                place => {
                    let at = place.and_then(|(_, pointer)| pointer);
                    self.settings.allow.push(Allowance { code, at, location });
                }
            }
        }
        self
    }

    /// Says for addresses that begin with a text which folder has copies of the files there.
    pub fn remote<'t, P: AsRef<Path>>(mut self, folders: impl IntoIterator<Item = (&'t str, P)>) -> Builder {
        self.settings.remote.clear();
        for (prefix, folder) in folders {
            if !Remote::is_address(prefix) {
                let help = "write what they begin with: \"https://example.com/schemas/\"";
                self.report(format!("{prefix:?} is no address that files could have"), help);
            }
            self.settings.remote.push(Remote { prefix: prefix.to_owned(), folder: text(folder) });
        }
        self
    }

    /// Applies overlays to the document, in this order.
    pub fn overlays<P: AsRef<Path>>(mut self, paths: impl IntoIterator<Item = P>) -> Builder {
        let location = Some(self.location.clone());
        let overlay = |path| Overlay { path: text(path), location: location.clone() };
        self.settings.overlays = paths.into_iter().map(overlay).collect();
        self
    }

    /// Says how clients page through lists, as it stands after `pagination =` in `codegen.toml`: `false` if
    /// they must not guess, or a TOML table by operationId.
    pub fn pagination(mut self, text: &str) -> Builder {
        match text.parse() {
            Ok(paging) => self.settings.pagination = paging,
            Err(Report { diagnostics, .. }) => {
                for found in diagnostics {
                    let help = found.help.unwrap_or_default();
                    self.report(format!("`pagination`: {}", found.message), &help);
                }
            }
        }
        self
    }

    /// Writes only the files of these crates; all three if it is not said.
    pub fn crates(mut self, crates: impl IntoIterator<Item = CrateKind>) -> Builder {
        self.crates = crates.into_iter().collect();
        self
    }

    /// Says where client and server find the models; `crate::models` if it is not said.
    pub fn models_path(mut self, path: &str) -> Builder {
        self.settings.models_path = Some(path.to_owned());
        self
    }

    /// Says where the command-line program finds the client; `crate::client` if it is not said.
    pub fn client_path(mut self, path: &str) -> Builder {
        self.settings.client_path = Some(path.to_owned());
        self
    }

    /// Writes into this folder, and not into `OUT_DIR`.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Builder {
        self.out = Some(folder.into());
        self
    }

    /// Keeps warnings from cargo, such as those of a document of others that nobody here will correct.
    pub fn without_warnings(mut self) -> Builder {
        self.warns = false;
        self
    }

    /// Generates the code, writes what has changed, and returns what was generated. Where cargo runs a build
    /// script, it is told to watch every file that was read, and shows each warning in a line.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the document and the settings; or that a file can't be written.
    pub fn generate(mut self) -> Result<Generated, Error> {
        let out = self.out.take().or_else(|| Some(env::var_os("OUT_DIR")?.into())).ok_or(Error::NoOutDir)?;
        let mut read = vec![PathBuf::from(&self.settings.document)];
        let generated = self.read(&mut read);
        watch(&mut read);
        let Some(generated) = generated else {
            return Err(Error::Invalid(Report { sources: self.sources, diagnostics: self.diagnostics }));
        };
        if self.warns && out_dir_of_cargo().is_some() {
            for line in warnings(&self.sources, &self.diagnostics) {
                println!("cargo::warning={line}");
            }
        }
        let wanted = self.settings.crates();
        for krate in self.crates.iter().filter(|krate| wanted.contains(krate)) {
            let files: Vec<&GeneratedFile> =
                generated.files.iter().filter(|file| file.krate == *krate).collect();
            write_crate(&out, self.settings.folder(*krate), &files)?;
        }
        Ok(generated)
    }

    /// Reads the document and generates from it; notes the files that are read.
    fn read(&mut self, read: &mut Vec<PathBuf>) -> Option<Generated> {
        let path = PathBuf::from(&self.settings.document);
        let name = file_name(&path);
        let place = Place { path: &path, name: &name, beside: Path::new(""), beside_name: "" };
        let mut files = Files { sources: &mut self.sources, diagnostics: &mut self.diagnostics, read };
        let document = files.document(place, &self.settings)?;
        generate(&document, &name, &self.settings, &mut self.diagnostics)
    }

    /// Reports a wrong setting.
    fn report(&mut self, message: String, help: &str) {
        let diagnostic = Diagnostic::error(Code::InvalidSetting, self.location.clone(), message);
        self.diagnostics.push(diagnostic.help(help));
    }

    /// Returns a setting that is said here.
    fn setting(&self, value: &str) -> Setting {
        Setting { value: value.to_owned(), location: self.location.clone() }
    }

    /// Sorts patterns by what they are about.
    fn patterns<'t>(&self, patterns: impl IntoIterator<Item = Pattern<'t>>) -> Patterns {
        let mut sorted = Patterns::default();
        for pattern in patterns {
            let (list, text) = match pattern {
                Pattern::Tag(text) => (&mut sorted.tags, text),
                Pattern::Path(text) => (&mut sorted.paths, text),
                Pattern::Operation(text) => (&mut sorted.operations, text),
            };
            list.push(self.setting(text));
        }
        sorted
    }
}

/// Operations by what they are called. In paths and operations, `*` stands for any text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern<'t> {
    /// Those with this tag.
    Tag(&'t str),
    /// Those whose path template fits.
    Path(&'t str),
    /// Those whose operationId fits.
    Operation(&'t str),
}

/// Returns a path as settings have it.
fn text(path: impl AsRef<Path>) -> String {
    path.as_ref().to_string_lossy().into_owned()
}

/// Writes the files of one crate: alone, it is the file to include; of several, that one leads to the first,
/// which has its modules beside it in a folder.
fn write_crate(out: &Path, name: &str, files: &[&GeneratedFile]) -> Result<(), Error> {
    let entry = out.join(format!("{name}.rs"));
    if let [file] = files {
        return write(&entry, &file.text);
    }
    for file in files {
        let beside = Path::new(&file.path).strip_prefix(MODULES).unwrap_or(Path::new("mod.rs"));
        write(&out.join(name).join(beside), &file.text)?;
    }
    let beside = entry.file_stem().unwrap_or_default().to_string_lossy();
    write(&entry, &format!("include!(\"{beside}/mod.rs\");\n"))
}

/// Writes a file, unless it has this text already.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    if fs::read_to_string(path).is_ok_and(|before| before == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
    }
    fs::write(path, text).map_err(Error::io(path))
}

/// Returns `OUT_DIR` if cargo runs a build script: only those have all of these variables (The Cargo Book,
/// "Environment Variables").
fn out_dir_of_cargo() -> Option<OsString> {
    let [Some(out), Some(_), Some(_)] = ["OUT_DIR", "HOST", "TARGET"].map(env::var_os) else { return None };
    Some(out)
}

/// Tells cargo to watch files, if it runs a build script. What stands in `OUT_DIR` the script has made
/// itself.
fn watch(files: &mut Vec<PathBuf>) {
    let Some(out) = out_dir_of_cargo() else { return };
    files.sort();
    files.dedup();
    for file in files.iter().filter(|file| !file.starts_with(&out)) {
        println!("cargo::rerun-if-changed={}", file.display());
    }
}

/// Returns the warnings in the order of their places, each as one line: where, what, and what to do.
fn warnings(sources: &Sources, diagnostics: &Diagnostics) -> Vec<String> {
    let line = |diagnostic: &Diagnostic| {
        let location = sources.resolve(&diagnostic.location);
        let mut line = sources.name(location.source).to_owned();
        if location.place != spec_document::Place::File {
            let at = sources.line_column(&location);
            line.push_str(&format!(":{}:{}", at.line, at.column));
        }
        line.push_str(&format!(": {} [{}]", diagnostic.message, diagnostic.code));
        if let Some(help) = &diagnostic.help {
            line.push_str(&format!("; {help}"));
        }
        // Cargo takes each line for a command of its own, and a document can have line ends in its names.
        line.replace(char::is_control, " ")
    };
    let sorted = diagnostics.sorted(sources).into_iter();
    sorted.filter(|diagnostic| diagnostic.severity == Severity::Warning).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Key, Settings};

    /// A setting that is only in the table would be missing in build scripts. They write no manifests, and so
    /// have no need of `runtime`; samples are what `Generated::samples` returns.
    #[test]
    fn every_setting_is_a_method() {
        let source = syn::parse_file(include_str!("builder.rs")).unwrap();
        let mut methods = Vec::new();
        for item in &source.items {
            let syn::Item::Impl(own) = item else { continue };
            for member in &own.items {
                if let syn::ImplItem::Fn(method) = member
                    && matches!(method.vis, syn::Visibility::Public(_))
                {
                    methods.push(method.sig.ident.to_string());
                }
            }
        }
        for key in Key::ALL.iter().filter(|key| ![Key::Runtime, Key::Samples].contains(key)) {
            assert!(methods.iter().any(|name| name == key.as_str()), "{} is no method", key.as_str());
        }
    }

    #[test]
    fn methods_mean_what_keys_mean() {
        let text = "[apis.pets]\ndocument = \"pets.yaml\"\ncli = \"cli\"\nmcp = true\n\
                    environment = { key = \"KEY\" }\nformats = { date = \"any\" }\nuntyped = \"any\"\n\
                    sharing = false\nfiles = \"tags\"\nonly = { tags = [\"pets\"] }\n\
                    except = { operations = [\"list_*\"] }\n\
                    allow = [{ code = \"unsupported\", at = \"/paths\" }]\n\
                    remote = { \"https://example.com/\" = \"copies\" }\noverlays = [\"a.yaml\"]\n\
                    pagination = { list = { style = \"cursor\", parameter = \"c\", next = \"n\" }, \
                    all = false }\n";
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("codegen.toml", text);
        let read = Settings::parse(&sources, source, &mut diagnostics).apis.remove(0);
        let builder = Builder::document("pets.yaml")
            .cli("cli")
            .mcp(true)
            .environment([("key", "KEY")])
            .formats([("date", FormatChoice::Any)])
            .untyped(Untyped::Any)
            .sharing(false)
            .files(settings::Files::ByTag)
            .only([Pattern::Tag("pets")])
            .except([Pattern::Operation("list_*")])
            .allow([(Code::Unsupported, Some("#/paths"))])
            .remote([("https://example.com/", "copies")])
            .overlays(["a.yaml"])
            .pagination("{ list = { style = \"cursor\", parameter = \"c\", next = \"n\" }, all = false }");
        assert!(diagnostics.is_empty() && builder.diagnostics.is_empty());
        // Where a setting stands is not the same.
        let plain = |api: &ApiSettings| {
            let patterns = |patterns: &Patterns| {
                let texts = |list: &[Setting]| list.iter().map(|own| own.value.clone()).collect::<Vec<_>>();
                [&patterns.tags, &patterns.paths, &patterns.operations].map(|list| texts(list))
            };
            let environment: Vec<_> =
                api.environment.iter().map(|(name, own)| (name.clone(), own.value.clone())).collect();
            let allow: Vec<_> = api.allow.iter().map(|own| (own.code, own.at.clone())).collect();
            let overlays: Vec<_> = api.overlays.iter().map(|own| own.path.clone()).collect();
            let choices = (api.untyped, api.sharing, api.mcp, api.files, format!("{:?}", api.formats));
            let lists = (allow, api.remote.clone(), overlays, patterns(&api.only), patterns(&api.except));
            let paging = |(id, own): &(String, spec_api::Pagination)| {
                (id.clone(), own.style, own.inputs.clone(), own.outputs.clone())
            };
            let paging: Vec<_> = api.pagination.operations.iter().map(paging).collect();
            (api.document.clone(), environment, choices, lists, api.pagination.guess, paging)
        };
        assert_eq!(plain(&builder.settings), plain(&read));
    }
}
