//! Values as texts for people: indented JSON and tables.
//!
//! Knows how wide a terminal is. Must not know where a text goes.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Map, Value};

/// The width of a table where there is no terminal.
const WIDTH: usize = 100;

/// The largest number of characters of a cell in a list.
const CELL: usize = 32;

/// Says whether a media type is JSON (RFC 6839, 3.1).
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// Says whether a media type is a text for people.
pub(crate) fn is_text(media_type: &str) -> bool {
    let essence = essence(media_type);
    let is_written =
        |ending: &str| essence.ends_with(&format!("/{ending}")) || essence.ends_with(&format!("+{ending}"));
    essence.starts_with("text/")
        || essence.is_empty()
        || ["json", "xml", "yaml"].iter().any(|own| is_written(own))
}

fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Indents a JSON text. Nothing but the space between its tokens changes.
pub(crate) fn indented(json: &str) -> String {
    let (mut text, mut depth) = (String::with_capacity(json.len() * 2), 0_usize);
    let (mut is_quoted, mut is_escaped) = (false, false);
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    };
    let mut signs = json.chars().peekable();
    while let Some(sign) = signs.next() {
        if is_quoted {
            text.push(sign);
            is_quoted = sign != '"' || is_escaped;
            is_escaped = sign == '\\' && !is_escaped;
            continue;
        }
        match sign {
            ' ' | '\t' | '\n' | '\r' | '\u{feff}' => {}
            '{' | '[' => {
                text.push(sign);
                while signs.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                if signs.peek().is_some_and(|next| matches!(next, '}' | ']')) {
                    text.extend(signs.next());
                } else {
                    depth += 1;
                    line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut text, depth);
                text.push(sign);
            }
            ',' => {
                text.push(sign);
                line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            other => {
                is_quoted = other == '"';
                text.push(other);
            }
        }
    }
    text.push('\n');
    text
}

/// Writes a value as a table: a row for each object of a list; of one object, a row for each member. Of a
/// page the table shows its list alone.
pub(crate) fn table(value: &Value, is_page: bool) -> String {
    let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0));
    match (rows(value, is_page), value) {
        (Some(rows), _) => list(&rows, width),
        (None, Value::Object(members)) if !members.is_empty() => {
            let mut table = plain_table(width);
            for (name, member) in members {
                table.add_row([safe(name), cell(member)]);
            }
            format!("{}\n", table.trim_fmt())
        }
        (None, one) => format!("{}\n", cell(one)),
    }
}

/// Returns the objects of a list, or of the only list of objects in a page.
fn rows(value: &Value, is_page: bool) -> Option<Vec<&Map<String, Value>>> {
    let objects = |items: &'_ Vec<Value>| -> bool { !items.is_empty() && items.iter().all(Value::is_object) };
    let items = match value {
        Value::Array(items) if objects(items) => items,
        Value::Object(members) if is_page => {
            let mut lists = members.values().filter_map(Value::as_array).filter(|items| objects(items));
            match (lists.next(), lists.next()) {
                (Some(only), None) => only,
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(items.iter().filter_map(Value::as_object).collect())
}

/// Writes objects as rows. Columns that have no place are named below the table.
fn list(rows: &[&Map<String, Value>], width: usize) -> String {
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(|row| row.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let is_simple = |name: &&String| !rows.iter().any(|row| matches!(row.get(*name), Some(Value::Object(_))));
    let shown = |row: &Map<String, Value>, name: &String| {
        let text = row.get(name).map_or_else(String::new, cell);
        match text.char_indices().nth(CELL) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    };
    let mut left = width;
    let (mut columns, mut others) = (Vec::new(), Vec::new());
    for name in names {
        let widest = rows.iter().map(|row| shown(row, name).chars().count()).max().unwrap_or_default();
        let needed = widest.max(name.chars().count()) + 2;
        if is_simple(&name) && (needed <= left || columns.is_empty()) {
            left = left.saturating_sub(needed);
            columns.push(name);
        } else {
            others.push(safe(name));
        }
    }
    let mut table = plain_table(width);
    table.set_header(columns.iter().map(|name| safe(name).to_uppercase()));
    for row in rows {
        table.add_row(columns.iter().map(|name| shown(row, name)));
    }
    let more = match others.len() {
        0 => String::new(),
        _ => format!("\nnot shown: {} (-o json, or --query)\n", others.join(", ")),
    };
    format!("{}\n{more}", table.trim_fmt())
}

fn plain_table(width: usize) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table
}

/// Returns a value in one line.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => safe(text),
        Value::Array(items) if items.iter().all(|item| item.is_string() || item.is_number()) => {
            items.iter().map(cell).collect::<Vec<_>>().join(", ")
        }
        other => safe(&other.to_string()),
    }
}

/// Returns a text of several lines without what a terminal takes for a command.
pub(crate) fn safe_lines(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() && sign != '\n' { ' ' } else { sign }).collect()
}

/// Returns a text without what a terminal takes for a command.
pub(crate) fn safe(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_is_indented_and_nothing_else_changes() {
        let value =
            json!({"a": [1, "x, y: [z]", {}], "b\"{": {"c": []}, "d": "\\", "e": null, "f": [[true]]});
        assert_eq!(indented(&value.to_string()), format!("{value:#}\n"));
        assert_eq!(indented(&format!("{value:#}")), format!("{value:#}\n"));
        assert_eq!(
            indented("{ \"n\" : 1e999 , \"m\":0.10000000000000000001 }"),
            "{\n  \"n\": 1e999,\n  \"m\": 0.10000000000000000001\n}\n"
        );
        assert_eq!(indented("[ ]"), "[]\n");
        assert_eq!(indented("\"\""), "\"\"\n");
    }

    #[test]
    fn lists_are_rows_and_objects_are_lines() {
        let page = json!({"page": 0, "items": [
            {"id": 1, "name": "a\u{1b}[31m", "tags": ["x", "y"], "more": {"a": 1}},
            {"id": 22, "name": null, "extra": true},
        ]});
        let rows: Vec<Vec<String>> = table(&page, true)
            .lines()
            .map(|line| {
                line.split("  ").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
            })
            .collect();
        assert_eq!(rows[0], ["ID", "NAME", "TAGS", "EXTRA"]);
        assert_eq!(rows[1], ["1", "a [31m", "x, y"]);
        assert_eq!(rows[2], ["22", "true"]);
        assert_eq!(table(&page, true).lines().last(), Some("not shown: more (-o json, or --query)"));
        assert_eq!(table(&json!({"id": 1, "tags": []}), true).lines().count(), 2);
        // What is no page keeps its other members.
        let order = table(&json!({"id": 1, "lines": [{"sku": "a"}]}), false);
        assert!(order.contains("id") && order.contains(r#"[{"sku":"a"}]"#), "{order}");
        assert_eq!(table(&json!("a\nb"), false), "a b\n");
        assert_eq!(table(&json!([]), false), "\n");
    }

    #[test]
    fn media_types_are_known_by_their_endings() {
        for (media_type, json, text) in [
            ("application/json; charset=utf-8", true, true),
            ("application/problem+json", true, true),
            ("text/csv", false, true),
            ("image/svg+xml", false, true),
            ("image/png", false, false),
            ("application/jsonl", false, false),
        ] {
            assert_eq!((is_json(media_type), is_text(media_type)), (json, text), "{media_type}");
        }
    }
}
