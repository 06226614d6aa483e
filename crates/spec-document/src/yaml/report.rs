//! Faults of a YAML text, as diagnostics.
//!
//! Knows the words for it, and what the parser's own messages mean. Must not know the tree that is built.

use std::ops::Range;

use saphyr_parser::ScanError;

use super::offsets::Offsets;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::location::Location;
use crate::source::SourceId;
use crate::syntax::too_deep;

/// The sign that the rest of the text is not worth reading; the reason has been reported.
pub(super) struct Stop;

/// The diagnostics of one text.
pub(super) struct Report<'a> {
    pub(super) source: SourceId,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Report<'_> {
    pub(super) fn error(&mut self, code: Code, span: Range<usize>, message: impl Into<String>, help: &str) {
        let location = Location::span(self.source, span);
        self.diagnostics.push(Diagnostic::error(code, location, message).help(help));
    }

    pub(super) fn limit(&mut self, span: Range<usize>, message: impl Into<String>, help: &str) -> Stop {
        self.error(Code::LimitExceeded, span, message, help);
        Stop
    }

    pub(super) fn too_deep(&mut self, span: Range<usize>) -> Stop {
        self.diagnostics.push(too_deep(self.source, span));
        Stop
    }

    pub(super) fn invalid_key(&mut self, span: Range<usize>) {
        self.error(
            Code::InvalidYaml,
            span,
            "a key must be a single word or string",
            "if this is meant to be a string, put it in quotes",
        );
    }

    /// Reports an error of the parser.
    pub(super) fn syntax_error(&mut self, offsets: &mut Offsets<'_>, error: &ScanError) {
        let text = offsets.text;
        // At the end of the text, show the last line that has something on it.
        let start = offsets.byte(error.marker().index()).min(text.trim_end().len());
        let rest = &text[start..];
        let end = start + rest.chars().next().filter(|next| *next != '\n').map_or(0, char::len_utf8);
        let info = error.info();
        // The parser has a limit of its own for `[` and `{`.
        if info.contains("recursion limit") {
            self.too_deep(start..end);
            return;
        }
        self.error(Code::InvalidYaml, start..end, info, syntax_help(info));
    }
}

/// Returns what to do about an error of the parser.
fn syntax_help(info: &str) -> &'static str {
    let helps = [
        ("tab", "indent with spaces; YAML does not allow tabs there"),
        ("unknown anchor", "define the anchor with & before its first alias"),
        (
            "mapping values are not allowed",
            "put a text with a colon and a space in quotes, and check the indentation",
        ),
        ("simple key expect", "a key needs a colon and a space behind it"),
        ("did not find expected ',' or", "close the brackets, or write a comma between the entries"),
        ("expected ',' or ']'", "close the brackets, or write a comma between the entries"),
        ("expected key", "check the indentation; every line of a mapping needs the form key: value"),
        ("indent", "lines of the same mapping or list need the same indentation"),
        ("escape", "backslashes are escapes in double quotes; use single quotes to keep them"),
        ("quoted scalar", "close the quote"),
    ];
    helps
        .iter()
        .find(|(part, _)| info.contains(part))
        .map_or("check the indentation and the quotes of this line and the one before", |(_, help)| help)
}
