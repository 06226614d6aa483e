//! Changes that wait for SQLite: how many do, what becomes of one that can't be done, and of one that nobody
//! waits for.

#[allow(dead_code, reason = "most of it is for whole databases")]
mod suite;

use outbound_service::store::{Search, Store, StoreError};
use reqwest::header::RETRY_AFTER;
use spec_runtime::client::{Configure, Error};
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use std::path::Path;
use std::time::{Duration, Instant};
use suite::{Running, settings};
use tokio::task::JoinSet;

/// Opens a new database, and another connection to it.
async fn opened(folder: &Path) -> (Store, String, SqliteConnection) {
    let path = folder.join("campaigns.db").to_str().unwrap().to_owned();
    let store = Store::open(&path).await.unwrap();
    let other = SqliteConnection::connect(&format!("sqlite:{path}")).await.unwrap();
    (store, path, other)
}

async fn names(store: &Store) -> Vec<String> {
    let all = store.list(&Search { limit: 1000, ..Search::default() }).await.unwrap();
    all.items.into_iter().map(|kept| kept.settings.campaign_name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_is_unavailable_for_writers_only() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path, mut other) = opened(folder.path()).await;
    drop(store);
    let running = Running::start(&path).await;
    let client = running.client().with_attempts(1);
    let kept = suite::created(&client, settings("before")).await;
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let begun = Instant::now();
    let refused = match client.outbound_campaign_create().body(settings("locked")).send().await.unwrap_err() {
        Error::ErrorResponse(refused) => refused,
        error => panic!("{error:?}"),
    };
    assert_eq!((refused.status().as_u16(), &refused.headers()[RETRY_AFTER]), (503, &"5".parse().unwrap()));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let got = client.outbound_campaign_get_by_id().campaign_id(kept.id).send().await.unwrap();
    assert_eq!(got.into_inner(), kept);
    other.execute("COMMIT").await.unwrap();
    suite::created(&client, settings("after")).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_changes_wait() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, mut other) = opened(folder.path()).await;
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let mut tasks = JoinSet::new();
    for number in 0..1200 {
        let store = store.clone();
        let settings = settings(&format!("{number}")).build().unwrap();
        tasks.spawn(async move { store.create(settings, "ada", None).await });
    }
    // Those that find no room are told at once.
    let mut overloaded = 0;
    while overloaded < 1200 - 2 * 256 {
        let done = tokio::time::timeout(Duration::from_secs(2), tasks.join_next()).await;
        match done.expect("it is told at once").unwrap().unwrap() {
            Err(StoreError::Overloaded) => overloaded += 1,
            other => panic!("{other:?}"),
        }
    }
    other.execute("COMMIT").await.unwrap();
    let mut created = 0;
    while let Some(done) = tasks.join_next().await {
        match done.unwrap() {
            Ok(_) => created += 1,
            Err(StoreError::Overloaded) => overloaded += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert!(created >= 256 && created + overloaded == 1200, "{created} and {overloaded}");
    assert_eq!(names(&store).await.len(), created);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_can_not_be_done_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, mut other) = opened(folder.path()).await;
    let trigger = "CREATE TRIGGER bad BEFORE INSERT ON campaigns WHEN NEW.campaign_name LIKE 'bad%' \
                   BEGIN SELECT RAISE(ABORT, 'bad'); END";
    other.execute(trigger).await.unwrap();
    // They wait together.
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let mut tasks = JoinSet::new();
    for number in 0..100 {
        let store = store.clone();
        let name = format!("{}{number}", if [7, 50, 51].contains(&number) { "bad" } else { "good" });
        tasks.spawn(async move {
            let done = store.create(settings(&name).build().unwrap(), "ada", None).await;
            (name, done)
        });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    other.execute("COMMIT").await.unwrap();
    let mut good = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (name, done) = done.unwrap();
        match done {
            Ok(kept) => {
                assert_eq!(kept.settings.campaign_name, name);
                good.push(name);
            }
            Err(error) => assert!(name.starts_with("bad"), "{name}: {error:?}"),
        }
    }
    let mut kept = names(&store).await;
    kept.sort();
    good.sort();
    assert_eq!(good.len(), 97);
    assert_eq!(kept, good);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_is_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, mut other) = opened(folder.path()).await;
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    // The first is on its way; the second waits behind it, until its caller goes away.
    let first = tokio::spawn({
        let store = store.clone();
        async move { store.create(settings("first").build().unwrap(), "ada", None).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let second = store.create(settings("second").build().unwrap(), "ada", None);
    assert!(tokio::time::timeout(Duration::from_millis(100), second).await.is_err());
    other.execute("COMMIT").await.unwrap();
    first.await.unwrap().unwrap();
    let third = store.create(settings("third").build().unwrap(), "ada", None).await.unwrap();
    assert_eq!(third.settings.campaign_name, "third");
    assert_eq!(names(&store).await, ["first", "third"]);
}
