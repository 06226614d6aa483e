//! Security schemes, and what operations ask for of them.
//!
//! Knows what their constants and methods are called. Must not know how a credential is sent.

use crate::names::{Scope, value_name};
use crate::settings::ApiSettings;
use heck::ToShoutySnakeCase;
use spec_api::{Api, OAuthFlowKind, Operation, Scheme, SecurityScheme};
use spec_document::{Code, Diagnostic, Diagnostics};

/// A security scheme.
#[derive(Clone, Debug)]
pub struct SchemePlan {
    /// Its name in the document.
    pub wire: String,
    /// The name of its constant: `API_KEY`.
    pub constant: String,
    /// The name for methods: `api_key`.
    pub name: String,
    /// Its words.
    pub description: Option<String>,
    /// The kind of scheme, with its details.
    pub scheme: Scheme,
    /// The environment variable that holds the credential.
    pub environment: Option<String>,
}

impl SchemePlan {
    /// Returns where clients fetch tokens by themselves, and where they refresh them: OAuth 2.0, client
    /// credentials (RFC 6749, 4.4).
    #[must_use]
    pub fn token_urls(&self) -> Option<(&str, Option<&str>)> {
        let Scheme::OAuth2 { flows } = &self.scheme else { return None };
        let flow = flows.iter().find(|flow| flow.kind == OAuthFlowKind::ClientCredentials)?;
        Some((flow.token_url.as_deref()?, flow.refresh_url.as_deref()))
    }
}

/// A security scheme, as an operation asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeUse {
    /// The number of the scheme in the plan.
    pub scheme: usize,
    /// The scopes, or roles.
    pub scopes: Vec<String>,
}

/// The need of an operation to know who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalPlan {
    /// Nobody is asked who they are.
    None,
    /// Anyone may ask, known or not.
    Optional,
    /// Only those who are known may ask.
    Required,
}

/// Plans security schemes, with the names of their constants and methods.
pub(super) fn plan_schemes(
    api: &Api,
    settings: &ApiSettings,
    diagnostics: &mut Diagnostics,
) -> Vec<SchemePlan> {
    report_unknown(api, settings, diagnostics);
    // `with_base_url` and `with_client` are there already.
    let mut scope = Scope::reserving(&["base_url", "client"]);
    let plan = |(wire, scheme): (&String, &SecurityScheme)| {
        let mut plan = SchemePlan {
            constant: String::new(),
            name: String::new(),
            description: scheme.description.clone(),
            scheme: scheme.scheme.clone(),
            environment: settings.environment.get(wire).map(|variable| variable.value.clone()),
            wire: wire.clone(),
        };
        plan.name = claim_methods(&mut scope, wire, plan.token_urls().is_some());
        plan.constant = plan.name.to_shouty_snake_case();
        plan
    };
    api.security_schemes.iter().map(plan).collect()
}

/// Takes the name for methods of a scheme. Where tokens are fetched, the methods for that have names of their
/// own, which must be free as well.
fn claim_methods(scope: &mut Scope, wire: &str, fetches_tokens: bool) -> String {
    loop {
        let (name, _) = scope.claim(&value_name(wire));
        if !fetches_tokens {
            return name;
        }
        let stem = name.trim_end_matches('_');
        let more = ["client_credentials", "token_url"].map(|own| format!("{stem}_{own}"));
        if !more.iter().any(|own| scope.is_taken(own)) {
            for own in &more {
                scope.reserve(own);
            }
            return name;
        }
    }
}

/// Reports settings for schemes that the document does not have.
fn report_unknown(api: &Api, settings: &ApiSettings, diagnostics: &mut Diagnostics) {
    for (name, location) in settings.unknown_schemes(api) {
        let known: Vec<&str> = api.security_schemes.keys().map(String::as_str).collect();
        let message = format!("the document has no security scheme `{name}`");
        let help = match known.as_slice() {
            [] => "remove the setting, or add the scheme under components/securitySchemes".to_owned(),
            known => format!("its schemes are: {}", known.join(", ")),
        };
        diagnostics.push(Diagnostic::error(Code::InvalidSetting, location, message).help(help));
    }
}

/// Plans what an operation asks for: alternatives, each of schemes that are needed together. Who may come
/// without credentials, and has none to come with, is asked for nothing (OpenAPI 3.1, 4.8.30).
pub(super) fn plan_requirements(api: &Api, operation: &Operation) -> Vec<Vec<SchemeUse>> {
    let mut alternatives: Vec<Vec<SchemeUse>> = Vec::new();
    for requirement in &operation.security {
        let used = requirement.schemes.iter().filter_map(|(name, scopes)| {
            Some(SchemeUse { scheme: api.security_schemes.get_index_of(name)?, scopes: scopes.clone() })
        });
        alternatives.push(used.collect());
    }
    if alternatives.iter().all(Vec::is_empty) {
        alternatives.clear();
    }
    alternatives
}
