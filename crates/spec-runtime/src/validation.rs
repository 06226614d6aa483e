//! Values held against the JSON Schema of the model that they are to become.
//!
//! The schema is derived from the Rust type, so there is one source for both. What fits goes from the text straight into the
//! model; only where something does not fit is the text looked at as a value, and `jsonschema` finds all violations at once.
//! The only module of models that knows that validator. Must not know HTTP.

use crate::base64::is_base64;
use crate::check::regex;
use crate::decode::{Any, Twice};
use crate::reading::{Reading, is_request, reading};
pub use crate::step::Step;
use crate::{Check, json};
use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{Keyword, ValidationError};
use regress::Regex;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::{Map, Value};
use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// Decodes a JSON text that must be all that the document asks for, as a request: what servers do.
///
/// # Errors
///
/// All violations.
pub fn from_slice<T>(text: &[u8]) -> Result<T, Vec<Violation>>
where
    T: JsonSchema + Check + 'static,
{
    let mut reader = serde_json::Deserializer::from_slice(text);
    let model = reading(Reading::Request, || T::decode(&mut reader).ok().filter(Check::fits));
    if let Some(model) = model
        && reader.end().is_ok()
    {
        return Ok(model);
    }
    let (value, duplicates) = parse(text).map_err(|violation| vec![violation])?;
    let mut violations = Checker::of_requests::<T>().violations(&value);
    violations.extend(duplicates);
    decode(value, violations)
}

/// Decodes a JSON value that must be all that the document asks for, as a request.
///
/// # Errors
///
/// All violations.
pub fn from_value<T>(value: Value) -> Result<T, Vec<Violation>>
where
    T: JsonSchema + Check + 'static,
{
    let violations = Checker::of_requests::<T>().violations(&value);
    decode(value, violations)
}

/// The JSON Schema of a model where a request holds it.
pub fn request_schema<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    reading(Reading::Request, || generator.into_root_schema_for::<T>().to_value())
}

/// Everything in a model that is not what the document asks for: a response, say, that was decoded all the same.
pub fn violations<T: Serialize + JsonSchema + 'static>(model: &T) -> Vec<Violation> {
    match serde_json::to_value(model) {
        Ok(value) => Checker::of::<T>().violations(&value),
        Err(error) => vec![Violation::new(Vec::new(), error.to_string(), "encode")],
    }
}

/// Whether a model is what the document asks for, where only a validator can say.
pub fn fits<T: Serialize + JsonSchema + 'static>(model: &T) -> bool {
    let Ok(value) = serde_json::to_value(model) else { return false };
    Checker::of::<T>().validator.as_ref().is_some_and(|validator| validator.is_valid(&value))
}

/// Whether a text is of a format that JSON Schema 2020-12 or OpenAPI knows; any text is of one that they do not.
pub fn is_format(format: &'static str, text: &str) -> bool {
    type Validators = HashMap<&'static str, Option<Arc<jsonschema::Validator>>>;
    static KNOWN: LazyLock<RwLock<Validators>> = LazyLock::new(RwLock::default);
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(format).cloned();
    let validator = known.unwrap_or_else(|| {
        let validator = options().build(&serde_json::json!({ "format": format })).ok().map(Arc::new);
        KNOWN.write().unwrap_or_else(PoisonError::into_inner).insert(format, validator.clone());
        validator
    });
    validator.is_none_or(|validator| validator.is_valid(&Value::from(text)))
}

/// How values are judged: formats count (OpenAPI 3.1, 4.4), those of OpenAPI too.
fn options() -> jsonschema::ValidationOptions<'static> {
    let is_decimal = |text: &str| {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        all(whole) && all(fraction)
    };
    fn pattern<'a>(
        _: &'a Map<String, Value>,
        pattern: &'a Value,
        _: Location,
    ) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
        let text = pattern.as_str().unwrap_or_default().to_owned();
        Ok(Box::new(Pattern { regex: regex(&text), text }))
    }
    let options = jsonschema::options().should_validate_formats(true).with_keyword("pattern", pattern);
    options.with_format("byte", is_base64).with_format("decimal", is_decimal)
}

/// Patterns as models check them: in the meaning of ECMA-262.
struct Pattern {
    text: String,
    regex: Option<Regex>,
}

impl<'i> Keyword<'i> for Pattern {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        match self.is_valid(instance) {
            true => Ok(()),
            false => Err(ValidationError::custom(format!("the value does not match {:?}", self.text))),
        }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        let is_in = |regex: &Regex| instance.as_str().is_none_or(|text| regex.find(text).is_some());
        self.regex.as_ref().is_none_or(is_in)
    }
}

/// Decodes a value, unless there are violations.
pub(crate) fn decode<T: DeserializeOwned>(value: Value, mut violations: Vec<Violation>) -> Result<T, Vec<Violation>> {
    if violations.is_empty() {
        match json::from_value(value) {
            Ok(model) => return Ok(model),
            Err(error) => {
                // The schema allows what the type can't hold: an integer beyond 64 bits, say.
                let steps = error.pointer.split('/').skip(1).map(step).collect();
                violations.push(Violation::new(steps, error.message, "decode"));
            }
        }
    }
    Err(violations)
}

