//! Makes validators of schemas: with `jsonschema`, in JSON Schema 2020-12.
//!
//! Knows what of that crate's behaviour is not what is meant here. Nothing is ever fetched. Must not know
//! what is made of its errors.

use crate::PropertyPatterns;
use crate::format::{is_base64, is_base64url, is_decimal};
use crate::pattern::Matcher;
use jsonschema::json::{Json, Node};
use jsonschema::paths::Location;
use jsonschema::{Draft, Keyword, Registry, Retrieve, ValidationError, Validator};
use referencing::SPECIFICATIONS;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// Returns why no validator can be made of a JSON Schema: what a server says of every value of a model with
/// such a schema is that it can't be checked. None where one can.
pub fn unusable(schema: &Value) -> Option<String> {
    let validator: Result<(Validator, PropertyPatterns), String> = validator(schema);
    validator.err()
}

/// Returns how values are judged, wherever they are: formats count (OpenAPI 3.1, 4.4), those of OpenAPI too,
/// and patterns are those of ECMA-262 (JSON Schema 2020-12 core, 6.4).
#[must_use]
pub fn options<'a>() -> jsonschema::ValidationOptions<'a> {
    options_for()
}

/// Returns the [`options`] for values in any representation.
#[must_use]
pub fn options_for<'a, F: Json>() -> jsonschema::ValidationOptions<'a, Arc<dyn Retrieve>, F> {
    fn pattern<'a, F: Json>(
        _: &'a Map<String, Value>,
        pattern: &'a Value,
        _: Location,
    ) -> Result<Box<dyn for<'i> Keyword<'i, F>>, ValidationError<'a>> {
        let text = pattern.as_str().unwrap_or_default().to_owned();
        Ok(Box::new(Pattern { matcher: Matcher::new(&text), text }))
    }
    let options = jsonschema::options_for::<F>()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .with_retriever(Nowhere);
    let options = options.should_ignore_unknown_formats(true).with_keyword("pattern", pattern);
    let options = options.with_format("byte", is_base64).with_format("base64url", is_base64url);
    options.with_format("decimal", is_decimal)
}

/// Makes a document ready for validators to refer to it by a name. What JSON Schema says of itself is there
/// for it to refer to, and nothing else: nothing is ever fetched.
///
/// # Errors
///
/// Returns the validator's message if the document is no valid resource.
pub fn registry<'a>(
    name: &str,
    mut document: Cow<'a, Value>,
) -> Result<(Registry<'a>, PropertyPatterns), String> {
    let mut patterns = PropertyPatterns::default();
    if PropertyPatterns::are_in(&document) {
        patterns = PropertyPatterns::tell(document.to_mut());
    }
    let draft = Draft::Draft202012;
    let none: [(&str, &Value); 0] = [];
    let known = if has_metaschema(&document) { SPECIFICATIONS.extend(none) } else { Ok(Registry::new()) };
    let builder = known.map_err(|error| error.to_string())?.draft(draft).retriever(Nowhere);
    let builder = match document {
        Cow::Borrowed(document) => builder.add(name, draft.create_resource_ref(document)),
        Cow::Owned(document) => builder.add(name, draft.create_resource(document)),
    };
    let registry = builder.and_then(|builder| builder.prepare()).map_err(|error| error.to_string())?;
    Ok((registry, patterns))
}

/// Returns true if a document refers to a metaschema of JSON Schema.
fn has_metaschema(value: &Value) -> bool {
    const ADDRESSES: [&str; 2] = ["https://json-schema.org/draft/", "http://json-schema.org/draft-"];
    match value {
        Value::Array(items) => items.iter().any(has_metaschema),
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str).unwrap_or_default();
            ADDRESSES.iter().any(|address| reference.starts_with(address))
                || members.values().any(has_metaschema)
        }
        _ => false,
    }
}

/// Refuses to fetch anything.
struct Nowhere;

impl Retrieve for Nowhere {
    fn retrieve(
        &self,
        uri: &jsonschema::Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("{uri} is outside of the document").into())
    }
}

