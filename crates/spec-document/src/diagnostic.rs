//! Diagnostics: what is wrong, where, and what helps.
//!
//! Knows what a message consists of. Must not know the rules that are broken (each stage checks its own), nor
//! how a diagnostic is shown (that is [`crate::Renderer`]).

use indexmap::IndexSet;

use crate::code::Code;
use crate::location::Location;

/// The weight of a diagnostic: whether it stops the work.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Nothing can be generated.
    Error,
    /// Worth a look; the result is usable.
    Warning,
    /// Good to know; nothing is wrong.
    Note,
}

/// One problem. Every part is plain text; control characters are harmless when it is rendered.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Diagnostic {
    /// The kind of problem.
    pub code: Code,
    /// The severity, which says if the work stops.
    pub severity: Severity,
    /// Where it is.
    pub location: Location,
    /// The fault, in one sentence without a full stop.
    pub message: String,
    /// Advice on how to correct it.
    pub help: Option<String>,
    /// Other places that belong to it, each with a short label.
    pub related: Vec<(Location, String)>,
}

impl Diagnostic {
    /// Makes an error.
    pub fn error(code: Code, location: Location, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, location, message.into())
    }

    /// Makes a warning.
    pub fn warning(code: Code, location: Location, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, location, message.into())
    }

    /// Makes a note.
    pub fn note(code: Code, location: Location, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, location, message.into())
    }

    fn new(severity: Severity, code: Code, location: Location, message: String) -> Self {
        Self { code, severity, location, message, help: None, related: Vec::new() }
    }

    /// Adds what to do about the problem.
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

/// The diagnostics of a run, each once, in the order they were reported.
#[derive(Clone, Default, Debug)]
pub struct Diagnostics(IndexSet<Diagnostic>);

impl Diagnostics {
    /// Makes an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a diagnostic, unless the same one is there already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.insert(diagnostic);
    }

    /// Returns whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// Counts the diagnostics of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// Counts the diagnostics.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no diagnostics.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Iterates in the order they were reported.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
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
