//! Requests that are refused: what is wrong with them, and which declared error says so.
//!
//! Knows the order in which faults count: credentials before the media type before all else. Must not know
//! what an answer to a right request is.

use crate::negotiate::declared;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use spec_api::{Api, MediaKind, Operation, ParameterIn, Scheme, Status};
use spec_contract::{Kind, Part, Side, Violation};
use spec_document::Pointer;
use spec_http::media_type::essence;

/// The kinds of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Credentials are missing.
    Unauthorized,
    /// The body has a media type that is not declared.
    MediaType,
    /// Anything else is wrong.
    Invalid,
}

impl Refusal {
    /// Returns the status for a refusal: the first of those that fit that is declared, or else the first.
    pub(crate) fn status(self, operation: &Operation) -> u16 {
        let statuses: &[u16] = match self {
            Refusal::Unauthorized => &[401],
            Refusal::MediaType => &[415, 422, 400],
            Refusal::Invalid => &[422, 400],
        };
        let is_declared =
            |code: &&u16| operation.responses.iter().any(|own| own.status == Status::Code(**code));
        // What stands for success, too, is not made for errors.
        let is_meant = |code: &&u16| declared(operation, **code).is_some();
        *statuses.iter().find(is_declared).or_else(|| statuses.iter().find(is_meant)).unwrap_or(&statuses[0])
    }

    /// Returns a sentence.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Refusal::Unauthorized => "the request has no credentials that the operation takes",
            Refusal::MediaType => "the body has a media type that the operation does not take",
            Refusal::Invalid => "the request is not what the document says",
        }
    }
}

/// Returns why a request is refused, with the violations that say so; none where it is not.
///
/// What a document does not declare is no reason: parameters and headers that nobody reads, and a body that
/// nobody asked for. Neither is what can't be checked.
pub(crate) fn refusal(operation: &Operation, violations: &[Violation]) -> Option<(Refusal, Vec<Violation>)> {
    // What is not declared points to the operation that lacks it, and not to a schema that forbids it.
    let place = operation.location.as_pointer().map(Pointer::as_str).unwrap_or_default();
    let counts = |own: &&Violation| own.kind != Kind::Undeclared || own.schema != place;
    let wrong: Vec<Violation> =
        violations.iter().filter(|own| own.kind != Kind::Unchecked).filter(counts).cloned().collect();
    let only = |part| wrong.iter().filter(|own| own.part == part).cloned().collect::<Vec<_>>();
    match (only(Part::Security), only(Part::ContentType)) {
        (security, _) if !security.is_empty() => Some((Refusal::Unauthorized, security)),
        (_, media) if !media.is_empty() => Some((Refusal::MediaType, media)),
        _ if !wrong.is_empty() => Some((Refusal::Invalid, wrong)),
        _ => None,
    }
}

/// Returns what is wrong with the texts of a form for which the document says that reserved characters are not
/// to be sent as they are: `allowReserved: false` (OpenAPI 3.1, 4.8.15). Where it says nothing, a form is read as
/// browsers write it.
pub(crate) fn reserved(api: &Api, operation: &Operation, request: &Request<Bytes>) -> Vec<Violation> {
    let given = request.headers().get(CONTENT_TYPE).and_then(|own| own.to_str().ok()).map(essence);
    let content = operation.body.iter().flat_map(|body| &body.content);
    let Some(media) = content
        .filter(|media| media.kind == MediaKind::Form)
        .find(|media| given.is_some_and(|given| given.eq_ignore_ascii_case(&media.essence())))
    else {
        return Vec::new();
    };
    let Some(place) = media.location.as_pointer().map(|own| own.join("encoding")) else { return Vec::new() };
    let encoding = api.json.pointer(place.as_str()).and_then(Value::as_object);
    let forbids = |name: &str| {
        encoding.and_then(|all| all.get(name)?.get("allowReserved")) == Some(&Value::Bool(false))
    };
    let text = String::from_utf8_lossy(request.body());
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    let wrong =
        pairs.filter(|(name, value)| forbids(name) && value.contains(|own| ":/?#[]@!$'()*,;=".contains(own)));
    let violation = |(name, _): (&str, &str)| Violation {
        side: Side::Request,
        part: Part::Body,
        name: Some(name.to_owned()),
        pointer: String::new(),
        schema: place.join(name).join("allowReserved").as_str().to_owned(),
        message: "reserved characters have to be percent-encoded".to_owned(),
        kind: Kind::Malformed,
    };
    wrong.map(violation).collect()
}

