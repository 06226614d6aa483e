//! One text: its name, its syntax, and the lines and columns in it.
//!
//! Knows where lines begin. Must not know what the text says, nor where it comes from: no files are read
//! here.

use std::fmt::{self, Display};
use std::ops::Range;

/// The identity of a text among the [`Sources`](crate::Sources) that gave it out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SourceId(pub(crate) u32);

/// The syntax of a text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    /// JSON (RFC 8259), without any extension.
    Json,
    /// YAML 1.2 with the core schema and merge keys (`<<`).
    Yaml,
}

impl Format {
    /// Guesses the syntax from the ending of the name (`.json`, `.yaml`, `.yml`). Without one of these, a
    /// text whose first character is `{` is JSON, and any other is YAML.
    pub fn detect(name: &str, text: &str) -> Self {
        match name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
            Some("json") => Self::Json,
            Some("yaml" | "yml") => Self::Yaml,
            _ if text.trim_start().starts_with('{') => Self::Json,
            _ => Self::Yaml,
        }
    }
}

/// A line and a column of a text, for people: both begin with 1, and columns count characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Position {
    /// The line; lines end with a line feed.
    pub line: usize,
    /// The column in characters, not bytes.
    pub column: usize,
}

impl Display for Position {
    /// Writes `line:column`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A text with its name and the places of its lines.
pub(crate) struct Source {
    pub(crate) name: String,
    /// The text without a byte order mark.
    pub(crate) text: String,
    /// The byte each line begins at; the first is 0.
    lines: Vec<usize>,
}

impl Source {
    /// Takes a text. Drops a leading byte order mark (RFC 8259 section 8.1); all offsets count without it.
    pub(crate) fn new(name: String, mut text: String) -> Self {
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let breaks = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let lines = [0].into_iter().chain(breaks.map(|(offset, _)| offset + 1)).collect();
        Self { name, text, lines }
    }

    /// Returns the line and column of a byte; offsets beyond the end count as the end.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let line = self.line(offset);
        let start = self.lines[line];
        let before = self.text.as_bytes().get(start..offset).unwrap_or(&self.text.as_bytes()[start..]);
        // Characters are counted by their first bytes, so an offset inside of one is no problem.
        let column = before.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        Position { line: line + 1, column: column + 1 }
    }

    /// Returns the bytes of the line an offset is in, without its line break.
    pub(crate) fn line_span(&self, offset: usize) -> Range<usize> {
        let line = self.line(offset);
        let start = self.lines[line];
        let end = self.lines.get(line + 1).map_or(self.text.len(), |next| next - 1);
        start..start + self.text[start..end].trim_end_matches('\r').len()
    }

    /// Moves both ends of a span into the text and to character boundaries.
    pub(crate) fn clamp(&self, span: Range<usize>) -> Range<usize> {
        let start = floor_char_boundary(&self.text, span.start);
        start..floor_char_boundary(&self.text, span.end).max(start)
    }

    /// Returns the index of the line an offset is in.
    fn line(&self, offset: usize) -> usize {
        // The first line begins at 0, so there is at least one.
        self.lines.partition_point(|&start| start <= offset) - 1
    }
}

/// Returns the nearest character boundary at or before an offset.
pub(crate) fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}
