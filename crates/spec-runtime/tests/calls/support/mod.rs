//! A client in miniature, as one is generated, and a server that does what it is told.

mod client;
mod server;

pub use client::{Client, SCHEMES, TOKEN, client};
pub(crate) use server::both_ways;
pub use server::{Act, Server, Way, answer, closed_port, ok};
