//! The service as a process: killed under load, and on a disk that is full.
//!
//! `OUTBOUND_KILLS=200 cargo test --release -p outbound-service --test faults -- --nocapture` kills it as
//! often, and prints counts.

use outbound_client::Client;
use outbound_client::models::{DaysOfWeek, OutboundCampaignInput, OutboundCampaignInputBuilder};
use outbound_service::store::Store;
use reqwest::header::RETRY_AFTER;
use spec_runtime::client::{Configure, Error};
use sqlx::{Connection as _, SqliteConnection};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

const PROGRAM: &str = env!("CARGO_BIN_EXE_outbound-service");

/// A service that runs as a process of its own, each time at the same address.
struct Service {
    address: String,
    database: String,
    /// How many blocks of 1,024 bytes a file may have, if not as many as it likes.
    blocks: Option<u32>,
}

impl Service {
    fn new(folder: &Path) -> Service {
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().to_string();
        let database = folder.join("campaigns.db").to_str().unwrap().to_owned();
        Service { address, database, blocks: None }
    }

    fn client(&self) -> Client {
        let transport = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
        let url = format!("http://{}", self.address);
        // A server that is gone is gone: nothing is tried again.
        Client::new().with_client(transport).with_base_url(&url).with_api_key("key").with_attempts(1)
    }

    /// Starts the process, and waits until it answers.
    async fn start(&self) -> Child {
        let mut command = match self.blocks {
            None => Command::new(PROGRAM),
            Some(blocks) => {
                let mut shell = Command::new("bash");
                let script = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
                shell.args(["-c", script, "bash", &blocks.to_string(), PROGRAM]);
                shell
            }
        };
        command.args(["--listen", &self.address, "--database", &self.database, "--rate", "0"]);
        command.args(["--log-level", "error"]).env("OUTBOUND_KEYS", "ada@example.com:key");
        let child = command.stdout(Stdio::null()).kill_on_drop(true).spawn().unwrap();
        let begun = Instant::now();
        while reqwest::get(format!("http://{}/ready", self.address)).await.is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the service does not start");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        child
    }
}

fn settings(name: &str) -> OutboundCampaignInputBuilder {
    OutboundCampaignInput::builder()
        .campaign_name(name)
        .campaign_variables([("key", "value")])
        .caller_id(None)
        .active_days([DaysOfWeek::Mon])
}

async fn is_whole(database: &str) {
    let mut connection = SqliteConnection::connect(&format!("sqlite:{database}")).await.unwrap();
    let check: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
    assert_eq!(check, "ok");
}

/// A campaign that one writer writes, one number after the other.
struct Written {
    id: i64,
    acknowledged: i64,
    tried: i64,
}

/// Writes as fast as it goes, until it is told to end; returns campaigns that it created, too.
async fn write(client: Client, mut own: Written, ends: Arc<AtomicBool>) -> (Written, Vec<i64>) {
    let mut created = Vec::new();
    while !ends.load(Ordering::Relaxed) {
        own.tried += 1;
        let body = settings("written").hourly_rate(own.tried);
        match client.outbound_campaign_update().campaign_id(own.id).body(body).send().await {
            Ok(_) => own.acknowledged = own.tried,
            Err(Error::Communication(..)) => break,
            Err(error) => panic!("{error:?}"),
        }
        if own.tried % 8 == 0 {
            match client.outbound_campaign_create().body(settings("created")).send().await {
                Ok(campaign) => created.push(campaign.id),
                Err(Error::Communication(..)) => break,
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    (own, created)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_write_is_lost_when_the_process_is_killed() {
    let kills: u32 = std::env::var("OUTBOUND_KILLS").map_or(5, |kills| kills.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let service = Service::new(folder.path());
    let mut child = service.start().await;
    let mut writers = Vec::new();
    for _ in 0..8 {
        let made =
            service.client().outbound_campaign_create().body(settings("written")).send().await.unwrap();
        writers.push(Written { id: made.id, acknowledged: 1, tried: 1 });
    }
    let (mut updates, mut creations, mut unsure) = (0, 0, 0);
    for kill in 0..kills {
        let ends = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for own in writers.drain(..) {
            updates -= own.acknowledged;
            tasks.spawn(write(service.client(), own, ends.clone()));
        }
        // At another moment each time.
        tokio::time::sleep(Duration::from_millis(u64::from(20 + kill * 37 % 90))).await;
        child.kill().await.unwrap();
        ends.store(true, Ordering::Relaxed);
        let written = tasks.join_all().await;
        child = service.start().await;
        let client = service.client();
        for (mut own, created) in written {
            let kept = client.outbound_campaign_get_by_id().campaign_id(own.id).send().await.unwrap();
            let number = kept.hourly_rate();
            assert!(
                number >= own.acknowledged && number <= own.tried,
                "kill {kill}: {number} of {}",
                own.tried
            );
            for id in &created {
                client.outbound_campaign_get_by_id().campaign_id(*id).send().await.unwrap();
            }
            updates += own.acknowledged;
            creations += created.len();
            unsure += i64::from(own.tried > own.acknowledged);
            (own.acknowledged, own.tried) = (number, number);
            writers.push(own);
        }
    }
    child.kill().await.unwrap();
    is_whole(&service.database).await;
    assert!(creations > 0, "the service was killed before it wrote anything");
    println!(
        "{kills} kills: {updates} updates and {creations} creations were acknowledged, and none is lost; \
         {unsure} updates were neither acknowledged nor refused"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_unavailable_and_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service { blocks: Some(1_000), ..Service::new(folder.path()) };
    let mut child = service.start().await;
    let client = service.client();
    let large = "x".repeat(40_000);
    let mut kept = Vec::new();
    let refused = loop {
        assert!(kept.len() < 100, "the disk is never full");
        match client.outbound_campaign_create().body(settings("large").description(&*large)).send().await {
            Ok(campaign) => kept.push(campaign.into_inner()),
            Err(Error::ErrorResponse(answer)) => break answer,
            Err(error) => panic!("{error:?}"),
        }
    };
    assert_eq!((refused.status().as_u16(), &refused.headers()[RETRY_AFTER]), (503, &"5".parse().unwrap()));
    // What is there can still be read; and once there is room, everything goes on.
    for campaign in &kept {
        let got = client.outbound_campaign_get_by_id().campaign_id(campaign.id).send().await.unwrap();
        assert_eq!(got.into_inner(), *campaign);
    }
    child.kill().await.unwrap();
    is_whole(&service.database).await;
    let store = Store::open(&service.database).await.unwrap();
    for campaign in &kept {
        assert_eq!(store.get(campaign.id).await.unwrap().settings.description, campaign.description);
    }
    store.create(settings("more").build().unwrap(), "ada", None).await.unwrap();
}
