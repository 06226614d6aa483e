//! Security: how a request proves itself, and what an operation asks for (OpenAPI 3.1, 4.8.27 to 4.8.30).
//!
//! Must not know how credentials are got or sent.

use super::ParameterIn;
use spec_document::Location;

/// A security scheme (OpenAPI 3.1, 4.8.27).
#[derive(Clone, Debug)]
pub struct SecurityScheme {
    /// Where it stands.
    pub location: Location,
    /// Its description.
    pub description: Option<String>,
    /// The kind of scheme, with its details.
    pub scheme: Scheme,
}

/// A kind of security scheme: the way in which a request proves itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// A key in a header, a query parameter or a cookie.
    ApiKey {
        /// Where it goes.
        place: ParameterIn,
        /// The name of the header, parameter or cookie.
        name: String,
    },
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Basic`.
    Basic,
    /// Another scheme of HTTP authentication, by its lower-case name.
    Http(String),
    /// OAuth 2.0 (RFC 6749): an access token as `Authorization: Bearer`.
    OAuth2 {
        /// Ways to a token, in the order of the document.
        flows: Vec<OAuthFlow>,
    },
    /// OpenID Connect: an access token as `Authorization: Bearer`.
    OpenIdConnect {
        /// The URL of the discovery document, if it is one.
        url: Option<String>,
    },
    /// TLS client certificates: nothing is added to the request.
    MutualTls,
    /// A scheme that the document names and does not declare: nothing is added to the request, and nothing is
    /// checked.
    Unknown,
}

impl Scheme {
    /// Returns the scheme of HTTP authentication in `Authorization`, where it is one that stands there.
    pub fn authorization(&self) -> Option<&str> {
        match self {
            Scheme::Bearer | Scheme::OAuth2 { .. } | Scheme::OpenIdConnect { .. } => Some("Bearer"),
            Scheme::Basic => Some("Basic"),
            Scheme::Http(name) => Some(name),
            Scheme::ApiKey { .. } | Scheme::MutualTls | Scheme::Unknown => None,
        }
    }
}

/// A way to an access token (OpenAPI 3.1, 4.8.29). URLs may be references within the server; what is missing,
/// or is no URL, is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthFlow {
    /// The grant of RFC 6749 or RFC 8628 that it uses.
    pub kind: OAuthFlowKind,
    /// Where a user is sent.
    pub authorization_url: Option<String>,
    /// Where a device asks for a code (RFC 8628).
    pub device_authorization_url: Option<String>,
    /// Where tokens are fetched.
    pub token_url: Option<String>,
    /// Where tokens are refreshed, if that is elsewhere.
    pub refresh_url: Option<String>,
    /// Scopes, and what they stand for.
    pub scopes: Vec<(String, String)>,
}

/// Ways to an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OAuthFlowKind {
    /// A token from the authorization endpoint.
    Implicit,
    /// The user's name and password.
    Password,
    /// The client's own id and secret.
    ClientCredentials,
    /// A code from the authorization endpoint.
    AuthorizationCode,
    /// A code that a user types in elsewhere (RFC 8628).
    DeviceAuthorization,
}

impl OAuthFlowKind {
    /// All flows, in the order of the specification.
    pub const ALL: [OAuthFlowKind; 5] = [
        OAuthFlowKind::Implicit,
        OAuthFlowKind::Password,
        OAuthFlowKind::ClientCredentials,
        OAuthFlowKind::AuthorizationCode,
        OAuthFlowKind::DeviceAuthorization,
    ];

    /// Returns the name of its field in a document.
    pub const fn key(self) -> &'static str {
        match self {
            OAuthFlowKind::Implicit => "implicit",
            OAuthFlowKind::Password => "password",
            OAuthFlowKind::ClientCredentials => "clientCredentials",
            OAuthFlowKind::AuthorizationCode => "authorizationCode",
            OAuthFlowKind::DeviceAuthorization => "deviceAuthorization",
        }
    }

    /// Returns the fields of the URLs that it must have (OpenAPI 3.1, 4.8.29.1; 3.2, 4.26.1).
    pub const fn urls(self) -> &'static [&'static str] {
        match self {
            OAuthFlowKind::Implicit => &["authorizationUrl"],
            OAuthFlowKind::Password | OAuthFlowKind::ClientCredentials => &["tokenUrl"],
            OAuthFlowKind::AuthorizationCode => &["authorizationUrl", "tokenUrl"],
            OAuthFlowKind::DeviceAuthorization => &["deviceAuthorizationUrl", "tokenUrl"],
        }
    }
}

/// One alternative of what a request needs: all of these schemes. An empty one means that nothing is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Names of security schemes, with scopes.
    pub schemes: Vec<(String, Vec<String>)>,
}
