//! Campaigns in a database: SQLite, or PostgreSQL.
//!
//! Knows tables and transactions. Must not know HTTP, or who may do what.

mod error;
mod search;
mod settings;

pub use error::StoreError;
pub use search::{Order, Search};

use chrono::{DateTime, TimeDelta, Utc};
use outbound_server::models::OutboundCampaignInput;
use search::Columns;
use settings::{Searchable, from_text, to_text};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor, Row as _, Transaction};
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Once;
use std::time::Duration;

/// How long a request waits for a connection to the database.
const ACQUIRE: Duration = Duration::from_secs(3);

/// How long a connection that is not used is taken to be there.
const TRUSTED: Duration = Duration::from_secs(1);

/// How long the name of a creation is kept.
const IDEMPOTENCY: TimeDelta = TimeDelta::days(1);

/// A campaign as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// What identifies it.
    pub id: i64,
    /// How often it was written.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was written last.
    pub updated_at: DateTime<Utc>,
    /// Who wrote it last.
    pub last_updated_by: String,
    /// What its owner wrote.
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
    /// How many campaigns there are on all pages.
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
    /// SQLite has one writer at a time: others wait here, in order, and not in the database.
    writer: AnyPool,
    readers: AnyPool,
}

impl Store {
    /// Opens a database, and brings its tables up to date. It is a path, for SQLite, or a URL that begins with
    /// `postgres://`. A file that is not there is made.
    ///
    /// # Errors
    ///
    /// When there is no such database, or it is not one of campaigns.
    pub async fn open(database: &str) -> Result<Store, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| database.starts_with(scheme));
        let pools = if is_postgres { postgres(database).await? } else { sqlite(database).await? };
        pools.migrate().await?;
        Ok(pools)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        match self.dialect {
            Dialect::Sqlite => sqlx::migrate!("migrations/sqlite").run(&self.writer).await?,
            Dialect::Postgres => sqlx::migrate!("migrations/postgres").run(&self.writer).await?,
        }
        Ok(())
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
        let mut columns = Columns::new(self.dialect);
        let condition = columns.condition(search);
        let count = format!("SELECT COUNT(*) FROM campaigns{condition}");
        let total: i64 = columns.bind_scalar(&count).fetch_one(&self.readers).await?;
        if search.limit == 0 || total == 0 {
            return Ok(Page { items: Vec::new(), total });
        }
        let order = search.order_by();
        let page = columns.page(search);
        let list = format!("SELECT {COLUMNS} FROM campaigns{condition} ORDER BY {order} {page}");
        let rows = columns.bind(&list).fetch_all(&self.readers).await?;
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
        let now = now();
        let Some(idempotency) = idempotency else {
            let mut connection = self.writer.acquire().await?;
            return insert(&mut connection, settings, by, now).await;
        };
        let mut transaction = self.writer.begin().await?;
        if !claim(&mut transaction, by, idempotency, now).await? {
            return known(&mut transaction, by, idempotency).await;
        }
        let stored = insert(&mut transaction, settings, by, now).await?;
        sqlx::query(
            "UPDATE idempotency_keys SET campaign_id = $1, answer = $2 WHERE owner = $3 AND name = $4",
        )
        .bind(stored.id)
        .bind(to_text(&stored.settings)?)
        .bind(by)
        .bind(idempotency.name)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(stored)
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
        let now = now();
        let text = to_text(&settings)?;
        let searchable = Searchable::of(&settings);
        let condition = versions.condition(15);
        let sql = format!(
            "UPDATE campaigns SET version = version + 1, updated_at = $1, last_updated_by = $2, settings = $3, \
             campaign_name = $4, caller_id = $5, daily_start_time = $6, daily_end_time = $7, source = $8, \
             mode = $9, label = $10, labels = $11, campaign_variables = $12, voicemail_detection = $13 \
             WHERE id = $14{condition} RETURNING version, created_at"
        );
        let query = sqlx::query(&sql).bind(now.timestamp_micros()).bind(by).bind(text);
        let query = searchable.bind_to(query).bind(id);
        let Some(row) = written(versions.bind_to(query), &self.writer).await? else {
            return Err(self.missed(id, versions).await?);
        };
        Ok(Stored {
            id,
            version: row.try_get(0)?,
            created_at: time(row.try_get(1)?)?,
            updated_at: now,
            last_updated_by: by.to_owned(),
            settings,
        })
    }

    /// Deletes a campaign, if it has one of these versions.
    ///
    /// # Errors
    ///
    /// When there is none with this id, it has another version, or the database fails.
    pub async fn delete(&self, id: i64, versions: &Versions) -> Result<(), StoreError> {
        let sql = format!("DELETE FROM campaigns WHERE id = $1{}", versions.condition(2));
        let query = versions.bind_to(sqlx::query(&sql).bind(id));
        match query.execute(&self.writer).await?.rows_affected() {
            0 => Err(self.missed(id, versions).await?),
            _ => Ok(()),
        }
    }

    /// Says why a change met nothing.
    async fn missed(&self, id: i64, versions: &Versions) -> Result<StoreError, StoreError> {
        if *versions == Versions::Any {
            return Ok(StoreError::NotFound(id));
        }
        let row = sqlx::query("SELECT 1 FROM campaigns WHERE id = $1").bind(id);
        let is_there = row.fetch_optional(&self.writer).await?.is_some();
        Ok(if is_there { StoreError::Changed(id) } else { StoreError::NotFound(id) })
    }
}

