//! Schema objects → schemas: kinds, null, references, unions and the merging of `allOf`.
//!
//! Knows JSON Schema 2020-12 and the dialect of OpenAPI 3.0. Must not know where in an API a schema is used.

use crate::model::{Additional, Discriminator, Example, Kind, Object, Property, Schema, Version};
use crate::reader::{At, Reader};
use crate::{SchemaId, dialect};
use serde_json::{Map, Value};
use spec_document::{Code, Diagnostic, Location, Pointer};

/// Keywords whose assertions a [`Kind`] does not carry; they are kept as they stand.
const ASSERTIONS: [&str; 28] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "prefixItems",
    "unevaluatedItems",
    "minProperties",
    "maxProperties",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "not",
    "if",
    "then",
    "else",
    "contentEncoding",
];

/// Keywords that hold one schema, several in a list, or several by name, and have no [`Kind`] of their own.
const NESTED: [&str; 12] = [
    "contains",
    "prefixItems",
    "unevaluatedItems",
    "patternProperties",
    "propertyNames",
    "dependentSchemas",
    "unevaluatedProperties",
    "not",
    "if",
    "then",
    "else",
    "$defs",
];

/// An `allOf` whose parts may not have been read yet.
#[derive(Clone)]
pub(crate) struct Pending {
    id: SchemaId,
    parts: Vec<SchemaId>,
}

impl<'a> Reader<'a> {
    /// The schema that stands at `at`; read once, however often it is asked for.
    pub(crate) fn schema(&mut self, at: At<'a>) -> SchemaId {
        if let Some(id) = self.schema_ids.get(&at.pointer) {
            return *id;
        }
        let id = SchemaId(self.schemas.len() as u32);
        self.schema_ids.insert(at.pointer.clone(), id);
        self.schemas.push(blank(self.location(&at.pointer)));
        let schema = self.read_schema(id, &at);
        self.schemas[id.0 as usize] = schema;
        id
    }

    /// A schema that says nothing, for places where the document gives none.
    pub(crate) fn any_schema(&mut self, near: &Pointer) -> SchemaId {
        let id = SchemaId(self.schemas.len() as u32);
        let mut location = self.location(near);
        location.place = spec_document::Place::File;
        self.schemas.push(blank(location));
        id
    }

    /// Notes the examples that stand beside a schema: in a parameter or a media type.
    pub(crate) fn examples_of(&mut self, at: &At<'a>, schema: SchemaId) {
        if let Some(example) = at.child("example") {
            self.note_example(&example, schema, false);
        }
        for (_, example) in at.child("examples").map(|examples| examples.members()).unwrap_or_default() {
            let Some(example) = self.follow(example) else { continue };
            if let Some(value) = example.child("value") {
                self.note_example(&value, schema, false);
            }
        }
    }

    fn note_example(&mut self, at: &At<'a>, schema: SchemaId, is_default: bool) -> (Location, Value) {
        let location = self.location(&at.pointer);
        let value = at.node.to_json();
        self.examples.push(Example { location: location.clone(), schema, value: value.clone(), is_default });
        (location, value)
    }

    fn read_schema(&mut self, id: SchemaId, at: &At<'a>) -> Schema {
        let mut schema = blank(self.location(&at.pointer));
        schema.component = component_name(&at.pointer);
        if let Some(allowed) = at.node.as_bool() {
            schema.kind = if allowed { Kind::Any } else { Kind::Never };
            return schema;
        }
        if self.expect_object(at).is_none() {
            return schema;
        }
        let reference = at.child("$ref");
        if reference.is_some() && self.version == Version::V3_0 {
            // OpenAPI 3.0.3, 4.7.23: what stands beside `$ref` is ignored.
            self.read_reference(&mut schema, reference.as_ref());
            return schema;
        }
        self.read_annotations(&mut schema, at, id);
        self.read_assertions(&mut schema, at);
        self.read_kind(&mut schema, at, id, reference.as_ref());
        schema
    }

