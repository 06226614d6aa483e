//! Declared errors → bodies that tell what is wrong.
//!
//! Knows which names documents give to what tells of an error. Whether a body is what the document says, the
//! contract has to say. Must not know why something failed.

use crate::problem::{Problem, part, sentence, sentences};
use crate::sample::{Sampler, Way};
use serde_json::{Map, Value, json};
use spec_api::{Additional, Api, Kind, MediaType, Object, SchemaId};
use spec_contract::Violation;

/// The depth to which schemas are filled.
const DEPTH: usize = 8;

/// Returns the bodies that may tell of a problem, the one that tells most first.
pub(crate) fn bodies(api: &Api, media: &MediaType, problem: &Problem<'_>) -> Vec<Value> {
    let Some(schema) = media.schema else {
        return if media.essence().ends_with("problem+json") { vec![problem.json()] } else { Vec::new() };
    };
    let mut bodies = Vec::new();
    if has_list(api, schema, "detail") {
        bodies.push(details(problem));
    }
    if media.essence() == "application/problem+json" {
        bodies.insert(0, problem.json());
    }
    let told = Told::of_problem(problem);
    for only_required in [false, true] {
        bodies.extend(
            Filler { api, problem, only_required }.fill(schema, &told, 0).filter(|body| told.is_in(body)),
        );
    }
    bodies
}

/// Says whether an object declares a list of this name.
fn has_list(api: &Api, schema: SchemaId, name: &str) -> bool {
    let Kind::Object(object) = &api.schema(api.resolve(schema)).kind else { return false };
    let named = object.properties.iter().find(|own| own.name == name);
    named.is_some_and(|own| matches!(api.schema(api.resolve(own.schema)).kind, Kind::Array(_)))
}

/// Returns violations as FastAPI lists them: `{"detail": [{"loc": […], "msg": …, "type": …}]}`.
fn details(problem: &Problem<'_>) -> Value {
    let one = |violation: &Violation| {
        let kind = violation.kind.as_str();
        json!({"loc": steps(violation), "msg": violation.message, "type": kind})
    };
    match problem.violations {
        [] => json!({"detail": [{"loc": [], "msg": problem.detail, "type": "error"}]}),
        violations => json!({"detail": violations.iter().map(one).collect::<Vec<_>>()}),
    }
}

/// Returns where a violation is: the part of the message, then names and positions.
pub(crate) fn steps(violation: &Violation) -> Vec<Value> {
    let mut steps = vec![Value::from(part(violation.part))];
    steps.extend(violation.name.as_deref().map(Value::from));
    for token in violation.pointer.split('/').skip(1) {
        let plain = token.replace("~1", "/").replace("~0", "~");
        steps.push(token.parse::<u64>().map_or_else(|_| plain.into(), Value::from));
    }
    steps
}

/// What is told: of the whole request, or of one thing in it.
struct Told {
    message: String,
    /// A word for programs.
    kind: String,
    field: String,
    part: String,
}

impl Told {
    fn of_problem(problem: &Problem<'_>) -> Told {
        let message = match problem.violations {
            [] => problem.detail.clone(),
            violations => sentences(violations),
        };
        let (field, part) =
            problem.violations.first().map(|own| (field(own), part(own.part))).unwrap_or_default();
        Told { message, kind: problem.title().to_owned(), field, part: part.to_owned() }
    }

    fn of_violation(violation: &Violation) -> Told {
        Told {
            message: sentence(violation),
            kind: violation.kind.as_str().to_owned(),
            field: field(violation),
            part: part(violation.part).to_owned(),
        }
    }

    /// Says whether a body tells anything.
    fn is_in(&self, body: &Value) -> bool {
        match body {
            Value::String(text) => {
                text == &self.message || !text.is_empty() && self.message.contains(text.as_str())
            }
            Value::Array(items) => items.iter().any(|item| self.is_in(item)),
            Value::Object(members) => members.values().any(|member| self.is_in(member)),
            _ => false,
        }
    }
}

/// Returns where a violation is, in one text.
fn field(violation: &Violation) -> String {
    let steps = steps(violation).into_iter().skip(1);
    let texts = steps.map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned));
    texts.collect::<Vec<_>>().join(".")
}

/// Fills schemas with what is told.
struct Filler<'a> {
    api: &'a Api,
    problem: &'a Problem<'a>,
    only_required: bool,
}

