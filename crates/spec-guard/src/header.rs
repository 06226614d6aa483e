//! The header that tells callers what is wrong: `sl-violations`, as Prism writes it.
//!
//! Must not be longer than servers and proxies take.

use crate::problem::{part, sentence};
use crate::report::Finding;
use http::HeaderValue;
use serde_json::{Value, json};
use spec_contract::{Kind, Side};

/// The largest length of the value, in bytes: that of common limits of all headers, less what else stands
/// there.
const LONGEST: usize = 8 * 1024 - 100;

/// Returns the findings of both sides as a list in JSON; as many as there is room for. None where there are
/// none.
pub(crate) fn value(requests: &[Finding], responses: &[Finding]) -> Option<HeaderValue> {
    let both = [(Side::Request, requests), (Side::Response, responses)];
    let all = both.into_iter().flat_map(|(side, findings)| findings.iter().map(move |own| (side, own)));
    let mut text = String::new();
    for (side, finding) in all {
        let one = ascii(&violation(side, finding).to_string());
        if text.len() + one.len() + 2 > LONGEST {
            break;
        }
        text.push(if text.is_empty() { '[' } else { ',' });
        text.push_str(&one);
    }
    if text.is_empty() {
        return None;
    }
    text.push(']');
    HeaderValue::from_str(&text).ok()
}

fn violation(side: Side, finding: &Finding) -> Value {
    let mut location = vec![side.as_str().to_owned(), part(finding.part).to_owned()];
    location.extend(finding.name.clone());
    let tokens = finding.pointer.split('/').skip(1);
    location.extend(tokens.map(|token| token.replace("~1", "/").replace("~0", "~")));
    let code = if finding.kind == Kind::Missing { "required" } else { finding.keyword() };
    json!({ "location": location, "severity": "Error", "code": code, "message": sentence(finding) })
}

/// Writes all that is not ASCII as JSON escapes it: headers hold nothing else (RFC 9110, 5.5).
fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign.is_ascii() {
            true => plain.push(sign),
            false => {
                let mut units = [0; 2];
                for unit in sign.encode_utf16(&mut units) {
                    plain.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, value};
    use crate::report::Finding;
    use spec_contract::{Kind, Part};

    fn finding(message: &str) -> Finding {
        Finding {
            part: Part::Body,
            kind: Kind::Invalid,
            name: None,
            pointer: "/a~1b/0".to_owned(),
            schema: "/components/schemas/A/minimum".to_owned(),
            message: Some(message.to_owned()),
        }
    }

    #[test]
    fn it_is_a_list_of_ascii_that_is_never_too_long() {
        assert_eq!(value(&[], &[]), None);
        let told = value(&[finding("ü 𝄞")], &[finding("b")]).unwrap();
        let one = |side: &str, message: &str| {
            let location = format!(r#"["{side}","body","a/b","0"]"#);
            format!(r#"{{"location":{location},"severity":"Error","code":"minimum","message":"{message}"}}"#)
        };
        let both = [one("request", r"\u00fc \ud834\udd1e"), one("response", "b")];
        assert_eq!(told, format!("[{}]", both.join(",")));
        let many = vec![finding(&"x".repeat(300)); 64];
        let told = value(&many, &many).unwrap();
        assert!(told.len() <= LONGEST && told.len() > LONGEST - 500, "{}", told.len());
        let list: Vec<serde_json::Value> = serde_json::from_slice(told.as_bytes()).unwrap();
        assert!(!list.is_empty());
    }
}
