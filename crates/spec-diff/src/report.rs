//! What was found: changes, and what each rests on.
//!
//! Must not know how changes are found, nor how they are written.

use crate::advice::Advice;
use crate::rules;
use serde_json::Value;
use spec_document::Location;
use std::fmt;

/// The weight of a change for those who use the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing that worked stops working.
    Info,
    /// Something may stop working: it depends on who calls, or nobody could say.
    Warning,
    /// Something that worked stops working.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        })
    }
}

/// The way that a value takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// From the client: what the base accepts, the revision has to accept.
    Request,
    /// From the server: what the revision gives, the base must have allowed.
    Response,
}

/// The evidence for the level of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// A value of the place that was fine and no longer is. In requests the base takes it and the revision
    /// does not; in answers the revision takes it and the base does not. The validators of both have said so.
    Witness(Value),
    /// The document itself says it: a path is gone, a parameter must be there. Of what breaks nothing, that
    /// no value gets there, or that another change says whether it does.
    Stated(String),
    /// Every value that was fine still is.
    Compatible,
    /// Neither a value was found that is no longer fine, nor a proof that there is none.
    Unknown,
}

/// A request that the base takes and the revision does not, ready to be sent but for credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path with its query, below the URL of a server.
    pub path: String,
    /// Names and values of headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
}

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    /// The name of its kind: one of oasdiff's, or one that begins with `spec-`.
    pub id: String,
    /// Its weight.
    pub level: Level,
    /// The direction in which it matters, where it has one.
    pub direction: Option<Direction>,
    /// The place in the base; none where it has no such place.
    pub base: Option<Location>,
    /// The place in the revision; none where it has no such place.
    pub revision: Option<Location>,
    /// The operations that it reaches, as `GET /pets`; empty where it is one of the whole API.
    pub operations: Vec<String>,
    /// The change, in words.
    pub text: String,
    /// The evidence for its level.
    pub evidence: Evidence,
    /// A whole request that is refused because of it, to the first of the operations. Only errors have one,
    /// and only where it can be written.
    pub request: Option<Request>,
}

impl Change {
    /// Returns the JSON pointer of the place in the revision, or in the base where the revision has none.
    #[must_use]
    pub fn pointer(&self) -> &str {
        let location = self.revision.as_ref().or(self.base.as_ref());
        location.and_then(Location::as_pointer).map_or("", |pointer| pointer.as_str())
    }

    /// Returns true if it breaks something that oasdiff does not take for breaking, or does not look at: its
    /// name is none of those that are errors there.
    #[must_use]
    pub fn is_beyond(&self) -> bool {
        self.level == Level::Error && rules::level(&self.id) != Some(Level::Error)
    }

    /// Iterates over the JSON pointers of both places.
    pub(crate) fn pointers(&self) -> impl Iterator<Item = &str> {
        let locations = [&self.revision, &self.base].into_iter().flatten();
        locations.filter_map(|location| location.as_pointer().map(|pointer| pointer.as_str()))
    }
}

/// All changes from one document to another.
#[derive(Clone, Debug)]
pub struct Report {
    /// The changes, the gravest first.
    pub changes: Vec<Change>,
    /// The step of the version that they ask for.
    pub advice: Advice,
}

impl Report {
    /// Returns true if something that worked stops working.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.count(Level::Error) > 0
    }

    /// Returns the number of changes of a level.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.changes.iter().filter(|change| change.level == level).count()
    }

    /// Returns the level of the gravest change.
    #[must_use]
    pub fn worst(&self) -> Option<Level> {
        self.changes.iter().map(|change| change.level).max()
    }
}
