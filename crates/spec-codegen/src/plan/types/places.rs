//! Models that several places share, and what each place calls them.
//!
//! Knows which places have been planned. Must not know which schemas mean the same.
//!
//! Each place keeps the names that it would have alone, those of what stands inside it included, as other
//! names for the models that it shares. So no name depends on which other places there are.

use super::sharing::Sharing;
use super::{Definition, PlacePlan, Planner, Traits, TypePlan};
use crate::names::type_name;
use crate::plan::docs::docs;
use crate::plan::{Engine, RustType, TypeId};
use indexmap::IndexMap;
use serde_json::Map;
use spec_api::SchemaId;
use std::collections::{HashMap, HashSet};

/// The models that schemas share, as far as they have been planned.
pub(super) struct Places {
    sharing: Sharing,
    /// The models of schemas without a name that others may share.
    models: HashMap<SchemaId, TypeId>,
    /// The names that places have for the models that they share.
    names: HashMap<SchemaId, TypeId>,
    /// The names of places, by the model that they share.
    of_model: IndexMap<TypeId, Vec<TypeId>>,
    /// Models that the JSON Schema of another one refers to by name.
    cited: HashSet<TypeId>,
    /// Models whose places have words of their own.
    disputed: HashSet<TypeId>,
    /// Places of models with a name of their own, whose insides are planned once that model's are.
    put_off: Vec<(TypeId, SchemaId, TypeId)>,
    /// What is printed right behind another model, or another name.
    behind: HashMap<TypeId, Vec<TypeId>>,
}

impl Places {
    /// Begins with no place.
    pub(super) fn new(sharing: Sharing) -> Places {
        Places {
            sharing,
            models: HashMap::new(),
            names: HashMap::new(),
            of_model: IndexMap::new(),
            cited: HashSet::new(),
            disputed: HashSet::new(),
            put_off: Vec::new(),
            behind: HashMap::new(),
        }
    }

    /// Notes that the JSON Schema of a model refers to another one by its name.
    pub(super) fn cite(&mut self, model: TypeId) {
        self.cited.insert(model);
    }
}

