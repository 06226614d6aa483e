//! Which schemas share a model: those without a name of their own that mean the same.
//!
//! Knows which schemas have names, which names are pinned, and the words that places have for what stands
//! there. Must not know what a model is made of.

use crate::settings::ApiSettings;
use spec_api::{Api, Kind, Meanings, SchemaId};
use std::collections::{HashMap, HashSet};

/// The word of the document for what stands in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::plan) struct Word {
    /// The name of the property, parameter or header, or one made of it for what stands in a list there.
    pub(in crate::plan) text: String,
    /// True if the words of the schema are said there as well: a field has them.
    pub(in crate::plan) is_told: bool,
}

/// The schemas that share a model with others. Without sharing there are none.
#[derive(Debug, Default)]
pub(in crate::plan) struct Sharing {
    /// The schema whose model another one shares, by that.
    homes: HashMap<SchemaId, SchemaId>,
    /// All that share a model, with the one that it is a model of.
    members: HashMap<SchemaId, Vec<SchemaId>>,
    /// Schemas with names that people gave them. They share their models, and have none of others.
    named: HashSet<SchemaId>,
    words: HashMap<SchemaId, Word>,
}

impl Sharing {
    /// Sorts the schemas of an Api by the models that they share.
    pub(in crate::plan) fn of(api: &Api, settings: &ApiSettings) -> Sharing {
        if !settings.sharing {
            return Sharing::default();
        }
        let meanings = Meanings::of(api);
        let components: HashSet<SchemaId> = api.components.values().copied().collect();
        let is_named = |id: SchemaId| components.contains(&id) || api.schema(id).file_name.is_some();
        let models: Vec<SchemaId> =
            api.schemas().filter(|(_, schema)| is_model(&schema.kind)).map(|(id, _)| id).collect();
        let mut sharing = Sharing { words: words(api), ..Sharing::default() };
        let mut firsts: HashMap<(SchemaId, Option<&str>), SchemaId> = HashMap::new();
        for id in models.iter().copied().filter(|id| is_named(*id)) {
            sharing.named.insert(id);
            let pinned = api.schema(id).pinned_name.as_deref();
            for name in [None, pinned] {
                firsts.entry((meanings.first(id), name)).or_insert(id);
            }
        }
        for id in models.into_iter().filter(|id| !is_named(*id)) {
            let pinned = api.schema(id).pinned_name.as_deref();
            let home = *firsts.entry((meanings.first(id), pinned)).or_insert(id);
            if home != id {
                sharing.homes.insert(id, home);
                sharing.members.entry(home).or_insert_with(|| vec![home]).push(id);
            }
        }
        sharing
    }

    /// Returns the schema whose model a schema shares: itself, where it shares none.
    pub(in crate::plan) fn home(&self, id: SchemaId) -> SchemaId {
        self.homes.get(&id).copied().unwrap_or(id)
    }

    /// Returns all schemas that share a model with this one.
    pub(in crate::plan) fn members(&self, id: SchemaId) -> &[SchemaId] {
        self.members.get(&self.home(id)).map_or(&[], Vec::as_slice)
    }

    /// Says whether people gave a schema a name.
    pub(super) fn is_named(&self, id: SchemaId) -> bool {
        self.named.contains(&id)
    }

    /// Returns the word for a schema at its place.
    pub(super) fn word(&self, id: SchemaId) -> Option<&Word> {
        self.words.get(&id)
    }
}

/// Says whether a schema of a kind may have a model of its own.
fn is_model(kind: &Kind) -> bool {
    match kind {
        Kind::Any
        | Kind::Never
        | Kind::Reference(_)
        | Kind::Boolean
        | Kind::Integer(_)
        | Kind::Number(_)
        | Kind::String(_) => false,
        Kind::Enum(_)
        | Kind::Array(_)
        | Kind::Tuple(_)
        | Kind::Object(_)
        | Kind::Union { .. }
        | Kind::Opaque => true,
    }
}

/// Finds the words of places. What stands in something comes after it.
fn words(api: &Api) -> HashMap<SchemaId, Word> {
    let mut words: HashMap<SchemaId, Word> = HashMap::new();
    let told = |text: &str| Word { text: text.to_owned(), is_told: true };
    for operation in api.operations.iter().chain(&api.webhooks) {
        for parameter in &operation.parameters {
            words.entry(parameter.schema).or_insert_with(|| told(&parameter.name));
        }
        for header in operation.responses.iter().flat_map(|response| &response.headers) {
            words.entry(header.schema).or_insert_with(|| told(&header.name));
        }
    }
    for (id, schema) in api.schemas() {
        match &schema.kind {
            Kind::Object(object) => {
                for property in &object.properties {
                    words.entry(property.schema).or_insert_with(|| told(&property.name));
                }
            }
            Kind::Array(Some(items)) => {
                if let Some(word) = words.get(&id) {
                    let word = Word { text: format!("{} item", word.text), is_told: false };
                    words.entry(*items).or_insert(word);
                }
            }
            _ => {}
        }
    }
    words
}