    fn read_reference(&mut self, schema: &mut Schema, reference: Option<&At<'a>>) {
        if let Some(target) = reference.and_then(|reference| self.target(reference)) {
            schema.kind = Kind::Reference(self.schema(target));
        }
    }

    fn read_annotations(&mut self, schema: &mut Schema, at: &At<'a>, id: SchemaId) {
        schema.title = self.string(at, "title");
        schema.description = self.string(at, "description");
        schema.pinned_name = self.string(at, "x-rust-name");
        schema.deprecated = self.bool(at, "deprecated").unwrap_or(false);
        schema.read_only = self.bool(at, "readOnly").unwrap_or(false);
        schema.write_only = self.bool(at, "writeOnly").unwrap_or(false);
        if let Some(default) = at.child("default") {
            schema.default = Some(self.note_example(&default, id, true).1);
        }
        if let Some(example) = at.child("example") {
            let noted = self.note_example(&example, id, false);
            schema.examples.push(noted);
        }
        for example in at.child("examples").map(|list| list.items()).unwrap_or_default() {
            let noted = self.note_example(&example, id, false);
            schema.examples.push(noted);
        }
    }

    fn read_assertions(&mut self, schema: &mut Schema, at: &At<'a>) {
        for keyword in ASSERTIONS {
            if let Some(child) = at.child(keyword) {
                schema.assertions.insert(keyword.to_owned(), child.node.to_json());
            }
        }
        if self.version == Version::V3_0 {
            dialect::upgrade_bounds(&mut schema.assertions);
        }
        for keyword in NESTED {
            let Some(child) = at.child(keyword) else { continue };
            let by_name = ["patternProperties", "dependentSchemas", "$defs"].contains(&keyword);
            if by_name {
                for (_, member) in child.members() {
                    self.schema(member);
                }
            } else if child.node.as_array().is_some() {
                for item in child.items() {
                    self.schema(item);
                }
            } else {
                self.schema(child);
            }
        }
    }

    fn read_kind(&mut self, schema: &mut Schema, at: &At<'a>, id: SchemaId, reference: Option<&At<'a>>) {
        let types = self.read_types(schema, at);
        let structure = self.read_structure(at, types.as_deref());
        let union = ["oneOf", "anyOf"].into_iter().find_map(|keyword| Some((keyword, at.child(keyword)?)));
        let parts = at.child("allOf");
        let both_unions = at.child("oneOf").is_some() && at.child("anyOf").is_some();
        match (structure, reference, union, parts) {
            (structure, Some(reference), None, None) => {
                self.read_reference(schema, Some(reference));
                if structure != Kind::Any || !schema.assertions.is_empty() {
                    schema.kind = Kind::Opaque;
                }
            }
            (structure, None, Some((keyword, list)), None) if !both_unions => {
                self.read_union(schema, at, keyword, &list, structure, types.is_some());
            }
            (structure, None, None, Some(list)) => {
                schema.kind = structure;
                let parts: Vec<SchemaId> = self.array(&list).into_iter().map(|part| self.schema(part)).collect();
                self.pending.push(Pending { id, parts });
            }
            (structure, None, None, None) => schema.kind = structure,
            _ => {
                for keyword in ["oneOf", "anyOf", "allOf"] {
                    for part in at.child(keyword).map(|list| self.array(&list)).unwrap_or_default() {
                        self.schema(part);
                    }
                }
                schema.kind = Kind::Opaque;
            }
        }
    }

