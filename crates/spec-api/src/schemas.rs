//! Schema objects → schemas: kinds, null, references and unions.
//!
//! Knows JSON Schema 2020-12 and the dialect of OpenAPI 3.0. Must not know where in an API a schema is used,
//! nor what the parts of an `allOf` say together (`merge`).

use crate::cursor::Cursor;
use crate::merge::{Merge, is_of};
use crate::model::{Additional, Discriminator, Example, Kind, Object, Property, Schema, Version};
use crate::reader::Reader;
use crate::references::identity::{Meaning, is_metaschema};
use crate::references::uri::{fragment, is_uri};
use crate::schema::untyped::Untyped;
use crate::spelling::nearest;
use crate::{SchemaId, dialect};
use serde_json::{Map, Value};
use spec_document::{Code, Diagnostic, Location, Pointer};
use std::collections::HashSet;

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

/// Keywords that restrict a value without saying what it is.
const RESTRICTIONS: [&str; 20] = [
    "required",
    "not",
    "title",
    "description",
    "format",
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
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
];

/// Other keywords of a schema; with [`ASSERTIONS`] these are all, so that slips of the pen stand out.
const OTHERS: [&str; 38] = [
    "$ref",
    "$schema",
    "$id",
    "$anchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$recursiveRef",
    "$recursiveAnchor",
    "$vocabulary",
    "$comment",
    "$defs",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "dependencies",
    "deprecated",
    "description",
    "discriminator",
    "enum",
    "example",
    "examples",
    "externalDocs",
    "format",
    "items",
    "nullable",
    "oneOf",
    "properties",
    "readOnly",
    "required",
    "title",
    "type",
    "writeOnly",
];

/// What a schema itself says about null.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Null {
    /// Nothing: neither `type` nor `enum` nor `const`.
    Unsaid,
    Refused,
    Accepted,
    /// `nullable: true` of OpenAPI 3.0, which is meant to hold whatever stands beside it.
    Declared,
}

impl<'a> Reader<'a> {
    /// The schema that stands at `at`; read once, however often it is asked for.
    pub(crate) fn schema(&mut self, at: Cursor<'a>) -> SchemaId {
        let id = self.reference(at);
        if let Some(at) = self.unread.remove(&id) {
            let schema = self.read_schema(id, &at);
            self.schemas[id.0 as usize] = schema;
        }
        id
    }

    /// The schema that stands at `at`, to be read later: chains of references have no limit, but the stack
    /// has.
    fn reference(&mut self, at: Cursor<'a>) -> SchemaId {
        if let Some(id) = self.schema_ids.get(&at.pointer) {
            return *id;
        }
        let id = self.add(blank(self.location(&at.pointer)), Null::Unsaid);
        self.schema_ids.insert(at.pointer.clone(), id);
        self.unread.insert(id, at);
        self.referenced.push_back(id);
        id
    }

    /// A schema that says nothing, for places where the document gives none.
    pub(crate) fn any_schema(&mut self, near: &Pointer) -> SchemaId {
        let mut location = self.location(near);
        location.place = spec_document::Place::File;
        self.add(blank(location), Null::Unsaid)
    }

    /// A schema of texts, for places where the document gives none and nothing else can stand.
    pub(crate) fn text_schema(&mut self, near: &Pointer) -> SchemaId {
        let id = self.any_schema(near);
        self.schemas[id.0 as usize].kind = Kind::String(None);
        id
    }

    pub(crate) fn add(&mut self, schema: Schema, null: Null) -> SchemaId {
        let id = SchemaId(self.schemas.len() as u32);
        self.schemas.push(schema);
        self.nulls.push(null);
        id
    }

    /// Notes the examples that stand beside a schema: in a parameter or a media type.
    pub(crate) fn examples_of(&mut self, at: &Cursor<'a>, schema: SchemaId) {
        if let Some(example) = at.child("example") {
            self.note_example(&example, schema, false);
        }
        for (_, example) in self.members_of(at, "examples") {
            let Some(example) = self.follow(example) else { continue };
            if self.expect_object(&example).is_none() {
                continue;
            }
            self.only(
                &example,
                &["summary", "description", "value", "externalValue"],
                &["dataValue", "serializedValue"],
            );
            if let Some(value) = example.child("value") {
                self.note_example(&value, schema, false);
            }
        }
    }

    fn note_example(&mut self, at: &Cursor<'a>, schema: SchemaId, is_default: bool) -> (Location, Value) {
        let location = self.location(&at.pointer);
        let value = at.node.to_json();
        // A shared parameter or response is read once for each operation.
        if self.noted_examples.insert((at.pointer.clone(), schema)) {
            self.examples.push(Example {
                location: location.clone(),
                schema,
                value: value.clone(),
                is_default,
            });
        }
        (location, value)
    }

