//! Sets of the types of JSON, with integers told apart from other numbers.
//!
//! Must not know schemas.

use serde_json::Value;
use std::fmt;

/// A set of types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Types(u8);

const NAMES: [(&str, u8); 7] = [
    ("null", 1),
    ("boolean", 2),
    ("integer", 4),
    ("number", 12),
    ("string", 16),
    ("array", 32),
    ("object", 64),
];

impl Types {
    pub(crate) const NONE: Types = Types(0);
    pub(crate) const ALL: Types = Types(127);
    pub(crate) const NULL: Types = Types(1);
    pub(crate) const BOOLEAN: Types = Types(2);
    pub(crate) const INTEGER: Types = Types(4);
    pub(crate) const NUMBER: Types = Types(12);
    pub(crate) const STRING: Types = Types(16);
    pub(crate) const ARRAY: Types = Types(32);
    pub(crate) const OBJECT: Types = Types(64);

    /// Returns the types that the keyword `type` names.
    pub(crate) fn named(value: &Value) -> Option<Types> {
        let one = |name: &Value| NAMES.iter().find(|own| name == own.0).map(|own| Types(own.1));
        match value {
            Value::Array(names) => Some(names.iter().filter_map(one).fold(Types::NONE, Types::or)),
            name => one(name),
        }
    }

    /// Returns the type of a value.
    pub(crate) fn of(value: &Value) -> Types {
        match value {
            Value::Null => Types::NULL,
            Value::Bool(_) => Types::BOOLEAN,
            Value::Number(number) if number.as_f64().is_some_and(|own| own.fract() == 0.0) => Types::INTEGER,
            Value::Number(_) => Types(8),
            Value::String(_) => Types::STRING,
            Value::Array(_) => Types::ARRAY,
            Value::Object(_) => Types::OBJECT,
        }
    }

    pub(crate) fn and(self, other: Types) -> Types {
        Types(self.0 & other.0)
    }

    pub(crate) fn or(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    pub(crate) fn without(self, other: Types) -> Types {
        Types(self.0 & !other.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn is_within(self, other: Types) -> bool {
        self.0 & !other.0 == 0
    }

    pub(crate) fn meets(self, other: Types) -> bool {
        self.0 & other.0 != 0
    }
}

impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Types::ALL {
            return f.write_str("any");
        }
        let is_here =
            |name: &&(&str, u8)| self.0 & name.1 == name.1 && (name.0 != "integer" || self.0 & 8 == 0);
        let names: Vec<&str> = NAMES.iter().filter(is_here).map(|name| name.0).collect();
        f.write_str(if names.is_empty() { "none" } else { "" })?;
        f.write_str(&names.join(" or "))
    }
}
