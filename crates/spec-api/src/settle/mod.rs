//! What can be said of an Api only once all of it is known.
//!
//! Must not know how the document was written.

pub(crate) mod bodies;
pub(crate) mod formats;
pub(crate) mod headers;
pub(crate) mod interim;
pub(crate) mod path_templates;
