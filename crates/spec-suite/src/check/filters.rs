//! Filters that are named after a member of the items, but not like it: `max_price`, and `tag` of `tags`.
//!
//! Knows those of which there is no doubt what they mean. Must not judge where a bound itself belongs.

use super::reads::Short;
use crate::case::{Case, Place};
use crate::links::{plain, singular};
use serde_json::Value;
use spec_api::{Api, Kind, Operation, Parameter, ParameterIn, Property};

/// What is asked of a member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    AtLeast,
    AtMost,
    /// A list holds it, or a text that it is a part of.
    Holds,
}

/// A parameter, and what it asks of which member.
pub(crate) struct Filter {
    parameter: String,
    member: String,
    asked: Asked,
}

/// Words before or behind the name of a member, and what they ask of it.
const WORDS: [(&str, Asked); 6] = [
    ("min", Asked::AtLeast),
    ("minimum", Asked::AtLeast),
    ("gte", Asked::AtLeast),
    ("max", Asked::AtMost),
    ("maximum", Asked::AtMost),
    ("lte", Asked::AtMost),
];

impl Filter {
    /// Returns the filters of an operation that lists items with these members.
    pub(super) fn all(api: &Api, operation: &Operation, members: &[Property]) -> Vec<Filter> {
        let in_query = operation.parameters.iter().filter(|own| own.place == ParameterIn::Query);
        let is_new = |own: &&Parameter| !members.iter().any(|member| member.name == own.name);
        in_query.filter(is_new).filter_map(|own| Filter::of(api, own, members)).collect()
    }

    fn of(api: &Api, parameter: &Parameter, members: &[Property]) -> Option<Filter> {
        let kind = |id| &api.schema(api.resolve(id)).kind;
        let is_number = |id| matches!(kind(id), Kind::Integer(_) | Kind::Number(_));
        let is_texts = |id| match kind(id) {
            Kind::Array(Some(items)) => matches!(kind(*items), Kind::String(_) | Kind::Enum(_)),
            _ => false,
        };
        let is_text = matches!(kind(parameter.schema), Kind::String(_) | Kind::Enum(_));
        let name = plain(&parameter.name);
        members.iter().find_map(|member| {
            let own = plain(&member.name);
            let asks = |word: &&(&str, Asked)| {
                [format!("{}{own}", word.0), format!("{own}{}", word.0)].contains(&name)
            };
            let asked = match WORDS.iter().find(asks) {
                Some((_, asked)) if is_number(member.schema) && is_number(parameter.schema) => *asked,
                None if is_text && is_texts(member.schema) && singular(&member.name) == name => Asked::Holds,
                _ => return None,
            };
            let (parameter, member) = (parameter.name.clone(), member.name.clone());
            Some(Filter { parameter, member, asked })
        })
    }

    /// Returns what is wrong with the items that a request is answered with, and what it is called.
    pub(super) fn fault(&self, case: &Case, items: &[Value]) -> Option<(String, String)> {
        let asked = case.argument(Place::Query, &self.parameter)?;
        let is_wrong = |value: &&Value| match self.asked {
            Asked::AtLeast => value.as_f64().zip(asked.as_f64()).is_some_and(|(own, asked)| own < asked),
            Asked::AtMost => value.as_f64().zip(asked.as_f64()).is_some_and(|(own, asked)| own > asked),
            Asked::Holds => value.as_array().zip(asked.as_str()).is_some_and(|(all, asked)| {
                let is_part = |own: &Value| {
                    own.as_str().is_some_and(|own| own.to_lowercase().contains(&asked.trim().to_lowercase()))
                };
                !all.iter().any(is_part)
            }),
        };
        let other = items.iter().filter_map(|item| item.get(&self.member)).find(is_wrong)?;
        let Filter { parameter, member, .. } = self;
        let message = format!(
            "`{parameter}` {} was asked for, and one came whose `{member}` is {}",
            Short(asked),
            Short(other)
        );
        Some((format!("filter {parameter}"), message))
    }
}
