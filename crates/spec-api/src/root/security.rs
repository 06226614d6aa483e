//! Security schemes (OpenAPI 3.1, 4.8.27), and the requirements that name them (4.8.30).
//!
//! Must not know which operation asks for what.

use super::oauth;
use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{ParameterIn, Requirement, Scheme, SecurityScheme};
use crate::operations;
use crate::specification;
use crate::spelling::nearest;
use indexmap::IndexMap;
use spec_document::{Code, Diagnostic, Location, Pointer};

/// Security schemes by the name of their component.
pub(crate) type SecuritySchemes = IndexMap<String, SecurityScheme>;

/// Reads the declared security schemes.
pub(crate) fn read_schemes<'a>(input: &mut Input<'a>, root: &Cursor<'a>) -> SecuritySchemes {
    let mut schemes = IndexMap::new();
    let components = input.member(root, "components");
    let declared = components.map(|components| input.members_of(&components, "securitySchemes"));
    for (name, scheme) in declared.unwrap_or_default() {
        let Some(at) = input.follow(scheme) else { continue };
        let Some(kind) = input.required_string(&at, "type") else { continue };
        input.check_fields(&at, &specification::SECURITY_SCHEME);
        let Some(scheme) = read_scheme(input, &at, &kind) else { continue };
        let description = input.optional_text(&at, "description");
        let location = input.location(&at.pointer);
        schemes.insert(name.to_owned(), SecurityScheme { location, description, scheme });
    }
    schemes
}

/// Reads the scheme of a type; none where it can't be told what is meant, which is reported.
fn read_scheme<'a>(input: &mut Input<'a>, at: &Cursor<'a>, kind: &str) -> Option<Scheme> {
    Some(match kind {
        "apiKey" => read_api_key(input, at)?,
        "http" => match input.required_string(at, "scheme")?.to_ascii_lowercase().as_str() {
            "bearer" => Scheme::Bearer,
            "basic" => Scheme::Basic,
            other => Scheme::Http(other.to_owned()),
        },
        "oauth2" => Scheme::OAuth2 { flows: oauth::read_flows(input, at) },
        "openIdConnect" => {
            input.warn_missing(at, "openIdConnectUrl");
            Scheme::OpenIdConnect { url: input.optional_text(at, "openIdConnectUrl") }
        }
        "mutualTLS" => Scheme::MutualTls,
        other => {
            let message = format!(
                "there is no security scheme of type {other:?}: clients send nothing for it, \
                 and servers can't tell"
            );
            let location = input.location(&at.pointer.join("type"));
            let help = "use apiKey, http, oauth2, openIdConnect or mutualTLS";
            input.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
            Scheme::Unknown
        }
    })
}

fn read_api_key<'a>(input: &mut Input<'a>, at: &Cursor<'a>) -> Option<Scheme> {
    let (Some(place), Some(name)) = (input.required_string(at, "in"), input.required_string(at, "name"))
    else {
        return None;
    };
    let place = match place.as_str() {
        "header" => ParameterIn::Header,
        "query" => ParameterIn::Query,
        "cookie" => ParameterIn::Cookie,
        other => {
            let message = format!("an API key can't be in {other:?}");
            input.invalid_value(at, "in", message, "use `header`, `query` or `cookie`");
            return None;
        }
    };
    let location = input.location(&at.pointer.join("name"));
    match place == ParameterIn::Header && !operations::check_name(input, &name, location) {
        true => Some(Scheme::Unknown),
        false => Some(Scheme::ApiKey { place, name }),
    }
}

/// Reads a list of requirements. A scheme that is not declared is added as an unknown one: an operation must
/// not look as if it were open to everyone.
pub(crate) fn read_requirements<'a>(
    input: &mut Input<'a>,
    schemes: &mut SecuritySchemes,
    list: &Cursor<'a>,
) -> Vec<Requirement> {
    let mut requirements = Vec::new();
    for at in input.array(list) {
        let Some(at) = input.follow_leniently(at) else { continue };
        if input.expect_object(&at).is_none() {
            continue;
        }
        let mut requirement = Requirement { schemes: Vec::new() };
        for (name, scopes) in at.members() {
            let location = input.location(&scopes.pointer).key();
            check_declared(input, schemes, name, &location);
            let unknown = SecurityScheme { location, description: None, scheme: Scheme::Unknown };
            schemes.entry(name.to_owned()).or_insert(unknown);
            let scopes = if scopes.node.is_null() {
                input.ignore(&scopes, "an array");
                Vec::new()
            } else {
                input.strings(&at, name)
            };
            requirement.schemes.push((name.to_owned(), scopes));
        }
        requirements.push(requirement);
    }
    requirements
}

/// Warns of a scheme that is not declared. One that is declared, but not understood, has been reported.
fn check_declared(input: &mut Input<'_>, schemes: &SecuritySchemes, name: &str, location: &Location) {
    let declared = Pointer::root().join("components").join("securitySchemes").join(name);
    if schemes.contains_key(name) || input.document.get(&declared).is_some() {
        return;
    }
    let message =
        format!("there is no security scheme `{name}`: clients send nothing for it, and servers can't tell");
    let help = match nearest(name, schemes.keys().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("define `{name}` under components/securitySchemes, or name one that is there"),
    };
    input.push(Diagnostic::warning(Code::UnresolvedReference, location.clone(), message).help(help));
}
