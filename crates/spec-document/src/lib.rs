//! The first stage: text in, [`Document`] out.
//!
//! This crate knows the syntax of JSON and YAML, JSON pointers, where every value stands in its
//! text, and how to report a problem there. It does not know what the documents mean (no
//! OpenAPI), what is made of them (no Rust code), or where the texts come from (no files, no
//! network): the stages after it can then be tested with plain strings, and every message of
//! every stage looks the same.
//!
//! No text makes this crate panic: texts that are too deep or that expand too far are refused
//! with [`Code::LimitExceeded`].

mod change;
mod compose;
mod diagnostic;
mod json;
mod node;
mod pointer;
mod render;
mod source;
mod yaml;

pub use change::Changes;
pub use compose::{File, Loaded, Missing};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Location, Part, Place, Severity};
pub use node::{Node, Number, Object, Value};
pub use pointer::Pointer;
pub use render::Renderer;
pub use source::{Document, Format, Position, SourceId, Sources};

/// How many objects and arrays may stand inside each other; one more is
/// [`Code::LimitExceeded`]. The YAML parser counts `[` and `{` itself and stops one earlier.
///
/// The tree is walked recursively here and in later stages, so its depth has to fit the stack.
pub const MAX_DEPTH: usize = 256;
