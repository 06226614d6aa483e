//! The header that tells callers what is wrong: `sl-violations`, as Prism writes it.
//!
//! Must not know how a list is kept as short as servers and proxies take: that is for `spec-contract`.

use crate::problem::{part, sentence};
use crate::report::Finding;
use http::HeaderValue;
use serde_json::{Value, json};
use spec_contract::{Kind, Side, report};

/// Returns the findings of both sides as a list in JSON; as many as there is room for. None where there are
/// none.
pub(crate) fn value(requests: &[Finding], responses: &[Finding]) -> Option<HeaderValue> {
    let both = [(Side::Request, requests), (Side::Response, responses)];
    let all = both.into_iter().flat_map(|(side, findings)| findings.iter().map(move |own| (side, own)));
    let entries: Vec<Value> = all.map(|(side, finding)| violation(side, finding)).collect();
    if entries.is_empty() { None } else { HeaderValue::from_str(&report::header(&entries)).ok() }
}

fn violation(side: Side, finding: &Finding) -> Value {
    let mut location = vec![side.as_str().to_owned(), part(finding.part).to_owned()];
    location.extend(finding.name.clone());
    let tokens = finding.pointer.split('/').skip(1);
    location.extend(tokens.map(|token| token.replace("~1", "/").replace("~0", "~")));
    let code = if finding.kind == Kind::Missing { "required" } else { finding.keyword() };
    json!({ "location": location, "severity": "Error", "code": code, "message": sentence(finding) })
}

#[cfg(test)]
mod tests {
    use super::value;
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
    fn it_is_a_list_of_ascii() {
        assert_eq!(value(&[], &[]), None);
        let told = value(&[finding("ü 𝄞")], &[finding("b")]).unwrap();
        let one = |side: &str, message: &str| {
            let location = format!(r#"["{side}","body","a/b","0"]"#);
            format!(r#"{{"location":{location},"severity":"Error","code":"minimum","message":"{message}"}}"#)
        };
        let both = [one("request", r"\u00fc \ud834\udd1e"), one("response", "b")];
        assert_eq!(told, format!("[{}]", both.join(",")));
    }
}
