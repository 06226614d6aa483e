//! Which keys of a document are keywords, and which are names that somebody gave.
//!
//! Knows the keywords of OpenAPI and JSON Schema under which no schema stands, or one for each name. Must not
//! know what any of them means.

/// Returns whether data stands under a keyword, in which nothing is a schema.
pub(crate) fn is_data(keyword: &str) -> bool {
    ["const", "default", "enum", "example", "examples", "value"].contains(&keyword)
}

/// Returns whether all keys under a keyword are names that somebody gave.
pub(crate) fn has_names(keyword: &str) -> bool {
    const NAMES: [&str; 16] = [
        "$defs",
        "callbacks",
        "content",
        "definitions",
        "dependentSchemas",
        "encoding",
        "headers",
        "mediaTypes",
        "parameters",
        "pathItems",
        "paths",
        "patternProperties",
        "properties",
        "requestBodies",
        "responses",
        "schemas",
    ];
    NAMES.contains(&keyword)
}
