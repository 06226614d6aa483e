//! The tree of one document: values, each with the place it stands at.
//!
//! Knows the JSON data model (RFC 8259) and nothing of the syntax it was written in, so that the
//! stages after this one cannot tell JSON from YAML. Must not know what the values mean.

use std::ops::Range;

use indexmap::IndexMap;

use crate::pointer::Pointer;

/// The largest depth of objects and arrays; one more is [`Code::LimitExceeded`]. The YAML parser counts `[`
/// and `{` itself and stops one earlier.
///
/// The tree is walked recursively here and in later stages, so its depth has to fit the stack.
///
/// [`Code::LimitExceeded`]: crate::Code::LimitExceeded
pub const MAX_DEPTH: usize = 256;

/// A value and the bytes of the text it was written in.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value that was written.
    pub value: Value,
    span: Range<usize>,
}

/// A JSON value (RFC 8259 section 3).
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, see [`Number`] for its exactness.
    Number(Number),
    /// A string, without quotes and escapes.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object.
    Object(Object),
}

/// The members of an object in the order of the document; every key is there once.
#[derive(Clone, Debug, Default)]
pub struct Object(pub(crate) IndexMap<String, Member>);

/// One member of an [`Object`].
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// The bytes of the key.
    pub(crate) key_span: Range<usize>,
    /// The value.
    pub(crate) node: Node,
}

/// A number as it was written, in JSON form (RFC 8259 section 6).
///
/// The digits are kept, so nothing is lost before it is known which type the number becomes. Its
/// value always fits an `f64`, if not exactly: larger numbers are refused while parsing.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Number(String);

impl Node {
    pub(crate) fn new(value: Value, span: Range<usize>) -> Self {
        Self { value, span }
    }

    /// Returns the bytes of the text this value stands at, for a YAML alias those of the alias.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Converts the value to `serde_json`, without the places.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(value) => value.to_json().into(),
            Value::String(value) => value.as_str().into(),
            Value::Array(nodes) => nodes.iter().map(Self::to_json).collect(),
            Value::Object(object) => {
                object.iter().map(|(key, node)| (key.to_owned(), node.to_json())).collect()
            }
        }
    }

    /// Returns the string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the number, if it is one.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.value {
            Value::Number(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the elements, if it is an array.
    pub fn as_array(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Array(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the object, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        match &self.value {
            Value::Object(value) => Some(value),
            _ => None,
        }
    }

    /// Returns whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Returns the kind of value with its article, for messages: `a string`, `an object`, `null`.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }

    /// Returns the value a pointer names, seen from here (RFC 6901 section 4); `None` if there is none.
    pub fn at(&self, pointer: &Pointer) -> Option<&Node> {
        pointer.tokens().try_fold(self, |node, token| node.child(&token))
    }

    /// Returns the member or element a single reference token names.
    pub(crate) fn child(&self, token: &str) -> Option<&Node> {
        match &self.value {
            Value::Object(object) => object.get(token),
            Value::Array(nodes) => nodes.get(array_index(token)?),
            _ => None,
        }
    }

    /// Returns the value a pointer names, to be changed.
    pub(crate) fn at_mut(&mut self, pointer: &Pointer) -> Option<&mut Node> {
        pointer.tokens().try_fold(self, |node, token| match &mut node.value {
            Value::Object(object) => object.0.get_mut(&*token).map(|member| &mut member.node),
            Value::Array(nodes) => nodes.get_mut(array_index(&token)?),
            _ => None,
        })
    }

    /// Counts the objects and arrays that stand inside each other.
    pub(crate) fn depth(&self) -> usize {
        match &self.value {
            Value::Array(nodes) => 1 + nodes.iter().map(Self::depth).max().unwrap_or_default(),
            Value::Object(object) => {
                1 + object.iter().map(|(_, node)| node.depth()).max().unwrap_or_default()
            }
            _ => 0,
        }
    }
}

/// Reads an array index, which has digits only and no leading zero (RFC 6901 section 4).
fn array_index(token: &str) -> Option<usize> {
    let digits = token.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = token.len() > 1 && token.starts_with('0');
    if digits && !leading_zero { token.parse().ok() } else { None }
}

impl Object {
    /// Returns the value of a member.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.0.get(key).map(|member| &member.node)
    }

    /// Returns the bytes a key stands at, quotes included.
    pub fn key_span(&self, key: &str) -> Option<Range<usize>> {
        self.0.get(key).map(|member| member.key_span.clone())
    }

    /// Iterates over the members in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.0.iter().map(|(key, member)| (key.as_str(), &member.node))
    }

    /// Iterates over the keys in the order of the document.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns whether there is a member with this key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Counts the members.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Number {
    /// Takes a number in JSON form; `None` if its value is beyond the largest `f64`.
    pub(crate) fn new(json: impl Into<String>) -> Option<Self> {
        let number = Self(json.into());
        number.as_f64().is_finite().then_some(number)
    }

    /// Returns the number as it was written, in JSON form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the exact value, if it is an integer (`1.0` and `1e3` are) that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.integer()?.try_into().ok()
    }

    /// Returns the exact value, if it is an integer (`1.0` and `1e3` are) that fits.
    pub fn as_u64(&self) -> Option<u64> {
        self.integer()?.try_into().ok()
    }

    /// Returns the nearest `f64`, which is always finite.
    pub fn as_f64(&self) -> f64 {
        // Every JSON number is a number for Rust; NaN would be refused by `new`.
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// Converts the value to `serde_json`: to an integer if it is one that fits `i64` or `u64` (so `1.0`
    /// becomes `1`), else the nearest `f64`.
    pub fn to_json(&self) -> serde_json::Number {
        let integer = self.as_i64().map(Into::into).or_else(|| self.as_u64().map(Into::into));
        // `from_f64` refuses only what is not finite.
        integer.or_else(|| serde_json::Number::from_f64(self.as_f64())).unwrap_or_else(|| 0.into())
    }

    /// Computes the exact integer without building up its zeros; `None` if it is none or does not fit.
    fn integer(&self) -> Option<i128> {
        let (mantissa, exponent) = match self.0.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()),
            None => (self.0.as_str(), Some(0)),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0');
        let (digits, zeros) = {
            let all = format!("{whole}{fraction}");
            let significant = all.trim_end_matches('0').len();
            let zeros = all.len() - significant;
            (all[..significant].to_owned(), zeros)
        };
        if digits.is_empty() || digits == "-" {
            return Some(0);
        }
        let shift = exponent?
            .checked_sub(i64::try_from(fraction.len()).ok()?)?
            .checked_add(i64::try_from(zeros).ok()?)?;
        let scale = 10_i128.checked_pow(u32::try_from(shift).ok()?)?;
        digits.parse::<i128>().ok()?.checked_mul(scale)
    }
}

