//! Wishes: what a request asks of its answer, in `Prefer` (RFC 7240) or in the query.
//!
//! Knows the names of wishes and how each is written. Must not know what becomes of them.

use crate::faults::Fault;
use crate::seed;
use http::HeaderMap;
use percent_encoding::percent_decode_str;
use std::time::Duration;

/// The longest delay that a request may wish for.
const LONGEST: Duration = Duration::from_secs(60);

/// The wishes of one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wishes {
    /// The status of the answer.
    pub(crate) code: Option<u16>,
    /// The name of an example.
    pub(crate) example: Option<String>,
    /// True for values that are made, false for examples.
    pub(crate) dynamic: Option<bool>,
    /// What made values depend on.
    pub(crate) seed: Option<u64>,
    /// The time before the answer.
    pub(crate) delay: Option<Duration>,
    /// What goes wrong, and how often: from 0 to 1.
    pub(crate) fault: Option<(Fault, f64)>,
    /// The wishes as they were written, for `Preference-Applied` (RFC 7240, 3).
    written: Vec<(&'static str, String)>,
}

/// The result of reading the wishes of a request.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Read {
    pub(crate) wishes: Wishes,
    /// The query without the wishes in it; none where nothing is left.
    pub(crate) query: Option<String>,
    /// Preferences that are none of ours.
    pub(crate) unknown: Vec<String>,
}

impl Wishes {
    /// Returns the value of `Preference-Applied` for the wishes of these names.
    pub(crate) fn applied(&self, kept: &[&str]) -> Option<String> {
        let own = self.written.iter().filter(|(name, _)| kept.contains(name));
        let is_plain =
            |value: &str| value.bytes().all(|own| own.is_ascii_alphanumeric() || b"-._".contains(&own));
        let quoted = |value: &str| match is_plain(value) {
            true => value.to_owned(),
            false => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
        };
        let texts: Vec<String> = own.map(|(name, value)| format!("{name}={}", quoted(value))).collect();
        (!texts.is_empty()).then(|| texts.join(", "))
    }

    fn add(&mut self, name: &str, value: &str) -> Result<bool, String> {
        let wrong = |what: &str| Err(format!("the wish `{name}={value}` is wrong: {what}"));
        let known = match name {
            "code" => {
                match value.parse::<u16>().ok().filter(|code| (200..600).contains(code)) {
                    Some(code) => self.code = Some(code),
                    None => return wrong("write a status from 200 to 599"),
                }
                "code"
            }
            "example" => {
                self.example = Some(value.to_owned());
                "example"
            }
            "dynamic" => {
                self.dynamic = match value {
                    "true" | "" => Some(true),
                    "false" => Some(false),
                    _ => return wrong("write true or false"),
                };
                "dynamic"
            }
            "seed" => {
                self.seed = Some(value.parse().unwrap_or_else(|_| seed::of(&[value.as_bytes()])));
                "seed"
            }
            "delay" => {
                match value.parse::<u64>().map(Duration::from_millis) {
                    Ok(delay) if delay <= LONGEST => self.delay = Some(delay),
                    _ => return wrong("write milliseconds, at most 60000"),
                }
                "delay"
            }
            "fault" => {
                let (name, rate) = value.split_once(';').unwrap_or((value, "rate=1"));
                let fault = Fault::parse(name.trim());
                let rate = rate.trim().strip_prefix("rate=").and_then(|rate| rate.parse::<f64>().ok());
                match (fault, rate.filter(|rate| (0.0..=1.0).contains(rate))) {
                    (Some(fault), Some(rate)) => self.fault = Some((fault, rate)),
                    _ => return wrong("write reset, truncate or a status, then `;rate=` from 0 to 1"),
                }
                "fault"
            }
            _ => return Ok(false),
        };
        self.written.retain(|(own, _)| *own != known);
        self.written.push((known, value.to_owned()));
        Ok(true)
    }
}