    /// What another file calls a schema: by the last word of its pointer where that is a name, or for a whole
    /// file its name without the ending.
    fn file_name(&self, pointer: &Pointer) -> Option<String> {
        let (root, inner) = self.document.file_around(pointer)?;
        let Some(last) = inner.last() else {
            let name = root.last()?;
            let file = name.rsplit('/').next()?;
            return Some(file.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or(file).to_owned());
        };
        let parent = inner.parent()?;
        let is_name = parent.last().is_none_or(|word| ["schemas", "$defs", "definitions"].contains(&&*word));
        is_name.then(|| last.into_owned())
    }

    fn read_schema(&mut self, id: SchemaId, at: &Cursor<'a>) -> Schema {
        let mut schema = blank(self.location(&at.pointer));
        schema.component = component_name(&at.pointer);
        schema.file_name = self.file_name(&at.pointer);
        if let Some(allowed) = at.node.as_bool() {
            schema.kind = if allowed { Kind::Any } else { Kind::Never };
            if !allowed {
                self.nulls[id.0 as usize] = Null::Refused;
            }
            return schema;
        }
        if self.expect_object(at).is_none() {
            return schema;
        }
        let is_metaschema = |reference: &Cursor<'_>| reference.node.as_str().is_some_and(is_metaschema);
        let target = at.child("$ref").filter(|reference| !is_metaschema(reference)).map(|reference| {
            let target = self.schema_target(&reference);
            match &target {
                None => self.ignored.push(reference.pointer),
                // Names of components may have what no URI can have as it is.
                Some(target) if !reference.node.as_str().is_some_and(is_uri) => {
                    self.encoded.push((reference.pointer, fragment(&target.pointer)));
                }
                Some(_) => {}
            }
            target.map(|target| self.reference(target))
        });
        if let (Some(Some(target)), Version::V3_0) = (target, self.version) {
            // OpenAPI 3.0.3, 4.7.23: what stands beside `$ref` is ignored.
            if let Some(nullable) = at.child("nullable").filter(|own| own.node.as_bool() == Some(true)) {
                let help = "write `allOf: [{$ref: …}]` beside `nullable: true`, or say it in the schema that is referred to";
                let message = "OpenAPI 3.0 ignores what stands beside `$ref`, so null is not allowed";
                self.note(Code::UnknownField, self.location(&nullable.pointer).key(), message, help);
            }
            schema.kind = Kind::Reference(target);
            return schema;
        }
        self.check_keywords(at);
        self.read_annotations(&mut schema, at, id);
        self.read_assertions(&mut schema, at);
        self.read_kind(&mut schema, at, id, target.flatten());
        schema
    }

    /// Warns of keywords that are nearly ones of a schema. Others are left alone: JSON Schema lets everyone
    /// add some.
    fn check_keywords(&mut self, at: &Cursor<'a>) {
        for (keyword, member) in at.members() {
            let location = self.location(&member.pointer).key();
            if keyword == "nullable" && self.version == Version::V3_1 {
                let help = "add \"null\" to `type`, or `{\"type\": \"null\"}` to `anyOf`";
                self.note(Code::UnknownField, location, "OpenAPI 3.1 has no `nullable`; it is ignored", help);
                continue;
            }
            if keyword.starts_with("x-") || ASSERTIONS.contains(&keyword) || OTHERS.contains(&keyword) {
                continue;
            }
            let known = ASSERTIONS.iter().chain(&OTHERS).copied();
            if let Some(near) = nearest(keyword, known).filter(|near| near.len() > 4) {
                let message = format!("`{keyword}` is no keyword of a schema, and is ignored");
                self.push(
                    Diagnostic::warning(Code::UnknownField, location, message)
                        .help(format!("did you mean `{near}`?")),
                );
            }
        }
    }

    fn read_annotations(&mut self, schema: &mut Schema, at: &Cursor<'a>, id: SchemaId) {
        schema.title = self.remark(at, "title");
        schema.description = self.remark(at, "description");
        schema.pinned_name = self.string(at, "x-rust-name");
        schema.value_names = self.value_names(at);
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
        let examples = at.child("examples");
        if let Some(examples) = examples.as_ref().filter(|examples| examples.node.as_array().is_none()) {
            self.ignore(examples, "an array");
        }
        for example in examples.iter().flat_map(Cursor::items) {
            let noted = self.note_example(&example, id, false);
            schema.examples.push(noted);
        }
    }

    /// Names of the values of an enumeration, as generators in other languages read them: in the order of
    /// `enum`.
    fn value_names(&mut self, at: &Cursor<'a>) -> Vec<(Value, String)> {
        let lists = ["x-enum-varnames", "x-enum-names", "x-enumNames"];
        let (Some(list), Some(values)) = (lists.into_iter().find_map(|key| at.child(key)), at.child("enum"))
        else {
            return Vec::new();
        };
        let (names, values) = (list.items(), values.items());
        let names: Vec<&str> = names.iter().filter_map(|name| name.node.as_str()).collect();
        if names.len() != values.len() {
            let location = self.location(&list.pointer).key();
            let message = "this is no list of one name for each value of `enum`; it is ignored";
            self.push(
                Diagnostic::warning(Code::InvalidValue, location, message)
                    .help("give the names in the order of `enum`"),
            );
            return Vec::new();
        }
        values.iter().zip(names).map(|(value, name)| (value.node.to_json(), name.to_owned())).collect()
    }

