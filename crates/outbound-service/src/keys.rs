//! Keys: who may use the service, and how often.
//!
//! Knows digests and rates. Must not know which header a key comes in.

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use thiserror::Error;

/// Marks a digest in a file of keys.
const ALGORITHM: &str = "sha256:";

/// A text that is not a list of keys.
#[derive(Debug, Error)]
pub enum KeyError {
    /// A line that is not a name and a digest.
    #[error(
        "line {0}: write a name and `{ALGORITHM}` with 64 hexadecimal digits, \
         as `outbound-service key NAME` prints them"
    )]
    Line(usize),
    /// A part that is not a name and a key.
    #[error("entry {0}: write `name:key`, with commas between entries")]
    Entry(usize),
    /// There is no key at all.
    #[error("there is no key in it, so nobody could use the service")]
    None,
    /// A key that two names have.
    #[error("`{0}` and `{1}` have the same key: make another one")]
    Twice(String, String),
}

/// Somebody who has a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The name of the key: the email address of a person, or what a program is called.
    pub name: Arc<str>,
}

/// The reason why a key can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// Nobody has this key.
    #[error("nobody has this key")]
    Unknown,
    /// The key has been used too often; it may be used again after this time.
    #[error("this key has no requests left for now")]
    TooOften(Duration),
}

/// The keys of a service. They are kept as digests.
pub struct Keys {
    entries: Vec<Entry>,
    clock: DefaultClock,
}

struct Entry {
    principal: Principal,
    digest: [u8; 32],
    rate: Option<DefaultDirectRateLimiter>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries.iter().map(|entry| &entry.principal.name)).finish()
    }
}

impl Keys {
    /// Reads a file of keys: a line for each, with a name and a digest. Empty lines, and those that begin
    /// with `#`, are left out.
    ///
    /// # Errors
    ///
    /// When a line is neither, there is no key, or two are the same.
    pub fn from_file(text: &str) -> Result<Keys, KeyError> {
        let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        Keys::new(lines.map(|(number, line)| digest_of_line(line).ok_or(KeyError::Line(number))))
    }

    /// Reads keys as a variable of the environment holds them: `name:key,…`.
    ///
    /// # Errors
    ///
    /// When an entry has no name or no key, there is none, or two are the same.
    pub fn from_variable(text: &str) -> Result<Keys, KeyError> {
        let entries = text.split(',').enumerate().filter(|(_, entry)| !entry.trim().is_empty());
        Keys::new(entries.map(|(index, entry)| {
            // A name may hold colons, a key that is made here does not.
            let entry =
                entry.trim().rsplit_once(':').filter(|(name, key)| !name.is_empty() && !key.is_empty());
            let (name, key) = entry.ok_or(KeyError::Entry(index + 1))?;
            Ok((name.to_owned(), digest(key)))
        }))
    }

    fn new(entries: impl Iterator<Item = Result<(String, [u8; 32]), KeyError>>) -> Result<Keys, KeyError> {
        let mut keys = Keys { entries: Vec::new(), clock: DefaultClock::default() };
        for entry in entries {
            let (name, digest) = entry?;
            if let Some(other) = keys.entries.iter().find(|other| other.digest == digest) {
                return Err(KeyError::Twice(other.principal.name.to_string(), name));
            }
            keys.entries.push(Entry { principal: Principal { name: name.into() }, digest, rate: None });
        }
        if keys.entries.is_empty() { Err(KeyError::None) } else { Ok(keys) }
    }

    /// Sets how often each key may be used in a second, and as often at once.
    #[must_use]
    pub fn with_rate(mut self, per_second: Option<NonZeroU32>) -> Self {
        for entry in &mut self.entries {
            entry.rate = per_second.map(|rate| RateLimiter::direct(Quota::per_second(rate)));
        }
        self
    }

    /// Says who has a key, and counts that it was used.
    ///
    /// # Errors
    ///
    /// When nobody has it, or it was used too often.
    pub fn authenticate(&self, key: &str) -> Result<Principal, Refused> {
        let digest = digest(key);
        // All are looked at, each in constant time: how long it takes says nothing of a key.
        let found = self.entries.iter().fold(None, |found, entry| {
            if bool::from(entry.digest.ct_eq(&digest)) { Some(entry) } else { found }
        });
        let entry = found.ok_or(Refused::Unknown)?;
        if let Some(rate) = &entry.rate {
            rate.check().map_err(|until| Refused::TooOften(until.wait_time_from(self.clock.now())))?;
        }
        Ok(entry.principal.clone())
    }
}

/// Returns a new key, and the line of a file of keys for it.
///
/// # Errors
///
/// When the system has no random numbers.
pub fn make(name: &str) -> Result<(String, String), getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let key = hexadecimal(&bytes);
    let line = format!("{name} {ALGORITHM}{}", hexadecimal(&digest(&key)));
    Ok((key, line))
}

/// Returns the digest of a text, in hexadecimal.
pub(crate) fn text_digest(text: &[u8]) -> String {
    hexadecimal(&Sha256::digest(text).into())
}

/// Keys are long and random, so one round of a fast function is enough; passwords would need another one.
fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

fn hexadecimal(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest_of_line(line: &str) -> Option<(String, [u8; 32])> {
    let (name, digest) = line.rsplit_once(char::is_whitespace)?;
    let digits = digest.strip_prefix(ALGORITHM)?;
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).ok()?;
    }
    Some((name.trim().to_owned(), bytes))
}

#[cfg(test)]
mod tests {
    use super::{KeyError, Keys, Refused, make};
    use std::num::NonZeroU32;

    #[test]
    fn a_key_that_was_made_is_known_by_its_line() {
        let (key, line) = make("ada@example.com").unwrap();
        let keys = Keys::from_file(&format!("# People\n\n{line}\n")).unwrap();
        assert_eq!(&*keys.authenticate(&key).unwrap().name, "ada@example.com");
        assert_eq!(keys.authenticate("x"), Err(Refused::Unknown));
        assert_eq!(keys.authenticate(""), Err(Refused::Unknown));
        assert!(!line.contains(&key));
    }

    #[test]
    fn what_is_no_list_of_keys_is_told_by_its_place() {
        let line = |text| match Keys::from_file(text) {
            Err(KeyError::Line(line)) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line("# a\nada 12\n"), 2);
        assert_eq!(line("ada sha256:zz\n"), 1);
        assert!(matches!(Keys::from_file("# nobody\n"), Err(KeyError::None)));
        assert!(matches!(Keys::from_variable("ada:a,bob"), Err(KeyError::Entry(2))));
        assert!(matches!(Keys::from_variable("ada:a,bob:a"), Err(KeyError::Twice(..))));
        let keys = Keys::from_variable("ada:a, urn:b:c").unwrap();
        assert_eq!(&*keys.authenticate("c").unwrap().name, "urn:b");
    }

    #[test]
    fn a_key_can_be_used_so_often_and_others_still() {
        let keys = Keys::from_variable("ada:a,bob:b").unwrap().with_rate(NonZeroU32::new(2));
        assert!(keys.authenticate("a").is_ok() && keys.authenticate("a").is_ok());
        assert!(matches!(keys.authenticate("a"), Err(Refused::TooOften(_))));
        assert!(keys.authenticate("b").is_ok());
    }
}
