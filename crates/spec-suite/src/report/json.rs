//! Reports for programs.

use super::{Report, text};
use crate::exchange::Exchange;
use crate::finding::Finding;
use crate::replay;
use serde_json::{Map, Value, json};

/// Writes a report as one object of JSON.
pub(super) fn json(report: &Report) -> Value {
    let of = |all: &[Finding]| all.iter().map(|own| finding(report, own)).collect::<Vec<_>>();
    let summary = report.coverage.summary().into_iter();
    let summary: Map<String, Value> =
        summary.map(|(name, met, all)| (name.to_owned(), json!({ "met": met, "all": all }))).collect();
    let skipped = report.skipped.iter();
    let skipped: Vec<Value> = skipped.map(|(why, count)| json!({ "why": why, "count": count })).collect();
    json!({
        "title": report.contract.api().title,
        "seed": report.settings.seed,
        "budget": report.settings.budget,
        "requests": report.requests,
        "error": report.error,
        "findings": of(&report.findings),
        "accepted": of(&report.accepted),
        "stale": report.stale,
        "coverage": { "summary": summary, "operations": report.coverage.operations },
        "skipped": skipped,
        "url": report.settings.url,
        "document": replay::document(report.contract.api(), &report.findings),
    })
}

/// Writes a finding.
pub(super) fn finding(report: &Report, own: &Finding) -> Value {
    let operation = report.contract.api().operations.iter().find(|operation| operation.id == own.operation);
    json!({
        "check": own.check.name(),
        "operation": own.operation,
        "method": operation.map(|own| own.method.to_string()),
        "path": operation.map(|own| own.path.as_str()),
        "kind": own.kind,
        "message": report.scrub(&own.message),
        "pointer": own.pointer,
        "also": own.also,
        "reproduced": own.is_reproduced,
        "count": own.count,
        "foundAfter": own.found_after,
        "requests": own.steps.iter().map(|step| exchange(report, step)).collect::<Vec<_>>(),
        "steps": replay::Steps::of(report.contract.api(), &report.settings, own),
        "curl": own.steps.iter().filter_map(|step| text::curl(report, step)).collect::<Vec<_>>(),
    })
}

/// Writes an exchange.
pub(super) fn exchange(report: &Report, own: &Exchange) -> Value {
    let request = report.shown(own);
    let headers = |headers: &http::HeaderMap| {
        let mut all = Map::new();
        for (name, value) in headers {
            let value = report.scrub(&String::from_utf8_lossy(value.as_bytes()));
            match all.get_mut(name.as_str()) {
                Some(Value::String(text)) => *text = format!("{text}, {value}"),
                _ => drop(all.insert(name.as_str().to_owned(), value.into())),
            }
        }
        Value::Object(all)
    };
    let text = |bytes: &[u8]| report.scrub(&String::from_utf8_lossy(bytes));
    json!({
        "operation": own.case.operation,
        "method": request.as_ref().map(|own| own.method().as_str()),
        "path": request.as_ref().map(|own| own.uri().to_string()),
        "headers": request.as_ref().map(|own| headers(own.headers())),
        "body": request.as_ref().filter(|own| !own.body().is_empty()).map(|own| text(own.body())),
        "response": match &own.answer {
            Ok(answer) => json!({
                "status": answer.status().as_u16(),
                "headers": headers(answer.headers()),
                "body": text(answer.body()),
            }),
            Err(lost) => json!({ "error": lost.to_string() }),
        },
        "milliseconds": own.elapsed.as_millis() as u64,
    })
}
