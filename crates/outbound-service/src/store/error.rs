//! What goes wrong with a database.
//!
//! Knows which errors pass by themselves. Must not know what callers are told.

use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;

/// Why the database has no answer.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no campaign with this id.
    #[error("there is no campaign {0}")]
    NotFound(i64),
    /// The campaign has another version than the one that the change is meant for.
    #[error("campaign {0} has been changed since it was read")]
    Changed(i64),
    /// The name of a creation was given to another one.
    #[error("this Idempotency-Key was sent with another body")]
    NameTaken,
    /// The file can't be made, because its folder is not there.
    #[error("there is no folder {0:?} for the database: make it, or name another file")]
    NoFolder(PathBuf),
    /// The database does not answer for now: it is gone, busy, full or read-only.
    #[error("the database does not answer")]
    Unavailable(#[source] Arc<sqlx::Error>),
    /// More changes wait for the database than it can do in time.
    #[error("too many changes wait for the database")]
    Overloaded,
    /// The database is not one of campaigns, or it is of a newer version of this service.
    #[error("the tables can't be brought up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Something is in the database that this service did not write.
    #[error("the database holds {0}")]
    Damaged(&'static str),
    /// Settings that are no JSON.
    #[error("the database holds settings that are no campaign's")]
    Settings(#[from] serde_json::Error),
    /// Anything else that a database says.
    #[error("the database failed")]
    Database(#[source] Arc<sqlx::Error>),
}

impl StoreError {
    /// Says whether a change was refused for what is in the database, which has not failed.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, StoreError::NotFound(_) | StoreError::Changed(_) | StoreError::NameTaken)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Arc::new(error).into()
    }
}

impl From<Arc<sqlx::Error>> for StoreError {
    fn from(error: Arc<sqlx::Error>) -> Self {
        if passes(&error) { StoreError::Unavailable(error) } else { StoreError::Database(error) }
    }
}

/// Says whether an error may pass by itself, or when somebody looks after the machine.
fn passes(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| is_passing(&code)),
        _ => false,
    }
}

/// Says whether a code is of something that passes. PostgreSQL has five signs, the first two of which are a
/// class; SQLite has a number that is shorter, the low byte of which is the primary code.
fn is_passing(code: &str) -> bool {
    match code.as_bytes() {
        b"25006" => true, // read_only_sql_transaction
        // Connections, rollbacks, resources, operators, and the system below.
        [a, b, _, _, _] => [b"08", b"40", b"53", b"57", b"58"].contains(&&[*a, *b]),
        // BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN.
        _ => code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_passing;

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        for (code, passes) in [
            ("5", true),      // SQLITE_BUSY
            ("13", true),     // SQLITE_FULL
            ("8", true),      // SQLITE_READONLY
            ("1032", true),   // SQLITE_READONLY_DBMOVED
            ("778", true),    // SQLITE_IOERR_WRITE
            ("14", true),     // SQLITE_CANTOPEN
            ("1", false),     // SQLITE_ERROR
            ("11", false),    // SQLITE_CORRUPT
            ("1555", false),  // SQLITE_CONSTRAINT_PRIMARYKEY
            ("57P01", true),  // admin_shutdown
            ("53100", true),  // disk_full
            ("53300", true),  // too_many_connections
            ("40001", true),  // serialization_failure
            ("08006", true),  // connection_failure
            ("25006", true),  // read_only_sql_transaction
            ("23505", false), // unique_violation
            ("42P01", false), // undefined_table
            ("22021", false), // character_not_in_repertoire
        ] {
            assert_eq!(is_passing(code), passes, "{code}");
        }
    }
}
