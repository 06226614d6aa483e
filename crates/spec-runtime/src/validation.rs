//! Values held against the JSON Schema of the model that they are to become.
//!
//! The schema is derived from the Rust type, so there is one source for both. What fits goes from the text
//! straight into the model; only where something does not fit is the text looked at as a value, and
//! `jsonschema` finds all violations at once, up to a bound. How that validator is made, `spec-json-schema`
//! knows. Must not know HTTP.

use crate::decode::{AnyJson, DuplicateKeys, out_of_range};
use crate::reading::{Reading, is_request, reading};
pub use crate::step::Step;
use crate::view::{Budget, Seen, View, is_late};
pub use crate::violation::Violation;
use crate::violation::{MOST, told};
use crate::{Validate, json, numbers};
#[cfg(feature = "server")]
use crate::{server::integers::Integers, texts::Schema, texts::Ways};
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::Location;
use jsonschema::{ValidationError, Validator};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::Value;
use spec_json_schema::format::bound_integers;
pub use spec_json_schema::format::is_format;
use spec_json_schema::{PropertyPatterns, validator::validator};
use std::any::TypeId;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// Decodes a JSON text that must be all that the document asks for, as a request: what servers do.
///
/// A mark of the order of bytes before it is passed over (RFC 8259, 8.1).
///
/// # Errors
///
/// All violations: of more than 32, the first of them, and one that says so.
pub fn from_slice<T>(text: &[u8]) -> Result<T, Vec<Violation>>
where
    T: JsonSchema + Validate + 'static,
{
    let text = json::unmarked(text);
    if let Some(model) = strictly(text) {
        return Ok(model);
    }
    let exact = numbers::exact(text);
    if let Some(model) = exact.as_deref().and_then(strictly) {
        return Ok(model);
    }
    let (value, duplicates) = parse(exact.as_deref().unwrap_or(text)).map_err(|violation| vec![violation])?;
    let mut violations = Checker::of_requests::<T>().violations(&value);
    violations.extend(duplicates);
    decode(value, told(violations, true))
}

/// Returns the model that a text is, if it is all that the document asks for.
fn strictly<T: Validate>(text: &[u8]) -> Option<T> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let model = reading(Reading::Request, || T::decode(&mut reader).ok().filter(Validate::is_valid))?;
    reader.end().is_ok().then_some(model)
}

/// Decodes a JSON value that must be all that the document asks for, as a request.
///
/// # Errors
///
/// All violations: of more than 32, the first of them, and one that says so.
pub fn from_value<T>(value: Value) -> Result<T, Vec<Violation>>
where
    T: JsonSchema + Validate + 'static,
{
    let violations = Checker::of_requests::<T>().violations(&value);
    decode(value, violations)
}

/// Returns the JSON Schema of a model where a request holds it.
pub fn request_schema<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    reading(Reading::Request, || generator.into_root_schema_for::<T>().to_value())
}

/// Returns everything in a model that is not what the document asks for: a response, say, that was decoded
/// all the same. Of more than 32 violations, the first of them, and one that says so.
pub fn violations<T: Serialize + JsonSchema + 'static>(model: &T) -> Vec<Violation> {
    match serde_json::to_value(model) {
        Ok(value) => Checker::of::<T>().violations(&value),
        Err(error) => vec![Violation::new(Vec::new(), error.to_string(), "encode")],
    }
}

/// Returns true if a model is valid, where only a validator can say.
pub fn is_valid<T: Serialize + JsonSchema + 'static>(model: &T) -> bool {
    serde_json::to_value(model).is_ok_and(|value| Checker::of::<T>().takes(&value))
}

/// Decodes a value, unless there are violations.
pub(crate) fn decode<T: DeserializeOwned>(
    value: Value,
    mut violations: Vec<Violation>,
) -> Result<T, Vec<Violation>> {
    if violations.is_empty() {
        match json::decode(value) {
            Ok(model) => return Ok(model),
            // The schema allows what the type can't hold: a moment beyond its calendar, say.
            Err((steps, message)) => violations.push(Violation::new(steps, expected(&message), "decode")),
        }
    }
    Err(violations)
}

