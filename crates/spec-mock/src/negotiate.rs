//! Which of the declared responses answers, and in which media type (RFC 9110, 12.5.1).
//!
//! Knows statuses and media types. Must not know what a body holds, nor whether the request was right.

use spec_api::{MediaKind, MediaType, Operation, Response, Status};
use spec_http::media_type::{essence, exactness, most_exact};
use spec_http::message::is_bodiless;

/// The response that answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chosen<'a> {
    pub(crate) status: u16,
    pub(crate) response: &'a Response,
    /// The form of its body; none where it has no body.
    pub(crate) media: Option<&'a MediaType>,
}

/// Why nothing that is declared can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unmet {
    /// The operation declares no response at all.
    NoResponse,
    /// No response stands for the status that was wished for.
    NoSuchStatus(u16),
    /// None of the declared media types is accepted.
    NotAcceptable,
}

/// A range of `Accept`.
struct Range<'a> {
    range: &'a str,
    quality: u16,
}

/// Chooses the answer to a request that is right: the status that is wished for, or else the lowest success.
/// Where the response of a status that is wished for has no form that is accepted, it is as if there were no
/// wish.
///
/// # Errors
///
/// Returns why nothing can answer.
pub(crate) fn choose<'a>(
    operation: &'a Operation,
    code: Option<u16>,
    accept: Option<&str>,
) -> Result<Chosen<'a>, Unmet> {
    if let Some(code) = code {
        let response = declared(operation, code).ok_or(Unmet::NoSuchStatus(code))?;
        if let Ok(chosen) = form(code, response, accept) {
            return Ok(chosen);
        }
    }
    let (status, response) = usual(operation).ok_or(Unmet::NoResponse)?;
    form(status, response, accept)
}

/// Returns the response that stands for a code: itself, then its range, then `default` (OpenAPI 3.1,
/// 4.8.16).
pub(crate) fn declared(operation: &Operation, code: u16) -> Option<&Response> {
    let rank = |status: Status| match status {
        Status::Code(_) => 0,
        Status::Range(_) => 1,
        Status::Default => 2,
    };
    let matching = operation.responses.iter().filter(|response| response.status.matches(code));
    matching.min_by_key(|response| rank(response.status))
}

/// Returns the response to a request that asks for nothing else: the lowest success, then `default`, then the
/// first one that is declared.
fn usual(operation: &Operation) -> Option<(u16, &Response)> {
    let success = |response: &&Response| match response.status {
        Status::Code(code) => code / 100 == 2,
        Status::Range(hundreds) => hundreds == 2,
        Status::Default => false,
    };
    let code = |status: Status| match status {
        Status::Code(code) => code,
        Status::Range(hundreds) => u16::from(hundreds) * 100,
        Status::Default => 200,
    };
    let is_range = |response: &&Response| matches!(response.status, Status::Range(_));
    let lowest =
        operation.responses.iter().filter(success).min_by_key(|own| (is_range(own), code(own.status)));
    let default = || operation.responses.iter().find(|response| response.status == Status::Default);
    // No answer is an interim one (RFC 9110, 15.2).
    let first = || operation.responses.iter().find(|response| code(response.status) >= 200);
    let response = lowest.or_else(default).or_else(first)?;
    Some((code(response.status), response))
}

/// Chooses the form of a body.
pub(crate) fn form<'a>(
    status: u16,
    response: &'a Response,
    accept: Option<&str>,
) -> Result<Chosen<'a>, Unmet> {
    if response.content.is_empty() || is_bodiless(status) {
        return Ok(Chosen { status, response, media: None });
    }
    let media = best(&response.content, accept).ok_or(Unmet::NotAcceptable)?;
    Ok(Chosen { status, response, media: Some(media) })
}

/// Returns the media type that is liked best; of several that are liked alike, the one that `Accept` names
/// first, and then the first that the document declares.
fn best<'a>(content: &'a [MediaType], accept: Option<&str>) -> Option<&'a MediaType> {
    let ranges = ranges(accept.unwrap_or("*/*"));
    // Parameters decide only where they can.
    let plain = |text: &str| text.replace(char::is_whitespace, "").to_ascii_lowercase();
    let allowed: Vec<&MediaType> =
        content.iter().filter(|media| quality(&ranges, &media.name) != Some(0)).collect();
    for range in ranges.iter().filter(|range| range.quality > 0) {
        let exact = allowed.iter().find(|media| plain(&media.name) == plain(range.range));
        let meant = || allowed.iter().find(|media| overlaps(range.range, &media.name));
        if let Some(media) = exact.or_else(meant) {
            return Some(media);
        }
    }
    None
}

