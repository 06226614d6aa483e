//! `codegen.toml` → which document makes which crates.
//!
//! Knows the keys and their types; says where a wrong one stands. Must not read files, nor know what a
//! document holds.
//!
//! [`Key`] is the table of what can be said of an API; the guide shows it.
//!
//! ```toml
//! [apis.outbound]
//! document = "outbound-campaigns.yaml"
//! environment = { apiKey = "API_KEY" }
//! ```

use crate::CrateKind;
use spec_api::Api;
pub use spec_api::Untyped;
use spec_document::{Code, Diagnostic, Diagnostics, Location, Pointer, SourceId, Sources};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One table for everything about settings, so that none is listed that is not read, or read that is not
/// listed.
macro_rules! keys {
    ($($variant:ident = $name:literal, $default:literal: $what:literal)*) => {
        /// A setting of an API; the list is closed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Key {
            $(#[doc = $what] $variant,)*
        }

        impl Key {
            /// Every setting.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the key that stands in the file.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Says what holds where the key is absent, in words or in TOML.
            #[must_use]
            pub fn default(self) -> &'static str {
                match self { $(Self::$variant => $default,)* }
            }

            /// Says in a sentence what the setting does.
            #[must_use]
            pub fn explain(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }
        }
    };
}

// `NAME` stands for the name of the API.
keys! {
    Document = "document", "none: it must be there":
        "The path of the document."
    Models = "models", "`\"crates/NAME-models\"`":
        "The folder of the models' crate; the last part of it is the crate's name."
    Client = "client", "`\"crates/NAME-client\"`":
        "The folder of the client's crate."
    Server = "server", "`\"crates/NAME-server\"`":
        "The folder of the server's crate."
    Environment = "environment", "`{}`: no `Client::from_env`":
        "For each security scheme, the environment variable that `Client::from_env` reads its credential from."
    Formats = "formats", "`{ \"*\" = \"type\" }`":
        "What a `format` of texts becomes: a type of its own (`\"type\"`), a checked text (`\"string\"`), or any text \
         (`\"any\"`). `\"*\"` stands for all others."
    Untyped = "untyped", "`\"guess\"`":
        "What a schema without `type` is: what its other keywords are about (`\"guess\"`), or anything (`\"any\"`)."
    Files = "files", "`\"tags\"` above 50 operations, else `\"one\"`":
        "How many files a crate has: `\"one\"`, or one for each tag (`\"tags\"`)."
    Only = "only", "all operations":
        "Generate only operations that fit one of these `tags`, `paths` or `operations`; `*` in the latter two is any text."
    Except = "except", "no operations":
        "Leave out operations that fit one of these; written as `only`."
    Allow = "allow", "`[]`":
        "Errors to go on in spite of, each a `code` and, if only in one place, its JSON pointer `at`."
    Remote = "remote", "`{}`":
        "For addresses that begin with a text, the folder that has copies of the files there."
    Overlays = "overlays", "`[]`":
        "Paths of overlays to apply to the document, in this order."
}

/// What `codegen.toml` says.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// APIs, by name.
    pub apis: Vec<ApiSettings>,
}

/// What is said of one API.
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
    /// The path by which client and server find the models; absent where these are a crate of their own.
    pub models_path: Option<String>,
    /// Environment variables that hold credentials, by security scheme.
    pub environment: BTreeMap<String, Setting>,
    /// What becomes of formats.
    pub formats: Formats,
    /// What becomes of schemas that do not name a type.
    pub untyped: Untyped,
    /// How many files each crate has.
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
    /// Whether nothing is said.
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

/// A folder with copies of what has an address of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// What the addresses begin with; of several the longest counts.
    pub prefix: String,
    /// The folder, relative to the settings.
    pub folder: String,
}

/// What becomes of formats of texts.
#[derive(Clone, Debug, Default)]
pub struct Formats {
    choices: BTreeMap<String, FormatChoice>,
}