impl Planner<'_> {
    /// Returns the model of a schema that stands inside another: the one that it shares, or one of its own,
    /// under a name made of where it stands.
    pub(super) fn inline(&mut self, schema: SchemaId, hint: &str) -> RustType {
        let shared = if self.by_schema.contains_key(&schema) { None } else { self.shared_model(schema) };
        if let Some(id) = self.by_schema.get(&schema) {
            return RustType::Model(*id);
        }
        match shared {
            // The pinned name is the model's.
            Some(model) if self.api.schema(schema).pinned_name.is_some() => {
                self.by_schema.insert(schema, model);
                RustType::Model(model)
            }
            Some(model) => {
                self.plan_place(schema, hint, model);
                RustType::Model(model)
            }
            None => {
                let id = self.declare(schema, hint);
                if !self.places.sharing.is_named(schema) {
                    self.places.models.insert(self.places.sharing.home(schema), id);
                }
                self.order.push(id);
                self.define(id, schema);
                RustType::Model(id)
            }
        }
    }

    /// Returns the model that a schema shares with others; none where it is the first of them.
    fn shared_model(&mut self, schema: SchemaId) -> Option<TypeId> {
        let sharing = &self.places.sharing;
        let home = sharing.home(schema);
        if sharing.is_named(schema) {
            return None;
        }
        if !sharing.is_named(home) {
            return self.places.models.get(&home).copied();
        }
        if !self.by_schema.contains_key(&home) {
            let api = self.api;
            let name = api.schema(home).file_name.as_deref().unwrap_or_default();
            self.inline(home, name);
        }
        self.by_schema.get(&home).copied()
    }

    /// Plans the name of a place for the model that it shares, and those of what stands inside it.
    fn plan_place(&mut self, schema: SchemaId, hint: &str, model: TypeId) {
        let id = self.declare(schema, hint);
        self.order.push(id);
        self.by_schema.insert(schema, model);
        self.places.names.insert(schema, id);
        self.places.of_model.entry(model).or_default().push(id);
        if self.places.sharing.is_named(self.places.sharing.home(schema)) {
            self.places.put_off.push((id, schema, model));
        } else {
            self.plan_inside(id, schema, model);
        }
    }

    /// Plans what stands inside a place, by the names that it has there.
    fn plan_inside(&mut self, id: TypeId, schema: SchemaId, model: TypeId) {
        self.define(id, schema);
        let builder = self.types[id.0].as_ref().and_then(TypePlan::builder).map(str::to_owned);
        let place = self.place_plan(id, schema, model, builder);
        self.types[id.0] = Some(place);
    }

    /// Takes the name of a builder for a model.
    fn claim_builder(&mut self, id: TypeId) -> String {
        let name = format!("{}Builder", self.names[id.0].trim_end_matches('_'));
        self.scope.claim(&name).0
    }

    fn place_plan(&self, id: TypeId, schema: SchemaId, model: TypeId, builder: Option<String>) -> TypePlan {
        let about = self.api.schema(schema);
        TypePlan {
            name: self.names[id.0].clone(),
            docs: docs(about),
            deprecated: about.deprecated,
            location: about.location.clone(),
            schema,
            side: self.side(schema),
            definition: Definition::Alias(RustType::Model(model)),
            traits: Traits { eq: true, hash: true, default: true, checked: false },
            assertions: Map::new(),
            group: None,
            engine: Engine::Emitter,
            place: Some(PlacePlan { builder }),
        }
    }

    /// Returns what the place of a schema calls its model.
    pub(super) fn place_name(&self, schema: SchemaId, model: TypeId) -> &str {
        &self.names[self.places.names.get(&schema).unwrap_or(&model).0]
    }

    /// Decides about models that places share what depends on all of these: the words of the model, whether
    /// it is deprecated, and the words that it is called by. The word of all places is its name; one of some
    /// is another name, so that a place with another word takes no name away.
    pub(super) fn settle_places(&mut self) {
        while !self.places.put_off.is_empty() {
            for (id, schema, model) in std::mem::take(&mut self.places.put_off) {
                let before = self.order.len();
                self.plan_inside(id, schema, model);
                let inside = self.order.split_off(before);
                self.places.behind.entry(id).or_default().extend(inside);
            }
        }
        let of_model = std::mem::take(&mut self.places.of_model);
        for (model, places) in &of_model {
            self.settle_words(*model, places);
        }
        let mut wanted: IndexMap<String, Vec<(TypeId, bool)>> = IndexMap::new();
        for (model, places) in &of_model {
            for (name, is_common) in self.agreed_names(*model, places) {
                wanted.entry(name).or_default().push((*model, is_common));
            }
        }
        for (name, models) in wanted {
            // A word that means several things names none of them.
            match models.as_slice() {
                [_] if self.scope.is_taken(&name) => {}
                [(model, true)] if !self.places.cited.contains(model) => self.rename(*model, &name),
                [(model, _)] => {
                    let name = self.scope.claim(&name).0;
                    self.names.push(name);
                    let place = TypeId(self.types.len());
                    let builder = self.has_builder(*model).then(|| self.claim_builder(place));
                    self.add_name(*model, builder);
                }
                _ => {}
            }
        }
        let mut todo: Vec<TypeId> = std::mem::take(&mut self.order).into_iter().rev().collect();
        while let Some(id) = todo.pop() {
            self.order.push(id);
            todo.extend(self.places.behind.remove(&id).into_iter().flatten().rev());
        }
    }

    /// Keeps the words of a model that all its places share, and those of each place that a field does not
    /// have.
    fn settle_words(&mut self, model: TypeId, places: &[TypeId]) {
        let is_named = self.is_of_people(model);
        let Some(plan) = &self.types[model.0] else { return };
        let (shared, mut is_deprecated) = (plan.docs.clone(), plan.deprecated);
        for place in places {
            let Some(plan) = &mut self.types[place.0] else { continue };
            is_deprecated &= plan.deprecated;
            if plan.docs != shared {
                self.places.disputed.insert(model);
            }
            let is_told = self.places.sharing.word(plan.schema).is_some_and(|word| word.is_told);
            if is_told || plan.docs == shared {
                plan.docs.clear();
            }
        }
        if let Some(plan) = self.types[model.0].as_mut().filter(|_| !is_named) {
            plan.deprecated = is_deprecated;
        }
    }

    /// Says whether the name of a model is one that people gave it.
    fn is_of_people(&self, model: TypeId) -> bool {
        self.types[model.0].as_ref().is_none_or(|plan| {
            self.places.sharing.is_named(plan.schema) || self.api.schema(plan.schema).pinned_name.is_some()
        })
    }

    /// Returns names made of the words on which at least two places of a model agree; whether all do.
    fn agreed_names(&self, model: TypeId, places: &[TypeId]) -> Vec<(String, bool)> {
        if self.is_of_people(model) {
            return Vec::new();
        }
        let mut counts: IndexMap<String, usize> = IndexMap::new();
        for id in std::iter::once(&model).chain(places) {
            let schema = self.types[id.0].as_ref().map(|plan| plan.schema);
            if let Some(word) = schema.and_then(|schema| self.places.sharing.word(schema)) {
                *counts.entry(type_name(&word.text)).or_default() += 1;
            }
        }
        let agreed = counts.into_iter().filter(|(_, count)| *count > 1);
        agreed.map(|(name, count)| (name, count > places.len())).collect()
    }

    /// Says whether a model has a builder.
    fn has_builder(&self, model: TypeId) -> bool {
        self.types[model.0].as_ref().is_some_and(|plan| plan.builder().is_some())
    }

    /// Gives a model a name that all its places agree on; its own place keeps the one that it had. Words on
    /// which they do not agree are at their fields, or at the names of places without one.
    fn rename(&mut self, model: TypeId, name: &str) {
        let former = std::mem::replace(&mut self.names[model.0], self.scope.claim(name).0);
        self.names.push(former);
        let builder = self.has_builder(model).then(|| self.claim_builder(model));
        let Some(plan) = &mut self.types[model.0] else { return };
        plan.name.clone_from(&self.names[model.0]);
        let is_told = self.places.sharing.word(plan.schema).is_some_and(|word| word.is_told);
        let mut words = Vec::new();
        if self.places.disputed.contains(&model) {
            words = std::mem::take(&mut plan.docs);
        }
        let former = match (&mut plan.definition, builder) {
            (Definition::Struct(body), Some(builder)) => Some(std::mem::replace(&mut body.builder, builder)),
            _ => None,
        };
        self.add_name(model, former);
        if let (false, Some(Some(place))) = (is_told, self.types.last_mut()) {
            place.docs = words;
        }
    }

    /// Adds the name that was taken last as another one for a model, right behind it.
    fn add_name(&mut self, model: TypeId, builder: Option<String>) {
        let Some(schema) = self.types[model.0].as_ref().map(|plan| plan.schema) else { return };
        let place = TypeId(self.types.len());
        let plan = TypePlan { docs: Vec::new(), ..self.place_plan(place, schema, model, builder) };
        self.types.push(Some(plan));
        self.places.behind.entry(model).or_default().insert(0, place);
    }
}