impl Filler<'_> {
    /// Fills a schema; none where it asks for what nobody knows.
    fn fill(&self, id: SchemaId, told: &Told, depth: usize) -> Option<Value> {
        let schema = self.api.schema(self.api.resolve(id));
        if depth > DEPTH {
            return self.api.is_nullable(id).then_some(Value::Null);
        }
        let value = match &schema.kind {
            Kind::Enum(values) => self.named(values).cloned(),
            Kind::Any => Some(told.message.as_str().into()),
            Kind::String(None) => Some(told.message.as_str().into()),
            Kind::String(Some(format)) if format == "uri" || format == "uri-reference" => {
                Some("about:blank".into())
            }
            Kind::Integer(_) | Kind::Number(_) => Some(self.problem.status.into()),
            Kind::Boolean => Some(false.into()),
            Kind::Array(items) => self.list((*items)?, told, depth),
            Kind::Object(object) => self.object(object, told, depth),
            Kind::Union { variants, .. } => variants.iter().find_map(|id| self.fill(*id, told, depth + 1)),
            _ => None,
        };
        value.or(self.api.is_nullable(id).then_some(Value::Null))
    }

    /// Makes a value that tells nothing.
    fn sample(&self, id: SchemaId) -> Option<Value> {
        let pointer = self.api.schema(id).pointer()?;
        Sampler::new(&self.api.json, Way::Examples).at(pointer).ok()
    }

    /// Fills a list: with an item for each violation.
    fn list(&self, items: SchemaId, told: &Told, depth: usize) -> Option<Value> {
        let violations = self.problem.violations;
        let many = if violations.is_empty() { vec![self.fill(items, told, depth + 1)?] } else { Vec::new() };
        let each = violations.iter().filter_map(|own| self.fill(items, &Told::of_violation(own), depth + 1));
        Some(many.into_iter().chain(each).collect())
    }

    /// Chooses the value of an enumeration that names the status, or else the first.
    fn named<'v>(&self, values: &'v [Value]) -> Option<&'v Value> {
        let letters = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).map(|own| own.to_ascii_lowercase()).collect()
        };
        let name = letters(self.problem.title());
        let names = |value: &&Value| match value {
            Value::String(text) => letters(text) == name || *text == self.problem.status.to_string(),
            Value::Number(number) => number.as_u64() == Some(self.problem.status.into()),
            _ => false,
        };
        values.iter().find(names).or(values.first())
    }

    fn object(&self, object: &Object, told: &Told, depth: usize) -> Option<Value> {
        let mut members = Map::new();
        let names: Vec<&str> = object.properties.iter().map(|own| own.name.as_str()).collect();
        for property in &object.properties {
            let role = Role::of(&property.name, &names);
            if !property.required && (role == Role::None || self.only_required) {
                continue;
            }
            let own = Told {
                message: match role {
                    Role::Name => self.problem.title().to_owned(),
                    Role::Kind => told.kind.clone(),
                    Role::Field => told.field.clone(),
                    Role::Part => told.part.clone(),
                    Role::Type if names.contains(&"title") => "about:blank".to_owned(),
                    Role::Type => told.kind.clone(),
                    Role::Message | Role::None => told.message.clone(),
                },
                kind: told.kind.clone(),
                field: told.field.clone(),
                part: told.part.clone(),
            };
            let value = match role {
                Role::None => self.sample(property.schema),
                _ => self.fill(property.schema, &own, depth + 1),
            };
            match value {
                Some(value) => {
                    members.insert(property.name.clone(), value);
                }
                None if property.required => return None,
                None => {}
            }
        }
        if members.is_empty() && object.properties.is_empty() && object.additional != Additional::Refused {
            members.insert("message".to_owned(), told.message.as_str().into());
        }
        Some(Value::Object(members))
    }
}

/// What a property of an error tells, by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Message,
    /// The name of the status.
    Name,
    Kind,
    Type,
    Field,
    Part,
    None,
}

impl Role {
    fn of(name: &str, beside: &[&str]) -> Role {
        const SENTENCES: [&str; 9] = [
            "message",
            "msg",
            "detail",
            "details",
            "description",
            "errordescription",
            "errormessage",
            "reason",
            "text",
        ];
        let plain = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
        let name = plain(name);
        let has_sentence = beside.iter().any(|own| SENTENCES.contains(&plain(own).as_str()));
        match name.as_str() {
            own if SENTENCES.contains(&own) => Role::Message,
            "errors" | "violations" | "issues" | "causes" | "validationerrors" | "fielderrors"
            | "errorlist" => Role::Message,
            "title" | "error" if has_sentence => Role::Name,
            "title" | "error" => Role::Message,
            "code" | "errorcode" | "kind" => Role::Kind,
            "status" | "statuscode" => Role::Name,
            "type" => Role::Type,
            "field" | "path" | "pointer" | "property" | "param" | "parameter" | "source" | "loc" | "name" => {
                Role::Field
            }
            "in" | "location" => Role::Part,
            _ => Role::None,
        }
    }
}
