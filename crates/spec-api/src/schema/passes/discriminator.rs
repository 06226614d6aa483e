//! Tells the variants of a union apart: by a discriminator (OpenAPI 3.1, 4.8.25), or by a property that has
//! values of its own in each variant.
//!
//! Knows discriminators as they are written, and properties. Must not know how schemas are written.

use crate::SchemaId;
use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{Additional, Discriminator, Kind, Object};
use crate::references::identity::Meaning;
use crate::schema::table::SchemaTable;
use indexmap::IndexMap;
use serde_json::Value;
use spec_document::{Code, Diagnostic, Pointer};
use std::collections::{HashMap, HashSet};

/// Values of a property, each with the index of a variant.
type Mapping = Vec<(String, usize)>;

/// Gives unions their discriminators. `ids` are those of schemas, by where they stand.
pub(in crate::schema) fn run<'a>(
    table: &mut SchemaTable,
    ids: &HashMap<Pointer, SchemaId>,
    declared: IndexMap<SchemaId, Cursor<'a>>,
    input: &mut Input<'a>,
) {
    for (id, at) in declared {
        let Kind::Union { variants, .. } = &table[id].kind else { continue };
        let read = Variants { table, ids, list: variants }.read_discriminator(input, &at);
        set(table, id, read);
    }
    for id in table.ids() {
        if let Kind::Union { variants, discriminator: None, .. } = &table[id].kind {
            let found = Variants { table, ids, list: variants }.find_property();
            set(table, id, found);
        }
    }
}

fn set(table: &mut SchemaTable, id: SchemaId, found: Option<Discriminator>) {
    if let Kind::Union { discriminator, .. } = &mut table[id].kind {
        *discriminator = found;
    }
}

/// The variants of one union.
struct Variants<'t> {
    table: &'t SchemaTable,
    ids: &'t HashMap<Pointer, SchemaId>,
    list: &'t [SchemaId],
}

