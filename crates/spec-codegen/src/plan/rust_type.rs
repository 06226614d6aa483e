//! Types of Rust, as fields, arguments and bodies have them.
//!
//! Knows which types there are, and which models they are made of. Must not know what they are printed as.

use serde_json::Value;

/// Names a model of a [`Plan`](super::Plan).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub(crate) usize);

/// A type of Rust, as fields, arguments and bodies have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the type of its name")]
pub enum RustType {
    Unit,
    Bool,
    I32,
    I64,
    U32,
    U64,
    F64,
    String,
    /// `chrono::DateTime<Utc>`.
    DateTime,
    /// `chrono::NaiveDate`.
    Date,
    /// `uuid::Uuid`.
    Uuid,
    /// `std::net::Ipv4Addr`.
    Ipv4,
    /// `std::net::Ipv6Addr`.
    Ipv6,
    /// `spec_runtime::Base64`.
    Base64,
    /// `spec_runtime::File`.
    File,
    /// `bytes::Bytes`.
    Bytes,
    /// `serde_json::Value`.
    Json,
    /// `spec_runtime::Extra`: keys that the document does not name.
    Extra,
    Vec(Box<RustType>),
    /// A list of a fixed length, each item of a type of its own.
    Tuple(Vec<RustType>),
    /// `IndexMap<String, T>`.
    Map(Box<RustType>),
    Option(Box<RustType>),
    /// `spec_runtime::Field`: absent, null, or a value.
    Field(Box<RustType>),
    Box(Box<RustType>),
    Model(TypeId),
    /// A type of the crate that it is used in.
    Local(String),
    /// A body that is read as it comes.
    Stream(Stream),
}

impl RustType {
    /// Returns the JSON Schema by which engines know a scalar; none for anything else.
    pub(crate) fn scalar_schema(&self) -> Option<Value> {
        let (name, format) = match self {
            RustType::Bool => ("boolean", None),
            RustType::I32 => ("integer", Some("int32")),
            RustType::I64 => ("integer", Some("int64")),
            RustType::U32 => ("integer", Some("uint32")),
            RustType::U64 => ("integer", Some("uint64")),
            RustType::F64 => ("number", Some("double")),
            RustType::String => ("string", None),
            RustType::DateTime => ("string", Some("date-time")),
            RustType::Date => ("string", Some("date")),
            RustType::Uuid => ("string", Some("uuid")),
            _ => return None,
        };
        let mut schema = serde_json::json!({ "type": name });
        if let Some(format) = format {
            schema["format"] = format.into();
        }
        Some(schema)
    }

    /// Gives models the ids that they have in another order: each its position there.
    pub(super) fn renumber(&mut self, position: &[usize]) {
        match self {
            RustType::Model(id) => id.0 = position[id.0],
            RustType::Vec(inner)
            | RustType::Map(inner)
            | RustType::Option(inner)
            | RustType::Field(inner)
            | RustType::Box(inner) => {
                inner.renumber(position);
            }
            RustType::Tuple(items) => items.iter_mut().for_each(|item| item.renumber(position)),
            _ => {}
        }
    }

    /// Collects the models that this type refers to; `direct` leaves out those behind a pointer.
    pub(crate) fn models(&self, direct: bool, found: &mut Vec<TypeId>) {
        match self {
            RustType::Model(id) => found.push(*id),
            RustType::Vec(inner) | RustType::Map(inner) | RustType::Box(inner) if !direct => {
                inner.models(direct, found)
            }
            RustType::Option(inner) | RustType::Field(inner) => inner.models(direct, found),
            RustType::Tuple(items) => items.iter().for_each(|item| item.models(direct, found)),
            _ => {}
        }
    }
}

/// A body that is read, and written, piece by piece.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// `spec_runtime::stream::ByteStream`.
    Bytes,
    /// `spec_runtime::stream::Events<String>`: server-sent events whose data is text.
    Texts,
    /// `spec_runtime::stream::Events<T>`: server-sent events whose data is JSON.
    Events(Box<RustType>),
    /// `spec_runtime::stream::JsonLines<T>`.
    Lines(Box<RustType>),
}

impl Stream {
    /// Returns the type of an item that is JSON.
    #[must_use]
    pub fn item(&self) -> Option<&RustType> {
        match self {
            Stream::Bytes | Stream::Texts => None,
            Stream::Events(item) | Stream::Lines(item) => Some(item),
        }
    }

    /// Returns the type of an item that is JSON, to be changed.
    pub(crate) fn item_mut(&mut self) -> Option<&mut RustType> {
        match self {
            Stream::Bytes | Stream::Texts => None,
            Stream::Events(item) | Stream::Lines(item) => Some(item),
        }
    }
}