    /// The types other than null, or none where the document does not say; null is noted.
    fn read_types(&mut self, schema: &mut Schema, at: &At<'a>) -> Option<Vec<&'a str>> {
        let nullable_30 = self.version == Version::V3_0 && self.bool(at, "nullable").unwrap_or(false);
        let mut types = at.child("type").map(|declared| match declared.node.as_array() {
            Some(list) => list.iter().filter_map(|node| node.as_str()).collect::<Vec<_>>(),
            None => declared.node.as_str().into_iter().collect(),
        });
        for name in types.iter().flatten() {
            if !["null", "boolean", "integer", "number", "string", "array", "object"].contains(name) {
                let message = format!("there is no type {name:?}");
                self.invalid(at, "type", message, "use null, boolean, integer, number, string, array or object");
            }
        }
        let says_null = types.as_ref().is_some_and(|types| types.contains(&"null"));
        let values = at.child("enum").map(|list| self.array(&list));
        let lists_null = values.as_ref().is_none_or(|values| values.iter().any(|value| value.node.is_null()));
        let constant_null = at.child("const").is_none_or(|value| value.node.is_null());
        let untyped_null = types.is_none() && (values.is_some() || at.child("const").is_some());
        schema.nullable = nullable_30 || ((says_null || untyped_null) && lists_null && constant_null);
        if let Some(types) = &mut types {
            types.retain(|name| *name != "null");
        }
        types
    }

    /// What the keywords for enumerations, arrays and objects say.
    fn read_structure(&mut self, at: &At<'a>, types: Option<&[&'a str]>) -> Kind {
        let values = match (at.child("const"), at.child("enum")) {
            (Some(constant), _) => Some(vec![constant]),
            (None, Some(list)) => Some(list.items()),
            (None, None) => None,
        };
        if let Some(values) = values {
            let values: Vec<Value> = values.iter().filter(|v| !v.node.is_null()).map(|v| v.node.to_json()).collect();
            return if values.is_empty() { Kind::Never } else { Kind::Enum(values) };
        }
        let format = self.string(at, "format");
        match types {
            None if at.child("properties").is_some() || at.child("additionalProperties").is_some() => self.read_object(at),
            None if at.child("items").is_some() => self.read_array(at),
            None => Kind::Any,
            Some([]) => Kind::Never,
            Some(["boolean"]) => Kind::Boolean,
            Some(["integer"]) => Kind::Integer(format),
            Some(["number"] | ["integer", "number"] | ["number", "integer"]) => Kind::Number(format),
            Some(["string"]) => Kind::String(format),
            Some(["array"]) => self.read_array(at),
            Some(["object"]) => self.read_object(at),
            Some(_) => {
                // Several types: read what they hold, for its diagnostics; a validator says the rest.
                self.read_object(at);
                self.read_array(at);
                Kind::Opaque
            }
        }
    }

    fn read_array(&mut self, at: &At<'a>) -> Kind {
        Kind::Array(at.child("items").map(|items| self.schema(items)))
    }

    fn read_object(&mut self, at: &At<'a>) -> Kind {
        let required: Vec<String> = match at.child("required") {
            Some(list) => self.array(&list).iter().filter_map(|name| name.node.as_str().map(str::to_owned)).collect(),
            None => Vec::new(),
        };
        let mut properties: Vec<Property> = Vec::new();
        if let Some(declared) = at.child("properties")
            && self.expect_object(&declared).is_some()
        {
            for (name, property) in declared.members() {
                let schema = self.schema(property);
                properties.push(Property { name: name.to_owned(), schema, required: required.iter().any(|r| r == name) });
            }
        }
        for name in required {
            if !properties.iter().any(|property| property.name == name) {
                let schema = self.any_schema(&at.pointer);
                properties.push(Property { name, schema, required: true });
            }
        }
        let additional = match at.child("additionalProperties") {
            None => Additional::Unsaid,
            Some(said) => match said.node.as_bool() {
                Some(false) => Additional::Refused,
                Some(true) => Additional::Allowed(None),
                None => Additional::Allowed(Some(self.schema(said))),
            },
        };
        Kind::Object(Object { properties, additional })
    }

