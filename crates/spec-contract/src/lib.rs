//! The judge: whether HTTP messages, and a document's own examples, are what the document says.
//!
//! Knows the [`Api`](spec_api::Api), HTTP messages as the `http` crate has them, and JSON Schema. It judges
//! by the document's own schemas, not by code that was made from them, so that it can hold such code to the
//! document.
//!
//! Must not know Rust code or types of any API, an HTTP client or server, the network or files: messages come
//! in as they are, body and all, from wherever they were caught.
//!
//! * [`Contract`] holds requests and responses against the Api, and gives a [`Judgement`]; `Contract::read`
//!   makes one of a text.
//! * [`Head`] and [`Payload`] are for those who see a message piece by piece: its head, then its body.
//! * [`ResponseSchemas`] holds single values against schemas.
//! * [`report`] writes violations as JSON and as a header.
//! * [`examples::check`] holds the examples and defaults of the document against their schemas.

mod body;
mod contract;
pub mod enumerations;
pub mod examples;
mod form;
mod headers;
mod judgement;
mod media;
mod numbers;
mod parameters;
mod parts;
mod path;
mod pieces;
mod reading;
pub mod report;
mod rules;
mod secrets;
mod security;
pub mod sides;
mod tags;
mod texts;
mod tree;
mod validators;
mod values;

pub use contract::Contract;
pub use headers::STANDARD_HEADERS;
pub use judgement::{Judgement, Kind, Part, Side, Violation};
pub use parts::{Head, Item, Items, Payload, Reading};
pub use path::{Constant, routing_constants};
pub use reading::Unreadable;
pub use values::ResponseSchemas;