/// Makes the validator of a schema that stands alone, for values in any representation; returns the patterns
/// that it has been told, too.
///
/// # Errors
///
/// Returns the validator's message if the schema can't be compiled.
pub fn validator<F: Json>(schema: &Value) -> Result<(Validator<F>, PropertyPatterns), String> {
    const NAME: &str = "urn:model";
    let said = |error: ValidationError<'_>| error.masked_with("this").to_string();
    if has_metaschema(schema) {
        let (registry, patterns) = registry(NAME, Cow::Borrowed(schema))?;
        let reference = serde_json::json!({ "$ref": NAME });
        let built = options_for::<F>().with_registry(&registry).build(&reference);
        return built.map(|validator| (validator, patterns)).map_err(said);
    }
    let mut told = Cow::Borrowed(schema);
    let patterns = if PropertyPatterns::are_in(schema) {
        PropertyPatterns::tell(told.to_mut())
    } else {
        PropertyPatterns::default()
    };
    options_for::<F>().build(&told).map(|validator| (validator, patterns)).map_err(said)
}

/// Patterns as models check them: in the meaning of ECMA-262.
struct Pattern {
    text: String,
    matcher: Option<Matcher>,
}

impl<'i, F: Json> Keyword<'i, F> for Pattern {
    fn validate(&self, instance: F::Node<'i>) -> Result<(), ValidationError<'i>> {
        match Keyword::<F>::is_valid(self, instance) {
            true => Ok(()),
            false => Err(ValidationError::custom(format!("the value does not match \"{}\"", self.text))),
        }
    }

    fn is_valid(&self, instance: F::Node<'i>) -> bool {
        let is_in = |matcher: &Matcher| instance.as_string().is_none_or(|text| matcher.is_in(&text));
        self.matcher.as_ref().is_none_or(is_in)
    }
}

#[cfg(test)]
mod tests {
    use super::{PropertyPatterns, validator};
    use jsonschema::Validator;
    use serde_json::Value;

    fn alone(schema: &Value) -> Result<(Validator, PropertyPatterns), String> {
        validator(schema)
    }

    fn is_valid(schema: Value, value: Value) -> bool {
        alone(&schema).expect("a validator").0.is_valid(&value)
    }

    #[test]
    fn patterns_are_those_of_ecma_262_wherever_they_stand() {
        let names = serde_json::json!({
            "patternProperties": {r"^\w$": {"type": "integer"}, r"^\b.\_$": true},
            "additionalProperties": false,
        });
        assert!(is_valid(names.clone(), serde_json::json!({"a": 1, "a_": "any"})));
        for (name, value) in [("é", 1), ("a\n", 1)] {
            assert!(!is_valid(names.clone(), serde_json::json!({name: value})), "{name:?}");
        }
        let (validator, patterns) = alone(&names).expect("a validator");
        let value = serde_json::json!({"a": "b"});
        let place = validator.iter_errors(&value).map(|error| error.schema_path().to_string()).next();
        let place = patterns.written(&place.expect("an error"));
        assert_eq!(place, r"/patternProperties/^\w$/type");
        assert_eq!(patterns.written(&patterns.told(&place)), place);
        // One that only JavaScript takes, and `$` at the very end only.
        assert!(is_valid(serde_json::json!({"pattern": r"^[\w\-]+\_{$"}), "a_{".into()));
        assert!(!is_valid(serde_json::json!({"pattern": "^a$"}), "a\n".into()));
    }

    #[test]
    fn what_json_schema_says_of_itself_is_there() {
        for address in
            ["https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema#"]
        {
            let schema = serde_json::json!({"properties": {"schema": {"$ref": address}}});
            assert!(is_valid(schema.clone(), serde_json::json!({"schema": {"minLength": 1}})), "{address}");
            assert!(
                !is_valid(
                    schema.clone(),
                    serde_json::json!({"schema": {"properties": {"a": {"minLength": -1}}}})
                ),
                "{address}"
            );
        }
        assert!(alone(&serde_json::json!({"$ref": "https://example.com/schema"})).is_err());
    }
}
