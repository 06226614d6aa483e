//! One value, one model, and what the document says of both.
//!
//! Knows the validator that judges, and what may differ in a value that comes back. Must not know where
//! values come from.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonschema::{Keyword, Registry, ValidationError, Validator};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use spec_json_schema::PropertyPatterns;
use spec_json_schema::pattern::Matcher;
use spec_json_schema::validator;
use std::borrow::Cow;
use std::fmt;

/// The name of a document among the resources of its validators.
const URN: &str = "urn:openapi:document";

/// The name of the schema of a model.
const MODEL: &str = "urn:model";

/// The signs of pointers that a fragment has to encode.
const FRAGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'~');

/// A document whose schemas are those of JSON Schema 2020-12.
pub struct Schemas<'a> {
    registry: Registry<'a>,
    patterns: PropertyPatterns,
}

/// The answer of a model to a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It is taken, and comes back as this.
    Taken(Value),
    /// It is refused, for this reason.
    Refused(String),
    /// The model panics, whatever the value is.
    Broken(String),
}

/// A model, as checks see it.
pub struct Subject<'a> {
    /// The JSON pointer of its schema in the document.
    pub pointer: &'a str,
    /// True if it is only another name for a type. What the document says of its values beyond the type then
    /// stands where the name is used, and not in the schema of the type.
    pub is_alias: bool,
    /// The JSON Schema that is derived from the type.
    pub schema: Value,
    /// Decodes a value and writes it again.
    pub decode: &'a dyn Fn(&Value) -> Answer,
    /// True if decoding refuses all that the document does; otherwise it is only asked of what is valid.
    pub is_strict: bool,
}

/// Who disagrees with the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oracle {
    /// Decoding refuses what the document takes, or takes what it refuses.
    Decode,
    /// A value that was taken does not come back as it was.
    RoundTrip,
    /// The derived schema refuses what the document takes, or takes what it refuses.
    Schema,
}

impl Oracle {
    /// All of them.
    pub const ALL: [Oracle; 3] = [Oracle::Decode, Oracle::RoundTrip, Oracle::Schema];
}

impl fmt::Display for Oracle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Oracle::Decode => "decode",
            Oracle::RoundTrip => "round trip",
            Oracle::Schema => "schema",
        })
    }
}

/// The judgement of the document on a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It is a value of the schema.
    Valid,
    /// It is not.
    Invalid,
    /// It is null, which is no matter of the model: null stands where the model is used.
    Null,
}

/// Returns true if a text is what the format `byte` says: base64 (OpenAPI 3.0.3, 4.4; RFC 4648, 4).
#[must_use]
pub fn is_base64(text: &str) -> bool {
    STANDARD.decode(text).is_ok()
}

/// A model and both of its validators.
pub struct Check<'a> {
    subject: Subject<'a>,
    of_document: Validator,
    of_model: Validator,
    ordered: bool,
}

impl<'a> Schemas<'a> {
    /// For a document.
    ///
    /// # Errors
    ///
    /// When the validator refuses it.
    pub fn new(document: &'a Value) -> Result<Self, String> {
        let (registry, patterns) = validator::registry(URN, Cow::Borrowed(document))?;
        Ok(Schemas { registry, patterns })
    }

    /// A check of a model. Where values are not made in the order of the document, the order in which they
    /// come back is of no matter.
    ///
    /// # Errors
    ///
    /// When the validator refuses a schema.
    pub fn check(&self, subject: Subject<'a>, ordered: bool) -> Result<Check<'a>, String> {
        let pointer = self.patterns.told(subject.pointer);
        let fragment = utf8_percent_encode(&pointer, FRAGMENT);
        let of_document = validator(&format!("{URN}#{fragment}"), &self.registry)?;
        let of_model = validator(MODEL, &validator::registry(MODEL, Cow::Borrowed(&subject.schema))?.0)?;
        Ok(Check { subject, of_document, of_model, ordered })
    }
}

/// The validator of what a reference leads to. Formats are those of everyone; what matches a pattern,
/// `regress` says of short texts.
pub(crate) fn validator(reference: &str, registry: &Registry<'_>) -> Result<Validator, String> {
    let options = validator::options().with_keyword("pattern", |_, pattern, _| {
        let text = pattern.as_str().unwrap_or_default();
        let regex = regress::Regex::with_flags(text, "u").or_else(|_| regress::Regex::new(text));
        Ok(Box::new(Pattern(regex.ok().zip(Matcher::new(text)))))
    });
    options
        .with_registry(registry)
        .build(&json!({ "$ref": reference }))
        .map_err(|error| format!("{error} in {reference}"))
}

/// The longest text that `regress` looks at: its time may double with each character.
const SHORT: usize = 20;

struct Pattern(Option<(regress::Regex, Matcher)>);

impl<'i> Keyword<'i> for Pattern {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        self.is_valid(instance).then_some(()).ok_or_else(|| ValidationError::custom("it does not match"))
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        let (Some(text), Some((regex, matcher))) = (instance.as_str(), &self.0) else { return true };
        if text.len() > SHORT { matcher.is_in(text) } else { regex.find(text).is_some() }
    }
}

