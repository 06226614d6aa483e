//! The service on PostgreSQL, which the test starts itself, with a folder and a port of its own:
//! `cargo test -p outbound-service --features postgres-tests`. It needs the programs of PostgreSQL (Debian:
//! `postgresql`).

mod suite;

use outbound_client::Client;
use reqwest::header::RETRY_AFTER;
use spec_runtime::client::Error;
use sqlx::{Connection as _, Executor as _, PgConnection};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use suite::{Running, created, settings};

/// A PostgreSQL of this test.
struct Postgres {
    programs: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
    /// The user that it runs as: it does not run as root.
    user: Option<u32>,
}

impl Postgres {
    fn start() -> Postgres {
        let folder = tempfile::tempdir().unwrap();
        let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        // `nobody`, who has nothing else to lose.
        let user = is_root.then_some(65_534);
        if let Some(user) = user {
            chown(folder.path(), Some(user), Some(user)).unwrap();
        }
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let postgres = Postgres { programs: programs(), folder, port, user };
        postgres.run("initdb", &["-A", "trust", "-U", "outbound", "-E", "UTF8", "--no-sync", "-D"]);
        postgres.up();
        postgres
    }

    fn url(&self) -> String {
        format!("postgres://outbound@127.0.0.1:{}/postgres", self.port)
    }

    fn up(&self) {
        let options =
            format!("-p {} -k {} -c listen_addresses=127.0.0.1", self.port, self.folder.path().display());
        self.run("pg_ctl", &["start", "-w", "-o", &options, "-D"]);
    }

    fn down(&self) {
        self.run("pg_ctl", &["stop", "-w", "-m", "immediate", "-D"]);
    }

    /// Runs a program on the data of this test, which its last argument names.
    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        command.args(arguments).arg(self.folder.path().join("data")).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        assert!(command.status().unwrap().success(), "{program}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.down();
    }
}

/// Returns the folder with the programs of PostgreSQL: that of the newest version.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    let has_all = |folder: &Path| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file();
    folders.into_iter().rev().find(|folder| has_all(folder)).expect("PostgreSQL: install its package")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_holds_on_postgresql() {
    let postgres = Postgres::start();
    suite::check(&postgres.url()).await;
    together(&postgres.url()).await;
    comes_back(&postgres).await;
    may_be_read_only(&postgres.url()).await;
}

/// Services that share a database see each other's writes, and create once what has a name.
async fn together(database: &str) {
    let (one, other) = (Running::start(database).await, Running::start(database).await);
    let made = created(&one.client(), settings("shared")).await;
    let got = other.client().outbound_campaign_get_by_id().campaign_id(made.id).send().await.unwrap();
    assert_eq!(got.into_inner(), made);
    for turn in 0..20 {
        let name = format!("turn-{turn}");
        let create = async |client: Client| {
            let create = client.outbound_campaign_create().idempotency_key(&*name).body(settings("turn"));
            create.send().await.unwrap().into_inner()
        };
        let (left, right) = tokio::join!(create(one.client()), create(other.client()));
        assert_eq!(left, right);
    }
    one.stop().await;
    other.stop().await;
}

/// A database that goes away is a 503, and that it is back is noticed.
async fn comes_back(postgres: &Postgres) {
    let running = Running::start(&postgres.url()).await;
    let client = running.client();
    let made = created(&client, settings("kept")).await;
    postgres.down();
    for _ in 0..3 {
        let update =
            client.outbound_campaign_update().campaign_id(made.id).body(settings("lost")).send().await;
        let Err(Error::ErrorResponse(answer)) = update else { panic!("{update:?}") };
        assert_eq!((answer.status().as_u16(), &answer.headers()[RETRY_AFTER]), (503, &"5".parse().unwrap()));
    }
    let ready = async || reqwest::get(format!("{}/ready", running.url)).await.unwrap().status().as_u16();
    assert_eq!(ready().await, 503);
    postgres.up();
    let begun = Instant::now();
    while ready().await != 200 {
        assert!(begun.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let got = client.outbound_campaign_get_by_id().campaign_id(made.id).send().await.unwrap();
    assert_eq!(got.into_inner(), made);
    running.stop().await;
}

/// A database that may only be read answers who reads, and is a 503 to who writes, until it may be written.
async fn may_be_read_only(database: &str) {
    let running = Running::start(database).await;
    let client = running.client();
    let made = created(&client, settings("kept")).await;
    let mut administrator = PgConnection::connect(database).await.unwrap();
    administrator.execute("ALTER SYSTEM SET default_transaction_read_only = on").await.unwrap();
    administrator.execute("SELECT pg_reload_conf()").await.unwrap();
    let update = || client.outbound_campaign_update().campaign_id(made.id).body(settings("changed")).send();
    let begun = Instant::now();
    let refused = loop {
        match update().await {
            // The server reads its settings again in a moment.
            Ok(_) => assert!(begun.elapsed() < Duration::from_secs(20)),
            Err(Error::ErrorResponse(answer)) => break answer,
            Err(error) => panic!("{error:?}"),
        }
    };
    assert_eq!((refused.status().as_u16(), &refused.headers()[RETRY_AFTER]), (503, &"5".parse().unwrap()));
    client.outbound_campaign_get_by_id().campaign_id(made.id).send().await.unwrap();
    administrator.execute("ALTER SYSTEM RESET default_transaction_read_only").await.unwrap();
    administrator.execute("SELECT pg_reload_conf()").await.unwrap();
    let begun = Instant::now();
    while update().await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
    running.stop().await;
}
