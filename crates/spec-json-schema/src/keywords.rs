//! Keywords under which no schema stands, or one for each name: those of OpenAPI and JSON Schema.
//!
//! Must not know what any of them means.

/// Returns true if data stands under a keyword, in which nothing is a schema.
#[must_use]
pub fn is_data(keyword: &str) -> bool {
    ["const", "default", "enum", "example", "examples", "mapping", "value"].contains(&keyword)
}

/// Returns true if all keys under a keyword are names that somebody gave.
#[must_use]
pub fn has_names(keyword: &str) -> bool {
    const NAMES: [&str; 18] = [
        "$defs",
        "callbacks",
        "content",
        "definitions",
        "dependentSchemas",
        "encoding",
        "headers",
        "links",
        "mediaTypes",
        "parameters",
        "pathItems",
        "paths",
        "patternProperties",
        "properties",
        "requestBodies",
        "responses",
        "schemas",
        "securitySchemes",
    ];
    NAMES.contains(&keyword)
}
