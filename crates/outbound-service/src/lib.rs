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
use spec_server::{Builder, Metrics, Server};
use std::net::SocketAddr;

/// How many bytes the settings of a campaign may have.
const BODY_BYTES: usize = 128 * 1024;

/// Returns the routes of a service.
pub fn routes(service: service::Service) -> Router {
    router(service)
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
