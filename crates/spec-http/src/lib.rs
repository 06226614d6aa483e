//! The HTTP rules of OpenAPI, each in one place and in both directions.
//!
//! A reader of documents, a generator, generated clients and servers, and a judge of messages all ask here,
//! so that they cannot disagree.
//!
//! * [`style`]: values of parameters ↔ texts.
//! * [`template`]: path templates, and which of several a request means.
//! * [`media_type`]: what a media type is, and which of several ranges means it.
//! * [`message`]: what else all must see alike in a message.
//!
//! Must not know documents, models of Rust, sockets, or any library for HTTP.

pub mod media_type;
pub mod message;
pub mod style;
pub mod template;
