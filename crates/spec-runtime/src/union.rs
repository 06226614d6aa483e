//! Decoding values of one of several types.
//!
//! Unions whose variants are of different kinds of JSON, and those with a discriminator, are decoded in one
//! pass, from the text straight into the variant. A tag that nobody knows is an error for strict readers;
//! others keep the value as it came. Any other union is decoded as the variant that the value fits, and of
//! several as the one that gives back the most of it; only where it fits none, as the one that can hold the
//! most.
//!
//! Must not know what a document asks of a variant: that is `Validate`, and what the generator hands in.

use crate::Validate;
use crate::decode::Seed;
use crate::file::{has_files, placeholder_number};
use crate::object::Members;
use crate::reading::{self, Name, Reading, is_strict};
use serde::de::value::{
    BorrowedStrDeserializer, MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer,
    StringDeserializer,
};
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use std::cmp::Reverse;
use std::fmt;
use std::marker::PhantomData;

/// A kind of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the kind of its name")]
pub enum Kind {
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// A union whose variants are of different kinds of JSON.
pub trait ByKind: Sized {
    /// The expectation, for people.
    const EXPECTED: &'static str;

    /// Decodes a value of this kind; none where no variant is of it.
    fn of_kind<'de, D: Deserializer<'de>>(kind: Kind, value: D) -> Option<Result<Self, D::Error>>;
}

/// Decodes a union by the kind of the value.
///
/// # Errors
///
/// When no variant is of that kind, or what the variant refuses.
pub fn by_kind<'de, U: ByKind, D: Deserializer<'de>>(deserializer: D) -> Result<U, D::Error> {
    deserializer.deserialize_any(KindVisitor(PhantomData))
}

/// A union whose values say which variant they are (OpenAPI 3.1, 4.8.25).
pub trait ByTag: Sized {
    /// The property that says so.
    const TAG: &'static str;

    /// Its values.
    const KNOWN: &'static [&'static str];

    /// Decodes an object with this tag; none where nobody knows it.
    fn of_tag<'de, D: Deserializer<'de>>(tag: &str, value: D) -> Option<Result<Self, D::Error>>;

    /// Keeps an object with a tag that nobody knows.
    fn unlisted(value: Value) -> Self;

    /// Decodes an object without a tag; none where every variant must have one.
    fn without_tag<E: Error>(value: Untagged<Self>) -> Option<Result<Self, E>> {
        drop(value);
        None
    }
}

/// Decodes a union by its discriminator. What stands before that is put aside; if it comes first, nothing is.
///
/// # Errors
///
/// When there is no tag, or the reader is strict and nobody knows it, or what the variant refuses.
pub fn by_tag<'de, U: ByTag, D: Deserializer<'de>>(deserializer: D) -> Result<U, D::Error> {
    deserializer.deserialize_any(TagVisitor(PhantomData))
}

/// Writes a variant that does not name the tag itself (OpenAPI 3.1, 4.8.25): the tag first. Of several it is
/// the one that the value has among its other members, or else the first.
///
/// # Errors
///
/// Whatever the writer refuses.
pub fn tagged<T: Members, S: Serializer>(
    serializer: S,
    property: &str,
    tags: &[&str],
    value: &T,
) -> Result<S::Ok, S::Error> {
    let said = value.text(property).filter(|said| tags.contains(said));
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry(property, said.or(tags.first().copied()).unwrap_or_default())?;
    value.write(&mut map, Some(property))?;
    map.end()
}

/// Returns the value of a variant that does not name the tag itself, without a tag that goes without saying.
pub fn untagged<T: Members>(mut value: T, property: &str, tag: &str) -> T {
    if value.text(property) == Some(tag) {
        value.remove(property);
    }
    value
}

struct KindVisitor<U>(PhantomData<U>);

impl<U: ByKind> KindVisitor<U> {
    fn read<'de, D: Deserializer<'de>>(self, kind: Kind, value: D) -> Result<U, D::Error> {
        U::of_kind(kind, value)
            .unwrap_or_else(|| Err(D::Error::custom(format_args!("expected {}", U::EXPECTED))))
    }
}

