//! Client of Syllable Outbound Campaigns.

#[allow(clippy::all, deprecated)]
#[rustfmt::skip]
mod generated;

pub use generated::*;
pub use outbound_models as models;