impl Variants<'_> {
    /// Finds the property that tells objects apart without a discriminator: each must have it, with texts of
    /// its own.
    fn find_property(&self) -> Option<Discriminator> {
        let first = self.table.object(*self.list.first()?)?;
        first.properties.iter().find_map(|candidate| {
            let mut mapping = Mapping::new();
            for (index, variant) in self.list.iter().enumerate() {
                let properties = &self.table.object(*variant)?.properties;
                let own = properties.iter().find(|own| own.name == candidate.name && own.required)?;
                let Kind::Enum(values) = &self.table.resolved(own.schema).kind else { return None };
                let is_taken = |value: &Value| mapping.iter().any(|(taken, _)| value == taken);
                if self.table.is_nullable(own.schema) || values.iter().any(is_taken) {
                    return None;
                }
                for value in values {
                    mapping.push((value.as_str()?.to_owned(), index));
                }
            }
            Some(Discriminator { property: candidate.name.clone(), mapping })
        })
    }

    /// Reads a discriminator; none where it tells nothing.
    fn read_discriminator<'a>(&self, input: &mut Input<'a>, at: &Cursor<'a>) -> Option<Discriminator> {
        let property = input.required_string(at, "propertyName")?;
        for id in self.list {
            match self.table.object(*id) {
                Some(object) => self.check_object(input, at, *id, object, &property)?,
                None => self.check_no_object(input, at, *id, &property)?,
            }
        }
        let mapping = self.read_mapping(input, at);
        let mapping = self.add_own_values(mapping, &property)?;
        Some(Discriminator { property, mapping })
    }

    /// Checks a variant of objects; none where the property can't tell it, which is warned of.
    fn check_object<'a>(
        &self,
        input: &mut Input<'a>,
        at: &Cursor<'a>,
        id: SchemaId,
        object: &Object,
        property: &str,
    ) -> Option<()> {
        let named = object.properties.iter().find(|own| own.name == property);
        // Only texts are names of variants.
        match named.map(|own| &self.table.resolved(own.schema).kind) {
            None | Some(Kind::Any | Kind::String(_)) => {}
            Some(Kind::Enum(values)) if values.iter().all(Value::is_string) => {}
            Some(_) => return None,
        }
        let is_open = match object.additional {
            Additional::Unsaid | Additional::Allowed(None) => true,
            Additional::Refused => false,
            Additional::Allowed(Some(values)) => self.table.resolved(values).kind == Kind::Any,
        };
        if named.is_some() || is_open {
            return Some(());
        }
        let message = format!(
            "a variant neither names `{property}` nor takes other properties, so that it tells nothing"
        );
        self.warn(input, at, id, message, "add the property to the variant, or remove the discriminator");
        None
    }

    /// Checks a variant that is not just objects; none where it has other values, which is warned of.
    fn check_no_object<'a>(
        &self,
        input: &mut Input<'a>,
        at: &Cursor<'a>,
        id: SchemaId,
        property: &str,
    ) -> Option<()> {
        if !self.takes_others_than_objects(id, &mut HashSet::new()) {
            return Some(());
        }
        let message =
            format!("a variant takes values that are no objects, of which `{property}` tells nothing");
        self.warn(input, at, id, message, "add `type: object` to the variant, or remove the discriminator");
        None
    }

    fn warn<'a>(
        &self,
        input: &mut Input<'a>,
        at: &Cursor<'a>,
        variant: SchemaId,
        message: String,
        help: &str,
    ) {
        let variant = self.table.resolved(variant).location.clone();
        let diagnostic = Diagnostic::warning(Code::SchemaConflict, input.location(&at.pointer), message);
        input.push(diagnostic.help(help).related(variant, "this one"));
    }

    /// Returns whether a value of a schema may be something else than an object, as far as its structure
    /// tells.
    fn takes_others_than_objects(&self, id: SchemaId, seen: &mut HashSet<SchemaId>) -> bool {
        let end = self.table.end(id);
        match &self.table[end].kind {
            Kind::Object(_) | Kind::Never | Kind::Opaque | Kind::Reference(_) => false,
            Kind::Union { variants, .. } => {
                seen.insert(end) && variants.iter().any(|own| self.takes_others_than_objects(*own, seen))
            }
            _ => true,
        }
    }

    /// Reads `mapping`; warns of values that mean none of the variants.
    fn read_mapping<'a>(&self, input: &mut Input<'a>, at: &Cursor<'a>) -> Mapping {
        let mut mapping = Mapping::new();
        for (value, target) in input.members_of(at, "mapping") {
            let Some(text) = target.node.as_str() else {
                input.wrong_type(&target, "a string");
                continue;
            };
            match self.mapped(input, text, &target) {
                Some(index) => mapping.push((value.to_owned(), index)),
                None => {
                    let location = input.location(&target.pointer);
                    let message = format!("{text:?} is none of the variants");
                    input.push(
                        Diagnostic::warning(Code::UnresolvedReference, location, message)
                            .help("map to a schema that the union lists"),
                    );
                }
            }
        }
        mapping
    }

    /// Returns the variant that a mapping means: by the name of a component, or by a reference (OpenAPI 3.1,
    /// 4.8.25).
    fn mapped(&self, input: &Input<'_>, text: &str, at: &Cursor<'_>) -> Option<usize> {
        let component = Pointer::root().join("components").join("schemas").join(text);
        let pointer = match input.identities.meaning(text, &at.pointer, input.document) {
            _ if self.ids.contains_key(&component) => component,
            Meaning::Place(place) => place,
            Meaning::Missing(_) | Meaning::Elsewhere | Meaning::Nowhere => return None,
        };
        let id = *self.ids.get(&pointer)?;
        self.list.iter().position(|variant| self.table.chain(*variant).any(|step| step == id))
    }

    /// Adds the values by which variants go that no mapping names: what they say themselves, or their name.
    /// Returns none where the property does not tell the variants apart.
    fn add_own_values(&self, mut mapping: Mapping, property: &str) -> Option<Mapping> {
        for (index, id) in self.list.iter().enumerate() {
            let is_mapped = mapping.iter().any(|(_, mapped)| *mapped == index);
            let values = self.tag_values(*id, property);
            let values = match values.is_empty() {
                true => Vec::from_iter(self.name(*id)),
                // What the variant says itself is more exact than its name, but less than the mapping.
                false if is_mapped => continue,
                false => values,
            };
            let is_taken = mapping.iter().any(|(taken, _)| values.contains(taken));
            match (is_mapped, values.is_empty() || is_taken) {
                (_, false) => mapping.extend(values.into_iter().map(|value| (value, index))),
                (true, true) => {}
                (false, true) => return None,
            }
        }
        Some(mapping)
    }

    /// Returns the name by which a variant goes where nothing else is said.
    fn name(&self, id: SchemaId) -> Option<String> {
        self.table.chain(id).find_map(|id| {
            let schema = &self.table[id];
            schema.component.clone().or_else(|| schema.file_name.clone())
        })
    }

    /// Returns the texts that a variant allows for the discriminating property, where it says so itself.
    fn tag_values(&self, id: SchemaId, property: &str) -> Vec<String> {
        let Some(object) = self.table.object(id) else { return Vec::new() };
        let Some(found) = object.properties.iter().find(|own| own.name == property) else {
            return Vec::new();
        };
        match &self.table.resolved(found.schema).kind {
            Kind::Enum(values) => {
                values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }
}