type Query<'q> = sqlx::query::Query<'q, Any, sqlx::any::AnyArguments<'q>>;

impl Versions {
    /// Asks for one of the versions, in parameters from a number on.
    fn condition(&self, first: usize) -> String {
        match self {
            Versions::Any => String::new(),
            Versions::OneOf(versions) if versions.is_empty() => " AND 1 = 0".to_owned(),
            Versions::OneOf(versions) => {
                let places: Vec<String> = (first..first + versions.len()).map(|n| format!("${n}")).collect();
                format!(" AND version IN ({})", places.join(", "))
            }
        }
    }

    fn bind_to<'q>(&self, query: Query<'q>) -> Query<'q> {
        match self {
            Versions::Any => query,
            Versions::OneOf(versions) => versions.iter().fold(query, |query, version| query.bind(*version)),
        }
    }
}

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

/// Returns the row of a statement that writes, once it is written. Both databases give the row away before
/// they commit, so whoever asks for one row alone does not see that a commit fails.
async fn written<'e>(
    query: Query<'e>,
    executor: impl Executor<'e, Database = Any>,
) -> sqlx::Result<Option<AnyRow>> {
    Ok(query.fetch_all(executor).await?.pop())
}

async fn insert(
    connection: &mut AnyConnection,
    settings: OutboundCampaignInput,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Stored, StoreError> {
    let text = to_text(&settings)?;
    let searchable = Searchable::of(&settings);
    let sql = "INSERT INTO campaigns (version, created_at, updated_at, last_updated_by, settings, \
               campaign_name, caller_id, daily_start_time, daily_end_time, source, mode, label, labels, \
               campaign_variables, voicemail_detection) \
               VALUES (1, $1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id";
    let query = sqlx::query(sql).bind(now.timestamp_micros()).bind(by).bind(text);
    let row = written(searchable.bind_to(query), connection).await?;
    Ok(Stored {
        id: row.ok_or(sqlx::Error::RowNotFound)?.try_get(0)?,
        version: 1,
        created_at: now,
        updated_at: now,
        last_updated_by: by.to_owned(),
        settings,
    })
}

/// Takes a name for a creation; says `false` where it is taken. Somebody else who takes it at the same time
/// is waited for.
async fn claim(
    transaction: &mut Transaction<'_, Any>,
    by: &str,
    idempotency: Idempotency<'_>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    sqlx::query("DELETE FROM idempotency_keys WHERE created_at < $1")
        .bind((now - IDEMPOTENCY).timestamp_micros())
        .execute(&mut **transaction)
        .await?;
    let insert = "INSERT INTO idempotency_keys (owner, name, digest, created_at) VALUES ($1, $2, $3, $4) \
                  ON CONFLICT (owner, name) DO NOTHING";
    let query = sqlx::query(insert).bind(by).bind(idempotency.name).bind(idempotency.digest);
    let done = query.bind(now.timestamp_micros()).execute(&mut **transaction).await?;
    Ok(done.rows_affected() == 1)
}

/// Returns the campaign that was created under a name.
async fn known(
    transaction: &mut Transaction<'_, Any>,
    by: &str,
    idempotency: Idempotency<'_>,
) -> Result<Stored, StoreError> {
    let select = "SELECT digest, campaign_id, answer, created_at FROM idempotency_keys \
                  WHERE owner = $1 AND name = $2";
    let query = sqlx::query(select).bind(by).bind(idempotency.name);
    let row = query.fetch_one(&mut **transaction).await?;
    if row.try_get::<String, _>(0)? != idempotency.digest {
        return Err(StoreError::NameTaken);
    }
    let created_at = time(row.try_get(3)?)?;
    Ok(Stored {
        id: row.try_get(1)?,
        version: 1,
        created_at,
        updated_at: created_at,
        last_updated_by: by.to_owned(),
        settings: from_text(row.try_get(2)?)?,
    })
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
    Ok(Store { dialect: Dialect::Sqlite, writer, readers })
}

/// Opens a database of PostgreSQL; many services may do so.
async fn postgres(url: &str) -> Result<Store, StoreError> {
    let options = AnyConnectOptions::from_str(url)?;
    let pool = pool(&options, 16, POSTGRES).await?;
    Ok(Store { dialect: Dialect::Postgres, writer: pool.clone(), readers: pool })
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
