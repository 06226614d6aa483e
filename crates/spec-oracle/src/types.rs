//! `oracle types`: how much of a document gets a real type.
//!
//! A schema or property has none where all that its Rust type says is "some JSON", on its own, in a list or
//! in a map. Looks at the plan only; nothing is generated.

use crate::ours::{self, Planned};
use crate::table::{percent, table};
use crate::translate::each_schema;
use serde_json::Value;
use spec_api::{Additional, Api, Kind, SchemaId};
use spec_codegen::plan::{Definition, Plan, RustType, TypePlan};
use spec_document::Place;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

/// Where the schemas are that are counted.
const COMPONENTS: &str = "/components/schemas/";

/// Keywords that say nothing of values.
const ANNOTATIONS: &[&str] = &[
    "$anchor",
    "$comment",
    "$defs",
    "$id",
    "default",
    "deprecated",
    "description",
    "example",
    "examples",
    "externalDocs",
    "nullable",
    "readOnly",
    "title",
    "writeOnly",
    "xml",
];

/// Keywords that no type can say, only a validator.
const FOR_VALIDATORS: &[&str] = &[
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

/// The most frequent reason.
const NOTHING: &str = "the document says nothing";

/// Counts what a document gets, and names what it does not.
///
/// # Errors
///
/// Everything that is wrong with the document.
pub fn run(document: &Path) -> Result<(String, bool), String> {
    let Planned { api, plan } = ours::plan(document)?;
    Ok((Survey::new(&api, &plan).text(), true))
}

#[derive(Debug, Default)]
struct Count {
    all: usize,
    typed: usize,
}

impl Count {
    fn row(&self, name: &str) -> Vec<String> {
        vec![name.to_owned(), self.all.to_string(), self.typed.to_string(), percent(self.typed, self.all)]
    }
}

struct Survey<'a> {
    api: &'a Api,
    plan: &'a Plan,
    models: HashMap<&'a str, &'a TypePlan>,
    /// Pointers that have been counted.
    seen: HashSet<String>,
    schemas: Count,
    properties: Count,
    /// The schemas without a type, and why.
    lines: Vec<(String, String)>,
}

impl<'a> Survey<'a> {
    fn new(api: &'a Api, plan: &'a Plan) -> Self {
        let models: HashMap<&str, &TypePlan> =
            plan.types.iter().filter_map(|ty| Some((pointer_of(ty)?, ty))).collect();
        let (schemas, properties) = (Count::default(), Count::default());
        let mut survey =
            Survey { api, plan, models, seen: HashSet::new(), schemas, properties, lines: Vec::new() };
        for id in api.components.values() {
            survey.component(*id);
        }
        for ty in &plan.types {
            if pointer_of(ty).is_some_and(|pointer| pointer.starts_with(COMPONENTS)) {
                survey.fields(ty);
            }
        }
        survey
    }

    fn component(&mut self, id: SchemaId) {
        let Some(pointer) = self.api.schema(id).pointer() else { return };
        let is_typed = self.models.get(pointer).is_some_and(|ty| self.is_definition(&ty.definition, 0));
        self.schemas.all += 1;
        self.schemas.typed += usize::from(is_typed);
        if !is_typed {
            self.untyped(pointer, id);
        }
    }

    /// Every property is counted where the document has it: what `allOf` brings from elsewhere only there.
    fn fields(&mut self, ty: &'a TypePlan) {
        let (Definition::Struct(body), Kind::Object(object)) =
            (&ty.definition, &self.api.schema(ty.schema).kind)
        else {
            return;
        };
        for property in &object.properties {
            let field = body.fields.iter().find(|field| field.wire == property.name);
            let (Some(field), Some(pointer)) = (field, self.api.schema(property.schema).pointer()) else {
                continue;
            };
            if !self.seen.insert(pointer.to_owned()) {
                continue;
            }
            let is_typed = self.is_type(&field.ty, 0);
            self.properties.all += 1;
            self.properties.typed += usize::from(is_typed);
            if !is_typed {
                self.untyped(pointer, property.schema);
            }
        }
    }

    /// Notes that what is within a schema without a type has none either.
    fn untyped(&mut self, pointer: &str, id: SchemaId) {
        self.lines.push((pointer.to_owned(), reason(self.api, id, 0)));
        let mut within = Vec::new();
        properties_within(self.api.json_schema(id), pointer, &mut within);
        for property in within {
            if !self.models.contains_key(property.as_str()) && self.seen.insert(property.clone()) {
                self.properties.all += 1;
                self.lines.push((property, format!("it stands within {pointer}")));
            }
        }
    }

    fn is_definition(&self, definition: &Definition, depth: usize) -> bool {
        match definition {
            Definition::Struct(_) | Definition::Enum(_) | Definition::Union(_) => true,
            Definition::Alias(ty) | Definition::Wrapper(ty) => self.is_type(ty, depth),
            Definition::Opaque(..) => false,
        }
    }

    fn is_type(&self, ty: &RustType, depth: usize) -> bool {
        match ty {
            RustType::Json => false,
            RustType::Vec(inner)
            | RustType::Map(inner)
            | RustType::Option(inner)
            | RustType::Field(inner)
            | RustType::Box(inner) => self.is_type(inner, depth),
            RustType::Tuple(items) => items.iter().all(|item| self.is_type(item, depth)),
            // A list of lists without end is at least that.
            RustType::Model(id) => {
                depth > 16 || self.is_definition(&self.plan.type_plan(*id).definition, depth + 1)
            }
            _ => true,
        }
    }