impl Formats {
    /// The same choice for all formats.
    #[must_use]
    pub fn all(choice: FormatChoice) -> Self {
        Formats { choices: BTreeMap::from([("*".to_owned(), choice)]) }
    }

    /// What becomes of a format.
    #[must_use]
    pub fn choice(&self, format: &str) -> FormatChoice {
        self.choices.get(format).or_else(|| self.choices.get("*")).copied().unwrap_or_default()
    }
}

/// What becomes of a format.
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

/// How many files each crate has.
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
}

/// A setting and where it stands.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What it says.
    pub value: String,
    /// Where its key stands.
    pub location: Location,
}

impl ApiSettings {
    /// Settings for a document that no settings file speaks of.
    #[must_use]
    pub fn for_document(name: &str, document: &str) -> Self {
        let folder = |kind| format!("{name}-{kind}");
        ApiSettings {
            name: name.to_owned(),
            document: document.to_owned(),
            location: None,
            folders: Folders { models: folder("models"), client: folder("client"), server: folder("server") },
            models_path: None,
            environment: BTreeMap::new(),
            formats: Formats::default(),
            untyped: Untyped::default(),
            files: Files::default(),
            only: Patterns::default(),
            except: Patterns::default(),
            allow: Vec::new(),
            remote: Vec::new(),
            overlays: Vec::new(),
        }
    }

    /// The path by which client and server find the models.
    #[must_use]
    pub fn models_path(&self) -> String {
        self.models_path.clone().unwrap_or_else(|| self.crate_name(CrateKind::Models).replace('-', "_"))
    }

    /// The folder of a crate, relative to the workspace.
    #[must_use]
    pub fn folder(&self, krate: CrateKind) -> &str {
        match krate {
            CrateKind::Models => &self.folders.models,
            CrateKind::Client => &self.folders.client,
            CrateKind::Server => &self.folders.server,
        }
    }

    /// The name of a crate: that of its folder.
    #[must_use]
    pub fn crate_name(&self, krate: CrateKind) -> &str {
        self.folder(krate).rsplit(['/', '\\']).next().unwrap_or_default()
    }

    /// Schemes that the settings speak of and the document does not have.
    pub(crate) fn unknown_schemes(&self, api: &Api) -> Vec<(String, Location)> {
        let unknown = self.environment.iter().filter(|(name, _)| !api.security_schemes.contains_key(*name));
        unknown.map(|(name, setting)| (name.clone(), setting.location.clone())).collect()
    }
}

impl Settings {
    /// Reads settings; everything that is wrong is pushed to `diagnostics`.
    pub fn parse(sources: &Sources, source: SourceId, diagnostics: &mut Diagnostics) -> Settings {
        let (table, errors) = DeTable::parse_recoverable(sources.text(source));
        for error in errors {
            let location = Location::span(source, error.span().unwrap_or_default());
            let message = error.message().to_owned();
            diagnostics
                .push(Diagnostic::error(Code::InvalidSetting, location, message).help("correct the TOML"));
        }
        let mut reader = Reader { source, diagnostics };
        let mut settings = Settings::default();
        for (key, value) in table.get_ref() {
            match key.get_ref().as_ref() {
                "apis" => {
                    for (name, entry) in reader.table(value) {
                        settings.apis.extend(reader.api(name, entry));
                    }
                }
                other => reader.unknown(other, key.span(), &["apis"]),
            }
        }
        settings
    }
}

struct Reader<'a> {
    source: SourceId,
    diagnostics: &'a mut Diagnostics,
}

type Entry<'t, 'i> = (&'t Spanned<toml::de::DeString<'i>>, &'t Spanned<DeValue<'i>>);

