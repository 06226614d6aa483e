//! The service of outbound campaigns: the generated server, on a database.
//!
//! * [`service`]: what each operation means;
//! * [`store`]: campaigns in SQLite or PostgreSQL;
//! * [`keys`]: who may use it, and how often;
//! * [`arguments`]: what it is told when it starts.

pub mod arguments;
pub mod keys;
pub mod service;
pub mod store;

use axum::Router;
use outbound_server::{operations, router};
use spec_docs::Docs;
use spec_server::{Builder, Metrics, Server};
use std::net::SocketAddr;

/// The largest settings of a campaign, in bytes.
const BODY_BYTES: usize = 128 * 1024;

/// The document that all of this is made of.
const DOCUMENT: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/outbound-campaigns.yaml"));

/// Samples of its operations with the generated client.
const SAMPLES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/outbound-campaigns.samples.json"));

/// Returns the routes of a service: the operations, the document, and its reference page.
///
/// # Errors
///
/// When the document is none that a page can be made of.
pub fn routes(service: service::Service) -> Result<Router, spec_docs::Error> {
    let docs = Docs::new(DOCUMENT)?.samples(SAMPLES)?;
    Ok(router(service).merge(docs.router()))
}

/// Sets up the server of a service, before it is told where to listen.
pub fn server(store: &store::Store, metrics: Option<SocketAddr>) -> Builder {
    let store = store.clone();
    let builder = Server::builder().operations(operations()).body_bytes(BODY_BYTES).ready_check(move || {
        let store = store.clone();
        async move { store.ping().await.map_err(|error| error.to_string()) }
    });
    match metrics {
        Some(address) => builder.metrics(Metrics::on(address)),
        None => builder,
    }
}
