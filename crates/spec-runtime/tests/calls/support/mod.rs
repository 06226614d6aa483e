//! A client in miniature, as one is generated, and a server that does what it is told.

mod client;
mod server;

pub use client::{Client, SCHEMES, TOKEN, client};
pub use server::{Act, Server, answer, closed_port, ok};
