//! Objects: what [`object!`](crate::object!) gives to a `struct` beside its fields.
//!
//! One table says how each field is read, written and described, so that these can't disagree. Objects are
//! read from the text in one pass, whatever the order of their names; names that nobody described are kept
//! where the document allows them.

mod description;
mod writing;

pub use description::Description;
pub use writing::{Members, asked, asked_field, field, nullable, optional, required, rest};

use crate::Extra;
use crate::Validate;
use crate::decode::{Seed, member};
use crate::reading::{self, Name, is_request, is_strict};
use indexmap::IndexMap;
use serde::de::{Error, IgnoredAny, MapAccess};
use std::borrow::Cow;

/// Implements `Serialize`, `Deserialize` and `JsonSchema` for a struct.
///
/// ```
/// use spec_runtime::{Extra, Field};
///
/// #[derive(Debug, PartialEq)]
/// pub struct Pet {
///     pub name: String,
///     pub kind_: Option<String>,
///     pub age: Option<i64>,
///     pub owner: Field<String>,
///     pub extra: Extra,
/// }
///
/// spec_runtime::object!(Pet {
///     name: required String {"minLength": 1},
///     kind_ as "kind": nullable String,
///     age: optional i64,
///     owner: field String,
/// } open extra);
///
/// let text = r#"{"name":"Tom","kind":null,"owner":null,"colour":"grey"}"#;
/// let pet: Pet = serde_json::from_str(text).unwrap();
/// assert_eq!((&pet.age, &pet.owner), (&None, &Field::Null));
/// assert_eq!(pet.extra.get("colour").unwrap(), "grey");
/// assert_eq!(serde_json::to_string(&pet).unwrap(), text);
/// ```
///
/// The words before a type say whether a field must be there and whether it may be null: `required` (`T`),
/// `nullable` (must be there, `Option<T>`), `optional` (`Option<T>`) and `field`
/// ([`Field<T>`](crate::Field)). `asked` and `asked_field` are like the last two, but requests must have
/// them: what is `writeOnly` is in no answer.
/// After the fields stands what becomes of other names: `closed` refuses them, `open extra` keeps them in a
/// field of type [`Extra`], `each extra: T` in a map of values of one type. A declared name in there is never
/// written: its field says what it is. Keywords of JSON Schema that a type does not say follow in braces,
/// those of the whole object after `, with`.
#[macro_export]
macro_rules! object {
    ($name:ident {
        $($field:ident $(as $wire:literal)?: $presence:ident $ty:ty $({ $($assertions:tt)* })?),* $(,)?
    } $rest:ident $($extra:ident $(: $values:ty $({ $($of_values:tt)* })?)?)?
    $(, with { $($whole:tt)* })?) => {
        impl<'de> $crate::private::serde::Deserialize<'de> for $name {
            fn deserialize<__D>(deserializer: __D) -> ::std::result::Result<Self, __D::Error>
            where
                __D: $crate::private::serde::Deserializer<'de>,
            {
                struct __Members;
                impl<'de> $crate::private::serde::de::Visitor<'de> for __Members {
                    type Value = $name;

                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<__A>(self, mut access: __A) -> ::std::result::Result<$name, __A::Error>
                    where
                        __A: $crate::private::serde::de::MapAccess<'de>,
                    {
                        $(let mut $field = ::std::option::Option::None;)*
                        $(let mut $extra = $crate::object!(@new $rest);)?
                        while let Some(name) = $crate::object::next_name(&mut access)? {
                            match &*name {
                                $($crate::object!(@wire $field $($wire)?) => {
                                    $crate::object::read(
                                        &mut $field, $crate::object!(@wire $field $($wire)?), &mut access
                                    )?;
                                })*
                                _ => $crate::object!(@other $rest $($extra)?, name, access),
                            }
                        }
                        $crate::object!(@note $rest $($extra)?);
                        Ok($name {
                            $($field: $crate::object!(
                                @taken $presence $field, $crate::object!(@wire $field $($wire)?)
                            ),)*
                            $($extra,)?
                        })
                    }
                }
                deserializer.deserialize_map(__Members)
            }
        }

        impl $crate::private::serde::Serialize for $name {
            fn serialize<__S>(&self, serializer: __S) -> ::std::result::Result<__S::Ok, __S::Error>
            where
                __S: $crate::private::serde::Serializer,
            {
                let mut map = serializer.serialize_map(::std::option::Option::None)?;
                $crate::object::Members::write(self, &mut map, ::std::option::Option::None)?;
                $crate::private::serde::ser::SerializeMap::end(map)
            }
        }

        impl $crate::object::Members for $name {
            fn write<__M>(
                &self,
                map: &mut __M,
                but: ::std::option::Option<&str>,
            ) -> ::std::result::Result<(), __M::Error>
            where
                __M: $crate::private::serde::ser::SerializeMap,
            {
                const __DECLARED: &[&str] = &[$($crate::object!(@wire $field $($wire)?)),*];
                let _ = (but, __DECLARED);
                $($crate::object::$presence(map, $crate::object!(@wire $field $($wire)?), &self.$field)?;)*
                $($crate::object!(@write $rest self.$extra, map, __DECLARED, but);)?
                Ok(())
            }

            $($crate::object!(@others $rest $extra);)?
        }

        impl $crate::private::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(stringify!($name))
            }

            fn json_schema(
                generator: &mut $crate::private::schemars::SchemaGenerator,
            ) -> $crate::private::schemars::Schema {
                let mut object = $crate::object::Description::new(generator);
                $(object.$presence::<$ty>(
                    $crate::object!(@wire $field $($wire)?),
                    $crate::object!(@json $({ $($assertions)* })?),
                );)*
                object.$rest$($(::<$values>)?)?($crate::object!(@json $($($({ $($of_values)* })?)?)?));
                object.finish($crate::object!(@json $({ $($whole)* })?))
            }
        }
    };
    (@wire $field:ident $wire:literal) => { $wire };
    (@wire $field:ident) => { stringify!($field) };
    (@json) => { $crate::private::serde_json::Value::Null };
    (@json { $($json:tt)* }) => { $crate::private::serde_json::json!({ $($json)* }) };
    (@new open) => { $crate::Extra::new() };
    (@new each) => { ::std::default::Default::default() };
    (@other closed, $name:ident, $access:ident) => { $crate::object::refuse(&$name, &mut $access)? };
    (@other open $extra:ident, $name:ident, $access:ident) => { $extra.read($name, &mut $access)? };
    (@other each $extra:ident, $name:ident, $access:ident) => {
        $crate::object::keep(&mut $extra, $name, &mut $access)?
    };
    (@note open $extra:ident) => { $extra.note() };
    (@note $($rest:ident)*) => {};
    (@taken required $field:ident, $wire:expr) => { $crate::object::needed($field, $wire)? };
    (@taken nullable $field:ident, $wire:expr) => { $crate::object::needed($field, $wire)? };
    (@taken optional $field:ident, $wire:expr) => { $field };
    (@taken field $field:ident, $wire:expr) => { $field.unwrap_or_default() };
    (@taken asked $field:ident, $wire:expr) => { $crate::object::sought($field, $wire)? };
    (@taken asked_field $field:ident, $wire:expr) => {
        $crate::object::sought($field, $wire)?.unwrap_or_default()
    };
    (@write open $self:ident.$extra:ident, $map:ident, $declared:ident, $but:ident) => {
        $crate::object::rest($map, $self.$extra.map(), $declared, $but)?
    };
    (@write each $self:ident.$extra:ident, $map:ident, $declared:ident, $but:ident) => {
        $crate::object::rest($map, &$self.$extra, $declared, $but)?
    };
    (@others open $extra:ident) => {
        fn text(&self, name: &str) -> ::std::option::Option<&str> {
            self.$extra.get(name)?.as_str()
        }

        fn remove(&mut self, name: &str) {
            $crate::object::Members::remove(self.$extra.map_mut(), name);
        }
    };
    (@others each $extra:ident) => {};
}

