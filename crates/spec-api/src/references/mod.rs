//! References: which files a document needs, and which place each reference means.

mod dynamic;
pub(crate) mod files;
pub(crate) mod identity;
pub(crate) mod uri;