/// Reads the wishes of a request. What a header says counts more than what the query says.
///
/// # Errors
///
/// Returns a sentence for each wish that can't be read.
pub(crate) fn read(headers: &HeaderMap, query: Option<&str>) -> Result<Read, Vec<String>> {
    let (mut read, mut wrong) = (Read::default(), Vec::new());
    let mut left: Vec<&str> = Vec::new();
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(name) = name.strip_prefix("__") else {
            left.push(pair);
            continue;
        };
        let value = value.replace('+', " ");
        match read.wishes.add(name, &percent_decode_str(&value).decode_utf8_lossy()) {
            Ok(true) => {}
            Ok(false) => left.push(pair),
            Err(message) => wrong.push(message),
        }
    }
    read.query = (!left.is_empty()).then(|| left.join("&"));
    for line in headers.get_all("prefer") {
        for preference in preferences(line.to_str().unwrap_or_default()) {
            let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
            let (name, value) = (name.trim().to_ascii_lowercase(), unquoted(value.trim()));
            match read.wishes.add(&name, &value) {
                Ok(false) if !name.is_empty() => read.unknown.push(name),
                Ok(_) => {}
                Err(message) => wrong.push(message),
            }
        }
    }
    if wrong.is_empty() { Ok(read) } else { Err(wrong) }
}

/// Takes a list apart at its commas, those within quotes aside (RFC 7240, 2; RFC 9110, 5.6.4).
fn preferences(line: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    line.split(move |own: char| {
        let escapes = is_quoted && own == '\\' && !is_escaped;
        is_quoted ^= own == '"' && !is_escaped;
        is_escaped = escapes;
        own == ',' && !is_quoted
    })
}

/// Returns the text that a quoted string means, or a token as it is.
fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return value.trim_matches('"').to_owned();
    };
    let mut is_escaped = false;
    inner
        .chars()
        .filter(|own| {
            is_escaped = *own == '\\' && !is_escaped;
            !is_escaped
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Fault, read};
    use http::{HeaderMap, HeaderValue};
    use std::time::Duration;

    fn prefer(value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.append("prefer", HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn wishes_stand_in_header_and_query() {
        let headers = prefer("code=404, example=\"a cat\", respond-async, fault=reset;rate=0.1");
        let read = read(&headers, Some("a=1&__code=200&__delay=25&b&__x=1")).expect("wishes");
        assert_eq!(read.wishes.code, Some(404));
        assert_eq!(read.wishes.example.as_deref(), Some("a cat"));
        assert_eq!(read.wishes.delay, Some(Duration::from_millis(25)));
        assert_eq!(read.wishes.fault, Some((Fault::Reset, 0.1)));
        assert_eq!(read.query.as_deref(), Some("a=1&b&__x=1"));
        assert_eq!(read.unknown, ["respond-async"]);
        assert_eq!(read.wishes.applied(&["code", "delay"]).as_deref(), Some("delay=25, code=404"));
        assert_eq!(read.wishes.applied(&["example"]).as_deref(), Some("example=\"a cat\""));
    }

    #[test]
    fn commas_within_quotes_part_nothing() {
        let headers = prefer(r#"example="a, \"b\"", code=404"#);
        let read = read(&headers, None).expect("wishes");
        assert_eq!((read.wishes.example.as_deref(), read.wishes.code), (Some("a, \"b\""), Some(404)));
        assert_eq!(read.wishes.applied(&["example"]).as_deref(), Some(r#"example="a, \"b\"""#));
    }

    #[test]
    fn a_wish_that_can_not_be_read_is_named() {
        for (header, query) in
            [("code=x", ""), ("", "__code=99"), ("dynamic=maybe", ""), ("delay=-1", ""), ("fault=fire", "")]
        {
            let wrong = read(&prefer(header), Some(query)).expect_err(header);
            assert!(wrong[0].contains("is wrong"), "{wrong:?}");
        }
    }
}
