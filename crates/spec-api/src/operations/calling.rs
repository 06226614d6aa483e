//! How operations are called, as far as extensions say it: the retries and timeouts of Speakeasy, of the
//! document or of one operation, and `x-idempotent`.
//!
//! An extension is no part of OpenAPI: one that is not understood is warned of, and ignored as a whole.

use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{Backoff, Calling, Retries};
use spec_document::{Code, Diagnostic};
use std::time::Duration;

/// What is wrong with a part of an extension: where, and what should be there.
type Wrong<'a> = (Cursor<'a>, &'static str);

/// Reads what an object says of calls; what it does not say is as in `otherwise`.
pub(super) fn read<'a>(input: &mut Input<'a>, at: &Cursor<'a>, otherwise: &Calling) -> Calling {
    let retries = extension(input, at, "x-speakeasy-retries", read_retries);
    let timeout = extension(input, at, "x-speakeasy-timeout", |at| {
        let wrong = || (at.clone(), "a number of milliseconds above 0");
        milliseconds(at).ok().filter(|timeout| !timeout.is_zero()).ok_or_else(wrong)
    });
    let idempotent = extension(input, at, "x-idempotent", flag);
    Calling {
        retries: retries.or_else(|| otherwise.retries.clone()),
        timeout: timeout.or(otherwise.timeout),
        idempotent: idempotent.or(otherwise.idempotent),
    }
}

/// Reads an extension, if it is there; warns of one that is not understood.
fn extension<'a, T>(
    input: &mut Input<'a>,
    at: &Cursor<'a>,
    key: &str,
    read: impl Fn(&Cursor<'a>) -> Result<T, Wrong<'a>>,
) -> Option<T> {
    let at = at.child(key)?;
    read(&at)
        .map_err(|(wrong, expected)| {
            let message = format!("this must be {expected}; `{key}` is ignored");
            let location = input.location(&wrong.pointer);
            input.push(
                Diagnostic::warning(Code::InvalidValue, location, message)
                    .help(format!("write {expected} here, or remove `{key}`")),
            );
        })
        .ok()
}

fn read_retries<'a>(at: &Cursor<'a>) -> Result<Retries, Wrong<'a>> {
    const STRATEGY: &str = "`backoff` or `none`";
    if at.object().is_none() {
        return Err((at.clone(), "an object with a `strategy`"));
    }
    let strategy = at.child("strategy").ok_or_else(|| (at.clone(), "an object with a `strategy`"))?;
    match strategy.node.as_str() {
        Some("none") => return Ok(Retries::Never),
        Some("backoff") => {}
        _ => return Err((strategy, STRATEGY)),
    }
    let mut backoff = Backoff {
        statuses: at.child("statusCodes").map(|at| read_statuses(&at)).transpose()?,
        connection_errors: at.child("retryConnectionErrors").map(|at| flag(&at)).transpose()?,
        ..Backoff::default()
    };
    if let Some(at) = at.child("backoff") {
        if at.object().is_none() {
            return Err((at, "an object"));
        }
        let time = |key: &str| at.child(key).map(|at| milliseconds(&at)).transpose();
        backoff.first_wait = time("initialInterval")?;
        backoff.longest_wait = time("maxInterval")?;
        backoff.within = time("maxElapsedTime")?;
        backoff.factor = at.child("exponent").map(|at| factor(&at)).transpose()?;
    }
    Ok(Retries::Backoff(backoff))
}

fn flag<'a>(at: &Cursor<'a>) -> Result<bool, Wrong<'a>> {
    at.node.as_bool().ok_or_else(|| (at.clone(), "true or false"))
}

fn number(at: &Cursor<'_>) -> Option<f64> {
    at.node.as_number().and_then(|number| number.to_json().as_f64())
}

fn factor<'a>(at: &Cursor<'a>) -> Result<f64, Wrong<'a>> {
    number(at).filter(|factor| *factor >= 1.0).ok_or_else(|| (at.clone(), "a number of at least 1"))
}

fn milliseconds<'a>(at: &Cursor<'a>) -> Result<Duration, Wrong<'a>> {
    let time = number(at).and_then(|number| Duration::try_from_secs_f64(number / 1000.0).ok());
    time.ok_or_else(|| (at.clone(), "a number of milliseconds"))
}

fn read_statuses<'a>(at: &Cursor<'a>) -> Result<Vec<(u16, u16)>, Wrong<'a>> {
    if at.node.as_array().is_none() {
        return Err((at.clone(), "a list of statuses"));
    }
    let status = |at: Cursor<'a>| {
        let own = at.node.as_str().map(str::to_owned);
        let text = own.or_else(|| Some(at.node.as_number()?.to_json().to_string())).unwrap_or_default();
        statuses(&text).ok_or((at, "a status such as \"503\" or \"5XX\""))
    };
    at.items().into_iter().map(status).collect()
}

/// Reads a status, or a class of them.
fn statuses(text: &str) -> Option<(u16, u16)> {
    if text.len() != 3 || !text.is_ascii() {
        return None;
    }
    let hundreds =
        text.chars().next().and_then(|digit| digit.to_digit(10)).filter(|n| (1..=5).contains(n))?;
    if text[1..].eq_ignore_ascii_case("xx") {
        let first = u16::try_from(hundreds).ok()? * 100;
        return Some((first, first + 99));
    }
    let code = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())??;
    Some((code, code))
}
