//! JSON pointers (RFC 6901).
//!
//! Knows the text form of a pointer and its form in a URI fragment. Must not know the tree a
//! pointer is looked up in: a pointer may name a place that does not exist, which is exactly
//! what many diagnostics have to say.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

/// An RFC 6901 pointer in its text form: `""` is the whole document, `/paths/~1a/get` a place
/// inside it. Pointers compare by that text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Pointer(String);

impl Pointer {
    /// Returns the pointer to the whole document, `""`.
    pub fn root() -> Self {
        Self::default()
    }

    /// Appends a reference token, which is escaped here (RFC 6901 section 3).
    pub fn join(&self, token: impl Display) -> Self {
        let mut text = format!("{}/", self.0);
        // Writing into a string succeeds, unless a `Display` fails on its own account; then the
        // token is what it has written so far.
        let _ = write!(Escape(&mut text), "{token}");
        Self(text)
    }

    /// Iterates over the reference tokens from the root on, unescaped (RFC 6901 section 4).
    pub fn tokens(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.split('/').skip(1).map(unescape)
    }

    /// Returns the pointer without its last token; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let slash = self.0.rfind('/')?;
        Some(Self(self.0[..slash].to_owned()))
    }

    /// Returns the last token, unescaped; `None` for the root.
    pub fn last(&self) -> Option<Cow<'_, str>> {
        let slash = self.0.rfind('/')?;
        Some(unescape(&self.0[slash + 1..]))
    }

    /// Returns the text form, with the tokens escaped.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads the text form (RFC 6901 section 3). `None` unless it is empty or begins with `/`,
    /// with every `~` followed by `0` or `1`.
    pub fn parse(text: &str) -> Option<Self> {
        let starts = text.is_empty() || text.starts_with('/');
        let escapes = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
        (starts && escapes).then(|| Self(text.to_owned()))
    }

    /// Reads a URI fragment with its `#`, percent-decoded (RFC 6901 section 6): `#` is the root,
    /// `#/a%20b` the member `a b`. `None` without the `#`, for a broken percent escape, for
    /// bytes that are not UTF-8, or for a text that [`Pointer::parse`] refuses.
    pub fn from_fragment(fragment: &str) -> Option<Self> {
        let encoded = fragment.strip_prefix('#')?.as_bytes();
        let mut decoded = Vec::with_capacity(encoded.len());
        let mut bytes = encoded.iter();
        while let Some(&byte) = bytes.next() {
            decoded.push(match byte {
                b'%' => hex_digit(*bytes.next()?)? * 16 + hex_digit(*bytes.next()?)?,
                other => other,
            });
        }
        Self::parse(&String::from_utf8(decoded).ok()?)
    }

    /// Writes the URI fragment with its `#`, percent-encoded (RFC 6901 section 6, RFC 3986 section 3.5).
    pub fn to_fragment(&self) -> String {
        let mut text = String::from("#");
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte) {
                text.push(char::from(byte));
            } else {
                // Writing into a string succeeds.
                let _ = write!(text, "%{byte:02X}");
            }
        }
        text
    }
}

impl Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Escapes what is written into it as one reference token.
struct Escape<'a>(&'a mut String);

impl Write for Escape<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '~' => self.0.push_str("~0"),
                '/' => self.0.push_str("~1"),
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}

/// Unescapes a token: `~1` first, then `~0`, so that `~01` becomes `~1` and not `/`.
fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(token)
    }
}

fn hex_digit(byte: u8) -> Option<u8> {
    // A hexadecimal digit is below 16.
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::Pointer;

    fn tokens(pointer: &str) -> Vec<String> {
        let pointer = Pointer::parse(pointer).expect("a pointer");
        pointer.tokens().map(|token| token.into_owned()).collect()
    }

    #[test]
    fn join_escapes_and_tokens_unescape() {
        let pointer = Pointer::root().join("paths").join("/a/{b}").join("x~1").join(3).join("");
        assert_eq!(pointer.as_str(), "/paths/~1a~1{b}/x~01/3/");
        assert_eq!(tokens(pointer.as_str()), ["paths", "/a/{b}", "x~1", "3", ""]);
        assert_eq!(tokens(""), [] as [&str; 0]);
        assert_eq!(tokens("/"), [""]);
    }

    #[test]
    fn parent_and_last_walk_up() {
        let pointer = Pointer::parse("/a/b~1c").expect("a pointer");
        assert_eq!(pointer.last().as_deref(), Some("b/c"));
        let parent = pointer.parent().expect("a parent");
        assert_eq!(parent.as_str(), "/a");
        assert_eq!(parent.parent(), Some(Pointer::root()));
        assert_eq!(Pointer::root().parent(), None);
        assert_eq!(Pointer::root().last(), None);
    }

    #[test]
    fn parse_refuses_what_is_no_pointer() {
        for text in ["a", "#/a", "/~", "/~2", "/a~"] {
            assert_eq!(Pointer::parse(text), None, "{text}");
        }
    }

    /// The examples of RFC 6901 section 6, and broken fragments.
    #[test]
    fn fragments_are_percent_decoded() {
        for (fragment, pointer) in [
            ("#", ""),
            ("#/", "/"),
            ("#/a~1b", "/a~1b"),
            ("#/c%25d", "/c%d"),
            ("#/e%5Ef", "/e^f"),
            ("#/k%22l", "/k\"l"),
            ("#/%20", "/ "),
            ("#/m~0n", "/m~0n"),
            ("#/%C3%A9", "/é"),
        ] {
            let parsed = Pointer::from_fragment(fragment);
            assert_eq!(parsed, Pointer::parse(pointer), "{fragment}");
            assert_eq!(
                parsed.and_then(|parsed| Pointer::from_fragment(&parsed.to_fragment())),
                Pointer::parse(pointer)
            );
        }
        for fragment in ["", "/a", "#a", "#/%", "#/%4", "#/%zz", "#/%+1", "#/%ff"] {
            assert_eq!(Pointer::from_fragment(fragment), None, "{fragment}");
        }
    }
}
