//! A pattern that has been written anew, as terms: what of it is asked at the ends of the text, and what
//! conditions it comes to.
//!
//! Knows what the `regex` crate lacks. Must not know ECMA-262.

use super::Condition;
use regex::RegexBuilder;

/// The memory that a pattern may take, in bytes, before `regress` has to match it.
const SIZE: usize = 16 << 20;

/// A pattern as the alternatives that it consists of.
pub(super) struct Written(pub(super) Vec<Vec<Term>>);

pub(super) struct Term {
    pub(super) text: String,
    pub(super) kind: Kind,
    /// True if the `regex` crate has all of it.
    pub(super) is_plain: bool,
}

#[derive(PartialEq)]
pub(super) enum Kind {
    Start,
    End,
    /// Look-around; what it looks for, where that is plain.
    Look {
        is_behind: bool,
        is_negative: bool,
        inner: Option<String>,
    },
    /// One character.
    Character,
    /// One character so many times.
    Characters {
        class: String,
        least: usize,
        most: usize,
    },
    Other,
}

/// A pattern that looks around only where the text begins or ends.
pub(super) struct Apart {
    /// Expressions that must be found (true), or must not be (false).
    conditions: Vec<(bool, String)>,
    /// All the rest, as conditions, and as one pattern.
    length: Option<(usize, usize)>,
    rest: String,
    pub(super) shape: String,
}

impl Written {
    pub(super) fn text(&self) -> String {
        self.0.iter().map(|terms| joined(terms)).collect::<Vec<_>>().join("|")
    }

    /// Takes apart what is asked at the very start and at the very end of the text, and all the rest; none
    /// where what `regex` lacks stands elsewhere.
    pub(super) fn apart(&self) -> Option<Apart> {
        let [terms] = self.0.as_slice() else {
            let (rest, shape) = (self.text(), self.text());
            let is_plain = self.0.iter().flatten().all(|term| term.is_plain);
            return is_plain.then_some(Apart { conditions: Vec::new(), length: None, rest, shape });
        };
        // Assertions side by side are all about the same place: one of them says that it is the first, or the
        // last.
        let ahead = |term: &&Term| matches!(term.kind, Kind::Start | Kind::Look { is_behind: false, .. });
        let behind = |term: &&Term| matches!(term.kind, Kind::End | Kind::Look { is_behind: true, .. });
        let first = terms.iter().take_while(ahead).count();
        let first = if terms[..first].iter().any(|term| term.kind == Kind::Start) { first } else { 0 };
        let last = terms[first..].iter().rev().take_while(behind).count();
        let last = if terms[terms.len() - last..].iter().any(|term| term.kind == Kind::End) {
            terms.len() - last
        } else {
            terms.len()
        };
        let (before, middle, after) = (&terms[..first], &terms[first..last], &terms[last..]);
        let mut conditions = Vec::new();
        for term in before.iter().chain(after) {
            if let Kind::Look { is_behind, is_negative, inner } = &term.kind {
                let inner = inner.as_ref()?;
                let text = if *is_behind { format!("(?:{inner})$") } else { format!("^(?:{inner})") };
                conditions.push((!is_negative, text));
            }
        }
        let (start, end) =
            (if before.is_empty() { "" } else { "^" }, if after.is_empty() { "" } else { "$" });
        let shape = format!("{start}{}{end}", joined(middle));
        let (length, rest) = match middle {
            // Characters are counted, so that it does not matter how many there are.
            [Term { kind: Kind::Characters { class, least, most }, .. }]
                if !before.is_empty() && !after.is_empty() =>
            {
                (Some((*least, *most)), format!("^{class}*$"))
            }
            _ => (None, shape.clone()),
        };
        middle.iter().all(|term| term.is_plain).then_some(Apart { conditions, length, rest, shape })
    }

    pub(super) fn conditions(&self) -> Option<Vec<Condition>> {
        let apart = self.apart()?;
        let regex = |text: &str| RegexBuilder::new(text).size_limit(SIZE).build().ok();
        let mut conditions = Vec::new();
        conditions.extend(apart.length.map(|(least, most)| Condition::Length(least, most)));
        conditions.push(Condition::Found(regex(&apart.rest)?));
        for (is_found, text) in &apart.conditions {
            conditions.push(if *is_found {
                Condition::Found(regex(text)?)
            } else {
                Condition::NotFound(regex(text)?)
            });
        }
        Some(conditions)
    }
}

fn joined(terms: &[Term]) -> String {
    terms.iter().map(|term| term.text.as_str()).collect()
}
