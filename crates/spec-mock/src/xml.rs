//! Values → XML: an element for each property, and one for each item of a list.
//!
//! Knows XML 1.0 as far as names and texts go. Must not know schemas: what `xml` says in them, nobody checks.

use serde_json::Value;
use spec_http::style::scalar;

/// Writes a value as the element `xml`; each item of a list as an element `item` in it.
pub(crate) fn write(value: &Value) -> String {
    match value {
        // A document has one root (XML 1.0, 2.1).
        Value::Array(_) => format!("<xml>{}</xml>", element("item", value)),
        other => element("xml", other),
    }
}

fn element(name: &str, value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(|item| element(name, item)).collect(),
        Value::Null => format!("<{name}/>"),
        other => format!("<{name}>{}</{name}>", content(other)),
    }
}

fn content(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, member)| element(&element_name(name), member)).collect()
        }
        other => escape(&scalar(other)),
    }
}

/// Returns a name that an element can have: what XML does not allow in it becomes `_`.
fn element_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|own| if own.is_alphanumeric() || "-_.".contains(own) { own } else { '_' })
        .collect();
    match plain.starts_with(|first: char| first.is_alphabetic() || first == '_') {
        true => plain,
        false => format!("_{plain}"),
    }
}

/// Writes a text without the signs of XML, and without those that XML can't have (XML 1.0, 2.2).
fn escape(text: &str) -> String {
    let allowed = |own: &char| !own.is_control() || "\t\n\r".contains(*own);
    text.chars()
        .filter(allowed)
        .map(|own| match own {
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '&' => "&amp;".to_owned(),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::write;
    use serde_json::json;

    #[test]
    fn properties_become_elements() {
        assert_eq!(write(&json!([1, 2])), "<xml><item>1</item><item>2</item></xml>");
        let value = json!({"id": 1, "tags": ["a", "<b>"], "1 x": {"y": null}});
        assert_eq!(
            write(&value),
            "<xml><id>1</id><tags>a</tags><tags>&lt;b&gt;</tags><_1_x><y/></_1_x></xml>"
        );
    }
}
