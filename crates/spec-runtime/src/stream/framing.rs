//! Where one JSON text ends and the next one begins, in pieces that are cut anywhere.
//!
//! Must not know what the texts mean.

use bytes::{Buf, Bytes};
use spec_http::media_type::Sequence;

/// The way in which JSON texts stand one after another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// Each on a line of its own, as in `application/x-ndjson` and `application/jsonl`. Lines without a text
    /// are skipped.
    #[default]
    Lines,
    /// Each between a record separator and a line feed, as in `application/json-seq` (RFC 7464).
    Sequence,
}

impl Framing {
    /// Returns the framing of a media type: that of RFC 7464 for `application/json-seq` and what ends with
    /// `+json-seq` (RFC 8091), and else lines.
    pub fn of(media_type: &str) -> Self {
        match Sequence::of(media_type) {
            Some(Sequence::Records) => Framing::Sequence,
            _ => Framing::Lines,
        }
    }
}

/// The byte that begins a record of a sequence.
pub(super) const SEPARATOR: u8 = 0x1E;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Framed {
    Text(Bytes),
    /// A text that was cut off, perhaps within a number or word (RFC 7464, 2.4).
    Cut(Bytes),
    /// The text is larger than the limit. What is left of it is skipped.
    TooLong,
}

/// Cuts pieces into texts.
#[derive(Debug)]
pub(super) struct Framer {
    framing: Framing,
    pub(super) limit: usize,
    piece: Bytes,
    /// The text that is not at its end yet.
    text: Vec<u8>,
    /// True if the rest of a text is skipped.
    skipping: bool,
    /// The line or record that the last text was, from 1.
    pub(super) number: u64,
    is_first: bool,
    nesting: Nesting,
}

/// Tells if a text of a sequence is complete: then the line feed after it is its end. One in the midst of it
/// is white space.
#[derive(Debug, Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    fn take(&mut self, byte: u8) {
        match byte {
            _ if std::mem::take(&mut self.escaped) => {}
            b'\\' if self.in_string => self.escaped = true,
            b'"' => self.in_string = !self.in_string,
            b'{' | b'[' if !self.in_string => self.depth += 1,
            b'}' | b']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn is_complete(&self) -> bool {
        self.depth == 0 && !self.in_string
    }
}

impl Framer {
    pub(super) fn new(framing: Framing, limit: usize) -> Self {
        Framer {
            framing,
            limit,
            piece: Bytes::new(),
            text: Vec::new(),
            skipping: false,
            number: 0,
            is_first: true,
            nesting: Nesting::default(),
        }
    }

    /// Takes the next piece. The one before must have been read to its end.
    pub(super) fn feed(&mut self, piece: Bytes) {
        self.piece = piece;
    }

    /// Returns the next text that ends in the piece.
    pub(super) fn next(&mut self) -> Option<Framed> {
        while !self.piece.is_empty() {
            let end = match self.framing {
                Framing::Lines => self.piece.iter().position(|byte| *byte == b'\n'),
                Framing::Sequence => self.end_of_record(),
            };
            let (part, delimiter) = match end {
                Some(end) => {
                    let part = self.piece.split_to(end);
                    (part, Some(self.piece.get_u8()))
                }
                None => (std::mem::take(&mut self.piece), None),
            };
            let framed = match delimiter {
                // A whole text in one piece is not copied.
                Some(delimiter) if self.text.is_empty() && !self.skipping && part.len() <= self.limit => {
                    self.end(part, delimiter)
                }
                Some(delimiter) => self.grow(&part).or_else(|| {
                    let text = std::mem::take(&mut self.text);
                    self.end(text.into(), delimiter)
                }),
                None => self.grow(&part),
            };
            if let (Some(Framed::TooLong), Some(delimiter)) = (&framed, delimiter) {
                self.end(Bytes::new(), delimiter);
            }
            if framed.is_some() {
                return framed;
            }
        }
        None
    }

    /// Returns what is left when nothing more comes.
    pub(super) fn finish(&mut self) -> Option<Framed> {
        let text = std::mem::take(&mut self.text);
        // Nothing is left of a text that ended with the piece: its number was counted.
        self.end(text.into(), 0)
    }

    fn end_of_record(&mut self) -> Option<usize> {
        for (index, byte) in self.piece.iter().enumerate() {
            match byte {
                &SEPARATOR => return Some(index),
                b'\n' if !self.skipping && self.nesting.is_complete() => return Some(index),
                byte => self.nesting.take(*byte),
            }
        }
        None
    }

    /// Adds to the text, unless that makes it too large.
    fn grow(&mut self, part: &[u8]) -> Option<Framed> {
        if self.skipping {
            return None;
        }
        if self.text.len() + part.len() > self.limit {
            self.text = Vec::new();
            self.skipping = true;
            // Of a record, the number is counted when there is something in it.
            self.number += 1;
            return Some(Framed::TooLong);
        }
        self.text.extend_from_slice(part);
        None
    }

    /// Returns the text before a delimiter; 0 is the end of everything.
    fn end(&mut self, text: Bytes, delimiter: u8) -> Option<Framed> {
        self.nesting = Nesting::default();
        let was_skipping = std::mem::take(&mut self.skipping);
        let mut text = text;
        if std::mem::take(&mut self.is_first) && text.starts_with(b"\xEF\xBB\xBF") {
            text.advance(3);
        }
        let is_blank = text.iter().all(u8::is_ascii_whitespace);
        // Every line counts, and every record that has something in it.
        if !was_skipping && (!is_blank || (self.framing == Framing::Lines && delimiter != 0)) {
            self.number += 1;
        }
        if is_blank {
            return None;
        }
        let is_cut = self.framing == Framing::Sequence
            && delimiter != b'\n'
            && text
                .last()
                .is_some_and(|last| !last.is_ascii_whitespace() && !matches!(last, b'}' | b']' | b'"'));
        Some(if is_cut { Framed::Cut(text) } else { Framed::Text(text) })
    }
}
