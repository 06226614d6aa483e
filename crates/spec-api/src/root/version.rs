//! The version of OpenAPI that a document is written in (OpenAPI 3.1, 4.1).
//!
//! Must not know in what versions differ.

use crate::cursor::Cursor;
use crate::specification::Release;
use spec_document::{Code, Diagnostic, Diagnostics, Document, Location};

/// Reads the version; without one that is supported nothing can be said of a document.
pub(crate) fn read(document: &Document, root: &Cursor<'_>, diagnostics: &mut Diagnostics) -> Option<Release> {
    let location = |at: &Cursor<'_>| Location::pointer(document.source(), at.pointer.clone());
    let Some(version) = root.child("openapi") else {
        let (message, help) = if root.child("swagger").is_some() {
            ("this is a document of Swagger 2.0", "convert it to OpenAPI 3.1 first")
        } else {
            ("the version of OpenAPI is missing", "add `openapi: 3.1.0` at the top")
        };
        diagnostics.push(Diagnostic::error(Code::UnsupportedVersion, location(root), message).help(help));
        return None;
    };
    let number = version.node.as_number().map(|number| number.as_f64().to_string());
    if number.is_some() {
        // YAML takes `3.1` without quotes for a number; what is meant is plain.
        let message = "the version of OpenAPI must be a string, not a number";
        diagnostics.push(
            Diagnostic::warning(Code::WrongType, location(&version), message)
                .help("put it in quotes: \"3.0.3\" or \"3.1.0\""),
        );
    }
    let text = match number.as_deref() {
        // The number of 3.0.
        Some("3") => "3.0",
        Some(number) => number,
        None => version.node.as_str().unwrap_or_default(),
    };
    let release = release(text);
    if release.is_none() {
        let message = match version.node.as_str().or(number.as_deref()) {
            Some(text) => format!("OpenAPI {text:?} is not supported"),
            None => format!("the version of OpenAPI must be a string, not {}", version.node.kind()),
        };
        diagnostics.push(Diagnostic::error(Code::UnsupportedVersion, location(&version), message).help(
            "documents of OpenAPI 3.0 and 3.1 are taken, and those of 3.2 as far as they say the same: write \
             \"3.0.3\" or \"3.1.0\"",
        ));
    }
    release
}

fn release(text: &str) -> Option<Release> {
    match text.split('.').collect::<Vec<_>>().as_slice() {
        ["3", "0", ..] => Some(Release::V3_0),
        ["3", "1", ..] => Some(Release::V3_1),
        ["3", "2", ..] => Some(Release::V3_2),
        _ => None,
    }
}
