//! Credentials and servers: what requests need, and where they go.
//!
//! Must not know messages.

use crate::operations::pointer;
use crate::report::Level;
use crate::walk::Walk;
use indexmap::{IndexMap, IndexSet};
use serde_json::Value;
use spec_api::{OAuthFlow, Operation, Requirement, Scheme, SecurityScheme, Server};

impl Walk<'_> {
    /// Compares the schemes that requests can prove themselves by.
    pub(crate) fn schemes(&mut self) {
        let (old, new) = (&self.base.api.security_schemes, &self.revision.api.security_schemes);
        for (name, scheme) in old {
            if scheme.scheme == Scheme::Unknown {
                continue;
            }
            let at = pointer(&scheme.location);
            match new.get(name) {
                Some(other) if other.scheme != Scheme::Unknown => self.scheme(name, scheme, other),
                _ => {
                    let text = format!("the security scheme `{name}` is gone");
                    self.state("api-security-component-removed", None, (Some(&at), None), text, "");
                }
            }
        }
        for (name, scheme) in
            new.iter().filter(|(name, own)| !old.contains_key(*name) && own.scheme != Scheme::Unknown)
        {
            let at = pointer(&scheme.location);
            let text = format!("the security scheme `{name}` is new");
            self.state("api-security-component-added", None, (None, Some(&at)), text, "");
        }
    }

    fn scheme(&mut self, name: &str, old: &SecurityScheme, new: &SecurityScheme) {
        let (was, is) = (pointer(&old.location), pointer(&new.location));
        let places = (Some(was.as_str()), Some(is.as_str()));
        if std::mem::discriminant(&old.scheme) != std::mem::discriminant(&new.scheme) {
            let text = format!("the security scheme `{name}` is of another type");
            let id = "api-security-component-type-changed".to_owned();
            self.state_at(
                Level::Warning,
                id,
                None,
                places,
                text,
                "the credentials that were taken are not asked for any more",
            );
            return;
        }
        match (&old.scheme, &new.scheme) {
            (Scheme::OAuth2 { flows }, Scheme::OAuth2 { flows: others }) => {
                self.flows(name, flows, others, places)
            }
            (one, other) if one != other => {
                let text = format!("the security scheme `{name}` wants its credentials elsewhere");
                let id = "api-security-component-place-changed".to_owned();
                self.state_at(
                    Level::Error,
                    id,
                    None,
                    places,
                    text,
                    "credentials where they were are not found any more",
                );
            }
            _ => {}
        }
    }

    fn flows(
        &mut self,
        name: &str,
        old: &[OAuthFlow],
        new: &[OAuthFlow],
        places: (Option<&str>, Option<&str>),
    ) {
        for flow in old {
            let Some(other) = new.iter().find(|other| other.kind == flow.kind) else {
                let text = format!("the flow `{}` of the security scheme `{name}` is gone", flow.kind.key());
                let id = "api-security-component-oauth-flow-removed".to_owned();
                self.state_at(Level::Error, id, None, places, text, "clients get their tokens by it");
                continue;
            };
            let mut state = |id: &str, text: String| self.state(id, None, places, text, "");
            if flow.authorization_url != other.authorization_url {
                state(
                    "api-security-component-oauth-url-changed",
                    format!("the security scheme `{name}` sends users elsewhere"),
                );
            }
            if flow.token_url != other.token_url {
                state(
                    "api-security-component-oauth-token-url-changed",
                    format!("the security scheme `{name}` has its tokens elsewhere"),
                );
            }
            for (scope, meaning) in &flow.scopes {
                match other.scopes.iter().find(|own| own.0 == *scope) {
                    None => state(
                        "api-security-component-oauth-scope-removed",
                        format!("the security scheme `{name}` no longer has the scope `{scope}`"),
                    ),
                    Some((_, now)) if now != meaning => {
                        state(
                            "api-security-component-oauth-scope-changed",
                            format!("the scope `{scope}` of `{name}` is described otherwise"),
                        );
                    }
                    Some(_) => {}
                }
            }
            for (scope, _) in other.scopes.iter().filter(|own| !flow.scopes.iter().any(|was| was.0 == own.0))
            {
                state(
                    "api-security-component-oauth-scope-added",
                    format!("the security scheme `{name}` has the scope `{scope}` now"),
                );
            }
        }
    }

    /// Compares what all operations need that do not say so themselves.
    pub(crate) fn global_security(&mut self) {
        let read = |json: &Value| requirements(json.get("security"));
        let (old, new) = (read(&self.base.api.json), read(&self.revision.api.json));
        self.requirements("api-global-security", &old, &new, (Some("/security"), Some("/security")));
    }

    /// Compares what two operations need, where one of them says so itself.
    pub(crate) fn own_security(&mut self, old: &Operation, new: &Operation, was: &str, is: &str) {
        let is_own =
            self.base.field(was, "security").is_some() || self.revision.field(is, "security").is_some();
        if is_own {
            self.requirements("api-security", &old.security, &new.security, (Some(was), Some(is)));
        }
    }

    fn requirements(
        &mut self,
        stem: &str,
        old: &[Requirement],
        new: &[Requirement],
        places: (Option<&str>, Option<&str>),
    ) {
        let nothing = [Requirement { schemes: Vec::new() }];
        let (was, is) = (
            if old.is_empty() { &nothing[..] } else { old },
            if new.is_empty() { &nothing[..] } else { new },
        );
        // What satisfied the base has to satisfy one alternative of the revision.
        let refused = was.iter().find(|had| !is.iter().any(|wants| satisfies(had, wants)));
        let reason = refused.map(|had| match had.schemes.is_empty() {
            true => "a request without credentials was taken".to_owned(),
            false => format!("a request with {} was taken", words(had)),
        });
        // Servers most often ask for credentials before the document says so.
        let level = if reason.is_some() { Level::Warning } else { Level::Info };
        let reason = reason.unwrap_or_default();
        let names = |list: &[Requirement]| {
            list.iter().filter(|own| !own.schemes.is_empty()).map(words_of_names).collect::<Vec<_>>()
        };
        let (had, has) = (names(old), names(new));
        for name in has.iter().filter(|name| !had.contains(name)) {
            let text = format!("the requirement {name} was added");
            // Another way in keeps nobody out, whatever else is gone.
            let level = if old.is_empty() { level } else { Level::Info };
            self.state_at(level, format!("{stem}-added"), None, places, text, reason.clone());
        }
        for name in had.iter().filter(|name| !has.contains(name)) {
            let level = if new.is_empty() { Level::Info } else { level };
            self.state_at(
                level,
                format!("{stem}-removed"),
                None,
                places,
                format!("the requirement {name} was removed"),
                reason.clone(),
            );
        }
        self.scopes(stem, old, new, (level, &reason), places);
        let had_nothing = old.iter().any(|own| own.schemes.is_empty());
        let has_nothing = new.is_empty() || new.iter().any(|own| own.schemes.is_empty());
        if had_nothing && !has_nothing {
            let text = "credentials are no longer optional".to_owned();
            self.state_at(level, format!("{stem}-became-required"), None, places, text, reason);
        }
    }

    fn scopes(
        &mut self,
        stem: &str,
        old: &[Requirement],
        new: &[Requirement],
        (level, reason): (Level, &str),
        places: (Option<&str>, Option<&str>),
    ) {
        let (old, new) = (schemes(old), schemes(new));
        for (scheme, had) in &old {
            let Some(has) = new.get(scheme) else { continue };
            for scope in has.iter().filter(|own| !had.contains(**own)) {
                let text = format!("the scope `{scope}` of `{scheme}` is asked for now");
                self.state_at(level, format!("{stem}-scope-added"), None, places, text, reason);
            }
            for scope in had.iter().filter(|own| !has.contains(**own)) {
                let text = format!("the scope `{scope}` of `{scheme}` is no longer asked for");
                self.state_at(Level::Info, format!("{stem}-scope-removed"), None, places, text, "");
            }
        }
    }

    /// Compares where the API is served.
    pub(crate) fn servers(&mut self) {
        self.server_list(
            &self.base.api.servers.clone(),
            &self.revision.api.servers.clone(),
            ("/servers", "/servers"),
        );
    }

    /// Compares where two operations are served, where one of them says so itself.
    pub(crate) fn own_servers(&mut self, old: &Operation, new: &Operation, was: &str, is: &str) {
        if old.servers.is_empty() && new.servers.is_empty() {
            return;
        }
        let or_all =
            |own: &[Server], all: &[Server]| if own.is_empty() { all.to_vec() } else { own.to_vec() };
        let (one, other) =
            (or_all(&old.servers, &self.base.api.servers), or_all(&new.servers, &self.revision.api.servers));
        self.server_list(&one, &other, (was, is));
    }

    fn server_list(&mut self, old: &[Server], new: &[Server], (was, is): (&str, &str)) {
        let url = |own: &Server| own.template.trim_end_matches('/').to_owned();
        let places = (Some(was), Some(is));
        for server in old.iter().filter(|one| !new.iter().any(|other| url(one) == url(other))) {
            let text = format!("the server `{}` is no longer listed", server.template);
            self.state_at(
                Level::Warning,
                "server-removed".to_owned(),
                None,
                places,
                text,
                "clients go there",
            );
        }
        for server in new.iter().filter(|one| !old.iter().any(|other| url(one) == url(other))) {
            let text = format!("the server `{}` is listed now", server.template);
            self.state_at(Level::Info, "server-added".to_owned(), None, places, text, "");
        }
    }
}