impl Check<'_> {
    /// Holds the model against the document, by one value.
    pub fn value(&self, value: &Value, wrong: &mut dyn FnMut(Oracle, String)) -> Judgement {
        let by_document = self.of_document.is_valid(value);
        if value.is_null() && by_document {
            return Judgement::Null;
        }
        let by_model = self.of_model.is_valid(value);
        // An alias says less than its document does; what is missing stands where it is used.
        if by_document != by_model && !(self.subject.is_alias && by_model) {
            let words = if by_document { "is refused" } else { "is taken" };
            wrong(Oracle::Schema, format!("{words} by the schema of the model: {value}"));
        }
        if by_document || self.subject.is_strict {
            match ((self.subject.decode)(value), by_document) {
                (Answer::Taken(again), true) if is_same(value, &again, self.ordered) => {}
                (Answer::Taken(again), true) => {
                    wrong(Oracle::RoundTrip, format!("comes back as {again}: {value}"))
                }
                (Answer::Taken(_), false) if self.subject.is_alias => {}
                (Answer::Taken(_), false) => wrong(Oracle::Decode, format!("is decoded: {value}")),
                (Answer::Refused(_), false) => {}
                (Answer::Refused(error), true) => {
                    wrong(Oracle::Decode, format!("is not decoded, {error}: {value}"))
                }
                (Answer::Broken(error), _) => {
                    wrong(Oracle::Decode, format!("breaks the model, {error}: {value}"))
                }
            }
        }
        if by_document { Judgement::Valid } else { Judgement::Invalid }
    }
}

/// Returns true if two values are the same JSON: keys in the same order, numbers and moments by value.
#[must_use]
pub fn is_same(value: &Value, again: &Value, ordered: bool) -> bool {
    match (value, again) {
        (Value::Number(left), Value::Number(right)) => match (integer(left), integer(right)) {
            (None, None) => left.as_f64() == right.as_f64(),
            (left, right) => left == right,
        },
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| is_same(left, right, ordered))
        }
        (Value::Object(left), Value::Object(right)) => {
            let in_order = !ordered || left.iter().zip(right).all(|((key, _), (other, _))| key == other);
            let member = |key: &String, left: &Value| {
                right.get(key).is_some_and(|right| is_same(left, right, ordered))
            };
            left.len() == right.len() && in_order && left.iter().all(|(key, left)| member(key, left))
        }
        (Value::String(left), Value::String(right)) => {
            left == right
                || moment(left).is_some_and(|at| Some(at) == moment(right))
                || (uuid::Uuid::try_parse(left).is_ok() && left.eq_ignore_ascii_case(right))
        }
        (left, right) => left == right,
    }
}

/// The integer that a number is, to the last digit.
fn integer(number: &serde_json::Number) -> Option<i128> {
    let exact = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    exact.or_else(|| {
        number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 1e30).map(|float| float as i128)
    })
}

fn moment(text: &str) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    chrono::DateTime::parse_from_rfc3339(text).ok()
}

#[cfg(test)]
mod tests {
    use super::{Answer, Judgement, Oracle, Schemas, Subject, is_same};
    use serde_json::{Value, json};

    fn said(decode: &dyn Fn(&Value) -> Answer, schema: Value, value: Value) -> (Judgement, Vec<Oracle>) {
        let document = json!({ "a b": { "type": ["integer", "null"], "minimum": 1 } });
        let schemas = Schemas::new(&document).expect("a registry");
        let subject = Subject { pointer: "/a b", is_alias: false, schema, decode, is_strict: true };
        let mut wrong = Vec::new();
        let check = schemas.check(subject, true).expect("validators");
        let judgement = check.value(&value, &mut |oracle, _| wrong.push(oracle));
        (judgement, wrong)
    }

    #[test]
    fn each_oracle_speaks_for_itself() {
        let keep = |value: &Value| Answer::Taken(value.clone());
        let (same, looser) = (json!({ "type": "integer", "minimum": 1 }), json!({ "type": "integer" }));
        assert_eq!(said(&keep, same.clone(), json!(7)), (Judgement::Valid, vec![]));
        assert_eq!(said(&keep, same.clone(), json!(0)), (Judgement::Invalid, vec![Oracle::Decode]));
        assert_eq!(
            said(&keep, looser.clone(), json!(0)),
            (Judgement::Invalid, vec![Oracle::Schema, Oracle::Decode])
        );
        assert_eq!(
            said(&|_| Answer::Taken(json!(8)), same.clone(), json!(7)),
            (Judgement::Valid, vec![Oracle::RoundTrip])
        );
        let refuse = |_: &Value| Answer::Refused("no".to_owned());
        assert_eq!(said(&refuse, same.clone(), json!(7)), (Judgement::Valid, vec![Oracle::Decode]));
        assert_eq!(said(&refuse, same.clone(), json!("x")), (Judgement::Invalid, vec![]));
        let broken = |_: &Value| Answer::Broken("no".to_owned());
        assert_eq!(said(&broken, same, json!("x")), (Judgement::Invalid, vec![Oracle::Decode]));
        assert_eq!(said(&broken, looser, json!(null)), (Judgement::Null, vec![]));
    }

    #[test]
    fn what_comes_back_may_look_otherwise() {
        let same = |left: Value, right: Value| is_same(&left, &right, true);
        assert!(same(json!({ "a": 1, "undeclared": 2 }), json!({ "a": 1.0, "undeclared": 2 })));
        assert!(same(json!("2026-01-31T12:00:00+02:00"), json!("2026-01-31T10:00:00Z")));
        assert!(!same(json!({ "a": 1, "b": 2 }), json!({ "b": 2, "a": 1 })));
        assert!(!same(json!({ "a": 1, "b": 2 }), json!({ "a": 1 })));
        assert!(!same(json!([1]), json!([1, 2])));
        assert!(
            !same(json!(9_007_199_254_740_993_i64), json!(9_007_199_254_740_992.0))
                && same(json!(1e300), json!(1e300))
        );
    }
}