    fn read_union(&mut self, schema: &mut Schema, at: &At<'a>, keyword: &str, list: &At<'a>, structure: Kind, typed: bool) {
        let members = self.array(list);
        let ids: Vec<SchemaId> = members.iter().map(|member| self.schema(member.clone())).collect();
        let restricts_only = members
            .iter()
            .all(|member| member.members().iter().all(|(key, _)| ["required", "not", "title", "description"].contains(key)));
        if structure != Kind::Any || typed || !schema.assertions.is_empty() {
            let type_alone =
                matches!(structure, Kind::Object(ref o) if o.properties.is_empty() && o.additional == Additional::Unsaid);
            if restricts_only {
                schema.assertions.insert(keyword.to_owned(), list.node.to_json());
                schema.kind = structure;
                return;
            }
            if !type_alone || !schema.assertions.is_empty() {
                schema.kind = Kind::Opaque;
                return;
            }
        } else if restricts_only {
            schema.kind = Kind::Opaque;
            return;
        }
        let is_null = |id: &SchemaId| {
            let member = &self.schemas[id.0 as usize];
            member.nullable && member.kind == Kind::Never
        };
        let variants: Vec<SchemaId> = ids.iter().copied().filter(|id| !is_null(id)).collect();
        schema.nullable |= variants.len() < ids.len();
        match variants.as_slice() {
            [] => schema.kind = Kind::Never,
            [only] => {
                let only_schema = self.schemas[only.0 as usize].clone();
                // An inline schema beside null is this schema; a component keeps its name.
                if matches!(only_schema.kind, Kind::Reference(_)) {
                    schema.kind = only_schema.kind;
                    schema.nullable |= only_schema.nullable;
                } else {
                    let Schema { kind, assertions, nullable, description, title, pinned_name, default, .. } = only_schema;
                    schema.kind = kind;
                    schema.assertions = assertions;
                    schema.nullable |= nullable;
                    schema.description = schema.description.take().or(description);
                    schema.title = schema.title.take().or(title);
                    schema.pinned_name = schema.pinned_name.take().or(pinned_name);
                    schema.default = schema.default.take().or(default);
                    // The inline schema may itself be an `allOf` that waits to be merged.
                    if let Some(pending) = self.pending.iter().find(|pending| pending.id == *only) {
                        let (id, parts) = (self.schema_ids[&at.pointer], pending.parts.clone());
                        self.pending.push(Pending { id, parts });
                    }
                }
            }
            _ => {
                let discriminator = at.child("discriminator").and_then(|d| self.read_discriminator(&d, &variants));
                schema.kind = Kind::Union { variants, exclusive: keyword == "oneOf", discriminator };
            }
        }
    }

    fn read_discriminator(&mut self, at: &At<'a>, variants: &[SchemaId]) -> Option<Discriminator> {
        let property = self.required_string(at, "propertyName")?;
        let mut mapping: Vec<(String, usize)> = Vec::new();
        let component_of = |reader: &Self, id: SchemaId| match reader.schemas[id.0 as usize].kind {
            Kind::Reference(target) => reader.component_of(target),
            _ => None,
        };
        for (value, target) in at.child("mapping").map(|mapping| mapping.members()).unwrap_or_default() {
            let Some(text) = target.node.as_str() else {
                self.wrong_type(&target, "a string");
                continue;
            };
            let name = text.rsplit('/').next().unwrap_or_default();
            match variants.iter().position(|id| component_of(self, *id).as_deref() == Some(name)) {
                Some(index) => mapping.push((value.to_owned(), index)),
                None => {
                    let location = self.location(&target.pointer);
                    let message = format!("{text:?} is none of the variants");
                    self.push(
                        Diagnostic::warning(Code::UnresolvedReference, location, message)
                            .help("map to a schema that the union lists"),
                    );
                }
            }
        }
        for (index, id) in variants.iter().enumerate() {
            if mapping.iter().any(|(_, mapped)| *mapped == index) {
                continue;
            }
            let values = self.tag_values(*id, &property);
            match (values.as_slice(), component_of(self, *id)) {
                ([], Some(name)) => mapping.push((name, index)),
                ([], None) => return None,
                (values, _) => mapping.extend(values.iter().map(|value| (value.clone(), index))),
            }
        }
        Some(Discriminator { property, mapping })
    }

