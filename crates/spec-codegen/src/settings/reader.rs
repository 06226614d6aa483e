//! `codegen.toml` → settings: each key is read into what it is about, and a wrong one is reported where it
//! stands.
//!
//! Knows TOML. Must not know what becomes of a setting.

use super::{
    Allowance, ApiSettings, Files, FormatChoice, GitReference, Key, Overlay, Paging, Patterns, Remote,
    Runtime, Setting, Settings, Untyped,
};
use spec_document::{Code, Diagnostic, Diagnostics, Location, SourceId, Sources};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A value, and where it stands.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// A key, and where it stands.
type Name<'i> = Spanned<DeString<'i>>;

type Entry<'t, 'i> = (&'t Name<'i>, &'t Value<'i>);

/// Reads settings; everything that is wrong is pushed to the diagnostics.
pub(super) fn settings(sources: &Sources, source: SourceId, diagnostics: &mut Diagnostics) -> Settings {
    let (table, errors) = DeTable::parse_recoverable(sources.text(source));
    for error in errors {
        let location = Location::span(source, error.span().unwrap_or_default());
        let message = error.message().to_owned();
        diagnostics.push(Diagnostic::error(Code::InvalidSetting, location, message).help("correct the TOML"));
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

/// Reads where the runtime is from; everything that is wrong is pushed to the diagnostics.
pub(super) fn runtime(sources: &Sources, source: SourceId, diagnostics: &mut Diagnostics) -> Option<Runtime> {
    let (value, errors) = DeValue::parse_recoverable(sources.text(source));
    let mut reader = Reader { source, diagnostics };
    for error in &errors {
        let help = "write it as a TOML table: { version = \"1.0\" }";
        let span = error.span().unwrap_or_default();
        reader.error(Code::InvalidSetting, span, error.message().to_owned(), help);
    }
    errors.is_empty().then(|| reader.dependency(&value))?
}

/// Reads how operations page; everything that is wrong is pushed to the diagnostics.
pub(super) fn pagination(
    sources: &Sources,
    source: SourceId,
    diagnostics: &mut Diagnostics,
) -> Option<Paging> {
    let (value, errors) = DeValue::parse_recoverable(sources.text(source));
    let mut reader = Reader { source, diagnostics };
    for error in &errors {
        let help = "write `true`, `false`, or a TOML table by operationId";
        let span = error.span().unwrap_or_default();
        reader.error(Code::InvalidSetting, span, error.message().to_owned(), help);
    }
    let paging = errors.is_empty().then(|| reader.paging(&value));
    paging.filter(|_| !reader.diagnostics.has_errors())
}

/// Reads values of one file.
pub(super) struct Reader<'a> {
    pub(super) source: SourceId,
    diagnostics: &'a mut Diagnostics,
}

/// Reads each key.
impl Reader<'_> {
    /// Reads what is said of an API.
    fn api(&mut self, name: &Name<'_>, entry: &Value<'_>) -> Option<ApiSettings> {
        let is_name = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_lowercase())
                && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        if !is_name(name.get_ref()) {
            let message = format!("{:?} can't be part of the name of a crate", name.get_ref());
            let help = "use lower-case letters, digits and hyphens";
            self.error(Code::InvalidSetting, name.span(), message, help);
            return None;
        }
        let mut api = ApiSettings::for_document(name.get_ref(), "");
        for folder in [&mut api.folders.models, &mut api.folders.client, &mut api.folders.server] {
            folder.insert_str(0, "crates/");
        }
        for (key, value) in self.table(entry) {
            match Key::ALL.iter().find(|known| known.as_str() == key.get_ref()) {
                Some(known) => known.read(self, value, &mut api),
                None => {
                    let known: Vec<&str> = Key::ALL.iter().map(|known| known.as_str()).collect();
                    self.unknown(key.get_ref(), key.span(), &known);
                }
            }
        }
        let mcp = entry.get_ref().get(Key::Mcp.as_str());
        if let Some(mcp) = mcp.filter(|_| api.mcp && api.folders.cli.is_none()) {
            let message = "there is no program that could be a server".to_owned();
            let help = format!("add `cli = \"crates/{}-cli\"`, the folder of the program", api.name);
            self.error(Code::InvalidSetting, mcp.span(), message, &help);
        }
        if api.location.is_none() {
            let message = format!("`apis.{}` names no document", api.name);
            let help = "add `document = \"…\"`, a path beside this file";
            self.error(Code::InvalidSetting, name.span(), message, help);
            return None;
        }
        Some(api)
    }

    pub(super) fn document(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        api.location = Some(Location::span(self.source, value.span()));
        api.document = self.text(value).unwrap_or_default();
    }

    pub(super) fn models(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        self.text_into(value, &mut api.folders.models);
    }

    pub(super) fn client(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        self.text_into(value, &mut api.folders.client);
    }

    pub(super) fn server(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        self.text_into(value, &mut api.folders.server);
    }

    pub(super) fn cli(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        api.folders.cli = self.text(value);
    }

    pub(super) fn mcp(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        api.mcp = self.boolean(value).unwrap_or_default();
    }

    pub(super) fn environment(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        for (scheme, variable) in self.table(value) {
            let location = Location::span(self.source, scheme.span());
            let Some(value) = self.text(variable) else { continue };
            api.environment.insert(scheme.get_ref().to_string(), Setting { value, location });
        }
    }

    pub(super) fn idempotency(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        let location = Location::span(self.source, value.span());
        api.idempotency = self.text(value).map(|value| Setting { value, location });
    }

    pub(super) fn formats(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        let words =
            [("type", FormatChoice::Type), ("string", FormatChoice::String), ("any", FormatChoice::Any)];
        for (format, choice) in self.table(value) {
            if let Some(choice) = self.choice(choice, &words) {
                api.formats.choices.insert(format.get_ref().to_string(), choice);
            }
        }
    }

    pub(super) fn untyped(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        let words = [("guess", Untyped::Guess), ("any", Untyped::Any)];
        api.untyped = self.choice(value, &words).unwrap_or_default();
    }

    pub(super) fn sharing(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        api.sharing = self.boolean(value).unwrap_or_default();
    }

    pub(super) fn files(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        let words = [("one", Files::One), ("tags", Files::ByTag)];
        api.files = self.choice(value, &words).unwrap_or_default();
    }

    pub(super) fn only(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        api.only = self.patterns(value);
    }

    pub(super) fn except(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        api.except = self.patterns(value);
    }

    pub(super) fn allow(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        for entry in self.list(value) {
            api.allow.extend(self.allowance(entry));
        }
    }

    pub(super) fn remote(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        for (prefix, folder) in self.table(value) {
            api.remote.extend(self.copies(prefix, folder));
        }
    }

    pub(super) fn overlays(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        for path in self.list(value) {
            let location = Some(Location::span(self.source, path.span()));
            api.overlays.extend(self.text(path).map(|path| Overlay { path, location }));
        }
    }

    pub(super) fn pagination(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        api.pagination = self.paging(value);
    }

    pub(super) fn samples(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        api.samples = self.text(value);
    }

    pub(super) fn runtime(&mut self, value: &Value<'_>, api: &mut ApiSettings) {
        api.runtime = self.dependency(value);
    }
}

