//! How long a round trip takes with and without a guard: 1 KiB of JSON each way, over loopback, on one
//! connection. Caller and service share a thread, whose time of the processor counts where the machine is
//! busy.
//!
//! ```sh
//! cargo run -p spec-guard --release --example overhead
//! ```

use axum::body::Body;
use axum::{Json, Router, routing};
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};
use spec_document::{Diagnostics, Sources};
use spec_guard::{Contract, Guard, Report};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};

const DOCUMENT: &str = r##"{
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1"},
    "paths": {"/orders": {"post": {
        "operationId": "addOrder",
        "parameters": [{"name": "dry", "in": "query", "schema": {"type": "boolean"}}],
        "requestBody": {"required": true, "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Order"}}}},
        "responses": {"200": {"description": "As it is kept.", "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Order"}}}}}
    }}},
    "components": {"schemas": {
        "Order": {
            "type": "object",
            "required": ["id", "customer", "lines"],
            "properties": {
                "id": {"type": "integer", "minimum": 1},
                "customer": {"type": "string", "minLength": 1, "maxLength": 60},
                "at": {"type": "string", "format": "date-time"},
                "lines": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Line"}}
            }
        },
        "Line": {
            "type": "object",
            "required": ["article", "count"],
            "properties": {
                "article": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"},
                "count": {"type": "integer", "minimum": 1, "maximum": 999},
                "colour": {"enum": ["red", "green", "blue"]},
                "note": {"type": "string", "maxLength": 200}
            }
        }
    }}
}"##;

/// The number of rounds, in each of which every variant has its turn, and that of round trips in a turn.
const ROUNDS: usize = 15;
const TRIPS: u32 = if cfg!(debug_assertions) { 500 } else { 4000 };

fn contract() -> Contract {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add("orders.json", DOCUMENT);
    let document = sources.parse(source, None, &mut diagnostics).expect("a document");
    Contract::new(spec_api::read(&document, &mut diagnostics).expect("an API"))
}

/// An order of about 1 KiB.
fn order() -> String {
    let line = |number: usize| {
        let note = "to be left with the neighbours if nobody opens";
        json!({"article": format!("AB-{number}"), "count": number, "colour": "green", "note": note})
    };
    let lines: Vec<Value> = (1..10).map(line).collect();
    json!({"id": 7, "customer": "Mia", "at": "2026-11-27T12:00:00Z", "lines": lines}).to_string()
}

/// One connection to a service of its own.
struct Trip {
    sender: hyper::client::conn::http1::SendRequest<Full<bytes::Bytes>>,
    times: Vec<Times>,
}

/// How long a round trip took: by the clock, on the thread that serves, and on all threads.
#[derive(Clone, Copy)]
struct Times {
    clock: Duration,
    thread: Duration,
    process: Duration,
}

impl Times {
    fn now(begun: Instant) -> Times {
        let of = |clock| Duration::try_from(rustix::time::clock_gettime(clock)).unwrap_or_default();
        Times {
            clock: begun.elapsed(),
            thread: of(rustix::time::ClockId::ThreadCPUTime),
            process: of(rustix::time::ClockId::ProcessCPUTime),
        }
    }
}

impl Trip {
    async fn to(router: Router) -> Trip {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        let stream = hyper_util::rt::TokioIo::new(stream);
        let (sender, connection) = hyper::client::conn::http1::handshake(stream).await.expect("HTTP");
        tokio::spawn(connection);
        Trip { sender, times: Vec::new() }
    }

    async fn turn(&mut self, body: &bytes::Bytes) {
        let begun = Instant::now();
        let before = Times::now(begun);
        for _ in 0..TRIPS {
            let request = http::Request::post("/orders?dry=true").header("host", "localhost");
            let request = request.header("content-type", "application/json").header("accept", "*/*");
            let request = request.header("user-agent", "overhead").body(Full::new(body.clone()));
            let answer = self.sender.send_request(request.expect("a request")).await.expect("an answer");
            assert_eq!(answer.status(), 200);
            let answer = answer.into_body().collect().await.expect("a body").to_bytes();
            assert_eq!(answer.len(), body.len());
        }
        let after = Times::now(begun);
        self.times.push(Times {
            clock: (after.clock - before.clock) / TRIPS,
            thread: (after.thread - before.thread) / TRIPS,
            process: (after.process - before.process) / TRIPS,
        });
    }
}

fn median(times: &[Times], of: impl Fn(&Times) -> Duration) -> f64 {
    let mut times: Vec<Duration> = times.iter().map(of).collect();
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e6
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let body = bytes::Bytes::from(order());
    let router =
        || Router::new().route("/orders", routing::post(async |Json(order): Json<Value>| Json(order)));
    let guard = || Guard::new(contract()).observe(|report: &Report<'_>| panic!("{report:?}"));
    let idle = tower::layer::util::Identity::new();
    let variants: [(&str, Router<()>); 6] = [
        ("no guard", router()),
        ("no guard, again", router().layer(idle)),
        ("sample 0", router().layer(guard().sample(0.0))),
        ("observe, all", router().layer(guard())),
        ("observe, all, in the background", router().layer(guard().background(10_000))),
        ("enforce, all", router().layer(guard().enforce())),
    ];
    let mut trips = Vec::new();
    // Words of the command line choose variants, such as for a profile of one.
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    for (name, router) in variants
        .into_iter()
        .filter(|(name, _)| chosen.is_empty() || *name == "no guard" || chosen.iter().any(|own| own == name))
    {
        // One more layer of axum's own, so that all have as many.
        let router =
            router.layer(axum::middleware::map_response(async |answer: http::Response<Body>| answer));
        trips.push((name, Trip::to(router).await));
    }
    for _ in 0..ROUNDS {
        for (_, trip) in &mut trips {
            trip.turn(&body).await;
        }
    }
    println!("{} bytes each way, {ROUNDS} rounds of {TRIPS} round trips\n", body.len());
    println!("| variant | by the clock, µs | its thread, µs | beside no guard | all threads, µs |");
    println!("|---|---:|---:|---:|---:|");
    let bare = median(&trips[0].1.times, |times| times.thread);
    for (name, trip) in &trips {
        let [clock, thread, process] = [
            median(&trip.times, |times| times.clock),
            median(&trip.times, |times| times.thread),
            median(&trip.times, |times| times.process),
        ];
        let beside = (thread / bare - 1.0) * 100.0;
        println!("| {name} | {clock:.1} | {thread:.1} | {beside:+.1} % | {process:.1} |");
    }
}
