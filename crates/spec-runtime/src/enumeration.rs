//! Enumerations: what [`enumeration!`](crate::enumeration!) gives to an `enum` beside its variants.
//!
//! Enumerations are open: a value that the document does not list is decoded, kept and written back as it
//! came, so that a service that learns a new one does not break its clients.
//! [`Validate::is_valid`](crate::Validate::is_valid) says whether a value is listed; servers ask. Must not
//! know where an enumeration stands, or who reads it.

use schemars::Schema;
use serde::Deserializer;
use serde::de::Visitor;
use serde_json::{Value, json};
use std::fmt;

/// Implements what every enumeration has. The `enum` has a variant for each listed value, and `Unlisted` for
/// any other.
///
/// ```
/// /// How loud it is.
/// #[derive(Clone, Debug, PartialEq)]
/// pub enum Volume {
///     Low,
///     High,
///     /// A value that the document does not list.
///     Unlisted(String),
/// }
///
/// spec_runtime::enumeration!(Volume: text { Low = "low", High = "high" });
///
/// let loud: Volume = serde_json::from_str("\"high\"").unwrap();
/// assert_eq!((loud.as_str(), &loud), ("high", &Volume::High));
/// let new: Volume = serde_json::from_str("\"deafening\"").unwrap();
/// assert_eq!(serde_json::to_string(&new).unwrap(), "\"deafening\"");
/// assert!("deafening".parse::<Volume>().is_err());
/// ```
///
/// `text` is for texts, `open text` for texts of which the document lists some, `integer` for integers
/// (`Unlisted(i64)`), and `any` for values of several types (`Unlisted(serde_json::Value)`).
#[macro_export]
macro_rules! enumeration {
    ($name:ident: text { $($variant:ident = $wire:literal),* $(,)? }) => {
        $crate::enumeration!(@texts $name false { $($variant = $wire),* });
    };
    ($name:ident: open text { $($variant:ident = $wire:literal),* $(,)? }) => {
        $crate::enumeration!(@texts $name true { $($variant = $wire),* });
    };
    ($name:ident: integer { $($variant:ident = $wire:literal),* $(,)? }) => {
        impl $name {
            /// Returns the integer on the wire.
            pub fn value(&self) -> i64 {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unlisted(value) => *value,
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.value(), f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownValue;
            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::UnknownValue> {
                let unknown = $crate::UnknownValue::new(stringify!($name), &[$(stringify!($wire)),*]);
                text.parse::<i64>().map_err(|_| unknown)?.try_into()
            }
        }

        impl ::std::convert::TryFrom<i64> for $name {
            type Error = $crate::UnknownValue;
            fn try_from(value: i64) -> ::std::result::Result<Self, $crate::UnknownValue> {
                match value {
                    $($wire => Ok(Self::$variant),)*
                    _ => Err($crate::UnknownValue::new(stringify!($name), &[$(stringify!($wire)),*])),
                }
            }
        }

        impl ::std::convert::From<$name> for i64 {
            fn from(value: $name) -> i64 {
                value.value()
            }
        }

        $crate::enumeration!(@serde $name, i64, $crate::enumeration::integers(&[$($wire),*]), |value| {
            Self::try_from(value).unwrap_or(Self::Unlisted(value))
        });
    };
    ($name:ident: any { $($variant:ident = $wire:literal),* $(,)? }) => {
        impl $name {
            /// Returns the value on the wire.
            pub fn value(&self) -> $crate::private::serde_json::Value {
                match self {
                    $(Self::$variant => $crate::private::serde_json::json!($wire),)*
                    Self::Unlisted(value) => value.clone(),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::enumeration::display(&self.value(), f)
            }
        }

        impl ::std::convert::From<$crate::private::serde_json::Value> for $name {
            fn from(value: $crate::private::serde_json::Value) -> Self {
                $(if $crate::enumeration::is_same(&value, &$crate::private::serde_json::json!($wire)) {
                    return Self::$variant;
                })*
                Self::Unlisted(value)
            }
        }

        $crate::enumeration!(
            @serde $name, $crate::private::serde_json::Value,
            $crate::enumeration::values(&[$($crate::private::serde_json::json!($wire)),*]), Self::from
        );
    };
    (@texts $name:ident $open:literal { $($variant:ident = $wire:literal),* }) => {
        impl $name {
            /// Returns the text on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unlisted(text) => text,
                }
            }

            fn listed(text: &str) -> ::std::option::Option<Self> {
                match text {
                    $($wire => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownValue;
            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::UnknownValue> {
                match Self::listed(text) {
                    Some(listed) => Ok(listed),
                    None if $open => Ok(Self::Unlisted(text.to_owned())),
                    None => Err($crate::UnknownValue::new(stringify!($name), &[$($wire),*])),
                }
            }
        }

        impl ::std::convert::TryFrom<&str> for $name {
            type Error = $crate::UnknownValue;
            fn try_from(text: &str) -> ::std::result::Result<Self, $crate::UnknownValue> {
                text.parse()
            }
        }

        impl ::std::convert::TryFrom<::std::string::String> for $name {
            type Error = $crate::UnknownValue;
            fn try_from(text: ::std::string::String) -> ::std::result::Result<Self, $crate::UnknownValue> {
                text.parse()
            }
        }

        impl $crate::private::serde::Serialize for $name {
            fn serialize<__S>(&self, serializer: __S) -> ::std::result::Result<__S::Ok, __S::Error>
            where
                __S: $crate::private::serde::Serializer,
            {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::private::serde::Deserialize<'de> for $name {
            fn deserialize<__D>(deserializer: __D) -> ::std::result::Result<Self, __D::Error>
            where
                __D: $crate::private::serde::Deserializer<'de>,
            {
                $crate::enumeration::text(deserializer, |text| match Self::listed(text) {
                    Some(listed) => listed,
                    None => Self::Unlisted(text.to_owned()),
                })
            }
        }

        $crate::enumeration!(@schema $name, $open, $crate::enumeration::texts($open, &[$($wire),*]));
    };
    (@serde $name:ident, $value:ty, $schema:expr, $from:expr) => {
        impl $crate::private::serde::Serialize for $name {
            fn serialize<__S>(&self, serializer: __S) -> ::std::result::Result<__S::Ok, __S::Error>
            where
                __S: $crate::private::serde::Serializer,
            {
                $crate::private::serde::Serialize::serialize(&self.value(), serializer)
            }
        }

        impl<'de> $crate::private::serde::Deserialize<'de> for $name {
            fn deserialize<__D>(deserializer: __D) -> ::std::result::Result<Self, __D::Error>
            where
                __D: $crate::private::serde::Deserializer<'de>,
            {
                <$value as $crate::Validate>::decode(deserializer).map($from)
            }
        }

        $crate::enumeration!(@schema $name, false, $schema);
    };
    (@schema $name:ident, $open:literal, $schema:expr) => {
        impl $crate::private::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(
                _: &mut $crate::private::schemars::SchemaGenerator,
            ) -> $crate::private::schemars::Schema {
                $schema
            }
        }

        impl $crate::Validate for $name {
            fn is_valid(&self) -> bool {
                $open || !matches!(self, Self::Unlisted(_))
            }
        }
    };
}

/// Decodes a text without keeping a copy of it.
///
/// # Errors
///
/// When it is no text.
pub fn text<'de, D: Deserializer<'de>, U>(deserializer: D, read: fn(&str) -> U) -> Result<U, D::Error> {
    struct Text<U>(fn(&str) -> U);
    impl<U> Visitor<'_> for Text<U> {
        type Value = U;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }
        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<U, E> {
            Ok((self.0)(text))
        }
    }
    deserializer.deserialize_str(Text(read))
}

/// Returns the JSON Schema of an enumeration of texts.
pub fn texts(open: bool, listed: &[&str]) -> Schema {
    let listed = json!({"type": "string", "enum": listed});
    schema(if open { json!({"anyOf": [listed, {"type": "string"}]}) } else { listed })
}

/// Returns the JSON Schema of an enumeration of integers.
pub fn integers(listed: &[i64]) -> Schema {
    schema(json!({"type": "integer", "enum": listed}))
}

/// Returns the JSON Schema of an enumeration of values of several types.
pub fn values(listed: &[Value]) -> Schema {
    schema(json!({ "enum": listed }))
}

fn schema(value: Value) -> Schema {
    value.try_into().unwrap_or_default()
}

/// Returns true if two values are equal, numbers by value.
pub fn is_same(left: &Value, right: &Value) -> bool {
    left == right
        || ((left.is_f64() || right.is_f64()) && left.as_f64() == right.as_f64() && left.as_f64().is_some())
}

/// Writes a text as it is, and anything else as JSON.
///
/// # Errors
///
/// When the formatter does not take it.
pub fn display(value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Value::String(text) => f.write_str(text),
        other => write!(f, "{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Validate;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq)]
    enum Mode {
        Voice,
        Sms,
        Unlisted(String),
    }
    enumeration!(Mode: text { Voice = "voice", Sms = "sms" });

    #[derive(Clone, Debug, PartialEq)]
    enum Level {
        Minus1,
        Value10,
        Unlisted(i64),
    }
    enumeration!(Level: integer { Minus1 = -1, Value10 = 10 });

    #[derive(Clone, Debug, PartialEq)]
    enum Mixed {
        Auto,
        Value2,
        True,
        Unlisted(Value),
    }
    enumeration!(Mixed: any { Auto = "auto", Value2 = 2, True = true });

    #[derive(Clone, Debug, PartialEq)]
    enum Model {
        Small,
        Unlisted(String),
    }
    enumeration!(Model: open text { Small = "small" });

    fn again<T: Serialize + serde::de::DeserializeOwned + Validate>(value: Value) -> bool {
        let model: T = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&model).unwrap(), value);
        model.is_valid()
    }

    #[test]
    fn values_that_are_not_listed_survive_and_do_not_fit() {
        assert!(again::<Mode>(json!("sms")) && !again::<Mode>(json!("fax")));
        assert!(again::<Level>(json!(-1)) && !again::<Level>(json!(11)));
        assert!(again::<Mixed>(json!(true)) && again::<Mixed>(json!(2)) && !again::<Mixed>(json!({"a": 1})));
        assert!(again::<Model>(json!("small")) && again::<Model>(json!("huge")));
        assert!(
            serde_json::from_value::<Mode>(json!(1)).is_err()
                && serde_json::from_value::<Level>(json!("1")).is_err()
        );
    }

    #[test]
    fn texts_are_parsed_as_listed() {
        assert_eq!("voice".parse(), Ok(Mode::Voice));
        assert_eq!("fax".parse::<Mode>().unwrap_err().to_string(), "no value of Mode; known are voice, sms");
        assert_eq!("-1".parse(), Ok(Level::Minus1));
        assert_eq!("11".parse::<Level>().unwrap_err().to_string(), "no value of Level; known are -1, 10");
        assert_eq!("huge".parse(), Ok(Model::Unlisted("huge".to_owned())));
        assert_eq!(
            (Mixed::Auto.to_string(), Mixed::Value2.to_string(), Level::Value10.to_string()),
            ("auto".into(), "2".into(), "10".into())
        );
        assert_eq!(Mixed::from(json!(2.0)), Mixed::Value2);
    }
}
