//! Serves a generated router, here one whose service answers nothing yet, as in production.
//!
//! `cargo run -p spec-server --features metrics --example service`, and in another terminal
//! `curl -i localhost:8080/ready` and `curl -i localhost:9090/metrics`. Ctrl-C lets requests in flight end.

use outbound_server::{Api, operations, router};
use spec_server::{Metrics, Server};
use std::error::Error;
use std::net::Ipv4Addr;
use std::time::Duration;

struct Service;

impl Api for Service {}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    let server = Server::builder()
        .listen((Ipv4Addr::LOCALHOST, 8080))
        .operations(operations())
        .handler_timeout(Duration::from_secs(5))
        .metrics(Metrics::on((Ipv4Addr::LOCALHOST, 9090).into()))
        .bind()
        .await?;
    let stopped = server.run(router(Service)).await?;
    println!("{stopped:?}");
    Ok(())
}
