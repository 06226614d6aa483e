//! Sequences → their pieces: events, lines and records, from bytes that are cut anywhere.
//!
//! Knows where a piece ends. Must not know what it has to be.

use spec_api::Sequence;

/// The byte that begins a record (RFC 7464, 2.2).
const SEPARATOR: u8 = 0x1E;

/// The first character of a text that some put there (HTML Living Standard, 9.2.6).
const MARK: &[u8] = "\u{feff}".as_bytes();

/// What ends at some place of the bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// A piece: of events, their data.
    Piece(Vec<u8>),
    /// A piece that is longer than the limit.
    TooLong,
    /// A text behind a record, without a separator of its own (RFC 7464, 2.1).
    Stray,
    /// Nothing that is looked at: a comment, an empty line.
    Nothing,
}

/// Cuts a sequence into pieces.
#[derive(Debug)]
pub(crate) struct Cutter {
    sequence: Sequence,
    /// The largest length of a piece, in bytes.
    limit: usize,
    /// The line or record that is not at its end; of events, the line.
    text: Vec<u8>,
    /// The data of the event that is not at its end.
    data: Option<Vec<u8>>,
    is_too_long: bool,
    /// True if the line that is skipped, because it is too long, has anything in it.
    has_text: bool,
    is_first_line: bool,
    /// True if the last line ended with CR: LF then belongs to its end.
    after_cr: bool,
    nesting: Nesting,
    /// True between the end of a record and the next separator.
    is_between: bool,
}

/// How far a JSON text is: the line feed behind one that is complete ends its record (RFC 7464, 2.2). One
/// within it is white space.
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
}

impl Cutter {
    pub(crate) fn new(sequence: Sequence, limit: usize) -> Cutter {
        Cutter {
            sequence,
            limit,
            text: Vec::new(),
            data: None,
            is_too_long: false,
            has_text: false,
            is_first_line: true,
            after_cr: false,
            nesting: Nesting::default(),
            is_between: false,
        }
    }

