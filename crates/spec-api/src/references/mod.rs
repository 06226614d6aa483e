//! References: which files a document needs, and which place each reference means.
//!
//! Must not know what stands at either end of a reference.

mod dynamic;
pub(crate) mod files;
mod follow;
pub(crate) mod identity;
mod keys;
pub(crate) mod uri;
