//! Assertions of JSON Schema as words for people.
//!
//! Knows keywords and English. Must not know where the words stand.

use serde_json::{Map, Value};

/// Says the bounds of a value in one phrase; nothing where there are none that are short enough to be read.
pub(super) fn bounds(assertions: &Map<String, Value>) -> Option<String> {
    let mut phrases: Vec<String> = Vec::new();
    let pair = |least: &str, most: &str| (assertions.get(least), assertions.get(most));
    let mut range = |least: Option<&Value>, most: Option<&Value>, unit: &str| match (least, most) {
        (Some(least), Some(most)) if least == most => phrases.push(format!("exactly {least}{unit}")),
        (Some(least), Some(most)) => phrases.push(format!("{least} to {most}{unit}")),
        (Some(least), None) => phrases.push(format!("at least {least}{unit}")),
        (None, Some(most)) => phrases.push(format!("at most {most}{unit}")),
        (None, None) => {}
    };
    let (least, most) = pair("minimum", "maximum");
    range(least, most, "");
    for (keyword, unit) in [("Length", " characters"), ("Items", " items"), ("Properties", " keys")] {
        let (least, most) = pair(&format!("min{keyword}"), &format!("max{keyword}"));
        range(least, most, unit);
    }
    let mut one = |keyword: &str, words: &str| {
        if let Some(value) = assertions.get(keyword) {
            phrases.push(format!("{words} {}", short(value)));
        }
    };
    one("exclusiveMinimum", "more than");
    one("exclusiveMaximum", "less than");
    one("multipleOf", "a multiple of");
    if assertions.get("uniqueItems") == Some(&Value::Bool(true)) {
        phrases.push("no item twice".to_owned());
    }
    if let Some(Value::String(pattern)) = assertions.get("pattern") {
        phrases.push(format!("of the pattern `{}`", short_text(pattern)));
    }
    if let Some(Value::String(format)) = assertions.get("format") {
        phrases.push(format!("of the format `{format}`"));
    }
    let mut text = phrases.join(", ");
    if let Some(first) = text.get(0..1).map(str::to_uppercase) {
        text.replace_range(0..1, &first);
    }
    (!text.is_empty()).then_some(text)
}

/// Returns a value as JSON, cut off where it is long.
pub(super) fn short(value: &Value) -> String {
    short_text(&value.to_string())
}

fn short_text(text: &str) -> String {
    const MOST: usize = 80;
    let line = text.replace(['\n', '\r', '`'], " ");
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bounds_become_one_phrase() {
        let said = |value: Value| bounds(value.as_object().unwrap());
        assert_eq!(
            said(json!({"minimum": 1, "maximum": 5, "multipleOf": 0.5})).unwrap(),
            "1 to 5, a multiple of 0.5"
        );
        assert_eq!(
            said(json!({"minLength": 3, "pattern": "^a"})).unwrap(),
            "At least 3 characters, of the pattern `^a`"
        );
        assert_eq!(
            said(json!({"minItems": 2, "maxItems": 2, "uniqueItems": true})).unwrap(),
            "Exactly 2 items, no item twice"
        );
        assert_eq!(said(json!({"enum": [1]})), None);
        assert_eq!(short(&json!("x".repeat(100))).chars().count(), 81);
    }
}
