// The guide of this workspace: each module is a page, and each page is a file in `pages`, to be read there or
// here. What links lead to is said twice: at the end of each page, for files; and in `links.md`, for modules,
// where the first counts (CommonMark 0.31, 4.7). So the line that a failing example has counts the lines of
// `links.md`, too. Knows what users want to do. Must not know how it is done: the documentation of the crates
// has that.
#![doc = include_str!("../links.md")]
#![doc = include_str!("../pages/README.md")]

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/calling.md")]
pub mod calling {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/lists.md")]
pub mod lists {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/command-line.md")]
pub mod command_line {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/mcp.md")]
pub mod mcp {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/serving.md")]
pub mod serving {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/production.md")]
pub mod production {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/reference.md")]
pub mod reference {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/streams.md")]
pub mod streams {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/media-types.md")]
pub mod media_types {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/wire.md")]
pub mod wire {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/tokens.md")]
pub mod tokens {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/webhooks.md")]
pub mod webhooks {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/generating.md")]
pub mod generating {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/documents.md")]
pub mod documents {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/settings.md")]
pub mod settings {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/types.md")]
pub mod types {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/diagnostics.md")]
pub mod diagnostics {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/contract.md")]
pub mod contract {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/guard.md")]
pub mod guard {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/test-a-service.md")]
pub mod test_a_service {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/doubles.md")]
pub mod doubles {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/mock.md")]
pub mod mock {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/changes.md")]
pub mod changes {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/proofs.md")]
pub mod proofs {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("../pages/trust.md")]
pub mod trust {}

/// Tests the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}

/// The crates of `pets.yaml`: the crates that the pages show, as modules.
#[doc(hidden)]
#[allow(clippy::all, deprecated, missing_docs)]
pub mod pets {
    pub mod models {
        include!(concat!(env!("OUT_DIR"), "/pets/models.rs"));
    }
    pub mod client {
        include!(concat!(env!("OUT_DIR"), "/pets/client.rs"));
    }
    pub mod server {
        include!(concat!(env!("OUT_DIR"), "/pets/server.rs"));
    }
}
