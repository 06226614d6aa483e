//! How values and bodies are written on the wire: styles of parameters, and media types by their names.
//!
//! Knows names alone. Must not know which schema stands beside one.

/// How a value becomes text (OpenAPI 3.1, 4.8.12.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the style of its name in the specification")]
pub enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
}

/// A media type without its parameters, which some documents separate with a comma.
pub(super) fn essence(name: &str) -> String {
    name.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Media types of several texts one after another (OpenAPI 3.2, 4.14.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// Server-sent events (HTML Living Standard, 9.2).
    Events,
    /// A JSON text in each line.
    Lines,
    /// JSON texts, each behind a record separator (RFC 7464).
    Records,
}

impl Sequence {
    /// The sequence that a media type names.
    #[must_use]
    pub fn of(name: &str) -> Option<Sequence> {
        const LINES: [&str; 9] = [
            "application/jsonl",
            "application/x-jsonl",
            "application/jsonlines",
            "application/x-jsonlines",
            "application/json-lines",
            "application/ndjson",
            "application/x-ndjson",
            "application/stream+json",
            "application/x-json-stream",
        ];
        let essence = essence(name);
        match essence.as_str() {
            "text/event-stream" => Some(Sequence::Events),
            "application/json-seq" => Some(Sequence::Records),
            other if LINES.contains(&other) => Some(Sequence::Lines),
            other => other.ends_with("+json-seq").then_some(Sequence::Records),
        }
    }
}

/// What the syntax of a media type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// `application/json` and every `+json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// `text/*`, and XML as text.
    Text,
    /// Anything else, and texts that the schema calls binary: bytes.
    Bytes,
}

impl MediaKind {
    /// The syntax behind a media type's name; parameters do not count, nor does the case (RFC 9110, 8.3.1).
    #[must_use]
    pub fn of(name: &str) -> MediaKind {
        let essence = essence(name);
        match essence.as_str() {
            "application/json" | "text/json" => MediaKind::Json,
            "application/x-www-form-urlencoded" => MediaKind::Form,
            "multipart/form-data" => MediaKind::Multipart,
            "application/xml" | "application/yaml" => MediaKind::Text,
            other if other.ends_with("+json") => MediaKind::Json,
            other if other.ends_with("+xml") || other.starts_with("text/") => MediaKind::Text,
            _ => MediaKind::Bytes,
        }
    }
}
