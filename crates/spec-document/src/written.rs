//! JSON values as YAML 1.2, as people write it: blocks, and quotes only where they are needed.
//!
//! Knows YAML. Must not know what a value is for.

use serde_json::Value;

/// Words that YAML 1.1 or 1.2 takes for something other than a text, in lower case.
const WORDS: [&str; 11] = ["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"];

/// The length from which a key has to be marked as one (YAML 1.2.2, 7.4.2: 1024 characters).
const LONG_KEY: usize = 256;

/// Writes a value as a document of YAML.
///
/// ```
/// let value = serde_json::json!({ "name": "Rex", "tags": ["dog", "no"] });
/// assert_eq!(spec_document::to_yaml(&value), "name: Rex\ntags:\n  - dog\n  - \"no\"\n");
/// ```
#[must_use]
pub fn to_yaml(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(members) if !members.is_empty() => block(value, 0, &mut text),
        Value::Array(items) if !items.is_empty() => block(value, 0, &mut text),
        scalar => {
            text.push_str(&flow(scalar));
            text.push('\n');
        }
    }
    text
}

/// Writes the lines of an object or a list that is not empty; the first line begins where the text ends.
fn block(value: &Value, indent: usize, text: &mut String) {
    let mut is_first = true;
    let mut begin = |text: &mut String| {
        if !std::mem::take(&mut is_first) {
            text.extend(std::iter::repeat_n(' ', indent));
        }
    };
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                begin(text);
                let key = scalar(key);
                if key.len() > LONG_KEY {
                    text.push_str("? ");
                    text.push_str(&key);
                    text.push('\n');
                    text.extend(std::iter::repeat_n(' ', indent));
                } else {
                    text.push_str(&key);
                }
                text.push(':');
                after(member, indent, text);
            }
        }
        Value::Array(items) => {
            for item in items {
                begin(text);
                text.push('-');
                match item {
                    Value::Object(members) if !members.is_empty() => {
                        text.push(' ');
                        block(item, indent + 2, text);
                    }
                    other => after(other, indent, text),
                }
            }
        }
        _ => {}
    }
}

/// Writes what stands after a key or a hyphen, to the end of its last line.
fn after(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => nested(value, indent, text),
        Value::Array(items) if !items.is_empty() => nested(value, indent, text),
        Value::String(own) if is_literal(own) => {
            text.push_str(if own.ends_with('\n') { " |" } else { " |-" });
            for line in own.strip_suffix('\n').unwrap_or(own).split('\n') {
                text.push('\n');
                if !line.is_empty() {
                    text.extend(std::iter::repeat_n(' ', indent + 2));
                    text.push_str(line);
                }
            }
            text.push('\n');
        }
        other => {
            text.push(' ');
            text.push_str(&flow(other));
            text.push('\n');
        }
    }
}

/// Writes an object or a list on lines of its own.
fn nested(value: &Value, indent: usize, text: &mut String) {
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', indent + 2));
    block(value, indent + 2, text);
}

/// Writes a value in one line.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Object(_) => "{}".to_owned(),
        Value::Array(_) => "[]".to_owned(),
        other => other.to_string(),
    }
}

/// Writes a text in one line: as it is, or in double quotes.
fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// Says whether a text can stand without quotes, whoever reads it.
fn is_plain(text: &str) -> bool {
    let is_safe = |sign: char| {
        sign.is_ascii_alphanumeric()
            || matches!(sign, ' ' | '_' | '-' | '.' | '/' | '$' | '(' | ')' | '+' | ';' | '=')
    };
    let is_start = |sign: char| sign.is_ascii_alphabetic() || matches!(sign, '/' | '_' | '$');
    text.starts_with(is_start)
        && text.chars().all(is_safe)
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// Writes a text in double quotes. The escapes of JSON are among those of YAML (YAML 1.2.2, 5.7); signs that
/// YAML can't print, or takes for the end of a line, are escaped as well (5.1, 5.4).
fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    let mut quoted = String::with_capacity(json.len());
    for sign in json.chars() {
        match sign {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(sign)));
            }
            other => quoted.push(other),
        }
    }
    quoted
}

/// Says whether a text of several lines can stand as it is (YAML 1.2.2, 8.1.2): its first line says how far
/// all are indented, and ends of lines at its end would be lost.
fn is_literal(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let is_end = |part: Option<char>| part.is_none_or(char::is_whitespace);
    let is_printable = |sign: char| sign == '\n' || matches!(sign, ' '..='~' | '\u{a0}'..='\u{2027}');
    body.contains('\n')
        && !is_end(body.chars().next())
        && !is_end(body.chars().next_back())
        && body.chars().all(is_printable)
}

#[cfg(test)]
mod tests {
    use super::to_yaml;
    use crate::{Diagnostics, Format, Sources};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    /// Reads what was written, with the reader of the workspace.
    fn read(text: &str) -> Value {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("written.yaml", text);
        let document = sources.parse(source, Some(Format::Yaml), &mut diagnostics);
        assert!(diagnostics.is_empty(), "{text}");
        document.unwrap().root().to_json()
    }

    #[test]
    fn it_looks_like_yaml() {
        let value = json!({
            "openapi": "3.1.0", "info": {"title": "Pets: a shop", "version": "1"},
            "description": "Two\nlines", "kept": "Two\n\nlines\n", "empty": [{}, [], "", null, "no", "1e3"],
            "nested": [[1, 2.5], {"a": true, "b": {"c": "x # y"}}],
        });
        insta::assert_snapshot!(to_yaml(&value));
    }

    fn values() -> impl Strategy<Value = Value> {
        let texts = prop_oneof![
            "(?s).{0,12}",
            "[ -~\n]{0,20}",
            "[a-z][a-z: #\\-]{0,8}",
            Just("~".to_owned()),
            Just("No".to_owned()),
            Just("a".repeat(2000)),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            texts.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((texts.clone(), inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in values()) {
            let value = json!({ "value": value });
            prop_assert_eq!(read(&to_yaml(&value)), value);
        }
    }
}