impl<'de, U: ByKind> Visitor<'de> for KindVisitor<U> {
    type Value = U;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(U::EXPECTED)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<U, E> {
        self.read(Kind::Boolean, value.into_deserializer())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<U, E> {
        self.read(Kind::Number, value.into_deserializer())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<U, E> {
        self.read(Kind::Number, value.into_deserializer())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<U, E> {
        self.read(Kind::Number, value.into_deserializer())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<U, E> {
        self.read(Kind::String, StrDeserializer::new(text))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<U, E> {
        self.read(Kind::String, BorrowedStrDeserializer::new(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<U, E> {
        self.read(Kind::String, StringDeserializer::new(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<U, A::Error> {
        self.read(Kind::Array, SeqAccessDeserializer::new(access))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<U, A::Error> {
        if !has_files() {
            return self.read(Kind::Object, MapAccessDeserializer::new(access));
        }
        // A file of a form is a text to JSON Schema.
        let value = Value::deserialize(MapAccessDeserializer::new(access))?;
        let kind = if placeholder_number(&value).is_some() { Kind::String } else { Kind::Object };
        self.read(kind, value).map_err(A::Error::custom)
    }
}

struct TagVisitor<U>(PhantomData<U>);

impl<'de, U: ByTag> Visitor<'de> for TagVisitor<U> {
    type Value = U;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object whose `{}` is one of {}", U::TAG, U::KNOWN.join(", "))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut rest: A) -> Result<U, A::Error> {
        let mut before: Vec<(String, Value)> = Vec::new();
        while let Some(name) = rest.next_key_seed(Name)? {
            if name != U::TAG {
                before.push((name.into_owned(), rest.next_value_seed(Seed::<Value>::new())?));
                continue;
            }
            let Value::String(tag) = rest.next_value()? else {
                return Err(A::Error::custom(format_args!("`{}` must be a string", U::TAG)));
            };
            before.push((U::TAG.to_owned(), Value::String(tag.clone())));
            let unknown =
                || A::Error::custom(format_args!("`{}` must be one of {}", U::TAG, U::KNOWN.join(", ")));
            let value = MapAccessDeserializer::new(Replay { before: before.into_iter(), value: None, rest });
            if U::KNOWN.contains(&tag.as_str()) {
                return U::of_tag(&tag, value).unwrap_or_else(|| Err(unknown()));
            }
            if is_strict() {
                return Err(unknown());
            }
            let value = Value::deserialize(value)?;
            reading::note_unnamed(value.as_object().map_or(0, Map::len));
            return Ok(U::unlisted(value));
        }
        let mut members = Map::new();
        for (name, value) in before {
            if is_strict() && members.contains_key(&name) {
                return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
            }
            members.insert(name, value);
        }
        let untagged = Untagged::of(Value::Object(members));
        U::without_tag(untagged).unwrap_or_else(|| Err(A::Error::missing_field(U::TAG)))
    }
}

/// The members of an object, of which some have been read.
struct Replay<A> {
    before: std::vec::IntoIter<(String, Value)>,
    value: Option<Value>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Replay<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.before.next() {
            Some((name, value)) => {
                self.value = Some(value);
                seed.deserialize(StringDeserializer::new(name)).map(Some)
            }
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        match self.value.take() {
            Some(value) => seed.deserialize(value).map_err(A::Error::custom),
            None => self.rest.next_value_seed(seed),
        }
    }
}

/// A value that may be of several types, and what it was found to be so far.
#[derive(Debug)]
pub struct Untagged<U> {
    value: Value,
    /// The rank of a variant that takes all of it.
    whole: Rank,
    best: Option<(Rank, U)>,
}

/// The rank of a variant for a value; the greater the better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// True if the value is valid.
    fits: bool,
    /// Number of values that are given back.
    kept: usize,
    /// Number of its keys that have no name in the variant.
    unnamed: Reverse<usize>,
    /// Number of its numbers that are given back with all digits, and with a fraction only where they came
    /// with one.
    exact: usize,
}

impl<U> Untagged<U> {
    /// Reads a value.
    ///
    /// # Errors
    ///
    /// When it is no JSON.
    pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::decode(deserializer).map(Self::of)
    }

    fn of(value: Value) -> Self {
        let (kept, exact) = kept(&value, &value);
        Untagged { whole: Rank { fits: true, kept, unnamed: Reverse(0), exact }, value, best: None }
    }

    /// Tries one type; `fits` says what the document asks for beyond it.
    #[must_use]
    pub fn or<T: Serialize + Validate>(mut self, variant: fn(T) -> U, fits: fn(&T) -> bool) -> Self {
        let most = self.best.as_ref().map(|(rank, _)| *rank).unwrap_or_default();
        if most == self.whole {
            return self;
        }
        let (strictly, unnamed) = self.try_as::<T>(reading::strictly());
        let strictly = strictly
            .ok()
            .filter(|model: &T| model.is_valid() && fits(model))
            .map(|model| (model, true, unnamed));
        // A strict reader has no use for what does not fit.
        if strictly.is_none() && (most.fits || is_strict()) {
            return self;
        }
        let found = strictly.or_else(|| {
            let (model, unnamed) = self.try_as::<T>(Reading::Tolerant);
            Some((model.ok()?, false, unnamed))
        });
        if let Some((model, fits, unnamed)) = found
            && let Ok(again) = serde_json::to_value(&model)
        {
            let (kept, exact) = kept(&again, &self.value);
            let rank = Rank { fits, kept, unnamed: Reverse(unnamed), exact };
            // A moment or an identity may be written otherwise than it came.
            let is_better = self.best.is_none() || rank > most;
            let is_text = is_better && again.is_string() && self.value.is_string();
            if (rank.kept > 0 && is_better) || is_text {
                self.best = Some((rank, variant(model)));
            }
        }
        self
    }

    fn try_as<T: Validate>(&self, how: Reading) -> (Result<T, serde_json::Error>, usize) {
        reading::counting_unnamed(|| match reading::trial(self.whole.kept) {
            Some(_trial) => reading::reading(how, || T::decode(&self.value)),
            None => Err(serde_json::Error::custom("there are too many ways to read this value")),
        })
    }

    /// Returns the variant that the value fits, or else the first of those that give back the most.
    ///
    /// # Errors
    ///
    /// When none took it, or nothing of it but a text that is written otherwise.
    pub fn decode<E: Error>(self, expected: &str) -> Result<U, E> {
        self.best.map(|(_, model)| model).ok_or_else(|| E::custom(format!("expected {expected}")))
    }
}

/// Counts the values of `original` that stand in `again` where they stood, numbers by value; a list or object
/// counts by itself too. Beside it, how many of these are numbers that are the same to the last digit,
/// integers as integers.
fn kept(again: &Value, original: &Value) -> (usize, usize) {
    let sum = |parts: &mut dyn Iterator<Item = (usize, usize)>| {
        parts.fold((1, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1))
    };
    match (again, original) {
        (Value::Number(left), Value::Number(right)) => {
            let is_exact = left == right;
            (usize::from(is_exact || left.as_f64() == right.as_f64()), usize::from(is_exact))
        }
        (Value::Array(left), Value::Array(right)) => {
            sum(&mut left.iter().zip(right).map(|(left, right)| kept(left, right)))
        }
        (Value::Object(left), Value::Object(right)) => {
            let member =
                |(key, right): (&String, &Value)| left.get(key).map_or((0, 0), |left| kept(left, right));
            sum(&mut right.iter().map(member))
        }
        (left, right) => (usize::from(left == right), 0),
    }
}

/// Writes, for `#[schemars(transform = …)]` on a union whose values fit exactly one variant, `oneOf` in place
/// of `anyOf`.
pub fn one_of(schema: &mut schemars::Schema) {
    if let Some(variants) = schema.remove("anyOf") {
        schema.insert("oneOf".to_owned(), variants);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Extra, from_slice, from_value};
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, PartialEq)]
    struct Named {
        id: i64,
        name: Option<String>,
    }
    crate::object!(Named { id: required i64, name: optional String } closed);
    impl Validate for Named {}

    #[derive(Debug, PartialEq)]
    struct Noted {
        id: i64,
        note: Option<String>,
        extra: Extra,
    }
    crate::object!(Noted { id: required i64, note: optional String } open extra);
    impl Validate for Noted {}

    #[derive(Debug, PartialEq)]
    enum Trial {
        Named(Named),
        Noted(Noted),
        List(Vec<i64>),
    }

    fn decode(value: Value) -> Result<Trial, serde_json::Error> {
        Untagged::read(value)?
            .or(Trial::Named, |_| true)
            .or(Trial::Noted, |_| true)
            .or(Trial::List, |_| true)
            .decode("one of three")
    }

    #[test]
    fn the_variant_that_fits_wins_then_the_one_that_keeps_the_most() {
        let noted = |extra| Trial::Noted(Noted { id: 1, note: Some("text".to_owned()), extra });
        assert_eq!(decode(json!({"id": 1, "note": "text"})).unwrap(), noted(Extra::new()));
        let more = json!({"id": 1, "note": "text", "more": true});
        assert_eq!(decode(more).unwrap(), noted(Extra::from_iter([("more", true)])));
        assert_eq!(decode(json!({"id": 1})).unwrap(), Trial::Named(Named { id: 1, name: None }));
        // serde would take a list for a struct.
        assert_eq!(decode(json!([1, 2])).unwrap(), Trial::List(vec![1, 2]));
        assert_eq!(decode(json!("text")).unwrap_err().to_string(), "expected one of three");
    }

    #[derive(Debug, PartialEq)]
    enum Kinds {
        Integer(i64),
        List(Vec<Kinds>),
        Named(Named),
    }

    impl ByKind for Kinds {
        const EXPECTED: &'static str = "an integer, a list or an object";
        fn of_kind<'de, D: Deserializer<'de>>(kind: Kind, value: D) -> Option<Result<Self, D::Error>> {
            Some(match kind {
                Kind::Number => Validate::decode(value).map(Self::Integer),
                Kind::Array => Validate::decode(value).map(Self::List),
                Kind::Object => Validate::decode(value).map(Self::Named),
                _ => return None,
            })
        }
    }

    impl Validate for Kinds {}

    impl<'de> Deserialize<'de> for Kinds {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            by_kind(deserializer)
        }
    }

    #[test]
    fn kinds_tell_variants_apart_in_one_pass() {
        let list = Kinds::List(vec![
            Kinds::Integer(1),
            Kinds::Named(Named { id: 2, name: None }),
            Kinds::List(Vec::new()),
        ]);
        assert_eq!(from_slice::<Kinds>(br#"[1.0, {"id": 2.0}, []]"#).unwrap(), list);
        assert_eq!(from_value::<Kinds>(json!([1.0, {"id": 2.0, "more": 1}, []])).unwrap(), list);
        let error = from_slice::<Kinds>(br#"[1, "text"]"#).unwrap_err();
        assert_eq!(error.to_string(), "at /1: expected an integer, a list or an object");
        assert_eq!(from_slice::<Kinds>(br#"[{"id": 1.5}]"#).unwrap_err().pointer, "/0/id");
    }

    #[derive(Debug, PartialEq)]
    enum Tags {
        Named(Named),
        Noted(Noted),
        Unlisted(Value),
    }

    impl ByTag for Tags {
        const TAG: &'static str = "kind";
        const KNOWN: &'static [&'static str] = &["named", "noted", "note"];
        fn of_tag<'de, D: Deserializer<'de>>(tag: &str, value: D) -> Option<Result<Self, D::Error>> {
            Some(match tag {
                "named" => Validate::decode(value).map(Self::Named),
                "noted" | "note" => {
                    Validate::decode(value).map(|value| Self::Noted(untagged(value, "kind", "noted")))
                }
                _ => return None,
            })
        }
        fn unlisted(value: Value) -> Self {
            Self::Unlisted(value)
        }
    }

    impl Validate for Tags {}

    impl Serialize for Tags {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self {
                Self::Named(value) => value.serialize(serializer),
                Self::Noted(value) => tagged(serializer, "kind", &["noted", "note"], value),
                Self::Unlisted(value) => value.serialize(serializer),
            }
        }
    }

    impl<'de> Deserialize<'de> for Tags {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            by_tag(deserializer)
        }
    }

    #[test]
    fn tags_tell_variants_apart_wherever_they_stand() {
        let named = Tags::Named(Named { id: 1, name: Some("n".to_owned()) });
        for text in
            [r#"{"kind": "named", "id": 1, "name": "n"}"#, r#"{"id": 1.0, "kind": "named", "name": "n"}"#]
        {
            assert_eq!(from_slice::<Tags>(text.as_bytes()).unwrap(), named);
        }
        let Tags::Noted(noted) = from_slice(br#"{"a": [1], "id": 1, "kind": "noted"}"#).unwrap() else {
            panic!()
        };
        assert_eq!(noted.extra, Extra::from_iter([("a", json!([1]))]));
        let said = |text: &str| from_slice::<Tags>(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(said(r#"{"kind": 1}"#), "`kind` must be a string");
        assert_eq!(said(r#"{"id": 1}"#), "missing field `kind`");
        assert!(said("[]").contains("expected an object whose `kind` is one of named, noted, note"));
    }

    #[test]
    fn a_tag_that_no_field_has_is_written_once() {
        let noted = |extra| Tags::Noted(Noted { id: 1, note: None, extra });
        let written = |value: &Tags| serde_json::to_string(value).unwrap();
        assert_eq!(written(&noted(Extra::new())), r#"{"kind":"noted","id":1}"#);
        // What stands among other keys is another name of the same variant, or nothing.
        assert_eq!(written(&noted(Extra::from_iter([("kind", "note")]))), r#"{"kind":"note","id":1}"#);
        assert_eq!(
            written(&noted(Extra::from_iter([("kind", "named"), ("a", "b")]))),
            r#"{"kind":"noted","id":1,"a":"b"}"#
        );
        for text in [r#"{"kind":"noted","id":1,"more":[]}"#, r#"{"kind":"note","id":1}"#] {
            assert_eq!(written(&from_slice(text.as_bytes()).unwrap()), text);
        }
    }

    #[test]
    fn a_tag_that_nobody_knows_is_kept() {
        let text = r#"{"id":1,"kind":"new","more":{"a":1}}"#;
        let value: Tags = from_slice(text.as_bytes()).unwrap();
        assert_eq!(value, Tags::Unlisted(serde_json::from_str(text).unwrap()));
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
        let strictly =
            reading::reading(Reading::Strict, || Tags::decode(&mut serde_json::Deserializer::from_str(text)));
        assert!(strictly.unwrap_err().to_string().starts_with("`kind` must be one of named, noted, note"));
    }

    #[test]
    fn an_integer_is_no_number_where_it_can_be_one() {
        #[derive(Debug, PartialEq)]
        enum Amount {
            Number(f64),
            Integer(i64),
            List(Vec<f64>),
            Integers(Vec<i64>),
        }
        let decode = |text: &str| {
            let value: Value = serde_json::from_str(text).unwrap();
            let untagged =
                Untagged::<Amount>::of(value).or(Amount::List, |_| true).or(Amount::Integers, |_| true);
            untagged
                .or(Amount::Number, |_| true)
                .or(Amount::Integer, |_| true)
                .decode::<serde_json::Error>("")
                .unwrap()
        };
        assert_eq!(decode("9007199254740993"), Amount::Integer(9_007_199_254_740_993));
        assert_eq!(
            (decode("3"), decode("3.0"), decode("3.5")),
            (Amount::Integer(3), Amount::Number(3.0), Amount::Number(3.5))
        );
        assert_eq!(
            (decode("[1, 2]"), decode("[1, 2.5]")),
            (Amount::Integers(vec![1, 2]), Amount::List(vec![1.0, 2.5]))
        );
        assert_eq!(decode("36893488147419103232"), Amount::Number(36_893_488_147_419_103_232.0));
    }

    #[test]
    fn strictness_reaches_into_variants() {
        let strict = |text: &str| {
            let mut reader = serde_json::Deserializer::from_str(text);
            reading::reading(Reading::Strict, || Vec::<Tags>::decode(&mut reader).is_ok())
        };
        assert!(strict(r#"[{"id": 1, "kind": "noted", "more": {"a": 1}}]"#));
        // Of these only strict decoding refuses any: a name that a closed object does not know, and names
        // that come twice.
        for text in
            [r#"[{"kind": "named", "id": 1}]"#, r#"[{"kind": "noted", "id": 1, "more": {"a": 1, "a": 2}}]"#]
        {
            assert!(from_slice::<Vec<Tags>>(text.as_bytes()).is_ok() && !strict(text), "{text}");
        }
    }
}
