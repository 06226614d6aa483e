//! One thing that does not fit a document: where, and what is wrong.
//!
//! Knows how much of it is told: a request says what its answer repeats, and must not say how long that gets.
//! Must not know who finds violations, nor how they are answered.

use crate::step::Step;
use serde::Serialize;
use std::fmt;

/// The largest number of violations that are told of one value, or of one request.
pub(crate) const MOST: usize = 32;

/// The kind of the last violation where there were more.
const MORE: &str = "more";

/// One thing in a value that does not fit the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// Where: names and positions; in a request, after the part of it (`body`, `path`, `query`, …).
    pub loc: Vec<Step>,
    /// The fault, in a sentence that never repeats the value.
    pub msg: String,
    /// The kind of violation: `missing`, or the keyword of JSON Schema that says so. Where not all are told,
    /// the last one is `more`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The keyword that says so: a JSON pointer (RFC 6901) into the JSON Schema of the model. Empty where no
    /// schema does.
    #[serde(skip)]
    pub schema: String,
}

impl Violation {
    pub(crate) fn new(loc: Vec<Step>, msg: impl Into<String>, kind: &str) -> Self {
        Violation { loc, msg: msg.into(), kind: kind.to_owned(), schema: String::new() }
    }

    /// Returns the place as a JSON pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        pointer(&self.loc)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.loc.is_empty() {
            true => f.write_str(&self.msg),
            false => write!(f, "at {}: {}", self.pointer(), self.msg),
        }
    }
}

/// Steps as a JSON pointer (RFC 6901).
pub(crate) fn pointer(steps: &[Step]) -> String {
    let token = |step: &Step| match step {
        Step::Name(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        Step::Index(index) => format!("/{index}"),
    };
    steps.iter().map(token).collect()
}

/// Returns as many violations as are told, and one more that says so where there are others.
pub(crate) fn told(mut violations: Vec<Violation>, are_all: bool) -> Vec<Violation> {
    let before = violations.len();
    violations.retain(|violation| violation.kind != MORE);
    if violations.len() > MOST || violations.len() < before || !are_all {
        violations.truncate(MOST);
        violations.push(Violation::new(Vec::new(), "there is more that does not fit", MORE));
    }
    violations
}

/// The largest part of one name, and of one place, that is told, in bytes as they stand in JSON.
#[cfg(feature = "server")]
const NAME: usize = 128;
#[cfg(feature = "server")]
const PLACE: usize = 384;

/// The largest length of a sentence, in bytes.
#[cfg(feature = "server")]
const SENTENCE: usize = 400;

/// Returns the same violation with no more of the request in it than anybody reads: long names, places and
/// sentences end in `…`.
#[cfg(feature = "server")]
pub(crate) fn shortened(violation: Violation) -> Violation {
    let Violation { loc, msg, kind, schema } = violation;
    let mut left = PLACE;
    let mut told = Vec::new();
    for step in loc {
        let most = left.min(NAME);
        let (step, length) = match step {
            Step::Name(name) => {
                let name = cut(name, most);
                let length = name.chars().map(in_json).sum();
                (Step::Name(name), length)
            }
            index @ Step::Index(_) => (index, 8),
        };
        told.push(step);
        left = left.saturating_sub(length + 1);
        if left == 0 {
            told.push("…".into());
            break;
        }
    }
    Violation { loc: told, msg: cut(msg, SENTENCE), kind, schema }
}

/// Returns the number of bytes that a sign takes in JSON, where it stands as an escape sequence (RFC 8259,
/// 7).
#[cfg(feature = "server")]
fn in_json(sign: char) -> usize {
    match sign {
        '"' | '\\' => 2,
        '\0'..' ' => 6,
        _ => sign.len_utf8(),
    }
}

/// Returns a text that takes no more bytes in JSON than so many and a mark.
#[cfg(feature = "server")]
pub(crate) fn cut(mut text: String, most: usize) -> String {
    let mut length = 0;
    let end = text.char_indices().find(|(_, sign)| {
        length += in_json(*sign);
        length > most
    });
    if let Some((end, _)) = end {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_says_is_told_in_part() {
        let loc = vec![
            "body".into(),
            Step::Name("ü".repeat(1000)),
            Step::Index(7),
            Step::Name("\u{1}".repeat(1000)),
        ];
        let own = shortened(Violation::new(loc, "x".repeat(1000), "type"));
        assert_eq!(own.loc[..3], ["body".into(), Step::Name(format!("{}…", "ü".repeat(64))), Step::Index(7)]);
        assert_eq!(own.loc[3], Step::Name(format!("{}…", "\u{1}".repeat(21))));
        assert_eq!(own.msg.len(), SENTENCE + "…".len());
        let deep = shortened(Violation::new(vec![Step::Index(1); 1000], "", "type"));
        assert_eq!((deep.loc.len(), deep.loc.last()), (44, Some(&"…".into())));
        let short = Violation::new(vec!["body".into(), Step::Index(1_000_000), "a".into()], "x", "type");
        assert_eq!(shortened(short.clone()), short);
    }

    #[test]
    fn there_are_only_so_many() {
        let some = |count: usize| vec![Violation::new(Vec::new(), "x", "type"); count];
        assert_eq!(
            (told(some(32), true).len(), told(some(33), true).len(), told(some(1), false).len()),
            (32, 33, 2)
        );
        let both = told([told(some(40), true), some(1)].concat(), true);
        assert_eq!((both.len(), both.iter().filter(|own| own.kind == MORE).count()), (33, 1));
        assert_eq!(both[32].kind, MORE);
    }
}
