//! Positions of the parser, which count characters, as offsets in bytes.

use std::ops::Range;

use saphyr_parser::Span;

use crate::source::floor_char_boundary;

/// A converter of positions. It remembers the last one, because the next is near to it.
pub(super) struct Offsets<'a> {
    pub(super) text: &'a str,
    ascii: bool,
    character: usize,
    byte: usize,
}

impl<'a> Offsets<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, ascii: text.is_ascii(), character: 0, byte: 0 }
    }

    /// Converts both ends of a span.
    pub(super) fn span(&mut self, span: Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }

    /// Converts a count of characters.
    pub(super) fn byte(&mut self, character: usize) -> usize {
        if self.ascii {
            return floor_char_boundary(self.text, character);
        }
        while self.character < character
            && let Some(next) = self.text[self.byte..].chars().next()
        {
            self.byte += next.len_utf8();
            self.character += 1;
        }
        while self.character > character
            && let Some(previous) = self.text[..self.byte].chars().next_back()
        {
            self.byte -= previous.len_utf8();
            self.character -= 1;
        }
        self.byte
    }
}
