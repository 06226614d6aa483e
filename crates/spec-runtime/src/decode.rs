//! Decoding of what models are made of, as JSON Schema sees it.
//!
//! * `1.0` is an integer (JSON Schema 2020-12 validation, 6.1.1), as long as it is exact as one; an integer
//!   that a type can't hold is an error and never another one.
//! * A moment without an offset, which the format does not allow, is taken as UTC by readers that are not
//!   strict: one slip of a service does not make its whole answer useless.
//! * A strict reader refuses a name that comes twice in an object, and moments, dates and identities that are
//!   not written as their format says (JSON Schema 2020-12 validation, 7.3): libraries are generous there.

use crate::check::Validate;
use crate::reading::{Name, is_strict, whole};
use crate::step::Step;
use crate::{Base64, Field, File};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Timelike, Utc};
use indexmap::IndexMap;
use indexmap::map::Entry;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, Expected, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;
use std::marker::PhantomData;
use std::net::{Ipv4Addr, Ipv6Addr};
use uuid::Uuid;

macro_rules! plain {
    ($($name:ty),* $(,)?) => { $(impl Validate for $name {})* };
}

plain!((), bool, f64, String, Ipv4Addr, Ipv6Addr, Base64);

impl Validate for File {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Beside texts, files of forms are handed on as objects.
        let is_text = is_strict() && !crate::file::has_files();
        if is_text {
            String::deserialize(deserializer).map(File::new)
        } else {
            File::deserialize(deserializer)
        }
    }
}

/// The bounds of a type of integers.
trait Bounds {
    const LEAST: i128;
    const MOST: i128;
}

macro_rules! integers {
    ($($name:ty),* $(,)?) => {
        $(
            impl Bounds for $name {
                const LEAST: i128 = <$name>::MIN as i128;
                const MOST: i128 = <$name>::MAX as i128;
            }

            impl Validate for $name {
                fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    struct Integer;
                    impl Visitor<'_> for Integer {
                        type Value = $name;

                        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                            f.write_str("an integer")
                        }

                        fn visit_i64<E: Error>(self, value: i64) -> Result<$name, E> {
                            value.try_into().map_err(|_| beyond::<$name, E>())
                        }

                        fn visit_u64<E: Error>(self, value: u64) -> Result<$name, E> {
                            value.try_into().map_err(|_| beyond::<$name, E>())
                        }

                        fn visit_f64<E: Error>(self, value: f64) -> Result<$name, E> {
                            match whole(value) {
                                Some(whole) => self.visit_i64(whole),
                                None if value.fract() == 0.0 => Err(beyond::<$name, E>()),
                                None => Err(E::custom("expected an integer")),
                            }
                        }
                    }
                    deserializer.deserialize_i64(Integer)
                }
            }
        )*
    };
}

integers!(i32, i64, u32, u64);

fn beyond<T: Bounds, E: Error>() -> E {
    E::custom(said::<T>())
}

fn said<T: Bounds>() -> String {
    format!("the integer is out of range: it may be from {} to {}", T::LEAST, T::MOST)
}

/// Returns the message for an integer that a type of this name can't hold.
#[cfg(feature = "validation")]
pub(crate) fn out_of_range(name: &str) -> Option<String> {
    match name {
        "i32" => Some(said::<i32>()),
        "i64" => Some(said::<i64>()),
        "u64" => Some(said::<u64>()),
        _ => None,
    }
}

/// For what stands in a list or an object.
pub(crate) struct Seed<T>(PhantomData<T>);

impl<T> Seed<T> {
    pub(crate) fn new() -> Self {
        Seed(PhantomData)
    }
}

impl<'de, T: Validate> DeserializeSeed<'de> for Seed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::decode(deserializer)
    }
}

impl<T: Validate> Validate for Vec<T> {
    fn is_valid(&self) -> bool {
        self.iter().all(Validate::is_valid)
    }

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T>(PhantomData<T>);
        impl<'de, T: Validate> Visitor<'de> for List<T> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Vec<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = access.next_element_seed(Seed::new())? {
                    items.push(item);
                }
                Ok(items)
            }
        }
        deserializer.deserialize_seq(List(PhantomData))
    }
}