/// Returns the next name of an object, borrowed from the text where that is possible.
///
/// # Errors
///
/// Whatever the text has instead.
pub fn next_name<'de, A: MapAccess<'de>>(access: &mut A) -> Result<Option<Cow<'de, str>>, A::Error> {
    access.next_key_seed(Name)
}

/// Reads the value of a field.
///
/// # Errors
///
/// When it was there before, or is not what the field takes.
pub fn read<'de, T: Validate, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    name: &'static str,
    access: &mut A,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(A::Error::duplicate_field(name));
    }
    *slot = Some(access.next_value_seed(Seed::new())?);
    Ok(())
}

/// Returns the value of a field that must be there.
///
/// # Errors
///
/// When it is not.
pub fn needed<T, E: Error>(slot: Option<T>, name: &'static str) -> Result<T, E> {
    slot.ok_or_else(|| E::missing_field(name))
}

/// Returns the value of a field that must be there in requests.
///
/// # Errors
///
/// When it is not, and a request is read.
pub fn sought<T, E: Error>(slot: Option<T>, name: &'static str) -> Result<Option<T>, E> {
    if slot.is_none() && is_request() { Err(E::missing_field(name)) } else { Ok(slot) }
}

/// Passes over a name that the object does not take; a strict reader refuses it.
///
/// # Errors
///
/// When the reader is strict.
pub fn refuse<'de, A: MapAccess<'de>>(name: &str, access: &mut A) -> Result<(), A::Error> {
    match is_strict() {
        true => Err(A::Error::custom(format_args!("unknown field `{name}`"))),
        false => access.next_value::<IgnoredAny>().map(drop),
    }
}

/// Keeps the value of a name that the document does not name but describes.
///
/// # Errors
///
/// When it was there before, or is not as described.
pub fn keep<'de, T: Validate, A: MapAccess<'de>>(
    kept: &mut IndexMap<String, T>,
    name: Cow<'de, str>,
    access: &mut A,
) -> Result<(), A::Error> {
    member(kept, name.into_owned(), access)
}

