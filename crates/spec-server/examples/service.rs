//! A service as it runs in production, on the pets of the guide:
//!
//! ```sh
//! cargo run -p spec-server --example service
//! curl -i -H 'Authorization: Bearer a' http://127.0.0.1:8080/pets
//! curl -i http://127.0.0.1:8080/ready
//! kill -TERM %1
//! ```

use spec_guide::pets::models::Pet;
use spec_guide::pets::server::{
    Api, ListPetsOkBody, ListPetsOkHeaders, ListPetsParameters, ListPetsResponse, operations, router,
};
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure};
use spec_server::Server;
use std::net::Ipv4Addr;
use std::time::Duration;

struct Service;

/// Whoever has the token `a`.
#[derive(Clone, Debug)]
struct Keeper;

impl Authenticate for Service {
    type Principal = Keeper;

    async fn authenticate(&self, attempt: &AuthenticationAttempt<'_>) -> Result<Keeper, Denied> {
        let is_known = attempt.credential("machine").is_some_and(|token| token.verify("a"));
        if is_known { Ok(Keeper) } else { Err(Denied::Unauthorized) }
    }
}

impl Api for Service {
    async fn list_pets(
        &self,
        _: Context<Keeper>,
        _: ListPetsParameters,
    ) -> Result<ListPetsResponse, Failure> {
        let pets = vec![Pet::builder().name("Mia").build()?];
        Ok(ListPetsResponse::Ok(ListPetsOkBody::Json(pets), ListPetsOkHeaders { x_total: 1 }))
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().init();
    let server = Server::builder()
        .listen((Ipv4Addr::LOCALHOST, 8080))
        .operations(operations())
        .handler_timeout(Duration::from_secs(10))
        .body_bytes(64 * 1024)
        .body_bytes_of("addFilm", 100 * 1024 * 1024)
        .bind()
        .await?;
    println!("listening at {:?}", server.addresses()?);
    let stopped = server.run(router(Service)).await?;
    println!("{} connections were cut off", stopped.cut_off);
    Ok(())
}
