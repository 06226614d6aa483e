//! The commands of `spec` that others forward to.
//!
//! [`generate`] writes files of documents: the house's `cargo xtask` calls it, and `spec`. What needs a server or
//! an HTTP client is part of the program alone, behind the feature `kit`, so that this builds fast.

pub mod generate;
