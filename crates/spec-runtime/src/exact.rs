//! A deserializer around another, for what JSON Schema and serde see differently.
//!
//! * `1.0` is an integer (JSON Schema 2020-12 validation, 6.1.1), as long as it is exact as one.
//! * An object is never read from a list: serde takes the fields of a struct in turn.
//! * A strict one refuses a name that comes twice in an object (RFC 8259, 4: names should be unique); and models that it reads
//!   refuse names that they do not take.
//!
//! Knows serde's data model. Must not know any format of text.

use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

/// How names of members are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// All are taken as they come.
    Any,
    /// They must be unique, and of a struct.
    Strict,
}

thread_local! {
    static NAMES: Cell<Names> = const { Cell::new(Names::Any) };
    static UNNAMED: Cell<usize> = const { Cell::new(0) };
}

/// Notes keys that the model which is being decoded does not name.
pub(crate) fn note_unnamed(count: usize) {
    UNNAMED.set(UNNAMED.get() + count);
}

/// What is decoded, and how many keys of it the models do not name.
pub(crate) fn counting_unnamed<T>(decode: impl FnOnce() -> T) -> (T, usize) {
    let before = UNNAMED.replace(0);
    let decoded = decode();
    (decoded, UNNAMED.replace(before))
}

/// How names are looked at by what is being decoded on this thread. serde carries no context of its own, and some
/// deserializers stand between a strict one and what is decoded: those of unions, and of what is flattened.
pub(crate) fn names() -> Names {
    NAMES.get()
}

/// Decodes with names looked at in this way.
pub(crate) fn decode<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D, names: Names) -> Result<T, D::Error> {
    struct Before(Names);
    impl Drop for Before {
        fn drop(&mut self) {
            NAMES.set(self.0);
        }
    }
    let _before = Before(NAMES.replace(names));
    T::deserialize(Exact::new(deserializer, names))
}

/// The deserializer around another.
pub(crate) struct Exact<D> {
    inner: D,
    names: Names,
}

impl<D> Exact<D> {
    pub(crate) fn new(inner: D, names: Names) -> Self {
        Exact { inner, names }
    }
}

/// What is passed on around another visitor, seed or access.
struct Around<T> {
    inner: T,
    names: Names,
}

macro_rules! forward {
    ($($method:ident),* $(,)?) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
                self.inner.$method(Around { inner: visitor, names: self.names })
            }
        )*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Exact<D> {
    type Error = D::Error;

    forward!(
        deserialize_any,
        deserialize_bool,
        deserialize_i8,
        deserialize_i16,
        deserialize_i32,
        deserialize_i64,
        deserialize_u8,
        deserialize_u16,
        deserialize_u32,
        deserialize_u64,
        deserialize_f32,
        deserialize_f64,
        deserialize_char,
        deserialize_str,
        deserialize_string,
        deserialize_bytes,
        deserialize_byte_buf,
        deserialize_option,
        deserialize_unit,
        deserialize_seq,
        deserialize_map,
        deserialize_identifier,
        deserialize_ignored_any,
    );

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(Around { inner: visitor, names: self.names })
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_unit_struct(name, Around { inner: visitor, names: self.names })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_newtype_struct(name, Around { inner: visitor, names: self.names })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple(len, Around { inner: visitor, names: self.names })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, name: &'static str, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple_struct(name, len, Around { inner: visitor, names: self.names })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_enum(name, variants, Around { inner: visitor, names: self.names })
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// The integer that a number without a fraction is, as long as it is exact as one.
pub(crate) fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

macro_rules! pass {
    ($($method:ident: $ty:ty),* $(,)?) => {
        $(
            #[inline]
            fn $method<E: Error>(self, value: $ty) -> Result<V::Value, E> {
                self.inner.$method(value)
            }
        )*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Around<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    pass!(
        visit_bool: bool,
        visit_i64: i64,
        visit_u64: u64,
        visit_char: char,
        visit_str: &str,
        visit_borrowed_str: &'de str,
        visit_string: String,
        visit_bytes: &[u8],
        visit_borrowed_bytes: &'de [u8],
        visit_byte_buf: Vec<u8>,
    );

    #[inline]
    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        // Whoever takes a number takes an integer; and who takes the value as it is may ask for one later.
        match whole(value) {
            Some(whole) => self.inner.visit_i64(whole),
            None => self.inner.visit_f64(value),
        }
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Exact::new(deserializer, self.names))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Exact::new(deserializer, self.names))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Around { inner: access, names: self.names })
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let seen = Seen::default();
        self.inner.visit_map(Members { inner: access, names: self.names, seen })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(Around { inner: access, names: self.names })
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Around<A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_element_seed(Around { inner: seed, names: self.names })
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Around<S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Exact::new(deserializer, self.names))
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Around<A> {
    type Error = A::Error;
    type Variant = Around<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let (value, variant) = self.inner.variant_seed(seed)?;
        Ok((value, Around { inner: variant, names: self.names }))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Around<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.newtype_variant_seed(Around { inner: seed, names: self.names })
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.inner.tuple_variant(len, Around { inner: visitor, names: self.names })
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, A::Error> {
        self.inner.struct_variant(fields, Around { inner: visitor, names: self.names })
    }
}

/// The members of an object.
struct Members<A> {
    inner: A,
    names: Names,
    seen: Seen,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let Some(name) = self.inner.next_key_seed(Name)? else { return Ok(None) };
        if self.names == Names::Strict && !self.seen.add(&name) {
            return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
        }
        match name {
            Cow::Borrowed(name) => seed.deserialize(BorrowedStrDeserializer::new(name)),
            Cow::Owned(name) => seed.deserialize(StringDeserializer::new(name)),
        }
        .map(Some)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(Around { inner: seed, names: self.names })
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

/// A name, borrowed from the text where that is possible.
pub(crate) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }

    fn visit_string<E: Error>(self, name: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name))
    }
}

/// Names that came so far, by their hashes. Two names of one hash pass for one: what is refused here is looked at again, by
/// name, where its violations are listed.
#[derive(Default)]
struct Seen {
    few: [u64; 24],
    count: usize,
    more: HashSet<u64>,
}

impl Seen {
    /// Whether the name is new.
    #[inline]
    fn add(&mut self, name: &str) -> bool {
        // FNV-1a: names are short.
        let hash =
            name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        if self.few[..self.count].contains(&hash) {
            return false;
        }
        match self.few.get_mut(self.count) {
            Some(slot) => {
                *slot = hash;
                self.count += 1;
                true
            }
            None => self.more.insert(hash),
        }
    }
}
