//! A reference page for an OpenAPI document: served beside a router of axum, or written as files.
//!
//! [`Docs`] takes the text of a document. `Docs::router` answers at `/docs` with the page, and at
//! `/openapi.json` and `/openapi.yaml` with the document. [`Docs::site`] returns the same as files for any
//! file server.
//!
#![cfg_attr(feature = "server", doc = "```")]
#![cfg_attr(not(feature = "server"), doc = "```ignore")]
//! use axum::{Router, routing};
//! use spec_docs::Docs;
//!
//! # fn main() -> Result<(), spec_docs::Error> {
//! const DOCUMENT: &str = "{openapi: 3.1.0, info: {title: Pets, version: '1'}, paths: {}}";
//! let router = Router::new().route("/pets", routing::get(|| async { "[]" }));
//! let router: Router = router.merge(Docs::new(DOCUMENT)?.router());
//! # let _ = router;
//! # Ok(())
//! # }
//! ```
//!
//! # What browsers are allowed
//!
//! The page is Swagger UI, which is part of this crate: nothing is fetched from another host, neither when
//! this crate is built nor when the page is shown. Its Content-Security-Policy says so to the browser:
//! scripts, styles and requests are those of its own host, nothing is inline, and nobody may frame it. A key
//! that is entered stays in the browser, also when the page is loaded again.
//!
//! OAuth 2.0 tokens come from another host. Name it with [`Docs::connect_to`].
//!
//! # What stands in the document
//!
//! The document is served in the order in which it was written. Its `servers` are replaced by one that is
//! relative to the document: so the page calls the service that it came from, behind any proxy and below any
//! prefix, and no header of a request is trusted for it. [`Docs::samples`] adds code for each operation, as
//! the generator writes it.
//!
//! # Features
//!
//! * `server`, the default: `Docs::router`, with axum.

mod assets;
mod document;
mod error;
mod page;
#[cfg(feature = "server")]
mod router;
#[cfg(feature = "server")]
mod served;
mod site;

pub use document::Docs;
pub use error::Error;
pub use site::SiteFile;

/// The example of the README, as a test.
#[cfg(all(doctest, feature = "server"))]
#[doc = include_str!("../README.md")]
struct Readme;
