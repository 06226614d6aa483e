//! The server by HTTP: the transport of the protocol that is called streamable.
//!
//! Knows sockets, and which pages of a browser may not ask. Must not know tools.

use super::server::Server;
use crate::failure::Failure;
use crate::output::complain;
use axum::Router;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use spec_runtime::client::Configure;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The path at which the server answers.
const PATH: &str = "/mcp";

/// Serves tools at an address of this machine, until the program is ended.
///
/// A request with an `Origin` is one of a page in a browser, and refused, as is one for another host: pages
/// could otherwise reach the server by a name of their own that leads here (DNS rebinding).
pub(super) async fn listen<C: Configure + Send + Sync>(
    server: Server<C>,
    address: SocketAddr,
) -> Result<(), Failure> {
    let failed =
        |error: std::io::Error| Failure::usage(format!("--listen: {address} can't be served: {error}"));
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let config = StreamableHttpServerConfig::default()
        .enforce_origin_validation()
        .with_legacy_session_mode(false)
        .with_json_response(true);
    let service = StreamableHttpService::new(
        move || Ok(server.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    complain(&format!("listening at http://{address}{PATH}"));
    axum::serve(listener, Router::new().route_service(PATH, service)).await.map_err(failed)
}
