//! `codegen.toml` → which document makes which crates.
//!
//! Knows what can be said of an API, whether by a file (`reader`) or by a build script. Must not read files,
//! nor know what a document holds.
//!
//! [`Key`] is the table of what can be said of an API; the guide shows it.
//!
//! ```toml
//! [apis.outbound]
//! document = "outbound-campaigns.yaml"
//! environment = { apiKey = "API_KEY" }
//! ```

mod keys;
mod pagination;
mod reader;

pub use keys::Key;
pub use pagination::Paging;
pub use spec_api::Untyped;

use crate::{CrateKind, Report};
use spec_api::Api;
use spec_document::{Code, Diagnostics, Location, Pointer, SourceId, Sources};
use std::collections::BTreeMap;
use std::str::FromStr;

/// The settings of `codegen.toml`.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// APIs, by name.
    pub apis: Vec<ApiSettings>,
}

/// The settings of one API.
#[derive(Clone, Debug)]
pub struct ApiSettings {
    /// Its name, which its crates are called by.
    pub name: String,
    /// The path of its document, relative to the settings.
    pub document: String,
    /// Where the settings name the document; absent where there is no settings file.
    pub location: Option<Location>,
    /// Folders of its crates, relative to the workspace.
    pub folders: Folders,
    /// True if the operations of the command-line program are tools of the Model Context Protocol, too.
    pub mcp: bool,
    /// The path by which client and server find the models; absent where these are a crate of their own.
    pub models_path: Option<String>,
    /// The path by which the command-line program finds the client; absent where that is a crate of its own.
    pub client_path: Option<String>,
    /// Environment variables that hold credentials, by security scheme.
    pub environment: BTreeMap<String, Setting>,
    /// The header in which operations take a key that makes them idempotent, though they do not declare it.
    pub idempotency: Option<Setting>,
    /// The choices for formats.
    pub formats: Formats,
    /// The choice for schemas that do not name a type.
    pub untyped: Untyped,
    /// True if schemas without a name that mean the same share a model.
    pub sharing: bool,
    /// The number of files that each crate has.
    pub files: Files,
    /// Operations that are wanted; all where nothing is said.
    pub only: Patterns,
    /// Operations that are not wanted.
    pub except: Patterns,
    /// Errors that are allowed.
    pub allow: Vec<Allowance>,
    /// Folders with copies of files that the document refers to by addresses of the network.
    pub remote: Vec<Remote>,
    /// Overlays that are applied to the document, in this order.
    pub overlays: Vec<Overlay>,
    /// The ways in which operations page, beyond what the document declares.
    pub pagination: Paging,
    /// The file for samples of calls, relative to the workspace.
    pub samples: Option<String>,
    /// Where new manifests have the runtime from, a path being relative to the workspace.
    pub runtime: Option<Runtime>,
}

/// Where a manifest has `spec-runtime` from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// A folder.
    Path(String),
    /// A registry: what its version must be.
    Version(String),
    /// A git repository.
    Git {
        /// Its address.
        url: String,
        /// The commit that is meant; the newest one of its main branch if not said.
        at: Option<GitReference>,
    },
}

/// The commit of a git repository that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GitReference {
    /// The newest commit of a branch.
    Branch(String),
    /// A commit.
    Rev(String),
    /// A tag.
    Tag(String),
}

impl Runtime {
    /// Returns the version of the generator: code that it makes goes with a runtime of the same version.
    #[must_use]
    pub fn own_version() -> Runtime {
        Runtime::Version(env!("CARGO_PKG_VERSION").to_owned())
    }
}

impl FromStr for Runtime {
    type Err = Report;

    /// Reads what stands after `runtime =` in `codegen.toml`.
    fn from_str(text: &str) -> Result<Runtime, Report> {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("runtime", text);
        let runtime = reader::runtime(&sources, source, &mut diagnostics);
        runtime.ok_or(Report { sources, diagnostics })
    }
}

/// A file with changes to a document.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// Its path, relative to the settings.
    pub path: String,
    /// Where the settings name it; absent where there is no settings file.
    pub location: Option<Location>,
}

/// Operations by what they are called. An operation fits that fits any of these; in paths and operations, `*`
/// stands for any text.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    /// Tags.
    pub tags: Vec<Setting>,
    /// Path templates.
    pub paths: Vec<Setting>,
    /// operationIds.
    pub operations: Vec<Setting>,
}

impl Patterns {
    /// Says whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.paths.is_empty() && self.operations.is_empty()
    }
}

/// An error that is allowed.
#[derive(Clone, Debug)]
pub struct Allowance {
    /// Its code.
    pub code: Code,
    /// Where it may be: there, and in what stands there; anywhere where absent.
    pub at: Option<Pointer>,
    /// Where the settings allow it.
    pub location: Location,
}

impl Allowance {
    /// Reads where an error may be, as a message shows it.
    pub(crate) fn place(text: &str) -> Option<Pointer> {
        Pointer::parse(text.strip_prefix('#').unwrap_or(text))
    }
}

/// A folder with copies of what has an address of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// The beginning of the addresses; of several the longest counts.
    pub prefix: String,
    /// The folder, relative to the settings.
    pub folder: String,
}

impl Remote {
    /// Says whether addresses of files could begin with a text.
    pub(crate) fn is_address(prefix: &str) -> bool {
        prefix.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
    }
}

