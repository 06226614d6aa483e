//! All exchanges, one object of JSON on each line, findings after them.

use super::{Report, json};
use serde_json::json;

/// Writes a report: a line for each exchange, then one for each finding, then one for the run.
pub(super) fn ndjson(report: &Report) -> String {
    let mut text = String::new();
    let mut line = |value: serde_json::Value| {
        text.push_str(&value.to_string());
        text.push('\n');
    };
    for exchange in &report.exchanges {
        let mut value = json::exchange(report, exchange);
        value["type"] = "exchange".into();
        value["expect"] = super::expected(&exchange.case.expect).into();
        line(value);
    }
    for finding in &report.findings {
        let mut value = json::finding(report, finding);
        value["type"] = "finding".into();
        line(value);
    }
    line(json!({
        "type": "run",
        "seed": report.settings.seed,
        "requests": report.requests,
        "findings": report.findings.len(),
        "error": report.error,
    }));
    text
}
