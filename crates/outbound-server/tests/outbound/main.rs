//! The generated client against the generated server, every exchange held against the document.

mod client;
mod contract;
mod mock;
mod support;
