//! What can be said of paths only once all schemas are known: which parameters are texts.
//!
//! Knows that nothing tells where one parameter ends and the next one begins if there is no text in between.
//! Must not know how the document was written.

use crate::model::{Api, Operation, ParameterIn, Style};
use spec_document::{Code, Diagnostic, Diagnostics, Location};
use spec_http::template::placeholder;

/// Settles the paths of an Api.
pub(crate) fn settle(api: &mut Api, diagnostics: &mut Diagnostics) {
    let mut operations = std::mem::take(&mut api.operations);
    let mut known = Vec::new();
    for operation in &mut operations {
        merge_constants(api, operation, &mut known, diagnostics);
    }
    api.operations = operations;
}

/// Takes a parameter that stands right beside another one, and has a single value, for that text:
/// `/{id}{ending}` for `/{id}.json`. Reports what remains.
fn merge_constants(
    api: &Api,
    operation: &mut Operation,
    known: &mut Vec<Location>,
    diagnostics: &mut Diagnostics,
) {
    let mut path = String::new();
    let mut rest = operation.path.as_str();
    let mut ends_with_one = false;
    let mut pair = None;
    let mut last = "";
    let mut texts: Vec<&str> = Vec::new();
    while let Some((before, name, after)) = placeholder(rest) {
        let follows = ends_with_one && before.is_empty();
        let own = operation.parameters.iter().find(|own| own.place == ParameterIn::Path && own.name == name);
        // In other styles, a sign or the name stands before the value.
        let own = own.filter(|own| (follows || after.starts_with('{')) && own.style == Style::Simple);
        let text = own.and_then(|own| api.only_value(own));
        path.push_str(before);
        match text.filter(|text| text.chars().all(is_unreserved)) {
            Some(text) => {
                path.push_str(&text);
                texts.push(name);
            }
            None => {
                if follows {
                    pair.get_or_insert((last, name));
                }
                path.push_str(&format!("{{{name}}}"));
            }
        }
        ends_with_one = path.ends_with('}');
        (last, rest) = (name, after);
    }
    path.push_str(rest);
    if let Some((left, right)) = pair
        && !known.contains(&operation.location)
    {
        let message = format!(
            "nothing tells where {{{left}}} ends and {{{right}}} begins; \
             the former is taken for one character"
        );
        let help = "put a text between them, or give one of them a single value";
        diagnostics.push(
            Diagnostic::warning(Code::Unsupported, operation.location.clone().key(), message).help(help),
        );
        known.push(operation.location.clone());
    }
    let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
    operation.parameters.retain(|own| own.place != ParameterIn::Path || !texts.contains(&own.name));
    operation.path = path;
}

/// Returns whether a character stands in a path as it is, whoever writes it (RFC 3986, 2.3).
fn is_unreserved(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~".contains(character)
}
