//! The first stage: text in, [`Document`] out.
//!
//! This crate knows the syntax of JSON and YAML, JSON pointers, where every value stands in its text, and how
//! to report a problem there. It does not know what the documents mean (no OpenAPI), what is made of them (no
//! Rust code), or where the texts come from (no files, no network). So the stages after it can be tested with
//! plain strings, and every message of every stage looks the same.
//!
//! No text makes this crate panic: texts that are too deep or that expand too far are refused with
//! [`Code::LimitExceeded`].
//!
//! ```
//! use spec_document::{Diagnostics, Pointer, Renderer, Sources};
//!
//! let mut sources = Sources::new();
//! let mut diagnostics = Diagnostics::new();
//! let id = sources.add("pets.yaml", "name: Rex\nname: Tom\n");
//! let document = sources.parse(id, None, &mut diagnostics).expect("a tree, if with an error");
//! let name = document.get(&Pointer::root().join("name")).and_then(|node| node.as_str());
//! assert_eq!(name, Some("Rex"));
//! let text = Renderer::new(&sources).render_all(&diagnostics);
//! assert!(text.contains("--> pets.yaml:2:1"), "{text}");
//! ```

// From the bottom up: each module imports only from groups above its own.
mod pointer;
mod source;

mod code;
mod location;
mod node;

mod diagnostic;
mod origins;

mod syntax;

mod json;
mod yaml;

mod written;

mod document;

mod sources;

mod change;
mod compose;
mod render;

pub use change::Changes;
pub use code::Code;
pub use compose::Loaded;
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use document::{Document, File, Missing};
pub use location::{Location, Part, Place};
pub use node::{MAX_DEPTH, Node, Number, Object, Value};
pub use pointer::Pointer;
pub use render::Renderer;
pub use source::{Format, Position, SourceId};
pub use sources::Sources;
pub use written::to_yaml;

/// The example of the README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
