//! Deprecation, sunset and stability: how what is to go says so.
//!
//! Knows the extensions `x-sunset` and `x-stability-level`, as oasdiff reads them. Must not know a clock:
//! today is told.

use serde_json::Value;

/// Days, and what is asked of those who take something away.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// Today, as `2026-11-25`. Where it is not said, no day of sunset has come.
    pub today: Option<String>,
    /// The least number of days between deprecation and sunset, of what is stable. With 0, no sunset is asked
    /// for.
    pub stable_days: u32,
    /// The same of what is `beta`; of what is not even that, no days are asked for.
    pub beta_days: u32,
}

/// The day on which a place goes, as its document says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sunset {
    Missing,
    Invalid(String),
    Day(String),
}

impl Sunset {
    pub(crate) fn read(value: Option<&Value>) -> Sunset {
        match value {
            None => Sunset::Missing,
            Some(Value::String(text)) => match day(text) {
                Some(day) => Sunset::Day(day),
                None => Sunset::Invalid(text.clone()),
            },
            Some(other) => Sunset::Invalid(other.to_string()),
        }
    }
}

impl Calendar {
    /// Returns true if a day is still to come.
    pub(crate) fn is_ahead(&self, day: &str) -> bool {
        self.today.as_deref().is_none_or(|today| day > today)
    }

    /// Returns true if a day is known to be over, or to come before as many days as that.
    pub(crate) fn is_too_soon(&self, day: &str, days: u32) -> bool {
        let left = self.today.as_deref().and_then(|today| Some(number(day)? - number(today)?));
        left.is_some_and(|left| left < i64::from(days))
    }

    /// Returns the number of days that a place with this level of stability asks for.
    pub(crate) fn days(&self, level: Option<usize>) -> u32 {
        match level {
            Some(0 | 1) => 0,
            Some(2) => self.beta_days,
            _ => self.stable_days,
        }
    }
}

/// Numbers the days of the Gregorian calendar.
fn number(day: &str) -> Option<i64> {
    let mut parts = day.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // Years begin in March, so that leap days come last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(365 * year + leap_days + (153 * month + 2) / 5 + day)
}

/// Returns the day of a date (RFC 3339, 5.6, with or without a time).
fn day(text: &str) -> Option<String> {
    let is_date = spec_json_schema::format::is_format("date", text);
    let is_time = spec_json_schema::format::is_format("date-time", text);
    (is_date || is_time).then(|| text.get(..10).map(str::to_owned)).flatten()
}

/// The levels of stability, the least first.
pub(crate) const STABILITY: [&str; 4] = ["draft", "alpha", "beta", "stable"];

/// Returns the level of stability; none where the word is not known. What says nothing is stable.
pub(crate) fn stability(value: Option<&Value>) -> Option<usize> {
    match value {
        None => Some(3),
        Some(value) => STABILITY.iter().position(|own| value == own),
    }
}

#[cfg(test)]
mod tests {
    use super::Calendar;

    #[test]
    fn days_are_counted_over_months_and_leap_years() {
        let on = |today: &str| Calendar { today: Some(today.to_owned()), ..Calendar::default() };
        for (today, day, days) in [
            ("2026-11-25", "2026-12-26", 31),
            ("2024-02-28", "2024-03-01", 2),
            ("2025-12-31", "2026-01-01", 1),
        ] {
            assert!(
                !on(today).is_too_soon(day, days) && on(today).is_too_soon(day, days + 1),
                "{today} {day}"
            );
        }
        assert!(on("2026-11-25").is_too_soon("2026-11-24", 0));
        assert!(!Calendar::default().is_too_soon("2026-11-24", 9));
    }
}
