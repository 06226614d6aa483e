//! Bodies: what a message carries, in one or several media types (OpenAPI 3.1, 4.8.13 to 4.8.15).
//!
//! Must not know how the schema of a body was read.

use super::{MediaKind, SchemaId, Sequence, Style};
use indexmap::IndexMap;
use spec_document::Location;
use spec_http::media_type;

/// A request body.
#[derive(Clone, Debug)]
pub struct Body {
    /// Where it stands.
    pub location: Location,
    /// Its description.
    pub description: Option<String>,
    /// True if a request without it is refused.
    pub required: bool,
    /// The media types that it may have, in the document's order.
    pub content: Vec<MediaType>,
}

/// A body in one media type.
#[derive(Clone, Debug)]
pub struct MediaType {
    /// Where it stands.
    pub location: Location,
    /// The name or range, as written: `application/json; charset=utf-8`, `image/*`.
    pub name: String,
    /// The syntax: that of its name, as far as the schema does not say otherwise.
    pub kind: MediaKind,
    /// The schema of the values; absent where the document does not say.
    pub schema: Option<SchemaId>,
    /// True if `schema` is that of each item of a sequence (OpenAPI 3.2, 4.14.1).
    pub is_item: bool,
    /// The encodings of the properties of a form (OpenAPI 3.1, 4.8.15).
    pub encoding: IndexMap<String, Encoding>,
    /// True if this is a range of JSON beside an `application/json` that holds something else.
    pub beside_json: bool,
}

impl MediaType {
    /// Returns the type and subtype, without parameters and in lower case (RFC 9110, 8.3.1).
    #[must_use]
    pub fn essence(&self) -> String {
        media_type::essence(&self.name).to_ascii_lowercase()
    }

    /// Returns whether the sender of a body says which media type it has: the document gives a range of
    /// several that could be meant, or only the bytes know what divides the parts (RFC 2046, 5.1.1).
    #[must_use]
    pub fn is_chosen(&self) -> bool {
        if self.kind == MediaKind::Bytes && MediaKind::of(&self.name) == MediaKind::Multipart {
            return true;
        }
        let is_plain_json = self.kind == MediaKind::Json && !self.name.contains("*+") && !self.beside_json;
        self.name.contains('*') && !is_plain_json
    }

    /// Returns the kind of sequence of a body that comes piece by piece; none where it is one text.
    #[must_use]
    pub fn sequence(&self) -> Option<Sequence> {
        Sequence::of(&self.name)
    }
}

/// The encoding of one property of a form.
#[derive(Clone, Debug)]
pub struct Encoding {
    /// Media types that the part may have.
    pub content_type: Option<String>,
    /// The style of an array or object, and `explode`; none where the document does not say, or says it of a
    /// form for which it does not count.
    pub style: Option<(Style, bool)>,
}
