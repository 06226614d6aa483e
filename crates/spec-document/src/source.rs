//! The texts of one run, the documents parsed from them, and positions in them.
//!
//! Knows which syntax a text has and where its lines begin. Must not read files: a source is a
//! name and a text, wherever they come from.

use std::fmt::{self, Display};
use std::ops::Range;
use std::sync::Arc;

use crate::compose::Parts;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location, Part, Place};
use crate::node::{Node, Value};
use crate::pointer::Pointer;
use crate::{json, yaml};

/// Names a source among the [`Sources`] that gave it out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SourceId(u32);

/// The syntax of a text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    /// JSON (RFC 8259), without any extension.
    Json,
    /// YAML 1.2 with the core schema and merge keys (`<<`).
    Yaml,
}

impl Format {
    /// By the ending of the name (`.json`, `.yaml`, `.yml`); without one of these, a text whose
    /// first character is `{` is JSON and any other YAML.
    pub fn detect(name: &str, text: &str) -> Self {
        match name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
            Some("json") => Self::Json,
            Some("yaml" | "yml") => Self::Yaml,
            _ if text.trim_start().starts_with('{') => Self::Json,
            _ => Self::Yaml,
        }
    }
}

/// A place in a text for humans: both numbers begin with 1, the column counts characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Position {
    /// The line; lines end with a line feed.
    pub line: usize,
    /// The column in characters, not bytes.
    pub column: usize,
}

impl Display for Position {
    /// `line:column`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A parsed text, or several that were put together (see [`Sources::compose`]). Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Document {
    pub(crate) source: SourceId,
    pub(crate) root: Arc<Node>,
    pub(crate) parts: Arc<Parts>,
}

impl Document {
    /// The source it was parsed from; of several, the first.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The whole tree; its value is an object.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The value at a pointer; `None` if there is none.
    pub fn get(&self, pointer: &Pointer) -> Option<&Node> {
        self.root.at(pointer)
    }

    /// The bytes of a value or of its key, in a document that is one text. Where the pointer leads nowhere,
    /// it is the key of the nearest value around it, since that is the one that lacks something; values
    /// without a key (array elements, the root) stand for themselves.
    pub fn span(&self, pointer: &Pointer, part: Part) -> Range<usize> {
        let mut node: &Node = &self.root;
        let mut key = None;
        let mut part = part;
        for token in pointer.tokens() {
            let Some(child) = node.child(&token) else {
                part = Part::Key;
                break;
            };
            key = node.as_object().and_then(|object| object.key_span(&token));
            node = child;
        }
        key.filter(|_| part == Part::Key).unwrap_or_else(|| node.span())
    }
}

struct Source {
    name: String,
    text: String,
    /// The byte each line begins at; the first is 0.
    lines: Vec<usize>,
    /// As it was parsed.
    document: Option<Document>,
    /// As it was put together with others.
    composed: Option<Document>,
}

/// Every text of one run, with the documents parsed so far.
///
/// # Panics
///
/// Methods that take a [`SourceId`] panic if it comes from other `Sources` and is unknown here.
#[derive(Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// No sources.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text. The name is shown in diagnostics and decides on the format. A leading byte
    /// order mark is dropped (RFC 8259 section 8.1), all offsets count without it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let breaks = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let lines = [0].into_iter().chain(breaks.map(|(offset, _)| offset + 1)).collect();
        // More than four billion sources do not fit into memory.
        let id = SourceId(self.0.len() as u32);
        self.0.push(Source { name: name.into(), text, lines, document: None, composed: None });
        id
    }

    /// The name of a source.
    pub fn name(&self, id: SourceId) -> &str {
        &self.source(id).name
    }

    /// The text of a source, without a byte order mark.
    pub fn text(&self, id: SourceId) -> &str {
        &self.source(id).text
    }

    /// The document of a source, if [`Sources::parse`] has given one.
    pub fn document(&self, id: SourceId) -> Option<&Document> {
        self.source(id).document.as_ref()
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
        let document = Document { source: id, root: Arc::new(root), parts: Arc::default() };
        self.0[id.0 as usize].document = Some(document.clone());
        Some(document)
    }

    /// The line and column of a byte of the text; offsets beyond the end count as the end.
    pub fn position(&self, id: SourceId, offset: usize) -> Position {
        let source = self.source(id);
        let line = source.line(offset);
        let start = source.lines[line];
        let before = source.text.as_bytes().get(start..offset).unwrap_or(&source.text.as_bytes()[start..]);
        // Characters are counted by their first bytes, so an offset inside of one is no problem.
        let column = before.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        Position { line: line + 1, column: column + 1 }
    }

    /// The location in the text that it was written in: another one for what was added to a document
    /// (see [`Sources::compose`]).
    pub fn resolve(&self, location: &Location) -> Location {
        let origin = |pointer| self.source(location.source).composed.as_ref()?.origin(pointer);
        match &location.place {
            Place::Pointer { pointer, part } => match origin(pointer) {
                Some((source, pointer)) => {
                    Location { source, place: Place::Pointer { pointer, part: *part } }
                }
                None => location.clone(),
            },
            Place::Span(_) | Place::File => location.clone(),
        }
    }

    /// The line and column a location begins at, for machine-readable output; they are in the text
    /// that [`Sources::resolve`] gives.
    pub fn line_column(&self, location: &Location) -> Position {
        let location = self.resolve(location);
        self.position(location.source, self.span_there(&location).start)
    }

    /// The bytes of a location in the text that [`Sources::resolve`] gives, always inside of it and at
    /// character boundaries. A pointer into a source that has no document stands at the beginning.
    pub fn span(&self, location: &Location) -> Range<usize> {
        self.span_there(&self.resolve(location))
    }

    /// The bytes of a location that has been resolved.
    pub(crate) fn span_there(&self, location: &Location) -> Range<usize> {
        let span = match &location.place {
            Place::Pointer { pointer, part } => match self.document(location.source) {
                Some(document) => document.span(pointer, *part),
                None => 0..0,
            },
            Place::Span(span) => span.clone(),
            Place::File => 0..0,
        };
        let text = self.text(location.source);
        let start = floor_char_boundary(text, span.start);
        start..floor_char_boundary(text, span.end).max(start)
    }

    /// The bytes of the line an offset is in, without its line break.
    pub(crate) fn line_span(&self, id: SourceId, offset: usize) -> Range<usize> {
        let source = self.source(id);
        let line = source.line(offset);
        let start = source.lines[line];
        let end = source.lines.get(line + 1).map_or(source.text.len(), |next| next - 1);
        start..start + source.text[start..end].trim_end_matches('\r').len()
    }

    pub(crate) fn set_composed(&mut self, document: Document) {
        let index = document.source.0 as usize;
        self.0[index].composed = Some(document);
    }

    fn source(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }
}

impl Source {
    /// The index of the line an offset is in.
    fn line(&self, offset: usize) -> usize {
        // The first line begins at 0, so there is at least one.
        self.lines.partition_point(|&start| start <= offset) - 1
    }
}

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

/// The nearest character boundary at or before an offset.
pub(crate) fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}
