//! Who makes a request: a service says whose the credentials are that the document asks for.
//!
//! Knows alternatives of security schemes, and how those are refused that none lets in (RFC 9110, 15.5.2 and
//! 15.5.4). Must not know parameters or bodies: all of it is over before a body is read.

use super::credential::{Credential, challenge, find};
use super::failure::{Failure, ServiceError};
use super::problem::Problem;
use super::routed::OperationId;
use crate::security::{CredentialPlace, SecurityScheme};
use http::header::WWW_AUTHENTICATE;
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri};
use std::fmt;

/// Says who makes a request. A generated `Api` asks for it where its document asks for credentials, so a
/// service that looks at none does not compile.
///
/// ```
/// use spec_runtime::server::{Authenticate, AuthenticationAttempt, Denied};
///
/// struct Service {
///     key: String,
/// }
///
/// #[derive(Clone)]
/// struct Partner;
///
/// impl Authenticate for Service {
///     type Principal = Partner;
///
///     async fn authenticate(&self, attempt: &AuthenticationAttempt<'_>) -> Result<Partner, Denied> {
///         match attempt.credential("apiKey") {
///             Some(credential) if credential.verify(&self.key) => Ok(Partner),
///             _ => Err(Denied::Unauthorized),
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say who makes a request, but the document asks for credentials",
    label = "`Authenticate` is missing",
    note = "write `impl Authenticate for {Self}` (`spec_runtime::server::Authenticate`)"
)]
pub trait Authenticate: Send + Sync + 'static {
    /// Who makes a request, as handlers see it: `context.principal`.
    type Principal: Clone + Send + Sync + 'static;

    /// Says whose the credentials are, before the body is read. It is asked once for each alternative of the
    /// document whose credentials are all there, in the order of the document, until one is let in.
    fn authenticate(
        &self,
        attempt: &AuthenticationAttempt<'_>,
    ) -> impl Future<Output = Result<Self::Principal, Denied>> + Send;
}

/// The credentials of one alternative that a request brought as a whole, and what stands around them.
#[derive(Clone, Copy)]
pub struct AuthenticationAttempt<'a> {
    /// All credentials that the alternative asks for, with the scopes that it asks for.
    pub credentials: &'a [Credential],
    /// The operation.
    pub operation: OperationId,
    /// The method.
    pub method: &'a Method,
    /// The URI.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// Values that layers left: a certificate of the connection, a trace, ….
    pub extensions: &'a Extensions,
}

impl AuthenticationAttempt<'_> {
    /// Returns the credential for a security scheme, by its name in the document.
    pub fn credential(&self, scheme: &str) -> Option<&Credential> {
        self.credentials.iter().find(|credential| credential.scheme == scheme)
    }
}

impl fmt::Debug for AuthenticationAttempt<'_> {
    /// Writes neither headers nor query, which may hold keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticationAttempt")
            .field("operation", &self.operation)
            .field("credentials", &self.credentials)
            .field("method", &self.method)
            .field("path", &self.uri.path())
            .finish_non_exhaustive()
    }
}

/// Why credentials do not let a request in.
#[derive(Debug)]
pub enum Denied {
    /// They are nobody's, or out of date: 401, unless another alternative lets the request in. One that asks
    /// for nothing does not, unless all that was denied is the connection, which brings no credential of its
    /// own.
    Unauthorized,
    /// They are known, but may not do this, or lack scopes: 403, unless another alternative lets the request
    /// in.
    Forbidden,
    /// It can't be told, because a store of keys is down, say; or the answer is another one. The request is
    /// answered so at once, and no other alternative is tried.
    Failure(Failure),
}

impl From<Failure> for Denied {
    fn from(failure: Failure) -> Self {
        Denied::Failure(failure)
    }
}

impl<E: ServiceError> From<E> for Denied {
    fn from(error: E) -> Self {
        Denied::Failure(error.into())
    }
}

/// The security of an operation: alternatives, each with the schemes that it needs together.
pub(super) type Security = &'static [&'static [SecurityScheme]];

/// Finds out who makes a request, with the credentials that say so; none where nobody need say it, and nobody
/// does. Who brings a credential that is not good does not pass for nobody: they take themselves for someone.
///
/// # Errors
///
/// 401 with challenges where no alternative is there or known, 403 where one is known but not enough.
pub(super) async fn identify<A: Authenticate>(
    service: &A,
    operation: OperationId,
    security: Security,
    parts: &Parts,
) -> Result<Option<(A::Principal, Vec<Credential>)>, Problem> {
    let (mut is_unknown, mut is_forbidden, mut is_claimed) = (false, false, false);
    // An alternative that asks for nothing is the last resort.
    for schemes in security.iter().filter(|schemes| !schemes.is_empty()) {
        let found =
            schemes.iter().map(|scheme| find(scheme, parts)).collect::<Result<Option<Vec<_>>, _>>()?;
        let Some(credentials) = found else { continue };
        let attempt = AuthenticationAttempt {
            credentials: &credentials,
            operation,
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            extensions: &parts.extensions,
        };
        match service.authenticate(&attempt).await {
            Ok(principal) => return Ok(Some((principal, credentials))),
            Err(Denied::Unauthorized) => is_unknown = true,
            Err(Denied::Forbidden) => is_forbidden = true,
            Err(Denied::Failure(failure)) => return Err(failure.into()),
        }
        // A connection is always there, whether it proves anything or not.
        is_claimed |= schemes.iter().any(|scheme| !matches!(scheme.place, CredentialPlace::Connection));
    }
    if !is_claimed && security.iter().any(|schemes| schemes.is_empty()) {
        return Ok(None);
    }
    if is_forbidden {
        return Err(Problem::new(StatusCode::FORBIDDEN, "the credentials do not allow this"));
    }
    Err(unauthorized(security, is_unknown))
}

/// Makes the problem of a request without good credentials, with a challenge for each way to bring some.
pub(super) fn unauthorized(security: Security, is_unknown: bool) -> Problem {
    let (mut names, mut challenges): (Vec<&str>, Vec<HeaderValue>) = (Vec::new(), Vec::new());
    for scheme in security.iter().copied().flatten() {
        if !names.contains(&scheme.name) {
            names.push(scheme.name);
        }
        let challenge = challenge(scheme);
        if !challenges.contains(&challenge) {
            challenges.push(challenge);
        }
    }
    let detail = match is_unknown {
        true => "the credentials are not accepted".to_owned(),
        false => format!("credentials are missing: {}", names.join(", ")),
    };
    let problem = Problem::new(StatusCode::UNAUTHORIZED, detail);
    challenges
        .into_iter()
        .fold(problem, |problem, challenge| problem.with_header(WWW_AUTHENTICATE, challenge))
}