/// Lists of a fixed length, each item of a type of its own.
macro_rules! tuples {
    ($($count:literal: $($name:ident $index:tt),*;)*) => {
        $(
            impl<$($name: Validate),*> Validate for ($($name,)*) {
                fn is_valid(&self) -> bool {
                    $(self.$index.is_valid())&&*
                }

                fn decode<'de, De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
                    struct Tuple<$($name),*>(PhantomData<($($name,)*)>);
                    impl<'de, $($name: Validate),*> Visitor<'de> for Tuple<$($name),*> {
                        type Value = ($($name,)*);

                        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                            f.write_str(concat!("a list of ", $count, " items"))
                        }

                        fn visit_seq<Ac>(self, mut access: Ac) -> Result<Self::Value, Ac::Error>
                        where
                            Ac: SeqAccess<'de>,
                        {
                            let items = ($(item::<$name, Ac>(&mut access, &self)?,)*);
                            match access.next_element::<IgnoredAny>()? {
                                None => Ok(items),
                                Some(_) => {
                                    let expected: &dyn Expected = &self;
                                    Err(Ac::Error::custom(format_args!("expected {expected}")))
                                }
                            }
                        }
                    }
                    deserializer.deserialize_seq(Tuple(PhantomData))
                }
            }
        )*
    };
}

tuples! {
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5;
    7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
    9: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8;
    10: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9;
    11: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10;
    12: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11;
}

/// Returns the next item of a list that must have it.
fn item<'de, T: Validate, A: SeqAccess<'de>>(access: &mut A, expected: &dyn Expected) -> Result<T, A::Error> {
    access
        .next_element_seed(Seed::new())?
        .ok_or_else(|| A::Error::custom(format_args!("expected {expected}")))
}

impl<T: Validate> Validate for IndexMap<String, T> {
    fn is_valid(&self) -> bool {
        self.values().all(Validate::is_valid)
    }

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Validate> Visitor<'de> for Members<T> {
            type Value = IndexMap<String, T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                let mut members = IndexMap::new();
                while let Some(name) = access.next_key_seed(Name)? {
                    member(&mut members, name.into_owned(), &mut access)?;
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// Reads the value of a name.
pub(crate) fn member<'de, T: Validate, A: MapAccess<'de>>(
    members: &mut IndexMap<String, T>,
    name: String,
    access: &mut A,
) -> Result<(), A::Error> {
    match members.entry(name) {
        Entry::Vacant(entry) => _ = entry.insert(access.next_value_seed(Seed::new())?),
        Entry::Occupied(entry) if is_strict() => {
            return Err(A::Error::custom(format_args!("duplicate field `{}`", entry.key())));
        }
        Entry::Occupied(mut entry) => _ = entry.insert(access.next_value_seed(Seed::new())?),
    }
    Ok(())
}

impl<T: Validate> Validate for Option<T> {
    fn is_valid(&self) -> bool {
        self.as_ref().is_none_or(Validate::is_valid)
    }

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OrNull<T>(PhantomData<T>);
        impl<'de, T: Validate> Visitor<'de> for OrNull<T> {
            type Value = Option<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value or null")
            }

            fn visit_unit<E>(self) -> Result<Option<T>, E> {
                Ok(None)
            }

            fn visit_none<E>(self) -> Result<Option<T>, E> {
                Ok(None)
            }

            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
                T::decode(deserializer).map(Some)
            }
        }
        deserializer.deserialize_option(OrNull(PhantomData))
    }
}

impl<T: Validate> Validate for Field<T> {
    fn is_valid(&self) -> bool {
        self.value().is_none_or(Validate::is_valid)
    }

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::decode(deserializer).map(|value| value.map_or(Field::Null, Field::Value))
    }
}

impl<T: Validate> Validate for Box<T> {
    fn is_valid(&self) -> bool {
        T::is_valid(self)
    }

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::decode(deserializer).map(Box::new)
    }
}

impl Validate for Value {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if is_strict() { AnyJson(None).deserialize(deserializer) } else { Value::deserialize(deserializer) }
    }
}

/// Names that come twice in an object.
pub(crate) struct DuplicateKeys {
    path: Vec<Step>,
    /// The way to each.
    pub(crate) found: Vec<Vec<Step>>,
    /// The largest number of notes.
    most: usize,
}

