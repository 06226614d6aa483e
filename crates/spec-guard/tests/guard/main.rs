//! The guard in front of services that say what a test tells them to.

mod enforce;
mod observe;
mod passes;
mod proxy;
mod sinks;
mod streams;
mod support;
