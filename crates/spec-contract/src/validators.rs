//! Schemas of one document as validators, each compiled when it is first asked for.
//!
//! Knows `jsonschema` and JSON Schema 2020-12. Nothing is ever retrieved: references can only lead into the
//! document. Must not know HTTP, nor what a value is for.

use crate::judgement::Kind;
use crate::secrets::Secrets;
use crate::tree::{self, Trees};
use jsonschema::error::ValidationErrorKind;
use jsonschema::json::Json;
use jsonschema::{PatternCache, Registry, ValidationError, Validator};
use serde_json::{Map, Value, json};
use spec_document::Pointer;
use spec_json_schema::PropertyPatterns;
use spec_json_schema::format::bound_integers;
use spec_json_schema::validator;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// The name of the document among the resources.
const DOCUMENT: &str = "urn:openapi:document";

/// Values longer than this, as JSON, are not repeated in messages.
const SHORT: usize = 80;

/// The largest number of errors that are told of one value.
const MOST: usize = 1_000;

/// One thing that a value does not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Where in the value.
    pub(crate) pointer: String,
    /// The keyword in the document.
    pub(crate) schema: String,
    pub(crate) message: String,
    pub(crate) kind: Kind,
    /// The property that is missing.
    pub(crate) missing: Option<String>,
}

/// Why a schema can't be compiled.
#[derive(Clone, Debug)]
pub(crate) struct Unusable {
    /// True if a regular expression is to blame.
    pub(crate) is_pattern: bool,
    pub(crate) message: String,
    /// The keyword to blame, as a pointer; it may lead nowhere in the document.
    pub(crate) place: Option<String>,
}

type Compiled = Arc<Result<Validator, Unusable>>;

/// Values that are made once for each pointer.
struct Kept<T>(RwLock<HashMap<String, Arc<OnceLock<T>>>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept(RwLock::default())
    }
}

impl<T> Kept<T> {
    /// Returns the place of what belongs to a pointer. Who fills one keeps nobody from the others.
    fn at(&self, pointer: &str) -> Arc<OnceLock<T>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(pointer).cloned();
        known.unwrap_or_else(|| {
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(pointer.to_owned()).or_default())
        })
    }
}

/// The validators of a document. Shared between threads: each schema is compiled once, and whoever asks for
/// another one does not wait for it.
pub(crate) struct Validators<'a> {
    registry: Result<Registry<'a>, String>,
    /// Compiled patterns of property names.
    cache: PatternCache,
    patterns: PropertyPatterns,
    /// Values that no message may repeat.
    secrets: Secrets,
    /// Bounds of formats, which the document does not write.
    bounds: HashSet<String>,
    compiled: Kept<Compiled>,
    /// Validators of trees; none of a schema that can't be compiled.
    trees: Kept<Option<Validator<Trees>>>,
}

impl<'a> Validators<'a> {
    pub(crate) fn new(document: Cow<'a, Value>) -> Validators<'a> {
        Validators::with(document, HashSet::new())
    }

    /// Returns the validators of a document in which a format of integers says which of them there are.
    pub(crate) fn bound(mut document: Value) -> Validators<'a> {
        let bounds = bound_integers(&mut document);
        Validators::with(Cow::Owned(document), bounds)
    }

