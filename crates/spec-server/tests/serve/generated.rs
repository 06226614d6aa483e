//! Placeholder while the table is written.