    fn read_assertions(&mut self, schema: &mut Schema, at: &Cursor<'a>) {
        for keyword in ASSERTIONS {
            if let Some(child) = at.child(keyword)
                && self.check_assertion(keyword, &child)
                && (keyword != "contentEncoding" || !is_base64(at))
            {
                schema.assertions.insert(keyword.to_owned(), child.node.to_json());
            }
        }
        dialect::upgrade_bounds(&mut schema.assertions);
        for keyword in NESTED {
            let Some(child) = at.child(keyword) else { continue };
            match keyword {
                "patternProperties" | "dependentSchemas" | "$defs" => {
                    for (_, member) in self.members_of(at, keyword) {
                        self.schema(member);
                    }
                }
                "prefixItems" => {
                    for item in self.items_of(at, keyword) {
                        self.schema(item);
                    }
                }
                _ => {
                    self.schema(child);
                }
            }
        }
    }

    /// Whether an assertion has a value that it can have.
    fn check_assertion(&mut self, keyword: &str, at: &Cursor<'a>) -> bool {
        let number = at.node.as_number();
        let (fits, expected) = match keyword {
            "exclusiveMinimum" | "exclusiveMaximum" => {
                // Either version may have what the other writes: its meaning is plain.
                let is_3_0 = self.version == Version::V3_0;
                let expected = if is_3_0 { "true or false" } else { "a number" };
                if !is_3_0 && at.node.as_bool().is_some() {
                    let message = format!(
                        "`{keyword}` must be a number, not a boolean; it is taken as OpenAPI 3.0 has it"
                    );
                    let help = "write the bound itself here, in place of the one beside it";
                    let location = self.location(&at.pointer);
                    self.push(Diagnostic::warning(Code::WrongType, location, message).help(help));
                }
                (at.node.as_bool().is_some() || number.is_some(), expected)
            }
            "minimum" | "maximum" => (number.is_some(), "a number"),
            "multipleOf" => (number.is_some_and(|number| number.as_f64() > 0.0), "a positive number"),
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties"
            | "minContains" | "maxContains" => {
                (number.is_some_and(|number| number.as_u64().is_some()), "a non-negative integer")
            }
            "pattern" | "contentEncoding" => (at.node.as_str().is_some(), "a string"),
            "uniqueItems" => (at.node.as_bool().is_some(), "true or false"),
            "dependentRequired" => (at.object().is_some(), "an object"),
            _ => (true, ""),
        };
        let is_out_of_range =
            number.is_some() && ["number", "integer"].iter().any(|word| expected.ends_with(word));
        if !fits && is_out_of_range {
            let location = self.location(&at.pointer);
            let message = format!("`{keyword}` must be {expected}; it is ignored");
            self.push(
                Diagnostic::warning(Code::InvalidValue, location, message)
                    .help(format!("write {expected} here")),
            );
            self.ignored.push(at.pointer.clone());
        } else if !fits {
            self.ignore(at, expected);
        }
        fits
    }

    fn read_kind(&mut self, schema: &mut Schema, at: &Cursor<'a>, id: SchemaId, target: Option<SchemaId>) {
        let types = self.read_types(schema, at, id);
        schema.typed = types.is_some() || at.child("enum").is_some() || at.child("const").is_some();
        let mut structure = self.read_structure(at, types.as_deref());
        if let (Kind::Array(items), true) = (&mut structure, schema.assertions.contains_key("prefixItems")) {
            // `items` is then about the elements after those, and says nothing of all.
            if let (Some(_), Some(rest)) = (items.take(), at.child("items")) {
                schema.assertions.insert("items".to_owned(), rest.node.to_json());
            }
            structure = self.tuple(&schema.assertions, at).map_or(structure, Kind::Tuple);
        }
        let declared = self.nulls[id.0 as usize] == Null::Declared;
        let parts: Option<Vec<SchemaId>> = at.child("allOf").map(|list| self.parts(&list));
        let mut unions = Vec::new();
        for keyword in ["oneOf", "anyOf"] {
            if let Some(list) = at.child(keyword) {
                unions.push((keyword, self.parts(&list), list));
            }
        }
        match (target, unions.as_slice(), parts) {
            (Some(target), [], None) if structure == Kind::Any && schema.assertions.is_empty() => {
                schema.kind = Kind::Reference(target);
            }
            (None, [], None) => schema.kind = structure,
            (target, [], parts) => {
                schema.kind = structure;
                let parts = target.into_iter().chain(parts.into_iter().flatten()).collect();
                self.merges.insert(id, Merge { parts, nullable: declared });
            }
            (None, [(keyword, members, list)], None) => {
                self.read_union(schema, at, id, keyword, list, members, structure);
            }
            _ => {
                unions.iter().for_each(|(_, members, _)| self.spare_parts(members));
                schema.kind = Kind::Opaque;
            }
        }
        // What can't be looked into here is left to validators.
        let is_metaschema =
            at.child("$ref").is_some_and(|reference| reference.node.as_str().is_some_and(is_metaschema));
        if is_metaschema || at.child("$dynamicRef").is_some() {
            self.merges.shift_remove(&id);
            schema.kind = Kind::Opaque;
        }
    }

