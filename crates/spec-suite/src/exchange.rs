//! Exchanges: what was sent, what came back, and the values in them.

use crate::case::{Case, Content, Source};
use crate::transport::{Cut, Lost};
use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use spec_api::Sequence;
use spec_http::template::Template;
use std::time::Duration;

/// A request that was sent, and what came back.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What the request was made of.
    pub case: Case,
    /// The request, without credentials.
    pub request: Request<Bytes>,
    /// The answer, or why there is none.
    pub answer: Result<Response<Bytes>, Lost>,
    /// The time until the whole answer was there.
    pub elapsed: Duration,
}

impl Exchange {
    /// Returns the status of the answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.answer.as_ref().ok().map(|answer| answer.status().as_u16())
    }

    /// Returns true if the answer is a success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status().is_some_and(|status| (200..300).contains(&status))
    }

    /// Returns the body of the answer as JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.answer.as_ref().ok()?.body()).ok()
    }

    /// Returns a header of the answer.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.answer.as_ref().ok()?.headers().get(name)?.to_str().ok()
    }

    /// Returns whether the body of the answer goes on where nobody has read it.
    pub(crate) fn is_cut(&self) -> bool {
        self.answer.as_ref().is_ok_and(|answer| answer.extensions().get::<Cut>().is_some())
    }

    /// Returns whether the answer is a sequence of items.
    pub(crate) fn is_sequence(&self) -> bool {
        self.header("content-type").and_then(Sequence::of).is_some()
    }

    /// Returns the value at a place.
    #[must_use]
    pub fn value(&self, source: &Source) -> Option<Value> {
        match source {
            Source::Answer(pointer) => self.json()?.pointer(pointer).filter(|own| !own.is_null()).cloned(),
            Source::Request(pointer) => match &self.case.body.as_ref()?.content {
                Content::Value(value) => value.pointer(pointer).cloned(),
                Content::Text(_) => None,
            },
            Source::Header(name) => self.header(name).map(Value::from),
            Source::Path { header, template, name } => {
                let text = self.header(header)?;
                // A Location may be a whole URL, and the service may stand below a path.
                let path = match text.split_once("://") {
                    Some((_, rest)) => rest.find('/').map(|at| &rest[at..])?,
                    None => text,
                };
                let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
                let starts =
                    std::iter::once(0).chain(path.char_indices().filter(|own| own.1 == '/').map(|own| own.0));
                let template = Template::new(template);
                let values = starts.into_iter().find_map(|start| template.matches(&path[start..], None))?;
                let text = values.into_iter().find(|(own, _)| own == name)?.1;
                let text = percent_encoding::percent_decode_str(&text).decode_utf8().ok()?.into_owned();
                Some(Value::from(text))
            }
            Source::Argument(place, name) => self.case.argument(*place, name).cloned(),
        }
    }
}