    /// The texts that a variant allows for the discriminating property, where it says so itself.
    fn tag_values(&self, id: SchemaId, property: &str) -> Vec<String> {
        let mut current = id;
        for _ in 0..32 {
            match &self.schemas[current.0 as usize].kind {
                Kind::Reference(target) => current = *target,
                Kind::Object(object) => {
                    let Some(found) = object.properties.iter().find(|p| p.name == property) else { return Vec::new() };
                    return match &self.schemas[found.schema.0 as usize].kind {
                        Kind::Enum(values) => values.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
                        _ => Vec::new(),
                    };
                }
                _ => return Vec::new(),
            }
        }
        Vec::new()
    }

    fn component_of(&self, id: SchemaId) -> Option<String> {
        match &self.schemas[id.0 as usize].location.place {
            spec_document::Place::Pointer { pointer, .. } => component_name(pointer),
            _ => None,
        }
    }

    /// Merges every `allOf`, once all schemas have been read.
    pub(crate) fn finish_schemas(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let mut state: Vec<u8> = vec![DONE; self.schemas.len()];
        for entry in &pending {
            state[entry.id.0 as usize] = WAITING;
        }
        for entry in &pending {
            self.merge(entry.id, &pending, &mut state);
        }
        self.check_reference_circles();
    }

    fn merge(&mut self, id: SchemaId, pending: &[Pending], state: &mut [u8]) {
        let slot = id.0 as usize;
        if state[slot] != WAITING {
            return;
        }
        state[slot] = MERGING;
        let parts = pending.iter().find(|entry| entry.id == id).map(|entry| entry.parts.clone()).unwrap_or_default();
        let mut whole =
            Whole { kind: self.schemas[slot].kind.clone(), assertions: self.schemas[slot].assertions.clone(), nullable: true };
        let own = whole.kind != Kind::Any;
        if own {
            whole.nullable = self.schemas[slot].nullable;
        }
        if let ([only], false, true) = (parts.as_slice(), own, whole.assertions.is_empty()) {
            // One part alone: this schema is that one, under words of its own.
            if let Kind::Reference(_) = self.schemas[only.0 as usize].kind {
                self.schemas[slot].kind = self.schemas[only.0 as usize].kind.clone();
                state[slot] = DONE;
                return;
            }
        }
        for part in parts {
            let mut target = part;
            for _ in 0..self.schemas.len() {
                match self.schemas[target.0 as usize].kind {
                    Kind::Reference(next) if next != target => target = next,
                    _ => break,
                }
            }
            self.merge(target, pending, state);
            if state[target.0 as usize] == MERGING {
                let location = self.schemas[slot].location.clone();
                let message = "this `allOf` contains itself";
                self.push(
                    Diagnostic::error(Code::CircularReference, location, message)
                        .help("refer to the schema from a property, not from `allOf`"),
                );
                whole.kind = Kind::Opaque;
                break;
            }
            let part_schema = self.schemas[part.0 as usize].clone();
            let target_schema = self.schemas[target.0 as usize].clone();
            if self.schemas[slot].description.is_none() && part == target {
                self.schemas[slot].description = part_schema.description;
            }
            whole.add(&target_schema, &self.schemas);
        }
        let schema = &mut self.schemas[slot];
        schema.nullable = schema.nullable || (whole.nullable && whole.kind != Kind::Any);
        schema.kind = whole.kind;
        schema.assertions = whole.assertions;
        state[slot] = DONE;
    }

