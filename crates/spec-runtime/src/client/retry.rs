//! Retries: when a call is tried again, and when.
//!
//! A call is repeated by what is known to have happened. What was *never sent*, or was *refused* before
//! anything was done (429; RFC 6585, 4, and 425; RFC 8470, 5.2), is repeated whatever the method is. Where
//! the outcome is *unknown*, only what is idempotent is (RFC 9110, 9.2.2). Must not know how requests are
//! sent.

use http::{HeaderMap, StatusCode};
use std::time::{Duration, SystemTime};
#[cfg(not(target_arch = "wasm32"))]
use tower::retry::budget::{Budget as _, TpsBudget};

/// The rules by which a call is tried again.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Retry {
    /// The most attempts of a call, the first one included.
    pub attempts: u32,
    /// The wait before the second attempt, before chance shortens it.
    pub first_wait: Duration,
    /// The factor from one wait to the next.
    pub factor: f64,
    /// The longest wait.
    pub longest_wait: Duration,
    /// The longest time that a server may tell the caller to wait (`Retry-After`); if it is more, its answer
    /// is returned at once.
    pub longest_told_wait: Duration,
    /// The time, from the beginning of a call, after which no attempt begins.
    pub within: Option<Duration>,
    /// The statuses that are tried again, as ranges with their ends. None stands for 408, 425, 429, 500, 502,
    /// 503 and 504.
    pub statuses: Option<&'static [(u16, u16)]>,
    /// True if requests are sent again that were not answered.
    pub unanswered: bool,
    /// True if requests are sent again that did not reach the server.
    pub unsent: bool,
}

/// The statuses that are tried again where nobody says otherwise: the same request may succeed later.
const STATUSES: &[(u16, u16)] = &[(408, 408), (425, 425), (429, 429), (500, 500), (502, 504)];

impl Retry {
    /// Makes the rules that hold where nobody says otherwise: three attempts, after half a second and one
    /// second, each wait shortened by chance to no less than its half.
    #[must_use]
    pub const fn new() -> Self {
        Retry {
            attempts: 3,
            first_wait: Duration::from_millis(500),
            factor: 2.0,
            longest_wait: Duration::from_secs(8),
            longest_told_wait: Duration::from_secs(60),
            within: None,
            statuses: None,
            unanswered: true,
            unsent: true,
        }
    }

    /// Makes the rule that nothing is tried again.
    #[must_use]
    pub const fn never() -> Self {
        Retry::new().with_attempts(1)
    }

    /// Sets how often a call is tried at most, the first time included. 0 is taken for 1.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the first wait, the factor from one wait to the next, and the longest wait.
    #[must_use]
    pub const fn with_waits(mut self, first: Duration, factor: f64, longest: Duration) -> Self {
        (self.first_wait, self.factor, self.longest_wait) = (first, factor, longest);
        self
    }

    /// Sets the first wait.
    #[must_use]
    pub const fn with_first_wait(mut self, first: Duration) -> Self {
        self.first_wait = first;
        self
    }

    /// Sets the factor from one wait to the next.
    #[must_use]
    pub const fn with_factor(mut self, factor: f64) -> Self {
        self.factor = factor;
        self
    }

    /// Sets the longest wait.
    #[must_use]
    pub const fn with_longest_wait(mut self, longest: Duration) -> Self {
        self.longest_wait = longest;
        self
    }

    /// Sets the longest time that a server may tell the caller to wait.
    #[must_use]
    pub const fn with_longest_told_wait(mut self, longest: Duration) -> Self {
        self.longest_told_wait = longest;
        self
    }

    /// Sets the time, from the beginning of a call, after which no attempt begins.
    #[must_use]
    pub const fn with_within(mut self, within: Duration) -> Self {
        self.within = Some(within);
        self
    }

    /// Sets the statuses that are tried again, as ranges with their ends.
    #[must_use]
    pub const fn with_statuses(mut self, statuses: &'static [(u16, u16)]) -> Self {
        self.statuses = Some(statuses);
        self
    }

    /// Says whether requests are sent again that were not answered.
    #[must_use]
    pub const fn with_unanswered(mut self, unanswered: bool) -> Self {
        self.unanswered = unanswered;
        self
    }

