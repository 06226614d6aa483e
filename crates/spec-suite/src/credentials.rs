//! Credentials, where each scheme has them (OpenAPI 3.1, 4.8.27), and the names that stand for them in what
//! is shown.
//!
//! Must not know what a request is for.

use crate::case::{Case, Who, Wrong};
use crate::message::encode;
use crate::settings::{Credential, Settings};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderName, HeaderValue, Request};
use spec_api::{Api, Operation, ParameterIn, Scheme};

/// What nobody ever gave out.
const INVENTED: &str = "invented-by-spec-suite-0";

/// Returns the schemes of an operation for which somebody has credentials: those of the first alternative
/// that is had as a whole.
pub(crate) fn schemes<'a>(operation: &'a Operation, credentials: &[&Credential]) -> Vec<&'a str> {
    let has = |name: &str| credentials.iter().any(|own| own.scheme == name);
    let mut alternatives = operation.security.iter().map(|own| &own.schemes).filter(|own| !own.is_empty());
    let found = alternatives.find(|schemes| schemes.iter().all(|(name, _)| has(name)));
    found.map(|schemes| schemes.iter().map(|(name, _)| name.as_str()).collect()).unwrap_or_default()
}

/// Returns true if an operation asks for credentials, and those that are had are enough.
pub(crate) fn is_protected(operation: &Operation, settings: &Settings) -> bool {
    let own: Vec<&Credential> = settings.credentials.iter().collect();
    !operation.security.is_empty()
        && operation.security.iter().all(|own| !own.schemes.is_empty())
        && !schemes(operation, &own).is_empty()
}

/// Returns the schemes for which a request of a case has credentials, right or wrong.
pub(crate) fn used(api: &Api, settings: &Settings, case: &Case) -> Vec<String> {
    let own: Vec<&Credential> = match &case.who {
        Who::Nobody => return Vec::new(),
        Who::Other(name) => {
            settings.identities.iter().filter(|(own, _)| own == name).map(|(_, own)| own).collect()
        }
        _ => settings.credentials.iter().collect(),
    };
    let operation = api.operations.iter().find(|own| own.id == case.operation);
    let schemes = operation.map(|operation| schemes(operation, &own)).unwrap_or_default();
    schemes.into_iter().map(str::to_owned).collect()
}

/// The text that stands for a secret in what is shown.
pub(crate) fn placeholder(scheme: &str, identity: Option<&str>) -> String {
    let name = identity.map_or_else(|| scheme.to_owned(), |identity| format!("{identity}_{scheme}"));
    let upper =
        name.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign.to_ascii_uppercase() } else { '_' });
    format!("${}", upper.collect::<String>())
}

/// Adds credentials to a request; `is_shown` puts names in place of secrets.
pub(crate) fn add<B>(
    api: &Api,
    operation: &Operation,
    settings: &Settings,
    who: &Who,
    is_shown: bool,
    request: &mut Request<B>,
) {
    let (identity, own): (Option<&str>, Vec<&Credential>) = match who {
        Who::Other(name) => {
            let own = settings.identities.iter().filter(|(own, _)| own == name).map(|(_, own)| own);
            (Some(name), own.collect())
        }
        Who::Nobody => return,
        _ => (None, settings.credentials.iter().collect()),
    };
    for scheme in schemes(operation, &own) {
        let Some(declared) = api.security_schemes.get(scheme) else { continue };
        let Some(known) = own.iter().find(|own| own.scheme == scheme) else { continue };
        let secret = match is_shown {
            true => placeholder(scheme, identity),
            false => known.value.clone(),
        };
        let (secret, other) = match who {
            // Keys are of one scheme alone.
            Who::Wrong(Wrong::OtherScheme) if declared.scheme.authorization().is_none() => {
                spoilt(Wrong::Invented, &secret)
            }
            Who::Wrong(wrong) => spoilt(*wrong, &secret),
            _ => (secret, false),
        };
        put(&declared.scheme, &secret, other, is_shown, request);
    }
}

/// Returns a secret made wrong, and whether it is said to be of another scheme.
fn spoilt(wrong: Wrong, secret: &str) -> (String, bool) {
    match wrong {
        Wrong::Invented => (INVENTED.to_owned(), false),
        Wrong::Longer => (format!("{secret}0"), false),
        Wrong::Shorter => {
            let mut shorter = secret.to_owned();
            shorter.pop();
            (shorter, false)
        }
        Wrong::Empty => (String::new(), false),
        Wrong::OtherScheme => (secret.to_owned(), true),
    }
}

fn put<B>(scheme: &Scheme, secret: &str, is_other: bool, is_shown: bool, request: &mut Request<B>) {
    match scheme {
        Scheme::ApiKey { place: ParameterIn::Query, name } => {
            let target = request.uri().path_and_query().map_or("/", |own| own.as_str());
            let sign = if target.contains('?') { '&' } else { '?' };
            let secret = if is_shown { secret.to_owned() } else { encode(secret) };
            if let Ok(uri) = format!("{target}{sign}{}={secret}", encode(name)).parse() {
                *request.uri_mut() = uri;
            }
        }
        Scheme::ApiKey { place: ParameterIn::Cookie, name } => {
            let before = request.headers().get(COOKIE).and_then(|own| own.to_str().ok());
            let before = before.map(|own| format!("{own}; ")).unwrap_or_default();
            if let Ok(value) = HeaderValue::from_str(&format!("{before}{name}={secret}")) {
                request.headers_mut().insert(COOKIE, value);
            }
        }
        Scheme::ApiKey { name, .. } => {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(secret)) {
                request.headers_mut().insert(name, value);
            }
        }
        other => {
            let Some(word) = other.authorization() else { return };
            let is_basic = word.eq_ignore_ascii_case("basic");
            let word = match (is_other, is_basic) {
                (true, true) => "Bearer",
                (true, false) => "Basic",
                (false, true) => "Basic",
                (false, false) => word,
            };
            // RFC 7617, 2: name and password, encoded; what is no pair is taken to be encoded already.
            let secret = match is_basic && secret.contains(':') && !is_shown {
                true => STANDARD.encode(secret),
                false => secret.to_owned(),
            };
            if let Ok(value) = HeaderValue::from_str(&format!("{word} {secret}")) {
                request.headers_mut().insert(AUTHORIZATION, value);
            }
        }
    }
}

/// Takes all secrets out of a text.
pub(crate) fn scrub(settings: &Settings, text: &str) -> String {
    let own = settings.credentials.iter().map(|own| (own, None));
    let others = settings.identities.iter().map(|(name, own)| (own, Some(name.as_str())));
    let mut text = text.to_owned();
    for (credential, identity) in own.chain(others) {
        // Shorter ones would be found in all sorts of words.
        if credential.value.len() >= 4 {
            text = text.replace(&credential.value, &placeholder(&credential.scheme, identity));
        }
    }
    text
}
