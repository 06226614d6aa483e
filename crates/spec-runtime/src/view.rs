//! JSON values as a validator sees them.
//!
//! A validator that is asked for all errors makes one for each, however many: of two megabytes, millions. So
//! the view charges for each, and when enough is paid no list and no object has anything more in it. Errors
//! hold nothing of the value, either. Knows nothing of schemas, nor of what is made of errors.

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, Node, NodeIdentity, Object, cmp, unique};
use serde_json::{Map, Number, Value};
use std::borrow::Cow;
use std::cell::Cell;
use std::mem::size_of;

/// The cost that errors may have together, in bytes that they take, roughly.
const ENOUGH: usize = 1 << 20;

/// The cost of an error beside its place and what it may list.
const EACH: usize = 256;

/// The budget that is left for errors.
pub(crate) struct Budget(Cell<usize>);

impl Budget {
    /// Makes a budget that is enough for what anybody reads.
    pub(crate) fn new() -> Self {
        Budget(Cell::new(ENOUGH))
    }
}

/// The representation.
pub(crate) struct View;

/// A value in it.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    value: &'a Value,
    /// The length of the way to it, in bytes.
    way: usize,
    budget: Option<&'a Budget>,
}

impl<'a> Seen<'a> {
    /// Makes a value that is only asked whether it fits.
    pub(crate) fn whole(value: &'a Value) -> Self {
        Seen { value, way: 0, budget: None }
    }

    /// Makes a value of which errors are asked for.
    pub(crate) fn within(budget: &'a Budget, value: &'a Value) -> Self {
        Seen { value, way: 0, budget: Some(budget) }
    }

    fn inner(&self, value: &'a Value, step: usize) -> Self {
        Seen { value, way: self.way + step, budget: self.budget }
    }

    /// Returns true if nothing may be paid any more.
    fn is_spent(&self) -> bool {
        self.budget.is_some_and(|budget| budget.0.get() == 0)
    }
}

/// Returns true if an error was made when the budget was spent already, so that it may be one of what is not
/// shown.
pub(crate) fn is_late(instance: &Value) -> bool {
    *instance == Value::Bool(true)
}

impl Json for View {
    type Node<'a> = Seen<'a>;
    type PreparedKey = String;
    type StringBuffer = Value;

    const KEYS_PER_LOOKUP: usize = 2;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(buffer: &mut Value, string: &str, f: impl FnOnce(Seen<'_>) -> T) -> T {
        *buffer = string.into();
        f(Seen::whole(buffer))
    }
}

impl<'a> Node<'a, View> for Seen<'a> {
    type Object = Members<'a>;
    type Array = Items<'a>;
    type Number = &'a Number;

    fn as_object(&self) -> Option<Members<'a>> {
        self.value.as_object().map(|members| Members { members, of: *self })
    }

    fn as_array(&self) -> Option<Items<'a>> {
        self.value.as_array().map(|items| Items { items, of: *self })
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        self.value.as_str().map(Cow::Borrowed)
    }

    fn as_number(&self) -> Option<&'a Number> {
        self.value.as_number()
    }

    fn as_boolean(&self) -> Option<bool> {
        self.value.as_bool()
    }

    fn is_null(&self) -> bool {
        self.value.is_null()
    }

    fn json_type(&self) -> JsonType {
        self.value.json_type()
    }

    fn string_length(&self) -> Option<u64> {
        self.value.string_length()
    }

    fn string_length_within(&self, min: u64, max: u64) -> Option<bool> {
        self.value.string_length_within(min, max)
    }

    fn equals_value(&self, expected: &Value) -> bool {
        cmp::equal(self.value, expected)
    }

    /// Returns what an error holds, which is not the value: if it is [late](is_late). Errors are charged
    /// here.
    fn to_value(&self) -> Cow<'a, Value> {
        let is_late = self.is_spent();
        if let Some(budget) = self.budget {
            let listed = match self.value {
                Value::Array(items) => items.len(),
                Value::Object(members) => members.len(),
                _ => 0,
            };
            let price = EACH + self.way + listed * size_of::<String>();
            budget.0.set(budget.0.get().saturating_sub(price));
        }
        Cow::Owned(Value::Bool(is_late))
    }

    fn identity(&self) -> Option<NodeIdentity> {
        self.value.identity()
    }
}

