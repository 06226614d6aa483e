//! Values held against the JSON Schema of the model that they are to become.
//!
//! The schema is derived from the Rust type, so there is one source for both; `jsonschema` finds all violations at once.

use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::LocationSegment;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;
use std::any::TypeId;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// One thing in a request that does not fit the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Where: the part of the request (`body`, `path`, `query`, …), then names and positions.
    pub loc: Vec<Step>,
    /// What is wrong, in a sentence that never repeats the value.
    pub msg: String,
    /// The kind of violation: `missing`, or the keyword of JSON Schema that says so.
    #[serde(rename = "type")]
    pub kind: String,
}

/// One step of the way to a violation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Step {
    /// The part of a request, or a property of an object.
    Name(String),
    /// A position in a list.
    Index(usize),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Name(name) => f.write_str(name),
            Step::Index(index) => write!(f, "{index}"),
        }
    }
}

impl From<&str> for Step {
    fn from(name: &str) -> Self {
        Step::Name(name.to_owned())
    }
}

impl Violation {
    pub(crate) fn new(loc: Vec<Step>, msg: impl Into<String>, kind: &str) -> Self {
        Violation { loc, msg: msg.into(), kind: kind.to_owned() }
    }

    /// The place within its part of the request, as a JSON pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        let token = |step: &Step| match step {
            Step::Name(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => format!("/{index}"),
        };
        self.loc.iter().skip(1).map(token).collect()
    }
}

/// The schema of a type, ready to be held against values.
pub(crate) struct Checker {
    pub(crate) schema: Value,
    validator: Option<jsonschema::Validator>,
}

impl Checker {
    /// The checker of a type; made once.
    pub(crate) fn of<T: JsonSchema + 'static>() -> Arc<Checker> {
        static CHECKERS: LazyLock<RwLock<HashMap<TypeId, Arc<Checker>>>> = LazyLock::new(RwLock::default);
        let id = TypeId::of::<T>();
        if let Some(checker) = CHECKERS.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Arc::clone(checker);
        }
        let generator = SchemaSettings::draft2020_12().into_generator();
        let schema = generator.into_root_schema_for::<T>().to_value();
        // A pattern that no engine takes leaves the check to the decoding; generating the code has warned of it.
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).ok();
        let checker = Arc::new(Checker { schema, validator });
        CHECKERS.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&checker));
        checker
    }

    /// Everything in `value` that does not fit, with its steps from the root of the value.
    pub(crate) fn violations(&self, value: &Value) -> Vec<Violation> {
        let Some(validator) = &self.validator else { return Vec::new() };
        let mut violations = Vec::new();
        for error in validator.iter_errors(value) {
            let loc: Vec<Step> = error
                .instance_path()
                .iter()
                .map(|segment| match segment {
                    LocationSegment::Property(name) => Step::Name(name.to_string()),
                    LocationSegment::Index(index) => Step::Index(index),
                })
                .collect();
            let below = |name: &str| {
                let mut loc = loc.clone();
                loc.push(name.into());
                loc
            };
            match error.kind() {
                ValidationErrorKind::Required { property } => {
                    violations.push(Violation::new(below(property.as_str().unwrap_or_default()), "Field required", "missing"));
                }
                ValidationErrorKind::AdditionalProperties { unexpected }
                | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                    for name in unexpected {
                        violations.push(Violation::new(below(name), "Field not allowed", error.kind().keyword()));
                    }
                }
                ValidationErrorKind::Enum { options } => {
                    let options: Vec<String> = options.as_array().into_iter().flatten().map(Value::to_string).collect();
                    violations.push(Violation::new(loc, format!("the value must be one of {}", options.join(", ")), "enum"));
                }
                kind => violations.push(Violation::new(loc, error.masked_with("the value").to_string(), kind.keyword())),
            }
        }
        // Of a value of the wrong type nothing else is worth saying.
        let mistyped: Vec<Vec<Step>> = violations.iter().filter(|v| v.kind == "type").map(|v| v.loc.clone()).collect();
        violations.retain(|violation| violation.kind == "type" || !mistyped.contains(&violation.loc));
        violations
    }
}