/// Says whether a media type is accepted.
pub(crate) fn accepts(accept: Option<&str>, name: &str) -> bool {
    quality(&ranges(accept.unwrap_or("*/*")), name).is_some_and(|quality| quality > 0)
}

/// Says whether a range of `Accept` and a declared media type, which may be a range itself, can mean the
/// same.
fn overlaps(range: &str, declared: &str) -> bool {
    let (range, declared) = (essence(range), essence(declared));
    exactness(range, declared).is_some() || exactness(declared, range).is_some()
}

/// Returns the quality of a media type by the range that means it most exactly.
fn quality(ranges: &[Range<'_>], name: &str) -> Option<u16> {
    let rated = ranges.iter().filter_map(|own| Some((exactness(own.range, essence(name))?, own.quality)));
    rated.max_by_key(|(exactness, _)| *exactness).map(|(_, quality)| quality)
}

/// Reads `Accept`: the ranges with their weights in thousandths, the best first. Text that is no range means
/// everything, as a client that sends none does.
fn ranges(accept: &str) -> Vec<Range<'_>> {
    let parse = |text: &'_ str| {
        let weight = text.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
        let weight = weight.filter(|(name, _)| name.trim().eq_ignore_ascii_case("q")).last();
        let quality = weight.and_then(|(_, value)| value.trim().parse::<f32>().ok()).unwrap_or(1.0);
        ((quality.clamp(0.0, 1.0) * 1000.0) as u16, text.contains('/'))
    };
    let mut ranges: Vec<Range<'_>> = Vec::new();
    for text in accept.split(',').map(str::trim) {
        let (quality, is_range) = parse(text);
        if is_range {
            // What comes after the weight belongs to it (RFC 9110, 12.5.1).
            let range = text.find(";q=").map_or(text, |end| &text[..end]);
            ranges.push(Range { range, quality });
        }
    }
    if ranges.is_empty() {
        ranges.push(Range { range: "*/*", quality: 1000 });
    }
    ranges.sort_by_key(|range| std::cmp::Reverse(range.quality));
    ranges
}

/// Returns the media type that a body is sent with: the declared one, and of a range one that is accepted, or
/// one that the range has, as far as none of the others that are declared means it more exactly.
pub(crate) fn name(content: &[MediaType], media: &MediaType, accept: Option<&str>, is_text: bool) -> String {
    if !media.name.contains('*') {
        return media.name.clone();
    }
    let declared = essence(&media.name);
    let ranges = ranges(accept.unwrap_or("*/*"));
    let named = ranges.iter().filter(|range| range.quality > 0 && !range.range.contains('*'));
    let named = named.map(|range| essence(range.range));
    let own = match declared.split_once('/') {
        Some(("text", "*")) => vec!["text/plain", "text/x-plain"],
        Some(("*", "*")) if is_text => vec!["text/plain", "text/x-plain"],
        Some(("application", "*")) if media.kind == MediaKind::Bytes && is_text => {
            vec!["application/octet-stream", "application/x-octets"]
        }
        Some(("*" | "application", "*")) => {
            vec!["application/json", "application/x+json", "application/octet-stream"]
        }
        Some(("image", "*")) => vec!["image/png", "image/gif"],
        Some(("audio", "*")) => vec!["audio/mpeg"],
        Some(("video", "*")) => vec!["video/mp4"],
        _ => Vec::new(),
    };
    let kind = declared.split('/').next().filter(|kind| *kind != "*").unwrap_or("application");
    let made = format!("{kind}/{}", declared.split('/').nth(1).unwrap_or("*").replace('*', "x"));
    let is_own = |name: &&str| {
        let best = most_exact(content.iter().map(|own| own.name.as_str()), name);
        best.and_then(|index| content.get(index)).is_some_and(|own| own.location == media.location)
    };
    let candidates = named.chain(own).chain([made.as_str()]);
    candidates.into_iter().find(is_own).unwrap_or("application/octet-stream").to_owned()
}
