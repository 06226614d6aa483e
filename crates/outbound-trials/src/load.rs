//! What a call costs: beside `reqwest` by hand, on a server that does nothing.

use outbound_client::Client;
use outbound_client::models::{DaysOfWeek, OutboundCampaignInput};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use spec_runtime::client::{Configure, Retry};
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const CAMPAIGN: &str = concat!(
    r#"{"id":679645,"campaign_name":"Test Campaign","campaign_variables":{"key":"value"},"#,
    r#""caller_id":"19995551234","active_days":["mon","tue"],"hourly_rate":25,"retry_count":1,"#,
    r#""labels":["a","b"],"last_updated_by":"ada@example.com","#,
    r#""created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}"#,
);

/// Serves one campaign, whatever is asked for. Each answer waits.
///
/// # Errors
///
/// When no port can be had.
pub async fn serve(wait: Duration) -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            let mut stream = BufReader::new(stream);
            let length = CAMPAIGN.len();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
            let answer = format!("{head}: {length}\r\n\r\n{CAMPAIGN}");
            while let Ok(Some(_)) = crate::wire::read(&mut stream).await {
                if !wait.is_zero() {
                    tokio::time::sleep(wait).await;
                }
                if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
        });
    }
}

/// Settings as somebody writes them by hand.
#[derive(Serialize)]
struct Settings<'a> {
    campaign_name: &'a str,
    campaign_variables: HashMap<&'a str, &'a str>,
    caller_id: Option<&'a str>,
    active_days: [&'a str; 2],
    hourly_rate: i64,
    labels: [&'a str; 2],
}

/// A campaign as somebody writes it by hand: what is left out and what is null are one.
#[derive(Deserialize)]
struct Campaign {
    id: i64,
    #[allow(dead_code, reason = "a program that is written by hand reads them, too")]
    campaign_name: String,
    #[allow(dead_code, reason = "as above")]
    campaign_variables: HashMap<String, String>,
    #[allow(dead_code, reason = "as above")]
    caller_id: Option<String>,
    #[allow(dead_code, reason = "as above")]
    active_days: Vec<String>,
    #[allow(dead_code, reason = "as above")]
    labels: Option<Vec<String>>,
    #[allow(dead_code, reason = "as above")]
    created_at: chrono::DateTime<chrono::Utc>,
    #[allow(dead_code, reason = "as above")]
    updated_at: chrono::DateTime<chrono::Utc>,
}

/// The client that calls are made by.
#[derive(Clone)]
enum Caller {
    Ours(Client),
    ByHand(reqwest::Client, String),
}

impl Caller {
    fn new(who: &str, url: &str) -> Result<Caller, Box<dyn Error>> {
        let client = || Client::new().with_base_url(url).with_api_key("key");
        Ok(match who {
            "ours" => Caller::Ours(client()),
            "once" => Caller::Ours(client().with_retry(Retry::never())),
            "by-hand" => {
                let http = reqwest::Client::builder().connect_timeout(Duration::from_secs(5));
                Caller::ByHand(http.read_timeout(Duration::from_secs(60)).build()?, url.to_owned())
            }
            _ => return Err("it is called as ours, once or by-hand".into()),
        })
    }

    async fn call(&self) -> Result<i64, Box<dyn Error + Send + Sync>> {
        match self {
            Caller::Ours(client) => {
                let settings = OutboundCampaignInput::builder()
                    .campaign_name("Test Campaign")
                    .campaign_variables([("key", "value")])
                    .caller_id(Some("19995551234".to_owned()))
                    .active_days([DaysOfWeek::Mon, DaysOfWeek::Tue])
                    .hourly_rate(25)
                    .labels(vec!["a".to_owned(), "b".to_owned()]);
                let call = client.outbound_campaign_update().campaign_id(679_645).body(settings);
                Ok(call.send().await?.into_inner().id)
            }
            Caller::ByHand(http, url) => {
                let settings = Settings {
                    campaign_name: "Test Campaign",
                    campaign_variables: HashMap::from([("key", "value")]),
                    caller_id: Some("19995551234"),
                    active_days: ["mon", "tue"],
                    hourly_rate: 25,
                    labels: ["a", "b"],
                };
                let request = http.put(format!("{url}/api/v1/outbound/campaigns/679645"));
                let request = request.header("Syllable-API-Key", "key").json(&settings);
                Ok(request.send().await?.error_for_status()?.json::<Campaign>().await?.id)
            }
        }
    }
}

/// Makes calls, and returns their figures.
///
/// # Errors
///
/// When a call fails.
pub async fn measure(who: &str, url: &str, calls: usize, workers: usize) -> Result<Value, Box<dyn Error>> {
    let caller = Caller::new(who, url)?;
    caller.call().await.map_err(|error| error.to_string())?;
    let left = Arc::new(AtomicUsize::new(calls));
    let (begun, before) = (Instant::now(), cpu()?);
    let mut tasks = JoinSet::new();
    for _ in 0..workers {
        let (caller, left) = (caller.clone(), Arc::clone(&left));
        tasks.spawn(async move {
            let mut times = Vec::new();
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
            {
                let begun = Instant::now();
                caller.call().await.map_err(|error| error.to_string())?;
                times.push(begun.elapsed());
            }
            Ok::<_, String>(times)
        });
    }
    let mut times = Vec::with_capacity(calls);
    while let Some(done) = tasks.join_next().await {
        times.extend(done??);
    }
    let elapsed = begun.elapsed().as_secs_f64();
    let cpu = cpu()?.saturating_sub(before);
    times.sort_unstable();
    let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    Ok(json!({
        "rate": calls as f64 / elapsed,
        "p99_ms": p99.as_secs_f64() * 1000.0,
        "cpu_us": cpu as f64 * 10_000.0 / calls as f64,
        "peak_kb": peak()?,
    }))
}

/// Returns the time on a processor that this process has had, in hundredths of a second.
fn cpu() -> Result<u64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit_once(')').ok_or("no name")?.1;
    let fields: Vec<&str> = after.split_whitespace().collect();
    Ok(fields[11].parse::<u64>()? + fields[12].parse::<u64>()?)
}

/// Returns the largest memory that this process has had, in kB.
fn peak() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}