/// Returns the message of an error of serde without the value, which it repeats.
fn expected(message: &str) -> Cow<'_, str> {
    let is_echo = message.starts_with("invalid ");
    match message.split_once(", expected ").filter(|_| is_echo) {
        // Of those that are no model's: `i64`, as serde calls them.
        Some((_, name)) => Cow::Owned(out_of_range(name).unwrap_or_else(|| format!("expected {name}"))),
        None if is_echo => Cow::Borrowed("the value can't be read"),
        None => Cow::Borrowed(message),
    }
}

/// Returns the value that a text is, and the names in it that come twice in an object.
fn parse(text: &[u8]) -> Result<(Value, Vec<Violation>), Violation> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let mut twice = DuplicateKeys::within(MOST + 1);
    let value =
        AnyJson(Some(&mut twice)).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    let violation = |path| Violation::new(path, "the name comes twice in its object", "duplicate");
    value.map(|value| (value, twice.found.into_iter().map(violation).collect())).map_err(|error| {
        let said = error.to_string();
        let (message, kind) = match std::str::from_utf8(text) {
            Err(_) => ("the body is not UTF-8".to_owned(), "json_invalid"),
            // JSON, but none that anybody can hold (RFC 8259, 6).
            Ok(_) if said.starts_with(json::OUT_OF_RANGE) => {
                (format!("a {said}: at most 1.7976931348623157e308"), "maximum")
            }
            Ok(_) => (format!("the body is not JSON: {said}"), "json_invalid"),
        };
        Violation::new(Vec::new(), message, kind)
    })
}

/// The schema of a type, ready to be held against values.
pub(crate) struct Checker {
    #[cfg(feature = "server")]
    pub(crate) schema: &'static Value,
    /// The ways to read the properties of an object from texts.
    #[cfg(feature = "server")]
    properties: HashMap<&'static str, Ways<'static>>,
    /// The integers that an object has, if it has nothing else.
    #[cfg(feature = "server")]
    pub(crate) integers: Option<Integers>,
    validator: Option<(Validator<View>, PropertyPatterns)>,
}

impl Checker {
    /// Returns the checker of a type where a request holds it; made once.
    pub(crate) fn of_requests<T: JsonSchema + 'static>() -> Arc<Checker> {
        reading(Reading::Request, Checker::of::<T>)
    }

    /// Returns the checker of a type, as this thread reads; made once.
    pub(crate) fn of<T: JsonSchema + 'static>() -> Arc<Checker> {
        type Checkers = HashMap<(TypeId, bool), Arc<Checker>>;
        static CHECKERS: LazyLock<RwLock<Checkers>> = LazyLock::new(RwLock::default);
        let id = (TypeId::of::<T>(), is_request());
        if let Some(checker) = CHECKERS.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Arc::clone(checker);
        }
        let generator = SchemaSettings::draft2020_12().into_generator();
        let mut schema = generator.into_root_schema_for::<T>().to_value();
        bound_integers(&mut schema);
        let validator = validator(&schema).ok();
        // It is made once, and kept as long as the process lives.
        #[cfg(feature = "server")]
        let schema: &'static Value = Box::leak(Box::new(schema));
        let checker = Arc::new(Checker {
            #[cfg(feature = "server")]
            schema,
            #[cfg(feature = "server")]
            properties: Ways::of_properties(schema),
            #[cfg(feature = "server")]
            integers: Integers::of(schema),
            validator,
        });
        CHECKERS.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&checker));
        checker
    }

    /// Returns the schema of a property, for texts to be read by.
    #[cfg(feature = "server")]
    pub(crate) fn property(&self, name: &str) -> Schema<'_> {
        Schema::known(self.schema, self.properties.get(name))
    }

    /// Returns true if a value has no violations.
    pub(crate) fn takes(&self, value: &Value) -> bool {
        self.validator.as_ref().is_some_and(|(validator, _)| validator.is_valid(Seen::whole(value)))
    }

    /// Returns the violations of a value, with their steps from its root: all, or as many as are told.
    pub(crate) fn violations(&self, value: &Value) -> Vec<Violation> {
        let Some((validator, patterns)) = &self.validator else {
            // What nobody can judge is not let through.
            return vec![Violation::new(Vec::new(), "the document asks for what can't be checked", "schema")];
        };
        let budget = Budget::new();
        let mut errors = validator.iter_errors(Seen::within(&budget, value)).peekable();
        let mut violations = Vec::new();
        let mut are_all = true;
        while let Some(error) = errors.next() {
            // When the budget was spent within an error, that is one; what comes after it need not be.
            are_all &= !is_late(error.instance());
            if !are_all && !violations.is_empty() {
                break;
            }
            say(&error, value, &mut violations);
            if violations.len() > MOST || !are_all {
                are_all &= errors.peek().is_none();
                break;
            }
        }
        violations.iter_mut().for_each(|violation| violation.schema = patterns.written(&violation.schema));
        // Of a value of the wrong type nothing else is worth saying.
        let mistyped: HashSet<Vec<Step>> =
            violations.iter().filter(|v| v.kind == "type").map(|v| v.loc.clone()).collect();
        violations.retain(|violation| violation.kind == "type" || !mistyped.contains(&violation.loc));
        told(violations, are_all)
    }
}

