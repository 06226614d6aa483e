//! Path templates (OpenAPI 3.1, 4.8.2): texts with names in braces.
//!
//! Knows the syntax, and what people write otherwise. Must not know where a parameter is declared.

use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{Parameter, ParameterIn};
use spec_document::{Code, Diagnostic};
use spec_http::template::{placeholder, placeholders};

/// Returns the names in the braces of a path template, each once.
pub(super) fn names(path: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for name in placeholders(path) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Takes out of a path what templates of URIs (RFC 6570) have and those of OpenAPI have not: `{;name*}`.
/// Adds a missing slash at its beginning, and takes a path for the one that requests can have: without dot
/// segments (RFC 3986, 5.2.4), and with what readers of URLs drop or take for a slash percent-encoded.
pub(super) fn plain<'a>(input: &mut Input<'a>, path: &str, item: &Cursor<'a>) -> String {
    let mut plain = if path.starts_with('/') { String::new() } else { String::from("/") };
    let mut rest = path;
    while let Some((before, name, after)) = placeholder(rest) {
        let bare = name.trim_start_matches(['.', ';', '/', '?', '&', '#', '+']).trim_end_matches('*');
        plain.push_str(&format!("{before}{{{bare}}}"));
        if bare != name {
            let location = input.location(&item.pointer).key();
            let message = format!("{{{name}}} is taken for {{{bare}}}: styles stand in the parameter");
            let help = format!("write {{{bare}}}, and `style` and `explode` in the parameter");
            input.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
        }
        rest = after;
    }
    sendable(input, plain + rest, item)
}

/// Takes a path for one that requests can have, and warns where that is another one.
fn sendable<'a>(input: &mut Input<'a>, path: String, item: &Cursor<'a>) -> String {
    // What follows the path says nothing of its segments.
    let (segments, rest) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
    let mut kept: Vec<&str> = Vec::new();
    let mut all = segments.split('/').peekable();
    while let Some(segment) = all.next() {
        let is_dropped = match segment.to_ascii_lowercase().replace("%2e", ".").as_str() {
            "." => true,
            ".." => {
                // The empty one before the first slash stays.
                kept.truncate(kept.len().saturating_sub(1).max(1));
                true
            }
            _ => false,
        };
        if !is_dropped {
            kept.push(segment);
        } else if all.peek().is_none() {
            kept.push("");
        }
    }
    let (kept, mut sent) = (kept.join("/") + rest, String::new());
    let mut rest = kept.as_str();
    while let Some((before, name, after)) = placeholder(rest) {
        sent.push_str(&format!("{}{{{name}}}", encoded(before)));
        rest = after;
    }
    sent.push_str(&encoded(rest));
    if sent != path {
        let message = format!("{path:?} is taken for {sent:?}: no URL has the other");
        let help = format!("write {sent:?}");
        let location = input.location(&item.pointer).key();
        input.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
    }
    sent
}

/// Percent-encodes what readers of URLs drop, or take for a slash (WHATWG URL, 4.4).
fn encoded(text: &str) -> String {
    text.replace('\t', "%09").replace('\n', "%0A").replace('\r', "%0D").replace('\\', "%5C")
}

/// Returns the path that is sent: without a fragment that has parameters, which is never sent (RFC 9110,
/// 7.1), and without pairs of a query that only say where a parameter stands, such as `/search?q={q}`.
pub(super) fn sent(path: &str, parameters: &[Parameter]) -> String {
    let plain = without_queries(path, parameters);
    match plain.split_once('#') {
        Some((sent, fragment)) if fragment.contains('{') => sent.to_owned(),
        _ => plain,
    }
}

fn without_queries(path: &str, parameters: &[Parameter]) -> String {
    let Some((plain, query)) = path.split_once('?') else { return path.to_owned() };
    let (query, fragment) = query.split_at(query.find('#').unwrap_or(query.len()));
    let is_declared =
        |place: ParameterIn, name: &str| parameters.iter().any(|own| own.place == place && own.name == name);
    let says_something = |pair: &&str| {
        let Some((key, value)) = pair.split_once('=') else { return true };
        let Some(name) = value.strip_prefix('{').and_then(|value| value.strip_suffix('}')) else {
            return true;
        };
        !is_declared(ParameterIn::Query, key) || is_declared(ParameterIn::Path, name)
    };
    let kept: Vec<&str> = query.split('&').filter(says_something).collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    format!("{plain}{mark}{}{fragment}", kept.join("&"))
}
