//! How often an operation is expected to be called.

use std::fmt;
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

/// The number of calls that an expectation is met by: a number, or a range of numbers.
///
/// ```
/// use spec_runtime::server::testing::Times;
///
/// assert_eq!(Times::from(2).to_string(), "2 calls");
/// assert_eq!(Times::from(1..=3).to_string(), "1 to 3 calls");
/// assert_eq!(Times::from(1..).to_string(), "at least 1 call");
/// assert_eq!(Times::from(..).to_string(), "any number of calls");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    least: usize,
    /// None where there is no such number.
    most: Option<usize>,
}

impl Times {
    /// Returns true if no number of calls is one of these.
    pub(super) fn is_empty(self) -> bool {
        self.most.is_some_and(|most| most < self.least)
    }

    /// Returns true if there is always room for one call more.
    pub(super) fn is_endless(self) -> bool {
        self.most.is_none()
    }

    /// Returns true if so many calls leave room for one more.
    pub(super) fn has_room_after(self, calls: usize) -> bool {
        self.most.is_none_or(|most| calls < most)
    }

    /// Returns true if so many calls are enough.
    pub(super) fn is_met_by(self, calls: usize) -> bool {
        calls >= self.least
    }

    /// Makes a range without its end.
    fn until(least: usize, end: usize) -> Self {
        match end.checked_sub(1) {
            Some(most) => Times { least, most: Some(most) },
            None => Times { least: least.max(1), most: Some(0) },
        }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (0, None) => f.write_str("any number of calls"),
            (least, None) => write!(f, "at least {}", Count(least)),
            (least, Some(most)) if least == most => write!(f, "{}", Count(most)),
            (0, Some(most)) => write!(f, "at most {}", Count(most)),
            (least, Some(most)) => write!(f, "{least} to {}", Count(most)),
        }
    }
}

/// A number of calls, in words.
pub(super) struct Count(pub(super) usize);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("no call"),
            1 => f.write_str("1 call"),
            more => write!(f, "{more} calls"),
        }
    }
}

impl From<usize> for Times {
    fn from(exactly: usize) -> Self {
        Times { least: exactly, most: Some(exactly) }
    }
}

impl From<RangeInclusive<usize>> for Times {
    fn from(range: RangeInclusive<usize>) -> Self {
        Times { least: *range.start(), most: Some(*range.end()) }
    }
}

impl From<Range<usize>> for Times {
    fn from(range: Range<usize>) -> Self {
        Times::until(range.start, range.end)
    }
}

impl From<RangeFrom<usize>> for Times {
    fn from(range: RangeFrom<usize>) -> Self {
        Times { least: range.start, most: None }
    }
}

impl From<RangeTo<usize>> for Times {
    fn from(range: RangeTo<usize>) -> Self {
        Times::until(0, range.end)
    }
}

impl From<RangeToInclusive<usize>> for Times {
    fn from(range: RangeToInclusive<usize>) -> Self {
        Times { least: 0, most: Some(range.end) }
    }
}

impl From<RangeFull> for Times {
    fn from(_: RangeFull) -> Self {
        Times { least: 0, most: None }
    }
}

#[cfg(test)]
mod tests {
    use super::Times;

    #[test]
    fn ranges_are_what_they_say() {
        let met = |times: Times| (0..6).filter(|calls| times.is_met_by(*calls)).min();
        let room = |times: Times| (0..6).filter(|calls| !times.has_room_after(*calls)).min();
        for (times, least, most) in [
            (Times::from(0), 0, Some(0)),
            (Times::from(2), 2, Some(2)),
            (Times::from(1..=3), 1, Some(3)),
            (Times::from(1..3), 1, Some(2)),
            (Times::from(1..), 1, None),
            (Times::from(..3), 0, Some(2)),
            (Times::from(..=3), 0, Some(3)),
            (Times::from(..), 0, None),
        ] {
            assert_eq!((met(times), room(times)), (Some(least), most), "{times:?}");
            assert!(!times.is_empty(), "{times:?}");
        }
    }

    #[test]
    fn no_number_is_in_an_empty_range() {
        let (three, two) = (3, 2);
        for times in [Times::from(three..=two), Times::from(1..1), Times::from(0..0), Times::from(..0)] {
            assert!(times.is_empty(), "{times:?}");
        }
    }
}
