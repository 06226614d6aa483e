//! Values held against the JSON Schema of the model that they are to become.
//!
//! The schema is derived from the Rust type, so there is one source for both. What fits goes from the text straight into the
//! model; only where something does not fit is the text looked at as a value, and `jsonschema` finds all violations at once.
//! The only module of models that knows that validator. Must not know HTTP.

use crate::base64::is_base64;
use crate::decode::{Any, Twice};
use crate::pattern::{Matcher, translated};
use crate::reading::{Reading, reading};
pub use crate::step::Step;
use crate::{Check, json};
use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{Draft, Keyword, Registry, ValidationError};
use referencing::SPECIFICATIONS;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::{Map, Value};
use std::any::TypeId;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// Decodes a JSON text that must be all that the document asks for: what servers do.
///
/// # Errors
///
/// All violations.
pub fn from_slice<T>(text: &[u8]) -> Result<T, Vec<Violation>>
where
    T: JsonSchema + Check + 'static,
{
    let mut reader = serde_json::Deserializer::from_slice(text);
    if let Ok(model) = reading(Reading::Strict, || T::decode(&mut reader))
        && reader.end().is_ok()
        && model.fits()
    {
        return Ok(model);
    }
    let (value, duplicates) = parse(text).map_err(|violation| vec![violation])?;
    let mut violations = Checker::of::<T>().violations(&value);
    violations.extend(duplicates);
    decode(value, violations)
}

/// Decodes a JSON value that must be all that the document asks for.
///
/// # Errors
///
/// All violations.
pub fn from_value<T>(value: Value) -> Result<T, Vec<Violation>>
where
    T: JsonSchema + Check + 'static,
{
    let violations = Checker::of::<T>().violations(&value);
    decode(value, violations)
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

/// How values are judged, wherever they are: formats count (OpenAPI 3.1, 4.4), those of OpenAPI too, and patterns are those of
/// ECMA-262 (JSON Schema 2020-12 core, 6.4).
#[must_use]
pub fn options<'a>() -> jsonschema::ValidationOptions<'a> {
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
        Ok(Box::new(Pattern { matcher: Matcher::new(&text), text }))
    }
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true).with_retriever(Nowhere);
    let options = options.should_ignore_unknown_formats(true).with_keyword("pattern", pattern);
    options.with_format("byte", is_base64).with_format("decimal", is_decimal)
}

/// Makes a document ready for validators to refer to it by a name. What JSON Schema says of itself is there for it to refer to, and
/// nothing else: nothing is ever fetched.
///
/// # Errors
///
/// What the validator says of it.
pub fn registry<'a>(name: &str, mut document: Cow<'a, Value>) -> Result<(Registry<'a>, Patterns), String> {
    let mut patterns = Patterns::default();
    if Patterns::are_in(&document) {
        patterns = Patterns::tell(document.to_mut());
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

/// Whether a document refers to what JSON Schema says of itself.
fn has_metaschema(value: &Value) -> bool {
    const ADDRESSES: [&str; 2] = ["https://json-schema.org/draft/", "http://json-schema.org/draft-"];
    match value {
        Value::Array(items) => items.iter().any(has_metaschema),
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str).unwrap_or_default();
            ADDRESSES.iter().any(|address| reference.starts_with(address)) || members.values().any(has_metaschema)
        }
        _ => false,
    }
}

/// Refuses to fetch anything.
struct Nowhere;

impl jsonschema::Retrieve for Nowhere {
    fn retrieve(&self, uri: &jsonschema::Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("{uri} is outside of the document").into())
    }
}

/// Patterns of properties as the validator has to be told them: what it makes of them itself is not quite what ECMA-262 says.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    told: HashMap<String, String>,
    written: HashMap<String, String>,
}

impl Patterns {
    /// Whether a schema, or one within it, has properties by pattern.
    #[must_use]
    pub fn are_in(schema: &Value) -> bool {
        match schema {
            Value::Array(items) => items.iter().any(Self::are_in),
            Value::Object(members) => members.contains_key("patternProperties") || members.values().any(Self::are_in),
            _ => false,
        }
    }

    /// Writes the patterns of properties in a schema, and in all within it, as the validator has to be told them.
    pub fn tell(schema: &mut Value) -> Patterns {
        let mut patterns = Patterns::default();
        patterns.rewrite(schema, false);
        patterns
    }

    /// `is_named` says that the keys are names that somebody gave, and no keywords.
    fn rewrite(&mut self, schema: &mut Value, is_named: bool) {
        const DATA: [&str; 6] = ["const", "default", "enum", "example", "examples", "value"];
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
        match schema {
            Value::Array(items) => items.iter_mut().for_each(|item| self.rewrite(item, false)),
            Value::Object(members) => {
                for (key, member) in members.iter_mut().filter(|(key, _)| is_named || !DATA.contains(&key.as_str())) {
                    self.rewrite(member, !is_named && NAMES.contains(&key.as_str()));
                }
                if let Some(Value::Object(named)) = members.get_mut("patternProperties").filter(|_| !is_named) {
                    *named = std::mem::take(named).into_iter().map(|(name, member)| (self.name(name), member)).collect();
                }
            }
            _ => {}
        }
    }