    /// Says whether requests are sent again that did not reach the server.
    #[must_use]
    pub const fn with_unsent(mut self, unsent: bool) -> Self {
        self.unsent = unsent;
        self
    }

    /// Returns true if an answer with this status is worth another attempt. `may_be_busy` says that 409 can
    /// mean that the first request with the same idempotency key is still being worked on
    /// (draft-ietf-httpapi-idempotency-key-header-07, section 2.7).
    pub(super) fn repeats(&self, status: StatusCode, is_idempotent: bool, may_be_busy: bool) -> bool {
        let code = status.as_u16();
        let is_among = |ranges: &[(u16, u16)]| ranges.iter().any(|(from, to)| (*from..=*to).contains(&code));
        let is_refusal = matches!(code, 425 | 429);
        let is_busy = code == 409 && may_be_busy;
        (is_among(self.statuses.unwrap_or(STATUSES)) && (is_refusal || is_idempotent)) || is_busy
    }

    /// Returns the wait before the next attempt, after so many; `chance` is at least 0 and less than 1.
    pub(super) fn wait(&self, attempts: u32, chance: f64) -> Duration {
        let exponent = i32::try_from(attempts.saturating_sub(1)).unwrap_or(i32::MAX);
        let longest = self.longest_wait.as_secs_f64();
        let whole = (self.first_wait.as_secs_f64() * self.factor.powi(exponent)).min(longest);
        // A factor that is no number gives the longest wait.
        let whole = if whole.is_finite() { whole.max(0.0) } else { longest };
        Duration::try_from_secs_f64(whole * (0.5 + chance / 2.0)).unwrap_or(self.longest_wait)
    }

    /// Returns what is added to a wait that a server tells: up to a tenth of it, so that not all come at
    /// once.
    pub(super) fn spread(&self, told: Duration, chance: f64) -> Duration {
        (told / 10).min(self.longest_told_wait).mul_f64(chance)
    }
}

impl Default for Retry {
    fn default() -> Self {
        Retry::new()
    }
}

/// Returns true if an answer with this status says that the same request may succeed later.
pub(super) fn is_passing(status: StatusCode) -> bool {
    Retry::new().repeats(status, true, false)
}

/// Returns the time that an answer tells the caller to wait: `retry-after-ms` and `x-ms-retry-after-ms` in
/// milliseconds, else `Retry-After` (RFC 9110, 10.2.3) in seconds or as a date. A date is held against the
/// answer's own `Date`: clocks differ.
pub(crate) fn told_wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let number = |text: &str, unit: f64| {
        let number = text.parse::<f64>().ok().filter(|number| *number >= 0.0)?;
        Duration::try_from_secs_f64(number * unit).ok()
    };
    let milliseconds = ["retry-after-ms", "x-ms-retry-after-ms"].into_iter().filter_map(text);
    let mut milliseconds = milliseconds.filter_map(|text| number(text, 0.001));
    if let Some(wait) = milliseconds.next() {
        return Some(wait);
    }
    let told = text("retry-after")?;
    number(told, 1.0).or_else(|| {
        let at = httpdate::parse_http_date(told).ok()?;
        let from = text("date").and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now);
        Some(at.duration_since(from).unwrap_or_default())
    })
}

/// The retries that all clones of a client may make together: a fifth of its calls, and ten in a second. A
/// server that fails is not asked three times as much as one that works.
#[cfg(not(target_arch = "wasm32"))]
pub(super) struct Budget(TpsBudget);

#[cfg(not(target_arch = "wasm32"))]
impl Budget {
    /// Counts a call.
    pub(super) fn deposit(&self) {
        self.0.deposit();
    }