/// The members of an object.
pub(crate) struct Members<'a> {
    members: &'a Map<String, Value>,
    of: Seen<'a>,
}

impl<'a> Object<'a, View> for Members<'a> {
    type Node = Seen<'a>;
    type MemberName = &'a str;
    type MembersIter = EachMember<'a>;

    fn len(&self) -> usize {
        self.members.len()
    }

    fn get(&self, key: &String) -> Option<Seen<'a>> {
        Object::get(&self.members, key).map(|value| self.of.inner(value, key.len()))
    }

    fn members(&self) -> EachMember<'a> {
        EachMember { members: self.members.iter(), of: self.of }
    }
}

/// Member after member, until the budget is spent.
pub(crate) struct EachMember<'a> {
    members: serde_json::map::Iter<'a>,
    of: Seen<'a>,
}

impl<'a> Iterator for EachMember<'a> {
    type Item = (&'a str, Seen<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = self.members.next().filter(|_| !self.of.is_spent())?;
        Some((name, self.of.inner(value, name.len())))
    }
}

/// The items of a list.
pub(crate) struct Items<'a> {
    items: &'a [Value],
    of: Seen<'a>,
}

impl<'a> Array<'a, View> for Items<'a> {
    type Node = Seen<'a>;
    type ElementsIter = EachItem<'a>;

    fn len(&self) -> usize {
        self.items.len()
    }

    fn elements(&self) -> EachItem<'a> {
        EachItem { items: self.items.iter(), of: self.of }
    }

    fn is_unique(&self) -> bool {
        unique::is_unique(self.items)
    }
}

/// Item after item, until the budget is spent.
pub(crate) struct EachItem<'a> {
    items: std::slice::Iter<'a, Value>,
    of: Seen<'a>,
}

impl<'a> Iterator for EachItem<'a> {
    type Item = Seen<'a>;

    fn next(&mut self) -> Option<Seen<'a>> {
        let value = self.items.next().filter(|_| !self.of.is_spent())?;
        Some(self.of.inner(value, size_of::<usize>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn validator(schema: &Value) -> jsonschema::Validator<View> {
        jsonschema::options_for::<View>().build(schema).unwrap()
    }

    #[test]
    fn errors_are_made_until_the_budget_is_spent() {
        let schema = json!({"items": {"anyOf": [
            {"items": {"type": "object", "required": ["a", "b"]}}, {"type": "null"},
        ]}});
        let validator = validator(&schema);
        let list = |length: usize| json!([vec![json!({}); length], vec![json!({}); length]]);
        let count = |value: &Value| validator.iter_errors(Seen::within(&Budget::new(), value)).count();
        assert_eq!(count(&list(3)), 2);
        assert!(!validator.is_valid(Seen::whole(&list(3))) && validator.is_valid(Seen::whole(&json!([[]]))));
        // One item of a hundred thousand is enough of it.
        assert_eq!(count(&list(100_000)), 1);
        let long = json!([[{"x".repeat(ENOUGH): [{}, {}, {}]}]]);
        assert_eq!(count(&long), 1);
    }

    #[test]
    fn errors_hold_nothing_of_the_value() {
        let validator = validator(&json!({"additionalProperties": {"type": "string"}}));
        let value = json!({"a": 12_345_678, "b": [1, 2]});
        let budget = Budget::new();
        for error in validator.iter_errors(Seen::within(&budget, &value)) {
            assert!(!is_late(error.instance()) && error.instance().is_boolean());
        }
        budget.0.set(0);
        assert_eq!(validator.iter_errors(Seen::within(&budget, &value)).count(), 0);
        let late = validator.iter_errors(Seen::within(&budget, &json!(1))).count();
        assert_eq!(late, 0);
    }
}
