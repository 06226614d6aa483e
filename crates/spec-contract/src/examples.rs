//! The document's own examples and defaults, held against their schemas.
//!
//! Knows where an example stands and what that says of it. Must not know messages.

use crate::judgement::Side;
use crate::sides;
use crate::validators::{Finding, Unusable, Validators};
use serde_json::Value;
use spec_api::{Api, Example, Kind, Schema};
use spec_document::{Code, Diagnostic, Diagnostics, Location, Pointer};
use spec_json_schema::pattern::Matcher;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// Number of violations of one example that are spelled out.
const SHOWN: usize = 3;

/// Number of schemas that can't be used and are told apart from the others before each example is looked at
/// for itself.
const REPAIRS: usize = 32;

/// Looks for examples and defaults that their own schemas do not allow, and for schemas that can't be used.
///
/// Nearly all of it is reported as warnings: [`Code::ExampleMismatch`] and [`Code::DefaultMismatch`] at the
/// value, [`Code::InvalidPattern`] at each regular expression that can't be used, and [`Code::Unsupported`]
/// at each other keyword that can't be used and that an example depends on. Examples are then checked as if
/// such a keyword were not there. Where a schema can't be used that only a validator can judge, no value of
/// it would ever be taken: that is an error.
///
/// An example in a request need not have `readOnly` properties, one in a response no `writeOnly` ones, and
/// one in a schema has to fit either side.
pub fn check(api: &Api, diagnostics: &mut Diagnostics) {
    let mut removed = bad_patterns(api, diagnostics);
    for _ in 0..REPAIRS {
        let unusable = match at_once(api, &removed) {
            Ok(mismatches) => return diagnostics.extend(mismatches),
            Err(unusable) => unusable,
        };
        let place = unusable.place.as_deref().and_then(Pointer::parse);
        let Some(place) =
            place.filter(|place| api.json.pointer(place.as_str()).is_some() && !removed.contains(place))
        else {
            break;
        };
        if let Some(first) = api.schemas().next() {
            let location = Location::pointer(first.1.location.source, place.clone());
            let is_within =
                |needed: &&str| place.as_str().strip_prefix(needed).is_some_and(|rest| rest.starts_with('/'));
            let is_needed = needed(api).iter().any(is_within);
            diagnostics.push(cannot_be_used(
                &unusable,
                location,
                if is_needed { Diagnostic::error } else { Diagnostic::warning },
            ));
        }
        removed.push(place);
    }
    one_by_one(api, &removed, diagnostics);
}

/// Schemas that say what no comparison does: values of them are taken only if a validator says so.
fn needed(api: &Api) -> Vec<&str> {
    const KEYWORDS: [&str; 12] = [
        "contains",
        "dependentRequired",
        "dependentSchemas",
        "else",
        "if",
        "not",
        "patternProperties",
        "prefixItems",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    ];
    let is_needed = |schema: &&Schema| {
        schema.kind == Kind::Opaque || KEYWORDS.iter().any(|keyword| schema.assertions.contains_key(*keyword))
    };
    api.schemas().map(|(_, schema)| schema).filter(is_needed).filter_map(Schema::pointer).collect()
}

type Severity = fn(Code, Location, String) -> Diagnostic;

fn cannot_be_used(unusable: &Unusable, location: Location, severity: Severity) -> Diagnostic {
    let (code, message) = match unusable.is_pattern {
        true => (Code::InvalidPattern, format!("this can't be checked: {}", unusable.message)),
        false => {
            (Code::Unsupported, format!("this part of the schema can't be checked: {}", unusable.message))
        }
    };
    severity(code, location, message)
        .help("correct the schema; until then, its values and examples are not fully checked")
}

/// Returns the document for one side, without the places that can't be used.
fn document<'a>(api: &'a Api, side: Side, removed: &[Pointer]) -> (bool, Cow<'a, Value>) {
    let own = sides::of(api, side);
    let is_own = own.is_some();
    let mut document = own.map_or_else(|| sides::shared(api), Cow::Owned);
    for place in removed {
        let (Some(parent), Some(key)) = (place.parent(), place.last()) else { continue };
        if let Some(Value::Object(schema)) = document.to_mut().pointer_mut(parent.as_str()) {
            schema.shift_remove(key.as_ref());
        }
    }
    (is_own, document)
}

/// Compiles everything once. An example that is for either side is held against the response's schema first.
fn at_once(api: &Api, removed: &[Pointer]) -> Result<Vec<Diagnostic>, Unusable> {
    let [(own_request, request), (own_response, response)] =
        [Side::Request, Side::Response].map(|side| document(api, side, removed));
    let differ = own_request || own_response;
    let all: Vec<(&Example, &str, Option<Side>)> = api
        .examples
        .iter()
        .filter_map(|example| {
            Some((example, api.schema(example.schema).pointer()?, side(example).filter(|_| differ)))
        })
        .collect();
    let find = |document: Cow<'_, Value>, chosen: &[usize], needed: &[&str]| {
        let values: Vec<_> = chosen.iter().map(|index| (all[*index].1, &all[*index].0.value)).collect();
        let is_nothing = values.is_empty() && needed.is_empty();
        let findings =
            if is_nothing { Vec::new() } else { Validators::new(document).batch(&values, needed)? };
        let wrong = chosen.iter().copied().zip(findings).filter(|(_, findings)| !findings.is_empty());
        Ok(wrong.collect::<BTreeMap<usize, Vec<Finding>>>())
    };
    let chosen: Vec<usize> = (0..all.len()).filter(|index| all[*index].2 != Some(Side::Request)).collect();
    let mut wrong = find(response, &chosen, &needed(api))?;
    if differ {
        let is_left = |index: &usize| match all[*index].2 {
            Some(side) => side == Side::Request,
            None => wrong.contains_key(index),
        };
        let chosen: Vec<usize> = (0..all.len()).filter(is_left).collect();
        let wrong_request = find(request, &chosen, &[])?;
        wrong.retain(|index, _| all[*index].2.is_some() || wrong_request.contains_key(index));
        for (index, findings) in wrong_request {
            wrong.entry(index).or_insert(findings);
        }
    }
    Ok(wrong.into_iter().map(|(index, findings)| mismatch(all[index].0, &findings)).collect())
}

