//! Security schemes of a document: one notion for clients, which write credentials, and servers, which look
//! for them.

/// A security scheme of the document: its name there, and where its credential goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecurityScheme {
    pub(crate) name: &'static str,
    pub(crate) place: CredentialPlace,
    pub(crate) scopes: &'static [&'static str],
}

/// Where a credential stands in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CredentialPlace {
    Header(&'static str),
    Query(&'static str),
    Cookie(&'static str),
    Authorization(&'static str),
    Connection,
}

impl SecurityScheme {
    const fn at(name: &'static str, place: CredentialPlace) -> Self {
        SecurityScheme { name, place, scopes: &[] }
    }

    /// Adds what an operation asks for: scopes of OAuth 2.0 or OpenID Connect, or roles.
    #[must_use]
    pub const fn scoped(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    /// Makes a scheme of a key in a header.
    pub const fn header(name: &'static str, header: &'static str) -> Self {
        SecurityScheme::at(name, CredentialPlace::Header(header))
    }

    /// Makes a scheme of a key in a query parameter.
    pub const fn query(name: &'static str, parameter: &'static str) -> Self {
        SecurityScheme::at(name, CredentialPlace::Query(parameter))
    }

    /// Makes a scheme of a key in a cookie.
    pub const fn cookie(name: &'static str, cookie: &'static str) -> Self {
        SecurityScheme::at(name, CredentialPlace::Cookie(cookie))
    }

    /// Makes a scheme that uses `Authorization`, with a scheme of HTTP authentication such as `Bearer`.
    pub const fn authorization(name: &'static str, scheme: &'static str) -> Self {
        SecurityScheme::at(name, CredentialPlace::Authorization(scheme))
    }

    /// Makes a scheme that the connection proves, such as a TLS client certificate: the request itself says
    /// nothing.
    pub const fn connection(name: &'static str) -> Self {
        SecurityScheme::at(name, CredentialPlace::Connection)
    }

    /// Returns the name of the scheme in the document.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the scopes or roles that an operation asks for.
    pub const fn scopes(&self) -> &'static [&'static str] {
        self.scopes
    }
}