/// Reads what values are made of.
impl Reader<'_> {
    /// Reads a folder with copies, and what the addresses of the files in it begin with.
    fn copies(&mut self, prefix: &Name<'_>, folder: &Value<'_>) -> Option<Remote> {
        let folder = self.text(folder)?;
        if !Remote::is_address(prefix.get_ref()) {
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

    /// Reads where a crate is from.
    fn dependency(&mut self, value: &Value<'_>) -> Option<Runtime> {
        let (mut from, mut at) = (Vec::new(), Vec::new());
        let mut is_good = matches!(value.get_ref(), DeValue::Table(_));
        for (key, entry) in self.table(value) {
            let name = key.get_ref().as_ref();
            if !["path", "version", "git", "branch", "rev", "tag"].contains(&name) {
                self.unknown(name, key.span(), &["path", "version", "git", "branch", "rev", "tag"]);
                is_good = false;
                continue;
            }
            let Some(text) = self.text(entry) else {
                is_good = false;
                continue;
            };
            match name {
                "path" => from.push(Runtime::Path(text)),
                "version" => from.push(Runtime::Version(text)),
                "git" => from.push(Runtime::Git { url: text, at: None }),
                "branch" => at.push(GitReference::Branch(text)),
                "rev" => at.push(GitReference::Rev(text)),
                _ => at.push(GitReference::Tag(text)),
            }
        }
        if !is_good {
            return None;
        }
        let (said, help) = match (from.pop(), at.pop()) {
            (Some(Runtime::Git { url, .. }), last) if from.is_empty() && at.is_empty() => {
                return Some(Runtime::Git { url, at: last });
            }
            (Some(other), None) if from.is_empty() && !matches!(other, Runtime::Git { .. }) => {
                return Some(other);
            }
            (Some(Runtime::Git { .. }), _) if from.is_empty() => {
                ("only one commit can be meant", "keep one of `branch`, `rev` and `tag`")
            }
            (Some(_), Some(_)) if from.is_empty() => {
                ("only a git repository has a `branch`, `rev` or `tag`", "name its address: `git = \"…\"`")
            }
            _ => ("a crate has to be from one place", "write one of `path`, `version` and `git`"),
        };
        self.error(Code::InvalidSetting, value.span(), said.to_owned(), help);
        None
    }

    /// Returns the entries of a table, in the order of the file; none where it is no table.
    pub(super) fn table<'t, 'i>(&mut self, value: &'t Value<'i>) -> Vec<Entry<'t, 'i>> {
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

    /// Reads which operations are meant.
    fn patterns(&mut self, value: &Value<'_>) -> Patterns {
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

    /// Reads an error that is allowed.
    fn allowance(&mut self, entry: &Value<'_>) -> Option<Allowance> {
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
                    at = Allowance::place(&text);
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

    /// Returns the items of a list; none where it is no list.
    fn list<'t, 'i>(&mut self, value: &'t Value<'i>) -> Vec<&'t Value<'i>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            other => {
                let message = format!("this must be a list, not {}", other.type_str());
                self.error(Code::InvalidSetting, value.span(), message, "put it in brackets: [\"…\"]");
                Vec::new()
            }
        }
    }

    /// Reads one of several words.
    pub(super) fn choice<T: Copy>(&mut self, value: &Value<'_>, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(value)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
            let help = format!("write {}", known.join(" or "));
            self.error(Code::InvalidSetting, value.span(), format!("{text:?} is no choice here"), &help);
        }
        found.map(|(_, choice)| *choice)
    }

    /// Reads a text in place of another one.
    fn text_into(&mut self, value: &Value<'_>, text: &mut String) {
        if let Some(read) = self.text(value) {
            *text = read;
        }
    }

    /// Reads `true` or `false`.
    fn boolean(&mut self, value: &Value<'_>) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(read) => Some(*read),
            other => {
                let message = format!("this must be true or false, not {}", other.type_str());
                self.error(Code::InvalidSetting, value.span(), message, "write `true` without quotes");
                None
            }
        }
    }

    /// Reads a text.
    pub(super) fn text(&mut self, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            other => {
                let message = format!("this must be a string, not {}", other.type_str());
                self.error(Code::InvalidSetting, value.span(), message, "put it in quotes");
                None
            }
        }
    }

    /// Reports a key that nothing reads.
    pub(super) fn unknown(&mut self, key: &str, span: Range<usize>, known: &[&str]) {
        let message = format!("there is no setting `{key}`");
        self.error(
            Code::UnknownSetting,
            span,
            message,
            &format!("the settings here are: {}", known.join(", ")),
        );
    }

    /// Reports a wrong setting.
    pub(super) fn error(&mut self, code: Code, span: Range<usize>, message: String, help: &str) {
        let location = Location::span(self.source, span);
        self.diagnostics.push(Diagnostic::error(code, location, message).help(help));
    }
}
