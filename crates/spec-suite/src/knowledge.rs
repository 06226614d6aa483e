//! Values that nobody can make up: credentials, and the names of things that are there.
//!
//! A service may well refuse them, whatever the document says of their form. Must not know what was answered.

use crate::case::Case;
use crate::links::{plain, thing};
use serde_json::Value;
use spec_api::{Api, Operation};

/// What the names of such values have in them.
const SECRETS: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "credential",
    "apikey",
    "otp",
    "captcha",
    "assertion",
    "signature",
    "verificationcode",
    "authorizationcode",
];

/// What such values are called as a whole.
const WHOLE: [&str; 4] = ["code", "pin", "pwd", "coupon"];

/// The handles by which things are named.
const IDS: [&str; 6] = ["id", "ids", "uuid", "guid", "sid", "ident"];

/// Returns the name of a value that was made up, although it has to be known.
pub(crate) fn needed(api: &Api, operation: &Operation, case: &Case) -> Option<String> {
    let made = case.arguments.iter().filter(|own| own.from.is_none()).map(|own| own.name.as_str());
    let in_arguments = made.filter(|name| is_known(name)).map(str::to_owned).next();
    let taken: Vec<&str> =
        case.body.iter().flat_map(|body| &body.from).map(|(pointer, _)| pointer.as_str()).collect();
    in_arguments
        .or_else(|| named(case.value()?, "", &taken, 0))
        .or_else(|| has_password(api, operation, case).then(|| "a password".to_owned()))
}

/// Returns whether a name is one of a value that has to be known.
fn is_known(name: &str) -> bool {
    let plain = plain(name);
    let is_id = matches!(thing(name), (Some(_), Some(handle)) if IDS.contains(&handle));
    is_id || WHOLE.contains(&plain.as_str()) || SECRETS.iter().any(|own| plain.contains(own))
}

/// The depth to which bodies are looked into.
const DEPTH: usize = 4;

/// Returns the first member of a value that has to be known, and was not taken from an answer.
fn named(value: &Value, at: &str, taken: &[&str], depth: usize) -> Option<String> {
    if depth > DEPTH {
        return None;
    }
    match value {
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            let is_made = !taken.contains(&at.as_str()) && !value.is_null();
            match is_made && is_known(name) {
                true => Some(name.clone()),
                false => named(value, &at, taken, depth + 1),
            }
        }),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| named(item, &format!("{at}/{index}"), taken, depth + 1)),
        _ => None,
    }
}

/// Returns whether a body has a member of the format `password` (OpenAPI 3.1, 4.4.1).
fn has_password(api: &Api, operation: &Operation, case: &Case) -> bool {
    let content = operation.body.iter().flat_map(|body| &body.content);
    let schema =
        content.filter_map(|media| media.schema).find_map(|id| match &api.schema(api.resolve(id)).kind {
            spec_api::Kind::Object(object) => Some(object),
            _ => None,
        });
    let is_password = |id| match &api.schema(api.resolve(id)).kind {
        spec_api::Kind::String(Some(format)) => format == "password",
        _ => false,
    };
    let sent = |name: &str| case.value().is_some_and(|own| own.get(name).is_some());
    schema.is_some_and(|own| own.properties.iter().any(|own| is_password(own.schema) && sent(&own.name)))
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn some_names_are_of_what_has_to_be_known() {
        let all = ["password", "refresh_token", "customerId", "code", "id", "name", "postcode", "paid"];
        assert_eq!(all.map(is_known), [true, true, true, true, false, false, false, false]);
    }
}
