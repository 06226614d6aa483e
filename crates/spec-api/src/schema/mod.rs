//! Schemas.

pub(crate) mod untyped;
