//! Schemas → models.
//!
//! Knows how each kind of schema is best said in Rust. Must not know operations beyond the names that they
//! lend to schemas which stand inside them.

use super::claims::{Renamed, Renames, claim, warn_taken};
use super::directions::Directions;
use super::docs::{docs, with_details};
use super::finalize;
use super::{
    Decoding, Definition, EnumPlan, EnumValues, ExtraPlan, FieldPlan, OperationPlan, Presence, RustType,
    StructPlan, Traits, TypeId, TypePlan, UNLISTED, UnionPlan, UnionVariant, VariantPlan, engine,
};
use crate::names::{Scope, spelled_name, type_name, value_name};
use crate::settings::{ApiSettings, FormatChoice, Formats};
use serde_json::{Map, Value};
use spec_api::{Additional, Api, Discriminator, Kind, Object, Property, SchemaId};
use spec_contract::Side;
use spec_document::{Diagnostics, Pointer};
use std::collections::{HashMap, HashSet};

/// What every struct and its builder have as methods.
const RESERVED: [&str; 2] = ["build", "builder"];

/// How many items a list of a fixed length may have that is a tuple: with more, these have no traits.
const TUPLES: std::ops::RangeInclusive<usize> = 2..=12;

/// Makes models of schemas; asked by whatever uses a schema.
pub struct Planner<'a> {
    pub(super) api: &'a Api,
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(super) scope: Scope,
    types: Vec<Option<TypePlan>>,
    names: Vec<String>,
    by_schema: HashMap<SchemaId, TypeId>,
    by_pointer: HashMap<&'a str, SchemaId>,
    formats: &'a Formats,
    /// Which schemas requests hold, and which responses.
    directions: Directions,
    /// The order in which models are printed: each with what stands inside it.
    order: Vec<TypeId>,
    /// Names that were taken already.
    pub(super) renames: Renames,
}

impl<'a> Planner<'a> {
    pub(super) fn new(api: &'a Api, settings: &'a ApiSettings, diagnostics: &'a mut Diagnostics) -> Self {
        Planner {
            formats: &settings.formats,
            directions: Directions::of(api),
            api,
            diagnostics,
            scope: Scope::default(),
            types: Vec::new(),
            names: Vec::new(),
            by_schema: HashMap::new(),
            by_pointer: by_pointer(api),
            order: Vec::new(),
            renames: Renames::default(),
        }
    }

    /// Components have the first choice of names; then each is defined, with what stands inside it.
    pub(super) fn plan_components(&mut self) {
        let components: Vec<(String, SchemaId)> =
            self.api.components.iter().map(|(name, id)| (name.clone(), *id)).collect();
        let mut ids = Vec::new();
        for pinned in [true, false] {
            for (name, schema) in &components {
                let meant = self.meant(*schema);
                let pins = |id: SchemaId| self.api.schema(id).pinned_name.is_some();
                if (pins(*schema) || pins(meant)) == pinned {
                    let id = self.declare(if pins(*schema) { *schema } else { meant }, name);
                    for step in self.references(*schema) {
                        self.by_schema.entry(step).or_insert(id);
                    }
                    ids.push((*schema, meant, id));
                }
            }
        }
        ids.sort_by_key(|(schema, ..)| components.iter().position(|(_, id)| id == schema));
        for (schema, meant, id) in ids {
            self.order.push(id);
            self.define(id, meant);
            let about = self.api.schema(schema);
            if let Some(plan) = self.types[id.0].as_mut().filter(|_| schema != meant) {
                // Words beside a reference are about what it means here.
                let own = docs(about);
                plan.docs = if own.is_empty() { std::mem::take(&mut plan.docs) } else { own };
                plan.deprecated |= about.deprecated;
            }
        }
    }

    /// The schema that a component is a model of: itself, or one of another file that it only refers to and
    /// that is no model yet. With `Pet: {$ref: pet.yaml}` the model of that file is called `Pet`.
    fn meant(&self, component: SchemaId) -> SchemaId {
        self.references(component).last().copied().unwrap_or(component)
    }

    /// A schema, and the schemas of other files that it refers to, one after the other, as far as they are no
    /// models.
    fn references(&self, id: SchemaId) -> Vec<SchemaId> {
        let mut steps = vec![id];
        while let Some(Kind::Reference(next)) = steps.last().map(|id| &self.api.schema(*id).kind)
            && self.api.schema(*next).file_name.is_some()
            && !self.by_schema.contains_key(next)
            && !steps.contains(next)
        {
            steps.push(*next);
        }
        steps
    }

