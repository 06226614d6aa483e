//! The flows of OAuth 2.0 (OpenAPI 3.1, 4.8.28 and 4.8.29). What one of them lacks is a warning: a token may
//! come from elsewhere.
//!
//! Must not know how a token is got.

use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{OAuthFlow, OAuthFlowKind};
use crate::specification;

/// Reads the flows of a security scheme.
pub(super) fn read_flows<'a>(input: &mut Input<'a>, at: &Cursor<'a>) -> Vec<OAuthFlow> {
    input.warn_missing(at, "flows");
    let Some(flows) = input.member(at, "flows") else { return Vec::new() };
    if flows.object().is_none() {
        input.ignore(&flows, "an object");
        return Vec::new();
    }
    input.check_fields(&flows, &specification::OAUTH_FLOWS);
    let mut found = Vec::new();
    for kind in OAuthFlowKind::ALL {
        let Some(flow) = input.member(&flows, kind.key()) else { continue };
        if flow.object().is_none() {
            input.ignore(&flow, "an object");
            continue;
        }
        found.push(read_flow(input, &flow, kind));
    }
    found
}

fn read_flow<'a>(input: &mut Input<'a>, flow: &Cursor<'a>, kind: OAuthFlowKind) -> OAuthFlow {
    input.check_fields(flow, &specification::OAUTH_FLOW);
    kind.urls().iter().for_each(|key| input.warn_missing(flow, key));
    input.warn_missing(flow, "scopes");
    let mut scopes = Vec::new();
    if let Some(declared) = flow.child("scopes") {
        match declared.object().is_some() {
            true => {
                let scope = |(name, words): (&str, Cursor<'a>)| {
                    (name.to_owned(), words.node.as_str().unwrap_or_default().to_owned())
                };
                scopes = declared.members().into_iter().map(scope).collect();
            }
            false => input.ignore(&declared, "an object"),
        }
    }
    OAuthFlow {
        kind,
        authorization_url: input.optional_text(flow, "authorizationUrl"),
        device_authorization_url: input.optional_text(flow, "deviceAuthorizationUrl"),
        token_url: input.optional_text(flow, "tokenUrl").filter(|url| !url.trim().is_empty()),
        refresh_url: input.optional_text(flow, "refreshUrl").filter(|url| !url.trim().is_empty()),
        scopes,
    }
}