    /// The name for a pattern, which no other has.
    fn name(&mut self, written: String) -> String {
        if let Some(told) = self.told.get(&written) {
            return told.clone();
        }
        let mut told = translated(&written).unwrap_or_else(|| written.clone());
        while self.written.contains_key(&told) {
            told = format!("(?:{told})");
        }
        self.written.insert(told.clone(), written.clone());
        self.told.insert(written, told.clone());
        told
    }

    /// Where the validator has what stands at a JSON pointer.
    #[must_use]
    pub fn told(&self, pointer: &str) -> String {
        moved(&self.told, pointer)
    }

    /// Where stands what the validator has at a JSON pointer.
    #[must_use]
    pub fn written(&self, pointer: &str) -> String {
        moved(&self.written, pointer)
    }
}

/// A pointer with other names of patterns.
fn moved(names: &HashMap<String, String>, pointer: &str) -> String {
    if names.is_empty() {
        return pointer.to_owned();
    }
    let mut is_pattern = false;
    let mut token = |token: &str| {
        let name = token.replace("~1", "/").replace("~0", "~");
        let moved = names.get(&name).filter(|_| is_pattern);
        is_pattern = token == "patternProperties";
        moved.map_or_else(|| token.to_owned(), |moved| moved.replace('~', "~0").replace('/', "~1"))
    };
    pointer.split('/').map(&mut token).collect::<Vec<_>>().join("/")
}

/// Patterns as models check them: in the meaning of ECMA-262.
struct Pattern {
    text: String,
    matcher: Option<Matcher>,
}

impl<'i> Keyword<'i> for Pattern {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        match self.is_valid(instance) {
            true => Ok(()),
            false => Err(ValidationError::custom(format!("the value does not match \"{}\"", self.text))),
        }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        let is_in = |matcher: &Matcher| instance.as_str().is_none_or(|text| matcher.is_in(text));
        self.matcher.as_ref().is_none_or(is_in)
    }
}

/// The validator of a schema that stands alone.
fn validator(schema: &Value) -> Option<(jsonschema::Validator, Patterns)> {
    const NAME: &str = "urn:model";
    let (registry, patterns) = registry(NAME, Cow::Borrowed(schema)).ok()?;
    let validator = options().with_registry(&registry).build(&serde_json::json!({ "$ref": NAME })).ok()?;
    Some((validator, patterns))
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
    patterns: Patterns,
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
        let (validator, patterns) = validator(&schema).unzip();
        let checker = Arc::new(Checker {
            #[cfg(feature = "server")]
            schema,
            validator,
            patterns: patterns.unwrap_or_default(),
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
            let schema = self.patterns.written(error.schema_path().as_str());
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

    fn is_valid(schema: Value, value: Value) -> bool {
        validator(&schema).expect("a validator").0.is_valid(&value)
    }

    #[test]
    fn patterns_are_those_of_ecma_262_wherever_they_stand() {
        let names = serde_json::json!({"patternProperties": {r"^\w$": {"type": "integer"}, r"^\b.\_$": true}, "additionalProperties": false});
        assert!(is_valid(names.clone(), serde_json::json!({"a": 1, "a_": "any"})));
        for (name, value) in [("é", 1), ("a\n", 1)] {
            assert!(!is_valid(names.clone(), serde_json::json!({name: value})), "{name:?}");
        }
        let (validator, patterns) = validator(&names).expect("a validator");
        let place = validator.iter_errors(&serde_json::json!({"a": "b"})).map(|error| error.schema_path().to_string()).next();
        let place = patterns.written(&place.expect("an error"));
        assert_eq!(place, r"/patternProperties/^\w$/type");
        assert_eq!(patterns.written(&patterns.told(&place)), place);
        // One that only JavaScript takes, and `$` at the very end only.
        assert!(is_valid(serde_json::json!({"pattern": r"^[\w\-]+\_{$"}), "a_{".into()));
        assert!(!is_valid(serde_json::json!({"pattern": "^a$"}), "a\n".into()));
    }

    #[test]
    fn what_json_schema_says_of_itself_is_there() {
        for address in ["https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema#"] {
            let schema = serde_json::json!({"properties": {"schema": {"$ref": address}}});
            assert!(is_valid(schema.clone(), serde_json::json!({"schema": {"minLength": 1}})), "{address}");
            assert!(
                !is_valid(schema.clone(), serde_json::json!({"schema": {"properties": {"a": {"minLength": -1}}}})),
                "{address}"
            );
        }
        assert!(validator(&serde_json::json!({"$ref": "https://example.com/schema"})).is_none());
    }

    #[test]
    fn formats_of_openapi_count() {
        assert!(is_format("decimal", "-12.50") && !is_format("decimal", "1e5") && !is_format("byte", "?"));
        assert!(is_format("email", "someone@example.com") && !is_format("email", "nobody"));
        assert!(is_format("a-format-of-ones-own", "anything"));
    }
}
