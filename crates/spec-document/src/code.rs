//! The closed list of problems that diagnostics report.
//!
//! Knows their names and what they mean to users. Must not know the rules that are broken: each stage checks
//! its own.

use std::fmt::{self, Display};

/// Makes the type and its properties of one table, so that no code lacks any of them. The columns are
/// variant, name, whether it is allowable, and explanation.
macro_rules! codes {
    ($($variant:ident = $name:literal, $allowable:literal: $explanation:literal)*) => {
        /// The kind of problem that a diagnostic reports.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Code {
            $(#[doc = $explanation] $variant,)*
        }

        impl Code {
            /// The codes, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the name in kebab-case, as it is shown and as users may search for it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns the meaning in one or two sentences.
            pub fn explain(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }

            /// Returns whether users may allow errors of this code, because the rest of the document still
            /// means something.
            pub fn is_allowable(self) -> bool {
                match self { $(Self::$variant => $allowable,)* }
            }
        }
    };
}

codes! {
    InvalidJson = "invalid-json", false:
        "The text is not JSON as RFC 8259 defines it. \
         Comments, trailing commas and single quotes are not part of JSON."
    InvalidYaml = "invalid-yaml", false:
        "The text is not one YAML 1.2 document that JSON could express."
    DuplicateKey = "duplicate-key", false:
        "An object has the same key twice, so one of the values would be lost."
    LimitExceeded = "limit-exceeded", false:
        "The text nests too deeply, or its YAML aliases expand to too much."
    UnsupportedVersion = "unsupported-version", false:
        "The document declares a version of its format that is not supported."
    MissingField = "missing-field", true:
        "An object lacks a field that it must have."
    WrongType = "wrong-type", true:
        "A value has another JSON type than its place requires."
    InvalidValue = "invalid-value", true:
        "A value has the right type, but it is not one of those allowed in its place."
    UnresolvedReference = "unresolved-reference", true:
        "A reference names a place that does not exist."
    CircularReference = "circular-reference", true:
        "References lead back to where they started without ever reaching a value."
    ExternalReference = "external-reference", true:
        "A reference leads out of the document to where no file is read from. Nothing is ever fetched."
    UnreadableFile = "unreadable-file", true:
        "A file cannot be read."
    NothingSelected = "nothing-selected", false:
        "An action of an overlay selects nothing, so that it changes nothing."
    DuplicateOperationId = "duplicate-operation-id", false:
        "Two operations have the same operationId, but it must be unique in the document."
    MissingOperationId = "missing-operation-id", false:
        "An operation has no operationId, so its name is made from its method and path."
    PathParameterMissing = "path-parameter-missing", false:
        "A parameter is declared to be in the path, but the path template has no place for it."
    PathParameterUndeclared = "path-parameter-undeclared", false:
        "The path template has a placeholder that no parameter declares."
    DuplicateParameter = "duplicate-parameter", true:
        "Two parameters have the same name and the same location."
    NameCollision = "name-collision", false:
        "Two things get the same name in the generated code."
    InvalidName = "invalid-name", false:
        "A name pinned by an extension is not a Rust identifier."
    ExampleMismatch = "example-mismatch", false:
        "An example does not match its own schema."
    DefaultMismatch = "default-mismatch", false:
        "A default does not match its own schema."
    InvalidPattern = "invalid-pattern", true:
        "A pattern is not a regular expression that can be checked, or one that may take very long."
    SchemaConflict = "schema-conflict", true:
        "Parts of a schema contradict each other, so that no value could ever match."
    Unsupported = "unsupported", true:
        "The document uses a feature that is not supported. Generating without it would give a wrong result."
    EngineFailed = "engine-failed", false:
        "The engine that generates the code refused its input."
    EnginePanicked = "engine-panicked", false:
        "The engine that generates the code crashed on its input. This is a bug in the engine."
    UnknownSetting = "unknown-setting", false:
        "The configuration has a setting that does not exist."
    InvalidSetting = "invalid-setting", false:
        "A setting of the configuration has a value that it cannot have."
    UnknownField = "unknown-field", false:
        "An object has a field that the format does not define; it is ignored. It may be a typing error."
    PaginationIgnored = "pagination-ignored", false:
        "What is said about the pages of a list can't be followed, so clients have only single pages of it."
    PaginationInferred = "pagination-inferred", false:
        "Clients page through a list because its operation looks as if it had pages, \
         though nothing declares it."
    PlainJson = "plain-json", false:
        "A model is any JSON that a validator takes, because no type of Rust says what its schema says."
}

impl Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Code;

    #[test]
    fn codes_have_unique_names_and_explanations() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let name = code.as_str();
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
            assert!(code.explain().ends_with('.'), "{name}");
        }
    }
}
