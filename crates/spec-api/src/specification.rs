//! The specification as data: its releases, and the fields of each object (OpenAPI 3.0.3, 4.7; 3.1, 4.8; 3.2,
//! 4).
//!
//! Knows names. Must not know what any of them means.

use crate::model::Version;

/// A release of the OpenAPI specification, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Release {
    V3_0,
    V3_1,
    V3_2,
}

impl Release {
    /// Returns the version whose rules hold for a document of this release.
    pub(crate) fn version(self) -> Version {
        match self {
            Release::V3_0 => Version::V3_0,
            Release::V3_1 | Release::V3_2 => Version::V3_1,
        }
    }
}

/// The fields of an object; extensions, which begin with `x-`, are no part of it.
pub(crate) struct Fields {
    /// Fields that every release may have, in the order in which messages name them.
    pub(crate) names: &'static [&'static str],
    /// Fields that OpenAPI 3.2 adds.
    pub(crate) since_3_2: &'static [&'static str],
}

impl Fields {
    /// Returns whether an object has a field in a release.
    pub(crate) fn contains(&self, key: &str, release: Release) -> bool {
        self.names.contains(&key) || (release >= Release::V3_2 && self.since_3_2.contains(&key))
    }
}

pub(crate) const OPENAPI: Fields = Fields {
    names: &[
        "openapi",
        "info",
        "jsonSchemaDialect",
        "servers",
        "paths",
        "webhooks",
        "components",
        "security",
        "tags",
        "externalDocs",
    ],
    since_3_2: &["$self"],
};

pub(crate) const INFO: Fields = Fields {
    names: &["title", "summary", "description", "termsOfService", "contact", "license", "version"],
    since_3_2: &[],
};

pub(crate) const SERVER: Fields =
    Fields { names: &["url", "description", "variables"], since_3_2: &["name"] };

pub(crate) const SERVER_VARIABLE: Fields =
    Fields { names: &["enum", "default", "description"], since_3_2: &[] };

pub(crate) const TAG: Fields =
    Fields { names: &["name", "description", "externalDocs"], since_3_2: &["summary", "parent", "kind"] };

pub(crate) const COMPONENTS: Fields = Fields {
    names: &[
        "schemas",
        "responses",
        "parameters",
        "examples",
        "requestBodies",
        "headers",
        "securitySchemes",
        "links",
        "callbacks",
        "pathItems",
    ],
    since_3_2: &["mediaTypes"],
};

pub(crate) const SECURITY_SCHEME: Fields = Fields {
    names: &["type", "description", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"],
    since_3_2: &["oauth2MetadataUrl", "deprecated"],
};

pub(crate) const OAUTH_FLOWS: Fields = Fields {
    names: &["implicit", "password", "clientCredentials", "authorizationCode"],
    since_3_2: &["deviceAuthorization"],
};

pub(crate) const OAUTH_FLOW: Fields = Fields {
    names: &["authorizationUrl", "tokenUrl", "refreshUrl", "scopes"],
    since_3_2: &["deviceAuthorizationUrl"],
};

pub(crate) const PATH_ITEM: Fields = Fields {
    names: &[
        "$ref",
        "summary",
        "description",
        "servers",
        "parameters",
        "get",
        "put",
        "post",
        "delete",
        "options",
        "head",
        "patch",
        "trace",
    ],
    since_3_2: &["query", "additionalOperations"],
};

pub(crate) const OPERATION: Fields = Fields {
    names: &[
        "tags",
        "summary",
        "description",
        "externalDocs",
        "operationId",
        "parameters",
        "requestBody",
        "responses",
        "callbacks",
        "deprecated",
        "security",
        "servers",
    ],
    since_3_2: &[],
};

pub(crate) const PARAMETER: Fields = Fields {
    names: &[
        "name",
        "in",
        "description",
        "required",
        "deprecated",
        "allowEmptyValue",
        "style",
        "explode",
        "allowReserved",
        "schema",
        "example",
        "examples",
        "content",
    ],
    since_3_2: &[],
};

pub(crate) const HEADER: Fields = Fields {
    names: &[
        "description",
        "required",
        "deprecated",
        "allowEmptyValue",
        "style",
        "explode",
        "allowReserved",
        "schema",
        "example",
        "examples",
        "content",
    ],
    since_3_2: &[],
};

pub(crate) const REQUEST_BODY: Fields =
    Fields { names: &["description", "content", "required"], since_3_2: &[] };

pub(crate) const MEDIA_TYPE: Fields = Fields {
    names: &["schema", "example", "examples", "encoding"],
    since_3_2: &["itemSchema", "prefixEncoding", "itemEncoding"],
};

pub(crate) const ENCODING: Fields = Fields {
    names: &["contentType", "headers", "style", "explode", "allowReserved"],
    since_3_2: &["encoding", "prefixEncoding", "itemEncoding"],
};

pub(crate) const RESPONSE: Fields =
    Fields { names: &["description", "headers", "content", "links"], since_3_2: &["summary"] };

pub(crate) const EXAMPLE: Fields = Fields {
    names: &["summary", "description", "value", "externalValue"],
    since_3_2: &["dataValue", "serializedValue"],
};