    fn text(&self) -> String {
        let head = ["", "all", "typed", "share"].map(str::to_owned).to_vec();
        let mut text = table(&[head, self.schemas.row("schemas"), self.properties.row("properties")]);
        if self.lines.is_empty() {
            return text;
        }
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, reason) in &self.lines {
            let reason =
                if reason.starts_with("it stands within") { "it stands within another" } else { reason };
            *reasons.entry(reason).or_default() += 1;
        }
        let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let rows: Vec<Vec<String>> =
            reasons.iter().map(|(reason, count)| vec![(*reason).to_owned(), count.to_string()]).collect();
        text.push_str(&format!("\nwithout a type, by reason:\n{}\nwithout a type:\n", table(&rows)));
        self.lines.iter().for_each(|(pointer, reason)| text.push_str(&format!("{pointer}: {reason}\n")));
        text
    }
}

fn pointer_of(ty: &TypePlan) -> Option<&str> {
    match &ty.location.place {
        Place::Pointer { pointer, .. } => Some(pointer.as_str()),
        _ => None,
    }
}

/// Pointers of all properties within a schema, references not followed.
fn properties_within(schema: &Value, pointer: &str, found: &mut Vec<String>) {
    let Value::Object(members) = schema else { return };
    each_schema(members, &mut |path, inner| {
        let tokens = path.iter().map(|token| format!("/{}", token.replace('~', "~0").replace('/', "~1")));
        let pointer = format!("{pointer}{}", tokens.collect::<String>());
        if path[0] == "properties" {
            found.push(pointer.clone());
        }
        properties_within(inner, &pointer, found);
    });
}

/// Why a schema has no type, by what the document says.
fn reason(api: &Api, id: SchemaId, depth: usize) -> String {
    if depth > 16 {
        return "it contains itself".to_owned();
    }
    let schema = api.schema(id);
    let inner = |what: &str, id: SchemaId| format!("{what}: {}", reason(api, id, depth + 1));
    match &schema.kind {
        Kind::Reference(target) => {
            let name = api.schema(*target).pointer().unwrap_or_default();
            inner(&format!("it is {name}"), *target)
        }
        Kind::Array(None) => "a list of anything".to_owned(),
        Kind::Tuple(_) => "a list of which each item is of its own type".to_owned(),
        Kind::Array(Some(items)) => inner("a list", *items),
        Kind::Object(object) => match &object.additional {
            Additional::Allowed(Some(values)) => inner("a map", *values),
            _ if api.json_schema(id).get("patternProperties").is_some() => by_keywords(api.json_schema(id)),
            Additional::Refused => "an object without properties".to_owned(),
            Additional::Unsaid | Additional::Allowed(None) => "a free-form object".to_owned(),
        },
        Kind::Enum(_) => "values of several kinds".to_owned(),
        Kind::Never => "no value at all".to_owned(),
        _ => by_keywords(api.json_schema(id)),
    }
}

fn by_keywords(schema: &Value) -> String {
    let Value::Object(members) = schema else { return NOTHING.to_owned() };
    let said =
        members.keys().map(String::as_str).filter(|key| !ANNOTATIONS.contains(key) && !key.starts_with("x-"));
    let said: Vec<&str> = said.collect();
    let for_validators: Vec<&str> = said.iter().copied().filter(|key| FOR_VALIDATORS.contains(key)).collect();
    match (for_validators.as_slice(), members.get("type").and_then(Value::as_array)) {
        ([], _) if said.is_empty() => NOTHING.to_owned(),
        ([], Some(types)) => {
            let names: Vec<&str> =
                types.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect();
            format!("mixed types: {}", names.join(", "))
        }
        ([], None) => {
            let variants =
                ["anyOf", "oneOf"].iter().filter_map(|key| members.get(*key)?.as_array()).flatten();
            match variants.map(by_keywords).any(|reason| reason == NOTHING) {
                true => "one of its variants can be anything".to_owned(),
                false => format!("no type can say {} together", said.join(", ")),
            }
        }
        (keywords, _) => format!("only a validator can say {}", keywords.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{by_keywords, run};
    use serde_json::json;
    use std::path::Path;

    fn text(document: &str) -> String {
        let path = Path::new("../spec-codegen/tests/documents").join(document);
        run(&path).expect("a table").0
    }

    #[test]
    fn what_is_free_form_has_no_type() {
        let text = text("free-form.yaml");
        assert!(text.contains("/components/schemas/Anything: the document says nothing\n"), "{text}");
    }

    #[test]
    fn a_document_of_types_has_them_all() {
        let text = text("three-states.yaml");
        assert!(text.contains("schemas"), "{text}");
        assert_eq!(text.matches("100.0 %").count(), 2, "{text}");
        assert!(!text.contains("without a type"), "{text}");
    }

    #[test]
    fn reasons_are_what_the_document_says() {
        assert_eq!(by_keywords(&json!(true)), "the document says nothing");
        assert_eq!(by_keywords(&json!({ "description": "x", "x-y": 1 })), "the document says nothing");
        assert_eq!(
            by_keywords(&json!({ "type": ["string", "integer", "null"] })),
            "mixed types: string, integer"
        );
        assert_eq!(by_keywords(&json!({ "not": {}, "type": "string" })), "only a validator can say not");
        assert_eq!(
            by_keywords(&json!({ "type": "object", "anyOf": [] })),
            "no type can say type, anyOf together"
        );
        assert_eq!(
            by_keywords(&json!({ "anyOf": [{ "type": "null" }, {}] })),
            "one of its variants can be anything"
        );
    }
}
