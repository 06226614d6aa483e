//! URIs of references (RFC 3986): what they are relative to, and how people write them.
//!
//! Knows the syntax alone. Must not know what a URI leads to.

use fluent_uri::{Uri, UriRef};

/// Returns whether a text has only characters that a URI can have (RFC 3986, 2).
pub(crate) fn is_uri(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte))
}

/// Returns the resource that a reference means, as an absolute URI without a fragment (RFC 3986, 5.2 and
/// 6.2.2).
#[must_use]
pub fn resolve(reference: &str, base: &str) -> Option<String> {
    let address = reference.split_once('#').map_or(reference, |(address, _)| address);
    if address.is_empty() {
        return Some(base.to_owned());
    }
    let (base, address) = (Uri::parse(base).ok()?, encoded(address));
    Some(UriRef::parse(address.as_str()).ok()?.resolve_against(&base).ok()?.normalize().into_string())
}

/// Percent-encodes what people write in an address and no URI can have: `paths/{id}.yaml`, `two words.yaml`.
fn encoded(address: &str) -> String {
    let mut text = String::new();
    for character in address.chars() {
        match character {
            ' ' | '"' | '<' | '>' | '^' | '`' | '{' | '|' | '}' | '\u{80}'.. => {
                let mut bytes = [0; 4];
                character
                    .encode_utf8(&mut bytes)
                    .bytes()
                    .for_each(|byte| text.push_str(&format!("%{byte:02X}")));
            }
            other => text.push(other),
        }
    }
    text
}

/// Returns whether a reference names a file from the root of no host: a path of the machine, which means
/// nothing on another.
pub(crate) fn is_rooted(reference: &str, base: &str) -> bool {
    let has_host = |base: Uri<&str>| base.authority().is_some_and(|authority| !authority.host().is_empty());
    reference.starts_with('/') && !Uri::parse(base).is_ok_and(has_host)
}

/// Writes one URI where another is the base: as a relative path, if both have the same root.
pub(super) fn relative(uri: &str, base: &str) -> Option<String> {
    let (uri, base) = (Uri::parse(uri).ok()?, Uri::parse(base).ok()?);
    let root = |uri: &Uri<&str>| {
        (uri.scheme().as_str().to_owned(), uri.authority().map(|authority| authority.as_str().to_owned()))
    };
    if root(&uri) != root(&base) {
        return None;
    }
    let to: Vec<&str> = uri.path().as_str().split('/').collect();
    let mut from: Vec<&str> = base.path().as_str().split('/').collect();
    from.pop();
    let common = to[..to.len() - 1].iter().zip(&from).take_while(|(to, from)| to == from).count();
    let up = "../".repeat(from.len() - common);
    Some(format!("{}{}", if up.is_empty() { "./" } else { &up }, to[common..].join("/")))
}
