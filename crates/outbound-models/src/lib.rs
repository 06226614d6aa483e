//! Models of Syllable Outbound Campaigns: shared by its client and its server.

#[allow(clippy::all, deprecated)]
#[rustfmt::skip]
mod generated;

pub use generated::*;