/// Returns the steps of a location in a value, which alone knows a position from a name that looks like one.
fn steps(location: &Location, value: &Value) -> Vec<Step> {
    let mut at = Some(value);
    let step = |token: &str| {
        let name = token.replace("~1", "/").replace("~0", "~");
        if let (Some(Value::Array(items)), Ok(index)) = (at, token.parse::<usize>()) {
            at = items.get(index);
            return Step::Index(index);
        }
        at = at.and_then(|value| value.get(&name));
        Step::Name(name)
    };
    location.as_str().split('/').skip(1).map(step).collect()
}

/// Adds what an error says. Where nothing in a choice fits, that is what is wrong with the one that was
/// meant, if that is clear.
fn say(error: &ValidationError<'_>, value: &Value, violations: &mut Vec<Violation>) {
    let loc = steps(error.instance_path(), value);
    let schema = error.schema_path().to_string();
    let mut add = |loc, msg: String, kind: &str| {
        violations.push(Violation { schema: schema.clone(), ..Violation::new(loc, msg, kind) })
    };
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            add(below(&loc, property.as_str().unwrap_or_default()), "Field required".to_owned(), "missing");
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            for name in unexpected.iter().take(MOST + 1) {
                add(below(&loc, name), "Field not allowed".to_owned(), error.kind().keyword());
            }
        }
        ValidationErrorKind::Enum { options } => {
            add(loc, format!("the value must be one of {}", listed(options)), "enum")
        }
        ValidationErrorKind::PropertyNames { error } => {
            add(
                loc,
                format!("a name in it does not fit: {}", error.masked_with("the name")),
                "propertyNames",
            );
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            match intended_branch(error, context) {
                IntendedBranch::One(errors) => {
                    let mut late = errors.iter().enumerate().filter(|(_, error)| is_late(error.instance()));
                    let certain = late.next().map_or(errors.len(), |(first, _)| first.max(1));
                    errors.iter().take(certain.min(MOST + 1)).for_each(|error| say(error, value, violations));
                }
                IntendedBranch::None(types) => add(loc, format!("the value is not of type {types}"), "type"),
                IntendedBranch::Unclear => add(
                    loc,
                    format!("the value is none of the {} that it may be", context.len()),
                    error.kind().keyword(),
                ),
            }
        }
        kind => add(loc, error.masked_with("the value").to_string(), kind.keyword()),
    }
}

fn below(loc: &[Step], name: &str) -> Vec<Step> {
    loc.iter().cloned().chain([name.into()]).collect()
}

/// Number of bytes of options that are listed.
const OPTIONS: usize = 256;

