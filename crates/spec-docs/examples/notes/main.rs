//! A service with its reference page:
//!
//! ```sh
//! cargo run -p spec-docs --example notes
//! ```
//!
//! Arguments, each of which may be left out: the address, `127.0.0.1:8080`; a document, of which only the
//! page is served then; and a file of samples for it.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use spec_docs::Docs;
use std::error::Error;
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

type Notes = Arc<Mutex<Vec<Value>>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let address = arguments.first().map_or("127.0.0.1:8080", String::as_str);
    let router = match arguments.get(1) {
        Some(document) => {
            let docs = Docs::new(&fs::read_to_string(document)?)?;
            let docs = match arguments.get(2) {
                Some(samples) => docs.samples(&fs::read_to_string(samples)?)?,
                None => docs,
            };
            docs.router()
        }
        None => service().merge(Docs::new(include_str!("notes.yaml"))?.router()),
    };
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{}/docs", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

fn service() -> Router {
    Router::new().route("/notes", get(list).post(add)).with_state(Notes::default())
}

async fn list(State(notes): State<Notes>, headers: HeaderMap) -> Response {
    match refusal(&headers) {
        Some(refusal) => refusal,
        None => Json(notes.lock().unwrap_or_else(PoisonError::into_inner).clone()).into_response(),
    }
}

async fn add(State(notes): State<Notes>, headers: HeaderMap, Json(mut note): Json<Value>) -> Response {
    if let Some(refusal) = refusal(&headers) {
        return refusal;
    }
    let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(fields) = note.as_object_mut() {
        fields.insert("id".to_owned(), (notes.len() + 1).into());
    }
    notes.push(note.clone());
    (StatusCode::CREATED, Json(note)).into_response()
}

/// Refuses whoever has not the key.
fn refusal(headers: &HeaderMap) -> Option<Response> {
    let is_known = headers.get("x-key").is_some_and(|key| key == "secret");
    let problem = Json(json!({"title": "Unauthorized", "status": 401}));
    (!is_known).then(|| (StatusCode::UNAUTHORIZED, problem).into_response())
}