    fn with(document: Cow<'a, Value>, bounds: HashSet<String>) -> Validators<'a> {
        let secrets = Secrets::of(&document);
        let (registry, patterns) = match validator::registry(DOCUMENT, document) {
            Ok((registry, patterns)) => (Ok(registry), patterns),
            Err(error) => (Err(error), PropertyPatterns::default()),
        };
        Validators {
            registry,
            cache: PatternCache::new(),
            patterns,
            secrets,
            bounds,
            compiled: Kept::default(),
            trees: Kept::default(),
        }
    }

    /// Returns the validator of the schema at a pointer.
    pub(crate) fn at(&self, pointer: &str) -> Compiled {
        Arc::clone(self.compiled.at(pointer).get_or_init(|| Arc::new(self.compile(pointer))))
    }

    /// Returns true if a text is known to be JSON that is valid by the schema at a pointer, or JSON where
    /// there is none. False says nothing: what is wrong, if anything is, a value tells.
    pub(crate) fn takes(&self, pointer: Option<&str>, text: &[u8]) -> bool {
        let Some(tree) = tree::read(text) else { return false };
        pointer.is_none_or(|pointer| {
            let validator = self.trees.at(pointer);
            let validator = validator.get_or_init(|| self.compile(pointer).ok());
            validator.as_ref().is_some_and(|validator| validator.is_valid(&tree))
        })
    }

    fn compile<F: Json>(&self, pointer: &str) -> Result<Validator<F>, Unusable> {
        let registry = self.registry()?;
        self.build(registry, &self.reference(pointer))
    }

    /// Holds many values, each against the schema at its pointer, and gives what is wrong with each. Schemas
    /// that are only `needed` have to be of use, too.
    ///
    /// It is much faster than asking for one after the other where schemas refer to each other: everything is
    /// compiled once, and not once for each schema that leads to it.
    ///
    /// # Errors
    ///
    /// One schema that can't be used is enough for nothing to be known.
    pub(crate) fn batch(
        &self,
        values: &[(&str, &Value)],
        needed: &[&str],
    ) -> Result<Vec<Vec<Finding>>, Unusable> {
        let mut all = vec![Vec::new(); values.len()];
        let registry = self.registry()?;
        let places = values.iter().map(|(pointer, _)| *pointer).chain(needed.iter().copied()).enumerate();
        let properties: Map<String, Value> =
            places.map(|(index, pointer)| (index.to_string(), self.reference(pointer))).collect();
        let validator = self.build(registry, &json!({ "properties": properties }))?;
        let whole: Map<String, Value> = values
            .iter()
            .enumerate()
            .map(|(index, (_, value))| (index.to_string(), (*value).clone()))
            .collect();
        for mut finding in self.findings_of(&validator, &Value::Object(whole), false) {
            let rest = finding.pointer.strip_prefix('/').unwrap_or_default();
            let (index, rest) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
            if let Some(own) = index.parse::<usize>().ok().and_then(|index| all.get_mut(index)) {
                finding.pointer = rest.to_owned();
                own.push(finding);
            }
        }
        Ok(all)
    }

    fn registry(&self) -> Result<&Registry<'a>, Unusable> {
        let unusable =
            |message: &String| Unusable { is_pattern: false, message: message.clone(), place: None };
        self.registry.as_ref().map_err(unusable)
    }

    fn build<F: Json>(&self, registry: &Registry<'_>, schema: &Value) -> Result<Validator<F>, Unusable> {
        let options =
            validator::options_for::<F>().with_pattern_cache(self.cache.clone()).with_registry(registry);
        options.build(schema).map_err(|error| {
            let is_pattern =
                matches!(error.kind(), ValidationErrorKind::Format { format } if format == "regex");
            let place = self.patterns.written(error.schema_path().as_str());
            Unusable { is_pattern, message: one_line(&error.to_string()), place: Some(place) }
        })
    }

    /// Returns the schema that means the one at a pointer of the document.
    fn reference(&self, pointer: &str) -> Value {
        let pointer = Pointer::parse(&self.patterns.told(pointer)).unwrap_or_default();
        json!({ "$ref": format!("{DOCUMENT}{}", pointer.to_fragment()) })
    }

    /// Returns true if a value is valid. A schema that can't be used takes nothing.
    pub(crate) fn fits(&self, pointer: &str, value: &Value) -> bool {
        self.at(pointer).as_ref().as_ref().is_ok_and(|validator| validator.is_valid(value))
    }

    /// Returns everything in `value` that does not fit the schema at `pointer`, in the order of places. A
    /// `secret` value is not repeated in messages, nor is one whose schema says so.
    pub(crate) fn findings(&self, pointer: &str, value: &Value, secret: bool) -> Vec<Finding> {
        match self.at(pointer).as_ref() {
            Err(unusable) => vec![Finding {
                pointer: String::new(),
                schema: pointer.to_owned(),
                message: format!("the schema can't be used: {}", unusable.message),
                kind: Kind::Unchecked,
                missing: None,
            }],
            Ok(validator) => self.findings_of(validator, value, secret),
        }
    }

    fn findings_of(&self, validator: &Validator, value: &Value, secret: bool) -> Vec<Finding> {
        // Most values are valid, and that is known much faster than what is wrong.
        if validator.is_valid(value) {
            return Vec::new();
        }
        let mut findings = Vec::new();
        for error in validator.iter_errors(value).take(MOST) {
            self.add(&error, secret, &mut findings);
        }
        for finding in &mut findings {
            finding.schema = self.patterns.written(&finding.schema);
            if self.bounds.contains(&finding.schema) {
                let length = finding.schema.rfind('/').unwrap_or_default();
                finding.schema.replace_range(length.., "/format");
            }
        }
        sorted(findings)
    }

    fn add(&self, error: &ValidationError<'_>, secret: bool, findings: &mut Vec<Finding>) {
        if let ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } =
            error.kind()
            && let Some(branch) = meant(error, context)
        {
            for inner in branch {
                self.add(inner, secret, findings);
            }
            return;
        }
        let kind = match error.kind() {
            ValidationErrorKind::Required { .. } => Kind::Missing,
            ValidationErrorKind::AdditionalProperties { .. }
            | ValidationErrorKind::UnevaluatedProperties { .. } => Kind::Undeclared,
            _ => Kind::Invalid,
        };
        let schema = error.schema_path().to_string();
        let secret = secret || self.secrets.has(&self.patterns.written(&schema));
        findings.push(Finding {
            pointer: error.instance_path().to_string(),
            schema,
            message: message(error, secret),
            kind,
            missing: match error.kind() {
                ValidationErrorKind::Required { property } => property.as_str().map(str::to_owned),
                _ => None,
            },
        });
    }
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| {
        by_place(&a.pointer, &b.pointer).then_with(|| (&a.schema, &a.message).cmp(&(&b.schema, &b.message)))
    });
    findings.dedup();
    findings
}

