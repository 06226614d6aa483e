//! Reports: what of a message is not as the document says, for logs and metrics.
//!
//! Knows what may be told: names and places that the document knows, and no values. Must not know how
//! violations are found, nor where reports go.

use http::StatusCode;
use spec_contract::{Kind, Part, Side, Violation};
use std::fmt::{self, Write};

/// The largest number of findings of one report.
pub(crate) const MOST: usize = 32;

/// The largest length of a name or of a message, and of a pointer or a path, in characters.
const NAME: usize = 128;
pub(crate) const POINTER: usize = 384;

/// What is wrong with one message, or with some items of a stream.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Report<'a> {
    /// The `operationId`; none where the document has no operation for the request.
    pub operation: Option<&'a str>,
    /// The method of the request, `_OTHER` where hardly anybody knows it.
    pub method: &'static str,
    /// The path of the request, without its query. None unless
    /// [`Guard::messages`](crate::Guard::messages) asks for it: ids stand in paths.
    pub path: Option<&'a str>,
    /// The message that it is about.
    pub side: Side,
    /// The status of the answer, where it is about one.
    pub status: Option<StatusCode>,
    /// True if the message was kept from whom it was for.
    pub is_refused: bool,
    /// What was found, at most 32 findings.
    pub findings: &'a [Finding],
}

/// One thing that is not as the document says. It has no values of the message, unless messages were asked
/// for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The part of the message.
    pub part: Part,
    /// The kind of violation.
    pub kind: Kind,
    /// The parameter, header, form field or security scheme. A name that the document does not declare is
    /// told of headers only: in a query or a form, it may be anything.
    pub name: Option<String>,
    /// The JSON pointer (RFC 6901) into the body or into the value of the parameter.
    pub pointer: String,
    /// The JSON pointer into the document to what is violated.
    pub schema: String,
    /// The fault in a sentence, which may repeat a short value of a body, a path or a query. None unless
    /// [`Guard::messages`](crate::Guard::messages) asks for it.
    pub message: Option<String>,
}

impl Finding {
    pub(crate) fn of(violation: &Violation, messages: bool) -> Finding {
        let is_ours = violation.kind != Kind::Undeclared || violation.part == Part::Header;
        // What a session is known by stands in headers and cookies.
        let is_value = matches!(violation.kind, Kind::Invalid | Kind::Malformed);
        let is_open = !is_value || !matches!(violation.part, Part::Header | Part::Cookie);
        let name = violation.name.as_deref().filter(|_| is_ours || messages);
        Finding {
            part: violation.part,
            kind: violation.kind,
            name: name.map(|name| cut(name, NAME)),
            pointer: cut(&violation.pointer, POINTER),
            schema: cut(&violation.schema, POINTER),
            message: (messages && is_open).then(|| cut(&violation.message, NAME * 2)),
        }
    }

    /// Returns the keyword of JSON Schema that is violated; of anything else, the kind of violation.
    #[must_use]
    pub fn keyword(&self) -> &str {
        let last = self.schema.rsplit('/').next().unwrap_or_default();
        match self.kind {
            Kind::Invalid if !last.is_empty() => last,
            Kind::Missing => "required",
            kind => kind.as_str(),
        }
    }
}

impl fmt::Display for Finding {
    /// Writes everything on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.part)?;
        if let Some(name) = &self.name {
            write!(f, " `{name}`")?;
        }
        if !self.pointer.is_empty() {
            write!(f, " at {}", self.pointer)?;
        }
        match &self.message {
            Some(message) => write!(f, ": {message}")?,
            None if self.keyword() == self.kind.as_str() => write!(f, ": {}", self.kind)?,
            None => write!(f, ": {} ({})", self.kind, self.keyword())?,
        }
        match self.schema.as_str() {
            "" => Ok(()),
            schema => write!(f, ", see {schema}"),
        }
    }
}

/// Returns a text on one line, no longer than so many characters and a mark.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut told = String::new();
    for (index, sign) in text.chars().enumerate() {
        if index == most {
            told.push('…');
            break;
        }
        match sign.is_control() {
            true => drop(write!(told, "{}", sign.escape_default())),
            false => told.push(sign),
        }
    }
    told
}

/// A place that reports go to. It is called where the message passes, so it must not wait.
pub trait Sink: Send + Sync + 'static {
    /// Takes a report.
    fn take(&self, report: &Report<'_>);
}

impl<F: Fn(&Report<'_>) + Send + Sync + 'static> Sink for F {
    fn take(&self, report: &Report<'_>) {
        self(report);
    }
}

/// Reports as events of `tracing`, of level WARN: one for each finding.
#[cfg(feature = "tracing")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Tracing;

#[cfg(feature = "tracing")]
impl Sink for Tracing {
    fn take(&self, report: &Report<'_>) {
        for finding in report.findings {
            tracing::warn!(
                operation.id = report.operation,
                http.request.method = report.method,
                http.response.status_code = report.status.map(|status| i64::from(status.as_u16())),
                side = report.side.as_str(),
                part = finding.part.as_str(),
                kind = finding.kind.as_str(),
                keyword = finding.keyword(),
                name = finding.name,
                pointer = finding.pointer,
                schema = finding.schema,
                message_text = finding.message,
                refused = report.is_refused,
                "not as the document says"
            );
        }
    }
}

/// Reports as the counter `openapi_violations_total` of the crate `metrics`, by `operation`, `side` and
/// `kind`.
#[cfg(feature = "metrics")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Metrics;

#[cfg(feature = "metrics")]
impl Sink for Metrics {
    fn take(&self, report: &Report<'_>) {
        for finding in report.findings {
            // Only names of the document, so that nobody makes up labels.
            let labels = [
                ("operation", report.operation.unwrap_or_default().to_owned()),
                ("side", report.side.as_str().to_owned()),
                ("kind", finding.kind.as_str().to_owned()),
            ];
            metrics::counter!("openapi_violations_total", &labels).increment(1);
        }
    }
}
