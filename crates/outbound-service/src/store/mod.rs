//! Campaigns in a database: SQLite, or PostgreSQL.
//!
//! Knows tables and transactions. Must not know HTTP, or who may do what.

mod change;
mod error;
mod search;
mod settings;
mod writer;

pub use error::StoreError;
pub use search::{Order, Search};

use change::{Change, Columns, Done, Name};
use chrono::{DateTime, Utc};
use outbound_server::models::OutboundCampaignInput;
use search::Conditions;
use settings::from_text;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor as _, Row as _};
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Once;
use std::time::Duration;
use writer::Writer;

/// The longest wait of a request for a connection to the database.
const ACQUIRE: Duration = Duration::from_secs(3);

/// The time for which a connection that is not used is taken to be there.
const TRUSTED: Duration = Duration::from_secs(1);

/// The number of writers to a PostgreSQL at once.
const POSTGRES_WRITERS: usize = 4;

/// A campaign as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The number that identifies it.
    pub id: i64,
    /// The number of times that it was written.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was written last.
    pub updated_at: DateTime<Utc>,
    /// Who wrote it last.
    pub last_updated_by: String,
    /// The settings that its owner wrote.
    pub settings: OutboundCampaignInput,
}

/// The versions of a campaign that a change is meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Versions {
    /// Whichever is there.
    Any,
    /// One of these.
    OneOf(Vec<i64>),
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The campaigns of the page.
    pub items: Vec<Stored>,
    /// The number of campaigns on all pages.
    pub total: i64,
}

/// The name that a caller gives to a creation.
#[derive(Clone, Copy, Debug)]
pub struct Idempotency<'a> {
    /// The name.
    pub name: &'a str,
    /// Tells the bodies of requests apart.
    pub digest: &'a str,
}

/// Which SQL a database speaks, where the two differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

/// A database of campaigns.
#[derive(Clone, Debug)]
pub struct Store {
    dialect: Dialect,
    writer: Writer,
    readers: AnyPool,
}

impl Store {
    /// Opens a database, and brings its tables up to date. It is a path, for SQLite, or a URL that begins
    /// with `postgres://`. A file that is not there is made.
    ///
    /// # Errors
    ///
    /// When there is no such database, or it is not one of campaigns.
    pub async fn open(database: &str) -> Result<Store, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| database.starts_with(scheme));
        if is_postgres { postgres(database).await } else { sqlite(database).await }
    }

    /// Asks the database whether it is there.
    ///
    /// # Errors
    ///
    /// When it is not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }

    /// Lists the campaigns that a search finds.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn list(&self, search: &Search) -> Result<Page, StoreError> {
        let mut conditions = Conditions::new(self.dialect);
        let condition = conditions.condition(search);
        let count = format!("SELECT COUNT(*) FROM campaigns{condition}");
        let total: i64 = conditions.bind_scalar(&count).fetch_one(&self.readers).await?;
        if search.limit == 0 || total == 0 {
            return Ok(Page { items: Vec::new(), total });
        }
        let order = search.order_by();
        let page = conditions.page(search);
        let list = format!("SELECT {COLUMNS} FROM campaigns{condition} ORDER BY {order} {page}");
        let rows = conditions.bind(&list).fetch_all(&self.readers).await?;
        let items = rows.iter().map(stored).collect::<Result<_, _>>()?;
        Ok(Page { items, total })
    }

    /// Gets a campaign.
    ///
    /// # Errors
    ///
    /// When there is none with this id, or the database fails.
    pub async fn get(&self, id: i64) -> Result<Stored, StoreError> {
        let select = format!("SELECT {COLUMNS} FROM campaigns WHERE id = $1");
        let row = sqlx::query(&select).bind(id).fetch_optional(&self.readers).await?;
        row.as_ref().map_or(Err(StoreError::NotFound(id)), stored)
    }

    /// Creates a campaign. With a name that is known, nothing is created: the campaign is that of the first
    /// time, as it was then.
    ///
    /// # Errors
    ///
    /// When the name was given to another creation, or the database fails.
    pub async fn create(
        &self,
        settings: OutboundCampaignInput,
        by: &str,
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<Stored, StoreError> {
        let name = idempotency
            .map(|Idempotency { name, digest }| Name { name: name.to_owned(), digest: digest.to_owned() });
        let change = Change::Create { columns: Columns::of(&settings)?, by: by.to_owned(), name };
        self.written(change, settings, by).await
    }

    /// Replaces the settings of a campaign, if it has one of these versions.
    ///
    /// # Errors
    ///
    /// When there is none with this id, it has another version, or the database fails.
    pub async fn update(
        &self,
        id: i64,
        versions: &Versions,
        settings: OutboundCampaignInput,
        by: &str,
    ) -> Result<Stored, StoreError> {
        let (columns, versions) = (Columns::of(&settings)?, versions.clone());
        self.written(Change::Update { id, versions, columns, by: by.to_owned() }, settings, by).await
    }

    /// Deletes a campaign, if it has one of these versions.
    ///
    /// # Errors
    ///
    /// When there is none with this id, it has another version, or the database fails.
    pub async fn delete(&self, id: i64, versions: &Versions) -> Result<(), StoreError> {
        self.writer.write(Change::Delete { id, versions: versions.clone() }).await.map(drop)
    }

    /// Writes settings, and returns the campaign that has them.
    async fn written(
        &self,
        change: Change,
        settings: OutboundCampaignInput,
        by: &str,
    ) -> Result<Stored, StoreError> {
        let Done { id, version, created_at, updated_at, known } = self.writer.write(change).await?;
        let settings = known.map_or(Ok(settings), |known| from_text(&known))?;
        Ok(Stored { id, version, created_at, updated_at, last_updated_by: by.to_owned(), settings })
    }
}

