//! The generated client against the generated server, every exchange held against the document.

mod client;
mod contract;
mod kit;
mod mock;
mod support;