fn step(token: &str) -> Step {
    match token.parse() {
        Ok(index) => Step::Index(index),
        Err(_) => Step::Name(token.replace("~1", "/").replace("~0", "~")),
    }
}

/// The value that a text is, and the names in it that come twice in an object.
fn parse(text: &[u8]) -> Result<(Value, Vec<Violation>), Violation> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let mut twice = Twice::default();
    let value = Any(Some(&mut twice)).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    let violation = |path| Violation::new(path, "the name comes twice in its object", "duplicate");
    value.map(|value| (value, twice.found.into_iter().map(violation).collect())).map_err(|error| {
        let message = match std::str::from_utf8(text) {
            Ok(_) => format!("the body is not JSON: {error}"),
            Err(_) => "the body is not UTF-8".to_owned(),
        };
        Violation::new(Vec::new(), message, "json_invalid")
    })
}

/// One thing in a value that does not fit the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Where: names and positions; in a request, after the part of it (`body`, `path`, `query`, …).
    pub loc: Vec<Step>,
    /// What is wrong, in a sentence that never repeats the value.
    pub msg: String,
    /// The kind of violation: `missing`, or the keyword of JSON Schema that says so.
    #[serde(rename = "type")]
    pub kind: String,
    /// What says so: a JSON pointer (RFC 6901) into the JSON Schema of the model. Empty where no schema does.
    #[serde(skip)]
    pub schema: String,
}

impl Violation {
    pub(crate) fn new(loc: Vec<Step>, msg: impl Into<String>, kind: &str) -> Self {
        Violation { loc, msg: msg.into(), kind: kind.to_owned(), schema: String::new() }
    }

    /// The place as a JSON pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        pointer(&self.loc)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.loc.is_empty() {
            true => f.write_str(&self.msg),
            false => write!(f, "at {}: {}", self.pointer(), self.msg),
        }
    }
}

