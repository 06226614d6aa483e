//! Problems that both syntaxes, JSON and YAML, report in the same words.
//!
//! Knows diagnostics. Must not know how a text is parsed.

use std::ops::Range;

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::location::Location;
use crate::node::MAX_DEPTH;
use crate::source::SourceId;

/// Reports a key that an object has again; the first one counts.
pub(crate) fn duplicate_key(
    source: SourceId,
    key: &str,
    second: Range<usize>,
    first: Range<usize>,
) -> Diagnostic {
    let message = format!("the object has the key \"{key}\" twice");
    Diagnostic::error(Code::DuplicateKey, Location::span(source, second), message)
        .related(Location::span(source, first), "first here")
        .help("keep one of them, or give one another name")
}

/// Reports a number that [`Number`](crate::Number) refuses.
pub(crate) fn number_too_large(source: SourceId, span: Range<usize>) -> Diagnostic {
    let message = "the number is beyond what a 64-bit floating-point number can hold";
    Diagnostic::error(Code::InvalidValue, Location::span(source, span), message)
        .help("numbers reach to about 1.8e308; write a longer one as a string")
}

/// Reports an object or array inside of [`MAX_DEPTH`] others.
pub(crate) fn too_deep(source: SourceId, span: Range<usize>) -> Diagnostic {
    let message = format!("the text nests deeper than {MAX_DEPTH} levels");
    Diagnostic::error(Code::LimitExceeded, Location::span(source, span), message)
        .help("move inner values to a place of their own and refer to them")
}
