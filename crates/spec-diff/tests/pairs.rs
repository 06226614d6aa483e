//! Small pairs of documents, and the reports on them. Each file has both, with `---` between them.

use spec_api::{Api, Untyped};
use spec_contract::{Contract, Part};
use spec_diff::{Change, Evidence, Report};
use spec_document::{Diagnostics, Renderer, Sources};

fn read(text: &str) -> Api {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("pets.yaml", text);
    let document = sources.parse(id, None, &mut diagnostics).expect("a document");
    let api = spec_api::read_as(&document, Untyped::Any, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{}", Renderer::new(&sources).render_all(&diagnostics));
    api.expect("an API")
}

fn compare(text: &str) -> Report {
    let (base, revision) = text.split_once("\n---\n").expect("two documents");
    spec_diff::compare(&read(base), &read(revision))
}

fn line(change: &Change) -> String {
    let evidence = match &change.evidence {
        Evidence::Witness(value) => format!("witness {value}"),
        Evidence::Stated(reason) => reason.clone(),
        Evidence::Compatible => "compatible".to_owned(),
        Evidence::Unknown => "unknown".to_owned(),
    };
    let operations = change.operations.join(", ");
    let request = change.request.as_ref().map_or_else(String::new, |own| format!("\n  {own:?}"));
    format!(
        "{} {}\n  {}\n  {} ({operations})\n  {evidence}{request}",
        change.level,
        change.id,
        change.text,
        change.pointer()
    )
}

/// The requests that show what breaks, held against the contracts of both documents.
#[test]
fn requests_are_taken_by_the_base_and_refused_by_the_revision() {
    let mut count = 0;
    insta::glob!("pairs/*.yaml", |path| {
        let text = std::fs::read_to_string(path).expect("a pair");
        let (base, revision) = text.split_once("\n---\n").expect("two documents");
        let (base, revision) = (read(base), read(revision));
        let report = spec_diff::compare(&base, &revision);
        let (takes, refuses) = (Contract::new(base), Contract::new(revision));
        for change in &report.changes {
            let Some(own) = &change.request else { continue };
            let mut request = http::Request::builder().method(own.method.as_str()).uri(&own.path);
            for (name, value) in &own.headers {
                request = request.header(name, value);
            }
            let request = request.body(own.body.clone().unwrap_or_default()).expect("a request");
            let says = |contract: &Contract| -> Vec<String> {
                let judgement = contract.request(&request);
                // Credentials are not in it.
                let others = judgement.violations.into_iter().filter(|own| own.part != Part::Security);
                others.map(|own| own.message).collect()
            };
            assert_eq!(says(&takes), [""; 0], "{} {own:?}", change.id);
            assert_ne!(says(&refuses), [""; 0], "{} {own:?}", change.id);
            count += 1;
        }
    });
    assert!(count > 8, "only {count} requests");
}

#[test]
fn pairs_have_these_reports() {
    insta::glob!("pairs/*.yaml", |path| {
        let report = compare(&std::fs::read_to_string(path).expect("a pair"));
        let lines: Vec<String> = report.changes.iter().map(line).collect();
        let steps = format!("api {}, crates {}", report.advice.api, report.advice.crates);
        insta::assert_snapshot!(format!("{steps}\n{}", lines.join("\n")));
    });
}

#[test]
fn the_same_in_other_words_is_no_change() {
    let text = include_str!("pairs/same.yaml");
    assert_eq!(compare(text).changes.len(), 0);
    let (base, revision) = text.split_once("\n---\n").expect("two documents");
    assert_eq!(compare(&format!("{revision}\n---\n{base}")).changes.len(), 0);
}

/// A document whose schemas lead to each other, one after the other and back to the first.
fn chain(length: usize, end: &str) -> String {
    let mut text = String::from(
        "openapi: 3.1.0\ninfo: {title: Chain, version: 1.0.0}\npaths:\n  /:\n    post:\n      requestBody:\n\
         \x20       content:\n          application/json:\n            \
         schema: {$ref: '#/components/schemas/S0'}\n\
         \x20     responses: {'204': {description: none}}\ncomponents:\n  schemas:\n",
    );
    for index in 0..length {
        let next = (index + 1) % length;
        text.push_str(&format!(
            "    S{index}: {{type: object, properties: {{next: {{$ref: '#/components/schemas/S{next}'}}"
        ));
        let own = if index == length - 1 { end } else { "integer" };
        text.push_str(&format!(", own: {{type: {own}}}}}}}\n"));
    }
    text
}

#[test]
fn long_ways_and_circles_end() {
    let (base, revision) = (chain(2000, "integer"), chain(2000, "boolean"));
    let report = spec_diff::compare(&read(&base), &read(&revision));
    let ids: Vec<&str> = report.changes.iter().map(|change| change.id.as_str()).collect();
    assert_eq!(ids, ["request-property-type-changed"]);
    assert!(matches!(report.changes[0].evidence, Evidence::Witness(_)), "{:?}", report.changes[0].evidence);
}

#[test]
fn a_document_has_no_changes_against_itself() {
    for text in [include_str!("pairs/requests.yaml"), include_str!("pairs/responses.yaml")] {
        let (base, _) = text.split_once("\n---\n").expect("two documents");
        assert_eq!(spec_diff::compare(&read(base), &read(base)).changes.len(), 0);
    }
}
