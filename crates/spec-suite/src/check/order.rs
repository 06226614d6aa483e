//! The order of lists: that it is the one that was asked for.
//!
//! Knows members whose order leaves no doubt: numbers, and times of one length. Must not judge texts, which
//! each database orders in its own way.

use super::reads::Short;
use crate::case::{Case, Place};
use crate::links::plain;
use serde_json::Value;
use spec_api::{Api, Kind, Operation, Parameter, ParameterIn, Property};

/// The parameters that say how a list is ordered, by the names that people give them.
pub(crate) struct Order {
    /// The parameter that names the member.
    by: String,
    /// The members that it may name, and that can be compared.
    members: Vec<String>,
    /// The parameter of the direction, with the value that says that the largest comes first.
    direction: Option<(String, Value)>,
}

const NAMES: [&str; 6] = ["orderby", "sortby", "sort", "order", "sortfield", "orderfield"];

impl Order {
    /// Returns how a list of items with these members can be ordered.
    pub(super) fn of(api: &Api, operation: &Operation, members: &[Property]) -> Option<Order> {
        let kind = |id| &api.schema(api.resolve(id)).kind;
        let values = |own: &Parameter| match kind(own.schema) {
            Kind::Enum(values) if own.place == ParameterIn::Query => values.clone(),
            _ => Vec::new(),
        };
        let is_comparable = |name: &str| {
            let member = members.iter().find(|own| own.name == name);
            member.is_some_and(|own| {
                matches!(kind(own.schema), Kind::Integer(_) | Kind::Number(_) | Kind::String(_))
            })
        };
        let named = |own: &Parameter| -> Vec<String> {
            let values = values(own);
            values
                .iter()
                .filter_map(Value::as_str)
                .filter(|own| is_comparable(own))
                .map(str::to_owned)
                .collect()
        };
        let (by, members) = operation
            .parameters
            .iter()
            .filter(|own| NAMES.contains(&plain(&own.name).as_str()))
            .map(|own| (own.name.clone(), named(own)))
            .find(|(_, members)| !members.is_empty())?;
        let is_down = |own: &Value| own.as_str().is_some_and(|own| own.to_lowercase().starts_with("desc"));
        let is_up = |own: &Value| own.as_str().is_some_and(|own| own.to_lowercase().starts_with("asc"));
        let direction = operation.parameters.iter().find_map(|own| {
            let values = values(own);
            let all = values.iter().any(is_up) && values.iter().all(|own| is_up(own) || is_down(own));
            let down = values.into_iter().find(is_down).filter(|_| all)?;
            Some((own.name.clone(), down))
        });
        Some(Order { by, members, direction })
    }

    /// Asks for the largest first; of a member that things are likely to differ in.
    pub(crate) fn ask(&self, case: &mut Case) {
        let member = self.members.iter().find(|own| plain(own) == "id").or(self.members.first());
        let Some((member, (name, down))) = member.zip(self.direction.as_ref()) else { return };
        case.set(Place::Query, &self.by, member.as_str().into());
        case.set(Place::Query, name, down.clone());
    }

    /// Returns what is wrong with the order of items, as a sentence.
    pub(super) fn fault(&self, case: &Case, items: &[Value]) -> Option<String> {
        let by = case.argument(Place::Query, &self.by)?.as_str()?;
        self.members.iter().find(|own| *own == by)?;
        let values: Vec<&Value> =
            items.iter().filter_map(|item| item.get(by)).filter(|own| !own.is_null()).collect();
        let keys: Vec<Key<'_>> = values.iter().map(|own| Key::of(own)).collect::<Option<_>>()?;
        let is_mixed = keys.windows(2).any(|two| two[0].length() != two[1].length());
        let asked = self.direction.as_ref().and_then(|(name, down)| {
            case.argument(Place::Query, name).filter(|own| !own.is_null()).map(|own| own == down)
        });
        let broken = |down: bool| {
            let is_wrong = |two: &[Key<'_>]| if down { two[0] < two[1] } else { two[0] > two[1] };
            keys.windows(2).position(is_wrong)
        };
        let at = match asked {
            _ if is_mixed => None,
            Some(down) => broken(down),
            // Nobody has said which end comes first.
            None => broken(false).filter(|_| broken(true).is_some()),
        }?;
        let direction = match asked {
            Some(true) => ", the largest first",
            Some(false) => ", the smallest first",
            None => "",
        };
        let (first, second) = (Short(values[at]), Short(values[at + 1]));
        Some(format!("the list was to be ordered by `{by}`{direction}, and {first} comes before {second}"))
    }
}

/// A value that can be compared without doubt.
#[derive(PartialEq, PartialOrd)]
enum Key<'a> {
    Number(f64),
    Time(&'a str),
}

impl Key<'_> {
    fn of(value: &Value) -> Option<Key<'_>> {
        let is_time = |own: &&str| own.ends_with('Z') && own.as_bytes().get(10) == Some(&b'T');
        match value {
            Value::String(own) => Some(own.as_str()).filter(is_time).map(Key::Time),
            other => other.as_f64().map(Key::Number),
        }
    }

    /// Returns the length of a time: those of one length are ordered as their texts are.
    fn length(&self) -> usize {
        match self {
            Key::Number(_) => 0,
            Key::Time(text) => text.len(),
        }
    }
}
