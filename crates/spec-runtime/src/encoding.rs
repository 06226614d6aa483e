//! The encoding of a property of a form, as generated code says it.
//!
//! Must not know forms, nor which side asks.

use spec_http::style::Style;

/// The encoding of one property of a form, where the document says so (OpenAPI 3.1, 4.8.15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    pub(crate) name: &'static str,
    /// The media types that its parts may have, as the document lists them.
    pub(crate) content_type: Option<&'static str>,
    /// Its style, and whether its items stand alone; none where it has no style.
    pub(crate) style: Option<(Style, bool)>,
    pub(crate) is_json: bool,
}

impl Encoding {
    /// Makes a property in a style.
    #[must_use]
    pub const fn styled(name: &'static str, style: Style, explode: bool) -> Self {
        Encoding { name, content_type: None, style: Some((style, explode)), is_json: false }
    }

    /// Makes a property whose parts are of a media type, or one of several.
    #[must_use]
    pub const fn typed(name: &'static str, content_type: &'static str) -> Self {
        Encoding { name, content_type: Some(content_type), style: None, is_json: false }
    }

    /// Makes a property as JSON, in parts of this media type.
    #[must_use]
    pub const fn json(name: &'static str, content_type: &'static str) -> Self {
        Encoding { name, content_type: Some(content_type), style: None, is_json: true }
    }
}
