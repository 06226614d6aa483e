//! Asks mocks of whole folders of documents for every answer that they declare, and holds each against its
//! document: `cargo run -p spec-mock --example judge -- DIR…`
//!
//! Requests are made from the schemas. One that the mock refuses is counted, and its refusal is judged, too.

use axum::body::{Body, to_bytes};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE};
use http::{HeaderValue, Request, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use spec_api::{Api, MediaKind, Operation, Parameter, ParameterIn, Scheme, Status};
use spec_contract::{Contract, Side, sides};
use spec_document::{Diagnostics, Sources};
use spec_http::style::{Style, scalar, to_pairs, to_text};
use spec_mock::Mock;
use spec_values::Values;
use spec_values::random::Filling;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tower::ServiceExt as _;

/// What became of the answers of one document, or of all.
#[derive(Default)]
struct Count {
    answers: usize,
    refused: usize,
    unmade: usize,
    wrong: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (mut total, mut documents, mut ready) = (Count::default(), 0, Vec::new());
    let folders = std::env::args().skip(1).map(PathBuf::from);
    for path in folders.flat_map(|folder| files(&folder)) {
        let began = Instant::now();
        let Some(contract) = read(&path) else { continue };
        let mocks =
            [false, true].map(|dynamic| Mock::new(contract.clone()).dynamic(dynamic).callbacks(false));
        ready.push((began.elapsed(), path.clone()));
        documents += 1;
        let count = judge(&path, &contract, &mocks).await;
        total.answers += count.answers;
        total.refused += count.refused;
        total.unmade += count.unmade;
        total.wrong += count.wrong;
    }
    ready.sort();
    if let Some((time, path)) = ready.last() {
        println!("slowest to be ready: {} ms, {}", time.as_millis(), path.display());
    }
    let Count { answers, refused, unmade, wrong } = total;
    println!(
        "{documents} documents, {answers} answers: {wrong} wrong, {unmade} not made, \
         {refused} requests refused"
    );
    if wrong > 0 {
        std::process::exit(1);
    }
}

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(path).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|own| own == "json" || own == "yaml"));
    files.sort();
    files
}

fn read(path: &Path) -> Option<Contract> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(path.display().to_string(), std::fs::read_to_string(path).ok()?);
    let document = sources.parse(source, None, &mut diagnostics)?;
    Some(Contract::new(spec_api::read_as(&document, spec_api::Untyped::Any, &mut diagnostics)?))
}

async fn judge(path: &Path, contract: &Contract, mocks: &[Mock]) -> Count {
    let (api, mut count) = (contract.api(), Count::default());
    let document = sides::of(api, Side::Request).unwrap_or_else(|| sides::shared(api).into_owned());
    let Ok(values) = Values::new(document, "readOnly") else { return count };
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for operation in &api.operations {
        for (code, accept) in wishes(operation) {
            for mock in mocks {
                let Some(mut request) = request(api, &values, operation) else { continue };
                if let Ok(value) = HeaderValue::from_str(&format!("code={code}")) {
                    request.headers_mut().insert("prefer", value);
                }
                if let Some(value) = accept.as_ref().and_then(|own| HeaderValue::from_str(own).ok()) {
                    request.headers_mut().insert(ACCEPT, value);
                }
                let Ok(response) = mock.clone().oneshot(request).await;
                let (parts, body) = response.into_parts();
                let Ok(bytes) = to_bytes(body, usize::MAX).await else { continue };
                let mut judgement = contract
                    .response(&operation.id, &http::Response::from_parts(parts.clone(), bytes.clone()));
                judgement.violations.retain(|own| own.kind != spec_contract::Kind::Unchecked);
                count.answers += 1;
                let is_own = parts.status.as_u16() != code;
                match (judgement.is_ok(), is_own) {
                    (true, false) => {}
                    (true, true) => count.refused += 1,
                    (false, true) if parts.status == StatusCode::INTERNAL_SERVER_ERROR => {
                        count.unmade += 1;
                        println!(
                            "{}: {} {code}: {}",
                            path.display(),
                            operation.id,
                            String::from_utf8_lossy(&bytes)
                        );
                    }
                    (false, true) => count.refused += 1,
                    (false, false) => {
                        count.wrong += 1;
                        *kinds.entry(format!("{} {code}: {judgement}", operation.id)).or_default() += 1;
                    }
                }
            }
        }
    }
    for (kind, number) in kinds.iter().take(5) {
        println!("{}: {number} × {kind}", path.display());
    }
    count
}

/// Returns each status that an operation declares, with each media type of its body.
fn wishes(operation: &Operation) -> Vec<(u16, Option<String>)> {
    let mut wishes = Vec::new();
    for response in &operation.responses {
        let code = match response.status {
            Status::Code(code) => code,
            Status::Range(hundreds) => u16::from(hundreds) * 100 + 7,
            Status::Default => 599,
        };
        if !(200..600).contains(&code) {
            continue;
        }
        wishes.extend(response.content.iter().map(|media| (code, Some(media.essence()))));
        if response.content.is_empty() {
            wishes.push((code, None));
        }
    }
    wishes
}

