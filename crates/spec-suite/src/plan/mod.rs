//! What is worth sending, and in which order.
//!
//! Must not know how requests are written or sent.

mod examples;
mod lifecycle;
mod order;
mod probes;
mod protocol;
mod random;

pub(crate) use order::plan;

use crate::case::{Body, Content, Expect, Place, Who};
use crate::resource::Resource;
use crate::session::{Halt, Session};
use serde_json::Value;
use spec_values::random::Filling;
use std::sync::Arc;

/// A change of a request that is otherwise what the document asks for.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// None.
    Nothing,
    /// Another value for a parameter.
    Set(Place, String, serde_json::Value),
    /// A parameter less.
    Unset(Place, String),
    /// Another body, that differs at a place from one that is fine.
    Value(String, serde_json::Value, String),
    /// A text for a body.
    Text(String, String),
    /// No body.
    NoBody,
    /// The body under another media type.
    MediaType(String),
    /// Another method.
    Method(String),
    /// Somebody else.
    Who(Who),
    /// Values for all path parameters that no earlier answer had.
    Unlinked,
    /// References in the body to what is not there.
    Dangling,
}

/// One request, and what must become of it.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    pub(crate) operation: String,
    pub(crate) change: Change,
    pub(crate) expect: Expect,
    /// How much of what may be left out is there.
    pub(crate) filling: Filling,
    pub(crate) seed: u64,
    /// The body without what was changed.
    pub(crate) base: Option<Arc<Value>>,
}

/// Something to do.
#[derive(Clone, Debug)]
pub(crate) enum Task {
    /// A request.
    Probe(Box<Probe>),
    /// The life of a thing.
    Lifecycle(Box<Resource>, Filling, u64),
    /// Pages of a list.
    Pages(String, u64),
}

impl Session {
    /// Does something.
    ///
    /// # Errors
    ///
    /// That the run is over, or that it could not be done.
    pub(crate) async fn work(&self, task: Task) -> Result<(), Halt> {
        match task {
            Task::Probe(probe) => self.probe(*probe).await,
            Task::Lifecycle(resource, filling, seed) => self.lifecycle(&resource, filling, seed).await,
            Task::Pages(operation, seed) => self.pages(&operation, seed).await,
        }
    }
}

/// Returns a body that holds a text.
fn text_body(declared: &str, text: &str) -> Body {
    Body {
        declared: declared.to_owned(),
        media_type: None,
        content: Content::Text(text.to_owned()),
        from: Vec::new(),
    }
}