    /// References that lead only to references, in a circle, mean nothing.
    fn check_reference_circles(&mut self) {
        for index in 0..self.schemas.len() {
            let mut current = index;
            let mut steps = 0;
            while let Kind::Reference(target) = self.schemas[current].kind {
                current = target.0 as usize;
                steps += 1;
                if current == index || steps > self.schemas.len() {
                    break;
                }
            }
            if steps > 0 && current == index {
                let location = self.schemas[index].location.clone();
                self.push(
                    Diagnostic::error(Code::CircularReference, location, "this reference leads back to itself")
                        .help("let it end at a schema that says something"),
                );
                self.schemas[index].kind = Kind::Any;
            }
        }
    }
}

const WAITING: u8 = 0;
const MERGING: u8 = 1;
const DONE: u8 = 2;

/// What the parts of an `allOf` say together.
struct Whole {
    kind: Kind,
    assertions: Map<String, Value>,
    nullable: bool,
}

impl Whole {
    fn add(&mut self, part: &Schema, schemas: &[Schema]) {
        self.nullable &= part.nullable || (part.kind == Kind::Any);
        for (keyword, value) in &part.assertions {
            if self.assertions.get(keyword).is_some_and(|own| own != value) {
                self.kind = Kind::Opaque;
                return;
            }
            self.assertions.insert(keyword.clone(), value.clone());
        }
        let own = std::mem::replace(&mut self.kind, Kind::Opaque);
        self.kind = match (own, &part.kind) {
            (kind, Kind::Any) => kind,
            (Kind::Any, kind) => kind.clone(),
            (Kind::Object(left), Kind::Object(right)) => merge_objects(left, right, schemas),
            (left, right) if left == *right => left,
            _ => Kind::Opaque,
        };
    }
}

/// Objects hold together as long as no property has two meanings and neither refuses what the other names.
fn merge_objects(mut left: Object, right: &Object, schemas: &[Schema]) -> Kind {
    let has = |object: &Object, name: &str| object.properties.iter().any(|property| property.name == name);
    let refuses = |a: &Object, b: &Object| a.additional == Additional::Refused && b.properties.iter().any(|p| !has(a, &p.name));
    if refuses(&left, right) || refuses(right, &left) {
        return Kind::Opaque;
    }
    // A part may require a property that another part describes: it then says nothing of its own about it.
    let is_unsaid = |id: SchemaId| schemas[id.0 as usize].pointer().is_none();
    for property in &right.properties {
        let Some(own) = left.properties.iter_mut().find(|own| own.name == property.name) else {
            left.properties.push(property.clone());
            continue;
        };
        own.required |= property.required;
        if own.schema == property.schema || is_unsaid(property.schema) {
            continue;
        }
        let (mine, theirs) = (&schemas[own.schema.0 as usize], &schemas[property.schema.0 as usize]);
        let same = mine.kind == theirs.kind && mine.nullable == theirs.nullable && mine.assertions == theirs.assertions;
        if !is_unsaid(own.schema) && !same {
            return Kind::Opaque;
        }
        own.schema = property.schema;
    }
    left.additional = match (left.additional, &right.additional) {
        (Additional::Unsaid, other) => other.clone(),
        (own, Additional::Unsaid) => own,
        (own, other) if own == *other => own,
        _ => return Kind::Opaque,
    };
    Kind::Object(left)
}

fn blank(location: Location) -> Schema {
    Schema {
        location,
        component: None,
        pinned_name: None,
        title: None,
        description: None,
        deprecated: false,
        read_only: false,
        write_only: false,
        default: None,
        examples: Vec::new(),
        nullable: false,
        kind: Kind::Any,
        assertions: Map::new(),
    }
}

fn component_name(pointer: &Pointer) -> Option<String> {
    let mut tokens = pointer.tokens();
    let prefix = (tokens.next()?, tokens.next()?);
    let name = tokens.next()?;
    (prefix.0 == "components" && prefix.1 == "schemas" && tokens.next().is_none()).then(|| name.into_owned())
}