impl Reader<'_> {
    fn api(
        &mut self,
        name: &Spanned<toml::de::DeString<'_>>,
        entry: &Spanned<DeValue<'_>>,
    ) -> Option<ApiSettings> {
        let is_name = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_lowercase())
                && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        if !is_name(name.get_ref()) {
            let message = format!("{:?} can't be part of the name of a crate", name.get_ref());
            self.error(
                Code::InvalidSetting,
                name.span(),
                message,
                "use lower-case letters, digits and hyphens",
            );
            return None;
        }
        let mut settings = ApiSettings::for_document(name.get_ref(), "");
        let Folders { models, client, server } = settings.folders.clone();
        settings.folders = Folders {
            models: format!("crates/{models}"),
            client: format!("crates/{client}"),
            server: format!("crates/{server}"),
        };
        let mut document = None;
        for (key, value) in self.table(entry) {
            let Some(known) = Key::ALL.iter().find(|known| known.as_str() == key.get_ref()) else {
                let known: Vec<&str> = Key::ALL.iter().map(|known| known.as_str()).collect();
                self.unknown(key.get_ref(), key.span(), &known);
                continue;
            };
            match known {
                Key::Document => {
                    settings.location = Some(Location::span(self.source, value.span()));
                    document = self.text(value);
                }
                Key::Models => settings.folders.models = self.text(value).unwrap_or(models.clone()),
                Key::Client => settings.folders.client = self.text(value).unwrap_or(client.clone()),
                Key::Server => settings.folders.server = self.text(value).unwrap_or(server.clone()),
                Key::Environment => {
                    for (scheme, variable) in self.table(value) {
                        let location = Location::span(self.source, scheme.span());
                        let Some(value) = self.text(variable) else { continue };
                        settings
                            .environment
                            .insert(scheme.get_ref().to_string(), Setting { value, location });
                    }
                }
                Key::Formats => {
                    for (format, choice) in self.table(value) {
                        let words = [
                            ("type", FormatChoice::Type),
                            ("string", FormatChoice::String),
                            ("any", FormatChoice::Any),
                        ];
                        if let Some(choice) = self.choice(choice, &words) {
                            settings.formats.choices.insert(format.get_ref().to_string(), choice);
                        }
                    }
                }
                Key::Untyped => {
                    let words = [("guess", Untyped::Guess), ("any", Untyped::Any)];
                    settings.untyped = self.choice(value, &words).unwrap_or_default();
                }
                Key::Files => {
                    let words = [("one", Files::One), ("tags", Files::ByTag)];
                    settings.files = self.choice(value, &words).unwrap_or_default();
                }
                Key::Only => settings.only = self.patterns(value),
                Key::Except => settings.except = self.patterns(value),
                Key::Allow => {
                    for entry in self.list(value) {
                        settings.allow.extend(self.allowance(entry));
                    }
                }
                Key::Remote => {
                    for (prefix, folder) in self.table(value) {
                        settings.remote.extend(self.remote(prefix, folder));
                    }
                }
                Key::Overlays => {
                    for path in self.list(value) {
                        let location = Some(Location::span(self.source, path.span()));
                        settings.overlays.extend(self.text(path).map(|path| Overlay { path, location }));
                    }
                }
            }
        }
        settings.document = document.unwrap_or_default();
        if settings.location.is_none() {
            let message = format!("`apis.{}` names no document", settings.name);
            self.error(
                Code::InvalidSetting,
                name.span(),
                message,
                "add `document = \"…\"`, a path beside this file",
            );
            return None;
        }
        Some(settings)
    }

    fn remote(
        &mut self,
        prefix: &Spanned<toml::de::DeString<'_>>,
        folder: &Spanned<DeValue<'_>>,
    ) -> Option<Remote> {
        let folder = self.text(folder)?;
        if prefix
            .get_ref()
            .split_once("://")
            .is_none_or(|(scheme, rest)| scheme.is_empty() || rest.is_empty())
        {
            let message = format!("{:?} is no address that files could have", prefix.get_ref());
            self.error(
                Code::InvalidSetting,
                prefix.span(),
                message,
                "write what they begin with: \"https://example.com/schemas/\"",
            );
            return None;
        }
        Some(Remote { prefix: prefix.get_ref().to_string(), folder })
    }

    fn table<'t, 'i>(&mut self, value: &'t Spanned<DeValue<'i>>) -> Vec<Entry<'t, 'i>> {
        match value.get_ref() {
            DeValue::Table(table) => {
                let mut entries: Vec<Entry<'t, 'i>> = table.iter().collect();
                entries.sort_by_key(|(key, _)| key.span().start);
                entries
            }
            other => {
                let message = format!("this must be a table, not {}", other.type_str());
                self.error(
                    Code::InvalidSetting,
                    value.span(),
                    message,
                    "write `[name]` above its keys, or `{ key = … }`",
                );
                Vec::new()
            }
        }
    }

    fn patterns(&mut self, value: &Spanned<DeValue<'_>>) -> Patterns {
        let mut patterns = Patterns::default();
        for (key, value) in self.table(value) {
            let list = match key.get_ref().as_ref() {
                "tags" => &mut patterns.tags,
                "paths" => &mut patterns.paths,
                "operations" => &mut patterns.operations,
                other => {
                    self.unknown(other, key.span(), &["tags", "paths", "operations"]);
                    continue;
                }
            };
            for entry in self.list(value) {
                let location = Location::span(self.source, entry.span());
                list.extend(self.text(entry).map(|value| Setting { value, location }));
            }
        }
        patterns
    }

    fn allowance(&mut self, entry: &Spanned<DeValue<'_>>) -> Option<Allowance> {
        let (mut code, mut at) = (None, None);
        let mut is_named = !matches!(entry.get_ref(), DeValue::Table(_));
        for (key, value) in self.table(entry) {
            match key.get_ref().as_ref() {
                "code" => {
                    is_named = true;
                    let allowable = Code::ALL.iter().filter(|code| code.is_allowable());
                    let words: Vec<_> = allowable.map(|code| (code.as_str(), *code)).collect();
                    code = self.choice(value, &words);
                }
                "at" => {
                    let text = self.text(value)?;
                    at = Pointer::parse(text.strip_prefix('#').unwrap_or(&text));
                    if at.is_none() {
                        let message = format!("{text:?} is no JSON pointer");
                        let help = "write it as a message shows it: \"/paths/~1pets/get\"";
                        self.error(Code::InvalidSetting, value.span(), message, help);
                        return None;
                    }
                }
                other => self.unknown(other, key.span(), &["code", "at"]),
            }
        }
        if !is_named {
            self.error(
                Code::InvalidSetting,
                entry.span(),
                "no code is allowed".to_owned(),
                "add `code = \"unsupported\"`",
            );
        }
        Some(Allowance { code: code?, at, location: Location::span(self.source, entry.span()) })
    }

    fn list<'t, 'i>(&mut self, value: &'t Spanned<DeValue<'i>>) -> Vec<&'t Spanned<DeValue<'i>>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            other => {
                let message = format!("this must be a list, not {}", other.type_str());
                self.error(Code::InvalidSetting, value.span(), message, "put it in brackets: [\"…\"]");
                Vec::new()
            }
        }
    }

    /// One of several words.
    fn choice<T: Copy>(&mut self, value: &Spanned<DeValue<'_>>, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(value)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
            let help = format!("write {}", known.join(" or "));
            self.error(Code::InvalidSetting, value.span(), format!("{text:?} is no choice here"), &help);
        }
        found.map(|(_, choice)| *choice)
    }

    fn text(&mut self, value: &Spanned<DeValue<'_>>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            other => {
                let message = format!("this must be a string, not {}", other.type_str());
                self.error(Code::InvalidSetting, value.span(), message, "put it in quotes");
                None
            }
        }
    }

    fn unknown(&mut self, key: &str, span: Range<usize>, known: &[&str]) {
        let message = format!("there is no setting `{key}`");
        self.error(
            Code::UnknownSetting,
            span,
            message,
            &format!("the settings here are: {}", known.join(", ")),
        );
    }

    fn error(&mut self, code: Code, span: Range<usize>, message: String, help: &str) {
        let location = Location::span(self.source, span);
        self.diagnostics.push(Diagnostic::error(code, location, message).help(help));
    }
}