/// Compiles each schema for itself, so that one that can't be used does not stand in the way of the others.
fn one_by_one(api: &Api, removed: &[Pointer], diagnostics: &mut Diagnostics) {
    let [request, response] =
        [Side::Request, Side::Response].map(|side| Validators::new(document(api, side, removed).1));
    for example in &api.examples {
        let schema = api.schema(example.schema);
        let Some(pointer) = schema.pointer() else { continue };
        let (first, second) = match side(example) {
            Some(Side::Request) => (&request, &request),
            Some(Side::Response) => (&response, &response),
            None => (&response, &request),
        };
        if let Err(unusable) = first.at(pointer).as_ref() {
            diagnostics.push(cannot_be_used(unusable, schema.location.clone(), Diagnostic::warning));
        } else if !first.fits(pointer, &example.value) && !second.fits(pointer, &example.value) {
            diagnostics.push(mismatch(example, &first.findings(pointer, &example.value, false)));
        }
    }
}

/// Returns every regular expression that can't be used, or may take long, of every schema, with or without an
/// example.
fn bad_patterns(api: &Api, diagnostics: &mut Diagnostics) -> Vec<Pointer> {
    let mut known: HashMap<&str, Option<bool>> = HashMap::new();
    let mut bad = Vec::new();
    for (_, schema) in api.schemas() {
        let Some(pointer) = schema.pointer().and_then(Pointer::parse) else { continue };
        let source = schema.location.source;
        let own = schema.assertions.get("pattern").and_then(Value::as_str);
        let own = own.map(|pattern| (pattern, Location::pointer(source, pointer.join("pattern")), false));
        let names = schema
            .assertions
            .get("patternProperties")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|p| p.keys());
        let names = names.map(|name| {
            let place = pointer.join("patternProperties").join(name);
            (name.as_str(), Location::pointer(source, place).key(), true)
        });
        for (pattern, location, is_name) in own.into_iter().chain(names) {
            let is_linear = known
                .entry(pattern)
                .or_insert_with(|| Matcher::new(pattern).map(|matcher| matcher.is_linear()));
            let (message, help) = match is_linear {
                Some(true) => continue,
                Some(false) => (
                    format!(
                        "{pattern:?} can't be matched in linear time: a text made for it may keep a server \
                         busy for long"
                    ),
                    "do without back-references and very many repetitions; look ahead only at its start, and \
                     behind only at its end",
                ),
                None => (
                    format!("{pattern:?} is not a regular expression that can be checked"),
                    "use the syntax of ECMA-262 regular expressions (JSON Schema 2020-12, 6.4)",
                ),
            };
            if is_linear.is_none() {
                bad.extend(Pointer::parse(&crate::contract::pointer(&location)));
            }
            // Of a text that it can't look into, a check says nothing; which properties are meant, it has to
            // know.
            let severity: Severity =
                if is_linear.is_none() && is_name { Diagnostic::error } else { Diagnostic::warning };
            diagnostics.push(severity(Code::InvalidPattern, location, message).help(help));
        }
    }
    bad
}

/// Returns the side that an example is meant for; none where its schema may be used on both.
fn side(example: &Example) -> Option<Side> {
    let pointer = Pointer::parse(&crate::contract::pointer(&example.location))?;
    let tokens: Vec<_> = pointer.tokens().collect();
    let tokens: Vec<&str> = tokens.iter().map(AsRef::as_ref).collect();
    match tokens.as_slice() {
        ["paths", _, "parameters", ..] | ["components", "parameters" | "requestBodies", ..] => {
            Some(Side::Request)
        }
        ["paths", _, _, "parameters" | "requestBody", ..] => Some(Side::Request),
        ["paths", _, _, "responses", ..] | ["components", "responses" | "headers", ..] => {
            Some(Side::Response)
        }
        _ => None,
    }
}

fn mismatch(example: &Example, findings: &[Finding]) -> Diagnostic {
    let (code, word) = match example.is_default {
        true => (Code::DefaultMismatch, "default"),
        false => (Code::ExampleMismatch, "example"),
    };
    let text = |finding: &Finding| match finding.pointer.as_str() {
        "" => finding.message.clone(),
        pointer => format!("{} at {pointer}", finding.message),
    };
    let mut texts: Vec<String> = findings.iter().take(SHOWN).map(text).collect();
    if findings.len() > SHOWN {
        texts.push(format!("and {} more", findings.len() - SHOWN));
    }
    let message = format!("the {word} does not match its schema: {}", texts.join("; "));
    let diagnostic = Diagnostic::warning(code, example.location.clone(), message)
        .help(format!("correct the {word}, or the schema if the {word} is right"));
    match findings.first().and_then(|finding| Pointer::parse(&finding.schema)) {
        Some(keyword) => diagnostic
            .related(Location::pointer(example.location.source, keyword), "this is what it has to match"),
        None => diagnostic,
    }
}
