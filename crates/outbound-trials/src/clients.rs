//! Clients in scenes: ours, and the one that progenitor prints by itself.
//!
//! Knows what a scene asks a client to do. Must not know what the server answers.

use crate::scenes::KEY;
use outbound_client::Client;
use outbound_client::models::{DaysOfWeek, OutboundCampaignInput};
use serde_json::{Value, json};
use spec_runtime::client::Configure;
use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

/// The client that progenitor prints from `scenes/plain.json`.
#[allow(missing_docs, unused, clippy::all, clippy::pedantic, reason = "it is as its generator prints it")]
mod plain {
    include!(concat!(env!("OUT_DIR"), "/plain.rs"));
}

/// The longest wait for a client that was not told otherwise.
const PATIENCE: Duration = Duration::from_secs(70);

/// The limit that clients are given where a scene is about one.
const LIMIT: Duration = Duration::from_secs(1);

/// Plays a client in a scene, and returns what became of it.
///
/// # Errors
///
/// When there is no such client, or the scene can't be set up.
pub async fn play(who: &str, url: &str, scene: &str) -> Result<Value, Box<dyn Error>> {
    let base_url = match scene {
        "late-post" => reqwest::get(format!("{url}/late")).await?.text().await?,
        _ => url.to_owned(),
    };
    let base_url = format!("{base_url}/{who}/{scene}");
    let calls = if scene == "idle-get" { 20 } else { 1 };
    let client = Player::new(who, &base_url, scene)?;
    let begun = Instant::now();
    let mut failed = Vec::new();
    for _ in 0..calls {
        match tokio::time::timeout(PATIENCE, client.call(scene)).await {
            Ok(Ok(())) => {}
            Ok(Err(message)) => failed.push(message),
            Err(_) => failed.push("no end".to_owned()),
        }
        if calls > 1 {
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }
    let elapsed = begun.elapsed().as_secs_f64();
    Ok(json!({"failed": failed.len(), "elapsed": elapsed, "message": failed.first()}))
}

enum Player {
    Ours(Client),
    Progenitor(plain::Client),
}

impl Player {
    fn new(who: &str, base_url: &str, scene: &str) -> Result<Self, Box<dyn Error>> {
        Ok(match who {
            "ours" => {
                let client = Client::new().with_base_url(base_url).with_api_key(KEY);
                Player::Ours(match scene {
                    "silent-get" | "silent-post" => client.with_head_timeout(LIMIT),
                    _ => client,
                })
            }
            "progenitor" => {
                // Its own constructor, with the key as its users add it; it has a timeout of 15 s.
                let mut headers = reqwest::header::HeaderMap::new();
                headers.insert("syllable-api-key", KEY.parse()?);
                let timeout = if scene.starts_with("silent") { LIMIT } else { Duration::from_secs(15) };
                let http = reqwest::Client::builder().connect_timeout(timeout).timeout(timeout);
                Player::Progenitor(plain::Client::new_with_client(
                    base_url,
                    http.default_headers(headers).build()?,
                ))
            }
            _ => return Err("the clients are ours and progenitor".into()),
        })
    }

    async fn call(&self, scene: &str) -> Result<(), String> {
        let is_post = scene.ends_with("-post");
        match self {
            Player::Ours(client) if is_post => {
                let settings = OutboundCampaignInput::builder()
                    .campaign_name("a")
                    .campaign_variables([("key", "value")])
                    .caller_id(None)
                    .active_days([DaysOfWeek::Mon]);
                said(client.outbound_campaign_create().body(settings).send().await)
            }
            Player::Ours(client) => said(client.outbound_campaign_get_by_id().campaign_id(1).send().await),
            Player::Progenitor(client) if is_post => {
                said(client.create().body(plain::types::Settings::builder().campaign_name("a")).send().await)
            }
            Player::Progenitor(client) => said(client.get_by_id().campaign_id(1).send().await),
        }
    }
}

fn said<T, E: fmt::Display>(answer: Result<T, E>) -> Result<(), String> {
    answer.map(drop).map_err(|error| error.to_string())
}