    /// Takes bytes, and says what ends in them, each with the number of bytes up to there.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<(usize, Cut)> {
        let mut found = Vec::new();
        match self.sequence {
            Sequence::Lines => self.lines(bytes, &mut found),
            Sequence::Records => self.records(bytes, &mut found),
            Sequence::Events => self.events(bytes, &mut found),
        }
        found
    }

    /// Says what ends with the bytes. An event that is not at its end is none (HTML Living Standard, 9.2.6).
    pub(crate) fn finish(&mut self) -> Cut {
        match self.sequence {
            Sequence::Events => Cut::Nothing,
            _ => self.take(),
        }
    }

    /// Returns the line or record that is at its end.
    fn take(&mut self) -> Cut {
        let text = std::mem::take(&mut self.text);
        if std::mem::take(&mut self.is_too_long) {
            return Cut::TooLong;
        }
        let is_blank = std::str::from_utf8(&text).is_ok_and(|text| text.trim().is_empty());
        match is_blank {
            true => Cut::Nothing,
            false if self.is_between => Cut::Stray,
            false => Cut::Piece(text),
        }
    }

    /// Adds to the line or record, unless that makes it too long.
    fn grow(&mut self, part: &[u8]) {
        self.has_text |= !part.is_empty();
        let held = self.text.len() + self.data.as_ref().map_or(0, Vec::len);
        if self.is_too_long || held + part.len() > self.limit {
            (self.is_too_long, self.text, self.data) = (true, Vec::new(), None);
            return;
        }
        self.text.extend_from_slice(part);
    }

    fn lines(&mut self, bytes: &[u8], found: &mut Vec<(usize, Cut)>) {
        let mut start = 0;
        while let Some(length) = bytes[start..].iter().position(|byte| *byte == b'\n') {
            self.grow(&bytes[start..start + length]);
            start += length + 1;
            found.push((start, self.take()));
        }
        self.grow(&bytes[start..]);
    }

    fn records(&mut self, bytes: &[u8], found: &mut Vec<(usize, Cut)>) {
        let mut start = 0;
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == SEPARATOR {
                self.grow(&bytes[start..at]);
                let cut = self.take();
                (self.nesting, self.is_between) = (Nesting::default(), false);
                // Nothing ends before the first separator.
                if at > 0 || cut != Cut::Nothing {
                    found.push((at, cut));
                }
                start = at + 1;
                continue;
            }
            self.nesting.take(*byte);
            if *byte == b'\n' && self.nesting.depth == 0 && !self.nesting.in_string {
                self.grow(&bytes[start..at]);
                start = at + 1;
                let cut = self.take();
                self.is_between |= cut != Cut::Nothing;
                found.push((start, cut));
            }
        }
        self.grow(&bytes[start..]);
    }

    fn events(&mut self, bytes: &[u8], found: &mut Vec<(usize, Cut)>) {
        let mut start = 0;
        while start < bytes.len() {
            if std::mem::take(&mut self.after_cr) && bytes[start] == b'\n' {
                start += 1;
                continue;
            }
            let Some(length) = bytes[start..].iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
                break;
            };
            self.grow(&bytes[start..start + length]);
            start += length;
            self.after_cr = bytes[start] == b'\r';
            start += 1;
            if let Some(cut) = self.end_line() {
                found.push((start, cut));
            }
        }
        self.grow(&bytes[start..]);
    }

    /// Reads a line of an event; an empty one ends the event.
    fn end_line(&mut self) -> Option<Cut> {
        let has_text = std::mem::take(&mut self.has_text);
        if self.is_too_long {
            self.is_too_long = has_text;
            return (!has_text).then_some(Cut::TooLong);
        }
        let line = std::mem::take(&mut self.text);
        let mut line = line.as_slice();
        if std::mem::take(&mut self.is_first_line) {
            while let Some(rest) = line.strip_prefix(MARK) {
                line = rest;
            }
        }
        if line.is_empty() {
            return Some(self.data.take().map_or(Cut::Nothing, Cut::Piece));
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = (&line[..colon], line.get(colon + 1..).unwrap_or_default());
        if name == b"data" {
            let value = value.strip_prefix(b" ").unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Cut, Cutter};
    use proptest::prelude::*;
    use spec_api::Sequence;

    /// Returns the pieces of a text that comes in parts, and where each thing ended.
    fn cut(sequence: Sequence, limit: usize, parts: &[&[u8]]) -> (Vec<String>, Vec<usize>) {
        let mut cutter = Cutter::new(sequence, limit);
        let (mut pieces, mut ends, mut before) = (Vec::new(), Vec::new(), 0);
        let mut take = |cut: Cut| match cut {
            Cut::Piece(text) => pieces.push(String::from_utf8(text).expect("UTF-8")),
            Cut::TooLong => pieces.push("too long".to_owned()),
            Cut::Stray => pieces.push("stray".to_owned()),
            Cut::Nothing => {}
        };
        for part in parts {
            for (end, own) in cutter.feed(part) {
                take(own);
                ends.push(before + end);
            }
            before += part.len();
        }
        take(cutter.finish());
        (pieces, ends)
    }

    #[test]
    fn each_sequence_is_cut_as_its_standard_says() {
        let rows: [(Sequence, &str, &[&str]); 8] = [
            (Sequence::Lines, "1\n\n {\"a\":2} \r\n3", &["1", " {\"a\":2} \r", "3"]),
            (Sequence::Records, "\u{1e}1\n\u{1e}[2,\n3]\n\u{1e}4", &["1", "[2,\n3]", "4"]),
            (Sequence::Records, "\u{1e}1\n2\n\u{1e}\n3\n", &["1", "stray", "3"]),
            (Sequence::Records, "\u{1e}\"a\n\u{1e}2\n", &["\"a\n", "2"]),
            (Sequence::Events, "\u{feff}data: 1\n\n: hi\n\ndata:2\ndata\n\nid: 7\n\n", &["1", "2\n"]),
            (Sequence::Events, "data: 1\r\rdata: 2\r\n\r\ndata: 3\n\n", &["1", "2", "3"]),
            (Sequence::Events, "event: a\ndata: 1\n\ndata: unfinished\n", &["1"]),
            (Sequence::Events, "data\n\n", &[""]),
        ];
        for (sequence, text, pieces) in rows {
            assert_eq!(cut(sequence, 100, &[text.as_bytes()]).0, pieces, "{text:?}");
        }
    }

    #[test]
    fn a_piece_that_is_too_long_is_skipped() {
        let rows = [
            (Sequence::Lines, "12345678\n1\n"),
            (Sequence::Records, "\u{1e}12345678\n\u{1e}1\n"),
            (Sequence::Events, "data: 12345678\ndata: 2\n\ndata: 1\n\n"),
        ];
        for (sequence, text) in rows {
            assert_eq!(cut(sequence, 7, &[text.as_bytes()]).0, ["too long", "1"], "{text:?}");
        }
    }

    #[test]
    fn what_is_no_piece_ends_too() {
        assert_eq!(cut(Sequence::Events, 100, &[b": ping\n\ndata: 1\n\n"]).1, [8, 17]);
        assert_eq!(cut(Sequence::Lines, 100, &[b"\n1\n"]).1, [1, 3]);
        assert_eq!(cut(Sequence::Records, 100, &[b"\x1e1\n\x1e2\n"]).1, [3, 3, 6]);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_bytes_are_cut(
            text in "([\\[\\]\"a:1 \u{1e}]|data:|\\\\|\r|\n|\r\n|\n\n){0,40}",
            cuts in proptest::collection::vec(0usize..80, 0..6),
        ) {
            for sequence in [Sequence::Lines, Sequence::Records, Sequence::Events] {
                let whole = cut(sequence, 1000, &[text.as_bytes()]);
                let mut places: Vec<usize> = cuts.iter().map(|at| (*at).min(text.len())).collect();
                places.extend([0, text.len()]);
                places.sort_unstable();
                let parts: Vec<&[u8]> =
                    places.windows(2).map(|pair| &text.as_bytes()[pair[0]..pair[1]]).collect();
                prop_assert_eq!(cut(sequence, 1000, &parts).0, whole.0);
            }
        }
    }
}
