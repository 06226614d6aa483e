//! Diagnostics: what is wrong, where, and what helps.
//!
//! Knows the closed list of problems all stages may report, and the ways to name a place in a
//! source. Must not know the rules that are broken (each stage checks its own), nor how a
//! diagnostic is shown (that is [`crate::Renderer`]).

use std::fmt::{self, Display};
use std::ops::Range;

use indexmap::IndexSet;

use crate::pointer::Pointer;
use crate::source::{SourceId, Sources};

/// Whether a diagnostic stops the work.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Nothing can be generated.
    Error,
    /// Worth a look; the result is usable.
    Warning,
    /// Good to know; nothing is wrong.
    Note,
}

/// One table for everything about codes, so that no code lacks a name or an explanation.
macro_rules! codes {
    ($($variant:ident = $name:literal: $explanation:literal)*) => {
        /// What kind of problem a diagnostic reports; the list is closed.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Code {
            $(#[doc = $explanation] $variant,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name that is shown and that users may search for, in kebab-case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The code in one or two sentences.
            pub fn explain(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }
        }
    };
}

codes! {
    InvalidJson = "invalid-json":
        "The text is not JSON as RFC 8259 defines it. Comments, trailing commas and single quotes are not part of JSON."
    InvalidYaml = "invalid-yaml":
        "The text is not one YAML 1.2 document that JSON could express."
    DuplicateKey = "duplicate-key":
        "An object has the same key twice, so one of the values would be lost."
    LimitExceeded = "limit-exceeded":
        "The text nests too deeply, or its YAML aliases expand to too much."
    UnsupportedVersion = "unsupported-version":
        "The document declares a version of its format that is not supported."
    MissingField = "missing-field":
        "An object lacks a field that it must have."
    WrongType = "wrong-type":
        "A value has another JSON type than its place requires."
    UnresolvedReference = "unresolved-reference":
        "A reference names a place that does not exist."
    CircularReference = "circular-reference":
        "References lead back to where they started without ever reaching a value."
    ExternalReference = "external-reference":
        "A reference leads out of the document to where no file is read from. Nothing is ever fetched."
    NothingSelected = "nothing-selected":
        "An action of an overlay selects nothing, so that it changes nothing."
    DuplicateOperationId = "duplicate-operation-id":
        "Two operations have the same operationId, but it must be unique in the document."
    MissingOperationId = "missing-operation-id":
        "An operation has no operationId, so its name is made from its method and path."
    PathParameterMissing = "path-parameter-missing":
        "A parameter is declared to be in the path, but the path template has no place for it."
    PathParameterUndeclared = "path-parameter-undeclared":
        "The path template has a placeholder that no parameter declares."
    DuplicateParameter = "duplicate-parameter":
        "Two parameters have the same name and the same location."
    NameCollision = "name-collision":
        "Two things get the same name in the generated code."
    InvalidName = "invalid-name":
        "A name pinned by an extension is not a Rust identifier."
    Unsupported = "unsupported":
        "The document uses a feature that is not supported. Generating without it would give a wrong result."
    ExampleMismatch = "example-mismatch":
        "An example does not match its own schema."
    DefaultMismatch = "default-mismatch":
        "A default does not match its own schema."
    InvalidPattern = "invalid-pattern":
        "A pattern is not a regular expression that can be checked, or one that may take very long."
    SchemaConflict = "schema-conflict":
        "Parts of a schema contradict each other, so that no value could ever match."
    EngineFailed = "engine-failed":
        "The engine that generates the code refused its input."
    EnginePanicked = "engine-panicked":
        "The engine that generates the code crashed on its input. This is a bug in the engine."
    UnknownSetting = "unknown-setting":
        "The configuration has a setting that does not exist."
    InvalidSetting = "invalid-setting":
        "A setting of the configuration has a value that it cannot have."
    UnreadableFile = "unreadable-file":
        "A file cannot be read."
    UnknownField = "unknown-field":
        "An object has a field that the format does not define; it is ignored. It may be a typing error."
    InvalidValue = "invalid-value":
        "A value has the right type, but it is not one of those allowed in its place."
    PlainJson = "plain-json":
        "A model is any JSON that a validator takes, because no type of Rust says what its schema says."
}

impl Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which side of an object member is meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Part {
    /// The key.
    Key,
    /// The value.
    Value,
}

/// A place in a source.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Location {
    /// The source.
    pub source: SourceId,
    /// The place in it.
    pub place: Place,
}

/// The ways to name a place in a source.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// A value of the document or its key. If there is no such value, the nearest value around
    /// it is shown.
    Pointer {
        /// The pointer to the value.
        pointer: Pointer,
        /// The value itself or the key it stands under; array elements have no key.
        part: Part,
    },
    /// Some bytes of the text, for problems found before there is a tree.
    Span(Range<usize>),
    /// The source as a whole.
    File,
}

impl Location {
    /// The value at a pointer; see [`Location::key`] for the key.
    pub fn pointer(source: SourceId, pointer: Pointer) -> Self {
        Self { source, place: Place::Pointer { pointer, part: Part::Value } }
    }

    /// Some bytes of the text.
    pub fn span(source: SourceId, span: Range<usize>) -> Self {
        Self { source, place: Place::Span(span) }
    }

    /// The source as a whole.
    pub fn file(source: SourceId) -> Self {
        Self { source, place: Place::File }
    }

    /// The key instead of the value, if this is a pointer.
    #[must_use]
    pub fn key(mut self) -> Self {
        if let Place::Pointer { part, .. } = &mut self.place {
            *part = Part::Key;
        }
        self
    }
}

/// One problem. Every part is plain text; control characters are harmless when it is rendered.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Diagnostic {
    /// The kind of problem.
    pub code: Code,
    /// Whether it stops the work.
    pub severity: Severity,
    /// Where it is.
    pub location: Location,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that belong to it, each with a short label.
    pub related: Vec<(Location, String)>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: Code, location: Location, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, location, message.into())
    }

    /// A warning.
    pub fn warning(code: Code, location: Location, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, location, message.into())
    }

    /// A note.
    pub fn note(code: Code, location: Location, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, location, message.into())
    }

    fn new(severity: Severity, code: Code, location: Location, message: String) -> Self {
        Self { code, severity, location, message, help: None, related: Vec::new() }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds another place that belongs to the problem, with a label such as "first defined here".
    #[must_use]
    pub fn related(mut self, location: Location, label: impl Into<String>) -> Self {
        self.related.push((location, label.into()));
        self
    }
}

/// Collects diagnostics. A diagnostic that is already there is not added again.
#[derive(Clone, Default, Debug)]
pub struct Diagnostics(IndexSet<Diagnostic>);

impl Diagnostics {
    /// No diagnostics.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.insert(diagnostic);
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order they were reported.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// In the order of the sources, then of the places in them, then as reported.
    pub fn sorted(&self, sources: &Sources) -> Vec<&Diagnostic> {
        let mut sorted: Vec<_> = self.iter().collect();
        sorted.sort_by_cached_key(|diagnostic| {
            let location = sources.resolve(&diagnostic.location);
            (location.source, sources.span_there(&location).start)
        });
        sorted
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: T) {
        self.0.extend(diagnostics);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = indexmap::set::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Code;

    #[test]
    fn codes_have_unique_names_and_explanations() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let name = code.as_str();
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
            assert!(code.explain().ends_with('.'), "{name}");
        }
    }
}
