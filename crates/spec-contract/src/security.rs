//! Security requirements: whether a request brings what one alternative asks for.
//!
//! Knows where credentials stand, and never repeats one. Whether a credential is good, only the service can
//! say.

use crate::headers::text;
use crate::judgement::{Kind, Part, Side, Violation};
use crate::parameters::RequestParts;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use spec_api::{Api, Operation, ParameterIn, Scheme};

/// Returns true if a name in some part of a request carries a credential of any scheme.
pub(crate) fn is_credential(api: &Api, place: ParameterIn, name: &str) -> bool {
    let same = |own: &str| match place {
        ParameterIn::Header => own.eq_ignore_ascii_case(name),
        _ => own == name,
    };
    let is_authorization = place == ParameterIn::Header && name.eq_ignore_ascii_case(AUTHORIZATION.as_str());
    let key = |scheme: &Scheme| match scheme {
        Scheme::ApiKey { place: own, name } => *own == place && same(name),
        _ => false,
    };
    is_authorization || api.security_schemes.values().any(|scheme| key(&scheme.scheme))
}

/// Checks that one alternative is there as a whole (OpenAPI 3.1, 4.8.30).
pub(crate) fn check(
    api: &Api,
    operation: &Operation,
    headers: &HeaderMap,
    found: &RequestParts,
    violations: &mut Vec<Violation>,
) {
    let scheme = |name: &str| api.security_schemes.get(name).map(|scheme| &scheme.scheme);
    let has = |name: &str| scheme(name).is_some_and(|scheme| is_present(scheme, headers, found));
    let mut alternatives = operation.security.iter().map(|requirement| &requirement.schemes);
    if operation.security.is_empty()
        || alternatives.clone().any(|schemes| schemes.iter().all(|(name, _)| has(name)))
    {
        return;
    }
    let describe = |(name, _): &(String, Vec<String>)| match scheme(name).and_then(place) {
        Some(place) => format!("`{name}` ({place})"),
        None => format!("`{name}`"),
    };
    let all =
        |schemes: &Vec<(String, Vec<String>)>| schemes.iter().map(describe).collect::<Vec<_>>().join(" and ");
    let texts: Vec<String> = alternatives.clone().map(all).collect();
    // With one scheme alone there is no doubt about which is meant.
    let first = alternatives.next().filter(|schemes| operation.security.len() == 1 && schemes.len() == 1);
    let only = first.and_then(|schemes| schemes.first());
    let location = only.and_then(|(name, _)| api.security_schemes.get(name)).map(|scheme| &scheme.location);
    violations.push(Violation {
        side: Side::Request,
        part: Part::Security,
        name: only.map(|(name, _)| name.clone()),
        pointer: String::new(),
        schema: crate::contract::pointer(location.unwrap_or(&operation.location)),
        message: format!("there are no credentials for {}", texts.join(", or for ")),
        kind: Kind::Missing,
    });
}

fn place(scheme: &Scheme) -> Option<String> {
    Some(match scheme {
        Scheme::ApiKey { place, name } => format!("{} {name}", place.key()),
        other => format!("header Authorization: {}", other.authorization()?),
    })
}

fn is_present(scheme: &Scheme, headers: &HeaderMap, found: &RequestParts) -> bool {
    let some = |pairs: &[(String, String)], name: &str| {
        pairs.iter().any(|(own, value)| own == name && !value.is_empty())
    };
    match scheme {
        Scheme::ApiKey { place: ParameterIn::Header, name } => {
            headers.get_all(name.as_str()).iter().any(|value| !value.as_bytes().trim_ascii().is_empty())
        }
        Scheme::ApiKey { place: ParameterIn::Cookie, name } => some(&found.cookies, name),
        Scheme::ApiKey { name, .. } => some(&found.query, name),
        // Else it is part of the connection, which is not seen here, or nobody knows what it is.
        other => other.authorization().is_none_or(|name| authorization(headers, name)),
    }
}

/// Returns true if there are credentials of a scheme, in any case (RFC 9110, 11.4).
fn authorization(headers: &HeaderMap, scheme: &str) -> bool {
    let Some(Ok(text)) = text(headers, AUTHORIZATION.as_str()) else { return false };
    let Some((own, credentials)) = text.trim().split_once(' ') else { return false };
    own.eq_ignore_ascii_case(scheme) && !credentials.trim().is_empty()
}