/// Returns the alternative that the value was meant to be: the only one that it does not miss altogether, by
/// its type or by being another constant. `anyOf` with null is then as easy to read as the schema beside
/// null.
fn meant<'e>(
    error: &ValidationError<'_>,
    context: &'e [Vec<ValidationError<'static>>],
) -> Option<&'e [ValidationError<'static>]> {
    use ValidationErrorKind::{Constant, Enum, FalseSchema, Type};
    let misses = |inner: &ValidationError<'_>| {
        let here = inner.instance_path() == error.instance_path();
        here && matches!(inner.kind(), Type { .. } | Constant { .. } | Enum { .. } | FalseSchema)
    };
    let mut near = context.iter().filter(|branch| !branch.iter().any(misses));
    let only = near.next()?;
    near.next().is_none().then_some(only.as_slice()).filter(|branch| !branch.is_empty())
}

fn message(error: &ValidationError<'_>, secret: bool) -> String {
    let value = error.instance();
    let is_short = !value.is_array() && !value.is_object() && value.to_string().len() <= SHORT;
    let about_names = matches!(error.kind(), ValidationErrorKind::Required { .. });
    let text = match value.as_ref() {
        _ if secret => error.masked_with("the value").to_string(),
        // PropertyPatterns are checked by ourselves, in words of our own.
        _ if is_short && matches!(error.kind(), ValidationErrorKind::Custom { .. }) => {
            error.to_string().replacen("the value", &value.to_string(), 1)
        }
        _ if is_short || about_names => error.to_string(),
        Value::Array(_) => error.masked_with("the array").to_string(),
        Value::Object(_) => error.masked_with("the object").to_string(),
        _ => error.masked_with("the value").to_string(),
    };
    one_line(&text)
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// Orders pointers by their tokens, positions in a list as numbers.
fn by_place(left: &str, right: &str) -> Ordering {
    let number = |token: &str| token.parse::<u64>().ok();
    let (mut left, mut right) = (left.split('/'), right.split('/'));
    loop {
        let order = match (left.next(), right.next()) {
            (Some(left), Some(right)) => match (number(left), number(right)) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => left.cmp(right),
            },
            (None, None) => return Ordering::Equal,
            (left, right) => return left.is_some().cmp(&right.is_some()),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_ordered_as_numbers() {
        let mut pointers = ["/a/10", "/a", "", "/a/9", "/b", "/a/9/x"];
        pointers.sort_by(|a, b| by_place(a, b));
        assert_eq!(pointers, ["", "/a", "/a/9", "/a/9/x", "/a/10", "/b"]);
    }

    /// Whatever the names are, a pointer finds its schema.
    #[test]
    fn pointers_survive_the_way_through_a_fragment() {
        let names = ["a b", "ü", "%41", "a#b", "{x}", "a~1b", "[0]", "^|\\`<>\"", ""];
        let schemas: serde_json::Map<String, Value> =
            names.iter().map(|name| (name.replace("~1", "/"), json!({"const": name}))).collect();
        let document = json!({ "schemas": schemas });
        let validators = Validators::new(Cow::Borrowed(&document));
        for name in names {
            let pointer = format!("/schemas/{name}");
            assert!(validators.fits(&pointer, &json!(name)), "{name}");
            let findings = validators.findings(&pointer, &json!(1), false);
            assert_eq!(findings[0].schema, format!("{pointer}/const"));
        }
    }

    #[test]
    fn secrets_are_not_repeated() {
        let document = json!({"a": {"properties": {
            "pin": {"type": "string", "format": "password", "maxLength": 3},
            "name": {"type": "string", "maxLength": 3},
        }}});
        let validators = Validators::new(Cow::Borrowed(&document));
        let found = validators.findings("/a", &json!({"pin": "12345", "name": "Bobby"}), false);
        let messages: Vec<&str> = found.iter().map(|own| own.message.as_str()).collect();
        assert_eq!(
            messages,
            ["\"Bobby\" is longer than 3 characters", "the value is longer than 3 characters"]
        );
    }

    #[test]
    fn nothing_is_fetched() {
        let document = json!({"a": {"$ref": "https://example.com/schema"}, "b": {"$ref": "other.json#/x"}});
        let validators = Validators::new(Cow::Borrowed(&document));
        for pointer in ["/a", "/b", "/c"] {
            assert_eq!(validators.findings(pointer, &json!(1), false)[0].kind, Kind::Unchecked, "{pointer}");
        }
    }
}