/// The choices for formats of texts.
#[derive(Clone, Debug, Default)]
pub struct Formats {
    choices: BTreeMap<String, FormatChoice>,
}

impl Formats {
    /// Makes the same choice for all formats.
    #[must_use]
    pub fn all(choice: FormatChoice) -> Self {
        Formats { choices: BTreeMap::from([("*".to_owned(), choice)]) }
    }

    /// Returns what becomes of a format.
    #[must_use]
    pub fn choice(&self, format: &str) -> FormatChoice {
        self.choices.get(format).or_else(|| self.choices.get("*")).copied().unwrap_or_default()
    }
}

impl<'t> FromIterator<(&'t str, FormatChoice)> for Formats {
    fn from_iter<T: IntoIterator<Item = (&'t str, FormatChoice)>>(choices: T) -> Self {
        let choice = |(format, choice): (&str, FormatChoice)| (format.to_owned(), choice);
        Formats { choices: choices.into_iter().map(choice).collect() }
    }
}

/// The choice for a format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FormatChoice {
    /// A type of its own, where there is one that keeps what it is given; a checked text where there is none.
    #[default]
    Type,
    /// A text that is checked.
    String,
    /// Any text: the format is a remark (JSON Schema 2020-12 validation, 7.2.1).
    Any,
}

/// The number of files that each crate has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Files {
    /// One for small documents, one for each tag of large ones.
    #[default]
    Auto,
    /// One.
    One,
    /// One for each tag.
    ByTag,
}

/// Folders of the crates of one API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Of the models.
    pub models: String,
    /// Of the client.
    pub client: String,
    /// Of the server.
    pub server: String,
    /// Of the command-line program, where one is wanted.
    pub cli: Option<String>,
}

/// A setting and where it stands.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its text.
    pub value: String,
    /// Where its key stands.
    pub location: Location,
}

impl ApiSettings {
    /// Returns settings for a document that no settings file speaks of.
    #[must_use]
    pub fn for_document(name: &str, document: &str) -> Self {
        let folder = |kind| format!("{name}-{kind}");
        ApiSettings {
            name: name.to_owned(),
            document: document.to_owned(),
            location: None,
            folders: Folders {
                models: folder("models"),
                client: folder("client"),
                server: folder("server"),
                cli: None,
            },
            mcp: false,
            models_path: None,
            client_path: None,
            environment: BTreeMap::new(),
            idempotency: None,
            formats: Formats::default(),
            untyped: Untyped::default(),
            sharing: true,
            files: Files::default(),
            only: Patterns::default(),
            except: Patterns::default(),
            allow: Vec::new(),
            remote: Vec::new(),
            overlays: Vec::new(),
            pagination: Paging::default(),
            samples: None,
            runtime: None,
        }
    }

    /// Returns the path by which client and server find the models.
    #[must_use]
    pub fn models_path(&self) -> String {
        self.models_path.clone().unwrap_or_else(|| self.crate_name(CrateKind::Models).replace('-', "_"))
    }

    /// Returns the path by which the command-line program finds the client.
    #[must_use]
    pub fn client_path(&self) -> String {
        self.client_path.clone().unwrap_or_else(|| self.crate_name(CrateKind::Client).replace('-', "_"))
    }

    /// Returns the path by which the command-line program finds the models: through the client, unless they
    /// are no crate of their own.
    #[must_use]
    pub fn models_path_of_cli(&self) -> String {
        self.models_path.clone().unwrap_or_else(|| format!("{}::models", self.client_path()))
    }

    /// Returns the name of the command-line program: that of its crate, without `-cli`.
    #[must_use]
    pub fn program_name(&self) -> &str {
        let name = self.crate_name(CrateKind::Cli);
        match name.strip_suffix("-cli").unwrap_or(name) {
            "" | "cli" => &self.name,
            name => name,
        }
    }

    /// Returns the crates that are wanted, in the order in which they depend on each other.
    #[must_use]
    pub fn crates(&self) -> Vec<CrateKind> {
        CrateKind::ALL.into_iter().chain(self.folders.cli.as_ref().map(|_| CrateKind::Cli)).collect()
    }

    /// Returns the folder of a crate, relative to the workspace.
    #[must_use]
    pub fn folder(&self, krate: CrateKind) -> &str {
        match krate {
            CrateKind::Models => &self.folders.models,
            CrateKind::Client => &self.folders.client,
            CrateKind::Server => &self.folders.server,
            CrateKind::Cli => self.folders.cli.as_deref().unwrap_or_default(),
        }
    }

    /// Returns the name of a crate: that of its folder.
    #[must_use]
    pub fn crate_name(&self, krate: CrateKind) -> &str {
        self.folder(krate).rsplit(['/', '\\']).next().unwrap_or_default()
    }

    /// Returns schemes that the settings speak of and the document does not have.
    pub(crate) fn unknown_schemes(&self, api: &Api) -> Vec<(String, Location)> {
        let unknown = self.environment.iter().filter(|(name, _)| !api.security_schemes.contains_key(*name));
        unknown.map(|(name, setting)| (name.clone(), setting.location.clone())).collect()
    }
}

impl Settings {
    /// Reads settings; everything that is wrong is pushed to `diagnostics`.
    pub fn parse(sources: &Sources, source: SourceId, diagnostics: &mut Diagnostics) -> Settings {
        reader::settings(sources, source, diagnostics)
    }
}