#[cfg(feature = "validation")]
impl DuplicateKeys {
    /// Makes an empty list that takes no more than so many.
    pub(crate) fn within(most: usize) -> Self {
        DuplicateKeys { path: Vec::new(), found: Vec::new(), most }
    }
}

/// Any JSON. A name that comes twice in an object is noted, or is an error where there is no place for notes.
pub(crate) struct AnyJson<'a>(pub(crate) Option<&'a mut DuplicateKeys>);

impl AnyJson<'_> {
    /// Goes one step further in.
    fn enter(&mut self, step: impl FnOnce() -> Step) -> AnyJson<'_> {
        if let Some(twice) = &mut self.0 {
            twice.path.push(step());
        }
        AnyJson(self.0.as_deref_mut())
    }

    fn leave(&mut self) {
        if let Some(twice) = &mut self.0 {
            twice.path.pop();
        }
    }
}

impl<'de> DeserializeSeed<'de> for AnyJson<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyJson<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self.enter(|| Step::Index(items.len())))? {
            items.push(item);
            self.leave();
        }
        self.leave();
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key_seed(Name)? {
            let value = access.next_value_seed(self.enter(|| Step::Name(name.clone().into_owned())))?;
            if members.contains_key(&*name) {
                match &mut self.0 {
                    Some(twice) if twice.found.len() < twice.most => twice.found.push(twice.path.clone()),
                    Some(_) => {}
                    None => return Err(A::Error::custom(format_args!("duplicate field `{name}`"))),
                }
            }
            members.insert(name.into_owned(), value);
            self.leave();
        }
        Ok(members.into())
    }
}

/// Decodes a text of a format; `$strictly` reads it as the format says, `$generously` as it comes.
macro_rules! written {
    ($($name:ty: $words:literal, $format:literal, $strictly:expr, $generously:expr;)*) => {
        $(
            impl Validate for $name {
                fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    struct Text;
                    impl Visitor<'_> for Text {
                        type Value = $name;

                        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                            f.write_str($words)
                        }

                        fn visit_str<E: Error>(self, text: &str) -> Result<$name, E> {
                            if is_strict() {
                                return $strictly(text).ok_or_else(|| E::custom(concat!("expected ", $words)));
                            }
                            let error = concat!(
                                "expected ", $words, "; `formats = { ", $format,
                                " = \"string\" }` takes any text",
                            );
                            $generously(text).ok_or_else(|| E::custom(error))
                        }
                    }
                    deserializer.deserialize_str(Text)
                }
            }
        )*
    };
}

written! {
    DateTime<Utc>: "a date-time (RFC 3339)", "date-time", date_time,
        |text: &str| text.parse().ok().or_else(|| without_offset(text));
    NaiveDate: "a date (RFC 3339)", "date", date, |text: &str| text.parse().ok();
    Uuid: "a UUID (RFC 4122)", "uuid", uuid, |text: &str| Uuid::try_parse(text).ok();
}

/// Reads a moment without an offset, as UTC.
fn without_offset(text: &str) -> Option<DateTime<Utc>> {
    let read = |format| NaiveDateTime::parse_from_str(text, format).ok();
    Some(read("%Y-%m-%dT%H:%M:%S%.f").or_else(|| read("%Y-%m-%d %H:%M:%S%.f"))?.and_utc())
}

fn date_time(text: &str) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_rfc3339(text)
        .ok()
        .filter(|_| text.is_ascii() && matches!(text.as_bytes().get(10), Some(b'T' | b't')))?
        .to_utc();
    // RFC 3339, 5.7: leap seconds are at the end of a day, as UTC has it.
    let is_leap = moment.nanosecond() >= 1_000_000_000;
    (!is_leap || (moment.hour(), moment.minute()) == (23, 59)).then_some(moment)
}

fn date(text: &str) -> Option<NaiveDate> {
    let is_digit = |index: usize| text.as_bytes().get(index).is_some_and(u8::is_ascii_digit);
    let is_full = text.len() == 10 && [0, 1, 2, 3, 5, 6, 8, 9].into_iter().all(is_digit);
    text.parse().ok().filter(|_| is_full)
}

