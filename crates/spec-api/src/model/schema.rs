//! Schemas: which values there are, in one notion for all versions of OpenAPI.
//!
//! Must not know by which keywords a document says so.

use serde_json::{Map, Value};
use spec_document::Location;

/// An example or a default, and the schema that it is an example of.
#[derive(Clone, Debug)]
pub struct Example {
    /// Where it stands.
    pub location: Location,
    /// The schema that it should fit.
    pub schema: SchemaId,
    /// The value.
    pub value: Value,
    /// True if it is a default.
    pub is_default: bool,
}

/// Names a schema of an [`Api`](crate::Api).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaId(pub(crate) u32);

/// One schema, wherever it stands.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Where it stands.
    pub location: Location,
    /// Its name under `components/schemas`.
    pub component: Option<String>,
    /// Its name in another file than the first, where it is referred to: the name of the file, or its name in
    /// there.
    pub file_name: Option<String>,
    /// A Rust name that the document pins with `x-rust-name`.
    pub pinned_name: Option<String>,
    /// Names that the document gives to values of an enumeration.
    pub value_names: Vec<(Value, String)>,
    /// `title`.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// True if it should not be used any more.
    pub deprecated: bool,
    /// True if only responses have it.
    pub read_only: bool,
    /// True if only requests have it.
    pub write_only: bool,
    /// The value that holds where nothing is sent.
    pub default: Option<Value>,
    /// Examples, with the place of each.
    pub examples: Vec<(Location, Value)>,
    /// True if null is among its values, whichever way the document says so.
    pub nullable: bool,
    /// The values other than null.
    pub kind: Kind,
    /// True if the document says of which type of JSON its values are. Where it only describes properties, or
    /// items, `kind` has objects, or lists, because that is what people mean; to the letter such a schema
    /// takes other kinds too (JSON Schema 2020-12 validation, 6.5; core, 10.3).
    pub typed: bool,
    /// Assertions that [`Schema::kind`] does not carry, by keyword of JSON Schema 2020-12: `minimum`,
    /// `pattern`, ….
    pub assertions: Map<String, Value>,
}

impl Schema {
    /// Returns the JSON pointer of the schema in its document.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        match &self.location.place {
            spec_document::Place::Pointer { pointer, .. } => Some(pointer.as_str()),
            _ => None,
        }
    }
}

/// The values of a schema, null aside.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Any value at all.
    Any,
    /// No value at all, but for null where the schema is nullable.
    Never,
    /// A reference to another schema.
    Reference(SchemaId),
    /// `true` and `false`.
    Boolean,
    /// Numbers without a fraction. The format is `int32`, `int64`, …, as written.
    Integer(Option<String>),
    /// Numbers. The format is `float`, `double`, …, as written.
    Number(Option<String>),
    /// Texts, of a format.
    String(Option<String>),
    /// These values and no others; null is not among them.
    Enum(Vec<Value>),
    /// Lists. Absent items can be anything.
    Array(Option<SchemaId>),
    /// Lists of as many items as there are schemas, each of its own.
    Tuple(Vec<SchemaId>),
    /// Objects.
    Object(Object),
    /// Values of one of several schemas.
    Union {
        /// The schemas; none of them is just null.
        variants: Vec<SchemaId>,
        /// True if exactly one must be valid (`oneOf`), false if at least one (`anyOf`).
        exclusive: bool,
        /// The property that tells which one it is.
        discriminator: Option<Discriminator>,
    },
    /// Values that only a validator can tell, by the schema as the document has it
    /// ([`Api::json_schema`](crate::Api::json_schema)).
    Opaque,
}

/// The properties of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Named properties, in the document's order.
    pub properties: Vec<Property>,
    /// Other properties.
    pub additional: Additional,
}

/// One named property.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Its name on the wire.
    pub name: String,
    /// The schema of its values.
    pub schema: SchemaId,
    /// True if an object without it is refused.
    pub required: bool,
}

/// Properties that an object does not name.
#[derive(Clone, Debug, PartialEq)]
pub enum Additional {
    /// The document does not say: they are tolerated.
    Unsaid,
    /// They are refused.
    Refused,
    /// The document asks for them: they are kept. Absent means any value.
    Allowed(Option<SchemaId>),
}

/// The property that tells the variants of a union apart (OpenAPI 3.1, 4.8.25).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discriminator {
    /// The property's name.
    pub property: String,
    /// Its values, each with the index of a variant. A variant can have several.
    pub mapping: Vec<(String, usize)>,
}