impl Extra {
    /// Keeps the value of a name that the document does not name.
    ///
    /// # Errors
    ///
    /// When it was there before.
    #[doc(hidden)]
    pub fn read<'de, A: MapAccess<'de>>(
        &mut self,
        name: Cow<'de, str>,
        access: &mut A,
    ) -> Result<(), A::Error> {
        member(self.map_mut(), name.into_owned(), access)
    }

    /// Notes how many names the document does not name.
    #[doc(hidden)]
    pub fn note(&self) {
        if !self.is_empty() {
            reading::note_unnamed(self.map().len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;
    use schemars::JsonSchema;
    use serde_json::{Value, json};

    #[derive(Debug, PartialEq)]
    struct Closed {
        type_: i64,
        name: Option<String>,
    }
    crate::object!(Closed { type_ as "type": required i64 {"minimum": 1}, name: nullable String } closed);
    impl Validate for Closed {}

    #[derive(Debug, PartialEq)]
    struct Each {
        a: Option<Vec<i64>>,
        more: IndexMap<String, Closed>,
    }
    crate::object!(Each { a: optional Vec<i64> } each more: Closed, with {"maxProperties": 3});

    fn schema<T: JsonSchema>() -> Value {
        schemars::SchemaGenerator::default().into_root_schema_for::<T>().to_value()
    }

    #[test]
    fn fields_are_read_and_written_as_the_table_says() {
        let text = r#"{"a":[1],"b":{"type":2,"name":null}}"#;
        let each: Each = serde_json::from_str(text).unwrap();
        assert_eq!(each.more["b"], Closed { type_: 2, name: None });
        assert_eq!(serde_json::to_string(&each).unwrap(), text);
        let said = |text: &str| serde_json::from_str::<Closed>(text).unwrap_err().to_string();
        assert!(said(r#"{"type": 1}"#).starts_with("missing field `name`"));
        assert!(said(r#"{"type": 1, "type": 2}"#).starts_with("duplicate field `type`"));
        assert!(said("[1, null]").starts_with("invalid type: sequence, expected an object"));
        assert!(serde_json::from_str::<Each>(r#"{"a": null}"#).is_err(), "null is no list");
        // Who is not strict passes over what is not taken.
        assert!(serde_json::from_str::<Closed>(r#"{"type": 1, "name": null, "more": [{}]}"#).is_ok());
    }

    #[derive(Debug, PartialEq)]
    struct Open {
        id: i64,
        note: Option<String>,
        extra: Extra,
    }
    crate::object!(Open { id: required i64, note: optional String } open extra);
    impl Validate for Open {}

    /// What came as a name that one model does not declare must not become what another one declares.
    #[test]
    fn declared_names_are_written_once() {
        let extra = Extra::from([("id", json!(999)), ("other", json!(1)), ("note", json!("injected"))]);
        let open = Open { id: 35, note: None, extra };
        assert_eq!(serde_json::to_string(&open).unwrap(), r#"{"id":35,"other":1}"#);
        let more = IndexMap::from([("a".to_owned(), Closed { type_: 1, name: None })]);
        assert_eq!(serde_json::to_string(&Each { a: None, more }).unwrap(), "{}");
    }

    #[derive(Debug, PartialEq)]
    struct Login {
        name: String,
        secret: Option<String>,
        hint: Field<String>,
    }
    crate::object!(Login { name: required String, secret: asked String, hint: asked_field String } closed);
    impl Validate for Login {}

    #[test]
    fn requests_have_what_answers_have_not() {
        let answer = r#"{"name":"n"}"#;
        let login: Login = serde_json::from_str(answer).unwrap();
        assert_eq!(login, Login { name: "n".to_owned(), secret: None, hint: Field::Absent });
        assert_eq!(serde_json::to_string(&login).unwrap(), answer);
        let request =
            |text: &str| reading::reading(reading::Reading::Request, || serde_json::from_str::<Login>(text));
        assert!(request(answer).unwrap_err().to_string().starts_with("missing field `secret`"));
        assert!(
            request(r#"{"name":"n","secret":"s"}"#)
                .unwrap_err()
                .to_string()
                .starts_with("missing field `hint`")
        );
        assert_eq!(request(r#"{"name":"n","secret":"s","hint":null}"#).unwrap().hint, Field::Null);
        assert_eq!(schema::<Login>()["required"], json!(["name"]));
        let of_request = reading::reading(reading::Reading::Request, schema::<Login>);
        assert_eq!(of_request["required"], json!(["name", "secret", "hint"]));
    }

    #[test]
    fn the_schema_says_what_the_table_says() {
        let closed = json!({
            "type": "object",
            "properties": {
                "type": {"type": "integer", "format": "int64", "minimum": 1},
                "name": {"type": ["string", "null"]},
            },
            "required": ["type", "name"],
            "additionalProperties": false,
        });
        let each = json!({
            "type": "object",
            "properties": {"a": {"type": "array", "items": {"type": "integer", "format": "int64"}}},
            "additionalProperties": {"$ref": "#/$defs/Closed"},
            "maxProperties": 3,
        });
        assert_eq!(schema::<Each>(), {
            let mut root =
                json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Each"});
            root.as_object_mut().unwrap().extend(each.as_object().unwrap().clone());
            root["$defs"] = json!({ "Closed": closed });
            root
        });
    }
}
