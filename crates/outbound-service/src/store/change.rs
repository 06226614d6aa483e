//! Changes: what each of them does to the tables.
//!
//! Knows the statements that write. Must not know when a change is committed.

use super::settings::{Searchable, to_text};
use super::{Query, StoreError, Versions, now, time};
use chrono::{DateTime, TimeDelta, Utc};
use outbound_server::models::OutboundCampaignInput;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

/// The time for which the name of a creation is kept.
const IDEMPOTENCY: TimeDelta = TimeDelta::days(1);

/// The settings of a campaign, as they are written.
#[derive(Debug)]
pub(super) struct Columns {
    text: String,
    searchable: Searchable,
}

impl Columns {
    pub(super) fn of(settings: &OutboundCampaignInput) -> Result<Self, StoreError> {
        Ok(Columns { text: to_text(settings)?, searchable: Searchable::of(settings) })
    }

    fn bind_to<'q>(&'q self, query: Query<'q>) -> Query<'q> {
        self.searchable.bind_to(query.bind(&*self.text))
    }
}

/// The name that a caller gives to a creation, and what tells the bodies of requests apart.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) name: String,
    pub(super) digest: String,
}

/// Something that a caller wants to be written. It can be done again, where it was undone.
#[derive(Debug)]
pub(super) enum Change {
    /// A campaign is to be created; once, if it has a name.
    Create { columns: Columns, by: String, name: Option<Name> },
    /// The settings of a campaign are to be replaced, if it has one of these versions.
    Update { id: i64, versions: Versions, columns: Columns, by: String },
    /// A campaign is to be deleted, if it has one of these versions.
    Delete { id: i64, versions: Versions },
}

/// The campaign that a change has written, or deleted.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) id: i64,
    pub(super) version: i64,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    /// The settings that it had, if it was created under the same name earlier.
    pub(super) known: Option<String>,
}

impl Change {
    /// Says before which others a change is done, so that services that share a database lock its rows in one
    /// order. Changes of one campaign stay in the order in which they came.
    pub(super) fn rank(&self) -> (i64, Option<(&str, &str)>) {
        match self {
            Change::Create { by, name, .. } => (0, name.as_ref().map(|name| (&**by, &*name.name))),
            Change::Update { id, .. } | Change::Delete { id, .. } => (*id, None),
        }
    }

    /// Does it, within a transaction. Where it is refused, it has changed nothing.
    pub(super) async fn apply(&self, connection: &mut AnyConnection) -> Result<Done, StoreError> {
        match self {
            Change::Create { columns, by, name: None } => insert(connection, columns, by, now()).await,
            Change::Create { columns, by, name: Some(name) } => once(connection, columns, by, name).await,
            Change::Update { id, versions, columns, by } => {
                update(connection, *id, versions, columns, by).await
            }
            Change::Delete { id, versions } => delete(connection, *id, versions).await,
        }
    }
}