/// Returns the scopes that any alternative asks for, by scheme.
fn schemes(list: &[Requirement]) -> IndexMap<&str, IndexSet<&str>> {
    let mut all: IndexMap<&str, IndexSet<&str>> = IndexMap::new();
    for (name, scopes) in list.iter().flat_map(|own| &own.schemes) {
        all.entry(name).or_default().extend(scopes.iter().map(String::as_str));
    }
    all
}

/// Returns true if credentials for the first are enough for the second.
fn satisfies(had: &Requirement, wants: &Requirement) -> bool {
    wants.schemes.iter().all(|(name, scopes)| {
        had.schemes.iter().any(|(own, has)| own == name && scopes.iter().all(|scope| has.contains(scope)))
    })
}

fn requirements(list: Option<&Value>) -> Vec<Requirement> {
    let read = |own: &Value| {
        let schemes = own.as_object()?.iter().map(|(name, scopes)| {
            let scopes = scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
            (name.clone(), scopes.collect())
        });
        Some(Requirement { schemes: schemes.collect() })
    };
    list.and_then(Value::as_array).into_iter().flatten().filter_map(read).collect()
}

fn words(requirement: &Requirement) -> String {
    let word = |(name, scopes): &(String, Vec<String>)| match scopes.as_slice() {
        [] => format!("`{name}`"),
        scopes => format!("`{name}` ({})", scopes.join(", ")),
    };
    requirement.schemes.iter().map(word).collect::<Vec<_>>().join(" and ")
}

fn words_of_names(requirement: &Requirement) -> String {
    let mut names: Vec<String> = requirement.schemes.iter().map(|(name, _)| format!("`{name}`")).collect();
    names.sort();
    names.join(" and ")
}
