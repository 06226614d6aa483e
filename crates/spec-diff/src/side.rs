//! One of the two documents, with the forms of its schemas and the validators that judge witnesses.
//!
//! Must not know the other document.

use crate::form::{Form, Place, target};
use crate::report::Direction;
use crate::values::Maker;
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};
use spec_api::Api;
use spec_contract::{Side as Way, sides};
use spec_document::{Location, Pointer};
use spec_json_schema::format::bound_integers;
use spec_json_schema::{PropertyPatterns, validator};
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// The name of the document among the resources.
const NAME: &str = "urn:openapi:document";

type Judges = HashMap<(Direction, Place), Rc<Option<Validator>>>;

/// Values, with the places of both documents that they were made for.
type Made = ((Place, Place), Rc<Vec<Value>>);

/// One of the two documents.
pub(crate) struct Side<'a> {
    pub(crate) api: &'a Api,
    forms: RefCell<HashMap<Place, Rc<Form>>>,
    registries: [OnceCell<Option<(Registry<'static>, PropertyPatterns)>>; 2],
    judges: RefCell<Judges>,
    /// The values that witnesses were looked for among last, by the place here and in the other document.
    values: RefCell<Option<Made>>,
}

impl<'a> Side<'a> {
    pub(crate) fn new(api: &'a Api) -> Side<'a> {
        Side {
            api,
            forms: RefCell::default(),
            registries: Default::default(),
            judges: RefCell::default(),
            values: RefCell::default(),
        }
    }

    /// Returns the form of a place.
    pub(crate) fn form(&self, place: &Place) -> Rc<Form> {
        if let Some(form) = self.forms.borrow().get(place) {
            return Rc::clone(form);
        }
        let form = Rc::new(Form::read(&self.api.json, place));
        self.forms.borrow_mut().insert(place.clone(), Rc::clone(&form));
        form
    }

    /// Returns the place that says the same without references that say nothing else.
    pub(crate) fn meant(&self, place: &Place) -> Place {
        let meant = |pointer: &String| {
            let mut pointer = pointer.clone();
            for _ in 0..32 {
                let schema = self.json(&pointer).and_then(Value::as_object).filter(|own| own.len() == 1);
                match schema.and_then(target) {
                    Some(next) => pointer = next,
                    None => break,
                }
            }
            pointer
        };
        Place(place.0.iter().map(meant).collect())
    }

    /// Returns the value at a pointer.
    pub(crate) fn json(&self, pointer: &str) -> Option<&'a Value> {
        self.api.json.pointer(pointer)
    }

    /// Returns the member of an object of the document.
    pub(crate) fn field(&self, pointer: &str, key: &str) -> Option<&'a Value> {
        self.json(pointer)?.get(key)
    }

    /// Returns the location of a pointer.
    pub(crate) fn location(&self, pointer: &str) -> Option<Location> {
        Some(Location::pointer(self.api.source, Pointer::parse(pointer)?))
    }

    /// Returns values of a place, and of what stands there in the other document. Several keywords of one
    /// place look among the same ones, one after the other.
    pub(crate) fn values(&self, other: &Side<'_>, places: (&Place, &Place)) -> Rc<Vec<Value>> {
        if let Some(((own, beside), values)) = self.values.borrow().as_ref()
            && (own, beside) == places
        {
            return Rc::clone(values);
        }
        let values = Rc::new(Maker::new(self, other).values(places.0, places.1));
        *self.values.borrow_mut() = Some(((places.0.clone(), places.1.clone()), Rc::clone(&values)));
        values
    }

    /// Returns the validator of a place; none where it can't be made.
    pub(crate) fn judge(&self, direction: Direction, place: &Place) -> Rc<Option<Validator>> {
        let key = (direction, place.clone());
        if let Some(known) = self.judges.borrow().get(&key) {
            return Rc::clone(known);
        }
        let judge = Rc::new(self.make(direction, place));
        self.judges.borrow_mut().insert(key, Rc::clone(&judge));
        judge
    }

    fn make(&self, direction: Direction, place: &Place) -> Option<Validator> {
        let (way, index) = match direction {
            Direction::Request => (Way::Request, 0),
            Direction::Response => (Way::Response, 1),
        };
        let read = || {
            let mut document =
                sides::of(self.api, way).unwrap_or_else(|| sides::shared(self.api).into_owned());
            bound_integers(&mut document);
            validator::registry(NAME, Cow::Owned(document)).ok()
        };
        let (registry, patterns) = self.registries[index].get_or_init(read).as_ref()?;
        let reference = |pointer: &String| {
            let pointer = Pointer::parse(&patterns.told(pointer))?;
            Some(json!({ "$ref": format!("{NAME}{}", pointer.to_fragment()) }))
        };
        let references: Option<Vec<Value>> = place.0.iter().map(reference).collect();
        let all = if place.is_any() { json!(true) } else { json!({ "allOf": references? }) };
        validator::options().with_registry(registry).build(&all).ok()
    }
}
