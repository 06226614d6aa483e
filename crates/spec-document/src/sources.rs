//! The texts of one run with the documents that were parsed from them.
//!
//! Knows how a location leads to bytes and lines of a text. Must not read files: a source is a name and a
//! text, wherever they come from.

use std::ops::Range;
use std::sync::Arc;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Document, Files};
use crate::location::{Location, Place};
use crate::node::{Node, Value};
use crate::origins::Origins;
use crate::source::{Format, Position, Source, SourceId};
use crate::{json, yaml};

/// Every text of one run, with the documents parsed so far.
///
/// # Panics
///
/// Methods that take a [`SourceId`] panic if it comes from other `Sources` and is unknown here.
#[derive(Default)]
pub struct Sources(Vec<Entry>);

struct Entry {
    source: Source,
    /// The document as it was parsed.
    document: Option<Document>,
    /// The origins of the document as it was put together or changed last. They are the document's own.
    origins: Arc<Origins>,
}

impl Sources {
    /// Makes an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text. The name is shown in diagnostics and decides on the format. A leading byte order mark is
    /// dropped (RFC 8259 section 8.1), all offsets count without it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        // More than four billion sources do not fit into memory.
        let id = SourceId(self.0.len() as u32);
        let source = Source::new(name.into(), text.into());
        self.0.push(Entry { source, document: None, origins: Arc::default() });
        id
    }

    /// Returns the name of a source.
    pub fn name(&self, id: SourceId) -> &str {
        &self.source(id).name
    }

    /// Returns the names of all sources, in the order in which they were added.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|entry| entry.source.name.as_str())
    }

    /// Returns the text of a source, without a byte order mark.
    pub fn text(&self, id: SourceId) -> &str {
        &self.source(id).text
    }

    /// Returns the document of a source, if [`Sources::parse`] has given one.
    pub fn document(&self, id: SourceId) -> Option<&Document> {
        self.entry(id).document.as_ref()
    }

    /// Parses a source and keeps the document. The format is detected if none is given (see
    /// [`Format::detect`]); a YAML text that begins with `{` is tried as JSON first, which is
    /// faster and more exact about places.
    ///
    /// Reports [`Code::InvalidJson`], [`Code::InvalidYaml`], [`Code::DuplicateKey`],
    /// [`Code::InvalidValue`], [`Code::Unsupported`] (YAML tags), [`Code::LimitExceeded`] and,
    /// if the text is not an object, [`Code::WrongType`]. There may be a document along with
    /// errors, then with the first of duplicate keys; `None` means that there is no tree at all.
    pub fn parse(
        &mut self,
        id: SourceId,
        format: Option<Format>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Document> {
        let source = self.source(id);
        let format = format.unwrap_or_else(|| Format::detect(&source.name, &source.text));
        let root = match format {
            Format::Json => json::parse(id, &source.text, diagnostics),
            Format::Yaml => parse_yaml_or_json(id, &source.text, diagnostics),
        }?;
        if !matches!(root.value, Value::Object(_)) {
            let message = format!("the document must be an object, but it is {}", root.kind());
            diagnostics.push(
                Diagnostic::error(Code::WrongType, Location::span(id, root.span()), message)
                    .help("make sure this is the right file"),
            );
            return None;
        }
        let (origins, files) = (Arc::default(), Arc::default());
        let document = Document { source: id, root: Arc::new(root), origins, files };
        self.0[id.0 as usize].document = Some(document.clone());
        Some(document)
    }

    /// Returns the line and column of a byte of the text; offsets beyond the end count as the end.
    pub fn position(&self, id: SourceId, offset: usize) -> Position {
        self.source(id).position(offset)
    }

    /// Returns the location in the text that a value was written in: another one for what was added to a
    /// document (see [`Sources::compose`]).
    pub fn resolve(&self, location: &Location) -> Location {
        if let Place::Pointer { pointer, part } = &location.place
            && let Some((source, pointer)) = self.entry(location.source).origins.get(pointer)
        {
            return Location { source, place: Place::Pointer { pointer, part: *part } };
        }
        location.clone()
    }

    /// Returns the line and column a location begins at, for machine-readable output; they are in the text
    /// that [`Sources::resolve`] gives.
    pub fn line_column(&self, location: &Location) -> Position {
        let location = self.resolve(location);
        self.position(location.source, self.span_resolved(&location).start)
    }

    /// Returns the bytes of a location in the text that [`Sources::resolve`] gives, always inside of it and
    /// at character boundaries. A pointer into a source that has no document stands at the beginning.
    pub fn span(&self, location: &Location) -> Range<usize> {
        self.span_resolved(&self.resolve(location))
    }

    /// Returns the bytes of a location that has been resolved.
    pub(crate) fn span_resolved(&self, location: &Location) -> Range<usize> {
        let span = match &location.place {
            Place::Pointer { pointer, part } => match self.document(location.source) {
                Some(document) => document.span(pointer, *part),
                None => 0..0,
            },
            Place::Span(span) => span.clone(),
            Place::File => 0..0,
        };
        self.source(location.source).clamp(span)
    }

    /// Returns the bytes of the line an offset is in, without its line break.
    pub(crate) fn line_span(&self, id: SourceId, offset: usize) -> Range<usize> {
        self.source(id).line_span(offset)
    }

    /// Makes a document of a source anew. From then on its places are shown where its values were written.
    pub(crate) fn replace(&mut self, id: SourceId, root: Node, origins: Origins, files: Files) -> Document {
        let origins = Arc::new(origins);
        self.0[id.0 as usize].origins = Arc::clone(&origins);
        Document { source: id, root: Arc::new(root), origins, files: Arc::new(files) }
    }

    fn source(&self, id: SourceId) -> &Source {
        &self.entry(id).source
    }

    fn entry(&self, id: SourceId) -> &Entry {
        &self.0[id.0 as usize]
    }
}

impl Diagnostics {
    /// Sorts by source, then by the place in it, then as reported.
    pub fn sorted(&self, sources: &Sources) -> Vec<&Diagnostic> {
        let mut sorted: Vec<_> = self.iter().collect();
        sorted.sort_by_cached_key(|diagnostic| {
            let location = sources.resolve(&diagnostic.location);
            (location.source, sources.span_resolved(&location).start)
        });
        sorted
    }
}

/// Tries a text as JSON where it looks like that, and reads it as YAML otherwise.
fn parse_yaml_or_json(id: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    if text.trim_start().starts_with('{') {
        let mut attempt = Diagnostics::new();
        if let Some(root) = json::parse(id, text, &mut attempt) {
            diagnostics.extend(attempt);
            return Some(root);
        }
    }
    yaml::parse(id, text, diagnostics)
}