    /// The schema of each item, where a list has as many as it describes, no more and no less.
    fn tuple(&mut self, assertions: &Map<String, Value>, at: &Cursor<'a>) -> Option<Vec<SchemaId>> {
        let described = self.items_of(at, "prefixItems");
        let count =
            |keyword: &str| assertions.get(keyword).and_then(Value::as_u64).map(|count| count as usize);
        let most = match assertions.get("items") {
            Some(Value::Bool(false)) => {
                Some(count("maxItems").map_or(described.len(), |most| most.min(described.len())))
            }
            _ => count("maxItems"),
        };
        (count("minItems") == Some(described.len()) && most == Some(described.len()))
            .then(|| described.into_iter().map(|item| self.schema(item)).collect())
    }

    /// The schemas of an `allOf`, `anyOf` or `oneOf`.
    fn parts(&mut self, list: &Cursor<'a>) -> Vec<SchemaId> {
        let parts = self.array(list);
        if list.node.as_array().is_some_and(<[_]>::is_empty) {
            let location = self.location(&list.pointer);
            self.push(
                Diagnostic::error(Code::InvalidValue, location, "this list must not be empty")
                    .help("list a schema, or remove the keyword"),
            );
        }
        parts.into_iter().map(|part| self.schema(part)).collect()
    }