async fn insert(
    connection: &mut AnyConnection,
    columns: &Columns,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Done, StoreError> {
    let sql = "INSERT INTO campaigns (version, created_at, updated_at, last_updated_by, settings, \
               campaign_name, caller_id, daily_start_time, daily_end_time, source, mode, label, labels, \
               campaign_variables, voicemail_detection) \
               VALUES (1, $1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id";
    let query = sqlx::query(sql).bind(now.timestamp_micros()).bind(by);
    let row = written(columns.bind_to(query), connection).await?;
    let id = row.ok_or(sqlx::Error::RowNotFound)?.try_get(0)?;
    Ok(Done { id, version: 1, created_at: now, updated_at: now, known: None })
}

/// Creates a campaign under a name, if it is not known yet.
async fn once(
    connection: &mut AnyConnection,
    columns: &Columns,
    by: &str,
    name: &Name,
) -> Result<Done, StoreError> {
    let now = now();
    if !claim(connection, by, name, now).await? {
        return known(connection, by, name).await;
    }
    let done = insert(connection, columns, by, now).await?;
    let keep = "UPDATE idempotency_keys SET campaign_id = $1, answer = $2 WHERE owner = $3 AND name = $4";
    let query = sqlx::query(keep).bind(done.id).bind(&*columns.text).bind(by).bind(&*name.name);
    query.execute(connection).await?;
    Ok(done)
}

/// Takes a name for a creation; says `false` where it is taken. Somebody else who takes it at the same time
/// is waited for.
async fn claim(
    connection: &mut AnyConnection,
    by: &str,
    name: &Name,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    sqlx::query("DELETE FROM idempotency_keys WHERE created_at < $1")
        .bind((now - IDEMPOTENCY).timestamp_micros())
        .execute(&mut *connection)
        .await?;
    let insert = "INSERT INTO idempotency_keys (owner, name, digest, created_at) VALUES ($1, $2, $3, $4) \
                  ON CONFLICT (owner, name) DO NOTHING";
    let query = sqlx::query(insert).bind(by).bind(&*name.name).bind(&*name.digest);
    let done = query.bind(now.timestamp_micros()).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

/// Returns the campaign that was created under a name.
async fn known(connection: &mut AnyConnection, by: &str, name: &Name) -> Result<Done, StoreError> {
    let select = "SELECT digest, campaign_id, answer, created_at FROM idempotency_keys \
                  WHERE owner = $1 AND name = $2";
    let row = sqlx::query(select).bind(by).bind(&*name.name).fetch_one(connection).await?;
    if row.try_get::<String, _>(0)? != name.digest {
        return Err(StoreError::NameTaken);
    }
    let (id, known, created_at) = (row.try_get(1)?, row.try_get(2)?, time(row.try_get(3)?)?);
    Ok(Done { id, version: 1, created_at, updated_at: created_at, known: Some(known) })
}

async fn update(
    connection: &mut AnyConnection,
    id: i64,
    versions: &Versions,
    columns: &Columns,
    by: &str,
) -> Result<Done, StoreError> {
    let now = now();
    let condition = versions.condition(15);
    let sql = format!(
        "UPDATE campaigns SET version = version + 1, updated_at = $1, last_updated_by = $2, settings = $3, \
         campaign_name = $4, caller_id = $5, daily_start_time = $6, daily_end_time = $7, source = $8, \
         mode = $9, label = $10, labels = $11, campaign_variables = $12, voicemail_detection = $13 \
         WHERE id = $14{condition} RETURNING version, created_at"
    );
    let query = sqlx::query(&sql).bind(now.timestamp_micros()).bind(by);
    let query = columns.bind_to(query).bind(id);
    let Some(row) = written(versions.bind_to(query), connection).await? else {
        return Err(missed(connection, id, versions).await?);
    };
    let (version, created_at) = (row.try_get(0)?, time(row.try_get(1)?)?);
    Ok(Done { id, version, created_at, updated_at: now, known: None })
}

async fn delete(connection: &mut AnyConnection, id: i64, versions: &Versions) -> Result<Done, StoreError> {
    let condition = versions.condition(2);
    let sql =
        format!("DELETE FROM campaigns WHERE id = $1{condition} RETURNING version, created_at, updated_at");
    let query = versions.bind_to(sqlx::query(&sql).bind(id));
    let Some(row) = written(query, connection).await? else {
        return Err(missed(connection, id, versions).await?);
    };
    let (version, created_at, updated_at) = (row.try_get(0)?, time(row.try_get(1)?)?, time(row.try_get(2)?)?);
    Ok(Done { id, version, created_at, updated_at, known: None })
}

/// Says why a change met nothing.
async fn missed(
    connection: &mut AnyConnection,
    id: i64,
    versions: &Versions,
) -> Result<StoreError, StoreError> {
    if *versions == Versions::Any {
        return Ok(StoreError::NotFound(id));
    }
    let row = sqlx::query("SELECT 1 FROM campaigns WHERE id = $1").bind(id);
    let is_there = row.fetch_optional(connection).await?.is_some();
    Ok(if is_there { StoreError::Changed(id) } else { StoreError::NotFound(id) })
}

/// Returns the row of a statement that writes, once it is written: a statement that is not read to its end
/// may not have been done.
async fn written(query: Query<'_>, connection: &mut AnyConnection) -> sqlx::Result<Option<AnyRow>> {
    Ok(query.fetch_all(connection).await?.pop())
}

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
