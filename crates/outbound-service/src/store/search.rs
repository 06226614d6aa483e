//! Searches: what a list holds, and in which order.
//!
//! Knows columns and how each is compared. Every value of a caller is a parameter of the statement.

use super::settings::{entry, escaped};
use super::{Dialect, Query};
use chrono::{DateTime, Utc};
use outbound_server::models::CampaignProperties;
use sqlx::Any;
use sqlx::any::AnyArguments;
use sqlx::query::QueryScalar;

/// The search of a list.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Fields, each with the value that it must have; a list or an object has the value of any of its
    /// members.
    pub having: Vec<(CampaignProperties, String)>,
    /// When the campaigns were created at the earliest.
    pub from: Option<DateTime<Utc>>,
    /// When they were created at the latest.
    pub until: Option<DateTime<Utc>>,
    /// The order; by id, if there is none.
    pub order: Option<Order>,
    /// The number of campaigns before the page.
    pub offset: i64,
    /// The largest number of campaigns of a page.
    pub limit: i64,
}

/// An order of a list.
#[derive(Clone, Debug)]
pub struct Order {
    /// The field to order by. Campaigns without it come last.
    pub by: CampaignProperties,
    /// True if the largest value comes first.
    pub descending: bool,
}

impl Search {
    pub(super) fn order_by(&self) -> String {
        let ordered = self.order.as_ref().and_then(|order| Some((column(&order.by)?, order.descending)));
        let Some((column, descending)) = ordered else { return "id".to_owned() };
        let direction = if descending { "DESC" } else { "ASC" };
        // The two databases disagree on where nulls come, and pages need an order that is total.
        format!("CASE WHEN {column} IS NULL THEN 1 ELSE 0 END, {column} {direction}, id {direction}")
    }
}

/// Returns the column of a field; none for a field that the document does not list.
fn column(field: &CampaignProperties) -> Option<&'static str> {
    Some(match field {
        CampaignProperties::Id => "id",
        CampaignProperties::CampaignName => "campaign_name",
        CampaignProperties::CampaignVariables => "campaign_variables",
        CampaignProperties::DailyStartTime => "daily_start_time",
        CampaignProperties::DailyEndTime => "daily_end_time",
        CampaignProperties::Source => "source",
        CampaignProperties::Mode => "mode",
        CampaignProperties::CallerId => "caller_id",
        CampaignProperties::UpdatedAt => "updated_at",
        CampaignProperties::Label => "label",
        CampaignProperties::Labels => "labels",
        CampaignProperties::VoicemailDetection => "voicemail_detection",
        CampaignProperties::Unlisted(_) => return None,
    })
}

/// A value of a statement.
#[derive(Clone, Debug)]
enum Value {
    Integer(i64),
    Text(String),
}

/// The conditions of a statement, and their values.
#[derive(Debug)]
pub(super) struct Conditions {
    dialect: Dialect,
    values: Vec<Value>,
}

impl Conditions {
    pub(super) fn new(dialect: Dialect) -> Self {
        Conditions { dialect, values: Vec::new() }
    }

    /// Writes the condition of a search, with `WHERE`; nothing where it has none.
    pub(super) fn condition(&mut self, search: &Search) -> String {
        let mut conditions: Vec<String> =
            search.having.iter().map(|(field, value)| self.has(field, value)).collect();
        for (time, comparison) in [(search.from, ">="), (search.until, "<=")] {
            if let Some(time) = time {
                let place = self.place(Value::Integer(time.timestamp_micros()));
                conditions.push(format!("created_at {comparison} {place}"));
            }
        }
        if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) }
    }

    pub(super) fn page(&mut self, search: &Search) -> String {
        let limit = self.place(Value::Integer(search.limit));
        let offset = self.place(Value::Integer(search.offset));
        format!("LIMIT {limit} OFFSET {offset}")
    }

    fn has(&mut self, field: &CampaignProperties, value: &str) -> String {
        let Some(column) = column(field) else { return "1 = 0".to_owned() };
        let wanted = match field {
            CampaignProperties::Id => value.parse().ok(),
            CampaignProperties::UpdatedAt => {
                DateTime::parse_from_rfc3339(value).ok().map(|time| time.timestamp_micros())
            }
            CampaignProperties::Labels
            | CampaignProperties::CampaignVariables
            | CampaignProperties::VoicemailDetection => {
                let place = self.place(Value::Text(entry(value)));
                return match self.dialect {
                    Dialect::Sqlite => format!("instr({column}, {place}) > 0"),
                    Dialect::Postgres => format!("strpos({column}, {place}) > 0"),
                };
            }
            _ => {
                let place = self.place(Value::Text(escaped(value)));
                return format!("{column} = {place}");
            }
        };
        // No number equals what is none.
        wanted.map_or("1 = 0".to_owned(), |wanted| {
            let place = self.place(Value::Integer(wanted));
            format!("{column} = {place}")
        })
    }

    fn place(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    pub(super) fn bind<'q>(&self, sql: &'q str) -> Query<'q> {
        self.values.iter().fold(sqlx::query(sql), |query, value| match value {
            Value::Integer(value) => query.bind(*value),
            Value::Text(value) => query.bind(value.clone()),
        })
    }

    pub(super) fn bind_scalar<'q>(&self, sql: &'q str) -> QueryScalar<'q, Any, i64, AnyArguments<'q>> {
        self.values.iter().fold(sqlx::query_scalar(sql), |query, value| match value {
            Value::Integer(value) => query.bind(*value),
            Value::Text(value) => query.bind(value.clone()),
        })
    }
}