type Query<'q> = sqlx::query::Query<'q, Any, sqlx::any::AnyArguments<'q>>;

const COLUMNS: &str = "id, version, created_at, updated_at, last_updated_by, settings";

fn stored(row: &AnyRow) -> Result<Stored, StoreError> {
    Ok(Stored {
        id: row.try_get(0)?,
        version: row.try_get(1)?,
        created_at: time(row.try_get(2)?)?,
        updated_at: time(row.try_get(3)?)?,
        last_updated_by: row.try_get(4)?,
        settings: from_text(row.try_get(5)?)?,
    })
}

/// Returns the time as the database keeps it, in whole microseconds.
fn now() -> DateTime<Utc> {
    let now = Utc::now();
    DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
}

fn time(micros: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros).ok_or(StoreError::Damaged("a time that no calendar has"))
}

/// A commit is on the disk before it is acknowledged.
const SQLITE: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 3000; \
                      PRAGMA foreign_keys = ON";

/// Nothing that hangs holds a connection for ever.
const POSTGRES: &str = "SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'";

/// Opens a file of SQLite: one connection that writes, some that read.
async fn sqlite(path: &str) -> Result<Store, StoreError> {
    let path = path.strip_prefix("sqlite:").unwrap_or(path);
    let folder = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(StoreError::NoFolder(folder.to_owned()));
    }
    let escaped = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    let options = AnyConnectOptions::from_str(&format!("sqlite:{escaped}?mode=rwc"))?;
    let writer = pool(&options, 1, SQLITE).await?;
    let readers = pool(&options, 4, SQLITE).await?;
    sqlx::migrate!("migrations/sqlite").run(&writer).await?;
    // SQLite has one writer at a time, and it locks the file before it reads what it changes.
    let writer = Writer::start(&writer, 1, "BEGIN IMMEDIATE");
    Ok(Store { dialect: Dialect::Sqlite, writer, readers })
}

/// Opens a database of PostgreSQL; many services may do so.
async fn postgres(url: &str) -> Result<Store, StoreError> {
    let options = AnyConnectOptions::from_str(url)?;
    let pool = pool(&options, 16, POSTGRES).await?;
    sqlx::migrate!("migrations/postgres").run(&pool).await?;
    let writer = Writer::start(&pool, POSTGRES_WRITERS, "BEGIN");
    Ok(Store { dialect: Dialect::Postgres, writer, readers: pool })
}

/// Returns connections to a database, each of which begins with some settings.
async fn pool(
    options: &AnyConnectOptions,
    connections: u32,
    settings: &'static str,
) -> Result<AnyPool, StoreError> {
    // A pool tries again until its time is over, and then no longer knows why.
    let mut first = AnyConnection::connect_with(options).await?;
    first.execute(settings).await?;
    first.close().await?;
    let pool = AnyPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE);
    // A connection that was used just now is taken at its word; asking it each time costs a round trip.
    let pool = pool.test_before_acquire(false).before_acquire(|connection, meta| {
        Box::pin(async move {
            if meta.idle_for > TRUSTED {
                connection.ping().await?;
            }
            Ok(true)
        })
    });
    let pool = pool.after_connect(move |connection, _| {
        Box::pin(async move { connection.execute(settings).await.map(drop) })
    });
    Ok(pool.connect_with(options.clone()).await?)
}