/// Steps as a JSON pointer (RFC 6901).
pub(crate) fn pointer(steps: &[Step]) -> String {
    let token = |step: &Step| match step {
        Step::Name(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        Step::Index(index) => format!("/{index}"),
    };
    steps.iter().map(token).collect()
}

/// The schema of a type, ready to be held against values.
pub(crate) struct Checker {
    #[cfg(feature = "server")]
    pub(crate) schema: Value,
    validator: Option<jsonschema::Validator>,
}

impl Checker {
    /// The checker of a type where a request holds it; made once.
    pub(crate) fn of_requests<T: JsonSchema + 'static>() -> Arc<Checker> {
        reading(Reading::Request, Checker::of::<T>)
    }

    /// The checker of a type, as this thread reads; made once.
    pub(crate) fn of<T: JsonSchema + 'static>() -> Arc<Checker> {
        type Checkers = HashMap<(TypeId, bool), Arc<Checker>>;
        static CHECKERS: LazyLock<RwLock<Checkers>> = LazyLock::new(RwLock::default);
        let id = (TypeId::of::<T>(), is_request());
        if let Some(checker) = CHECKERS.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Arc::clone(checker);
        }
        let generator = SchemaSettings::draft2020_12().into_generator();
        let schema = generator.into_root_schema_for::<T>().to_value();
        let validator = options().build(&schema).ok();
        let checker = Arc::new(Checker {
            #[cfg(feature = "server")]
            schema,
            validator,
        });
        CHECKERS.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&checker));
        checker
    }

    /// Everything in `value` that does not fit, with its steps from the root of the value.
    pub(crate) fn violations(&self, value: &Value) -> Vec<Violation> {
        let Some(validator) = &self.validator else {
            // What nobody can judge is not let through.
            return vec![Violation::new(Vec::new(), "the document asks for what can't be checked", "schema")];
        };
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
            let schema = error.schema_path().to_string();
            let mut add = |loc, msg: String, kind: &str| {
                violations.push(Violation { schema: schema.clone(), ..Violation::new(loc, msg, kind) });
            };
            match error.kind() {
                ValidationErrorKind::Required { property } => {
                    add(below(property.as_str().unwrap_or_default()), "Field required".to_owned(), "missing");
                }
                ValidationErrorKind::AdditionalProperties { unexpected }
                | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                    for name in unexpected {
                        add(below(name), "Field not allowed".to_owned(), error.kind().keyword());
                    }
                }
                ValidationErrorKind::Enum { options } => {
                    let options: Vec<String> = options.as_array().into_iter().flatten().map(Value::to_string).collect();
                    add(loc, format!("the value must be one of {}", options.join(", ")), "enum");
                }
                kind => add(loc, error.masked_with("the value").to_string(), kind.keyword()),
            }
        }
        // Of a value of the wrong type nothing else is worth saying.
        let mistyped: HashSet<Vec<Step>> = violations.iter().filter(|v| v.kind == "type").map(|v| v.loc.clone()).collect();
        violations.retain(|violation| violation.kind == "type" || !mistyped.contains(&violation.loc));
        violations
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Extra, Field};

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    enum Mode {
        Voice,
        Unlisted(String),
    }
    crate::enumeration!(Mode: text { Voice = "voice" });

    #[derive(Clone, Debug, PartialEq)]
    struct Call {
        id: i64,
        mode: Mode,
        tries: Option<i64>,
        note: Field<String>,
        extra: Extra,
    }
    crate::object!(Call {
        id: required i64,
        mode: required Mode,
        tries: optional i64 {"minimum": 1, "multipleOf": 2},
        note: field String {"minLength": 2},
    } open extra);
    impl Check for Call {
        fn fits(&self) -> bool {
            self.mode.fits()
                && self.tries.is_none_or(|tries| tries >= 1 && tries % 2 == 0)
                && self.note.value().is_none_or(|note| crate::check::has_length(note, 2, usize::MAX))
        }
    }

    /// What is said of a text: each place, what of the schema says so, and the sentence.
    fn said(text: &str) -> Vec<(String, String, String)> {
        let violations = from_slice::<Vec<Call>>(text.as_bytes()).unwrap_err();
        violations.into_iter().map(|violation| (violation.pointer(), violation.schema, violation.msg)).collect()
    }

    fn one(place: &str, schema: &str, message: &str) -> (String, String, String) {
        (place.to_owned(), schema.to_owned(), message.to_owned())
    }

    #[test]
    fn what_fits_is_decoded() {
        let call = Call { id: 1, mode: Mode::Voice, tries: Some(2), note: Field::Null, extra: Extra::from([("x", 1)]) };
        let text = br#"[{"id": 1.0, "mode": "voice", "tries": 2, "note": null, "x": 1}]"#;
        assert_eq!(from_slice::<Vec<Call>>(text).unwrap(), vec![call]);
    }

    #[test]
    fn everything_that_does_not_fit_is_said() {
        let all = said(r#"[{"mode": "fax", "tries": -1, "note": "x", "tries": -1}, 7]"#);
        let expected = [
            one("/0/mode", "/$defs/Mode/enum", "the value must be one of \"voice\""),
            one("/0/tries", "/$defs/Call/properties/tries/minimum", "the value is less than the minimum of 1"),
            one("/0/tries", "/$defs/Call/properties/tries/multipleOf", "the value is not a multiple of 2"),
            one("/0/tries", "", "the name comes twice in its object"),
            one("/0/note", "/$defs/Call/properties/note/minLength", "the value is shorter than 2 characters"),
            one("/0/id", "/$defs/Call/required", "Field required"),
            one("/1", "/$defs/Call/type", "the value is not of type \"object\""),
        ];
        assert_eq!(all.len(), expected.len(), "{all:#?}");
        for violation in expected {
            assert!(all.contains(&violation), "{violation:?} in {all:#?}");
        }
    }

    #[test]
    fn what_a_type_can_not_hold_is_said() {
        let beyond = "9223372036854775808";
        let all = said(&format!(r#"[{{"id": {beyond}, "mode": "voice"}}]"#));
        assert_eq!((all.len(), all[0].0.as_str()), (1, "/0/id"), "{all:?}");
        let twice = said(r#"[{"id": 1, "mode": "voice", "x": {"y": 1, "y": 2}}]"#);
        assert_eq!(twice, [one("/0/x/y", "", "the name comes twice in its object")]);
        assert!(said("[")[0].2.starts_with("the body is not JSON: EOF"));
        let broken = from_slice::<Vec<Call>>(b"[\xff]").unwrap_err();
        assert_eq!((broken.len(), broken[0].msg.as_str()), (1, "the body is not UTF-8"));
    }

    #[test]
    fn what_was_decoded_all_the_same_can_be_asked_for() {
        let call: Call = crate::from_slice(br#"{"id": 1, "mode": "fax", "tries": 3}"#).unwrap();
        assert_eq!((&call.mode, call.fits()), (&Mode::Unlisted("fax".to_owned()), false));
        let all = violations(&call);
        let said: Vec<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(said, ["at /mode: the value must be one of \"voice\"", "at /tries: the value is not a multiple of 2"]);
    }

    #[derive(Debug, PartialEq)]
    struct Unjudged {
        extra: Extra,
    }
    crate::object!(Unjudged {} open extra, with {"patternProperties": {"(": true}});
    impl Check for Unjudged {
        fn fits(&self) -> bool {
            fits(self)
        }
    }

    #[test]
    fn what_nobody_can_judge_is_not_let_through() {
        let all = from_slice::<Unjudged>(b"{}").unwrap_err();
        assert_eq!(all[0].to_string(), "the document asks for what can't be checked");
        assert!(from_value::<Unjudged>(serde_json::json!({})).is_err());
        assert!(crate::from_slice::<Unjudged>(b"{}").is_ok_and(|model| !model.fits()));
    }

    #[test]
    fn formats_of_openapi_count() {
        assert!(is_format("decimal", "-12.50") && !is_format("decimal", "1e5") && !is_format("byte", "?"));
        assert!(is_format("email", "someone@example.com") && !is_format("email", "nobody"));
        assert!(is_format("a-format-of-ones-own", "anything"));
    }
}
