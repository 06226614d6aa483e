//! What can be said of an Api only once all of it is known.

pub(crate) mod bodies;
pub(crate) mod formats;
pub(crate) mod path_templates;