    /// Takes a retry out, if there is one.
    pub(super) fn withdraw(&self) -> bool {
        self.0.withdraw()
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Default for Budget {
    fn default() -> Self {
        Budget(TpsBudget::new(Duration::from_secs(10), 10, 0.2))
    }
}

/// The retries that all clones of a client may make together, in fifths: one in five of its calls, and a
/// hundred. In a browser that counts calls alone, because tower asks a clock that is not there.
#[cfg(target_arch = "wasm32")]
pub(super) struct Budget(std::sync::atomic::AtomicU32);

#[cfg(target_arch = "wasm32")]
impl Budget {
    const MOST: u32 = 500;

    /// Counts a call.
    pub(super) fn deposit(&self) {
        self.change(|left| Some((left + 1).min(Self::MOST)));
    }

    /// Takes a retry out, if there is one.
    pub(super) fn withdraw(&self) -> bool {
        self.change(|left| left.checked_sub(5))
    }

    fn change(&self, change: impl FnMut(u32) -> Option<u32>) -> bool {
        use std::sync::atomic::Ordering::Relaxed;
        self.0.fetch_update(Relaxed, Relaxed, change).is_ok()
    }
}

#[cfg(target_arch = "wasm32")]
impl Default for Budget {
    fn default() -> Self {
        Budget(std::sync::atomic::AtomicU32::new(Self::MOST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_are_shortened_by_half_at_most() {
        let retry = Retry::new();
        let waits = |chance: f64| [1, 2, 3, 9].map(|attempts| retry.wait(attempts, chance).as_millis());
        assert_eq!(waits(0.0), [250, 500, 1000, 4000]);
        assert_eq!(waits(0.999_999_9).map(|wait| wait.div_ceil(10)), [50, 100, 200, 800]);
        let odd = retry.with_waits(Duration::from_secs(1), f64::NAN, Duration::from_secs(3));
        assert!(odd.wait(2, 0.5) <= Duration::from_secs(3));
    }

    #[test]
    fn statuses_and_methods() {
        let retry = Retry::new();
        let cases = [
            // The status; tried again if not idempotent, if idempotent, and with a key that may be in use.
            (200, [false, false, false]),
            (400, [false, false, false]),
            (401, [false, false, false]),
            (404, [false, false, false]),
            (408, [false, true, true]),
            (409, [false, false, true]),
            (422, [false, false, false]),
            (425, [true, true, true]),
            (429, [true, true, true]),
            (500, [false, true, true]),
            (501, [false, false, false]),
            (502, [false, true, true]),
            (503, [false, true, true]),
            (504, [false, true, true]),
            (505, [false, false, false]),
        ];
        for (code, expected) in cases {
            let status = StatusCode::from_u16(code).unwrap();
            let found = [(false, false), (true, false), (true, true)]
                .map(|(is_idempotent, may_be_busy)| retry.repeats(status, is_idempotent, may_be_busy));
            assert_eq!(found, expected, "{code}");
        }
        let own = retry.with_statuses(&[(404, 404), (500, 599)]);
        assert!(own.repeats(StatusCode::NOT_FOUND, true, false));
        assert!(own.repeats(StatusCode::NOT_IMPLEMENTED, true, false));
        assert!(!own.repeats(StatusCode::TOO_MANY_REQUESTS, true, false));
        assert!(!own.repeats(StatusCode::BAD_GATEWAY, false, false));
    }

    #[test]
    fn told_waits() {
        let now = httpdate::parse_http_date("Thu, 26 Nov 2026 12:00:00 GMT").unwrap();
        type Case = (&'static [(&'static str, &'static str)], Option<u128>);
        let cases: [Case; 11] = [
            (&[("retry-after", "3")], Some(3000)),
            (&[("retry-after", "1.5")], Some(1500)),
            (&[("retry-after", "0")], Some(0)),
            (&[("retry-after", "-5")], None),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "inf")], None),
            (&[("retry-after", "30"), ("retry-after-ms", "150")], Some(150)),
            (&[("x-ms-retry-after-ms", "2.5")], Some(2)),
            (&[("retry-after", "Thu, 26 Nov 2026 12:00:09 GMT")], Some(9000)),
            // The server's clock is an hour off.
            (
                &[
                    ("retry-after", "Thu, 26 Nov 2026 13:00:02 GMT"),
                    ("date", "Thu, 26 Nov 2026 13:00:00 GMT"),
                ],
                Some(2000),
            ),
            (&[("retry-after", "Thu, 26 Nov 2026 11:00:00 GMT")], Some(0)),
        ];
        for (headers, expected) in cases {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.insert(http::HeaderName::from_static(name), value.parse().unwrap());
            }
            let found = told_wait(&map, now).map(|wait| wait.as_millis());
            assert_eq!(found, expected, "{headers:?}");
        }
    }
}
