//! The syntax of server-sent events (WHATWG HTML, 9.2.5 and 9.2.6), read from pieces that are cut anywhere.
//!
//! Lines end with CR, LF or CRLF, and no byte of a longer UTF-8 sequence is one of these: so bytes are cut
//! into lines first, and each line is decoded as a whole. Must not know what the data of an event means.

use bytes::{Buf, Bytes};
use std::time::Duration;

/// An event as it was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RawEvent {
    pub(super) event: Option<String>,
    pub(super) id: Option<String>,
    pub(super) retry: Option<Duration>,
    pub(super) data: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    Event(RawEvent),
    /// The event is larger than the limit. What is left of it is skipped.
    TooLong,
}

#[derive(Debug)]
pub(super) struct Parser {
    pub(super) limit: usize,
    /// Bytes that came and were not looked at yet.
    piece: Bytes,
    /// The line that is not at its end yet.
    line: Vec<u8>,
    is_first_line: bool,
    /// True if the last line ended with CR: LF then belongs to its end.
    after_cr: bool,
    /// Set if the rest of an event is skipped; true if its line has anything in it.
    skipping: Option<bool>,
    event: RawEvent,
    has_data: bool,
    pub(super) last_event_id: String,
    pub(super) retry: Option<Duration>,
}

impl Parser {
    pub(super) fn new(limit: usize) -> Self {
        Parser {
            limit,
            piece: Bytes::new(),
            line: Vec::new(),
            is_first_line: true,
            after_cr: false,
            skipping: None,
            event: RawEvent::default(),
            has_data: false,
            last_event_id: String::new(),
            retry: None,
        }
    }

    /// Takes the next piece. The one before must have been read to its end.
    pub(super) fn feed(&mut self, piece: Bytes) {
        self.piece = piece;
    }

    /// Returns the next event that ends in the piece.
    pub(super) fn next(&mut self) -> Option<Parsed> {
        while let Some(first) = self.piece.first() {
            if std::mem::take(&mut self.after_cr) && *first == b'\n' {
                self.piece.advance(1);
                continue;
            }
            let parsed = match self.piece.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
                Some(end) => {
                    let part = self.piece.split_to(end);
                    self.after_cr = self.piece.first() == Some(&b'\r');
                    self.piece.advance(1);
                    self.end_line(&part)
                }
                None => {
                    let part = std::mem::take(&mut self.piece);
                    self.grow(&part).err()
                }
            };
            if parsed.is_some() {
                return parsed;
            }
        }
        None
    }

    /// Adds to the line, unless that makes the event too large.
    fn grow(&mut self, part: &[u8]) -> Result<(), Parsed> {
        if let Some(has_text) = &mut self.skipping {
            *has_text |= !part.is_empty();
            return Ok(());
        }
        let event = &self.event;
        let held = event.data.len()
            + [&event.event, &event.id].into_iter().flatten().map(String::len).sum::<usize>();
        if held + self.line.len() + part.len() > self.limit {
            self.skipping = Some(!self.line.is_empty() || !part.is_empty());
            self.clear();
            return Err(Parsed::TooLong);
        }
        self.line.extend_from_slice(part);
        Ok(())
    }

    /// Forgets the event, so that none of its memory is kept.
    fn clear(&mut self) {
        self.line = Vec::new();
        self.event = RawEvent::default();
        self.has_data = false;
    }

    fn end_line(&mut self, part: &[u8]) -> Option<Parsed> {
        let grown = self.grow(part);
        let is_first = std::mem::take(&mut self.is_first_line);
        if let Some(has_text) = &mut self.skipping {
            if !std::mem::take(has_text) {
                self.skipping = None;
            }
            return grown.err();
        }
        let line = std::mem::take(&mut self.line);
        let text = match is_first {
            true => line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line),
            false => &line,
        };
        if text.is_empty() {
            return self.dispatch();
        }
        self.field(&String::from_utf8_lossy(text));
        // The room of a line is used again for the next one.
        self.line = line;
        self.line.clear();
        None
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "event" => self.event.event = Some(value.to_owned()).filter(|name| !name.is_empty()),
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                let retry = Duration::from_millis(value.parse().unwrap_or(u64::MAX));
                (self.event.retry, self.retry) = (Some(retry), Some(retry));
            }
            // A comment has an empty name.
            _ => {}
        }
    }

    fn dispatch(&mut self) -> Option<Parsed> {
        let event = std::mem::take(&mut self.event);
        if let Some(id) = &event.id {
            self.last_event_id.clone_from(id);
        }
        std::mem::take(&mut self.has_data).then_some(Parsed::Event(event))
    }
}