    /// The types other than null, or none where the document does not say; null is noted.
    fn read_types(&mut self, schema: &mut Schema, at: &Cursor<'a>, id: SchemaId) -> Option<Vec<&'a str>> {
        let declared = self.version == Version::V3_0 && self.bool(at, "nullable").unwrap_or(false);
        let mut types = at.child("type").and_then(|declared| self.read_type_names(&declared));
        let says_null = types.as_ref().is_some_and(|types| types.contains(&"null"));
        let values = at.child("enum").map(|list| self.array(&list));
        let lists_null = values.as_ref().is_none_or(|values| values.iter().any(|value| value.node.is_null()));
        let constant_null = at.child("const").is_none_or(|value| value.node.is_null());
        let untyped = types.is_none();
        let null = if declared {
            Null::Declared
        } else if untyped && values.is_none() && at.child("const").is_none() {
            Null::Unsaid
        } else if (says_null || untyped) && lists_null && constant_null {
            Null::Accepted
        } else {
            Null::Refused
        };
        self.nulls[id.0 as usize] = null;
        schema.nullable = matches!(null, Null::Accepted | Null::Declared);
        if let Some(types) = &mut types {
            types.retain(|name| *name != "null");
        }
        types
    }

    fn read_type_names(&mut self, at: &Cursor<'a>) -> Option<Vec<&'a str>> {
        let declared = if at.node.as_array().is_some() { at.items() } else { vec![at.clone()] };
        let mut names = Vec::new();
        for at in declared {
            let Some(name) = at.node.as_str() else {
                if at.node.is_null() {
                    // What YAML makes of `null` without quotes; what is meant is plain.
                    let location = self.location(&at.pointer);
                    let message = "the name of a type must be a string, not null";
                    self.push(
                        Diagnostic::warning(Code::WrongType, location, message)
                            .help("write \"null\" in quotes"),
                    );
                    self.unquoted.push(at.pointer.clone());
                    names.push("null");
                } else {
                    self.wrong_type(&at, "the name of a type");
                }
                continue;
            };
            if !["null", "boolean", "integer", "number", "string", "array", "object"].contains(&name) {
                let help = match name {
                    "file" => "write `type: string` with `format: binary`",
                    "int" | "int32" | "int64" | "long" => "write `type: integer`, with a `format` if need be",
                    "float" | "double" | "decimal" => "write `type: number`, with a `format` if need be",
                    "date" | "date-time" | "datetime" | "uuid" | "binary" => {
                        "write `type: string` with a `format`"
                    }
                    "any" => "leave out `type` where any value will do",
                    _ => "use null, boolean, integer, number, string, array or object",
                };
                let location = self.location(&at.pointer);
                self.push(
                    Diagnostic::error(Code::InvalidValue, location, format!("there is no type {name:?}"))
                        .help(help),
                );
            }
            if !names.contains(&name) {
                names.push(name);
            }
        }
        // What is no type at all has been reported; it shall not look as if no value were allowed.
        (!names.is_empty()).then_some(names)
    }

    /// What the keywords for enumerations, arrays and objects say.
    fn read_structure(&mut self, at: &Cursor<'a>, types: Option<&[&'a str]>) -> Kind {
        let format = self.string(at, "format");
        // In a property's own schema, `required` is a slip of the pen.
        if let Some(required) = at.child("required").filter(|required| required.node.as_array().is_none()) {
            self.ignore(&required, "a list of the names of properties");
        }
        let values = match (at.child("const"), at.child("enum")) {
            (Some(constant), _) => Some(vec![constant]),
            (None, Some(list)) => Some(list.items()),
            (None, None) => None,
        };
        if let Some(values) = values {
            let values: Vec<Value> =
                values.iter().filter(|v| !v.node.is_null()).map(|v| v.node.to_json()).collect();
            return if values.is_empty() { Kind::Never } else { Kind::Enum(values) };
        }
        match types {
            None if ["properties", "additionalProperties", "required"]
                .iter()
                .any(|key| at.child(key).is_some()) =>
            {
                self.read_object(at)
            }
            None if at.child("items").is_some() => self.read_array(at),
            None => Kind::Any,
            Some([]) => Kind::Never,
            Some(["boolean"]) => Kind::Boolean,
            Some(["integer"]) => Kind::Integer(format),
            Some(["number"] | ["integer", "number"] | ["number", "integer"]) => Kind::Number(format),
            // JSON Schema 2020-12 validation, 8.3; what OpenAPI 3.0 calls `byte`.
            Some(["string"]) => Kind::String(format.or_else(|| is_base64(at).then(|| "byte".to_owned()))),
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

    fn read_array(&mut self, at: &Cursor<'a>) -> Kind {
        Kind::Array(at.child("items").map(|items| self.schema(items)))
    }

    fn read_object(&mut self, at: &Cursor<'a>) -> Kind {
        let is_list = at.child("required").is_some_and(|required| required.node.as_array().is_some());
        let required = if is_list { self.strings(at, "required") } else { Vec::new() };
        let names: HashSet<&str> = required.iter().map(String::as_str).collect();
        let mut properties: Vec<Property> = Vec::new();
        for (name, property) in self.members_of(at, "properties") {
            let schema = self.schema(property);
            properties.push(Property { name: name.to_owned(), schema, required: names.contains(name) });
        }
        let mut described: HashSet<String> =
            properties.iter().map(|property| property.name.clone()).collect();
        for name in required {
            if described.insert(name.clone()) {
                let schema = self.any_schema(&at.pointer);
                properties.push(Property { name, schema, required: true });
            }
        }
        let additional = match at.child("additionalProperties") {
            None => Additional::Unsaid,
            Some(said) => match said.node.as_bool() {
                Some(false) => Additional::Refused,
                Some(true) => Additional::Allowed(None),
                None if said.object().is_some() => Additional::Allowed(Some(self.schema(said))),
                None => {
                    self.wrong_type(&said, "an object, true or false");
                    Additional::Unsaid
                }
            },
        };
        Kind::Object(Object { properties, additional })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "it is one step of reading a schema, and they are all its state"
    )]
    fn read_union(
        &mut self,
        schema: &mut Schema,
        at: &Cursor<'a>,
        id: SchemaId,
        keyword: &str,
        list: &Cursor<'a>,
        members: &[SchemaId],
        structure: Kind,
    ) {
        let restricts_only = list
            .items()
            .iter()
            .all(|member| member.members().iter().all(|(key, _)| RESTRICTIONS.contains(key)));
        if restricts_only {
            self.spare_parts(members);
            schema.kind = if structure == Kind::Any { Kind::Opaque } else { structure };
            if schema.kind != Kind::Opaque {
                schema.assertions.insert(keyword.to_owned(), self.restrictions(list));
            }
            return;
        }
        let is_null = |id: &SchemaId| {
            let member = &self.schemas[id.0 as usize];
            member.nullable && member.kind == Kind::Never
        };
        let variants: Vec<SchemaId> = members.iter().copied().filter(|id| !is_null(id)).collect();
        let values = self.enumerated(&variants);
        if values.is_some() && schema.value_names.is_empty() {
            schema.value_names = self.names_of(&variants);
        }
        let kind_alone = match (&structure, &values) {
            (Kind::Any, _) => true,
            (Kind::Object(object), _) => {
                object.properties.is_empty() && object.additional == Additional::Unsaid
            }
            (Kind::Boolean | Kind::Integer(_) | Kind::Number(_) | Kind::String(_), Some(values)) => {
                values.iter().all(|value| is_of(value, &structure))
            }
            _ => false,
        };
        if !kind_alone || !schema.assertions.is_empty() {
            self.spare_parts(members);
            schema.kind = Kind::Opaque;
            return;
        }
        let null = self.nulls[id.0 as usize];
        let refused = null == Null::Refused;
        schema.nullable = null == Null::Declared || (!refused && variants.len() < members.len());
        self.nulls[id.0 as usize] = if schema.nullable { Null::Accepted } else { Null::Refused };
        match (variants.as_slice(), values) {
            ([], _) => schema.kind = Kind::Never,
            ([only], _) => self.adopt(schema, id, *only, refused),
            (_, Some(values)) => schema.kind = Kind::Enum(values),
            (_, None) => {
                if !refused {
                    self.unions.push(id);
                }
                if let Some(discriminator) = at.child("discriminator") {
                    self.discriminators.insert(id, discriminator);
                }
                schema.kind = Kind::Union { variants, exclusive: keyword == "oneOf", discriminator: None };
            }
        }
    }

    /// A list of schemas that only restrict, as an assertion.
    fn restrictions(&self, list: &Cursor<'a>) -> Value {
        let mut restrictions = list.node.to_json();
        if self.version == Version::V3_0 {
            let members = restrictions.as_array_mut().into_iter().flatten();
            members.filter_map(Value::as_object_mut).for_each(dialect::upgrade_bounds);
        }
        restrictions
    }

    /// All values, if every variant is an enumeration on the spot and none has a value of another.
    fn enumerated(&self, variants: &[SchemaId]) -> Option<Vec<Value>> {
        let mut all: Vec<Value> = Vec::new();
        for id in variants {
            let variant = &self.schemas[id.0 as usize];
            let Kind::Enum(values) = &variant.kind else { return None };
            let plain = variant.assertions.is_empty() && !variant.nullable && !self.merges.contains_key(id);
            if !plain || values.iter().any(|value| all.contains(value)) {
                return None;
            }
            all.extend(values.iter().cloned());
        }
        Some(all)
    }

    /// The names of the values of several enumerations: those of a single value may be pinned as schemas are.
    fn names_of(&self, variants: &[SchemaId]) -> Vec<(Value, String)> {
        let names = |id: &SchemaId| {
            let variant = &self.schemas[id.0 as usize];
            match (&variant.kind, &variant.pinned_name) {
                (Kind::Enum(values), Some(name)) if values.len() == 1 => {
                    vec![(values[0].clone(), name.clone())]
                }
                _ => variant.value_names.clone(),
            }
        };
        variants.iter().flat_map(names).collect()
    }

    /// An inline schema beside null is this schema; a component keeps its name.
    fn adopt(&mut self, schema: &mut Schema, id: SchemaId, only: SchemaId, refused: bool) {
        let adopted = self.schemas[only.0 as usize].clone();
        let beside_null = schema.nullable;
        schema.nullable |= adopted.nullable && !refused;
        schema.kind = adopted.kind;
        schema.typed |= adopted.typed;
        if matches!(schema.kind, Kind::Reference(_)) {
            return;
        }
        schema.assertions = adopted.assertions;
        if schema.value_names.is_empty() {
            schema.value_names = adopted.value_names;
        }
        schema.description = schema.description.take().or(adopted.description);
        schema.title = schema.title.take().or(adopted.title);
        schema.pinned_name = schema.pinned_name.take().or(adopted.pinned_name);
        schema.default = schema.default.take().or(adopted.default);
        schema.deprecated |= adopted.deprecated;
        schema.read_only |= adopted.read_only;
        schema.write_only |= adopted.write_only;
        if schema.examples.is_empty() {
            schema.examples = adopted.examples;
        }
        if !refused {
            self.nulls[id.0 as usize] =
                if schema.nullable { Null::Accepted } else { self.nulls[only.0 as usize] };
        }
        // What is yet to be done for the inline schema is to be done for this one.
        if let Some(merge) = self.merges.get(&only).cloned() {
            self.merges.insert(id, Merge { nullable: beside_null || (merge.nullable && !refused), ..merge });
        }
        if let Some(discriminator) = self.discriminators.get(&only).cloned() {
            self.discriminators.insert(id, discriminator);
        }
        if self.unions.contains(&only) && !refused {
            self.unions.push(id);
        }
    }

    /// What can be said only once all schemas have been read: references that were put off, every `allOf`,
    /// and unions.
    pub(crate) fn finish_schemas(&mut self) {
        while let Some(id) = self.referenced.pop_front() {
            if let Some(at) = self.unread.remove(&id) {
                let schema = self.read_schema(id, &at);
                self.schemas[id.0 as usize] = schema;
            }
        }
        self.check_reference_circles();
        self.merge_all();
        self.lift_null();
        if self.untyped == Untyped::Any {
            self.take_to_the_letter();
        }
        for (id, at) in std::mem::take(&mut self.discriminators) {
            let Kind::Union { variants, .. } = &self.schemas[id.0 as usize].kind else { continue };
            let read = self.read_discriminator(&at, &variants.clone());
            if let Kind::Union { discriminator, .. } = &mut self.schemas[id.0 as usize].kind {
                *discriminator = read;
            }
        }
        for slot in 0..self.schemas.len() {
            let Kind::Union { variants, discriminator: None, .. } = &self.schemas[slot].kind else {
                continue;
            };
            let found = self.told_by_constants(variants);
            if let Kind::Union { discriminator, .. } = &mut self.schemas[slot].kind {
                *discriminator = found;
            }
        }
    }

    /// The property that tells objects apart without a discriminator: each must have it, with texts of its
    /// own.
    fn told_by_constants(&self, variants: &[SchemaId]) -> Option<Discriminator> {
        let first = self.object(*variants.first()?)?;
        first.properties.iter().find_map(|candidate| {
            let mut mapping: Vec<(String, usize)> = Vec::new();
            for (index, variant) in variants.iter().enumerate() {
                let own = self
                    .object(*variant)?
                    .properties
                    .iter()
                    .find(|own| own.name == candidate.name && own.required)?;
                let is_nullable = self.chain(own.schema).any(|id| self.schemas[id.0 as usize].nullable);
                let Kind::Enum(values) = &self.schemas[self.end(own.schema).0 as usize].kind else {
                    return None;
                };
                if is_nullable || values.iter().any(|value| mapping.iter().any(|(taken, _)| value == taken)) {
                    return None;
                }
                for value in values {
                    mapping.push((value.as_str()?.to_owned(), index));
                }
            }
            Some(Discriminator { property: candidate.name.clone(), mapping })
        })
    }

    /// What a schema says of objects, where these are its values.
    fn object(&self, id: SchemaId) -> Option<&Object> {
        match &self.schemas[self.end(id).0 as usize].kind {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Whether a value of a schema may be something else than an object, as far as its structure tells.
    fn takes_others_than_objects(&self, id: SchemaId, seen: &mut HashSet<SchemaId>) -> bool {
        let end = self.end(id);
        match &self.schemas[end.0 as usize].kind {
            Kind::Object(_) | Kind::Never | Kind::Opaque | Kind::Reference(_) => false,
            Kind::Union { variants, .. } => {
                seen.insert(end) && variants.iter().any(|own| self.takes_others_than_objects(*own, seen))
            }
            _ => true,
        }
    }

    /// A union takes null if one of its variants does.
    fn lift_null(&mut self) {
        let mut unions = std::mem::take(&mut self.unions);
        loop {
            let before = unions.len();
            unions.retain(|id| {
                let Kind::Union { variants, .. } = &self.schemas[id.0 as usize].kind else { return false };
                let nullable = variants
                    .iter()
                    .any(|variant| self.chain(*variant).any(|id| self.schemas[id.0 as usize].nullable));
                self.schemas[id.0 as usize].nullable |= nullable;
                !nullable
            });
            if unions.len() == before {
                return;
            }
        }
    }

    /// The schema, the one it refers to, and so on.
    pub(crate) fn chain(&self, id: SchemaId) -> impl Iterator<Item = SchemaId> {
        let next = |id: &SchemaId| match self.schemas[id.0 as usize].kind {
            Kind::Reference(target) => Some(target),
            _ => None,
        };
        std::iter::successors(Some(id), next).take(self.schemas.len())
    }

    /// The end of the chain: a schema that says something of its own.
    pub(crate) fn end(&self, id: SchemaId) -> SchemaId {
        self.chain(id).last().unwrap_or(id)
    }

    fn read_discriminator(&mut self, at: &Cursor<'a>, variants: &[SchemaId]) -> Option<Discriminator> {
        let property = self.required_string(at, "propertyName")?;
        for id in variants {
            let Some(object) = self.object(*id) else {
                if !self.takes_others_than_objects(*id, &mut HashSet::new()) {
                    continue;
                }
                let location = self.location(&at.pointer);
                let message = format!(
                    "a variant takes values that are no objects, of which `{property}` tells nothing"
                );
                let variant = self.schemas[self.end(*id).0 as usize].location.clone();
                let diagnostic = Diagnostic::warning(Code::SchemaConflict, location, message);
                let help = "add `type: object` to the variant, or remove the discriminator";
                self.push(diagnostic.help(help).related(variant, "this one"));
                return None;
            };
            let named = object.properties.iter().find(|own| own.name == property);
            let kind = named.map(|own| &self.schemas[self.end(own.schema).0 as usize].kind);
            let is_text = match kind {
                None | Some(Kind::Any | Kind::String(_)) => true,
                Some(Kind::Enum(values)) => values.iter().all(Value::is_string),
                Some(_) => false,
            };
            if !is_text {
                // Only texts are names of variants.
                return None;
            }
            let is_open = match object.additional {
                Additional::Unsaid | Additional::Allowed(None) => true,
                Additional::Refused => false,
                Additional::Allowed(Some(values)) => {
                    self.schemas[self.end(values).0 as usize].kind == Kind::Any
                }
            };
            if named.is_none() && !is_open {
                let location = self.location(&at.pointer);
                let message = format!(
                    "a variant neither names `{property}` nor takes other properties, so that it tells nothing"
                );
                let variant = self.schemas[self.end(*id).0 as usize].location.clone();
                let diagnostic = Diagnostic::warning(Code::SchemaConflict, location, message);
                let help = "add the property to the variant, or remove the discriminator";
                self.push(diagnostic.help(help).related(variant, "this one"));
                return None;
            }
        }
        let mut mapping: Vec<(String, usize)> = Vec::new();
        for (value, target) in self.members_of(at, "mapping") {
            let Some(text) = target.node.as_str() else {
                self.wrong_type(&target, "a string");
                continue;
            };
            match self.mapped_variant(text, &target, variants) {
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
            let is_mapped = mapping.iter().any(|(_, mapped)| *mapped == index);
            let values = self.tag_values(*id, &property);
            let implicit = || {
                self.chain(*id).find_map(|id| {
                    let schema = &self.schemas[id.0 as usize];
                    schema.component.clone().or_else(|| schema.file_name.clone())
                })
            };
            let values = match values.is_empty() {
                true => Vec::from_iter(implicit()),
                // What the variant says itself is more exact than its name, but less than the mapping.
                false if is_mapped => continue,
                false => values,
            };
            let is_taken = mapping.iter().any(|(taken, _)| values.contains(taken));
            match (is_mapped, values.is_empty() || is_taken) {
                (_, false) => mapping.extend(values.into_iter().map(|value| (value, index))),
                (true, true) => {}
                // Where the property does not tell the variants apart, there is nothing to go by.
                (false, true) => return None,
            }
        }
        Some(Discriminator { property, mapping })
    }

    /// The variant that a mapping means: by the name of a component, or by a reference (OpenAPI 3.1, 4.8.25).
    fn mapped_variant(&self, text: &str, at: &Cursor<'a>, variants: &[SchemaId]) -> Option<usize> {
        let component = Pointer::root().join("components").join("schemas").join(text);
        let pointer = match self.identities.meaning(text, &at.pointer, self.document) {
            _ if self.schema_ids.contains_key(&component) => component,
            Meaning::Place(place) => place,
            Meaning::Missing(_) | Meaning::Elsewhere | Meaning::Nowhere => return None,
        };
        let id = *self.schema_ids.get(&pointer)?;
        variants.iter().position(|variant| self.chain(*variant).any(|step| step == id))
    }

    /// The texts that a variant allows for the discriminating property, where it says so itself.
    fn tag_values(&self, id: SchemaId, property: &str) -> Vec<String> {
        let Some(object) = self.object(id) else { return Vec::new() };
        let Some(found) = object.properties.iter().find(|p| p.name == property) else { return Vec::new() };
        match &self.schemas[self.end(found.schema).0 as usize].kind {
            Kind::Enum(values) => {
                values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// References that lead only to references, in a circle, mean nothing.
    fn check_reference_circles(&mut self) {
        // Each schema is walked once: `round` says in which walk it was seen.
        let mut round = vec![0; self.schemas.len()];
        for start in 0..self.schemas.len() {
            let mut current = start;
            while let Kind::Reference(target) = self.schemas[current].kind
                && round[current] == 0
            {
                round[current] = start + 1;
                current = target.0 as usize;
            }
            if matches!(self.schemas[current].kind, Kind::Reference(_)) && round[current] == start + 1 {
                let location = self.schemas[current].location.clone();
                self.push(
                    Diagnostic::error(
                        Code::CircularReference,
                        location,
                        "this reference leads back to itself",
                    )
                    .help("let it end at a schema that says something"),
                );
                self.schemas[current].kind = Kind::Any;
            }
        }
    }
}

/// Whether a schema says of texts that they are base64, in the words of JSON Schema.
fn is_base64(at: &Cursor<'_>) -> bool {
    let encoding = at.child("contentEncoding").and_then(|encoding| encoding.node.as_str());
    at.child("format").is_none() && encoding.is_some_and(dialect::is_base64)
}

fn blank(location: Location) -> Schema {
    Schema {
        location,
        component: None,
        file_name: None,
        pinned_name: None,
        value_names: Vec::new(),
        title: None,
        description: None,
        deprecated: false,
        read_only: false,
        write_only: false,
        default: None,
        examples: Vec::new(),
        nullable: false,
        kind: Kind::Any,
        typed: false,
        assertions: Map::new(),
    }
}

fn component_name(pointer: &Pointer) -> Option<String> {
    let mut tokens = pointer.tokens();
    let prefix = (tokens.next()?, tokens.next()?);
    let name = tokens.next()?;
    (prefix.0 == "components" && prefix.1 == "schemas" && tokens.next().is_none()).then(|| name.into_owned())
}
