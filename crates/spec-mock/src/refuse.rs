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

/// Returns what is wrong with the texts of a form for which the document says that reserved characters are
/// not to be sent as they are: `allowReserved: false` (OpenAPI 3.1, 4.8.15). Where it says nothing, a form is
/// read as browsers write it.
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

/// Says whether credentials in `Authorization` have the form that their scheme asks for: a name and a
/// password in base64 (RFC 7617, 2), or the fields of a digest (RFC 7616, 3.4). Of others, only they
/// themselves know.
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

/// Takes away the credentials of schemes of which others are good, and returns the names of these schemes.
/// `good` has schemes with what is good for them; of a scheme that is not in there, everything is.
pub(crate) fn remove_bad<'a>(
    api: &'a Api,
    good: &[(String, String)],
    request: &mut Request<Bytes>,
) -> Vec<&'a str> {
    // One credential may be for any of several schemes, such as a token for OAuth 2.0 and for Bearer.
    let is_bad = |name: &String, scheme: &Scheme, request: &mut Request<Bytes>| {
        let is_beside = |other: &Scheme| match (scheme.authorization(), other.authorization()) {
            (Some(own), Some(other)) => own.eq_ignore_ascii_case(other),
            _ => scheme == other,
        };
        let beside = api.security_schemes.iter().filter(|(_, other)| is_beside(&other.scheme));
        let all: Vec<Vec<&str>> = beside.map(|(other, _)| for_scheme(good, other)).collect();
        let is_open = all.iter().any(Vec::is_empty);
        !for_scheme(good, name).is_empty() && !is_open && removed(api, scheme, &all.concat(), request)
    };
    let schemes = api.security_schemes.iter();
    schemes.filter(|(name, own)| is_bad(name, &own.scheme, request)).map(|(name, _)| name.as_str()).collect()
}

/// Returns what is good for a scheme.
fn for_scheme<'g>(good: &'g [(String, String)], name: &str) -> Vec<&'g str> {
    good.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str()).collect()
}

/// Takes away the credential of a scheme that is not one of those that are good; returns whether there was
/// one.
fn removed(api: &Api, scheme: &Scheme, good: &[&str], request: &mut Request<Bytes>) -> bool {
    let is_good = |text: &str| good.contains(&text);
    let text = |request: &Request<Bytes>, name: &str| {
        request.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    match scheme {
        Scheme::ApiKey { place: ParameterIn::Header, name } => {
            let is_bad = text(request, name).is_some_and(|given| !is_good(&given));
            is_bad && request.headers_mut().remove(name.as_str()).is_some()
        }
        Scheme::ApiKey { place: ParameterIn::Cookie, name } => {
            let cookies = text(request, COOKIE.as_str()).unwrap_or_default();
            let kept = keep(&cookies, ';', |own, text| own.trim() != name || is_good(text));
            if let Ok(value) = HeaderValue::from_str(&kept) {
                request.headers_mut().insert(COOKIE, value);
            }
            kept != cookies
        }
        Scheme::ApiKey { name, .. } => {
            let Some(query) = request.uri().query().map(str::to_owned) else { return false };
            let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
            let kept = keep(&query, '&', |own, text| decoded(own) != *name || is_good(&decoded(text)));
            if let Ok(uri) = format!("{}?{kept}", request.uri().path()).parse() {
                *request.uri_mut() = uri;
            }
            kept != query
        }
        other => {
            let Some(asked) = other.authorization() else { return false };
            let Some(given) = text(request, AUTHORIZATION.as_str()) else { return false };
            let (given_scheme, credential) = given.trim().split_once(' ').unwrap_or((given.trim(), ""));
            // One of another scheme is for that one to judge.
            let is_of = |own: &str| own.eq_ignore_ascii_case(given_scheme);
            let mut others = api.security_schemes.values().filter_map(|own| own.scheme.authorization());
            let is_bad = match is_of(asked) {
                true => !good.iter().any(|own| is_same(asked, own, credential.trim())),
                false => !others.any(is_of),
            };
            is_bad && request.headers_mut().remove(AUTHORIZATION).is_some()
        }
    }
}

/// Returns a violation for each scheme of an operation whose credential is a bad one: it is refused beside a
/// good one of another scheme, too.
pub(crate) fn of_bad(api: &Api, operation: &Operation, bad: &[&str]) -> Vec<Violation> {
    let asks = |name: &&&str| {
        operation.security.iter().flat_map(|own| &own.schemes).any(|(own, _)| own.as_str() == **name)
    };
    let violation = |name: &&str| Violation {
        side: Side::Request,
        part: Part::Security,
        name: Some((*name).to_owned()),
        pointer: String::new(),
        schema: api
            .security_schemes
            .get(*name)
            .and_then(|own| own.location.as_pointer())
            .map(ToString::to_string)
            .unwrap_or_default(),
        message: format!("the credential for `{name}` is none that is good"),
        kind: Kind::Invalid,
    };
    bad.iter().filter(asks).map(violation).collect()
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
