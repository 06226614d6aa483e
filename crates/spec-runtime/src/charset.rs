//! Texts in the charset that their media type names (RFC 9110, 8.3.2). Without one it is UTF-8.
//!
//! Must not know messages. What a charset is, the Encoding Standard says: `iso-8859-1` and `us-ascii` are
//! read as `windows-1252`, of which they are a part.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use spec_http::media_type::charset;

/// Returns the charset of a media type, where that is not UTF-8.
fn label(media_type: &str) -> Option<&str> {
    charset(media_type).filter(|label| !label.eq_ignore_ascii_case("utf-8") && !label.is_empty())
}

/// Why a text is not in its charset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CharsetError {
    /// Nobody knows the charset.
    Unknown(String),
    /// It is not what it says it is.
    Malformed(String),
}

impl CharsetError {
    /// Returns a sentence.
    pub(crate) fn message(&self) -> String {
        match self {
            CharsetError::Unknown(label) => format!("the charset {label:?} is not known"),
            CharsetError::Malformed(label) => format!("the text is not {label}"),
        }
    }
}

fn known(label: &str) -> Result<&'static Encoding, CharsetError> {
    Encoding::for_label_no_replacement(label.as_bytes())
        .ok_or_else(|| CharsetError::Unknown(label.to_owned()))
}

/// Returns the text of bytes that have a media type.
pub(crate) fn decode(media_type: &str, bytes: &[u8]) -> Result<String, CharsetError> {
    let malformed = |label: &str| CharsetError::Malformed(label.to_owned());
    match label(media_type) {
        None => std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| malformed("UTF-8")),
        Some(label) => match known(label)?.decode(bytes) {
            (text, _, false) => Ok(text.into_owned()),
            (_, _, true) => Err(malformed(label)),
        },
    }
}

/// Returns the bytes of a text as its media type asks.
pub(crate) fn encode(media_type: &str, text: String) -> Result<Vec<u8>, CharsetError> {
    let Some(label) = label(media_type) else { return Ok(text.into_bytes()) };
    let encoding = known(label)?;
    let utf_16 = |to_bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to_bytes).collect();
    if encoding == UTF_16BE {
        return Ok(utf_16(u16::to_be_bytes));
    }
    if encoding == UTF_16LE {
        // RFC 2781, 4.3: without an order in its name, the text says which it is.
        let mark: &[u8] = if label.eq_ignore_ascii_case("utf-16le") { &[] } else { &[0xff, 0xfe] };
        return Ok([mark, &utf_16(u16::to_le_bytes)].concat());
    }
    // These two have fewer signs than what they are read as.
    let most = match label.to_ascii_lowercase().as_str() {
        "us-ascii" | "ascii" => '\u{7f}',
        "iso-8859-1" | "latin1" => '\u{ff}',
        _ => char::MAX,
    };
    match encoding.encode(&text) {
        (bytes, _, false) if encoding == UTF_8 || text.chars().all(|sign| sign <= most) => {
            Ok(bytes.into_owned())
        }
        _ => Err(CharsetError::Malformed(label.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{CharsetError, decode, encode};

    #[test]
    fn texts_come_back_from_every_charset() {
        let cases: [(&str, &str, &[u8]); 8] = [
            ("text/plain", "é", b"\xc3\xa9"),
            ("text/plain; charset=UTF-8", "é", b"\xc3\xa9"),
            ("text/plain;charset=iso-8859-1", "é", b"\xe9"),
            ("text/plain; format=flowed; Charset=\"ISO-8859-1\"", "é", b"\xe9"),
            ("text/plain; charset=us-ascii", "e", b"e"),
            ("text/plain; charset=windows-1252", "€", b"\x80"),
            ("text/plain; charset=utf-16", "é", b"\xff\xfe\xe9\x00"),
            ("text/plain; charset=utf-16be", "é", b"\x00\xe9"),
        ];
        for (media_type, text, bytes) in cases {
            assert_eq!(encode(media_type, text.to_owned()).as_deref(), Ok(bytes), "{media_type}");
            assert_eq!(decode(media_type, bytes).as_deref(), Ok(text), "{media_type}");
        }
    }

    #[test]
    fn what_a_charset_has_not_is_no_text_of_it() {
        let malformed = |label: &str| CharsetError::Malformed(label.to_owned());
        for (label, text) in [("us-ascii", "é"), ("iso-8859-1", "€"), ("windows-1252", "Ж")] {
            assert_eq!(
                encode(&format!("text/plain; charset={label}"), text.to_owned()),
                Err(malformed(label))
            );
        }
        assert_eq!(decode("text/plain", b"\xe9"), Err(malformed("UTF-8")));
        assert_eq!(decode("text/plain; charset=utf-16be", b"\xd8\x00"), Err(malformed("utf-16be")));
        assert_eq!(decode("text/plain; charset=x", b""), Err(CharsetError::Unknown("x".to_owned())));
    }
}