/// Says whether credentials in `Authorization` have the form that their scheme asks for: a name and a password
/// in base64 (RFC 7617, 2), or the fields of a digest (RFC 7616, 3.4). Of others, only they themselves know.
pub(crate) fn is_well_formed(headers: &HeaderMap) -> bool {
    let Some(text) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else { return true };
    let Some((scheme, credentials)) = text.trim().split_once(' ') else { return true };
    match scheme.to_ascii_lowercase().as_str() {
        "basic" => STANDARD.decode(credentials.trim()).is_ok_and(|bytes| bytes.contains(&b':')),
        "digest" => {
            let names: Vec<&str> =
                credentials.split(',').filter_map(|pair| Some(pair.split_once('=')?.0.trim())).collect();
            ["username", "realm", "nonce", "uri", "response"].iter().all(|name| names.contains(name))
        }
        _ => true,
    }
}

/// Takes away the credentials of schemes of which others are good: it is as if they were missing. `good` has
/// schemes with what is good for them; of a scheme that is not in there, everything is.
pub(crate) fn remove_bad(api: &Api, good: &[(String, String)], request: &mut Request<Bytes>) {
    for (name, scheme) in &api.security_schemes {
        let own: Vec<&str> =
            good.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str()).collect();
        if own.is_empty() {
            continue;
        }
        let is_good = |text: &str| own.contains(&text);
        match &scheme.scheme {
            Scheme::ApiKey { place: ParameterIn::Header, name } => {
                let given = request.headers().get(name.as_str()).and_then(|value| value.to_str().ok());
                if !given.is_some_and(is_good) {
                    request.headers_mut().remove(name.as_str());
                }
            }
            Scheme::ApiKey { place: ParameterIn::Cookie, name } => {
                let cookies =
                    request.headers().get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
                let kept = keep(cookies, ';', |own, text| own.trim() != name || is_good(text));
                match HeaderValue::from_str(&kept) {
                    Ok(value) if !kept.is_empty() => request.headers_mut().insert(COOKIE, value),
                    _ => request.headers_mut().remove(COOKIE),
                };
            }
            Scheme::ApiKey { name, .. } => {
                let Some(query) = request.uri().query() else { continue };
                let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
                let kept = keep(query, '&', |own, text| decoded(own) != *name || is_good(&decoded(text)));
                if let Ok(uri) = format!("{}?{kept}", request.uri().path()).parse() {
                    *request.uri_mut() = uri;
                }
            }
            other => {
                let Some(asked) = other.authorization() else { continue };
                let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
                let given = given.and_then(|text| text.trim().split_once(' '));
                // One of another scheme is for that one to judge.
                let is_bad = given.is_some_and(|(scheme, text)| {
                    scheme.eq_ignore_ascii_case(asked)
                        && !own.iter().any(|good| is_same(asked, good, text.trim()))
                });
                if is_bad {
                    request.headers_mut().remove(AUTHORIZATION);
                }
            }
        }
    }
}

/// Returns the pairs of a text that are to be kept.
fn keep(text: &str, between: char, is_kept: impl Fn(&str, &str) -> bool) -> String {
    let pairs = text.split(between).filter(|pair| {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        is_kept(name, text)
    });
    pairs.collect::<Vec<_>>().join(&between.to_string())
}

/// Says whether what was given is what is good; of Basic, a name and a password are good (RFC 7617, 2).
fn is_same(scheme: &str, good: &str, given: &str) -> bool {
    match scheme {
        "Basic" => STANDARD.decode(given).is_ok_and(|own| own == good.as_bytes()),
        _ => good == given,
    }
}

/// Returns the challenge that tells a client which credentials an operation takes (RFC 9110, 11.6.1).
pub(crate) fn challenge(api: &Api, operation: &Operation) -> Option<HeaderValue> {
    let schemes = operation.security.iter().flat_map(|own| &own.schemes);
    let mut challenges: Vec<String> = Vec::new();
    for scheme in schemes.filter_map(|(name, _)| api.security_schemes.get(name)) {
        let challenge = match &scheme.scheme {
            Scheme::Basic => "Basic realm=\"*\"".to_owned(),
            Scheme::Http(name) if name == "digest" => "Digest realm=\"*\", nonce=\"abc123\"".to_owned(),
            // Keys have no scheme of their own; it names where one is looked for.
            Scheme::ApiKey { .. } => "ApiKey".to_owned(),
            other => match other.authorization() {
                Some(name) => name.to_owned(),
                None => continue,
            },
        };
        if !challenges.contains(&challenge) {
            challenges.push(challenge);
        }
    }
    HeaderValue::from_str(&challenges.join(", ")).ok().filter(|value| !value.is_empty())
}