#[cfg(test)]
mod tests {
    use super::{Node, Number, Value};

    fn number(text: &str) -> Number {
        Number::new(text).expect("a finite number")
    }

    #[test]
    fn integers_are_exact() {
        for (text, expected) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("-0.000e999999999999999999999", Some(0)),
            ("1.0", Some(1)),
            ("1e3", Some(1000)),
            ("1.50e1", Some(15)),
            ("1500e-2", Some(15)),
            ("-12.3E+1", Some(-123)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("1.5", None),
            ("15e-2", None),
            ("1e-999999999999999999999", None),
            ("1e300", None),
        ] {
            assert_eq!(number(text).as_i64(), expected, "{text}");
        }
        assert_eq!(number("18446744073709551615").as_u64(), Some(u64::MAX));
        assert_eq!(number("18446744073709551616").as_u64(), None);
        assert_eq!(number("-1").as_u64(), None);
    }

    #[test]
    fn numbers_beyond_f64_are_refused() {
        assert_eq!(Number::new("1e309"), None);
        assert_eq!(Number::new("-1e309"), None);
        assert_eq!(number("1e-400").as_f64(), 0.0);
    }

    #[test]
    fn json_numbers_are_integers_when_exact() {
        for (text, json) in [
            ("1.0", "1"),
            ("18446744073709551615", "18446744073709551615"),
            ("18446744073709551616", "1.8446744073709552e+19"),
            ("0.10", "0.1"),
            ("-2e2", "-200"),
        ] {
            assert_eq!(number(text).to_json().to_string(), json, "{text}");
        }
    }

    #[test]
    fn array_tokens_are_plain_indices() {
        let element = |value| Node::new(Value::Bool(value), 0..0);
        let array = Node::new(Value::Array(vec![element(true), element(false)]), 0..0);
        assert_eq!(array.child("1").and_then(Node::as_bool), Some(false));
        for token in ["2", "01", "-", "+1", "", "99999999999999999999999"] {
            assert!(array.child(token).is_none(), "{token}");
        }
    }
}
