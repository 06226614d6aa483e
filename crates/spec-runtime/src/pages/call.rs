//! Calls that give one page: what generated builders ask for it, and take from its answer.
//!
//! Knows how a position is put into a call. Must not know what follows an answer.

use super::Position;
use super::link::next_target;
use crate::client::{Call, Error, ResponseValue, call_built};
use http::HeaderMap;
use reqwest::Url;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Returns the number of the page at a position, as an argument.
///
/// # Errors
///
/// A message if the position is none of a page with a number, or the argument takes no such number.
pub fn page_argument<T: DeserializeOwned>(position: &Position) -> Result<T, String> {
    position.page_argument().map_err(|error| error.to_string())
}

/// Returns the offset of the page at a position, as an argument.
///
/// # Errors
///
/// A message if the position is no offset, or the argument takes no such number.
pub fn offset_argument<T: DeserializeOwned>(position: &Position) -> Result<T, String> {
    position.offset_argument().map_err(|error| error.to_string())
}

/// Returns the cursor of the page at a position, as an argument.
///
/// # Errors
///
/// A message if the position is no cursor, or none that the argument takes.
pub fn cursor_argument<T: DeserializeOwned>(position: &Position) -> Result<T, String> {
    position.cursor().map_err(|error| error.to_string())
}

/// Returns a body with an argument in one of its fields, which is reached by the names of fields.
///
/// # Errors
///
/// A message if there is no body, or the field takes no such value.
pub fn with_field<B: Serialize + DeserializeOwned>(
    body: Result<B, String>,
    names: &[&str],
    argument: Result<Value, String>,
) -> Result<B, String> {
    let mut whole = serde_json::to_value(body?).map_err(|error| error.to_string())?;
    if whole.is_null() {
        return Err("a page is asked for in the body: give one for the first page".to_owned());
    }
    let mut place = &mut whole;
    for name in names {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(fields) = place else {
            return Err(format!("{} is no field of the body", names.join(".")));
        };
        place = fields.entry(*name).or_insert(Value::Null);
    }
    *place = argument?;
    B::deserialize(whole).map_err(|error| format!("the position can't be put into the body: {error}"))
}

/// Returns the number in a field of a body; none where there is no such.
pub fn number_in<B: Serialize>(body: &Result<B, String>, names: &[&str]) -> Option<i64> {
    let whole = serde_json::to_value(body.as_ref().ok()?).ok()?;
    names.iter().try_fold(&whole, |place, name| place.get(name))?.as_i64()
}

/// Returns a number as the whole number that it is; none where it is none.
pub fn number<T: Number>(number: Option<T>) -> Option<i64> {
    number.and_then(Number::whole)
}

/// Returns how many there are; none where that is said by no whole number, or by a negative one.
pub fn amount<T: Number>(number: Option<T>) -> Option<u64> {
    number.and_then(Number::whole).and_then(|number| u64::try_from(number).ok())
}

/// A number of a parameter or an answer.
pub trait Number {
    /// Returns it as a whole number; none where it is none, or too large.
    fn whole(self) -> Option<i64>;
}

macro_rules! numbers {
    ($($ty:ty),*) => {
        $(impl Number for $ty {
            fn whole(self) -> Option<i64> {
                self.try_into().ok()
            }
        })*
    };
}

numbers!(i32, i64, u32, u64);

impl Number for f64 {
    fn whole(self) -> Option<i64> {
        // Above 2^53 not every whole number is a `f64`.
        let is_exact = self.fract() == 0.0 && self.abs() <= 9_007_199_254_740_992.0;
        #[allow(clippy::cast_possible_truncation)]
        is_exact.then_some(self as i64)
    }
}

impl<T: Number + Copy> Number for &T {
    fn whole(self) -> Option<i64> {
        (*self).whole()
    }
}

/// Returns what an answer gives for the next request.
pub fn cursor<T: Serialize>(given: Option<T>) -> Option<Value> {
    given.and_then(|given| serde_json::to_value(given).ok())
}

/// Returns what a header of an answer gives for the next request.
pub fn header_cursor(headers: &HeaderMap, name: &str) -> Option<Value> {
    header_text(headers, name).map(Value::String)
}

/// Returns the URL of the next page from a header of an answer: of `Link` the target whose relation is `next`
/// (RFC 8288), of another one its text.
pub fn header_url(headers: &HeaderMap, name: &str) -> Option<String> {
    if name.eq_ignore_ascii_case("link") { next_target(headers, name) } else { header_text(headers, name) }
}

fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// An answer, and the URL that was asked for it.
type AnswerAt<T> = (ResponseValue<<T as Call>::Success>, Url);

/// Sends a call to the URL at a position, where there is one, and returns that it was sent to, too.
///
/// # Errors
///
/// Those of the call, and [`Error::InvalidRequest`] if the position is no URL.
pub async fn call_at<T: Call>(
    call: T,
    position: Option<&Position>,
) -> Result<AnswerAt<T>, Error<T::Failure>> {
    let mut built = call.build()?;
    if let Some(position) = position {
        let url = position.url(built.request.url());
        *built.request.url_mut() =
            url.ok_or_else(|| Error::InvalidRequest(position.of_another_kind("URL").to_string()))?;
    }
    let asked = built.request.url().clone();
    Ok((call_built::<T>(built).await?, asked))
}
