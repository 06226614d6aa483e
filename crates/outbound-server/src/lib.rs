//! Server of Syllable Outbound Campaigns: a trait to implement, and a router that answers for it.

#[allow(clippy::all, deprecated)]
#[rustfmt::skip]
mod generated;

pub use generated::*;
pub use outbound_models as models;