/// Writes options in words: as many as anybody reads.
fn listed(options: &Value) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut text = String::new();
    for (index, option) in options.iter().enumerate() {
        let option = option.to_string();
        if index > 0 && text.len() + option.len() > OPTIONS {
            return format!("{text} and {} more", options.len() - index);
        }
        text.push_str(if index == 0 { "" } else { ", " });
        text.push_str(&option);
    }
    text
}

/// The schema that was meant, of several, by a value that fits none of them.
enum IntendedBranch<'a> {
    /// The one that all this is wrong for.
    One(&'a [ValidationError<'static>]),
    /// None: it is not of any of these types.
    None(String),
    /// One of several.
    Unclear,
}

/// Returns the schema that was meant: of the schemas for values of this type, and among these of those whose
/// constants and listed values are the value's, the one that least is wrong for.
fn intended_branch<'a>(
    choice: &ValidationError<'_>,
    context: &'a [Vec<ValidationError<'static>>],
) -> IntendedBranch<'a> {
    let here = choice.instance_path();
    let is_type = |error: &&ValidationError<'static>| {
        matches!(error.kind(), ValidationErrorKind::Type { .. }) && error.instance_path() == here
    };
    let typed = context.iter().filter(|errors| !errors.iter().any(|error| is_type(&error)));
    let is_other = |error: &ValidationError<'static>| {
        let is_listed =
            matches!(error.kind(), ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. });
        is_listed && error.instance_path() != here
    };
    let rank = |errors: &Vec<ValidationError<'static>>| (errors.iter().any(is_other), errors.len());
    let ranked: Vec<_> = typed.map(|errors| (rank(errors), errors)).collect();
    let Some(least) = ranked.iter().map(|(rank, _)| *rank).min() else {
        let mut names: Vec<String> = Vec::new();
        for error in context.iter().flat_map(|errors| errors.iter().find(is_type)) {
            if let ValidationErrorKind::Type { kind } = error.kind() {
                names.extend(match kind {
                    TypeKind::Single(name) => vec![format!("\"{name}\"")],
                    TypeKind::Multiple(names) => names.iter().map(|name| format!("\"{name}\"")).collect(),
                });
            }
        }
        let mut seen = HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        return IntendedBranch::None(names.join(" or "));
    };
    let mut best = ranked.iter().filter(|(rank, _)| *rank == least);
    match (best.next(), best.next()) {
        (Some((_, errors)), None) => IntendedBranch::One(errors),
        _ => IntendedBranch::Unclear,
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
    impl Validate for Call {
        fn is_valid(&self) -> bool {
            self.mode.is_valid()
                && self.tries.is_none_or(|tries| tries >= 1 && tries % 2 == 0)
                && self.note.value().is_none_or(|note| crate::check::has_length(note, 2, usize::MAX))
        }
    }

    /// Returns the statements about a text: each place, what of the schema says so, and the sentence.
    fn said(text: &str) -> Vec<(String, String, String)> {
        let violations = from_slice::<Vec<Call>>(text.as_bytes()).unwrap_err();
        violations
            .into_iter()
            .map(|violation| (violation.pointer(), violation.schema, violation.msg))
            .collect()
    }

    fn one(place: &str, schema: &str, message: &str) -> (String, String, String) {
        (place.to_owned(), schema.to_owned(), message.to_owned())
    }

    #[test]
    fn what_fits_is_decoded() {
        let call = Call {
            id: 1,
            mode: Mode::Voice,
            tries: Some(2),
            note: Field::Null,
            extra: Extra::from([("x", 1)]),
        };
        let text = br#"[{"id": 1.0, "mode": "voice", "tries": 2, "note": null, "x": 1}]"#;
        assert_eq!(from_slice::<Vec<Call>>(text).unwrap(), vec![call]);
    }

    #[test]
    fn everything_that_does_not_fit_is_said() {
        let all = said(r#"[{"mode": "fax", "tries": -1, "note": "x", "tries": -1}, 7]"#);
        let expected = [
            one("/0/mode", "/$defs/Mode/enum", "the value must be one of \"voice\""),
            one(
                "/0/tries",
                "/$defs/Call/properties/tries/minimum",
                "the value is less than the minimum of 1",
            ),
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
        let expected = "the value is greater than the maximum of 9223372036854775807";
        assert_eq!(all, [one("/0/id", "/$defs/Call/properties/id/maximum", expected)]);
        let twice = said(r#"[{"id": 1, "mode": "voice", "x": {"y": 1, "y": 2}}]"#);
        assert_eq!(twice, [one("/0/x/y", "", "the name comes twice in its object")]);
        assert!(said("[")[0].2.starts_with("the body is not JSON: EOF"));
        let broken = from_slice::<Vec<Call>>(b"[\xff]").unwrap_err();
        assert_eq!((broken.len(), broken[0].msg.as_str()), (1, "the body is not UTF-8"));
    }

    #[test]
    fn what_was_decoded_all_the_same_can_be_asked_for() {
        let call: Call = crate::from_slice(br#"{"id": 1, "mode": "fax", "tries": 3}"#).unwrap();
        assert_eq!((&call.mode, call.is_valid()), (&Mode::Unlisted("fax".to_owned()), false));
        let all = violations(&call);
        let said: Vec<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            ["at /mode: the value must be one of \"voice\"", "at /tries: the value is not a multiple of 2"]
        );
    }

    #[test]
    fn an_integer_is_one_however_it_is_written() {
        let ids = |text: &str| from_slice::<Vec<i64>>(text.as_bytes());
        assert_eq!(
            ids("[1e18, 1.0, 9007199254740993.0, -0]"),
            Ok(vec![1_000_000_000_000_000_000, 1, 9_007_199_254_740_993, 0])
        );
        assert_eq!(crate::from_slice::<Vec<i64>>(b"\xef\xbb\xbf[1e18]"), Ok(vec![1_000_000_000_000_000_000]));
        for beyond in ["100000000000000000000", "1e19", "9223372036854775808", "-1e300", "1e20"] {
            let all = ids(&format!("[{beyond}]")).unwrap_err();
            let bound = if beyond.starts_with('-') {
                "less than the minimum of -"
            } else {
                "greater than the maximum of "
            };
            assert!(
                all.len() == 1
                    && all[0]
                        .to_string()
                        .starts_with(&format!("at /0: the value is {bound}922337203685477580")),
                "{all:?}"
            );
            let text = format!(r#"{{"id": {beyond}, "mode": "voice"}}"#);
            let error = crate::from_slice::<Call>(text.as_bytes()).unwrap_err().to_string();
            let expected =
                "the integer is out of range: it may be from -9223372036854775808 to 9223372036854775807";
            assert_eq!(error, format!("at /id: {expected}"));
        }
        let all = ids("[1e400]").unwrap_err();
        assert!(all[0].msg.starts_with("a number out of range at line 1 column"), "{all:?}");
        assert!(!crate::from_slice::<Vec<f64>>(b"[1e400]").unwrap_err().is_syntax);
    }

    #[test]
    fn a_mark_of_the_order_of_bytes_is_passed_over() {
        assert_eq!(from_slice::<Vec<i64>>(b"\xef\xbb\xbf[1]"), Ok(vec![1]));
        assert_eq!(crate::from_slice::<Vec<i64>>(b"\xef\xbb\xbf[1]"), Ok(vec![1]));
        assert_eq!(from_slice::<Vec<i64>>(b"\xef\xbb\xbf\xef\xbb\xbf[1]").unwrap_err().len(), 1);
    }

    /// A name that looks like a position is one only in a list.
    #[test]
    fn places_are_those_of_the_value() {
        type Lists = indexmap::IndexMap<String, Vec<i64>>;
        let all = from_slice::<Lists>(br#"{"06": ["x"], "~/1": [0, "y"], "7": 1, "8": [1], "8": [1]}"#)
            .unwrap_err();
        let places: Vec<String> = all.iter().map(|own| serde_json::to_string(&own.loc).unwrap()).collect();
        assert_eq!(places, [r#"["06",0]"#, r#"["~/1",1]"#, r#"["7"]"#, r#"["8"]"#]);
        let error = decode::<indexmap::IndexMap<String, i32>>(serde_json::json!({"06": 1e10}), Vec::new())
            .unwrap_err();
        assert_eq!(error[0].loc, [Step::from("06")]);
    }

    #[test]
    fn what_was_meant_by_a_value_is_what_it_is_held_against() {
        #[derive(JsonSchema)]
        #[allow(dead_code, reason = "only its schema counts")]
        #[schemars(extend("additionalProperties" = false))]
        struct Choices {
            #[schemars(extend("anyOf" = [{"enum": ["a", "b"], "type": "string"}, {"type": "null"}]))]
            mode: Value,
            #[schemars(extend("oneOf" = [
                {"type": "object", "required": ["k", "n"],
                    "properties": {"k": {"const": "x"}, "n": {"type": "integer"}}},
                {"type": "object", "required": ["k", "m"],
                    "properties": {"k": {"const": "y"}, "m": {"minLength": 2}}},
            ]))]
            tagged: Value,
            #[schemars(extend("anyOf" = [
                {"type": "string", "format": "uuid"}, {"type": "string", "format": "date"},
            ]))]
            text: Value,
        }
        let said = |value: Value| {
            let all = Checker::of::<Choices>().violations(&value);
            all.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        let with = |mode: Value, tagged: Value| {
            let text = "2026-01-31";
            serde_json::json!({"mode": mode, "tagged": tagged, "text": text})
        };
        let fine = serde_json::json!({"k": "x", "n": 1});
        assert_eq!(said(with("a".into(), fine.clone())), "");
        assert_eq!(said(with("c".into(), fine.clone())), "at /mode: the value must be one of \"a\", \"b\"");
        assert_eq!(
            said(with(1.into(), fine.clone())),
            "at /mode: the value is not of type \"string\" or \"null\""
        );
        let tagged = with(Value::Null, serde_json::json!({"k": "y", "m": ""}));
        assert_eq!(said(tagged), "at /tagged/m: the value is shorter than 2 characters");
        let mut text = with(Value::Null, fine);
        text["text"] = "x".into();
        assert_eq!(said(text), "at /text: the value is none of the 2 that it may be");
    }

    #[test]
    fn of_many_violations_the_first_are_told() {
        let text = format!("[{}]", ["{}"; 100_000].join(","));
        let all = from_slice::<Vec<Call>>(text.as_bytes()).unwrap_err();
        assert_eq!((all.len(), all[31].pointer().as_str(), all[32].kind.as_str()), (33, "/15/mode", "more"));
        let text = format!("[{}]", [r#"{"id": 1, "mode": "voice", "a": 1, "a": 1}"#; 100].join(","));
        let all = from_slice::<Vec<Call>>(text.as_bytes()).unwrap_err();
        assert_eq!((all.len(), all[32].kind.as_str()), (33, "more"));
        let listed = |count: usize| listed(&(0..count).map(|own| own.to_string()).collect::<Value>());
        assert_eq!(listed(3), r#""0", "1", "2""#);
        assert!(listed(1000).ends_with(" and 955 more"), "{}", listed(1000));
    }

    #[derive(Debug, PartialEq)]
    struct Unjudged {
        extra: Extra,
    }
    crate::object!(Unjudged {} open extra, with {"patternProperties": {"(": true}});
    impl Validate for Unjudged {
        fn is_valid(&self) -> bool {
            is_valid(self)
        }
    }

    #[test]
    fn what_nobody_can_judge_is_not_let_through() {
        let all = from_slice::<Unjudged>(b"{}").unwrap_err();
        assert_eq!(all[0].to_string(), "the document asks for what can't be checked");
        assert!(from_value::<Unjudged>(serde_json::json!({})).is_err());
        assert!(crate::from_slice::<Unjudged>(b"{}").is_ok_and(|model| !model.is_valid()));
    }
}