fn uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|_| text.len() == 36)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Reading, reading};

    fn strictly<T: Validate>(text: &str) -> Option<T> {
        reading(Reading::Strict, || T::decode(&mut serde_json::Deserializer::from_str(text)).ok())
    }

    #[test]
    fn integers_are_what_json_schema_calls_so() {
        assert_eq!(strictly::<i64>("1.0"), Some(1));
        assert_eq!(strictly::<i64>("1e3"), Some(1000));
        assert_eq!(strictly::<u64>("18446744073709551615"), Some(u64::MAX));
        assert_eq!(strictly::<Vec<i32>>("[2147483647, -2147483648]"), Some(vec![i32::MAX, i32::MIN]));
        for text in [
            "1.5",
            "9223372036854775808",
            "9007199254740993.0",
            "1e30",
            "\"1\"",
            "null",
            "12345678901234567890123",
        ] {
            assert_eq!(strictly::<i64>(text), None, "{text}");
        }
        assert_eq!((strictly::<i32>("2147483648"), strictly::<u64>("-1")), (None, None));
    }

    #[test]
    fn tuples_have_as_many_items_as_they_say() {
        assert_eq!(strictly::<(f64, Option<String>)>("[1, null]"), Some((1.0, None)));
        for text in ["[1]", "[1, \"a\", 2]", "[\"a\", \"b\"]", "{}", "[]"] {
            assert_eq!(strictly::<(f64, String)>(text), None, "{text}");
        }
        let error =
            <(f64, i64)>::decode(&mut serde_json::Deserializer::from_str("[1]")).unwrap_err().to_string();
        assert!(error.contains("a list of 2 items"), "{error}");
    }

    #[test]
    fn names_are_unique_for_strict_readers() {
        let twice = r#"{"a": 1, "b": {"c": [{"d": 1, "d": 2}]}}"#;
        assert_eq!(strictly::<Value>(twice), None);
        assert!(Value::decode(&mut serde_json::Deserializer::from_str(twice)).is_ok());
        assert_eq!(strictly::<IndexMap<String, i64>>(r#"{"a": 1, "a": 1}"#), None);
        assert!(strictly::<IndexMap<String, Value>>(r#"{"a": {}, "b": [null]}"#).is_some());
    }

    #[test]
    fn moments_are_written_as_the_rfc_says() {
        let same = strictly::<DateTime<Utc>>("\"2026-01-31T12:20:30.25+02:00\"").unwrap();
        assert_eq!(serde_json::to_string(&same).unwrap(), "\"2026-01-31T10:20:30.250Z\"");
        let leap = strictly::<DateTime<Utc>>("\"1998-12-31T15:59:60.123-08:00\"").unwrap();
        assert_eq!(serde_json::to_string(&leap).unwrap(), "\"1998-12-31T23:59:60.123Z\"");
        for text in
            ["2026-01-31 10:20:30Z", "2026-01-31T10:20:60Z", "2026-01-31T10:20:30", "2026-02-30T00:00:00Z"]
        {
            assert_eq!(strictly::<DateTime<Utc>>(&format!("{text:?}")), None, "{text}");
        }
        let naive =
            DateTime::<Utc>::decode(&mut serde_json::Deserializer::from_str("\"2026-01-31 10:20:30.25\""))
                .unwrap();
        assert_eq!(naive, same);
        let error = DateTime::<Utc>::decode(&mut serde_json::Deserializer::from_str("\"2026-01-31\""))
            .unwrap_err()
            .to_string();
        assert!(error.contains("formats = { date-time = \"string\" }"), "{error}");
        assert!(strictly::<NaiveDate>("\"2024-02-29\"").is_some());
        for text in ["2026-1-31", "2026-02-29", "+2026-01-31", "12026-01-31"] {
            assert_eq!(strictly::<NaiveDate>(&format!("{text:?}")), None, "{text}");
        }
        assert!(strictly::<Uuid>("\"67E55044-10b1-426f-9247-bb680e5fe0c8\"").is_some());
        assert!(strictly::<Uuid>("\"67e5504410b1426f9247bb680e5fe0c8\"").is_none());
    }
}