/// Makes a request that the document takes; none where it can't be written.
fn request(api: &Api, values: &Values, operation: &Operation) -> Option<Request<Body>> {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut uri = operation.path.split('#').next().unwrap_or_default().to_owned();
    let (mut query, mut headers, mut cookies) = (Vec::new(), Vec::new(), Vec::new());
    for own in operation.parameters.iter().filter(|own| own.required || own.place == ParameterIn::Path) {
        match own.place {
            ParameterIn::Path => {
                let text = text(api, values, own, own.style, &encode, &|text| !text.is_empty())?;
                uri = uri.replace(&format!("{{{}}}", own.name), &text);
            }
            ParameterIn::Header => {
                let is_plain = |text: &str| {
                    HeaderValue::from_str(text).is_ok() && text.trim() == text && text.is_ascii()
                };
                headers.push((
                    own.name.clone(),
                    text(api, values, own, Style::Simple, &str::to_owned, &is_plain)?,
                ));
            }
            ParameterIn::Query => query.extend(pairs(api, values, own)?),
            ParameterIn::Cookie => cookies.extend(pairs(api, values, own)?),
        }
    }
    credentials(api, operation, &mut query, &mut headers, &mut cookies);
    let joined = |pairs: &[(String, String)], between: &str| {
        let pairs = pairs.iter().map(|(name, text)| format!("{}={}", encode(name), encode(text)));
        pairs.collect::<Vec<_>>().join(between)
    };
    if !query.is_empty() {
        let sign = if uri.contains('?') { '&' } else { '?' };
        uri = format!("{uri}{sign}{}", joined(&query, "&"));
    }
    let uri = uri.replace(' ', "%20");
    let mut request = Request::builder().method(operation.method.to_string().as_str()).uri(uri);
    for (name, text) in &headers {
        request = request.header(name, text);
    }
    if !cookies.is_empty() {
        request = request.header(COOKIE, joined(&cookies, "; "));
    }
    let (content_type, body) = body(api, values, operation);
    if let Some(content_type) = content_type {
        request = request.header(CONTENT_TYPE, content_type);
    }
    request.body(Body::from(body)).ok()
}

fn text(
    api: &Api,
    values: &Values,
    own: &Parameter,
    style: Style,
    encode: &dyn Fn(&str) -> String,
    fits: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let write = |value: &Value| match own.content {
        Some(_) => Some(encode(&value.to_string())),
        None => to_text(&own.name, value, style, own.explode, encode).ok().flatten(),
    };
    let value = values.valid(api.schema(own.schema).pointer(), Filling::Some, 1, &|value| {
        write(value).is_some_and(|text| fits(&text))
    });
    write(&value.ok()?)
}

fn pairs(api: &Api, values: &Values, own: &Parameter) -> Option<Vec<(String, String)>> {
    let write = |value: &Value| match own.content {
        Some(_) => Some(vec![(own.name.clone(), value.to_string())]),
        None => to_pairs(&own.name, value, own.style, own.explode).ok().filter(|pairs| !pairs.is_empty()),
    };
    let value =
        values.valid(api.schema(own.schema).pointer(), Filling::Some, 1, &|value| write(value).is_some());
    write(&value.ok()?)
}

/// Adds what the first alternative asks for.
fn credentials(
    api: &Api,
    operation: &Operation,
    query: &mut Vec<(String, String)>,
    headers: &mut Vec<(String, String)>,
    cookies: &mut Vec<(String, String)>,
) {
    let schemes = operation.security.first().into_iter().flat_map(|own| &own.schemes);
    for scheme in schemes.filter_map(|(name, _)| api.security_schemes.get(name)) {
        match &scheme.scheme {
            Scheme::ApiKey { place, name } => {
                let pair = (name.clone(), "secret".to_owned());
                match place {
                    ParameterIn::Header => headers.push(pair),
                    ParameterIn::Cookie => cookies.push(pair),
                    _ => query.push(pair),
                }
            }
            other => {
                let text = other.authorization().map(|name| match name {
                    "Basic" => "Basic dTpw".to_owned(),
                    name => {
                        format!("{name} username=\"u\", realm=\"r\", nonce=\"n\", uri=\"/\", response=\"x\"")
                    }
                });
                headers.extend(text.map(|text| (AUTHORIZATION.to_string(), text)));
            }
        }
    }
}

fn body(api: &Api, values: &Values, operation: &Operation) -> (Option<String>, Vec<u8>) {
    let Some(body) = &operation.body else { return (None, Vec::new()) };
    let media = body.content.iter().find(|own| own.kind == MediaKind::Json).or(body.content.first());
    let Some(media) = media else { return (None, Vec::new()) };
    let pointer = media.schema.and_then(|id| api.schema(id).pointer());
    let value = values.valid(pointer, Filling::Least, 1, &|_| true).unwrap_or_default();
    let essence = media.essence().replace('*', "x");
    match media.kind {
        MediaKind::Multipart => {
            let mut text = String::new();
            for (name, own) in value.as_object().into_iter().flatten() {
                let own = scalar(own);
                text.push_str(&format!(
                    "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{own}\r\n"
                ));
            }
            (Some(format!("{essence}; boundary=b")), format!("{text}--b--\r\n").into_bytes())
        }
        MediaKind::Form => {
            let pairs =
                value.as_object().into_iter().flatten().map(|(name, own)| {
                    format!("{name}={}", utf8_percent_encode(&scalar(own), NON_ALPHANUMERIC))
                });
            (Some(essence), pairs.collect::<Vec<_>>().join("&").into_bytes())
        }
        MediaKind::Json => (Some(essence), value.to_string().into_bytes()),
        _ => (Some(essence), scalar(&value).into_bytes()),
    }
}
