//! Schemas → models.
//!
//! Knows how each kind of schema is best said in Rust. Must not know operations beyond the names that they
//! lend to schemas which stand inside them.

mod assertions;
mod enums;
mod integers;
mod kind;
mod model;
mod places;
mod portable;
mod sharing;
mod structs;
mod type_of;
mod unions;

pub use enums::{EnumPlan, EnumValues, UNLISTED, VariantPlan};
pub use model::{Definition, PlacePlan, Traits, TypePlan};
pub use structs::{ExtraPlan, FieldPlan, Presence, StructPlan};
pub use unions::{Decoding, UnionPlan, UnionVariant};

pub(crate) use portable::definition;
pub(in crate::plan) use sharing::Sharing;
pub(crate) use unions::Naming;

use super::claims::{Renames, claim, warn_taken};
use super::directions::Directions;
use super::docs::docs;
use super::{OperationPlan, TypeId, engine, finalize};
use crate::names::{Scope, type_name};
use crate::settings::{ApiSettings, Formats, Setting};
use enums::enum_values;
use places::Places;
use serde_json::{Map, Value};
use spec_api::{Api, Kind, SchemaId};
use spec_contract::Side;
use spec_document::Diagnostics;
use std::collections::{HashMap, HashSet};

/// Makes models of schemas; asked by whatever uses a schema.
pub struct Planner<'a> {
    pub(super) api: &'a Api,
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(super) scope: Scope,
    types: Vec<Option<TypePlan>>,
    names: Vec<String>,
    by_schema: HashMap<SchemaId, TypeId>,
    /// The models that schemas share.
    places: Places,
    by_pointer: HashMap<&'a str, SchemaId>,
    formats: &'a Formats,
    /// The header in which operations take keys, where the settings name one.
    pub(super) key_header: Option<&'a Setting>,
    /// The schemas that requests hold, and those that responses hold.
    directions: Directions,
    /// The order in which models are printed: each with what stands inside it.
    order: Vec<TypeId>,
    /// Names that were taken already.
    pub(super) renames: Renames,
}

impl<'a> Planner<'a> {
    /// Returns a planner that has planned nothing yet.
    pub(super) fn new(api: &'a Api, settings: &'a ApiSettings, diagnostics: &'a mut Diagnostics) -> Self {
        let sharing = Sharing::of(api, settings);
        Planner {
            directions: Directions::shared(api, &sharing),
            places: Places::new(sharing),
            formats: &settings.formats,
            key_header: settings.idempotency.as_ref(),
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

    /// Plans all components. They have the first choice of names; then each is defined, with what stands
    /// inside it.
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

    /// Returns the schema that a component is a model of: itself, or one of another file that it only refers
    /// to and that is no model yet. With `Pet: {$ref: pet.yaml}` the model of that file is called `Pet`.
    fn meant(&self, component: SchemaId) -> SchemaId {
        self.references(component).last().copied().unwrap_or(component)
    }

    /// Returns a schema, and the schemas of other files that it refers to, one after the other, as far as
    /// they are no models.
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

    /// Returns the name for what a reference leads to: of another file its name there.
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

    /// Decides what a model is that has a name already.
    fn define(&mut self, id: TypeId, schema_id: SchemaId) {
        let schema = self.api.schema(schema_id);
        let name = self.names[id.0].clone();
        let mut assertions = self.inlined(schema_id).unwrap_or_default();
        let definition = self.definition(schema_id, &name, &mut assertions);
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
            place: None,
            name,
        });
    }

    /// Decides what the model of a schema is. What it says of other keys is added to its assertions.
    fn definition(&mut self, id: SchemaId, name: &str, assertions: &mut Map<String, Value>) -> Definition {
        match self.kind(id) {
            Kind::Object(object) if !object.properties.is_empty() => {
                if let Some(said) = self.additional(object, assertions, 0) {
                    assertions.insert("additionalProperties".to_owned(), said);
                }
                Definition::Struct(self.plan_struct(id, name, object))
            }
            Kind::Enum(values) if enum_values(values).is_some() => {
                Definition::Enum(self.plan_enum(id, values))
            }
            Kind::Union { variants, exclusive, discriminator } => {
                let open = if *exclusive { None } else { self.open_texts(variants) };
                match open {
                    Some(listed) => {
                        let listed = self.plan_enum(id, &listed);
                        Definition::Enum(EnumPlan { values: EnumValues::OpenText, ..listed })
                    }
                    None => {
                        let by = discriminator.as_ref();
                        Definition::Union(self.plan_union(name, variants, *exclusive, by))
                    }
                }
            }
            Kind::Opaque => self.plan_opaque(id),
            Kind::Reference(target) => {
                Definition::Alias(self.rust_type(*target, self.name_of_target(*target, name)))
            }
            _ => Definition::Alias(self.plain_type(id, name)),
        }
    }

    /// Returns the side that says what must be there in a schema.
    fn side(&self, schema: SchemaId) -> Option<Side> {
        let of = |schemas: &HashSet<SchemaId>, side| schemas.contains(&schema).then_some(side);
        of(&self.directions.in_requests, Side::Request)
            .or_else(|| of(&self.directions.in_responses, Side::Response))
    }

    /// Returns all models, in the order of printing, with what depends on the whole: boxes, wrappers and
    /// traits.
    pub(super) fn finish<'p>(
        mut self,
        operations: impl Iterator<Item = &'p mut OperationPlan>,
    ) -> Vec<TypePlan> {
        self.settle_places();
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

/// Returns schemas by where they stand. What was put together of several parts comes after those.
fn by_pointer(api: &Api) -> HashMap<&str, SchemaId> {
    let mut found = HashMap::new();
    for (id, schema) in api.schemas() {
        if let Some(pointer) = schema.pointer() {
            found.entry(pointer).or_insert(id);
        }
    }
    found
}