    /// The name for what a reference leads to: of another file its name there.
    fn name_of_target<'h>(&self, target: SchemaId, hint: &'h str) -> &'h str
    where
        'a: 'h,
    {
        let api = self.api;
        api.schema(target).file_name.as_deref().unwrap_or(hint)
    }

    /// Gives a schema a name and an id.
    fn declare(&mut self, schema: SchemaId, wanted: &str) -> TypeId {
        let api = self.api;
        let about = api.schema(schema);
        let wanted = type_name(wanted);
        let pinned = about.pinned_name.as_deref();
        let (name, is_taken) = claim(self.diagnostics, &mut self.scope, pinned, &wanted, &about.location);
        if is_taken && about.component.is_some() {
            warn_taken(self.diagnostics, &wanted, &about.location);
        }
        let id = TypeId(self.types.len());
        self.types.push(None);
        self.names.push(name);
        self.by_schema.insert(schema, id);
        id
    }

    /// A model for a schema that stands inside another, under a name made of where it stands.
    fn inline(&mut self, schema: SchemaId, hint: &str) -> RustType {
        if let Some(id) = self.by_schema.get(&schema) {
            return RustType::Model(*id);
        }
        let id = self.declare(schema, hint);
        self.order.push(id);
        self.define(id, schema);
        RustType::Model(id)
    }

    fn define(&mut self, id: TypeId, schema_id: SchemaId) {
        let api = self.api;
        let schema = api.schema(schema_id);
        let name = self.names[id.0].clone();
        let mut assertions = self.inlined(schema_id).unwrap_or_default();
        let definition = match self.kind(schema_id) {
            Kind::Object(object) if !object.properties.is_empty() => {
                if let Some(said) = self.additional(object, &assertions, 0) {
                    assertions.insert("additionalProperties".to_owned(), said);
                }
                Definition::Struct(self.plan_struct(schema_id, &name, object))
            }
            Kind::Enum(values) if enum_values(values).is_some() => {
                Definition::Enum(self.plan_enum(schema_id, values))
            }
            Kind::Union { variants, exclusive: false, .. } if self.open_texts(variants).is_some() => {
                let listed = self.open_texts(variants).unwrap_or_default();
                let listed = self.plan_enum(schema_id, &listed);
                Definition::Enum(EnumPlan { values: EnumValues::OpenText, ..listed })
            }
            Kind::Union { variants, exclusive, discriminator } => {
                Definition::Union(self.plan_union(&name, variants, *exclusive, discriminator.as_ref()))
            }
            Kind::Opaque => self.plan_opaque(schema_id),
            Kind::Reference(target) => {
                Definition::Alias(self.rust_type(*target, self.name_of_target(*target, &name)))
            }
            _ => Definition::Alias(self.plain_type(schema_id, &name)),
        };
        self.types[id.0] = Some(TypePlan {
            docs: docs(schema),
            deprecated: schema.deprecated,
            location: schema.location.clone(),
            schema: schema_id,
            side: self.side(schema_id),
            engine: engine::of_model(&definition),
            definition,
            traits: Traits { eq: true, hash: true, default: true, checked: false },
            assertions,
            group: None,
            name,
        });
    }

    /// The type for a schema, null included: `Option` where null is among the values.
    pub(super) fn nullable_type(&mut self, id: SchemaId, hint: &str) -> RustType {
        let ty = self.rust_type(id, hint);
        self.with_null(id, ty)
    }

    /// The type of a schema with null beside it, where that is among the values.
    pub(super) fn with_null(&self, id: SchemaId, ty: RustType) -> RustType {
        if self.is_nullable(id, &ty) { RustType::Option(Box::new(ty)) } else { ty }
    }

    /// Whether null needs a place beside the type: JSON values have one of their own.
    fn is_nullable(&self, id: SchemaId, ty: &RustType) -> bool {
        self.api.is_nullable(id) && *ty != RustType::Json
    }

    /// The type for a schema, null aside.
    pub(super) fn rust_type(&mut self, id: SchemaId, hint: &str) -> RustType {
        if let Some(known) = self.by_schema.get(&id) {
            return RustType::Model(*known);
        }
        match self.kind(id) {
            Kind::Reference(target) => self.rust_type(*target, self.name_of_target(*target, hint)),
            Kind::Enum(values) if enum_values(values).is_some() => self.inline(id, hint),
            Kind::Object(object) if !object.properties.is_empty() => self.inline(id, hint),
            Kind::Union { .. } | Kind::Opaque => self.inline(id, hint),
            _ => self.plain_type(id, hint),
        }
    }

    /// The type for a parameter, and what is to be said of it beside that. Parameters are only ever read
    /// strictly, so that there is no value beyond their bounds to be kept: integers that can't be negative
    /// are unsigned, unless they have a name of their own, which models use as well.
    pub(super) fn parameter_type(&mut self, id: SchemaId, hint: &str) -> (RustType, Map<String, Value>) {
        let (ty, mut assertions) = (self.rust_type(id, hint), self.assertions(id));
        let (ty, most) = self.unsigned(id, ty);
        if let Some(most) = most
            .filter(|_| !["maximum", "exclusiveMaximum"].iter().any(|said| assertions.contains_key(*said)))
        {
            // Where the document says no more, its format does: that is of signed integers.
            assertions.insert("maximum".to_owned(), most.into());
        }
        (ty, assertions)
    }

    /// The unsigned type for integers that can't be negative, alone or in a list, and what their format
    /// allows at most.
    fn unsigned(&self, id: SchemaId, ty: RustType) -> (RustType, Option<i64>) {
        let schema = self.api.schema(self.api.resolve(id));
        let bound = |keyword: &str, least: f64| {
            schema.assertions.get(keyword).and_then(Value::as_f64).is_some_and(|bound| bound >= least)
        };
        match (&schema.kind, ty) {
            (Kind::Integer(format), RustType::I32 | RustType::I64)
                if bound("minimum", 0.0) || bound("exclusiveMinimum", -1.0) =>
            {
                match format.as_deref() {
                    Some("int32") => (RustType::U32, Some(i32::MAX.into())),
                    Some("int64") => (RustType::U64, Some(i64::MAX)),
                    _ => (RustType::U64, None),
                }
            }
            (Kind::Array(Some(items)), RustType::Vec(item)) => match self.unsigned(*items, (*item).clone()) {
                (unsigned, None) => (RustType::Vec(Box::new(unsigned)), None),
                (_, Some(_)) => (RustType::Vec(item), None),
            },
            (_, ty) => (ty, None),
        }
    }

    /// The type for a schema that needs no model of its own.
    fn plain_type(&mut self, id: SchemaId, hint: &str) -> RustType {
        let api = self.api;
        match self.kind(id) {
            Kind::Boolean => RustType::Bool,
            Kind::Integer(format) => match format.as_deref() {
                Some("int32") => RustType::I32,
                Some("uint64") => RustType::U64,
                // What a response has beyond a bound is not to be lost: `minimum: 0` alone makes nothing
                // unsigned.
                _ if self.is_beyond_i64(id) => RustType::U64,
                _ => RustType::I64,
            },
            Kind::Number(_) => RustType::F64,
            // A pattern is about the text as it was written; types of their own write it in their way.
            Kind::String(format)
                if api.schema(id).assertions.contains_key("pattern")
                    && format.as_deref() != Some("binary") =>
            {
                RustType::String
            }
            Kind::String(format) => self.text_type(format.as_deref()),
            Kind::Enum(values) => match values.as_slice() {
                values if values.iter().all(Value::is_number) => RustType::F64,
                values if values.iter().all(Value::is_boolean) => RustType::Bool,
                _ => RustType::Json,
            },
            Kind::Array(items) => RustType::Vec(Box::new(match items {
                Some(items) => self.nullable_type(*items, &format!("{hint}Item")),
                None => RustType::Json,
            })),
            Kind::Tuple(items) if TUPLES.contains(&items.len()) => {
                let item = |(index, id): (usize, &SchemaId)| {
                    self.nullable_type(*id, &format!("{hint}Item{}", index + 1))
                };
                RustType::Tuple(items.iter().enumerate().map(item).collect())
            }
            Kind::Tuple(_) => RustType::Vec(Box::new(RustType::Json)),
            Kind::Object(object) => RustType::Map(Box::new(match &object.additional {
                _ if api.schema(id).assertions.contains_key("patternProperties") => RustType::Json,
                Additional::Allowed(Some(values)) => self.nullable_type(*values, &format!("{hint}Value")),
                _ => RustType::Json,
            })),
            _ => RustType::Json,
        }
    }

    /// The type for a text of a format, if the format has one that keeps what it is given.
    fn text_type(&self, format: Option<&str>) -> RustType {
        match format.filter(|format| self.formats.choice(format) == FormatChoice::Type) {
            Some("date-time") => RustType::DateTime,
            Some("date") => RustType::Date,
            Some("uuid") => RustType::Uuid,
            Some("ipv4") => RustType::Ipv4,
            Some("ipv6") => RustType::Ipv6,
            Some("byte") => RustType::Base64,
            Some("binary") => RustType::File,
            _ => RustType::String,
        }
    }

    /// Whether bounds say that there are integers which only fit an unsigned type, and none which only fit a
    /// signed one.
    fn is_beyond_i64(&self, id: SchemaId) -> bool {
        let assertions = &self.api.schema(id).assertions;
        let most = ["maximum", "exclusiveMaximum"]
            .iter()
            .filter_map(|keyword| assertions.get(*keyword)?.as_f64())
            .next();
        let least = ["minimum", "exclusiveMinimum"]
            .iter()
            .filter_map(|keyword| assertions.get(*keyword)?.as_f64())
            .next();
        most.is_some_and(|most| most > i64::MAX as f64) && least.is_some_and(|least| least >= 0.0)
    }

    /// What a schema is; what refers to itself without end is left to a validator.
    fn kind(&self, id: SchemaId) -> &'a Kind {
        let schema = self.api.schema(id);
        let patterned = schema.assertions.contains_key("patternProperties");
        if let Kind::Object(Object { additional: Additional::Allowed(Some(values)), .. }) = &schema.kind
            && patterned
            && self.without_references(self.api.json_schema(*values), 0).is_none()
        {
            return &Kind::Opaque;
        }
        // The schema of a list or a map of anything says that it has looked at all of it (JSON Schema 2020-12
        // core, 11).
        let unevaluated = |keyword: &str| schema.assertions.contains_key(keyword);
        let is_looked_at = match &schema.kind {
            Kind::Array(None) => !unevaluated("unevaluatedItems") || unevaluated("items"),
            Kind::Object(object)
                if object.properties.is_empty() && object.additional == Additional::Unsaid =>
            {
                !unevaluated("unevaluatedProperties")
            }
            _ => true,
        };
        if !is_looked_at || self.inlined(id).is_none() { &Kind::Opaque } else { &schema.kind }
    }

    /// The assertions of a schema, with what they refer to in place of references; none where that has no
    /// end.
    fn inlined(&self, id: SchemaId) -> Option<Map<String, Value>> {
        let assertions = &self.api.schema(id).assertions;
        assertions
            .iter()
            .map(|(keyword, value)| Some((keyword.clone(), self.without_references(value, 0)?)))
            .collect()
    }

    fn without_references(&self, value: &Value, depth: usize) -> Option<Value> {
        match value {
            Value::Array(items) => items.iter().map(|item| self.without_references(item, depth)).collect(),
            Value::Object(members) => match members.get("$ref") {
                Some(Value::String(reference)) if members.len() == 1 => {
                    let pointer = Pointer::from_fragment(reference).filter(|_| depth < 8)?;
                    self.without_references(self.api.json.pointer(pointer.as_str())?, depth + 1)
                }
                Some(_) => None,
                None => {
                    let member = |(key, value): (&String, &Value)| {
                        Some((key.clone(), self.without_references(value, depth)?))
                    };
                    members.iter().map(member).collect::<Option<Map<_, _>>>().map(Value::Object)
                }
            },
            other => Some(other.clone()),
        }
    }

    /// The texts that an `anyOf` lists beside any text.
    fn open_texts(&self, variants: &[SchemaId]) -> Option<Vec<Value>> {
        let (mut listed, mut is_open) = (Vec::new(), false);
        for id in variants {
            let schema = self.api.schema(self.api.resolve(*id));
            match &schema.kind {
                _ if self.api.is_nullable(*id) || !schema.assertions.is_empty() => return None,
                Kind::Enum(values) if values.iter().all(Value::is_string) => {
                    listed.extend(values.iter().cloned())
                }
                Kind::String(None) => is_open = true,
                _ => return None,
            }
        }
        (is_open && !listed.is_empty()).then_some(listed)
    }

    /// The variants of an enumeration: by the names that the document pins, or else by their values. Where
    /// two values have one name, signs tell them apart, or a number.
    fn plan_enum(&mut self, schema: SchemaId, values: &[Value]) -> EnumPlan {
        let about = self.api.schema(schema);
        let mut scope = Scope::reserving(&[UNLISTED]);
        let mut seen = HashSet::new();
        let mut variants = Vec::new();
        for wire in values.iter().filter(|value| seen.insert(value.to_string())) {
            let pinned =
                about.value_names.iter().find(|(value, _)| value == wire).map(|(_, name)| type_name(name));
            let spelled = || wire.as_str().map(spelled_name);
            let wanted = pinned.unwrap_or_else(|| variant_name(wire));
            let (name, is_taken) = match scope.is_taken(&wanted).then(spelled).flatten() {
                Some(other) if !scope.is_taken(&other) => scope.claim(&other),
                _ => scope.claim(&wanted),
            };
            if is_taken {
                self.renames.add(Renamed::Value, &about.location, &wire.to_string(), &name);
            }
            variants.push(VariantPlan { name, wire: wire.clone() });
        }
        EnumPlan { values: enum_values(values).unwrap_or(EnumValues::Any), variants }
    }

    fn plan_struct(&mut self, schema: SchemaId, name: &str, object: &Object) -> StructPlan {
        let api = self.api;
        let (builder, _) = self.scope.claim(&format!("{}Builder", name.trim_end_matches('_')));
        let mut scope = Scope::reserving(&RESERVED);
        let mut fields = Vec::new();
        for property in &object.properties {
            let about = api.schema(property.schema);
            let wanted = value_name(&property.name);
            let pinned = about.pinned_name.as_deref();
            let (field_name, is_taken) =
                claim(self.diagnostics, &mut scope, pinned, &wanted, &about.location);
            if is_taken && !RESERVED.contains(&wanted.as_str()) {
                let wire = format!("{:?}", property.name);
                self.renames.add(Renamed::Property, &about.location, &wire, &field_name);
            }
            let ty = self.rust_type(property.schema, &format!("{name}{}", type_name(&property.name)));
            let (is_demanded, asked) = self.demands(property, schema);
            let presence = match (is_demanded, self.is_nullable(property.schema, &ty)) {
                (true, false) => Presence::Required,
                (true, true) => Presence::RequiredNullable,
                (false, false) => Presence::Optional,
                (false, true) => Presence::OptionalNullable,
            };
            let default = self.default(property.schema);
            let assertions = self.assertions(property.schema);
            let docs = with_details(docs(about), about, &assertions, !property.required);
            fields.push(FieldPlan {
                name: field_name,
                wire: property.name.clone(),
                docs,
                deprecated: about.deprecated,
                presence,
                default,
                constant: self.constant(property.schema),
                asked,
                assertions,
                ty,
            });
        }
        let any = ExtraPlan { name: scope.claim("extra").0, ty: None, assertions: Map::new() };
        // Which keys a pattern means, no type says: all are kept as they come, and a validator looks at them.
        let is_patterned = api.schema(schema).assertions.contains_key("patternProperties");
        let extra = match &object.additional {
            _ if is_patterned => Some(any),
            Additional::Refused => None,
            Additional::Unsaid | Additional::Allowed(None) => Some(any),
            Additional::Allowed(Some(values)) => {
                let ty = self.nullable_type(*values, &format!("{name}Value"));
                match self.assertions(*values) {
                    assertions if ty == RustType::Json && assertions.is_empty() => Some(any),
                    assertions => Some(ExtraPlan { ty: Some(ty), assertions, ..any }),
                }
            }
        };
        StructPlan { fields, extra, builder }
    }

    /// What holds where a value is left out: what its own schema says, or the one that this refers to.
    pub(super) fn default(&self, id: SchemaId) -> Option<Value> {
        let own = |id: SchemaId| self.api.schema(id).default.clone();
        own(id).or_else(|| own(self.api.resolve(id))).filter(|default| !default.is_null())
    }

    /// The text of a schema that has only one.
    fn constant(&self, id: SchemaId) -> Option<String> {
        match &self.api.schema(self.api.resolve(id)).kind {
            Kind::Enum(values) if !self.api.is_nullable(id) => match values.as_slice() {
                [Value::String(only)] => Some(only.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a property is demanded wherever its object is used, and if not, whether it is of requests: one
    /// that is `readOnly` is not in requests, one that is `writeOnly` not in responses (OpenAPI 3.1,
    /// 4.8.24.1; JSON Schema 2020-12 validation, 9.4).
    fn demands(&self, property: &Property, object: SchemaId) -> (bool, bool) {
        let (own, told) =
            (self.api.schema(property.schema), self.api.schema(self.api.resolve(property.schema)));
        let (read_only, write_only) = (own.read_only || told.read_only, own.write_only || told.write_only);
        let (requests, responses) =
            (self.directions.in_requests.contains(&object), self.directions.in_responses.contains(&object));
        let is_demanded = property.required && !(read_only && requests) && !(write_only && responses);
        (is_demanded, property.required && !is_demanded && !read_only && requests)
    }

    /// The side that says what must be there in a schema.
    fn side(&self, schema: SchemaId) -> Option<Side> {
        let of = |schemas: &HashSet<SchemaId>, side| schemas.contains(&schema).then_some(side);
        of(&self.directions.in_requests, Side::Request)
            .or_else(|| of(&self.directions.in_responses, Side::Response))
    }

    fn plan_union(
        &mut self,
        name: &str,
        variants: &[SchemaId],
        exclusive: bool,
        by: Option<&Discriminator>,
    ) -> UnionPlan {
        let mut scope = if by.is_some() { Scope::reserving(&[UNLISTED]) } else { Scope::default() };
        let mut planned = Vec::new();
        for (index, id) in variants.iter().enumerate() {
            let own = self.kind_name(*id).or_else(|| {
                let (tag, _) = by?.mapping.iter().find(|(_, own)| *own == index)?;
                Some(type_name(tag))
            });
            let own = own.unwrap_or_else(|| format!("Variant{}", index + 1));
            let ty = self.rust_type(*id, &format!("{name}{own}"));
            let wanted = match &ty {
                RustType::Model(model) if matches!(self.api.schema(*id).kind, Kind::Reference(_)) => {
                    self.names[model.0].clone()
                }
                _ => own,
            };
            // With a tag, null is no variant: the union as a whole takes it.
            let is_null_here = by.is_none() && self.is_nullable(*id, &ty);
            let ty = if is_null_here { RustType::Option(Box::new(ty)) } else { ty };
            planned.push(UnionVariant { name: scope.claim(&wanted).0, ty, assertions: self.assertions(*id) });
        }
        let kinds: Vec<Option<&str>> = variants.iter().map(|id| self.json_kind(*id)).collect();
        let distinct: HashSet<&Option<&str>> = kinds.iter().collect();
        let apart = kinds.iter().all(Option::is_some) && distinct.len() == kinds.len();
        // serde takes an integer for a number, and a list for a struct.
        let alike = |one, other| kinds.contains(&Some(one)) && kinds.contains(&Some(other));
        let confusable = alike("integer", "number") || alike("array", "object");
        let decoding = match by {
            Some(discriminator) => {
                Decoding::ByTag(discriminator.property.clone(), discriminator.mapping.clone())
            }
            None if apart && !confusable => Decoding::ByKind,
            None => Decoding::ByTrial,
        };
        UnionPlan { variants: planned, exclusive, decoding }
    }

    /// Whether a model is an enumeration of texts.
    pub(super) fn is_enumeration(&self, id: TypeId) -> bool {
        matches!(&self.types[id.0], Some(TypePlan { definition: Definition::Enum(_), .. }))
    }

    /// A word for an inline variant, where it has a title or is of a kind that has a word.
    fn kind_name(&self, id: SchemaId) -> Option<String> {
        let schema = self.api.schema(self.api.resolve(id));
        let word = match &schema.kind {
            Kind::Boolean => "Boolean",
            Kind::Integer(_) => "Integer",
            Kind::Number(_) => "Number",
            Kind::String(Some(format)) => return Some(type_name(format)),
            Kind::String(None) => "String",
            Kind::Enum(_) => "Enum",
            Kind::Array(_) | Kind::Tuple(_) => "Array",
            Kind::Object(object) if object.properties.is_empty() => "Object",
            Kind::Any => "Any",
            _ => return schema.title.as_deref().map(type_name),
        };
        Some(word.to_owned())
    }

    /// The kind of JSON that all values of a schema have, if it is one.
    fn json_kind(&self, id: SchemaId) -> Option<&'static str> {
        if self.api.is_nullable(id) {
            return None;
        }
        match self.kind(self.api.resolve(id)) {
            Kind::Boolean => Some("boolean"),
            Kind::Integer(_) => Some("integer"),
            Kind::Number(_) => Some("number"),
            Kind::String(_) => Some("string"),
            Kind::Enum(values) if values.iter().all(Value::is_string) => Some("string"),
            Kind::Array(_) | Kind::Tuple(_) => Some("array"),
            Kind::Object(_) => Some("object"),
            _ => None,
        }
    }

    fn plan_opaque(&mut self, id: SchemaId) -> Definition {
        let mut models = Vec::new();
        let schema = self.portable(id, &mut models, 0);
        Definition::Opaque(schema, models)
    }

    /// Keywords of JSON Schema that hold for a schema and that its Rust type does not say.
    pub(super) fn assertions(&mut self, id: SchemaId) -> Map<String, Value> {
        self.assertions_within(id, 0)
    }

    fn assertions_within(&mut self, id: SchemaId, depth: usize) -> Map<String, Value> {
        let api = self.api;
        let mut current = id;
        while let Some(target) = self.transparent_target(current) {
            current = target;
        }
        // A list of lists without end is a model of its own further in.
        if self.says_all(current) || depth > 16 {
            return Map::new();
        }
        let mut assertions = self.inlined(current).unwrap_or_default();
        match self.kind(current) {
            Kind::Never if api.is_nullable(id) => {
                assertions.insert("type".to_owned(), "null".into());
            }
            Kind::Never => {
                assertions.insert("not".to_owned(), Value::Object(Map::new()));
            }
            Kind::Enum(values) if enum_values(values).is_none() => {
                let mut values = values.clone();
                if api.is_nullable(id) {
                    values.push(Value::Null);
                }
                assertions.insert("enum".to_owned(), Value::Array(values));
            }
            Kind::String(Some(format)) if self.formats.choice(format) != FormatChoice::Any => {
                assertions.insert("format".to_owned(), format.clone().into());
            }
            Kind::Array(Some(items)) if !self.assertions_within(*items, depth + 1).is_empty() => {
                let items = self.portable(*items, &mut Vec::new(), 0);
                assertions.insert("items".to_owned(), items);
            }
            Kind::Tuple(items) if TUPLES.contains(&items.len()) => {
                assertions.retain(|keyword, _| {
                    !["prefixItems", "items", "minItems", "maxItems"].contains(&keyword.as_str())
                });
                if items.iter().any(|item| !self.assertions_within(*item, depth + 1).is_empty()) {
                    let items = items.iter().map(|item| self.portable(*item, &mut Vec::new(), 0));
                    assertions.insert("prefixItems".to_owned(), items.collect());
                }
            }
            Kind::Object(object) => {
                if let Some(said) = self.additional(object, &assertions, depth) {
                    assertions.insert("additionalProperties".to_owned(), said);
                }
            }
            _ => {}
        }
        assertions
    }

    /// What is to be said of other properties than those that are named, where their type does not say it.
    fn additional(
        &mut self,
        object: &Object,
        assertions: &Map<String, Value>,
        depth: usize,
    ) -> Option<Value> {
        match &object.additional {
            Additional::Refused => Some(Value::Bool(false)),
            // Whoever says so has looked at them (JSON Schema 2020-12 core, 11.3).
            Additional::Allowed(None) if assertions.contains_key("unevaluatedProperties") => {
                Some(Value::Bool(true))
            }
            Additional::Allowed(Some(values))
                if assertions.contains_key("patternProperties")
                    || !self.assertions_within(*values, depth + 1).is_empty() =>
            {
                let inlined = self.without_references(self.api.json_schema(*values), 0);
                Some(inlined.unwrap_or_else(|| self.portable(*values, &mut Vec::new(), 0)))
            }
            _ => None,
        }
    }

    /// Where a schema is only another word for one: a reference, or a component that becomes an alias.
    fn transparent_target(&self, id: SchemaId) -> Option<SchemaId> {
        match self.api.schema(id).kind {
            Kind::Reference(target) => Some(target),
            _ => None,
        }
    }

    /// Whether a schema is a model whose own JSON Schema says everything, or a type that does.
    fn says_all(&self, id: SchemaId) -> bool {
        let schema = self.api.schema(id);
        match self.kind(id) {
            Kind::Object(object) => !object.properties.is_empty(),
            Kind::Enum(values) => enum_values(values).is_some(),
            Kind::Union { .. } | Kind::Opaque => true,
            Kind::String(format) => {
                schema.assertions.is_empty()
                    && format.is_some()
                    && self.text_type(format.as_deref()) != RustType::String
            }
            _ => false,
        }
    }

    /// The JSON Schema of the document, its references pointing to models (which are noted), or replaced by
    /// what they mean.
    fn portable(&mut self, id: SchemaId, models: &mut Vec<TypeId>, depth: usize) -> Value {
        let value = self.api.json_schema(id).clone();
        self.portable_value(value, models, depth)
    }

    fn portable_value(&mut self, value: Value, models: &mut Vec<TypeId>, depth: usize) -> Value {
        match value {
            Value::Array(items) => {
                items.into_iter().map(|item| self.portable_value(item, models, depth)).collect()
            }
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    return self.portable_reference(reference, &members, models, depth);
                }
                let formats = self.formats;
                let is_annotation = |key: &str, value: &Value| {
                    key == "format"
                        && value.as_str().is_some_and(|format| formats.choice(format) == FormatChoice::Any)
                };
                let said = |key: &String| {
                    !["title", "description", "example", "examples", "deprecated", "discriminator"]
                        .contains(&key.as_str())
                        && !key.starts_with("x-")
                };
                let members = members.into_iter();
                let members = members
                    .filter(|(key, value)| (said(key) && !is_annotation(key, value)) || value.is_object());
                Value::Object(
                    members.map(|(key, member)| (key, self.portable_value(member, models, depth))).collect(),
                )
            }
            other => other,
        }
    }

    fn portable_reference(
        &mut self,
        reference: &str,
        members: &Map<String, Value>,
        models: &mut Vec<TypeId>,
        depth: usize,
    ) -> Value {
        let pointer = Pointer::from_fragment(reference);
        let found = pointer.and_then(|pointer| self.by_pointer.get(pointer.as_str()).copied());
        let target = found.filter(|_| depth < 16).map(|id| self.api.resolve(id));
        let meaning = match (target, target.and_then(|target| self.by_schema.get(&target))) {
            // Validators have it.
            _ if spec_api::is_metaschema(reference) => serde_json::json!({ "$ref": reference }),
            (None, _) => Value::Bool(true),
            (Some(target), Some(model)) if self.says_all(target) => {
                if !models.contains(model) {
                    models.push(*model);
                }
                serde_json::json!({"$ref": super::definition(&self.names[model.0])})
            }
            (Some(target), _) => self.portable(target, models, depth + 1),
        };
        let siblings: Map<String, Value> = members
            .iter()
            .filter(|(key, _)| *key != "$ref" && *key != "description")
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        if siblings.is_empty() {
            return meaning;
        }
        // Beside each other, for keywords that see what others have looked at: `unevaluatedProperties`, ….
        let mut siblings = self.portable_value(Value::Object(siblings), models, depth);
        match siblings.get_mut("allOf").and_then(Value::as_array_mut) {
            Some(parts) => parts.push(meaning),
            None => siblings["allOf"] = Value::from(vec![meaning]),
        }
        siblings
    }

    /// All models, in the order of printing, with what depends on the whole: boxes, wrappers and traits.
    pub(super) fn finish<'p>(self, operations: impl Iterator<Item = &'p mut OperationPlan>) -> Vec<TypePlan> {
        self.renames.warn(self.diagnostics);
        let mut position = vec![0; self.types.len()];
        for (place, id) in self.order.iter().enumerate() {
            position[id.0] = place;
        }
        let mut slots: Vec<Option<TypePlan>> = self.types;
        let mut types: Vec<TypePlan> = self.order.iter().filter_map(|id| slots[id.0].take()).collect();
        for plan in &mut types {
            plan.each_type(&mut |ty| ty.renumber(&position));
        }
        for operation in operations {
            operation.each_type(&mut |ty| ty.renumber(&position));
        }
        finalize::finalize(&mut types);
        types
    }
}

/// What the values of an enumeration are; none where a type of its own says nothing: for numbers with a
/// fraction, booleans alone, lists and objects.
fn enum_values(values: &[Value]) -> Option<EnumValues> {
    match values {
        [] => None,
        values if values.iter().all(Value::is_string) => Some(EnumValues::Text),
        values if values.iter().all(Value::is_i64) => Some(EnumValues::Integer),
        values if values.iter().any(|value| value.is_array() || value.is_object()) => None,
        values if values.iter().all(Value::is_number) || values.iter().all(Value::is_boolean) => None,
        _ => Some(EnumValues::Any),
    }
}

fn variant_name(wire: &Value) -> String {
    match wire {
        Value::String(text) => type_name(text),
        Value::Number(number) => {
            let text = number.to_string().replace('-', "Minus").replace('+', "").replace('.', "Point");
            format!("Value{text}")
        }
        other => type_name(&other.to_string()),
    }
}

/// Schemas by where they stand. What was put together of several parts comes after those.
fn by_pointer(api: &Api) -> HashMap<&str, SchemaId> {
    let mut found = HashMap::new();
    for (id, schema) in api.schemas() {
        if let Some(pointer) = schema.pointer() {
            found.entry(pointer).or_insert(id);
        }
    }
    found
}
